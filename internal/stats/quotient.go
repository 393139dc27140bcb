package stats

import "math"

// Quotient is a total by another, independent one: Over / Under. It is undefined
// where the lower one is zero or negative.
//
// The interval is that of the logarithm of the ratio, whose variance is the sum
// of those of both totals by the delta method, with Σx² as the variance of each
// sum (see Total):
//
//	R1/R0 · exp(± z √(Σx1²/R1² + Σx0²/R0²))
//
// It exists where both are positive. There is no test of a quotient against an
// earlier one.
type Quotient struct {
	Over, Under Total
}

// Value implements Evidence.
func (q Quotient) Value() (float64, bool) {
	over, ok1 := q.Over.Value()
	under, ok2 := q.Under.Value()
	if !ok1 || !ok2 || under <= 0 || !finite(over/under) {
		return 0, false
	}
	return over / under, true
}

// Samples implements Evidence: the events of both totals.
func (q Quotient) Samples() float64 { return samples(q.Over.N + q.Under.N) }

// Interval implements Evidence.
func (q Quotient) Interval(confidence float64) (lower, upper float64, ok bool) {
	value, ok := q.Value()
	if !ok {
		return 0, 0, false
	}
	over, ok1 := q.Over.log()
	under, ok2 := q.Under.log()
	if !ok1 || !ok2 {
		return 0, 0, false
	}
	e := estimate{value: over.value - under.value, variance: over.variance + under.variance, nu: math.Inf(1)}
	if lower, upper, ok = e.interval(confidence); !ok {
		return 0, 0, false
	}
	return interval(math.Exp(lower), value, math.Exp(upper))
}

// Shown implements Evidence.
func (q Quotient) Shown(confidence float64) (lower, upper float64, ok bool) {
	return telling(q, 0, confidence)
}

// Change implements Evidence: there is no test.
func (q Quotient) Change(Evidence) (fell, rose float64, ok bool) { return 0, 0, false }
