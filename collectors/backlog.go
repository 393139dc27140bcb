package collectors

import (
	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
	"github.com/cx-exporter/cx-exporter/internal/stats"
)

// Backlog is the tickets that are open at the end of the window:
//
//	created before it and not resolved before it
//
// with the age of the oldest and the mean of their ages. It is a stock: windows
// that end at the same instant have the same backlog.
//
// Source: every help desk. There is no interval: the tickets are counted, not
// sampled.
type Backlog struct{}

func newBacklog() Parameters { return &Backlog{} }

type backlog struct{ described }

// The values of the KPI, as indexes of its stats.
const (
	backlogTickets = iota
	backlogOldest
	backlogMeanAge
)

// KPI builds the KPI.
func (*Backlog) KPI(Binding) (KPI, error) {
	return &backlog{described{Desc{
		Name:         "backlog",
		Title:        "Backlog",
		Variant:      "created and not resolved at the end of the window",
		BusinessGoal: goalSupport,
		Fidelity:     kpi.Terminal,
		Stats: []Stat{
			backlogTickets: {
				Name: "tickets", Metric: "cx_backlog_tickets",
				Help: "Tickets created and not resolved before the end of the window.",
				Unit: kpi.Count, Direction: kpi.LowerIsBetter,
			},
			backlogOldest: {
				Name: "oldest", Metric: "cx_backlog_oldest_seconds",
				Help: "Time since creation of the oldest unresolved ticket at the end of the window, in seconds.",
				Unit: kpi.Seconds, Direction: kpi.LowerIsBetter,
			},
			backlogMeanAge: {
				Name: "age_mean", Metric: "cx_backlog_age_mean_seconds",
				Help: "Mean time since creation of the unresolved tickets at the end of the window, in seconds.",
				Unit: kpi.Seconds, Direction: kpi.LowerIsBetter,
			},
		},
	}}}, nil
}

func (k *backlog) cube(s kpi.Span) *facts.Cube {
	return openCube(s, roleCreatedAt, true, roleResolvedAt)
}

// Needs asks for the tickets that may be open at the end of the span.
func (k *backlog) Needs(s kpi.Span) []facts.Need { return cubes(k.cube(s)) }

// Compute counts the open tickets and their ages.
func (k *backlog) Compute(s kpi.Span, f facts.Facts) []Value {
	o := foldOpen(s, f, k.cube(s))
	mean := stats.Exact{}
	if o.n > 0 {
		mean = stats.Exact{V: o.ages / o.n, N: o.n, Defined: true}
	}
	return []Value{
		{Stat: backlogTickets, Evidence: exactly(o.n)},
		{Stat: backlogOldest, Evidence: o.oldestAge(s)},
		{Stat: backlogMeanAge, Evidence: mean},
	}
}

var _ KPI = (*backlog)(nil)
