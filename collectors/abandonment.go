package collectors

import (
	"fmt"

	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
	"github.com/cx-exporter/cx-exporter/internal/stats"
)

// Abandonment is the share of contacts that gave up before they were answered:
//
//	abandoned / (answered + abandoned)
//
// by the time of the offer. Those who gave up within short_abandon had no chance
// to be answered: they are left out and counted. Contacts that still wait at the
// instant of evaluation are neither answered nor abandoned.
//
// Source: ICMI, Call Center Management on Fast Forward, on abandonment rates.
// Interval: Wilson.
type Abandonment struct {
	ShortAbandon Duration `yaml:"short_abandon" doc:"who gives up within it does not count; 0 lets everybody count; default 5s"`
}

// shortAbandon is the usual time in which a caller notices a wrong number.
const shortAbandon = 5e9

func newAbandonment() Parameters { return &Abandonment{ShortAbandon: shortAbandon} }

type abandonment struct {
	described
	queue queue
}

// The values of the KPI, as indexes of its stats.
const (
	gaveUpRatio = iota
	gaveUpOffered
	gaveUpAnswered
	gaveUpAbandoned
	gaveUpShort
	gaveUpWaiting
)

// KPI builds the KPI.
func (p *Abandonment) KPI(b Binding) (KPI, error) {
	k := &abandonment{queue: queue{abandoned: true}}
	words := "all who gave up"
	if p.ShortAbandon > 0 {
		k.queue.quick = []Duration{p.ShortAbandon}
		words = fmt.Sprintf("without who gave up within %s", p.ShortAbandon)
	}
	var fidelity kpi.Fidelity
	k.queue.wait, fidelity = waiting(b)
	count := func(name, metric, help string, d kpi.Direction) Stat {
		return Stat{Name: name, Metric: metric, Help: help, Unit: kpi.Count, Ends: kpi.From(0), Direction: d, Component: true}
	}
	k.desc = Desc{
		Name:         "abandonment",
		Title:        "Abandonment rate",
		Variant:      "abandoned of answered and abandoned, by the time of the offer, " + words,
		BusinessGoal: goalSupport,
		Fidelity:     fidelity,
		Stats: []Stat{
			gaveUpRatio: {
				Name: "ratio", Metric: "cx_abandonment_ratio",
				Help: "Share of contacts that gave up, from 0 to 1: abandoned / (answered + abandoned), by the time of the offer; short abandons and contacts that still wait are left out.",
				Unit: kpi.Ratio, Ends: kpi.Between(0, 1), Direction: kpi.LowerIsBetter,
			},
			gaveUpOffered:   count("offered", "cx_contacts_offered", "Contacts offered in the window: answered, abandoned, short abandons and still waiting.", kpi.Neutral),
			gaveUpAnswered:  count("answered", "cx_contacts_answered", "Contacts offered in the window and answered by now.", kpi.Neutral),
			gaveUpAbandoned: count("abandoned", "cx_contacts_abandoned", "Contacts offered in the window that gave up, without short abandons.", kpi.LowerIsBetter),
			gaveUpShort:     count("short", "cx_contacts_abandoned_short", "Contacts offered in the window that gave up so soon that they do not count.", kpi.Neutral),
			gaveUpWaiting:   count("waiting", "cx_contacts_waiting", "Contacts offered in the window and neither answered nor abandoned by now.", kpi.LowerIsBetter),
		},
	}
	return k, nil
}

// Needs asks for the contacts.
func (k *abandonment) Needs(s kpi.Span) []facts.Need { return cubes(k.queue.cube(s)) }

// Compute divides the abandoned contacts by those that came to an end.
func (k *abandonment) Compute(s kpi.Span, f facts.Facts) []Value {
	e := k.queue.fold(s, f)
	waiting := e.offered - e.answered - e.abandoned
	short := 0.0
	for _, n := range e.quick {
		short += n
	}
	abandoned := e.abandoned - short
	return []Value{
		{Stat: gaveUpRatio, Evidence: stats.Proportion{Hits: abandoned, N: e.answered + abandoned}},
		{Stat: gaveUpOffered, Evidence: exactly(e.offered)},
		{Stat: gaveUpAnswered, Evidence: exactly(e.answered)},
		{Stat: gaveUpAbandoned, Evidence: exactly(abandoned)},
		{Stat: gaveUpShort, Evidence: exactly(short)},
		{Stat: gaveUpWaiting, Evidence: exactly(waiting)},
	}
}

// Rejected counts the contacts whose seconds are no wait.
func (k *abandonment) Rejected(s kpi.Span, f facts.Facts) map[string]float64 {
	return k.queue.rejected(s, f)
}

var (
	_ KPI      = (*abandonment)(nil)
	_ Rejecter = (*abandonment)(nil)
)
