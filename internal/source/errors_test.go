package source_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/source"
	"github.com/cx-exporter/cx-exporter/internal/testdb"
)

func TestWhatTheServerRefusesHasAKind(t *testing.T) {
	t.Parallel()
	type texts map[string]string // by driver; "" is for the others
	tests := []struct {
		text texts
		want source.Kind
	}{
		{texts{"": "SELECT a FROM nowhere"}, source.KindMissingTable},
		{texts{"": "SELECT t.lacking FROM t"}, source.KindMissingColumn},
		{texts{source.MySQL: "SELECT `lacking` FROM t", "": `SELECT "lacking" FROM t`}, source.KindMissingColumn},
		{texts{"": "SELECT FROM WHERE"}, source.KindSQL},
		{texts{"": " -- nothing\n"}, source.KindSQL},
		{texts{
			source.Postgres: "SELECT CAST(b AS numeric) FROM t",
			source.MySQL:    "SELECT CAST(18446744073709551615 AS UNSIGNED) + a FROM t",
			source.SQLite:   "SELECT abs(-9223372036854775807 - a) FROM t",
		}, source.KindBadValue},
		// What the server refuses in a read-only transaction.
		{texts{
			source.Postgres: "WITH d AS (DELETE FROM t RETURNING a) SELECT a FROM d",
			source.MySQL:    "SELECT a FROM t FOR UPDATE",
			source.SQLite:   "WITH d AS (SELECT 1) DELETE FROM t RETURNING a",
		}, source.KindReadOnly},
		// What does not even reach it, because some servers do not refuse it.
		{texts{"": "DELETE FROM t RETURNING a"}, source.KindReadOnly},
		{texts{"": "DROP TABLE t"}, source.KindReadOnly},
		{texts{"": "/* harmless */ (((DROP TABLE t)))"}, source.KindReadOnly},
		{texts{source.MySQL: "SELECT a FROM t INTO OUTFILE '/tmp/cx-must-not-exist'", "": "SELECT a INTO u FROM t"}, source.KindReadOnly},
		{texts{source.SQLite: "ATTACH '/tmp/cx-must-not-exist' AS other", "": "SET x = 1"}, source.KindReadOnly},
		{texts{"": "COMMIT"}, source.KindReadOnly},
		{texts{"": "SELECT a FROM t; DELETE FROM t"}, source.KindSQL},
		{texts{"": "SELECT a FROM t; COMMIT; DELETE FROM t"}, source.KindSQL},
	}
	testdb.Each(t, func(t *testing.T, db *testdb.Database) {
		db.Exec(t, "CREATE TABLE t (a INTEGER, b VARCHAR(20))", "INSERT INTO t VALUES (1, 'marker-of-a-row'), (2, 'y')")
		d := open(t, options(db))
		for _, test := range tests {
			text, ok := test.text[db.Driver]
			if !ok {
				text = test.text[""]
			}
			_, err := query(t.Context(), d, text)
			if !errors.Is(err, &source.Error{Kind: test.want}) {
				t.Errorf("%s: got %v, want kind %s", text, err, test.want)
			}
			if strings.Contains(fmt.Sprint(err), "marker") {
				t.Errorf("%s: the error shows a value of a row: %v", text, err)
			}
		}
		if _, err := os.Stat("/tmp/cx-must-not-exist"); err == nil {
			t.Error("a file was created")
		}
		if rows := mustQuery(t, d, "SELECT a FROM t ORDER BY a"); len(rows) != 2 || rows[1][0] != int64(2) {
			t.Errorf("the table was changed: %v", rows)
		}
	})
}

func TestAnErrorAfterSomeRowsIsAnError(t *testing.T) {
	t.Parallel()
	text := map[string]string{
		source.Postgres: "SELECT g::text AS g, (100/(500-g))::float AS n FROM generate_series(1,1000) g",
		source.MySQL:    "SELECT seq, CAST(9223372036854775308 AS SIGNED) + CAST(seq AS SIGNED) FROM seq_1_to_1000",
		source.SQLite:   "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) SELECT i, abs(CASE WHEN i = 500 THEN -9223372036854775807 - 1 ELSE i END) FROM n",
	}
	testdb.Each(t, func(t *testing.T, db *testdb.Database) {
		d := open(t, options(db))
		n := 0
		err := d.Read(t.Context(), func(ctx context.Context, tx *source.Tx) error {
			_, err := tx.Query(ctx, facts.Statement{SQL: text[db.Driver]}, func(facts.Row) error { n++; return nil })
			if again, e := tx.Query(ctx, facts.Statement{SQL: "SELECT 1"}, func(facts.Row) error { return nil }); again != 0 || e == nil {
				t.Error("the transaction went on after an error")
			}
			return err
		})
		if err == nil {
			t.Fatalf("no error after %d rows", n)
		}
		if n == 0 {
			t.Error("the error came before all rows: the test tests nothing")
		}
		if kindOf(t, err) != source.KindBadValue {
			t.Errorf("got %v", err)
		}
	})
}

