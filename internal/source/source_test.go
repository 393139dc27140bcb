package source_test

import (
	"context"
	"errors"
	"flag"
	"log/slog"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/source"
	"github.com/cx-exporter/cx-exporter/internal/testdb"
)

func TestMain(m *testing.M) {
	_ = flag.Set("test.parallel", "8") // these tests wait more than they compute
	testdb.Main(m)
}

// options are those that reach a test database.
func options(db *testdb.Database) source.Options {
	o := source.Options{Name: "shop", Driver: db.Driver, ConnectTimeout: 20 * time.Second, Jitter: func() float64 { return 0 }}
	if db.Driver == source.SQLite {
		o.Path = db.DSN
	} else {
		o.DSN = func() (string, error) { return db.DSN, nil }
	}
	return o
}

// open opens a source for a test and closes it at its end.
func open(t *testing.T, o source.Options) *source.DB {
	t.Helper()
	d, err := source.Open(o, slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelDebug})))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

// query runs one statement and returns its rows.
func query(ctx context.Context, d *source.DB, text string) ([]facts.Row, error) {
	var rows []facts.Row
	err := d.Read(ctx, func(ctx context.Context, tx *source.Tx) error {
		rows = nil
		_, err := tx.Query(ctx, facts.Statement{SQL: text}, func(r facts.Row) error {
			rows = append(rows, r)
			return nil
		})
		return err
	})
	return rows, err
}

// mustQuery runs one statement that has to succeed.
func mustQuery(t *testing.T, d *source.DB, text string) []facts.Row {
	t.Helper()
	rows, err := query(t.Context(), d, text)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// kindOf is the kind of an error of a source.
func kindOf(t *testing.T, err error) source.Kind {
	t.Helper()
	var e *source.Error
	if !errors.As(err, &e) {
		t.Fatalf("got %v, want an error of the source", err)
	}
	return e.Kind
}

func TestValuesArriveAsTheyAre(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 29, 1, 30, 0, 123456000, time.UTC)
	tests := map[string]struct {
		text string
		want facts.Row
	}{
		source.Postgres: {
			`SELECT NULL, 7::int2, (-9223372036854775808)::int8, 0.1::float4, 1e300::float8, 12345678901234567890.123456789::numeric,
			 true, 'ü'::text, 'x'::varchar, 'a '::bpchar, TIMESTAMPTZ '2026-03-29 03:30:00.123456+02', TIMESTAMP '2026-03-29 01:30:00.123456',
			 DATE '2026-03-29', '\xff00'::bytea, 'NaN'::float8`,
			facts.Row{
				nil, int64(7), int64(math.MinInt64), 0.1, 1e300, "12345678901234567890.123456789",
				true, "ü", "x", "a", at, at, time.Date(2026, 3, 29, 0, 0, 0, 0, time.UTC), `\xff00`, math.NaN(),
			},
		},
		source.MySQL: {
			`SELECT NULL, CAST(7 AS SIGNED), -9223372036854775808, 18446744073709551615, f, 1e300e0, CAST('12345678901234567890.123456789' AS DECIMAL(40,9)),
			 b, 'ü', ts, dt, d, z, X'ff00' FROM v`,
			facts.Row{
				nil, int64(7), int64(math.MinInt64), "18446744073709551615", 0.1, 1e300, "12345678901234567890.123456789",
				int64(5), "ü", at, at, time.Date(2026, 3, 29, 0, 0, 0, 0, time.UTC), nil, `\xff00`,
			},
		},
		source.SQLite: {
			`SELECT NULL, 7, -9223372036854775808, 0.1, 'ü', x'ff00', dt FROM v`,
			facts.Row{nil, int64(7), int64(math.MinInt64), 0.1, "ü", `\xff00`, at},
		},
	}
	testdb.Each(t, func(t *testing.T, db *testdb.Database) {
		switch db.Driver {
		case source.MySQL:
			db.Exec(t, "CREATE TABLE v (f FLOAT, b BIT(3), ts TIMESTAMP(6) NULL, dt DATETIME(6), d DATE, z DATETIME)", "SET SESSION sql_mode = ''",
				"INSERT INTO v VALUES (0.1, b'101', '2026-03-29 01:30:00.123456', '2026-03-29 01:30:00.123456', '2026-03-29', '0000-00-00')")
		case source.SQLite:
			db.Exec(t, "CREATE TABLE v (dt DATETIME)", "INSERT INTO v VALUES ('2026-03-29 01:30:00.123456')")
		}
		d := open(t, options(db))
		rows := mustQuery(t, d, tests[db.Driver].text)
		if diff := cmp.Diff([]facts.Row{tests[db.Driver].want}, rows, cmp.Comparer(func(a, b float64) bool {
			return a == b || math.IsNaN(a) && math.IsNaN(b)
		})); diff != "" {
			t.Errorf("values differ (-want +got):\n%s", diff)
		}
	})
}
