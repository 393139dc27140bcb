package testdb

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/lib/pq"
)

// newPostgres prepares a PostgreSQL server: fast, safe from nothing, and in a
// time zone that is not UTC, so that a session that forgets to ask for UTC
// gives wrong answers.
func newPostgres(tb testing.TB, settings ...string) *Server {
	tb.Helper()
	bin := programs(tb, "initdb", "postgres")
	a, err := lookup("postgres")
	if err != nil {
		missing(tb, "PostgreSQL does not run as root, and there is no other user for it: %v", err)
	}
	dir := prepare(tb, a)
	s := &Server{Driver: DriverPostgres, Host: "127.0.0.1", User: "cx_admin", Password: "cx-test-password"}
	secret := filepath.Join(dir, "password")
	if err := os.WriteFile(secret, []byte(s.Password), 0o644); err != nil { // the directory itself is private
		tb.Fatal(err)
	}
	data := filepath.Join(dir, "data")
	setup(tb, a, bin["initdb"], "-D", data, "-U", s.User, "--pwfile", secret,
		"-A", "scram-sha-256", "-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions")
	settings = append([]string{
		"listen_addresses=127.0.0.1", "unix_socket_directories=", "timezone=America/New_York",
		"fsync=off", "synchronous_commit=off", "full_page_writes=off", "wal_level=minimal", "max_wal_senders=0",
		"shared_buffers=64MB", "max_connections=100", "jit=off",
	}, settings...)
	s.owned = &instance{
		dir: dir, log: filepath.Join(dir, "log"), account: a, quit: syscall.SIGQUIT,
		command: func(port int) []string {
			args := []string{bin["postgres"], "-D", data, "-p", fmt.Sprint(port)}
			for _, setting := range settings {
				args = append(args, "-c", setting)
			}
			return args
		},
	}
	return s
}

// postgresDSN is the administrator's connection string to a database.
func postgresDSN(s *Server, database string) string {
	if s.base != "" {
		return postgresWith(s.base, "dbname", database)
	}
	u := url.URL{
		Scheme: "postgres", User: url.UserPassword(s.User, s.Password), Host: s.Addr(), Path: "/" + database,
		RawQuery: "sslmode=disable",
	}
	return u.String()
}

// postgresWith adds a parameter to a connection string of either form.
func postgresWith(dsn, name, value string) string {
	u, err := url.Parse(dsn)
	if err != nil || !strings.HasPrefix(u.Scheme, "postgres") {
		return dsn + fmt.Sprintf(" %s='%s'", name, value)
	}
	if name == "dbname" {
		u.Path = "/" + value
		return u.String()
	}
	q := u.Query()
	q.Set(name, value)
	u.RawQuery = q.Encode()
	return u.String()
}

// parsePostgres fills in the parts of a server from the environment.
func parsePostgres(s *Server) error {
	c, err := pq.NewConfig(s.base)
	if err != nil {
		return err
	}
	s.Host, s.Port, s.User, s.Password = c.Host, int(c.Port), c.User, c.Password
	return nil
}
