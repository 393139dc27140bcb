package config

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/cx-exporter/cx-exporter/collectors"
	"github.com/cx-exporter/cx-exporter/internal/calendar"
	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// kpis builds the KPIs of a collector.
func (c *converter) kpis(raw *rawCollector, out Collector) []collectors.KPI {
	binding := collectors.Binding{Entity: raw.Entity.V, Mapped: collectors.MappedRoles(raw.Entity.V, out.Relation.Columns), Calendars: c.calendars}
	var built []collectors.KPI
	names := map[string]place{}
	own := map[string]*node{} // the metrics of this collector, by the KPI that gives them
	for i := range raw.KPIs.V {
		k := &raw.KPIs.V[i]
		if !c.known(k, raw) {
			continue
		}
		if !c.calendarsOf(k) {
			continue
		}
		x, err := k.parameters.KPI(binding)
		if err != nil {
			c.refusal(k, err)
			continue
		}
		if before, ok := names[x.Desc().Name]; ok {
			c.twice(k, x.Desc().Name, before)
			continue
		}
		names[x.Desc().Name] = k.named
		c.checkWindows(k.named, x, out.Windows)
		c.checkSources(k, x, out)
		c.checkEvents(k, x, binding)
		c.claim(k.named, k.name, k.labels(), x.Desc().Stats, own)
		built = append(built, x)
	}
	return built
}

// known reports a KPI that does not exist or is not for this entity. It is false
// too where the parameters could not be read, which was reported then.
func (c *converter) known(k *rawKPI, raw *rawCollector) bool {
	entity := ""
	if raw.Entity.good {
		entity = raw.Entity.V
	}
	definition, ok := c.vocabulary.definition(k.name)
	n := note{class: structural, allowed: list(c.vocabulary.kpisFor(entity))}
	switch {
	case k.unreadable:
		return false
	case !ok:
		n.message = fmt.Sprintf("unknown KPI %s", quote(k.name))
		n.nearest = nearest(k.name, c.vocabulary.kpisFor(""))
		if near, ok := c.vocabulary.definition(n.nearest); ok && entity != "" && !near.On(entity) {
			n.nearest = nearest(k.name, c.vocabulary.kpisFor(entity))
		}
	case entity == "":
		return false // the entity is missing or unknown, which is told
	case !definition.On(entity):
		n.message = fmt.Sprintf("%s is computed on %s, not on %s", k.name, strings.Join(definition.Entities, " or "), entity)
		if strings.Contains(raw.Entity.written, "$") {
			n.class = semantic
		}
	default:
		return k.parameters != nil
	}
	c.add(k.named, n)
	return false
}

// refusal reports why a KPI cannot be built: a mistake in a parameter at that
// parameter, where it is in the file, and anything else at the KPI.
func (c *converter) refusal(k *rawKPI, err error) {
	for _, err := range each(err) {
		p, ok := errors.AsType[*collectors.ParameterError](err)
		if !ok {
			c.problem(k.named, "%s", hideLogins(err.Error()))
			continue
		}
		at, there := k.parameter(p.Parameter)
		switch {
		case !there:
			c.problem(at, "%s %s", p.Parameter, p.Problem)
		case referring(at.node):
			c.problem(at, "the value of %s cannot be used here", at.node.Value)
		default:
			c.problem(at, "%s", hideLogins(p.Problem))
		}
	}
}

// each lists the errors that are joined in one.
func each(err error) []error {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return []error{err}
	}
	var errs []error
	for _, e := range joined.Unwrap() {
		errs = append(errs, each(e)...)
	}
	return errs
}

// twice reports a KPI that stands in its collector before.
func (c *converter) twice(k *rawKPI, name string, before place) {
	if d, _ := c.vocabulary.definition(k.name); d.Repeatable {
		c.problem(k.named, "there is a KPI called %s in this collector already, on line %d; give each a name of its own", quote(name), before.node.Line)
		return
	}
	c.problem(k.named, "%s stands in this collector already, on line %d; a variant with other parameters is a collector of its own", name, before.node.Line)
}

// checkWindows reports windows that a KPI cannot be computed for.
func (c *converter) checkWindows(at place, x collectors.KPI, windows []calendar.Window) {
	checker, ok := x.(collectors.WindowChecker)
	if !ok {
		return
	}
	for _, w := range windows {
		if err := checker.CheckWindow(w); err != nil {
			c.problem(at, "%s", err)
		}
	}
}

// checkSources reports KPIs that count customers over several sources in which a
// customer might be twice.
func (c *converter) checkSources(k *rawKPI, x collectors.KPI, out Collector) {
	if len(out.Sources) < 2 || out.Disjoint || !countsSubjects(x) {
		return
	}
	c.problem(k.named, "%s counts customers, and one who is in two of the sources %s would count twice; if that cannot be, add `customers: disjoint` to the collector, else give each source a collector of its own", k.name, list(out.Sources))
}

// someNeeds are what a KPI needs for some span. Any will do that is longer than
// every maturity.
func someNeeds(x collectors.KPI) []facts.Need {
	at := time.Date(2024, time.January, 1, 0, 0, 0, 0, time.UTC)
	return x.Needs(kpi.Span{Lo: at.AddDate(-20, 0, 0), Hi: at, At: at})
}

// calendarsIn are the business calendars that a KPI counts by.
func calendarsIn(x collectors.KPI) []*calendar.Hours { return facts.Calendars(someNeeds(x)) }

// countsSubjects reports whether a KPI needs to know customers apart.
func countsSubjects(x collectors.KPI) bool {
	return slices.ContainsFunc(someNeeds(x), func(n facts.Need) bool {
		return n.Subjects != nil || n.Histories != nil || n.Returns != nil || n.Stays != nil
	})
}
