package calendar

import "time"

// MonthStart is when the calendar month of an instant begins in a zone; a nil
// zone is UTC.
func MonthStart(at time.Time, loc *time.Location) time.Time {
	return Window{kind: month}.Span(at, loc).Lo
}

// DaysAgo is the instant so many local days before another, at the same time of
// day; a nil zone is UTC.
func DaysAgo(at time.Time, loc *time.Location, days int) time.Time {
	return instant(wall(at, loc).AddDate(0, 0, -days), loc)
}

// half is the last day of the first half of a month.
const half = 15

// Alike are the instants so many local months before another that are alike to it,
// at the same time of day: on the same day of the month and, in the second half of
// it, as many days before its end. The two may be one. A day that a month does not
// have lies in the next: the 30th of February is the 2nd of March. A nil zone is
// UTC.
func Alike(at time.Time, loc *time.Location, months int) (earlier, later time.Time) {
	clock := wall(at, loc)
	length := func(months int) int {
		return time.Date(clock.Year(), clock.Month()-time.Month(months)+1, 0, 0, 0, 0, 0, time.UTC).Day()
	}
	day := clock.Day()
	fromEnd := day
	if day > half {
		fromEnd = day - length(0) + length(months)
	}
	on := func(day int) time.Time {
		first := time.Date(clock.Year(), clock.Month()-time.Month(months), 1, 0, 0, 0, 0, time.UTC)
		return instant(first.AddDate(0, 0, day-1).Add(clock.Sub(clock.Truncate(24*time.Hour))), loc)
	}
	return on(min(day, fromEnd)), on(max(day, fromEnd))
}

// Month names the calendar month of an instant in a zone, as in 2026-03.
func Month(at time.Time, loc *time.Location) string {
	return at.In(zone(loc)).Format("2006-01")
}
