package calendar

import "time"

// MonthStart is when the calendar month of an instant begins in a zone; a nil
// zone is UTC.
func MonthStart(at time.Time, loc *time.Location) time.Time {
	return Window{kind: month}.Span(at, loc).Lo
}

// Ago is the instant so many local months and days before another, at the same
// time of day; a nil zone is UTC. Months are gone back first. The last day of a
// month goes to the last of another; any other day that a month does not have
// lies in the next: the 30th of February is the 2nd of March.
func Ago(at time.Time, loc *time.Location, months, days int) time.Time {
	if months == 0 && days == 0 {
		return at // of a time that is shown twice it may be the second
	}
	clock := wall(at, loc)
	if next := clock.AddDate(0, 0, 1); next.Day() == 1 {
		return instant(next.AddDate(0, -months, -1-days), loc)
	}
	return instant(clock.AddDate(0, -months, -days), loc)
}

// Month names the calendar month of an instant in a zone, as in 2026-03.
func Month(at time.Time, loc *time.Location) string {
	return at.In(zone(loc)).Format("2006-01")
}
