package collectors

import (
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
	"github.com/cx-exporter/cx-exporter/internal/stats"
)

// CLV is what a customer is worth, by one of four methods, for each currency by
// itself:
//
//	historic      margin · Σ amount / customers
//	simple        margin · average order value · orders a year · lifespan in years
//	bgnbd         margin · expected purchases within the horizon · expected amount
//	subscription  margin · monthly recurring revenue per customer / churn a month
//
// Subscription is for subscriptions, and told at clvSubscribed; the others are
// for orders.
//
// Historic is what customers brought so far. Simple carries on as so far for a
// lifespan that has to be stated, since it is the whole answer: orders a year
// are the orders per customer, by the years since the first order. The product
// is Σ amount / customers / years · lifespan. It is undefined until the first
// order is leastObserved days ago: a year is then at most four times what was
// seen, and before that a few days of opening sales would be taken for a year.
//
// The predictive method fits BG/NBD to when customers bought and Gamma-Gamma to
// what they spent on days after their first, and adds up over all customers what
// they are still expected to bring, each day with a purchase discounted by its
// distance. With a holdout, the model is also fitted as of that long ago: its
// error is how far the purchases that it then predicts are from those that came.
//
// A purchase is a day with an order whose amount is known and not negative: who
// has no other is no customer here, and a refund is no purchase. Days are 24 hours,
// counted back from the instant. Values are those of the instant, of all customers
// ever.
//
// Source: P. Fader, B. Hardie and K. Lee 2005, Marketing Science 24:275; P. Fader
// and B. Hardie 2013, The Gamma-Gamma Model of Monetary Value. Interval:
// log-delta over customers for historic and simple; for bgnbd the delta method
// from the curvature of the likelihoods.
type CLV struct {
	Method   string    `yaml:"method" enum:"historic,simple,bgnbd,subscription" doc:"on orders, historic is what customers brought so far, simple carries that on over the lifespan, bgnbd predicts what they will bring within the horizon; on subscriptions, subscription is what they pay divided by churn; default historic, or subscription on subscriptions"`
	Lifespan *Duration `yaml:"lifespan" doc:"of simple, required there: for how long a customer is taken to buy, such as 1095d"`
	Horizon  *Duration `yaml:"horizon" doc:"how far ahead to look: of bgnbd by default 365d; of subscription by default without end, which needs churn above 0"`
	Discount float64   `yaml:"discount" doc:"of bgnbd and subscription: by what share a year later money is worth less, such as 0.1; none by default"`
	Margin   float64   `yaml:"margin" doc:"which share of an amount is earned; default 1"`
	Holdout  *Duration `yaml:"holdout" doc:"of bgnbd: how much of the past to predict for the back-test, whole days, 0 for no back-test; default 182d"`
	Amounts  string    `yaml:"amounts" enum:"gross,net" doc:"on orders: gross takes amounts as they are, net takes refunded_amount off each; default gross"`
}

// The values of the parameter method.
const (
	clvHistoric     = "historic"
	clvSimple       = "simple"
	clvBGNBD        = "bgnbd"
	clvSubscription = "subscription"
)

const (
	clvHorizon = Duration(365 * day)
	clvHoldout = Duration(182 * day)
	// farthestHorizon is beyond what a model of some years of purchases knows.
	farthestHorizon = Duration(3653 * day)
	// fewestRepeaters is how many customers have to have come back before four
	// parameters are fitted to them.
	fewestRepeaters = 30
	// leastObserved is for how many days a shop has to be seen before its orders
	// are carried on.
	leastObserved = 90
	// daysAYear is the mean year of the calendar.
	daysAYear = 365.25
)

func newCLV() Parameters {
	return &CLV{Margin: 1, Amounts: amountsGross}
}

type clv struct {
	described
	money    money
	method   string
	lifespan float64 // in days
	horizon  float64 // in days
	discount float64 // by the day, continuous
	margin   float64
	holdout  time.Duration
}

