package exporter_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/testdb"
)

// column is one column of a random relation: what it is called, how the engine
// holds it, and what remains of a value there.
type column struct {
	role   string
	name   string
	ddl    string
	config facts.Column
	// mapped says that the configuration names it under `columns`.
	mapped bool
	// hold is what the column keeps of a value, as the oracle sees it.
	hold func(any) any
	// literal writes a held value.
	literal func(any) string
	// void and endless are what an engine may hold for no time, beside NULL.
	void, endless string
}

// held is a value that a column holds for no time.
type held struct{ literal string }

// quoteText writes a text for an engine.
func quoteText(engine, s string) string {
	s = strings.ReplaceAll(s, "'", "''")
	if engine == testdb.DriverMySQL {
		s = strings.ReplaceAll(s, `\`, `\\`)
	}
	return "'" + s + "'"
}

// literalOf writes a value as it is.
func literalOf(engine string) func(any) string {
	return func(v any) string {
		switch v := v.(type) {
		case float64:
			return strconv.FormatFloat(v, 'g', -1, 64)
		case bool:
			if engine == testdb.DriverPostgres {
				return strconv.FormatBool(v)
			}
			if v {
				return "1"
			}
			return "0"
		case string:
			return quoteText(engine, v)
		}
		return "NULL"
	}
}

// names are what columns are called that need not be called by their role.
var names = []string{"order", "Opened On", "größe", `we"ird`, "back`tick", "select", "100%", "q?", "a:b", "semi;colon", "dash--dash", "user"}

// textForms are ways to write an instant. Those with an offset are for columns
// without a zone.
var textForms = []string{"2006-01-02 15:04:05", "2006-01-02T15:04:05", "2006-01-02 15:04:05.000", "2006-01-02T15:04:05.000"}

var zonedForms = []string{"2006-01-02T15:04:05Z07:00", "2006-01-02 15:04:05.000Z07:00", "2006-01-02T15:04:05.000Z07:00"}

// timeKinds are how an engine may hold an instant.
func timeKinds(engine string) []string {
	kinds := []string{"naive", "date", "unix", "unix float", "unix_ms", "text", "text with offsets", "unix text", "unix_ms text"}
	if engine != testdb.DriverSQLite {
		kinds = append(kinds, "instant", "instant", "naive")
	}
	if engine == testdb.DriverMySQL {
		kinds = append(kinds, "unix unsigned")
	}
	return kinds
}

// timeColumn is a column for instants. A wall clock that its zone shows twice
// stands for the first time, because the column cannot tell the two apart.
func timeColumn(rng *rand.Rand, engine, role, kind string, zone *time.Location) column {
	c := column{role: role, name: role}
	ddl := func(postgres, mysql, sqlite string) {
		c.ddl = map[string]string{testdb.DriverPostgres: postgres, testdb.DriverMySQL: mysql, testdb.DriverSQLite: sqlite}[engine]
	}
	precision := time.Microsecond
	write := func(t time.Time) string { return "" }
	local := time.UTC
	switch kind {
	case "instant":
		ddl("TIMESTAMPTZ", "TIMESTAMP(6) NULL", "")
		write = func(t time.Time) string {
			if engine == testdb.DriverPostgres {
				return quoteText(engine, t.UTC().Format("2006-01-02 15:04:05.999999Z07:00"))
			}
			return quoteText(engine, t.UTC().Format("2006-01-02 15:04:05.999999"))
		}
	case "naive":
		ddl("TIMESTAMP", "DATETIME(6)", "DATETIME")
		local = zone
		if engine == testdb.DriverSQLite {
			precision = time.Millisecond
		}
		write = func(t time.Time) string { return quoteText(engine, t.In(local).Format("2006-01-02 15:04:05.999999")) }
	case "date":
		ddl("DATE", "DATE", "DATE")
		local = zone
		write = func(t time.Time) string { return quoteText(engine, t.In(local).Format("2006-01-02")) }
	case "unix", "unix unsigned":
		ddl("BIGINT", map[string]string{"unix": "BIGINT", "unix unsigned": "INT UNSIGNED"}[kind], "INTEGER")
		precision = time.Second
		c.config.Type = facts.Unix
		write = func(t time.Time) string { return strconv.FormatInt(t.Unix(), 10) }
	case "unix float":
		ddl("DOUBLE PRECISION", "DOUBLE", "REAL")
		c.config.Type = facts.Unix
		write = func(t time.Time) string { return decimal(t.UnixMicro(), 6) }
	case "unix_ms":
		ddl("BIGINT", "BIGINT", "INTEGER")
		precision = time.Millisecond
		c.config.Type = facts.UnixMilli
		write = func(t time.Time) string { return strconv.FormatInt(t.UnixMilli(), 10) }
	case "unix text":
		ddl("VARCHAR(30)", "VARCHAR(30)", "TEXT")
		precision = time.Millisecond
		c.config.Type = facts.Unix
		write = func(t time.Time) string { return quoteText(engine, decimal(t.UnixMilli(), 3)) }
	case "unix_ms text":
		ddl("TEXT", "VARCHAR(30)", "TEXT")
		precision = time.Millisecond
		c.config.Type = facts.UnixMilli
		write = func(t time.Time) string { return quoteText(engine, strconv.FormatInt(t.UnixMilli(), 10)) }
	case "text":
		ddl("TEXT", "VARCHAR(40)", "TEXT")
		local = zone
		form := textForms[rng.IntN(len(textForms))]
		precision = time.Millisecond
		if !strings.Contains(form, ".") {
			precision = time.Second
		}
		write = func(t time.Time) string { return quoteText(engine, t.In(local).Format(form)) }
	case "text with offsets":
		ddl("TEXT", "VARCHAR(40)", "TEXT")
		form := zonedForms[rng.IntN(len(zonedForms))]
		precision = time.Millisecond
		if !strings.Contains(form, ".") {
			precision = time.Second
		}
		write = func(t time.Time) string { return quoteText(engine, t.In(zone).Format(form)) }
	}
	if strings.HasPrefix(kind, "text") && (engine == testdb.DriverSQLite || rng.IntN(2) == 0) {
		c.config.Type = facts.TextTime
	}
	if local != time.UTC {
		c.config.Zone = local
	}
	c.hold = func(v any) any {
		t, ok := v.(time.Time)
		if !ok {
			return nil
		}
		if kind == "date" {
			return dayStart(t, local)
		}
		return firstShown(t.Truncate(precision).UTC(), local)
	}
	c.void, c.endless = noTimes(engine, kind)
	c.literal = func(v any) string {
		switch v := v.(type) {
		case time.Time:
			return write(v)
		case held:
			return v.literal
		}
		return "NULL"
	}
	return c
}

// noTimes are values that stand for no time: what programs write for never
// before all times and, where there is such a thing, after them.
func noTimes(engine, kind string) (void, endless string) {
	switch {
	case kind == "unix text" || kind == "unix_ms text":
		return "'0'", "''"
	case strings.HasPrefix(kind, "unix") && engine == testdb.DriverSQLite:
		return "0", "''"
	case strings.HasPrefix(kind, "unix"):
		return "0", "NULL"
	case strings.HasPrefix(kind, "text"):
		return "'0000-00-00 00:00:00'", "''"
	case engine == testdb.DriverPostgres:
		return "'-infinity'", "'infinity'"
	case kind == "date":
		return "'0000-00-00'", "NULL"
	}
	return "'0000-00-00 00:00:00'", "NULL"
}

// decimal writes n/10^digits.
func decimal(n int64, digits int) string {
	scale := int64(math.Pow10(digits))
	return fmt.Sprintf("%d.%0*d", n/scale, digits, n%scale)
}

// firstShown is the first instant at which a zone shows the wall clock of t.
func firstShown(t time.Time, zone *time.Location) time.Time {
	for _, d := range []time.Duration{time.Hour, 30 * time.Minute} {
		if first := t.Add(-d); first.In(zone).Format(time.DateTime) == t.In(zone).Format(time.DateTime) {
			return first
		}
	}
	return t
}

// dayStart is the first instant of the local day in which t lies.
func dayStart(t time.Time, zone *time.Location) time.Time {
	day := t.In(zone).Format(time.DateOnly)
	start := t.UTC().Truncate(15 * time.Minute) // no zone is set at other times
	for start.Add(-15*time.Minute).In(zone).Format(time.DateOnly) == day {
		start = start.Add(-15 * time.Minute)
	}
	return start
}

// numberKinds are how an engine may hold a number.
var numberKinds = []string{"integer", "decimal", "float", "text", "real"}

// numberColumn is a column for numbers. Text may hold anything else as well.
func numberColumn(rng *rand.Rand, engine, role, kind string) column {
	c := column{role: role, name: role, literal: literalOf(engine)}
	ddl := func(postgres, mysql, sqlite string) {
		c.ddl = map[string]string{testdb.DriverPostgres: postgres, testdb.DriverMySQL: mysql, testdb.DriverSQLite: sqlite}[engine]
	}
	keep := func(x float64) any { return x }
	switch kind {
	case "integer":
		ddl("BIGINT", "INT", "INTEGER")
		keep = func(x float64) any { return math.Round(x) }
	case "decimal":
		ddl("NUMERIC(12,2)", "DECIMAL(12,2)", "NUMERIC(12,2)")
		keep = func(x float64) any { return math.Round(x*100) / 100 }
	case "float":
		ddl("DOUBLE PRECISION", "DOUBLE", "REAL")
	case "real":
		ddl("REAL", "FLOAT", "FLOAT")
		keep = func(x float64) any {
			if role == "score" || role == "reading" || role == "value" { // servers show these as they were written
				return math.Round(x*4) / 4
			}
			return float64(float32(x))
		}
	case "text":
		ddl("TEXT", "VARCHAR(40)", "TEXT")
		keep = func(x float64) any { return numberText(rng, x) }
	}
	c.hold = func(v any) any {
		switch v := v.(type) {
		case float64:
			switch {
			case engine == testdb.DriverSQLite && rng.IntN(12) == 0: // keeps what it is given
				return []string{"n/a", "", "5 stars"}[rng.IntN(3)]
			case engine == testdb.DriverPostgres && (kind == "float" || kind == "real") && rng.IntN(12) == 0:
				return []string{"NaN", "Infinity", "-Infinity"}[rng.IntN(3)] // which it takes for numbers
			}
			return keep(v)
		case string:
			if kind == "text" {
				return v
			}
		}
		return nil
	}
	return c
}

// numberText writes a number in one of the ways that people do.
func numberText(rng *rand.Rand, x float64) string {
	s := strconv.FormatFloat(x, 'f', -1, 64)
	switch rng.IntN(12) {
	case 0:
		return " " + s
	case 1:
		return s + " "
	case 2:
		if !strings.Contains(s, ".") {
			return s + "."
		}
	case 3:
		if !strings.HasPrefix(s, "-") {
			return "+" + s
		}
	case 4:
		return strconv.FormatFloat(x, 'e', -1, 64)
	case 5:
		return []string{"n/a", "", "  ", "ten", "1-2", "1,5", "0x9", "1e", ".", "--1", "1.2.3", "5 stars", "Infinity", "NaN", "1_000"}[rng.IntN(15)]
	}
	return s
}

// flagKinds are how an engine may hold a yes or no.
func flagKinds(engine string) []string {
	if engine == testdb.DriverMySQL {
		return []string{"boolean", "integer", "text", "bit"}
	}
	return []string{"boolean", "integer", "text"}
}

// flagColumn is a column for yes and no.
func flagColumn(rng *rand.Rand, engine, role, kind string) column {
	c := column{role: role, name: role, literal: literalOf(engine)}
	switch kind {
	case "boolean":
		c.ddl = "BOOLEAN"
		c.hold = func(v any) any { return v }
	case "integer":
		c.ddl = "INTEGER"
		c.hold = func(v any) any {
			if yes, ok := v.(bool); ok {
				return map[bool]float64{true: 1, false: 0}[yes]
			}
			return nil
		}
	case "bit":
		c.ddl = "BIT(1)"
		c.hold = func(v any) any { return v }
		c.literal = func(v any) string {
			if yes, ok := v.(bool); ok {
				return map[bool]string{true: "b'1'", false: "b'0'"}[yes]
			}
			return "NULL"
		}
	case "text":
		c.ddl = "VARCHAR(20)"
		c.hold = func(v any) any {
			yes, ok := v.(bool)
			switch {
			case !ok:
				return nil
			case rng.IntN(15) == 0:
				return []string{"maybe", "2 times", "ja"}[rng.IntN(3)]
			case yes:
				return []string{"yes", "Y", "true", "T", "on", "1", " yes ", "5"}[rng.IntN(8)]
			default:
				return []string{"no", "N", "FALSE", "f", "off", "0", "", "0.0"}[rng.IntN(8)]
			}
		}
	}
	return c
}

// textColumn is a column for words, kept as they are.
func textColumn(engine, role string) column {
	c := column{role: role, name: role, ddl: "VARCHAR(80)", literal: literalOf(engine)}
	if engine == testdb.DriverSQLite {
		c.ddl = "TEXT"
	}
	c.hold = func(v any) any {
		if s, ok := v.(string); ok {
			return s
		}
		return nil
	}
	return c
}
