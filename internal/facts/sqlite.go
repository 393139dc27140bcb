package facts

import (
	"strconv"
	"strings"
	"time"
)

// sqlite writes for SQLite, which has no type for times: they are text, or
// numbers. Text is read by unixepoch, which takes most ISO 8601 forms.
type sqlite struct{}

func (sqlite) Name() string { return "sqlite" }

func (sqlite) Quote(name string) string {
	return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
}

func (sqlite) Time(t time.Time, _ Type) string {
	return strconv.FormatFloat(float64(t.UnixMicro())/1e6, 'f', -1, 64)
}

func (sqlite) ParseTime(x string, _ bool) (string, Type) {
	return "unixepoch(" + x + ", 'subsec')", Unix
}

// NoTime is also a text in a column of numbers, which has no type but what was
// put into it. It sorts after every number.
func (sqlite) NoTime(x string, _ Type) string { return zeroEpoch(x) + " OR " + x + " >= ''" }

func (sqlite) Epoch(x string, _ Type) string { return x }

func (sqlite) Between(a, b string, _ Type) string { return "(" + b + " - " + a + ")" }

// Number looks at every value: a column declared as numeric may hold a text,
// which SQLite would add up as 0, and one of which nothing was declared may hold
// a number as text.
func (d sqlite) Number(x string, t Type) string {
	if t == Bool {
		return "CASE WHEN typeof(" + x + ") IN ('integer', 'real') THEN " + x + " <> 0 END"
	}
	return d.ParseNumber(x)
}

func (sqlite) Double(x string) string { return "(" + x + " * 1.0)" }

// ParseNumber tells numbers by their order, in which they come before every
// text: that costs less than to ask for the type. Of texts it relies on the
// affinity of a cast: compared with it, a text becomes a number if all of it is
// one, and else stays text and differs. The cast itself would take `1-2` for 1.
func (sqlite) ParseNumber(x string) string {
	return "CASE WHEN " + x + " < '' THEN " + x +
		" WHEN " + x + " = CAST(" + x + " AS NUMERIC) THEN CAST(" + x + " AS REAL) END"
}

func (sqlite) Whole(x string) string { return "CAST(FLOOR(" + x + ") AS INTEGER)" }

func (sqlite) Text(x string) string { return "(CAST(" + x + " AS TEXT) COLLATE BINARY)" }

func (sqlite) Key(x string) string { return "(" + x + " COLLATE BINARY)" }

// Who is a key even where numbers are declared: the column may hold texts, which a
// roll compares by their bytes.
func (d sqlite) Who(x string) string { return d.Key(x) }

func (sqlite) Word(x string) string {
	return "(NULLIF(UPPER(TRIM(CAST(" + x + " AS TEXT))), '') COLLATE BINARY)"
}

func (sqlite) Concat(parts ...string) string { return "(" + strings.Join(parts, " || ") + ")" }

// AnyBit asks for each bit by itself, since SQLite has no aggregate for them.
func (sqlite) AnyBit(x string, bits int) string {
	each := make([]string, bits)
	for i := range each {
		each[i] = "MAX(" + x + " & " + strconv.FormatInt(1<<i, 10) + ")"
	}
	return strings.Join(each, " | ")
}

func (sqlite) Padded(x string) string { return "printf('%020d', " + x + ")" }

// Fence keeps SQLite from folding the derived table into the statement around
// it, which would parse every time anew wherever it is used.
func (sqlite) Fence() string { return "LIMIT -1" }
