package collectors

import (
	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
	"github.com/cx-exporter/cx-exporter/internal/stats"
)

// PurchaseFrequency is how often customers order in the window:
//
//	orders / distinct customers with an order
//
// It is at least 1, and it depends on the length of the window: frequencies of
// different windows cannot be compared. Orders without a customer are left out.
//
// Source: the purchase frequency of e-commerce. Interval: log-delta over the
// customers' numbers of orders.
type PurchaseFrequency struct{}

func newPurchaseFrequency() Parameters { return &PurchaseFrequency{} }

type purchaseFrequency struct{ described }

// The values of the KPI, as indexes of its stats.
const (
	frequencyMean = iota
	frequencyPurchases
)

// KPI builds the KPI.
func (*PurchaseFrequency) KPI(Binding) (KPI, error) {
	return &purchaseFrequency{described{Desc{
		Name:         "purchase_frequency",
		Title:        "Purchase frequency",
		Variant:      "orders per customer who ordered in the window",
		BusinessGoal: goalLoyalty,
		Fidelity:     kpi.Exact,
		Stats: []Stat{
			frequencyMean: {
				Name: "mean", Metric: "cx_purchases_per_customer",
				Help: "Orders in the window per customer with at least one: orders / distinct customers.",
				Unit: kpi.Count, Ends: kpi.From(0), Direction: kpi.HigherIsBetter,
			},
			frequencyPurchases: {
				Name: "purchases", Metric: "cx_purchases",
				Help: "Orders in the window of which the customer is known.",
				Unit: kpi.Count, Ends: kpi.From(0), Direction: kpi.HigherIsBetter, Component: true,
			},
		},
	}}}, nil
}

// Needs asks for the buyers.
func (k *purchaseFrequency) Needs(s kpi.Span) []facts.Need { return subjects(buyersOf(s)) }

// Compute averages the orders of the buyers.
func (k *purchaseFrequency) Compute(s kpi.Span, f facts.Facts) []Value {
	b := foldBuyers(s, f)
	return []Value{
		{Stat: frequencyMean, Evidence: stats.PositiveMean{N: b.n, Sum: b.orders, Squares: b.squares}},
		{Stat: frequencyPurchases, Evidence: exactly(b.orders)},
	}
}

var _ KPI = (*purchaseFrequency)(nil)
