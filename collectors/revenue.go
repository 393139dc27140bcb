package collectors

import (
	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
	"github.com/cx-exporter/cx-exporter/internal/stats"
)

// Revenue is the sum of the amounts of the orders in the window, by the time of
// the order, for each currency by itself:
//
//	Σ amount
//
// Negative amounts (refunds, credit notes) count on their own day. Net revenue
// takes what was paid back off the order that it was paid back for, whenever
// that was, so that it changes the past.
//
// Source: none is needed. Interval: that of a compound Poisson process, in which
// both the number of orders and their amounts vary, Σ amount² being the variance.
type Revenue struct {
	Amounts string `yaml:"amounts" enum:"gross,net" doc:"gross adds amounts as they are, net takes refunded_amount off each; default gross"`
}

func newRevenue() Parameters { return &Revenue{Amounts: amountsGross} }

type revenue struct {
	described
	money money
}

// KPI builds the KPI.
func (p *Revenue) KPI(b Binding) (KPI, error) {
	m, fidelity, err := orderMoney(b, p.Amounts)
	if err != nil {
		return nil, err
	}
	return &revenue{
		money: m,
		described: described{Desc{
			Name:         "revenue",
			Title:        "Revenue",
			Variant:      "sum of " + m.words() + " by the time of the order",
			BusinessGoal: goalRevenue,
			Fidelity:     fidelity,
			Stats: []Stat{{
				Name: "amount", Metric: "cx_revenue",
				Help: "Sum of the amounts of the orders in the window, in units of the currency.",
				Unit: kpi.Currency, Direction: kpi.HigherIsBetter, Labels: m.labels(),
			}},
		}},
	}, nil
}

// Needs asks for the amounts.
func (k *revenue) Needs(s kpi.Span) []facts.Need { return cubes(k.money.cube(s)) }

// Compute adds up the amounts.
func (k *revenue) Compute(s kpi.Span, f facts.Facts) []Value {
	return k.money.values(s, f, func(a amounts) []Value {
		return []Value{{Evidence: stats.Total{N: a.n, Sum: a.sum, Squares: a.squares}}}
	})
}

// Rejected counts the orders without an amount.
func (k *revenue) Rejected(s kpi.Span, f facts.Facts) map[string]float64 {
	return k.money.rejected(s, f)
}

var (
	_ KPI      = (*revenue)(nil)
	_ Rejecter = (*revenue)(nil)
)
