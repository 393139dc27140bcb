package alarms

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cx-exporter/cx-exporter/alerts"
	"github.com/cx-exporter/cx-exporter/collectors"
	"github.com/cx-exporter/cx-exporter/config"
	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// aim is a goal whose KPI is exactly as good as the goal asks for.
type aim struct {
	name string
	kpi  collectors.KPI
	stat int
	// limit is that of a goal of type keep.
	limit float64
	// change is that of a goal of type reach, relative to the level at its
	// beginning, which is measured unless given is not 0.
	change, given float64
	draw          func(rng *rand.Rand, first, last int) facts.Facts
}

const goalWindow = month

// pace is the level of an hour of a goal that changes by so much in a year: it
// goes on evenly until half a window before the deadline, and so far beyond the
// target that the window that ends at the deadline shows the target.
func pace(change float64) func(h int) float64 {
	const whole = 1 - goalWindow/8.0/(year-goalWindow/2.0)
	return func(h int) float64 {
		return 1 + change/whole*math.Min(1, math.Max(0, (float64(h)+0.5)/(year-goalWindow/2)))
	}
}

// aims are ten goals.
func aims(t *testing.T) []aim {
	t.Helper()
	answers := func(s survey) func(*rand.Rand, int, int) facts.Facts {
		return func(rng *rand.Rand, first, last int) facts.Facts { return s.draw(rng, first, last) }
	}
	tickets := func(d desk) func(*rand.Rand, int, int) facts.Facts {
		return func(rng *rand.Rand, first, last int) facts.Facts { return d.draw(rng, first, last) }
	}
	contracts := func(n int, times func(int) float64) func(*rand.Rand, int, int) facts.Facts {
		return func(rng *rand.Rand, first, last int) facts.Facts {
			return newCustomers(rng, n, first, last, leaving(0.03, times), goalWindow)
		}
	}
	csat, psat := build(t, "csat", collectors.EntityResponses, nil), build(t, "psat", collectors.EntityResponses, nil)
	nps := build(t, "nps", collectors.EntityResponses, nil)
	first := build(t, "first_response_time", collectors.EntityTickets, target(4*time.Hour))
	resolution := build(t, "resolution_time", collectors.EntityTickets, nil)
	churn := build(t, "churn", collectors.EntitySubscriptions, nil)

	large, small := survey{volume: 5000, lowest: 1, weights: satisfaction}, survey{volume: 500, lowest: 1, weights: satisfaction}
	tiny, net := survey{volume: 50, lowest: 1, weights: satisfaction}, survey{volume: 150, weights: recommending}
	replies := desk{volume: 2000, median: 5400, ended: "first_response_at", limit: 4 * 3600}
	solved := desk{volume: 300, median: 86400, ended: "resolved_at"}
	rising, faster := small, replies
	rising.good, rising.saved = 3, func(h int) float64 { return 4 * (pace(0.05)(h) - 1) } // of a fifth: 80 % to 84 %
	faster.longer = pace(-0.15)
	fewer := func(h int) float64 { return math.Log1p(-0.03*pace(-0.15)(h)) / math.Log1p(-0.03) }

	return []aim{
		{name: "keep csat of 5,000", kpi: csat, limit: 0.8, draw: answers(large)},
		{name: "keep csat of 500", kpi: csat, limit: 0.8, draw: answers(small)},
		{name: "keep psat mean of 50", kpi: psat, stat: 1, limit: 4.09, draw: answers(tiny)},
		{name: "keep nps of 150", kpi: nps, limit: 30, draw: answers(net)},
		{name: "keep first response p90 of 2,000", kpi: first, stat: 2, limit: truth(t, first, 2, replies), draw: tickets(replies)},
		{name: "keep resolution mean of 300", kpi: resolution, limit: truth(t, resolution, 0, solved), draw: tickets(solved)},
		{name: "keep churn of 5,000", kpi: churn, limit: 0.03, draw: contracts(5000, nil)},
		{name: "reach churn -15 % of 5,000, measured", kpi: churn, change: -0.15, draw: contracts(5000, fewer)},
		{name: "reach csat +5 % of 500, given", kpi: csat, change: 0.05, given: 0.8, draw: answers(rising)},
		{name: "reach first response -15 %, measured", kpi: first, change: -0.15, draw: tickets(faster)},
	}
}

