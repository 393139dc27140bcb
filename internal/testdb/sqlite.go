package testdb

import (
	"database/sql"
	"path/filepath"
	"testing"

	_ "modernc.org/sqlite" // the driver named sqlite
)

// SQLite returns an empty SQLite database in a file of its own.
func SQLite(tb testing.TB) *Database {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "test.db")
	db, err := sql.Open(DriverSQLite, path)
	if err != nil {
		tb.Fatalf("open test database: %v", err)
	}
	tb.Cleanup(func() { _ = db.Close() })
	// The first statement creates the file, which a reader does not.
	for _, s := range []string{"PRAGMA journal_mode = WAL", "PRAGMA synchronous = OFF", "PRAGMA user_version = 1"} {
		if _, err := db.ExecContext(tb.Context(), s); err != nil {
			tb.Fatalf("create test database: %v", err)
		}
	}
	return &Database{Driver: DriverSQLite, DSN: path, Name: path, DB: db}
}
