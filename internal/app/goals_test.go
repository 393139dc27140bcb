package app_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/app"
	"github.com/cx-exporter/cx-exporter/internal/testdb"
)

// satisfied is a collector of satisfaction scores with two goals, of which one is
// for a segment. Four months of answers got worse 20 days ago, see decline.
const satisfied = `
  - name: answers
    source: db
    table: responses
    entity: responses
    dimensions: [team]
    windows: [7d]
    interval: 5s
    timeout: 5s
    max_age: 10s
    kpis: [csat]
goals:
  - name: keep-satisfied
    title: Nine of ten are satisfied
    type: keep
    collector: answers
    kpi: csat
    target: 90%
    severity: critical
    owner: support
  - name: satisfy-blue
    type: reach
    collector: answers
    kpi: csat
    segment: {team: blue}
    change: +2 points
    start: START
    deadline: DEADLINE
`

// moreThanAll is a goal beside them that nobody can reach from where it starts.
const moreThanAll = `
  - name: more-than-all
    type: reach
    collector: answers
    kpi: csat
    change: +20%
    start: START
    deadline: DEADLINE
`

// decline makes the table of answers: 10 a day and team, of which 9 are
// satisfied until 20 days ago, and 5 since.
func decline(t *testing.T, db *testdb.Database) {
	t.Helper()
	db.Exec(t, "CREATE TABLE responses (score INTEGER, responded_at TIMESTAMP NOT NULL, team VARCHAR(20))")
	var rows []string
	for days := range 120 {
		for _, team := range []string{"blue", "red"} {
			for i := range 10 {
				score := 5
				if i == 0 || days < 20 && i < 5 {
					score = 2
				}
				rows = append(rows, fmt.Sprintf("(%d, '%s', '%s')", score, ago(time.Duration(days)*24*time.Hour+time.Hour), team))
			}
		}
	}
	db.Exec(t, "INSERT INTO responses (score, responded_at, team) VALUES "+strings.Join(rows, ", "))
}

// declining are the goals on it, and maybe others.
func declining(db *testdb.Database, others ...string) string {
	day := func(n int) string { return time.Now().UTC().AddDate(0, 0, n).Format("2006-01-02") }
	goals := satisfied + strings.Join(others, "")
	return cx(source(db), strings.NewReplacer("START", day(-100), "DEADLINE", day(100)).Replace(goals))
}

// status is what the page says of a goal, and since when it does.
func status(p page, goal string) (status string, since float64) {
	for _, m := range p.all("cx_goal_status", "goal="+goal) {
		for _, l := range m.GetLabel() {
			if l.GetName() == "status" && m.GetGauge().GetValue() == 1 {
				status += l.GetValue()
			}
		}
	}
	since, _ = p.value("cx_goal_status_since_timestamp_seconds", "goal="+goal)
	return status, since
}

