package stats

// Exact is a value without sampling error, such as a stock that was counted: it
// has no interval and no test. Undefined values have Defined unset.
type Exact struct {
	V, N    float64
	Defined bool
}

// Value implements Evidence.
func (e Exact) Value() (float64, bool) {
	if !e.Defined || !finite(e.V) {
		return 0, false
	}
	return e.V, true
}

// Samples implements Evidence.
func (e Exact) Samples() float64 { return samples(e.N) }

// Interval implements Evidence: there is none.
func (e Exact) Interval(float64) (lower, upper float64, ok bool) { return 0, 0, false }

// Shown implements Evidence.
func (e Exact) Shown(confidence float64) (lower, upper float64, ok bool) {
	return e.Interval(confidence)
}

// Change implements Evidence: there is no test.
func (e Exact) Change(Evidence) (fell, rose float64, ok bool) { return 0, 0, false }
