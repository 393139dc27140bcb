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

// randomPace is a goal by a window that may be anything a configuration accepts:
// from a midnight or any other instant of a zone, for little longer than half a
// window or for years, with any grace, and a baseline that is given or measured.
func randomPace(t *testing.T, rng *rand.Rand, w string) *Goal {
	t.Helper()
	g := reduceChurn(t, w)
	zones := []string{"UTC", "Europe/Berlin", "America/New_York", "America/Santiago", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia"}
	zone, err := time.LoadLocation(zones[rng.IntN(len(zones))])
	if err != nil {
		t.Fatal(err)
	}
	g.global.Zone = zone
	instant := func(t time.Time) time.Time {
		if rng.IntN(2) == 0 {
			return calendar.Midnight(t, zone)
		}
		return t
	}
	for {
		g.Start = instant(date(2024, 1, 1).Add(time.Duration(rng.Int64N(int64(3 * 365 * 24 * time.Hour)))))
		longest := []time.Duration{g.Window.Length(), 365 * 24 * time.Hour, 3 * 365 * 24 * time.Hour}[rng.IntN(3)]
		g.Deadline = instant(g.Start.Add(g.Window.Length()/2 + time.Duration(rng.Int64N(int64(longest)))))
		if g.span(g.Deadline).Hi.After(g.Start) && g.Deadline.Sub(g.Start) > g.span(g.Deadline).Length()/2 {
			break
		}
	}
	g.Grace = time.Duration(rng.Int64N(int64(g.Deadline.Sub(g.Start))))
	if rng.IntN(3) == 0 {
		g.Grace = 0
	}
	g.BaselineAt, g.BaselineKnown = g.Start, rng.IntN(2) == 0
	g.Goal.Baseline = 0.05
	g.Target = []config.Target{
		{Kind: config.TargetValue, Value: 0.04}, {Kind: config.TargetRelative, Value: -0.15}, {Kind: config.TargetAbsolute, Value: -0.03},
	}[rng.IntN(3)]
	if rng.IntN(2) == 0 {
		g.Stat.Direction, g.Goal.Baseline, g.Target.Value = kpi.HigherIsBetter, 30, math.Abs(g.Target.Value)
		if g.Target.Kind == config.TargetValue {
			g.Target.Value = 45
		}
	}
	return g
}

// A goal whose daily level follows the ramp, so that its KPI shows the target at
// the deadline, is never behind, and is met.
func TestAnEvenPaceIsNeverBehind(t *testing.T) {
	t.Parallel()
	for _, w := range []string{"24h", "7d", "30d", "90d", "2w", "today", "week", "month", "quarter", "yesterday", "last_week", "last_month", "last_quarter"} {
		t.Run(w, func(t *testing.T) {
			t.Parallel()
			rng := rand.New(rand.NewPCG(1, uint64(len(w))<<8|uint64(w[0])))
			for range 150 {
				followPace(t, rng, randomPace(t, rng, w))
			}
		})
	}
}

// followPace looks at a goal on its pace some hundred times.
func followPace(t *testing.T, rng *rand.Rand, g *Goal) {
	t.Helper()
	from, to := g.Goal.Baseline, g.Target.From(g.Goal.Baseline)
	end := g.span(g.Deadline)
	l := level{start: g.Start, length: g.Deadline.Sub(g.Start).Seconds() - end.Length().Seconds()/2, way: 1}
	l.from, l.way = from, (to-from)/l.mean(end)
	name := fmt.Sprintf("%s from %s to %s in %s, grace %s", g.Window, g.Start, g.Deadline, g.global.Zone, g.Grace)
	reading := func(at time.Time) Reading {
		return Reading{At: at, Evidence: stats.Exact{V: l.mean(g.span(at)), N: 100, Defined: true}}
	}
	v := g.Begin()
	if at, ok := g.MeasuresBaseline(); ok {
		b, ok := g.MeasuredBaseline(reading(at))
		if !ok {
			t.Fatalf("%s: no baseline", name)
		}
		v.Baseline = &b
	}
	lasts := g.Deadline.Sub(g.Start)
	for at := g.Start; at.Before(g.Deadline); at = at.Add(1 + time.Duration(rng.Int64N(int64(lasts)/50))) {
		shown := l.mean(g.span(at))
		if want := g.Expected(*v.Baseline, at); math.Abs(shown-want) > 1e-9*math.Abs(to) {
			t.Fatalf("%s: at %s the KPI shows %v and %v is expected", name, at, shown, want)
		}
		v = g.Judge(v, reading(at))
		// A complete window shows the target from the beginning of the deadline's
		// period on, which may be long enough to hold it.
		if s := v.State.Status; s != Grace && s != OnTrack && s != Met {
			t.Fatalf("%s: %s at %s", name, s, at)
		}
	}
	if v = g.Judge(v, reading(g.Deadline)); v.State.Status != Met {
		t.Fatalf("%s: %s at the deadline, where the KPI shows %v", name, v.State.Status, l.mean(end))
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
