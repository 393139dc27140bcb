package collectors

import (
	"fmt"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/calendar"
	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
	"github.com/cx-exporter/cx-exporter/internal/stats"
)

// RepeatPurchase is the share of the customers with their first order in the
// window who come back in time:
//
//	customers with a further order within a time of the first / customers with their first order
//
// Only customers who had that long are counted, so that cohorts of any age can be
// compared. Two orders of one day are two.
//
// With the cohort window, the customers are those with any order in the window,
// and those who came back are the ones with a second order in it:
//
//	customers with at least 2 orders / customers with at least 1
//
// In the window `all` that is the lifetime form, as of the end of the window: it
// rises with the age of the shop, since late orders only ever add.
//
// Source: the repeat purchase rate of e-commerce. Interval: Wilson.
type RepeatPurchase struct {
	Cohort string    `yaml:"cohort" enum:"first_order,window" doc:"first_order takes the customers with their first order in the window, and leaves out who did not have the time to come back yet; window takes those with an order in the window who have a second one in it; default first_order"`
	Within *Duration `yaml:"within" doc:"of first_order: how long after the first order the second may come; default 90d"`
}

// The values of the parameter cohort.
const (
	cohortFirstOrder = "first_order"
	cohortWindow     = "window"
)

// usualReturn is how long after the first order the second may come, where
// nothing else is said.
const usualReturn = Duration(90 * day)

func newRepeatPurchase() Parameters { return &RepeatPurchase{Cohort: cohortFirstOrder} }

type repeatPurchase struct {
	described
	within Duration // 0 for within the window
}

// The values of the KPI, as indexes of its stats.
const (
	repeatRatio = iota
	repeatBuyers
	repeatAgain
)

// KPI builds the KPI.
func (p *RepeatPurchase) KPI(Binding) (KPI, error) {
	within := orDefault(p.Within, usualReturn)
	variant := fmt.Sprintf("a second order within %s of the first, by the time of the first", within)
	switch p.Cohort {
	case "", cohortFirstOrder:
		if within <= 0 || within > 5*maxMaturity {
			return nil, wrong("within", "%s must be above 0 and at most %s: say how long after the first order the second may come, such as 90d, or set cohort: window for both within the window", within, 5*maxMaturity)
		}
	case cohortWindow:
		if p.Within != nil {
			return nil, wrong("within", "is for the cohort first_order: remove it, or the cohort")
		}
		variant, within = "two orders within the window; over the window all, ever", 0
	default:
		return nil, wrong("cohort", "%q is neither first_order nor window", p.Cohort)
	}
	return &repeatPurchase{within: within, described: described{Desc{
		Name:         "repeat_purchase",
		Title:        "Repeat purchase rate",
		Variant:      variant,
		BusinessGoal: goalLoyalty,
		Fidelity:     kpi.Exact,
		Stats: []Stat{
			repeatRatio: {
				Name: "ratio", Metric: "cx_repeat_purchase_ratio",
				Help: "Share of customers who order at least twice, from 0 to 1: of those with an order in the window within it, or of those with their first order in it within a time of that.",
				Unit: kpi.Ratio, Ends: kpi.Between(0, 1), Direction: kpi.HigherIsBetter,
			},
			repeatBuyers: {
				Name: "buyers", Metric: "cx_buyers",
				Help: "Customers with an order in the window, or with their first one in it.",
				Unit: kpi.Count, Ends: kpi.From(0), Direction: kpi.HigherIsBetter, Component: true,
			},
			repeatAgain: {
				Name: "repeat_buyers", Metric: "cx_repeat_buyers",
				Help: "Those of them who order again: within the window, or within a time of the first order.",
				Unit: kpi.Count, Ends: kpi.From(0), Direction: kpi.HigherIsBetter, Component: true,
			},
		},
	}}}, nil
}

// CheckWindow refuses windows in which no customer had the time to come back.
func (k *repeatPurchase) CheckWindow(w calendar.Window) error {
	if w.Bounded() && w.Reach() <= time.Duration(k.within) {
		return fmt.Errorf("repeat_purchase leaves out customers who did not have the %s to come back, so the window %s would always be empty: use a longer window such as 365d, a shorter within, or cohort: window", k.within, w)
	}
	return nil
}

// returns asks for the customers who had the time to come back. It is nil where
// there are none.
func (k *repeatPurchase) returns(s kpi.Span) *facts.Returns {
	lo, hi, ok := matured(s, k.within)
	if !ok {
		return nil
	}
	return &facts.Returns{
		Subject: roleCustomerID, Time: roleOrderedAt, Weight: roleAmount,
		Within: time.Duration(k.within), Bounds: []time.Time{lo, hi},
	}
}

// Needs asks for the buyers, or for the new ones and, since these are counted by
// their first order only, for the orders of the window: so that orders that are
// refused are counted, and the newest is known.
func (k *repeatPurchase) Needs(s kpi.Span) []facts.Need {
	if k.within == 0 {
		return subjects(buyersOf(s))
	}
	needs := cubes(&facts.Cube{Time: roleOrderedAt, Bounds: rows(s)})
	if r := k.returns(s); r != nil {
		needs = append(needs, facts.Need{Returns: r})
	}
	return needs
}

// Compute divides those who bought again by all.
func (k *repeatPurchase) Compute(s kpi.Span, f facts.Facts) []Value {
	var n, again float64
	if k.within == 0 {
		b := foldBuyers(s, f)
		n, again = b.n, b.again
	} else if r := k.returns(s); r != nil {
		n, again = f.Returns(r, r.Bounds[0], r.Bounds[1])
	}
	return []Value{
		{Stat: repeatRatio, Evidence: stats.Proportion{Hits: again, N: n}},
		{Stat: repeatBuyers, Evidence: exactly(n)},
		{Stat: repeatAgain, Evidence: exactly(again)},
	}
}

var (
	_ KPI           = (*repeatPurchase)(nil)
	_ WindowChecker = (*repeatPurchase)(nil)
)
