package config

import (
	"slices"

	"github.com/cx-exporter/cx-exporter/collectors"
)

// family is a family of metrics that a KPI gives out.
type family struct {
	of     string // the stat's own family; others are its bounds and breakdowns
	stat   collectors.Stat
	labels []string
	line   int
}

// claim reports metrics that are given out twice in a way that Prometheus cannot
// tell apart: by two KPIs of one collector, or with another meaning elsewhere.
// at is where the KPI is named, labels are those that the configuration gives to
// its metrics, and own the metrics of its collector so far.
func (c *converter) claim(at place, name string, labels []string, stats []collectors.Stat, own map[string]*node) {
	for _, stat := range stats {
		for _, metric := range familyNames(stat) {
			before, taken := c.families[metric]
			if !taken {
				c.families[metric] = family{of: stat.Metric, stat: stat, labels: labels, line: at.node.Line}
				continue
			}
			if problem := before.clash(stat, labels); problem != "" {
				c.problem(at, "%s here and on line %d would both give the metric %s, %s", name, before.line, metric, problem)
				return
			}
		}
		if other := own[stat.Metric]; other != nil && other != at.node {
			c.problem(at, "%s gives the metric %s, which this collector has already", name, stat.Metric)
			return
		}
		own[stat.Metric] = at.node
	}
}

// familyNames are the metrics of one stat: its own, its bounds, and all of them
// by segment.
func familyNames(s collectors.Stat) []string {
	names := []string{s.Metric}
	if !s.Component {
		names = append(names, s.Metric+"_lower", s.Metric+"_upper")
	}
	for _, name := range names[:len(names):len(names)] {
		names = append(names, name+"_by_segment")
	}
	return names
}

// clash says in what a metric would differ from the same one given out before.
func (f family) clash(s collectors.Stat, labels []string) string {
	switch {
	case f.of != s.Metric:
		return "with another meaning; rename one of them"
	case f.stat.Unit != s.Unit:
		return "with different units; rename one of them"
	case f.stat.Help != s.Help:
		return "with different help texts; rename one of them, or give both the same `help`"
	case f.stat.Component != s.Component:
		return "with another meaning; rename one of them"
	case !slices.Equal(f.labels, labels):
		return "with different labels; rename one of them"
	}
	return ""
}

// labels are those that the configuration gives to the metrics of a KPI.
func (k *rawKPI) labels() []string {
	if g, ok := k.parameters.(*collectors.Gauge); ok {
		return slices.Sorted(slices.Values(g.Labels))
	}
	return nil
}
