package source

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"syscall"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/lib/pq"
)

// Kind is what went wrong, as far as a caller has to know.
type Kind string

// The kinds of errors.
const (
	KindConnect       Kind = "connect"        // no connection, or it was lost
	KindAuth          Kind = "auth"           // the user or password was refused
	KindTimeout       Kind = "timeout"        // the deadline passed
	KindCancelled     Kind = "cancelled"      // the caller gave up, or the source was closed
	KindMissingTable  Kind = "missing_table"  // the table does not exist
	KindMissingColumn Kind = "missing_column" // the column does not exist
	KindPermission    Kind = "permission"     // the user may not read it
	KindBadValue      Kind = "bad_value"      // a value cannot be read as what the statement takes it for
	KindTooManyRows   Kind = "too_many_rows"  // more rows than the statement's limit
	KindReadOnly      Kind = "read_only"      // the statement would write
	KindSQL           Kind = "sql"            // anything else that the server refuses
)

// ends reports whether a server that says so may only have done what the end of
// a context asked for.
func (k Kind) ends() bool { return k == KindTimeout || k == KindCancelled || k == KindConnect }

// Error is an error of a source. Its text holds no connection string,
// password, user or host, and says what to do.
type Error struct {
	// Source is the name of the source.
	Source string
	// Kind says what went wrong.
	Kind Kind
	// Code is the server's own code: an SQLSTATE or a number; may be empty.
	Code string
	// Detail is what the server said, without secrets and values of rows; may
	// be empty.
	Detail string
	// RetryIn is the time until the next attempt to connect, where a pause
	// after failures is the reason.
	RetryIn time.Duration

	file  bool  // the source is a file, which has no address
	cause error // a context's error, or nil: nothing that a driver wrote
}

// Error says what went wrong and what to do about it.
func (e *Error) Error() string {
	words := explanations[e.Kind]
	text := fmt.Sprintf("source %q: %s", e.Source, words.what)
	if e.Detail != "" {
		text += ": " + e.Detail
	}
	if e.Code != "" {
		text += " (" + e.Code + ")"
	}
	if e.file && e.Kind == KindConnect {
		words.advice = fileAdvice
	}
	if words.advice != "" {
		text += "; " + words.advice
	}
	return text
}

// Reason names the kind of failure in the metric cx_collector_failures_total.
func (e *Error) Reason() string { return string(e.Kind) }

// Unwrap returns context.DeadlineExceeded for a timeout, context.Canceled for
// what the caller gave up, and nil otherwise: drivers' errors hold secrets.
func (e *Error) Unwrap() error { return e.cause }

// Is reports whether target is an *Error of the same kind without more.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && *t == Error{Kind: e.Kind}
}

// ErrTooManyRows is what a statement fails with that has more rows than its
// limit.
var ErrTooManyRows = &Error{Kind: KindTooManyRows}

var explanations = map[Kind]struct{ what, advice string }{
	KindConnect:       {"no connection to the database", "check address, network and TLS of the source"},
	KindAuth:          {"the database refused the login", "check user and password of the source, and that the server admits this user from here"},
	KindTimeout:       {"the database took too long", "give the collector more time, or let the table have an index on the time column"},
	KindCancelled:     {"given up before it was done", ""},
	KindMissingTable:  {"a table does not exist", "check its name and schema, and that the user may see it"},
	KindMissingColumn: {"a column does not exist", "check the column names of the collector"},
	KindPermission:    {"the user may not do this", "grant it SELECT on the tables of the collector"},
	KindBadValue:      {"a value cannot be read as what its column is used for", "check the types of the columns of the collector"},
	KindTooManyRows:   {"the answer has too many rows", "use fewer dimensions or windows, or a column with fewer values"},
	KindReadOnly:      {"the statement would change the database", "only a SELECT is allowed"},
	KindSQL:           {"the database refused the statement", ""},
}

// fileAdvice is for what KindConnect means to SQLite.
const fileAdvice = "check the path and the right to read it; a database in WAL mode also needs its -wal and -shm files, or a directory to make them in"

// fault is what an engine makes of an error of its server.
type fault struct {
	kind Kind
	code string
	text string // the server's words; secrets are removed later
}

// The errors that this package makes itself.
var errNoSlot = errors.New("all connections of the source are in use")

// connecting marks an error of the time before there was a connection.
type connecting struct{ error }

