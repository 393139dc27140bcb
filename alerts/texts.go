package alerts

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"text/template"

	"github.com/prometheus/common/helpers/templates"
)

// The texts of alerts are templates of Prometheus. Where the exporter sends an
// alert itself, it fills them as Prometheus would, from its own view; promtool
// proves that both come to the same text.

// annotations are the templates of an alert's annotations.
func (a Alert) annotations(runbooks string) map[string]string {
	all := map[string]string{
		"summary": a.Summary, "description": a.Description, "runbook_url": strings.TrimRight(runbooks, "/") + "/" + a.Name + ".md",
	}
	if a.Group == groupGoals {
		all["dashboard_url"] = "{{ with " + goalAsked("max by (dashboard_url) ", familyInfo) + ` }}{{ . | first | label "dashboard_url" }}{{ end }}`
	}
	return all
}

// over are the templates of the annotations that tell the end of an alert.
func (a Alert) over(runbooks string) map[string]string {
	all := a.annotations(runbooks)
	all["summary"], all["description"] = a.Over.Summary, a.Over.Description
	return all
}

// subject is what a text is about.
type subject struct {
	Labels map[string]string
	Value  float64
	Was    string
}

// texts are templates that were read before: alerts that fire are written anew
// whenever a number in them changes.
type texts map[string]*template.Template

// fill fills a template with the answers to its queries. The name is for messages.
func (all texts) fill(query func(string) ([]queried, error), name, text string, about subject) (string, error) {
	t := all[text]
	if t == nil {
		var err error
		t, err = template.New(name).Option("missingkey=zero").Funcs(template.FuncMap{
			"query":              query,
			"first":              first,
			"value":              func(s queried) float64 { return s.value },
			"label":              func(name string, s queried) string { return s.labels[name] },
			"humanize":           humanize,
			"humanizePercentage": func(x float64) string { return fmt.Sprintf("%.4g%%", x*100) },
			"humanizeDuration":   templates.HumanizeDuration,
		}).Parse("{{ $labels := .Labels }}{{ $value := .Value }}{{ $was := .Was }}" + text)
		if err != nil {
			return "", fmt.Errorf("the text %s: %w", name, err)
		}
		all[text] = t
	}
	var b strings.Builder
	if err := t.Funcs(template.FuncMap{"query": query}).Execute(&b, about); err != nil {
		return "", fmt.Errorf("the text %s: %w", name, err)
	}
	return b.String(), nil
}

func first(all []queried) (queried, error) {
	if len(all) == 0 {
		return queried{}, errors.New("there is no first of nothing")
	}
	return all[0], nil
}

// humanize writes a number with a metric prefix. Prometheus has it in a package that
// brings all of its server with it, unlike that of humanizeDuration.
func humanize(x float64) string {
	if x == 0 || math.IsNaN(x) || math.IsInf(x, 0) {
		return fmt.Sprintf("%.4g", x)
	}
	prefix := ""
	if math.Abs(x) >= 1 {
		for _, p := range []string{"k", "M", "G", "T", "P", "E", "Z", "Y"} {
			if math.Abs(x) < 1000 {
				break
			}
			prefix, x = p, x/1000
		}
		return fmt.Sprintf("%.4g%s", x, prefix)
	}
	for _, p := range []string{"m", "u", "n", "p", "f", "a", "z", "y"} {
		if math.Abs(x) >= 1 {
			break
		}
		prefix, x = p, x*1000
	}
	return fmt.Sprintf("%.4g%s", x, prefix)
}
