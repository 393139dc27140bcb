package collectors

import (
	"fmt"
	"math"

	"github.com/cx-exporter/cx-exporter/internal/calendar"
	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
	"github.com/cx-exporter/cx-exporter/internal/stats"
)

// ReopenRate is the share of resolved tickets that come back:
//
//	tickets reopened within d of their resolution / tickets resolved
//
// over the tickets resolved in the window and at least d before the instant of
// evaluation, since younger ones may still come back. A ticket counts once,
// however often it is reopened. Where only reopen_count is named under columns,
// a ticket is reopened if it says so, whenever that was; where it is named, the
// mean number of reopenings is told too.
//
// Source: the reopens of fivetran/dbt_zendesk. Intervals: Wilson, log-delta.
type ReopenRate struct {
	Within Duration `yaml:"within" doc:"how long a ticket may be reopened; those resolved later than that before the instant are left out; default 7d"`
}

func newReopenRate() Parameters { return &ReopenRate{Within: Duration(week)} }

type reopenRate struct {
	described
	reopened judged
	counted  bool // whether reopen_count is there
}

// The values of the KPI, as indexes of its stats. The last is there only where
// reopenings are counted.
const (
	reopenRatio = iota
	reopenResolved
	reopenReopened
	reopenMean
)

// KPI builds the KPI.
func (p *ReopenRate) KPI(b Binding) (KPI, error) {
	if err := checkWithin(p.Within); err != nil {
		return nil, err
	}
	came, words, fidelity := reopening(b, p.Within)
	k := &reopenRate{
		reopened: judged{of: roleResolvedAt, maturity: p.Within, counts: resolved(), hits: []facts.Range{came}},
		counted:  b.Has(roleReopenCount),
	}
	k.desc = Desc{
		Name:         "reopen_rate",
		Title:        "Reopen rate",
		Variant:      fmt.Sprintf("%s, by the time of the resolution, of tickets resolved at least %s ago", words, p.Within),
		BusinessGoal: goalSupport,
		Fidelity:     b.kept(fidelity),
		Stats: []Stat{
			reopenRatio: {
				Name: "ratio", Metric: "cx_reopen_ratio",
				Help: "Share of the tickets resolved in the window that were reopened within the time allowed, from 0 to 1; younger ones are left out.",
				Unit: kpi.Ratio, Ends: kpi.Between(0, 1), Direction: kpi.LowerIsBetter,
			},
			reopenResolved: {
				Name: "resolved", Metric: "cx_reopen_resolved_tickets",
				Help: "Tickets resolved in the window, long enough ago to have been reopened.",
				Unit: kpi.Count, Ends: kpi.From(0), Direction: kpi.Neutral, Component: true,
			},
			reopenReopened: {
				Name: "reopened", Metric: "cx_reopen_reopened_tickets",
				Help: "Tickets among them that were reopened.",
				Unit: kpi.Count, Ends: kpi.From(0), Direction: kpi.LowerIsBetter, Component: true,
			},
		},
	}
	if k.counted {
		k.desc.Stats = append(k.desc.Stats, Stat{
			Name: "mean", Metric: "cx_reopens_per_resolved_ticket",
			Help: "Mean number of reopenings of the tickets resolved in the window, long enough ago to have been reopened, as known now.",
			Unit: kpi.Count, Ends: kpi.From(0), Direction: kpi.LowerIsBetter,
		})
	}
	return k, nil
}

// reopening is the condition that a ticket came back within a time of its
// resolution, with the words and the fidelity for it. One that came back before
// the resolution is told of belongs to an earlier resolution.
func reopening(b Binding, limit Duration) (facts.Range, string, kpi.Fidelity) {
	if b.Has(roleReopenCount) && !b.Has(roleReopenedAt) {
		count := facts.Expr{Role: roleReopenCount}
		return facts.Range{Of: count, From: 1, To: math.Inf(1)}, "reopened by the count", kpi.Restated
	}
	return within(between(roleResolvedAt, roleReopenedAt), limit), "reopened within " + limit.String(), kpi.Terminal
}

// resolved is the condition that a ticket was created before it was resolved, as
// resolution_time and ticket_volume have it.
func resolved() []facts.Range {
	return []facts.Range{forwards(between(roleCreatedAt, roleResolvedAt))}
}

// checkWithin says what is wrong with the time in which tickets come back.
func checkWithin(d Duration) error {
	if d <= 0 || d > maxMaturity {
		return wrong("within", "%s must be above 0 and at most %s: say how long a ticket may come back, such as 7d", d, maxMaturity)
	}
	return nil
}

// CheckWindow refuses windows in which no ticket is old enough.
func (k *reopenRate) CheckWindow(w calendar.Window) error {
	return tooShort("reopen_rate", k.reopened.maturity, w)
}

// cube asks for the resolved tickets, and for the numbers of their reopenings.
func (k *reopenRate) cube(s kpi.Span) *facts.Cube {
	c := k.reopened.cube(s)
	if c != nil && k.counted {
		for _, kind := range []facts.SumKind{facts.SumCount, facts.SumOf, facts.SumSquare} {
			c.Sums = append(c.Sums, facts.Sum{
				Kind: kind, Of: facts.Expr{Role: roleReopenCount}, Where: ranges(k.reopened.counts...),
			})
		}
	}
	return c
}

// Needs asks for the tickets that are old enough.
func (k *reopenRate) Needs(s kpi.Span) []facts.Need {
	if c := k.cube(s); c != nil {
		return cubes(c)
	}
	return nil
}

// Compute divides the reopened tickets by all.
func (k *reopenRate) Compute(s kpi.Span, f facts.Facts) []Value {
	var p stats.Proportion
	var mean stats.PositiveMean
	if c := k.cube(s); c != nil {
		p = k.reopened.sum(f, c, c.Bounds[0], c.Bounds[1])
		if k.counted {
			f.Cells(c, c.Bounds[0], c.Bounds[1], func(cell facts.Cell) {
				mean.N += cell.Sum(2)
				mean.Sum += cell.Sum(3)
				mean.Squares += cell.Sum(4)
			})
		}
	}
	values := []Value{
		{Stat: reopenRatio, Evidence: p},
		{Stat: reopenResolved, Evidence: exactly(p.N)},
		{Stat: reopenReopened, Evidence: exactly(p.Hits)},
	}
	if k.counted {
		values = append(values, Value{Stat: reopenMean, Evidence: mean})
	}
	return values
}

var (
	_ KPI           = (*reopenRate)(nil)
	_ WindowChecker = (*reopenRate)(nil)
)