func TestARunningStatementIsNotDisturbed(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, db *testdb.Database) {
		d := open(t, options(db))
		err := d.Read(t.Context(), func(ctx context.Context, tx *source.Tx) error {
			n, err := tx.Query(ctx, facts.Statement{SQL: "SELECT 1 AS a UNION ALL SELECT 2"}, func(facts.Row) error {
				if _, err := tx.Query(ctx, facts.Statement{SQL: "SELECT 3"}, func(facts.Row) error { return nil }); err == nil {
					t.Error("two statements at a time on one connection")
				}
				return nil
			})
			if n != 2 {
				t.Errorf("got %d rows", n)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
}

// markers are the secrets of a source, none of which may be shown.
type markers struct{ user, password, host string }

func (m markers) in(text string) string {
	for _, secret := range []string{
		m.user, m.password, m.host, url.QueryEscape(m.password), url.PathEscape(m.password), fmt.Sprintf("%q", m.password),
		"marker", "Marker", // any part of them
	} {
		if secret != "" && strings.Contains(text, secret) {
			return secret
		}
	}
	return ""
}

func TestNoErrorAndNoLogShowsASecret(t *testing.T) {
	t.Parallel()
	servers(t, func(t *testing.T, db *testdb.Database) {
		m := markers{user: "marker_user", password: `Marker-p@ss'"\/%?# $word`, host: "localhost"}
		createUser(t, db, m.user, m.password)
		var log lockedBuffer
		logger := slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
		silent := testdb.NewProxy(t, db.Server.Addr())
		silent.Set(testdb.Hold)
		refused := testdb.NewProxy(t, db.Server.Addr())
		refused.Set(testdb.Reset)
		garbage := listen(t, "HTTP/1.1 400 Bad Request marker_user\r\n\r\n")
		parts := func(host string, port int, password string) source.Options {
			return source.Options{Parts: source.Parts{Host: host, Port: port, User: m.user, Database: db.Name, Password: func() (string, error) { return password, nil }}}
		}
		dsn := func(dsn string) source.Options {
			return source.Options{DSN: func() (string, error) { return dsn, nil }}
		}
		good := parts(m.host, db.Server.Port, m.password)
		tests := []struct {
			name string
			o    source.Options
			text string
			want source.Kind
		}{
			{"nothing is wrong", good, "SELECT 1", ""},
			{"the password is wrong", parts(m.host, db.Server.Port, "Marker-wrong"), "SELECT 1", source.KindAuth},
			{"nothing listens", parts(m.host, 1, m.password), "SELECT 1", source.KindConnect},
			{"the server is silent", parts("localhost", silent.Port, m.password), "SELECT 1", source.KindConnect},
			{"the server hangs up", parts("localhost", refused.Port, m.password), "SELECT 1", source.KindConnect},
			{"it is no database", parts("localhost", garbage, m.password), "SELECT 1", source.KindConnect},
			{"there is no such host", parts("marker.invalid", 1, m.password), "SELECT 1", source.KindConnect},
			{"the DSN has a bad escape", dsn("postgres://marker_user:Marker%zz@localhost/x"), "SELECT 1", source.KindConnect},
			{"the DSN has a space", dsn("postgres://marker user:Marker pass@local host/x"), "SELECT 1", source.KindConnect},
			{"the DSN is cut", dsn("marker_user:Marker-p$rest-marker"), "SELECT 1", source.KindConnect},
			{"the DSN is empty", dsn(" \n"), "SELECT 1", source.KindConnect},
			{"the DSN cannot be read", source.Options{DSN: func() (string, error) { return "", errors.New("no file") }}, "SELECT 1", source.KindConnect},
			{"there is no such table", good, "SELECT * FROM nowhere", source.KindMissingTable},
			{"there is no such column", good, "SELECT lacking FROM t", source.KindMissingColumn},
			{"the table may not be read", good, "SELECT * FROM hidden", source.KindPermission},
			{"the statement is nonsense", good, "SELECT SELECT", source.KindSQL},
			{"the statement writes", good, "UPDATE t SET a = 2", source.KindReadOnly},
			{"the statement is slow", good, sleep(db.Driver, 60), source.KindTimeout},
			{"there are too many rows", good, "SELECT 1 AS a UNION ALL SELECT 2 UNION ALL SELECT 3", source.KindTooManyRows},
		}
		if db.Driver == source.MySQL {
			// To a user who may not read it, a table exists as little as none.
			for i := range tests {
				if tests[i].want == source.KindMissingTable {
					tests[i].want = source.KindPermission
				}
			}
		}
		if db.Driver == source.Postgres {
			tests = append(tests, struct {
				name string
				o    source.Options
				text string
				want source.Kind
			}{"a value is bad", good, "SELECT CAST(b AS integer) FROM t", source.KindBadValue})
		}
		db.Exec(t, "CREATE TABLE t (a INTEGER, b VARCHAR(200))", "INSERT INTO t VALUES (1, 'marker_user of a row')", "CREATE TABLE hidden (a INTEGER)")
		grant(t, db, m.user, "t")
		for _, test := range tests {
			o := test.o
			o.Name, o.Driver, o.ConnectTimeout = "shop", db.Driver, 500*time.Millisecond
			if test.want == "" || test.o.Parts.Port == db.Server.Port {
				o.ConnectTimeout = 20 * time.Second
			}
			d, err := source.Open(o, logger)
			if err != nil {
				t.Fatal(err)
			}
			within := 30 * time.Second
			if test.want == source.KindTimeout {
				connect(t, d, 1)
				within = 500 * time.Millisecond
			}
			ctx, cancel := context.WithTimeout(t.Context(), within)
			err = d.Read(ctx, func(ctx context.Context, tx *source.Tx) error {
				_, err := tx.Query(ctx, facts.Statement{SQL: test.text, Limit: 2}, func(facts.Row) error { return nil })
				return err
			})
			cancel()
			switch {
			case test.want == "" && err != nil:
				t.Errorf("%s: %v", test.name, err)
			case test.want != "" && kindOf(t, err) != test.want:
				t.Errorf("%s: got %v, want kind %s", test.name, err, test.want)
			}
			for e := err; e != nil; e = errors.Unwrap(e) {
				for _, text := range []string{e.Error(), fmt.Sprintf("%+v %#v", e, e)} {
					if secret := m.in(text); secret != "" {
						t.Errorf("%s: shows %q: %s", test.name, secret, text)
					}
				}
			}
			_ = d.Close()
		}
		if secret := m.in(log.String()); secret != "" {
			t.Errorf("the log shows %q:\n%s", secret, log.String())
		}
	})
}

func TestAChangedPasswordIsUsedAtTheNextConnection(t *testing.T) {
	t.Parallel()
	servers(t, func(t *testing.T, db *testdb.Database) {
		createUser(t, db, "rotating", "first-password")
		grant(t, db, "rotating", "")
		file := filepath.Join(t.TempDir(), "password")
		write := func(password string) {
			if err := os.WriteFile(file, []byte(password), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		write("first-password")
		p := testdb.NewProxy(t, db.Server.Addr())
		d := open(t, source.Options{Name: "shop", Driver: db.Driver, Parts: source.Parts{
			Host: p.Host, Port: p.Port, User: "rotating", Database: db.Name,
			Password: func() (string, error) { b, err := os.ReadFile(file); return string(b), err },
		}})
		mustQuery(t, d, "SELECT 1")
		setPassword(t, db, "rotating", "second-password")
		p.Set(testdb.Reset)
		p.Set(testdb.Pass)
		// The server has changed and we have not: refused once, and not asked
		// again, since many attempts lock an account.
		_, err := query(t.Context(), d, "SELECT 1")
		if kindOf(t, err) != source.KindAuth {
			t.Fatalf("got %v", err)
		}
		made := p.Accepted()
		var e *source.Error
		for range 10 {
			_, err := query(t.Context(), d, "SELECT 1")
			if !errors.As(err, &e) || e.Kind != source.KindAuth || e.RetryIn < 20*time.Second {
				t.Fatalf("got %v", err)
			}
		}
		if n := p.Accepted() - made; n != 0 {
			t.Errorf("%d attempts with a password that was refused", n)
		}
		write("second-password")
		mustQuery(t, d, "SELECT 1")
	})
}

func TestAfterAFailureNobodyConnectsForAWhile(t *testing.T) {
	t.Parallel()
	servers(t, func(t *testing.T, db *testdb.Database) {
		p := testdb.NewProxy(t, db.Server.Addr())
		o := through(t, db, p)
		o.MaxConnections, o.Jitter = 4, func() float64 { return 0.9 }
		d := open(t, o)
		p.Set(testdb.Reset)
		if _, err := query(t.Context(), d, "SELECT 1"); kindOf(t, err) != source.KindConnect {
			t.Fatalf("got %v", err)
		}
		// The pauses are 0.9, 1.8, 3.6 s and so on: of many calls, a few at most
		// may try.
		made := p.Accepted()
		var all sync.WaitGroup
		var early atomic.Int32
		for range 100 {
			all.Go(func() {
				_, err := query(t.Context(), d, "SELECT 1")
				var e *source.Error
				if !errors.As(err, &e) || e.Kind != source.KindConnect {
					t.Errorf("got %v", err)
				} else if e.RetryIn > 0 && strings.Contains(err.Error(), "the next one is in") {
					early.Add(1)
				}
			})
		}
		all.Wait()
		if n := p.Accepted() - made; n > 2 || early.Load() < 90 {
			t.Errorf("%d attempts during the pause, %d calls were told to wait", n, early.Load())
		}
		p.Set(testdb.Pass)
		// After the pause one caller tries, the others wait for it, and
		// all get their answer.
		eventually(t, 30*time.Second, "connected", func() bool { _, err := query(t.Context(), d, "SELECT 1"); return err == nil })
		for range 4 {
			all.Go(func() {
				if _, err := query(t.Context(), d, "SELECT 1"); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
	})
}

// createUser makes a user who may log in and nothing else.
func createUser(t *testing.T, db *testdb.Database, user, password string) {
	t.Helper()
	quoted := strings.ReplaceAll(password, "'", "''")
	if db.Driver == source.MySQL {
		quoted = strings.ReplaceAll(quoted, `\`, `\\`)
		db.Exec(t, "CREATE OR REPLACE USER "+user+" IDENTIFIED BY '"+quoted+"'")
		t.Cleanup(func() { _, _ = db.Server.Admin().Exec("DROP USER IF EXISTS " + user) })
		return
	}
	db.Exec(t, "CREATE ROLE "+user+" LOGIN PASSWORD '"+quoted+"'")
	t.Cleanup(func() {
		_, _ = db.Server.Admin().Exec("DROP DATABASE IF EXISTS " + db.Name + " WITH (FORCE)")
		_, _ = db.Server.Admin().Exec("DROP ROLE IF EXISTS " + user)
	})
}

func setPassword(t *testing.T, db *testdb.Database, user, password string) {
	t.Helper()
	if db.Driver == source.MySQL {
		db.Exec(t, "ALTER USER "+user+" IDENTIFIED BY '"+password+"'")
		return
	}
	db.Exec(t, "ALTER ROLE "+user+" PASSWORD '"+password+"'")
}

// grant lets a user read a table; without one, only see the database.
func grant(t *testing.T, db *testdb.Database, user, table string) {
	t.Helper()
	switch {
	case table != "":
		db.Exec(t, "GRANT SELECT ON "+table+" TO "+user)
	case db.Driver == source.MySQL:
		db.Exec(t, "GRANT SELECT ON "+db.Name+".* TO "+user)
	}
}

// listen starts a server that says one thing to everybody, and returns its
// port.
func listen(t *testing.T, says string) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var done sync.WaitGroup
	done.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = conn.Write([]byte(says))
			_ = conn.Close()
		}
	})
	t.Cleanup(func() { _ = l.Close(); done.Wait() })
	return l.Addr().(*net.TCPAddr).Port
}

// lockedBuffer is a buffer for a logger that several goroutines use.
type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}
