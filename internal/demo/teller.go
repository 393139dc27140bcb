package demo

import (
	"fmt"
	"time"
)

// teller decides what of the company's life is in the database: what was known
// strictly before an instant, and, where a history is brought forward, only the
// rows that changed since another.
type teller struct {
	from, until int64 // [from, until)
	write       func(table tableID, values []any) error
	err         error
}

// known reports whether something happened, and has happened by now.
func (t *teller) known(at int64) bool { return at != 0 && at < t.until }

// touched reports whether any of the instants lies in the time to be told.
func (t *teller) touched(instants ...int64) bool {
	for _, at := range instants {
		if at != 0 && at >= t.from && at < t.until {
			return true
		}
	}
	return false
}

// row writes a row. After an error it does nothing.
func (t *teller) row(table tableID, values ...any) {
	if t.err != nil {
		return
	}
	t.err = t.write(table, values)
}

// id is the number of the i-th row of a day. It depends on the day alone, so
// that a row is found again when the rest of its story is told.
func (t *teller) id(day, i int) int64 { return int64(day)*100_000 + int64(i) + 1 }

const timeLayout = "2006-01-02 15:04:05"

// text shows an instant as text in UTC, or NULL while it is not known.
func (t *teller) text(at int64) any {
	if !t.known(at) {
		return nil
	}
	return time.Unix(at, 0).UTC().Format(timeLayout)
}

// ahead shows an instant that may lie ahead, once it was announced.
func (t *teller) ahead(announced, at int64) any {
	if !t.known(announced) {
		return nil
	}
	return time.Unix(at, 0).UTC().Format(timeLayout)
}

// unix shows an instant as seconds.
func (t *teller) unix(at int64) any {
	if !t.known(at) {
		return nil
	}
	return at
}

// millis shows an instant as milliseconds.
func (t *teller) millis(at, fraction int64) any {
	if !t.known(at) {
		return nil
	}
	return at*1000 + fraction
}

// date shows a day of the company's calendar.
func (t *teller) date(d dayEntry) any {
	return fmt.Sprintf("%04d-%02d-%02d", d.year, int(d.month), d.dom)
}
