package exporter_test

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/cx-exporter/cx-exporter/collectors"
	"github.com/cx-exporter/cx-exporter/internal/exporter"
	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
	"github.com/cx-exporter/cx-exporter/internal/testdb/oracle"
)

// skew is how far ahead of the clock rows of the present may lie.
const skew = time.Hour

// tally is what can be known of a number of rows: statements read some more than
// the windows need, in which they may find a few more to refuse.
type tally struct{ least, most float64 }

// census is what the rows of a relation come to, told row by row: which of them
// are refused, and the newest.
type census struct {
	w       *world
	rows    []oracle.Row
	at      time.Time
	refused map[string]tally
	// newest is the latest row that is surely read, and latest the latest that may
	// be.
	newest, latest time.Time
}

// count adds rows that are surely refused, and rows that may be. Statements refuse
// the same rows, so what counts is the greatest number.
func (c *census) count(reason string, least, most float64) {
	t := c.refused[reason]
	c.refused[reason] = tally{max(t.least, least), max(t.most, most)}
}

// census counts the rows for an instant, and those that are read for it and for
// others that are evaluated with it.
func (w *world) census(rows []oracle.Row, at time.Time, together []time.Time) *census {
	c := &census{w: w, rows: rows, at: at, refused: map[string]tally{}}
	_, collector, err := w.collector("t")
	if err != nil {
		return c
	}
	var needs []facts.Need
	for i, k := range collector.KPIs {
		for _, span := range w.everySpan(k.Desc().Unwindowed, together) {
			needs = append(needs, k.Needs(span)...)
		}
		if s, ok := k.(collectors.Spiker); ok && w.change {
			for _, at := range together {
				needs = append(needs, s.SpikeNeeds(kpi.Span{Hi: at, At: at, Zone: w.zone})...)
			}
		}
		if refuser, ok := w.kpis[i].oracle.(oracle.Refuser); ok {
			for _, span := range w.currentSpans(k.Desc().Unwindowed, []time.Time{at}) {
				for reason, n := range refuser.Refused(rows, span) {
					if reason == facts.RejectedNullSubject && len(together) > 1 {
						continue // told with the rows of a statement, as below
					}
					c.count(reason, n, n)
				}
			}
		}
	}
	if len(together) > 1 {
		return c // rows that are read for several instants are told of none
	}
	for _, n := range needs {
		c.need(n, needs)
	}
	return c
}

// currentSpans are the windows at some instants.
func (w *world) currentSpans(unwindowed bool, at []time.Time) (all []kpi.Span) {
	for _, at := range at {
		if unwindowed {
			all = append(all, kpi.Span{Hi: at, At: at, Zone: w.zone})
			continue
		}
		for _, x := range w.windows {
			current, _, _ := w.spans(x, at)
			all = append(all, current)
		}
	}
	return all
}

// everySpan are the windows and what they are compared with.
func (w *world) everySpan(unwindowed bool, at []time.Time) []kpi.Span {
	all := w.currentSpans(unwindowed, at)
	for _, at := range at {
		for _, x := range w.windows {
			if _, before, compare := w.spans(x, at); compare && !unwindowed {
				all = append(all, before)
			}
		}
	}
	return all
}

// reading is how a need reads rows: whose, by which time, and from when until
// when.
type reading struct {
	subject, time facts.Role
	lo, hi        time.Time
	later         []facts.Role  // times that cannot be before the first
	earlier       []facts.Role  // and that cannot be after it
	planned       bool          // the time is a plan
	standing      bool          // only some of the rows are read
	blank         facts.Role    // an amount that rows should have
	untold        bool          // rows without a time, or ahead of the clock, are not told
	further       time.Duration // how long after hi rows are still read, but no newest is told of
}

func readingOf(n facts.Need) (reading, bool) {
	between := func(bounds []time.Time) (lo, hi time.Time) {
		lo = bounds[0]
		for _, b := range bounds {
			if b.Before(lo) {
				lo = b
			}
			if b.After(hi) {
				hi = b
			}
		}
		return lo, hi
	}
	var r reading
	switch {
	case n.Cube != nil && len(n.Cube.Bounds) > 0:
		r = reading{time: n.Cube.Time, planned: n.Cube.Planned, standing: n.Cube.Standing.Role != ""}
		r.lo, r.hi = between(n.Cube.Bounds)
		for _, o := range n.Cube.Outcomes {
			if !o.Early {
				r.later = append(r.later, o.Role)
			}
		}
		for _, k := range n.Cube.Keys {
			if k.Bucket && k.Since != "" && k.Role == n.Cube.Time {
				r.earlier = append(r.earlier, k.Since)
			}
		}
	case n.Subjects != nil && len(n.Subjects.Points) > 0:
		s := n.Subjects
		r = reading{subject: s.Subject, time: s.Start}
		if s.End != "" {
			r.later = []facts.Role{s.End}
		}
		if len(s.Amounts) > 0 {
			r.blank = s.Amount
		}
		var bounds []time.Time
		for _, p := range s.Points {
			if p.At.IsZero() {
				bounds = append(bounds, p.Lo, p.Hi)
			} else {
				bounds = append(bounds, time.Time{}, p.At)
			}
		}
		r.lo, r.hi = between(bounds)
	case n.Histories != nil:
		r = reading{subject: n.Histories.Subject, time: n.Histories.Time, hi: n.Histories.At}
		if !n.Histories.Until.IsZero() {
			r.further = n.Histories.Until.Sub(n.Histories.At)
		}
	case n.Returns != nil:
		r = reading{subject: n.Returns.Subject, time: n.Returns.Time, untold: true}
		_, r.hi = between(n.Returns.Bounds)
		r.further = n.Returns.Within
	default:
		return r, false
	}
	return r, true
}

