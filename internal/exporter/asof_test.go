package exporter_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/cx-exporter/cx-exporter/internal/exporter"
	"github.com/cx-exporter/cx-exporter/internal/testdb"
)

// A row without a time and one ahead of the clock are faults whenever one looks; a
// row after the instant, but before the clock, is one that was not known then.
func TestThePastTellsTheRowsThatCountAtNoTime(t *testing.T) {
	t.Parallel()
	orders := `a | 2024-05-10T00:00:00Z | 10
		b | 2024-06-10T00:00:00Z | 10
		- | 2024-06-11T00:00:00Z | 10
		a | 2024-07-01T00:00:00Z | 10
		b | 2024-08-01T00:00:00Z | 10
		b | 2024-09-01T00:59:59Z | 10
		b | 2024-09-01T01:00:00Z | 10
		- | 2025-01-01T00:00:00Z | 10
		b | - | 10`
	for name, kpi := range map[string]string{
		"rows": "revenue", "customers": "purchase_frequency", "contracts": "churn {inactive_after: 30d}", "histories": "clv",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, driver := range []string{testdb.DriverPostgres, testdb.DriverMySQL, testdb.DriverSQLite} {
				t.Run(driver, func(t *testing.T) {
					t.Parallel()
					e := openEngine(t, driver)
					c := named{
						entity: "orders", at: "2024-07-01T00:00:00Z", windows: "30d",
						columns: "customer_id:word ordered_at:" + map[bool]string{true: "text", false: "naive"}[driver == testdb.DriverSQLite] + " amount:decimal",
						rows:    orders, kpis: []string{kpi},
					}
					w := c.world(t, driver)
					if _, err := e.load(t.Context(), w, "asof"); err != nil {
						t.Fatal(err)
					}
					g, collector, err := w.collector("asof")
					if err != nil {
						t.Fatal(err)
					}
					ev := exporter.NewEvaluator(g, collector, e.sources[:1])
					then, clock := w.instants[0], moment(t, "2024-09-01T00:00:00Z")
					got, err := ev.AsOf(t.Context(), clock, then)
					if err != nil {
						t.Fatal(err)
					}
					want := map[string]float64{"null_time": 1, "in_the_future": 2, "null_subject": 1}
					if !strings.Contains("customers contracts histories", name) {
						delete(want, "null_subject")
					}
					if !maps.Equal(got.Rejected, want) {
						t.Errorf("rejected %v, want %v", got.Rejected, want)
					}
					if newest := moment(t, "2024-06-11T00:00:00Z"); !got.Newest.Equal(newest) {
						t.Errorf("the newest row is of %s, want the newest that was known then, of %s", got.Newest, newest)
					}
					plain, err := ev.At(t.Context(), then)
					if err != nil {
						t.Fatal(err)
					}
					if got.Rows > plain[0].Rows+2 {
						t.Errorf("%d rows came back, where %d do without the faults: those of the time between are read", got.Rows, plain[0].Rows)
					}
					for i, s := range plain[0].Series {
						if x := got.Series[i]; x.Value != s.Value || x.Samples != s.Samples {
							t.Errorf("%s is %s, want %s", s.Metric, describe(x), describe(s))
						}
					}
				})
			}
		})
	}
}
