package collectors

import (
	"errors"

	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
	"github.com/cx-exporter/cx-exporter/internal/stats"
)

// AverageOrderValue is what an order in the window is worth, for each currency
// by itself:
//
//	Σ amount / orders
//
// over all orders with an amount, those of 0 and below included; those of 0 can be
// left out. Net amounts are less what was paid back of each order. It is computed
// from the sums of the window, never as a mean of daily means.
//
// Source: P. Farris et al., Marketing Metrics, on average purchase values.
// Interval: log-delta, for amounts are skewed.
type AverageOrderValue struct {
	Amounts    string `yaml:"amounts" enum:"gross,net" doc:"gross takes amounts as they are, net takes refunded_amount off each; default gross"`
	ZeroOrders string `yaml:"zero_orders" enum:"count,leave_out" doc:"whether orders that are worth 0 count, with net amounts also those that were paid back in full; default count"`
}

// The values of the parameter zero_orders.
const (
	zeroCount    = "count"
	zeroLeaveOut = "leave_out"
)

func newAverageOrderValue() Parameters {
	return &AverageOrderValue{Amounts: amountsGross, ZeroOrders: zeroCount}
}

type averageOrderValue struct {
	described
	money money
	worth bool // whether orders of 0 are left out
}

// The values of the KPI, as indexes of its stats.
const (
	aovMean = iota
	aovOrders
)

// KPI builds the KPI.
func (p *AverageOrderValue) KPI(b Binding) (KPI, error) {
	m, fidelity, err := orderMoney(b, p.Amounts)
	if p.ZeroOrders != zeroCount && p.ZeroOrders != zeroLeaveOut {
		err = errors.Join(err, wrong("zero_orders", "%q is neither count nor leave_out", p.ZeroOrders))
	}
	if err != nil {
		return nil, err
	}
	which := "all orders with an amount"
	if p.ZeroOrders == zeroLeaveOut {
		which = "orders with an amount other than 0"
	}
	return &averageOrderValue{
		money: m,
		worth: p.ZeroOrders == zeroLeaveOut,
		described: described{Desc{
			Name:         "average_order_value",
			Title:        "Average order value",
			Variant:      which + ", " + m.words() + ", by the time of the order",
			BusinessGoal: goalRevenue,
			Fidelity:     fidelity,
			Stats: labelled([]Stat{
				aovMean: {
					Name: "mean", Metric: "cx_average_order_value",
					Help: "Mean amount of the orders in the window, in units of the currency: sum of amounts / orders.",
					Unit: kpi.Currency, Direction: kpi.HigherIsBetter,
				},
				aovOrders: {
					Name: "orders", Metric: "cx_orders",
					Help: "Orders with an amount in the window.",
					Unit: kpi.Count, Ends: kpi.From(0), Direction: kpi.Neutral, Component: true,
				},
			}, m.labels()...),
		}},
	}, nil
}

// Needs asks for the amounts.
func (k *averageOrderValue) Needs(s kpi.Span) []facts.Need { return cubes(k.money.cube(s)) }

// Compute divides the amounts by the orders.
func (k *averageOrderValue) Compute(s kpi.Span, f facts.Facts) []Value {
	return k.money.values(s, f, func(a amounts) []Value {
		if k.worth {
			a = a.worth()
		}
		return []Value{
			{Stat: aovMean, Evidence: stats.PositiveMean{N: a.n, Sum: a.sum, Squares: a.squares}},
			{Stat: aovOrders, Evidence: exactly(a.n)},
		}
	})
}

// Rejected counts the orders without an amount.
func (k *averageOrderValue) Rejected(s kpi.Span, f facts.Facts) map[string]float64 {
	return k.money.rejected(s, f)
}

var (
	_ KPI      = (*averageOrderValue)(nil)
	_ Rejecter = (*averageOrderValue)(nil)
)
