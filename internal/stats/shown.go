package stats

// widest is how many times as great as its value a bound may be to be shown.
//
// An interval that is symmetric in the logarithm, m·exp(± h), comes from the delta
// method, which takes the logarithm of a mean for a straight line over the width
// of its error. Over a factor of 100 to either side it is not nearly one, and what
// such bounds say of a mean, that it is more than a hundredth and less than a
// hundred times as great, nobody had doubted. Two or three values, or more of
// which one outweighs all others, give bounds like 1e41 there, that spoil the
// scale of every chart.
//
// To show none is to claim nothing, which is never wrong: of the intervals that
// are shown or else hold every number, at least as many hold the truth as of all.
// A rule that widened or narrowed bounds would have to be judged by its coverage;
// this one has only to be left out of Interval, by which coverage is counted and
// goals are judged.
const widest = 100

// telling is the interval of evidence that is symmetric in the logarithm of the
// distance from an origin, unless it is too wide to say anything.
func telling(e Evidence, origin, confidence float64) (lower, upper float64, ok bool) {
	lower, upper, ok = e.Interval(confidence)
	v, defined := e.Value()
	if !ok || !defined || upper-origin > widest*(v-origin) {
		return 0, 0, false
	}
	return lower, upper, true
}
