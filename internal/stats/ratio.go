package stats

import "math"

// RatioOfSums is the ratio of two sums over N independent subjects, ΣY/ΣX:
// orders per customer, revenue kept of revenue had. X and Y are the sums, XX,
// XY and YY the sums of the squares and products of the subjects' own x and y.
//
// The interval is that of the delta method with R = ΣY/ΣX (Cochran 1977,
// Sampling Techniques, section 6.3), and Student's t for z, which is the same
// for many subjects and wider for few:
//
//	R ± t √(n/(n-1)·Σ(y-Rx)²) / ΣX
//
// It covers 94 to 95 % from 100 subjects up, and 89 to 94 % of 20 to 50, the less
// the fewer of them differ: with 15 % of customers lost, 50 hold seven who were.
//
// A change is tested by Welch's t and by dealing the subjects at random, of
// which the larger p-value counts (see change.go). Where all subjects have the
// same ratio nothing tells how far it may be off, and there is no interval.
type RatioOfSums struct {
	N, X, Y, XX, XY, YY float64
}

// Value implements Evidence.
func (r RatioOfSums) Value() (float64, bool) {
	if !finite(r.N, r.X, r.Y) || r.N <= 0 || r.X <= 0 || !finite(r.Y/r.X) {
		return 0, false
	}
	return r.Y / r.X, true
}

// Samples implements Evidence.
func (r RatioOfSums) Samples() float64 { return samples(r.N) }

// residuals is Σ(y-Rx)²; ok is false where no subjects have such sums.
func (r RatioOfSums) residuals(ratio float64) (sum float64, ok bool) {
	size := r.YY + ratio*ratio*r.XX
	sum = r.YY - 2*ratio*r.XY + ratio*ratio*r.XX
	if math.Abs(sum) <= 1e-12*size {
		sum = 0 // what is left of the squares is rounding
	}
	return sum, sum >= 0 && finite(size, sum)
}

// estimate is the ratio with the variance of the delta method.
func (r RatioOfSums) estimate() (estimate, bool) {
	ratio, ok := r.Value()
	if !ok || r.N < 2 {
		return estimate{}, false
	}
	residuals, ok := r.residuals(ratio)
	if !ok {
		return estimate{}, false
	}
	return estimate{value: ratio, variance: r.N * (residuals / (r.N - 1)) / r.X / r.X, nu: r.N - 1}, true
}

// Interval implements Evidence.
func (r RatioOfSums) Interval(confidence float64) (lower, upper float64, ok bool) {
	e, ok := r.estimate()
	if !ok {
		return 0, 0, false
	}
	return e.interval(confidence)
}

// Shown implements Evidence.
func (r RatioOfSums) Shown(confidence float64) (lower, upper float64, ok bool) {
	return r.Interval(confidence)
}

// Change implements Evidence.
func (r RatioOfSums) Change(before Evidence) (fell, rose float64, ok bool) {
	b, same := before.(RatioOfSums)
	if !same {
		return 0, 0, false
	}
	now, ok1 := r.estimate()
	then, ok2 := b.estimate()
	if !ok1 || !ok2 {
		return 0, 0, false
	}
	return change(r, b, now, then)
}
