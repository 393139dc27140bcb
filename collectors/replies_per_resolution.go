package collectors

import (
	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
	"github.com/cx-exporter/cx-exporter/internal/stats"
)

// RepliesPerResolution is how much talk a solution takes:
//
//	sum of agent_replies / tickets
//
// over the tickets resolved in the window of which the number of public replies
// is told. The number is as known now: later replies add to it.
//
// Source: the agent comments of fivetran/dbt_zendesk. Interval: log-delta.
type RepliesPerResolution struct{}

func newRepliesPerResolution() Parameters { return &RepliesPerResolution{} }

type repliesPerResolution struct{ described }

// The values of the KPI, as indexes of its stats.
const (
	repliesMean = iota
	repliesSum
)

// KPI builds the KPI.
func (*RepliesPerResolution) KPI(b Binding) (KPI, error) {
	return &repliesPerResolution{described{Desc{
		Name:         "replies_per_resolution",
		Title:        "Replies per resolution",
		Variant:      "public replies of tickets resolved in the window",
		BusinessGoal: goalSupport,
		Fidelity:     b.kept(kpi.Restated),
		Stats: []Stat{
			repliesMean: {
				Name: "mean", Metric: "cx_replies_per_resolution",
				Help: "Mean number of public replies of the tickets resolved in the window.",
				Unit: kpi.Count, Ends: kpi.From(0), Direction: kpi.LowerIsBetter,
			},
			repliesSum: {
				Name: "replies", Metric: "cx_resolved_ticket_replies",
				Help: "Public replies of the tickets resolved in the window.",
				Unit: kpi.Count, Ends: kpi.From(0), Direction: kpi.Neutral, Component: true,
			},
		},
	}}}, nil
}

func (k *repliesPerResolution) cube(s kpi.Span) *facts.Cube {
	replies := facts.Expr{Role: roleAgentReplies}
	return &facts.Cube{Time: roleResolvedAt, Bounds: rows(s), Sums: []facts.Sum{
		{Kind: facts.SumCount, Of: replies}, {Kind: facts.SumOf, Of: replies}, {Kind: facts.SumSquare, Of: replies},
	}}
}

// Needs asks for the replies of the resolved tickets.
func (k *repliesPerResolution) Needs(s kpi.Span) []facts.Need { return cubes(k.cube(s)) }

// Compute averages the replies.
func (k *repliesPerResolution) Compute(s kpi.Span, f facts.Facts) []Value {
	var m stats.PositiveMean
	f.Cells(k.cube(s), s.Lo, s.Hi, func(c facts.Cell) {
		m.N += c.Sum(0)
		m.Sum += c.Sum(1)
		m.Squares += c.Sum(2)
	})
	return []Value{
		{Stat: repliesMean, Evidence: m},
		{Stat: repliesSum, Evidence: exactly(m.Sum)},
	}
}

var _ KPI = (*repliesPerResolution)(nil)
