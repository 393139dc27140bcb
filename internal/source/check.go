package source

import (
	"context"
	"database/sql/driver"
	"encoding/hex"
	"fmt"
	"strings"
	"time"
)

// Report is what a source is found to be like.
type Report struct {
	// Version is the server's product and version.
	Version string
	// ReadOnly tells that the server itself refused to change anything: for the
	// transaction, or for want of the right to.
	ReadOnly bool
	// TimeLimit tells that a statement with a limit of a moment was stopped by
	// the server.
	TimeLimit bool
}

// checks are the statements by which an engine is examined.
type checks struct {
	write string // changes nothing even where it is allowed, but is a change
	sleep string // does nothing for sleepFor
	// tables lists tables; indexed counts indexes that begin with a column, and
	// views of that name.
	tables  string
	indexed func(schema, table, column string) string
}

const (
	// A statement that sleeps for sleepFor is given sleepLimit, and is taken
	// for stopped when it ends before half of its sleep.
	sleepFor   = 3 * time.Second
	sleepLimit = 200 * time.Millisecond
)

// Check examines the server: that it answers, that it refuses to write, and
// that its time limit bites. An error means that it could not be examined.
func (d *DB) Check(ctx context.Context) (Report, error) {
	r := Report{}
	examine := d.engine.checks()
	err := d.Read(ctx, func(ctx context.Context, tx *Tx) error {
		r.Version = tx.Version()
		return nil
	})
	if err != nil {
		return r, err
	}
	err = d.Read(ctx, func(ctx context.Context, tx *Tx) error {
		return tx.do(ctx, func(_, runCtx context.Context, _ func()) error {
			return tx.s.stream(runCtx, examine.write, func() {}, ignore)
		})
	})
	if e, ok := err.(*Error); ok && (e.Kind == KindReadOnly || e.Kind == KindPermission) {
		r.ReadOnly = true
	} else if ok && (e.Kind == KindConnect || e.Kind == KindAuth || e.Kind == KindTimeout || e.Kind == KindCancelled) {
		return r, err
	}
	if examine.sleep == "" {
		// Without a server, what ends a statement is the process that runs it.
		r.TimeLimit = true
		return r, nil
	}
	var took time.Duration
	err = d.Read(ctx, func(ctx context.Context, tx *Tx) error {
		return tx.do(ctx, func(ctx, runCtx context.Context, _ func()) error {
			tx.s.limited = sleepLimit
			if err := d.engine.limit(ctx, tx.s, sleepLimit); err != nil {
				return err
			}
			start := time.Now()
			err := tx.s.stream(runCtx, examine.sleep, func() {}, ignore)
			took = time.Since(start)
			return err
		})
	})
	if ctx.Err() != nil {
		return r, d.fail(ctx, ctx.Err()) // it was the caller's time that was up
	}
	// Some servers stop a sleeping statement with an error and some without.
	if e, ok := err.(*Error); err != nil && (!ok || e.Kind != KindTimeout) {
		return r, err
	}
	r.TimeLimit = took < sleepFor/2
	return r, nil
}

// ignore is for statements whose rows say nothing.
func ignore([]string, []driver.Value) error { return nil }

// Tables lists the tables and views that the user can see, those outside the
// default schema with their schema.
func (d *DB) Tables(ctx context.Context) (tables []string, err error) {
	err = d.ask(ctx, d.engine.checks().tables, func(v any) { tables = append(tables, fmt.Sprint(v)) })
	return tables, err
}

// Indexed reports whether a table, optionally with its schema, has an index
// that begins with a column. It is true of a view, which can have none.
func (d *DB) Indexed(ctx context.Context, table, column string) (bool, error) {
	schema, name, ok := strings.Cut(table, ".")
	if !ok {
		schema, name = "", table
	}
	var n int64
	err := d.ask(ctx, d.engine.checks().indexed(schema, name, column), func(v any) { n, _ = v.(int64) })
	return n > 0, err
}

