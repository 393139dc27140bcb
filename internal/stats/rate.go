package stats

// Rate is a number of events per subject, such as customers who left by the
// customers at the beginning, among whom those who left need not have been: so
// it may exceed 1, and is no share.
//
// The interval is the exact one of the number of events, as in Count, divided by
// the subjects, who are counted and no sample. A change is tested as for Count,
// the subjects being the exposures.
type Rate struct {
	Events, Per float64
}

// count is the number of events with its exposure.
func (r Rate) count() Count { return Count{N: r.Events, Exposure: r.Per} }

// Value implements Evidence.
func (r Rate) Value() (float64, bool) {
	n, ok := r.count().Value()
	if !ok || r.Per <= 0 || !finite(n/r.Per) {
		return 0, false
	}
	return n / r.Per, true
}

// Samples implements Evidence: the subjects.
func (r Rate) Samples() float64 { return samples(r.Per) }

// Interval implements Evidence.
func (r Rate) Interval(confidence float64) (lower, upper float64, ok bool) {
	v, defined := r.Value()
	lower, upper, ok = r.count().Interval(confidence)
	if !defined || !ok {
		return 0, 0, false
	}
	return interval(lower/r.Per, v, upper/r.Per)
}

// Shown implements Evidence.
func (r Rate) Shown(confidence float64) (lower, upper float64, ok bool) {
	return r.Interval(confidence)
}

// Change implements Evidence.
func (r Rate) Change(before Evidence) (fell, rose float64, ok bool) {
	b, same := before.(Rate)
	if !same {
		return 0, 0, false
	}
	_, ok1 := r.Value()
	_, ok2 := b.Value()
	if !ok1 || !ok2 {
		return 0, 0, false
	}
	return r.count().Change(b.count())
}
