package source

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/testdb"
)

// readers are statements that look like more than they are. The servers are
// asked whether they see one statement as well.
var readers = map[string][]string{
	Postgres: {
		`SELECT ';' AS "a;b"`, `SELECT E'\';'`, `SELECT E'a''\';b'`, `SELECT '\'`, `SELECT 'it''s; into'`, `SELECT $$;'$$`, `SELECT $a$;$$;$b$;$a$`,
		"SELECT 1 -- ; DELETE\n, 2", "SELECT 1 /* ; /* ; */ ; DELETE */", "SELECT 1;", "SELECT 1 ; ; -- done", "((SELECT 1))",
		"WITH x AS (SELECT ';' AS a) SELECT a FROM x", "VALUES (1)", "EXPLAIN SELECT 1", `SELECT 1 AS "into"`, "-- why\nSELECT 1", "SELECT 1 AS a$$$, 2 AS b$$",
		`SELECT 1 AS U&"d\0061t;a"`,
	},
	MySQL: {
		"SELECT ';' AS `a;b`", `SELECT '\';'`, `SELECT ";"`, `SELECT "\";"`, "SELECT 1 # ; DELETE\n, 2", "SELECT 1 -- ; DELETE\n, 2", "SELECT 1 /* ; DELETE */",
		"SELECT 5--1", "SELECT 1;", "SELECT 1 /*!50000 + 1 */", "(SELECT 1)", "SELECT 1 AS `into`",
	},
	SQLite: {
		`SELECT ';' AS "a;b"`, "SELECT 1 AS `a;b`", "SELECT 1 AS [a;b]", `SELECT '\'`, "SELECT 1 -- ; DELETE\n, 2", "SELECT 1 /* ; DELETE */", "SELECT 1;", "SELECT 1 /* open",
		"VALUES (1)", "WITH x AS (SELECT 1 AS a) SELECT a FROM x",
	},
}

// writers are statements that are more than they look like.
var writers = map[string][]string{
	Postgres: {
		`SELECT '\'; COMMIT; --'`, `SELECT 1; COMMIT`, "SELECT 1 -- \r; COMMIT", "SELECT 1 /* /* */ */; COMMIT /* */", `SELECT $$a$$; COMMIT; SELECT $$b$$`,
		`SELECT 1 AS a$$; COMMIT; SELECT 2 AS b$$`, `SELECT 1 AS a$$$; COMMIT; SELECT 2 AS b$$`, `SELECT text$e'\'; COMMIT; --'`, `SELECT xe'\'; COMMIT; --'`,
		`SELECT "a\"; COMMIT; --"`, "SELECT 1 INTO t", "COMMIT", "DO $$ BEGIN END $$", "COPY t TO PROGRAM 'x'", "SET x = 1", "", "  -- nothing", "SELECT 1\x00; COMMIT",
		`SELECT e e'\'; COMMIT; --'; COMMIT`,
	},
	MySQL: {
		"SELECT 1 INTO OUTFILE '/tmp/x'", "SELECT 1 /*!50000 INTO OUTFILE '/tmp/x' */", "SELECT 1 /*M! INTO @a */", "/*! DROP TABLE t */", "SELECT 1--; COMMIT", "SELECT 1; COMMIT",
		"DROP TABLE t", "LOAD DATA INFILE 'x' INTO TABLE t", "KILL 1", "SELECT `a\\`; COMMIT; -- `",
	},
	SQLite: {
		"ATTACH 'x' AS y", "PRAGMA query_only = 0", `SELECT '\'; DROP TABLE t; --'`, "SELECT 1 -- \r still\n; DROP TABLE t", "SELECT 1 /* /* */; DROP TABLE t --*/", "VACUUM INTO 'x'",
		"SELECT 1 AS [a]]; DROP TABLE t", "DETACH y",
	},
}

func TestOnlyOneStatementThatReadsIsAdmitted(t *testing.T) {
	t.Parallel()
	for driver, texts := range writers {
		for _, text := range texts {
			if err := admit(driver, text); err == nil {
				t.Errorf("%s: admitted: %s", driver, text)
			}
		}
	}
	testdb.Each(t, func(t *testing.T, db *testdb.Database) {
		d, err := Open(Options{
			Name: "shop", Driver: db.Driver, Path: map[bool]string{true: db.DSN}[db.Driver == SQLite],
			DSN: map[bool]func() (string, error){true: func() (string, error) { return db.DSN, nil }}[db.Driver != SQLite],
		}, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = d.Close() }()
		for _, text := range readers[db.Driver] {
			err := d.Read(t.Context(), func(ctx context.Context, tx *Tx) error {
				n, err := tx.Query(ctx, facts.Statement{SQL: text}, func(facts.Row) error { return nil })
				if err == nil && n == 0 {
					return errors.New("no row")
				}
				return err
			})
			if err != nil {
				t.Errorf("%s: %v", text, err)
			}
		}
	})
}

func FuzzAdmit(f *testing.F) {
	for _, texts := range []map[string][]string{readers, writers} {
		for driver, list := range texts {
			for _, text := range list {
				f.Add(driver, text)
			}
		}
	}
	f.Fuzz(func(t *testing.T, driver, text string) {
		if admit(driver, text) != nil {
			return
		}
		// What is admitted stays one statement when it is closed and another
		// follows, unless a comment or quote is still open at its end.
		if admit(driver, text+"\n;COMMIT") == nil && admit(driver, text+"\n'\"`]*/;COMMIT") == nil && !strings.ContainsAny(text, "'\"`[$*") {
			t.Errorf("%s: a second statement is admitted after %q", driver, text)
		}
		if strings.Contains(strings.ToUpper(" "+text+" "), " INTO ") && !strings.ContainsAny(text, "'\"`[$-*#") {
			t.Errorf("%s: INTO is admitted in %q", driver, text)
		}
	})
}
