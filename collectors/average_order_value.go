package collectors

import (
	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
	"github.com/cx-exporter/cx-exporter/internal/stats"
)

// AverageOrderValue is what an order in the window is worth, for each currency
// by itself:
//
//	Σ amount / orders
//
// over all orders with an amount, those of 0 and below included. It is computed
// from the sums of the window, never as a mean of daily means.
//
// Source: P. Farris et al., Marketing Metrics, on average purchase values.
// Interval: log-delta, for amounts are skewed.
type AverageOrderValue struct{}

func newAverageOrderValue() Parameters { return &AverageOrderValue{} }

type averageOrderValue struct {
	described
	money money
}

// The values of the KPI, as indexes of its stats.
const (
	aovMean = iota
	aovOrders
)

// KPI builds the KPI.
func (*AverageOrderValue) KPI(b Binding) (KPI, error) {
	return &averageOrderValue{
		money: orderMoney(b),
		described: described{Desc{
			Name:         "average_order_value",
			Title:        "Average order value",
			Variant:      "all orders with an amount, by the time of the order",
			BusinessGoal: goalRevenue,
			Fidelity:     kpi.Exact,
			Stats: []Stat{
				aovMean: {
					Name: "mean", Metric: "cx_average_order_value",
					Help: "Mean amount of the orders in the window, in units of the currency: sum of amounts / orders.",
					Unit: kpi.Currency, Direction: kpi.HigherIsBetter,
				},
				aovOrders: {
					Name: "orders", Metric: "cx_orders",
					Help: "Orders with an amount in the window.",
					Unit: kpi.Count, Direction: kpi.Neutral, Component: true,
				},
			},
		}},
	}, nil
}

// Needs asks for the amounts.
func (k *averageOrderValue) Needs(s kpi.Span) []facts.Need { return cubes(k.money.cube(s)) }

// Compute divides the amounts by the orders.
func (k *averageOrderValue) Compute(s kpi.Span, f facts.Facts) []Value {
	return k.money.values(s, f, func(a amounts) []Value {
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
