package facts

import (
	"strings"
	"time"
)

// postgres writes for PostgreSQL and what speaks its language: Citus,
// CockroachDB, YugabyteDB, Redshift.
type postgres struct{}

func (postgres) Name() string { return "postgres" }

func (postgres) Quote(name string) string {
	return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
}

func (postgres) Time(t time.Time, kind Type) string {
	switch kind {
	case Date:
		return "DATE '" + t.UTC().Format(dayFormat) + "'"
	case Naive:
		return "TIMESTAMP '" + t.UTC().Format(stampFormat) + "'"
	default:
		return "TIMESTAMPTZ '" + t.UTC().Format(stampFormat) + "+00'"
	}
}

// ParseTime looks at the whole text first: a single one that is no date, or a
// zero date, would fail the whole statement.
func (postgres) ParseTime(x string, zoned bool) (string, Type) {
	kind, cast := Instant, "timestamptz"
	if zoned {
		kind, cast = Naive, "timestamp"
	}
	return "CASE WHEN " + x + " ~ '" + isoTime(zoned) + "' THEN CAST(" + x + " AS " + cast + ") END", kind
}

// NoTime is an infinity, which cannot be subtracted either.
func (postgres) NoTime(x string, kind Type) string {
	word := map[Type]string{Instant: "TIMESTAMPTZ", Naive: "TIMESTAMP", Date: "DATE"}[kind]
	if word == "" {
		return zeroEpoch(x)
	}
	return x + " IN (" + word + " '-infinity', " + word + " 'infinity')"
}

// date_part is used rather than EXTRACT, which returns numeric since version 14
// and costs half as much again.
func (postgres) Epoch(x string, _ Type) string { return "date_part('epoch', " + x + ")" }

func (postgres) Between(a, b string, kind Type) string {
	if kind == Date { // date minus date is a number of days
		return "((" + b + " - " + a + ") * 86400)"
	}
	return "date_part('epoch', " + b + " - " + a + ")"
}

// Number makes the word of an enumeration a text, which can be compared with an
// expression. It costs what is one already nothing.
//
// A column of floating-point numbers may also hold NaN, which sorts above all of them,
// and the infinities. One of these would make every sum none, and has no bucket.
func (d postgres) Number(x string, t Type) string {
	if t == Float {
		return "CASE WHEN " + x + " > '-Infinity' AND " + x + " < 'Infinity' THEN " + x + " END"
	}
	if t == Text {
		x = "CAST(" + x + " AS text)"
	}
	return typed(d, x, t)
}

func (postgres) Double(x string) string { return "CAST(" + x + " AS double precision)" }

func (postgres) ParseNumber(x string) string {
	return "CASE WHEN " + x + ` ~ '^\s*[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?\s*$' THEN CAST(` + x + " AS numeric) END"
}

func (postgres) Whole(x string) string { return "CAST(FLOOR(" + x + ") AS bigint)" }

func (postgres) Text(x string) string { return "(CAST(" + x + ` AS text) COLLATE "C")` }

// Key names the collation in which texts are their bytes: the column's own may
// take different texts for equal, and asks for the locale of each row. The cast
// is for enumerations and identifiers, which have no collation, and costs text
// nothing.
func (d postgres) Key(x string) string { return d.Text(x) }

// Who is the column itself: grouped by any other collation, customers would take
// twice the time. Texts are their bytes unless the column was declared otherwise.
func (postgres) Who(x string) string { return x }

func (postgres) Word(x string) string {
	return "(NULLIF(UPPER(TRIM(CAST(" + x + ` AS text))), '') COLLATE "C")`
}

func (postgres) Concat(parts ...string) string { return "(" + strings.Join(parts, " || ") + ")" }

func (postgres) AnyBit(x string, _ int) string { return "BIT_OR(" + x + ")" }

func (postgres) Padded(x string) string { return "LPAD(CAST(" + x + " AS text), 20, '0')" }

func (postgres) Fence() string { return "" }