// ask runs a statement of ours that returns one column.
func (d *DB) ask(ctx context.Context, statement string, yield func(any)) error {
	return d.Read(ctx, func(ctx context.Context, tx *Tx) error {
		return tx.do(ctx, func(_, runCtx context.Context, _ func()) error {
			return tx.s.stream(runCtx, statement, func() {}, func(_ []string, v []driver.Value) error {
				yield(plain(v[0]))
				return nil
			})
		})
	})
}

// literal writes a text as an SQL literal, for engines in which a backslash is
// itself.
func literal(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

func (p *postgres) checks() checks {
	return checks{
		write: "DROP TABLE IF EXISTS cx_exporter_must_not_write",
		sleep: fmt.Sprintf("SELECT pg_sleep(%d)", int(sleepFor.Seconds())),
		tables: `SELECT CASE WHEN pg_table_is_visible(c.oid) THEN c.relname::text ELSE n.nspname || '.' || c.relname END
FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\_%'
ORDER BY 1`,
		indexed: func(schema, table, column string) string {
			where := "pg_table_is_visible(c.oid)"
			if schema != "" {
				where = "n.nspname = " + literal(schema)
			}
			return `SELECT (SELECT COUNT(*) FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE c.relkind IN ('v', 'f')
AND ` + where + " AND c.relname = " + literal(table) + `) + COUNT(*) FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indrelid JOIN pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
WHERE i.indisvalid AND i.indpred IS NULL AND ` + where + " AND c.relname = " + literal(table) + " AND a.attname = " + literal(column)
		},
	}
}

func (m *mysqlFamily) checks() checks {
	// A text as a literal whatever the server makes of backslashes.
	binary := func(text string) string {
		if text == "" {
			return "''"
		}
		return "CONVERT(X'" + hex.EncodeToString([]byte(text)) + "' USING utf8mb4)"
	}
	return checks{
		// Refused before the table is looked for. Not DROP TABLE, before which
		// MariaDB ends the transaction.
		write:  "DELETE FROM cx_exporter_must_not_write",
		sleep:  fmt.Sprintf("SELECT SLEEP(%d)", int(sleepFor.Seconds())),
		tables: "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() ORDER BY 1",
		indexed: func(schema, table, column string) string {
			in := "DATABASE()"
			if schema != "" {
				in = binary(schema)
			}
			return "SELECT (SELECT COUNT(*) FROM information_schema.tables WHERE table_type LIKE '%VIEW' AND table_schema = " + in + " AND table_name = " + binary(table) + ")" +
				" + COUNT(*) FROM information_schema.statistics WHERE seq_in_index = 1 AND table_schema = " + in +
				" AND table_name = " + binary(table) + " AND column_name = " + binary(column)
		},
	}
}

func (f *sqliteFile) checks() checks {
	return checks{
		write:  "CREATE TABLE cx_exporter_must_not_write (a INTEGER)",
		tables: "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY 1",
		indexed: func(schema, table, column string) string {
			if schema == "" {
				schema = "main"
			}
			t, s, c := literal(table), literal(schema), literal(column)
			// The primary key of type INTEGER is the table's own order.
			return "SELECT (SELECT COUNT(*) FROM pragma_index_list(" + t + ", " + s + ") AS l JOIN pragma_index_info(l.name, " + s + ") AS i" +
				" WHERE l.partial = 0 AND i.seqno = 0 AND lower(i.name) = lower(" + c + "))" +
				" + (SELECT COUNT(*) FROM pragma_table_info(" + t + ", " + s + ") WHERE pk = 1 AND upper(type) = 'INTEGER' AND lower(name) = lower(" + c + "))" +
				" + (SELECT COUNT(*) FROM pragma_table_list WHERE type IN ('view', 'virtual') AND lower(schema) = lower(" + s + ") AND lower(name) = lower(" + t + "))"
		},
	}
}
