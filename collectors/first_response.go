package collectors

import (
	"errors"

	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// FirstResponseTime is the time that tickets wait for their first answer:
//
//	first_response_at − created_at
//
// in calendar seconds or, with a calendar, in seconds of its business hours,
// over the tickets answered in the window: the mean, the median, the time that
// nine of ten do not exceed and, with a target, the share answered within it.
// Silence would improve all of these, so the tickets still waiting at the end of
// the window, and the oldest of them, are told beside, in calendar seconds
// always. A reply wholly outside of the hours took no time.
//
// Source: the first reply time of Zendesk and of fivetran/dbt_zendesk. Intervals:
// log-delta for the mean, order statistics for the quantiles, Wilson.
type FirstResponseTime struct {
	Target   *Duration `yaml:"target" doc:"what counts as answered in time, such as 4h; none by default, and then there is no share within the target"`
	Calendar string    `yaml:"calendar" is:"calendar" doc:"business hours in which time counts, by their name under calendars; always by default"`
}

func newFirstResponseTime() Parameters { return &FirstResponseTime{} }

type firstResponseTime struct {
	described
	timing timing
	ends   []facts.Role // what ends the waiting
}

// KPI builds the KPI.
func (p *FirstResponseTime) KPI(b Binding) (KPI, error) {
	hours, err := b.hours(p.Calendar)
	if err := errors.Join(checkTarget(p.Target), err); err != nil {
		return nil, err
	}
	k := &firstResponseTime{
		timing: timing{from: roleCreatedAt, to: roleFirstResponseAt, target: p.Target, hours: hours},
		ends:   []facts.Role{roleFirstResponseAt},
	}
	variant, fidelity := "creation to first response, by the time of the response", kpi.Exact
	if b.Has(roleResolvedAt) {
		k.ends = append(k.ends, roleResolvedAt)
		variant += "; resolved tickets do not wait"
		fidelity = kpi.Terminal // a reopened ticket may lose its resolution
	}
	if b.Has(roleOutboundAt) {
		k.ends = append(k.ends, roleOutboundAt)
		variant += "; nor do those that the team opened"
	}
	k.desc = Desc{
		Name:         "first_response_time",
		Title:        "First response time",
		Variant:      k.timing.variant(variant),
		BusinessGoal: goalSupport,
		Fidelity:     b.kept(fidelity),
		Stats: append(k.timing.stats("cx_first_response", "the first response", "answered"),
			Stat{
				Name: "waiting", Metric: "cx_first_response_waiting_tickets",
				Help: "Tickets created and not answered before the end of the window.",
				Unit: kpi.Count, Ends: kpi.From(0), Direction: kpi.LowerIsBetter, Whole: true,
			},
			Stat{
				Name: "oldest_waiting", Metric: "cx_first_response_oldest_waiting_seconds",
				Help: "Time since creation of the oldest unanswered ticket at the end of the window, in seconds.",
				Unit: kpi.Seconds, Ends: kpi.From(0), Direction: kpi.LowerIsBetter, Whole: true,
			}),
	}
	return k, nil
}

// waiting asks for the tickets that may be waiting at the end of the span.
func (k *firstResponseTime) waiting(s kpi.Span) *facts.Cube {
	return openCube(s, roleCreatedAt, false, k.ends...)
}

// Needs asks for the times of the answered tickets, and for the waiting ones.
func (k *firstResponseTime) Needs(s kpi.Span) []facts.Need {
	return cubes(k.timing.cube(s), k.waiting(s))
}

// Compute returns the times and the waiting tickets.
func (k *firstResponseTime) Compute(s kpi.Span, f facts.Facts) []Value {
	values := k.timing.compute(s, f)
	waiting := foldOpen(s, f, k.waiting(s))
	return append(values,
		Value{Stat: len(values), Evidence: exactly(waiting.n)},
		Value{Stat: len(values) + 1, Evidence: waiting.oldestAge(s)})
}

var _ KPI = (*firstResponseTime)(nil)
