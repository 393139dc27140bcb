package oracle

import (
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// Term is a value that a formula reads: of the rows of one relation, and of one
// definition.
type Term struct {
	Rows []Row
	KPI  KPI
	Stat string
	Of   func(Row) string // the dimension that the formula is broken down by
}

// values are those of a segment by currency, without a name where there is none.
// some is false where no row says anything, so that a database need not name it.
func (t Term) values(s kpi.Span, segment string, total bool) (by map[string]Value, some bool) {
	seg := Segment{}
	if !total {
		seg = Segment{Of: t.Of, Is: segment}
	}
	by = map[string]Value{}
	for _, v := range t.KPI.Values(t.Rows, s, seg) {
		if v.Stat != t.Stat {
			continue
		}
		currency := ""
		if strings.HasPrefix(v.Labels, "currency=") {
			currency = v.Labels
		}
		by[currency] = v
		some = some || v.Defined && (v.V != 0 || v.N != 0)
	}
	return by, some
}

// Formula is a value that is computed from others, once for each currency that
// they are in.
type Formula struct {
	Terms []Term
	// Compute is the formula. What is undefined is NaN, in and out.
	Compute func(of []Value) float64
	// Bounds is its interval; nil where there is no opinion.
	Bounds func(of []Value, confidence float64) (lower, upper float64, ok bool)
	// N is which of the terms says how many rows or customers it rests on; -1
	// where there is no opinion.
	N int
}

// Result is the value of a formula.
type Result struct {
	Value
	// Vague results rest on a term of which nothing is known: they may be absent.
	Vague bool
	// Gaps have a term that is undefined, be it needed or not.
	Gaps bool
}

// Results are the values of a window by their label, for a segment or the total.
func (f Formula) Results(s kpi.Span, segment string, total bool) map[string]Result {
	found := make([]map[string]Value, len(f.Terms))
	currencies := map[string]bool{}
	vague := false
	for i, t := range f.Terms {
		var some bool
		found[i], some = t.values(s, segment, total)
		vague = vague || !some
		for currency := range found[i] {
			if currency != "" {
				currencies[currency] = true
			}
		}
	}
	if len(currencies) == 0 {
		currencies[""] = true
	}
	out := map[string]Result{}
	for _, currency := range slices.Sorted(maps.Keys(currencies)) {
		of := make([]Value, len(f.Terms))
		r := Result{Vague: vague}
		for i, by := range found {
			v, ok := by[currency]
			if !ok {
				v = by[""]
			}
			if !v.Defined {
				v.V, r.Gaps = math.NaN(), true
			}
			of[i] = v
		}
		r.V = f.Compute(of)
		r.Defined = !math.IsNaN(r.V) && !math.IsInf(r.V, 0)
		if f.N >= 0 {
			r.N = of[f.N].N
		}
		if f.Bounds != nil && r.Defined {
			r.Value.Bounds = func(confidence float64) (float64, float64, bool) { return f.Bounds(of, confidence) }
		}
		out[currency] = r
	}
	return out
}

// divide is a / b, which is undefined where b is zero.
func divide(a, b float64) float64 {
	if b == 0 {
		return math.NaN()
	}
	return a / b
}

// between are the ends of what is computed from the ends of an interval.
func between(lower, upper float64, of func(x float64) float64) (float64, float64, bool) {
	a, b := of(lower), of(upper)
	return math.Min(a, b), math.Max(a, b), !math.IsNaN(a) && !math.IsNaN(b) && !math.IsInf(a, 0) && !math.IsInf(b, 0)
}

// RetentionCost is the spending divided by the customers kept. Its terms are the
// spending, the retention rate and the customers kept.
func RetentionCost(spend, rate, kept Term) Formula {
	return Formula{
		Terms: []Term{spend, rate, kept}, N: 1,
		Compute: func(of []Value) float64 { return divide(of[0].V, of[2].V) },
		Bounds: func(of []Value, confidence float64) (float64, float64, bool) {
			lower, upper, _ := of[1].Bounds(confidence)
			return between(lower, upper, func(x float64) float64 { return divide(of[0].V, x*of[1].N) })
		},
	}
}

// RetentionROI is the margin of the customers kept beyond a baseline, less the
// spending, divided by it. Its terms are as those of RetentionCost.
func RetentionROI(spend, rate, kept Term, baseline, margin, months float64) Formula {
	of := func(spend, kept, customers float64) float64 {
		if customers == 0 {
			return math.NaN()
		}
		return divide((kept-baseline*customers)*margin*months-spend, spend)
	}
	return Formula{
		Terms: []Term{spend, rate, kept}, N: 1,
		Compute: func(v []Value) float64 { return of(v[0].V, v[2].V, v[1].N) },
		Bounds: func(v []Value, confidence float64) (float64, float64, bool) {
			lower, upper, _ := v[1].Bounds(confidence)
			return between(lower, upper, func(x float64) float64 { return of(v[0].V, x*v[1].N, v[1].N) })
		},
	}
}

// CostPerContact is the spending divided by the contacts.
func CostPerContact(spend, contacts Term) Formula {
	return Formula{
		Terms: []Term{spend, contacts}, N: 1,
		Compute: func(of []Value) float64 { return divide(of[0].V, of[1].V) },
		Bounds: func(of []Value, confidence float64) (float64, float64, bool) {
			lower, upper := poisson(of[1].V, confidence)
			return between(lower, upper, func(x float64) float64 { return divide(of[0].V, x) })
		},
	}
}

// ContactRate is the contacts divided by the active customers.
func ContactRate(contacts, customers Term) Formula {
	return Formula{
		Terms:   []Term{contacts, customers},
		Compute: func(of []Value) float64 { return divide(of[0].V, of[1].V) },
		Bounds: func(of []Value, confidence float64) (float64, float64, bool) {
			lower, upper := poisson(of[0].V, confidence)
			return between(lower, upper, func(x float64) float64 { return divide(x, of[1].V) })
		},
	}
}
