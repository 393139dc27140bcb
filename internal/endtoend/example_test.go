package endtoend

import (
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cx-exporter/cx-exporter/alerts"
	"github.com/cx-exporter/cx-exporter/internal/testdb"
)

var update = flag.Bool("update", false, "write the golden messages anew")

// example is the folder of Alertmanager's example.
var example = filepath.Join("..", "..", "examples", "alertmanager")

// TestTheExampleRoutesEveryAlert asks Alertmanager's own tool, of each alert that
// there is, who is told.
func TestTheExampleRoutesEveryAlert(t *testing.T) {
	t.Parallel()
	tool := testdb.Amtool(t)
	file := filepath.Join(example, "alertmanager.yml")
	if out, err := exec.CommandContext(t.Context(), tool, "check-config", file).CombinedOutput(); err != nil {
		t.Fatalf("amtool check-config: %v\n%s", err, out)
	}
	// Where the goal says the severity, it says who is told.
	bySeverity := map[string]string{"critical": "critical", "warning": "warning", "info": "info"}
	want := map[string]map[string]string{
		"CXGoalOffTrack": bySeverity, "CXGoalBreached": bySeverity, "CXGoalMissed": bySeverity,
		"CXGoalAtRisk": {"info": "info"}, "CXGoalMet": {"info": "celebrate"},
		"CXGoalSampleTooSmall": {"info": "info"}, "CXGoalBaselineMoved": {"info": "info"},
		"CXKPIWorsened": {"warning": "warning"}, "CXChurnRising": {"critical": "critical"},
		"CXSurveyResponsesTooFew": {"info": "info"}, "CXResponseRateFallen": {"warning": "warning"},
		"CXKPIStale": {"warning": "operators"}, "CXCollectorFailing": {"warning": "operators"}, "CXSourceStale": {"warning": "operators"},
		"CXExporterDown": {"critical": "operators"}, "CXAlertPushFailing": {"warning": "operators"}, "CXWatchdog": {"none": "heartbeat"},
	}
	for _, a := range append(alerts.Table(), alerts.Alert{Name: "CXWatchdog", Severity: "none"}) {
		severities := []string{a.Severity}
		if a.Severity == "" {
			severities = []string{"critical", "warning", "info"}
		}
		for _, severity := range severities {
			args := []string{"config", "routes", "test", "--config.file=" + file, "alertname=" + a.Name, "severity=" + severity, "collector=c", "kpi=k"}
			if a.Kind != "" {
				args = append(args, "kind="+a.Kind)
			}
			out, err := exec.CommandContext(t.Context(), tool, args...).Output()
			if err != nil {
				t.Fatalf("amtool config routes test: %v", err)
			}
			if got := strings.TrimSpace(string(out)); got == "" || got != want[a.Name][severity] {
				t.Errorf("%s of severity %s is told to %q, want %q", a.Name, severity, got, want[a.Name][severity])
			}
		}
	}
}

// startExample starts an Alertmanager with the example, which tells an inbox at
// once. The office is open all the time, or never.
func startExample(t *testing.T, in *inbox, office string) *testdb.Service {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(example, "alertmanager.yml"))
	if err != nil {
		t.Fatal(err)
	}
	template, err := filepath.Abs(filepath.Join(example, "cx.tmpl"))
	if err != nil {
		t.Fatal(err)
	}
	config := string(content)
	for old, replacement := range map[string]string{
		"slack_api_url_file: /etc/alertmanager/slack_url":          "slack_api_url: " + in.slack,
		"smtp_smarthost: mail.example.com:587":                     "smtp_smarthost: " + in.smtp + "\n  smtp_require_tls: false",
		"smtp_auth_username: alerts@example.com":                   "",
		"smtp_auth_password_file: /etc/alertmanager/smtp_password": "",
		"- cx.tmpl":                     "- " + template,
		"group_wait: 5m":                "group_wait: 3s",
		"group_interval: 1h":            "group_interval: 1s",
		"- weekdays: ['monday:friday']": "- " + office,
		"times: [{start_time: '08:00', end_time: '18:00'}]\n": "\n",
	} {
		if strings.Count(config, old) != 1 {
			t.Fatalf("the example has %q not exactly once", old)
		}
		config = strings.Replace(config, old, replacement, 1)
	}
	return testdb.StartAlertmanager(t, config)
}

// post lets alerts fire, or ends them.
func post(t *testing.T, alertmanager *testdb.Service, all ...testdb.NotifiedAlert) {
	t.Helper()
	type posted struct {
		Labels      map[string]string `json:"labels"`
		Annotations map[string]string `json:"annotations"`
		StartsAt    string            `json:"startsAt,omitempty"`
		EndsAt      string            `json:"endsAt,omitempty"`
	}
	list := make([]posted, len(all))
	for i, a := range all {
		list[i] = posted{Labels: a.Labels, Annotations: a.Annotations}
		if !a.StartsAt.IsZero() {
			list[i].StartsAt = a.StartsAt.Format("2006-01-02T15:04:05Z07:00")
		}
		if !a.EndsAt.IsZero() {
			list[i].EndsAt = a.EndsAt.Format("2006-01-02T15:04:05Z07:00")
		}
	}
	body, err := json.Marshal(list)
	if err != nil {
		t.Fatal(err)
	}
	if status, text, err := alertmanager.Ask(t.Context(), http.MethodPost, "/api/v2/alerts", string(body)); err != nil || status != http.StatusOK {
		t.Fatalf("Alertmanager answers %d %s: %v", status, text, err)
	}
}

