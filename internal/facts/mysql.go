package facts

import (
	"fmt"
	"strings"
	"time"
)

// mysql writes for MySQL, MariaDB and what speaks their language: TiDB, Vitess,
// SingleStore. The session is in UTC, so a TIMESTAMP column shows UTC.
type mysql struct{}

func (mysql) Name() string { return "mysql" }

func (mysql) Quote(name string) string {
	return "`" + strings.ReplaceAll(name, "`", "``") + "`"
}

func (mysql) Time(t time.Time, kind Type) string {
	if kind == Date {
		return "DATE '" + t.UTC().Format(dayFormat) + "'"
	}
	return "TIMESTAMP '" + t.UTC().Format(stampFormat) + "'"
}

// ParseTime takes off an offset such as +02:00, +0200 or +02 by itself: MariaDB
// would ignore it, with no more than a warning, as it does with whatever else it
// does not understand. An empty text would become a zero date.
func (mysql) ParseTime(x string, zoned bool) (string, Type) {
	shape := "CASE WHEN " + x + " REGEXP '" + isoTime(zoned) + "' THEN "
	if zoned {
		return shape + "CAST(" + x + " AS DATETIME(6)) END", Naive
	}
	x = "TRIM(" + x + ")"
	// without takes off an offset of so many characters, of which the last are minutes.
	without := func(length, minutes int) string {
		sign := fmt.Sprintf("SUBSTRING(%s, -%d, 1)", x, length)
		seconds := fmt.Sprintf("CAST(SUBSTRING(%s, -%d, 3) AS SIGNED) * 3600", x, length)
		if minutes > 0 {
			seconds += fmt.Sprintf(" + CAST(CONCAT(%s, SUBSTRING(%s, -%d)) AS SIGNED) * 60", sign, x, minutes)
		}
		return fmt.Sprintf("WHEN %s IN ('+', '-') AND %s LIKE '%%:%%' THEN CAST(LEFT(%[2]s, CHAR_LENGTH(%[2]s) - %d) AS DATETIME(6)) - INTERVAL (%s) SECOND ", sign, x, length, seconds)
	}
	return shape + "CASE " + without(len("+02:00"), 2) + without(len("+0200"), 2) + without(len("+02"), 0) +
		"ELSE CAST(" + x + " AS DATETIME(6)) END END", Naive
}

// NoTime is a zero date, which was written for NULL before servers refused to. A
// TIMESTAMP is not compared with a constant that it could not hold.
func (d mysql) NoTime(x string, kind Type) string {
	switch kind {
	case Instant:
		return x + " < TIMESTAMP '1970-01-01 00:00:01'"
	case Naive, Date:
		return x + " < " + d.Time(time.Date(1000, 1, 1, 0, 0, 0, 0, time.UTC), kind)
	}
	return zeroEpoch(x)
}

func (d mysql) Epoch(x string, kind Type) string {
	return d.Between("TIMESTAMP '1970-01-01 00:00:00'", x, kind)
}

// Microseconds are an exact integer. Divided by a floating-point number they are
// the number next to the seconds, as on other engines: a factor of 1e-6 would round
// twice, and a divisor of 1000000 leave four digits.
func (mysql) Between(a, b string, _ Type) string {
	return "(TIMESTAMPDIFF(MICROSECOND, " + a + ", " + b + ") / 1e6)"
}

func (d mysql) Number(x string, t Type) string { return typed(d, x, t) }

func (mysql) Double(x string) string { return "(" + x + " + 0e0)" }

// ParseNumber makes the word of an enumeration a text first, which otherwise is
// its place in the list to whatever expects a number.
func (mysql) ParseNumber(x string) string {
	return "CASE WHEN " + x + " REGEXP '" + numeral + "' THEN CONCAT(" + x + ") + 0e0 END"
}

func (mysql) Whole(x string) string { return "CAST(FLOOR(" + x + ") AS SIGNED)" }

// Text is bytes, since even a binary collation takes no account of blanks at
// the end.
func (mysql) Text(x string) string { return "CAST(CONVERT(" + x + " USING utf8mb4) AS BINARY)" }

// Key avoids the column's own collation, which would merge names that differ in
// case only, and is the faster way to group as well.
func (d mysql) Key(x string) string { return d.Text(x) }

// Who is the column itself, whose collation says which names are the same. That
// is what the tables of a company are joined by, and what an index can serve.
func (mysql) Who(x string) string { return x }

// Word changes the case before the text becomes bytes, which have none.
func (mysql) Word(x string) string {
	return "CAST(NULLIF(UPPER(TRIM(CONVERT(" + x + " USING utf8mb4))), '') AS BINARY)"
}

func (mysql) Concat(parts ...string) string { return "CONCAT(" + strings.Join(parts, ", ") + ")" }

func (mysql) AnyBit(x string, _ int) string { return "BIT_OR(" + x + ")" }

func (mysql) Padded(x string) string { return "LPAD(" + x + ", 20, '0')" }

func (mysql) Fence() string { return "" }
