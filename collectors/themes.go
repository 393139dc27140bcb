package collectors

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
	"github.com/cx-exporter/cx-exporter/internal/stats"
)

// Themes is what answers are about: the share of the answers in the window that
// carry a tag, and the share of the detractors who do
//
//	answers with the tag / answers
//	detractors with the tag / detractors
//
// An answer has as many themes as it has different tags, so the shares of a
// window may add up to more than 1. Answers without a tag are the theme (none).
// The themes beyond the greatest are the theme other, in which an answer counts
// once: the greatest by the greater of the two shares, and of equals by name.
//
// Source: the multiple response set of survey analysis, with the percent of
// cases. Intervals: Wilson.
type Themes struct {
	Separator    string  `yaml:"separator" doc:"what stands between two tags of an answer; default ,"`
	Max          int     `yaml:"max" min:"1" max:"200" doc:"how many themes are shown by name; default 20; all others are other"`
	Scale        Scale   `yaml:"scale" doc:"ends of the scale; default 0 to 10"`
	DetractorsTo float64 `yaml:"detractors_to" doc:"highest score of a detractor; default 6"`
}

// maxThemes keeps the number of series within reason.
const maxThemes = 200

func newThemes() Parameters {
	return &Themes{Separator: ",", Max: 20, Scale: Scale{0, 10}, DetractorsTo: 6}
}

type themes struct {
	described
	params Themes
	read   reading
}

// The values of the KPI, as indexes of its stats.
const (
	themeRatio = iota
	themeDetractorRatio
	themeResponses
	themeDetractors
)

// KPI builds the KPI.
func (p *Themes) KPI(Binding) (KPI, error) {
	switch {
	case p.Separator == "":
		return nil, wrong("separator", "is empty: say what stands between two tags, such as a comma or a semicolon")
	case p.Max < 1 || p.Max > maxThemes:
		return nil, wrong("max", "%d is not between 1 and %d", p.Max, maxThemes)
	}
	if err := p.Scale.check(); err != nil {
		return nil, err
	}
	if !p.Scale.holds(p.DetractorsTo) {
		return nil, wrong("detractors_to", "%s is off the scale %s: give the highest score of a detractor", number(p.DetractorsTo), p.Scale)
	}
	return &themes{
		params: *p,
		read:   reading{scale: p.Scale},
		described: described{Desc{
			Name:         "themes",
			Title:        "Themes of answers",
			Variant:      fmt.Sprintf("tags of all answers; detractors to %s on %s", number(p.DetractorsTo), p.Scale),
			BusinessGoal: goalLoyalty,
			Fidelity:     kpi.Restated,
			Stats: labelled([]Stat{
				themeRatio: {
					Name: "ratio", Metric: "cx_theme_ratio",
					Help: "Share of the answers that carry the tag, from 0 to 1: answers with the tag / answers, by the time of the answer.",
					Unit: kpi.Ratio, Ends: kpi.Between(0, 1), Direction: kpi.Neutral,
				},
				themeDetractorRatio: {
					Name: "detractor_ratio", Metric: "cx_theme_detractor_ratio",
					Help: "Share of the detractors whose answers carry the tag, from 0 to 1: detractors with the tag / detractors.",
					Unit: kpi.Ratio, Ends: kpi.Between(0, 1), Direction: kpi.Neutral,
				},
				themeResponses: {
					Name: "responses", Metric: "cx_theme_responses",
					Help: "Answers that carry the tag; an answer with several tags counts for each.",
					Unit: kpi.Count, Ends: kpi.From(0), Direction: kpi.Neutral, Component: true,
				},
				themeDetractors: {
					Name: "detractors", Metric: "cx_theme_detractors",
					Help: "Detractors whose answers carry the tag; one with several tags counts for each.",
					Unit: kpi.Count, Ends: kpi.From(0), Direction: kpi.Neutral, Component: true,
				},
			}, Label{Name: "theme"}),
		}},
	}, nil
}

