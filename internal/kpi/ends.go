package kpi

import (
	"fmt"
	"math"
)

// Ends are the ends of a scale: the lowest and the highest value that there can
// be. One that is infinite is open. Of the zero Ends nothing is known.
type Ends struct{ Min, Max float64 }

// Between is a scale that is closed at both ends.
func Between(lowest, highest float64) Ends { return Ends{lowest, highest} }

// From is a scale that begins at a value and is open above.
func From(lowest float64) Ends { return Ends{lowest, math.Inf(1)} }

// Anything is a scale without ends, on which values may be negative.
func Anything() Ends { return Ends{math.Inf(-1), math.Inf(1)} }

// Known reports whether anything is known of the ends.
func (e Ends) Known() bool { return e.Min < e.Max }

// Closed reports whether the scale has two ends.
func (e Ends) Closed() bool {
	return e.Known() && !math.IsInf(e.Min, 0) && !math.IsInf(e.Max, 0)
}

// Hold reports whether a value can be on the scale. One that arithmetic has moved
// off it by a rounding, as in 0.7 + 0.3, is on it.
func (e Ends) Hold(v float64) bool {
	slack := 1e-9 * max(1, math.Abs(v))
	return !e.Known() || v >= e.Min-slack && v <= e.Max+slack
}

// MarshalText is there since JSON has no number for an open end.
func (e Ends) MarshalText() ([]byte, error) { return fmt.Appendf(nil, "%v to %v", e.Min, e.Max), nil }
