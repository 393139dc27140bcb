package exporter_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/calendar"
	"github.com/cx-exporter/cx-exporter/internal/exporter"
	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/testdb"
	"github.com/cx-exporter/cx-exporter/internal/testdb/oracle"
)

// named is a case whose values were computed by hand.
type named struct {
	name    string
	entity  string
	zone    string // of calendar windows and of columns with `@`; empty is UTC
	at      string
	windows string
	change  bool
	// columns are roles with the kind of column behind a colon. A `+` marks a
	// column that the configuration names. `@` gives a time the zone.
	columns string
	rows    string // values between bars; `-` is NULL, `''` the empty text, `zero` and `endless` what an engine holds for no time
	kpis    []string
	dims    string
	// calendar is the one called office, as hoursNamed reads it.
	calendar string
	where    string
	query    string // around the table, which is its %s; empty for the table itself
	cap      int
	// want has lines `series = value of samples` or `series = undefined of
	// samples`, with `before value` where a comparison is expected.
	want string
	// spikes has the spikes as `length ratio p-value`, all of them; not looked at
	// where empty.
	spikes   string
	rejected string // `reason=rows`, all of them; not looked at where empty
	newest   string // the time of the newest row, or `never`; not looked at where empty
}

// TestNamedCases runs the cases of conformance_edges_test.go on every engine.
func TestNamedCases(t *testing.T) {
	t.Parallel()
	for _, name := range []string{testdb.DriverPostgres, testdb.DriverMySQL, testdb.DriverSQLite} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := openEngine(t, name)
			for i, c := range slices.Concat(allEdges(), voidEdges) {
				t.Run(c.name, func(t *testing.T) { c.run(t, e, fmt.Sprintf("named_%d", i)) })
			}
		})
	}
}

// TestColumnsAreLookedAtWhenTheyAreNeeded evaluates a month in which nothing is
// old enough yet, and then one in which something is.
func TestColumnsAreLookedAtWhenTheyAreNeeded(t *testing.T) {
	t.Parallel()
	e := openEngine(t, testdb.DriverSQLite)
	c := named{
		entity: "invitations", at: "2024-06-03T00:00:00Z", windows: "month",
		columns: "sent_at:naive responded_at:naive",
		rows:    "2024-06-02T00:00:00Z | 2024-06-03T00:00:00Z",
		kpis:    []string{"response_rate"},
	}
	w := c.world(t, e.name)
	w.now, w.apart = false, true
	w.instants = append(w.instants, moment(t, "2024-06-20T00:00:00Z"))
	if _, err := e.load(t.Context(), w, "later"); err != nil {
		t.Fatal(err)
	}
	snapshots, err := e.evaluate(t.Context(), w, "later")
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []float64{0, 1} {
		if got := snapshots[i].Series[0]; got.Samples != want {
			t.Errorf("at %s: got %s, want %v samples", w.instants[i], describe(got), want)
		}
	}
}

// TestAnOrderOfNobodyAfterTheWindowIsNotItsNewestRow evaluates a month of the
// past, whose customers may come back after it.
func TestAnOrderOfNobodyAfterTheWindowIsNotItsNewestRow(t *testing.T) {
	t.Parallel()
	e := openEngine(t, testdb.DriverSQLite)
	c := named{
		entity: "orders", at: "2024-07-10T00:00:00Z", windows: "last_month",
		columns: "customer_id:word ordered_at:naive amount:decimal",
		rows: `in June | 2024-06-02T00:00:00Z | 5
			- | 2024-07-04T00:00:00Z | 5`,
		kpis: []string{"repeat_purchase {within: 7d}"},
	}
	w := c.world(t, e.name)
	w.now = false
	if _, err := e.load(t.Context(), w, "after"); err != nil {
		t.Fatal(err)
	}
	snapshots, err := e.evaluate(t.Context(), w, "after")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := snapshots[0].Newest, moment(t, "2024-06-02T00:00:00Z"); !got.Equal(want) {
		t.Errorf("the newest row is of %s, want %s", got, want)
	}
}

func (c named) run(t *testing.T, e *engine, table string) {
	w := c.world(t, e.name)
	defer e.drop(t.Context(), table)
	if _, err := e.load(t.Context(), w, table); err != nil {
		t.Fatal(err)
	}
	snapshots, err := e.evaluate(t.Context(), w, table)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]exporter.Series{}
	for _, s := range snapshots[0].Series {
		got[seriesID(s.KPI, s.Window, s.Segment, s.Stat, labelText(s.Labels))] = s
	}
	for _, line := range lines(c.want) {
		id, want, ok := strings.Cut(line, " = ")
		if !ok {
			t.Fatalf("%q has no ` = `", line)
		}
		s, there := got[id]
		if !there {
			t.Errorf("%s is absent, want %s", id, want)
			continue
		}
		if !same(s, want) {
			t.Errorf("%s: got %s, want %s", id, describe(s), want)
		}
	}
	if c.spikes != "" {
		sameSpikes(t, snapshots[0].Spikes, lines(c.spikes))
	}
	if c.rejected != "" {
		var all []string
		for reason, n := range snapshots[0].Rejected {
			all = append(all, fmt.Sprintf("%s=%v", reason, n))
		}
		slices.Sort(all)
		if have := strings.Join(all, " "); have != c.rejected {
			t.Errorf("rejected %q, want %q", have, c.rejected)
		}
	}
	switch newest := snapshots[0].Newest; c.newest {
	case "":
	case "never":
		if !newest.IsZero() {
			t.Errorf("the newest row is of %s, want none", newest)
		}
	default:
		if !newest.Equal(moment(t, c.newest)) {
			t.Errorf("the newest row is of %s, want %s", newest, c.newest)
		}
	}
	if t.Failed() {
		statements, _ := e.statements(t.Context(), w, table)
		for _, s := range statements {
			t.Log(s.SQL)
		}
	}
}

