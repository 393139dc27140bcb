package exporter_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
	"github.com/cx-exporter/cx-exporter/internal/source"
	"github.com/cx-exporter/cx-exporter/internal/testdb"
)

// Customers whose names differ in case, or in blanks at the end, are as many
// whatever is asked of them, and in a roll as by statements: PostgreSQL and
// SQLite compare bytes, MySQL and whoever declares it in PostgreSQL by the collation
// of the column. Rows of one do not come one after the other.
func TestCustomersAreAsManyWhateverIsAskedOfThem(t *testing.T) {
	t.Parallel()
	const bytes, noCase, noBlanks, neither = 5, 3, 3, 2
	for i, c := range []struct {
		driver, column string
		kind           facts.Type
		want           float64
	}{
		{testdb.DriverPostgres, "TEXT", facts.Text, bytes},
		{testdb.DriverPostgres, "TEXT COLLATE any_case", facts.Text, noCase},
		{testdb.DriverMySQL, "VARCHAR(80) COLLATE utf8mb4_general_ci", facts.Text, neither},
		{testdb.DriverMySQL, "VARCHAR(80) COLLATE utf8mb4_bin", facts.Text, noBlanks},
		{testdb.DriverMySQL, "VARBINARY(80)", facts.Text, bytes},
		{testdb.DriverSQLite, "TEXT", facts.Text, bytes},
		{testdb.DriverSQLite, "TEXT COLLATE NOCASE", facts.Text, bytes},
		{testdb.DriverSQLite, "TEXT COLLATE RTRIM", facts.Text, bytes},
		{testdb.DriverSQLite, "INTEGER", facts.Integer, bytes},
		{testdb.DriverSQLite, "INTEGER COLLATE NOCASE", facts.Integer, bytes},
		{testdb.DriverSQLite, "INTEGER COLLATE RTRIM", facts.Integer, bytes},
		{testdb.DriverSQLite, "COLLATE NOCASE", facts.Unknown, bytes},
	} {
		t.Run(c.column+" on "+c.driver, func(t *testing.T) {
			t.Parallel()
			e := openEngine(t, c.driver)
			if c.driver == testdb.DriverPostgres {
				e.dbs[0].Exec(t, "CREATE COLLATION any_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false)")
			}
			var rows []string
			for day, id := range []string{"'c'", "'C'", "'c'", "'c '", "'C'", "'c'", "'d'", "'C '", "NULL"} {
				rows = append(rows, fmt.Sprintf("(%s, %d, '2024-01-%02d 00:00:00', NULL, 1)", id, 1704067200+86400*day, day+1))
			}
			table := fmt.Sprintf("customers_%d", i)
			e.dbs[0].Exec(t,
				fmt.Sprintf("CREATE TABLE %s (who %s, since BIGINT, since_text VARCHAR(30), ended BIGINT, amount INTEGER)", table, c.column),
				"INSERT INTO "+table+" VALUES "+strings.Join(rows, ", "))
			for _, since := range []facts.Column{{Name: "since", Type: facts.Unix}, {Name: "since_text", Type: facts.TextTime}} {
				r := facts.Relation{Table: table, Columns: map[facts.Role]facts.Column{
					"customer": {Name: "who", Type: c.kind}, "since": since,
					"ended": {Name: "ended", Type: facts.Unix}, "amount": {Name: "amount", Type: facts.Integer},
				}}
				want := map[string]float64{"subjects": c.want, "last rows": c.want, "stays": c.want, "returns": c.want, "histories": c.want}
				for _, points := range []int{0, -1} {
					if diff := cmp.Diff(want, e.customers(t, r, points)); diff != "" {
						t.Errorf("by %s, at more than %d points in a roll (-want +got):\n%s", since.Name, points, diff)
					}
				}
			}
		})
	}
}

