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

func TestMonthsAndDaysAgo(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, at     string
		months, days int
		want         string
		zone         *time.Location
	}{
		{"the same day of the month before", "2026-04-15T12:00:00Z", 1, 0, "2026-03-15T12:00:00Z", nil},
		{"and some days before that", "2026-04-05T12:00:00Z", 1, 10, "2026-02-23T12:00:00Z", nil},
		{"across a year", "2026-01-01T00:00:00Z", 13, 0, "2024-12-01T00:00:00Z", nil},
		{"a day that the month does not have lies in the next", "2026-03-30T00:00:00Z", 1, 0, "2026-03-02T00:00:00Z", nil},
		{"the last day of a longer month", "2026-03-31T12:00:00Z", 1, 0, "2026-02-28T12:00:00Z", nil},
		{"the last day of a shorter month", "2026-02-28T12:00:00Z", 1, 0, "2026-01-31T12:00:00Z", nil},
		{"the last day of February two years before, and a day", "2026-02-28T12:00:00Z", 24, 1, "2024-02-28T12:00:00Z", nil},
		{"the last day where it is the next already in UTC", "2026-04-29T22:30:00Z", 1, 0, "2026-03-30T22:30:00Z", berlin},
		{"at the same time of day where clocks have changed", "2026-04-10T22:00:00Z", 1, 0, "2026-03-10T23:00:00Z", berlin},
		{"at the change where the clock was never shown", "2026-04-29T00:30:00Z", 1, 0, "2026-03-29T01:00:00Z", berlin},
		{"nothing", "2026-10-25T01:30:00Z", 0, 0, "2026-10-25T01:30:00Z", berlin},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			at, err := time.Parse(time.RFC3339, tt.at)
			if err != nil {
				t.Fatal(err)
			}
			if got := Ago(at, tt.zone, tt.months, tt.days).Format(time.RFC3339); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}
