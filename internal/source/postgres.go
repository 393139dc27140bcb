package source

import (
	"context"
	"database/sql/driver"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"github.com/lib/pq"

	"github.com/cx-exporter/cx-exporter/internal/facts"
)

// applicationName is what a server's list of connections shows.
const applicationName = "cx-exporter"

// postgres is PostgreSQL and what speaks like it. Everything is literal SQL in
// the simple protocol, and every setting is local to its transaction, so that
// it works behind pgbouncer in transaction mode as well.
type postgres struct {
	db *DB
	// bare is set when the server knows no setting but the limit of the statement.
	bare atomic.Bool
}

func (p *postgres) validate() error { return p.db.validateServer() }

func (p *postgres) config(c credential) (pq.Config, error) {
	cfg, err := pq.NewConfig(c.dsn)
	if err != nil {
		return cfg, errDSN
	}
	if c.dsn == "" {
		parts := p.db.opts.Parts
		cfg.Host, cfg.Database, cfg.Password = parts.Host, parts.Database, c.password
		if parts.User != "" {
			cfg.User = parts.User
		}
		if parts.Port != 0 {
			cfg.Port = uint16(parts.Port)
		}
		cfg.SSLMode = pq.SSLMode(parts.mode())
		cfg.SSLRootCert, cfg.SSLCert, cfg.SSLKey = parts.TLS.CAFile, parts.TLS.CertFile, parts.TLS.KeyFile
	}
	if cfg.ApplicationName == "" {
		cfg.ApplicationName = applicationName
	}
	words := []string{cfg.User, cfg.Host}
	for _, other := range cfg.Multi {
		words = append(words, other.Host)
	}
	p.db.secrets.hide(c.dsn, cfg.Password, words...) // addresses go in any case
	return cfg, nil
}

func (p *postgres) open(ctx context.Context, c credential) (*session, error) {
	cfg, err := p.config(c)
	if err != nil {
		return nil, err
	}
	timeout := p.db.opts.ConnectTimeout
	if cfg.ConnectTimeout > 0 {
		timeout = min(timeout, cfg.ConnectTimeout)
	}
	cfg.ConnectTimeout = 0 // ours covers the handshake too, see dialer
	connector, err := pq.NewConnectorConfig(cfg)
	if err != nil {
		return nil, errDSN
	}
	d := newDialer(timeout)
	d.greets = postgresGreets
	connector.Dialer(d)
	var s *session
	err = guard(func() error {
		conn, err := connector.Connect(ctx)
		if err == nil {
			s = &session{conn: conn, dialer: d}
		}
		return err
	})
	if err != nil {
		d.close()
		return nil, err
	}
	// A server may fall silent after the login as well.
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	v, err := s.row(ctx, "SELECT version()", 1)
	if err != nil {
		s.close()
		return nil, err
	}
	d.settle()
	s.version, _, _ = strings.Cut(fmt.Sprint(v[0]), " on ")
	return s, nil
}

// postgresGreets reports whether a server begins as PostgreSQL does: with TLS,
// or with a message of reasonable length for authentication, an error, a notice
// or the protocol's version.
func postgresGreets(first []byte) bool {
	const handshake, alert = 0x16, 0x15
	if first[0] == handshake || first[0] == alert {
		return true
	}
	return strings.IndexByte("RENv", first[0]) >= 0 && (len(first) < 5 || first[0] == 'E' || binary.BigEndian.Uint32(first[1:]) < 1<<16)
}

func (p *postgres) begin(ctx context.Context, s *session, limit time.Duration) error {
	begin := fmt.Sprintf("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL statement_timeout = %d; SET LOCAL TIME ZONE 'UTC'; SET LOCAL standard_conforming_strings = on", limit.Milliseconds())
	if p.bare.Load() {
		return s.exec(ctx, begin)
	}
	// A statement that waits for a lock is about to be late; and a client that
	// dies between two statements leaves no transaction open. Workers would take
	// more of a production server than they save here: in parallel the planner
	// sorts what it would hash, see plan.
	full := begin + fmt.Sprintf("; SET LOCAL max_parallel_workers_per_gather = 0; SET LOCAL lock_timeout = %d; SET LOCAL idle_in_transaction_session_timeout = %d",
		max(limit/2, time.Millisecond).Milliseconds(), max(limit, time.Second).Milliseconds())
	err := s.exec(ctx, full)
	var e *pq.Error
	if !errors.As(err, &e) || e.Code != "42704" { // unknown setting
		return err
	}
	p.bare.Store(true)
	p.db.log.Warn("the server has no limits for locks, idle transactions and parallel workers; only statements are limited")
	if err := s.exec(ctx, "ROLLBACK"); err != nil {
		return err
	}
	return s.exec(ctx, begin)
}

func (p *postgres) limit(ctx context.Context, s *session, limit time.Duration) error {
	return s.exec(ctx, fmt.Sprintf("SET LOCAL statement_timeout = %d", max(limit, time.Millisecond).Milliseconds()))
}

// compiles is the price from which compiling a cube of a table with optimizations is
// worth its 70 ms: of about 2 million rows. 5 million take a tenth less for it, 3
// million a fifteenth.
const compiles = 200_000

// plan keeps the planner from sorting the rows of a cube. It takes the interval of
// a time for as many groups as there are times, and with a work_mem of 8 to 64 MB
// it sorts for that what it would hash: several times the work. Where it cannot do
// without a sort, the price of that makes the whole statement look as if it were
// worth compiling at any cost. So a view, which may have one, is never compiled with
// optimizations. A table has none, unless a condition from the configuration sorts
// or the server is not to hash, and then loses those 70 ms. Inlining never paid.
// What a server does not know of these settings is left out, and what it is not to
// compile, or compiles sooner, stays so.
func (p *postgres) plan(ctx context.Context, s *session, st facts.Statement) error {
	if st.Cube == s.cube || p.bare.Load() {
		return nil
	}
	s.cube = st.Cube
	value := "reset_val"
	if st.Cube != "" {
		value = fmt.Sprintf(`CASE
			WHEN name = 'enable_sort' THEN 'off'
			WHEN name = 'jit_optimize_above_cost' AND EXISTS (SELECT 1 FROM pg_class WHERE oid = to_regclass(%s) AND relkind IN ('r', 'p', 'm')) THEN CAST(LEAST(CAST(reset_val AS float8), %d) AS text)
			ELSE '-1' END`, pq.QuoteLiteral(st.Cube), compiles)
	}
	return s.exec(ctx, "SELECT set_config(name, "+value+", true) FROM pg_settings WHERE name IN ('enable_sort', 'jit_inline_above_cost', 'jit_optimize_above_cost')")
}

func (p *postgres) rollback(ctx context.Context, s *session) error { return s.exec(ctx, "ROLLBACK") }

// interrupt ends the driver's context, upon which it asks the server to stop
// the statement, over a connection of its own.
func (p *postgres) interrupt(_ *session, cancel context.CancelFunc) { cancel() }

// interrupted waits until that request has been delivered. The driver marks
// the connection when it sends one.
func (p *postgres) interrupted(s *session) {
	if v, ok := s.conn.(driver.Validator); ok && v.IsValid() {
		return
	}
	select {
	case <-s.dialer.stopped:
	case <-time.After(grace):
	}
}

func (p *postgres) columns(ctx context.Context, s *session, from string) (columns []Column, err error) {
	q, ok := s.conn.(driver.QueryerContext)
	if !ok {
		return nil, errDriver
	}
	return describe(ctx, q, probe(from), postgresType)
}
