package alerts

import (
	"math"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/stats"
)

// Sample is what the samples of a goal can show of the change that it asks for,
// in four of five times, at the published confidence. All are sizes, whichever
// direction the change has. The zero Sample is that of a goal of which nothing
// can be told.
type Sample struct {
	// Have is the number of samples in the window, or in a measured baseline where
	// that has fewer.
	Have float64
	// Needed is the number that the change takes, in the window and in a measured
	// baseline each.
	Needed float64
	// Asked is the change from the baseline to the target, in the unit of the value.
	Asked float64
	// Smallest is the smallest change that the samples can show; 0 where they can
	// show none.
	Smallest float64
}

// Enough reports whether the samples can show the change, as far as that is
// known.
func (s Sample) Enough() bool { return s.Have >= s.Needed }

// Sample looks at whether the samples of a reading, if there are as many at the
// deadline, can show the change from the baseline to the target. A baseline that
// lies ahead is taken to be the reading. ok is false for limits, for values
// without a spread, and while the window is not about as long as it will be.
func (g *Goal) Sample(b *Baseline, r Reading) (s Sample, ok bool) {
	if !g.Reach || r.Evidence == nil || !g.alike(r.At) {
		return Sample{}, false
	}
	m := g.Measure(r)
	from, measures := g.MeasuresBaseline()
	if b == nil {
		own, enough := g.MeasuredBaseline(r)
		if !enough || !from.After(r.At) {
			return Sample{}, false
		}
		b = &own
	}
	step := stats.Step{From: b.Value, To: g.Limit(*b), Given: !measures}
	p := stats.PowerAt(g.global.Confidence)
	s = Sample{Have: m.Samples, Asked: math.Abs(step.To - step.From)}
	if measures {
		s.Have = min(s.Have, b.Samples)
	}
	if s.Needed, ok = p.Needed(r.Evidence, step); !ok || !m.Defined || g.better(step.To, step.From) <= 0 {
		return Sample{}, false
	}
	if size, shows := p.Smallest(r.Evidence, step, s.Have); shows {
		s.Smallest = size
	}
	return s, true
}

// alike reports whether the window at an instant is about as long as at the
// deadline. Otherwise the samples of one tell nothing of those of the other: a
// month to date has few at its beginning.
func (g *Goal) alike(at time.Time) bool {
	if g.KPI.Unwindowed {
		return true
	}
	now, end := g.span(at), g.span(g.Deadline)
	if !now.Bounded() || !end.Bounded() {
		return false
	}
	ratio := now.Length().Seconds() / end.Length().Seconds()
	return ratio > 0.75 && ratio < 1.34
}
