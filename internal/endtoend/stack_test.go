package endtoend

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/cx-exporter/cx-exporter/alerts"
	"github.com/cx-exporter/cx-exporter/internal/testdb"
)

// patience bounds every wait. It is far more than anything here takes: the
// machine may be busy.
const patience = 2 * time.Minute

// road is a way of alerts to people: an Alertmanager and who it tells.
type road struct {
	name         string
	alertmanager *testdb.Service
	hook         *testdb.Webhook
}

// open opens a road. Every alert is told by itself, so that what is told can be
// counted.
func open(t *testing.T, name string) *road {
	t.Helper()
	r := &road{name: name, hook: testdb.StartWebhook(t)}
	r.alertmanager = testdb.StartAlertmanager(t, fmt.Sprintf(`
route: {receiver: hook, group_by: [...], group_wait: 1s, group_interval: 5s, repeat_interval: 4d}
receivers: [{name: hook, webhook_configs: [{url: %q}]}]
`, r.hook.URL))
	return r
}

// addresses are the targets of some roads, as YAML.
func addresses(roads ...*road) string {
	all := make([]string, len(roads))
	for i, r := range roads {
		all[i] = fmt.Sprintf("%q", r.alertmanager.Addr())
	}
	return strings.Join(all, ", ")
}

// alerting is the section of the exporter's configuration that has it tell some
// roads itself.
func alerting(roads ...*road) string {
	return fmt.Sprintf(`
alerting:
  resend_interval: 1s
  alertmanagers: [{static_configs: [{targets: [%s]}]}]
`, addresses(roads...))
}

// startExporter starts the exporter, which keeps its verdicts.
func startExporter(t *testing.T, cx string) *testdb.Service {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return testdb.StartService(t, "the exporter", "/-/healthy", map[string]string{"cx.yml": cx}, func(dir, address string) []string {
		return []string{"/usr/bin/env", asExporter + "=1", self, filepath.Join(dir, "cx.yml"), filepath.Join(dir, "goals.json"), address}
	})
}

// shortened is how long alerts wait here, whoever sends them: two seconds for a
// quarter of an hour.
func shortened(d time.Duration) time.Duration {
	return (d / 450).Truncate(time.Millisecond)
}

// bridge is how long the rules count a value here that is gone. It is far more
// than Prometheus takes for a second's work on a busy machine.
const bridge = 15 * time.Second

// startPrometheus starts a Prometheus that scrapes an exporter, has the shipped
// rules but for their times, and tells some roads.
func startPrometheus(t *testing.T, exporter *testdb.Service, flags []string, roads ...*road) *testdb.Service {
	t.Helper()
	rules, err := alerts.PrometheusRules(alerts.RuleOptions{Duration: shortened, Bridge: bridge})
	if err != nil {
		t.Fatal(err)
	}
	return testdb.StartPrometheus(t, fmt.Sprintf(`
global: {scrape_interval: 1s, evaluation_interval: 1s}
scrape_configs: [{job_name: cx, static_configs: [{targets: [%q]}]}]
alerting: {alertmanagers: [{static_configs: [{targets: [%s]}]}]}
`, exporter.Addr(), addresses(roads...)), rules, flags...)
}

// eventually waits until a check finds nothing.
func eventually(t *testing.T, what string, check func() error) {
	t.Helper()
	testdb.Eventually(t, patience, what, check)
}
