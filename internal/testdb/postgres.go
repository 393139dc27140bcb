package testdb

import (
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
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
	bin := programs(tb, []string{"postgresql"}, "initdb", "postgres")
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
	cert, key := s.certify(tb, dir, a)
	settings = append([]string{
		"ssl=on", "ssl_cert_file=" + cert, "ssl_key_file=" + key,
		"listen_addresses=127.0.0.1", "unix_socket_directories=", "timezone=America/New_York",
		"fsync=off", "synchronous_commit=off", "full_page_writes=off", "wal_level=minimal", "max_wal_senders=0",
		"shared_buffers=64MB", "max_connections=100", "jit=off",
	}, settings...)
	s.owned = &instance{
		dir: dir, log: filepath.Join(dir, "log"), account: a, quit: syscall.SIGQUIT,
		command: func(port int) []string {
			args := []string{bin["postgres"], "-D", data, "-p", strconv.Itoa(port)}
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

// Set is a PostgreSQL database as clients see it that change a setting of the server
// for themselves.
func (d *Database) Set(setting, value string) *Database {
	other := *d
	other.DSN = postgresWith(d.DSN, setting, value)
	return &other
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

// PgBouncer starts pgbouncer in transaction mode before a server, with one
// connection to it for everybody, and returns where it listens.
func PgBouncer(tb testing.TB, s *Server) (host string, port int) {
	tb.Helper()
	if s.owned == nil {
		tb.Skip("the server of the environment is not put behind pgbouncer")
	}
	bin := programs(tb, []string{"pgbouncer"}, "pgbouncer")
	a, err := lookup("postgres")
	if err != nil {
		missing(tb, "there is no user for pgbouncer: %v", err)
	}
	dir := prepare(tb, a)
	tb.Cleanup(func() { _ = os.RemoveAll(dir) })
	if port, err = freePort(); err != nil {
		tb.Fatal(err)
	}
	users, config := filepath.Join(dir, "users"), filepath.Join(dir, "pgbouncer.ini")
	for path, content := range map[string]string{
		users: fmt.Sprintf("%q %q\n", s.User, s.Password),
		config: fmt.Sprintf(`[databases]
* = host=%s port=%d
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = %d
unix_socket_dir =
auth_type = scram-sha-256
auth_file = %s
pool_mode = transaction
default_pool_size = 1
`, s.Host, s.Port, port, users),
	} {
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil { // the directory itself is private
			tb.Fatal(err)
		}
	}
	p, err := run(a, filepath.Join(dir, "log"), bin["pgbouncer"], config)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { p.stop(syscall.SIGKILL) })
	await(tb, p, net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	return "127.0.0.1", port
}
