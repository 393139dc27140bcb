package source_test

import (
	"os"
	"testing"

	"github.com/cx-exporter/cx-exporter/internal/source"
	"github.com/cx-exporter/cx-exporter/internal/testdb"
)

// A connection keeps the file that it opened, whatever its name stands for by now:
// copies of a database are renewed by renaming the new one.
func TestAnSQLiteFileThatWasReplacedIsReadAnew(t *testing.T) {
	t.Parallel()
	written := func(a string) string {
		db := testdb.SQLite(t)
		db.Exec(t, "PRAGMA journal_mode = DELETE", "CREATE TABLE t (a TEXT)", "INSERT INTO t VALUES ('"+a+"')")
		if err := db.DB.Close(); err != nil {
			t.Fatal(err)
		}
		return db.DSN
	}
	path := written("old")
	d := open(t, source.Options{Name: "shop", Driver: source.SQLite, Path: path})
	want := func(a string) {
		t.Helper()
		rows, err := query(t.Context(), d, "SELECT a FROM t")
		if err != nil || len(rows) != 1 || rows[0][0] != a {
			t.Fatalf("got %v %v, want %q", rows, err, a)
		}
	}
	want("old")
	if err := os.Rename(written("new"), path); err != nil {
		t.Fatal(err)
	}
	want("new")
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if _, err := query(t.Context(), d, "SELECT a FROM t"); kindOf(t, err) != source.KindConnect {
		t.Errorf("got %v, want no connection to what is not there", err)
	}
}