// The values of the KPI, as indexes of its stats.
const (
	clvValue = iota
	clvCustomers
	clvRepeaters
	clvLifespan // of simple
	clvAlive    // these and the rest of bgnbd
	clvAtRisk
	clvBacktest
)

// KPI builds the KPI.
func (p *CLV) KPI(b Binding) (KPI, error) {
	given := *p
	if p = &given; p.Method == "" {
		p.Method = clvHistoric
		if b.Entity == EntitySubscriptions {
			p.Method = clvSubscription
		}
	}
	if b.Entity == EntitySubscriptions {
		return p.subscribed(b)
	}
	m, fidelity, err := orderMoney(b, p.Amounts)
	if err := errors.Join(err, p.check(b)); err != nil {
		return nil, err
	}
	k := &clv{
		money: m, method: p.Method, margin: p.Margin,
		horizon:  orDefault(p.Horizon, clvHorizon).Seconds() / day.Seconds(),
		holdout:  time.Duration(orDefault(p.Holdout, clvHoldout)),
		lifespan: orDefault(p.Lifespan, 0).Seconds() / day.Seconds(),
		discount: math.Log1p(p.Discount) / daysAYear,
	}
	k.desc = Desc{
		Name:         "clv",
		Title:        "Customer lifetime value",
		Variant:      p.variant(m),
		BusinessGoal: goalRevenue,
		Fidelity:     fidelity,
		Unwindowed:   true,
		Stats:        clvStats(p.Method, m.labels()),
	}
	return k, nil
}

func orDefault(d *Duration, otherwise Duration) Duration {
	if d == nil {
		return otherwise
	}
	return *d
}

// check says what is wrong with the parameters.
func (p *CLV) check(b Binding) error {
	var errs []error
	say := func(parameter, problem string, args ...any) { errs = append(errs, wrong(parameter, problem, args...)) }
	switch p.Method {
	case clvHistoric, clvSimple, clvBGNBD:
		if b.Entity == EntitySubscriptions {
			say("method", "%s is for orders: remove it, which on subscriptions leaves the method subscription", p.Method)
		}
	case clvSubscription:
		if b.Entity != EntitySubscriptions {
			say("method", "subscription is for subscriptions: on orders it is one of historic, simple and bgnbd")
		}
	default:
		say("method", "%q is none of historic, simple, bgnbd and subscription", p.Method)
	}
	switch {
	case p.Method == clvSimple && p.Lifespan == nil:
		say("lifespan", "is needed for the method simple: say for how long a customer is taken to buy, such as 1095d; it decides the value")
	case p.Method != clvSimple && p.Lifespan != nil:
		say("lifespan", "is for the method simple: remove it, or set the method")
	case p.Lifespan != nil && *p.Lifespan <= 0:
		say("lifespan", "%s must be above 0", *p.Lifespan)
	}
	if p.Method != clvBGNBD && p.Holdout != nil {
		say("holdout", "is for the method bgnbd: remove it, or set the method")
	}
	if p.Method != clvBGNBD && p.Method != clvSubscription {
		for parameter, given := range map[string]bool{"horizon": p.Horizon != nil, "discount": p.Discount != 0} {
			if given {
				say(parameter, "is for the methods bgnbd and subscription: remove it, or set the method")
			}
		}
	}
	if h := orDefault(p.Horizon, clvHorizon); h <= 0 || h > farthestHorizon {
		say("horizon", "%s must be above 0 and at most %s", h, farthestHorizon)
	}
	if h := orDefault(p.Holdout, clvHoldout); h < 0 || h > farthestHorizon || h%Duration(day) != 0 {
		say("holdout", "%s must be whole days, at most %s; 0 is no back-test", h, farthestHorizon)
	}
	if !(p.Discount >= 0 && p.Discount <= 10) {
		say("discount", "%s must be a share a year, such as 0.1 for ten percent", number(p.Discount))
	}
	if !(p.Margin > 0 && p.Margin <= 1) {
		say("margin", "%s must be a share above 0 and at most 1", number(p.Margin))
	}
	return errors.Join(errs...)
}

