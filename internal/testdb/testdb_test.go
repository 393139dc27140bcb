package testdb_test

import (
	"testing"

	"github.com/cx-exporter/cx-exporter/internal/testdb"
)

func TestMain(m *testing.M) { testdb.Main(m) }

func TestEveryEngineGivesAnEmptyDatabaseOfItsOwn(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, db *testdb.Database) {
		db.Exec(t, "CREATE TABLE t (a INTEGER)", "INSERT INTO t VALUES (1), (2)")
		var n int
		if err := db.DB.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM t").Scan(&n); err != nil {
			t.Fatal(err)
		}
		if n != 2 {
			t.Errorf("got %d rows, want 2", n)
		}
	})
}
