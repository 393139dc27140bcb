package collectors

import (
	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
	"github.com/cx-exporter/cx-exporter/internal/stats"
)

// Cost is the sum of the money that was spent in the window, by the day that the
// spending belongs to, for each currency by itself:
//
//	Σ amount
//
// Negative amounts are money that came back, and count on their own day. Which
// spending it is (retention, service) is chosen by the rows of the collector.
//
// Source: none is needed. It has no interval: what is booked was spent, and a few
// salaries and invoices are no sample of anything.
type Cost struct{}

func newCost() Parameters { return &Cost{} }

type cost struct {
	described
	money money
}

// KPI builds the KPI.
func (*Cost) KPI(b Binding) (KPI, error) {
	m := money{time: roleIncurredOn, amount: roleAmount, currency: b.Has(roleCurrency)}
	return &cost{
		money: m,
		described: described{Desc{
			Name:         "cost",
			Title:        "Cost",
			Variant:      "sum of amounts by the day of the spending",
			BusinessGoal: goalRevenue,
			Fidelity:     kpi.Restated, // bookings come late
			Stats: []Stat{{
				Name: "amount", Metric: "cx_cost",
				Help: "Sum of the money spent in the window, in units of the currency.",
				Unit: kpi.Currency, Direction: kpi.LowerIsBetter, Labels: m.labels(), Whole: true,
			}},
		}},
	}, nil
}

// Needs asks for the amounts.
func (k *cost) Needs(s kpi.Span) []facts.Need { return cubes(k.money.cube(s)) }

// Compute adds up the amounts.
func (k *cost) Compute(s kpi.Span, f facts.Facts) []Value {
	return k.money.values(s, f, func(a amounts) []Value {
		return []Value{{Evidence: stats.Exact{V: a.sum, N: a.n, Defined: true}}}
	})
}

// Rejected counts the costs without an amount.
func (k *cost) Rejected(s kpi.Span, f facts.Facts) map[string]float64 {
	return k.money.rejected(s, f)
}

var (
	_ KPI      = (*cost)(nil)
	_ Rejecter = (*cost)(nil)
)