func (c connecting) Unwrap() error { return c.error }

// callers marks an error that came from the caller's own function.
type callers struct{ error }

// known marks an error whose kind is known where it arises, with words of our
// own.
type known struct {
	kind Kind
	text string
}

func (k known) Error() string { return k.text }

// fail makes the error that leaves the package from any error inside it. It is
// the one place where that happens, and the one that removes secrets.
func (d *DB) fail(ctx context.Context, err error) error {
	var (
		own   callers
		done  *Error
		early *pausing
		kn    known
	)
	switch {
	case err == nil:
		return nil
	case errors.As(err, &own):
		return own.error
	case errors.As(err, &done):
		return done
	}
	e := &Error{Source: d.opts.Name, file: d.opts.Driver == SQLite}
	f, server := d.engine.classify(err)
	ended := ctx.Err() != nil || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled)
	switch {
	case errors.As(err, &early):
		e.Kind, e.Detail, e.RetryIn = early.kind, early.Error(), early.wait
	case errors.As(err, &kn):
		e.Kind, e.Detail = kn.kind, d.secrets.remove(kn.text)
	case server && (!ended || !f.kind.ends()):
		e.Kind, e.Code, e.Detail = f.kind, f.code, d.secrets.remove(f.text)
	case ended && errors.Is(context.Cause(ctx), errClosed):
		e.Kind, e.Detail, e.cause = KindCancelled, errClosed.Error(), context.Canceled
	case ended && (errors.Is(ctx.Err(), context.Canceled) || ctx.Err() == nil && errors.Is(err, context.Canceled)):
		e.Kind, e.cause = KindCancelled, context.Canceled
	case ended:
		e.Kind, e.cause = KindTimeout, context.DeadlineExceeded
		if errors.As(err, new(connecting)) {
			e.Kind, e.Detail = KindConnect, "no answer in time"
		} else if errors.Is(err, errNoSlot) {
			e.Detail = errNoSlot.Error()
		}
	case errors.Is(err, errClosed):
		e.Kind, e.Detail, e.cause = KindCancelled, errClosed.Error(), context.Canceled
	default:
		e.Kind, e.Detail = KindConnect, d.secrets.remove(network(err))
	}
	if e.Kind == KindTimeout && e.cause == nil {
		e.cause = context.DeadlineExceeded
	}
	return e
}

// network says in our own words what is wrong with a connection, because those
// of the libraries hold addresses, names and, at worst, connection strings.
func network(err error) string {
	var (
		lookup    *net.DNSError
		errno     syscall.Errno
		authority x509.UnknownAuthorityError
		host      x509.HostnameError
		invalid   x509.CertificateInvalidError
		record    tls.RecordHeaderError
		alert     tls.AlertError
		timeout   net.Error
		path      *fs.PathError
	)
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded):
		return "no answer in time"
	case errors.As(err, &path):
		return fmt.Sprintf("%s %s: %v", path.Op, path.Path, path.Err)
	case errors.As(err, &lookup):
		return "the host name cannot be resolved"
	case errors.As(err, &authority):
		return "the server's certificate is not signed by an authority that is trusted"
	case errors.As(err, &host):
		return "the server's certificate is for another name"
	case errors.As(err, &invalid):
		return "the server's certificate is not valid"
	case errors.Is(err, pq.ErrSSLNotSupported), errors.Is(err, mysql.ErrNoTLS):
		return "the server does not offer TLS; where the network is trusted, set the TLS mode to disable"
	case errors.As(err, &alert):
		return "the server ended the TLS handshake: " + alert.Error()
	case errors.As(err, &record):
		return "the server does not speak TLS"
	case errors.As(err, &errno):
		return errno.Error()
	case errors.As(err, &timeout) && timeout.Timeout():
		return "no answer in time"
	case errors.Is(err, errMalformed), errors.Is(err, mysql.ErrMalformPkt), errors.Is(err, mysql.ErrPktSync), errors.Is(err, mysql.ErrPktSyncMul):
		return errMalformed.Error()
	case errors.Is(err, mysql.ErrCleartextPassword):
		return "the server asks for the password in clear, which needs TLS and allowCleartextPasswords in the DSN"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, driver.ErrBadConn),
		errors.Is(err, mysql.ErrInvalidConn), errors.Is(err, net.ErrClosed):
		return "the server closed the connection"
	}
	return err.Error()
}
