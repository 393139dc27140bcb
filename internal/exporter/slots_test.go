package exporter

import (
	"testing"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/calendar"
)

// scheduleFunc is a schedule made of a function.
type scheduleFunc func(time.Time) time.Time

func (f scheduleFunc) Next(t time.Time) time.Time { return f(t) }

func TestSlotAt(t *testing.T) {
	t.Parallel()
	at := func(s string) time.Time {
		v, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	minutes := calendar.Every(time.Minute, 0)
	daily, err := calendar.Cron("0 6 * * *", time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		schedule  calendar.Schedule
		last, now string
		slot      string
		before    int
		wait      time.Duration
		due       bool
	}{
		"before the next slot it waits for the rest": {
			schedule: minutes, last: "2026-03-01T12:00:00Z", now: "2026-03-01T12:00:20Z",
			slot: "2026-03-01T12:01:00Z", wait: 40 * time.Second,
		},
		"at the slot it is due": {
			schedule: minutes, last: "2026-03-01T12:00:00Z", now: "2026-03-01T12:01:00Z",
			slot: "2026-03-01T12:01:00Z", due: true,
		},
		"of several slots that passed only the latest is due": {
			schedule: minutes, last: "2026-03-01T12:00:00Z", now: "2026-03-01T12:05:30Z",
			slot: "2026-03-01T12:05:00Z", before: 4, due: true,
		},
		"a jump of a year is counted, and ends at the latest slot": {
			schedule: minutes, last: "2026-03-01T12:00:00Z", now: "2027-03-01T12:00:30Z",
			slot: "2027-03-01T12:00:00Z", before: 365*24*60 - 1, due: true,
		},
		"a daily slot that a sleeping machine passed is still due": {
			schedule: daily, last: "2026-03-01T06:00:00Z", now: "2026-03-02T08:00:00Z",
			slot: "2026-03-02T06:00:00Z", due: true,
		},
		"a schedule that has ended is never due": {
			schedule: scheduleFunc(func(time.Time) time.Time { return time.Time{} }),
			last:     "2026-03-01T12:00:00Z", now: "2026-03-01T13:00:00Z",
			slot: "0001-01-01T00:00:00Z", wait: time.Minute,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			slot, before, wait, due := slotAt(tt.schedule, time.Minute, at(tt.last), at(tt.now))
			if !slot.Equal(at(tt.slot)) || before != tt.before || wait != tt.wait || due != tt.due {
				t.Errorf("got %s, %d before, wait %s, due %v; want %s, %d, %s, %v", slot, before, wait, due, tt.slot, tt.before, tt.wait, tt.due)
			}
		})
	}
}
