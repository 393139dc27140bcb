package testdb

import (
	"context"
	"database/sql"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// startTimeout bounds how long a server may take until it answers.
const startTimeout = 60 * time.Second

// Server is a running database server.
type Server struct {
	// Driver is postgres or mysql.
	Driver string
	// Host, Port, User and Password are those of an administrator. They are
	// empty where the server comes from the environment.
	Host     string
	Port     int
	User     string
	Password string
	// CAFile is the authority that signed the server's certificate, which is
	// for the name localhost and no other.
	CAFile string

	admin *sql.DB
	base  string // administrator's DSN of a server from the environment
	owned *instance
}

// instance is a server process that this package started.
type instance struct {
	dir     string // holds the data and the log; removed at the end
	log     string
	account *account // the system user that runs it; nil for our own
	command func(port int) []string
	quit    syscall.Signal // ends it at once; the data is thrown away
	running *process
}

// Addr is the server's address, host:port.
func (s *Server) Addr() string { return net.JoinHostPort(s.Host, strconv.Itoa(s.Port)) }

// Admin is a connection of the administrator.
func (s *Server) Admin() *sql.DB { return s.admin }

// New creates an empty database, which is gone after the tests.
func (s *Server) New(tb testing.TB) *Database {
	tb.Helper()
	name := unique()
	if _, err := s.admin.ExecContext(tb.Context(), "CREATE DATABASE "+name); err != nil {
		tb.Fatalf("create database on the test server: %v", err)
	}
	d := &Database{Driver: s.Driver, DSN: s.dsn(name), Name: name, Server: s}
	db, err := sql.Open(s.Driver, s.utc(d.DSN))
	if err != nil {
		tb.Fatalf("open test database: %v", err)
	}
	d.DB = db
	tb.Cleanup(func() {
		_ = db.Close()
		if s.owned != nil {
			return // goes with the server; dropping costs PostgreSQL a checkpoint
		}
		drop := "DROP DATABASE IF EXISTS " + name
		if s.Driver == DriverPostgres {
			drop += " WITH (FORCE)"
		}
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if _, err := s.admin.ExecContext(ctx, drop); err != nil {
			tb.Logf("drop the test database: %v", err)
		}
	})
	return d
}

// dsn is the administrator's connection string to a database.
func (s *Server) dsn(database string) string {
	if s.Driver == DriverPostgres {
		return postgresDSN(s, database)
	}
	return mysqlDSN(s, database)
}

// utc adds the session's time zone: the servers' own is deliberately another.
func (s *Server) utc(dsn string) string {
	if s.Driver == DriverPostgres {
		return postgresWith(dsn, "timezone", "UTC")
	}
	return mysqlWith(dsn, "time_zone", "'+00:00'")
}

// Stop ends the server as a crash does: connections break, and nothing
// listens any more.
func (s *Server) Stop(tb testing.TB) {
	tb.Helper()
	if s.owned == nil {
		tb.Fatal("only a server that the test started can be stopped")
	}
	s.owned.running.stop(s.owned.quit)
	s.owned.running = nil
}

// Start starts a stopped server again, on the same port with the same data.
func (s *Server) Start(tb testing.TB) {
	tb.Helper()
	if err := s.start(tb.Context()); err != nil {
		tb.Fatal(err)
	}
}

// launch starts a prepared server for the first time.
func launch(tb testing.TB, s *Server) *Server {
	tb.Helper()
	var err error
	for range 3 { // another process may take the port between our look and the start
		s.Port, err = freePort()
		if err != nil {
			tb.Fatal(err)
		}
		if err = s.start(context.Background()); err == nil {
			return s
		}
	}
	log, _ := os.ReadFile(s.owned.log)
	s.destroy()
	tb.Fatalf("start %s for the tests: %v\n%s", s.Driver, err, log)
	return nil
}

// start runs the process and waits until it answers.
func (s *Server) start(ctx context.Context) error {
	p, err := run(s.owned.account, s.owned.log, s.owned.command(s.Port)...)
	if err != nil {
		return err
	}
	s.owned.running = p
	if s.admin != nil {
		_ = s.admin.Close()
	}
	system := map[string]string{DriverPostgres: "postgres", DriverMySQL: "mysql"}[s.Driver]
	if s.admin, err = sql.Open(s.Driver, s.utc(s.dsn(system))); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		if err = s.admin.PingContext(ctx); err == nil {
			return nil
		}
		select {
		case <-p.done:
			return fmt.Errorf("%s ended while it was starting", s.Driver)
		case <-ctx.Done():
			p.stop(s.owned.quit)
			return fmt.Errorf("%s did not answer within %s: %w", s.Driver, startTimeout, err)
		case <-tick.C:
		}
	}
}

