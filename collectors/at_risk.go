package collectors

import (
	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
	"github.com/cx-exporter/cx-exporter/internal/stats"
)

// AtRisk is how many customers are about to be lost, by what the rows can prove:
//
//	at risk / active
//
// On subscriptions, of those active at the end of the window: whose running ones
// have all an end within the time given (reason ending); subscriptions that
// begin later are not known yet. On orders, who are silent: without an order for
// silent_after, but with one within inactive_after (reason silent). On
// responses, of those who answered within the time given: whose last answer is
// low (reason detractor), so that a later good one takes it back. On tickets, of
// those who opened one within it: who opened many (reason tickets), whom a
// promise was broken in one of them (reason breached), or who have one that is
// open for long (reason open).
//
// A customer with several reasons is one, and counts for each of them.
//
// With amounts, the value at risk is what these customers are worth a month, for
// each currency by itself: the subscriptions that are about to end, what was
// ordered within inactive_after by the month, or on responses and tickets what a
// query says in every row of a customer, of which the greatest counts once.
//
// Source: none is needed. Interval: Wilson for the share, as the noise of a
// process; none for the numbers, which are counted.
type AtRisk struct {
	Within        *Duration `yaml:"within" doc:"on subscriptions: within which time all of a customer's must end, such as 60d; default 30d. On responses and tickets: how far back an answer or a ticket counts; default 90d and 30d"`
	SilentAfter   *Duration `yaml:"silent_after" doc:"on orders: how long without an order makes a customer silent, such as 60d; default 30d"`
	InactiveAfter *Duration `yaml:"inactive_after" doc:"on orders: how long without an order makes a customer inactive, who is at risk no more; default 90d"`
	Scale         *Scale    `yaml:"scale" doc:"on responses: the scale of the question; default 0 to 10"`
	Low           *float64  `yaml:"low" doc:"on responses: the greatest score that puts a customer at risk, such as 2 on a scale from 1 to 5; default 6"`
	Tickets       *int      `yaml:"tickets" doc:"on tickets: how many within that time put a customer at risk; 0 for none however many; default 3"`
	OpenFor       *Duration `yaml:"open_for" doc:"on tickets: how long a ticket is open that puts its customer at risk, such as 7d; default none"`
}

func newAtRisk() Parameters { return &AtRisk{} }

type atRisk struct {
	described
	// ask asks for the customers: at the point 0, who are active.
	ask   func(s kpi.Span) *facts.Subjects
	signs []riskSign
	money riskMoney
}

// riskSign is why a customer is at risk.
type riskSign struct {
	reason string
	shown  func(p facts.Pattern) bool
}

// riskMoney is what customers are worth.
type riskMoney struct {
	amount   facts.Role // empty where nothing tells
	repeated bool
	currency bool
	monthly  float64 // what an amount is a month
}

// The values of the KPI, as indexes of its stats.
const (
	riskRatio = iota
	riskCustomers
	riskValue // only with an amount
)

// KPI builds the KPI.
func (p *AtRisk) KPI(b Binding) (KPI, error) {
	if err := p.misplaced(b.Entity); err != nil {
		return nil, err
	}
	k := &atRisk{money: riskMoney{amount: roleMRR, currency: b.Has(roleCurrency), monthly: 1}}
	if !b.Has(roleMRR) {
		k.money.amount = ""
	}
	build := map[string]func(*atRisk, Binding) (string, kpi.Fidelity, error){
		EntitySubscriptions: p.ending, EntityOrders: p.silent, EntityResponses: p.detracting, EntityTickets: p.complaining,
	}
	variant, fidelity, err := build[b.Entity](k, b)
	if err != nil {
		return nil, err
	}
	k.desc = Desc{
		Name: "at_risk", Title: "Customers at risk", Variant: variant, BusinessGoal: goalRetention, Fidelity: fidelity,
		Stats: []Stat{
			riskRatio: {
				Name: "ratio", Metric: "cx_customers_at_risk_ratio",
				Help: "Share of the customers active at the end of the window who are at risk, from 0 to 1; active by a subscription, or by an order, an answer or a ticket within a time.",
				Unit: kpi.Ratio, Ends: kpi.Between(0, 1), Direction: kpi.LowerIsBetter,
			},
			riskCustomers: {
				Name: "customers", Metric: "cx_customers_at_risk",
				Help: "Customers at risk at the end of the window; reason is ending (all their subscriptions have an end), silent (no order for a while), detractor (a low last answer), tickets (many of them), breached (a broken promise) or open (a ticket for long).",
				Unit: kpi.Count, Ends: kpi.From(0), Direction: kpi.LowerIsBetter, Labels: []Label{k.reasons()}, Whole: true,
			},
		},
	}
	if k.money.amount != "" {
		k.desc.Stats = append(k.desc.Stats, Stat{
			Name: "value", Metric: "cx_value_at_risk",
			Help: "What customers at risk are worth a month, in units of the currency: their recurring revenue, or what they ordered lately.",
			Unit: kpi.Currency, Direction: kpi.LowerIsBetter, Labels: currencies(k.money.currency), Whole: true,
		})
	}
	return k, nil
}

