package calendar

import (
	"slices"
	"testing"
	"time"
)

func TestSteps(t *testing.T) {
	t.Parallel()
	berlin := location(t, "Europe/Berlin")
	tests := []struct {
		name, from, to, step string
		count                int
		last                 string
	}{
		{"days keep the time of day over a change of clocks", "2024-03-30T08:00:00+01:00", "2024-04-01T08:00:00+02:00", "1d", 3, "2024-04-01T08:00:00+02:00"},
		{"hours are hours", "2024-03-30T08:00:00+01:00", "2024-03-31T08:00:00+02:00", "1h", 24, "2024-03-31T08:00:00+02:00"},
		{"the last step does not go beyond the end", "2024-01-01T00:00:00+01:00", "2024-01-20T00:00:00+01:00", "1w", 3, "2024-01-15T00:00:00+01:00"},
		{"one instant is one step", "2024-01-01T00:00:00+01:00", "2024-01-01T00:00:00+01:00", "2d", 1, "2024-01-01T00:00:00+01:00"},
		{"an end before the beginning has none", "2024-01-02T00:00:00+01:00", "2024-01-01T00:00:00+01:00", "1d", 0, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			from, _ := time.Parse(time.RFC3339, tt.from)
			to, _ := time.Parse(time.RFC3339, tt.to)
			got, err := Steps(from, to, tt.step, berlin)
			if err != nil || len(got) != tt.count {
				t.Fatalf("%d steps, %v", len(got), err)
			}
			if tt.count > 0 && got[len(got)-1].In(berlin).Format(time.RFC3339) != tt.last {
				t.Errorf("the last step is %v", got[len(got)-1])
			}
		})
	}
	for _, step := range []string{"", "month", "1m", "all", "0d", "-1d"} {
		if _, err := Steps(time.Time{}, time.Time{}, step, berlin); err == nil {
			t.Errorf("%q is taken for a step", step)
		}
	}
}

// Chile begins its summer time at midnight: 6 September 2026 has none, and begins at
// 01:00, which is 04:00 UTC.
func TestStepsOfDaysBeginADayWithoutAMidnight(t *testing.T) {
	t.Parallel()
	santiago := location(t, "America/Santiago")
	from := time.Date(2026, 9, 5, 4, 0, 0, 0, time.UTC)
	got, err := Steps(from, from.AddDate(0, 0, 2), "1d", santiago)
	if err != nil {
		t.Fatal(err)
	}
	want := []time.Time{from, time.Date(2026, 9, 6, 4, 0, 0, 0, time.UTC), time.Date(2026, 9, 7, 3, 0, 0, 0, time.UTC)}
	if !slices.Equal(got, want) { // in UTC, as all instants of the package
		t.Errorf("the steps are %v, want %v", got, want)
	}
}

func TestAStepBeginsWhereItIsToldToInAnHourThatIsShownTwice(t *testing.T) {
	t.Parallel()
	from := time.Date(2026, 10, 25, 1, 30, 0, 0, time.UTC) // the second 02:30 in Berlin
	got, err := Steps(from, from, "1d", location(t, "Europe/Berlin"))
	if err != nil || !slices.Equal(got, []time.Time{from}) {
		t.Errorf("the steps are %v, %v", got, err)
	}
}
