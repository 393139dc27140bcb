package collectors

import (
	"errors"
	"fmt"

	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
	"github.com/cx-exporter/cx-exporter/internal/stats"
)

// Sum is a custom sum of a column over the rows in the window:
//
//	Σ of
//
// Interval: that of a compound Poisson process, where the sum is positive.
type Sum struct {
	Name         string `yaml:"name" doc:"name of the KPI; required; the metric is cx_custom_<name>_<unit>"`
	Of           string `yaml:"of" doc:"column of numbers; required"`
	Unit         string `yaml:"unit" doc:"seconds, ratio, score, currency, or the plural of what is counted; required"`
	By           string `yaml:"by" doc:"time that places a row in the window; default the entity's own"`
	Direction    string `yaml:"direction" enum:"higher_is_better,lower_is_better,neutral" doc:"which way it improves; default neutral"`
	BusinessGoal string `yaml:"business_goal" enum:"retention,loyalty,revenue,support" doc:"what it serves; none by default"`
	Help         string `yaml:"help" doc:"help text of the metric; has a default"`
}

func newSum() Parameters { return &Sum{Direction: string(kpi.Neutral)} }

type sum struct {
	described
	money money
}

// KPI builds the KPI.
func (p *Sum) KPI(b Binding) (KPI, error) {
	c := custom{p.Name, p.Help, p.Direction, p.BusinessGoal, p.Unit}
	m, err := customMoney(b, c, p.Of, p.By)
	if err := errors.Join(c.check(), err); err != nil {
		return nil, err
	}
	return &sum{
		described: described{c.desc(fmt.Sprintf("sum of %s by %s", p.Of, m.time), labelled([]Stat{c.stat("Custom sum as configured.", kpi.Ends{})}, m.labels()...)...)},
		money:     m,
	}, nil
}

// Needs asks for the sums.
func (k *sum) Needs(s kpi.Span) []facts.Need { return cubes(k.money.cube(s)) }

// Compute adds up.
func (k *sum) Compute(s kpi.Span, f facts.Facts) []Value {
	return k.money.values(s, f, func(a amounts) []Value {
		return []Value{{Evidence: stats.Total{N: a.n, Sum: a.sum, Squares: a.squares}}}
	})
}

var _ KPI = (*sum)(nil)
