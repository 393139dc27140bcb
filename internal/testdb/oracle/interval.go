package oracle

import (
	"math"
	"sort"
)

// wilson is the score interval of a proportion: the shares p0 for which hits of
// n is just z standard errors away, found by bisection of that condition rather
// than by its solution.
func wilson(hits, n, confidence float64) (lower, upper float64, ok bool) {
	p, z := hits/n, normal(confidence)
	far := func(p0 float64) bool { return (p-p0)*(p-p0)*n > z*z*p0*(1-p0) }
	lower, upper = 0, 1
	if hits > 0 {
		lower = bisect(0, p, func(x float64) bool { return !far(x) })
	}
	if hits < n {
		upper = bisect(p, 1, far)
	}
	return lower, upper, true
}

// adjustedWald is the interval of a net score: three answers are added, ¾ of
// them promoters and ¾ detractors. It holds the score itself, which the addition
// can move out of it where there are very few answers.
func adjustedWald(promoters, detractors, n, confidence float64) (lower, upper float64, ok bool) {
	p, d := (promoters+0.75)/(n+3), (detractors+0.75)/(n+3)
	delta := p - d
	half := normal(confidence) * math.Sqrt((p+d-delta*delta)/(n+3))
	score := 100 * (promoters - detractors) / n
	lower = math.Min(score, math.Max(-100, 100*(delta-half)))
	upper = math.Max(score, math.Min(100, 100*(delta+half)))
	return lower, upper, true
}

// deviation is the standard error of a mean; ok is false where equal values, or
// nearly equal ones, leave nothing but rounding.
func deviation(xs []float64) (mean, err float64, ok bool) {
	if len(xs) < 2 {
		return 0, 0, false
	}
	n := float64(len(xs))
	total, _ := sum(xs)
	mean = total / n
	ss := squares(xs, mean)
	raw := squares(xs, 0)
	return mean, math.Sqrt(ss / (n - 1) / n), ss > 1e-4*raw
}

// studentMean is the interval of the mean of scores, clipped to their scale.
func studentMean(xs []float64, low, high, confidence float64) (lower, upper float64, ok bool) {
	mean, e, ok := deviation(xs)
	if !ok {
		return 0, 0, false
	}
	half := student(confidence, float64(len(xs)-1)) * e
	return math.Max(low, mean-half), math.Min(high, mean+half), true
}

// logDelta is the interval of the mean of positive numbers with a long tail. Two
// or three numbers of which one is tiny say next to nothing: bounds that are a
// hundred times the mean are not shown.
func logDelta(xs []float64, confidence float64) (lower, upper float64, ok bool) {
	mean, e, ok := deviation(xs)
	if !ok || mean <= 0 {
		return 0, 0, false
	}
	// e is s/√n. A skewed sample knows its spread worse than n-1 degrees of
	// freedom say.
	variation := e * math.Sqrt(float64(len(xs))) / mean
	freedom := float64(len(xs)-1) / (1 + 3*variation*variation)
	t, known := studentOf(confidence, freedom)
	factor := math.Exp(t * e / mean)
	return mean / factor, mean * factor, known && factor <= 100
}

// studentOf is student for degrees of freedom that are no whole number: the
// density is added up by Simpson's rule until half of the confidence is reached.
// Far out the oracle has no opinion.
func studentOf(confidence, nu float64) (t float64, ok bool) {
	const step, far = 0.005, 60.0
	if nu < 1 {
		return 0, false
	}
	a, _ := math.Lgamma((nu + 1) / 2)
	b, _ := math.Lgamma(nu / 2)
	scale := math.Exp(a-b) / math.Sqrt(nu*math.Pi)
	density := func(x float64) float64 { return scale * math.Exp(-(nu+1)/2*math.Log1p(x*x/nu)) }
	within := func(lo, hi float64) float64 {
		return (hi - lo) / 6 * (density(lo) + 4*density((lo+hi)/2) + density(hi))
	}
	sum := 0.0
	for lo := 0.0; lo < far; lo += step {
		if next := sum + within(lo, lo+step); next < confidence/2 {
			sum = next
			continue
		}
		return bisect(lo, lo+step, func(x float64) bool { return sum+within(lo, x) > confidence/2 }), true
	}
	return 0, false
}

