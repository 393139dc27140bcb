package source_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"

	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/source"
	"github.com/cx-exporter/cx-exporter/internal/testdb"
)

// servers runs a test on both servers that are reached by network.
func servers(t *testing.T, test func(t *testing.T, db *testdb.Database)) {
	t.Helper()
	t.Run(source.Postgres, func(t *testing.T) {
		t.Parallel()
		test(t, testdb.Postgres(t).New(t))
	})
	t.Run(source.MySQL, func(t *testing.T) {
		t.Parallel()
		test(t, testdb.MariaDB(t).New(t))
	})
}

// through returns options that reach a database through a proxy.
func through(t *testing.T, db *testdb.Database, p *testdb.Proxy) source.Options {
	t.Helper()
	o := options(db)
	dsn := strings.Replace(db.DSN, db.Server.Addr(), p.Addr(), 1)
	if dsn == db.DSN {
		t.Skip("the server of the environment cannot be put behind a proxy")
	}
	o.DSN = func() (string, error) { return dsn, nil }
	return o
}

// sleep is a statement that takes a number of seconds.
func sleep(driver string, seconds int) string {
	switch driver {
	case source.Postgres:
		return fmt.Sprintf("SELECT pg_sleep(%d)", seconds)
	case source.MySQL:
		return fmt.Sprintf("SELECT SLEEP(%d)", seconds)
	}
	// Some hundred million steps a second's worth, and no row before the end.
	return "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4000000000) SELECT MAX(i) FROM n"
}

