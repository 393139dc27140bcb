package endtoend

import (
	"database/sql"
	"fmt"
	"sync"
	"testing"
	"time"

	_ "modernc.org/sqlite" // the driver that the demo's database is read with

	"github.com/cx-exporter/cx-exporter/internal/demo"
	"github.com/cx-exporter/cx-exporter/internal/testdb"
)

// company is the demo's company, whose contracts are in a PostgreSQL server of
// its own. It can be moved through its history: what lies ahead of the present
// is not to be seen yet.
type company struct {
	server *testdb.Server
	db     *testdb.Database
	story  demo.Story
}

// found founds the company, by the shipped program.
func found(t *testing.T) *company {
	t.Helper()
	path := invent(t)
	c := &company{server: testdb.StartPostgres(t)}
	c.db = c.server.New(t)
	c.db.Exec(t,
		"CREATE TABLE story (moved INTERVAL)", "INSERT INTO story VALUES ('0')",
		"CREATE TABLE subscriptions (customer_id BIGINT NOT NULL, plan TEXT, started_at TIMESTAMP NOT NULL, ended_at TIMESTAMP)",
		`CREATE VIEW contracts AS SELECT customer_id, plan, started_at + moved AS started_at,
			CASE WHEN ended_at + moved <= now() AT TIME ZONE 'UTC' THEN ended_at + moved END AS ended_at
			FROM subscriptions, story WHERE started_at + moved <= now() AT TIME ZONE 'UTC'`,
	)
	demonstrated, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer demonstrated.Close()
	var told int64
	if err := demonstrated.QueryRowContext(t.Context(), "SELECT value FROM demo_history WHERE name = 'told'").Scan(&told); err != nil {
		t.Fatal(err)
	}
	c.story = demo.Tell(time.Unix(told, 0), 3)
	c.copy(t, demonstrated)
	return c
}

// invention is the database of the shipped program's demonstration. It takes
// seconds to write, so all tests read the same one.
type invention struct {
	once     sync.Once
	path     string
	complete bool
}

var invented invention

// invent lets the shipped program write its demonstration, and returns its
// database.
func invent(t *testing.T) string {
	t.Helper()
	invented.once.Do(func() {
		program := testdb.Program(t)
		// It listens when the company is complete.
		testdb.StartService(t, "the demo", "/-/healthy", nil, func(_, address string) []string {
			return []string{program, "demo", "--keep=" + invented.path, "--web.listen-address=" + address}
		}).Stop()
		invented.complete = true
	})
	if !invented.complete {
		t.Fatal("there is no company")
	}
	return invented.path
}

// copy copies the contracts.
func (c *company) copy(t *testing.T, from *sql.DB) {
	t.Helper()
	rows, err := from.QueryContext(t.Context(), "SELECT customer_id, plan, started_at, ended_at FROM subscriptions")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	tx, err := c.db.DB.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	into, err := tx.PrepareContext(t.Context(), "COPY subscriptions (customer_id, plan, started_at, ended_at) FROM STDIN")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for ; rows.Next(); n++ {
		var customer int64
		var plan, started string
		var ended sql.NullString
		if err := rows.Scan(&customer, &plan, &started, &ended); err != nil {
			t.Fatal(err)
		}
		if _, err := into.ExecContext(t.Context(), customer, plan, started, ended); err != nil {
			t.Fatal(err)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	for _, finish := range []func() error{func() error { _, err := into.ExecContext(t.Context()); return err }, into.Close, tx.Commit} {
		if err := finish(); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("the company has %d contracts", n)
	c.db.Exec(t, "ANALYZE subscriptions")
}

// move makes an instant of the company's history the present.
func (c *company) move(t *testing.T, to time.Time) {
	t.Helper()
	c.db.Exec(t, fmt.Sprintf("UPDATE story SET moved = make_interval(secs => %d)", int64(time.Since(to).Seconds())))
}

// config is what the exporter reads the company by. It asks for the goal of the
// demo that is about customers who leave. More may follow: goals first.
func (c *company) config(more string) string {
	return fmt.Sprintf(`
sources:
  - {name: crm, driver: postgres, host: %s, port: %d, database: %s, user: %s, password: %q, tls: {mode: disable}}
collectors:
  - name: subscriptions
    source: crm
    table: contracts
    entity: subscriptions
    windows: [30d]
    interval: 3s
    max_age: 6s
    kpis: [churn]
goals:
  - name: keep-customers
    title: Lose fewer than three of a hundred customers a month
    type: keep
    collector: subscriptions
    kpi: churn
    window: 30d
    target: 3%%
    owner: retention-team
    severity: critical
%s`, c.server.Host, c.server.Port, c.db.Name, c.server.User, c.server.Password, more)
}
