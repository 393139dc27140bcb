package app_test

import (
	"testing"
	"time"

	"github.com/cx-exporter/cx-exporter/alerts"
	"github.com/cx-exporter/cx-exporter/internal/testdb"
)

// The rows of a deadline come a month after it: the goal is asked for them again
// once a day, and how it ended is news from then on.
func TestADeadlineWithoutRowsIsAskedForAgainOnceADay(t *testing.T) {
	t.Parallel()
	deadline := time.Date(2026, 12, 31, 0, 0, 0, 0, time.UTC)
	for score, want := range map[int]alerts.Status{5: alerts.Met, 1: alerts.Missed} {
		db := testdb.SQLite(t)
		db.Exec(t, "CREATE TABLE responses (score INTEGER, responded_at TIMESTAMP NOT NULL)")
		set := build(t, cx(source(db), `
  - {name: answers, source: db, table: responses, entity: responses, windows: [7d], kpis: [csat]}
goals:
  - {name: satisfy, type: reach, collector: answers, kpi: csat, window: 7d, baseline: {value: 50%}, target: 80%, start: 2026-01-01, deadline: 2026-12-31}`))
		verdicts := []alerts.Verdict{set.Collectors[0].Watch.Goals[0].Begin()}
		look := func(at time.Time, want alerts.Status, found time.Time) {
			t.Helper()
			snapshot, err := set.Collectors[0].Evaluator.Now(t.Context(), at)
			if err != nil {
				t.Fatal(err)
			}
			if verdicts, err = set.Collectors[0].Watch.Judge(t.Context(), snapshot, verdicts); err != nil {
				t.Fatal(err)
			}
			if v := verdicts[0]; v.State.Status != want || !v.State.At.Equal(at) || !v.Found.Equal(found) {
				t.Errorf("at %s: it is %s, found at %s; want %s, found at %s", at, v.State.Status, v.Found, want, found)
			}
		}
		look(deadline.Add(-time.Hour), alerts.NoData, time.Time{})
		first := deadline.Add(6 * time.Hour)
		look(first, alerts.NoData, first)
		later := deadline.AddDate(0, 1, 0)
		look(later.Add(6*time.Hour), alerts.NoData, first)
		db.Exec(t, "INSERT INTO responses (score, responded_at) VALUES "+scored(100, score, deadline.Add(-time.Hour)))
		look(later.Add(7*time.Hour), alerts.NoData, first)
		again := later.Add(30 * time.Hour)
		look(again, want, again)
		look(again.Add(24*time.Hour), want, again)
	}
}
