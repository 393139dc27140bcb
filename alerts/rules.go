package alerts

import (
	"bytes"
	"cmp"
	"fmt"
	"time"

	"gopkg.in/yaml.v3"
)

// RuleOptions shape the alerts, whoever evaluates them: Prometheus by its rules, or
// the exporter itself.
type RuleOptions struct {
	// RunbookURL is the folder of the runbooks, of which each alert has a page;
	// empty is DefaultRunbooks.
	RunbookURL string
	// Duration changes how long an alert waits; nil leaves it as the table says.
	// Tests shorten it.
	Duration func(time.Duration) time.Duration
	// Bridge is how long Prometheus counts a value that it no longer sees; zero is
	// half an hour. Tests shorten it.
	Bridge time.Duration
}

// DefaultRunbooks is where the runbooks of the project are.
const DefaultRunbooks = "https://github.com/cx-exporter/cx-exporter/blob/main/docs/runbooks"

// runbooks is the folder of the runbooks.
func (o RuleOptions) runbooks() string { return cmp.Or(o.RunbookURL, DefaultRunbooks) }

// wait is how long an alert waits that the table lets wait for a time.
func (o RuleOptions) wait(d time.Duration) time.Duration {
	if o.Duration == nil {
		return d
	}
	return o.Duration(d)
}

type ruleFile struct {
	Groups []ruleGroup `yaml:"groups"`
}

type ruleGroup struct {
	Name  string `yaml:"name"`
	Rules []rule `yaml:"rules"`
}

type rule struct {
	Record      string            `yaml:"record,omitempty"`
	Alert       string            `yaml:"alert,omitempty"`
	Expr        string            `yaml:"expr"`
	For         string            `yaml:"for,omitempty"`
	Labels      map[string]string `yaml:"labels,omitempty"`
	Annotations map[string]string `yaml:"annotations,omitempty"`
}

func groups(o RuleOptions) []ruleGroup {
	out := []ruleGroup{
		{Name: groupSilence, Rules: []rule{{Record: silentSeries, Expr: o.ranges(silence())}}},
		{Name: groupGoals},
		{Name: groupKPIs},
		{Name: groupExporter},
	}
	for _, a := range Table() {
		wait := o.wait(a.For)
		condition, expr, held := a.held()
		r := rule{Alert: a.Name, Expr: o.ranges(expr), Labels: map[string]string{}, Annotations: a.annotations(o.runbooks())}
		if wait > 0 {
			r.For = promDuration(wait)
		}
		if a.Severity != "" {
			r.Labels["severity"] = a.Severity
		}
		if a.Kind != "" {
			r.Labels["kind"] = a.Kind
		}
		for i := range out {
			if out[i].Name != a.Group {
				continue
			}
			if held {
				out[i].Rules = append(out[i].Rules, rule{Record: heldSeries, Expr: o.ranges(condition), Labels: map[string]string{"alert": a.Name}})
			}
			out[i].Rules = append(out[i].Rules, r)
		}
	}
	for i := range out[1:] {
		g := &out[i+1]
		// The last of its rules, so that it tells of the evaluation before.
		g.Rules = append(g.Rules, rule{Record: evaluatedSeries, Expr: "vector(1)", Labels: map[string]string{"group": g.Name}})
	}
	return out
}

// promDuration writes a duration as Prometheus reads it.
func promDuration(d time.Duration) string {
	for _, u := range []struct {
		length time.Duration
		letter string
	}{{24 * time.Hour, "d"}, {time.Hour, "h"}, {time.Minute, "m"}, {time.Second, "s"}} {
		if d%u.length == 0 {
			return fmt.Sprintf("%d%s", d/u.length, u.letter)
		}
	}
	return fmt.Sprintf("%dms", d/time.Millisecond)
}

// PrometheusRules is a rule file for Prometheus, Mimir, Thanos and vmalert. It
// works for every configuration: what is watched, and how, is in the series.
func PrometheusRules(o RuleOptions) ([]byte, error) {
	return encode("# The alerts of cx-exporter, written by `cx-exporter rules`. They need no editing:\n# goals, limits and severities are in the metrics.\n", ruleFile{groups(o)})
}

// PrometheusRule is the same as a resource of the Prometheus operator.
func PrometheusRule(o RuleOptions) ([]byte, error) {
	return encode("# The alerts of cx-exporter, written by `cx-exporter rules --format=prometheusrule`.\n", map[string]any{
		"apiVersion": "monitoring.coreos.com/v1", "kind": "PrometheusRule",
		"metadata": map[string]any{"name": "cx-exporter"},
		"spec":     ruleFile{groups(o)},
	})
}

func encode(head string, v any) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString(head)
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("write the rules: %w", err)
	}
	return b.Bytes(), e.Close()
}
