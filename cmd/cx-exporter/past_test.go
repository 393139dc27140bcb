package main

import (
	"testing"
	"time"
)

// A year back is told in days, and begins where the day does, whatever the clocks
// did between.
func TestThePastBeginsSoManyDaysAgo(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 4, 1, 15, 30, 0, 0, berlin)
	got, err := pastInstants("4d", "", "1d", now, berlin)
	if err != nil || len(got) != 5 {
		t.Fatalf("the instants are %v: %v", got, err)
	}
	if want := "2026-03-28T00:00:00+01:00"; got[0].In(berlin).Format(time.RFC3339) != want {
		t.Errorf("the first is %s, not %s", got[0].In(berlin).Format(time.RFC3339), want)
	}
	if want := "2026-04-01T00:00:00+02:00"; got[4].In(berlin).Format(time.RFC3339) != want {
		t.Errorf("the last is %s, not %s", got[4].In(berlin).Format(time.RFC3339), want)
	}
	for _, wrong := range []string{"-4d", "d", "4.5d", "70000d"} {
		if _, err := pastInstants(wrong, "", "1d", now, berlin); err == nil {
			t.Errorf("%q is taken", wrong)
		}
	}
}

// 6 September 2026 had no midnight in Chile, and began at 01:00, which is 04:00 UTC.
func TestADayWithoutAMidnightIsMeantFromItsBeginning(t *testing.T) {
	t.Parallel()
	santiago, err := time.LoadLocation("America/Santiago")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 9, 8, 12, 0, 0, 0, time.UTC)
	want := time.Date(2026, 9, 6, 4, 0, 0, 0, time.UTC)
	if got, err := instant("--at", "2026-09-06", now, santiago); err != nil || !got.Equal(want) {
		t.Errorf("the day by its name is %s, %v; want %s", got, err, want)
	}
	if got, ok := daysAgo("2d", now, santiago); !ok || !got.Equal(want) {
		t.Errorf("the day before yesterday is %s; want %s", got, want)
	}
}
