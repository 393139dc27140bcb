package calendar

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The forms of business hours, as regular expressions of Go and JavaScript
// alike.
const (
	// DaysForm is a day of the week, or a range of them.
	DaysForm = `^(?:mon|tue|wed|thu|fri|sat|sun)(?:-(?:mon|tue|wed|thu|fri|sat|sun))?$`
	// RangeForm is a range of times of day.
	RangeForm = `^(?:[01]?[0-9]|2[0-3]):[0-5][0-9]-(?:(?:[01]?[0-9]|2[0-3]):[0-5][0-9]|24:00)$`
	// DateForm is a calendar day.
	DateForm = `^[0-9]{4}-[0-9]{2}-[0-9]{2}$`
)

// weekdays are the days of a week as they are configured, from Sunday on.
func weekdays() []string { return []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"} }

// ParseDays reads a day of the week, `sat`, or a range of them, `mon-fri`. A
// range may go over the end of the week.
func ParseDays(s string) ([]time.Weekday, error) {
	first, last, many := strings.Cut(s, "-")
	if !many {
		last = first
	}
	from, to := slices.Index(weekdays(), first), slices.Index(weekdays(), last)
	if from < 0 || to < 0 {
		return nil, fmt.Errorf("%q is no day of the week: write mon, tue, wed, thu, fri, sat or sun, or a range such as mon-fri", s)
	}
	days := []time.Weekday{time.Weekday(from)}
	for from != to {
		from = (from + 1) % 7
		days = append(days, time.Weekday(from))
	}
	return days, nil
}

var rangeForm = regexp.MustCompile(RangeForm)

// ParseRange reads a range of times of day: `09:00-12:30`, `18:00-24:00`.
func ParseRange(s string) (Range, error) {
	if !rangeForm.MatchString(s) {
		return Range{}, fmt.Errorf("%q is no range of times: write it as 09:00-17:30, with 24:00 for the end of the day", s)
	}
	first, last, _ := strings.Cut(s, "-")
	r := Range{minutes(first), minutes(last)}
	if r.From >= r.To {
		return Range{}, fmt.Errorf("%q ends before it begins: hours past midnight belong to the next day, so write %s-24:00 here and 00:00-%s there", s, first, last)
	}
	return r, nil
}

// minutes reads a time of day that has the right form.
func minutes(s string) int {
	h, m, _ := strings.Cut(s, ":")
	hours, _ := strconv.Atoi(h)
	rest, _ := strconv.Atoi(m)
	return hours*60 + rest
}

// ParseDate reads a calendar day: `2026-12-25`.
func ParseDate(s string) (time.Time, error) {
	date, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return time.Time{}, fmt.Errorf("%q is no date: write it as 2026-12-25", s)
	}
	return date, nil
}
