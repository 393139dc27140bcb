package collectors

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// usualRisk is how long a while is, where nothing else is said.
const usualRisk = Duration(30 * 24 * time.Hour)

// misplaced refuses parameters that are for other entities.
func (p *AtRisk) misplaced(entity string) error {
	for _, x := range []struct {
		name  string
		given bool
		of    []string
		why   string
	}{
		{"within", p.Within != nil, []string{EntitySubscriptions, EntityResponses, EntityTickets}, "is for subscriptions, responses and tickets: on orders silent_after says who is at risk, so remove it"},
		{"silent_after", p.SilentAfter != nil, []string{EntityOrders}, "is for orders: elsewhere within says how far to look, so remove it"},
		{"inactive_after", p.InactiveAfter != nil, []string{EntityOrders}, "is for orders: elsewhere within says how far to look, so remove it"},
		{"scale", p.Scale != nil, []string{EntityResponses}, "is for responses, which alone have a score: remove it"},
		{"low", p.Low != nil, []string{EntityResponses}, "is for responses, which alone have a score: remove it"},
		{"tickets", p.Tickets != nil, []string{EntityTickets}, "is for tickets: remove it"},
		{"open_for", p.OpenFor != nil, []string{EntityTickets}, "is for tickets: remove it"},
	} {
		if x.given && !slices.Contains(x.of, entity) {
			return wrong(x.name, "%s", x.why)
		}
	}
	return nil
}

// look is how far to look, and what is wrong with it.
func (p *AtRisk) look(standard Duration, what string) (time.Duration, error) {
	d := orDefault(p.Within, standard)
	if d <= 0 || d > maxMaturity {
		return 0, wrong("within", "%s must be above 0 and at most %s: say %s, such as %s", d, maxMaturity, what, standard)
	}
	return time.Duration(d), nil
}

// ending is the risk of subscriptions.
func (p *AtRisk) ending(k *atRisk, b Binding) (variant string, fidelity kpi.Fidelity, err error) {
	ahead, err := p.look(usualRisk, "how far ahead an end puts a customer at risk")
	if err != nil {
		return "", "", err
	}
	const safe = 1
	trial, weight := trialOf(b), k.money.amount
	k.ask = func(s kpi.Span) *facts.Subjects {
		return &facts.Subjects{
			Subject: roleCustomerID, Start: roleStartedAt, End: roleEndedAt, Trial: trial, Weight: weight,
			Points:      []facts.Point{{At: s.Hi}, safe: {At: s.Hi, Until: s.Hi.Add(ahead)}},
			Attribution: []int{0},
		}
	}
	k.signs = []riskSign{{"ending", func(p facts.Pattern) bool { return p.Rows(safe) == 0 }}}
	// Ends that were announced later are known now.
	return fmt.Sprintf("all subscriptions end within %s", Duration(ahead)), kpi.Restated, nil
}

// silent is the risk of orders.
func (p *AtRisk) silent(k *atRisk, _ Binding) (variant string, fidelity kpi.Fidelity, err error) {
	after, inactive := orDefault(p.SilentAfter, usualRisk), orDefault(p.InactiveAfter, 3*usualRisk)
	if after <= 0 || after >= inactive {
		return "", "", wrong("silent_after", "%s must be above 0 and less than inactive_after, which is %s: say after how long a silent customer is at risk, such as 30d", after, inactive)
	}
	const lately = 1
	k.money.amount, k.money.monthly = roleAmount, month.Seconds()/inactive.Seconds()
	k.ask = func(s kpi.Span) *facts.Subjects {
		return &facts.Subjects{
			Subject: roleCustomerID, Start: roleOrderedAt, Weight: roleAmount,
			Points: []facts.Point{
				{Lo: s.Hi.Add(-time.Duration(inactive)), Hi: s.Hi},
				lately: {Lo: s.Hi.Add(-time.Duration(after)), Hi: s.Hi},
			},
			Attribution: []int{0},
		}
	}
	k.signs = []riskSign{{"silent", func(p facts.Pattern) bool { return p.Rows(lately) == 0 }}}
	return fmt.Sprintf("silent for %s, of those who ordered within %s", after, inactive), kpi.Exact, nil
}

// asKnown is the fidelity of a KPI with what customers are worth today.
func (m riskMoney) asKnown(otherwise kpi.Fidelity) kpi.Fidelity {
	if m.amount != "" {
		return kpi.Restated
	}
	return otherwise
}

