package oracle

import (
	"testing"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// The five formulas of the service level as ICMI published them in July 2002:
// of 1,060 calls 1,000 are answered, 860 of them within 20 seconds, and 60 are
// abandoned, 20 of them within 20 seconds and 10 within 5.
func TestServiceLevelsThatWerePublished(t *testing.T) {
	t.Parallel()
	begin := time.Date(2002, time.July, 1, 0, 0, 0, 0, time.UTC)
	var rows []Row
	calls := func(n int, end string, after time.Duration) {
		for range n {
			rows = append(rows, Row{"offered_at": begin, end: begin.Add(after)})
		}
	}
	calls(860, "answered_at", 15*time.Second)
	calls(140, "answered_at", 50*time.Second)
	calls(10, "abandoned_at", 4*time.Second)
	calls(10, "abandoned_at", 12*time.Second)
	calls(40, "abandoned_at", 33*time.Second)
	span := kpi.Span{Lo: begin, Hi: begin.Add(time.Hour), At: begin.Add(time.Hour)}
	for _, c := range []struct {
		formula string
		short   time.Duration
		percent float64
	}{
		{"abandoned_met", -1, 83.0},
		{"answered", 0, 86.0},
		{"offered", -1, 81.1},
		{"abandoned_left", 0, 82.7},
		{"short_met", 5 * time.Second, 82.1},
	} {
		got := Served{Within: 20 * time.Second, Short: c.short, Formula: c.formula}.Values(rows, span, Segment{})
		isNear(t, c.formula, 100*got[0].V, c.percent, 0.05)
	}
}
