package formula

import (
	"math"

	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// Ends are those of the expression, from those of its references in their order:
// the ends of the smallest scale that interval arithmetic gives (R. E. Moore 1966,
// Interval Analysis). No value lies beyond them, rounding apart, but a value may
// be unable to reach them, since references are taken to be independent. Nothing
// is known where both ends are open.
func (e *Expression) Ends(of []kpi.Ends) kpi.Ends {
	known := make([]kpi.Ends, len(of))
	for i, x := range of {
		if known[i] = x; !x.Known() {
			known[i] = kpi.Anything()
		}
	}
	if all := e.root.ends(known); all != kpi.Anything() {
		return all
	}
	return kpi.Ends{}
}

func (c constant) ends([]kpi.Ends) kpi.Ends { return kpi.Ends{Min: c.v, Max: c.v} }

func (x value) ends(of []kpi.Ends) kpi.Ends { return of[x.reference] }

func (n negative) ends(of []kpi.Ends) kpi.Ends { return reverse(n.of.ends(of)) }

func (o operation) ends(of []kpi.Ends) kpi.Ends {
	a, b := o.left.ends(of), o.right.ends(of)
	switch o.operator {
	case '+':
		return add(a, b)
	case '-':
		return add(a, reverse(b))
	case '*':
		return multiply(a, b)
	}
	switch {
	case b.Min < 0 && b.Max > 0, b.Min == 0 && b.Max == 0:
		return kpi.Anything()
	case b.Min == 0:
		return multiply(a, kpi.Ends{Min: 1 / b.Max, Max: math.Inf(1)})
	case b.Max == 0:
		return multiply(a, kpi.Ends{Min: math.Inf(-1), Max: 1 / b.Min})
	}
	return multiply(a, kpi.Ends{Min: 1 / b.Max, Max: 1 / b.Min})
}

func (f function) ends(of []kpi.Ends) kpi.Ends {
	all := f.of[0].ends(of)
	if f.name == "abs" {
		return kpi.Ends{Min: max(0, all.Min, -all.Max), Max: max(-all.Min, all.Max)}
	}
	for _, x := range f.of[1:] {
		own := x.ends(of)
		if f.name == "min" {
			all = kpi.Ends{Min: min(all.Min, own.Min), Max: min(all.Max, own.Max)}
		} else {
			all = kpi.Ends{Min: max(all.Min, own.Min), Max: max(all.Max, own.Max)}
		}
	}
	return all
}

func (c choice) ends(of []kpi.Ends) kpi.Ends {
	yes, no := c.yes.ends(of), c.no.ends(of)
	return kpi.Ends{Min: min(yes.Min, no.Min), Max: max(yes.Max, no.Max)}
}

func reverse(a kpi.Ends) kpi.Ends { return kpi.Ends{Min: -a.Max, Max: -a.Min} }

func add(a, b kpi.Ends) kpi.Ends { return kpi.Ends{Min: a.Min + b.Min, Max: a.Max + b.Max} }

// multiply takes the least and the greatest of the products of the ends. An open
// end stands for numbers, however great, so that it comes to nothing with a zero.
func multiply(a, b kpi.Ends) kpi.Ends {
	out := kpi.Ends{Min: math.Inf(1), Max: math.Inf(-1)}
	for _, x := range []float64{a.Min, a.Max} {
		for _, y := range []float64{b.Min, b.Max} {
			product := x * y
			if x == 0 || y == 0 {
				product = 0
			}
			out = kpi.Ends{Min: min(out.Min, product), Max: max(out.Max, product)}
		}
	}
	return out
}
