package calendar

import (
	"time"

	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// Wall clocks are held as times in UTC whose fields read as the local clock
// does. Arithmetic on them counts local days and hours, whatever the zone.

// wall is what the clock on the wall shows at an instant.
func wall(at time.Time, loc *time.Location) time.Time {
	_, offset := at.In(zone(loc)).Zone()
	return at.UTC().Add(time.Duration(offset) * time.Second)
}

// instant is when a wall clock shows a time. A time that the clock shows twice,
// because it was set back, is the first of the two. A time that it never shows,
// because it was set forward, is the instant of that change. So a later wall
// clock never gives an earlier instant, and a day without midnight begins with
// its first instant. time.Date promises neither.
func instant(clock time.Time, loc *time.Location) time.Time {
	// No zone is a day from UTC, so the clock showed less a day before.
	at := clock.Add(-day).In(zone(loc))
	for {
		_, offset := at.Zone()
		shift := time.Duration(offset) * time.Second
		start, end := SameOffset(at)
		if end.IsZero() || clock.Before(end.UTC().Add(shift)) {
			found := clock.Add(-shift)
			if !start.IsZero() && found.Before(start) {
				found = start
			}
			return found.UTC()
		}
		at = end
	}
}

// ParseClock reads what a clock on a wall shows as time.ParseInLocation does, which
// takes a day without a midnight to begin on the day before: here it begins with its
// first instant. Of a time that the clock shows twice it is the first, and of one that
// it skips the instant of the change. The layout names no zone; a nil zone is UTC.
func ParseClock(layout, text string, loc *time.Location) (time.Time, error) {
	clock, err := time.Parse(layout, text)
	if err != nil {
		return time.Time{}, err
	}
	return instant(clock, loc), nil
}

// zone is a zone, UTC if there is none.
func zone(loc *time.Location) *time.Location {
	if loc == nil {
		return time.UTC
	}
	return loc
}

// Back is a span moved back by so many years and days of its calendar: its ends
// keep their local day and time of day. The 29th of February becomes the first
// of March in years without one, so that a February that ends with it stays
// whole. It is seen with the same delay: At lies as long after its end as it did.
// A span without a beginning stays without one.
func Back(s kpi.Span, years, days int) kpi.Span {
	move := func(t time.Time) time.Time {
		if t.IsZero() {
			return t
		}
		return instant(wall(t, s.Zone).AddDate(-years, 0, -days), s.Zone)
	}
	lo, hi := move(s.Lo), move(s.Hi)
	return kpi.Span{Lo: lo, Hi: hi, At: earlier(hi.Add(s.At.Sub(s.Hi)), s.At), Zone: s.Zone}
}

// SameOffset is the stretch of time around an instant in which its zone's offset
// stays the same; a zero time is no limit. It may end early: one that begins
// there goes on with the same offset.
//
// It is Time.ZoneBounds, made to end after the instant. Where a zone's changes
// are known by a rule only, as in most copies of the zone database, that takes
// a leap year to end a day early, and on its last day returns an end that has
// passed, from which a loop would never come away.
func SameOffset(at time.Time) (start, end time.Time) {
	start, end = at.ZoneBounds()
	for later := at; !end.IsZero() && !end.After(at); {
		later = later.Add(day)
		_, end = later.ZoneBounds()
	}
	return start, end
}
