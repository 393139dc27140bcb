package collectors

import (
	"errors"
	"regexp"
	"slices"
	"strings"

	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// custom is what all custom KPIs have in common: the words that the
// configuration gives them.
type custom struct {
	name, help, direction, goal, unit string
}

var (
	customName = regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)
	customUnit = regexp.MustCompile(`^[a-z]+(_[a-z]+)*$`)
)

// check says what is wrong with the words and the unit.
func (c custom) check() error { return errors.Join(c.checkNames(), c.checkUnit("unit")) }

func (c custom) checkNames() error {
	var errs []error
	_, taken := Lookup(c.name)
	taken = taken || slices.ContainsFunc(Combinations(), func(d CombinedDefinition) bool { return d.Name == c.name })
	switch {
	case c.name == "":
		errs = append(errs, wrong("name", "is missing: a custom KPI needs a name of its own, such as refund_share"))
	case !customName.MatchString(c.name):
		errs = append(errs, wrong("name", "%q is no name for a metric: use lower-case letters, digits and single underscores, beginning with a letter", c.name))
	case taken:
		errs = append(errs, wrong("name", "%q is a KPI of the catalogue: use another name, so that the two can be told apart", c.name))
	default:
		errs = append(errs, checkWords("name", c.name))
	}
	if !slices.Contains([]kpi.Direction{kpi.HigherIsBetter, kpi.LowerIsBetter, kpi.Neutral}, kpi.Direction(c.direction)) {
		errs = append(errs, wrong("direction", "%q is none of higher_is_better, lower_is_better and neutral", c.direction))
	}
	if !slices.Contains([]string{"", goalRetention, goalLoyalty, goalRevenue, goalSupport}, c.goal) {
		errs = append(errs, wrong("business_goal", "%q is none of retention, loyalty, revenue and support", c.goal))
	}
	return errors.Join(errs...)
}

// checkUnit says what is wrong with the unit, which the parameter gives.
func (c custom) checkUnit(parameter string) error {
	switch {
	case c.unit == "" && parameter != "unit":
		return wrong(parameter, "a unit is missing: use seconds, ratio, score, currency, or the plural of what is counted, such as tickets")
	case c.unit == "":
		return wrong(parameter, "is missing: use seconds, ratio, score, currency, or the plural of what is counted, such as tickets")
	case !customUnit.MatchString(c.unit):
		return wrong(parameter, "%q is no unit: use seconds, ratio, score, currency, or the plural of what is counted, in lower case", c.unit)
	}
	return errors.Join(checkWords(parameter, c.unit), checkEnding(parameter, c.unit))
}

// metric is the name of the family.
func (c custom) metric() string { return "cx_custom_" + c.name + "_" + c.unit }

// measure is the unit as KPIs know it.
func (c custom) measure() kpi.Unit {
	switch u := kpi.Unit(c.unit); u {
	case kpi.Seconds, kpi.Ratio, kpi.Score, kpi.Currency:
		return u
	}
	return kpi.Count
}

// desc describes a custom KPI.
func (c custom) desc(variant string, list ...Stat) Desc {
	return Desc{
		Name:         c.name,
		Title:        title(c.name),
		Variant:      variant,
		BusinessGoal: c.goal,
		Fidelity:     kpi.Restated,
		Stats:        list,
	}
}

// stat describes its value. The help is that of the configuration, or else says
// what the kind of KPI is: it must be the same wherever the name is used.
func (c custom) stat(help string, ends kpi.Ends) Stat {
	if c.help != "" {
		help = c.help
	}
	return Stat{
		Name: "value", Metric: c.metric(), Help: help,
		Unit: c.measure(), Ends: ends, Direction: kpi.Direction(c.direction),
	}
}

// whole marks a value that is no estimate.
func (s Stat) whole() Stat {
	s.Whole = true
	return s
}

// events marks a number of events.
func (s Stat) events() Stat {
	s.Whole, s.Events = true, true
	return s
}

// title is a name as a heading.
func title(name string) string {
	return strings.ToUpper(name[:1]) + strings.ReplaceAll(name[1:], "_", " ")
}

// placed is the role that places the rows of a custom KPI in a window: the one
// that the configuration names or the entity's own.
func placed(b Binding, by string) (facts.Role, error) {
	e, _ := LookupEntity(b.Entity)
	if by != "" {
		if r, ok := e.Role(facts.Role(by)); ok && r.Kind != Time {
			return "", wrong("by", "%q is not a time: name the column that places a row in a window", by)
		}
		return facts.Role(by), nil
	}
	if t := e.Time(); t != "" {
		return t, nil
	}
	if b.Has(roleAt) {
		return roleAt, nil
	}
	return "", wrong("by", "is missing: the entity %s has no time of its own, so name the column that places a row in a window, here or as at under columns", b.Entity)
}

// named checks that a parameter names a column.
func named(parameter, column, what string) error {
	if column == "" {
		return wrong(parameter, "is missing: name the column %s", what)
	}
	return nil
}