// A database may take the name of a column for one that the statement gives.
func TestCustomersMayBeInAColumnOfAnyName(t *testing.T) {
	t.Parallel()
	for _, driver := range []string{testdb.DriverPostgres, testdb.DriverMySQL, testdb.DriverSQLite} {
		t.Run(driver, func(t *testing.T) {
			t.Parallel()
			e := openEngine(t, driver)
			for i, name := range []string{"who", "who_", "unit_", "nobody", "bad", "failed", "stamp", "weight", "moment", "f", "s", "t", "i", "n", "k0", "d0", "di", "x0", "p0", "newest", "subject", "start_", "end_"} {
				table := fmt.Sprintf("named_%d", i)
				e.dbs[0].Exec(t, "CREATE TABLE "+table+" ("+name+" VARCHAR(30), since BIGINT, ended BIGINT, amount INTEGER)",
					"INSERT INTO "+table+" VALUES ('a', 1704067200, NULL, 1), ('b', 1704153600, NULL, 1), ('a', 1704240000, NULL, 1), (NULL, 1704326400, NULL, 1), ('c', 1704412800, NULL, 1)")
				r := facts.Relation{Table: table, Columns: map[facts.Role]facts.Column{
					"customer": {Name: name, Type: facts.Text}, "since": {Name: "since", Type: facts.Unix},
					"ended": {Name: "ended", Type: facts.Unix}, "amount": {Name: "amount", Type: facts.Integer},
				}}
				want := map[string]float64{"subjects": 3, "last rows": 3, "stays": 3, "returns": 3, "histories": 3}
				for _, points := range []int{0, -1} {
					if diff := cmp.Diff(want, e.customers(t, r, points)); diff != "" {
						t.Errorf("in %s, at more than %d points in a roll (-want +got):\n%s", name, points, diff)
					}
				}
			}
		})
	}
}

// customers is how many customers each shape of facts tells of.
func (e *engine) customers(t *testing.T, r facts.Relation, points int) map[string]float64 {
	t.Helper()
	at := moment(t, "2024-06-01T00:00:00Z")
	there := &facts.Subjects{Subject: "customer", Start: "since", End: "ended", Points: []facts.Point{{At: at}}}
	last := &facts.Subjects{
		Subject: "customer", Start: "since", Points: []facts.Point{{Hi: at}},
		Last: facts.Code{Of: "amount", Bands: []facts.Band{{Code: 1, From: 0, To: 9}}},
	}
	stays := &facts.Stays{Subject: "customer", Start: "since", End: "ended", Instants: []time.Time{at, at.AddDate(0, 1, 0)}}
	returns := &facts.Returns{Subject: "customer", Time: "since", Within: 24 * time.Hour, Bounds: []time.Time{at}}
	histories := &facts.Histories{Subject: "customer", Time: "since", Amount: facts.Expr{Role: "amount"}, At: at}
	needs := []facts.Need{{Subjects: there}, {Subjects: last}, {Stays: stays}, {Returns: returns}, {Histories: histories}}
	out := map[string]float64{}
	e.answer(t, r, facts.Options{Limit: 1000, Points: points}, needs, func(a *facts.Answer) {
		v := a.Part(needs, 1).View(kpi.Segment{})
		v.Patterns(there, func(p facts.Pattern) { out["subjects"] += p.Subjects() })
		v.Patterns(last, func(p facts.Pattern) { out["last rows"] += p.Subjects() })
		v.Histories(histories, func(h facts.History) { out["histories"] += h.Subjects })
		out["stays"], _ = v.Stays(stays, 0)
		out["returns"], _ = v.Returns(returns, time.Time{}, at)
	})
	return out
}

// answer reads needs of a relation and has a look at what came of it.
func (e *engine) answer(t *testing.T, r facts.Relation, o facts.Options, needs []facts.Need, look func(*facts.Answer)) {
	t.Helper()
	plan, err := facts.NewPlan(o, needs)
	if err != nil {
		t.Fatal(err)
	}
	dialect, err := facts.For(e.name)
	if err != nil {
		t.Fatal(err)
	}
	err = e.sources[0].Read(t.Context(), func(ctx context.Context, tx *source.Tx) error {
		a, err := plan.Read(ctx, facts.Target{Dialect: dialect, Relation: r, Querier: tx, Memory: &facts.Memory{}})
		if err == nil {
			look(a)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
