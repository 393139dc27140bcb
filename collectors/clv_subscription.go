package collectors

import (
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/calendar"
	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
	"github.com/cx-exporter/cx-exporter/internal/stats"
)

// clvSubscribed is the customer lifetime value of subscriptions, for each
// currency by itself: what a customer pays a month until leaving, if customers
// go on leaving as within the window. With
//
//	m  margin · Σ mrr / customers, of those active at the end of the window
//	c  churn: the share of the customers at its beginning who have left by its end
//	r  (1 − c)^(1/months of the window), the share that stays every month
//
// it is m/(1 − r), and with a discount d a month m·(1 + d)/(1 + d − r), both of
// them cut off where there is a horizon. The payment of the present month counts.
// A month is a twelfth of 365.25 days. Without churn there is no value, unless a
// horizon ends it.
//
// Who has several subscriptions of one currency is one customer, who leaves with
// the last of them. Free subscriptions count, as what customers pay with them.
//
// Source: S. Gupta and D. Lehmann 2003, Customers as Assets, Journal of
// Interactive Marketing 17:9, with a constant hazard, whose m·r/(1 + d − r) leaves
// out the present payment. Interval: Wilson's of
// churn, moved through the formula, as the noise of a process.
type clvSubscribed struct {
	described
	recurring recurring
	margin    float64
	discount  float64 // by the month
	horizon   float64 // in months; 0 for none
}

// The values of the KPI on subscriptions, as indexes of its stats.
const (
	subscribedValue = iota
	subscribedCustomers
	subscribedLifespan
)

// month is the mean month of the calendar.
const month = time.Duration(daysAYear / 12 * float64(day))

// subscribed builds the KPI on subscriptions.
func (p *CLV) subscribed(b Binding) (KPI, error) {
	err := p.check(b)
	if p.Amounts != amountsGross {
		err = errors.Join(err, wrong("amounts", "is for orders: what a subscription pays is its mrr, so remove it"))
	}
	if err != nil {
		return nil, err
	}
	r := newRecurring(b)
	all := clvStats(clvSubscription, r.labels())
	return &clvSubscribed{
		recurring: r,
		margin:    p.Margin,
		discount:  math.Expm1(math.Log1p(p.Discount) / 12),
		horizon:   orDefault(p.Horizon, 0).Seconds() / month.Seconds(),
		described: described{Desc{
			Name:         "clv",
			Title:        "Customer lifetime value",
			Variant:      p.subscribedVariant(),
			BusinessGoal: goalRevenue,
			Fidelity:     kpi.Exact,
			Stats: []Stat{
				subscribedValue:     all[clvValue],
				subscribedCustomers: all[clvCustomers],
				subscribedLifespan:  all[clvLifespan],
			},
		}},
	}, nil
}

// subscribedVariant is the method in words.
func (p *CLV) subscribedVariant() string {
	words := "subscription: mrr per customer by monthly churn of the window"
	if p.Horizon != nil {
		words += fmt.Sprintf(", within %s", *p.Horizon)
	}
	if p.Discount > 0 {
		words += fmt.Sprintf(", discounted by %s a year", number(p.Discount))
	}
	if p.Margin != 1 {
		words += ", margin " + number(p.Margin)
	}
	return words
}

// CheckWindow refuses windows without a beginning.
func (k *clvSubscribed) CheckWindow(w calendar.Window) error {
	return k.recurring.checkWindow("clv", w)
}

// Needs asks what customers pay at both ends.
func (k *clvSubscribed) Needs(s kpi.Span) []facts.Need { return k.recurring.needs(s) }

// Compute carries what customers pay on for as long as they stay.
func (k *clvSubscribed) Compute(s kpi.Span, f facts.Facts) []Value {
	return k.recurring.values(s, f, func(m *payments) []Value {
		l := stats.Lifetime{
			Left:     stats.Proportion{Hits: m.left, N: m.start.n},
			Months:   s.Length().Seconds() / month.Seconds(),
			Payment:  k.margin * m.end.sum / m.end.n, // no number without customers
			Discount: k.discount,
			Horizon:  k.horizon,
		}
		months, ok := l.Lifespan()
		return []Value{
			{Stat: subscribedValue, Labels: []kpi.Label{{Name: "method", Value: clvSubscription}}, Evidence: l},
			{Stat: subscribedCustomers, Evidence: exactly(m.end.n)},
			{Stat: subscribedLifespan, Evidence: stats.Exact{V: months * month.Seconds(), N: m.start.n, Defined: ok}},
		}
	})
}

var (
	_ KPI           = (*clvSubscribed)(nil)
	_ WindowChecker = (*clvSubscribed)(nil)
)
