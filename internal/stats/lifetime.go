package stats

import "math"

// Lifetime is what a customer is worth who pays a constant amount a month until
// leaving, and leaves with the same probability in every month. Of the customers
// at the beginning of a period, Left says how many left within its Months, so
// that of every month the share
//
//	r = (1 − left)^(1/Months)
//
// stays. A customer then pays for 1/(1−r) months, the present one included, or
// over a horizon of h months for those of them that lie in it:
//
//	Payment · (1 − r^h)/(1 − r)
//
// With a discount d a month, a payment h months away is worth 1/(1+d)^h of one now:
// with x = r/(1+d) the same sums of x are the value, 1/(1−x) without a horizon,
//
//	Payment · (1 + d)/(1 + d − r)
//
// which is Payment/(1−r) where the discount is nothing. (S. Gupta and D. Lehmann
// 2003, Journal of Interactive Marketing 17:9, give Payment · r/(1 + d − r), the same
// without the present payment.) Where nobody left, only a horizon gives a value.
//
// The value falls as churn rises, so its interval is Wilson's of the share that
// left, moved through the formula: that takes the delta method's slope as it
// really runs, which is steep where few left. The payment counts as exact.
type Lifetime struct {
	Left    Proportion
	Months  float64
	Payment float64
	// Discount is the share by which money a month later is worth less.
	Discount float64
	Horizon  float64 // in months; 0 is none
}

// sum is 1 + x + x² + … of the terms within the horizon, for x = e^log.
func (l Lifetime) sum(log float64) float64 {
	switch {
	case l.Horizon == 0:
		return -1 / math.Expm1(log)
	case log == 0:
		return l.Horizon
	}
	return math.Expm1(l.Horizon*log) / math.Expm1(log)
}

// stay is the logarithm of the share that stays every month, if so many left.
func (l Lifetime) stay(left float64) float64 { return math.Log1p(-left) / l.Months }

// worth is the value if so many left.
func (l Lifetime) worth(left float64) float64 {
	return l.Payment * l.sum(l.stay(left)-math.Log1p(l.Discount))
}

// left is the share that left; ok is false where it gives no lifetime.
func (l Lifetime) left() (share float64, ok bool) {
	share, ok = l.Left.Value()
	return share, ok && finite(l.Months, l.Discount, l.Horizon) && l.Months > 0 && l.Discount >= 0 && l.Horizon >= 0 &&
		(share > 0 || l.Horizon > 0)
}

// Lifespan is the expected number of months that a customer pays, the present
// one included, within the horizon.
func (l Lifetime) Lifespan() (months float64, ok bool) {
	share, ok := l.left()
	if !ok {
		return 0, false
	}
	months = l.sum(l.stay(share))
	return months, finite(months)
}

// Value implements Evidence.
func (l Lifetime) Value() (float64, bool) {
	share, ok := l.left()
	if !ok {
		return 0, false
	}
	v := l.worth(share)
	return v, finite(v)
}

// Samples implements Evidence: the customers at the beginning.
func (l Lifetime) Samples() float64 { return l.Left.Samples() }

// Interval implements Evidence.
func (l Lifetime) Interval(confidence float64) (lower, upper float64, ok bool) {
	v, defined := l.Value()
	low, high, ok := l.Left.Interval(confidence)
	if !defined || !ok {
		return 0, 0, false
	}
	a, b := l.worth(high), l.worth(low)
	return interval(min(a, b), v, max(a, b)) // a payment below nothing turns them round
}

// Shown implements Evidence.
func (l Lifetime) Shown(confidence float64) (lower, upper float64, ok bool) {
	return l.Interval(confidence)
}

// Change implements Evidence: there is no test, as the value moves with what
// customers pay as well, of which nothing says how much is chance.
func (l Lifetime) Change(Evidence) (fell, rose float64, ok bool) { return 0, 0, false }
