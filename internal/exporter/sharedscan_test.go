package exporter_test

import (
	"context"
	"database/sql"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cx-exporter/cx-exporter/collectors"
	"github.com/cx-exporter/cx-exporter/config"
	"github.com/cx-exporter/cx-exporter/internal/calendar"
	"github.com/cx-exporter/cx-exporter/internal/exporter"
	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/source"
	"github.com/cx-exporter/cx-exporter/internal/testdb"
)

var (
	sharedScan     = flag.Bool("shared-scan", false, "run the database benchmark")
	sharedScanRows = flag.Int("shared-scan-rows", 5_000_000, "rows of the database benchmark")
)

// scanDimensions and scanWindows are the four groupings (the total and each
// dimension) and the four windows of the benchmark.
var (
	scanDimensions = []string{"region", "plan", "touchpoint"}
	scanWindows    = []string{"7d", "30d", "90d", "365d"}
)

// TestSharedScan measures what one statement for all windows and breakdowns
// costs the database, beside the queries that people write by hand, one a window
// and grouping, and beside counting the rows of the table. All figures are CPU
// time of the server's process where it runs on this machine, else wall time, the
// least of repeated, interleaved runs (what else a machine does only adds), with
// parallel query and sorts off, as in the exporter's sessions.
func TestSharedScan(t *testing.T) {
	if !*sharedScan {
		t.Skip("a benchmark of minutes: make bench, or -shared-scan")
	}
	// Servers compile expressions unless told otherwise; those of other tests are.
	server := testdb.StartPostgres(t, "shared_buffers=1GB", "max_wal_size=4GB", "jit=on")
	db := server.New(t)
	at := time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC)
	begun := time.Now()
	db.Exec(t,
		`CREATE TABLE answers (id bigint, responded_at timestamptz NOT NULL, score smallint, region text, plan text, touchpoint text, comment text)`,
		fmt.Sprintf(`INSERT INTO answers SELECT g,
			timestamptz '2026-09-01 00:00:00+00' - interval '3 years' + (g * (3 * 365.25 * 86400.0 / %d)) * interval '1 second' + (hashint4(g) %% 86400) * interval '0.5 second',
			CASE WHEN hashint4(g + 1) %% 100 < 47 THEN 9 + abs(hashint4(g + 2)) %% 2 WHEN hashint4(g + 1) %% 100 < 75 THEN 7 + abs(hashint4(g + 2)) %% 2 ELSE abs(hashint4(g + 2)) %% 7 END,
			'region-' || abs(hashint4(g + 3)) %% 8, 'plan-' || abs(hashint4(g + 4)) %% 4, 'touchpoint-' || abs(hashint4(g + 5)) %% 12,
			repeat('x', 60)
		FROM generate_series(1, %d) AS g`, *sharedScanRows, *sharedScanRows),
		`VACUUM (ANALYZE, FREEZE) answers`)
	t.Logf("%d rows loaded in %.0f s", *sharedScanRows, time.Since(begun).Seconds())

	conn, err := db.DB.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	scan := &scanner{t: t, conn: conn}
	scan.exec("SET max_parallel_workers_per_gather = 0")
	scan.sorts(false)
	scan.exec("SET TIME ZONE 'UTC'")
	scan.find()

	for _, index := range []string{"", "CREATE INDEX answers_time ON answers (responded_at)"} {
		name := "without a time index"
		if index != "" {
			db.Exec(t, index, "VACUUM (ANALYZE) answers")
			name = "with a time index"
		}
		for _, change := range []bool{false, true} {
			ours := ourStatement(t, db, at, change)
			naive := handWritten(at, change)
			scan.compare(name, change, ours, naive)
		}
	}
	scan.memory(ourStatement(t, db, at, false))
	wholeEvaluation(t, db, at)
}

