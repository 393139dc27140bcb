package collectors

import (
	"errors"
	"fmt"

	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
	"github.com/cx-exporter/cx-exporter/internal/stats"
)

// Ratio is a custom share: of the rows in the window that have a flag
//
//	rows where of is yes / rows where of is yes or no
//
// or of one column's sum in another's
//
//	Σ numerator / Σ denominator
//
// Intervals: Wilson for rows, the delta method for sums.
type Ratio struct {
	Name         string `yaml:"name" doc:"name of the KPI; required; the metric is cx_custom_<name>_ratio"`
	Of           string `yaml:"of" doc:"column with yes or no; required unless numerator and denominator are given"`
	Numerator    string `yaml:"numerator" doc:"column whose sum is divided; none by default"`
	Denominator  string `yaml:"denominator" doc:"column whose sum it is divided by; none by default"`
	By           string `yaml:"by" doc:"time that places a row in the window; default the entity's own"`
	Direction    string `yaml:"direction" enum:"higher_is_better,lower_is_better,neutral" doc:"which way it improves; default neutral"`
	BusinessGoal string `yaml:"business_goal" enum:"retention,loyalty,revenue,support" doc:"what it serves; none by default"`
	Help         string `yaml:"help" doc:"help text of the metric; has a default"`
}

func newRatio() Parameters { return &Ratio{Direction: string(kpi.Neutral)} }

type ratio struct {
	described
	time                   facts.Role
	of                     facts.Role // empty where sums are divided
	numerator, denominator facts.Role
}

// KPI builds the KPI.
func (p *Ratio) KPI(b Binding) (KPI, error) {
	c := custom{p.Name, p.Help, p.Direction, p.BusinessGoal, "ratio"}
	time, err := placed(b, p.By)
	errs := []error{c.check(), err}
	switch sums := p.Numerator != "" || p.Denominator != ""; {
	case sums && p.Of != "":
		errs = append(errs, wrong("of", "cannot stand beside numerator and denominator: the first is a share of rows, the others are of sums"))
	case sums:
		errs = append(errs, named("numerator", p.Numerator, "whose sum is divided"), named("denominator", p.Denominator, "whose sum it is divided by"))
	default:
		errs = append(errs, named("of", p.Of, "that holds yes or no, or give numerator and denominator"))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	variant, ends := fmt.Sprintf("rows with %s by %s", p.Of, time), kpi.Between(0, 1)
	if p.Of == "" {
		ends = kpi.Ends{} // sums may be of any sign
		variant = fmt.Sprintf("sum of %s / sum of %s by %s", p.Numerator, p.Denominator, time)
	}
	return &ratio{
		described: described{c.desc(variant, c.stat("Custom ratio as configured.", ends))},
		time:      time, of: facts.Role(p.Of),
		numerator: facts.Role(p.Numerator), denominator: facts.Role(p.Denominator),
	}, nil
}

// The sums of the cube, as indexes.
const (
	ratioN = iota
	ratioX
	ratioY
	ratioXX
	ratioXY
	ratioYY
)

func (k *ratio) cube(s kpi.Span) *facts.Cube {
	if k.of != "" {
		return flagCube(s, k.time, k.of)
	}
	x, y := facts.Expr{Role: k.denominator}, facts.Expr{Role: k.numerator}
	return &facts.Cube{Time: k.time, Bounds: rows(s), Sums: []facts.Sum{
		ratioN:  {Kind: facts.SumCount, Of: x},
		ratioX:  {Kind: facts.SumOf, Of: x},
		ratioY:  {Kind: facts.SumOf, Of: y},
		ratioXX: {Kind: facts.SumSquare, Of: x},
		ratioXY: {Kind: facts.SumProduct, Of: x, Times: y},
		ratioYY: {Kind: facts.SumSquare, Of: y},
	}}
}

// flagCube asks for the rows of a span by a flag.
func flagCube(s kpi.Span, time, flag facts.Role) *facts.Cube {
	return &facts.Cube{Time: time, Bounds: rows(s), Keys: []facts.Key{{Expr: facts.Expr{Role: flag}}}}
}

// foldFlag counts the rows whose flag is yes among those whose flag is yes or
// no, and the rows whose flag is something else. NULL is neither.
func foldFlag(s kpi.Span, f facts.Facts, c *facts.Cube) (p stats.Proportion, unreadable float64) {
	f.Cells(c, s.Lo, s.Hi, func(cell facts.Cell) {
		text, null := cell.Key(0)
		if null {
			return
		}
		yes, ok := parseFlag(text)
		switch {
		case !ok:
			unreadable += cell.N()
			return
		case yes:
			p.Hits += cell.N()
		}
		p.N += cell.N()
	})
	return p, unreadable
}

// flagRejected counts the rows whose flag is neither yes nor no nor NULL.
func flagRejected(s kpi.Span, f facts.Facts, c *facts.Cube) map[string]float64 {
	rejected := map[string]float64{}
	if _, n := foldFlag(s, f, c); n > 0 {
		rejected[facts.RejectedNotAFlag] = n
	}
	return rejected
}

// Needs asks for the rows by the flag, or for the sums.
func (k *ratio) Needs(s kpi.Span) []facts.Need { return cubes(k.cube(s)) }

// Compute divides.
func (k *ratio) Compute(s kpi.Span, f facts.Facts) []Value {
	if k.of != "" {
		p, _ := foldFlag(s, f, k.cube(s))
		return []Value{{Evidence: p}}
	}
	var r stats.RatioOfSums
	f.Cells(k.cube(s), s.Lo, s.Hi, func(c facts.Cell) {
		r.N += c.Sum(ratioN)
		r.X += c.Sum(ratioX)
		r.Y += c.Sum(ratioY)
		r.XX += c.Sum(ratioXX)
		r.XY += c.Sum(ratioXY)
		r.YY += c.Sum(ratioYY)
	})
	return []Value{{Evidence: r}}
}

// Rejected counts the rows of which the flag is neither yes nor no.
func (k *ratio) Rejected(s kpi.Span, f facts.Facts) map[string]float64 {
	if k.of == "" {
		return nil
	}
	return flagRejected(s, f, k.cube(s))
}

var (
	_ KPI      = (*ratio)(nil)
	_ Rejecter = (*ratio)(nil)
)
