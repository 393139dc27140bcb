package stats

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mathext"
)

// Spending is a number of customers who came back equally often and spent about
// the same on it.
type Spending struct {
	N, Repeats float64
	// Log is the mean of the logarithms of the mean amounts that each spent on a
	// day after the first.
	Log float64
}

// GammaGamma is the model of what customers spend on a day: an amount is gamma
// distributed with the shape P and a rate of the customer's own, which is gamma
// distributed with the shape Q and the rate V. Amounts are taken not to depend
// on how often customers buy.
//
// Source: P. Fader and B. Hardie 2013, The Gamma-Gamma Model of Monetary Value.
type GammaGamma struct {
	P, Q, V float64

	// LogLikelihood is that of the amounts it was fitted to.
	LogLikelihood float64
	// covariance of the logarithms of the parameters; nil where there is none.
	covariance [][]float64
}

// FitGammaGamma finds the parameters that make the spending of repeat customers
// most likely. ok is false without any, and where the search does not settle, as
// where all spend the same.
func FitGammaGamma(spending []Spending) (m GammaGamma, ok bool) {
	l := &gammaGammaLikelihood{}
	level := 0.0
	for _, s := range spending {
		if s.N > 0 && s.Repeats > 0 && finite(s.N, s.Repeats, s.Log) {
			l.spending = append(l.spending, s)
			l.n += s.N
			level += s.N * s.Log
		}
	}
	if l.n < 2 {
		return GammaGamma{}, false
	}
	slices.SortStableFunc(l.spending, func(a, b Spending) int {
		switch {
		case a.Repeats < b.Repeats:
			return -1
		case a.Repeats > b.Repeats:
			return 1
		}
		return 0
	})
	// Amounts are counted in their geometric mean, so that the search does not
	// depend on the currency.
	l.countIn(level / l.n)
	logs, value, ok := maximize(l, []float64{math.Log(2), math.Log(3), 0})
	if !ok {
		return GammaGamma{}, false
	}
	logs[2] += l.unit
	value -= l.n * l.unit // the density is one by an amount
	m = gammaGammaAt(logs)
	l.countIn(0)
	m.LogLikelihood, m.covariance = value, covariance(l, logs)
	return m, true
}

func gammaGammaAt(logs []float64) GammaGamma {
	return GammaGamma{P: math.Exp(logs[0]), Q: math.Exp(logs[1]), V: math.Exp(logs[2])}
}

func (m GammaGamma) logs() []float64 {
	return []float64{math.Log(m.P), math.Log(m.Q), math.Log(m.V)}
}

// Mean is the expected amount of a day of customers who spent mean on each of
// so many days after the first:
//
//	p (v + x·mean) / (p x + q − 1)
//
// which for nobody is the mean of all. ok is false where q is at most 1, for
// then there is no mean of all.
func (m GammaGamma) Mean(repeats, mean float64) (amount float64, ok bool) {
	if m.Q <= 1 {
		return 0, false
	}
	return m.P * (m.V + repeats*mean) / (m.P*repeats + m.Q - 1), true
}

type gammaGammaLikelihood struct {
	spending []Spending
	n        float64
	unit     float64   // logarithm of the amount that amounts are counted in
	means    []float64 // mean amounts, counted in it
}

// countIn chooses what amounts are counted in.
func (l *gammaGammaLikelihood) countIn(unit float64) {
	l.unit = unit
	l.means = make([]float64, len(l.spending))
	for i, s := range l.spending {
		l.means[i] = math.Exp(s.Log - unit)
	}
}

func (l *gammaGammaLikelihood) customers() float64 { return l.n }

// at implements likelihood.
func (l *gammaGammaLikelihood) at(logs, grad []float64) float64 {
	m := gammaGammaAt(logs)
	p, q, v := m.P, m.Q, m.V
	var sum, dp, dq, dv float64
	var common, ofP, ofQ float64 // of the present number of repeats
	known := -1.0
	fixed := q*logs[2] - lgamma(q)
	psiQ := mathext.Digamma(q)
	for i, s := range l.spending {
		x := s.Repeats
		if x != known {
			known = x
			psi := mathext.Digamma(p*x + q)
			common = fixed + lgamma(p*x+q) - lgamma(p*x) + p*x*math.Log(x)
			ofP = psi - mathext.Digamma(p*x) + math.Log(x)
			ofQ = psi - psiQ + logs[2]
		}
		amount := s.Log - l.unit
		rate := v + x*l.means[i]
		ln := math.Log(rate)
		sum += s.N * (common + (p*x-1)*amount - (p*x+q)*ln)
		dp += s.N * x * (ofP + amount - ln)
		dq += s.N * (ofQ - ln)
		dv += s.N * (q/v - (p*x+q)/rate)
	}
	grad[0], grad[1], grad[2] = p*dp, q*dq, v*dv
	return sum
}
