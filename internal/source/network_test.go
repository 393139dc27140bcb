package source_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/source"
	"github.com/cx-exporter/cx-exporter/internal/testdb"
)

// parts are options in parts that reach a test database.
func parts(db *testdb.Database, host string, tls source.TLS) source.Options {
	return source.Options{Name: "shop", Driver: db.Driver, Parts: source.Parts{
		Host: host, Port: db.Server.Port, User: db.Server.User, Database: db.Name, TLS: tls,
		Password: func() (string, error) { return db.Server.Password, nil },
	}}
}

func TestTLSIsAsStrictAsItsModeSays(t *testing.T) {
	t.Parallel()
	encrypted := map[string]string{
		source.Postgres: "SELECT ssl::text FROM pg_stat_ssl WHERE pid = pg_backend_pid()",
		source.MySQL:    "SELECT IF(variable_value = '', 'false', 'true') FROM information_schema.session_status WHERE variable_name = 'SSL_VERSION'",
	}
	servers(t, func(t *testing.T, db *testdb.Database) {
		if db.Server.CAFile == "" {
			t.Skip("the server of the environment has a certificate of its own")
		}
		other := testdb.MariaDB(t)
		if db.Driver == source.MySQL {
			other = testdb.Postgres(t)
		}
		for _, test := range []struct {
			host, mode, ca string
			want           string // whether the connection is encrypted, or a part of the error
		}{
			{"127.0.0.1", "", "", "true"},
			{"127.0.0.1", "disable", "", "false"},
			{"127.0.0.1", "require", "", "true"},
			{"127.0.0.1", "verify-ca", db.Server.CAFile, "true"},
			{"127.0.0.1", "verify-ca", other.CAFile, "authority"},
			{"127.0.0.1", "verify-ca", "", "authority"},
			{"localhost", "verify-full", db.Server.CAFile, "true"},
			{"127.0.0.1", "verify-full", db.Server.CAFile, "another name"},
			{"localhost", "verify-full", other.CAFile, "authority"},
			{"localhost", "verify-full", "/no/such/file.pem", "no such file"},
		} {
			name := fmt.Sprintf("%s with mode %q and authority %q", test.host, test.mode, test.ca)
			d := open(t, parts(db, test.host, source.TLS{Mode: test.mode, CAFile: test.ca}))
			rows, err := query(t.Context(), d, encrypted[db.Driver])
			switch {
			case test.want == "true" || test.want == "false":
				if err != nil || len(rows) != 1 || rows[0][0] != test.want {
					t.Errorf("%s: got %v %v, want %s", name, rows, err, test.want)
				}
			case err == nil || kindOf(t, err) != source.KindConnect || !strings.Contains(err.Error(), test.want):
				t.Errorf("%s: got %v, want an error about %s", name, err, test.want)
			}
		}
	})
}

func TestAServerWithoutTLSIsOnlyUsedInClearWhereThatIsSaid(t *testing.T) {
	t.Parallel()
	for driver, start := range map[string]func(testing.TB) *testdb.Server{
		source.Postgres: func(tb testing.TB) *testdb.Server { return testdb.StartPostgres(tb, "ssl=off") },
		source.MySQL:    func(tb testing.TB) *testdb.Server { return testdb.StartMariaDB(tb, "skip-ssl") },
	} {
		t.Run(driver, func(t *testing.T) {
			t.Parallel()
			db := start(t).New(t)
			if _, err := query(t.Context(), open(t, parts(db, "127.0.0.1", source.TLS{Mode: "require"})), "SELECT 1"); err == nil ||
				kindOf(t, err) != source.KindConnect || !strings.Contains(err.Error(), "does not offer TLS") {
				t.Errorf("with mode require: got %v", err)
			}
			mustQuery(t, open(t, parts(db, "127.0.0.1", source.TLS{Mode: "disable"})), "SELECT 1")
			mustQuery(t, open(t, parts(db, "localhost", source.TLS{})), "SELECT 1")
		})
	}
}

