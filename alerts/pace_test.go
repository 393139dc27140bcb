package alerts

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/cx-exporter/cx-exporter/collectors"
	"github.com/cx-exporter/cx-exporter/config"
	"github.com/cx-exporter/cx-exporter/internal/calendar"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
	"github.com/cx-exporter/cx-exporter/internal/stats"
)

func date(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }

func window(t *testing.T, s string) calendar.Window {
	t.Helper()
	w, err := calendar.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// reduceChurn is a goal that goes from 5 % to 4 % in a year.
func reduceChurn(t *testing.T, w string) *Goal {
	t.Helper()
	return New(config.Goal{
		Name: "reduce-churn", Reach: true, Collector: "subscriptions",
		KPI:    collectors.Desc{Name: "churn"},
		Stat:   collectors.Stat{Name: "ratio", Metric: "cx_churn_ratio", Unit: kpi.Ratio, Direction: kpi.LowerIsBetter},
		Window: window(t, w), Target: config.Target{Kind: config.TargetValue, Value: 0.04},
		Start: date(2026, 1, 1), Deadline: date(2027, 1, 1), Grace: 15 * 24 * time.Hour, Hold: 7 * 24 * time.Hour, MinSamples: 30,
	}, config.Global{Zone: time.UTC, Confidence: 0.95, AlertConfidence: 0.999})
}

// level is a daily level that rises or falls evenly from the start, and then
// stays. Its mean over a window is exact, since the level is made of two lines.
type level struct {
	start     time.Time
	length    float64 // seconds
	from, way float64
}

func (l level) at(t time.Time) float64 {
	s := t.Sub(l.start).Seconds()
	return l.from + l.way*math.Min(1, math.Max(0, s/l.length))
}

func (l level) mean(s kpi.Span) float64 {
	knees := []time.Time{s.Lo, l.start, l.start.Add(time.Duration(l.length * float64(time.Second))), s.Hi}
	sum, a := 0.0, s.Lo
	for _, b := range knees[1:] {
		if b.After(s.Hi) {
			b = s.Hi
		}
		if !b.After(a) {
			continue
		}
		sum += (l.at(a) + l.at(b)) / 2 * b.Sub(a).Seconds()
		a = b
	}
	if s.Length() == 0 {
		return l.at(s.Hi)
	}
	return sum / s.Length().Seconds()
}

// A goal whose daily level follows the ramp, so that its KPI shows the target at
// the deadline, is never behind.
func TestAnEvenPaceIsNeverBehind(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for _, w := range []string{"24h", "7d", "30d", "90d", "week", "month", "last_month", "last_week", "quarter"} {
		for range 40 {
			g := reduceChurn(t, w)
			g.global.Zone = []*time.Location{time.UTC, berlin}[rng.IntN(2)]
			g.Start = date(2026, 1, 1).AddDate(0, 0, rng.IntN(400))
			g.Deadline = g.Start.AddDate(0, 0, 100+rng.IntN(600))
			g.Grace = time.Duration(rng.IntN(60)) * 24 * time.Hour
			g.BaselineKnown = true
			from, to := 0.05, 0.04
			if rng.IntN(2) == 0 {
				g.Stat.Direction, from, to = kpi.HigherIsBetter, 30, 45
			}
			g.Target.Value = to
			end := g.span(g.Deadline)
			l := level{start: g.Start, length: g.Deadline.Sub(g.Start).Seconds() - end.Length().Seconds()/2, way: 1}
			l.from, l.way = from, (to-from)/l.mean(end)
			name := fmt.Sprintf("%s from %s to %s in %s", w, g.Start, g.Deadline, g.global.Zone)
			base := Given(from)
			var s State
			for at := g.Start; at.Before(g.Deadline); at = at.Add(31 * time.Hour) {
				v := l.mean(g.span(at))
				if want := g.Expected(base, at); math.Abs(v-want) > 1e-9 {
					t.Fatalf("%s: at %s the KPI shows %v and %v is expected", name, at, v, want)
				}
				s = g.Next(s, &base, Reading{At: at, Evidence: stats.Exact{V: v, N: 100, Defined: true}})
				if s.Status == OffTrack || s.Status == AtRisk {
					t.Fatalf("%s: %s at %s", name, s.Status, at)
				}
			}
			if v := l.mean(end); math.Abs(v-to) > 1e-9 {
				t.Fatalf("%s: the KPI shows %v at the deadline, want the target %v", name, v, to)
			}
		}
	}
}

// The straight line without regard to the window calls the same goal behind.
func TestALaggingWindowIsAllowedFor(t *testing.T) {
	t.Parallel()
	g := reduceChurn(t, "90d")
	// On day 90, the window shows the mean of the first quarter's level.
	at := g.Start.AddDate(0, 0, 90)
	naive := at.Sub(g.Start).Seconds() / g.Deadline.Sub(g.Start).Seconds()
	if p := g.ExpectedProgress(at); p > naive*0.6 || p < naive*0.5 {
		t.Errorf("the expected progress is %v, half of the naive %v with a little more", p, naive)
	}
	if p := g.ExpectedProgress(g.Start.AddDate(0, 0, -200)); p != 0 {
		t.Errorf("before the start %v is expected", p)
	}
	if p := g.ExpectedProgress(g.Deadline.AddDate(0, 2, 0)); p != 1 {
		t.Errorf("after the deadline %v is expected", p)
	}
}
