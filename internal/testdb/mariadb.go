package testdb

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"

	"github.com/go-sql-driver/mysql"
)

// newMariaDB prepares a MariaDB server: fast, safe from nothing, and in a time
// zone that is not UTC.
func newMariaDB(tb testing.TB, settings ...string) *Server {
	tb.Helper()
	bin := programs(tb, []string{"mariadb-server"}, "mariadb-install-db", "mariadbd")
	a, err := lookup("mysql")
	if err != nil {
		missing(tb, "there is no system user for MariaDB: %v", err)
	}
	dir := prepare(tb, a)
	s := &Server{Driver: DriverMySQL, Host: "127.0.0.1", User: "cx_admin", Password: "cx-test-password"}
	data := filepath.Join(dir, "data")
	common := []string{
		"--no-defaults", "--datadir=" + data, "--innodb-log-file-size=16M", "--innodb-flush-method=nosync",
		"--innodb-flush-log-at-trx-commit=0", "--skip-innodb-doublewrite",
		// A server that starts removes the temporary tables of all others that
		// share its directory for them.
		"--tmpdir=" + dir,
	}
	setup(tb, a, append([]string{bin["mariadb-install-db"]}, append(common, "--auth-root-authentication-method=normal", "--skip-test-db")...)...)
	cert, key := s.certify(tb, dir, a)
	grants := filepath.Join(dir, "init.sql")
	sql := fmt.Sprintf("CREATE USER IF NOT EXISTS '%s'@'%%' IDENTIFIED BY '%s';\nGRANT ALL ON *.* TO '%[1]s'@'%%' WITH GRANT OPTION;\n", s.User, s.Password)
	if err := os.WriteFile(grants, []byte(sql), 0o644); err != nil { // the directory itself is private
		tb.Fatal(err)
	}
	s.owned = &instance{
		dir: dir, log: filepath.Join(dir, "log"), account: a, quit: syscall.SIGKILL,
		command: func(port int) []string {
			args := append([]string{bin["mariadbd"]}, common...)
			args = append(args,
				"--bind-address=127.0.0.1", fmt.Sprintf("--port=%d", port), "--socket="+filepath.Join(dir, "sock"),
				"--pid-file="+filepath.Join(dir, "pid"), "--init-file="+grants, "--default-time-zone=-05:00",
				"--skip-name-resolve", "--performance-schema=OFF", "--innodb-buffer-pool-size=64M",
				"--character-set-server=utf8mb4", "--max-connections=100",
				"--ssl-cert="+cert, "--ssl-key="+key)
			for _, setting := range settings {
				args = append(args, "--"+setting)
			}
			return args
		},
	}
	return s
}

// mysqlDSN is the administrator's connection string to a database.
func mysqlDSN(s *Server, database string) string {
	c := mysql.NewConfig()
	if s.base != "" {
		c, _ = mysql.ParseDSN(s.base) // checked when the server was made
	} else {
		c.Net, c.Addr, c.User, c.Passwd = "tcp", s.Addr(), s.User, s.Password
	}
	c.DBName = database
	return c.FormatDSN()
}

// mysqlWith adds a system variable to a connection string.
func mysqlWith(dsn, name, value string) string {
	c, err := mysql.ParseDSN(dsn)
	if err != nil {
		return dsn
	}
	if c.Params == nil {
		c.Params = make(map[string]string)
	}
	c.Params[name] = value
	return c.FormatDSN()
}

// parseMySQL fills in the parts of a server from the environment.
func parseMySQL(s *Server) error {
	c, err := mysql.ParseDSN(s.base)
	if err != nil {
		return err
	}
	host, port, err := net.SplitHostPort(c.Addr)
	if err != nil {
		return err
	}
	if s.Port, err = strconv.Atoi(port); err != nil {
		return err
	}
	s.Host, s.User, s.Password = host, c.User, c.Passwd
	return nil
}