// variant is the method in words.
func (p *CLV) variant(m money) string {
	words := "historic: sum of " + m.words() + " per customer so far"
	switch p.Method {
	case clvSimple:
		words = fmt.Sprintf("simple: order value, frequency and a lifespan of %s, by %s", *p.Lifespan, m.words())
	case clvBGNBD:
		words = fmt.Sprintf("bgnbd: %s expected within %s", m.words(), orDefault(p.Horizon, clvHorizon))
		if p.Discount > 0 {
			words += fmt.Sprintf(", discounted by %s a year", number(p.Discount))
		}
		if h := orDefault(p.Holdout, clvHoldout); h > 0 {
			words += fmt.Sprintf(", back-tested on %s", h)
		}
	}
	if p.Margin != 1 {
		words += ", margin " + number(p.Margin)
	}
	return words
}

// clvStats are the values by a method. All have further labels.
func clvStats(method string, labels []Label) []Stat {
	return labelled([]Stat{
		clvValue: {
			Name: "value", Metric: "cx_customer_lifetime_value",
			Help: "Value of a customer in units of the currency, by the method in the label: so far, carried on for a lifespan, expected within a horizon, or by what subscriptions pay and churn.",
			Unit: kpi.Currency, Direction: kpi.HigherIsBetter, Labels: []Label{fixed("method", method)},
		},
		clvCustomers: {
			Name: "customers", Metric: "cx_clv_customers",
			Help: "Customers whom the lifetime value is about: with a purchase so far, or with a subscription at the end of the window.",
			Unit: kpi.Count, Ends: kpi.From(0), Direction: kpi.HigherIsBetter, Component: true,
		},
		clvRepeaters: {
			Name: "repeaters", Metric: "cx_clv_repeat_customers",
			Help: "Customers with purchases on at least two days so far.",
			Unit: kpi.Count, Ends: kpi.From(0), Direction: kpi.HigherIsBetter, Component: true,
		},
		clvLifespan: {
			Name: "lifespan", Metric: "cx_customer_lifespan_seconds",
			Help: "Lifespan of a customer in seconds: the one that the simple lifetime value was told to take, or the one that churn gives subscriptions within the horizon.",
			Unit: kpi.Seconds, Ends: kpi.From(0), Direction: kpi.Neutral, Component: true,
		},
		clvAlive: {
			Name: "alive", Metric: "cx_clv_customers_alive",
			Help: "Expected number of customers who have not left for good, by the BG/NBD model; who bought once only counts as one.",
			Unit: kpi.Count, Ends: kpi.From(0), Direction: kpi.HigherIsBetter, Component: true,
		},
		clvAtRisk: {
			Name: "at_risk", Metric: "cx_clv_customers_at_risk",
			Help: "Customers with repeat purchases who have rather left for good than not: whose probability of being alive is below one half, by the BG/NBD model.",
			Unit: kpi.Count, Ends: kpi.From(0), Direction: kpi.LowerIsBetter, Component: true,
		},
		clvBacktest: {
			Name: "backtest_error", Metric: "cx_clv_backtest_error_ratio",
			Help: "Purchases that the model as of the holdout ago predicts for the time since / those that came - 1: below 0 it predicts too few.",
			Unit: kpi.Ratio, Ends: kpi.From(-1), Direction: kpi.Neutral,
		},
	}, labels...)
}

// histories asks for what customers bought before an instant.
func (k *clv) histories(at, until time.Time) *facts.Histories {
	h := &facts.Histories{
		Subject: roleCustomerID, Time: k.money.time, Amount: k.money.of(),
		At: at, Until: until, Patterns: k.method == clvBGNBD,
	}
	if k.money.currency {
		h.Unit = roleCurrency
	}
	return h
}

