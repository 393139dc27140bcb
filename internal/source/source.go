// Package source opens a customer database, read-only and with every limit that
// keeps it harmless, and runs statements on it. It knows PostgreSQL, the MySQL
// family and SQLite, each behind the same few calls; it writes no statement of
// its own except those that set limits, look at columns and check a server.
//
// It has a pool of its own, over the drivers' own interfaces, because
// everything that matters here happens where database/sql leaves one alone:
// the connection string is read anew at every connection, dialling and the
// handshake share one deadline, every read has one, a connection that hung is
// thrown away without being asked, attempts are spaced by a back-off that all
// callers of a source share, and a statement that is given up is stopped on
// the server.
package source

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"
)

// The drivers.
const (
	Postgres = "postgres"
	MySQL    = "mysql"
	SQLite   = "sqlite"
)

const (
	defaultConnections    = 2
	defaultConnectTimeout = 10 * time.Second
	// defaultDeadline bounds a read whose context has no deadline, so that
	// nothing ever runs on a server without one.
	defaultDeadline = 5 * time.Minute
	// grace is how long a server may take to confirm that it stopped a
	// statement, before the connection is cut.
	grace = 2 * time.Second
)

// Options say how to reach a database and how hard it may be used.
type Options struct {
	// Name is what the configuration calls the source.
	Name string
	// Driver is postgres, mysql or sqlite.
	Driver string
	// DSN returns the driver's connection string. It is called at every new
	// connection, so that secrets can change. It is nil where Parts or Path are
	// used.
	DSN   func() (string, error)
	Parts Parts
	// Path is the file of an SQLite database.
	Path string
	// MaxConnections caps the connections of the source; the default is 2. The
	// MySQL family needs one more for a moment to stop a statement that is
	// given up.
	MaxConnections int
	// ConnectTimeout bounds dialling and the handshake together; the default is
	// 10 seconds.
	ConnectTimeout time.Duration
	// Jitter returns a number in [0, 1) that spreads attempts to connect after
	// failures; the default is random.
	Jitter func() float64
}

// Parts are a connection for those who would rather not write a DSN.
type Parts struct {
	// Host is a name, an address, or the directory of a Unix socket (for
	// MySQL, the socket itself).
	Host string
	// Port is 5432 or 3306 where it is 0.
	Port           int
	User, Database string
	// Password is called at every new connection; nil is no password.
	Password func() (string, error)
	TLS      TLS
}

// TLS says how a connection is encrypted.
type TLS struct {
	// Mode is disable, require (encrypted, but the server may be anybody),
	// verify-ca or verify-full. Empty is require; to a server on this machine
	// it is TLS where the server offers it.
	Mode string
	// CAFile holds the authorities that sign servers; empty are the system's.
	CAFile string
	// CertFile and KeyFile identify us to the server.
	CertFile, KeyFile string
}

// DB is one database. It is safe for concurrent use.
type DB struct {
	opts    Options
	engine  engine
	log     *slog.Logger
	secrets *secrets
	gate    *gate
	slots   chan struct{} // one for each connection in use
	pool    pool

	life   context.Context // ends with Close
	end    context.CancelFunc
	mu     sync.Mutex // guards closed, and the start of running
	closed bool
	busy   sync.WaitGroup
}

var errClosed = errors.New("the source is closed")

// Open checks the options and connects to nothing.
func Open(o Options, log *slog.Logger) (*DB, error) {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	if o.MaxConnections == 0 {
		o.MaxConnections = defaultConnections
	}
	if o.ConnectTimeout == 0 {
		o.ConnectTimeout = defaultConnectTimeout
	}
	if o.Jitter == nil {
		o.Jitter = rand.Float64
	}
	if o.MaxConnections < 0 || o.ConnectTimeout < 0 {
		return nil, fmt.Errorf("open source %q: the number of connections and the connect timeout must be positive", o.Name)
	}
	d := &DB{
		opts: o,
		// The key source is that of the place in the code in every line.
		log:     log.With("component", "source", "source_name", o.Name),
		secrets: &secrets{},
		gate:    &gate{jitter: o.Jitter},
		slots:   make(chan struct{}, o.MaxConnections),
	}
	switch o.Driver {
	case Postgres:
		d.engine = &postgres{db: d}
	case MySQL:
		d.engine = &mysqlFamily{db: d}
	case SQLite:
		d.engine = &sqliteFile{db: d}
	default:
		return nil, fmt.Errorf("open source %q: unknown driver %q, expected postgres, mysql or sqlite", o.Name, o.Driver)
	}
	if err := d.engine.validate(); err != nil {
		return nil, fmt.Errorf("open source %q: %w", o.Name, err)
	}
	d.life, d.end = context.WithCancel(context.Background())
	return d, nil
}

// Name is what the configuration calls the source.
func (d *DB) Name() string { return d.opts.Name }

// Driver is postgres, mysql or sqlite.
func (d *DB) Driver() string { return d.opts.Driver }

// Read runs fn in one read-only transaction that sees one consistent state of
// the database, with the session in UTC. The server itself stops statements at
// the deadline of ctx. Nothing that fn does is ever committed.
//
// An error of this package is an *Error; one that fn returns is returned as it
// is.
func (d *DB) Read(ctx context.Context, fn func(ctx context.Context, tx *Tx) error) error {
	ctx, leave, err := d.enter(ctx)
	if err != nil {
		return err
	}
	defer leave()

	s, err := d.begin(ctx)
	if err != nil {
		return err
	}
	tx := &Tx{db: d, s: s, ctx: ctx}
	clean := false
	// Deferred, so that a panic in fn costs the connection and not the slot.
	defer func() { d.finish(ctx, s, clean) }()
	err = fn(ctx, tx)
	clean = !tx.broken
	return err
}

// enter registers a caller: its context also ends when the source is closed,
// and always has a deadline.
func (d *DB) enter(ctx context.Context) (_ context.Context, leave func(), _ error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return nil, nil, d.fail(ctx, errClosed)
	}
	d.busy.Add(1)
	ctx, cancel := context.WithCancelCause(ctx)
	stop := context.AfterFunc(d.life, func() { cancel(errClosed) })
	undo := func() {}
	if _, ok := ctx.Deadline(); !ok {
		var release context.CancelFunc
		ctx, release = context.WithTimeout(ctx, defaultDeadline)
		undo = release
	}
	return ctx, func() {
		undo()
		stop()
		cancel(nil)
		d.busy.Done()
	}, nil
}

// Close stops what runs, waits until it has ended, and leaves no statement on
// the server. The source cannot be used afterwards.
func (d *DB) Close() error {
	d.mu.Lock()
	d.closed = true
	d.mu.Unlock()
	d.end()
	d.busy.Wait()
	d.pool.drain()
	return nil
}
