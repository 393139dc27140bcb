package stats

import "math"

// Customers are customers who bought and spent alike.
type Customers struct {
	History
	// Spent is what each of them spent on the mean day after the first.
	Spent float64
}

// Modelled is a mean that a model predicts for N subjects, with the standard
// error that the model's parameters leave. The interval is symmetric in the
// logarithm, V·exp(± z·Error/V), for a positive value that may be far off. How
// far the model itself is off it does not tell.
type Modelled struct {
	V, Error, N float64
	Defined     bool
}

// Value implements Evidence.
func (m Modelled) Value() (float64, bool) {
	if !m.Defined || !finite(m.V) {
		return 0, false
	}
	return m.V, true
}

// Samples implements Evidence.
func (m Modelled) Samples() float64 { return samples(m.N) }

// Interval implements Evidence.
func (m Modelled) Interval(confidence float64) (lower, upper float64, ok bool) {
	v, ok := m.Value()
	if !ok || v <= 0 {
		return 0, 0, false
	}
	e := estimate{value: math.Log(v), variance: m.Error / v * (m.Error / v), nu: math.Inf(1)}
	if lower, upper, ok = e.interval(confidence); !ok {
		return 0, 0, false
	}
	return interval(math.Exp(lower), v, math.Exp(upper))
}

// Shown implements Evidence.
func (m Modelled) Shown(confidence float64) (lower, upper float64, ok bool) {
	return telling(m, 0, confidence)
}

// Change implements Evidence: there is no test, as both values rest on mostly
// the same purchases.
func (m Modelled) Change(Evidence) (fell, rose float64, ok bool) { return 0, 0, false }

// FutureValue is what customers are expected to spend within a horizon from the
// end of their histories, per customer: the expected days with a purchase, each
// discounted by its distance, times the expected amount of a day. Its error is
// by the delta method from the curvature of both likelihoods.
func FutureValue(p BGNBD, g GammaGamma, all []Customers, horizon, discount float64) Modelled {
	days := make([]float64, len(all))
	for i, c := range all {
		days[i] = p.Purchases(c.History, horizon, discount)
	}
	value, n, ok := worth(g, all, days)
	if !ok {
		return Modelled{N: n}
	}
	m := Modelled{V: value, N: n, Defined: true}
	known := p.covariance()
	if known == nil || g.covariance == nil {
		return m
	}
	const step = 1e-4
	variance := 0.0
	slope := func(at []float64, i int, value func(logs []float64) float64) float64 {
		up, down := append([]float64(nil), at...), append([]float64(nil), at...)
		up[i] += step
		down[i] -= step
		return (value(up) - value(down)) / (2 * step)
	}
	var ofP [4]float64
	then := make([]float64, len(all)) // days with other parameters
	for i := range ofP {
		ofP[i] = slope(p.logs(), i, func(logs []float64) float64 {
			moved := bgnbdAt(logs)
			for j, c := range all {
				then[j] = moved.Purchases(c.History, horizon, discount)
			}
			v, _, _ := worth(g, all, then)
			return v
		})
	}
	var ofG [3]float64
	for i := range ofG {
		ofG[i] = slope(g.logs(), i, func(logs []float64) float64 {
			v, _, _ := worth(gammaGammaAt(logs), all, days)
			return v
		})
	}
	for i := range ofP {
		for j := range ofP {
			variance += ofP[i] * ofP[j] * known[i][j]
		}
	}
	for i := range ofG {
		for j := range ofG {
			variance += ofG[i] * ofG[j] * g.covariance[i][j]
		}
	}
	if variance > 0 && finite(variance) {
		m.Error = math.Sqrt(variance)
	}
	return m
}

// worth is the mean worth of days with a purchase per customer.
func worth(g GammaGamma, all []Customers, days []float64) (value, n float64, ok bool) {
	for i, c := range all {
		amount, _ := g.Mean(c.Repeats, c.Spent)
		value += c.N * days[i] * amount
		n += c.N
	}
	_, ok = g.Mean(0, 0)
	return value / n, n, ok && n > 0
}
