package formula

import (
	"math"

	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// number is a part of an expression that has a value.
type number interface {
	// value computes it; ok is false where it is undefined.
	value(in inputs) (v float64, ok bool)
	// quantity is what it is measured in.
	quantity(of []Quantity) (Quantity, error)
	// ends are those of the scale of its values, given those of the references.
	ends(of []kpi.Ends) kpi.Ends
	// signs adds the sign of each divisor in it.
	signs(in inputs, all []int) []int
}

// truth is a part of an expression that is true or false.
type truth interface {
	holds(in inputs) (yes, ok bool)
	check(of []Quantity) error
}

// inputs are the values of the references; NaN is undefined.
type inputs []float64

type (
	constant struct {
		v    float64
		unit string // currency or seconds; empty is a bare number
	}
	value     struct{ reference int }
	negative  struct{ of number }
	operation struct {
		operator    byte
		left, right number
		from, to    int
	}
	function struct {
		name     string
		of       []number
		from, to int
	}
	choice struct {
		condition truth
		yes, no   number
	}
	comparison struct {
		operator    string
		left, right number
		from, to    int
	}
	both struct {
		either      bool
		left, right truth
	}
	opposite struct{ of truth }
)

// Value computes the expression from the values of its references, in their
// order. NaN stands for what is undefined; only what is needed has to be
// defined. A division by zero is undefined.
func (e *Expression) Value(values []float64) (v float64, ok bool) {
	v, ok = e.root.value(values)
	return v, ok && finite(v)
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

func (c constant) value(inputs) (float64, bool) { return c.v, true }

func (x value) value(in inputs) (float64, bool) {
	v := in[x.reference]
	return v, finite(v)
}

func (n negative) value(in inputs) (float64, bool) {
	v, ok := n.of.value(in)
	return -v, ok
}

func (o operation) value(in inputs) (float64, bool) {
	a, ok1 := o.left.value(in)
	b, ok2 := o.right.value(in)
	if !ok1 || !ok2 {
		return 0, false
	}
	switch o.operator {
	case '+':
		return a + b, true
	case '-':
		return a - b, true
	case '*':
		return a * b, true
	}
	return a / b, b != 0
}

func (f function) value(in inputs) (float64, bool) {
	out := 0.0
	for i, of := range f.of {
		v, ok := of.value(in)
		if !ok {
			return 0, false
		}
		switch {
		case f.name == "abs":
			out = math.Abs(v)
		case i == 0, f.name == "min" && v < out, f.name == "max" && v > out:
			out = v
		}
	}
	return out, true
}

func (c choice) value(in inputs) (float64, bool) {
	yes, ok := c.condition.holds(in)
	switch {
	case !ok:
		return 0, false
	case yes:
		return c.yes.value(in)
	}
	return c.no.value(in)
}

func (c comparison) holds(in inputs) (yes, ok bool) {
	a, ok1 := c.left.value(in)
	b, ok2 := c.right.value(in)
	switch c.operator {
	case "<":
		yes = a < b
	case "<=":
		yes = a <= b
	case ">":
		yes = a > b
	case ">=":
		yes = a >= b
	case "==":
		yes = a == b
	case "!=":
		yes = a != b
	}
	return yes, ok1 && ok2
}

func (b both) holds(in inputs) (yes, ok bool) {
	left, ok := b.left.holds(in)
	if !ok || left == b.either {
		return left, ok
	}
	return b.right.holds(in)
}

func (o opposite) holds(in inputs) (yes, ok bool) {
	yes, ok = o.of.holds(in)
	return !yes, ok
}
