package calendar

import "time"

// MonthStart is when the calendar month of an instant begins in a zone; a nil
// zone is UTC.
func MonthStart(at time.Time, loc *time.Location) time.Time {
	return Window{kind: month}.Span(at, loc).Lo
}

// Month names the calendar month of an instant in a zone, as in 2026-03.
func Month(at time.Time, loc *time.Location) string {
	return at.In(zone(loc)).Format("2006-01")
}
