package exporter_test

import (
	"context"
	"database/sql"
	"flag"
	"fmt"
	"log/slog"
	"math"
	"os"
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
// costs the database, beside the queries that people write by hand, and beside
// counting the rows of the table. Some answers have no score, one off the scale, or
// a time that is still to come: what ours leaves out. So do those by hand, except
// where it is said; that they answer the same is checked of those whose instants are
// those of ours, without comparisons. All figures are CPU time of the server's process
// where it runs on this machine, else wall time, the least of repeated, interleaved
// runs of each query (what else a machine does only adds). Ours has the settings of
// the exporter's sessions, the others have those of the server; parallel query is off
// for all.
func TestSharedScan(t *testing.T) {
	if !*sharedScan {
		t.Skip("a benchmark of minutes: make bench, or -shared-scan")
	}
	// Servers compile expressions unless told otherwise; those of other tests are.
	server := testdb.StartPostgres(t, "shared_buffers=1GB", "max_wal_size=4GB", "jit=on")
	db := server.New(t)
	at := time.Now().UTC().Truncate(time.Hour) // about what now() is
	begun := time.Now()
	db.Exec(t,
		`CREATE TABLE answers (id bigint, responded_at timestamptz NOT NULL, score smallint, region text, plan text, touchpoint text, comment text)`,
		fmt.Sprintf(`INSERT INTO answers SELECT g,
			timestamptz '%s' - interval '3 years' + (g * (3 * 365.25 * 86400.0 / %d)) * interval '1 second' + (hashint4(g) %% 86400) * interval '0.5 second',
			CASE WHEN g %% 100 = 0 THEN NULL WHEN g %% 250 = 1 THEN 11 WHEN hashint4(g + 1) %% 100 < 47 THEN 9 + abs(hashint4(g + 2)) %% 2 WHEN hashint4(g + 1) %% 100 < 75 THEN 7 + abs(hashint4(g + 2)) %% 2 ELSE abs(hashint4(g + 2)) %% 7 END,
			'region-' || abs(hashint4(g + 3)) %% 8, 'plan-' || abs(hashint4(g + 4)) %% 4, 'touchpoint-' || abs(hashint4(g + 5)) %% 12,
			repeat('x', 60)
		FROM generate_series(1, %d) AS g`, at.Format(time.RFC3339), *sharedScanRows, *sharedScanRows),
		`VACUUM (ANALYZE, FREEZE) answers`)
	t.Logf("%d rows loaded in %.0f s", *sharedScanRows, time.Since(begun).Seconds())

	conn, err := db.DB.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	scan := &scanner{t: t, conn: conn}
	scan.exec("SET max_parallel_workers_per_gather = 0")
	scan.exec("SET TIME ZONE 'UTC'")
	scan.find()
	scan.learn(scanSource(t, db))
	scan.asExporter(true)
	scan.answersAlike(scanEvaluator(t, db, true), at)

	for _, indexed := range []bool{false, true} {
		if indexed {
			db.Exec(t, "CREATE INDEX answers_time ON answers (responded_at)", "VACUUM (ANALYZE) answers")
		}
		for _, change := range []bool{false, true} {
			scan.compare(indexed, change, ourStatement(t, db, at, change), []handWritten{
				{"with instants filled in", queries(filledIn(at), change), scanRounds},
				{"with now() - interval", queries(fromNow, change), scanRounds / 5},
				{"all windows of a grouping in one", grouped(filledIn(at), change), scanRounds},
				{"with instants filled in, of all later answers with whatever score", heedless(filledIn(at), change), scanRounds},
			})
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
	return exporter.NewEvaluator(config.Global{Zone: time.UTC, Confidence: 0.95, MaxSegments: 50}, c, []*source.DB{scanSource(t, db)})
}

func scanSource(t *testing.T, db *testdb.Database) *source.DB {
	t.Helper()
	src, err := source.Open(source.Options{
		Name: "bench", Driver: source.Postgres, DSN: func() (string, error) { return db.DSN, nil }, MaxConnections: 1,
	}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { src.Close() })
	return src
}

// handWritten are queries that somebody would write, of one kind.
type handWritten struct {
	kind    string
	queries []query
	rounds  int // how often each runs
}

// scanRounds is how often a statement runs, of which the least counts. Where others
// share the processors half of the runs take half as much again, and long statements
// meet a quiet moment less often than short ones: five runs of each were too few.
const scanRounds = 15

// query gives NPS by a dimension, if it has one, a column for each window.
type query struct {
	dimension string
	windows   []string
	sql       string
}

// instant says when so many days ago was.
type instant func(daysAgo int) string

// filledIn says it as a program does that writes its queries anew.
func filledIn(at time.Time) instant {
	return func(daysAgo int) string { return "'" + at.AddDate(0, 0, -daysAgo).Format(time.RFC3339) + "'" }
}

// fromNow says it as texts that stay the same mostly do. PostgreSQL works it out for
// every row that it looks at.
func fromNow(daysAgo int) string {
	if daysAgo == 0 {
		return "now()"
	}
	return fmt.Sprintf("now() - interval '%d days'", daysAgo)
}

// answered is the part of the answers that a window or comparison is of.
func (say instant) answered(from, to int) string {
	return "responded_at >= " + say(from) + " AND responded_at < " + say(to)
}

// onScale are the answers that have a score of the scale.
const onScale = "score BETWEEN 0 AND 10"

// span is a window, or with an empty name what it is compared with, as days ago.
type span struct {
	name     string
	from, to int
}

// scanned are the windows, and with comparisons those too.
func scanned(change bool) []span {
	var out []span
	for _, w := range scanWindows {
		days, _ := strconv.Atoi(strings.TrimSuffix(w, "d"))
		out = append(out, span{w, days, 0})
		if change {
			out = append(out, span{"", 2 * days, days})
		}
	}
	return out
}

// queries are one a window and grouping, and with comparisons twice as many.
func queries(say instant, change bool) []query {
	var out []query
	for _, w := range scanned(change) {
		for _, d := range groupings() {
			out = append(out, query{d, []string{w.name}, grouping(d, netPromoters, say.answered(w.from, w.to)+" AND "+onScale)})
		}
	}
	return out
}

// heedless are queries that take what is still to come for answers of a window up
// to now, and what has no score or one off the scale for answers: the least that
// somebody would write.
func heedless(say instant, change bool) []query {
	var out []query
	for _, w := range scanned(change) {
		where := "responded_at >= " + say(w.from)
		if w.to > 0 {
			where = say.answered(w.from, w.to)
		}
		for _, d := range groupings() {
			out = append(out, query{d, []string{w.name}, grouping(d, netPromoters, where)})
		}
	}
	return out
}

const netPromoters = "100.0 * (SUM(CASE WHEN score >= 9 THEN 1 ELSE 0 END) - SUM(CASE WHEN score <= 6 THEN 1 ELSE 0 END)) / COUNT(*)"

// groupings are the total and the dimensions.
func groupings() []string { return append([]string{""}, scanDimensions...) }

// grouped are one a grouping.
func grouped(say instant, change bool) []query {
	var names, columns []string
	longest := 0
	for _, w := range scanned(change) {
		longest = max(longest, w.from)
		names = append(names, w.name)
		columns = append(columns, fmt.Sprintf("100.0 * (COUNT(*) FILTER (WHERE %[1]s AND score >= 9) - COUNT(*) FILTER (WHERE %[1]s AND score <= 6)) / NULLIF(COUNT(*) FILTER (WHERE %[1]s), 0)", say.answered(w.from, w.to)))
	}
	var out []query
	for _, d := range groupings() {
		out = append(out, query{d, names, grouping(d, strings.Join(columns, ", "), say.answered(longest, 0)+" AND "+onScale)})
	}
	return out
}

// grouping selects columns of the answers, by a dimension if there is one.
func grouping(dimension, columns, where string) string {
	if dimension == "" {
		return "SELECT " + columns + " FROM answers WHERE " + where
	}
	return "SELECT " + dimension + ", " + columns + " FROM answers WHERE " + where + " GROUP BY " + dimension
}

// scanner runs statements on one connection and takes the time.
type scanner struct {
	t    *testing.T
	conn *sql.Conn
	pid  int // of the server's process; 0 where it is not on this machine
	// settings are those of the planner that the exporter changes, with its values.
	settings map[string]string
}

func (s *scanner) exec(statement string) {
	s.t.Helper()
	if _, err := s.conn.ExecContext(s.t.Context(), statement); err != nil {
		s.t.Fatal(err)
	}
}

// learn asks a source what it sets for a statement such as ours.
func (s *scanner) learn(src *source.DB) {
	s.t.Helper()
	s.settings = map[string]string{}
	ask := facts.Statement{Cube: `"answers"`, SQL: `SELECT name, setting FROM pg_settings WHERE setting <> reset_val AND (name LIKE 'enable\_%' OR name LIKE 'jit%')`}
	err := src.Read(s.t.Context(), func(ctx context.Context, tx *source.Tx) error {
		_, err := tx.Query(ctx, ask, func(r facts.Row) error {
			s.settings[r[0].(string)] = r[1].(string)
			return nil
		})
		return err
	})
	if err != nil || len(s.settings) == 0 {
		s.t.Fatalf("the settings of the exporter are %v, error %v", s.settings, err)
	}
	s.t.Logf("settings of the exporter: %v", s.settings)
}

// asExporter sets what the exporter sets for cubes, or what the server has.
func (s *scanner) asExporter(on bool) {
	s.t.Helper()
	for name, value := range s.settings {
		if !on {
			value = "DEFAULT"
		}
		s.exec("SET " + name + " = " + value)
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

// cost runs a statement, reads all rows, and returns what that took.
func (s *scanner) cost(statement string) (time.Duration, int) {
	s.t.Helper()
	before := s.spent()
	rows, err := s.conn.QueryContext(s.t.Context(), statement)
	if err != nil {
		s.t.Fatal(err)
	}
	defer rows.Close()
	n := 0
	for rows.Next() {
		n++
	}
	if err := rows.Err(); err != nil {
		s.t.Fatal(err)
	}
	return s.spent() - before, n
}

// answersAlike fails where a query by hand and the exporter say different things of
// the same window and segment.
func (s *scanner) answersAlike(e *exporter.Evaluator, at time.Time) {
	s.t.Helper()
	snapshots, err := e.At(s.t.Context(), at)
	if err != nil {
		s.t.Fatal(err)
	}
	type place struct{ window, dimension, segment string }
	ours := map[place]float64{}
	for _, x := range snapshots[0].Series {
		if x.Metric == "cx_nps_score" && x.Defined {
			ours[place{x.Window, x.Segment.Dimension, x.Segment.Value}] = x.Value
		}
	}
	alike := 0
	for _, q := range append(queries(filledIn(at), false), grouped(filledIn(at), false)...) {
		for segment, values := range s.values(q) {
			for i, w := range q.windows {
				value, ok := ours[place{w, q.dimension, segment}]
				if !ok || math.Abs(value-values[i]) > 1e-9 {
					s.t.Fatalf("NPS of %s, %s %s: %v by hand, ours %v (%v)", w, q.dimension, segment, values[i], value, ok)
				}
				alike++
			}
		}
	}
	if alike != 2*len(ours) {
		s.t.Fatalf("%d values by hand in each of two ways, ours are %d", alike/2, len(ours))
	}
	s.t.Logf("%d values of NPS are the same by hand", len(ours))
}

// values are what a query gives of each segment.
func (s *scanner) values(q query) map[string][]float64 {
	s.t.Helper()
	rows, err := s.conn.QueryContext(s.t.Context(), q.sql)
	if err != nil {
		s.t.Fatal(err)
	}
	defer rows.Close()
	out := map[string][]float64{}
	for rows.Next() {
		var segment string
		values := make([]float64, len(q.windows))
		var into []any
		if q.dimension != "" {
			into = append(into, &segment)
		}
		for i := range values {
			into = append(into, &values[i])
		}
		if err := rows.Scan(into...); err != nil {
			s.t.Fatal(err)
		}
		out[segment] = values
	}
	if err := rows.Err(); err != nil {
		s.t.Fatal(err)
	}
	return out
}

// compare runs ours, those written by hand and the count in turn, and prints the
// least of each and their ratios.
func (s *scanner) compare(indexed, change bool, ours string, byHand []handWritten) {
	s.t.Helper()
	name := "without a time index"
	if indexed {
		name = "with a time index"
	}
	_, rows := s.cost(ours) // everything in memory
	one, count := &lowest{sql: ours}, &lowest{sql: "SELECT count(*) FROM answers"}
	hand := make([][]*lowest, len(byHand))
	for i, h := range byHand {
		for _, q := range h.queries {
			hand[i] = append(hand[i], &lowest{sql: q.sql})
		}
	}
	for round := range scanRounds {
		one.again(s)
		s.asExporter(false)
		for i, h := range hand {
			if round >= byHand[i].rounds {
				continue
			}
			for _, q := range h {
				q.again(s)
			}
		}
		count.again(s)
		s.asExporter(true)
	}
	counts := float64(one.took) / float64(count.took)
	s.t.Logf("%s: one statement %d ms, %d rows; count(*) %d ms, one statement is %.1f counts", name, one.took.Milliseconds(), rows, count.took.Milliseconds(), counts)
	ratios := make([]float64, len(hand))
	for i, h := range hand {
		var all time.Duration
		for _, q := range h {
			all += q.took
		}
		ratios[i] = float64(all) / float64(one.took)
		s.t.Logf("%s: %d by hand, %s: %d ms, %.1f times as much", name, len(h), byHand[i].kind, all.Milliseconds(), ratios[i])
	}
	if change {
		return
	}
	want := 8.0
	if indexed {
		want = 3
	} else if counts > 4 {
		s.t.Errorf("one statement costs %.1f counts, want at most 4", counts)
	}
	if ratios[0] < want {
		s.t.Errorf("%s: %.1f times less than by hand, want at least %.0f", name, ratios[0], want)
	}
}

// lowest is the least that a statement took.
type lowest struct {
	sql  string
	took time.Duration
}

func (l *lowest) again(s *scanner) {
	s.t.Helper()
	if d, _ := s.cost(l.sql); l.took == 0 || d < l.took {
		l.took = d
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
		s.asExporter(false)
		planned, _ := s.cost(ours)
		s.asExporter(true)
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
