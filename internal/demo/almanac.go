package demo

import (
	"math"
	"time"
	_ "time/tzdata" // a fresh machine may have no zone files
)

const (
	hourSeconds = 3600
	daySeconds  = 24 * hourSeconds
)

// companyZone is where the company works; it is part of the embedded zone data,
// and UTC stands in should it ever be missing there.
func companyZone() *time.Location {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		return time.UTC
	}
	return zone
}

// almanac knows the company's days: where each begins, whether and when the
// office is open, and how busy it is. Instants are seconds since 1970.
type almanac struct {
	days  []dayEntry
	zone  *time.Location
	first time.Time // local midnight of day 0
}

type dayEntry struct {
	start       int64 // local midnight
	open, close int64 // office hours; equal on days off
	weekday     time.Weekday
	month       time.Month
	dom, year   int
	monthLength int // in days
	working     int // working days before this one
}

const (
	officeOpens  = 8
	officeCloses = 18
)

// newAlmanac covers the days from begin, a local midnight, to the day after
// until and so many days more.
func newAlmanac(begin, until time.Time, more int) *almanac {
	zone := begin.Location()
	n := int(until.Sub(begin)/(24*time.Hour)) + 2 + more
	a := &almanac{days: make([]dayEntry, n), zone: zone, first: begin}
	y, m, d := begin.Date()
	working := 0
	for i := range a.days {
		t := time.Date(y, m, d+i, 0, 0, 0, 0, zone)
		e := dayEntry{
			start: t.Unix(), weekday: t.Weekday(), month: t.Month(), dom: t.Day(), year: t.Year(),
			monthLength: time.Date(t.Year(), t.Month()+1, 0, 0, 0, 0, 0, time.UTC).Day(), working: working,
		}
		if e.worksOn() {
			e.open = time.Date(y, m, d+i, officeOpens, 0, 0, 0, zone).Unix()
			e.close = time.Date(y, m, d+i, officeCloses, 0, 0, 0, zone).Unix()
			working++
		}
		a.days[i] = e
	}
	return a
}

// worksOn reports whether the office opens: on weekdays that are no holidays
// of fixed date.
func (e dayEntry) worksOn() bool {
	if e.weekday == time.Saturday || e.weekday == time.Sunday {
		return false
	}
	switch {
	case e.month == time.January && e.dom == 1,
		e.month == time.May && e.dom == 1,
		e.month == time.October && e.dom == 3,
		e.month == time.December && (e.dom == 25 || e.dom == 26):
		return false
	}
	return true
}

func (e dayEntry) isOpen() bool { return e.close > e.open }

// dayOf returns the index of the day that holds an instant; it is beyond the
// almanac for instants beyond it and negative before the first day.
func (a *almanac) dayOf(t int64) int {
	if t < a.days[0].start {
		return -1
	}
	i := min(int((t-a.days[0].start)/daySeconds)+1, len(a.days)-1)
	for a.days[i].start > t {
		i-- // days of 23 and 25 hours move midnight by an hour at the most
	}
	if t-a.days[i].start >= daySeconds+hourSeconds {
		return len(a.days)
	}
	return i
}

// working adds seconds of office time to an instant: the clock stands still
// while the office is closed.
func (a *almanac) working(t int64, seconds float64) int64 {
	left := int64(math.Max(1, seconds))
	for i := max(a.dayOf(t), 0); i < len(a.days); i++ {
		d := a.days[i]
		if !d.isOpen() || t >= d.close {
			continue
		}
		t = max(t, d.open)
		if t+left <= d.close {
			return t + left
		}
		left -= d.close - t
		t = d.close
	}
	return t + left
}

// wall returns the day of the month and the second of the day of an instant,
// which may be before the first day.
func (a *almanac) wall(t int64) (dom int, second int64) {
	if d := a.dayOf(t); d >= 0 && d < len(a.days) {
		return a.days[d].dom, t - a.days[d].start
	}
	l := time.Unix(t, 0).In(a.zone)
	h, m, s := l.Clock()
	return l.Day(), int64(h*hourSeconds + m*60 + s)
}

// monthly returns the first instant after t that is on this day of the month,
// or the last of a shorter month, at this second of the day. The almanac has to
// reach two months beyond t.
func (a *almanac) monthly(dom int, second, t int64) int64 {
	d := a.dayOf(t)
	first := d - a.days[d].dom + 1 // of the month; it may be before day 0
	for {
		length := a.days[max(0, first)].monthLength
		if j := first + min(dom, length) - 1; j >= 0 && a.days[j].start+second > t {
			return a.days[j].start + second
		}
		first += length
	}
}
