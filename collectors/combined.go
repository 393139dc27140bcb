package collectors

import (
	"fmt"

	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// Combined is what the configuration says of a KPI that is computed from values
// of other KPIs: a pointer to a struct with yaml tags. Fields with the tag
// is:"value" name such a value: collector.kpi or collector.kpi.stat.
type Combined interface {
	// Combine gives the KPI, or says what is wrong with the parameters. An error
	// may join several of type *ParameterError.
	Combine() (Combination, error)
}

// Combination is a KPI as a formula over values of other KPIs.
type Combination struct {
	// Desc describes the KPI, which has one value. Its fidelity is left to who
	// knows the others.
	Desc Desc
	// Expr is the formula, as internal/formula reads it.
	Expr string
	// Labels are those of every value, beside the currency.
	Labels []kpi.Label
	// OneWindow is set where a parameter holds for one length of window only, and
	// says which.
	OneWindow string
}

// CombinedDefinition is an entry of the list of ready-made formulas.
type CombinedDefinition struct {
	Name    string
	Summary string
	// New returns the parameters without anything in them: defaults are tags.
	New func() Combined
}

// Combinations lists the ready-made formulas. What each stands for in the
// configuration is a key of the same name.
func Combinations() []CombinedDefinition {
	return []CombinedDefinition{
		{"retention_cost", "What it costs to keep a customer.", func() Combined { return &RetentionCost{} }},
		{"retention_roi", "What the spending on retention earns, relative to it.", func() Combined { return &RetentionROI{} }},
		{"cost_per_contact", "What it costs to answer a contact.", func() Combined { return &CostPerContact{} }},
		{"contact_rate", "Contacts per active customer.", func() Combined { return &ContactRate{} }},
	}
}

// Formula is a custom KPI: an expression over values of other KPIs. Its metric
// is cx_custom_<name>_<unit>.
type Formula struct {
	Name, Expr, Unit, Direction, BusinessGoal, Help string
}

// Combine checks the words.
func (p *Formula) Combine() (Combination, error) {
	c := custom{p.Name, p.Help, p.Direction, p.BusinessGoal, p.Unit}
	if err := c.check(); err != nil {
		return Combination{}, err
	}
	return Combination{Desc: c.desc(p.Expr, c.stat("Custom formula as configured.", kpi.Ends{})), Expr: p.Expr}, nil
}

// combined describes a ready-made formula.
func combined(d Desc, stat Stat, expr string, args ...any) Combination {
	d.Stats = []Stat{stat}
	return Combination{Desc: d, Expr: fmt.Sprintf(expr, args...)}
}
