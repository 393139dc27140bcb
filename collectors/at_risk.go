package collectors

import (
	"fmt"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
	"github.com/cx-exporter/cx-exporter/internal/stats"
)

// AtRisk is how many of the customers active at the end of the window are about
// to be lost, by what the rows can prove:
//
//	at risk / active
//
// On subscriptions, whose running ones have all an end within the time given
// (reason ending); subscriptions that begin later are not known yet. On orders,
// who are silent: without an order for silent_after, but with one within
// inactive_after (reason silent).
//
// With amounts, the value at risk is what the subscriptions that are about to
// end pay a month, for each currency by itself.
//
// Source: none is needed. Interval: Wilson for the share, as the noise of a
// process; none for the numbers, which are counted.
type AtRisk struct {
	Within        *Duration `yaml:"within" doc:"on subscriptions: within which time all of a customer's must end, such as 60d; default 30d"`
	SilentAfter   *Duration `yaml:"silent_after" doc:"on orders: how long without an order makes a customer silent, such as 60d; default 30d"`
	InactiveAfter *Duration `yaml:"inactive_after" doc:"on orders: how long without an order makes a customer inactive, who is at risk no more; default 90d"`
}

func newAtRisk() Parameters { return &AtRisk{} }

type atRisk struct {
	described
	orders             bool
	within             Duration // ahead on subscriptions, back on orders
	inactive           Duration // on orders
	weighted, currency bool
	trial              facts.Role
}

// The values of the KPI, as indexes of its stats.
const (
	riskRatio = iota
	riskCustomers
	riskValue // only on subscriptions with an amount
)

// The values of the label reason.
const (
	reasonEnding = "ending"
	reasonSilent = "silent"
)

// KPI builds the KPI.
func (p *AtRisk) KPI(b Binding) (KPI, error) {
	k := &atRisk{orders: b.Entity == EntityOrders}
	variant, fidelity := "", kpi.Restated // ends that were announced later are known now
	if err := p.check(k); err != nil {
		return nil, err
	}
	if k.orders {
		variant = fmt.Sprintf("silent for %s, of those who ordered within %s", k.within, k.inactive)
		fidelity = kpi.Exact
	} else {
		k.weighted, k.currency, k.trial = b.Has(roleMRR), b.Has(roleCurrency), trialOf(b)
		variant = fmt.Sprintf("all subscriptions end within %s", k.within)
	}
	k.desc = Desc{
		Name: "at_risk", Title: "Customers at risk", Variant: variant, BusinessGoal: goalRetention, Fidelity: fidelity,
		Stats: []Stat{
			riskRatio: {
				Name: "ratio", Metric: "cx_customers_at_risk_ratio",
				Help: "Share of the customers active at the end of the window who are at risk, from 0 to 1.",
				Unit: kpi.Ratio, Direction: kpi.LowerIsBetter,
			},
			riskCustomers: {
				Name: "customers", Metric: "cx_customers_at_risk",
				Help: "Customers at risk at the end of the window; reason is ending (all their subscriptions have an end) or silent (no order for a while).",
				Unit: kpi.Count, Direction: kpi.LowerIsBetter,
			},
		},
	}
	if k.weighted {
		k.desc.Stats = append(k.desc.Stats, Stat{
			Name: "value", Metric: "cx_value_at_risk",
			Help: "Monthly recurring revenue of the subscriptions of customers at risk, in units of the currency.",
			Unit: kpi.Currency, Direction: kpi.LowerIsBetter,
		})
	}
	return k, nil
}