// orderStatistics is the exact interval of a quantile: the values of the ranks
// at which the binomial distribution leaves half of the rest on each side.
func orderStatistics(xs []float64, p, confidence float64) (lower, upper float64, ok bool) {
	sorted := append([]float64(nil), xs...)
	sort.Float64s(sorted)
	n, tail := len(xs), (1-confidence)/2
	l, u := 0, n+1
	below := 0.0 // probability of fewer than k values below the quantile
	for k := 1; k <= n; k++ {
		below += binomialMass(n, k-1, p)
		if below <= tail {
			l = k
		}
		if 1-below <= tail && u > n {
			u = k
		}
	}
	if l < 1 || u > n {
		return 0, 0, false
	}
	return sorted[l-1], sorted[u-1], true
}

func binomialMass(n, k int, p float64) float64 {
	a, _ := math.Lgamma(float64(n + 1))
	b, _ := math.Lgamma(float64(k + 1))
	c, _ := math.Lgamma(float64(n - k + 1))
	return math.Exp(a - b - c + float64(k)*math.Log(p) + float64(n-k)*math.Log1p(-p))
}

// normal is the two-sided quantile of the normal distribution.
func normal(confidence float64) float64 {
	return bisect(0, 40, func(z float64) bool { return math.Erf(z/math.Sqrt2) > confidence })
}

// student is the two-sided quantile of Student's distribution.
func student(confidence, nu float64) float64 {
	return bisect(0, 1e7, func(t float64) bool { return studentWithin(t, nu) > confidence })
}

// studentWithin is the probability of |T| < t, by the finite series for whole
// degrees of freedom (Abramowitz and Stegun 26.7.3 and 26.7.4).
func studentWithin(t, nu float64) float64 {
	theta := math.Atan(t / math.Sqrt(nu))
	sin, cos := math.Sin(theta), math.Cos(theta)
	if math.Mod(nu, 2) == 1 {
		series, term := 0.0, cos
		for k := 1.0; k <= nu-2; k += 2 {
			series += term
			term *= cos * cos * (k + 1) / (k + 2)
		}
		return 2 / math.Pi * (theta + sin*series)
	}
	series, term := 0.0, 1.0
	for k := 0.0; k <= nu-2; k += 2 {
		series += term
		term *= cos * cos * (k + 1) / (k + 2)
	}
	return sin * series
}

// bisect is the first point between lo and hi from which a condition holds.
func bisect(lo, hi float64, holds func(float64) bool) float64 {
	for range 200 {
		mid := lo + (hi-lo)/2
		if holds(mid) {
			hi = mid
		} else {
			lo = mid
		}
	}
	return hi
}

// poisson is the interval of the mean of which so many events are seen: the
// means for which so few, or so many, are just as seldom as the confidence says,
// found by bisection of the sums of probabilities.
func poisson(n, confidence float64) (lower, upper float64) {
	tail := (1 - confidence) / 2
	atMost := func(k, mean float64) float64 { // n events or fewer
		sum := 0.0
		for i := 0.0; i <= k; i++ {
			l, _ := math.Lgamma(i + 1)
			sum += math.Exp(i*math.Log(mean) - mean - l)
		}
		return sum
	}
	far := n + 20*math.Sqrt(n+1) + 20
	if n > 0 {
		lower = bisect(0, n, func(mean float64) bool { return mean > 0 && 1-atMost(n-1, mean) > tail })
	}
	return lower, bisect(n, far, func(mean float64) bool { return mean > 0 && atMost(n, mean) < tail })
}
