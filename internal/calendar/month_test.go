package calendar

import (
	"testing"
	"time"
)

func TestMonthsBeginAtTheirMidnight(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, at, want, month string
		zone                  *time.Location
	}{
		{"in the middle of it", "2026-03-15T12:00:00Z", "2026-03-01T00:00:00Z", "2026-03", nil},
		{"at its first instant", "2026-03-01T00:00:00Z", "2026-03-01T00:00:00Z", "2026-03", nil},
		{"just before the next", "2026-02-28T23:59:59.999999Z", "2026-02-01T00:00:00Z", "2026-02", nil},
		{"when the zone is ahead", "2026-02-28T23:00:00Z", "2026-02-28T23:00:00Z", "2026-03", berlin},
		{"before a change of clocks", "2026-03-31T21:59:59Z", "2026-02-28T23:00:00Z", "2026-03", berlin},
		{"after one", "2026-03-31T22:00:00Z", "2026-03-31T22:00:00Z", "2026-04", berlin},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			at, err := time.Parse(time.RFC3339Nano, tt.at)
			if err != nil {
				t.Fatal(err)
			}
			if got := MonthStart(at, tt.zone).Format(time.RFC3339); got != tt.want {
				t.Errorf("the month begins at %s, want %s", got, tt.want)
			}
			if got := Month(at, tt.zone); got != tt.month {
				t.Errorf("it is %s, want %s", got, tt.month)
			}
		})
	}
}

func TestDaysThatAreAlike(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, at       string
		months         int
		earlier, later string // the same where empty
		zone           *time.Location
	}{
		{"the same day of the month before", "2026-04-15T12:00:00Z", 1, "2026-03-15T12:00:00Z", "", nil},
		{"across a year", "2026-01-01T00:00:00Z", 13, "2024-12-01T00:00:00Z", "", nil},
		{"the same day, or as many before the end", "2026-04-21T09:00:00Z", 1, "2026-03-21T09:00:00Z", "2026-03-22T09:00:00Z", nil},
		{"in a shorter month the end is nearer", "2026-03-22T09:00:00Z", 1, "2026-02-19T09:00:00Z", "2026-02-22T09:00:00Z", nil},
		{"a day that the month does not have lies in the next", "2026-03-30T00:00:00Z", 1, "2026-02-27T00:00:00Z", "2026-03-02T00:00:00Z", nil},
		{"the last day of a longer month", "2026-03-31T12:00:00Z", 1, "2026-02-28T12:00:00Z", "2026-03-03T12:00:00Z", nil},
		{"the last day of a shorter month", "2026-02-28T12:00:00Z", 1, "2026-01-28T12:00:00Z", "2026-01-31T12:00:00Z", nil},
		{"months of the same length", "2026-08-20T12:00:00Z", 1, "2026-07-20T12:00:00Z", "", nil},
		{"the last day where it is the next already in UTC", "2026-04-29T22:30:00Z", 1, "2026-03-29T22:30:00Z", "2026-03-30T22:30:00Z", berlin},
		{"at the same time of day where clocks have changed", "2026-04-10T22:00:00Z", 1, "2026-03-10T23:00:00Z", "", berlin},
		{"at the change where the clock was never shown", "2026-04-28T00:30:00Z", 1, "2026-03-28T01:30:00Z", "2026-03-29T01:00:00Z", berlin},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			at, err := time.Parse(time.RFC3339, tt.at)
			if err != nil {
				t.Fatal(err)
			}
			if tt.later == "" {
				tt.later = tt.earlier
			}
			earlier, later := Alike(at, tt.zone, tt.months)
			if a, b := earlier.Format(time.RFC3339), later.Format(time.RFC3339); a != tt.earlier || b != tt.later {
				t.Errorf("got %s and %s, want %s and %s", a, b, tt.earlier, tt.later)
			}
		})
	}
}

func TestDaysAgo(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, time.April, 5, 12, 0, 0, 0, time.UTC)
	if got := DaysAgo(at, berlin, 10).Format(time.RFC3339); got != "2026-03-26T13:00:00Z" {
		t.Errorf("ten days before, when clocks had another offset, it was %s", got)
	}
}
