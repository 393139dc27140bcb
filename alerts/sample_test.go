package alerts

import (
	"math"
	"testing"
	"time"

	"github.com/cx-exporter/cx-exporter/config"
	"github.com/cx-exporter/cx-exporter/internal/calendar"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
	"github.com/cx-exporter/cx-exporter/internal/stats"
)

// The numbers follow by hand from z + z' = 1.95996 + 0.84162, whose square is
// 7.8489.
func TestWhatTheSamplesOfAGoalCanShow(t *testing.T) {
	t.Parallel()
	less := config.Target{Kind: config.TargetRelative, Value: -0.15}
	measured := func(e stats.Evidence) *Baseline {
		b, ok := reduceChurn(t, "30d").MeasuredBaseline(Reading{Evidence: e})
		if !ok {
			t.Fatal("no baseline")
		}
		return &b
	}
	// Ten times the answers 1 and 5: a mean of 3, and a variance of 80/19.
	answers := stats.BoundedMean{N: 20, Sum: 60, Squares: 260, Min: 1, Max: 5}
	for name, c := range map[string]struct {
		change func(*Goal)
		base   *Baseline
		now    stats.Evidence
		day    int
		want   Sample
	}{
		// 5 % to 4.25 %: 12,309 in every table. 1,000 show 5 % to 2.605 %, for which
		// it takes (1.95996 · √(2 · .038025 · .961975) + .84162 · √(.0475 + .025371))²
		// / .02395² = 999.9.
		"a share that falls by 15 %": {
			func(g *Goal) { g.Target = less }, measured(share(500, 10000)), share(60, 1000), 100,
			Sample{Have: 1000, Needed: 12309, Asked: 0.0075, Smallest: 0.02395},
		},
		"a baseline that is smaller than the window": {
			func(g *Goal) { g.Target = less }, measured(share(50, 1000)), share(6000, 100000), 100,
			Sample{Have: 1000, Needed: 12309, Asked: 0.0075, Smallest: 0.02395},
		},
		"a sample that is large enough": {
			func(g *Goal) { g.Target = less }, measured(share(5000, 100000)), share(900, 20000), 100,
			Sample{Have: 20000, Needed: 12309, Asked: 0.0075, Smallest: 0.00593},
		},
		// (1.95996 · √.0475 + .84162 · √.0384)² / .01² = 3,505.7; 1,000 show 5 % to
		// 3.182 %: (1.95996 · √.0475 + .84162 · √.030807)² / .01818² = 999.9.
		"a baseline that was agreed upon": {
			func(g *Goal) { g.BaselineKnown = true }, baseline(0.05), share(60, 1000), 100,
			Sample{Have: 1000, Needed: 3506, Asked: 0.01, Smallest: 0.01818},
		},
		"a baseline that lies ahead is taken as it is now": {
			func(g *Goal) { g.Target = less }, nil, share(50, 1000), -10,
			Sample{Have: 1000, Needed: 12309, Asked: 0.0075, Smallest: 0.02395},
		},
		// 2 · 7.8489 · 4.2105 / 0.5² = 264.4, and √(2 · 7.8489 · 4.2105 / 20) = 1.818.
		"a mean": {
			func(g *Goal) {
				g.Target, g.Stat.Direction = config.Target{Kind: config.TargetAbsolute, Value: 0.5}, kpi.HigherIsBetter
				g.MinSamples = 10
			}, &Baseline{Value: 3, Samples: 20}, answers, 100,
			Sample{Have: 20, Needed: 265, Asked: 0.5, Smallest: 1.818},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := reduceChurn(t, "30d")
			g.BaselineAt = g.Start
			c.change(g)
			got, ok := g.Sample(c.base, Reading{At: date(2026, 1, c.day), Evidence: c.now})
			if !ok || got.Have != c.want.Have || got.Needed != c.want.Needed ||
				math.Abs(got.Asked-c.want.Asked) > 1e-12 || math.Abs(got.Smallest/c.want.Smallest-1) > 0.001 {
				t.Errorf("%+v, %v; want %+v", got, ok, c.want)
			}
			if want := c.want.Have > c.want.Needed; got.Enough() != want {
				t.Errorf("enough: %v, want %v", got.Enough(), want)
			}
		})
	}
}

func TestGoalsOfWhichNothingIsToldAboutTheSample(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*Goal)
		base   *Baseline
		now    stats.Evidence
		at     time.Time
	}{
		"a limit":                                {func(g *Goal) { g.Reach = false }, nil, share(50, 1000), date(2026, 5, 1)},
		"no rows":                                {nil, baseline(0.05), nil, date(2026, 5, 1)},
		"an undefined value":                     {nil, baseline(0.05), share(0, 0), date(2026, 5, 1)},
		"what is counted":                        {nil, baseline(0.05), stats.Exact{V: 0.05, N: 1000, Defined: true}, date(2026, 5, 1)},
		"a target that the baseline exceeds":     {nil, baseline(0.03), share(50, 1000), date(2026, 5, 1)},
		"a baseline of the past that is missing": {func(g *Goal) { g.BaselineAt = g.Start }, nil, share(50, 1000), date(2026, 5, 1)},
		"the first days of a month to date":      {func(g *Goal) { g.Window, _ = calendar.Parse("month") }, baseline(0.05), share(50, 1000), date(2026, 5, 4)},
		"everything since ever":                  {func(g *Goal) { g.Window = calendar.Window{} }, baseline(0.05), share(50, 1000), date(2026, 5, 1)},
	} {
		g := reduceChurn(t, "30d")
		if c.change != nil {
			c.change(g)
		}
		if s, ok := g.Sample(c.base, Reading{At: c.at, Evidence: c.now}); ok || s != (Sample{}) || !s.Enough() {
			t.Errorf("%s: %+v, %v", name, s, ok)
		}
	}
}
