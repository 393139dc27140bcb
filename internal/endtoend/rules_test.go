package endtoend

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/cx-exporter/cx-exporter/alerts"
	"github.com/cx-exporter/cx-exporter/internal/testdb"
)

// rule is a rule as Prometheus reads it.
type rule struct {
	Record, Alert, Expr, For string
	Labels, Annotations      map[string]string
}

// recorded are series that rules or Prometheus itself record.
var recorded = regexp.MustCompile(`(?:cx:alert_condition|cx:rules_evaluated|ALERTS_FOR_STATE)\{[^}]*\}`)

// shipped are the rules that ship that alert, each with its condition in the place
// of the series that another one records it as.
func shipped(t *testing.T) []rule {
	t.Helper()
	text, err := alerts.PrometheusRules(alerts.RuleOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Groups []struct{ Rules []rule } }
	if err := yaml.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	var all []rule
	conditions := map[string]string{}
	for _, g := range file.Groups {
		for i, r := range g.Rules {
			series := fmt.Sprintf("max without (alert) (cx:alert_condition{alert=%q})", r.Alert)
			switch {
			case r.Record == "cx:rules_evaluated" && r.Expr == "vector(1)" && len(g.Rules) == i+1:
				continue
			case r.Record != "":
				conditions[r.Labels["alert"]] = recorded.ReplaceAllString(r.Expr, "")
				continue
			case r.Expr == series && conditions[r.Alert] == "":
				t.Errorf("the condition of %s is not recorded before it", r.Alert)
			case r.Expr == series:
				r.Expr = conditions[r.Alert]
				delete(conditions, r.Alert)
			}
			all = append(all, r)
		}
	}
	if silent := conditions[""]; len(conditions) != 1 || !strings.Contains(silent, "cx_collector_success[") {
		t.Errorf("recorded for no alert, beside the silence, is %q", conditions)
	}
	return all
}

// board is the part of the demo that rules look at, with a goal of a kind that
// the demo has none of, and a collector that fails.
const board = `
global: {interval: 30s}
sources: [{name: company, driver: sqlite, path: %q}]
collectors:
  - {name: absent, source: company, table: nowhere, entity: tickets, kpis: [backlog]}
  - name: subscriptions
    source: company
    table: subscriptions
    entity: subscriptions
    dimensions: [plan]
    windows: [30d]
    kpis: [churn, retention]
  - name: relationship
    source: company
    table: responses
    entity: responses
    where: survey = 'nps'
    dimensions: [plan]
    windows: [90d]
    kpis: [nps]
  - name: satisfaction
    source: company
    table: responses
    entity: responses
    where: survey = 'csat'
    windows: [90d]
    kpis: [csat]
  - name: invitations
    source: company
    table: invitations
    entity: invitations
    columns:
      sent_at: {column: sent_at, type: text}
      responded_at: {column: responded_at, type: text}
    windows: [90d]
    kpis: [response_rate]
alerting: {alertmanagers: [{static_configs: [{targets: ['127.0.0.1:1']}]}]}
goals:
  - name: reduce-churn
    type: reach
    collector: subscriptions
    kpi: churn
    window: 30d
    segment: {plan: pro}
    change: -15%%
    start: %s
    deadline: 2101-01-01
    owner: retention-team
    dashboard_url: https://grafana.example.com/d/cx-goal
  - name: reduce-churn-before
    type: reach
    collector: subscriptions
    kpi: churn
    window: 30d
    change: -15%%
    start: %s
    deadline: %s
`

// exported are the families of the exporter that serves the board, and the names
// of their labels.
func exported(t *testing.T) map[string]map[string]bool {
	t.Helper()
	program := testdb.Program(t)
	ago := func(days int) string { return time.Now().AddDate(0, 0, -days).Format(time.DateOnly) }
	cx := fmt.Sprintf(board, invent(t), ago(20), ago(200), ago(10))
	exporter := testdb.StartService(t, "the exporter", "/-/ready", map[string]string{"cx.yml": cx}, func(dir, address string) []string {
		return []string{program, "--config.file=" + filepath.Join(dir, "cx.yml"), "--web.listen-address=" + address}
	})
	var text string
	eventually(t, "both goals are judged and churn compared", func() (err error) {
		text, err = page(t.Context(), exporter)
		for _, family := range []string{"cx_goal_value{", "cx_goal_ended_timestamp_seconds{", "cx_kpi_spike_pvalue{"} {
			if err == nil && !strings.Contains(text, family) {
				err = fmt.Errorf("the page lacks %s", family)
			}
		}
		return err
	})
	label := regexp.MustCompile(`(\w+)="(?:[^"\\]|\\.)*"`)
	families := map[string]map[string]bool{}
	for line := range strings.Lines(text) {
		name, rest, _ := strings.Cut(strings.Fields(line)[0], "{")
		if name == "#" {
			continue
		}
		if families[name] == nil {
			families[name] = map[string]bool{}
		}
		if rest == "" {
			continue
		}
		for _, m := range label.FindAllStringSubmatch(line, -1) {
			families[name][m[1]] = true
		}
	}
	return families
}

