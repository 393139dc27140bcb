// Package calendar turns the windows and schedules of the configuration into
// instants: exact in every time zone, across changes of daylight saving time,
// leap days and year ends. It is pure: the instant of evaluation and the zone
// are always given.
//
// All instants that it returns are in UTC and whole microseconds, so that equal
// instants compare equal with ==.
package calendar

import (
	"strconv"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// Window is a period relative to the instant of evaluation T, as it is
// configured: `7d`, `month`, `last_month`, `all`. It is a comparable value; the
// zero Window is `all`.
//
// Rolling windows end at T: `24h` is 24 times 3600 seconds, `7d` begins at the
// same wall-clock time seven local days earlier, and `2w` is 14 days. Windows
// to date (`today`, `week`, `month`, `quarter`, `year`) begin with the period
// in which T lies and end at T. Complete windows (`yesterday`, `last_week`, …)
// are the period before that one. Weeks start on Monday.
type Window struct {
	kind kind
	n    int // the number of a rolling window's units
}

// kind is what a window is made of.
type kind uint8

const (
	all kind = iota
	hours
	days
	weeks
	today
	week
	month
	quarter
	year
	yesterday
	lastWeek
	lastMonth
	lastQuarter
	lastYear
)

// maxDays is the longest rolling window: ten years, leap days included, and a
// little more.
const maxDays = 3660

const day = 24 * time.Hour

// words are the windows that have a name, in the order of kinds.
var words = [...]string{
	all:         "all",
	today:       "today",
	week:        "week",
	month:       "month",
	quarter:     "quarter",
	year:        "year",
	yesterday:   "yesterday",
	lastWeek:    "last_week",
	lastMonth:   "last_month",
	lastQuarter: "last_quarter",
	lastYear:    "last_year",
}

// String is the window as it is configured.
func (w Window) String() string {
	switch w.kind {
	case hours:
		return strconv.Itoa(w.n) + "h"
	case days:
		return strconv.Itoa(w.n) + "d"
	case weeks:
		return strconv.Itoa(w.n) + "w"
	default:
		return words[w.kind]
	}
}

// Bounded reports whether the window has a lower limit; only `all` has none.
func (w Window) Bounded() bool { return w.kind != all }

// Length is the window's nominal length, for comparing it with intervals and
// limits: a month counts 30 days, a quarter 91, a year 365. It is 0 for `all`.
func (w Window) Length() time.Duration {
	switch w.kind {
	case hours:
		return time.Duration(w.n) * time.Hour
	case days:
		return time.Duration(w.n) * day
	case weeks:
		return time.Duration(w.n) * 7 * day
	case today, yesterday:
		return day
	case week, lastWeek:
		return 7 * day
	case month, lastMonth:
		return 30 * day
	case quarter, lastQuarter:
		return 91 * day
	case year, lastYear:
		return 365 * day
	default:
		return 0
	}
}

// Reach is how old what happened in the window can be at its end or while it lasts, in
// days of 24 hours: last_month reaches back over two months. It is 0 for `all`.
func (w Window) Reach() time.Duration {
	switch w.kind {
	case month:
		return 31 * day
	case quarter:
		return 92 * day
	case year:
		return 366 * day
	case yesterday, lastWeek:
		return 2 * w.Length()
	case lastMonth:
		return (31 + 31) * day // July and August
	case lastQuarter:
		return (92 + 92) * day
	case lastYear:
		return (366 + 365) * day
	default:
		return w.Length()
	}
}

// Span resolves the window at an instant in a zone; a nil zone is UTC. Lo is
// never after Hi, and Hi never after At, which is the instant itself. A window
// to date is empty at the very start of its period.
func (w Window) Span(at time.Time, loc *time.Location) kpi.Span {
	at = at.Truncate(time.Microsecond).UTC()
	switch w.kind {
	case all:
		return kpi.Span{Hi: at, At: at}
	case hours, days, weeks:
		return kpi.Span{Lo: w.before(at, loc), Hi: at, At: at}
	case today, week, month, quarter, year:
		lo, _ := w.period(at, loc)
		return kpi.Span{Lo: instant(lo, loc), Hi: at, At: at}
	default:
		start, _ := w.period(at, loc)
		hi := instant(start, loc)
		_, lo := w.previous(start, loc)
		return kpi.Span{Lo: lo, Hi: hi, At: at}
	}
}

// Comparison is the span that the window's value is compared with. ok is false
// for `all`, which nothing comes before.
//
// A rolling window is compared with the one that ends where it begins. A window
// to date is compared with the previous period up to the same local day and
// time of day, but not beyond that period's end: on 31 March `month` is
// compared with all of February. A complete window is compared with the period
// before it, seen with the same delay: what was known as long after its end as
// T is after the end of the window itself, but at most what was known by then.
func (w Window) Comparison(at time.Time, loc *time.Location) (span kpi.Span, ok bool) {
	s := w.Span(at, loc)
	switch w.kind {
	case all:
		return kpi.Span{}, false
	case hours, days, weeks:
		return w.Span(s.Lo, loc), true
	case today, week, month, quarter, year:
		start, elapsed := w.period(s.At, loc)
		before, lo := w.previous(start, loc)
		hi := earlier(instant(before.Add(elapsed), loc), s.Lo)
		return kpi.Span{Lo: lo, Hi: hi, At: hi}, true
	default:
		start, elapsed := w.period(s.At, loc)
		hiWall, hi := w.previous(start, loc)
		_, lo := w.previous(hiWall, loc)
		return kpi.Span{Lo: lo, Hi: hi, At: earlier(instant(hiWall.Add(elapsed), loc), s.Hi)}, true
	}
}

// Midnight is the beginning of the local day of an instant in a zone; a nil zone
// is UTC.
func Midnight(at time.Time, loc *time.Location) time.Time {
	return Window{kind: today}.Span(at, loc).Lo
}

// before is where a rolling window that ends at an instant begins.
func (w Window) before(at time.Time, loc *time.Location) time.Time {
	n := w.n
	switch w.kind {
	case hours:
		return at.Add(-time.Duration(n) * time.Hour)
	case weeks:
		n *= 7
	}
	return instant(wall(at, loc).AddDate(0, 0, -n), loc)
}

// period is the wall clock at which the calendar period of an instant begins,
// and how far the wall clock has gone since.
func (w Window) period(at time.Time, loc *time.Location) (start time.Time, elapsed time.Duration) {
	now := wall(at, loc)
	start = w.start(now)
	return start, now.Sub(start)
}

// previous is the start of the period before the one that begins at a wall
// clock, as wall clock and as instant. A day that a zone left out, as Samoa did
// with 30 December 2011, is no period.
func (w Window) previous(start time.Time, loc *time.Location) (time.Time, time.Time) {
	end := instant(start, loc)
	for {
		start = w.start(start.Add(-1))
		if lo := instant(start, loc); lo.Before(end) {
			return start, lo
		}
	}
}

// start is the wall clock at which the calendar period of a wall clock begins.
func (w Window) start(now time.Time) time.Time {
	y, m, d := now.Date()
	switch w.kind {
	case week, lastWeek:
		d -= (int(now.Weekday()) + 6) % 7
	case month, lastMonth:
		d = 1
	case quarter, lastQuarter:
		m, d = m-(m-1)%3, 1
	case year, lastYear:
		m, d = time.January, 1
	}
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// earlier is the first of two instants.
func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
