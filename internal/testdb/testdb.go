// Package testdb helps tests only: it finds PostgreSQL and MariaDB on the
// machine (or installs them), starts one private instance of each per test
// binary on a free loopback port, and gives every test a database of its own.
// Test packages call it; nothing else may.
//
// A test package that uses a server says so in one line:
//
//	func TestMain(m *testing.M) { testdb.Main(m) }
//
// People with servers of their own name them in CX_TEST_POSTGRES_DSN and
// CX_TEST_MYSQL_DSN; the user in them must be allowed to create databases.
package testdb

import (
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"fmt"
	"os"
	"sync"
	"testing"
)

// The names of the drivers, as a configuration writes them.
const (
	DriverPostgres = "postgres"
	DriverMySQL    = "mysql"
	DriverSQLite   = "sqlite"
)

// Database is an empty database that belongs to one test.
type Database struct {
	// Driver is postgres, mysql or sqlite.
	Driver string
	// DSN is the driver's connection string; the path of the file for SQLite.
	DSN string
	// Name is the name of the database; the path for SQLite.
	Name string
	// DB is open for filling the database, with its session in UTC.
	DB *sql.DB
	// Server is where the database is; nil for SQLite.
	Server *Server
}

// Exec runs statements for their effect and ends the test when one fails.
func (d *Database) Exec(tb testing.TB, statements ...string) {
	tb.Helper()
	for _, s := range statements {
		if _, err := d.DB.ExecContext(tb.Context(), s); err != nil {
			tb.Fatalf("%s: %v\n%s", d.Driver, err, s)
		}
	}
}

// instances are the servers of this test binary. They outlive single tests,
// which is why they cannot belong to one of them.
var instances = struct{ postgres, mariadb lazy }{
	lazy{driver: DriverPostgres, variable: "CX_TEST_POSTGRES_DSN", prepare: func(tb testing.TB) *Server { return newPostgres(tb) }},
	lazy{driver: DriverMySQL, variable: "CX_TEST_MYSQL_DSN", prepare: func(tb testing.TB) *Server { return newMariaDB(tb) }},
}

// lazy is a server that starts when the first test asks for it.
type lazy struct {
	driver, variable string
	prepare          func(testing.TB) *Server

	mu     sync.Mutex
	server *Server
}

func (l *lazy) get(tb testing.TB) *Server {
	tb.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.server == nil {
		l.server = fromEnvironment(tb, l.driver, l.variable)
	}
	if l.server == nil {
		l.server = launch(tb, l.prepare(tb))
	}
	return l.server
}

func (l *lazy) stop() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.server != nil {
		l.server.destroy()
	}
}

// Main runs the tests of a package and stops the servers that they started. It
// does not return.
func Main(m *testing.M) {
	code := m.Run()
	instances.postgres.stop()
	instances.mariadb.stop()
	os.Exit(code)
}

// Postgres returns the PostgreSQL server of this test binary.
func Postgres(tb testing.TB) *Server {
	tb.Helper()
	return instances.postgres.get(tb)
}

// MariaDB returns the MariaDB (or, by CX_TEST_MYSQL_DSN, the MySQL) server of
// this test binary.
func MariaDB(tb testing.TB) *Server {
	tb.Helper()
	return instances.mariadb.get(tb)
}

// StartPostgres starts a PostgreSQL server for one test, which may stop and
// start it. Settings are `name=value`.
func StartPostgres(tb testing.TB, settings ...string) *Server {
	tb.Helper()
	s := launch(tb, newPostgres(tb, settings...))
	tb.Cleanup(s.destroy)
	return s
}

// StartMariaDB starts a MariaDB server for one test, which may stop and start
// it. Settings are `name=value`.
func StartMariaDB(tb testing.TB, settings ...string) *Server {
	tb.Helper()
	s := launch(tb, newMariaDB(tb, settings...))
	tb.Cleanup(s.destroy)
	return s
}

// Each runs a test on an empty database of each engine, as subtests.
func Each(t *testing.T, test func(t *testing.T, db *Database)) {
	t.Helper()
	t.Run(DriverPostgres, func(t *testing.T) {
		t.Parallel()
		test(t, Postgres(t).New(t))
	})
	t.Run(DriverMySQL, func(t *testing.T) {
		t.Parallel()
		test(t, MariaDB(t).New(t))
	})
	t.Run(DriverSQLite, func(t *testing.T) {
		t.Parallel()
		test(t, SQLite(t))
	})
}

// missing ends a test that cannot have its server: in CI that is a failure,
// elsewhere the test is skipped.
func missing(tb testing.TB, format string, args ...any) {
	tb.Helper()
	if os.Getenv("CI") == "true" {
		tb.Fatalf(format, args...)
	}
	tb.Skipf(format, args...)
}

// unique returns a name that no other test has.
func unique() string {
	var b [6]byte
	_, _ = rand.Read(b[:]) // documented never to fail
	return fmt.Sprintf("cx_test_%s", hex.EncodeToString(b[:]))
}