// truth is the value of a KPI over so many tickets that chance no longer matters.
func truth(t *testing.T, k collectors.KPI, stat int, d desk) float64 {
	t.Helper()
	const hours = 50 * week
	d.volume = 400_000
	v, ok := k.Compute(kpi.Span{Lo: hour(0), Hi: hour(hours), At: hour(hours)}, d.draw(rand.New(rand.NewPCG(5, 5)), 0, hours))[stat].Evidence.Value()
	if !ok {
		t.Fatal("there is no truth")
	}
	return v
}

// goal is the goal of an aim, at its defaults.
func (a aim) goal(t *testing.T) *alerts.Goal {
	w := window(t, "30d")
	g := config.Goal{
		Name: a.name, KPI: a.kpi.Desc(), Stat: a.kpi.Desc().Stats[a.stat], Window: w, MinSamples: 30,
		Target: config.Target{Kind: config.TargetValue, Value: a.limit},
	}
	if a.change != 0 {
		g.Reach = true
		g.Target = config.Target{Kind: config.TargetRelative, Value: a.change}
		g.Start, g.Deadline, g.BaselineAt = hour(0), hour(year), hour(0)
		g.Baseline, g.BaselineKnown = a.given, a.given != 0
		g.Grace, g.Hold = w.Length()/2, w.Length()
	}
	return alerts.New(g, config.Global{Zone: time.UTC, Confidence: 0.95, AlertConfidence: 0.999})
}

// standing is for how many hours a goal had which status, and how often it went
// off track.
type standing struct {
	hours, atRisk, off, alerts int
}

// judge hours at a goal for a year.
func (a aim) judge(t *testing.T, g *alerts.Goal, rng *rand.Rand) (s standing) {
	f := a.draw(rng, -goalWindow, year)
	reading := func(h int) alerts.Reading {
		return alerts.Reading{At: hour(h), Evidence: a.kpi.Compute(g.Window.Span(hour(h), nil), f)[a.stat].Evidence}
	}
	v := g.Begin()
	if at, ok := g.MeasuresBaseline(); ok {
		b, ok := g.MeasuredBaseline(reading(hourOf(at)))
		if !ok {
			t.Error("there is no baseline")
			return s
		}
		v.Baseline = &b
	}
	for h := 0; h < year; {
		old := v.State.Status
		v = g.Judge(v, reading(h))
		then := next(h, g.Window.Length(), v.State.Status == alerts.AtRisk)
		switch v.State.Status {
		case alerts.AtRisk:
			s.atRisk += then - h
		case alerts.OffTrack:
			s.off += then - h
			if old != alerts.OffTrack {
				s.alerts++
			}
		}
		s.hours += then - h
		h = then
	}
	return s
}

// Ten goals that are where they should be, all the time.
func TestGoalsAtTheirTruth(t *testing.T) {
	t.Parallel()
	all := aims(t)
	var lock sync.Mutex
	totals := make([]standing, len(all))
	eachYear(*years, 6, func(_ int, rng *rand.Rand) {
		for i, a := range all {
			s := a.judge(t, a.goal(t), rng)
			lock.Lock()
			totals[i].add(s)
			lock.Unlock()
		}
	})
	var table strings.Builder
	var sum standing
	fmt.Fprintf(&table, "\n%-40s %15s %10s %10s\n", "goal", "off track/year", "at risk", "off track")
	row := func(name string, s standing) {
		fmt.Fprintf(&table, "%-40s %15.3f %9.2f%% %9.2f%%\n", name, float64(s.alerts)/float64(*years),
			100*float64(s.atRisk)/float64(s.hours), 100*float64(s.off)/float64(s.hours))
	}
	for i, s := range totals {
		row(all[i].name, s)
		sum.add(s)
	}
	row("all", sum)
	t.Log(table.String())
	atMost(t, "goals at their truth that go off track", sum.alerts, 2)
}

func (s *standing) add(other standing) {
	s.hours += other.hours
	s.atRisk += other.atRisk
	s.off += other.off
	s.alerts += other.alerts
}
