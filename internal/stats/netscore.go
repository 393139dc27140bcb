package stats

import "math"

// NetScore is the share of promoters less the share of detractors in points,
// as in the Net Promoter Score: 100·(p-d), from -100 to 100.
//
// The interval is the adjusted Wald interval that Rocks recommends (Rocks 2016,
// The American Statistician 70:365, arXiv 1601.07235): three answers are added,
// ¾ of them promoters and ¾ detractors, which gives n', p' and d'; then
//
//	Δ = p' - d',  100·(Δ ± z √((p' + d' - Δ²)/n'))
//
// clipped to the scale. Without the addition the interval of 30 answers at a
// score of 89 covers 83 % instead of 95 %.
//
// The adjustment moves the interval towards 0, so that it can end before the
// score itself: at 95 % for a single promoter or detractor, at 90 % for up to
// four of one kind and no others, and below about 85 % for high and low scores
// of any number of answers. It is then extended to the score.
//
// A change is tested twice, and the larger p-value counts. The first test takes
// z from the difference of the scores and the adjusted variances; it holds
// where passive answers gave way to promoters and detractors alike, within a
// factor of 2.5 at 30 answers. But far out it claims too much: at 10 answers a
// period, what should come once in 10,000 times comes 30 times as often. The
// second test has no such error: if answers are distributed as before, each way
// of dealing all answers to the two periods is equally likely, and the
// probability of a difference like the one seen is a sum over such deals. Where
// that difference has a standard deviation of more than 20 answers, z from the
// pooled answers gives the same.
type NetScore struct {
	N, Promoters, Detractors float64
}

// valid reports whether the numbers can be answers.
func (s NetScore) valid() bool {
	return finite(s.N, s.Promoters, s.Detractors) && s.N > 0 &&
		s.Promoters >= 0 && s.Detractors >= 0 && s.Promoters+s.Detractors <= s.N
}

// score is the difference of the shares.
func (s NetScore) score() float64 { return (s.Promoters - s.Detractors) / s.N }

// adjusted is the score with three answers added.
func (s NetScore) adjusted() NetScore {
	return NetScore{s.N + 3, s.Promoters + 0.75, s.Detractors + 0.75}
}

// variance is that of one answer, 1 for promoters and -1 for detractors.
func (s NetScore) variance() float64 {
	return (s.Promoters+s.Detractors)/s.N - s.score()*s.score()
}

// Value implements Evidence.
func (s NetScore) Value() (float64, bool) {
	if !s.valid() {
		return 0, false
	}
	return 100 * s.score(), true
}

// Samples implements Evidence.
func (s NetScore) Samples() float64 { return samples(s.N) }

// Interval implements Evidence.
func (s NetScore) Interval(confidence float64) (lower, upper float64, ok bool) {
	t, ok := tail(confidence)
	value, defined := s.Value()
	if !ok || !defined {
		return 0, 0, false
	}
	a := s.adjusted()
	half := normalQuantile(t) * math.Sqrt(a.variance()/a.N)
	return interval(max(100*(a.score()-half), -100), value, min(100*(a.score()+half), 100))
}

// Shown implements Evidence.
func (s NetScore) Shown(confidence float64) (lower, upper float64, ok bool) {
	return s.Interval(confidence)
}

// Change implements Evidence.
func (s NetScore) Change(before Evidence) (fell, rose float64, ok bool) {
	b, same := before.(NetScore)
	if !same || !s.valid() || !b.valid() || s.N+b.N > maxCount {
		return 0, 0, false
	}
	now, then := s.adjusted(), b.adjusted()
	z := (s.score() - b.score()) / math.Sqrt(now.variance()/now.N+then.variance()/then.N)
	fell, rose = normalTails(z)
	f, r := s.dealt(b)
	return pvalues(max(fell, f), max(rose, r))
}

// dealt is the test that deals the answers of both periods at random.
func (s NetScore) dealt(b NetScore) (fell, rose float64) {
	all := NetScore{s.N + b.N, s.Promoters + b.Promoters, s.Detractors + b.Detractors}
	// The variance of s.Promoters - s.Detractors over all deals.
	if v := all.variance() * s.N * b.N / (all.N - 1); v > 20*20 {
		a := all.adjusted()
		return normalTails((s.score() - b.score()) / math.Sqrt(a.variance()*(1/s.N+1/b.N)))
	}
	// Rounded, because the sum counts deals of whole answers.
	n, net := math.Round(s.N), math.Round(s.Promoters)-math.Round(s.Detractors)
	total, p, d := math.Round(all.N), math.Round(all.Promoters), math.Round(all.Detractors)
	promoters := hypergeometric{marked: p, plain: total - p, n: n}
	lo, hi := promoters.ends()
	whole := promoters.whole()
	sum := func(k float64) float64 {
		mass := 1.0
		if lo < hi {
			mass = promoters.massOver(k, whole)
		}
		rest := hypergeometric{marked: d, plain: total - p - d, n: n - k}
		fell += mass * rest.above(k-net)
		rose += mass * rest.below(k-net)
		return mass
	}
	// From the middle outwards, until what is left could not be seen.
	const negligible = 1e-22
	middle := math.Floor(promoters.mean())
	for k := middle; k >= lo && sum(k) > negligible; k-- {
	}
	for k := middle + 1; k <= hi && sum(k) > negligible; k++ {
	}
	return min(fell, 1), min(rose, 1)
}
