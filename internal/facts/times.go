package facts

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/calendar"
	"github.com/cx-exporter/cx-exporter/internal/stats"
)

// moment is a column that holds a time, ready to be compared in one dialect.
type moment struct {
	d    Dialect
	sql  string
	kind Type           // Instant, Naive, Date, Unix or UnixMilli
	zone *time.Location // of the wall clock that sql shows; nil where it is UTC or an instant
	// text is the bare column where sql parses it from text whose ISO form
	// sorts by day, so that a coarse condition on it can use an index.
	text string
	// parsed says that sql parses a text, and gives NULL for all that is no time.
	parsed bool
}

// momentOf is the moment that a column holds.
func momentOf(d Dialect, c Column) (moment, error) {
	m := moment{d: d, sql: d.Quote(c.Name), kind: c.Type}
	if c.Zone != nil && c.Zone != time.UTC && c.Zone.String() != "UTC" {
		m.zone = c.Zone
	}
	switch c.Type {
	case Instant:
		m.zone = nil
	case Naive, Date:
	case Unix, UnixMilli:
		m.zone = nil
	case wallUnix:
		m.kind = Unix
	case TextUnix, TextUnixMilli:
		m.zone = nil
		m.sql, m.parsed = "NULLIF("+d.ParseNumber(m.sql)+", 0)", true
		m.kind = Unix
		if c.Type == TextUnixMilli {
			m.kind = UnixMilli
		}
	case TextTime:
		bare := m.sql
		m.sql, m.kind = d.ParseTime(bare, m.zone != nil)
		m.parsed = true
		if m.kind == Unix {
			m.text = bare
		}
	default:
		return m, fmt.Errorf("the column %q holds no time as far as can be seen: say its type (timestamp, date, unix, unix_ms or text)", c.Name)
	}
	return m, nil
}

// wall is t as it is written in the moment's column, in the clock of UTC.
func (m moment) wall(t time.Time) time.Time {
	if m.zone == nil {
		return t.UTC()
	}
	return wallClock(t, m.zone)
}

// wallClock is the first wall clock that does not stand for an instant before t.
// One that is shown twice stands for the first time, so t may lie where clocks
// are repeated; one that is never shown stands for the change that skips it, so
// that a day without a midnight still begins with it.
func wallClock(t time.Time, zone *time.Location) time.Time {
	_, offset := t.In(zone).Zone()
	if change, _ := t.In(zone).ZoneBounds(); !change.IsZero() {
		_, before := change.Add(-1).In(zone).Zone()
		repeated := time.Duration(before-offset) * time.Second
		if t.Equal(change) || t.Before(change.Add(repeated)) {
			return change.UTC().Add(time.Duration(before) * time.Second)
		}
	}
	return t.UTC().Add(time.Duration(offset) * time.Second)
}

// literal is the smallest value of the column that is not before t, so that
// `column < literal` means before t.
func (m moment) literal(t time.Time) string {
	w := m.wall(t)
	switch m.kind {
	case Unix:
		return number(float64(w.UnixMicro()) / 1e6)
	case UnixMilli:
		return number(float64(w.UnixMicro()) / 1e3)
	case Date:
		day := time.Date(w.Year(), w.Month(), w.Day(), 0, 0, 0, 0, time.UTC)
		if day.Before(w) { // a day begins at its midnight
			day = day.AddDate(0, 0, 1)
		}
		return m.d.Time(day, Date)
	default:
		return m.d.Time(w, m.kind)
	}
}

