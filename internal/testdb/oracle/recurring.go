package oracle

import (
	"math"
	"strings"

	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// payer is a customer in one currency, with what is paid at both ends of a
// window.
type payer struct {
	start, end float64
	was, is    bool // active there
	before     bool // had a subscription before the window
}

// equal is how near two amounts must be to be the same: the columns of tests
// have no more digits than this tells.
const equal = 1e-6

// payers are the customers of a window by the label currency. One who pays in
// two currencies is two: what happens in one says nothing of the other.
func payers(rows []Row, s kpi.Span, seg Segment, currency, trial string) map[string][]payer {
	b := Base{Start: "started_at", End: "ended_at", Trial: trial, Weight: "mrr"}
	by := map[string][]payer{}
	for label, rows := range byCurrency(rows, currency) {
		by[label] = nil
		for _, own := range b.customers(rows) {
			first, last := b.active(own, s.Lo, s), b.active(own, s.Hi, s)
			where := first
			if len(first) == 0 {
				where = last
			}
			if len(where) == 0 || !seg.Total() && !seg.holds(b.segment(where, seg.Of)) {
				continue
			}
			p := payer{start: worth(first), end: worth(last), was: len(first) > 0, is: len(last) > 0}
			for _, r := range own {
				p.before = p.before || r.before("started_at", s.Lo)
			}
			by[label] = append(by[label], p)
		}
	}
	return by
}

// byCurrency are the rows by the label currency. Without a role for it there is
// one currency, which has no label.
func byCurrency(rows []Row, currency string) map[string][]Row {
	if currency == "" {
		return map[string][]Row{"": rows}
	}
	by := map[string][]Row{}
	for _, r := range rows {
		name, _ := r[currency].(string)
		if name = strings.ToUpper(strings.TrimSpace(name)); name == "" {
			name = kpi.NoSegment
		}
		by["currency="+name] = append(by["currency="+name], r)
	}
	return by
}

// worth is the sum of what rows pay, which is nothing where it is not known.
func worth(rows []Row) float64 {
	var xs []float64
	for _, r := range rows {
		if x, ok := r.number("mrr"); ok {
			xs = append(xs, x)
		}
	}
	total, _ := sum(xs)
	return total
}

// movement names what happened to a payer's amount.
func (p payer) movement() string {
	switch {
	case !p.was && p.before:
		return "returned"
	case !p.was:
		return "new"
	case !p.is:
		return "churned"
	case math.Abs(p.end-p.start) < equal:
		return "same"
	case p.end > p.start:
		return "expansion"
	case p.end < equal:
		return "churned"
	}
	return "contraction"
}

// MRR is what customers pay a month at the end of a window, and its movements.
type MRR struct {
	Currency string
	Trial    string // when trials end; may be empty
}

// Values implements KPI.
func (k MRR) Values(rows []Row, s kpi.Span, seg Segment) []Value {
	var values []Value
	for label, all := range payers(rows, s, seg, k.Currency, k.Trial) {
		with := func(first string) string {
			if label == "" {
				return first
			}
			return first + "," + label
		}
		var start, end, terms []float64
		moved := map[string][]float64{"new": nil, "returned": nil, "expansion": nil, "contraction": nil, "churned": nil}
		for _, p := range all {
			if p.was {
				start = append(start, p.start)
			}
			if p.is {
				end = append(end, p.end)
			}
			terms = append(terms, p.start, p.end)
			change := p.end - p.start
			if name := p.movement(); name == "churned" || name == "contraction" {
				moved[name] = append(moved[name], -change)
			} else if name != "same" {
				moved[name] = append(moved[name], change)
			}
		}
		_, size := sum(terms)
		add := func(stat, labels string, xs []float64, component bool) float64 {
			total, _ := sum(xs)
			values = append(values, Value{Stat: stat, Labels: labels, V: total, Terms: size, Defined: true, N: float64(len(xs)), Component: component})
			return total
		}
		left := add("amount", label, end, false) - add("at_start", label, start, true)
		for name, xs := range moved {
			total := add(name, with("movement="+name), xs, false)
			if name == "churned" || name == "contraction" {
				total = -total
			}
			left -= total
		}
		if math.Abs(left) > equal*math.Max(1, float64(len(all))) {
			panic("the oracle's own revenue does not add up")
		}
	}
	return values
}

// RevenueRetention is what is left of the revenue at the beginning of a window.
type RevenueRetention struct {
	Currency string
	Trial    string // when trials end; may be empty
}

// Values implements KPI.
func (k RevenueRetention) Values(rows []Row, s kpi.Span, seg Segment) []Value {
	var values []Value
	for label, all := range payers(rows, s, seg, k.Currency, k.Trial) {
		var had, net, gross, lost []float64
		for _, p := range all {
			if !p.was {
				continue
			}
			loss := 0.0
			if name := p.movement(); name == "churned" || name == "contraction" {
				loss = p.start - p.end
			}
			had, net = append(had, p.start), append(net, p.end)
			gross, lost = append(gross, p.start-loss), append(lost, loss)
		}
		values = append(values,
			ratioOfSums("net", label, net, had, math.Inf(-1), math.Inf(1)),
			ratioOfSums("gross", label, gross, had, 0, 1),
			ratioOfSums("churn", label, lost, had, 0, 1))
	}
	return values
}

// ratioOfSums is Σy/Σx over customers, with the interval of the delta method cut
// off at the ends of its scale.
func ratioOfSums(stat, label string, ys, xs []float64, low, high float64) Value {
	x, size := sum(xs)
	y, more := sum(ys)
	n := float64(len(xs))
	v := Value{Stat: stat, Labels: label, N: n, Defined: x > equal}
	if !v.Defined {
		return v
	}
	v.V = y / x
	v.Terms = (size + more) / x * math.Max(1, size/x)
	v.Bounds = func(confidence float64) (float64, float64, bool) {
		off, parts := make([]float64, len(xs)), 0.0
		for i := range xs {
			off[i] = ys[i] - v.V*xs[i]
			parts += ys[i]*ys[i] + v.V*v.V*xs[i]*xs[i]
		}
		residuals := squares(off, 0)
		// Where all have nearly the same ratio there is nothing but rounding.
		if n < 2 || residuals <= 1e-4*parts || size > 10*x {
			return 0, 0, false
		}
		half := student(confidence, n-1) * math.Sqrt(n/(n-1)*residuals) / x
		return math.Min(v.V, math.Max(low, v.V-half)), math.Max(v.V, math.Min(high, v.V+half)), true
	}
	return v
}
