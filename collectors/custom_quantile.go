package collectors

import (
	"errors"
	"fmt"

	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
	"github.com/cx-exporter/cx-exporter/internal/stats"
)

// Quantile is a custom quantile of a column over the rows in the window: the
// value that the share q of the numbers does not exceed. It is exact to 1 % of
// itself. Numbers below zero are left out and counted as off_scale, empty ones
// are left out. Interval: order statistics.
type Quantile struct {
	Name         string  `yaml:"name" doc:"name of the KPI; required; the metric is cx_custom_<name>_<unit>"`
	Of           string  `yaml:"of" doc:"column of numbers that are not negative; required"`
	Q            float64 `yaml:"q" doc:"share of the numbers that do not exceed the value, between 0 and 1, such as 0.9; required"`
	Unit         string  `yaml:"unit" doc:"seconds, ratio, score, currency, or the plural of what is counted; required"`
	By           string  `yaml:"by" doc:"time that places a row in the window; default the entity's own"`
	Direction    string  `yaml:"direction" enum:"higher_is_better,lower_is_better,neutral" doc:"which way it improves; default neutral"`
	BusinessGoal string  `yaml:"business_goal" enum:"retention,loyalty,revenue,support" doc:"what it serves; none by default"`
	Help         string  `yaml:"help" doc:"help text of the metric; has a default"`
}

func newQuantile() Parameters { return &Quantile{Direction: string(kpi.Neutral)} }

type quantile struct {
	described
	time, of facts.Role
	q        float64
}

// KPI builds the KPI.
func (p *Quantile) KPI(b Binding) (KPI, error) {
	c := custom{p.Name, p.Help, p.Direction, p.BusinessGoal, p.Unit}
	time, err := placed(b, p.By)
	errs := []error{c.check(), named("of", p.Of, "of numbers"), err}
	if !(p.Q > 0 && p.Q < 1) {
		errs = append(errs, wrong("q", "%s is not between 0 and 1: use 0.5 for the median, or 0.9 for what nine of ten do not exceed", number(p.Q)))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return &quantile{
		described: described{c.desc(fmt.Sprintf("quantile %s of %s by %s", number(p.Q), p.Of, time), c.stat("Custom quantile as configured.", kpi.From(0)))},
		time:      time, of: facts.Role(p.Of), q: p.Q,
	}, nil
}

func (k *quantile) cube(s kpi.Span) *facts.Cube {
	of := facts.Expr{Role: k.of}
	return &facts.Cube{
		Time: k.time, Bounds: rows(s),
		Keys: []facts.Key{{Expr: of, Bucket: true}},
		Sums: []facts.Sum{{Kind: facts.SumCount, Of: of}},
	}
}

// Needs asks for the numbers as a log-bucket histogram.
func (k *quantile) Needs(s kpi.Span) []facts.Need { return cubes(k.cube(s)) }

// Compute finds the quantile.
func (k *quantile) Compute(s kpi.Span, f facts.Facts) []Value {
	sketch := new(stats.Sketch)
	f.Cells(k.cube(s), s.Lo, s.Hi, func(c facts.Cell) {
		if index, ok := c.Bucket(0); ok {
			sketch.Add(index, c.N())
		}
	})
	return []Value{{Evidence: stats.Quantile{P: k.q, Sketch: sketch}}}
}

// Rejected counts the numbers below zero.
func (k *quantile) Rejected(s kpi.Span, f facts.Facts) map[string]float64 {
	negative := 0.0
	f.Cells(k.cube(s), s.Lo, s.Hi, func(c facts.Cell) {
		if _, ok := c.Bucket(0); !ok {
			negative += c.Sum(0)
		}
	})
	if negative == 0 {
		return nil
	}
	return map[string]float64{facts.RejectedOffScale: negative}
}

var (
	_ KPI      = (*quantile)(nil)
	_ Rejecter = (*quantile)(nil)
)
