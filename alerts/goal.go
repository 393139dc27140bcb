// Package alerts knows goals: whether a KPI is on its way to a target, holds a
// limit, or cannot be judged. It is pure: values come with their evidence, and
// the instant is given.
package alerts

import (
	"time"

	"github.com/cx-exporter/cx-exporter/config"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
	"github.com/cx-exporter/cx-exporter/internal/stats"
)

// Goal is a goal of the configuration, ready to be judged.
type Goal struct {
	config.Goal
	global config.Global
}

// New makes a goal of what the configuration says of it.
func New(g config.Goal, global config.Global) *Goal { return &Goal{g, global} }

// Baseline is where a goal starts from.
type Baseline struct {
	Value float64
	// Samples is what a measured one rests on, 0 for one that was given.
	Samples float64
	// The bounds of a measured one at the published confidence and at that of
	// alerts; one that was given is its own bounds.
	Lower, Upper           float64
	AlertLower, AlertUpper float64
}

// Given is a baseline that is taken as it was agreed upon.
func Given(v float64) Baseline {
	return Baseline{Value: v, Lower: v, Upper: v, AlertLower: v, AlertUpper: v}
}

// MeasuredBaseline makes a baseline of a reading; ok is false where it rests on too few
// samples.
func (g *Goal) MeasuredBaseline(r Reading) (b Baseline, ok bool) {
	m := g.Measure(r)
	if !m.Defined || m.Samples < float64(g.MinSamples) {
		return Baseline{}, false
	}
	b = Baseline{Value: m.Value, Samples: m.Samples, Lower: m.Lower, Upper: m.Upper}
	b.AlertLower, b.AlertUpper = bounds(r.Evidence, g.global.AlertConfidence)
	return b, true
}

// Reading is the value of a goal's KPI at an instant, and what it rests on. A
// nil Evidence is a successful answer without that value: a segment without
// rows, or, where there is a Choice, a goal that does not choose one of several.
type Reading struct {
	At       time.Time
	Evidence stats.Evidence
	Choice   *Choice
}

// Measured is a reading in numbers.
type Measured struct {
	Value   float64
	Defined bool
	Samples float64
	// Lower and Upper are the bounds at the published confidence. Values without
	// an interval are their own bounds.
	Lower, Upper float64
}

// Measure puts a reading into numbers.
func (g *Goal) Measure(r Reading) Measured {
	if r.Evidence == nil {
		return Measured{}
	}
	var m Measured
	m.Value, m.Defined = r.Evidence.Value()
	m.Samples = r.Evidence.Samples()
	m.Lower, m.Upper = bounds(r.Evidence, g.global.Confidence)
	return m
}

// bounds are the interval of a value, or the value itself where it has none.
func bounds(e stats.Evidence, confidence float64) (lower, upper float64) {
	lower, upper, ok := e.Interval(confidence)
	if !ok {
		v, _ := e.Value()
		return v, v
	}
	return lower, upper
}

// better is how far a value lies from another in the direction that improves;
// negative is worse.
func (g *Goal) better(value, than float64) float64 {
	if g.Stat.Direction == kpi.LowerIsBetter {
		return than - value
	}
	return value - than
}

// good is the bound of an interval in the direction that improves.
func (g *Goal) good(lower, upper float64) float64 {
	if g.Stat.Direction == kpi.LowerIsBetter {
		return lower
	}
	return upper
}

// bad is the other bound.
func (g *Goal) bad(lower, upper float64) float64 {
	if g.Stat.Direction == kpi.LowerIsBetter {
		return upper
	}
	return lower
}

// Aim is the value that the goal aims at; ok is false where it is a change of a
// baseline that is not known.
func (g *Goal) Aim(b *Baseline) (v float64, ok bool) {
	switch {
	case b != nil:
		return g.Limit(*b), true
	case g.Target.Kind == config.TargetValue:
		return g.Target.Value, true
	}
	return 0, false
}

// Limit is the value that the goal aims at.
func (g *Goal) Limit(b Baseline) float64 { return g.Target.From(b.Value) }

// span is the goal's window at an instant.
func (g *Goal) span(at time.Time) kpi.Span { return g.Window.Span(at, g.global.Zone) }
