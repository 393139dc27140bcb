package collectors

import (
	"github.com/cx-exporter/cx-exporter/internal/calendar"
	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
	"github.com/cx-exporter/cx-exporter/internal/stats"
)

// RevenueRetention is what is left at the end of the window of the monthly
// recurring revenue at its beginning, for each currency by itself. Over the
// customers active at the beginning, who pay a then and b at the end:
//
//	net     Σ b / Σ a                         may exceed 1
//	gross   1 − (churned + contraction) / Σ a
//	churn       (churned + contraction) / Σ a
//
// with churned and contraction as for MRR. New and returned customers are in
// none of them.
//
// Source: gross and net revenue retention as investors use them, per customer.
// Interval: delta method for a ratio of sums over customers, as the noise of a
// process (Cochran 1977, section 6.3).
type RevenueRetention struct{}

func newRevenueRetention() Parameters { return &RevenueRetention{} }

type revenueRetention struct {
	described
	recurring recurring
}

// The values of the KPI, as indexes of its stats.
const (
	revenueNet = iota
	revenueGross
	revenueChurn
)

// KPI builds the KPI.
func (*RevenueRetention) KPI(b Binding) (KPI, error) {
	r := newRecurring(b)
	return &revenueRetention{
		recurring: r,
		described: described{Desc{
			Name:         "revenue_retention",
			Title:        "Revenue retention",
			Variant:      r.variant("mrr of the customers at the beginning"),
			BusinessGoal: goalRetention,
			Fidelity:     kpi.Exact,
			Stats: labelled([]Stat{
				revenueNet: {
					Name: "net", Metric: "cx_net_revenue_retention_ratio",
					Help: "Monthly recurring revenue at the end of the window of the customers at its beginning, as a share of what they paid then; may exceed 1.",
					Unit: kpi.Ratio, Ends: kpi.From(0), Direction: kpi.HigherIsBetter,
				},
				revenueGross: {
					Name: "gross", Metric: "cx_gross_revenue_retention_ratio",
					Help: "Share of the monthly recurring revenue at the beginning of the window that was not lost to churn or contraction by its end, from 0 to 1.",
					Unit: kpi.Ratio, Ends: kpi.Between(0, 1), Direction: kpi.HigherIsBetter,
				},
				revenueChurn: {
					Name: "churn", Metric: "cx_revenue_churn_ratio",
					Help: "Share of the monthly recurring revenue at the beginning of the window that was lost to churn or contraction by its end, from 0 to 1.",
					Unit: kpi.Ratio, Ends: kpi.Between(0, 1), Direction: kpi.LowerIsBetter,
				},
			}, r.labels()...),
		}},
	}, nil
}

// CheckWindow refuses windows without a beginning.
func (k *revenueRetention) CheckWindow(w calendar.Window) error {
	return k.recurring.checkWindow("revenue_retention", w)
}

// Needs asks what customers pay at both ends.
func (k *revenueRetention) Needs(s kpi.Span) []facts.Need { return k.recurring.needs(s) }

// Compute divides what is left, and what was lost, by what there was.
func (k *revenueRetention) Compute(s kpi.Span, f facts.Facts) []Value {
	return k.recurring.values(s, f, func(m *payments) []Value {
		lost := m.churned.sum + m.contraction.sum
		squares := m.churned.squares + m.contraction.squares
		return []Value{
			{Stat: revenueNet, Evidence: m.ratio(m.later.sum, m.products, m.later.squares)},
			{Stat: revenueGross, Evidence: stats.ShareOfSums{RatioOfSums: m.ratio(m.start.sum-lost, m.lostLess, m.lessSquares)}},
			{Stat: revenueChurn, Evidence: stats.ShareOfSums{RatioOfSums: m.ratio(lost, m.lostProducts, squares)}},
		}
	})
}

var (
	_ KPI           = (*revenueRetention)(nil)
	_ WindowChecker = (*revenueRetention)(nil)
)
