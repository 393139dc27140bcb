package collectors

import (
	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
	"github.com/cx-exporter/cx-exporter/internal/stats"
)

// RepeatPurchase is the share of the customers with an order in the window who
// have a second one in it:
//
//	customers with at least 2 orders / customers with at least 1
//
// In the window `all` this is the lifetime form, as of the end of the window: it
// rises with the age of the shop, since late orders only ever add. Two orders of
// one day are two.
//
// Source: the repeat purchase rate of e-commerce. Interval: Wilson.
type RepeatPurchase struct{}

func newRepeatPurchase() Parameters { return &RepeatPurchase{} }

type repeatPurchase struct{ described }

// The values of the KPI, as indexes of its stats.
const (
	repeatRatio = iota
	repeatBuyers
	repeatAgain
)

// KPI builds the KPI.
func (*RepeatPurchase) KPI(Binding) (KPI, error) {
	return &repeatPurchase{described{Desc{
		Name:         "repeat_purchase",
		Title:        "Repeat purchase rate",
		Variant:      "two orders within the window; over the window all, ever",
		BusinessGoal: goalLoyalty,
		Fidelity:     kpi.Exact,
		Stats: []Stat{
			repeatRatio: {
				Name: "ratio", Metric: "cx_repeat_purchase_ratio",
				Help: "Share of the customers with an order in the window who have at least two in it, from 0 to 1.",
				Unit: kpi.Ratio, Direction: kpi.HigherIsBetter,
			},
			repeatBuyers: {
				Name: "buyers", Metric: "cx_buyers",
				Help: "Customers with at least one order in the window.",
				Unit: kpi.Count, Direction: kpi.HigherIsBetter, Component: true,
			},
			repeatAgain: {
				Name: "repeat_buyers", Metric: "cx_repeat_buyers",
				Help: "Customers with at least two orders in the window.",
				Unit: kpi.Count, Direction: kpi.HigherIsBetter, Component: true,
			},
		},
	}}}, nil
}

// Needs asks for the buyers.
func (k *repeatPurchase) Needs(s kpi.Span) []facts.Need { return subjects(buyersOf(s)) }

// Compute divides those who bought again by all.
func (k *repeatPurchase) Compute(s kpi.Span, f facts.Facts) []Value {
	b := foldBuyers(s, f)
	return []Value{
		{Stat: repeatRatio, Evidence: stats.Proportion{Hits: b.again, N: b.n}},
		{Stat: repeatBuyers, Evidence: exactly(b.n)},
		{Stat: repeatAgain, Evidence: exactly(b.again)},
	}
}

var _ KPI = (*repeatPurchase)(nil)