// earlier asks for what the back-test is made of; nil where there is none.
func (k *clv) earlier(s kpi.Span) *facts.Histories {
	if k.method != clvBGNBD || k.holdout == 0 {
		return nil
	}
	return k.histories(s.At.Add(-k.holdout), s.At)
}

// Needs asks for the histories up to the instant, and for those up to the
// holdout with what came after.
func (k *clv) Needs(s kpi.Span) []facts.Need {
	needs := []facts.Need{{Histories: k.histories(s.At, time.Time{})}}
	if h := k.earlier(s); h != nil {
		needs = append(needs, facts.Need{Histories: h})
	}
	return needs
}

// fold puts histories together by currency.
func (k *clv) fold(f facts.Facts, h *facts.Histories) map[string][]facts.History {
	by := map[string][]facts.History{}
	if !k.money.currency {
		by[""] = nil
	}
	f.Histories(h, func(x facts.History) {
		name := ""
		if k.money.currency {
			name = currencyName(x.Unit, x.NoUnit)
		}
		if x.Subjects > 0 {
			by[name] = append(by[name], x)
		}
	})
	return by
}

// Compute values the customers of each currency.
func (k *clv) Compute(s kpi.Span, f facts.Facts) []Value {
	by := k.fold(f, k.histories(s.At, time.Time{}))
	var off map[string]stats.Exact
	if h := k.earlier(s); h != nil {
		off = k.backtest(f, h)
	}
	var values []Value
	for _, name := range sortedKeys(by) {
		t := totalOf(by[name])
		own := []Value{
			{Stat: clvCustomers, Evidence: exactly(t.Subjects)},
			{Stat: clvRepeaters, Evidence: exactly(t.Repeaters)},
		}
		var value stats.Evidence
		switch k.method {
		case clvSimple:
			value = k.mean(t, k.margin*k.lifespan/t.Oldest)
			if t.Oldest < leastObserved {
				value = stats.PositiveMean{}
			}
			own = append(own, Value{Stat: clvLifespan, Evidence: stats.Exact{V: k.lifespan * day.Seconds(), N: t.Subjects, Defined: t.Subjects > 0}})
		case clvBGNBD:
			fitted := k.fit(by[name])
			value = fitted.value
			own = append(own, Value{Stat: clvAlive, Evidence: fitted.alive}, Value{Stat: clvAtRisk, Evidence: fitted.atRisk})
			if off != nil {
				own = append(own, Value{Stat: clvBacktest, Evidence: off[name]})
			}
		default:
			value = k.mean(t, k.margin)
		}
		for i := range own {
			own[i].Labels = k.money.label(name)
		}
		method := kpi.Label{Name: "method", Value: k.method}
		values = append(values, Value{Stat: clvValue, Labels: append([]kpi.Label{method}, k.money.label(name)...), Evidence: value})
		values = append(values, own...)
	}
	return values
}

// mean is what a customer brought, times a factor.
func (k *clv) mean(t facts.History, factor float64) stats.Evidence {
	return stats.PositiveMean{N: t.Subjects, Sum: factor * t.Total, Squares: factor * factor * t.TotalSquares}
}

// totalOf puts histories together.
func totalOf(all []facts.History) (t facts.History) {
	for _, x := range all {
		t.Subjects += x.Subjects
		t.Repeaters += x.Repeaters
		t.Total += x.Total
		t.TotalSquares += x.TotalSquares
		t.Later += x.Later
		t.Oldest = max(t.Oldest, x.Oldest)
	}
	return t
}

// Rejected counts the orders without an amount.
func (k *clv) Rejected(s kpi.Span, f facts.Facts) map[string]float64 {
	missing := 0.0
	f.Histories(k.histories(s.At, time.Time{}), func(x facts.History) { missing += x.Missing })
	if missing == 0 {
		return nil
	}
	return map[string]float64{facts.RejectedNullAmount: missing}
}

var (
	_ KPI      = (*clv)(nil)
	_ Rejecter = (*clv)(nil)
)
