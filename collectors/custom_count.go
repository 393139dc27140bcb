package collectors

import (
	"errors"
	"fmt"

	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// Count is a custom number of the rows in the window, or of those among them
// that have a flag. Interval: exact Poisson.
type Count struct {
	Name         string `yaml:"name" doc:"name of the KPI; required; the metric is cx_custom_<name>_<unit>"`
	Of           string `yaml:"of" doc:"column with yes or no, of which yes is counted; by default all rows are"`
	Unit         string `yaml:"unit" doc:"the plural of what is counted; default rows"`
	By           string `yaml:"by" doc:"time that places a row in the window; default the entity's own"`
	Direction    string `yaml:"direction" enum:"higher_is_better,lower_is_better,neutral" doc:"which way it improves; default neutral"`
	BusinessGoal string `yaml:"business_goal" enum:"retention,loyalty,revenue,support" doc:"what it serves; none by default"`
	Help         string `yaml:"help" doc:"help text of the metric; has a default"`
}

func newCount() Parameters { return &Count{Unit: "rows", Direction: string(kpi.Neutral)} }

type count struct {
	described
	time, of facts.Role
}

// KPI builds the KPI.
func (p *Count) KPI(b Binding) (KPI, error) {
	c := custom{p.Name, p.Help, p.Direction, p.BusinessGoal, p.Unit}
	time, err := placed(b, p.By)
	if err := errors.Join(c.check(), c.checkCounted(), err); err != nil {
		return nil, err
	}
	variant := fmt.Sprintf("rows by %s", time)
	if p.Of != "" {
		variant = fmt.Sprintf("rows with %s by %s", p.Of, time)
	}
	return &count{
		described: described{c.desc(variant, c.stat("Custom number of rows as configured.", kpi.From(0)).events())},
		time:      time, of: facts.Role(p.Of),
	}, nil
}

// checkCounted refuses units in which nothing is counted.
func (c custom) checkCounted() error {
	if c.unit != "" && c.measure() != kpi.Count {
		return wrong("unit", "%q is not counted: use the plural of what is, such as tickets", c.unit)
	}
	return nil
}

func (k *count) cube(s kpi.Span) *facts.Cube {
	if k.of != "" {
		return flagCube(s, k.time, k.of)
	}
	return &facts.Cube{Time: k.time, Bounds: rows(s)}
}

// Needs asks for the rows.
func (k *count) Needs(s kpi.Span) []facts.Need { return cubes(k.cube(s)) }

// Compute counts the rows.
func (k *count) Compute(s kpi.Span, f facts.Facts) []Value {
	n := 0.0
	if k.of != "" {
		p, _ := foldFlag(s, f, k.cube(s))
		n = p.Hits
	} else {
		f.Cells(k.cube(s), s.Lo, s.Hi, func(c facts.Cell) { n += c.N() })
	}
	return []Value{{Evidence: happened(s, n)}}
}

// Rejected counts the rows of which the flag is neither yes nor no.
func (k *count) Rejected(s kpi.Span, f facts.Facts) map[string]float64 {
	if k.of == "" {
		return nil
	}
	return flagRejected(s, f, k.cube(s))
}

var (
	_ KPI      = (*count)(nil)
	_ Rejecter = (*count)(nil)
)
