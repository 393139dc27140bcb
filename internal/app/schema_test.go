package app_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cx-exporter/cx-exporter/internal/testdb"
)

func TestAMissingTableIsNamedAndReadOnceItIsThere(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, db *testdb.Database) {
		r := start(t, cx(source(db), answers))
		r.until("the failure is counted", every(
			above(0, "cx_collector_failures_total", "collector=answers", "reason=missing_table"),
			is(0, "cx_collector_success"),
			is(1, "cx_source_up", "source=db"), // it answered
			absent(csat),
		))
		line := r.logged("collector is failing", "reason=missing_table", "a table does not exist", "responses", "check its name and schema")
		if strings.Count(line, `source "db"`) != 1 {
			t.Errorf("the source is not named once: %s", line)
		}
		survey(t, db)
		r.until("the values are there", is(2./3, csat))
	})
}

func TestAColumnThatIsDroppedCostsTheValuesOnlyWhenTheyAreTooOld(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, db *testdb.Database) {
		survey(t, db)
		r := start(t, cx(source(db), strings.Replace(answers, "max_age: 1h", "max_age: 12s", 1)))
		r.until("the values are there", every(is(2./3, csat), is(1, "cx_collector_success")))

		db.Exec(t, "ALTER TABLE responses RENAME COLUMN score TO points")
		r.until("the failure is counted, and the values are as they were", every(
			above(0, "cx_collector_failures_total", "reason=missing_column"),
			is(0, "cx_collector_success"),
			is(1, "cx_source_up", "source=db"),
			is(2./3, csat),
			is(3, samples, "stat=ratio"),
		))
		r.logged("collector is failing", "reason=missing_column", "score")
		r.until("the values are gone, and their age is not", every(
			absent(csat), absent(samples),
			is(0, "cx_collector_success"),
			above(0, "cx_collector_last_success_timestamp_seconds"),
		))

		db.Exec(t, "ALTER TABLE responses RENAME COLUMN points TO score")
		r.until("the values are there again", every(is(2./3, csat), is(1, "cx_collector_success")))
		r.logged("collector has recovered")
	})
}

func TestScoresThatAreNoNumbersAreLeftOutAndCounted(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, db *testdb.Database) {
		db.Exec(t,
			"CREATE TABLE responses (score VARCHAR(20), responded_at "+timestamp(db)+" NOT NULL)",
			fmt.Sprintf("INSERT INTO responses VALUES ('5', '%[1]s'), (' 4 ', '%[1]s'), ('1.0', '%[1]s'), ('n/a', '%[1]s'), ('five', '%[1]s'), ('', '%[1]s'), ('99', '%[1]s')", ago(3600e9)),
		)
		r := start(t, cx(source(db), answers))
		r.until("the others count", every(
			is(1, "cx_collector_success"),
			is(2./3, csat), is(3, samples, "stat=ratio"),
		))
		left := 0.
		for _, m := range r.scrape().all("cx_collector_rows_rejected") {
			left += m.GetGauge().GetValue()
		}
		if left != 4 {
			t.Errorf("%v rows are counted as left out, want 4", left)
		}
	})
}

func TestAScoreThatIsATimeIsRefusedByName(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, db *testdb.Database) {
		db.Exec(t,
			"CREATE TABLE shop (amount "+timestamp(db)+", ordered_at "+timestamp(db)+" NOT NULL, customer_id INTEGER)",
			fmt.Sprintf("INSERT INTO shop VALUES ('%[1]s', '%[1]s', 1)", ago(3600e9)),
		)
		r := start(t, cx(source(db), `
  - name: shop
    source: db
    table: shop
    entity: orders
    windows: [7d]
    interval: 3s
    kpis: [revenue]
`))
		r.until("the failure is counted", above(0, "cx_collector_failures_total", "reason=column_type"))
		r.logged("collector is failing", `the column "amount" holds a time, where a number is expected`)
	})
}

// everySegment, at the end of a configuration, shows segments of any size.
const everySegment = "global:\n  min_segment_size: 1\n"

func TestThousandsOfSegmentsAreFolded(t *testing.T) {
	t.Parallel()
	const segments, kept = 5000, 50
	testdb.Each(t, func(t *testing.T, db *testdb.Database) {
		survey(t, db)
		crowd(t, db, segments)
		// The race detector makes SQLite slow.
		patient := strings.NewReplacer("interval: 3s", "interval: 1m", "timeout: 3s", "timeout: 1m", "windows:", "dimensions: [team]\n    windows:")
		r := start(t, cx(source(db), patient.Replace(answers)+everySegment))
		p := r.until("the values are there", above(0, csat))
		p.holds(t,
			is(1, "cx_collector_success"),
			above(segments-kept, "cx_kpi_samples_by_segment", "stat=ratio", "dimension=team", "segment=other"),
		)
		all := p.all("cx_kpi_samples_by_segment", "stat=ratio", "dimension=team")
		if len(all) != kept+1 {
			t.Errorf("%d segments are shown, want %d and other", len(all), kept)
		}
		sum := 0.
		for _, m := range all {
			sum += m.GetGauge().GetValue()
		}
		if total, _ := p.value(samples, "stat=ratio"); sum != total {
			t.Errorf("the segments have %v samples together, the total has %v", sum, total)
		}
	})
}

func TestADimensionThatIsOverTheRowBudgetIsNamed(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, db *testdb.Database) {
		survey(t, db)
		good := strings.Replace(answers, "windows:", "row_budget: 100\n    dimensions: [team]\n    windows:", 1)
		r := start(t, cx(source(db), good+everySegment))
		r.until("the values are there", every(is(2./3, csat), is(3, "cx_kpi_samples_by_segment", "stat=ratio", "segment=blue")))
		crowd(t, db, 500)
		p := r.until("the failure is counted", above(0, "cx_collector_failures_total", "reason=row_budget"))
		p.holds(t, is(0, "cx_collector_success"), is(1, "cx_source_up", "source=db"), is(2./3, csat), is(3, "cx_kpi_samples_by_segment", "stat=ratio", "segment=blue"))
		r.logged("collector is failing", "the breakdown by team", "more than 100 rows", "row_budget")
	})
}

// crowd adds an answer of each of many teams.
func crowd(t *testing.T, db *testdb.Database, teams int) {
	t.Helper()
	rows := make([]string, teams)
	for i := range rows {
		rows[i] = fmt.Sprintf("(%d, '%s', 'team %d')", 1+i%5, ago(3600e9), i)
	}
	db.Exec(t, "INSERT INTO responses (score, responded_at, team) VALUES "+strings.Join(rows, ", "))
}
