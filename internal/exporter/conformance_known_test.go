package exporter_test

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/exporter"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
	"github.com/cx-exporter/cx-exporter/internal/testdb"
	"github.com/cx-exporter/cx-exporter/internal/testdb/oracle"
)

// announced are times that are known before they come.
var announced = []string{"first_response_due_at", "resolution_due_at", "trial_ends_at"}

// asKnown are the rows as they were at an instant: without what happened to them
// later, and without those of which nothing had happened yet.
func (w *world) asKnown(at time.Time) (rows []oracle.Row) {
	for _, r := range w.rows {
		r = maps.Clone(r)
		happened, later := 0, 0
		for role, v := range r {
			t, ok := v.(time.Time)
			switch {
			case !ok || slices.Contains(announced, role) || strings.HasPrefix(role, "dim_"):
			case t.Before(at):
				happened++
			default:
				r[role] = nil
				later++
			}
		}
		if happened > 0 || later == 0 {
			rows = append(rows, r)
		}
	}
	return rows
}

// TestExactValuesNeedWhatWasKnownThen holds the label `exact` to its word: what a
// KPI with it says of a past instant is what it said then. The rows of random cases
// are evaluated as they are, and as they were at the instant.
func TestExactValuesNeedWhatWasKnownThen(t *testing.T) {
	t.Parallel()
	for _, driver := range []string{testdb.DriverPostgres, testdb.DriverMySQL, testdb.DriverSQLite} {
		t.Run(driver, func(t *testing.T) {
			t.Parallel()
			e := openEngine(t, driver)
			exact, n := map[string]int{}, uint64(cases(t))
			if *caseCount == 0 {
				n /= 3 // each is evaluated twice
			}
			for seed := uint64(1); seed <= n; seed++ {
				w := randomWorld(driver, seed)
				w.fitWindows()
				w.now, w.apart, w.instants = false, false, w.instants[:1]
				w.budget, w.maxSegments = 1_000_000, 10_000
				after := w.series(t, e, fmt.Sprintf("whole_%d", seed))
				w.rows = w.asKnown(w.instants[0])
				then := w.series(t, e, fmt.Sprintf("known_%d", seed))
				for id, s := range after {
					if s.Fidelity != kpi.Exact || w.entity == "ticket_events" && !s.Segment.IsTotal() {
						continue // a ticket's segment is that of its creation, which comes late in some cases
					}
					exact[w.entity+" "+s.KPI]++
					if was := then[id]; !sameValue(s, was) {
						t.Errorf("seed %d, %s: %s is %s now, and was %s as of %s", seed, w.entity, id, describe(s), describe(was), stampOf(w.instants[0]))
					}
				}
			}
			t.Logf("series that are exact: %v", exact)
			if len(exact) < 10 && n >= 100 {
				t.Errorf("only %d KPIs were looked at", len(exact))
			}
		})
	}
}

// series evaluates a world at its instant.
func (w *world) series(t *testing.T, e *engine, table string) map[string]exporter.Series {
	t.Helper()
	defer e.drop(t.Context(), table)
	if _, err := e.load(t.Context(), w, table); err != nil {
		t.Fatal(err)
	}
	snapshots, err := e.evaluate(t.Context(), w, table)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]exporter.Series{}
	for _, s := range snapshots[0].Series {
		all[seriesID(s.KPI, s.Window, s.Segment, s.Stat, labelText(s.Labels))] = s
	}
	return all
}

// sameValue reports whether two series say the same, but for what adding up in
// another order loses. One that is absent says that there is nothing.
func sameValue(a, b exporter.Series) bool {
	switch {
	case a.Samples != b.Samples, a.Defined != b.Defined && a.Samples > 0:
		return false
	case !a.Defined:
		return true
	}
	return math.Abs(a.Value-b.Value) <= 1e-9*(1+math.Abs(a.Value))
}