func TestBehindPgBouncerEverythingHolds(t *testing.T) {
	t.Parallel()
	db := testdb.Postgres(t).New(t)
	db.Exec(t, "CREATE TABLE t (a INTEGER)")
	host, port := testdb.PgBouncer(t, db.Server)
	o := parts(db, host, source.TLS{Mode: "disable"})
	o.Parts.Port = port
	o.MaxConnections = 4
	d := open(t, o)
	// All callers share one connection to the server.
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
			defer cancel()
			rows, err := query(ctx, d, "SELECT current_setting('TimeZone'), current_setting('transaction_read_only'), current_setting('statement_timeout') <> '0'")
			if err != nil || len(rows) != 1 || rows[0][0] != "UTC" || rows[0][1] != "on" || rows[0][2] != true {
				t.Errorf("got %v %v", rows, err)
			}
		})
	}
	all.Wait()
	r, err := d.Check(t.Context())
	if err != nil || !r.ReadOnly || !r.TimeLimit {
		t.Errorf("got %+v %v", r, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	all.Go(func() {
		if _, err := query(ctx, d, sleep(source.Postgres, 60)); kindOf(t, err) != source.KindCancelled {
			t.Errorf("got %v", err)
		}
	})
	eventually(t, 10*time.Second, "running", func() bool { return running(t, db) == 1 })
	cancel()
	all.Wait()
	eventually(t, 5*time.Second, "free of the statement", func() bool { return running(t, db) == 0 })
	mustQuery(t, d, "SELECT 1")
}

// refusing returns a proxy before a MySQL server that answers statements which
// hold a word with an error of a number.
func refusing(t *testing.T, db *testdb.Database, word string, number uint16) *testdb.Proxy {
	t.Helper()
	return testdb.NewAnsweringProxy(t, db.Server.Addr(), func(request []byte) []byte {
		if len(request) < 5 || request[4] != 0x03 || !bytes.Contains(request, []byte(word)) {
			return nil
		}
		body := append(binary.LittleEndian.AppendUint16([]byte{0xff}, number), "#42000not here"...)
		return append([]byte{byte(len(body)), 0, 0, request[3] + 1}, body...)
	})
}

func TestAServerWithoutReadOnlyTransactionsIsReadAllTheSame(t *testing.T) {
	t.Parallel()
	db := testdb.MariaDB(t).New(t)
	db.Exec(t, "CREATE TABLE t (a INTEGER)")
	for _, test := range []struct {
		word string
		in   int64 // whether there is a transaction
	}{{"READ ONLY", 1}, {"START TRANSACTION", 0}} {
		var log lockedBuffer
		o := through(t, db, refusing(t, db, test.word, 1235))
		o.MaxConnections = 1
		d, err := source.Open(o, slog.New(slog.NewTextHandler(&log, nil)))
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			rows, err := query(t.Context(), d, "SELECT COUNT(*), @@in_transaction FROM t")
			if err != nil || rows[0][0] != int64(0) || rows[0][1] != test.in {
				t.Errorf("without %s: got %v %v", test.word, rows, err)
			}
		}
		if n := strings.Count(log.String(), "no read-only transactions"); n != 1 {
			t.Errorf("without %s: said %d times:\n%s", test.word, n, log.String())
		}
		r, err := d.Check(t.Context())
		if err != nil || r.ReadOnly {
			t.Errorf("without %s: got %+v %v", test.word, r, err)
		}
		_ = d.Close()
	}
}

func TestAServerWithoutATimeLimitIsToldWhenTimeIsUp(t *testing.T) {
	t.Parallel()
	db := testdb.MariaDB(t).New(t)
	var log lockedBuffer
	d, err := source.Open(through(t, db, refusing(t, db, "max_statement_time", 1193)), slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = d.Close() }()
	connect(t, d, 1)
	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	if _, err := query(ctx, d, sleep(source.MySQL, 60)); kindOf(t, err) != source.KindTimeout {
		t.Errorf("got %v", err)
	}
	eventually(t, 5*time.Second, "free of the statement", func() bool { return running(t, db) == 0 })
	r, err := d.Check(t.Context())
	if err != nil || r.TimeLimit || !r.ReadOnly {
		t.Errorf("got %+v %v", r, err)
	}
	if n := strings.Count(log.String(), "no time limit"); n != 1 {
		t.Errorf("said %d times:\n%s", n, log.String())
	}
}

