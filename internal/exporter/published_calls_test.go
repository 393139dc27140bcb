package exporter_test

import (
	"testing"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/testdb/oracle"
)

// The 1,060 calls of ICMI's five formulas (Service Level Calculations, July
// 2002), each of which gives the share that was published for it.
func TestServiceLevelsAreAsPublished(t *testing.T) {
	t.Parallel()
	offered := time.Date(2002, time.July, 1, 9, 0, 0, 0, time.UTC)
	var rows []oracle.Row
	calls := func(n int, end string, after time.Duration) {
		for range n {
			rows = append(rows, oracle.Row{"offered_at": offered, "answered_at": nil, "abandoned_at": nil})
			rows[len(rows)-1][end] = offered.Add(after)
		}
	}
	calls(860, "answered_at", 20*time.Second)
	calls(140, "answered_at", 21*time.Second)
	calls(10, "abandoned_at", 5*time.Second)
	calls(10, "abandoned_at", 20*time.Second)
	calls(40, "abandoned_at", 21*time.Second)
	columns := []string{"offered_at:naive", "answered_at:naive", "abandoned_at:naive"}
	onEveryEngine(t, "contacts", "2002-07-02T00:00:00Z", columns, rows, func(t *testing.T, p *published) {
		for params, percent := range map[string]float64{
			"{formula: abandoned_met, short_abandon: 0}": 83.0,
			"{formula: answered}":                        86.0,
			"{formula: offered, short_abandon: 0}":       81.1,
			"{formula: abandoned_left}":                  82.7,
			"{formula: short_met, short_abandon: 5s}":    82.1,
		} {
			all := p.values(t, "2002-07-02T00:00:00Z", "24h", nil, kpiCase{kind: "service_level", params: params})
			is(t, all, "service_level ratio", percent/100, 5e-4)
		}
		all := p.values(t, "2002-07-02T00:00:00Z", "24h", nil,
			kpiCase{kind: "abandonment", params: "{short_abandon: 0}", name: "abandonment", oracle: oracle.Abandoned{}})
		is(t, all, "abandonment ratio", 60.0/1060, 1e-12)
		is(t, all, "abandonment answered", 1000, 0)
	})
}