// ourStatement is what the exporter runs for NPS.
func ourStatement(t *testing.T, db *testdb.Database, at time.Time, change bool) string {
	t.Helper()
	statements, err := scanEvaluator(t, db, change).Statements(t.Context(), at)
	if err != nil {
		t.Fatal(err)
	}
	if len(statements) != 1 {
		t.Fatalf("%d statements, want 1", len(statements))
	}
	return statements[0].SQL
}

func scanEvaluator(t *testing.T, db *testdb.Database, change bool) *exporter.Evaluator {
	t.Helper()
	definition, _ := collectors.Lookup("nps")
	nps, err := definition.New().KPI(collectors.Binding{Entity: "responses"})
	if err != nil {
		t.Fatal(err)
	}
	c := config.Collector{
		Name: "bench", Sources: []string{"bench"}, Entity: "responses", Change: change,
		Relation: facts.Relation{Table: "answers"}, RowBudget: 50_000, KPIs: []collectors.KPI{nps},
	}
	for _, d := range scanDimensions {
		c.Relation.Dimensions = append(c.Relation.Dimensions, facts.Dimension{Name: d, Columns: []string{d}})
	}
	for _, w := range scanWindows {
		window, err := calendar.Parse(w)
		if err != nil {
			t.Fatal(err)
		}
		c.Windows = append(c.Windows, window)
	}
	src, err := source.Open(source.Options{
		Name: "bench", Driver: source.Postgres, DSN: func() (string, error) { return db.DSN, nil }, MaxConnections: 1,
	}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { src.Close() })
	return exporter.NewEvaluator(config.Global{Zone: time.UTC, Confidence: 0.95, MaxSegments: 50}, c, []*source.DB{src})
}

// handWritten are the queries that somebody would write, one a window and
// grouping, and with comparisons twice as many.
func handWritten(at time.Time, change bool) []string {
	var out []string
	for _, w := range scanWindows {
		days, _ := strconv.Atoi(strings.TrimSuffix(w, "d"))
		for _, d := range append([]string{""}, scanDimensions...) {
			for back := range 2 {
				if back == 1 && !change {
					continue
				}
				hi := at.AddDate(0, 0, -back*days)
				lo := hi.AddDate(0, 0, -days)
				group, column := "", ""
				if d != "" {
					group, column = " GROUP BY "+d, d+", "
				}
				out = append(out, fmt.Sprintf(`SELECT %s100.0 * (SUM(CASE WHEN score >= 9 THEN 1 ELSE 0 END) - SUM(CASE WHEN score <= 6 THEN 1 ELSE 0 END)) / COUNT(*)
					FROM answers WHERE responded_at >= '%s' AND responded_at < '%s'%s`, column, lo.Format(time.RFC3339), hi.Format(time.RFC3339), group))
			}
		}
	}
	return out
}

// scanner runs statements on one connection and takes the time.
type scanner struct {
	t    *testing.T
	conn *sql.Conn
	pid  int // of the server's process; 0 where it is not on this machine
}

func (s *scanner) exec(statement string) {
	s.t.Helper()
	if _, err := s.conn.ExecContext(s.t.Context(), statement); err != nil {
		s.t.Fatal(err)
	}
}

// sorts lets the planner sort, or keeps it from it as the exporter does for cubes.
func (s *scanner) sorts(on bool) {
	s.t.Helper()
	settings := []string{"enable_sort = off", "jit_inline_above_cost = -1", "jit_optimize_above_cost = -1"}
	if on {
		settings = []string{"enable_sort = DEFAULT", "jit_inline_above_cost = DEFAULT", "jit_optimize_above_cost = DEFAULT"}
	}
	for _, setting := range settings {
		s.exec("SET " + setting)
	}
}

// find looks for the server's process among this machine's.
func (s *scanner) find() {
	var pid int
	if err := s.conn.QueryRowContext(s.t.Context(), "SELECT pg_backend_pid()").Scan(&pid); err != nil {
		s.t.Fatal(err)
	}
	if line, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid)); err == nil && strings.Contains(string(line), "postgres") {
		s.pid = pid
	}
}

