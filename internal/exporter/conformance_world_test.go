package exporter_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/calendar"
	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
	"github.com/cx-exporter/cx-exporter/internal/testdb"
	"github.com/cx-exporter/cx-exporter/internal/testdb/oracle"
)

// world is one random case: a relation with its rows, and a collector on it.
type world struct {
	engine  string
	rng     *rand.Rand
	entity  string
	zone    *time.Location // of calendar windows
	columns []column
	rows    []oracle.Row // what the columns hold, by role
	kpis    []kpiCase
	// calendars are the business hours that KPIs may name.
	calendars map[string]*calendar.Hours
	dims      []dimension
	where     condition
	query     string        // around the table; empty for the table itself
	words     *facts.Events // of events; nil for the usual ones

	windows  []calendar.Window
	instants []time.Time
	change   bool
	now      bool          // tell the rows that are no rows by the clock
	passed   time.Duration // what has passed on the clock since the instant, then
	rolled   bool          // tell subjects by their rows, as backfill does
	apart    bool          // evaluate one instant after the other, as serving does
	shards   int           // sources that the rows are spread over

	// asserted counts the identities that were checked; nil where nobody counts.
	asserted map[string]int
	// shown are the families and labels that KPIs showed; nil where nobody asks.
	shown map[shown]bool

	confidence  float64
	maxSegments int
	minSegment  int // the rows that a segment has to have; 0 for any number
	budget      int
}

// kpiCase is a KPI as it is configured, and its definition.
type kpiCase struct {
	kind, params string
	name         string // of the series
	oracle       oracle.KPI
	instant      bool // its values are those of the instant, whatever the window
}

// dimension is a breakdown.
type dimension struct {
	config facts.Dimension
	of     func(oracle.Row) string
}

// condition is a `where`, and what it does to a row.
type condition struct {
	sql   string
	holds func(oracle.Row) bool
}