// describe is a series as a case writes it.
func describe(s exporter.Series) string {
	text := "undefined"
	if s.Defined {
		text = strconv.FormatFloat(s.Value, 'g', -1, 64)
	}
	text += " of " + strconv.FormatFloat(s.Samples, 'g', -1, 64)
	if s.Change.Known {
		text += " before " + strconv.FormatFloat(s.Change.Before, 'g', -1, 64)
	}
	return text
}

// same compares a series with `value of samples` or `value of samples before
// value`.
func same(s exporter.Series, want string) bool {
	var value, samples, before string
	n, _ := fmt.Sscanf(want, "%s of %s before %s", &value, &samples, &before)
	near := func(got float64, text string) bool {
		x, err := strconv.ParseFloat(text, 64)
		return err == nil && math.Abs(got-x) <= 1e-6*math.Max(1, math.Abs(x))
	}
	if !near(s.Samples, samples) {
		return false
	}
	about := near
	if quantile := s.Stat[strings.LastIndex(s.Stat, "_")+1:]; strings.HasPrefix(quantile, "p") && len(quantile) == 3 {
		about = func(got float64, text string) bool {
			x, err := strconv.ParseFloat(text, 64)
			return err == nil && math.Abs(got-x) <= sketchError*x+1e-6
		}
	}
	if n == 3 && !(s.Change.Known && about(s.Change.Before, before)) {
		return false
	}
	if value == "undefined" {
		return !s.Defined
	}
	return s.Defined && about(s.Value, value)
}

func lines(text string) []string {
	var all []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			all = append(all, line)
		}
	}
	return all
}

func moment(t *testing.T, text string) time.Time {
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		t.Fatal(err)
	}
	return at.UTC()
}

// world turns a case into a world.
func (c named) world(t *testing.T, engine string) *world {
	t.Helper()
	w := &world{
		engine: engine, rng: rand.New(rand.NewPCG(1, 1)), entity: c.entity, zone: time.UTC,
		instants: []time.Time{moment(t, c.at)}, now: true, change: c.change, shards: 1, query: c.query,
		confidence: 0.95, maxSegments: 50, budget: 50_000, where: condition{sql: c.where},
	}
	if c.cap > 0 {
		w.maxSegments = c.cap
	}
	if c.zone != "" {
		w.zone = zoneNamed(c.zone)
	}
	if c.calendar != "" {
		w.calendars = map[string]*calendar.Hours{"office": hoursNamed(t, c.calendar)}
	}
	for _, x := range strings.Fields(c.windows) {
		w.windows = append(w.windows, windowNamed(x))
	}
	for _, field := range strings.Fields(c.columns) {
		role, kind, _ := strings.Cut(field, ":")
		role, mapped := strings.CutSuffix(role, "+")
		w.columns = append(w.columns, c.column(w, engine, role, kind, mapped))
	}
	for _, line := range lines(c.rows) {
		values := strings.Split(line, "|")
		if len(values) != len(w.columns) {
			t.Fatalf("%q has %d values for %d columns", line, len(values), len(w.columns))
		}
		row := oracle.Row{}
		for i, col := range w.columns {
			row[col.role] = cellOf(t, col, strings.TrimSpace(values[i]))
		}
		w.rows = append(w.rows, row)
	}
	for _, text := range c.kpis {
		kind, params, _ := strings.Cut(text, " ")
		if params == "" {
			params = "{}"
		}
		w.kpis = append(w.kpis, kpiCase{kind: kind, params: params})
	}
	for _, d := range strings.Fields(c.dims) {
		w.dims = append(w.dims, dimension{config: facts.Dimension{Name: d, Columns: strings.Split(d, ",")}})
	}
	return w
}

func (c named) column(w *world, engine, role, kind string, mapped bool) column {
	zone := time.UTC
	kind, zoned := strings.CutSuffix(kind, "@")
	if zoned {
		zone = w.zone
	}
	var col column
	switch kind {
	case "word":
		col = textColumn(engine, role)
	case "flag":
		col = flagColumn(w.rng, engine, role, "boolean")
	case "integer", "decimal", "float":
		col = numberColumn(w.rng, engine, role, kind)
	case "number-text":
		col = textColumn(engine, role)
	case "loose": // a column of numbers, as far as the engine keeps texts out of it
		col = textColumn(engine, role)
		if engine == testdb.DriverSQLite {
			col.ddl = "NUMERIC(12,2)"
		}
	case "free-text": // a time, or anything else
		col = textColumn(engine, role)
		col.config.Type = facts.TextTime
	default:
		col = timeColumn(w.rng, engine, role, strings.ReplaceAll(kind, "~", " "), zone)
	}
	col.config.Name = role
	col.mapped = mapped || col.config.Type != facts.Unknown || col.config.Zone != nil
	return col
}

// cellOf reads a value of a row.
func cellOf(t *testing.T, col column, text string) any {
	switch text {
	case "-":
		return nil
	case "''":
		return ""
	case "zero":
		return held{col.void}
	case "endless":
		return held{col.endless}
	case "true", "false":
		if col.ddl == "BOOLEAN" {
			return text == "true"
		}
	}
	if col.hold(text) == text { // a column for words
		return text
	}
	if at, err := time.Parse(time.RFC3339Nano, text); err == nil {
		return col.hold(at.UTC())
	}
	if x, err := strconv.ParseFloat(text, 64); err == nil {
		return x
	}
	return text
}
