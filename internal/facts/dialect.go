package facts

import (
	"fmt"
	"time"
)

// Dialect is what engines write differently. Everything else that is generated
// is one shape of SQL that all of them accept: one SELECT over one relation (or
// over one derived table), SUM(CASE …), GROUP BY with the expressions written
// out, and literals instead of parameters.
//
// A method is added only together with a case of the conformance suite.
type Dialect interface {
	// Name is the name of the driver in the configuration.
	Name() string
	// Quote quotes an identifier.
	Quote(name string) string
	// Time is the literal of an Instant, a Naive or a Date; the wall clock of
	// t.UTC() is written.
	Time(t time.Time, kind Type) string
	// ParseTime turns a date and time held as text into something comparable,
	// and says what it is: NULL for zero dates, and where it is no time. Texts
	// without an offset are read as UTC. Where the column's zone is told, those
	// with one should be none: they would be taken for the clock of that zone.
	ParseTime(x string, zoned bool) (sql string, kind Type)
	// NoTime is the condition under which a value that is not NULL stands for no
	// time all the same: a zero date, an infinity. It compares the value with
	// constants, for an index to use. What ParseTime gives has no such values.
	NoTime(x string, kind Type) string
	// Epoch is the number of seconds from 1970 to an Instant, a Naive or a Date.
	Epoch(x string, kind Type) string
	// Between is the number of seconds from a to b, both of the same kind.
	Between(a, b string, kind Type) string
	// Number is what is summed of a column of numbers: NULL where it holds
	// anything else.
	Number(x string, t Type) string
	// Double makes a number a floating-point one.
	Double(x string) string
	// ParseNumber is the number that a text holds, NULL where it holds none.
	ParseNumber(x string) string
	// Whole rounds a number down to an integer.
	Whole(x string) string
	// Text is a value as text that is compared byte by byte.
	Text(x string) string
	// Key is a text column as a key to group by, byte by byte.
	Key(x string) string
	// Who is a column by which rows of one subject are told from those of another.
	Who(x string) string
	// Word is a column's text in capitals and without blanks around it, NULL
	// where nothing is left, so that a word is told apart however it is written.
	Word(x string) string
	// Concat joins texts.
	Concat(parts ...string) string
	// AnyBit is an aggregate: the bits of an integer, of which there are so many,
	// that are set in any row.
	AnyBit(x string, bits int) string
	// Padded is an integer that is not negative as text of equal length, so
	// that texts sort like the numbers.
	Padded(x string) string
	// Fence ends a derived table that is to be computed once a row; "" where
	// the engine does so by itself, or where keeping it from folding the table
	// costs more than it saves.
	Fence() string
}

// For returns the dialect of a driver.
func For(driver string) (Dialect, error) {
	for _, d := range []Dialect{postgres{}, mysql{}, sqlite{}} {
		if d.Name() == driver {
			return d, nil
		}
	}
	return nil, fmt.Errorf("no dialect for the driver %q", driver)
}

// zeroEpoch is the NoTime of a number: programs write 0 for none.
func zeroEpoch(x string) string { return x + " = 0" }

// typed is the Number of engines that hold to the types of columns.
func typed(d Dialect, x string, t Type) string {
	switch t {
	case Bool:
		return "CASE WHEN " + x + " THEN 1 WHEN NOT " + x + " THEN 0 END"
	case Text, Unknown:
		return d.ParseNumber(x)
	}
	return x
}

// stamp is how the literals of all engines write a wall clock.
const (
	stampFormat = "2006-01-02 15:04:05.999999"
	dayFormat   = "2006-01-02"
)

// isoTime is the regular expression of a day, with or without a time of day and, of
// columns whose zone is not told, what that says of its own. The days are those that
// there are: PostgreSQL fails for all others.
func isoTime(zoned bool) string {
	const day = "([1-9][0-9]{3}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))" +
		"|([1-9][0-9](0[48]|[2468][048]|[13579][26])|([2468][048]|[13579][26])00)-02-29)"
	zone := "( ?(Z|UTC|GMT|[-+](0[0-9]|1[0-4])(:?[0-5][0-9])?))?"
	if zoned {
		zone = ""
	}
	return "^ *" + day + "([T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]+)?)?" + zone + ")? *$"
}

// numeral is the regular expression of a number as text, without a backslash,
// which servers read differently.
const numeral = "^[[:space:]]*[-+]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][-+]?[0-9]+)?[[:space:]]*$"
