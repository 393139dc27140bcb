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
// A change is tested by z from the difference of the sums, √(Σx²+Σx'²) being the
// standard error. If nothing changed, each amount was as likely to fall into the
// one period as into the other, equally long one. The difference is then a sum
// of the amounts with random signs, whose tails are never more than 3.2 times
// those of z, whatever the amounts (Bentkus and Dzindzalieta 2015, Bernoulli
// 21:1231), and less where one amount outweighs the others. So the test also
// holds for refunds, and far out, where the ratio of the sums misleads. Where
// one period had no events at all, the numbers of events are compared, as in
// Count.
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

// Shown implements Evidence.
func (t Total) Shown(confidence float64) (lower, upper float64, ok bool) {
	return telling(t, 0, confidence)
}

// Change implements Evidence.
func (t Total) Change(before Evidence) (fell, rose float64, ok bool) {
	b, same := before.(Total)
	if !same {
		return 0, 0, false
	}
	_, ok1 := t.Value()
	_, ok2 := b.Value()
	if !ok1 || !ok2 {
		return 0, 0, false
	}
	if t.N == 0 || b.N == 0 {
		return Count{N: t.N}.Change(Count{N: b.N})
	}
	if !(t.Squares >= 0 && b.Squares >= 0) {
		return 0, 0, false
	}
	return pvalues(normalTails((t.Sum - b.Sum) / math.Sqrt(t.Squares+b.Squares)))
}
