package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/cx-exporter/cx-exporter/collectors"
	"github.com/cx-exporter/cx-exporter/internal/calendar"
	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// subject is what goals can be set on: a collector or a formula.
type subject struct {
	name       string
	kind       string // collector or formula
	kpis       []collectors.Desc
	whole      bool // all its KPIs could be built
	windows    []calendar.Window
	dimensions []facts.Dimension
}

// subjects are the collectors and formulas, as far as they could be built.
func subjects(config *Config, written []value[rawCollector]) []subject {
	var all []subject
	for i, col := range config.Collectors {
		s := subject{
			name: col.Name, kind: "collector", whole: len(col.KPIs) == len(written[i].V.KPIs.V),
			windows: col.Windows, dimensions: col.Relation.Dimensions,
		}
		for _, k := range col.KPIs {
			s.kpis = append(s.kpis, k.Desc())
		}
		all = append(all, s)
	}
	for _, f := range config.Formulas {
		s := subject{name: f.Name, kind: "formula", whole: len(f.Inputs) > 0, windows: f.Windows}
		if s.whole {
			s.kpis = []collectors.Desc{f.Desc}
			for _, d := range f.Inputs[0].Relation.Dimensions {
				if slices.Contains(f.Dimensions, d.Name) {
					s.dimensions = append(s.dimensions, d)
				}
			}
		}
		all = append(all, s)
	}
	return all
}

// String is what messages call it.
func (s subject) String() string { return "the " + s.kind + " " + quote(s.name) }

// reference reports a word that names nothing.
func (c *converter) reference(v value[string], known []string, format string, args ...any) {
	slices.Sort(known)
	c.add(v.at, note{message: fmt.Sprintf(format, args...), allowed: list(known), nearest: nearest(v.V, known)})
}

// goalSubject is what the goal is set on.
func (c *converter) goalSubject(raw *rawGoal, all []subject) (subject, bool) {
	var known []string
	for _, s := range all {
		if s.name == raw.Collector.V {
			return s, true
		}
		known = append(known, s.name)
	}
	if raw.Collector.good {
		c.reference(raw.Collector, known, "there is no collector or formula %s", raw.Collector.shown())
	}
	return subject{}, false
}

// goalValue finds the KPI and its value.
func (c *converter) goalValue(raw *rawGoal, of subject, g *Goal) bool {
	if !raw.KPI.good {
		return false
	}
	var kpis []string
	found := false
	for _, d := range of.kpis {
		kpis = append(kpis, d.Name)
		if d.Name == raw.KPI.V {
			g.KPI, found = d, true
		}
	}
	if !found && !of.whole {
		return false // it may be one of those that could not be built, which is told
	}
	if !found {
		c.reference(raw.KPI, kpis, "%s has no KPI %s", of, raw.KPI.shown())
		return false
	}
	var stats []string
	found = false
	for _, s := range g.KPI.Stats {
		if s.Component {
			continue
		}
		stats = append(stats, s.Name)
		if !found && (s.Name == raw.Stat.V || !raw.Stat.at.set()) {
			g.Stat, found = s, true
		}
	}
	switch {
	case len(stats) == 0:
		c.problem(raw.KPI.at, "%s has counts only, which are no goals; a custom KPI of kind count can have one", raw.KPI.V)
		return false
	case !found && raw.Stat.good:
		c.reference(raw.Stat, stats, "%s has no value %s that a goal can be set on", raw.KPI.V, raw.Stat.shown())
		return false
	case !found:
		return false
	}
	if d := raw.Direction; d.good && d.at.set() {
		g.Stat.Direction = kpi.Direction(d.V)
	}
	if g.Stat.Direction == kpi.Neutral {
		c.problem(raw.KPI.at, "neither way is better for %s by itself; add `direction: higher_is_better` or `direction: lower_is_better`", g.Stat.Metric)
		return false
	}
	return true
}

func (c *converter) goalWindow(raw *rawGoal, of subject, g *Goal) {
	if g.KPI.Unwindowed {
		if raw.Window.at.set() {
			c.problem(raw.Window.at, "%s has no windows; remove the key", g.KPI.Name)
		}
		return
	}
	var known []string
	for _, w := range of.windows {
		known = append(known, w.String())
		if raw.Window.good && w.String() == raw.Window.V || !raw.Window.at.set() && len(of.windows) == 1 {
			g.Window = w
			return
		}
	}
	switch {
	case !raw.Window.at.set():
		c.add(raw.KPI.at, note{message: fmt.Sprintf("%s has several windows; say for which one the goal is, by `window`", of), allowed: list(known)})
	case raw.Window.good:
		c.reference(raw.Window, known, "%s does not have the window %s", of, raw.Window.shown())
	}
}

// goalSegment finds the dimension of the columns that the goal names.
func (c *converter) goalSegment(raw *rawGoal, of subject, g *Goal) {
	if len(raw.Segment) == 0 {
		return
	}
	named := slices.Sorted(maps.Keys(raw.Segment))
	var known []string
	for _, d := range of.dimensions {
		known = append(known, strings.Join(d.Columns, " with "))
		columns := slices.Clone(d.Columns)
		if slices.Sort(columns); !slices.Equal(columns, named) {
			continue
		}
		values := make([]string, len(d.Columns))
		for i, column := range d.Columns {
			values[i] = raw.Segment[column].V
		}
		g.Segment = kpi.Segment{Dimension: d.Name, Value: strings.Join(values, ",")}
		return
	}
	at := place{path: raw.Segment[named[0]].at.path, node: raw.Segment[named[0]].at.key}
	c.add(at, note{
		message: fmt.Sprintf("%s has no dimension %s", of, strings.Join(named, " with ")),
		allowed: list(known), nearest: nearest(strings.Join(named, " with "), known),
	})
}