// firing is an alert by its name and labels, each `name=value`.
func firing(name string, labels ...string) testdb.NotifiedAlert {
	a := testdb.NotifiedAlert{Labels: map[string]string{"alertname": name}, Annotations: map[string]string{
		"summary": name, "description": "It is so.", "runbook_url": alerts.DefaultRunbooks + "/" + name + ".md",
	}}
	for _, l := range labels {
		label, value, _ := strings.Cut(l, "=")
		a.Labels[label] = value
	}
	return a
}

// TestTheExampleTellsOnlyTheCause asks a real Alertmanager which alerts it
// withholds while another explains them.
func TestTheExampleTellsOnlyTheCause(t *testing.T) {
	t.Parallel()
	in := openInbox(t)
	alertmanager := startExample(t, in, "years: ['1999']")
	churn := []string{"kpi=churn", "collector=crm"}
	post(t, alertmanager,
		firing("CXCollectorFailing", "collector=desk", "severity=warning"),
		firing("CXKPIStale", "collector=desk", "severity=warning"),
		firing("CXGoalBreached", "goal=answer", "kpi=csat", "collector=desk", "severity=critical"),
		firing("CXKPIWorsened", "kpi=csat", "collector=desk", "severity=warning"),
		firing("CXSourceStale", "collector=shop", "severity=warning"), // of another collector
		firing("CXChurnRising", append(churn, "length=30d", "severity=critical")...),
		firing("CXKPIWorsened", append(churn, "severity=warning")...),
		firing("CXKPIWorsened", "kpi=retention", "collector=crm", "severity=warning"),
		firing("CXGoalBreached", append(churn, "goal=keep", "severity=critical")...),
		firing("CXGoalAtRisk", append(churn, "goal=keep", "severity=info")...),
		firing("CXGoalAtRisk", append(churn, "goal=another", "severity=info")...),
		firing("CXChurnRising", append(churn, "goal=plans", "severity=critical")...),
		firing("CXGoalBreached", append(churn, "goal=plans", "severity=warning")...),
		firing("CXGoalMissed", append(churn, "goal=reduce", "severity=critical")...),
		firing("CXGoalOffTrack", append(churn, "goal=reduce", "severity=critical")...),
	)
	withholds := func(want ...string) {
		t.Helper()
		eventually(t, "some are withheld", func() error {
			if got := withheld(t, alertmanager); !slices.Equal(got, want) {
				return fmt.Errorf("withheld are %q, want %q", got, want)
			}
			return nil
		})
	}
	withholds("CXGoalAtRisk crm keep", "CXGoalBreached crm plans", "CXGoalBreached desk answer", "CXGoalOffTrack crm reduce",
		"CXKPIStale desk ", "CXKPIWorsened crm churn", "CXKPIWorsened desk csat")
	post(t, alertmanager, firing("CXExporterDown", "severity=critical"), firing("CXKPIStale", "collector=shop", "severity=warning"))
	withholds("CXCollectorFailing desk ", "CXGoalAtRisk crm keep", "CXGoalBreached crm plans", "CXGoalBreached desk answer", "CXGoalOffTrack crm reduce",
		"CXKPIStale desk ", "CXKPIStale shop ", "CXKPIWorsened crm churn", "CXKPIWorsened desk csat", "CXSourceStale shop ")
}

// withheld are the alerts that others inhibit: name, collector, and goal or KPI.
func withheld(t *testing.T, alertmanager *testdb.Service) []string {
	t.Helper()
	_, text, err := alertmanager.Ask(t.Context(), http.MethodGet, "/api/v2/alerts", "")
	if err != nil {
		t.Fatal(err)
	}
	var all []struct {
		Labels map[string]string
		Status struct{ InhibitedBy []string }
	}
	if err := json.Unmarshal([]byte(text), &all); err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, a := range all {
		if len(a.Status.InhibitedBy) > 0 {
			subject := a.Labels["goal"]
			if subject == "" {
				subject = a.Labels["kpi"]
			}
			out = append(out, a.Labels["alertname"]+" "+a.Labels["collector"]+" "+subject)
		}
	}
	slices.Sort(out)
	return out
}

// TestTheExampleWaitsForTheOffice lets every kind of alert fire while the office
// is closed: nobody is told of what can wait.
func TestTheExampleWaitsForTheOffice(t *testing.T) {
	t.Parallel()
	in := openInbox(t)
	alertmanager := startExample(t, in, "years: ['1999']")
	post(t, alertmanager,
		firing("CXGoalMet", "goal=g", "collector=c", "severity=info", "kind=celebrate"),
		firing("CXKPIWorsened", "kpi=k", "collector=c", "severity=warning"),
		firing("CXGoalAtRisk", "goal=g", "collector=c", "severity=info"),
	)
	// What comes later is told at once.
	post(t, alertmanager, firing("CXChurnRising", "kpi=churn", "collector=c", "severity=critical"), firing("CXExporterDown", "severity=critical"))
	for _, wanted := range [][]string{{"Slack", "CXChurnRising"}, {"Mail to cx-leads@", "CXChurnRising"}, {"Mail to operators@", "CXExporterDown"}} {
		eventually(t, strings.Join(wanted, " "), func() error { return missing(in, wanted...) })
	}
	if n := len(in.having()); n != 3 {
		t.Errorf("there are %d messages, want 3:\n%s", n, in.all())
	}
}

// golden compares a text with a file.
func golden(t *testing.T, file, got string) {
	t.Helper()
	file = filepath.Join("testdata", file)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s is otherwise; run go test ./internal/endtoend -run Messages -update (-file +now):\n%s", file, diff)
	}
}
