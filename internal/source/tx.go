package source

import (
	"context"
	"database/sql/driver"
	"fmt"

	"github.com/cx-exporter/cx-exporter/internal/facts"
)

// Tx is a read-only transaction. It serves one caller at a time. After an
// error it is over: every further call returns the same error.
type Tx struct {
	db  *DB
	s   *session
	ctx context.Context // of the Read; ends with the source

	running bool
	failed  error
	broken  bool // the connection is not to be used again
}

// Version is the server's product and version.
func (tx *Tx) Version() string { return tx.s.version }

// Query runs a statement and calls yield for each row, which belongs to the
// callee. It returns the number of rows yielded. An error after some rows is
// an error all the same: what was yielded is not the answer. More rows than
// st.Limit are ErrTooManyRows; a limit of 0 is none. An error of yield ends the
// statement and is returned as it is.
func (tx *Tx) Query(ctx context.Context, st facts.Statement, yield func(facts.Row) error) (rows int, err error) {
	if err := admit(tx.db.opts.Driver, st.SQL); err != nil {
		return 0, tx.db.fail(ctx, err)
	}
	ended := tx.db.traced(ctx, st.SQL)
	defer func() { ended(rows, err) }()
	err = tx.do(ctx, func(ctx, runCtx context.Context, abandon func()) error {
		if err := tx.db.engine.plan(ctx, tx.s, st); err != nil {
			return err
		}
		return tx.s.stream(runCtx, st.SQL, abandon, func(types []string, values []driver.Value) error {
			if err := ctx.Err(); err != nil {
				return err // the rows in flight are worth nothing any more
			}
			if st.Limit > 0 && rows == st.Limit {
				return known{KindTooManyRows, fmt.Sprintf("more than %d", st.Limit)}
			}
			row := make(facts.Row, len(values))
			for i, v := range values {
				if row[i], err = tx.db.engine.value(v, types[i]); err != nil {
					return err
				}
			}
			rows++
			if err := yield(row); err != nil {
				return callers{err}
			}
			return nil
		})
	})
	return rows, err
}

// Columns looks at the columns of what stands after FROM: a quoted table or a
// derived table. It reads no rows, save that SQLite is asked for one value of a
// column whose type it does not know.
func (tx *Tx) Columns(ctx context.Context, from string) (columns []Column, err error) {
	if err := admit(tx.db.opts.Driver, probe(from)); err != nil {
		return nil, tx.db.fail(ctx, err)
	}
	err = tx.do(ctx, func(_, runCtx context.Context, _ func()) error {
		columns, err = tx.db.engine.columns(runCtx, tx.s, from)
		return err
	})
	return columns, err
}

// probe is a statement that has the columns of a relation and no row.
func probe(from string) string { return "SELECT * FROM " + from + " WHERE 1=0" }

var errRunning = known{KindSQL, "another statement of the transaction is still running"}

// work is what do runs. It watches ctx, hands runCtx to the driver, and calls
// abandon when it gives up on rows that are still to come.
type work func(ctx, runCtx context.Context, abandon func()) error

// do runs one statement under every limit.
func (tx *Tx) do(ctx context.Context, f work) error {
	if tx.failed != nil {
		return tx.failed
	}
	if tx.running {
		return tx.db.fail(ctx, errRunning)
	}
	tx.running, tx.broken = true, true // until it has ended well; f may panic
	// What ends Read ends its statements, also where the caller passes a
	// context that knows nothing of it.
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stop := context.AfterFunc(tx.ctx, cancel)
	defer stop()
	if deadline, ok := tx.ctx.Deadline(); ok {
		var release context.CancelFunc
		ctx, release = context.WithDeadline(ctx, deadline)
		defer release()
	}
	err := tx.limit(ctx)
	if err == nil {
		err = tx.run(ctx, f)
	}
	tx.running = false
	if err == nil {
		tx.broken = false
		return nil
	}
	// Where the server ended the statement by itself, the connection is in
	// order.
	if _, server := tx.db.engine.classify(err); server && ctx.Err() == nil {
		tx.broken = false
	}
	if tx.ctx.Err() != nil {
		ctx = tx.ctx // knows why
	}
	tx.failed = tx.db.fail(ctx, err)
	return tx.failed
}

// limit tells the server how long the next statement may take, unless what it
// was told before is as good.
func (tx *Tx) limit(ctx context.Context) error {
	limit, told := serverLimit(ctx), tx.s.limited
	if limit <= told && limit > told-told/20 {
		return nil
	}
	tx.s.limited = limit
	return tx.db.engine.limit(ctx, tx.s, limit)
}

// run runs f. When ctx ends first, or f gives up on its rows, the statement is
// stopped on the server, and run returns when that has been seen to. The
// driver's context ends only by the engine's own hand, because drivers differ
// in what they do to a connection whose context ends.
func (tx *Tx) run(ctx context.Context, f work) error {
	runCtx, stopRun := context.WithCancel(context.WithoutCancel(ctx))
	defer stopRun()
	ctx, giveUp := context.WithCancel(ctx)
	defer giveUp()
	told := make(chan struct{})
	untouched := context.AfterFunc(ctx, func() {
		defer close(told)
		tx.db.engine.interrupt(tx.s, stopRun)
	})
	err := tx.s.bound(ctx, grace, func() error { return f(ctx, runCtx, giveUp) })
	if !untouched() {
		<-told
		tx.db.engine.interrupted(tx.s)
	}
	return err
}
