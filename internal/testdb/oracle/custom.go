package oracle

import (
	"math/big"
	"strconv"
	"strings"

	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// numbers are the numbers of a column over the rows in a window.
func numbers(rows []Row, s kpi.Span, by, of string) []float64 {
	var xs []float64
	for _, r := range rows {
		if x, ok := r.number(of); ok && r.within(by, s.Lo, s.Hi) {
			xs = append(xs, x)
		}
	}
	return xs
}

// Share is the rows whose flag is yes among those whose flag is yes or no.
type Share struct{ By, Of string }

// Values implements KPI.
func (k Share) Values(rows []Row, s kpi.Span, seg Segment) []Value {
	var n, hits float64
	for _, r := range seg.rows(rows) {
		yes, ok := r.flag(k.Of)
		if r[k.Of] == nil || !ok || !r.within(k.By, s.Lo, s.Hi) {
			continue
		}
		n++
		if yes {
			hits++
		}
	}
	return []Value{share("value", hits, n)}
}

// Quotient is one column's sum divided by another's.
type Quotient struct{ By, Numerator, Denominator string }

// Values implements KPI.
func (k Quotient) Values(rows []Row, s kpi.Span, seg Segment) []Value {
	in := seg.rows(rows)
	ys, xs := numbers(in, s, k.By, k.Numerator), numbers(in, s, k.By, k.Denominator)
	y, magnitude := sum(ys)
	x, terms := sum(xs)
	v := Value{Stat: "value", N: float64(len(xs)), Defined: x > 0}
	if v.Defined {
		v.V = y / x
		v.Terms = magnitude / x * (terms / x)
	}
	return []Value{v}
}

// Mean is the mean of a column.
type Mean struct {
	By, Of string
	// Skewed numbers are positive with a long tail; others lie between Min and
	// Max.
	Skewed   bool
	Min, Max float64
}

// Values implements KPI.
func (k Mean) Values(rows []Row, s kpi.Span, seg Segment) []Value {
	xs := numbers(seg.rows(rows), s, k.By, k.Of)
	if k.Skewed {
		return []Value{positiveMean("value", "", xs)}
	}
	return []Value{meanScore("value", xs, k.Min, k.Max)}
}

// Sum is the sum of a column.
type Sum struct{ By, Of string }

// Values implements KPI.
func (k Sum) Values(rows []Row, s kpi.Span, seg Segment) []Value {
	xs := numbers(seg.rows(rows), s, k.By, k.Of)
	total, terms := sum(xs)
	return []Value{{Stat: "value", V: total, Terms: terms, Defined: true, N: float64(len(xs))}}
}

// Count is the number of rows or, with Of, of those whose flag is yes.
type Count struct{ By, Of string }

// Values implements KPI.
func (k Count) Values(rows []Row, s kpi.Span, seg Segment) []Value {
	n := 0.0
	for _, r := range seg.rows(rows) {
		yes := true
		if k.Of != "" {
			yes, _ = r.flag(k.Of)
		}
		if yes && r.within(k.By, s.Lo, s.Hi) {
			n++
		}
	}
	return []Value{stock("value", n)}
}

// Distinct is the number of different values of a column. Each belongs to one
// segment, the first by name.
type Distinct struct{ By, Of string }

// Values implements KPI.
func (k Distinct) Values(rows []Row, s kpi.Span, seg Segment) []Value {
	by := map[string][]Row{}
	for _, r := range rows {
		if id, ok := identity(r[k.Of]); ok && r.within(k.By, s.Lo, s.Hi) {
			by[id] = append(by[id], r)
		}
	}
	n := 0.0
	for _, own := range by {
		if seg.Total() || seg.holds(Base{}.segment(own, seg.Of)) {
			n++
		}
	}
	return []Value{stock("value", n)}
}

// Refused implements Refuser: rows that have no value to tell apart from others.
func (k Distinct) Refused(rows []Row, s kpi.Span) map[string]float64 {
	n := 0.0
	for _, r := range rows {
		if _, ok := identity(r[k.Of]); !ok && r.within(k.By, s.Lo, s.Hi) {
			n++
		}
	}
	return map[string]float64{"null_subject": n}
}

// Quantile is the quantile of a column; numbers below zero are refused.
type Quantile struct {
	By, Of string
	Q      string // a decimal number
}

// Values implements KPI.
func (k Quantile) Values(rows []Row, s kpi.Span, seg Segment) []Value {
	var xs []float64
	for _, x := range numbers(seg.rows(rows), s, k.By, k.Of) {
		if x >= 0 {
			xs = append(xs, x)
		}
	}
	q, ok := new(big.Rat).SetString(k.Q)
	if !ok {
		panic("the quantile " + k.Q + " is no number")
	}
	return []Value{quantileOf("value", xs, q)}
}

// Gauge shows each row as a sample. Rows that share their labels are refused,
// all of them, and so are values that are no number.
type Gauge struct {
	Labels, Columns []string
	Named           bool // values are told by their column
}

// Values implements KPI.
func (k Gauge) Values(rows []Row, _ kpi.Span, seg Segment) []Value {
	if !seg.Total() {
		return nil
	}
	same := map[string]int{}
	for _, r := range rows {
		same[k.label(r)]++
	}
	var values []Value
	for _, r := range rows {
		for _, column := range k.Columns {
			if x, ok := r.number(column); ok && same[k.label(r)] == 1 {
				stat := "value"
				if k.Named {
					stat = column
				}
				values = append(values, Value{Stat: stat, Labels: k.label(r), V: x, Defined: true, N: 1})
			}
		}
	}
	return values
}

func (k Gauge) label(r Row) string {
	var parts []string
	for _, name := range k.Labels {
		value := kpi.NoSegment
		switch v := r[name].(type) {
		case string:
			if v != "" {
				value = v
			}
		case float64:
			value = strconv.FormatFloat(v, 'f', -1, 64)
		}
		parts = append(parts, name+"="+value)
	}
	return strings.Join(parts, ",")
}
