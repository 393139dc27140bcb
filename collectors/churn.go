package collectors

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/calendar"
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
// With a grace, a contract counts for so long after its end. So a renewal that
// is late by no more than that is no churn, and who does not come back is lost
// when the grace is over, as soon as that is certain.
//
// With words for involuntary ends, a lost customer was lost involuntarily if one
// of the contracts at the beginning ended for such a reason:
//
//	involuntary  |lost involuntarily| / |S|
//	voluntary    |lost otherwise| / |S|
//
// which add up to all churn. With events, it is also told who left at any time
// in the window, customers who came in it as well among them:
//
//	event churn  |had a contract end in the window and have none at its end| / |S|
//
// which may exceed 1. Who leaves and comes back within the window has not left
// there either: an upgrade ends a contract too. A contract that ended as it began
// was in force at no instant, so nobody left it.
//
// Source: strict cohort churn, as in P. Farris et al., Marketing Metrics, on
// retention. Interval: Wilson, as the noise of a process, since all customers
// are counted; exact Poisson for event churn.
type Churn struct {
	InactiveAfter *Duration `yaml:"inactive_after" doc:"on orders: how long without an order makes a customer inactive, such as 90d; default the length of the window"`
	Grace         Duration  `yaml:"grace" doc:"on subscriptions: how long after its end one may be renewed without the customer being lost in between, such as 30d; default 0"`
	Involuntary   []string  `yaml:"involuntary" doc:"on subscriptions: the values of end_reason for ends that the customer did not want, such as payment_failed, in capitals or not; they give the values of involuntary and of voluntary churn; default none"`
	Events        bool      `yaml:"events" doc:"on subscriptions: also counts who came in the window and left in it, as a share of the customers at its beginning; default false"`
}

func newChurn() Parameters { return &Churn{} }

type churn struct {
	described
	base base
	// involuntary are the reasons for ends that customers did not want, in
	// capitals; none where they are not told apart.
	involuntary []string
	// events is the index of the first value of event churn; 0 for none.
	events int
}

// The values of the KPI, as indexes of its stats.
const (
	churnRatio = iota
	churnStart
	churnLost
	churnInvoluntary // only where reasons are configured, and so is the next
	churnLostInvoluntarily
	churnVoluntary
	churnLostVoluntarily
)

// KPI builds the KPI.
func (p *Churn) KPI(b Binding) (KPI, error) {
	base, err := newBase(b, p.InactiveAfter, p.Grace)
	if err != nil {
		return nil, err
	}
	reasons, err := p.reasons(base)
	if err != nil {
		return nil, err
	}
	if p.Events && base.activity {
		return nil, wrong("events", "is for subscriptions: who only stops to order does so at no certain time, so remove it")
	}
	k := &churn{
		base: base, involuntary: reasons,
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
					Unit: kpi.Ratio, Ends: kpi.Between(0, 1), Direction: kpi.LowerIsBetter, Labels: []Label{fixed("basis", base.name())},
				},
				churnStart: {
					Name: "at_start", Metric: "cx_customers_at_start",
					Help: "Customers active at the beginning of the window.",
					Unit: kpi.Count, Ends: kpi.From(0), Direction: kpi.Neutral, Component: true,
				},
				churnLost: {
					Name: "lost", Metric: "cx_customers_lost",
					Help: "Customers active at the beginning of the window and not at its end.",
					Unit: kpi.Count, Ends: kpi.From(0), Direction: kpi.LowerIsBetter, Component: true,
				},
			},
		}},
	}
	if len(reasons) > 0 {
		k.desc.Stats = append(k.desc.Stats,
			Stat{
				Name: "involuntary", Metric: "cx_involuntary_churn_ratio",
				Help: "Share of the customers active at the beginning of the window who are lost by its end for a reason that they did not want, from 0 to 1.",
				Unit: kpi.Ratio, Ends: kpi.Between(0, 1), Direction: kpi.LowerIsBetter,
			},
			Stat{
				Name: "lost_involuntarily", Metric: "cx_customers_lost_involuntarily",
				Help: "Customers lost in the window for a reason that they did not want.",
				Unit: kpi.Count, Ends: kpi.From(0), Direction: kpi.LowerIsBetter, Component: true,
			},
			Stat{
				Name: "voluntary", Metric: "cx_voluntary_churn_ratio",
				Help: "Share of the customers active at the beginning of the window who are lost by its end for no such reason, from 0 to 1.",
				Unit: kpi.Ratio, Ends: kpi.Between(0, 1), Direction: kpi.LowerIsBetter,
			},
			Stat{
				Name: "lost_voluntarily", Metric: "cx_customers_lost_voluntarily",
				Help: "Customers lost in the window for no reason that they did not want.",
				Unit: kpi.Count, Ends: kpi.From(0), Direction: kpi.LowerIsBetter, Component: true,
			})
	}
	if p.Events {
		k.events = len(k.desc.Stats)
		k.desc.Stats = append(k.desc.Stats,
			Stat{
				Name: "event", Metric: "cx_event_churn_ratio",
				Help: "Customers who left in the window, those who came in it among them, by the customers active at its beginning; may exceed 1.",
				Unit: kpi.Ratio, Ends: kpi.From(0), Direction: kpi.LowerIsBetter,
			},
			Stat{
				Name: "left", Metric: "cx_customers_left",
				Help: "Customers with a subscription that ended in the window who have none at its end.",
				Unit: kpi.Count, Ends: kpi.From(0), Direction: kpi.LowerIsBetter, Component: true,
			})
	}
	return k, nil
}

