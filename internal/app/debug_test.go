package app_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/cx-exporter/cx-exporter/internal/testdb"
)

func TestTheRunsOfACollectorAreShownWithTheirStatements(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, db *testdb.Database) {
		survey(t, db)
		r := start(t, cx(source(db), answers))
		r.until("the values are there", is(2./3, csat))
		status, text := r.get("/debug/collectors/answers")
		for _, want := range []string{"good", "Statement 1 to db", "responses", "None is remembered"} {
			if status != http.StatusOK || !strings.Contains(text, want) {
				t.Fatalf("status %d: %q is not in\n%s", status, want, text)
			}
		}
		if !regexp.MustCompile(`Statement \d+ to db: [1-9]\d* rows in [0-9.]+(µs|ms|s|m)`).MatchString(text) {
			t.Errorf("no statement tells its rows and time:\n%s", text)
		}
		db.Exec(t, "DROP TABLE responses")
		r.until("a run has failed", is(0, "cx_collector_success"))
		if _, text = r.get("/debug/collectors/answers"); !strings.Contains(text, `failed: missing_table`) || !strings.Contains(text, "a table does not exist") {
			t.Errorf("the failure is not told:\n%s", text)
		}
		if _, text = r.get("/debug/collectors"); !strings.Contains(text, `<a href="collectors/answers">`) {
			t.Errorf("the list has no link:\n%s", text)
		}
	})
}
