package exporter_test

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/exporter"
	"github.com/cx-exporter/cx-exporter/internal/testdb"
)

// TestInstantsKnowNothingOfEachOther evaluates instants of random cases together, as
// backfill does, and one by one, as eval --at does: the snapshots are the same.
func TestInstantsKnowNothingOfEachOther(t *testing.T) {
	t.Parallel()
	for driver, share := range map[string]float64{testdb.DriverSQLite: 0.5, testdb.DriverPostgres: 0.05, testdb.DriverMySQL: 0.05} {
		t.Run(driver, func(t *testing.T) {
			t.Parallel()
			e := openEngine(t, driver)
			seen := togetherness{}
			for i := range uint64(math.Ceil(share * float64(cases(t)))) {
				seed := *firstSeed + i
				w, table := worldOfMany(driver, seed), fmt.Sprintf("together_%d", seed)
				if _, err := e.load(t.Context(), w, table); err != nil {
					t.Fatal(err)
				}
				w.together(t, e, table, &seen)
				e.drop(t.Context(), table)
			}
			t.Logf("%+v", seen)
			if driver == testdb.DriverSQLite && cases(t) >= 100 && min(seen.folded, seen.compared, seen.explained, seen.spikes, seen.withheld) == 0 {
				t.Errorf("not everything was looked at: %+v", seen)
			}
		})
	}
}

// togetherness counts what was looked at: series, those of folded segments, those
// with a change and with parts of it, spikes, and dimensions with something withheld.
type togetherness struct {
	instants, series, folded, compared, explained, spikes, withheld int
}

// worldOfMany is the case of a seed with many instants around its own, at all
// distances.
func worldOfMany(driver string, seed uint64) *world {
	w := randomWorld(driver, seed)
	w.fitWindows()
	w.now, w.apart, w.rolled, w.budget = false, false, w.rng.IntN(2) == 0, 1_000_000
	w.maxSegments, w.minSegment = pick(w.rng, []int{1, 2, 3, 5, 50}), pick(w.rng, []int{0, 0, 2, 3, 5})
	at, n := w.instants[0].In(w.zone), 2+w.rng.IntN(4)
	if w.rng.IntN(10) == 0 {
		n = 20 + w.rng.IntN(20)
	}
	distance := pick(w.rng, []func(i int) time.Time{
		func(i int) time.Time { return at.Add(time.Duration(i) * time.Hour) },
		func(i int) time.Time { return at.AddDate(0, 0, i) },
		func(i int) time.Time { return at.AddDate(0, 0, 7*i) },
		func(i int) time.Time { return time.Date(at.Year(), at.Month()+time.Month(i), 1, 0, 0, 0, 0, w.zone) },
		func(int) time.Time {
			return at.Add(time.Duration(w.rng.Int64N(int64(180*24*time.Hour)))).AddDate(0, 0, -90)
		},
	})
	w.instants = nil
	for i := range n {
		w.instants = append(w.instants, distance(i-n/2).UTC())
	}
	if w.rng.IntN(4) > 0 {
		slices.SortFunc(w.instants, time.Time.Compare)
	}
	return w
}

// mostAlone is how many instants of a case are evaluated alone, which takes time.
const mostAlone = 4

// together compares the snapshots of instants that are evaluated together with those
// that each of some of them has alone.
func (w *world) together(t *testing.T, e *engine, table string, seen *togetherness) {
	t.Helper()
	together, err := e.evaluate(t.Context(), w, table)
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range w.rng.Perm(len(w.instants))[:min(len(w.instants), mostAlone)] {
		at, one := w.instants[i], *w
		one.instants, one.rolled, one.now, one.passed = []time.Time{at}, false, true, 100*24*time.Hour
		all, err := e.evaluate(t.Context(), &one, table)
		if err != nil {
			t.Fatal(err)
		}
		alone, beside := all[0], together[i]
		where := fmt.Sprintf("%s of %s as of %s", table, w.entity, stampOf(at))
		for k, x := range alone.Series {
			if k >= len(beside.Series) {
				break
			}
			if what := difference(reflect.ValueOf(x), reflect.ValueOf(beside.Series[k])); what != "" {
				t.Errorf("%s: %s is %s alone, and %s beside others: the difference is in %s", where, seriesID(x.KPI, x.Window, x.Segment, x.Stat, labelText(x.Labels)), describe(x), describe(beside.Series[k]), what)
				break // those that follow are other series, often
			}
		}
		if a, b := len(alone.Series), len(beside.Series); a != b {
			t.Errorf("%s: %d series alone, and %d beside others", where, a, b)
		}
		if what := difference(reflect.ValueOf(alone.Spikes), reflect.ValueOf(beside.Spikes)); what != "" {
			t.Errorf("%s: the spikes are %+v alone, and %+v beside others", where, alone.Spikes, beside.Spikes)
		}
		if !reflect.DeepEqual(alone.Withheld, beside.Withheld) {
			t.Errorf("%s: %v segments are withheld alone, and %v beside others", where, alone.Withheld, beside.Withheld)
		}
		seen.add(alone)
	}
}

func (n *togetherness) add(s *exporter.Snapshot) {
	n.instants++
	n.series += len(s.Series)
	n.spikes += len(s.Spikes)
	n.withheld += len(s.Withheld)
	for _, x := range s.Series {
		for number, holds := range map[*int]bool{&n.folded: x.Segment.Value == "other", &n.compared: x.Change.Known, &n.explained: len(x.Parts) > 0} {
			if holds {
				*number++
			}
		}
	}
}

// difference is where two values of a type differ, by more than adding up in another
// order loses; empty where they do not.
func difference(a, b reflect.Value) string {
	if a.Kind() != b.Kind() || a.IsValid() && a.Type() != b.Type() {
		return "its type"
	}
	switch a.Kind() {
	case reflect.Struct:
		for i := range a.NumField() {
			if what := difference(a.Field(i), b.Field(i)); what != "" {
				return a.Type().Field(i).Name + " " + what
			}
		}
		return ""
	case reflect.Slice:
		if a.Len() != b.Len() {
			return "its length"
		}
		for i := range a.Len() {
			if what := difference(a.Index(i), b.Index(i)); what != "" {
				return what
			}
		}
		return ""
	case reflect.Interface, reflect.Pointer:
		return difference(a.Elem(), b.Elem())
	case reflect.Float64:
		x, y := a.Float(), b.Float()
		if x == y || math.IsNaN(x) && math.IsNaN(y) || math.Abs(x-y) <= 1e-9*(1+math.Abs(x)) {
			return ""
		}
		return fmt.Sprintf("%v, %v", x, y)
	case reflect.Invalid:
		return ""
	}
	if !a.Equal(b) {
		return fmt.Sprintf("%v, %v", a, b)
	}
	return ""
}
