package endtoend

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/cx-exporter/cx-exporter/internal/testdb"
)

// TestARiseOfChurnIsToldOnce takes the demo's company through the weeks of its
// pricing mistake: churn rises, the database is away for a while in which the
// exporter is started again, and churn falls back. It is told by Prometheus'
// rules, by the exporter itself, and by both at once.
func TestARiseOfChurnIsToldOnce(t *testing.T) {
	t.Parallel()
	c := found(t)
	c.move(t, c.story.PriceRise.AddDate(0, 0, -5))
	rules, itself, both := open(t, "rules"), open(t, "exporter itself"), open(t, "rules and the exporter itself")
	exporter := startExporter(t, c.config(alerting(itself, both)))
	// An alert that goes on is sent again so seldom that news of its end is
	// followed by old news hardly ever.
	prometheus := startPrometheus(t, exporter, []string{"--rules.alert.resend-delay=30s"}, rules, both)
	s := &stage{t: t, exporter: exporter, prometheus: prometheus, roads: []*road{rules, itself, both}}

	s.shows(true, "cx_goal_status{", `status="on_track"`, "} 1")
	s.shows(true, "cx_kpi_spike_pvalue{", `length="30d"`)
	c.move(t, c.story.PriceRise.AddDate(0, 0, 50))
	s.told("CXChurnRising", "firing")
	s.told(byGoal, "firing")
	s.told("CXGoalBreached", "firing")
	risen := s.churn()

	c.server.Stop(t)
	s.shows(false, "cx_churn_ratio{")
	exporter.Stop()
	exporter.Start(t)
	s.told("CXKPIStale", "firing")
	s.told("CXCollectorFailing", "firing")
	s.forgets("cx_kpi_spike_ratio")
	s.goesOn("without a database")
	exporter.Stop()
	s.forgets("cx_goal_status")
	s.goesOn("without an exporter")
	exporter.Start(t)
	s.shows(true, "cx_collector_success{", "} 0")
	s.shows(true, "cx_collector_last_success_timestamp_seconds{")
	s.goesOn("with an exporter that has never seen the database")

	c.server.Start(t)
	s.told("CXKPIStale", "resolved")
	c.move(t, c.story.PriceRise.AddDate(0, 0, 150))
	s.told("CXChurnRising", "resolved")
	s.told(byGoal, "resolved")
	s.told("CXGoalBreached", "resolved")
	fallen := s.churn()
	s.passes(7)
	for _, r := range s.roads {
		for _, name := range []string{"CXChurnRising", byGoal, "CXGoalBreached"} {
			r.once(t, name)
		}
		breach := r.told("CXGoalBreached", "firing")[0]
		if got := breach.Annotations["description"]; !strings.Contains(got, " is "+risen+" (") {
			t.Errorf("by the %s, churn was said to be not %s: %s", r.name, risen, got)
		}
		for label, want := range map[string]string{"severity": "critical", "goal": "keep-customers", "goal_owner": "retention-team", "kpi": "churn", "collector": "subscriptions"} {
			if got := breach.Labels[label]; got != want {
				t.Errorf("by the %s, %s is %q, want %q", r.name, label, got, want)
			}
		}
	}
	// Prometheus keeps the text of the last time that it fired; the exporter tells
	// the value that ended it.
	over := itself.told("CXGoalBreached", "resolved")[0].Annotations
	if want := " is " + fallen + " (was " + risen + ");"; !strings.Contains(over["description"], want) || over["summary"] != "keep-customers is kept again" {
		t.Errorf("the end is told by %q, without%q", over, want)
	}
}

// told are the alerts of a name that were told with a status. Of the two
// comparisons that churn may rise by, the one that looks at a month counts, and
// the goal that it may rise by is looked at by itself.
func (r *road) told(name, status string) []testdb.NotifiedAlert {
	goal := ""
	if name == byGoal {
		name, goal = "CXChurnRising", "keep-customers"
	}
	var out []testdb.NotifiedAlert
	for _, a := range r.hook.Told(name, status) {
		if name != "CXChurnRising" || a.Labels["goal"] == goal && a.Labels["length"] != "10d" {
			out = append(out, a)
		}
	}
	return out
}