func number(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

// before is the condition that the time lies before t.
func (m moment) before(t time.Time) string { return m.sql + " < " + m.literal(t) }

// none is the condition that there is no time: NULL, or what stands for it.
func (m moment) none() string {
	if m.parsed {
		return m.sql + " IS NULL"
	}
	return "(" + m.sql + " IS NULL OR " + m.d.NoTime(m.sql, m.kind) + ")"
}

// andKnown is a further condition that a value which is not NULL is a time.
func (m moment) andKnown() string {
	if m.parsed {
		return ""
	}
	return " AND NOT (" + m.d.NoTime(m.sql, m.kind) + ")"
}

// known is the time, NULL for all that is none.
func (m moment) known() string {
	if m.parsed {
		return m.sql
	}
	return "CASE WHEN NOT (" + m.d.NoTime(m.sql, m.kind) + ") THEN " + m.sql + " END"
}

// from is the condition that the time does not lie before t. Where it has to be
// parsed from text, a coarse condition on the bare column stands before it, for
// an index to use.
func (m moment) from(t time.Time) string {
	exact := m.sql + " >= " + m.literal(t)
	if m.text != "" {
		return m.text + " >= '" + m.wall(t).Add(-48*time.Hour).Format(dayFormat) + "' AND " + exact
	}
	return exact
}

// until is the counterpart of from.
func (m moment) until(t time.Time) string {
	if m.text != "" {
		return m.text + " < '" + m.wall(t).Add(72*time.Hour).Format(dayFormat) + "' AND " + m.before(t)
	}
	return m.before(t)
}

// interval is the index of the elementary interval that the time lies in: i
// for [bounds[i-1], bounds[i]). Only the intervals from first to last can occur.
func (m moment) interval(bounds []time.Time, first, last int) string {
	return m.tree(bounds, first, last, strconv.Itoa)
}

// tree is interval with something else in the place of the index. A NULL comes
// out as the last interval does.
func (m moment) tree(bounds []time.Time, first, last int, leaf func(interval int) string) string {
	if first >= last {
		return leaf(first)
	}
	k := halving(bounds, first, last)
	return "CASE WHEN " + m.before(bounds[k]) + " THEN " + m.tree(bounds, first, k, leaf) + " ELSE " + m.tree(bounds, k+1, last, leaf) + " END"
}

// halving is the bound that halves the time between the intervals first and
// last. Rows are spread over time more evenly than over intervals, of which the
// old ones are long: so most rows are placed by one or two comparisons. What
// lies before all bounds weighs as much as what lies between them, and what lies
// after them, the future, nothing.
func halving(bounds []time.Time, first, last int) int {
	inner := bounds[max(first-1, 0):min(last+1, len(bounds))]
	whole := inner[len(inner)-1].Sub(inner[0])
	length := func(i int) time.Duration {
		switch i {
		case 0:
			return whole
		case len(bounds):
			return 0
		}
		return bounds[i].Sub(bounds[i-1])
	}
	var total time.Duration
	for i := first; i <= last; i++ {
		total += length(i)
	}
	best, least := first, total
	var left time.Duration
	for k := first; k < last; k++ {
		left += length(k)
		if gap := (total - 2*left).Abs(); gap < least {
			best, least = k, gap
		}
	}
	return best
}

// epoch is the number of seconds from 1970 to the time.
func (m moment) epoch(span zoneSpan) string { return m.since1970(m.sql, span) }

// since1970 is epoch with something in the place of the time.
func (m moment) since1970(x string, span zoneSpan) string {
	switch m.kind {
	case Unix:
	case UnixMilli:
		x = "(" + x + " / 1000.0)" // a factor of 0.001 would round twice
	default:
		x = m.d.Epoch(x, m.kind)
	}
	if o := m.offset(span); o != "" {
		x = "(" + x + " - " + o + ")"
	}
	return x
}

// signed is epoch as something that can be subtracted: integers without a sign
// could not become negative, and infinities have no difference.
func (m moment) signed(span zoneSpan) string {
	x := m.since1970(m.known(), span)
	if m.kind == Unix || m.kind == UnixMilli {
		return m.d.Double(x)
	}
	return x
}

// seconds is the number of seconds from a to b. Clocks with daylight saving
// show an hour too much or too little across a change; offsets mend that.
func seconds(a, b moment, span zoneSpan) string {
	if !sameClock(a, b) || a.kind == Unix || a.kind == UnixMilli {
		return "(" + b.signed(span) + " - " + a.signed(span) + ")"
	}
	x := a.d.Between(a.known(), b.known(), a.kind)
	if oa, ob := a.offset(span), b.offset(span); oa != "" {
		x = "(" + x + " - (" + ob + " - " + oa + "))"
	}
	return x
}

// tick is half of what databases keep of a second: the difference of two
// instants that were floating-point numbers may be off by less.
const (
	tick       = 5e-7
	isNegative = " < -0.0000005"
	// leastDuration is what is told from none: a millisecond may come out as a little
	// less.
	leastDuration = stats.MinValue - tick
)

// sameClock reports whether two moments can be compared as they are.
func sameClock(a, b moment) bool { return a.kind == b.kind && zoneName(a) == zoneName(b) }

func zoneName(m moment) string {
	if m.zone == nil {
		return ""
	}
	return m.zone.String()
}

// zoneSpan is the stretch of time in which changes of a zone's offset matter.
type zoneSpan struct{ lo, hi time.Time }

// offset is the zone's offset from UTC in seconds at the wall clock in the
// column, "" where it is always 0. A wall clock that is shown twice is taken
// for the first time.
func (m moment) offset(span zoneSpan) string {
	if m.zone == nil {
		return ""
	}
	type change struct {
		wall  time.Time
		after int
	}
	var changes []change
	_, first := span.lo.In(m.zone).Zone()
	for t, off := span.lo, first; ; {
		_, end := calendar.SameOffset(t.In(m.zone))
		if end.IsZero() || !end.Before(span.hi) {
			break
		}
		_, next := end.In(m.zone).Zone()
		if next != off {
			changes = append(changes, change{end.UTC().Add(time.Duration(max(off, next)) * time.Second), next})
		}
		t, off = end, next
	}
	clock := m
	clock.zone = nil // bounds below are wall clocks already
	at := func(i int) string {
		if i == 0 {
			return strconv.Itoa(first)
		}
		return strconv.Itoa(changes[i-1].after)
	}
	var tree func(lo, hi int) string
	tree = func(lo, hi int) string {
		if lo == hi {
			return at(lo)
		}
		mid := (lo + hi) / 2
		return "CASE WHEN " + clock.before(changes[mid].wall) + " THEN " + tree(lo, mid) + " ELSE " + tree(mid+1, hi) + " END"
	}
	return tree(0, len(changes))
}

// sortedBounds sorts bounds and removes repetitions and zero times.
func sortedBounds(bounds []time.Time) []time.Time {
	out := make([]time.Time, 0, len(bounds))
	for _, b := range bounds {
		if !b.IsZero() {
			out = append(out, b.UTC())
		}
	}
	slices.SortFunc(out, time.Time.Compare)
	return slices.CompactFunc(out, time.Time.Equal)
}

// comment makes a text safe inside a line comment.
func comment(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, s)
}
