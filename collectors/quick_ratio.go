package collectors

import (
	"github.com/cx-exporter/cx-exporter/internal/calendar"
	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
	"github.com/cx-exporter/cx-exporter/internal/stats"
)

// QuickRatio is how much recurring revenue comes for each unit that goes, for
// each currency by itself:
//
//	(new + returned + expansion) / (churned + contraction)
//
// with the movements of MRR. At 1 the revenue stands still, at 4 it grows at a
// healthy pace by the rule of thumb of investors. Where nothing was lost it is
// undefined, not infinite.
//
// Source: M. Hasulak, Social Capital, 2015, after the quick ratio of accounting.
// Interval: that of the logarithm of a ratio of two compound Poisson sums.
type QuickRatio struct{}

func newQuickRatio() Parameters { return &QuickRatio{} }

type quickRatio struct {
	described
	recurring recurring
}

// KPI builds the KPI.
func (p *QuickRatio) KPI(b Binding) (KPI, error) {
	r := newRecurring(b)
	return &quickRatio{
		recurring: r,
		described: described{Desc{
			Name:         "quick_ratio",
			Title:        "Quick ratio",
			Variant:      r.variant("recurring revenue won by lost, mrr of running subscriptions"),
			BusinessGoal: goalRevenue,
			Fidelity:     kpi.Exact,
			Stats: []Stat{{
				Name: "ratio", Metric: "cx_mrr_quick_ratio",
				Help: "Monthly recurring revenue won in the window by that lost: (new + returned + expansion) / (churned + contraction); may exceed 1.",
				Unit: kpi.Ratio, Ends: kpi.From(0), Direction: kpi.HigherIsBetter, Labels: r.labels(),
			}},
		}},
	}, nil
}

// CheckWindow refuses windows without a beginning.
func (k *quickRatio) CheckWindow(w calendar.Window) error {
	return k.recurring.checkWindow("quick_ratio", w)
}

// Needs asks what customers pay at both ends.
func (k *quickRatio) Needs(s kpi.Span) []facts.Need { return k.recurring.needs(s) }

// Compute divides what was won by what was lost.
func (k *quickRatio) Compute(s kpi.Span, f facts.Facts) []Value {
	together := func(flows ...flow) stats.Total {
		var all flow
		for _, x := range flows {
			all.add(x.n, x.sum, x.squares)
		}
		return all.total()
	}
	return k.recurring.values(s, f, func(m *payments) []Value {
		return []Value{{Evidence: stats.Quotient{
			Over:  together(m.joined, m.returned, m.expansion),
			Under: together(m.churned, m.contraction),
		}}}
	})
}

var (
	_ KPI           = (*quickRatio)(nil)
	_ WindowChecker = (*quickRatio)(nil)
)
