package source

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"io/fs"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/facts"
)

// engine is what differs between databases. Its methods return the drivers'
// own errors; they become an *Error at one place, see (*DB).fail.
type engine interface {
	// validate looks at the options without connecting.
	validate() error
	// open makes a connection within the deadline of ctx and prepares its
	// session.
	open(ctx context.Context, c credential) (*session, error)
	// begin starts a read-only transaction whose statements the server stops
	// after limit.
	begin(ctx context.Context, s *session, limit time.Duration) error
	// limit sets another limit for the next statements of the transaction.
	limit(ctx context.Context, s *session, limit time.Duration) error
	// plan tells the server what is known of the next statement.
	plan(ctx context.Context, s *session, st facts.Statement) error
	// rollback ends the transaction.
	rollback(ctx context.Context, s *session) error
	// interrupt stops the statement that s runs. It is called while that runs,
	// in another goroutine; cancel ends the context that the driver has.
	interrupt(s *session, cancel context.CancelFunc)
	// interrupted waits until the server has been told, after the statement has
	// returned.
	interrupted(s *session)
	// columns looks at the columns of a table or derived table.
	columns(ctx context.Context, s *session, from string) ([]Column, error)
	// value turns what the driver gives for a column of a database type into
	// one of the types of a facts.Row.
	value(v driver.Value, databaseType string) (any, error)
	// classify tells what an error of the server means; ok is false for errors
	// that are not the server's.
	classify(err error) (f fault, ok bool)
	// checks are the statements behind DB.Check, DB.Indexed and DB.Tables.
	checks() checks
}

// session is one connection and what is known of it.
type session struct {
	conn    driver.Conn
	dialer  *dialer       // nil without a network
	version string        // for people
	family  string        // what kind of server it is, where that matters
	id      int64         // the server's number of the connection, MySQL family
	limited time.Duration // what the server was told last
	cube    string        // and of the statement, see facts.Statement.Cube
	file    fs.FileInfo   // that an SQLite connection reads
	opened  time.Time
	expiry  *time.Timer // closes it when it idles for long
}

// exec runs a statement of ours that returns nothing.
func (s *session) exec(ctx context.Context, text string) error {
	e, ok := s.conn.(driver.ExecerContext)
	if !ok {
		return errDriver
	}
	return s.bound(ctx, 0, func() error {
		return guard(func() error {
			_, err := e.ExecContext(context.WithoutCancel(ctx), text, nil)
			return err
		})
	})
}

// row runs a statement of ours that returns one row of n columns.
func (s *session) row(ctx context.Context, text string, n int) ([]driver.Value, error) {
	var first []driver.Value
	err := s.bound(ctx, 0, func() error {
		return s.stream(context.WithoutCancel(ctx), text, func() {}, func(_ []string, v []driver.Value) error {
			if first == nil {
				first = make([]driver.Value, len(v))
				for i, x := range v {
					if b, ok := x.([]byte); ok {
						x = string(b) // the driver reuses the bytes
					}
					first[i] = x
				}
			}
			return nil
		})
	})
	if err == nil && len(first) != n {
		err = errMalformed
	}
	return first, err
}

// stream runs a statement and calls yield for each row with the database types
// of the columns. The values are the driver's: they are valid until yield
// returns. After an error of yield it calls abandon, which must stop the
// statement: drivers read all rows that are left before they let go. It must
// run inside bound; ctx is what the driver sees.
func (s *session) stream(ctx context.Context, text string, abandon func(), yield func(types []string, v []driver.Value) error) (err error) {
	q, ok := s.conn.(driver.QueryerContext)
	if !ok {
		return errDriver
	}
	var rows driver.Rows
	err = guard(func() error {
		var err error
		rows, err = q.QueryContext(ctx, text, nil)
		return err
	})
	if err != nil {
		return err
	}
	defer func() {
		if e := guard(rows.Close); err == nil {
			err = e
		}
	}()
	types := databaseTypes(rows)
	values := make([]driver.Value, len(types))
	next := func() error { return rows.Next(values) }
	for {
		if err := guard(next); err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
		if err := yield(types, values); err != nil {
			abandon()
			return err
		}
	}
}

// bound runs one exchange with the server under the deadline of ctx: no read or
// write outlasts it by more than slack.
func (s *session) bound(ctx context.Context, slack time.Duration, f func() error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if s.dialer != nil {
		defer s.dialer.bound(ctx, slack)()
	}
	return f()
}

var (
	errDriver    = errors.New("the driver cannot run plain statements")
	errMalformed = errors.New("the server's answer is malformed")
)

// guard calls a driver. One that trips over a malformed answer costs the
// connection, not the process.
func guard(f func() error) (err error) {
	defer func() {
		if recover() != nil {
			err = errMalformed
		}
	}()
	return f()
}

// close ends the connection without waiting for the server.
func (s *session) close() {
	if s.expiry != nil {
		s.expiry.Stop()
	}
	if s.dialer != nil {
		s.dialer.hurry()
	}
	_ = guard(s.conn.Close) // a driver that tripped once may trip again
	if s.dialer != nil {
		s.dialer.close()
	}
}

// databaseTypes are the names that the server has for the columns' types.
func databaseTypes(rows driver.Rows) []string {
	types := make([]string, len(rows.Columns()))
	if t, ok := rows.(driver.RowsColumnTypeDatabaseTypeName); ok {
		for i := range types {
			types[i] = t.ColumnTypeDatabaseTypeName(i)
		}
	}
	return types
}

// Column is a column of a table or query as it stands in the database.
type Column struct {
	Name string
	Type facts.Type
	// DatabaseType is the database's own name of the type; may be empty.
	DatabaseType string
}
