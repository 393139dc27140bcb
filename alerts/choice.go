package alerts

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/cx-exporter/cx-exporter/config"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// Choice is why a goal has no value although there are some: its labels do not
// choose one series of the KPI.
type Choice struct {
	// Several tells that they fit all that there are to choose from. Otherwise they
	// fit none of them.
	Several bool `json:"several"`
	// Of are the labels of these series, sorted: of the first where there are very
	// many.
	Of [][]kpi.Label `json:"of"`
	// More is how many there are beyond them.
	More int `json:"more,omitempty"`
}

// mostKept is how many series a choice keeps the labels of.
const mostKept = 100

// newChoice is a choice from series.
func newChoice(several bool, from [][]kpi.Label) *Choice {
	all := sorted(from)
	kept := min(len(all), mostKept)
	return &Choice{Several: several, Of: slices.Clone(all[:kept]), More: len(all) - kept}
}

// kind is the doubt that a choice is.
func (c *Choice) kind() DoubtKind {
	if c.Several {
		return Ambiguous
	}
	return Unmatched
}

// fitting is how many series fit the goal, of one that several fit.
func (c *Choice) fitting() int {
	if !c.Several {
		return 0
	}
	return len(c.Of) + c.More
}

// Choose finds the series that a goal means among those of its KPI, value, window
// and segment, by their labels: an index, or the choice that is left. Where there
// are no series there is neither.
func (g *Goal) Choose(all [][]kpi.Label) (index int, left *Choice) {
	index = -1
	var fit [][]kpi.Label
	for i, labels := range all {
		if !slices.ContainsFunc(g.Goal.Labels, func(l kpi.Label) bool { return !slices.Contains(labels, l) }) {
			index, fit = i, append(fit, labels)
		}
	}
	switch {
	case len(fit) == 1 || len(all) == 0:
		return index, nil
	case len(fit) == 0:
		return -1, newChoice(false, all)
	}
	return -1, newChoice(true, fit)
}

func sorted(all [][]kpi.Label) [][]kpi.Label {
	return slices.SortedFunc(slices.Values(all), func(a, b []kpi.Label) int {
		return slices.CompareFunc(a, b, func(x, y kpi.Label) int {
			return cmp.Or(cmp.Compare(x.Name, y.Name), cmp.Compare(x.Value, y.Value))
		})
	})
}

// mostNamed is how many series a sentence names.
const mostNamed = 8

// telling are the series by the labels in which they differ, and by those that a
// goal names. Where only the first are kept, a label that is alike in them may differ
// in the rest.
func (c *Choice) telling(named []kpi.Label) [][]kpi.Label {
	out := make([][]kpi.Label, len(c.Of))
	for i, labels := range c.Of {
		for _, l := range labels {
			alike := c.More == 0 && !slices.ContainsFunc(c.Of, func(o []kpi.Label) bool { return !slices.Contains(o, l) })
			if !alike || !c.Several && slices.ContainsFunc(named, func(n kpi.Label) bool { return n.Name == l.Name }) {
				out[i] = append(out[i], l)
			}
		}
	}
	return out
}

// names are the series in words: `currency EUR, GBP and USD`, or, told apart by
// several labels, `team blue with priority 1, team red with priority 2`.
func (c *Choice) names(named []kpi.Label, text func(string) string) string {
	all := c.telling(named)
	one := "" // the label that tells them all apart
	if len(all[0]) == 1 {
		one = all[0][0].Name
	}
	for _, labels := range all {
		if len(labels) != 1 || labels[0].Name != one {
			one = ""
		}
	}
	var words []string
	for _, labels := range all[:min(len(all), mostNamed)] {
		var parts []string
		for _, l := range labels {
			if one == "" {
				parts = append(parts, l.Name+" "+text(l.Value))
			} else {
				parts = append(parts, text(l.Value))
			}
		}
		words = append(words, strings.Join(parts, " with "))
	}
	last := len(words) - 1
	switch more := len(all) - len(words) + c.More; {
	case more > 0:
		words = []string{strings.Join(words, ", ") + fmt.Sprintf(" and %d more", more)}
	case last > 0:
		words = []string{strings.Join(words[:last], ", ") + " and " + words[last]}
	}
	if one != "" {
		return one + " " + words[0]
	}
	return words[0]
}

// example is how the configuration chooses the first of several series.
func (c *Choice) example(named []kpi.Label) string {
	parts := make([]string, 0, len(named)+1)
	for _, l := range slices.Concat(named, c.telling(named)[0]) {
		parts = append(parts, l.Name+": "+config.Scalar(l.Value))
	}
	return "labels: {" + strings.Join(parts, ", ") + "}"
}
