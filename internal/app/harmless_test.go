package app_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/cx-exporter/cx-exporter/config"
	"github.com/cx-exporter/cx-exporter/internal/testdb"
)

// gauge is a collector of what a query says.
func gauge(query string) string {
	return fmt.Sprintf(`
  - name: list
    source: db
    query: |
      %s
    entity: custom
    interval: 3s
    timeout: 3s
    kpis:
      - gauge: {name: stock, unit: items}
`, strings.ReplaceAll(query, "\n", "\n      "))
}

func TestAQueryThatWritesIsRefusedWhenItIsLoaded(t *testing.T) {
	t.Parallel()
	for driver, where := range map[string]string{
		testdb.DriverPostgres: "dsn: host=db", testdb.DriverMySQL: "dsn: reader@tcp(db)/shop", testdb.DriverSQLite: "path: shop.db",
	} {
		load := func(query string) error {
			text := cx("  - name: db\n    driver: "+driver+"\n    "+where+"\n", gauge(query))
			_, err := config.LoadBytes("cx.yml", []byte(text), func(string) (string, bool) { return "", false })
			return err
		}
		if err := load("SELECT value FROM t"); err != nil {
			t.Errorf("%s: a query that reads is refused: %v", driver, err)
		}
		for _, query := range []string{
			"DELETE FROM t",
			"DELETE FROM t RETURNING value",
			"SELECT 1 AS value; DELETE FROM t",
			"WITH gone AS (DELETE FROM t RETURNING value) SELECT value FROM gone",
			"SELECT value INTO copy FROM t",
		} {
			if err := load(query); err == nil {
				t.Errorf("%s: %s is not refused", driver, query)
			} else if problem := err.Error(); !strings.Contains(problem, "cx.yml:") || !strings.Contains(problem, "collectors[0].query: ") {
				t.Errorf("%s: %s: the message has not the place: %v", driver, query, err)
			}
		}
	}
}

// A function may do anything, and nothing in a SELECT shows it: what stops it
// is the transaction.
func TestAFunctionThatWritesIsStoppedByTheDatabase(t *testing.T) {
	t.Parallel()
	servers(t, func(t *testing.T, db *testdb.Database) {
		db.Exec(t, "CREATE TABLE trace (x INTEGER)")
		if db.Driver == testdb.DriverPostgres {
			db.Exec(t, "CREATE FUNCTION sneak() RETURNS INTEGER VOLATILE LANGUAGE plpgsql AS $$ BEGIN INSERT INTO trace VALUES (1); RETURN 1; END $$")
		} else {
			db.Exec(t, "CREATE FUNCTION sneak() RETURNS INTEGER NOT DETERMINISTIC MODIFIES SQL DATA BEGIN INSERT INTO trace VALUES (1); RETURN 1; END")
		}
		r := start(t, cx(source(db), gauge("SELECT sneak() AS value")))
		r.until("the failure is counted", every(
			above(0, "cx_collector_failures_total", "reason=read_only"),
			absent("cx_custom_stock_items"),
			is(1, "cx_source_up", "source=db"),
		))
		r.logged("collector is failing", "the statement would change the database", "only a SELECT is allowed")
		if err := r.stop(); err != nil {
			t.Fatal(err)
		}
		var n int
		if err := db.DB.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM trace").Scan(&n); err != nil {
			t.Fatal(err)
		}
		if n != 0 {
			t.Errorf("the function wrote %d rows", n)
		}
	})
}

// napping is a collector whose statement takes a minute. The sleep is in a view,
// since a configuration may not ask for one.
func napping(t *testing.T, db *testdb.Database) string {
	t.Helper()
	sleep := "SELECT 1 AS value FROM (SELECT pg_sleep(60)) AS s"
	if db.Driver == testdb.DriverMySQL {
		sleep = "SELECT SLEEP(60) AS value"
	}
	db.Exec(t, "CREATE VIEW nap AS "+sleep)
	return strings.NewReplacer("interval: 3s", "interval: 2m", "timeout: 3s", "timeout: 90s").Replace(gauge("SELECT value FROM nap"))
}

// active counts what the exporter's statements do on the server at the moment.
func active(t *testing.T, db *testdb.Database) int {
	t.Helper()
	statement := "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'cx-exporter' AND state = 'active'"
	if db.Driver == testdb.DriverMySQL {
		statement = "SELECT COUNT(*) FROM information_schema.processlist WHERE db = DATABASE() AND command <> 'Sleep' AND info LIKE '%nap%' AND info NOT LIKE '%processlist%'"
	}
	var n int
	if err := db.DB.QueryRowContext(t.Context(), statement).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestStoppingLeavesNothingRunningOnTheServer(t *testing.T) {
	t.Parallel()
	servers(t, func(t *testing.T, db *testdb.Database) {
		slow := napping(t, db)
		r := start(t, cx(source(db), slow))
		r.eventually("the statement runs", func() error {
			if n := active(t, db); n != 1 {
				return fmt.Errorf("%d run", n)
			}
			return nil
		})
		begun := time.Now()
		if err := r.stop(); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(begun); took > 8*time.Second {
			t.Errorf("stopping took %s", took)
		}
		if n := active(t, db); n != 0 {
			t.Errorf("%d statements run on after the exporter has ended", n)
		}
	})
}

func TestAReloadThatTakesACollectorAwayStopsItsStatement(t *testing.T) {
	t.Parallel()
	servers(t, func(t *testing.T, db *testdb.Database) {
		survey(t, db)
		slow := napping(t, db)
		r := start(t, cx(source(db), answers+slow))
		r.until("the values are there", is(2./3, csat))
		r.eventually("the statement runs", func() error {
			if n := active(t, db); n < 1 {
				return fmt.Errorf("%d run", n)
			}
			return nil
		})
		r.write(cx(source(db), answers))
		r.hangup <- struct{}{}
		r.logged("configuration reloaded")
		r.until("only the collector that stayed is shown", every(is(2./3, csat), absent("cx_collector_runs_total", "collector=list")))
		r.eventually("the statement is stopped", func() error {
			if n := active(t, db); n > 0 {
				return fmt.Errorf("%d run", n)
			}
			return nil
		})
	})
}
