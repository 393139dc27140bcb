package alerts

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"
)

// Verdict is all that is known of a goal: what is shown of it, and what the next
// verdict builds upon. It outlives restarts.
type Verdict struct {
	// Key is that of the goal's definition. A verdict on another definition is
	// worth nothing.
	Key string
	// Known tells that the goal has been judged up to the present once. Before
	// that, its state is that of a day of the past.
	Known bool
	State State
	// Baseline is nil until it is known.
	Baseline *Baseline
	// BaselineChecked is when it was last measured.
	BaselineChecked time.Time
	Measured        Measured
	// Choice is what the goal would have to choose from, beyond its deadline as of
	// that, and BaselineChoice the same as of its baseline; nil where it chooses one
	// series.
	Choice, BaselineChoice *Choice
	// Decisive is what was measured when State.Judged was.
	Decisive Measured
	// Sample is what the samples can show of the change that the goal asks for.
	Sample Sample
	// Found is the look that found how the goal ended, or that nobody can tell: zero
	// before, and where the goal had ended when it was first looked at. See Looked.
	Found time.Time
}

// Key is equal for goals that are judged alike: their definition without the
// words for people and routes. Of the smallest sample it is what the configuration
// said: that what is no estimate asks for none by default makes no other goal of it,
// of which nothing would be known.
func (g *Goal) Key() string {
	c := g.Goal
	sum := sha256.Sum256([]byte(fmt.Sprintf("%q %v %q %q %q %v %s %q %q %v %v %v %v %v %v %v %v %d %v %v %s %s",
		c.Name, c.Reach, c.Collector, c.KPI.Name, c.KPI.Variant, c.Stat.Name, c.Window, c.Segment, c.Labels,
		c.Target, c.Baseline, c.BaselineKnown, c.BaselineAt, c.Start, c.Deadline, c.Grace, c.Hold,
		cmp.Or(c.MinSamples, g.global.MinSamples),
		g.global.Confidence, g.global.AlertConfidence, g.global.Zone, c.Stat.Direction)))
	return hex.EncodeToString(sum[:16])
}

// Begin is the verdict on a goal that nothing is known of yet.
func (g *Goal) Begin() Verdict {
	v := Verdict{Key: g.Key()}
	if g.BaselineKnown {
		b := Given(g.Goal.Baseline)
		v.Baseline = &b
	}
	return v
}

// Judge is the verdict after a reading. A final one keeps the value that it was
// given for.
func (g *Goal) Judge(v Verdict, r Reading) Verdict {
	decided := v.State.Final()
	v.State = g.Next(v.State, v.Baseline, r)
	if decided {
		return v
	}
	v.Measured = g.Measure(r)
	if !g.Reach || !r.At.After(g.Deadline) {
		v.Choice = r.Choice
	}
	switch judged := v.State.Judged.Equal(r.At); {
	case judged:
		v.Decisive = v.Measured
	case v.State.Final():
		v.Measured = v.Decisive
		return v
	}
	if s, ok := g.Sample(v.Baseline, r); ok {
		v.Sample = s
	}
	return v
}

// Based is the verdict after the reading as of the baseline. One that cannot be
// used leaves the baseline that there is.
func (g *Goal) Based(v Verdict, r Reading) Verdict {
	v.BaselineChoice = r.Choice
	if b, ok := g.MeasuredBaseline(r); ok {
		v.Baseline = &b
	}
	return v
}

// MeasuresBaseline reports whether the baseline has to be taken from the past,
// and as of when.
func (g *Goal) MeasuresBaseline() (at time.Time, ok bool) {
	return g.BaselineAt, g.Reach && !g.BaselineKnown
}
