package collectors

import (
	"github.com/cx-exporter/cx-exporter/internal/calendar"
	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
	"github.com/cx-exporter/cx-exporter/internal/stats"
)

// Retention is the share of the customers at the beginning of the window who are
// customers at its end:
//
//	|S ∩ E| / |S| = 1 − churn
//
// with S, E and the two bases as for Churn. The usual (E − new) / S takes
// returning customers for retained ones and can pass 1: it is a value of its own,
// to be compared with other tools, and only where it is asked for.
//
// Source: strict cohort retention, as in P. Farris et al., Marketing Metrics, on
// retention. Interval: Wilson, as the noise of a process.
type Retention struct {
	InactiveAfter *Duration `yaml:"inactive_after" doc:"on orders: how long without an order makes a customer inactive, such as 90d; default the length of the window"`
	Grace         Duration  `yaml:"grace" doc:"on subscriptions: how long after its end one may be renewed without the customer being lost in between, such as 30d; default 0"`
	Naive         bool      `yaml:"naive" doc:"also shows (E - new) / S, as other tools compute retention, under a name of its own; default false"`
}

func newRetention() Parameters { return &Retention{} }

type retention struct {
	described
	base  base
	naive bool
}

// The values of the KPI, as indexes of its stats.
const (
	retentionRatio = iota
	retentionKept
	retentionNaive // only where it is asked for
)

// KPI builds the KPI.
func (p *Retention) KPI(b Binding) (KPI, error) {
	base, err := newBase(b, p.InactiveAfter, p.Grace)
	if err != nil {
		return nil, err
	}
	k := &retention{
		base: base, naive: p.Naive,
		described: described{Desc{
			Name:         "retention",
			Title:        "Retention rate",
			Variant:      base.variant(),
			BusinessGoal: goalRetention,
			Fidelity:     kpi.Exact,
			Stats: []Stat{
				retentionRatio: {
					Name: "ratio", Metric: "cx_retention_ratio",
					Help: "Share of the customers active at the beginning of the window who are active at its end, from 0 to 1.",
					Unit: kpi.Ratio, Ends: kpi.Between(0, 1), Direction: kpi.HigherIsBetter,
				},
				retentionKept: {
					Name: "kept", Metric: "cx_customers_kept",
					Help: "Customers active at the beginning of the window and at its end.",
					Unit: kpi.Count, Ends: kpi.From(0), Direction: kpi.HigherIsBetter, Component: true,
				},
			},
		}},
	}
	if p.Naive {
		k.desc.Stats = append(k.desc.Stats, Stat{
			Name: "naive", Metric: "cx_retention_naive_ratio",
			Help: "Customers at the end of the window without the new ones, as a share of those at its beginning; counts returning customers as retained and may exceed 1.",
			Unit: kpi.Ratio, Ends: kpi.From(0), Direction: kpi.HigherIsBetter, Component: true,
		})
	}
	return k, nil
}

// CheckWindow refuses windows without a beginning.
func (k *retention) CheckWindow(w calendar.Window) error {
	return k.base.checkWindow("retention", w)
}

// Needs asks for the customers at both ends and, for the naive value, for those
// before.
func (k *retention) Needs(s kpi.Span) []facts.Need { return k.base.needs(s, k.naive) }

// Compute divides those kept by those at the beginning.
func (k *retention) Compute(s kpi.Span, f facts.Facts) []Value {
	c := k.base.fold(s, f, k.naive)
	values := []Value{
		{Stat: retentionRatio, Evidence: stats.Proportion{Hits: c.kept, N: c.start}},
		{Stat: retentionKept, Evidence: exactly(c.kept)},
	}
	if k.naive {
		naive := stats.Exact{N: c.start, Defined: c.start > 0}
		if naive.Defined {
			naive.V = (c.end - c.joined) / c.start
		}
		values = append(values, Value{Stat: retentionNaive, Evidence: naive})
	}
	return values
}

var (
	_ KPI           = (*retention)(nil)
	_ WindowChecker = (*retention)(nil)
)
