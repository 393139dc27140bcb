package app_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/testdb"
)

// routes tells a webhook of every alert by itself, at once.
const routes = `
route: {receiver: hook, group_by: ['...'], group_wait: 0s, group_interval: 1s, repeat_interval: 1h}
receivers:
  - name: hook
    webhook_configs: [{url: %q, send_resolved: true}]
`

// pushing adds a section to a configuration that sends alerts to an address.
func pushing(cx, address string) string {
	return cx + fmt.Sprintf(`
alerting:
  resend_interval: 1s
  external_labels: {cluster: test}
  alertmanagers:
    - static_configs: [{targets: [%q]}]
`, address)
}

// A limit that has not been kept for days is told to a real Alertmanager. Neither
// a table that is gone, crashes of the Alertmanager nor restarts of the exporter end
// it or tell it again; a value that is good again does, with the value.
func TestAnAlertmanagerIsToldWhatHoldsAndHowItEnds(t *testing.T) {
	t.Parallel()
	db := testdb.SQLite(t)
	decline(t, db)
	hook := testdb.StartWebhook(t)
	am := testdb.StartAlertmanager(t, fmt.Sprintf(routes, hook.URL))
	state := filepath.Join(t.TempDir(), "goals.json")
	file := pushing(declining(db), am.Addr())
	r := start(t, file, func(s *settings) { s.state = state })
	told := func(name, status string, want int) func() error {
		return func() error {
			if got := len(hook.Told(name, status)); got != want {
				return fmt.Errorf("%s is told as %s %d times, want %d: %+v", name, status, got, want, hook.Received())
			}
			return nil
		}
	}
	r.eventually("both goals are told", func() error {
		if err := told("CXGoalOffTrack", "firing", 1)(); err != nil {
			return err
		}
		return told("CXGoalBreached", "firing", 1)()
	})
	breached := hook.Told("CXGoalBreached", "firing")[0]
	for name, want := range map[string]string{
		"alertname": "CXGoalBreached", "goal": "keep-satisfied", "goal_owner": "support", "goal_type": "keep",
		"severity": "critical", "unit": "ratio", "kpi": "csat", "collector": "answers", "cluster": "test",
	} {
		if breached.Labels[name] != want {
			t.Errorf("the label %s is %q, want %q", name, breached.Labels[name], want)
		}
	}
	if days := time.Since(breached.StartsAt).Hours() / 24; days < 14 || days > 19.5 {
		t.Errorf("it began %.1f days ago, as the data does not say", days)
	}
	if text := breached.Annotations["description"]; !strings.Contains(text, "csat of answers is 50% (") || !strings.Contains(text, "the limit is 90%") {
		t.Errorf("it is described as %q", text)
	}
	r.until("the sending is well", func(p page) error {
		if v, _ := p.value("cx_alertmanager_alerts_sent_total", "alertmanager="+am.URL); v < 2 {
			return fmt.Errorf("%v alerts were sent", v)
		}
		return nil
	})

	db.Exec(t, "ALTER TABLE responses RENAME TO gone")
	r.until("the collector fails", is(0, "cx_collector_success"))
	again := r
	for range 3 {
		am.Kill()
		again.until("the failure shows", func(p page) error {
			if v, _ := p.value("cx_alertmanager_request_errors_total"); v < 1 {
				return fmt.Errorf("no request failed")
			}
			return nil
		})
		again.logged("alerts cannot be sent", am.URL)
		am.Start(t)
		again.logged("alerts can be sent again", am.URL)
		if err := again.stop(); err != nil {
			t.Fatal(err)
		}
		again = start(t, file, func(s *settings) { s.state = state })
		again.until("alerts are sent after the restart", func(p page) error {
			if v, _ := p.value("cx_alertmanager_alerts_sent_total"); v < 6 {
				return fmt.Errorf("%v alerts were sent", v)
			}
			return nil
		})
	}
	if err := told("CXGoalBreached", "firing", 1)(); err != nil {
		t.Error(err)
	}
	if err := told("CXGoalBreached", "resolved", 0)(); err != nil {
		t.Error(err)
	}

	db.Exec(t, "ALTER TABLE gone RENAME TO responses")
	db.Exec(t, "UPDATE responses SET score = 5")
	again.eventually("the end is told", told("CXGoalBreached", "resolved", 1))
	ended := hook.Told("CXGoalBreached", "resolved")[0]
	if text := ended.Annotations["description"]; text != "csat of answers is 100% (was 50%); the target is 90%." {
		t.Errorf("the end is described as %q", text)
	}
	if err := told("CXGoalBreached", "firing", 1)(); err != nil {
		t.Error(err)
	}
}

// A goal that is no longer configured ends, also if that was changed while the
// exporter was stopped.
func TestAGoalThatIsRemovedEndsItsAlert(t *testing.T) {
	t.Parallel()
	db := testdb.SQLite(t)
	decline(t, db)
	hook := testdb.StartWebhook(t)
	am := testdb.StartAlertmanager(t, fmt.Sprintf(routes, hook.URL))
	state := filepath.Join(t.TempDir(), "goals.json")
	file := pushing(declining(db), am.Addr())
	r := start(t, file, func(s *settings) { s.state = state })
	r.eventually("both goals are told", func() error {
		if n := len(hook.Told("CXGoalOffTrack", "firing")) + len(hook.Told("CXGoalBreached", "firing")); n != 2 {
			return fmt.Errorf("%d are", n)
		}
		return nil
	})
	ended := func(r *rig, name, goal, summary string) {
		t.Helper()
		r.eventually("its end is told", func() error {
			if n := len(hook.Told(name, "resolved")); n != 1 {
				return fmt.Errorf("%d times", n)
			}
			return nil
		})
		if a := hook.Told(name, "resolved")[0]; a.Labels["goal"] != goal || a.Annotations["summary"] != summary {
			t.Errorf("the end is told as %+v", a)
		}
	}
	r.replace(strings.Replace(file, "severity: critical", "severity: info", 1))
	r.hangup <- struct{}{}
	ended(r, "CXGoalBreached", "keep-satisfied", "keep-satisfied: goal changed")
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
	before, _, _ := strings.Cut(file, "  - name: satisfy-blue")
	_, after, _ := strings.Cut(file, "\nalerting:")
	again := start(t, before+"\nalerting:"+after, func(s *settings) { s.state = state })
	ended(again, "CXGoalOffTrack", "satisfy-blue", "satisfy-blue: goal removed")
}
