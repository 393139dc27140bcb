package stats

import (
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/optimize"
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

// maximize finds the greatest likelihood by the quasi-Newton method of Broyden,
// Fletcher, Goldfarb and Shanno. ok is false where it does not settle.
func maximize(l likelihood, start []float64) (logs []float64, value float64, ok bool) {
	n := l.customers()
	scratch := make([]float64, len(start))
	problem := optimize.Problem{
		Func: func(x []float64) float64 {
			if floats.Norm(x, math.Inf(1)) > farthest {
				return math.Inf(1)
			}
			return -l.at(x, scratch) / n
		},
		Grad: func(grad, x []float64) {
			l.at(x, grad)
			floats.Scale(-1/n, grad)
		},
	}
	settle := &optimize.Settings{GradientThreshold: 1e-9, MajorIterations: 300, Converger: &optimize.FunctionConverge{Absolute: 1e-14, Iterations: 20}}
	logs = append([]float64(nil), start...)
	for range 3 {
		// An error says that no step along the line is an improvement any more.
		if r, _ := optimize.Minimize(problem, logs, settle, &optimize.BFGS{}); r != nil && finite(r.X...) {
			logs = r.X
		}
		problem.Grad(scratch, logs)
		if floats.Norm(scratch, math.Inf(1)) < 1e-6 {
			return logs, l.at(logs, scratch), true
		}
		// Lost on a bad slope: a simplex finds the way down without one.
		r, err := optimize.Minimize(problem, logs, &optimize.Settings{MajorIterations: 400}, &optimize.NelderMead{})
		if err != nil || r == nil || !finite(r.X...) {
			return nil, 0, false
		}
		logs = r.X
	}
	return nil, 0, false
}

// covariance is that of the logarithms of the parameters: the inverse of the
// curvature of the likelihood at its top. It is nil where the top is flat.
func covariance(l likelihood, logs []float64) *mat.SymDense {
	const step = 1e-5
	k := len(logs)
	curvature := mat.NewSymDense(k, nil)
	x := append([]float64(nil), logs...)
	up, down := make([]float64, k), make([]float64, k)
	slopes := mat.NewDense(k, k, nil)
	for i := range k {
		x[i] = logs[i] + step
		l.at(x, up)
		x[i] = logs[i] - step
		l.at(x, down)
		x[i] = logs[i]
		for j := range k {
			slopes.Set(i, j, -(up[j]-down[j])/(2*step))
		}
	}
	for i := range k {
		for j := i; j < k; j++ {
			curvature.SetSym(i, j, (slopes.At(i, j)+slopes.At(j, i))/2)
		}
	}
	var chol mat.Cholesky
	if !chol.Factorize(curvature) || chol.Cond() > 1e12 {
		return nil
	}
	inverse := new(mat.SymDense)
	if err := chol.InverseTo(inverse); err != nil {
		return nil
	}
	return inverse
}

// lgamma is the logarithm of the gamma function of a positive number.
func lgamma(x float64) float64 {
	v, _ := math.Lgamma(x)
	return v
}
