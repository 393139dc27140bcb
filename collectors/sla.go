package collectors

import (
	"time"

	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// SLA is the share of promises to customers that were kept:
//
//	met / due
//
// over the targets that fell due in the window. A target is met if what was
// promised was done before it was due or just then; it is breached when it is
// due, even if the ticket is still open, so that an unfinished ticket hides
// nothing. Beside it stand the targets that will fall due less than due_soon after
// the end of the window and are not done yet: what falls due just then is not due
// soon, as what falls due just at the end of a window is not in it.
//
// Source: the SLA policies of Zendesk, in the form of fivetran/dbt_zendesk.
// Interval: Wilson.
type SLA struct {
	DueSoon Duration `yaml:"due_soon" doc:"which open targets are due soon: those that have less than that left; default 1d"`
}

func newSLA() Parameters { return &SLA{DueSoon: Duration(day)} }

// promise is one target of tickets: by when something is due, and when it was
// done.
type promise struct {
	name      string
	due, done facts.Role
}

// promises are the targets that tickets can have.
func promises() []promise {
	return []promise{
		{"first_response", roleResponseDueAt, roleFirstResponseAt},
		{"resolution", roleResolutionDueAt, roleResolvedAt},
	}
}

type sla struct {
	described
	promises []promise
	soon     time.Duration
}

// The values of the KPI, as indexes of its stats.
const (
	slaMet = iota
	slaDueSoon
	slaDue
	slaBreached
)

// The outcomes of the cube, as indexes.
const (
	slaCreated = iota
	slaDone
)

// KPI builds the KPI.
func (p *SLA) KPI(b Binding) (KPI, error) {
	if p.DueSoon <= 0 || p.DueSoon > maxMaturity {
		return nil, wrong("due_soon", "%s must be above 0 and at most %s: say what is due soon, such as 4h", p.DueSoon, maxMaturity)
	}
	k := &sla{soon: time.Duration(p.DueSoon)}
	for _, target := range promises() {
		if b.Has(target.due) {
			k.promises = append(k.promises, target)
		}
	}
	if len(k.promises) == 0 {
		k.promises = promises()
	}
	target := fixed("target")
	for _, t := range k.promises {
		target.Values = append(target.Values, t.name)
	}
	k.desc = Desc{
		Name:         "sla",
		Title:        "SLA attainment",
		Variant:      "met of due, by the time that targets are due; due soon within " + p.DueSoon.String(),
		BusinessGoal: goalSupport,
		Fidelity:     kpi.Terminal,
		Stats: labelled([]Stat{
			slaMet: {
				Name: "met", Metric: "cx_sla_met_ratio",
				Help: "Share of the targets that fell due in the window that were met, from 0 to 1: met / due, by target.",
				Unit: kpi.Ratio, Ends: kpi.Between(0, 1), Direction: kpi.HigherIsBetter,
			},
			slaDueSoon: {
				Name: "due_soon", Metric: "cx_sla_due_soon_tickets",
				Help: "Tickets whose target is not met at the end of the window and falls due soon after it, by target.",
				Unit: kpi.Count, Ends: kpi.From(0), Direction: kpi.LowerIsBetter, Whole: true,
			},
			slaDue: {
				Name: "due", Metric: "cx_sla_due_tickets",
				Help: "Tickets whose target fell due in the window, by target.",
				Unit: kpi.Count, Ends: kpi.From(0), Direction: kpi.Neutral, Component: true,
			},
			slaBreached: {
				Name: "breached", Metric: "cx_sla_breached_tickets",
				Help: "Tickets whose target fell due in the window and was not met by then, by target.",
				Unit: kpi.Count, Ends: kpi.From(0), Direction: kpi.LowerIsBetter, Component: true,
			},
		}, target),
	}
	return k, nil
}

// kept is how tickets are judged by a target. What was done before the ticket
// was created is a broken import, as it is for the other KPIs.
func (t promise) kept() judged {
	return judged{
		of:     t.due,
		counts: []facts.Range{notBackwards(roleCreatedAt, t.done)},
		hits:   []facts.Range{atMost(between(t.due, t.done), 0)},
	}
}

// cube asks for the targets that fell due in the span, and for those that soon
// will.
func (k *sla) cube(s kpi.Span, t promise) *facts.Cube {
	return &facts.Cube{
		Time: t.due, Planned: true,
		Bounds: []time.Time{s.Lo, s.Hi, s.Hi.Add(k.soon)},
		Outcomes: []facts.Outcome{
			slaCreated: {Role: roleCreatedAt, Bounds: []time.Time{s.Hi}, Early: true},
			slaDone:    {Role: t.done, Bounds: []time.Time{s.Hi}, Early: true},
		},
		Sums: t.kept().sums(),
	}
}

// Needs asks for the targets.
func (k *sla) Needs(s kpi.Span) []facts.Need {
	var all []*facts.Cube
	for _, t := range k.promises {
		all = append(all, k.cube(s, t))
	}
	return cubes(all...)
}

// Compute divides the targets that were met by those that fell due.
func (k *sla) Compute(s kpi.Span, f facts.Facts) []Value {
	var values []Value
	for _, t := range k.promises {
		c := k.cube(s, t)
		p := t.kept().sum(f, c, s.Lo, s.Hi)
		soon := 0.0
		f.Cells(c, s.Hi, c.Bounds[2], func(cell facts.Cell) {
			if cell.Before(slaCreated, s.Hi) && !cell.Before(slaDone, s.Hi) {
				soon += cell.Sum(0)
			}
		})
		labels := []kpi.Label{{Name: "target", Value: t.name}}
		values = append(values,
			Value{Stat: slaMet, Labels: labels, Evidence: p},
			Value{Stat: slaDueSoon, Labels: labels, Evidence: exactly(soon)},
			Value{Stat: slaDue, Labels: labels, Evidence: exactly(p.N)},
			Value{Stat: slaBreached, Labels: labels, Evidence: exactly(p.N - p.Hits)})
	}
	return values
}

var _ KPI = (*sla)(nil)
