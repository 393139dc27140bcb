package exporter_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cx-exporter/cx-exporter/internal/testdb"
)

// Customers whose numbers floating-point numbers would not tell apart, or that are
// one number only where a text is read as one, are as many in a roll as by
// statements.
func TestARollTellsCustomersApartAsTheDatabaseDoes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, driver string
		column       string // that holds the customers
		ids          []string
		want         string
	}{
		{
			name: "numbers on both sides of the greatest with a sign", driver: testdb.DriverMySQL, column: "BIGINT UNSIGNED",
			ids:  []string{"9223372036854775807", "9223372036854775808", "9223372036854775808"},
			want: "2 of 2",
		},
		{
			name: "numbers next to each other", driver: testdb.DriverPostgres, column: "BIGINT",
			ids:  []string{"9223372036854775806", "9223372036854775807", "9223372036854775807"},
			want: "2 of 2",
		},
		{
			name: "a column of which nothing is declared", driver: testdb.DriverSQLite,
			ids:  []string{"9007199254740993", "9007199254740992.0", "9007199254740992", "9223372036854775807", "9223372036854775808.0", "5", "5.0", "'5'"},
			want: "6 of 6",
		},
	} {
		t.Run(c.name+" on "+c.driver, func(t *testing.T) {
			t.Parallel()
			e := openEngine(t, c.driver)
			var rows []string
			for _, id := range c.ids {
				rows = append(rows, "("+id+", 1704067200, NULL)") // the beginning of 2024
			}
			e.dbs[0].Exec(t,
				fmt.Sprintf("CREATE TABLE customers (customer_id %s, started_at BIGINT, ended_at BIGINT)", c.column),
				"INSERT INTO customers VALUES "+strings.Join(rows, ", "))
			w := named{
				entity: "subscriptions", at: "2024-07-01T00:00:00Z", windows: "30d",
				columns: "customer_id:integer started_at:unix ended_at:unix", kpis: []string{"customers"},
			}.world(t, c.driver)
			w.isEitherWay(t, e, "customers", "customers active over 30d", c.want)
		})
	}
}

// isEitherWay checks a series of a table, as `value of samples`, by statements and
// in a roll.
func (w *world) isEitherWay(t *testing.T, e *engine, table, id, want string) {
	t.Helper()
	w.now = false
	for _, rolled := range []bool{false, true} {
		w.rolled = rolled
		snapshots, err := e.evaluate(t.Context(), w, table)
		if err != nil {
			t.Fatal(err)
		}
		got := "nothing"
		for _, s := range snapshots[0].Series {
			if seriesID(s.KPI, s.Window, s.Segment, s.Stat, labelText(s.Labels)) != id {
				continue
			}
			if got = describe(s); same(s, want) {
				got = want
			}
		}
		if got != want {
			t.Errorf("%s (in a roll: %t) is %s, not %s", id, rolled, got, want)
		}
	}
}

// Instants are floating-point numbers of seconds to a database. Of two that are 1 ms
// apart these are 1585420200 and 1585420199.999, between which it finds 0.00099993
// seconds: a millisecond all the same, the least age that is told from none.
func TestTicketsAreOfTheSameAgeInARoll(t *testing.T) {
	t.Parallel()
	for _, driver := range []string{testdb.DriverPostgres, testdb.DriverMySQL, testdb.DriverSQLite} {
		t.Run(driver, func(t *testing.T) {
			t.Parallel()
			e := openEngine(t, driver)
			for i, c := range []struct{ created, kind, want string }{
				{"2020-03-28T18:29:59.9991Z", "unix float", "0 of 1"},
				{"2020-03-28T18:29:59.999Z", "unix float", "0.001 of 1"},
				{"2020-03-28T18:29:59.999Z", "naive", "0.001 of 1"},
				{"2020-03-28T18:29:59.999Z", "unix_ms", "0.001 of 1"},
				{"2020-03-28T18:29:59.998Z", "naive", "0.002 of 1"},
				{"2020-03-28T18:29:00Z", "unix_ms", "60 of 1"},
			} {
				kind := strings.ReplaceAll(c.kind, " ", "~")
				w := named{
					entity: "tickets", at: "2020-03-28T18:30:00Z", windows: "30d",
					columns: "created_at:" + kind + " resolved_at:" + kind, rows: c.created + " | -", kpis: []string{"backlog"},
				}.world(t, driver)
				table := fmt.Sprintf("tickets_%d", i)
				if _, err := e.load(t.Context(), w, table); err != nil {
					t.Fatal(err)
				}
				w.isEitherWay(t, e, table, "backlog age_p50 over 30d", c.want)
			}
		})
	}
}
