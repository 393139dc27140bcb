// Package kpi holds the words that every other package speaks: the span of a
// window, units, directions and segments. It is pure: it reads no clock, no
// database and no file.
package kpi

import "time"

// Span is one window resolved at one instant: the rows between Lo and Hi, as
// they were known strictly before At. It is half-open, [Lo, Hi).
//
// Lo is the zero time where the window has no lower limit (the window `all`).
// At is never before Hi. It is after Hi only for windows that ended before the
// instant of evaluation, such as `last_month`: an outcome counts for them when
// it was known before At, although its row is placed before Hi.
type Span struct {
	Lo, Hi, At time.Time
	// Zone is the zone whose calendar the window was resolved in; nil is UTC.
	// KPIs need it only to find another span, such as the year before.
	Zone *time.Location
}

// Bounded reports whether the span has a lower limit.
func (s Span) Bounded() bool { return !s.Lo.IsZero() }

// Length is the span's duration, 0 where it is unbounded.
func (s Span) Length() time.Duration {
	if !s.Bounded() {
		return 0
	}
	return s.Hi.Sub(s.Lo)
}

// Unit is the base unit of a value, as Prometheus names it.
type Unit string

// The units that KPIs are published in.
const (
	Ratio    Unit = "ratio"    // a share; 0 to 1 unless the KPI says otherwise
	Score    Unit = "score"    // points on the KPI's own scale
	Seconds  Unit = "seconds"  // a duration
	Currency Unit = "currency" // an amount of money in the currency of the label `currency`
	Count    Unit = "count"    // things: answers, tickets, customers, orders
)

// Direction tells which way a value improves.
type Direction string

// The directions of a value.
const (
	HigherIsBetter Direction = "higher_is_better"
	LowerIsBetter  Direction = "lower_is_better"
	Neutral        Direction = "neutral" // neither way is good or bad in itself
)

// Fidelity says how true a value is when it is computed as of a past instant.
type Fidelity string

// The fidelities, from the best to the worst.
const (
	// Exact values come from rows that carry the time of everything that happened.
	Exact Fidelity = "exact"
	// Terminal values come from rows whose last stamp overwrites earlier ones,
	// such as a resolved_at that a reopened ticket loses.
	Terminal Fidelity = "terminal"
	// Snapshot values come from a state without history: they are true now only.
	Snapshot Fidelity = "snapshot"
	// Restated values use attributes as they are known now.
	Restated Fidelity = "restated"
)

// Label is one name and value of a metric's labels.
type Label struct {
	Name, Value string
}

// Segment is one value of a dimension. The zero Segment is the total.
//
// A pair of dimensions joins names and values with a comma, in the order of the
// configuration.
type Segment struct {
	Dimension, Value string
}

// IsTotal reports whether the segment is everything.
func (s Segment) IsTotal() bool { return s.Dimension == "" }

// The values that stand for segments which are not values of the column.
const (
	// OtherSegment holds all segments beyond the configured maximum.
	OtherSegment = "other"
	// NoSegment holds the rows whose column is NULL or empty.
	NoSegment = "(none)"
)
