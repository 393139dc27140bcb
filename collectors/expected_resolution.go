package collectors

import (
	"time"

	"github.com/cx-exporter/cx-exporter/internal/calendar"
	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
	"github.com/cx-exporter/cx-exporter/internal/stats"
)

// expectedResolution is the time within which half of the tickets created in the
// window are resolved, as far as can be told at the instant of evaluation: the
// estimate of Kaplan and Meier, to which a ticket that is still open says that it
// takes longer than it is old. Those that are resolved by then would be the quick
// ones only.
type expectedResolution struct {
	described
	hours *calendar.Hours
}

// The values of expectedResolution, as indexes of its stats.
const (
	expectedP50 = iota
	expectedCreated
	expectedResolved
)

// newExpectedResolution refuses what an unfinished time does not have.
func newExpectedResolution(p *ResolutionTime, hours *calendar.Hours) (KPI, error) {
	switch {
	case p.Of == resolutionFull:
		return nil, wrong("of", "the last resolution of a ticket is not known while it can be reopened, so there is none to expect: with cohort: created write of: first")
	case p.Target != nil:
		return nil, wrong("target", "tickets that are still open are neither within a target nor beyond it: leave it out with cohort: created")
	}
	t := timing{hours: hours}
	count := func(name, help string) Stat {
		return Stat{
			Name: name, Metric: "cx_resolution_expected_" + name + "_tickets", Help: help,
			Unit: kpi.Count, Ends: kpi.From(0), Direction: kpi.Neutral, Component: true,
		}
	}
	return &expectedResolution{
		hours: hours,
		described: described{Desc{
			Name:         "resolution_time",
			Title:        "Resolution time",
			Variant:      t.variant("creation to the resolution, expected of the tickets created by those resolved so far and those still open"),
			BusinessGoal: goalSupport,
			Fidelity:     kpi.Terminal,
			Stats: []Stat{
				expectedP50: {
					Name: "expected_p50", Metric: t.prefix("cx_resolution") + "_expected_p50_seconds",
					Help: "Expected median time from creation to the resolution in " + t.unit() + ", of all tickets created in the window, by the Kaplan-Meier estimate.",
					Unit: kpi.Seconds, Ends: kpi.From(0), Direction: kpi.LowerIsBetter,
				},
				expectedCreated:  count("created", "Tickets created in the window that the expected resolution time rests on."),
				expectedResolved: count("resolved", "Tickets created in the window that are resolved so far, which tell the expected resolution time how long it takes."),
			},
		}},
	}, nil
}

// cube asks for the tickets created in the span by how long they took, or have
// been open, and by whether they are resolved.
func (k *expectedResolution) cube(s kpi.Span) *facts.Cube {
	d := facts.Expr{Role: roleResolvedAt, Since: roleCreatedAt, Until: s.At.UTC(), Hours: k.hours}
	return &facts.Cube{
		Time:     roleCreatedAt,
		Bounds:   rows(s),
		Outcomes: []facts.Outcome{{Role: roleResolvedAt, Bounds: []time.Time{s.At}}},
		Keys:     []facts.Key{{Expr: d, Bucket: true}},
	}
}

// Needs asks for the tickets created in the span.
func (k *expectedResolution) Needs(s kpi.Span) []facts.Need { return cubes(k.cube(s)) }

// Compute returns the expected time and what it rests on.
func (k *expectedResolution) Compute(s kpi.Span, f facts.Facts) []Value {
	m := stats.SurvivalMedian{Ended: new(stats.Sketch), Open: new(stats.Sketch)}
	f.Cells(k.cube(s), s.Lo, s.Hi, func(c facts.Cell) {
		index, ok := c.Bucket(0)
		switch {
		case !ok:
		case c.Before(0, s.At):
			m.Ended.Add(index, c.N())
		default:
			m.Open.Add(index, c.N())
		}
	})
	return []Value{
		{Stat: expectedP50, Evidence: m},
		{Stat: expectedCreated, Evidence: exactly(m.Samples())},
		{Stat: expectedResolved, Evidence: exactly(m.Ended.N())},
	}
}

var _ KPI = (*expectedResolution)(nil)