// spent is the server's CPU time so far, or the time of day.
func (s *scanner) spent() time.Duration {
	if s.pid != 0 {
		b, err := os.ReadFile(fmt.Sprintf("/proc/%d/schedstat", s.pid))
		if err == nil {
			if ns, err := strconv.ParseInt(strings.Fields(string(b))[0], 10, 64); err == nil {
				return time.Duration(ns)
			}
		}
		s.pid = 0
	}
	return time.Duration(time.Now().UnixNano())
}

// cost runs statements, reads all rows, and returns what they took.
func (s *scanner) cost(statements ...string) (time.Duration, int) {
	s.t.Helper()
	before := s.spent()
	n := 0
	for _, q := range statements {
		rows, err := s.conn.QueryContext(s.t.Context(), q)
		if err != nil {
			s.t.Fatal(err)
		}
		for rows.Next() {
			n++
		}
		if err := rows.Err(); err != nil {
			s.t.Fatal(err)
		}
		rows.Close()
	}
	return s.spent() - before, n
}

// compare runs ours, the hand-written ones and the count in turn, and prints
// the least of each and their ratios.
func (s *scanner) compare(name string, change bool, ours string, naive []string) {
	s.t.Helper()
	const times = 9
	var a, b, c []time.Duration
	var rows int
	s.cost(ours) // everything in memory
	for range times {
		d, n := s.cost(ours)
		a, rows = append(a, d), n
		d, _ = s.cost(naive...)
		b = append(b, d)
		d, _ = s.cost("SELECT count(*) FROM answers")
		c = append(c, d)
	}
	one, many, count := slices.Min(a), slices.Min(b), slices.Min(c)
	s.t.Logf("%s, %d hand-written queries: one statement %d ms (%d rows), hand-written %d ms, count(*) %d ms: %.1f times less, %.1f counts",
		name, len(naive), one.Milliseconds(), rows, many.Milliseconds(), count.Milliseconds(),
		float64(many)/float64(one), float64(one)/float64(count))
	if change {
		return
	}
	least := 8.0
	if strings.HasPrefix(name, "with ") {
		least = 3
	} else if ratio := float64(one) / float64(count); ratio > 4 {
		s.t.Errorf("one statement costs %.1f counts, want at most 4", ratio)
	}
	if ratio := float64(many) / float64(one); ratio < least {
		s.t.Errorf("%s: %.1f times less than by hand, want at least %.0f", name, ratio, least)
	}
}

// memory prints what the statement costs on servers that give it more memory
// than the default of 4 MB, hashed as the exporter asks for it, and as the
// planner would have it.
func (s *scanner) memory(ours string) {
	s.t.Helper()
	usual, _ := s.cost(ours)
	for _, size := range []string{"16MB", "64MB", "256MB"} {
		s.exec("SET work_mem = '" + size + "'")
		hashed, _ := s.cost(ours)
		s.sorts(true)
		planned, _ := s.cost(ours)
		s.sorts(false)
		s.t.Logf("work_mem %s: one statement %d ms, %d ms as the planner would have it", size, hashed.Milliseconds(), planned.Milliseconds())
		if hashed > 2*usual {
			s.t.Errorf("work_mem %s: %d ms, more than twice the %d ms of the default", size, hashed.Milliseconds(), usual.Milliseconds())
		}
	}
	s.exec("RESET work_mem")
}

// wholeEvaluation prints what a refresh takes with everything around it.
func wholeEvaluation(t *testing.T, db *testdb.Database, at time.Time) {
	t.Helper()
	e := scanEvaluator(t, db, true)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	begun := time.Now()
	s, err := e.At(ctx, at)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("a whole evaluation with comparisons: %d ms, %d statement, %d rows, %d series", time.Since(begun).Milliseconds(), s[0].Statements, s[0].Rows, len(s[0].Series))
}
