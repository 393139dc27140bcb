package alerts

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"text/template"
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
			"humanizeDuration":   humanizeDuration,
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

// humanize writes a number with a metric prefix.
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
	x, prefix = small(x)
	return fmt.Sprintf("%.4g%s", x, prefix)
}

// small writes a number below 1 with a metric prefix.
func small(x float64) (scaled float64, prefix string) {
	for _, p := range []string{"m", "u", "n", "p", "f", "a", "z", "y"} {
		if math.Abs(x) >= 1 {
			break
		}
		prefix, x = p, x*1000
	}
	return x, prefix
}

// humanizeDuration writes seconds as days, hours, minutes and seconds.
func humanizeDuration(x float64) string {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return fmt.Sprintf("%.4g", x)
	}
	if x == 0 {
		return "0s"
	}
	if math.Abs(x) < 1 {
		scaled, prefix := small(x)
		return fmt.Sprintf("%.4g%ss", scaled, prefix)
	}
	sign := ""
	if x < 0 {
		sign, x = "-", -x
	}
	whole := int64(x)
	days, hours, minutes, rest := whole/86400, whole/3600%24, whole/60%60, whole%60
	switch {
	case days != 0:
		return fmt.Sprintf("%s%dd %dh %dm %ds", sign, days, hours, minutes, rest)
	case hours != 0:
		return fmt.Sprintf("%s%dh %dm %ds", sign, hours, minutes, rest)
	case minutes != 0:
		return fmt.Sprintf("%s%dm %ds", sign, minutes, rest)
	}
	return fmt.Sprintf("%s%.4gs", sign, x)
}
