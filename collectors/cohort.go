package collectors

import (
	"fmt"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/calendar"
	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// base says when a customer is active, and so what churn, retention and the
// number of customers are about.
type base struct {
	// activity is true where customers have no contract, but order. Then a
	// customer is active at t who ordered within inactiveAfter before t.
	activity bool
	// inactiveAfter is 0 for the length of the window itself.
	inactiveAfter Duration
	// grace is how long after its end a contract still counts.
	grace Duration
	// trial is when a trial ends, from which on its subscription counts; empty
	// where nothing tells.
	trial facts.Role
	// weighted is true where subscriptions have an amount, by which the segment
	// of a customer with several is chosen.
	weighted bool
}

// The values of the label basis.
const (
	basisContract = "contract"
	basisActivity = "activity"
)

// newBase checks the parameters inactive_after and grace against the entity.
func newBase(b Binding, inactiveAfter *Duration, grace Duration) (base, error) {
	if b.Entity != EntityOrders {
		switch {
		case inactiveAfter != nil:
			return base{}, wrong("inactive_after", "is for orders: a subscription ends with its ended_at, so remove it")
		case grace < 0 || grace > maxMaturity:
			return base{}, wrong("grace", "%s must be at most %s: say how long after its end a subscription may be renewed, such as 30d", grace, maxMaturity)
		}
		return base{weighted: b.Has(roleMRR), grace: grace, trial: trialOf(b)}, nil
	}
	if grace != 0 {
		return base{}, wrong("grace", "is for subscriptions: on orders inactive_after says after how long a customer is lost, so remove it")
	}
	if inactiveAfter == nil {
		return base{activity: true}, nil
	}
	if *inactiveAfter <= 0 {
		return base{}, wrong("inactive_after", "%s must be above 0: say after how long without an order a customer is lost, such as 90d, or leave it out for the length of the window", *inactiveAfter)
	}
	return base{activity: true, inactiveAfter: *inactiveAfter}, nil
}

// trialOf is the role that tells when trials end; empty where it is not mapped.
func trialOf(b Binding) facts.Role {
	if b.Has(roleTrialEndsAt) {
		return roleTrialEndsAt
	}
	return ""
}

func (b base) name() string {
	if b.activity {
		return basisActivity
	}
	return basisContract
}

// label tells contractual churn and churn by activity apart.
func (b base) label() []kpi.Label { return []kpi.Label{{Name: "basis", Value: b.name()}} }

// variant is what active means, in words.
func (b base) variant() string {
	switch {
	case !b.activity:
		from, to := "started_at", "ended_at"
		if b.trial != "" {
			from = "started_at, or the end of the trial,"
		}
		if b.grace > 0 {
			to = fmt.Sprintf("%s after ended_at", b.grace)
		}
		return fmt.Sprintf("by contract: active from %s to %s", from, to)
	case b.inactiveAfter == 0:
		return "by activity: active who ordered within the length of the window"
	default:
		return fmt.Sprintf("by activity: active who ordered within %s", b.inactiveAfter)
	}
}

// checkWindow refuses windows that have no beginning to compare the end with.
func (b base) checkWindow(name string, w calendar.Window) error {
	if !w.Bounded() {
		return fmt.Errorf("%s compares the customers at the beginning and at the end of a window, and the window %s has no beginning: use one such as 30d or last_month, or give %s a collector of its own", name, w, name)
	}
	return nil
}

// The points at which a customer is looked at. The first two are also where the
// customer's segment is read: at the beginning or, for who was not active then,
// at the end.
const (
	atStart = iota
	atEnd
	everBefore // of subjects with history only
)

// subjects asks which customers are active at both ends of a span and, with
// history, who ever was a customer before it.
func (b base) subjects(s kpi.Span, history bool) *facts.Subjects {
	var q *facts.Subjects
	if b.activity {
		n := time.Duration(b.inactiveAfter)
		if n == 0 {
			n = s.Length()
		}
		q = &facts.Subjects{
			Subject: roleCustomerID, Start: roleOrderedAt, Weight: roleAmount,
			Points: []facts.Point{
				atStart: {Lo: s.Lo.Add(-n), Hi: s.Lo},
				atEnd:   {Lo: s.Hi.Add(-n), Hi: s.Hi},
			},
		}
	} else {
		q = &facts.Subjects{
			Subject: roleCustomerID, Start: roleStartedAt, End: roleEndedAt, Trial: b.trial,
			Points: []facts.Point{atStart: {At: s.Lo}, atEnd: {At: s.Hi}},
		}
		if b.grace > 0 {
			for i, pt := range q.Points {
				q.Points[i].Until = pt.At.Add(-time.Duration(b.grace))
			}
		}
		if b.weighted {
			q.Weight = roleMRR
		}
	}
	q.Attribution = []int{atStart, atEnd}
	if history {
		q.Points = append(q.Points, facts.Point{Hi: s.Lo})
	}
	return q
}

// needs are those of subjects; a span without a beginning has none.
func (b base) needs(s kpi.Span, history bool) []facts.Need {
	if !s.Bounded() {
		return nil
	}
	return subjects(b.subjects(s, history))
}

// cohort is the customers of a span. A customer who leaves and comes back within
// it is kept. It always holds that
//
//	start = kept + lost
//	end   = start − lost + joined + returned
type cohort struct {
	start, end, kept, lost float64
	joined, returned       float64 // with history only
	// moved are those kept who are in another segment at the end. segmented is
	// false for the total, where nobody can move.
	moved     float64
	segmented bool
}

// fold adds up the customers of a span.
func (b base) fold(s kpi.Span, f facts.Facts, history bool) cohort {
	return b.count(b.subjects(s, history), s, f, history, func(facts.Pattern, bool, bool) {})
}

// count is fold with more points, and calls a function for every pattern, with
// who is active at the start and at the end.
func (b base) count(q *facts.Subjects, s kpi.Span, f facts.Facts, history bool, each func(p facts.Pattern, start, end bool)) cohort {
	var c cohort
	if !s.Bounded() {
		return c
	}
	f.Patterns(q, func(p facts.Pattern) {
		n := p.Subjects()
		from, known := p.Segment(atStart)
		to, still := p.Segment(atEnd)
		c.segmented = c.segmented || known || still
		start, end := p.Rows(atStart) > 0, p.Rows(atEnd) > 0
		each(p, start, end)
		if start {
			c.start += n
		}
		if end {
			c.end += n
		}
		switch {
		case start && end:
			c.kept += n
			if known && still && from != to {
				c.moved += n
			}
		case start:
			c.lost += n
		case end && history && p.Rows(everBefore) > 0:
			c.returned += n
		case end && history:
			c.joined += n
		}
	})
	return c
}