// cube asks for the answers by tags and score.
func (k *themes) cube(s kpi.Span) *facts.Cube {
	c := scoreCube(s)
	c.Keys = append([]facts.Key{{Expr: facts.Expr{Role: roleTags}}}, c.Keys...)
	return c
}

// Needs asks for the answers by tags and score.
func (k *themes) Needs(s kpi.Span) []facts.Need { return cubes(k.cube(s)) }

// theme is a number of answers, and the detractors among them.
type theme struct{ answers, detractors float64 }

func (t *theme) add(o theme) {
	t.answers += o.answers
	t.detractors += o.detractors
}

// share is the greater of the shares of answers and of detractors.
func (t theme) share(all theme) float64 {
	if all.detractors == 0 {
		return t.answers / all.answers
	}
	return max(t.answers/all.answers, t.detractors/all.detractors)
}

// tagged is a number of answers with the same tags.
type tagged struct {
	tags []string
	theme
}

// Compute counts the answers by tag.
func (k *themes) Compute(s kpi.Span, f facts.Facts) []Value {
	var all theme
	var answers []tagged
	by := map[string]*theme{}
	c := k.cube(s)
	f.Cells(c, s.Lo, s.Hi, func(cell facts.Cell) {
		a := tagged{theme: theme{answers: cell.N()}}
		if score, reason := k.read.score(cell.Key(1)); reason == "" && score <= k.params.DetractorsTo {
			a.detractors = cell.N()
		}
		text, _ := cell.Key(0)
		a.tags = k.split(text)
		all.add(a.theme)
		answers = append(answers, a)
		for _, tag := range a.tags {
			if by[tag] == nil {
				by[tag] = &theme{}
			}
			by[tag].add(a.theme)
		}
	})
	shown, named := map[string]theme{kpi.NoSegment: {}}, map[string]bool{}
	for _, tag := range k.greatest(by, all) {
		shown[tag], named[tag] = *by[tag], true
	}
	for _, a := range answers {
		rest := slices.ContainsFunc(a.tags, func(tag string) bool { return !named[tag] })
		switch {
		case len(a.tags) == 0:
			none := shown[kpi.NoSegment]
			none.add(a.theme)
			shown[kpi.NoSegment] = none
		case rest:
			other := shown[kpi.OtherSegment]
			other.add(a.theme)
			shown[kpi.OtherSegment] = other
		}
	}
	var values []Value
	for _, tag := range sortedKeys(shown) {
		t, labels := shown[tag], []kpi.Label{{Name: "theme", Value: tag}}
		values = append(values,
			Value{Stat: themeRatio, Labels: labels, Evidence: stats.Proportion{Hits: t.answers, N: all.answers}},
			Value{Stat: themeDetractorRatio, Labels: labels, Evidence: stats.Proportion{Hits: t.detractors, N: all.detractors}},
			Value{Stat: themeResponses, Labels: labels, Evidence: exactly(t.answers)},
			Value{Stat: themeDetractors, Labels: labels, Evidence: exactly(t.detractors)},
		)
	}
	return values
}

// split are the different tags of an answer. The brackets and quotes of lists as
// JSON and PostgreSQL write them are no part of a tag.
func (k *themes) split(text string) []string {
	var tags []string
	for tag := range strings.SplitSeq(text, k.params.Separator) {
		tag = strings.Trim(tag, " \t\r\n[]{}\"'")
		if tag != "" && tag != kpi.NoSegment && !slices.Contains(tags, tag) {
			tags = append(tags, tag)
		}
	}
	return tags
}

// greatest are the tags that are shown by name. A tag that is called as the
// others are is one of them.
func (k *themes) greatest(by map[string]*theme, all theme) []string {
	var tags []string
	for _, tag := range sortedKeys(by) {
		if tag != kpi.OtherSegment {
			tags = append(tags, tag)
		}
	}
	slices.SortStableFunc(tags, func(a, b string) int { return cmp.Compare(by[b].share(all), by[a].share(all)) })
	return tags[:min(len(tags), k.params.Max)]
}

var _ KPI = (*themes)(nil)
