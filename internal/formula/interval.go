package formula

import (
	"math"
	"slices"
)

// Bounds are the two ends of an interval.
type Bounds struct{ Lower, Upper float64 }

// Interval is the interval of the expression from those of its references, of
// which one that has none is exact. They must be independent of each other, and
// of one confidence.
//
// Each interval is moved through the expression by itself, the other references
// staying at their values, and the distances from the value are squared and
// added. That is Newcombe's square-and-add (1998, Statistics in Medicine 17:873)
// for any expression, also known as MOVER (Zou and Donner 2008, Statistics in
// Medicine 27:1693): to first order the delta method, but it keeps the asymmetry
// of the intervals, and with one uncertain reference it moves its bounds
// exactly. Products and quotients are treated on the logarithm, so that positive
// values have positive bounds.
//
// There is none where nothing is uncertain, where a divisor may be zero within
// an interval, where a bound would be no number, and where the expression compares
// or takes absolute values, which has a kink.
func (e *Expression) Interval(values []float64, bounds []*Bounds) (b Bounds, ok bool) {
	center, ok := e.Value(values)
	if !ok || !e.smooth {
		return Bounds{}, false
	}
	scale := linear
	if e.product && center > 0 {
		scale = math.Log
	}
	in := slices.Clone(values)
	signs := e.root.signs(in, nil)
	var down, up float64
	uncertain := false
	for i, own := range bounds {
		if own == nil {
			continue
		}
		uncertain = true
		var least, most float64
		for _, end := range []float64{own.Lower, own.Upper} {
			in[i] = end
			v, ok := e.Value(in)
			if !ok || !slices.Equal(signs, e.root.signs(in, nil)) || !finite(scale(v)) {
				return Bounds{}, false
			}
			d := scale(v) - scale(center)
			least, most = min(least, d), max(most, d)
		}
		in[i] = values[i]
		down, up = down+least*least, up+most*most
	}
	down, up = math.Sqrt(down), math.Sqrt(up)
	b = Bounds{center - down, center + up}
	if e.product && center > 0 {
		b = Bounds{center * math.Exp(-down), center * math.Exp(up)}
	}
	if !uncertain || !finite(b.Lower) || !finite(b.Upper) {
		return Bounds{}, false
	}
	return b, true
}

func linear(v float64) float64 { return v }

func (constant) signs(_ inputs, all []int) []int { return all }

func (value) signs(_ inputs, all []int) []int { return all }

func (n negative) signs(in inputs, all []int) []int { return n.of.signs(in, all) }

func (o operation) signs(in inputs, all []int) []int {
	all = o.right.signs(in, o.left.signs(in, all))
	if o.operator != '/' {
		return all
	}
	v, _ := o.right.value(in)
	return append(all, sign(v))
}

func sign(v float64) int {
	switch {
	case v > 0:
		return 1
	case v < 0:
		return -1
	}
	return 0
}

func (f function) signs(in inputs, all []int) []int {
	for _, x := range f.of {
		all = x.signs(in, all)
	}
	return all
}

func (c choice) signs(in inputs, all []int) []int { return c.no.signs(in, c.yes.signs(in, all)) }
