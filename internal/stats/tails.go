package stats

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// finite reports whether all numbers are numbers.
func finite(xs ...float64) bool {
	for _, x := range xs {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return false
		}
	}
	return true
}

// samples is n as the size of a sample: 0 where it is none.
func samples(n float64) float64 {
	if !finite(n) || n < 0 {
		return 0
	}
	return n
}

// tail is the probability outside one end of a two-sided interval; ok is false
// unless the confidence lies between 0 and 1.
func tail(confidence float64) (p float64, ok bool) {
	p = (1 - confidence) / 2
	return p, p > 0 && p < 0.5
}

// interval returns limits that hold the value, or none if one is no number.
func interval(lower, value, upper float64) (float64, float64, bool) {
	if !finite(lower, value, upper) {
		return 0, 0, false
	}
	return min(lower, value), max(value, upper), true
}

// pvalues are the p-values of a test, or none if one is no number.
func pvalues(fell, rose float64) (float64, float64, bool) {
	if !finite(fell, rose) {
		return 0, 0, false
	}
	return fell, rose, true
}

// normalQuantile is the z that a standard normal number exceeds with
// probability p.
func normalQuantile(p float64) float64 { return -mathext.NormalQuantile(p) }

// studentQuantile is the t that Student's distribution with nu degrees of
// freedom exceeds with probability p, which is at most 1/2.
func studentQuantile(p, nu float64) float64 {
	// Far out, the inverse of the incomplete beta function fails for many
	// degrees of freedom. The Cornish-Fisher expansion is right to nine digits
	// there (Abramowitz and Stegun 26.7.5).
	const large = 1000
	// Nearer, Newton's steps from it are faster than the inverse, down to where the
	// expansion has four digits.
	const small, farthest = 20, 5
	z := normalQuantile(p)
	if nu < small || z > farthest && nu <= large {
		share := mathext.InvRegIncBeta(nu/2, 0.5, 2*p) // nu/(nu+t²)
		return math.Sqrt(nu * (1 - share) / share)
	}
	y := z * z
	t := z * (1 + (y+1)/(4*nu) + ((5*y+16)*y+3)/(96*nu*nu) + (((3*y+19)*y+17)*y-15)/(384*nu*nu*nu))
	if nu > large {
		return t
	}
	scale := math.Exp(lgamma((nu+1)/2)-lgamma(nu/2)) / math.Sqrt(nu*math.Pi)
	for range 4 {
		density := scale * math.Exp(-(nu+1)/2*math.Log1p(t*t/nu))
		step := (mathext.RegIncBeta(nu/2, 0.5, nu/(nu+t*t))/2 - p) / density
		t += step
		if math.Abs(step) <= 1e-7*t { // the next would be its square
			break
		}
	}
	return t
}

// largeNu is where the tails of Student's t are taken from the normal
// distribution.
const largeNu = 1e6

// studentTails are the probabilities that Student's t with nu degrees of
// freedom is at most t, and at least t.
func studentTails(t, nu float64) (below, above float64) {
	switch {
	case math.IsInf(nu, 1):
		return normalTails(t)
	case nu > largeNu:
		// Wallace 1959, Ann. Math. Statist. 30:1121: right to order 1/nu², and
		// monotone for every t.
		z := math.Sqrt(nu*math.Log1p(t*t/nu)) * (8*nu + 1) / (8*nu + 3)
		return normalTails(math.Copysign(z, t))
	}
	if t == 0 {
		return 0.5, 0.5
	}
	beyond := mathext.RegIncBeta(nu/2, 0.5, nu/(t*t+nu)) / 2
	if t < 0 {
		return beyond, 1 - beyond
	}
	return 1 - beyond, beyond
}

// normalTails are the probabilities that a standard normal number is at most z,
// and at least z.
func normalTails(z float64) (below, above float64) {
	return math.Erfc(-z/math.Sqrt2) / 2, math.Erfc(z/math.Sqrt2) / 2
}

// estimate is a value with the variance of its error, known from nu degrees of
// freedom.
type estimate struct {
	value, variance, nu float64
}

// interval is the value and t standard errors on either side. There is none
// where no deviation was seen.
func (e estimate) interval(confidence float64) (lower, upper float64, ok bool) {
	p, ok := tail(confidence)
	if !ok || !(e.variance > 0) {
		return 0, 0, false
	}
	half := studentQuantile(p, e.nu) * math.Sqrt(e.variance)
	return interval(e.value-half, e.value, e.value+half)
}

// poissonLimits are the exact two-sided limits of a Poisson mean of which n
// events were seen, with probability p outside each (Garwood 1936, Biometrika
// 28:437).
func poissonLimits(n, p float64) (lower, upper float64) {
	// The incomplete gamma function loses digits far out; there the cube root
	// is normal to many digits (Wilson and Hilferty 1931, PNAS 17:684).
	const large = 1e6
	z := normalQuantile(p)
	cube := func(a, z float64) float64 {
		c := 1 - 1/(9*a) + z/(3*math.Sqrt(a))
		return a * c * c * c
	}
	if n > large {
		return cube(n, -z), cube(n+1, z)
	}
	if n > 0 {
		lower = mathext.GammaIncRegInv(n, p)
	}
	return lower, mathext.GammaIncRegCompInv(n+1, p)
}
