package stats

import "math"

// Proportion is a share of things, Hits of N: churned customers, answered
// invitations, satisfied answers.
//
// The value is Hits/N. The interval is Wilson's score interval, which keeps its
// coverage at small N and at shares near 0 and 1, where the textbook interval
// fails (Wilson 1927, JASA 22:209; Brown, Cai and DasGupta 2001, Statistical
// Science 16:101):
//
//	(p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n)
//
// A change is tested by Fisher's exact test: given the hits of both periods
// together, those of one are hypergeometric if nothing changed. The observed
// number counts fully to both tails, so a p-value of a thousandth comes by
// chance at most once in a thousand times, however small the numbers are. The
// sum becomes a normal tail where its standard deviation passes 10,000.
type Proportion struct {
	Hits, N float64
}

// valid reports whether the numbers can be a share.
func (p Proportion) valid() bool {
	return finite(p.Hits, p.N) && p.N > 0 && p.Hits >= 0 && p.Hits <= p.N
}

// Value implements Evidence.
func (p Proportion) Value() (float64, bool) {
	if !p.valid() {
		return 0, false
	}
	return p.Hits / p.N, true
}

// Samples implements Evidence.
func (p Proportion) Samples() float64 { return samples(p.N) }

// Interval implements Evidence.
func (p Proportion) Interval(confidence float64) (lower, upper float64, ok bool) {
	t, ok := tail(confidence)
	share, defined := p.Value()
	if !ok || !defined {
		return 0, 0, false
	}
	z := normalQuantile(t)
	// z² over n keeps all terms near 1, whatever n is.
	w := z * z / p.N
	centre := (share + w/2) / (1 + w)
	half := math.Sqrt(w*(share*(1-share)+w/4)) / (1 + w)
	return interval(max(centre-half, 0), share, min(centre+half, 1))
}

// Shown implements Evidence.
func (p Proportion) Shown(confidence float64) (lower, upper float64, ok bool) {
	return p.Interval(confidence)
}

// Change implements Evidence.
func (p Proportion) Change(before Evidence) (fell, rose float64, ok bool) {
	b, same := before.(Proportion)
	if !same || !p.valid() || !b.valid() {
		return 0, 0, false
	}
	return p.counts().change(b.counts())
}

// counts are whole hits and misses.
func (p Proportion) counts() split {
	hits := math.Round(p.Hits)
	return split{hits, math.Round(p.N) - hits}
}

// split is a period's things in two kinds.
type split struct{ hits, misses float64 }

// maxCount is the largest number of things that a test takes: beyond it whole
// numbers are no longer exact.
const maxCount = 1 << 52

// change is Fisher's exact test of the share of hits against an earlier one.
func (s split) change(before split) (fell, rose float64, ok bool) {
	n, hits, misses := s.hits+s.misses, s.hits+before.hits, s.misses+before.misses
	if !(hits+misses <= maxCount) {
		return 0, 0, false
	}
	h := hypergeometric{marked: hits, plain: misses, n: n}
	return pvalues(h.below(s.hits), h.above(s.hits))
}
