package collectors

import (
	"time"

	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
	"github.com/cx-exporter/cx-exporter/internal/stats"
)

// Churn is the share of the customers at the beginning of the window who are no
// customers at its end:
//
//	|S \ E| / |S|
//
// where S and E are the customers active at both ends. On subscriptions,
// customers are active from started_at to ended_at (basis contract); on orders,
// who ordered within inactive_after (basis activity). Customers who leave and
// come back within the window are kept, and new ones cannot churn. Several
// subscriptions of a customer are one customer.
//
// Source: strict cohort churn, as in P. Farris et al., Marketing Metrics, on
// retention. Interval: Wilson, as the noise of a process, since all customers
// are counted.
type Churn struct {
	InactiveAfter *Duration `yaml:"inactive_after" doc:"on orders: how long without an order makes a customer inactive, such as 90d; default the length of the window"`
}

func newChurn() Parameters { return &Churn{} }

type churn struct {
	described
	base base
}

// The values of the KPI, as indexes of its stats.
const (
	churnRatio = iota
	churnStart
	churnLost
)

// KPI builds the KPI.
func (p *Churn) KPI(b Binding) (KPI, error) {
	base, err := newBase(b, p.InactiveAfter)
	if err != nil {
		return nil, err
	}
	return &churn{
		base: base,
		described: described{Desc{
			Name:         "churn",
			Title:        "Churn rate",
			Variant:      base.variant(),
			BusinessGoal: goalRetention,
			Fidelity:     kpi.Exact,
			Stats: []Stat{
				churnRatio: {
					Name: "ratio", Metric: "cx_churn_ratio",
					Help: "Share of the customers active at the beginning of the window who are not active at its end, from 0 to 1; basis is contract or activity.",
					Unit: kpi.Ratio, Direction: kpi.LowerIsBetter,
				},
				churnStart: {
					Name: "at_start", Metric: "cx_customers_at_start",
					Help: "Customers active at the beginning of the window.",
					Unit: kpi.Count, Direction: kpi.Neutral, Component: true,
				},
				churnLost: {
					Name: "lost", Metric: "cx_customers_lost",
					Help: "Customers active at the beginning of the window and not at its end.",
					Unit: kpi.Count, Direction: kpi.LowerIsBetter, Component: true,
				},
			},
		}},
	}, nil
}

// CheckWindow refuses windows without a beginning.
func (k *churn) CheckWindow(window string, bounded bool, _ time.Duration) error {
	return k.base.checkWindow("churn", window, bounded)
}

// Needs asks for the customers at both ends.
func (k *churn) Needs(s kpi.Span) []facts.Need { return k.base.needs(s, false) }

// Compute divides those lost by those at the beginning.
func (k *churn) Compute(s kpi.Span, f facts.Facts) []Value {
	c := k.base.fold(s, f, false)
	return []Value{
		{Stat: churnRatio, Labels: k.base.label(), Evidence: stats.Proportion{Hits: c.lost, N: c.start}},
		{Stat: churnStart, Evidence: exactly(c.start)},
		{Stat: churnLost, Evidence: exactly(c.lost)},
	}
}

var (
	_ KPI           = (*churn)(nil)
	_ WindowChecker = (*churn)(nil)
)