func TestAServerThatLimitsOnlyStatementsIsReadAllTheSame(t *testing.T) {
	t.Parallel()
	db := testdb.Postgres(t).New(t)
	p := testdb.NewAnsweringProxy(t, db.Server.Addr(), func(request []byte) []byte {
		if request[0] != 'Q' || !bytes.Contains(request, []byte("lock_timeout")) {
			return nil
		}
		body := []byte("SERROR\x00C42704\x00Munrecognized configuration parameter\x00\x00")
		reply := binary.BigEndian.AppendUint32([]byte{'E'}, uint32(len(body)+4))
		return append(append(reply, body...), 'Z', 0, 0, 0, 5, 'E')
	})
	d := open(t, through(t, db, p))
	for range 2 {
		rows := mustQuery(t, d, "SELECT current_setting('transaction_read_only'), current_setting('statement_timeout') <> '0', current_setting('TimeZone')")
		if rows[0][0] != "on" || rows[0][1] != true || rows[0][2] != "UTC" {
			t.Errorf("got %v", rows)
		}
	}
	if r, err := d.Check(t.Context()); err != nil || !r.ReadOnly || !r.TimeLimit {
		t.Errorf("got %+v %v", r, err)
	}
}

func TestAServerThatFallsSilentAfterTheLoginIsGivenUp(t *testing.T) {
	t.Parallel()
	servers(t, func(t *testing.T, db *testdb.Database) {
		p := testdb.NewAnsweringProxy(t, db.Server.Addr(), func(request []byte) []byte {
			if bytes.Contains(bytes.ToUpper(request), []byte("VERSION()")) {
				return []byte{} // swallowed
			}
			return nil
		})
		o := through(t, db, p)
		o.ConnectTimeout = 500 * time.Millisecond
		start := time.Now()
		if _, err := query(t.Context(), open(t, o), "SELECT 1"); kindOf(t, err) != source.KindConnect {
			t.Errorf("got %v", err)
		}
		if took := time.Since(start); took > 10*time.Second {
			t.Errorf("it took %s", took)
		}
	})
}

func TestAServerThatLimitsNoLocksStillLimitsStatements(t *testing.T) {
	t.Parallel()
	db := testdb.MariaDB(t).New(t)
	d := open(t, through(t, db, refusing(t, db, "lock_wait_timeout", 1193)))
	if rows := mustQuery(t, d, "SELECT @@session.max_statement_time > 0"); rows[0][0] != int64(1) {
		t.Errorf("got %v", rows)
	}
}

func TestWhatIsNoServerOfTheKindIsAnError(t *testing.T) {
	t.Parallel()
	for _, says := range []string{
		"", "HTTP/1.1 400 Bad Request\r\n\r\n", "\x00", "SSH-2.0-OpenSSH_9.2\r\n", "R\x00\x00\x00\x04", "R\x00\x00\x00\x08\x00\x00\x00\x00D\x00\x00\x00\x04",
		"R\x00\x00\x00\x08\x00\x00\x00\x00Z\x00\x00\x00\x05ID\x00\x00\x00\x06\x00\x05", "\xff\xff\xff\xff\xff\xff\xff\xff", "\x01\x00\x00\x00\x0a", "\x05\x00\x00\x00\x0a8.0\x00",
		"R\x00\x00\x00\x0c\x00\x00\x00\x05abcd", strings.Repeat("S\x00\x00\x00\x05\x00", 10),
	} {
		for _, driver := range []string{source.Postgres, source.MySQL} {
			d := open(t, source.Options{
				Name: "shop", Driver: driver, ConnectTimeout: 300 * time.Millisecond,
				Parts: source.Parts{Host: "127.0.0.1", Port: listen(t, says), User: "u", TLS: source.TLS{Mode: "disable"}},
			})
			start := time.Now()
			err := d.Read(t.Context(), func(ctx context.Context, tx *source.Tx) error {
				_, err := tx.Query(ctx, facts.Statement{SQL: "SELECT 1"}, func(facts.Row) error { return nil })
				return err
			})
			if err == nil || kindOf(t, err) != source.KindConnect {
				t.Errorf("%s, %q: got %v", driver, says, err)
			}
			if took := time.Since(start); took > 10*time.Second {
				t.Errorf("%s, %q: took %s", driver, says, took)
			}
		}
	}
}
