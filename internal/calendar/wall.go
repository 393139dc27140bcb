package calendar

import "time"

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
		start, end := at.ZoneBounds()
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

// zone is a zone, UTC if there is none.
func zone(loc *time.Location) *time.Location {
	if loc == nil {
		return time.UTC
	}
	return loc
}
