// Package collectors holds the KPIs. Each is one file: its parameters, the
// facts it needs, its arithmetic, its interval, and the source of its formula.
// catalogue.go lists them all, entities.go lists what rows can be.
//
// A KPI is pure: it holds no state, reads no clock and no database. It says
// which facts it needs for a span of time, and computes its values from them.
package collectors

import (
	"github.com/cx-exporter/cx-exporter/internal/calendar"
	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
	"github.com/cx-exporter/cx-exporter/internal/stats"
)

// KPI is one customer-experience figure, bound to a collector. Implementations
// are immutable and safe for concurrent use.
type KPI interface {
	// Desc describes the KPI and its values. It is constant.
	Desc() Desc
	// Needs lists the facts for one span, which need not be a window that the
	// KPI is shown for: comparisons and baselines ask for others.
	Needs(s kpi.Span) []facts.Need
	// Compute returns the values of one span for one segment or the total. It
	// leaves out what is undefined only by evidence that says so, never by
	// leaving out the value, so that the sample size 0 is seen. f answers the
	// needs of the same span. Of when the span is looked at it knows no more than
	// what Needs asks for then: the same facts make the same values.
	Compute(s kpi.Span, f facts.Facts) []Value
}

// Rejecter is a KPI that refuses rows for their content, such as a score off
// its scale.
type Rejecter interface {
	// Rejected counts the refused rows of one span by reason.
	Rejected(s kpi.Span, f facts.Facts) map[string]float64
}

// WindowChecker is a KPI that does not make sense for every window. It is asked
// once, when the configuration is loaded.
type WindowChecker interface {
	// CheckWindow says what to do instead where the window does not suit the
	// KPI.
	CheckWindow(w calendar.Window) error
}

// Desc describes a KPI as it is configured.
type Desc struct {
	Name         string       // `nps`
	Title        string       // `Net Promoter Score`
	Variant      string       // which of its definitions, in a few words
	BusinessGoal string       // retention, loyalty, revenue or support
	Fidelity     kpi.Fidelity // how true it is as of a past instant
	Stats        []Stat
	// Unwindowed values are those of the instant. They are the same for every
	// window, so they are shown once and without the label `window`, and they
	// have no comparison.
	Unwindowed bool
}

// Stat is one of a KPI's values: a family of metrics.
type Stat struct {
	// Name is the value's name in the KPI: `score`, `mean`, `p90`. It is the
	// label `stat`.
	Name   string
	Metric string // the family: `cx_nps_score`
	Help   string // one sentence with the formula; constant per family
	Unit   kpi.Unit
	// Direction tells which way the value improves.
	Direction kpi.Direction
	// Ends are the lowest and the highest value that there can be, as far as they
	// are known. What subscriptions cost is taken to be nothing at the least.
	Ends kpi.Ends
	// Labels are the further ones that every series of the value has.
	Labels []Label
	// Whole marks a value that is no estimate from a sample: a stock, a number of
	// things, what was spent, or what a query has computed. That few rows are behind
	// it is no reason not to judge it.
	Whole bool
	// Events marks a whole value that is a number of events of a period. It varies
	// by chance as an estimate does, and its interval says how much.
	Events bool
	// Component marks a numerator, a denominator or a count beside the KPI: it
	// has no interval, no sample size of its own and no goal.
	Component bool
}

// Range is the length of the scale where values may be zero or negative, as 200
// for NPS: changes are shares of it. 0 means a positive scale, on which changes
// are relative. Zero is the beginning of counts, times and shares, but only a
// place among others on a scale of points. A ratio without ends, such as a growth,
// has the length 1.
func (s Stat) Range() float64 {
	switch {
	case s.Ends.Min > 0 || s.Ends.Min == 0 && s.Unit != kpi.Score:
		return 0
	case s.Ends.Closed():
		return s.Ends.Max - s.Ends.Min
	case s.Ends.Known() && s.Unit == kpi.Ratio:
		return 1
	}
	return 0
}

// Value is one value of a KPI.
type Value struct {
	Stat     int         // index into Desc.Stats
	Labels   []kpi.Label // beyond those that every value has: currency, category, score
	Evidence stats.Evidence
}

// Parameters are what the configuration says of a KPI: a pointer to a struct
// with yaml tags, holding the defaults before it is decoded onto.
type Parameters interface {
	// KPI builds the KPI for a collector, or says what is wrong with the
	// parameters or what the collector lacks.
	KPI(b Binding) (KPI, error)
}

// ParameterError is a mistake in one parameter of a KPI. An error of
// Parameters.KPI may join several of them.
type ParameterError struct {
	Parameter string // its key in the configuration
	Problem   string // what is wrong and what to do
}

func (e *ParameterError) Error() string { return e.Parameter + ": " + e.Problem }

// Binding is what a collector tells its KPIs.
type Binding struct {
	// Entity is what a row of the collector is.
	Entity string
	// Mapped holds the roles that the configuration names under `columns`, as
	// MappedRoles gives them.
	// Required roles need not be named; optional ones are used only if named.
	Mapped map[facts.Role]bool
	// Calendars are the business calendars of the configuration, by name.
	Calendars map[string]*calendar.Hours
}

// hours is the business calendar of a name, nil where the name is empty.
func (b Binding) hours(name string) (*calendar.Hours, error) {
	h := b.Calendars[name]
	if h == nil && name != "" {
		return nil, wrong("calendar", "there is no calendar %q: define it under calendars", name)
	}
	return h, nil
}

// Has reports whether an optional role is mapped.
func (b Binding) Has(r facts.Role) bool { return b.Mapped[r] }

// Definition is an entry of the catalogue.
type Definition struct {
	Name string
	// Entities are those that the KPI can be computed on; empty means all but
	// events.
	Entities []string
	// Summary is one sentence for the reference and the editor.
	Summary string
	// Repeatable KPIs may stand more than once in a collector, under different
	// names: the custom ones.
	Repeatable bool
	// New returns the parameters at their defaults.
	New func() Parameters
}

// Entity is what one row of a relation is.
type Entity struct {
	Name  string
	Help  string
	Roles []EntityRole
}

// EntityRole is a column that an entity has.
type EntityRole struct {
	Role     facts.Role
	Kind     Kind
	Required bool // assumed to be a column of the same name unless mapped
	Help     string
}

// Kind is what a role holds.
type Kind int

// The kinds of roles.
const (
	Time   Kind = iota // an instant or a day
	Number             // a number, possibly as text
	Flag               // yes or no: boolean, 0 and 1, or text
	Name               // an identifier or a word
)
