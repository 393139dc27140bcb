package calendar

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"
)

// Hours is a business calendar: the hours of the week in which a team works, by
// the clock on its wall, and the days on which it does not. It is open at an
// instant where that clock shows a time of the hours on a day that is no
// holiday. So a range across the hour that clocks skip is an hour shorter, one
// across the hour that they repeat is an hour longer, and every instant is
// either open or not.
//
// It answers how long it was open between two instants without walking from one
// to the other. Hours are immutable and safe for concurrent use.
type Hours struct {
	name string
	spec string
	// week is the open time of the days of a week, from Sunday on.
	week [7]openDay
	// before[k] is the open time of a week before its day k, before[7] of all
	// of it.
	before [8]int64
	// holidays are days since 1970, sorted; lost[i] is what those before the
	// i-th would have been open.
	holidays []int64
	lost     []int64
	// periods are the stretches of time in which the zone's offset is the same.
	periods []offsetPeriod
}

// openDay is when a day is open: ranges in microseconds since midnight that do
// not touch, and their total length.
type openDay struct {
	ranges [][2]int64
	total  int64
}

// offsetPeriod is a stretch of time with one offset from UTC. What is open up to
// an instant in it is what the wall clock would have been open, plus more.
type offsetPeriod struct {
	start, offset, more int64 // microseconds
}

// Range is a stretch of a local day in minutes since midnight: [From, To). The
// end of the day is 24 * 60.
type Range struct{ From, To int }

// String is the range as it is configured.
func (r Range) String() string {
	return fmt.Sprintf("%02d:%02d-%02d:%02d", r.From/60, r.From%60, r.To/60, r.To%60)
}

// Overlaps reports whether two ranges have a minute in common.
func (r Range) Overlaps(o Range) bool { return r.From < o.To && o.From < r.To }

const (
	microDay = int64(day / time.Microsecond)
	// thursday is the weekday of the first of January 1970.
	thursday = int64(time.Thursday)
)

// NewHours makes a business calendar. Ranges that overlap are open once. Of
// holidays only the date counts; a nil zone is UTC.
func NewHours(name string, loc *time.Location, week map[time.Weekday][]Range, holidays []time.Time) *Hours {
	h := &Hours{name: name}
	spec := []string{zone(loc).String()}
	for k := range h.week {
		h.week[k] = newOpenDay(week[time.Weekday(k)])
		h.before[k+1] = h.before[k] + h.week[k].total
		spec = append(spec, fmt.Sprint(h.week[k].ranges))
	}
	for _, date := range holidays {
		y, m, d := date.Date()
		h.holidays = append(h.holidays, time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix()/86400)
	}
	slices.Sort(h.holidays)
	h.holidays = slices.Compact(h.holidays)
	total := int64(0)
	for _, d := range h.holidays {
		h.lost = append(h.lost, total)
		total += h.week[modulo(d+thursday, 7)].total
	}
	h.lost = append(h.lost, total)
	h.spec = strings.Join(append(spec, fmt.Sprint(h.holidays)), " ")
	h.findPeriods(zone(loc))
	return h
}

func newOpenDay(ranges []Range) openDay {
	sorted := slices.SortedFunc(slices.Values(ranges), func(a, b Range) int { return a.From - b.From })
	var d openDay
	for _, r := range sorted {
		from, to := int64(r.From)*60e6, min(int64(r.To)*60e6, microDay)
		if n := len(d.ranges); n > 0 && from <= d.ranges[n-1][1] {
			d.ranges[n-1][1] = max(to, d.ranges[n-1][1])
			continue
		}
		if from < to {
			d.ranges = append(d.ranges, [2]int64{from, to})
		}
	}
	for _, r := range d.ranges {
		d.total += r[1] - r[0]
	}
	return d
}

// The years whose changes of clocks are known. Before and after them, the
// nearest offset is taken.
const firstYear, lastYearKnown = 1900, 2200

func (h *Hours) findPeriods(loc *time.Location) {
	end := time.Date(lastYearKnown, 1, 1, 0, 0, 0, 0, time.UTC)
	for t := time.Date(firstYear, 1, 1, 0, 0, 0, 0, time.UTC).In(loc); ; {
		_, seconds := t.Zone()
		p := offsetPeriod{start: t.UnixMicro(), offset: int64(seconds) * 1e6}
		if n := len(h.periods); n > 0 {
			last := h.periods[n-1]
			p.more = last.more + h.shown(p.start+last.offset) - h.shown(p.start+p.offset)
		}
		h.periods = append(h.periods, p)
		_, next := SameOffset(t)
		if next.IsZero() || next.After(end) {
			return
		}
		t = next
	}
}

// Name is what the configuration calls it.
func (h *Hours) Name() string { return h.name }

// Spec tells everything that the calendar says, in words that differ where two
// calendars do.
func (h *Hours) Spec() string { return h.spec }

// Between is how many seconds were open from one instant to another, exact to
// the microsecond. It is negative where the second comes before the first.
func (h *Hours) Between(from, to time.Time) float64 {
	return float64(h.until(to.UnixMicro())-h.until(from.UnixMicro())) / 1e6
}

// until is the open time up to an instant, in microseconds from some beginning.
func (h *Hours) until(t int64) int64 {
	i := sort.Search(len(h.periods), func(i int) bool { return h.periods[i].start > t }) - 1
	p := h.periods[max(i, 0)]
	return h.shown(t+p.offset) + p.more
}

// shown is the open time up to a wall clock, were it never set forward or back.
func (h *Hours) shown(clock int64) int64 {
	date := floor(clock, microDay)
	k := modulo(date+thursday, 7)
	inDay := h.week[k].until(clock - date*microDay)
	i, closed := slices.BinarySearch(h.holidays, date)
	if closed {
		inDay = 0
	}
	return floor(date+thursday, 7)*h.before[7] + h.before[k] + inDay - h.lost[i]
}

// until is the open time of a day up to a time of it.
func (d openDay) until(clock int64) int64 {
	sum := int64(0)
	for _, r := range d.ranges {
		if clock <= r[0] {
			break
		}
		sum += min(clock, r[1]) - r[0]
	}
	return sum
}

// floor divides and rounds down.
func floor(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// modulo is what floor leaves, which is never negative.
func modulo(a, b int64) int64 { return a - floor(a, b)*b }
