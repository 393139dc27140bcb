package app_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/testdb"
)

// The tickets that were created come from one statement, those that were
// resolved from another, which is made to take too long or to fail.
func TestACollectorOneOfWhoseStatementsFailsPublishesNothingOfTheOther(t *testing.T) {
	t.Parallel()
	const created, resolved = "cx_tickets_created", "cx_tickets_resolved"
	for name, c := range map[string]struct{ fault, reason, log string }{
		"one that takes too long": {"UPDATE knob SET delay = 60", "timeout", "the database took too long"},
		"one that fails":          {"UPDATE knob SET zero = 0", "bad_value", "division by zero"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := testdb.Postgres(t).New(t)
			ticket := fmt.Sprintf("INSERT INTO tickets VALUES ('%s', '%s')", ago(2*time.Hour), ago(time.Hour))
			db.Exec(t,
				"CREATE TABLE tickets (created_at TIMESTAMP NOT NULL, resolved_at TIMESTAMP)", ticket, ticket,
				"CREATE TABLE knob (delay INTEGER, zero INTEGER)", "INSERT INTO knob VALUES (0, 1)",
				// It claims to be stable so that the statement that does not need it leaves it out.
				`CREATE FUNCTION slowed(t TIMESTAMP) RETURNS TIMESTAMP STABLE LANGUAGE plpgsql AS $$
BEGIN PERFORM pg_sleep(delay), 1 / zero FROM knob; RETURN t; END $$`,
			)
			r := start(t, cx(source(db), `
  - name: support
    source: db
    query: SELECT created_at, slowed(resolved_at) AS resolved_at FROM tickets
    entity: tickets
    windows: [7d]
    change: false
    interval: 3s
    timeout: 3s
    max_age: 1h
    kpis: [ticket_volume]
`))
			r.until("the values are there", every(is(2, created), is(2, resolved)))
			db.Exec(t, ticket, c.fault)
			p := r.until("the failure is counted", above(0, "cx_collector_failures_total", "collector=support", "reason="+c.reason))
			p.holds(t, is(2, created), is(2, resolved), is(0, "cx_collector_success"))
			r.logged("collector is failing", "reason="+c.reason, c.log)
			db.Exec(t, "UPDATE knob SET delay = 0, zero = 1")
			r.until("the values are new", every(is(3, created), is(3, resolved), is(1, "cx_collector_success")))
		})
	}
}

func TestAStatementThatFailsInMidStreamPublishesNothingNew(t *testing.T) {
	t.Parallel()
	db := testdb.Postgres(t).New(t)
	db.Exec(t, "CREATE TABLE knob (bad INTEGER)", "INSERT INTO knob VALUES (0)")
	r := start(t, cx(source(db), `
  - name: list
    source: db
    query: SELECT g::text AS g, (100.0 / (bad - g))::float AS value FROM knob, generate_series(1, 1000) AS g
    entity: custom
    interval: 3s
    timeout: 3s
    max_age: 1h
    kpis:
      - gauge: {name: stock, unit: items, labels: [g]}
`))
	const family = "cx_custom_stock_items"
	whole := func(p page) error {
		if n := len(p.all(family)); n != 1000 {
			return fmt.Errorf("%d of 1,000 rows are shown", n)
		}
		return nil
	}
	r.until("all rows are there", every(whole, is(-100, family, "g=1")))
	db.Exec(t, "UPDATE knob SET bad = 500") // rows 1 to 499 come before the error
	p := r.until("the failure is counted", above(0, "cx_collector_failures_total", "collector=list", "reason=bad_value"))
	p.holds(t, whole, is(-100, family, "g=1"), is(0, "cx_collector_success"), is(1, "cx_source_up", "source=db"))
	r.logged("collector is failing", "division by zero")
}

func TestOneSourceThatFailsTouchesOnlyItsOwnCollectors(t *testing.T) {
	t.Parallel()
	up, down := testdb.Postgres(t).New(t), testdb.MariaDB(t).New(t)
	survey(t, up)
	survey(t, down)
	proxy := testdb.NewProxy(t, down.Server.Addr())
	both := source(up) + renamed(sourceAt(down, proxy.Addr()), "db", "far")
	r := start(t, cx(both, answers+renamed(renamed(answers, "answers", "away"), "db", "far")))
	r.until("all values are there", every(is(2./3, csat, "collector=answers"), is(2./3, csat, "collector=away")))
	proxy.Set(testdb.Hold)
	answer(t, up, 5)
	answer(t, down, 5)
	p := r.until("the failure is counted, and the others are new", every(
		is(0, "cx_collector_success", "collector=away"),
		is(3./4, csat, "collector=answers"),
	))
	p.holds(t,
		is(2./3, csat, "collector=away"),
		is(1, "cx_source_up", "source=db"), is(0, "cx_source_up", "source=far"),
		absent("cx_collector_failures_total", "collector=answers", "reason=connect"),
	)
}

func TestAClockThatIsSetBackOrForwardLosesNothing(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, db *testdb.Database) {
		survey(t, db)
		clock := &clock{}
		r := start(t, cx(source(db), answers), func(s *settings) { s.now = clock.now })
		r.until("the values are there", is(2./3, csat))

		clock.set(-30 * time.Minute)
		r.logged("clock was set back", "by=")
		// The answers lie ahead now: those of less than an hour are merely new.
		answer(t, db, 5)
		r.until("the values are new", every(is(3./4, csat), is(1, "cx_collector_success")))
		if at, _ := r.scrape().value("cx_collector_last_success_timestamp_seconds"); at > float64(clock.now().Unix()+1) {
			t.Errorf("the last success lies ahead: %v, and it is %v", at, clock.now().Unix())
		}

		clock.set(48 * time.Hour)
		answer(t, db, 5)
		r.until("the values are new", every(is(4./5, csat), is(1, "cx_collector_success"),
			above(float64(clock.now().Add(-time.Minute).Unix()), "cx_collector_last_success_timestamp_seconds")))
		r.scrape().holds(t, absent("cx_collector_failures_total"))
	})
}
