package app_test

import (
	"database/sql"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/testdb"
)

func TestADatabaseThatIsDownAtTheStartIsReadOnceItIsUp(t *testing.T) {
	t.Parallel()
	servers(t, func(t *testing.T, db *testdb.Database) {
		survey(t, db)
		proxy := testdb.NewProxy(t, db.Server.Addr())
		proxy.Set(testdb.Reset)
		r := start(t, cx(sourceAt(db, proxy.Addr()), answers))
		r.until("the failure is counted", every(
			above(0, "cx_collector_failures_total", "collector=answers", "reason=connect"),
			is(0, "cx_collector_success", "collector=answers"),
			is(0, "cx_source_up", "source=db", "collector=answers"),
			absent(csat),
			absent("cx_collector_last_success_timestamp_seconds"),
		))
		if status, text := r.get("/-/ready"); status != http.StatusOK {
			t.Errorf("after its first attempt it is not ready: %d %s", status, text)
		}
		line := r.logged("collector is failing", "collector=answers", "reason=connect")
		for _, want := range []string{`source "db": no connection to the database`, "check address, network and TLS of the source"} {
			if strings.Count(line, want) != 1 {
				t.Errorf("the log does not say %q once: %s", want, line)
			}
		}
		proxy.Set(testdb.Pass)
		r.until("the values are there", every(
			is(2./3, csat, "collector=answers", "window=7d"),
			is(1, "cx_collector_success", "collector=answers"),
			is(1, "cx_source_up", "source=db", "collector=answers"),
		))
		r.logged("collector has recovered", "collector=answers")
		if n := len(r.log.lines("collector is failing", "reason=connect")); n != 1 {
			t.Errorf("one failure that lasted is logged %d times", n)
		}
	})
}

func TestAFileThatIsNotThereIsReadOnceItIs(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "later.db")
	r := start(t, cx("  - name: db\n    driver: sqlite\n    path: "+path+"\n", answers))
	r.until("the failure is counted", every(
		above(0, "cx_collector_failures_total", "collector=answers", "reason=connect"),
		is(0, "cx_source_up", "source=db"),
		absent(csat),
	))
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Errorf("the exporter made the file that it was to read: %v", err)
	}
	handle, err := sql.Open(testdb.DriverSQLite, path)
	if err != nil {
		t.Fatal(err)
	}
	defer handle.Close()
	survey(t, &testdb.Database{Driver: testdb.DriverSQLite, DSN: path, DB: handle})
	r.until("the values are there", is(2./3, csat, "collector=answers"))
}

func TestAWrongPasswordIsToldAndACorrectedOneIsReadFromItsFile(t *testing.T) {
	t.Parallel()
	servers(t, func(t *testing.T, db *testdb.Database) {
		survey(t, db)
		user := reader(t, db, "right")
		file := filepath.Join(t.TempDir(), "password")
		write(t, file, "wrong\n")
		r := start(t, cx(login(db, db.Server.Addr(), user, "password_file: "+file), answers))
		r.until("the failure is counted", every(
			above(0, "cx_collector_failures_total", "collector=answers", "reason=auth"),
			is(0, "cx_source_up", "source=db"),
			absent(csat),
		))
		r.logged("collector is failing", "reason=auth", `source "db": the database refused the login`, "check user and password of the source")
		write(t, file, "right\n")
		r.until("the values are there", is(2./3, csat, "collector=answers"))
	})
}

func TestAServerThatRestartsIsReadAgain(t *testing.T) {
	t.Parallel()
	test := func(t *testing.T, server *testdb.Server) {
		db := server.New(t)
		survey(t, db)
		r := start(t, cx(source(db), answers))
		r.until("the values are there", is(2./3, csat))
		server.Stop(t)
		p := r.until("the failure is counted", above(0, "cx_collector_failures_total", "reason=connect"))
		p.holds(t, is(2./3, csat), is(0, "cx_collector_success"), is(0, "cx_source_up"))
		server.Start(t)
		answer(t, db, 5)
		r.until("the values are new", every(is(3./4, csat), is(1, "cx_collector_success"), is(1, "cx_source_up")))
	}
	// The servers of tests keep nothing over a crash, unless they are told to.
	t.Run(testdb.DriverPostgres, func(t *testing.T) {
		t.Parallel()
		test(t, testdb.StartPostgres(t, "synchronous_commit=on"))
	})
	t.Run(testdb.DriverMySQL, func(t *testing.T) {
		t.Parallel()
		test(t, testdb.StartMariaDB(t, "innodb-flush-log-at-trx-commit=1"))
	})
}

// A server that accepts connections and never answers is the one that wedges
// exporters for good.
func TestAServerThatHangsIsReadAgainWithinAnInterval(t *testing.T) {
	t.Parallel()
	const interval = 8 * time.Second
	collector := strings.ReplaceAll(answers, "3s", interval.String())
	servers(t, func(t *testing.T, db *testdb.Database) {
		survey(t, db)
		proxy := testdb.NewProxy(t, db.Server.Addr())
		r := start(t, cx(sourceAt(db, proxy.Addr())+"    connect_timeout: 2s\n", collector))
		r.until("the values are there", is(2./3, csat))
		answer(t, db, 5)
		proxy.Set(testdb.Hold)
		fastest := patience
		r.until("the failure is counted", func(p page) error {
			begun := time.Now()
			r.scrape().holds(t, is(2./3, csat))
			fastest = min(fastest, time.Since(begun))
			return is(0, "cx_collector_success")(p)
		})
		if fastest > time.Second {
			t.Errorf("the fastest scrape took %s while the database hung", fastest)
		}
		if n := proxy.Live(); n > 2 {
			t.Errorf("%d connections are open to a server that hangs, more than the two allowed", n)
		}
		proxy.Set(testdb.Pass)
		begun := time.Now()
		r.until("the values are new", every(is(3./4, csat), is(1, "cx_collector_success")))
		// The next slot is at most an interval away; the run itself, beside other
		// tests and under the race detector, has been seen to take over a second.
		if took := time.Since(begun); took > interval+3*time.Second {
			t.Errorf("it took %s until the values were new, more than the interval of %s", took, interval)
		}
	})
}

// reader makes a user who may read the database.
func reader(t *testing.T, db *testdb.Database, password string) string {
	t.Helper()
	user := "reader_" + strings.TrimPrefix(db.Name, "cx_test_")
	admin := func(statement string) {
		if _, err := db.Server.Admin().ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	if db.Driver == testdb.DriverPostgres {
		admin(fmt.Sprintf("CREATE ROLE %s LOGIN PASSWORD '%s'", user, password))
		db.Exec(t, "GRANT SELECT ON ALL TABLES IN SCHEMA public TO "+user)
		t.Cleanup(func() {
			_, _ = db.DB.Exec("DROP OWNED BY " + user)
			_, _ = db.Server.Admin().Exec("DROP ROLE " + user)
		})
		return user
	}
	admin(fmt.Sprintf("CREATE USER %s@'%%' IDENTIFIED BY %s", user, strconv.Quote(password)))
	admin(fmt.Sprintf("GRANT SELECT ON %s.* TO %s@'%%'", db.Name, user))
	t.Cleanup(func() { _, _ = db.Server.Admin().Exec(fmt.Sprintf("DROP USER %s@'%%'", user)) })
	return user
}

func write(tb testing.TB, path, text string) {
	tb.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		tb.Fatal(err)
	}
}
