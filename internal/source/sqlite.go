package source

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/cx-exporter/cx-exporter/internal/facts"
)

// errReplaced says that a connection reads a file that has lost its name.
var errReplaced = errors.New("the file was replaced")

// sqliteFile is a file of SQLite. There is no server: what a server would
// enforce, the connection does.
type sqliteFile struct{ db *DB }

func (f *sqliteFile) validate() error {
	switch o := f.db.opts; {
	case o.DSN != nil || o.Parts.Host != "":
		return errors.New("SQLite has a path and neither DSN nor host")
	case o.Path == "":
		return errors.New("give the path of the SQLite file")
	}
	return nil
}

func (f *sqliteFile) open(ctx context.Context, _ credential) (*session, error) {
	path := f.db.opts.Path
	// SQLite reports a missing file, a directory and a missing right alike.
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	_ = file.Close()
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return nil, known{KindConnect, path + " is a directory"}
	}
	absolute, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	name := url.URL{Scheme: "file", Path: absolute, RawQuery: url.Values{
		"mode": {"ro"},
		// Reading is all that this connection can do, also in a file that it
		// is made to attach. A misspelt column in double quotes is an error
		// and not a text.
		"_pragma":    {"query_only(1)", fmt.Sprintf("busy_timeout(%d)", f.db.opts.ConnectTimeout.Milliseconds())},
		"_defensive": {"1"},
		"_dqs":       {"0"},
	}.Encode()}
	var conn driver.Conn
	err = guard(func() (err error) {
		conn, err = (&sqlite.Driver{}).Open(name.String())
		return err
	})
	if err != nil {
		return nil, err
	}
	s := &session{conn: conn, file: info}
	v, err := s.row(ctx, "SELECT sqlite_version()", 1)
	if err != nil {
		s.close()
		return nil, err
	}
	s.version = fmt.Sprintf("SQLite %v", v[0])
	return s, nil
}

// begin starts a transaction. Its first statement fixes what it sees. A connection
// to a file that was replaced since, as copies are renewed, is of no use any more.
func (f *sqliteFile) begin(ctx context.Context, s *session, _ time.Duration) error {
	if now, err := os.Stat(f.db.opts.Path); err != nil {
		return err
	} else if !os.SameFile(now, s.file) {
		return errReplaced
	}
	return s.exec(ctx, "BEGIN")
}

// limit does nothing: the process that runs the statements is our own.
func (f *sqliteFile) limit(context.Context, *session, time.Duration) error { return nil }

func (f *sqliteFile) plan(context.Context, *session, facts.Statement) error { return nil }

func (f *sqliteFile) rollback(ctx context.Context, s *session) error { return s.exec(ctx, "ROLLBACK") }

// interrupt ends the driver's context, upon which it interrupts SQLite while
// that looks for the first row. Between rows, the context is looked at for each.
func (f *sqliteFile) interrupt(_ *session, cancel context.CancelFunc) { cancel() }

func (f *sqliteFile) interrupted(*session) {}

// columns asks the compiler, which runs nothing, and then the values of
// columns whose declared type says too little.
func (f *sqliteFile) columns(ctx context.Context, s *session, from string) ([]Column, error) {
	compiler, ok := s.conn.(interface {
		ColumnInfo(string) ([]sqlite.ColumnInfo, error)
	})
	if !ok {
		return nil, errDriver
	}
	var columns []Column
	err := guard(func() error {
		infos, err := compiler.ColumnInfo(probe(from))
		for _, c := range infos {
			columns = append(columns, Column{Name: c.Name, Type: sqliteType(c.DeclType), DatabaseType: strings.ToUpper(c.DeclType)})
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	for i := range columns {
		if t := columns[i].Type; t != facts.Unknown && t != facts.TextTime {
			continue
		}
		if err := f.sample(ctx, s, from, &columns[i]); err != nil {
			return nil, err
		}
	}
	return columns, nil
}

// sample looks at one value: a column without a declared type may hold
// anything, and one declared as a time may hold text or a number of seconds.
func (f *sqliteFile) sample(ctx context.Context, s *session, from string, c *Column) error {
	name := `"` + strings.ReplaceAll(c.Name, `"`, `""`) + `"`
	text := fmt.Sprintf("SELECT typeof(%s) FROM %s WHERE %[1]s IS NOT NULL LIMIT 1", name, from)
	return s.stream(ctx, text, func() {}, func(_ []string, v []driver.Value) error {
		switch v[0] {
		case "integer":
			c.Type = facts.Integer
		case "real":
			c.Type = facts.Float
		case "text":
			if c.Type == facts.Unknown {
				c.Type = facts.Text
			}
		}
		return nil
	})
}

// sqliteType is the meaning of a declared type, which may be any words.
func sqliteType(declared string) facts.Type {
	declared = strings.ToUpper(declared)
	has := func(parts ...string) bool {
		for _, p := range parts {
			if strings.Contains(declared, p) {
				return true
			}
		}
		return false
	}
	switch {
	case has("INT"):
		return facts.Integer
	case has("BOOL"):
		return facts.Bool
	case has("DATE", "TIMESTAMP"):
		return facts.TextTime
	case has("CHAR", "CLOB", "TEXT", "TIME", "UUID"):
		return facts.Text
	case has("REAL", "FLOA", "DOUB"):
		return facts.Float
	case has("NUMERIC", "DECIMAL"):
		return facts.Decimal
	}
	return facts.Unknown
}

func (f *sqliteFile) value(v driver.Value, _ string) (any, error) { return plain(v), nil }

func (f *sqliteFile) classify(err error) (fault, bool) {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return fault{}, false
	}
	said := fault{kind: sqliteKind(e.Code()&0xff, e.Error()), code: strconv.Itoa(e.Code())}
	said.text = strings.TrimSuffix(strings.TrimPrefix(e.Error(), "SQL logic error: "), " ("+said.code+")")
	return said, true
}

func sqliteKind(code int, message string) Kind {
	switch code {
	case sqlite3.SQLITE_READONLY:
		return KindReadOnly
	case sqlite3.SQLITE_INTERRUPT:
		return KindCancelled
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return KindTimeout
	case sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_IOERR:
		return KindConnect
	case sqlite3.SQLITE_AUTH, sqlite3.SQLITE_PERM:
		return KindPermission
	case sqlite3.SQLITE_MISMATCH:
		return KindBadValue
	}
	switch {
	case strings.Contains(message, "no such table"):
		return KindMissingTable
	case strings.Contains(message, "no such column"):
		return KindMissingColumn
	case strings.Contains(message, "overflow"):
		return KindBadValue
	}
	return KindSQL
}
