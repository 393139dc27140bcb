package collectors

import (
	"github.com/cx-exporter/cx-exporter/internal/calendar"
	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
	"github.com/cx-exporter/cx-exporter/internal/stats"
)

// MRR is the monthly recurring revenue at the end of the window, for each
// currency by itself, and how it came about. With a and b for what a customer
// pays at the beginning and at the end:
//
//	end = start − churned − contraction + expansion + returned + new
//
//	churned      Σ a          of customers at the beginning of whom b is 0
//	contraction  Σ (a − b)    of those with 0 < b < a
//	expansion    Σ (b − a)    of those with b > a
//	returned     Σ b          of customers at the end only, who were one before
//	new          Σ b          of customers at the end only, who never were
//
// A customer's subscriptions are added up before they are compared, so changing
// from one to another is neither churn nor new. Rows without an amount add
// nothing and are counted as rejected.
//
// Source: the movements of recurring revenue as in dbt-labs' MRR playbook, per
// customer and with the two cases that its followers cannot reach (a return is
// no expansion, a fall to 0 no contraction). Interval: none for the stock; that
// of a compound Poisson process for the movements.
type MRR struct{}

func newMRR() Parameters { return &MRR{} }

type mrr struct {
	described
	recurring recurring
}

// The values of the KPI, as indexes of its stats. The movements come last.
const (
	mrrEnd = iota
	mrrStart
	mrrNew
	mrrReturned
	mrrExpansion
	mrrContraction
	mrrChurned
)

// KPI builds the KPI.
func (*MRR) KPI(b Binding) (KPI, error) {
	r := newRecurring(b)
	movement := func(name string, d kpi.Direction) Stat {
		return Stat{
			Name: name, Metric: "cx_mrr_change",
			Help: "By how much a movement changed the monthly recurring revenue over the window, in units of the currency; churned and contraction are losses.",
			Unit: kpi.Currency, Direction: d, Labels: []Label{fixed("movement", name)},
		}
	}
	return &mrr{
		recurring: r,
		described: described{Desc{
			Name:         "mrr",
			Title:        "Monthly recurring revenue",
			Variant:      r.variant("mrr of running subscriptions"),
			BusinessGoal: goalRevenue,
			Fidelity:     kpi.Exact,
			Stats: labelled([]Stat{
				mrrEnd: {
					Name: "amount", Metric: "cx_mrr",
					Help: "Monthly recurring revenue at the end of the window, in units of the currency.",
					Unit: kpi.Currency, Direction: kpi.HigherIsBetter, Whole: true,
				},
				mrrStart: {
					Name: "at_start", Metric: "cx_mrr_at_start",
					Help: "Monthly recurring revenue at the beginning of the window, in units of the currency.",
					Unit: kpi.Currency, Direction: kpi.Neutral, Component: true,
				},
				mrrNew:         movement("new", kpi.HigherIsBetter),
				mrrReturned:    movement("returned", kpi.HigherIsBetter),
				mrrExpansion:   movement("expansion", kpi.HigherIsBetter),
				mrrContraction: movement("contraction", kpi.LowerIsBetter),
				mrrChurned:     movement("churned", kpi.LowerIsBetter),
			}, r.labels()...),
		}},
	}, nil
}

// CheckWindow refuses windows without a beginning.
func (k *mrr) CheckWindow(w calendar.Window) error {
	return k.recurring.checkWindow("mrr", w)
}

// Needs asks what customers pay at both ends.
func (k *mrr) Needs(s kpi.Span) []facts.Need { return k.recurring.needs(s) }

// Compute adds up what customers pay.
func (k *mrr) Compute(s kpi.Span, f facts.Facts) []Value {
	return k.recurring.values(s, f, func(m *payments) []Value {
		values := []Value{
			{Stat: mrrEnd, Evidence: stats.Exact{V: m.end.sum, N: m.end.n, Defined: true}},
			{Stat: mrrStart, Evidence: stats.Exact{V: m.start.sum, N: m.start.n, Defined: true}},
		}
		for i, x := range []flow{m.joined, m.returned, m.expansion, m.contraction, m.churned} {
			stat := mrrNew + i
			values = append(values, Value{
				Stat:     stat,
				Labels:   []kpi.Label{{Name: "movement", Value: k.desc.Stats[stat].Name}},
				Evidence: x.total(),
			})
		}
		return values
	})
}

var (
	_ KPI           = (*mrr)(nil)
	_ WindowChecker = (*mrr)(nil)
)
