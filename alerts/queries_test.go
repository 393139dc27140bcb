package alerts

import (
	"strings"
	"testing"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// The texts of an alert that fires are not written anew at every look, but follow
// whatever is in them.
func TestTheTextsOfAnAlertThatFiresFollowWhatIsInThem(t *testing.T) {
	t.Parallel()
	d := sit(t)
	firing := d.goal("retention", OffTrack, 3*day)
	d.pass(2*time.Minute, firing...)
	texts := d.phase(Firing, "at first").origin
	if got := d.phase(Firing, "at first").Annotations["description"]; !strings.Contains(got, "is 3.4%") {
		t.Fatalf("it says %q", got)
	}
	d.pass(time.Minute, firing...)
	if d.phase(Firing, "with the same samples").origin != texts {
		t.Error("the same texts were written again")
	}
	set := func(family string, value float64) {
		for i := range firing {
			if firing[i].Metric == family {
				firing[i].Value = value
			}
		}
	}
	says := func(name, part, when string) {
		t.Helper()
		d.pass(time.Minute, firing...)
		if got := d.phase(Firing, when).Annotations[name]; !strings.Contains(got, part) {
			t.Errorf("%s %s is %q, want it to have %q", when, name, got, part)
		}
	}
	set("cx_goal_value", 0.051)
	says("description", "is 5.1%", "with another value")
	set("cx_goal_target", 0.02)
	set("cx_goal_value", 0.06)
	says("description", "is 6%", "with other values")
	firing = append(firing, kpi.Sample{Metric: "cx_goal_info", Labels: append(labelled("dashboard_url", "https://grafana.example.com/d/a"), firing[0].Labels...), Value: 1})
	says("dashboard_url", "/d/a", "with a board")
	firing[len(firing)-1].Labels[0].Value = "https://grafana.example.com/d/b"
	says("dashboard_url", "/d/b", "with another board")
	firing = firing[:len(firing)-1]
	says("description", "is 6%", "without a board")
	d.now = d.now.Add(time.Minute)
	if _, _, err := d.ledger.Look(d.now, firing, RuleOptions{RunbookURL: "https://wiki.example.com"}, hears(true)); err != nil {
		t.Fatal(err)
	}
	if got := d.phase(Firing, "with other runbooks").Annotations["runbook_url"]; got != "https://wiki.example.com/CXGoalOffTrack.md" {
		t.Errorf("the runbook is %q", got)
	}
	d.pass(time.Minute, d.goal("retention", OnTrack, 0)...)
	d.phase(Resolved, "back on its pace")
	d.pass(16*time.Minute, firing...)
	if got := d.phase(Firing, "off track again").Annotations["description"]; !strings.Contains(got, "is 6%") || !strings.Contains(got, "was to be expected") {
		t.Errorf("it says %q when it comes again", got)
	}
}
