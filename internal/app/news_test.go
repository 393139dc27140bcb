package app_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cx-exporter/cx-exporter/alerts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
	"github.com/cx-exporter/cx-exporter/internal/testdb"
)

// A deadline is on a Thursday, and the exporter looks on Mondays: the end of a goal
// is news from the look that finds it, for four days, once, also over a restart. An
// exporter that knows of the goal since later has no news of it.
func TestTheEndOfAGoalIsNewsFromTheLookThatFindsIt(t *testing.T) {
	t.Parallel()
	deadline := time.Date(2026, 12, 31, 0, 0, 0, 0, time.UTC)
	monday := time.Date(2027, 1, 4, 6, 0, 0, 0, time.UTC)
	told := []string{"2027-01-04", "2027-01-05", "2027-01-06", "2027-01-07"} // the days that end within four days of it
	for name, c := range map[string]struct {
		answers, score int
		looks          []time.Time
		alert          string
		want           []string
	}{
		"met":                        {100, 5, []time.Time{monday.AddDate(0, 0, -7), monday}, "CXGoalMet", told},
		"missed":                     {100, 1, []time.Time{monday.AddDate(0, 0, -7), monday}, "CXGoalMissed", told},
		"not to be told":             {3, 5, []time.Time{monday.AddDate(0, 0, -7), monday}, "CXGoalSampleTooSmall", told},
		"met, first seen later":      {100, 5, []time.Time{monday}, "CXGoalMet", nil},
		"missed, first seen later":   {100, 1, []time.Time{monday}, "CXGoalMissed", nil},
		"few, and first seen later":  {3, 5, []time.Time{monday}, "CXGoalSampleTooSmall", nil},
		"met, looked at all along":   {100, 5, []time.Time{deadline.Add(-time.Hour), deadline.Add(time.Hour), monday}, "CXGoalMet", nil},
		"met, after a longer outage": {100, 5, []time.Time{monday.AddDate(0, 0, -28), monday}, "CXGoalMet", told},
	} {
		db := testdb.SQLite(t)
		db.Exec(t, "CREATE TABLE responses (score INTEGER, responded_at TIMESTAMP NOT NULL)")
		for _, from := range []time.Time{deadline, deadline.AddDate(0, 0, -14)} { // the score at the deadline, and another before
			score := c.score
			if from != deadline {
				score = 6 - score
			}
			db.Exec(t, "INSERT INTO responses (score, responded_at) VALUES "+scored(c.answers, score, from.Add(-time.Hour)))
		}
		set := build(t, cx(source(db), `
  - {name: answers, source: db, table: responses, entity: responses, windows: [7d], kpis: [csat]}
goals:
  - {name: satisfy, type: reach, collector: answers, kpi: csat, window: 7d, baseline: {value: 50%}, target: 80%, start: 2026-01-01, deadline: 2026-12-31}`))
		goal := set.Collectors[0].Watch.Goals[0]
		verdicts := []alerts.Verdict{goal.Begin()}
		for _, at := range c.looks {
			snapshot, err := set.Collectors[0].Evaluator.Now(t.Context(), at)
			if err != nil {
				t.Fatal(err)
			}
			if verdicts, err = set.Collectors[0].Watch.Judge(t.Context(), snapshot, verdicts); err != nil {
				t.Fatal(err)
			}
			content, err := json.Marshal(verdicts) // as the state file has it
			if err != nil {
				t.Fatal(err)
			}
			verdicts = nil
			if err := json.Unmarshal(content, &verdicts); err != nil {
				t.Fatal(err)
			}
		}
		var l alerts.Ledger
		var got []string
		samples := append(goal.Samples(verdicts[0]), kpi.Sample{Metric: "cx_collector_success", Value: 1, Labels: []kpi.Label{{Name: "collector", Value: "answers"}}})
		for at := monday.Add(time.Minute); at.Before(monday.AddDate(0, 0, 14)); at = at.Add(30 * time.Minute) {
			if _, _, err := l.Look(at, samples, alerts.RuleOptions{}, map[string]bool{"a": true}); err != nil {
				t.Fatal(err)
			}
			for _, i := range l.Told() {
				if day := at.Format(time.DateOnly); i.Alert == c.alert && i.Phase == alerts.Firing && at.Hour() == 23 && at.Minute() == 1 {
					got = append(got, day)
				}
			}
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: it is told on other days (-want +got):\n%s\n%+v", name, diff, verdicts[0].State)
		}
	}
}
