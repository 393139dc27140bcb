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
	"github.com/cx-exporter/cx-exporter/internal/exporter"
	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
	"github.com/cx-exporter/cx-exporter/internal/stats"
)

// tested reports whether a value can be tested against the window before.
func tested(k collectors.KPI, v collectors.Value) bool {
	stat := k.Desc().Stats[v.Stat]
	_, counted := v.Evidence.(stats.Exact)
	return !stat.Component && stat.Direction != kpi.Neutral && !counted
}

// watched is a collector during a simulated year.
type watched struct {
	source
	facts facts.Facts
	seen  map[time.Time][][]collectors.Value // by the end of the window, and by KPI
}

// at are the values of a window. Those of regular looks are kept until they are
// compared with.
func (w *watched) at(s kpi.Span) [][]collectors.Value {
	if v, ok := w.seen[s.Hi]; ok {
		return v
	}
	var all [][]collectors.Value
	for _, k := range w.kpis {
		var values []collectors.Value
		for _, v := range k.Compute(s, w.facts) {
			if tested(k, v) {
				values = append(values, v)
			}
		}
		all = append(all, values)
	}
	if hourOf(s.Hi)%6 == 0 {
		w.seen[s.Hi] = all
	}
	return all
}

// worsened reports whether a value is one that the alert is about, or near it:
// the p-value within thirty times of its limit. The test is made only where the
// size of the change matters, for it takes time.
func worsened(stat collectors.Stat, now, before stats.Evidence, series int) (worse, near bool) {
	a, ok := now.Value()
	b, was := before.Value()
	if !ok || !was {
		return false, false
	}
	size := exporter.Compare(stat, stats.Exact{V: a, Defined: true}, stats.Exact{V: b, Defined: true})
	if !size.Judged || !alerts.Worsened(size.Improvement, 0, series) {
		return false, false
	}
	c := exporter.Compare(stat, now, before)
	return c.Tested && alerts.Worsened(c.Improvement, c.PValue, series),
		c.Tested && alerts.Worsened(c.Improvement, c.PValue/30, series)
}

// fires counts the alerts of one series. What is looked at holds until the next
// look.
type fires struct {
	alerts, hours, firing int
	on                    bool
}

func (f *fires) look(on bool, hours int) {
	f.hours += hours
	if on {
		f.firing += hours
		if !f.on {
			f.alerts++
		}
	}
	f.on = on
}

func (f *fires) add(other fires) {
	f.alerts += other.alerts
	f.hours += other.hours
	f.firing += other.firing
}

// A board of 30 values of which none changes.
func TestQuietBoards(t *testing.T) {
	t.Parallel()
	for _, w := range long("30d", "7d", "90d") {
		t.Run(w, func(t *testing.T) { t.Parallel(); quietBoard(t, w) })
	}
}

func quietBoard(t *testing.T, length string) {
	w := window(t, length)
	hours := int(w.Length() / time.Hour)
	sources := company(t, hours)
	const series = 30
	var lock sync.Mutex
	names, totals := make([]string, series), make([]fires, series)
	eachYear(*years, 1, func(_ int, rng *rand.Rand) {
		var all []*watched
		for _, s := range sources {
			all = append(all, &watched{s, s.draw(rng, -2*hours, year), map[time.Time][][]collectors.Value{}})
		}
		var of [series]fires
		for h := 0; h < year; {
			var on [series]bool
			i, near := 0, false
			now := w.Span(hour(h), nil)
			before, _ := w.Comparison(hour(h), nil)
			for _, x := range all {
				old, values := x.at(before), x.at(now)
				delete(x.seen, before.Hi)
				for n, k := range x.kpis {
					for j, v := range values[n] {
						worse, close := worsened(k.Desc().Stats[v.Stat], v.Evidence, old[n][j].Evidence, series)
						on[i], near = worse, near || close
						i++
					}
				}
			}
			if i != series {
				t.Errorf("the board has %d series, want %d", i, series)
				return
			}
			then := next(h, w.Length(), near)
			for i := range of {
				of[i].look(on[i], then-h)
			}
			h = then
		}
		lock.Lock()
		defer lock.Unlock()
		for i := range of {
			totals[i].add(of[i])
		}
	})
	i := 0
	for _, s := range sources {
		f := s.draw(rand.New(rand.NewPCG(2, 2)), -hours, 0)
		for _, k := range s.kpis {
			for _, v := range k.Compute(w.Span(hour(0), nil), f) {
				if tested(k, v) {
					names[i] = fmt.Sprintf("%s %s of %.0f", k.Desc().Name, k.Desc().Stats[v.Stat].Name, v.Evidence.Samples())
					i++
				}
			}
		}
	}
	var sum fires
	var table strings.Builder
	fmt.Fprintf(&table, "\n%-34s %12s %10s\n", "series over "+length, "alerts/year", "firing")
	row := func(name string, f fires) {
		fmt.Fprintf(&table, "%-34s %12.3f %9.3f%%\n", name, float64(f.alerts)/float64(*years), 100*float64(f.firing)/float64(f.hours))
	}
	for i, f := range totals {
		row(names[i], f)
		sum.add(f)
	}
	row("all", sum)
	t.Log(table.String())
	if length == "30d" { // the default; for others nothing is promised
		atMost(t, "false alerts of a board over "+length, sum.alerts, 2)
	}
}

// atMost checks a number of events in all years against a limit of a year. Few
// years are allowed as many more as chance gives them.
func atMost(t *testing.T, what string, events int, limit float64) {
	t.Helper()
	most := limit * float64(*years)
	if *years < 100 {
		most += 4 * math.Sqrt(most)
	}
	if float64(events) > most {
		t.Errorf("%s: %d in %d years, want at most %g a year", what, events, *years, limit)
	}
}
