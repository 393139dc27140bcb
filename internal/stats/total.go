package stats

import "math"

// Total is the sum of the amounts of N events in a period, such as revenue.
// Both the number of events and their amounts vary.
//
// A sum of a Poisson number of independent amounts has a variance that Σx²
// estimates without bias (Campbell's theorem). The interval is symmetric in the
// logarithm of the sum, R·exp(± z √Σx²/R), and exists where the sum is
// positive. Negative amounts are refunds. No events are a total of 0.
//
// A change is tested by z between the logarithms, √(Σx²/R² + Σx'²/R'²) being
// the standard error. Where one period had no events at all, the numbers of
// events are compared as in Count. The test takes periods of equal length.
type Total struct {
	N, Sum, Squares float64
}

// Value implements Evidence.
func (t Total) Value() (float64, bool) {
	if !finite(t.N, t.Sum) || t.N < 0 || t.N == 0 && t.Sum != 0 {
		return 0, false
	}
	return t.Sum, true
}

// Samples implements Evidence.
func (t Total) Samples() float64 { return samples(t.N) }

// log is the logarithm of the sum.
func (t Total) log() (estimate, bool) {
	sum, ok := t.Value()
	// The square of a sum is at most n times the sum of squares.
	if !ok || sum <= 0 || !finite(t.Squares) || t.Squares < sum*(sum/t.N)*(1-1e-9) {
		return estimate{}, false
	}
	return estimate{value: math.Log(sum), variance: t.Squares / sum / sum, nu: math.Inf(1)}, true
}

// Interval implements Evidence.
func (t Total) Interval(confidence float64) (lower, upper float64, ok bool) {
	e, ok := t.log()
	if !ok {
		return 0, 0, false
	}
	lower, upper, ok = e.interval(confidence)
	if !ok {
		return 0, 0, false
	}
	return interval(math.Exp(lower), t.Sum, math.Exp(upper))
}

// Change implements Evidence.
func (t Total) Change(before Evidence) (fell, rose float64, ok bool) {
	b, same := before.(Total)
	if !same {
		return 0, 0, false
	}
	_, ok1 := t.Value()
	_, ok2 := b.Value()
	if ok1 && ok2 && (t.N == 0 || b.N == 0) {
		return Count{N: t.N}.Change(Count{N: b.N})
	}
	now, ok1 := t.log()
	then, ok2 := b.log()
	if !ok1 || !ok2 {
		return 0, 0, false
	}
	return welch(now, then)
}
