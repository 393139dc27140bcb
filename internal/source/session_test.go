package source_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/source"
	"github.com/cx-exporter/cx-exporter/internal/testdb"
)

func TestAReadSeesOneStateAndLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, db *testdb.Database) {
		db.Exec(t, "CREATE TABLE t (a INTEGER)", "INSERT INTO t VALUES (1)")
		d := open(t, options(db))
		count := func(ctx context.Context, tx *source.Tx) (n int64) {
			_, err := tx.Query(ctx, facts.Statement{SQL: "SELECT COUNT(*) FROM t"}, func(r facts.Row) error { n = r[0].(int64); return nil })
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		err := d.Read(t.Context(), func(ctx context.Context, tx *source.Tx) error {
			if n := count(ctx, tx); n != 1 {
				t.Errorf("before: got %d rows", n)
			}
			db.Exec(t, "INSERT INTO t VALUES (2)")
			if n := count(ctx, tx); n != 1 {
				t.Errorf("a row that was written meanwhile is seen: got %d rows", n)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if rows := mustQuery(t, d, "SELECT COUNT(*) FROM t"); rows[0][0] != int64(2) {
			t.Errorf("the next read: got %v", rows)
		}
		if db.Driver == source.Postgres {
			var n int
			if err := db.DB.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in%'").Scan(&n); err != nil || n != 0 {
				t.Errorf("%d transactions are still open (%v)", n, err)
			}
		}
	})
}

func TestTheSessionIsInUTCLimitedAndNamed(t *testing.T) {
	t.Parallel()
	t.Run(source.Postgres, func(t *testing.T) {
		t.Parallel()
		d := open(t, options(testdb.Postgres(t).New(t)))
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		rows, err := query(ctx, d, `SELECT current_setting('TimeZone'), current_setting('application_name'), current_setting('transaction_read_only'),
			current_setting('transaction_isolation'), extract(epoch FROM current_setting('statement_timeout')::interval) BETWEEN 5 AND 20,
			current_setting('lock_timeout') <> '0', current_setting('idle_in_transaction_session_timeout') <> '0', current_setting('max_parallel_workers_per_gather'),
			extract(epoch FROM TIMESTAMPTZ '2026-07-01 00:00')::bigint`)
		if err != nil {
			t.Fatal(err)
		}
		want := []facts.Row{{"UTC", "cx-exporter", "on", "repeatable read", true, true, true, "0", time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC).Unix()}}
		if diff := cmp.Diff(want, rows); diff != "" {
			t.Errorf("settings differ (-want +got):\n%s", diff)
		}
	})
	t.Run(source.MySQL, func(t *testing.T) {
		t.Parallel()
		d := open(t, options(testdb.MariaDB(t).New(t)))
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		rows, err := query(ctx, d, `SELECT @@session.time_zone, @@session.tx_isolation, @@session.max_statement_time BETWEEN 5 AND 20,
			@@session.lock_wait_timeout <= 10, @@session.wait_timeout, UNIX_TIMESTAMP('2026-07-01 00:00:00'), @@in_transaction`)
		if err != nil {
			t.Fatal(err)
		}
		want := []facts.Row{{"+00:00", "REPEATABLE-READ", int64(1), int64(1), int64(900), time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC).Unix(), int64(1)}}
		if diff := cmp.Diff(want, rows); diff != "" {
			t.Errorf("settings differ (-want +got):\n%s", diff)
		}
	})
}

