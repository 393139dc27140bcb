package collectors

import (
	"regexp"
	"slices"
	"strings"
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
// With a grace, a contract counts for so long after its end. So a renewal that
// is late by no more than that is no churn, and who does not come back is lost
// when the grace is over, as soon as that is certain.
//
// With words for involuntary ends, a lost customer was lost involuntarily if one
// of the contracts at the beginning ended for such a reason:
//
//	involuntary  |lost involuntarily| / |S|
//
// Source: strict cohort churn, as in P. Farris et al., Marketing Metrics, on
// retention. Interval: Wilson, as the noise of a process, since all customers
// are counted.
type Churn struct {
	InactiveAfter *Duration `yaml:"inactive_after" doc:"on orders: how long without an order makes a customer inactive, such as 90d; default the length of the window"`
	Grace         Duration  `yaml:"grace" doc:"on subscriptions: how long after its end one may be renewed without the customer being lost in between, such as 30d; default 0"`
	Involuntary   []string  `yaml:"involuntary" doc:"on subscriptions: the values of end_reason for ends that the customer did not want, such as payment_failed, in capitals or not; they give the values of involuntary churn; default none"`
}

func newChurn() Parameters { return &Churn{} }

type churn struct {
	described
	base base
	// involuntary are the reasons for ends that customers did not want, in
	// capitals; none where they are not told apart.
	involuntary []string
}

// The values of the KPI, as indexes of its stats.
const (
	churnRatio = iota
	churnStart
	churnLost
	churnInvoluntary // only where reasons are configured, and so is the next
	churnLostInvoluntarily
)

// endedSo is the point, behind those of the base, of contracts that ended for an
// involuntary reason.
const endedSo = 2

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
	}
	if len(reasons) > 0 {
		k.desc.Stats = append(k.desc.Stats,
			Stat{
				Name: "involuntary", Metric: "cx_involuntary_churn_ratio",
				Help: "Share of the customers active at the beginning of the window who are lost by its end for a reason that they did not want, from 0 to 1.",
				Unit: kpi.Ratio, Direction: kpi.LowerIsBetter,
			},
			Stat{
				Name: "lost_involuntarily", Metric: "cx_customers_lost_involuntarily",
				Help: "Customers lost in the window for a reason that they did not want.",
				Unit: kpi.Count, Direction: kpi.LowerIsBetter, Component: true,
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

// subjects asks for the customers at both ends, and whose contracts ended
// involuntarily.
func (k *churn) subjects(s kpi.Span) *facts.Subjects {
	q := k.base.subjects(s, false)
	if len(k.involuntary) > 0 {
		q.Points = append(q.Points, facts.Point{
			At: s.Lo, Until: q.Points[atStart].Until, Ended: s.Hi.Add(-time.Duration(k.base.grace)),
			Of: roleEndReason, Words: k.involuntary,
		})
	}
	return q
}

// CheckWindow refuses windows without a beginning.
func (k *churn) CheckWindow(window string, bounded bool, _ time.Duration) error {
	return k.base.checkWindow("churn", window, bounded)
}

// Needs asks for the customers at both ends.
func (k *churn) Needs(s kpi.Span) []facts.Need {
	if !s.Bounded() {
		return nil
	}
	return subjects(k.subjects(s))
}

// Compute divides those lost by those at the beginning.
func (k *churn) Compute(s kpi.Span, f facts.Facts) []Value {
	involuntarily := 0.0
	c := k.base.count(k.subjects(s), s, f, false, func(p facts.Pattern) {
		if len(k.involuntary) > 0 && p.Rows(endedSo) > 0 {
			involuntarily += p.Subjects()
		}
	})
	values := []Value{
		{Stat: churnRatio, Labels: k.base.label(), Evidence: stats.Proportion{Hits: c.lost, N: c.start}},
		{Stat: churnStart, Evidence: exactly(c.start)},
		{Stat: churnLost, Evidence: exactly(c.lost)},
	}
	if len(k.involuntary) > 0 {
		values = append(values,
			Value{Stat: churnInvoluntary, Evidence: stats.Proportion{Hits: involuntarily, N: c.start}},
			Value{Stat: churnLostInvoluntarily, Evidence: exactly(involuntarily)})
	}
	return values
}

var (
	_ KPI           = (*churn)(nil)
	_ WindowChecker = (*churn)(nil)
)
