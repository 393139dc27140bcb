package alerts

import (
	"math"
	"slices"
	"time"
)

// Status is how a goal stands. Exactly one holds at any time.
type Status string

// The statuses of a goal.
const (
	NotStarted         Status = "not_started"         // before its start
	Grace              Status = "grace"               // too early to tell its pace
	NoData             Status = "no_data"             // the databases answer, but have no such rows
	InsufficientSample Status = "insufficient_sample" // fewer samples than it takes to judge
	OffTrack           Status = "off_track"           // behind its pace, or beyond its limit, more than chance explains
	AtRisk             Status = "at_risk"             // the same, on weaker evidence
	OnTrack            Status = "on_track"            // neither
	Met                Status = "met"                 // reached and held; stays so
	Missed             Status = "missed"              // not reached by the deadline; stays so
)

// Statuses are all of them, in the order of their codes, which begin at 0.
func Statuses() []Status {
	return []Status{NotStarted, Grace, NoData, InsufficientSample, OffTrack, AtRisk, OnTrack, Met, Missed}
}

// Code is the number of a status, for charts.
func (s Status) Code() int { return slices.Index(Statuses(), s) }

// State is what is known of a goal after some readings. The zero State is that
// of a goal that nothing is known of yet.
type State struct {
	Status Status
	Since  time.Time // since when it has that status
	// OrBefore tells that Since is the first instant that was looked at, so that
	// the status may have begun earlier.
	OrBefore bool
	// Behind keeps a goal off track until its value is back on pace, however many
	// readings in between cannot be judged.
	Behind bool
	// Reached is since when the target has been reached; zero where it is not.
	Reached time.Time
	// At is the instant of the last reading.
	At time.Time
}

// Final reports whether nothing changes the status any more.
func (s State) Final() bool { return s.Status == Met || s.Status == Missed }

// Next is the state after a reading. It depends on nothing but the readings in
// their order, so that the same readings always give the same verdict and the
// same Since. Readings that are not later than the last one change nothing; nor
// do failures, which give no reading.
func (g *Goal) Next(old State, b *Baseline, r Reading) State {
	if !r.At.After(old.At) && old.Status != "" {
		return old
	}
	s := old
	s.At = r.At
	if old.Final() {
		return s
	}
	status := g.judge(&s, b, r)
	if status != old.Status {
		s.Status, s.Since = status, r.At
		s.OrBefore = old.Status == "" && !g.begins(r.At)
	}
	return s
}

// begins reports whether a goal begins at an instant, or on the day before it, or
// has yet to begin. Limits hold ever since.
func (g *Goal) begins(at time.Time) bool {
	return g.Reach && at.Sub(g.Start) <= 36*time.Hour
}

// judge is the status that a reading gives. It keeps what has to be remembered in
// the state.
func (g *Goal) judge(s *State, b *Baseline, r Reading) Status {
	if g.Reach && r.At.Before(g.Start) {
		return NotStarted
	}
	m := g.Measure(r)
	switch {
	case !m.Defined && m.Samples == 0:
		return NoData
	case !m.Defined || m.Samples < float64(g.MinSamples):
		return InsufficientSample
	case !g.Reach:
		return g.against(s, Given(0), r, m)
	case b == nil:
		return InsufficientSample
	}
	s.Reached = g.reached(*s, *b, r, m)
	switch {
	case !s.Reached.IsZero() && (r.At.Sub(s.Reached) >= g.Hold || !r.At.Before(g.Deadline)):
		return Met
	case !r.At.Before(g.Deadline):
		return Missed
	case r.At.Before(g.Start.Add(g.Grace)):
		return Grace
	}
	return g.against(s, *b, r, m)
}

// reached is since when the value has been at the target, and surely better than
// the baseline: by more than both are known to (Newcombe's square-and-add). At the
// deadline that is asked once, at the published confidence; before it, at the one
// of alerts, since over a year of looks chance gets there at any weaker one.
func (g *Goal) reached(s State, b Baseline, r Reading, m Measured) time.Time {
	lower, upper, baseLower, baseUpper := m.Lower, m.Upper, b.Lower, b.Upper
	if r.At.Before(g.Deadline) {
		lower, upper = bounds(r.Evidence, g.global.AlertConfidence)
		baseLower, baseUpper = b.AlertLower, b.AlertUpper
	}
	noise := math.Hypot(m.Value-g.bad(lower, upper), b.Value-g.good(baseLower, baseUpper))
	if g.worse(m.Value, g.Limit(b)) || !(g.better(m.Value, b.Value) > noise) {
		return time.Time{}
	}
	if s.Reached.IsZero() {
		return r.At
	}
	return s.Reached
}

// against compares a value with what is expected of it. A baseline that was
// measured is off by chance too, and what is expected is with it, so a value is
// behind where it is worse by more than both are known to (Newcombe's
// square-and-add); a baseline that was given adds nothing.
func (g *Goal) against(s *State, b Baseline, r Reading, m Measured) Status {
	expect := func(from float64) float64 {
		if !g.Reach {
			return g.Limit(b)
		}
		return g.Expected(Baseline{Value: from}, r.At)
	}
	expected := expect(b.Value)
	behind := func(lower, upper, baseLower, baseUpper float64) bool {
		noise := math.Hypot(g.good(lower, upper)-m.Value, expected-expect(g.bad(baseLower, baseUpper)))
		return g.worse(m.Value, expected+g.better(0, noise))
	}
	lower, upper := bounds(r.Evidence, g.global.AlertConfidence)
	switch {
	case behind(lower, upper, b.AlertLower, b.AlertUpper):
		s.Behind = true
	case !g.worse(m.Value, expected):
		s.Behind = false
	}
	switch {
	case s.Behind:
		return OffTrack
	case behind(m.Lower, m.Upper, b.Lower, b.Upper):
		return AtRisk
	}
	return OnTrack
}

// tolerance is the relative difference that is not one: expected values come from
// arithmetic with times.
const tolerance = 1e-9

// worse reports whether a value is worse than another beyond rounding.
func (g *Goal) worse(value, than float64) bool {
	return g.better(value, than) < -tolerance*max(1, math.Abs(than))
}
