package stats

// ShareOfSums is a ratio of sums that is a share: revenue lost of revenue had.
// Its interval is that of RatioOfSums within 0 and 1.
type ShareOfSums struct{ RatioOfSums }

// Interval implements Evidence.
func (s ShareOfSums) Interval(confidence float64) (lower, upper float64, ok bool) {
	lower, upper, ok = s.RatioOfSums.Interval(confidence)
	if !ok {
		return 0, 0, false
	}
	v, _ := s.Value()
	return interval(max(lower, 0), v, min(upper, 1))
}

// Shown implements Evidence.
func (s ShareOfSums) Shown(confidence float64) (lower, upper float64, ok bool) {
	return s.Interval(confidence)
}

// Change implements Evidence.
func (s ShareOfSums) Change(before Evidence) (fell, rose float64, ok bool) {
	b, same := before.(ShareOfSums)
	if !same {
		return 0, 0, false
	}
	return s.RatioOfSums.Change(b.RatioOfSums)
}