// A goal's status comes from the data, with its beginning in the past. It
// outlives a table that is gone, and a restart meanwhile.
func TestGoalsAreJudgedFromThePastAndKept(t *testing.T) {
	t.Parallel()
	db := testdb.SQLite(t)
	decline(t, db)
	state := filepath.Join(t.TempDir(), "goals.json")
	r := start(t, declining(db, moreThanAll), func(s *settings) { s.state = state })
	var since float64
	p := r.until("both goals are judged", func(p page) error {
		for _, goal := range []string{"keep-satisfied", "satisfy-blue"} {
			s, at := status(p, goal)
			if s != "off_track" {
				return fmt.Errorf("%s is %q", goal, s)
			}
			since = at
			// The week's share falls below 90 % beyond chance some days after the
			// decline, which is far from now.
			if days := time.Since(time.Unix(int64(at), 0)).Hours() / 24; days < 14 || days > 19.5 {
				t.Errorf("%s is off track for %.1f days", goal, days)
			}
		}
		return nil
	})
	for _, want := range []struct {
		family string
		labels []string
		value  float64
	}{
		{"cx_goal_target", []string{"goal=keep-satisfied", "goal_owner=support", "severity=critical", "goal_type=keep", "unit=ratio"}, 0.9},
		{"cx_goal_value", []string{"goal=keep-satisfied"}, 0.5},
		{"cx_goal_margin", []string{"goal=keep-satisfied"}, -0.4},
		{"cx_goal_samples", []string{"goal=keep-satisfied"}, 140},
		{"cx_goal_baseline", []string{"goal=satisfy-blue", "dimension=team", "segment=blue"}, 0.9},
		{"cx_goal_target", []string{"goal=satisfy-blue"}, 0.92},
		{"cx_goal_samples", []string{"goal=satisfy-blue"}, 70},
		// 90 % to 92 %: (1.95996 · √(2 · .91 · .09) + .84162 · √(.09 + .0736))² / .02².
		{"cx_goal_needed_samples", []string{"goal=satisfy-blue"}, 3213},
		{"cx_goal_info", []string{"goal=keep-satisfied", "title=Nine of ten are satisfied", "window=7d", "direction=higher_is_better"}, 1},
	} {
		if got, ok := p.value(want.family, want.labels...); !ok || got-want.value > 1e-9 || want.value-got > 1e-9 {
			t.Errorf("%s%v is %v, want %v", want.family, want.labels, got, want.value)
		}
	}
	r.logged("the samples of a goal are too few to show the change that it asks for", "goal=satisfy-blue", "samples=70", "needed_samples=3213")
	r.logged("the target of a goal is off the scale", "goal=more-than-all", "baseline=0.9", "target=1.08", "lowest=0", "highest=1")

	db.Exec(t, "DROP TABLE responses")
	success := func(p page) float64 {
		v, _ := p.value("cx_collector_last_success_timestamp_seconds", "collector=answers")
		return v
	}
	var last float64
	check := func(r *rig, when string) {
		t.Helper()
		p := r.until("the values are withdrawn and the goals are not", func(p page) error {
			if _, ok := p.value(csat, "collector=answers"); ok {
				return fmt.Errorf("the old value is still there")
			}
			if s, _ := status(p, "satisfy-blue"); s == "" {
				return fmt.Errorf("there is no goal")
			}
			return nil
		})
		if last == 0 {
			last = success(p)
		}
		if at := success(p); at == 0 || at != last {
			t.Errorf("%s, the last success was at %v, before it was at %v", when, at, last)
		}
		if s, at := status(p, "satisfy-blue"); s != "off_track" || at != since {
			t.Errorf("%s, the goal is %s since %v, before it was off_track since %v", when, s, at, since)
		}
	}
	check(r, "without the table")
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(r.log.String(), "too few to show"); n != 1 {
		t.Errorf("the log has %d times that there are too few samples", n)
	}
	if n := strings.Count(r.log.String(), "off the scale"); n != 1 {
		t.Errorf("the log has %d times that there is an impossible target", n)
	}
	again := start(t, declining(db), func(s *settings) { s.state = state })
	check(again, "after a restart without the table")
	again.write(strings.ReplaceAll(declining(db), "target: 90%", "target: 40%"))
	again.hangup <- struct{}{}
	again.until("a goal that is defined anew is judged anew", func(p page) error {
		if s, _ := status(p, "keep-satisfied"); s != "" {
			return fmt.Errorf("keep-satisfied is still %s", s)
		}
		return nil
	})
	check(again, "after a reload")
}

func TestAFileThatHoldsNoVerdictsIsRefused(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "goals.json")
	for _, content := range []string{"", "hello", `{"version": 99}`} {
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := app.OpenBook(file); err == nil || !strings.Contains(err.Error(), "own alerts") || !strings.Contains(err.Error(), "remove it to begin anew") {
			t.Errorf("%q gives %v", content, err)
		}
	}
}
