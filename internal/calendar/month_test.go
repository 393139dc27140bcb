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
