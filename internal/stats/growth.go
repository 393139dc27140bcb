package stats

import "math"

// Growth is the growth of a total over an earlier, independent one: Now / Before
// less 1. It is undefined where the earlier total is zero or negative.
//
// The interval is that of the logarithm of the ratio, whose variance is the sum
// of those of both totals by the delta method, with Σx² as the variance of each
// sum (see Total):
//
//	R1/R0 · exp(± z √(Σx1²/R1² + Σx0²/R0²)) − 1
//
// It exists where both are positive. There is no test of a growth against an
// earlier growth: the revenues themselves are tested.
type Growth struct {
	Now, Before Total
}

// Value implements Evidence.
func (g Growth) Value() (float64, bool) {
	now, ok1 := g.Now.Value()
	before, ok2 := g.Before.Value()
	if !ok1 || !ok2 || before <= 0 || !finite(now/before) {
		return 0, false
	}
	return now/before - 1, true
}

// Samples implements Evidence: the events of both periods.
func (g Growth) Samples() float64 { return samples(g.Now.N + g.Before.N) }

// Interval implements Evidence.
func (g Growth) Interval(confidence float64) (lower, upper float64, ok bool) {
	value, ok := g.Value()
	if !ok {
		return 0, 0, false
	}
	now, ok1 := g.Now.log()
	before, ok2 := g.Before.log()
	if !ok1 || !ok2 {
		return 0, 0, false
	}
	e := estimate{value: now.value - before.value, variance: now.variance + before.variance, nu: math.Inf(1)}
	if lower, upper, ok = e.interval(confidence); !ok {
		return 0, 0, false
	}
	return interval(math.Exp(lower)-1, value, math.Exp(upper)-1)
}

// Change implements Evidence: there is no test.
func (g Growth) Change(Evidence) (fell, rose float64, ok bool) { return 0, 0, false }
