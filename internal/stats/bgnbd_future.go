package stats

import (
	"math"

	"gonum.org/v1/gonum/integrate/quad"
)

// Alive is the probability that customers with a history are customers still:
//
//	1 / (1 + [x > 0] a/(b+x−1) · ((α+T)/(α+t))^(r+x))
//
// for x repeats, the recency t and the age T. Who never came back is one for
// sure, since customers leave after a purchase other than the first only.
func (m BGNBD) Alive(h History) float64 {
	if h.Repeats == 0 {
		return 1
	}
	x := h.Repeats
	odds := math.Log(m.A) - math.Log(m.B+x-1) + (m.R+x)*(math.Log(m.Alpha+h.Age)-math.Log(m.Alpha+h.Recency))
	return 1 / (1 + math.Exp(odds))
}

// nodes of the integral over the horizon. On the logarithm of time what is
// integrated is so smooth that more change nothing within 1e-9.
const nodes = 16

// closeToOne is how near to 1 parameters may come before too many digits cancel.
const closeToOne = 0.05

// Purchases is the number of days on which a customer with a history is expected
// to buy within a horizon from its end, each day discounted by exp(−discount·s)
// for its distance s. Of a customer who is still one, the rate is gamma
// distributed with r+x and α+T, and the probability of leaving is beta
// distributed with a and b+x, so the rate of purchases at the distance s is
//
//	(r+x)/(α+T) · ₂F₁(r+x+1, a; a+b+x; −s/(α+T))
//
// whose integral is, without a discount, the conditional expectation of Fader,
// Hardie and Lee (2005, equation 10):
//
//	(a+b+x−1)/(a−1) · (1 − (1−z)^(r+x) ₂F₁(r+x, b+x; a+b+x−1; z)), z = s/(α+T+s)
//
// The integral has no trouble where a is 1, or a+b below it, and so stands in for
// it there.
func (m BGNBD) Purchases(h History, horizon, discount float64) float64 {
	if !(horizon > 0) {
		return 0
	}
	shape, scale := m.R+h.Repeats, m.Alpha+h.Age
	c := m.A + m.B + h.Repeats
	if discount == 0 && math.Abs(m.A-1) > closeToOne && c-1 > closeToOne {
		return m.Alive(h) * (c - 1) / (m.A - 1) * (1 - pfaff(shape, m.A-1, c-1, horizon/(scale+horizon), math.Log1p(horizon/scale)))
	}
	sum := quad.Fixed(func(u float64) float64 { // u = ln(1 + s/scale)
		z := -math.Expm1(-u) // s / (scale + s)
		s := scale * math.Expm1(u)
		return math.Exp(u-discount*s) * shape * pfaff(shape+1, m.A, c, z, u)
	}, 0, math.Log1p(horizon/scale), nodes, quad.Legendre{}, 0)
	return m.Alive(h) * sum
}

// pfaff is ₂F₁(p, a; c; −w) where z = w/(1+w) and u = ln(1+w), for positive
// p, c and c−a. By Pfaff's transformation it is
// (1−z)^p ₂F₁(p, c−a; c; z), all of whose terms are positive, so that nothing
// cancels. The sum is kept in reach of a float, for its factor may be as small
// as the sum is large.
func pfaff(p, a, c, z, u float64) float64 {
	const most = 1_000_000
	term, sum, scale := 1.0, 1.0, -p*u
	for n := 0.0; n < most; n++ {
		term *= (p + n) * (c - a + n) / ((c + n) * (n + 1)) * z
		sum += term
		if sum > 1e250 {
			term, sum, scale = term*1e-250, sum*1e-250, scale+250*math.Ln10
		}
		if (p+n+1)*z*term > 2e-15*sum*(n+2) { // far from the end, without a division
			continue
		}
		// Once terms fall, the rest is less than a geometric series of them.
		if ratio := (p + n + 1) / (n + 2) * z; ratio < 1 && term*ratio < 1e-15*sum*(1-ratio) {
			break
		}
	}
	return math.Exp(scale) * sum
}
