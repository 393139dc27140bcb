package testdb_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/testdb"
)

// A rule of a real Prometheus reaches the webhook through a real Alertmanager,
// which tells it once although it is killed and started again in between.
func TestAnAlertGoesFromPrometheusToTheWebhookOnce(t *testing.T) {
	t.Parallel()
	hook := testdb.StartWebhook(t)
	alertmanager := testdb.StartAlertmanager(t, fmt.Sprintf(`
route: {receiver: hook, group_by: [alertname], group_wait: 0s, group_interval: 1s, repeat_interval: 1h}
receivers: [{name: hook, webhook_configs: [{url: %q}]}]
`, hook.URL))
	testdb.StartPrometheus(t, fmt.Sprintf(`
global: {evaluation_interval: 1s}
alerting: {alertmanagers: [{static_configs: [{targets: [%q]}]}]}
`, alertmanager.Addr()), []byte(`
groups: [{name: g, rules: [{alert: Always, expr: vector(7), annotations: {summary: "it is {{ $value }}"}}]}]
`), "--rules.alert.resend-delay=1s")
	wait(t, "the webhook was told", func() bool { return len(hook.Told("Always", "firing")) > 0 })
	if got := hook.Told("Always", "firing")[0].Annotations["summary"]; got != "it is 7" {
		t.Errorf("the webhook was told %q", got)
	}
	first := hook.Received()[0].Alerts[0]
	wait(t, "what was told is on disk", func() bool { return alertmanager.Kept("nflog", "Always") })
	alertmanager.Kill()
	alertmanager.Start(t)
	wait(t, "the alert is there again", func() bool {
		_, text, err := alertmanager.Ask(t.Context(), http.MethodGet, "/api/v2/alerts", "")
		return err == nil && strings.Contains(text, first.Fingerprint)
	})
	if status, text, err := alertmanager.Ask(t.Context(), http.MethodPost, "/api/v2/alerts", `[{"labels": {"alertname": "Marker"}}]`); err != nil || status != http.StatusOK {
		t.Fatalf("alertmanager answers %d %s: %v", status, text, err)
	}
	wait(t, "an alert that came later was told", func() bool { return len(hook.Told("Marker", "firing")) == 1 })
	if n := len(hook.Told("Always", "firing")); n != 1 {
		t.Errorf("the webhook was told %d times", n)
	}
}

func wait(t *testing.T, what string, holds func() bool) {
	t.Helper()
	tick, deadline := time.NewTicker(25*time.Millisecond), time.After(time.Minute)
	defer tick.Stop()
	for !holds() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("not within a minute: %s", what)
		}
	}
}