// byGoal is the alert on a rise of churn by the demo's goal.
const byGoal = "CXChurnRising by a goal"

// once checks that an alert was told to fire, later that it is over, and nothing
// else.
func (r *road) once(t *testing.T, name string) {
	t.Helper()
	firing, resolved := r.told(name, "firing"), r.told(name, "resolved")
	if len(firing) != 1 || len(resolved) != 1 {
		t.Errorf("by the %s, %s was told to fire %d times and to be over %d times: %+v", r.name, name, len(firing), len(resolved), append(firing, resolved...))
		return
	}
	if f, r := firing[0], resolved[0]; f.Fingerprint != r.Fingerprint || !f.StartsAt.Equal(r.StartsAt) || !r.EndsAt.After(r.StartsAt) {
		t.Errorf("%s is not over as it began: %+v and then %+v", name, f, r)
	}
}

// stage is what a test looks at.
type stage struct {
	t                    *testing.T
	exporter, prometheus *testdb.Service
	roads                []*road
}

// shows waits until the exporter's page has a line with all of some parts, or
// has none.
func (s *stage) shows(there bool, parts ...string) {
	s.t.Helper()
	what := fmt.Sprintf("the page has %q: %v", parts, there)
	eventually(s.t, what, func() error {
		text, err := page(s.t.Context(), s.exporter)
		if err == nil && len(lines(text, parts...)) > 0 != there {
			err = fmt.Errorf("it is %v", !there)
		}
		return err
	})
}

// told waits until an alert was told with a status on every road.
func (s *stage) told(name, status string) {
	s.t.Helper()
	eventually(s.t, fmt.Sprintf("%s is told to be %s", name, status), func() error {
		for _, r := range s.roads {
			if len(r.told(name, status)) == 0 {
				return fmt.Errorf("nobody is told by the %s", r.name)
			}
		}
		return nil
	})
}

// forgets waits until Prometheus has had no value of a family for longer than its
// rules bridge.
func (s *stage) forgets(family string) {
	s.t.Helper()
	eventually(s.t, "Prometheus knows no "+family+" any more", func() error {
		query := url.Values{"query": {fmt.Sprintf("last_over_time(%s[%s])", family, bridge)}}
		_, text, err := s.prometheus.Ask(s.t.Context(), http.MethodGet, "/api/v1/query?"+query.Encode(), "")
		if err == nil && !strings.Contains(text, `"result":[]`) {
			err = fmt.Errorf("it answers %s", text)
		}
		return err
	})
}

// goesOn checks that nothing has been told to be over, some evaluations later.
func (s *stage) goesOn(when string) {
	s.t.Helper()
	s.passes(7)
	for _, r := range s.roads {
		for _, name := range []string{"CXChurnRising", byGoal, "CXGoalBreached", "CXKPIStale", "CXCollectorFailing"} {
			if told := r.told(name, "resolved"); len(told) > 0 {
				s.t.Errorf("%s, by the %s, %s was told to be over: %+v", when, r.name, name, told)
			}
		}
	}
}

// passes waits until Prometheus, which evaluates the rules every second, has done
// so some times more.
func (s *stage) passes(seconds float64) {
	s.t.Helper()
	begun := s.evaluations()
	eventually(s.t, "the rules are evaluated some more times", func() error {
		if n := s.evaluations() - begun; n < seconds {
			return fmt.Errorf("%v times so far", n)
		}
		return nil
	})
}

// evaluations is how often Prometheus has evaluated the rules about KPIs.
func (s *stage) evaluations() float64 {
	s.t.Helper()
	text, err := page(s.t.Context(), s.prometheus)
	if err != nil {
		s.t.Fatal(err)
	}
	return value(s.t, lines(text, "prometheus_rule_group_iterations_total{", "cx-kpis"))
}

// churn is the value of the goal as messages tell it.
func (s *stage) churn() string {
	s.t.Helper()
	text, err := page(s.t.Context(), s.exporter)
	if err != nil {
		s.t.Fatal(err)
	}
	return fmt.Sprintf("%.4g%%", 100*value(s.t, lines(text, "cx_goal_value{")))
}
