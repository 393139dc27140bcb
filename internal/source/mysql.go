package source

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/go-sql-driver/mysql"

	"github.com/cx-exporter/cx-exporter/internal/facts"
)

// mysqlFamily is MySQL, MariaDB and what speaks like them. Its servers do not
// notice a client that has gone, and its driver does not tell them: a statement
// that is given up is stopped by KILL QUERY from a second connection, and
// limited by the server besides.
type mysqlFamily struct {
	db *DB
	// opening is the index in openings of the first that the server accepts.
	opening atomic.Int32
	// lacks is how many limits the server does not know: 1 has none for locks, 2 none
	// for statements either.
	lacks atomic.Int32
}

// openings are the ways to begin a transaction, the best first. TiDB refuses
// READ ONLY (1235); some servers have no transactions at all. Whatever is
// begun is rolled back.
var openings = []string{
	"START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
	"START TRANSACTION READ ONLY",
	"START TRANSACTION WITH CONSISTENT SNAPSHOT",
	"",
}

// readOnlyOpenings is how many of them the server holds to reading.
const readOnlyOpenings = 2

// wishes are settings of a session that some servers do not know.
var wishes = []string{
	// What a snapshot needs.
	"SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ",
	// A client that dies between two statements leaves its transaction open
	// until the server takes it for idle: a quarter of an hour, not eight hours.
	"SET SESSION wait_timeout = 900",
}

// The families within the family, which limit statements by other names.
const (
	familyMariaDB = "MariaDB"
	familyTiDB    = "TiDB"
	familyMySQL   = "MySQL"
)

func (m *mysqlFamily) validate() error { return m.db.validateServer() }

func (m *mysqlFamily) config(c credential) (*mysql.Config, error) {
	cfg := mysql.NewConfig()
	if c.dsn != "" {
		var err error
		if cfg, err = mysql.ParseDSN(c.dsn); err != nil {
			return nil, errDSN
		}
	} else if err := m.parts(cfg, c); err != nil {
		return nil, err
	}
	// Whatever a DSN asks for: one statement at a time, no file of ours is
	// sent, no password goes out in clear, and a driver's words go nowhere.
	cfg.MultiStatements, cfg.AllowAllFiles, cfg.AllowOldPasswords = false, false, false
	cfg.AllowCleartextPasswords = cfg.AllowCleartextPasswords && cfg.TLS != nil && !cfg.AllowFallbackToPlaintext
	cfg.Logger = &mysql.NopLogger{}
	cfg.ParseTime, cfg.CheckConnLiveness, cfg.RejectReadOnly = false, false, false
	if cfg.ConnectionAttributes == "" {
		cfg.ConnectionAttributes = "program_name:" + applicationName
	}
	host, _, err := net.SplitHostPort(cfg.Addr)
	if err != nil {
		host = cfg.Addr
	}
	m.db.secrets.hide(c.dsn, cfg.Passwd, cfg.User, host)
	return cfg, nil
}

// parts fills in a configuration from the parts of a connection.
func (m *mysqlFamily) parts(cfg *mysql.Config, c credential) error {
	parts := m.db.opts.Parts
	cfg.User, cfg.Passwd, cfg.DBName = parts.User, c.password, parts.Database
	if isSocket(parts.Host) {
		cfg.Net, cfg.Addr = "unix", parts.Host
	} else {
		port := parts.Port
		if port == 0 {
			port = 3306
		}
		cfg.Net, cfg.Addr = "tcp", net.JoinHostPort(parts.Host, strconv.Itoa(port))
	}
	mode := parts.mode()
	if mode == tlsDisable {
		return nil
	}
	var err error
	cfg.TLS, err = parts.TLS.config(mode, parts.Host)
	cfg.AllowFallbackToPlaintext = mode == tlsPrefer
	return err
}

func (m *mysqlFamily) open(ctx context.Context, c credential) (*session, error) {
	cfg, err := m.config(c)
	if err != nil {
		return nil, err
	}
	d := newDialer(m.timeout(cfg))
	s, err := m.connect(ctx, cfg, d)
	if err != nil {
		return nil, err
	}
	ok := false
	defer func() {
		if !ok {
			s.close()
		}
	}()
	// A server may fall silent after the login as well.
	ctx, cancel := context.WithTimeout(ctx, d.timeout)
	defer cancel()
	v, err := s.row(ctx, "SELECT CONNECTION_ID(), VERSION()", 2)
	if err != nil {
		return nil, err
	}
	if s.id, err = strconv.ParseInt(fmt.Sprint(v[0]), 10, 64); err != nil {
		return nil, errMalformed
	}
	s.family, s.version = mysqlVersion(fmt.Sprint(v[1]))
	if err := s.exec(ctx, "SET time_zone = '+00:00'"); err != nil {
		return nil, err
	}
	for _, wish := range wishes {
		if err := s.exec(ctx, wish); err != nil {
			if _, server := m.classify(err); !server {
				return nil, err
			}
		}
	}
	d.settle()
	ok = true
	return s, nil
}

