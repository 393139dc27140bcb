package exporter_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
	"github.com/cx-exporter/cx-exporter/internal/testdb"
)

// MySQL takes a word of an enumeration for its place in the list wherever it
// expects a number.
func TestNumbersThatAreWordsOfAnEnumerationAreTheNumbersThatTheySay(t *testing.T) {
	t.Parallel()
	for driver, create := range map[string][]string{
		testdb.DriverMySQL:    {"CREATE TABLE answers (at BIGINT, score ENUM('n/a', '0', '5', '10'), tags SET('7', '8'))"},
		testdb.DriverPostgres: {"CREATE TYPE score AS ENUM ('n/a', '0', '5', '10')", "CREATE TABLE answers (at BIGINT, score score, tags TEXT)"},
		testdb.DriverSQLite:   {"CREATE TABLE answers (at BIGINT, score TEXT, tags TEXT)"},
	} {
		t.Run(driver, func(t *testing.T) {
			t.Parallel()
			e := openEngine(t, driver)
			e.dbs[0].Exec(t, append(create, "INSERT INTO answers VALUES (1, '5', '8'), (2, '10', '7'), (3, '10', '8'), (4, '0', '8'), (5, 'n/a', ''), (6, NULL, NULL)")...)
			r := facts.Relation{Table: "answers", Columns: map[facts.Role]facts.Column{
				"at": {Name: "at", Type: facts.Unix}, "score": {Name: "score", Type: facts.Text}, "tags": {Name: "tags", Type: facts.Text},
			}}
			score := facts.Expr{Role: "score"}
			cube := &facts.Cube{
				Time: "at", Bounds: []time.Time{time.Unix(0, 0), time.Unix(100, 0)},
				Sums: []facts.Sum{{Of: score}, {Kind: facts.SumCount, Of: score}, {Of: facts.Expr{Role: "tags"}}},
			}
			needs := []facts.Need{{Cube: cube}}
			var got string
			e.answer(t, r, facts.Options{Limit: 1000}, needs, func(a *facts.Answer) {
				a.View(kpi.Segment{}).Cells(cube, time.Unix(0, 0), time.Unix(100, 0), func(c facts.Cell) {
					got += fmt.Sprint(c.Sum(0), " of ", c.Sum(1), ", ", c.Sum(2))
				})
			})
			if want := "25 of 4, 31"; got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		})
	}
}
