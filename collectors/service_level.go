package collectors

import (
	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
	"github.com/cx-exporter/cx-exporter/internal/stats"
)

// ServiceLevel is the share of contacts that were answered in time:
//
//	answered within τ / (answered + abandoned)
//
// by the time of the offer. Five formulas are in use, which give 83.0, 86.0,
// 81.1, 82.7 and 82.1 % for the same calls; formula chooses one of them:
//
//	offered           answered within τ / offered
//	answered          answered within τ / answered
//	abandoned_met     (answered + abandoned within τ) / offered
//	abandoned_left    answered within τ / (offered − abandoned within τ)
//	short_met         (answered within τ + abandoned within short_abandon) / offered
//
// Offered are the answered and the abandoned contacts, those that still wait
// being neither; but for short_met, whose numerator has them, without those who
// gave up within short_abandon.
//
// Source: ICMI, QueueTips, Service Level Calculations (July 2002). Interval:
// Wilson.
type ServiceLevel struct {
	Within       Duration `yaml:"within" doc:"what is in time; default 20s"`
	ShortAbandon Duration `yaml:"short_abandon" doc:"who gives up within it does not count or, by short_met, counts as met; 0 for nobody; default 5s"`
	Formula      string   `yaml:"formula" enum:"offered,answered,abandoned_met,abandoned_left,short_met" doc:"which of the five formulas; default offered"`
}

func newServiceLevel() Parameters {
	return &ServiceLevel{Within: 20e9, ShortAbandon: shortAbandon, Formula: "offered"}
}

type serviceLevel struct {
	described
	queue   queue
	formula string
}

// The values of the KPI, as indexes of its stats.
const (
	serviceRatio = iota
	serviceContacts
	serviceMet
)

// KPI builds the KPI.
func (p *ServiceLevel) KPI(b Binding) (KPI, error) {
	switch {
	case p.Within <= 0:
		return nil, wrong("within", "%s must be above 0: say what is in time, such as 20s", p.Within)
	case p.ShortAbandon > p.Within:
		return nil, wrong("short_abandon", "%s is longer than within, %s: say who gives up too soon to be answered, such as 5s", p.ShortAbandon, p.Within)
	}
	k := &serviceLevel{formula: p.Formula, queue: queue{
		abandoned: p.Formula != "answered", prompt: []Duration{p.Within}, quick: []Duration{p.Within},
	}}
	if p.ShortAbandon > 0 { // 0 s were given up by those who hung up at once, who count then
		k.queue.quick = append(k.queue.quick, p.ShortAbandon)
	}
	if !k.queue.abandoned {
		k.queue.quick = nil
	}
	var fidelity kpi.Fidelity
	k.queue.wait, fidelity = waiting(b)
	variant := map[string]string{
		"offered":        "answered within τ of answered and abandoned",
		"answered":       "answered within τ of answered",
		"abandoned_met":  "answered or abandoned within τ of answered and abandoned",
		"abandoned_left": "answered within τ of answered and abandoned after τ",
		"short_met":      "answered within τ or abandoned within σ of answered and abandoned",
	}[p.Formula]
	k.desc = Desc{
		Name:         "service_level",
		Title:        "Service level",
		Variant:      variant + ", τ " + p.Within.String() + ", σ " + p.ShortAbandon.String(),
		BusinessGoal: goalSupport,
		Fidelity:     fidelity,
		Stats: []Stat{
			serviceRatio: {
				Name: "ratio", Metric: "cx_service_level_ratio",
				Help: "Share of contacts answered in time, from 0 to 1, by the time of the offer; the formula is in cx_kpi_info.",
				Unit: kpi.Ratio, Ends: kpi.Between(0, 1), Direction: kpi.HigherIsBetter,
			},
			serviceContacts: {
				Name: "contacts", Metric: "cx_service_level_contacts",
				Help: "Contacts that the service level is a share of.",
				Unit: kpi.Count, Ends: kpi.From(0), Direction: kpi.Neutral, Component: true,
			},
			serviceMet: {
				Name: "met", Metric: "cx_service_level_met_contacts",
				Help: "Contacts among them that were served in time.",
				Unit: kpi.Count, Ends: kpi.From(0), Direction: kpi.HigherIsBetter, Component: true,
			},
		},
	}
	return k, nil
}

// Needs asks for the contacts.
func (k *serviceLevel) Needs(s kpi.Span) []facts.Need { return cubes(k.queue.cube(s)) }

// Compute divides as the formula says.
func (k *serviceLevel) Compute(s kpi.Span, f facts.Facts) []Value {
	e := k.queue.fold(s, f)
	p := stats.Proportion{Hits: e.prompt[0], N: e.answered}
	if k.queue.abandoned {
		soon, short := e.quick[0], 0.0
		if len(e.quick) > 1 {
			short = e.quick[1]
		}
		p.N += e.abandoned
		switch k.formula {
		case "abandoned_met":
			p.Hits += soon - short
			p.N -= short
		case "abandoned_left":
			p.N -= soon
		case "short_met":
			p.Hits += short
		default:
			p.N -= short
		}
	}
	return []Value{
		{Stat: serviceRatio, Evidence: p},
		{Stat: serviceContacts, Evidence: exactly(p.N)},
		{Stat: serviceMet, Evidence: exactly(p.Hits)},
	}
}

// Rejected counts the contacts whose seconds are no wait.
func (k *serviceLevel) Rejected(s kpi.Span, f facts.Facts) map[string]float64 {
	return k.queue.rejected(s, f)
}

var (
	_ KPI      = (*serviceLevel)(nil)
	_ Rejecter = (*serviceLevel)(nil)
)