var plainReason = regexp.MustCompile(`^[A-Za-z0-9 _.:/-]+$`)

// reasons checks the parameter involuntary.
func (p *Churn) reasons(b base) ([]string, error) {
	if len(p.Involuntary) > 0 && b.activity {
		return nil, wrong("involuntary", "is for subscriptions: who only stops to order gives no reason, so remove it")
	}
	var words []string
	for _, reason := range p.Involuntary {
		word := strings.ToUpper(strings.TrimSpace(reason))
		if !plainReason.MatchString(word) {
			return nil, wrong("involuntary", "%q is not made of letters from a to z, digits, blanks and _ - . : /, which is all that a statement can safely hold: let the query name the reason otherwise", reason)
		}
		words = append(words, word)
	}
	slices.Sort(words)
	return slices.Compact(words), nil
}

// subjects asks for the customers at both ends, whose contracts ended
// involuntarily, and whose ended at all. The last two are points behind those of
// the base: so and then, -1 for none.
func (k *churn) subjects(s kpi.Span) (q *facts.Subjects, so, then int) {
	q, so, then = k.base.subjects(s, false), -1, -1
	ended := facts.Point{At: s.Lo, Until: q.Points[atStart].Until, Ended: s.Hi.Add(-time.Duration(k.base.grace))}
	if len(k.involuntary) > 0 {
		so = len(q.Points)
		pt := ended
		pt.Of, pt.Words = roleEndReason, k.involuntary
		q.Points = append(q.Points, pt)
	}
	if k.events > 0 {
		then = len(q.Points)
		ended.At, ended.Until = s.Hi, s.Lo.Add(-time.Duration(k.base.grace))
		if k.base.grace == 0 {
			ended.Where = ranges(lasted(roleStartedAt, roleEndedAt))
		}
		q.Points = append(q.Points, ended)
		q.Attribution = append(q.Attribution, then)
	}
	return q, so, then
}

// CheckWindow refuses windows without a beginning.
func (k *churn) CheckWindow(w calendar.Window) error {
	return k.base.checkWindow("churn", w)
}

// Needs asks for the customers at both ends.
func (k *churn) Needs(s kpi.Span) []facts.Need {
	if !s.Bounded() {
		return nil
	}
	q, _, _ := k.subjects(s)
	return subjects(q)
}

// Compute divides those lost by those at the beginning.
func (k *churn) Compute(s kpi.Span, f facts.Facts) []Value {
	q, so, then := k.subjects(s)
	involuntarily, passed := 0.0, 0.0
	c := k.base.count(q, s, f, false, func(p facts.Pattern, start, end bool) {
		switch {
		case end:
		case start && so >= 0 && p.Rows(so) > 0:
			involuntarily += p.Subjects()
		case !start && then >= 0 && p.Rows(then) > 0:
			passed += p.Subjects()
		}
	})
	values := []Value{
		{Stat: churnRatio, Labels: k.base.label(), Evidence: stats.Proportion{Hits: c.lost, N: c.start}},
		{Stat: churnStart, Evidence: exactly(c.start)},
		{Stat: churnLost, Evidence: exactly(c.lost)},
	}
	if so >= 0 {
		values = append(values,
			Value{Stat: churnInvoluntary, Evidence: stats.Proportion{Hits: involuntarily, N: c.start}},
			Value{Stat: churnLostInvoluntarily, Evidence: exactly(involuntarily)},
			Value{Stat: churnVoluntary, Evidence: stats.Proportion{Hits: c.lost - involuntarily, N: c.start}},
			Value{Stat: churnLostVoluntarily, Evidence: exactly(c.lost - involuntarily)})
	}
	if then >= 0 {
		values = append(values,
			Value{Stat: k.events, Evidence: stats.Rate{Events: c.lost + passed, Per: c.start}},
			Value{Stat: k.events + 1, Evidence: exactly(c.lost + passed)})
	}
	return values
}

var (
	_ KPI           = (*churn)(nil)
	_ WindowChecker = (*churn)(nil)
)
