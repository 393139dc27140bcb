package collectors

import (
	"errors"
	"fmt"
	"math"

	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
	"github.com/cx-exporter/cx-exporter/internal/stats"
)

// Mean is a custom mean of a column over the rows in the window that have a
// number there:
//
//	Σ of / rows
//
// Interval: log-delta for seconds and money, which are positive and skewed;
// Student's t for everything else and wherever min or max is given, clipped to
// them.
type Mean struct {
	Name         string   `yaml:"name" doc:"name of the KPI; required; the metric is cx_custom_<name>_<unit>"`
	Of           string   `yaml:"of" doc:"column of numbers; required"`
	Unit         string   `yaml:"unit" doc:"seconds, ratio, score, currency, or the plural of what is counted; required"`
	Min          *float64 `yaml:"min" doc:"least value that is possible, which bounds the interval; none by default"`
	Max          *float64 `yaml:"max" doc:"greatest value that is possible, which bounds the interval; none by default"`
	By           string   `yaml:"by" doc:"time that places a row in the window; default the entity's own"`
	Direction    string   `yaml:"direction" enum:"higher_is_better,lower_is_better,neutral" doc:"which way it improves; default neutral"`
	BusinessGoal string   `yaml:"business_goal" enum:"retention,loyalty,revenue,support" doc:"what it serves; none by default"`
	Help         string   `yaml:"help" doc:"help text of the metric; has a default"`
}

func newMean() Parameters { return &Mean{Direction: string(kpi.Neutral)} }

type mean struct {
	described
	money    money
	skewed   bool
	min, max float64
}

// KPI builds the KPI.
func (p *Mean) KPI(b Binding) (KPI, error) {
	c := custom{p.Name, p.Help, p.Direction, p.BusinessGoal, p.Unit}
	k := &mean{min: math.Inf(-1), max: math.Inf(1)}
	if p.Min != nil {
		k.min = *p.Min
	}
	if p.Max != nil {
		k.max = *p.Max
	}
	var bounds error
	if !(k.min < k.max) {
		bounds = wrong("min", "%s is not below max %s", number(k.min), number(k.max))
	}
	var err error
	k.money, err = customMoney(b, c, p.Of, p.By)
	if err := errors.Join(c.check(), err, bounds); err != nil {
		return nil, err
	}
	unit := c.measure()
	k.skewed = p.Min == nil && p.Max == nil && (unit == kpi.Seconds || unit == kpi.Currency)
	var ends kpi.Ends
	if p.Min != nil || p.Max != nil {
		ends = kpi.Between(k.min, k.max)
	}
	k.desc = c.desc(fmt.Sprintf("mean of %s by %s", p.Of, k.money.time), labelled([]Stat{c.stat("Custom mean as configured.", ends)}, k.money.labels()...)...)
	return k, nil
}

// customMoney is the numbers of a column. Those in the unit currency are told
// apart by currency where the role is mapped.
func customMoney(b Binding, c custom, of, by string) (money, error) {
	time, err := placed(b, by)
	return money{
		time: time, amount: facts.Role(of),
		currency: c.measure() == kpi.Currency && b.Has(roleCurrency),
	}, errors.Join(named("of", of, "of numbers"), err)
}

// Needs asks for the sums.
func (k *mean) Needs(s kpi.Span) []facts.Need { return cubes(k.money.cube(s)) }

// Compute divides the sum by the rows.
func (k *mean) Compute(s kpi.Span, f facts.Facts) []Value {
	return k.money.values(s, f, func(a amounts) []Value {
		if k.skewed {
			return []Value{{Evidence: stats.PositiveMean{N: a.n, Sum: a.sum, Squares: a.squares}}}
		}
		return []Value{{Evidence: stats.BoundedMean{N: a.n, Sum: a.sum, Squares: a.squares, Min: k.min, Max: k.max}}}
	})
}

var _ KPI = (*mean)(nil)
