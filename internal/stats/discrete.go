package stats

import "math"

// largeVariance is where the sum over a discrete distribution gives way to the
// normal distribution with continuity correction. At a standard deviation of
// 10,000 the two differ by less than 1 % of the probability even six standard
// deviations out, and the sum would take 100,000 steps.
const largeVariance = 1e8

// binomial is the number of successes in n trials of probability p.
type binomial struct{ n, p float64 }

// below is the probability of at most k successes.
func (b binomial) below(k float64) float64 {
	switch {
	case k < 0:
		return 0
	case k >= b.n:
		return 1
	}
	if v := b.n * b.p * (1 - b.p); v > largeVariance {
		below, _ := normalTails((k + 0.5 - b.n*b.p) / math.Sqrt(v))
		return below
	}
	if k > b.n*b.p {
		return 1 - b.above(k+1)
	}
	// Downwards from k the terms only get smaller. The incomplete beta function
	// would do, but loses all its digits near the mean of many trials.
	sum, term := 0.0, b.mass(k)
	for ; k >= 0 && term > sum*1e-17; k-- {
		sum += term
		term *= k * (1 - b.p) / ((b.n - k + 1) * b.p)
	}
	return min(sum, 1)
}

// above is the probability of at least k successes.
func (b binomial) above(k float64) float64 {
	return binomial{b.n, 1 - b.p}.below(b.n - k)
}

// least is the least k for which at most k successes are more probable than tail,
// which lies between 0 and 1.
func (b binomial) least(tail float64) float64 {
	// The normal distribution is off by a few successes; walking to them takes no sum
	// over the tail at each step.
	k := math.Floor(b.n*b.p - normalQuantile(tail)*math.Sqrt(b.n*b.p*(1-b.p)))
	k = min(max(k, 0), b.n)
	below := b.below(k)
	for ; below <= tail && k < b.n; below += b.mass(k) {
		k++
	}
	for m := b.mass(k); k > 0 && below-m > tail; m = b.mass(k) {
		below -= m
		k--
	}
	return k
}

// mass is the probability of exactly k successes by Loader's saddle-point
// expansion, which keeps its digits where logarithms of factorials cancel
// (Loader 2000, "Fast and accurate computation of binomial probabilities").
func (b binomial) mass(k float64) float64 {
	n, p, q := b.n, b.p, 1-b.p
	switch {
	case k < 0 || k > n:
		return 0
	case p <= 0 || q <= 0:
		if p <= 0 == (k == 0) && q <= 0 == (k == n) {
			return 1
		}
		return 0
	case k == 0:
		return math.Exp(n * math.Log1p(-p))
	case k == n:
		return math.Exp(n * math.Log(p))
	}
	l := stirling(n) - stirling(k) - stirling(n-k) - deviance(k, n*p) - deviance(n-k, n*q)
	return math.Exp(l) * math.Sqrt(n/(2*math.Pi*k*(n-k)))
}

// stirling is log n! less Stirling's approximation of it.
func stirling(n float64) float64 {
	if n < 16 {
		l, _ := math.Lgamma(n + 1)
		return l - (n+0.5)*math.Log(n) + n - math.Log(2*math.Pi)/2
	}
	m := n * n
	return (1.0/12 - (1.0/360-(1.0/1260-1.0/1680/m)/m)/m) / n
}

// deviance is x log(x/m) + m - x without the cancellation near x = m.
func deviance(x, m float64) float64 {
	if math.Abs(x-m) >= 0.1*(x+m) {
		return x*math.Log(x/m) + m - x
	}
	v := (x - m) / (x + m)
	s, e := (x-m)*v, 2*x*v
	for j := 1.0; ; j++ {
		e *= v * v
		next := s + e/(2*j+1)
		if next == s {
			return s
		}
		s = next
	}
}

// hypergeometric is the number of marked things among n that are drawn from
// marked and plain ones.
type hypergeometric struct{ marked, plain, n float64 }

// ends are the least and greatest numbers that can be drawn.
func (h hypergeometric) ends() (lo, hi float64) {
	return max(0, h.n-h.plain), min(h.n, h.marked)
}

// mean is the expected number.
func (h hypergeometric) mean() float64 {
	if h.n == 0 {
		return 0
	}
	return h.marked * (h.n / (h.marked + h.plain))
}

// variance is the variance of the number.
func (h hypergeometric) variance() float64 {
	all := h.marked + h.plain
	if all <= 1 {
		return 0
	}
	return h.mean() * (h.plain / all) * ((all - h.n) / (all - 1))
}

// mass is the probability of exactly k.
func (h hypergeometric) mass(k float64) float64 {
	lo, hi := h.ends()
	if k < lo || k > hi {
		return 0
	}
	if lo == hi {
		return 1
	}
	return h.massOver(k, h.whole())
}

// whole is what the masses of all numbers are divided by.
func (h hypergeometric) whole() float64 {
	all := h.marked + h.plain
	return binomial{all, h.n / all}.mass(h.n)
}

// massOver is mass, of a number that can be drawn and not the only one.
func (h hypergeometric) massOver(k, whole float64) float64 {
	p := h.n / (h.marked + h.plain)
	return binomial{h.marked, p}.mass(k) * binomial{h.plain, p}.mass(h.n-k) / whole
}

// below is the probability of at most k.
func (h hypergeometric) below(k float64) float64 {
	lo, hi := h.ends()
	switch {
	case k < lo:
		return 0
	case k >= hi:
		return 1
	}
	if v := h.variance(); v > largeVariance {
		below, _ := normalTails((k + 0.5 - h.mean()) / math.Sqrt(v))
		return below
	}
	if k > h.mean() {
		return 1 - h.above(k+1)
	}
	// Downwards from k the terms only get smaller.
	sum, term := 0.0, h.mass(k)
	for ; k >= lo && term > sum*1e-17; k-- {
		sum += term
		term *= k * (h.plain - h.n + k) / ((h.marked - k + 1) * (h.n - k + 1))
	}
	return min(sum, 1)
}

// above is the probability of at least k: at most h.n-k plain things.
func (h hypergeometric) above(k float64) float64 {
	return hypergeometric{h.plain, h.marked, h.n}.below(h.n - k)
}
