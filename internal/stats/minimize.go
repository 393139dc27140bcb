package stats

import "math"

// surface is a smooth function of a few numbers. It returns its value at x and
// puts its gradient there into grad; where it has no value it returns +Inf, and
// the gradient does not matter.
type surface func(x, grad []float64) float64

// point is a place on a surface.
type point struct {
	x, grad []float64
	value   float64
}

// at looks at a place.
func (f surface) at(x []float64) point {
	p := point{x: x, grad: make([]float64, len(x))}
	if p.value = f(x, p.grad); math.IsNaN(p.value) || !finite(p.grad...) {
		p.value = math.Inf(1)
	}
	return p
}

// steepest is the greatest slope at p along any of the axes.
func (p point) steepest() float64 {
	g := 0.0
	for _, slope := range p.grad {
		g = max(g, math.Abs(slope))
	}
	return g
}

// descend walks down from p by the quasi-Newton method of Broyden, Fletcher,
// Goldfarb and Shanno (Nocedal and Wright 2006, Numerical Optimization, 6.1). It
// ends where no slope is above level, where steps gain nothing any more, and
// where none is found. Of points that are about equally low it returns the flattest.
func descend(f surface, p point, level float64) point {
	const (
		most    = 300
		idle    = 8     // steps in a row that gain nothing
		nothing = 1e-11 // relative
	)
	best := p
	h := new(hessian)
	for steps, poor, lost := 0, 0, false; steps < most && poor < idle; steps++ {
		if math.IsInf(p.value, 0) || p.steepest() <= level {
			return p
		}
		d := h.newton(p.grad)
		if !(dot(d, p.grad) < 0) {
			h.forget()
			d = h.newton(p.grad)
		}
		next, found := walk(f, p, d)
		gained := next.value < best.value-nothing*math.Abs(best.value)
		if gained || next.steepest() < best.steepest() {
			best = next
		}
		poor++
		if gained {
			poor = 0
		}
		switch {
		case found:
			h.learn(p, next)
		case lost:
			return best
		default: // what was learned may mislead; the second time it does not
			h.forget()
		}
		p, lost = next, !found
	}
	return best
}

// walk looks along d, which goes down from p, for a point that lies so much
// lower, and where the surface is so much flatter, that the walk was worth it:
// the strong conditions of Wolfe. Close to the bottom, where a float no longer
// tells heights apart, the slopes stand in for them (Hager and Zhang 2005, SIAM
// J. Optim. 16:170). Without such a point, found is false and the last one
// that is lower is returned, which may be p.
func walk(f surface, p point, d []float64) (next point, found bool) {
	const (
		lower, flatter = 1e-4, 0.9
		rounding       = 1e-9
		looks          = 30
	)
	down := dot(d, p.grad)
	// Such a point lies between lo and hi: the surface still falls at lo, and at
	// hi it is too high or rises.
	lo, hi := 0.0, math.Inf(1)
	atLo, slopeLo, slopeHi := p, down, math.Inf(1)
	step := 1.0
	for look := range looks {
		x := make([]float64, len(d))
		for i := range x {
			x[i] = p.x[i] + step*d[i]
		}
		q := f.at(x)
		slope := dot(d, q.grad)
		low := q.value <= p.value+lower*step*down ||
			q.value <= p.value+rounding*math.Abs(p.value) && slope <= (2*lower-1)*down
		switch {
		case math.IsInf(q.value, 1):
			hi, slopeHi = step, math.Inf(1)
		case !low || slope > -flatter*down:
			hi, slopeHi = step, slope
		case slope < flatter*down:
			lo, atLo, slopeLo = step, q, slope
		default:
			return q, true
		}
		switch width := hi - lo; {
		case math.IsInf(hi, 1):
			step *= 4
		case lo > 0 && width < 1e-3*hi && math.IsInf(slopeHi, 1):
			return atLo, false // it falls up to where it ends
		case look%2 == 1 || !(slopeHi > slopeLo) || math.IsInf(slopeHi, 1):
			step = lo + width/2
		default: // where the slope is 0, were it a straight line
			step = lo + width*min(max(slopeLo/(slopeLo-slopeHi), 0.1), 0.9)
		}
		if math.IsInf(step, 1) || step == lo || step == hi {
			break
		}
	}
	return atLo, false
}

// hessian is the inverse of the curvature of a surface as far as the steps so
// far have shown it.
type hessian struct{ inverse [][]float64 }

func (h *hessian) empty() bool { return h.inverse == nil }

func (h *hessian) forget() { h.inverse = nil }

// newton is the way to where the slope would be 0; of a surface that nothing is
// known of, the way down, a distance of at most 1.
func (h *hessian) newton(grad []float64) []float64 {
	d := make([]float64, len(grad))
	if h.empty() {
		far := max(1, math.Sqrt(dot(grad, grad)))
		for i, g := range grad {
			d[i] = -g / far
		}
		return d
	}
	for i, row := range h.inverse {
		d[i] = -dot(row, grad)
	}
	return d
}

// learn takes in how the slope changed from p to q.
func (h *hessian) learn(p, q point) {
	k := len(p.x)
	s, y := make([]float64, k), make([]float64, k)
	for i := range k {
		s[i], y[i] = q.x[i]-p.x[i], q.grad[i]-p.grad[i]
	}
	sy := dot(s, y)
	if !(sy > 1e-12*math.Sqrt(dot(s, s)*dot(y, y))) {
		return // no curvature that rounding could not have made
	}
	if h.empty() {
		h.inverse = square(k)
		for i := range k {
			h.inverse[i][i] = sy / dot(y, y)
		}
	}
	hy := make([]float64, k)
	for i, row := range h.inverse {
		hy[i] = dot(row, y)
	}
	both := (1 + dot(y, hy)/sy) / sy
	for i := range k {
		for j := range k {
			h.inverse[i][j] += both*s[i]*s[j] - (hy[i]*s[j]+s[i]*hy[j])/sy
		}
	}
}

func dot(a, b []float64) float64 {
	sum := 0.0
	for i := range a {
		sum += a[i] * b[i]
	}
	return sum
}