// special are labels that only some KPIs have, or only values of segments, and those
// that Prometheus adds.
var special = []string{"basis", "currency", "method", "target", "dimension", "segment", "job", "instance"}

var (
	familyUsed   = regexp.MustCompile(`\bcx_\w+`)
	labelsKept   = regexp.MustCompile(`\b(?:by|on|group_left) ?\(([^)]*)\)`)
	labelMatched = regexp.MustCompile(`[{,] *(\w+)(?:=~|!=|!~|=)["']`)
	sentences    = regexp.MustCompile(`[.?]$`)
	labelTold    = regexp.MustCompile(`\$labels\.(\w+)`)
)

// TestTheRulesAskForWhatIsThere looks at each rule as a linter does that knows
// what is exported: a rule over a family or a label that is not there loads, and
// never fires.
func TestTheRulesAskForWhatIsThere(t *testing.T) {
	t.Parallel()
	families := exported(t)
	for _, r := range shipped(t) {
		used := map[string]bool{}
		for _, text := range append(slices.Collect(maps.Values(r.Annotations)), r.Expr) {
			for _, name := range familyUsed.FindAllString(text, -1) {
				if _, ok := families[name]; !ok {
					t.Errorf("%s asks for %s, which is not exported", r.Alert, name)
				}
				for label := range families[name] {
					used[label] = true
				}
			}
		}
		kept := maps.Clone(r.Labels)
		if kept == nil {
			kept = map[string]string{}
		}
		for _, m := range labelsKept.FindAllStringSubmatch(r.Expr, -1) {
			for label := range strings.SplitSeq(m[1], ",") {
				if label = strings.TrimSpace(label); label != "" {
					kept[label] = ""
				}
			}
		}
		for label := range kept {
			if _, own := r.Labels[label]; !own && !used[label] && !slices.Contains(special, label) {
				t.Errorf("%s keeps the label %s, which nothing that it asks for has", r.Alert, label)
			}
		}
		for _, m := range labelMatched.FindAllStringSubmatch(r.Expr, -1) {
			if !used[m[1]] {
				t.Errorf("%s selects by the label %s, which nothing that it asks for has", r.Alert, m[1])
			}
		}
		for name, text := range r.Annotations {
			for _, m := range labelTold.FindAllStringSubmatch(text, -1) {
				if _, ok := kept[m[1]]; !ok {
					t.Errorf("the %s of %s tells the label %s, which the alert does not have", name, r.Alert, m[1])
				}
			}
		}
	}
}

// TestEveryRuleIsComplete wants of each rule what its receivers need.
func TestEveryRuleIsComplete(t *testing.T) {
	t.Parallel()
	// These look at days, which are in their expressions.
	immediate := []string{"CXGoalSampleTooSmall", "CXGoalBaselineMoved"}
	seen := map[string]bool{}
	for _, r := range shipped(t) {
		if seen[r.Alert] {
			t.Errorf("there are two rules %s", r.Alert)
		}
		seen[r.Alert] = true
		if !strings.HasPrefix(r.Alert, "CX") {
			t.Errorf("%s may be the name of anybody's alert", r.Alert)
		}
		if (r.For == "") != slices.Contains(immediate, r.Alert) {
			t.Errorf("%s waits for %q", r.Alert, r.For)
		}
		severity := r.Labels["severity"]
		if severity == "" && !strings.Contains(r.Expr, "severity") {
			t.Errorf("%s has no severity", r.Alert)
		}
		if severity != "" && !slices.Contains([]string{"critical", "warning", "info"}, severity) {
			t.Errorf("%s has the severity %s", r.Alert, severity)
		}
		for label, value := range r.Labels {
			if strings.Contains(value, "{{") {
				t.Errorf("the label %s of %s changes with the data, so that it would be a new alert each time", label, r.Alert)
			}
		}
		wanted := []string{"summary", "description", "runbook_url"}
		if strings.HasPrefix(r.Alert, "CXGoal") {
			wanted = append(wanted, "dashboard_url")
		}
		for _, name := range wanted {
			if r.Annotations[name] == "" {
				t.Errorf("%s has no %s", r.Alert, name)
			}
		}
		if strings.HasSuffix(r.Annotations["summary"], ".") || !sentences.MatchString(r.Annotations["description"]) {
			t.Errorf("%s: a summary is a headline, and a description sentences: %q, %q", r.Alert, r.Annotations["summary"], r.Annotations["description"])
		}
		page := filepath.Join("..", "..", "docs", "runbooks", strings.TrimPrefix(r.Annotations["runbook_url"], alerts.DefaultRunbooks+"/"))
		if _, err := os.Stat(page); err != nil {
			t.Errorf("the runbook of %s: %v", r.Alert, err)
		}
	}
}