// reasons are the values of the label reason.
func (k *atRisk) reasons() Label {
	l := fixed("reason")
	for _, s := range k.signs {
		l.Values = append(l.Values, s.reason)
	}
	return l
}

// value asks what customers are worth.
func (k *atRisk) value(s kpi.Span) *facts.Subjects {
	q := k.ask(s)
	q.Amount, q.Repeated, q.Amounts = k.money.amount, k.money.repeated, []int{0}
	if k.money.currency {
		q.Unit = roleCurrency
	}
	return q
}

// Needs asks for the customers and for what they are worth.
func (k *atRisk) Needs(s kpi.Span) []facts.Need {
	needs := subjects(k.ask(s))
	if k.money.amount != "" {
		needs = append(needs, facts.Need{Subjects: k.value(s)})
	}
	return needs
}

// shown are the signs of a customer.
func (k *atRisk) shown(p facts.Pattern) (signs []bool, any bool) {
	signs = make([]bool, len(k.signs))
	for i, sign := range k.signs {
		signs[i] = sign.shown(p)
		any = any || signs[i]
	}
	return signs, any
}

// Compute counts the customers, and adds up what they are worth.
func (k *atRisk) Compute(s kpi.Span, f facts.Facts) []Value {
	var share stats.Proportion
	by := make([]float64, len(k.signs))
	f.Patterns(k.ask(s), func(p facts.Pattern) {
		if p.Rows(0) == 0 {
			return
		}
		share.N += p.Subjects()
		signs, any := k.shown(p)
		if any {
			share.Hits += p.Subjects()
		}
		for i, shown := range signs {
			if shown {
				by[i] += p.Subjects()
			}
		}
	})
	values := []Value{{Stat: riskRatio, Evidence: share}}
	for i, sign := range k.signs {
		values = append(values, Value{Stat: riskCustomers, Labels: []kpi.Label{{Name: "reason", Value: sign.reason}}, Evidence: exactly(by[i])})
	}
	if k.money.amount == "" {
		return values
	}
	return append(values, k.worth(s, f)...)
}

// worth adds up what customers at risk are worth, by currency.
func (k *atRisk) worth(s kpi.Span, f facts.Facts) []Value {
	by := map[string]flow{}
	if !k.money.currency {
		by[""] = flow{}
	}
	f.Patterns(k.value(s), func(p facts.Pattern) {
		if p.Rows(0) == 0 {
			return
		}
		name := ""
		if k.money.currency {
			name = currencyName(p.Unit())
		}
		x := by[name]
		if _, any := k.shown(p); any {
			sum, squares := p.Amount(0)
			x.add(p.Subjects(), sum*k.money.monthly, squares)
		}
		by[name] = x
	})
	var values []Value
	for _, name := range sortedKeys(by) {
		v := Value{Stat: riskValue, Evidence: stats.Exact{V: by[name].sum, N: by[name].n, Defined: true}}
		if k.money.currency {
			v.Labels = []kpi.Label{{Name: "currency", Value: name}}
		}
		values = append(values, v)
	}
	return values
}

var _ KPI = (*atRisk)(nil)
