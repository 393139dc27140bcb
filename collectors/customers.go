package collectors

import (
	"github.com/cx-exporter/cx-exporter/internal/calendar"
	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
	"github.com/cx-exporter/cx-exporter/internal/stats"
)

// Customers is the number of active customers at the end of the window, and how
// it came about:
//
//	active at the end = active at the beginning − lost + new + returned
//
// New customers were not active at the beginning and never before it; returned
// ones were at some time before it. Lost ones are a value of churn. In a
// breakdown a customer belongs to the segment at the beginning, or to that at
// the end who was not active then; those kept who are in another segment at the
// end are told as moved.
//
// Source: the identity of the customer base that every cohort analysis keeps.
// Active customers are counted and have no interval; that of new and returned
// ones is exact Poisson.
type Customers struct {
	InactiveAfter *Duration `yaml:"inactive_after" doc:"on orders: how long without an order makes a customer inactive, such as 90d; default the length of the window"`
	Grace         Duration  `yaml:"grace" doc:"on subscriptions: how long after its end one may be renewed without the customer being lost in between, such as 30d; default 0"`
}

func newCustomers() Parameters { return &Customers{} }

type customers struct {
	described
	base base
}

// The values of the KPI, as indexes of its stats.
const (
	customersActive = iota
	customersNew
	customersReturned
	customersMoved
)

// KPI builds the KPI.
func (p *Customers) KPI(b Binding) (KPI, error) {
	base, err := newBase(b, p.InactiveAfter, p.Grace)
	if err != nil {
		return nil, err
	}
	return &customers{
		base: base,
		described: described{Desc{
			Name:         "customers",
			Title:        "Customers",
			Variant:      base.variant(),
			BusinessGoal: goalRetention,
			Fidelity:     kpi.Exact,
			Stats: []Stat{
				customersActive: {
					Name: "active", Metric: "cx_customers_active",
					Help: "Customers active at the end of the window.",
					Unit: kpi.Count, Ends: kpi.From(0), Direction: kpi.HigherIsBetter, Whole: true,
				},
				customersNew: {
					Name: "new", Metric: "cx_customers_new",
					Help: "Customers active at the end of the window who were no customers at its beginning nor ever before.",
					Unit: kpi.Count, Ends: kpi.From(0), Direction: kpi.HigherIsBetter, Whole: true, Events: true,
				},
				customersReturned: {
					Name: "returned", Metric: "cx_customers_returned",
					Help: "Customers active at the end of the window who were not so at its beginning, but at some time before.",
					Unit: kpi.Count, Ends: kpi.From(0), Direction: kpi.HigherIsBetter, Whole: true, Events: true,
				},
				customersMoved: {
					Name: "moved", Metric: "cx_customers_moved",
					Help: "Customers of a segment at the beginning of the window who are active in another segment at its end.",
					Unit: kpi.Count, Ends: kpi.From(0), Direction: kpi.Neutral, Component: true,
				},
			},
		}},
	}, nil
}

// CheckWindow refuses windows without a beginning.
func (k *customers) CheckWindow(w calendar.Window) error {
	return k.base.checkWindow("customers", w)
}

// Needs asks for the customers at both ends and for those before.
func (k *customers) Needs(s kpi.Span) []facts.Need { return k.base.needs(s, true) }

// Compute counts the customers. Nobody moves in the total, where moved is
// undefined.
func (k *customers) Compute(s kpi.Span, f facts.Facts) []Value {
	c := k.base.fold(s, f, true)
	return []Value{
		{Stat: customersActive, Evidence: exactly(c.end)},
		{Stat: customersNew, Evidence: happened(s, c.joined)},
		{Stat: customersReturned, Evidence: happened(s, c.returned)},
		{Stat: customersMoved, Evidence: stats.Exact{V: c.moved, N: c.start, Defined: c.segmented}},
	}
}

var (
	_ KPI           = (*customers)(nil)
	_ WindowChecker = (*customers)(nil)
)
