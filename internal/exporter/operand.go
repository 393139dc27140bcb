package exporter

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/cx-exporter/cx-exporter/config"
	"github.com/cx-exporter/cx-exporter/internal/formula"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
	"github.com/cx-exporter/cx-exporter/internal/stats"
)

// currencyLabel is the label that money has, by which formulas are computed.
const currencyLabel = "currency"

// operand is a value that a formula reads, in one window and segment: one
// series, or one a currency.
type operand struct {
	by       map[string]Series
	labelled bool // by currency
}

// in is the series of a currency; it is undefined where there is none.
func (o operand) in(currency string) Series {
	if !o.labelled {
		currency = ""
	}
	return o.by[currency]
}

// pick finds the series that a reference means.
func pick(s *Snapshot, v config.FormulaValue, window string, seg kpi.Segment) (operand, error) {
	out := operand{by: map[string]Series{}}
	for _, x := range s.Series {
		// Values of the instant are the same for every window.
		if x.KPI != v.KPI || x.Stat != v.Stat.Name || x.Segment != seg || x.Window != window && x.Window != "" {
			continue
		}
		chosen := v.Label != "" && slices.ContainsFunc(x.Labels, func(l kpi.Label) bool { return l.Value == v.Label })
		if v.Label != "" && !chosen {
			continue
		}
		currency := ""
		for _, l := range x.Labels {
			if l.Name == currencyLabel && l.Value != v.Label {
				currency, out.labelled = l.Value, true
			}
		}
		if other, twice := out.by[currency]; twice {
			return out, &runError{reason: ReasonFormula, text: fmt.Sprintf("%s.%s.%s has several series, as with %s and with %s: say which in the formula, by the value of the label behind the name", v.Collector, v.KPI, v.Stat.Name, labelsText(other.Labels), labelsText(x.Labels))}
		}
		out.by[currency] = x
	}
	return out, nil
}

// read is the value of a series that a reference means, now and in the comparison
// window; NaN is undefined.
func read(v config.FormulaValue, x Series) (now, before float64) {
	now, before = math.NaN(), math.NaN()
	switch {
	case v.Samples:
		now = x.Samples // 0 too, of which nothing follows
		if x.Change.Known {
			before = x.Change.SamplesBefore
		}
	case x.Defined:
		now = x.Value
		if x.Change.Known {
			before = x.Change.Before
		}
	}
	return now, before
}

// combined is the evidence of a formula: that of its values, moved through it.
type combined struct {
	expr    *formula.Expression
	values  []float64
	samples float64
	// uncertain is the evidence of the values, nil for those that are counted.
	uncertain   []stats.Evidence
	independent bool
}

// Value implements stats.Evidence.
func (c combined) Value() (float64, bool) { return c.expr.Value(c.values) }

// Samples implements stats.Evidence.
func (c combined) Samples() float64 { return c.samples }

// Interval implements stats.Evidence. There is none where a value has none
// although it is uncertain.
func (c combined) Interval(confidence float64) (lower, upper float64, ok bool) {
	if !c.independent {
		return 0, 0, false
	}
	bounds := make([]*formula.Bounds, len(c.values))
	for i, e := range c.uncertain {
		if e == nil {
			continue
		}
		b := formula.Bounds{}
		if b.Lower, b.Upper, ok = e.Interval(confidence); !ok {
			return 0, 0, false
		}
		bounds[i] = &b
	}
	b, ok := c.expr.Interval(c.values, bounds)
	return b.Lower, b.Upper, ok
}

// Shown implements stats.Evidence: bounds that say nothing make bounds that say
// nothing.
func (c combined) Shown(confidence float64) (lower, upper float64, ok bool) {
	for _, e := range c.uncertain {
		if e == nil {
			continue
		}
		if _, _, ok := e.Shown(confidence); !ok {
			return 0, 0, false
		}
	}
	return c.Interval(confidence)
}

// Change implements stats.Evidence: there is no test.
func (combined) Change(stats.Evidence) (fell, rose float64, ok bool) { return 0, 0, false }

// counted reports whether a value has no sampling error.
func counted(v config.FormulaValue, x Series) bool {
	_, exact := x.Evidence.(stats.Exact)
	return v.Samples || v.Stat.Component || exact
}

// uncertain is the evidence of the values that a formula reads, nil for those
// that are counted. independent is false where two come from the same rows.
func (e *FormulaEvaluator) uncertain(own []Series) (all []stats.Evidence, independent bool) {
	all = make([]stats.Evidence, len(own))
	var from []string // collectors
	independent = true
	for i, x := range own {
		v := e.formula.Values[i]
		if counted(v, x) || x.Evidence == nil {
			continue
		}
		independent = independent && !slices.ContainsFunc(from, func(other string) bool { return e.share(other, v.Collector) })
		from = append(from, v.Collector)
		all[i] = x.Evidence
	}
	return all, independent
}

// share reports whether two inputs read the same relation of the same source.
func (e *FormulaEvaluator) share(a, b string) bool {
	find := func(name string) config.Collector {
		i := slices.IndexFunc(e.formula.Inputs, func(c config.Collector) bool { return c.Name == name })
		return e.formula.Inputs[i]
	}
	x, y := find(a), find(b)
	return x.Relation.Table == y.Relation.Table && x.Relation.Query == y.Relation.Query &&
		slices.ContainsFunc(x.Sources, func(s string) bool { return slices.Contains(y.Sources, s) })
}

// samples is the number that the formula rests on: the smallest of the estimates
// among its values or, without any, of the counts. Sums of money that were booked
// are no sample.
func (e *FormulaEvaluator) samples(own []Series) float64 {
	least := [3]float64{math.Inf(1), math.Inf(1), math.Inf(1)}
	for i, x := range own {
		rank := 0
		switch v := e.formula.Values[i]; {
		case !counted(v, x):
		case v.Samples || v.Stat.Unit != kpi.Currency:
			rank = 1
		default:
			rank = 2
		}
		least[rank] = min(least[rank], x.Samples)
	}
	for _, n := range least {
		if !math.IsInf(n, 1) {
			return n
		}
	}
	return 0
}

func labelsText(labels []kpi.Label) string {
	parts := make([]string, len(labels))
	for i, l := range labels {
		parts[i] = fmt.Sprintf("%s=%q", l.Name, l.Value)
	}
	return strings.Join(parts, ",")
}