// check fills in the times, and says what is wrong with them.
func (p *AtRisk) check(k *atRisk) error {
	const usual = Duration(30 * 24 * time.Hour)
	of := func(d *Duration, standard Duration) Duration {
		if d == nil {
			return standard
		}
		return *d
	}
	if !k.orders {
		k.within = of(p.Within, usual)
		switch {
		case p.SilentAfter != nil:
			return wrong("silent_after", "is for orders: on subscriptions within says which ends are near, so remove it")
		case p.InactiveAfter != nil:
			return wrong("inactive_after", "is for orders: a subscription ends with its ended_at, so remove it")
		case k.within <= 0 || k.within > maxMaturity:
			return wrong("within", "%s must be above 0 and at most %s: say how far ahead an end puts a customer at risk, such as 30d", k.within, maxMaturity)
		}
		return nil
	}
	k.within, k.inactive = of(p.SilentAfter, usual), of(p.InactiveAfter, 3*usual)
	switch {
	case p.Within != nil:
		return wrong("within", "is for subscriptions: on orders silent_after says who is at risk, so remove it")
	case k.within <= 0 || k.within >= k.inactive:
		return wrong("silent_after", "%s must be above 0 and less than inactive_after, which is %s: say after how long a silent customer is at risk, such as 30d", k.within, k.inactive)
	}
	return nil
}

// The points of a customer, of which the first is also where the segment is
// read.
const (
	riskActive = iota
	riskSafe
)

// subjects asks who is active, and who is so beyond doubt.
func (k *atRisk) subjects(s kpi.Span) *facts.Subjects {
	if k.orders {
		return &facts.Subjects{
			Subject: roleCustomerID, Start: roleOrderedAt, Weight: roleAmount,
			Points: []facts.Point{
				riskActive: {Lo: s.Hi.Add(-time.Duration(k.inactive)), Hi: s.Hi},
				riskSafe:   {Lo: s.Hi.Add(-time.Duration(k.within)), Hi: s.Hi},
			},
			Attribution: []int{riskActive},
		}
	}
	q := &facts.Subjects{
		Subject: roleCustomerID, Start: roleStartedAt, End: roleEndedAt, Trial: k.trial,
		Points: []facts.Point{
			riskActive: {At: s.Hi},
			riskSafe:   {At: s.Hi, Until: s.Hi.Add(time.Duration(k.within))},
		},
		Attribution: []int{riskActive},
	}
	if k.weighted {
		q.Weight = roleMRR
	}
	return q
}

// value asks what customers pay.
func (k *atRisk) value(s kpi.Span) *facts.Subjects {
	q := k.subjects(s)
	q.Amount, q.Amounts = roleMRR, []int{riskActive}
	if k.currency {
		q.Unit = roleCurrency
	}
	return q
}

// Needs asks for the customers and for what they pay.
func (k *atRisk) Needs(s kpi.Span) []facts.Need {
	needs := subjects(k.subjects(s))
	if k.weighted {
		needs = append(needs, facts.Need{Subjects: k.value(s)})
	}
	return needs
}

// Compute counts the customers, and adds up what they pay.
func (k *atRisk) Compute(s kpi.Span, f facts.Facts) []Value {
	var share stats.Proportion
	f.Patterns(k.subjects(s), func(p facts.Pattern) {
		if p.Rows(riskActive) == 0 {
			return
		}
		share.N += p.Subjects()
		if p.Rows(riskSafe) == 0 {
			share.Hits += p.Subjects()
		}
	})
	reason := reasonEnding
	if k.orders {
		reason = reasonSilent
	}
	values := []Value{
		{Stat: riskRatio, Evidence: share},
		{Stat: riskCustomers, Labels: []kpi.Label{{Name: "reason", Value: reason}}, Evidence: exactly(share.Hits)},
	}
	if !k.weighted {
		return values
	}
	by := map[string]flow{}
	if !k.currency {
		by[""] = flow{}
	}
	f.Patterns(k.value(s), func(p facts.Pattern) {
		if p.Rows(riskActive) == 0 {
			return
		}
		name := ""
		if k.currency {
			name = currencyName(p.Unit())
		}
		x := by[name]
		if p.Rows(riskSafe) == 0 {
			sum, squares := p.Amount(0)
			x.add(p.Subjects(), sum, squares)
		}
		by[name] = x
	})
	for _, name := range sortedKeys(by) {
		v := Value{Stat: riskValue, Evidence: stats.Exact{V: by[name].sum, N: by[name].n, Defined: true}}
		if k.currency {
			v.Labels = []kpi.Label{{Name: "currency", Value: name}}
		}
		values = append(values, v)
	}
	return values
}

var _ KPI = (*atRisk)(nil)