// destroy stops the server and removes its data.
func (s *Server) destroy() {
	if s.admin != nil {
		_ = s.admin.Close()
	}
	if s.owned == nil {
		return
	}
	if s.owned.running != nil {
		s.owned.running.stop(s.owned.quit)
	}
	_ = os.RemoveAll(s.owned.dir)
}

// fromEnvironment returns the server that a variable names, or nil.
func fromEnvironment(tb testing.TB, driver, variable string) *Server {
	tb.Helper()
	dsn := os.Getenv(variable)
	if dsn == "" {
		return nil
	}
	s := &Server{Driver: driver, base: dsn}
	if err := s.parse(); err != nil {
		tb.Fatalf("%s is not a connection string of the %s driver", variable, driver)
	}
	db, err := sql.Open(driver, s.utc(dsn))
	if err != nil {
		tb.Fatalf("%s is not a connection string of the %s driver", variable, driver)
	}
	s.admin = db
	return s
}

// parse fills in the parts of a server from the environment.
func (s *Server) parse() error {
	if s.Driver == DriverPostgres {
		return parsePostgres(s)
	}
	return parseMySQL(s)
}

// prepare makes the directory of an instance, owned by who will run it, and
// removes those that killed test binaries have left.
func prepare(tb testing.TB, a *account) string {
	tb.Helper()
	sweep()
	dir, err := os.MkdirTemp("", fmt.Sprintf("cx-testdb-%d-", os.Getpid()))
	if err != nil {
		tb.Fatal(err)
	}
	give(tb, dir, a)
	return dir
}

// give makes a file or directory belong to who will run the server.
func give(tb testing.TB, path string, a *account) {
	tb.Helper()
	if a == nil {
		return
	}
	if err := os.Chown(path, a.uid, a.gid); err != nil {
		tb.Fatal(err)
	}
}

// sweep removes directories of test binaries that are no more. Young ones are
// left: their process may be in another container that shares the directory.
func sweep() {
	left, _ := filepath.Glob(filepath.Join(os.TempDir(), "cx-testdb-*-*"))
	for _, dir := range left {
		pid, err := strconv.Atoi(strings.Split(filepath.Base(dir), "-")[2])
		if err != nil || alive(pid) {
			continue
		}
		if info, err := os.Stat(dir); err == nil && time.Since(info.ModTime()) > time.Hour {
			_ = os.RemoveAll(dir)
		}
	}
}

// setup runs a command that prepares an instance, and tells what it printed
// when it fails.
func setup(tb testing.TB, a *account, args ...string) {
	tb.Helper()
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir = os.TempDir()
	as(cmd, a)
	if out, err := cmd.CombinedOutput(); err != nil {
		tb.Fatalf("%s: %v\n%s", filepath.Base(args[0]), err, out)
	}
}

// await waits until something listens at an address.
func await(tb testing.TB, p *process, address string) {
	tb.Helper()
	deadline := time.After(startTimeout)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		if conn, err := net.Dial("tcp", address); err == nil {
			_ = conn.Close()
			return
		}
		select {
		case <-p.done:
			tb.Fatalf("what should listen at %s has ended", address)
		case <-deadline:
			tb.Fatalf("nothing listens at %s", address)
		case <-tick.C:
		}
	}
}

// freePort returns a loopback port that is free now.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("find a free port: %w", err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().(*net.TCPAddr).Port, nil
}
