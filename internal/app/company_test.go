package app_test

import (
	"fmt"
	"net"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/testdb"
)

// answers is a collector of satisfaction scores. Two of the three answers that
// survey makes are satisfied.
const answers = `
  - name: answers
    source: db
    table: responses
    entity: responses
    windows: [7d]
    interval: 3s
    timeout: 3s
    max_age: 1h
    kpis: [csat]
`

// The metrics of answers that tests look at.
const (
	csat    = "cx_csat_ratio"
	samples = "cx_kpi_samples"
)

// survey makes the table of answers, with three of them of an hour ago.
func survey(t *testing.T, db *testdb.Database) {
	t.Helper()
	db.Exec(t, "CREATE TABLE responses (score INTEGER, responded_at "+timestamp(db)+" NOT NULL, team VARCHAR(20))")
	answer(t, db, 5, 4, 1)
}

// answer adds answers of an hour ago.
func answer(t *testing.T, db *testdb.Database, scores ...int) {
	t.Helper()
	rows := make([]string, len(scores))
	for i, s := range scores {
		rows[i] = fmt.Sprintf("(%d, '%s', 'blue')", s, ago(time.Hour))
	}
	db.Exec(t, "INSERT INTO responses (score, responded_at, team) VALUES "+strings.Join(rows, ", "))
}

// ago is an instant of the past as all engines read it, in UTC.
func ago(d time.Duration) string { return time.Now().Add(-d).UTC().Format("2006-01-02 15:04:05") }

// timestamp is the type of a column for times without a zone.
func timestamp(db *testdb.Database) string {
	return map[string]string{
		testdb.DriverPostgres: "TIMESTAMP", testdb.DriverMySQL: "DATETIME", testdb.DriverSQLite: "TIMESTAMP",
	}[db.Driver]
}

// cx is a configuration with one source, called db, and some collectors.
func cx(source, collectors string) string {
	return "sources:\n" + source + "\ncollectors:" + collectors
}

// source is the source db.
func source(db *testdb.Database) string {
	if db.Driver == testdb.DriverSQLite {
		return fmt.Sprintf("  - name: db\n    driver: sqlite\n    path: %s\n", db.DSN)
	}
	return sourceAt(db, db.Server.Addr())
}

// sourceAt is the source db at another address, such as a proxy's.
func sourceAt(db *testdb.Database, address string) string {
	return login(db, address, db.Server.User, "password: "+strconv.Quote(db.Server.Password))
}

// login is the source db with a user and a line that gives the password.
func login(db *testdb.Database, address, user, password string) string {
	host, port, _ := net.SplitHostPort(address) // made by us
	return fmt.Sprintf(`  - name: db
    driver: %s
    host: %s
    port: %s
    database: %s
    user: %s
    %s
    tls: {mode: disable}
`, db.Driver, host, port, db.Name, user, password)
}

// servers runs a test on both servers that are reached by a network.
func servers(t *testing.T, test func(t *testing.T, db *testdb.Database)) {
	t.Helper()
	t.Run(testdb.DriverPostgres, func(t *testing.T) {
		t.Parallel()
		test(t, testdb.Postgres(t).New(t))
	})
	t.Run(testdb.DriverMySQL, func(t *testing.T) {
		t.Parallel()
		test(t, testdb.MariaDB(t).New(t))
	})
}

// renamed replaces a name wherever a configuration gives or uses it.
func renamed(yaml, from, to string) string {
	return strings.NewReplacer("name: "+from+"\n", "name: "+to+"\n", "source: "+from+"\n", "source: "+to+"\n").Replace(yaml)
}

// clock is the wall clock, and how far it was set.
type clock struct{ by atomic.Int64 }

func (c *clock) now() time.Time { return time.Now().Add(time.Duration(c.by.Load())) }

// set sets it so far ahead of the real time.
func (c *clock) set(by time.Duration) { c.by.Store(int64(by)) }
