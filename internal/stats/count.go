package stats

import "math"

// Count is a number of things that happened in a period: tickets created,
// customers lost.
//
// The interval is the exact one for the mean of a Poisson number (Garwood 1936,
// Biometrika 28:437). It takes the things to be independent of each other; what
// comes in bursts varies more.
//
// A change is tested exactly too: given the things of both periods together,
// those of one are binomial if the rate did not change (Przyborowski and
// Wilenski 1940, Biometrika 31:313). The observed number counts fully to both
// tails.
type Count struct {
	N float64
	// Exposure is the length of the period in seconds, by which rates are
	// compared. Without it on both sides the periods are taken as equally long,
	// which is right for days, weeks and rolling windows, and within 3 % for
	// most pairs of months.
	Exposure float64
}

// valid reports whether N can be a count.
func (c Count) valid() bool {
	return finite(c.N, c.Exposure) && c.N >= 0 && c.Exposure >= 0
}

// Value implements Evidence.
func (c Count) Value() (float64, bool) {
	if !c.valid() {
		return 0, false
	}
	return c.N, true
}

// Samples implements Evidence.
func (c Count) Samples() float64 { return samples(c.N) }

// Interval implements Evidence.
func (c Count) Interval(confidence float64) (lower, upper float64, ok bool) {
	t, ok := tail(confidence)
	if !ok || !c.valid() {
		return 0, 0, false
	}
	lower, upper = poissonLimits(c.N, t)
	return interval(lower, c.N, upper)
}

// Shown implements Evidence.
func (c Count) Shown(confidence float64) (lower, upper float64, ok bool) {
	return c.Interval(confidence)
}

// Change implements Evidence.
func (c Count) Change(before Evidence) (fell, rose float64, ok bool) {
	b, same := before.(Count)
	if !same || !c.valid() || !b.valid() || c.N+b.N > maxCount {
		return 0, 0, false
	}
	share := 0.5
	if c.Exposure > 0 || b.Exposure > 0 {
		if c.Exposure <= 0 || b.Exposure <= 0 {
			return 0, 0, false
		}
		share = 1 / (1 + b.Exposure/c.Exposure)
	}
	n := math.Round(c.N)
	x := binomial{n: n + math.Round(b.N), p: share}
	return pvalues(x.below(n), x.above(n))
}