// zones are where calendars and columns are. Santiago's days of change have no
// midnight, Lord Howe moves by half an hour, Kolkata never.
var zones = []string{"UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "America/Santiago"}

var windowNames = []string{
	"1h", "24h", "49h", "1d", "7d", "30d", "90d", "365d", "1w", "2w",
	"today", "week", "month", "quarter", "year",
	"yesterday", "last_week", "last_month", "last_quarter", "last_year", "all",
}

func pick[T any](rng *rand.Rand, from []T) T { return from[rng.IntN(len(from))] }

func zoneNamed(name string) *time.Location {
	zone, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return zone
}

func windowNamed(name string) calendar.Window {
	w, err := calendar.Parse(name)
	if err != nil {
		panic(err)
	}
	return w
}

// randomWorld makes the case of a seed.
func randomWorld(engine string, seed uint64) *world {
	rng := rand.New(rand.NewPCG(seed, uint64(len(engine))))
	w := &world{
		engine: engine, rng: rng,
		entity: pick(rng, entityNames),
		zone:   zoneNamed(pick(rng, zones)),
		change: rng.IntN(4) > 0, shards: 1,
		confidence: pick(rng, []float64{0.9, 0.95, 0.99, 0.999}), maxSegments: 50, budget: 50_000,
	}
	w.instants = []time.Time{w.instant()}
	switch {
	case rng.IntN(5) == 0:
		w.instants = append(w.instants, w.instant())
		if w.apart = rng.IntN(2) == 0; w.apart {
			w.instants[1] = w.instants[0].Add(time.Duration(rng.IntN(60*24)) * time.Hour)
		}
	case rng.IntN(3) == 0:
		w.now = true
		if rng.IntN(2) == 0 {
			w.passed = time.Duration(rng.Int64N(int64(60*24*time.Hour))) * 2
		}
	}
	for range 1 + rng.IntN(3) {
		if x := windowNamed(pick(rng, windowNames)); !slices.Contains(w.windows, x) {
			w.windows = append(w.windows, x)
		}
	}
	if rng.IntN(6) == 0 {
		w.shards = 2
	}
	if rng.IntN(8) == 0 {
		w.maxSegments = 1 + rng.IntN(3)
	}
	if rng.IntN(8) == 0 {
		w.budget = 100 + rng.IntN(500)
	}
	entities[w.entity](w)
	if rng.IntN(4) == 0 { // by itself, a KPI finds less in the way of its own
		w.kpis = []kpiCase{pick(rng, w.kpis)}
	}
	w.addConditions()
	w.addDimensions()
	w.hold()
	return w
}

// instant is when to evaluate: on the days that go wrong more often than not.
func (w *world) instant() time.Time {
	rng := w.rng
	local := func(y, m, d, h, mi, s int) time.Time { return time.Date(y, time.Month(m), d, h, mi, s, 0, w.zone) }
	y := 2019 + rng.IntN(6)
	var t time.Time
	switch rng.IntN(8) {
	case 0: // a change of clocks near by
		at := local(y, 1+rng.IntN(12), 1, 0, 0, 0)
		if _, end := at.ZoneBounds(); !end.IsZero() {
			at = end
		}
		t = at.Add(time.Duration(rng.IntN(96)-12) * 30 * time.Minute)
	case 1:
		t = local(y, 1, 1, 0, 0, 0)
	case 2:
		t = local(pick(rng, []int{2020, 2024}), 2+rng.IntN(2), pick(rng, []int{1, 28, 29}), rng.IntN(24), 0, 0)
	case 3:
		t = local(y, 1+rng.IntN(12), 31, rng.IntN(24), rng.IntN(60), 0)
	case 4:
		t = local(y, 1+rng.IntN(12), 1+rng.IntN(28), 0, 0, 0)
	case 5:
		t = local(y, pick(rng, []int{1, 4, 7, 10, 12}), pick(rng, []int{1, 31}), 0, 0, rng.IntN(2))
	default:
		t = time.Unix(1546300800+rng.Int64N(6*365*86400), rng.Int64N(1e6)*1000)
	}
	return t.UTC()
}

// spans are the window's span at an instant and the one it is compared with.
func (w *world) spans(x calendar.Window, at time.Time) (current, before kpi.Span, compare bool) {
	current = x.Span(at, w.zone)
	if w.change {
		before, compare = x.Comparison(at, w.zone)
	}
	current.Zone, before.Zone = w.zone, w.zone
	return current, before, compare
}

// old is how many years before the windows the first rows are, far beyond what
// statements with bounds on all sides read.
const old = 12

// moments is a source of times for rows: on the bounds of the windows, beside
// them, in between, before all and in the future.
func (w *world) moments(extra ...time.Duration) func() time.Time {
	rng := w.rng
	var points []time.Time
	latest := w.instants[0]
	earliest := latest
	add := func(t time.Time) {
		if t.IsZero() {
			return
		}
		points = append(points, t)
		if t.Before(earliest) {
			earliest = t
		}
		if t.After(latest) {
			latest = t
		}
		for _, d := range extra {
			points = append(points, t.Add(-d))
		}
	}
	for _, at := range w.instants {
		for _, x := range w.windows {
			current, before, compare := w.spans(x, at)
			add(current.Lo)
			add(current.Hi)
			add(current.At)
			if compare {
				add(before.Lo)
				add(before.Hi)
				add(before.At)
			}
		}
	}
	if latest.Sub(earliest) < time.Hour {
		earliest = latest.AddDate(0, -4, 0)
	}
	between := func(a, b time.Time) time.Time {
		return a.Add(time.Duration(rng.Int64N(int64(b.Sub(a)/time.Microsecond)+1)) * time.Microsecond)
	}
	return func() time.Time {
		switch n := rng.IntN(100); {
		case n < 25:
			return pick(rng, points)
		case n < 35:
			d := pick(rng, []time.Duration{time.Microsecond, time.Millisecond, time.Second, time.Hour, 24 * time.Hour})
			return pick(rng, points).Add(d * time.Duration(2*rng.IntN(2)-1))
		case n < 82:
			return between(earliest, latest)
		case n < 90:
			return between(latest, latest.AddDate(0, 2, 0))
		case n < 97:
			return between(earliest.AddDate(-2, 0, 0), earliest)
		default:
			return between(earliest.AddDate(-old, 0, 0), earliest)
		}
	}
}

// addTime adds a column for instants and returns its role. Some hold something
// else for NULL.
func (w *world) addTime(role string, mapped bool) string {
	zone := time.UTC
	if w.rng.IntN(2) == 0 {
		zone = zoneNamed(pick(w.rng, zones))
	}
	c := timeColumn(w.rng, w.engine, role, pick(w.rng, timeKinds(w.engine)), zone)
	if void := pick(w.rng, []string{"", "", c.void, c.endless}); void != "" {
		write := c.literal
		c.literal = func(v any) string {
			if v == nil {
				return void
			}
			return write(v)
		}
	}
	return w.add(c, mapped)
}

// addNumber adds a column for numbers.
func (w *world) addNumber(role string, mapped bool, kinds ...string) string {
	if kinds == nil {
		kinds = numberKinds
	}
	return w.add(numberColumn(w.rng, w.engine, role, pick(w.rng, kinds)), mapped)
}

// addFlag adds a column for yes and no.
func (w *world) addFlag(role string, mapped bool) string {
	return w.add(flagColumn(w.rng, w.engine, role, pick(w.rng, flagKinds(w.engine))), mapped)
}

// addText adds a column for words.
func (w *world) addText(role string, mapped bool) string {
	return w.add(textColumn(w.engine, role), mapped)
}

// add adds a column. What is mapped may have any name.
func (w *world) add(c column, mapped bool) string {
	c.mapped = mapped || c.config.Type != facts.Unknown || c.config.Zone != nil
	if c.mapped && w.rng.IntN(3) == 0 {
		name := pick(w.rng, names)
		if !slices.ContainsFunc(w.columns, func(o column) bool { return strings.EqualFold(o.name, name) }) {
			c.name = name
		}
	}
	c.config.Name = c.name
	w.columns = append(w.columns, c)
	return c.role
}

// maybe is nil once in a while.
func (w *world) maybe(percent int, v any) any {
	if w.rng.IntN(100) < percent {
		return nil
	}
	return v
}

// addKPI puts a KPI into the collector.
func (w *world) addKPI(kind, params string, o oracle.KPI) {
	w.kpis = append(w.kpis, kpiCase{kind: kind, params: params, name: kind, oracle: o})
}

// addCustom puts a custom KPI into the collector.
func (w *world) addCustom(kind, params string, o oracle.KPI) {
	name := fmt.Sprintf("own_%d", len(w.kpis))
	w.kpis = append(w.kpis, kpiCase{kind: kind, params: "{name: " + name + ", " + params + "}", name: name, oracle: o})
}

// conditions are put into `where`. They leave rows out, or seem to.
func (w *world) addConditions() {
	w.where = condition{"", func(oracle.Row) bool { return true }}
	switch w.rng.IntN(6) {
	case 0:
		w.where.sql = "1 = 0 OR 1 = 1 -- all of them"
	case 1:
		w.where.sql = "1 = 0"
		if w.rng.IntN(4) > 0 {
			w.where.sql = "kind = 'real' OR kind IS NULL"
		}
	case 2:
		w.where.sql = "NOT kind = 'test'"
	}
	if strings.Contains(w.where.sql, "kind") || w.rng.IntN(4) == 0 {
		c := textColumn(w.engine, "kind")
		w.columns = append(w.columns, c)
		for _, r := range w.rows {
			r["kind"] = w.maybe(20, pick(w.rng, []string{"real", "real", "test", ""}))
		}
	}
	switch w.where.sql {
	case "1 = 0":
		w.where.holds = func(oracle.Row) bool { return false }
	case "kind = 'real' OR kind IS NULL":
		w.where.holds = func(r oracle.Row) bool { return r["kind"] == "real" || r["kind"] == nil }
	case "NOT kind = 'test'":
		w.where.holds = func(r oracle.Row) bool { return r["kind"] != nil && r["kind"] != "test" }
	}
	if w.rng.IntN(4) == 0 {
		w.query = pick(w.rng, []string{
			"SELECT * FROM %s",
			"SELECT * FROM %s WHERE 1 = 1; ",
			"SELECT t.* FROM %s t -- everything",
			"(SELECT * FROM %[1]s WHERE 1 = 1) UNION ALL SELECT * FROM %[1]s WHERE 1 = 0",
		})
		if w.engine == testdb.DriverSQLite && strings.HasPrefix(w.query, "(") {
			w.query = "SELECT * FROM %[1]s UNION ALL SELECT * FROM %[1]s WHERE 1 = 0"
		}
	}
}

// hold replaces what rows should be by what their columns keep of it.
func (w *world) hold() {
	for _, r := range w.rows {
		for _, c := range w.columns {
			r[c.role] = c.hold(r[c.role])
		}
	}
}