// timeout bounds dialling and handshake.
func (m *mysqlFamily) timeout(cfg *mysql.Config) time.Duration {
	if cfg.Timeout > 0 {
		return min(m.db.opts.ConnectTimeout, cfg.Timeout)
	}
	return m.db.opts.ConnectTimeout
}

// connect logs in over a dialer.
func (m *mysqlFamily) connect(ctx context.Context, cfg *mysql.Config, d *dialer) (*session, error) {
	cfg = cfg.Clone()
	cfg.DialFunc = d.DialContext
	cfg.Timeout, cfg.ReadTimeout, cfg.WriteTimeout = 0, 0, 0 // the dialer has them
	connector, err := mysql.NewConnector(cfg)
	if err != nil {
		return nil, errDSN
	}
	var conn driver.Conn
	err = guard(func() error {
		var err error
		conn, err = connector.Connect(ctx)
		return err
	})
	if err != nil {
		d.close()
		return nil, err
	}
	return &session{conn: conn, dialer: d}, nil
}

// mysqlVersion tells the family from what VERSION() says, and words for
// people.
func mysqlVersion(version string) (family, words string) {
	lower := strings.ToLower(version)
	switch {
	case strings.Contains(lower, "mariadb"):
		version = strings.TrimPrefix(version, "5.5.5-") // what MariaDB tells old clients
		number, _, _ := strings.Cut(version, "-")
		return familyMariaDB, familyMariaDB + " " + number
	case strings.Contains(lower, "tidb"):
		_, number, _ := strings.Cut(version, "TiDB-")
		return familyTiDB, strings.TrimSpace(familyTiDB + " " + number)
	}
	return familyMySQL, familyMySQL + " " + version
}

func (m *mysqlFamily) begin(ctx context.Context, s *session, limit time.Duration) error {
	if err := m.limit(ctx, s, limit); err != nil {
		return err
	}
	for {
		at := m.opening.Load()
		if openings[at] == "" {
			return nil
		}
		err := s.exec(ctx, openings[at])
		var e *mysql.MySQLError
		if !errors.As(err, &e) || e.Number != 1235 && e.Number != 1064 && e.Number != 1105 {
			return err
		}
		if m.opening.CompareAndSwap(at, at+1) && at+1 == readOnlyOpenings {
			m.db.log.Warn("the server has no read-only transactions; give the exporter a user that may only SELECT")
		}
	}
}

// limit sets the server's limit by the name that the server knows: the wrong
// one is accepted in silence by some, and refused by others.
func (m *mysqlFamily) limit(ctx context.Context, s *session, limit time.Duration) error {
	set := fmt.Sprintf("SET SESSION max_execution_time = %d", max(limit.Milliseconds(), 1))
	if s.family == familyMariaDB {
		set = fmt.Sprintf("SET SESSION max_statement_time = %.3f", max(limit.Seconds(), 0.001))
	}
	for {
		lacks, text := m.lacks.Load(), set
		switch lacks {
		case 0:
			// The wait for a table's definition is limited apart; its own default
			// is a day or a year.
			text += fmt.Sprintf(", SESSION lock_wait_timeout = %d", max(int(limit.Seconds()/2), 1))
		case 2:
			return nil
		}
		err := s.exec(ctx, text)
		var e *mysql.MySQLError
		if !errors.As(err, &e) || e.Number != 1193 { // unknown variable
			return err
		}
		if m.lacks.CompareAndSwap(lacks, lacks+1) && lacks == 1 {
			m.db.log.Warn("the server has no time limit for statements; those that take too long are killed by a second connection")
		}
	}
}

func (m *mysqlFamily) plan(context.Context, *session, facts.Statement) error { return nil }

func (m *mysqlFamily) rollback(ctx context.Context, s *session) error {
	if openings[m.opening.Load()] == "" {
		return nil
	}
	return s.exec(ctx, "ROLLBACK")
}

// interrupt kills the statement from a second connection to the same server.
func (m *mysqlFamily) interrupt(s *session, _ context.CancelFunc) {
	if err := m.kill(s); err != nil {
		m.db.log.Warn("a statement that was given up could not be killed; the server's own time limit ends it",
			"err", m.db.fail(context.Background(), connecting{err}))
	}
}

func (m *mysqlFamily) kill(s *session) error {
	ctx, cancel := context.WithTimeout(context.Background(), grace)
	defer cancel()
	c, err := m.db.credential()
	if err != nil {
		return err
	}
	cfg, err := m.config(c)
	if err != nil {
		return err
	}
	d := newDialer(grace)
	// A name may stand for several servers; the number means something only on
	// the one that gave it.
	if remote := s.dialer.remote(); remote != nil && cfg.Net == "tcp" {
		d.address = remote.String()
	}
	killer, err := m.connect(ctx, cfg, d)
	if err != nil {
		return err
	}
	defer killer.close()
	return killer.exec(ctx, fmt.Sprintf("KILL QUERY %d", s.id))
}

func (m *mysqlFamily) interrupted(*session) {}

func (m *mysqlFamily) columns(ctx context.Context, s *session, from string) ([]Column, error) {
	q, ok := s.conn.(driver.QueryerContext)
	if !ok {
		return nil, errDriver
	}
	return describe(ctx, q, probe(from), mysqlType)
}