// need counts what one need of several finds. Another that reads by the same time
// may be served by the same statement, and so make it read more.
func (c *census) need(n facts.Need, all []facts.Need) {
	own, ok := readingOf(n)
	if !ok {
		return
	}
	wide := own
	for _, other := range all {
		if o, ok := readingOf(other); ok && o.time == own.time && (o.subject == own.subject || own.subject == "") {
			if o.lo.Before(wide.lo) {
				wide.lo = o.lo
			}
			if o.hi.After(wide.hi) {
				wide.hi = o.hi
			}
			wide.later = slices.Concat(wide.later, o.later)
			wide.earlier = slices.Concat(wide.earlier, o.earlier)
		}
	}
	ahead, present := c.at.Add(c.w.passed+skew), c.w.now && c.w.passed == 0
	entity, _ := collectors.LookupEntity(collectors.Becomes(c.w.entity))
	var nulls, future, swapped, perhaps, blank, nobodys, nearly float64
	for _, r := range c.rows {
		at, known := r[string(own.time)].(time.Time)
		nobody := own.subject != "" && r[string(own.subject)] == nil
		early := func(of reading) bool {
			return slices.ContainsFunc(of.later, func(role facts.Role) bool { return isBefore(r, role, own.time) }) ||
				slices.ContainsFunc(of.earlier, func(role facts.Role) bool { return isBefore(r, own.time, role) })
		}
		if own.blank != "" && !nobody {
			if !numeric(r[string(own.blank)]) {
				blank++
			}
		}
		if early(wide) && !nobody {
			perhaps++
		}
		switch {
		case !known:
			if own.time == entity.Primary() {
				nulls++
			}
			continue
		case c.w.now && !at.Before(ahead):
			future++
			continue
		}
		if nobody {
			if !at.Before(own.lo) && at.Before(own.hi.Add(own.further)) {
				nobodys++
			}
			if !at.Before(wide.lo) && at.Before(wide.hi) || at.Before(own.hi.Add(own.further)) {
				nearly++
			}
		}
		if early(own) && !nobody && !at.Before(own.lo) && at.Before(own.hi) && !own.standing {
			swapped++
		}
		if own.planned {
			continue
		}
		if !at.Before(own.lo) && (at.Before(own.hi) || present) && !own.standing && at.After(c.newest) {
			c.newest = at
		}
		if !at.Before(wide.lo) && (at.Before(wide.hi) || present) && at.After(c.latest) {
			c.latest = at
		}
	}
	c.count(facts.RejectedNullSubject, nobodys, nearly)
	if c.w.now && !own.planned && !own.standing && !own.untold {
		c.count(facts.RejectedNullTime, nulls, nulls)
		c.count(facts.RejectedFuture, future, future)
	}
	c.count(facts.RejectedEndBeforeStart, swapped, perhaps)
	if own.blank != "" {
		c.count(facts.RejectedNullAmount, 0, blank)
	}
}

// isBefore reports whether one time of a row is before another.
func isBefore(r oracle.Row, a, b facts.Role) bool {
	x, ok1 := r[string(a)].(time.Time)
	y, ok2 := r[string(b)].(time.Time)
	return ok1 && ok2 && x.Before(y)
}

// numeric reports whether a value is a number, or a text that is one.
func numeric(v any) bool {
	_, is := v.(float64)
	text, written := v.(string)
	return is || written && oracle.Number(text)
}

// judge compares the census with what a snapshot says.
func (c *census) judge(s *exporter.Snapshot) (wrong []string) {
	say := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	reasons := map[string]bool{}
	for reason := range c.refused {
		reasons[reason] = true
	}
	for reason := range s.Rejected {
		reasons[reason] = true
	}
	for _, reason := range slices.Sorted(maps.Keys(reasons)) {
		want, got := c.refused[reason], s.Rejected[reason]
		switch {
		case want.least == want.most && got != want.least:
			say("%v rows are rejected as %s, want %v", got, reason, want.least)
		case got < want.least || got > want.most || got != math.Trunc(got):
			say("%v rows are rejected as %s, want %v to %v", got, reason, want.least, want.most)
		}
	}
	const rounding = time.Microsecond
	if s.Newest.Add(rounding).Before(c.newest) || s.Newest.After(c.latest.Add(rounding)) {
		say("the newest row is of %s, want one from %s to %s", stampOf(s.Newest), stampOf(c.newest), stampOf(c.latest))
	}
	return wrong
}
