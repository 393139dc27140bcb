package app_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/cx-exporter/cx-exporter/alerts"
	"github.com/cx-exporter/cx-exporter/internal/testdb"
)

// scored are n rows of an answer with a score at an instant, in SQL.
func scored(n, score int, at time.Time) string {
	return strings.TrimSuffix(strings.Repeat(fmt.Sprintf("(%d, '%s'), ", score, at.Format(time.DateTime)), n), ", ")
}

// A verdict is that of the deadline, also where the exporter looks minutes before
// and minutes after it, or for the first time a year later.
func TestTheDeadlineIsJudgedAsOfItself(t *testing.T) {
	t.Parallel()
	deadline := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		before, after int // the scores of answers an hour before the deadline, and a minute after it
		want          alerts.Status
	}{
		"met, and lost at once":      {5, 1, alerts.Met},
		"missed, and made up for it": {1, 5, alerts.Missed},
	} {
		db := testdb.SQLite(t)
		db.Exec(t, "CREATE TABLE responses (score INTEGER, responded_at TIMESTAMP NOT NULL)")
		db.Exec(t, "INSERT INTO responses (score, responded_at) VALUES "+
			scored(100, c.before, deadline.Add(-time.Hour))+", "+scored(400, c.after, deadline.Add(time.Minute)))
		text := cx(source(db), `
  - {name: answers, source: db, table: responses, entity: responses, windows: [7d], kpis: [csat]}
goals:
  - {name: satisfy, type: reach, collector: answers, kpi: csat, window: 7d, baseline: {value: 50%}, target: 80%, start: 2026-01-01, deadline: 2026-06-01T12:00:00Z}`)
		set := build(t, text)
		answering := set.Collectors[0]
		for when, looks := range map[string][]time.Time{
			"by looks around it":      {deadline.Add(-5 * time.Minute), deadline.Add(10 * time.Minute)},
			"by looks that miss days": {deadline.AddDate(0, 0, -9), deadline.AddDate(0, 0, 9)},
			"by a look days later":    {deadline.AddDate(0, 0, 3)},
			"by a look a year later":  {deadline.AddDate(1, 3, 0)},
			"by a look at it":         {deadline},
		} {
			verdicts := []alerts.Verdict{answering.Watch.Goals[0].Begin()}
			for _, at := range looks {
				snapshot, err := answering.Evaluator.Now(t.Context(), at)
				if err != nil {
					t.Fatal(err)
				}
				if verdicts, err = answering.Watch.Judge(t.Context(), snapshot, verdicts); err != nil {
					t.Fatal(err)
				}
			}
			if s := verdicts[0].State; s.Status != c.want || !s.Since.Equal(deadline) || verdicts[0].Measured.Samples != 100 {
				t.Errorf("%s, %s: %s since %s by %v samples, want %s at the deadline", name, when, s.Status, s.Since, verdicts[0].Measured.Samples, c.want)
			}
		}
	}
}
