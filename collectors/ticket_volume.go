package collectors

import (
	"time"

	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// TicketVolume is the tickets created in the window and the tickets resolved in
// it, which are others. Together they are the flows into and out of the backlog.
//
// Source: every help desk. Interval: exact Poisson, taking arrivals as chance.
type TicketVolume struct{}

func newTicketVolume() Parameters { return &TicketVolume{} }

type ticketVolume struct{ described }

// The values of the KPI, as indexes of its stats.
const (
	volumeCreated = iota
	volumeResolved
)

// KPI builds the KPI.
func (*TicketVolume) KPI(b Binding) (KPI, error) {
	return &ticketVolume{described{Desc{
		Name:         "ticket_volume",
		Title:        "Ticket volume",
		Variant:      "created by creation, resolved by resolution",
		BusinessGoal: goalSupport,
		Fidelity:     b.kept(kpi.Terminal),
		Stats: []Stat{
			volumeCreated: {
				Name: "created", Metric: "cx_tickets_created",
				Help: "Tickets created in the window.",
				Unit: kpi.Count, Ends: kpi.From(0), Direction: kpi.Neutral, Whole: true, Events: true,
			},
			volumeResolved: {
				Name: "resolved", Metric: "cx_tickets_resolved",
				Help: "Tickets resolved in the window, whenever they were created.",
				Unit: kpi.Count, Ends: kpi.From(0), Direction: kpi.Neutral, Whole: true, Events: true,
			},
		},
	}}}, nil
}

// created asks for the created tickets. Those that ended before they started are
// told apart by when they were resolved, and refused: the backlog, which is what
// was created less what was resolved, does not count them either.
func (k *ticketVolume) created(s kpi.Span) *facts.Cube {
	return &facts.Cube{
		Time:     roleCreatedAt,
		Bounds:   rows(s),
		Outcomes: []facts.Outcome{{Role: roleResolvedAt, Bounds: []time.Time{s.Hi}}},
	}
}

// resolved asks for the resolved tickets, and for those among them that ended
// before they started: at least a microsecond, which is as fine as
// databases are. They are not counted, as they are not by resolution_time.
func (k *ticketVolume) resolved(s kpi.Span) *facts.Cube {
	d := facts.Expr{Role: roleResolvedAt, Since: roleCreatedAt}
	return &facts.Cube{
		Time:   roleResolvedAt,
		Bounds: rows(s),
		Sums: []facts.Sum{
			{Kind: facts.SumCount, Of: d},
			{Kind: facts.SumWithin, Of: d, Limit: -1e-6},
		},
	}
}

// Needs asks for both flows.
func (k *ticketVolume) Needs(s kpi.Span) []facts.Need {
	return cubes(k.created(s), k.resolved(s))
}

// Compute counts both flows.
func (k *ticketVolume) Compute(s kpi.Span, f facts.Facts) []Value {
	var created, resolved float64
	f.Cells(k.created(s), s.Lo, s.Hi, func(c facts.Cell) { created += c.N() })
	f.Cells(k.resolved(s), s.Lo, s.Hi, func(c facts.Cell) { resolved += c.Sum(0) - c.Sum(1) })
	return []Value{
		{Stat: volumeCreated, Evidence: happened(s, created)},
		{Stat: volumeResolved, Evidence: happened(s, resolved)},
	}
}

var _ KPI = (*ticketVolume)(nil)