// detracting is the risk of answers.
func (p *AtRisk) detracting(k *atRisk, _ Binding) (variant string, fidelity kpi.Fidelity, err error) {
	back, err := p.look(3*usualRisk, "how far back an answer counts")
	if err != nil {
		return "", "", err
	}
	scale, low := Scale{0, 10}, 6.0
	if p.Scale != nil {
		scale = *p.Scale
	}
	if p.Low != nil {
		low = *p.Low
	}
	if err := scale.check(); err != nil {
		return "", "", err
	}
	if !scale.holds(low) || low == scale.Max {
		return "", "", wrong("low", "%s is not on the scale %s below its best score: say which answers are low, such as 2 on a scale from 1 to 5", number(low), scale)
	}
	const isLow, isGood = 1, 2 // of two answers at the same instant the better counts
	k.money.repeated = true
	k.ask = func(s kpi.Span) *facts.Subjects {
		return &facts.Subjects{
			Subject: roleRespondentID, Start: roleRespondedAt,
			Points:      []facts.Point{{Lo: s.Hi.Add(-back), Hi: s.Hi}},
			Attribution: []int{0},
			Last: facts.Code{Of: roleScore, Bands: []facts.Band{
				{Code: isLow, From: scale.Min, To: low}, {Code: isGood, From: scale.Min, To: scale.Max},
			}},
		}
	}
	k.signs = []riskSign{{"detractor", func(p facts.Pattern) bool { return p.Code(0) == isLow }}}
	return fmt.Sprintf("last answer within %s at most %s, on the scale %s", Duration(back), number(low), scale), k.money.asKnown(kpi.Exact), nil
}

// complaining is the risk of tickets.
func (p *AtRisk) complaining(k *atRisk, b Binding) (variant string, fidelity kpi.Fidelity, err error) {
	back, err := p.look(usualRisk, "how far back a ticket counts")
	if err != nil {
		return "", "", err
	}
	many := 3
	if p.Tickets != nil {
		many = *p.Tickets
	}
	openFor := orDefault(p.OpenFor, 0)
	switch {
	case many < 0 || many > 1000:
		return "", "", wrong("tickets", "%d must be from 0 to 1000: say how many tickets put a customer at risk, such as 3", many)
	case p.OpenFor != nil && (openFor <= 0 || time.Duration(openFor) >= back):
		return "", "", wrong("open_for", "%s must be above 0 and less than within, which is %s: say how long a ticket is open that puts its customer at risk, such as 7d", openFor, Duration(back))
	}
	// What a point tells of each customer, the first being who wrote at all.
	points := []func(at time.Time) facts.Point{func(time.Time) facts.Point { return facts.Point{Least: 1} }}
	var words []string
	at := map[string][]int{}
	add := func(reason, word string, point func(at time.Time) facts.Point) {
		at[reason] = append(at[reason], len(points))
		points, words = append(points, point), append(words, word)
	}
	if many > 0 {
		add("tickets", fmt.Sprintf("%d tickets", many), func(time.Time) facts.Point { return facts.Point{Least: many} })
	}
	for _, t := range promises() {
		if b.Has(t.due) {
			add("breached", "a broken promise of the "+strings.ReplaceAll(t.name, "_", " "), func(at time.Time) facts.Point {
				j := t.kept()
				return facts.Point{Least: 1, Where: ranges(slices.Concat(j.counts, []facts.Range{before(t.due, at), not(j.hits[0])})...)}
			})
		}
	}
	if openFor > 0 {
		add("open", fmt.Sprintf("a ticket open for %s", openFor), func(at time.Time) facts.Point {
			return facts.Point{Least: 1, Where: ranges(before(roleCreatedAt, at.Add(-time.Duration(openFor))), not(before(roleResolvedAt, at)))}
		})
	}
	if len(points) == 1 {
		return "", "", wrong("tickets", "0 leaves no reason to be at risk: give a number of tickets or open_for, or name resolution_due_at under columns")
	}
	k.money.repeated = true
	k.ask = func(s kpi.Span) *facts.Subjects {
		q := &facts.Subjects{Subject: roleCustomerID, Start: roleCreatedAt, Attribution: []int{0}}
		for _, point := range points {
			pt := point(s.Hi)
			pt.Lo, pt.Hi = s.Hi.Add(-back), s.Hi
			q.Points = append(q.Points, pt)
		}
		return q
	}
	for _, reason := range []string{"tickets", "breached", "open"} {
		if own := at[reason]; own != nil {
			k.signs = append(k.signs, riskSign{reason, func(p facts.Pattern) bool {
				return slices.ContainsFunc(own, func(i int) bool { return p.Rows(i) > 0 })
			}})
		}
	}
	return fmt.Sprintf("%s within %s", strings.Join(words, ", or "), Duration(back)), k.money.asKnown(kpi.Terminal), nil
}
