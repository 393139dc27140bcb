package config

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/cx-exporter/cx-exporter/collectors"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// goalLabels finds the labels by which the goal chooses one series of the value.
// Which series there are beyond that only the data know.
func (c *converter) goalLabels(raw *rawGoal, g *Goal) {
	known := make([]string, len(g.Stat.Labels))
	for i, l := range g.Stat.Labels {
		known[i] = l.Name
	}
	for _, name := range slices.Sorted(maps.Keys(raw.Labels)) {
		v := raw.Labels[name]
		g.Labels = append(g.Labels, kpi.Label{Name: name, Value: v.V})
		i := slices.Index(known, name)
		switch key := (place{path: v.at.path, node: v.at.key}); {
		case len(known) == 0:
			c.problem(key, "%s has no labels to choose by; remove the key", g.Stat.Metric)
		case i < 0:
			c.add(key, note{message: fmt.Sprintf("%s has no label %s", g.Stat.Metric, name), allowed: list(known), nearest: nearest(name, known)})
		default:
			c.goalLabel(v, g.Stat, g.Stat.Labels[i])
		}
	}
	for _, l := range g.Stat.Labels {
		if _, chosen := raw.Labels[l.Name]; !chosen && len(l.Values) > 1 {
			c.add(raw.KPI.at, note{
				message: fmt.Sprintf("%s has a value for each %s; say for which one the goal is, such as `labels: {%s: %s}`", g.Stat.Metric, l.Name, l.Name, Scalar(l.Values[0])),
				allowed: list(l.Values),
			})
		}
	}
}

// goalLabel reports a value that a label cannot have.
func (c *converter) goalLabel(v value[string], s collectors.Stat, l collectors.Label) {
	switch capitals := strings.ToUpper(strings.TrimSpace(v.V)); {
	case !v.good:
	case l.Values != nil && !slices.Contains(l.Values, v.V):
		c.reference(v, slices.Clone(l.Values), "%s has no %s %s", s.Metric, l.Name, v.shown())
	case l.Capitals && v.V != capitals && v.V != kpi.NoSegment:
		c.add(v.at, note{message: fmt.Sprintf("the values of %s are in capitals", l.Name), nearest: capitals})
	}
}

// Scalar is a text as YAML takes it for one: in quotes where it could be a number, a
// truth value or nothing.
func Scalar(text string) string {
	plain := text != ""
	for _, r := range text {
		plain = plain && (r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z')
	}
	if plain && !slices.Contains([]string{"true", "false", "yes", "no", "on", "off", "null", "y", "n"}, strings.ToLower(text)) {
		return text
	}
	return strconv.Quote(text)
}
