package app_test

import (
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cx-exporter/cx-exporter/config"
	"github.com/cx-exporter/cx-exporter/internal/app"
	"github.com/cx-exporter/cx-exporter/internal/testdb"
)

// build makes everything of a configuration, without running it.
func build(tb testing.TB, cx string) *app.Set {
	tb.Helper()
	file := filepath.Join(tb.TempDir(), "cx.yml")
	write(tb, file, cx)
	c, err := config.Load(file, os.LookupEnv)
	if err != nil {
		tb.Fatal(err)
	}
	set, err := app.Build(c, slog.New(slog.DiscardHandler))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := set.Close(); err != nil {
			tb.Error(err)
		}
	})
	return set
}

func TestACheckFindsWhatDoesNotFitTheDatabase(t *testing.T) {
	t.Parallel()
	const collector = `
  - {name: c, source: db, entity: responses, kpis: [csat], `
	for name, c := range map[string]struct {
		collector string
		fatal     bool
		want      []string // parts of the findings, one each
	}{
		"a table that fits, with an index":      {collector + `table: indexed}`, false, nil},
		"a table without an index on its times": {collector + `table: responses}`, false, []string{"no index begins with the column responded_at of responses"}},
		"a view, which has no index":            {collector + `table: seen}`, false, nil},
		"a query, which is not looked through":  {collector + `query: SELECT * FROM responses}`, false, nil},
		"a table that is not there":             {collector + `table: answers}`, true, []string{"a table does not exist", "there are indexed, numbered, responses, seen"}},
		"columns that are not there": {collector + `table: responses, columns: {score: points}, dimensions: [region]}`, true, []string{
			`the column "points" (for score) does not exist; the relation has score, responded_at, team`,
			`the column "region" (a dimension) does not exist; the relation has score, responded_at, team`,
		}},
		"a column that is misspelt": {collector + `table: responses, columns: {score: scores}}`, true, []string{
			`the column "scores" (for score) does not exist, did you mean "score"?; the relation has score, responded_at, team`,
		}},
		"milliseconds that are read as seconds": {collector + `table: numbered, columns: {responded_at: {column: in_ms, type: unix}}}`, true, []string{
			`the column "in_ms" is read as seconds since 1970, but holds greater numbers: give it ` + "`type: unix_ms`",
		}},
		"seconds that are read as milliseconds": {collector + `table: numbered, columns: {responded_at: {column: in_s, type: unix_ms}}}`, true, []string{
			`the column "in_s" is read as milliseconds since 1970, but holds smaller numbers: give it ` + "`type: unix`",
		}},
		"seconds as text that are read as milliseconds": {collector + `table: numbered, columns: {responded_at: {column: in_text, type: unix_ms}}}`, true, []string{
			`the column "in_text" is read as milliseconds since 1970`,
		}},
		"seconds that are read as seconds":           {collector + `table: numbered, columns: {responded_at: {column: in_s, type: unix}}}`, false, nil},
		"milliseconds that are read as milliseconds": {collector + `table: numbered, columns: {responded_at: {column: in_ms, type: unix_ms}}}`, false, nil},
		"dates that are no ISO dates": {collector + `table: written, columns: {responded_at: german}}`, true, []string{
			`none of the texts in the column "german" that were looked at is an ISO 8601 date and time such as 2026-03-29T02:30:00Z`,
		}},
		"texts of which some are no times": {collector + `table: written, columns: {responded_at: mostly}}`, false, []string{
			`1 of 2 texts in the column "mostly" that were looked at is no ISO 8601 date and time`, "no index begins",
		}},
		"texts that say a zone in a column that has one": {collector + `table: written, columns: {responded_at: {column: mostly, timezone: Europe/Berlin}}}`, true, []string{
			`the column "mostly" has a timezone, but 1 of 2 texts in it that were looked at says its own, such as Z or +02:00: leave timezone out`,
		}},
		"texts with an offset": {collector + `table: written, columns: {responded_at: offset_at}}`, false, nil},
		"a number where a time belongs": {collector + `table: responses, columns: {responded_at: score}}`, true, []string{
			`the column "score" (for responded_at) is a number, where a time is expected: add type: unix`,
		}},
		"a condition on what is not there": {collector + `table: responses, where: NOT is_test}`, true, []string{"a column does not exist"}},
		"a condition that is no SQL":       {collector + `table: responses, where: score >}`, true, []string{"the database refused the statement"}},
		"a query that is no SQL":           {collector + `query: SELECT score responded_at team FROM}`, true, []string{"the database refused the statement"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			testdb.Each(t, func(t *testing.T, db *testdb.Database) {
				survey(t, db)
				db.Exec(t,
					"CREATE VIEW seen AS SELECT * FROM responses",
					"CREATE TABLE indexed (score INTEGER, responded_at "+timestamp(db)+", team VARCHAR(20))",
					"CREATE INDEX by_time ON indexed (responded_at)",
					"CREATE TABLE numbered (score INTEGER, in_s BIGINT, in_ms BIGINT, in_text VARCHAR(20))",
					"CREATE INDEX by_s ON numbered (in_s)", "CREATE INDEX by_ms ON numbered (in_ms)",
					"CREATE TABLE written (score INTEGER, german VARCHAR(30), mostly VARCHAR(30), offset_at VARCHAR(30))", "CREATE INDEX by_offset ON written (offset_at)",
					"INSERT INTO written VALUES (5, '29.03.2026 02:30', '2026-03-29T02:30:00Z', '2026-03-29T02:30:00+02:00'), (4, '12/24/2026', 'soon', NULL), (4, '', '', ''), (4, NULL, '0000-00-00', NULL)",
					"INSERT INTO numbered VALUES (5, 1718000000, 1718000000000, '1718000000'), (4, 0, NULL, ''), (4, NULL, 0, NULL)",
				)
				set := build(t, cx(source(db), c.collector))
				found := set.Collectors[0].Evaluator.Check(t.Context(), time.Now())
				for _, f := range found {
					if f.Fatal != c.fatal || f.Source != "db" {
						t.Errorf("%+v: want fatal to be %v, and the source db", f, c.fatal)
					}
				}
				var texts []string
				for _, f := range found {
					texts = append(texts, f.Text)
				}
				for _, want := range c.want {
					if !slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(text, want) }) {
						t.Errorf("no finding says %q, but\n%s", want, strings.Join(texts, "\n"))
					}
				}
				if len(c.want) == 0 && len(found) > 0 {
					t.Errorf("found\n%s", strings.Join(texts, "\n"))
				}
			})
		})
	}
}