func TestPostgreSQLIsKeptFromSortingCubesOnly(t *testing.T) {
	t.Parallel()
	db := testdb.Postgres(t).New(t)
	db.Exec(t, `CREATE TABLE "it's" (a int)`, `CREATE VIEW seen AS SELECT * FROM "it's"`)
	const (
		asks              = "SELECT current_setting('enable_sort'), current_setting('jit_inline_above_cost'), current_setting('jit_optimize_above_cost')"
		table, view, none = `"it's"`, `"seen"`, `"gone"."away"`
	)
	for name, server := range map[string]struct {
		setting         string
		usual, compiled string
	}{
		"a server as it comes":                     {"", "500000", "200000"},
		"a server that compiles sooner":            {"1000", "1000", "1000"},
		"a server that never compiles at any cost": {"-1", "-1", "-1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			at := db
			if server.setting != "" {
				at = db.Set("jit_optimize_above_cost", server.setting)
			}
			d := open(t, options(at))
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			usual := facts.Row{"on", "500000", server.usual}
			compiled, hashed := facts.Row{"off", "-1", server.compiled}, facts.Row{"off", "-1", "-1"}
			for range 2 { // on the same connection
				err := d.Read(ctx, func(ctx context.Context, tx *source.Tx) error {
					for _, want := range []struct {
						cube string
						row  facts.Row
					}{{"", usual}, {table, compiled}, {table, compiled}, {view, hashed}, {none, hashed}, {"", usual}, {table, compiled}} {
						_, err := tx.Query(ctx, facts.Statement{SQL: asks, Cube: want.cube}, func(r facts.Row) error {
							if diff := cmp.Diff(want.row, r); diff != "" {
								t.Errorf("cube %q: settings differ (-want +got):\n%s", want.cube, diff)
							}
							return nil
						})
						if err != nil {
							return err
						}
					}
					return nil
				})
				if err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

func TestALaterStatementIsLimitedToWhatIsLeft(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		source.Postgres: "SELECT extract(epoch FROM current_setting('statement_timeout')::interval)::float8",
		source.MySQL:    "SELECT CAST(@@session.max_statement_time AS DOUBLE)",
	}
	servers(t, func(t *testing.T, db *testdb.Database) {
		d := open(t, options(db))
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		err := d.Read(ctx, func(ctx context.Context, tx *source.Tx) error {
			var limits []float64
			for range 2 {
				_, err := tx.Query(ctx, facts.Statement{SQL: tests[db.Driver]}, func(r facts.Row) error {
					limits = append(limits, r[0].(float64))
					return nil
				})
				if err != nil {
					return err
				}
				var release context.CancelFunc
				ctx, release = context.WithTimeout(ctx, 3*time.Second)
				defer release()
			}
			if limits[0] < 5 || limits[0] > 20 || limits[1] < 1 || limits[1] > 3 {
				t.Errorf("got limits of %v s, want less than 20 and less than 3", limits)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
}

func TestColumnsHaveTheTypesThatTheyHave(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		create []string
		table  string
		query  string
		want   map[string]facts.Type
	}{
		source.Postgres: {
			[]string{
				"CREATE TYPE mood AS ENUM ('sad', 'ok')", "CREATE DOMAIN points AS numeric(4,1)",
				`CREATE TABLE "T x" (tz timestamptz, ts timestamp, d date, i2 int2, i4 int4, i8 int8, n numeric(10,2), f4 real, f8 double precision, b bool,
				 t text, v varchar(3), c char(3), u uuid, e mood, p points, tm time, j jsonb, iv interval, "Quoted Name" int, ba bytea)`,
			},
			`"T x"`, `(SELECT tz AS a, COUNT(*) AS n FROM "T x" GROUP BY tz) AS q`,
			map[string]facts.Type{
				"tz": facts.Instant, "ts": facts.Naive, "d": facts.Date, "i2": facts.Integer, "i4": facts.Integer, "i8": facts.Integer,
				"n": facts.Decimal, "f4": facts.Float, "f8": facts.Float, "b": facts.Bool, "t": facts.Text, "v": facts.Text, "c": facts.Text, "u": facts.Text,
				"e": facts.Text, "p": facts.Decimal, "tm": facts.Unknown, "j": facts.Unknown, "iv": facts.Unknown, "Quoted Name": facts.Integer, "ba": facts.Unknown,
				"q.a": facts.Instant, "q.n": facts.Integer,
			},
		},
		source.MySQL: {
			[]string{"CREATE TABLE `T x` (tz TIMESTAMP(3) NULL, ts DATETIME, d DATE, t1 TINYINT(1), b BIT(1), i SMALLINT UNSIGNED, m MEDIUMINT, i8 BIGINT UNSIGNED, y YEAR, n DECIMAL(10,2), f FLOAT, g DOUBLE," +
				" t TEXT, lt LONGTEXT, v VARCHAR(3), c CHAR(3), e ENUM('a','b'), s SET('a','b'), tm TIME, bl BLOB, bi BINARY(16))"},
			"`T x`", "(SELECT tz AS a, COUNT(*) AS n FROM `T x` GROUP BY tz) AS q",
			map[string]facts.Type{
				"tz": facts.Instant, "ts": facts.Naive, "d": facts.Date, "t1": facts.Integer, "b": facts.Integer, "i": facts.Integer,
				"m": facts.Integer, "i8": facts.Integer, "y": facts.Integer, "n": facts.Decimal, "f": facts.Float, "g": facts.Float, "t": facts.Text, "lt": facts.Text,
				"v": facts.Text, "c": facts.Text, "e": facts.Text, "s": facts.Text, "tm": facts.Unknown, "bl": facts.Unknown, "bi": facts.Unknown,
				"q.a": facts.Instant, "q.n": facts.Integer,
			},
		},
		source.SQLite: {
			[]string{
				`CREATE TABLE "T x" (i INTEGER, b BOOLEAN, r REAL, f FLOAT, dp DOUBLE PRECISION, n NUMERIC(10,2), de DECIMAL(4,1), t TEXT, v VARCHAR(3), cl CLOB,
				 dt DATETIME, da DATE, ts TIMESTAMP, unix DATETIME, half TIMESTAMP, none, empty, bl BLOB)`,
				`INSERT INTO "T x" (dt, da, ts, unix, half) VALUES (NULL, NULL, NULL, NULL, NULL)`,
				`INSERT INTO "T x" (dt, da, unix, half, none) VALUES ('2026-01-01 00:00:00', '2026-01-01', 1767225600, 1767225600.5, 'x')`,
			},
			`"T x"`, `(SELECT dt AS a, COUNT(*) AS n FROM "T x" GROUP BY dt) AS q`,
			map[string]facts.Type{
				"i": facts.Integer, "b": facts.Bool, "r": facts.Float, "f": facts.Float, "dp": facts.Float, "n": facts.Decimal, "de": facts.Decimal,
				"t": facts.Text, "v": facts.Text, "cl": facts.Text, "dt": facts.TextTime, "da": facts.TextTime, "ts": facts.TextTime,
				"unix": facts.Integer, "half": facts.Float, "none": facts.Text, "empty": facts.Unknown, "bl": facts.Unknown,
				"q.a": facts.TextTime, "q.n": facts.Integer,
			},
		},
	}
	testdb.Each(t, func(t *testing.T, db *testdb.Database) {
		test := tests[db.Driver]
		db.Exec(t, test.create...)
		d := open(t, options(db))
		got := map[string]facts.Type{}
		err := d.Read(t.Context(), func(ctx context.Context, tx *source.Tx) error {
			columns, err := tx.Columns(ctx, test.table)
			for _, c := range columns {
				got[c.Name] = c.Type
			}
			if err != nil {
				return err
			}
			columns, err = tx.Columns(ctx, test.query)
			for _, c := range columns {
				got["q."+c.Name] = c.Type
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("types differ (-want +got):\n%s", diff)
		}
		err = d.Read(t.Context(), func(ctx context.Context, tx *source.Tx) error {
			_, err := tx.Columns(ctx, "nowhere")
			return err
		})
		if kindOf(t, err) != source.KindMissingTable {
			t.Errorf("a missing table: got %v", err)
		}
	})
}

// Some servers look at the rights of a user before they look at the transaction,
// and that is as good.
func TestCheckDoesNotAskForRightsToBeTakenThatNobodyHas(t *testing.T) {
	t.Parallel()
	db := testdb.MariaDB(t).New(t)
	user := "cx_only_" + db.Name[len(db.Name)-8:]
	db.Exec(t, "CREATE TABLE t (a INTEGER)", "CREATE USER "+user+" IDENTIFIED BY 'secret'", "GRANT SELECT ON t TO "+user)
	t.Cleanup(func() { _, _ = db.DB.Exec("DROP USER " + user) })
	o := options(db)
	o.DSN = func() (string, error) { return user + ":secret" + db.DSN[strings.LastIndex(db.DSN, "@"):], nil }
	r, err := open(t, o).Check(t.Context())
	if err != nil || !r.ReadOnly {
		t.Errorf("got %+v %v, want it to be read-only", r, err)
	}
}

func TestCheckTellsWhatTheServerEnforces(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, db *testdb.Database) {
		db.Exec(t, "CREATE TABLE orders (id INTEGER PRIMARY KEY, at INTEGER, region VARCHAR(10), other INTEGER)",
			"CREATE INDEX by_time ON orders (at, region)", "CREATE VIEW recent AS SELECT id FROM orders")
		d := open(t, options(db))
		r, err := d.Check(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		product := map[string]string{source.Postgres: "PostgreSQL ", source.MySQL: "MariaDB ", source.SQLite: "SQLite 3."}[db.Driver]
		if !strings.HasPrefix(r.Version, product) || !r.ReadOnly || !r.TimeLimit {
			t.Errorf("got %+v", r)
		}
		for column, want := range map[string]bool{"id": true, "at": true, "region": false, "other": false, "lacking": false, "it's": false} {
			if got, err := d.Indexed(t.Context(), "orders", column); err != nil || got != want {
				t.Errorf("index on %s: got %v %v, want %v", column, got, err, want)
			}
		}
		if got, err := d.Indexed(t.Context(), "recent", "id"); err != nil || !got {
			t.Errorf("a view, which can have no index: got %v %v", got, err)
		}
		tables, err := d.Tables(t.Context())
		if diff := cmp.Diff([]string{"orders", "recent"}, tables); diff != "" || err != nil {
			t.Errorf("tables differ (-want +got), %v:\n%s", err, diff)
		}
		if db.Driver != source.SQLite {
			schema := "public"
			if db.Driver == source.MySQL {
				schema = db.Name
			}
			if got, err := d.Indexed(t.Context(), schema+".orders", "at"); err != nil || !got {
				t.Errorf("with its schema: got %v %v", got, err)
			}
		}
	})
}

func TestCheckSaysWhenTheDatabaseCannotBeReached(t *testing.T) {
	t.Parallel()
	d := open(t, source.Options{Name: "shop", Driver: source.Postgres, Parts: source.Parts{Host: "127.0.0.1", Port: 1}})
	if _, err := d.Check(t.Context()); kindOf(t, err) != source.KindConnect {
		t.Errorf("got %v", err)
	}
}

func TestCheckDoesNotTakeItsOwnImpatienceForALimit(t *testing.T) {
	t.Parallel()
	db := testdb.MariaDB(t).New(t)
	d := open(t, through(t, db, refusing(t, db, "max_statement_time", 1193)))
	connect(t, d, 1)
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if r, err := d.Check(ctx); err == nil || r.TimeLimit {
		t.Errorf("got %+v %v", r, err)
	}
}

func TestAnSQLiteFileIsOnlyRead(t *testing.T) {
	t.Parallel()
	t.Run("a missing file is an error and is not made", func(t *testing.T) {
		t.Parallel()
		path := filepath.Join(t.TempDir(), "missing.db")
		d := open(t, source.Options{Name: "shop", Driver: source.SQLite, Path: path})
		if _, err := query(t.Context(), d, "SELECT 1"); kindOf(t, err) != source.KindConnect ||
			!strings.Contains(err.Error(), "no such file") || !strings.Contains(err.Error(), "check the path") {
			t.Errorf("got %v", err)
		}
		if _, err := os.Stat(path); err == nil {
			t.Error("the file was made")
		}
	})
	t.Run("a directory is an error", func(t *testing.T) {
		t.Parallel()
		d := open(t, source.Options{Name: "shop", Driver: source.SQLite, Path: t.TempDir()})
		if _, err := query(t.Context(), d, "SELECT 1"); kindOf(t, err) != source.KindConnect {
			t.Errorf("got %v", err)
		}
	})
	t.Run("a file that is no database is an error", func(t *testing.T) {
		t.Parallel()
		path := filepath.Join(t.TempDir(), "text.db")
		if err := os.WriteFile(path, []byte(strings.Repeat("not a database ", 100)), 0o600); err != nil {
			t.Fatal(err)
		}
		d := open(t, source.Options{Name: "shop", Driver: source.SQLite, Path: path})
		if _, err := query(t.Context(), d, "SELECT COUNT(*) FROM sqlite_schema"); kindOf(t, err) != source.KindConnect {
			t.Errorf("got %v", err)
		}
	})
	t.Run("a name may hold what means something in a URL", func(t *testing.T) {
		t.Parallel()
		db := testdb.SQLite(t)
		db.Exec(t, "CREATE TABLE t (a INTEGER)", "PRAGMA wal_checkpoint(TRUNCATE)", "PRAGMA journal_mode = DELETE")
		path := filepath.Join(t.TempDir(), "a b?mode=rwc&c#d%20'ü.db")
		content, err := os.ReadFile(db.DSN)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, content, 0o400); err != nil {
			t.Fatal(err)
		}
		d := open(t, source.Options{Name: "shop", Driver: source.SQLite, Path: path})
		if rows := mustQuery(t, d, "SELECT COUNT(*) FROM t"); rows[0][0] != int64(0) {
			t.Errorf("got %v", rows)
		}
	})
	t.Run("a writer that holds the file delays a read and does not spoil it", func(t *testing.T) {
		t.Parallel()
		db := testdb.SQLite(t)
		db.Exec(t, "PRAGMA journal_mode = DELETE", "CREATE TABLE t (a INTEGER)")
		conn, err := db.DB.Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = conn.Close() }()
		for _, text := range []string{"BEGIN EXCLUSIVE", "INSERT INTO t VALUES (1)"} {
			if _, err := conn.ExecContext(t.Context(), text); err != nil {
				t.Fatal(err)
			}
		}
		o := options(db)
		o.ConnectTimeout = 100 * time.Millisecond // also how long it waits for a lock
		d := open(t, o)
		if _, err := query(t.Context(), d, "SELECT COUNT(*) FROM t"); kindOf(t, err) != source.KindTimeout {
			t.Errorf("while it is locked: got %v", err)
		}
		if _, err := conn.ExecContext(t.Context(), "COMMIT"); err != nil {
			t.Fatal(err)
		}
		if rows := mustQuery(t, d, "SELECT COUNT(*) FROM t"); rows[0][0] != int64(1) {
			t.Errorf("afterwards: got %v", rows)
		}
	})
}

func TestOpenRefusesOptionsThatCannotWork(t *testing.T) {
	t.Parallel()
	dsn := func() (string, error) { return "", nil }
	for name, o := range map[string]source.Options{
		"an unknown driver":            {Driver: "oracle"},
		"neither DSN nor host":         {Driver: source.Postgres},
		"both DSN and host":            {Driver: source.Postgres, DSN: dsn, Parts: source.Parts{Host: "h"}},
		"a path for a server":          {Driver: source.MySQL, DSN: dsn, Path: "x.db"},
		"no path for SQLite":           {Driver: source.SQLite},
		"a DSN for SQLite":             {Driver: source.SQLite, DSN: dsn, Path: "x.db"},
		"a port that is none":          {Driver: source.MySQL, Parts: source.Parts{Host: "h", Port: 70000}},
		"an unknown TLS mode":          {Driver: source.MySQL, Parts: source.Parts{Host: "h", TLS: source.TLS{Mode: "maybe"}}},
		"a certificate without key":    {Driver: source.MySQL, Parts: source.Parts{Host: "h", TLS: source.TLS{CertFile: "c"}}},
		"fewer connections than none":  {Driver: source.SQLite, Path: "x.db", MaxConnections: -1},
		"less time to connect than no": {Driver: source.SQLite, Path: "x.db", ConnectTimeout: -1},
	} {
		if _, err := source.Open(o, nil); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}
