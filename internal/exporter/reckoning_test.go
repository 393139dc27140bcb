package exporter

import (
	"math"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cx-exporter/cx-exporter/collectors"
	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// follower is a KPI of rows, which may ask what became of them up to the instant.
type follower struct {
	collectors.KPI
	outcomes bool
}

func (k follower) Needs(s kpi.Span) []facts.Need {
	c := &facts.Cube{Time: "at", Bounds: []time.Time{s.Lo, s.Hi}}
	if k.outcomes {
		c.Outcomes = []facts.Outcome{{Role: "done", Bounds: []time.Time{s.At}}}
	}
	return []facts.Need{{Cube: c}}
}

func TestAQuestionKnowsTheInstantByTheFactsItAsksFor(t *testing.T) {
	t.Parallel()
	day := func(n int) time.Time { return time.Date(2026, 1, n, 0, 0, 0, 0, time.UTC) }
	span := func(lo, hi, at int) kpi.Span { return kpi.Span{Lo: day(lo), Hi: day(hi), At: day(at)} }
	for _, tt := range []struct {
		name   string
		k      int
		first  kpi.Span
		second kpi.Span
		same   bool
	}{
		{"the window of an instant is what a later one is compared with", 1, span(1, 8, 8), span(1, 8, 8), true},
		{"of rows alone nothing becomes known later", 0, span(1, 8, 9), span(1, 8, 10), true},
		{"of what became of them something may", 1, span(1, 8, 9), span(1, 8, 10), false},
		{"another span is another question", 0, span(1, 8, 9), span(1, 9, 9), false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			a := asking{kpis: []collectors.KPI{follower{}, follower{outcomes: true}}, latest: map[question]wanted{}}
			if got := a.question(tt.k, tt.first) == a.question(tt.k, tt.second); got != tt.same {
				t.Errorf("they are the same question: %v", got)
			}
			if a.question(0, tt.first) == a.question(1, tt.first) {
				t.Error("two KPIs ask the same question")
			}
		})
	}
}

// Series come and go from one instant to the next: what is shown of each is the
// same line whenever it is shown.
func TestALineIsTheSameAtAllInstants(t *testing.T) {
	t.Parallel()
	p := NewPast(new(probe).collector("a"))
	series := func(segment string, value float64) Series {
		x := one(1).Series[0]
		x.Segment, x.Value = kpi.Segment{Dimension: "team", Value: segment}, value
		return x
	}
	numbers := map[string]int{}
	for _, list := range [][]Series{
		{series("x", 1), series("y", math.NaN())},
		{series("y", 2), series("x", 3)},
		{series("w", 4), series("x", 5), series("y", 6)},
	} {
		seen, want := map[string]float64{}, map[string]float64{}
		for _, x := range list {
			if !math.IsNaN(x.Value) {
				want[x.Segment.Value] = x.Value
			}
		}
		err := p.Show(&Snapshot{Collector: "a", Series: list}, func(l *Line, value float64) {
			if l.Name != list[0].Metric+segmentSuffix {
				return
			}
			segment := ""
			for _, pair := range l.Labels {
				if pair.GetName() == segmentLabel {
					segment = pair.GetValue()
				}
			}
			seen[segment] = value
			if n, known := numbers[segment]; known && n != l.Number {
				t.Errorf("%s is line %d and line %d", segment, n, l.Number)
			}
			numbers[segment] = l.Number
		})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, seen); diff != "" {
			t.Errorf("shown (-want +got):\n%s", diff)
		}
	}
}

// Segments that are others at every instant are forgotten, and their numbers are given
// to others.
func TestLinesOfSegmentsThatAreOverAreForgotten(t *testing.T) {
	t.Parallel()
	p := NewPast(new(probe).collector("a"))
	const perInstant, instants = 500, 40
	most := 0
	for i := range instants {
		s := &Snapshot{Collector: "a", Series: slices.Clone(one(1).Series)}
		for k := range perInstant { // half of them are there at the next instant, too
			x := s.Series[0]
			x.Segment = kpi.Segment{Dimension: "team", Value: strconv.Itoa(i*perInstant/2 + k)}
			s.Series = append(s.Series, x)
		}
		at := map[int]string{}
		err := p.Show(s, func(l *Line, _ float64) {
			most = max(most, l.Number+1)
			id := seriesName(l.Name, l.Labels)
			if other, twice := at[l.Number]; twice {
				t.Errorf("instant %d: %s and %s are line %d", i, id, other, l.Number)
			}
			at[l.Number] = id
		})
		if err != nil {
			t.Fatal(err)
		}
		if want := 2 * perInstant; len(at) < want { // the value and its samples
			t.Fatalf("instant %d: %d lines are shown, want %d", i, len(at), want)
		}
	}
	// Of 10,000 segments, 500 at once: as many again and a thousand are kept, and those
	// that the last instant added.
	if most > 5200 {
		t.Errorf("lines have %d numbers, two a segment", most)
	}
	if n := len(p.lines.outlines); n > 2100 {
		t.Errorf("%d outlines are remembered", n)
	}
	if n := len(p.lines.labels); n > 2700 {
		t.Errorf("%d labels are remembered", n)
	}
}