// running counts the long statements of these tests that the server is
// executing in a database.
func running(t *testing.T, db *testdb.Database) int {
	t.Helper()
	text := "SELECT COUNT(*) FROM information_schema.processlist WHERE db = '" + db.Name + "' AND (info LIKE '%SELECT SLEEP%' OR info LIKE '%REPEAT(%') AND id <> CONNECTION_ID()"
	if db.Driver == source.Postgres {
		text = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = '" + db.Name + "' AND application_name = 'cx-exporter' AND state = 'active' AND (query LIKE '%pg_sleep%' OR query LIKE '%repeat(%')"
	}
	var n int
	if err := db.Server.Admin().QueryRowContext(t.Context(), text).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// connect makes a source open a number of connections, which idle then.
func connect(t *testing.T, d *source.DB, n int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	var all sync.WaitGroup
	var met atomic.Int32
	together := make(chan struct{})
	for range n {
		all.Go(func() {
			err := d.Read(ctx, func(ctx context.Context, _ *source.Tx) error {
				if met.Add(1) == int32(n) {
					close(together)
				}
				select {
				case <-together:
					return nil
				case <-ctx.Done():
					return ctx.Err()
				}
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if t.Failed() {
		t.FailNow()
	}
}

// eventually waits for a condition, which must come true within a time.
func eventually(t *testing.T, within time.Duration, what string, condition func() bool) {
	t.Helper()
	deadline := time.After(within)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !condition() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("after %s: still not %s", within, what)
		}
	}
}

func TestASilentServerDelaysReadsAndIsUsedAgainWhenItAnswers(t *testing.T) {
	t.Parallel()
	servers(t, func(t *testing.T, db *testdb.Database) {
		p := testdb.NewProxy(t, db.Server.Addr())
		o := through(t, db, p)
		o.MaxConnections = 3
		d := open(t, o)
		connect(t, d, 3) // so that there are some to freeze
		var all sync.WaitGroup
		p.Set(testdb.Hold)
		for range 5 {
			for range 3 {
				all.Go(func() {
					ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
					defer cancel()
					start := time.Now()
					if _, err := query(ctx, d, "SELECT 1"); err == nil {
						t.Error("a silent server gave an answer")
					}
					if took := time.Since(start); took > 8*time.Second {
						t.Errorf("a read of half a second took %s", took)
					}
				})
			}
			all.Wait()
		}
		p.Set(testdb.Pass)
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		rows, err := query(ctx, d, "SELECT 1")
		if err != nil || len(rows) != 1 {
			t.Fatalf("after the server came back: %v %v", rows, err)
		}
		eventually(t, 5*time.Second, "rid of the connections that hung", func() bool { return p.Live() <= o.MaxConnections })
	})
}

func TestAStatementOfADeadClientIsEndedByTheServer(t *testing.T) {
	t.Parallel()
	servers(t, func(t *testing.T, db *testdb.Database) {
		p := testdb.NewProxy(t, db.Server.Addr())
		d := open(t, through(t, db, p))
		connect(t, d, 1)
		go func() {
			for running(t, db) == 0 && t.Context().Err() == nil {
				time.Sleep(5 * time.Millisecond)
			}
			p.Set(testdb.Hold) // neither we nor a request to stop reach the server now
		}()
		ctx, cancel := context.WithTimeout(t.Context(), 1500*time.Millisecond)
		defer cancel()
		start := time.Now()
		_, err := query(ctx, d, sleep(db.Driver, 60))
		if kind := kindOf(t, err); kind != source.KindTimeout {
			t.Errorf("got %v", err)
		}
		if took := time.Since(start); took > 8*time.Second {
			t.Errorf("the read took %s", took)
		}
		eventually(t, 5*time.Second, "free of the statement", func() bool { return running(t, db) == 0 })
	})
}

func TestWhatIsGivenUpIsStoppedOnTheServer(t *testing.T) {
	t.Parallel()
	servers(t, func(t *testing.T, db *testdb.Database) {
		o := options(db)
		o.MaxConnections = 5
		d := open(t, o)
		var all sync.WaitGroup
		ctx, cancel := context.WithCancel(t.Context())
		for range 5 {
			all.Go(func() {
				_, err := query(ctx, d, sleep(db.Driver, 60))
				if !errors.Is(err, context.Canceled) || kindOf(t, err) != source.KindCancelled {
					t.Errorf("got %v", err)
				}
			})
		}
		eventually(t, 10*time.Second, "running", func() bool { return running(t, db) == 5 })
		cancel()
		all.Wait()
		eventually(t, 5*time.Second, "free of the statements", func() bool { return running(t, db) == 0 })
		if _, err := query(t.Context(), d, "SELECT 1"); err != nil {
			t.Errorf("afterwards: %v", err)
		}
	})
}

func TestADeadlineEndsTheStatementAndKeepsTheConnection(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, db *testdb.Database) {
		d := open(t, options(db))
		connect(t, d, 1)
		ctx, cancel := context.WithTimeout(t.Context(), 400*time.Millisecond)
		defer cancel()
		start := time.Now()
		_, err := query(ctx, d, sleep(db.Driver, 60))
		if !errors.Is(err, context.DeadlineExceeded) || kindOf(t, err) != source.KindTimeout {
			t.Errorf("got %v", err)
		}
		if took := time.Since(start); took > 8*time.Second {
			t.Errorf("the read took %s", took)
		}
		if rows := mustQuery(t, d, "SELECT 1"); len(rows) != 1 {
			t.Errorf("afterwards: got %v", rows)
		}
	})
}

func TestCloseStopsWhatRunsAndWaitsForIt(t *testing.T) {
	t.Parallel()
	servers(t, func(t *testing.T, db *testdb.Database) {
		d := open(t, options(db))
		ended := make(chan error, 1)
		go func() {
			_, err := query(t.Context(), d, sleep(db.Driver, 60))
			ended <- err
		}()
		eventually(t, 10*time.Second, "running", func() bool { return running(t, db) == 1 })
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
		select {
		case err := <-ended:
			if kindOf(t, err) != source.KindCancelled || !strings.Contains(err.Error(), "closed") {
				t.Errorf("got %v", err)
			}
		case <-time.After(time.Second): // the other goroutine only has to be scheduled
			t.Error("closing did not wait for the read")
		}
		eventually(t, 5*time.Second, "free of the statement", func() bool { return running(t, db) == 0 })
		if _, err := query(t.Context(), d, "SELECT 1"); kindOf(t, err) != source.KindCancelled {
			t.Errorf("a closed source: got %v", err)
		}
	})
}

func TestMoreRowsThanTheLimitEndTheStatement(t *testing.T) {
	t.Parallel()
	many := map[string]string{
		source.Postgres: "SELECT generate_series(1, 100000000), repeat('x', 1000)",
		source.MySQL:    "SELECT seq, REPEAT('x', 1000) FROM seq_1_to_100000000",
		source.SQLite:   "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000000) SELECT i FROM n",
	}
	testdb.Each(t, func(t *testing.T, db *testdb.Database) {
		d := open(t, options(db))
		for name, stop := range map[string]struct {
			limit int
			yield func(facts.Row) error
			want  error
			rows  int
		}{
			"by the limit":  {1000, func(facts.Row) error { return nil }, source.ErrTooManyRows, 1000},
			"by the callee": {0, func(facts.Row) error { return errEnough }, errEnough, 1},
		} {
			var rows int
			start := time.Now()
			err := d.Read(t.Context(), func(ctx context.Context, tx *source.Tx) (err error) {
				rows, err = tx.Query(ctx, facts.Statement{SQL: many[db.Driver], Limit: stop.limit}, stop.yield)
				return err
			})
			if !errors.Is(err, stop.want) || rows != stop.rows {
				t.Errorf("%s: got %d rows and %v", name, rows, err)
			}
			if took := time.Since(start); took > 15*time.Second {
				t.Errorf("%s: it took %s to stop", name, took)
			}
			if db.Server != nil {
				eventually(t, 5*time.Second, "free of the statement", func() bool { return running(t, db) == 0 })
			}
		}
		err := d.Read(t.Context(), func(ctx context.Context, tx *source.Tx) error {
			n, err := tx.Query(ctx, facts.Statement{SQL: "SELECT 1 AS a UNION ALL SELECT 2", Limit: 2}, func(facts.Row) error { return nil })
			if n != 2 {
				t.Errorf("as many rows as the limit: got %d", n)
			}
			return err
		})
		if err != nil {
			t.Errorf("as many rows as the limit: %v", err)
		}
	})
}

var errEnough = errors.New("that is enough")

func TestConnectionsAreCapped(t *testing.T) {
	t.Parallel()
	servers(t, func(t *testing.T, db *testdb.Database) {
		p := testdb.NewProxy(t, db.Server.Addr())
		o := through(t, db, p)
		o.MaxConnections = 2
		d := open(t, o)
		var at, most atomic.Int32
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				err := d.Read(t.Context(), func(ctx context.Context, tx *source.Tx) error {
					for n := at.Add(1); ; {
						if m := most.Load(); n <= m || most.CompareAndSwap(m, n) {
							break
						}
					}
					defer at.Add(-1)
					_, err := tx.Query(ctx, facts.Statement{SQL: "SELECT 1"}, func(facts.Row) error { return nil })
					return err
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if most.Load() > 2 || p.Accepted() > 2 {
			t.Errorf("%d reads at a time, %d connections made; want at most 2", most.Load(), p.Accepted())
		}
		// With both in use, a third caller waits no longer than it may.
		err := d.Read(t.Context(), func(ctx context.Context, _ *source.Tx) error {
			return d.Read(ctx, func(ctx context.Context, _ *source.Tx) error {
				ctx, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
				defer cancel()
				_, err := query(ctx, d, "SELECT 1")
				return err
			})
		})
		if kindOf(t, err) != source.KindTimeout || !strings.Contains(err.Error(), "all connections") {
			t.Errorf("got %v", err)
		}
	})
}

func TestARestartOfTheServerCostsNoRestartOfOurs(t *testing.T) {
	t.Parallel()
	for name, start := range map[string]func(testing.TB, ...string) *testdb.Server{
		source.Postgres: testdb.StartPostgres, source.MySQL: testdb.StartMariaDB,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := start(t)
			db := server.New(t)
			d := open(t, options(db))
			mustQuery(t, d, "SELECT 1")
			// Between two reads, a restart goes unnoticed.
			server.Stop(t)
			server.Start(t)
			mustQuery(t, d, "SELECT 1")
			server.Stop(t)
			if _, err := query(t.Context(), d, "SELECT 1"); kindOf(t, err) != source.KindConnect {
				t.Errorf("without a server: got %v", err)
			}
			server.Start(t)
			mustQuery(t, d, "SELECT 1")
		})
	}
}

func TestAServerThatDiesInMidStatementIsAnError(t *testing.T) {
	t.Parallel()
	servers(t, func(t *testing.T, db *testdb.Database) {
		p := testdb.NewProxy(t, db.Server.Addr())
		d := open(t, through(t, db, p))
		ended := make(chan error, 1)
		go func() {
			_, err := query(t.Context(), d, sleep(db.Driver, 5))
			ended <- err
		}()
		eventually(t, 10*time.Second, "running", func() bool { return running(t, db) == 1 })
		p.Set(testdb.Reset)
		if err := <-ended; kindOf(t, err) != source.KindConnect {
			t.Errorf("got %v", err)
		}
		p.Set(testdb.Pass)
		mustQuery(t, d, "SELECT 1")
	})
}

func TestASlowNetworkIsOnlySlow(t *testing.T) {
	t.Parallel()
	servers(t, func(t *testing.T, db *testdb.Database) {
		p := testdb.NewProxy(t, db.Server.Addr())
		p.Set(testdb.Slow)
		d := open(t, through(t, db, p))
		rows := mustQuery(t, d, "SELECT 1 AS a UNION ALL SELECT 2")
		if len(rows) != 2 {
			t.Errorf("got %v", rows)
		}
	})
}

func TestAPanicOfTheCallerCostsNeitherSlotNorStatement(t *testing.T) {
	t.Parallel()
	servers(t, func(t *testing.T, db *testdb.Database) {
		o := options(db)
		o.MaxConnections = 1
		d := open(t, o)
		func() {
			defer func() {
				if recover() != errEnough {
					t.Error("the panic did not reach the caller")
				}
			}()
			_ = d.Read(t.Context(), func(ctx context.Context, tx *source.Tx) error {
				_, err := tx.Query(ctx, facts.Statement{SQL: "SELECT 1"}, func(facts.Row) error { panic(errEnough) })
				return err
			})
		}()
		mustQuery(t, d, "SELECT 1")
	})
}

func TestADSNCannotAskForWhatIsDangerous(t *testing.T) {
	t.Parallel()
	db := testdb.MariaDB(t).New(t)
	c, err := mysql.ParseDSN(db.DSN)
	if err != nil {
		t.Fatal(err)
	}
	c.MultiStatements, c.AllowAllFiles, c.AllowCleartextPasswords, c.ParseTime = true, true, true, true
	o := options(db)
	o.DSN = func() (string, error) { return c.FormatDSN(), nil }
	d := open(t, o)
	if _, err := query(t.Context(), d, "SELECT 1; SELECT 2"); kindOf(t, err) != source.KindSQL {
		t.Errorf("two statements: got %v", err)
	}
	db.Exec(t, "CREATE TABLE t (a TEXT)")
	if _, err := query(t.Context(), d, "LOAD DATA LOCAL INFILE '/etc/hostname' INTO TABLE t"); err == nil {
		t.Error("a file of ours was sent to the server")
	}
}
