package app

import (
	"testing"
	"time"
	_ "time/tzdata" // zones, wherever the tests run
)

func TestARunOfACollectorGoesBeforeThePast(t *testing.T) {
	t.Parallel()
	given := 0
	h := &historian{limits: map[string]int{"one": 1, "two": 2}, running: map[string]int{}, looking: map[string]bool{}}
	enter := func(source string) bool { return h.enter([]string{source}, func() { given++ }) }
	if !enter("one") {
		t.Fatal("a source that nobody reads cannot be looked at")
	}
	h.count([]string{"two"}, 1)
	if given != 0 {
		t.Error("a run on another source has the look given up")
	}
	h.count([]string{"one"}, 1)
	if given != 1 {
		t.Error("the only connection is kept from a run")
	}
	h.leave()
	if enter("one") {
		t.Error("the only connection is taken while a run has it")
	}
	h.count([]string{"one"}, -1)
	if !enter("two") {
		t.Error("a source with a connection to spare cannot be looked at")
	}
	h.count([]string{"two"}, 1)
	if given != 2 {
		t.Error("the last connection is kept from a run")
	}
	h.leave()
	h.count([]string{"two"}, 1)
	if given != 2 {
		t.Error("a look that has ended is given up")
	}
}

// 6 September 2026 had no midnight in Chile, and began at 04:00 UTC.
func TestThePastOfADayWithoutAMidnightIsSeenWhereThatBegins(t *testing.T) {
	t.Parallel()
	santiago, err := time.LoadLocation("America/Santiago")
	if err != nil {
		t.Fatal(err)
	}
	got := weeks(time.Date(2026, 9, 13, 12, 0, 0, 0, time.UTC), santiago)
	if want := time.Date(2026, 9, 6, 4, 0, 0, 0, time.UTC); !got[10].Equal(want) {
		t.Errorf("the one of a week ago is %s, not %s", got[10], want)
	}
}

func TestThePastIsSeenAtMidnightsAWeekApart(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	// Summer time ended on 25 October 2026.
	got := weeks(time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC), berlin)
	for i, want := range map[int]time.Time{
		0:  time.Date(2026, 9, 5, 22, 0, 0, 0, time.UTC),
		7:  time.Date(2026, 10, 24, 22, 0, 0, 0, time.UTC),
		8:  time.Date(2026, 10, 31, 23, 0, 0, 0, time.UTC),
		11: time.Date(2026, 11, 21, 23, 0, 0, 0, time.UTC),
	} {
		if len(got) != 12 || !got[i].Equal(want) {
			t.Fatalf("the one at %d of %d is not %s", i, len(got), want)
		}
	}
}
