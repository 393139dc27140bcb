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
	// Stands is the last status that was judged, and StandsSince since when it has
	// been, however many readings in between could not be. See Standing.
	Stands      Status
	StandsSince time.Time
	// StandsOrBefore is to it what OrBefore is to the status.
	StandsOrBefore bool
	// Unjudged is since when no reading could be judged; zero where the last one
	// could.
	Unjudged time.Time
	// Reached is since when the target has been reached; zero where it is not.
	Reached time.Time
	// Judged is the instant of the last reading that could be judged, and OnTarget
	// tells whether it would do at the deadline.
	Judged   time.Time
	OnTarget bool
	// At is the instant of the last reading.
	At time.Time
}

// Final reports whether nothing changes the status any more.
func (s State) Final() bool { return s.Status == Met || s.Status == Missed }

// Standing is the verdict that stands, and since when: the status, unless that is
// but that a goal cannot be judged at present. What cannot be judged has not
// become better, so alerts go by this.
func (s State) Standing() (Status, time.Time) {
	if s.Stands == "" {
		return s.Status, s.Since
	}
	return s.Stands, s.StandsSince
}

// Held is the verdict that stands while a goal cannot be judged, and since when,
// or before; ok is false where it can, and where none was ever given.
func (s State) Held() (status Status, since time.Time, orBefore, ok bool) {
	status, since = s.Standing()
	switch status {
	case OffTrack, AtRisk, OnTrack:
		return status, since, s.StandsOrBefore, s.Status.unjudged()
	}
	return "", time.Time{}, false, false
}

// judgedUntil is up to when a goal could be judged.
func (s State) judgedUntil() time.Time {
	switch {
	case s.Final() && !s.Judged.IsZero():
		return s.Judged
	case !s.Unjudged.IsZero():
		return s.Unjudged
	}
	return s.At
}

// unjudged reports whether a status says that a reading could not be judged.
func (s Status) unjudged() bool { return s == NoData || s == InsufficientSample }

// Next is the state after a reading. It depends on nothing but the readings in
// their order, so that the same readings always give the same verdict and the
// same Since. Readings that are not later than the last one change nothing, but for
// another of a deadline that could not be judged; nor do failures, which give no
// reading.
func (g *Goal) Next(old State, b *Baseline, r Reading) State {
	again := g.Undecided(old) && r.At.Equal(g.Deadline)
	if !r.At.After(old.At) && old.Status != "" && !again {
		return old
	}
	s := old
	if !again {
		s.At = r.At
	}
	if old.Final() {
		return s
	}
	status := g.judge(&s, b, r)
	if status != old.Status {
		s.Status, s.Since = status, r.At
		if s.Final() && r.At.After(g.Deadline) {
			s.Since = g.Deadline
		}
		s.OrBefore = old.Status == "" && !g.begins(r.At)
	}
	s.stand(old, g.Reach && !r.At.Before(g.Deadline))
	return s
}

// Undecided reports whether the deadline has been asked for and could not be judged.
// Its rows may yet come.
func (g *Goal) Undecided(s State) bool {
	return g.Reach && !s.At.Before(g.Deadline) && s.Status.unjudged()
}

// stand finds the verdict that stands after a reading. None does beyond a
// deadline that could not be judged: there is no pace any more.
func (s *State) stand(old State, ended bool) {
	stands, since := old.Standing()
	switch {
	case s.Status.unjudged() && stands != "" && !ended:
		s.Stands, s.StandsSince = stands, since
	case s.Status != stands:
		s.Stands, s.StandsSince, s.StandsOrBefore = s.Status, s.Since, s.OrBefore
	}
	switch {
	case !s.Status.unjudged():
		s.Unjudged = time.Time{}
	case s.Unjudged.IsZero():
		s.Unjudged = s.At
	}
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
	var status Status
	switch {
	case g.Reach && r.At.After(g.Deadline): // says nothing of the deadline
		if status = s.Status; !status.unjudged() {
			status = NoData
		}
		return g.lastWord(*s, status)
	case !m.Defined && m.Samples == 0:
		status = NoData
	case !m.Defined || m.Samples < float64(g.MinSamples) || g.Reach && b == nil:
		status = InsufficientSample
	case !g.Reach:
		return g.against(s, Given(0), r, m)
	default:
		return g.towards(s, *b, r, m)
	}
	if g.Reach && r.At.Equal(g.Deadline) {
		return g.lastWord(*s, status)
	}
	return status
}

// lastWord is the verdict on a goal of which no reading could be judged at the
// deadline: that of the last one before. One that is older than the target has to
// be held says nothing of the deadline; then the status stays what it is
// otherwise.
func (g *Goal) lastWord(s State, otherwise Status) Status {
	switch {
	case s.Judged.IsZero() || g.Deadline.Sub(s.Judged) > g.Hold:
		return otherwise
	case s.OnTarget:
		return Met
	}
	return Missed
}

// towards judges a value on the way to a target, up to the deadline. At the
// deadline the target is asked for once, at the published confidence; before it,
// at the one of alerts, since over a year of looks chance gets there at any weaker
// one.
func (g *Goal) towards(s *State, b Baseline, r Reading, m Measured) Status {
	sure := m
	sure.Lower, sure.Upper = bounds(r.Evidence, g.global.AlertConfidence)
	s.Judged, s.OnTarget = r.At, g.attains(b, m, b.Lower, b.Upper)
	switch {
	case !g.attains(b, sure, b.AlertLower, b.AlertUpper):
		s.Reached = time.Time{}
	case s.Reached.IsZero():
		s.Reached = r.At
	}
	switch {
	case r.At.Equal(g.Deadline) && s.OnTarget, !s.Reached.IsZero() && r.At.Sub(s.Reached) >= g.Hold:
		return Met
	case r.At.Equal(g.Deadline):
		return Missed
	case r.At.Before(g.Start.Add(g.Grace)):
		return Grace
	}
	return g.against(s, b, r, m)
}

// attains reports whether a value is at the target, and surely better than the
// baseline: by more than both are known to (Newcombe's square-and-add).
func (g *Goal) attains(b Baseline, m Measured, baseLower, baseUpper float64) bool {
	noise := math.Hypot(m.Value-g.bad(m.Lower, m.Upper), b.Value-g.good(baseLower, baseUpper))
	return !g.worse(m.Value, g.Limit(b)) && g.better(m.Value, b.Value) > noise
}

// against compares a value with what is expected of it. A baseline that was
// measured is off by chance too, and what is expected is with it, so a value is
// behind where it is worse by more than both are known to (Newcombe's
// square-and-add); a baseline that was given adds nothing. Off track is left only
// by the value itself.
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
	stands, _ := s.Standing()
	switch {
	case behind(lower, upper, b.AlertLower, b.AlertUpper), stands == OffTrack && g.worse(m.Value, expected):
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
