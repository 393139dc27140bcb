package config

import (
	"testing"
	"time"
)

// 6 September 2026 had no midnight in Chile, and began at 01:00, which is 04:00 UTC.
func TestADateIsTheBeginningOfItsDay(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ date, zone, want string }{
		{"2026-09-05", "America/Santiago", "2026-09-05T04:00:00Z"},
		{"2026-09-06", "America/Santiago", "2026-09-06T04:00:00Z"},
		{"2026-09-07", "America/Santiago", "2026-09-07T03:00:00Z"},
		{"2026-12-31", "Europe/Berlin", "2026-12-30T23:00:00Z"},
		{"2026-09-06T12:00:00+02:00", "America/Santiago", "2026-09-06T10:00:00Z"},
	} {
		zone, err := time.LoadLocation(tt.zone)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := parseDate(tt.date, zone); err != nil || got.Format(time.RFC3339) != tt.want {
			t.Errorf("%s in %s is %s, %v; want %s", tt.date, tt.zone, got.Format(time.RFC3339), err, tt.want)
		}
	}
}
