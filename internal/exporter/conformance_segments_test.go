package exporter_test

import (
	"strconv"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/testdb"
	"github.com/cx-exporter/cx-exporter/internal/testdb/oracle"
)

// words are the values of a dimension, with those that are easily taken for one
// another, or for part of a statement.
var words = []string{
	"north", "north", "North", "NORTH", "south", "south", "", " ", "south ", "o'brien", `back\slash`, `dou"ble`,
	"zoë", "zoe", "Zoe\u0308", "日本", "🙂", "a,b", "%", "(none)", "null", "line\nbreak", "-- comment", "ſ", "ß", "ss",
}

// addDimensions adds up to three dimension columns, and breakdowns by them and
// by a pair of them.
func (w *world) addDimensions() {
	if w.rng.IntN(4) == 0 {
		return
	}
	var made []dimension
	for i := range 1 + w.rng.IntN(2) {
		made = append(made, w.dimensionColumn("dim_"+strconv.Itoa(i)))
	}
	if len(made) > 1 && w.rng.IntN(2) == 0 {
		a, b := made[0], made[1]
		pair := dimension{
			config: facts.Dimension{Name: a.config.Name + "," + b.config.Name, Columns: []string{a.config.Name, b.config.Name}},
			of:     func(r oracle.Row) string { return a.of(r) + "," + b.of(r) },
		}
		made = append(made, pair)
		if w.rng.IntN(3) == 0 {
			made = []dimension{pair}
		}
	}
	w.dims = made
}

// dimensionColumn adds a column to break down by, with values in all rows.
func (w *world) dimensionColumn(role string) dimension {
	c := textColumn(w.engine, role)
	value := func() any { return pick(w.rng, words) }
	show := func(v any) string { return v.(string) }
	switch kind := w.rng.IntN(10); {
	case kind == 0:
		c = numberColumn(w.rng, w.engine, role, "integer")
		value = func() any { return float64(w.rng.IntN(5) - 2) }
		show = func(v any) string {
			if s, ok := v.(string); ok { // as SQLite allows
				return s
			}
			return strconv.FormatFloat(v.(float64), 'f', -1, 64)
		}
	case kind == 1:
		c = flagColumn(w.rng, w.engine, role, "boolean")
		value = func() any { return w.rng.IntN(2) == 0 }
		show = func(v any) string {
			if w.engine == testdb.DriverPostgres {
				return strconv.FormatBool(v.(bool))
			}
			// These engines have no booleans, only numbers that are 0 and 1.
			return map[bool]string{true: "1", false: "0"}[v.(bool)]
		}
	case kind == 2: // padded on some engines
		c.ddl = "CHAR(8)"
		few := []string{"a", "bb", "ccc", "dddddddd"}
		value = func() any { return pick(w.rng, few) }
	case kind == 3:
		c = timeColumn(w.rng, w.engine, role, "date", time.UTC)
		value = func() any { return time.Date(2024, 2, 27+w.rng.IntN(4), 0, 0, 0, 0, time.UTC) }
		show = func(v any) string { return v.(time.Time).Format(time.DateOnly) }
	case kind < 7:
		few := words[:2+w.rng.IntN(6)]
		value = func() any { return pick(w.rng, few) }
	}
	w.columns = append(w.columns, c)
	for _, r := range w.rows {
		r[role] = w.maybe(10, value())
	}
	return dimension{
		config: facts.Dimension{Name: role, Columns: []string{role}},
		of: func(r oracle.Row) string {
			if r[role] == nil || show(r[role]) == "" {
				return "(none)"
			}
			return show(r[role])
		},
	}
}

// segmentOf is a segment of a dimension when only some values are kept.
func (d dimension) segmentOf(value string, kept map[string]bool) oracle.Segment {
	return oracle.Segment{Of: d.of, Is: value, Fold: func(s string) string {
		if kept == nil || kept[s] {
			return s
		}
		return "other"
	}}
}

// values are the values that a dimension has in some rows, folded.
func (d dimension) values(rows []oracle.Row, kept map[string]bool) map[string]bool {
	all := map[string]bool{}
	for _, r := range rows {
		s := d.of(r)
		if kept != nil && !kept[s] {
			s = "other"
		}
		all[s] = true
	}
	return all
}
