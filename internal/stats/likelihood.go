package stats

import (
	"math"
	"slices"
)

// likelihood is a log-likelihood of positive parameters. Both methods take the
// logarithms of the parameters, in which the surface is nearly quadratic and has
// no edge.
type likelihood interface {
	// at is the log-likelihood at a point, with its gradient put into grad.
	at(logs, grad []float64) float64
	// customers is the number of those that it rests on.
	customers() float64
}

// farthest keeps the search within numbers that can be computed with: where a
// likelihood rises for ever, as without any lapsed customer, what it predicts
// does not change out there.
const farthest = 18

// maximize finds the greatest likelihood. ok is false where it does not settle.
func maximize(l likelihood, start []float64) (logs []float64, value float64, ok bool) {
	const (
		level, enough = 1e-9, 1e-5 // slopes per customer
		gain          = 1e-8       // relative
	)
	n := l.customers()
	f := surface(func(x, grad []float64) float64 {
		for _, v := range x {
			if math.Abs(v) > farthest {
				return math.Inf(1)
			}
		}
		value := -l.at(x, grad) / n
		for i := range grad {
			grad[i] /= -n
		}
		return value
	})
	p := f.at(start)
	for range 3 {
		p = descend(f, p, level)
		if p.steepest() < enough && finite(p.value) {
			return p.x, -p.value * n, true
		}
		// Lost on a bad slope: a simplex finds the way down without one, if it
		// goes down at all.
		lower := tumble(f, p)
		if !(lower.value < p.value-gain*math.Abs(p.value)) {
			break
		}
		p = lower
	}
	return nil, 0, false
}

// covariance is that of the logarithms of the parameters: the inverse of the
// curvature of the likelihood at its top. It is nil where the top is flat.
func covariance(l likelihood, logs []float64) [][]float64 {
	const step = 1e-5
	k := len(logs)
	x := slices.Clone(logs)
	up, down := make([]float64, k), make([]float64, k)
	curvature := square(k)
	for i := range k {
		x[i] = logs[i] + step
		l.at(x, up)
		x[i] = logs[i] - step
		l.at(x, down)
		x[i] = logs[i]
		for j := range k {
			// Each is found twice: from the slope along j as i changes, and the
			// other way round.
			half := -(up[j] - down[j]) / (4 * step)
			curvature[i][j] += half
			curvature[j][i] += half
		}
	}
	inverse, ok := invert(curvature)
	if !ok {
		return nil
	}
	return inverse
}

// lgamma is the logarithm of the gamma function of a positive number.
func lgamma(x float64) float64 {
	v, _ := math.Lgamma(x)
	return v
}
