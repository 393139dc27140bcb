package stats

// Growth is the growth of a total over an earlier, independent one: their
// Quotient less 1, with its interval less 1. There is no test of a growth against
// an earlier growth: the revenues themselves are tested.
type Growth struct {
	Now, Before Total
}

// quotient is the growth with the 1 that it leaves out.
func (g Growth) quotient() Quotient { return Quotient{Over: g.Now, Under: g.Before} }

// Value implements Evidence.
func (g Growth) Value() (float64, bool) {
	v, ok := g.quotient().Value()
	if !ok {
		return 0, false
	}
	return v - 1, true
}

// Samples implements Evidence: the events of both periods.
func (g Growth) Samples() float64 { return g.quotient().Samples() }

// Interval implements Evidence.
func (g Growth) Interval(confidence float64) (lower, upper float64, ok bool) {
	if lower, upper, ok = g.quotient().Interval(confidence); !ok {
		return 0, 0, false
	}
	return lower - 1, upper - 1, true
}

// Shown implements Evidence: the quotient is what is symmetric.
func (g Growth) Shown(confidence float64) (lower, upper float64, ok bool) {
	return telling(g, -1, confidence)
}

// Change implements Evidence: there is no test.
func (g Growth) Change(Evidence) (fell, rose float64, ok bool) { return 0, 0, false }
