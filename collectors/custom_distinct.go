package collectors

import (
	"errors"
	"fmt"

	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// Distinct is a custom number of different values of a column in the window,
// such as customers who opened a ticket. In a breakdown every value belongs to
// one segment, the first by name. Values are counted and have no interval.
type Distinct struct {
	Name         string `yaml:"name" doc:"name of the KPI; required; the metric is cx_custom_<name>_<unit>"`
	Of           string `yaml:"of" doc:"column whose different values are counted; required"`
	Unit         string `yaml:"unit" doc:"the plural of what is counted; default values"`
	By           string `yaml:"by" doc:"time that places a row in the window; default the entity's own"`
	Direction    string `yaml:"direction" enum:"higher_is_better,lower_is_better,neutral" doc:"which way it improves; default neutral"`
	BusinessGoal string `yaml:"business_goal" enum:"retention,loyalty,revenue,support" doc:"what it serves; none by default"`
	Help         string `yaml:"help" doc:"help text of the metric; has a default"`
}

func newDistinct() Parameters { return &Distinct{Unit: "values", Direction: string(kpi.Neutral)} }

type distinct struct {
	described
	time, of facts.Role
}

// KPI builds the KPI.
func (p *Distinct) KPI(b Binding) (KPI, error) {
	c := custom{p.Name, p.Help, p.Direction, p.BusinessGoal, p.Unit}
	time, err := placed(b, p.By)
	if err := errors.Join(c.check(), c.checkCounted(), named("of", p.Of, "whose different values are counted"), err); err != nil {
		return nil, err
	}
	return &distinct{
		described: described{c.desc(fmt.Sprintf("different values of %s by %s", p.Of, time), c.stat("Custom number of different values as configured.", kpi.From(0)).whole())},
		time:      time, of: facts.Role(p.Of),
	}, nil
}

func (k *distinct) subjects(s kpi.Span) *facts.Subjects {
	return &facts.Subjects{
		Subject: k.of, Start: k.time,
		Points:      []facts.Point{{Lo: s.Lo, Hi: s.Hi}},
		Attribution: []int{0},
	}
}

// Needs asks for the values as subjects.
func (k *distinct) Needs(s kpi.Span) []facts.Need { return subjects(k.subjects(s)) }

// Compute counts the values that have a row in the span.
func (k *distinct) Compute(s kpi.Span, f facts.Facts) []Value {
	n := 0.0
	f.Patterns(k.subjects(s), func(p facts.Pattern) {
		if p.Rows(0) > 0 {
			n += p.Subjects()
		}
	})
	return []Value{{Evidence: exactly(n)}}
}

var _ KPI = (*distinct)(nil)
