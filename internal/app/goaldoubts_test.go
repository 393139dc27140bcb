package app

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/cx-exporter/cx-exporter/alerts"
	"github.com/cx-exporter/cx-exporter/collectors"
	"github.com/cx-exporter/cx-exporter/config"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// The log tells everything that stands in the way of a goal, and each once.
func TestTheLogTellsOfEveryDoubtOnce(t *testing.T) {
	t.Parallel()
	day := func(n int) time.Time { return time.Date(2026, 1, n, 0, 0, 0, 0, time.UTC) }
	two := [][]kpi.Label{{{Name: "currency", Value: "EUR"}}, {{Name: "currency", Value: "USD"}}}
	for kind, c := range map[alerts.DoubtKind]struct {
		target float64
		v      alerts.Verdict
		want   string
	}{
		alerts.Ambiguous:     {0.04, alerts.Verdict{Choice: &alerts.Choice{Several: true, Of: two}}, "do not choose one series"},
		alerts.Unmatched:     {0.04, alerts.Verdict{Choice: &alerts.Choice{Of: two}}, "do not choose one series"},
		alerts.NoBaseline:    {0.04, alerts.Verdict{BaselineChecked: day(2)}, "baseline of a goal rests on too few samples"},
		alerts.OffScale:      {-1, alerts.Verdict{Baseline: &alerts.Baseline{Value: 0.05}}, "off the scale"},
		alerts.NoBetter:      {0.06, alerts.Verdict{Baseline: &alerts.Baseline{Value: 0.05}}, "no better than where it starts"},
		alerts.TooFewSamples: {0.04, alerts.Verdict{Baseline: &alerts.Baseline{Value: 0.05}, Sample: alerts.Sample{Have: 10, Needed: 1000}}, "too few to show the change"},
	} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			g := alerts.New(config.Goal{
				Name: "lose-fewer", Reach: true, Target: config.Target{Value: c.target}, Start: day(1), Deadline: day(365), BaselineAt: day(1), MinSamples: 30,
				Stat: collectors.Stat{Unit: kpi.Ratio, Direction: kpi.LowerIsBetter, Ends: kpi.Between(0, 1)},
			}, config.Global{Zone: time.UTC, Confidence: 0.95, AlertConfidence: 0.999})
			c.v.Known, c.v.State = true, alerts.State{Status: alerts.InsufficientSample, Since: day(40), At: day(40)}
			if d, ok := g.Doubt(c.v); !ok || d.Kind != kind {
				t.Fatalf("the doubt is %v, %v", d, ok)
			}
			var text bytes.Buffer
			w := &Watch{Goals: []*alerts.Goal{g}, doubted: map[doubted]bool{}}
			for range 2 {
				w.doubt([]alerts.Verdict{c.v}, slog.New(slog.NewTextHandler(&text, nil)))
			}
			if got := text.String(); strings.Count(got, "\n") != 1 || !strings.Contains(got, c.want) || !strings.Contains(got, "goal=lose-fewer") {
				t.Errorf("the log has %q, want one line with %q", got, c.want)
			}
		})
	}
}
