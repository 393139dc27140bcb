package calendar

import (
	"math/rand/v2"
	"testing"
	"time"
)

// zones are those with the strangest clocks, and some ordinary ones.
func zones() []string {
	return []string{
		"UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Asia/Kathmandu",
		"Pacific/Apia", "Pacific/Kwajalein", "Pacific/Kiritimati", "America/Sao_Paulo", "Africa/Cairo", "Africa/Casablanca",
		"America/St_Johns", "America/Havana", "Asia/Beirut", "Asia/Gaza", "Europe/London", "Europe/Dublin", "Antarctica/Troll",
		"Atlantic/Azores", "America/Caracas", "Asia/Pyongyang", "Pacific/Chatham", "America/Asuncion", "Etc/GMT+12",
	}
}

// randomInstant is one between 1971 and 2040, at or near a change of the zone's
// clock every other time.
func randomInstant(r *rand.Rand, loc *time.Location) time.Time {
	at := time.Unix(31536000+r.Int64N(69*365*86400), r.Int64N(1e9)).In(loc)
	if r.IntN(2) == 0 {
		if _, end := at.ZoneBounds(); !end.IsZero() {
			at = end.Add(time.Duration(r.Int64N(int64(60*time.Hour))) - 30*time.Hour)
		}
	}
	switch r.IntN(4) {
	case 0:
		return at.Truncate(time.Hour)
	case 1:
		return at.Truncate(24 * time.Hour)
	}
	return at
}

func TestWindowsKeepTheirPromisesInEveryZone(t *testing.T) {
	t.Parallel()
	for _, name := range zones() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			loc := location(t, name)
			r := rand.New(rand.NewPCG(1, uint64(len(name))))
			for range 150 {
				at := randomInstant(r, loc)
				for _, text := range allWindows() {
					checkWindow(t, mustParse(t, text), at, loc)
				}
			}
		})
	}
}

// checkWindow checks what holds for every window at every instant.
func checkWindow(t *testing.T, w Window, at time.Time, loc *time.Location) {
	t.Helper()
	s := w.Span(at, loc)
	fail := func(what string) { t.Helper(); t.Errorf("%v at %v: %s: %v", w, at, what, show(s, loc)) }
	if s.At != at.Truncate(time.Microsecond).UTC() {
		fail("At is not the instant")
	}
	if s.Lo.After(s.Hi) || s.Hi.After(s.At) {
		fail("out of order")
	}
	if !w.Bounded() {
		return
	}
	if s.Lo.Nanosecond()%1000 != 0 || s.Hi.Nanosecond()%1000 != 0 || s.Lo.Location() != time.UTC || s.Hi.Location() != time.UTC {
		fail("not whole microseconds in UTC")
	}
	if off := s.Length() - w.Length(); s.Hi == s.At && off > 50*time.Hour {
		fail("longer than its name")
	}
	c, ok := w.Comparison(at, loc)
	switch {
	case !ok:
		fail("no comparison")
	case c.Lo.After(c.Hi) || c.Hi.After(c.At) || c.Hi.After(s.Lo):
		t.Errorf("%v at %v: comparison out of order: %v before %v", w, at, show(c, loc), show(s, loc))
	case c.At.After(s.Hi):
		t.Errorf("%v at %v: comparison sees beyond the window's end: %v", w, at, show(c, loc))
	}
	switch w.kind {
	case today, week, month, quarter, year:
		checkPeriod(t, w, at, loc)
	case hours, days, weeks:
		if c.Hi != s.Lo || c != w.Span(s.Lo, loc) {
			t.Errorf("%v at %v: comparison %v does not abut %v", w, at, show(c, loc), show(s, loc))
		}
	}
}

// checkPeriod checks that the periods of a calendar tile: each complete one
// ends where the current one begins, and begins where the one before it ends.
func checkPeriod(t *testing.T, current Window, at time.Time, loc *time.Location) {
	t.Helper()
	complete := Window{kind: current.kind - today + yesterday}
	now, last := current.Span(at, loc), complete.Span(at, loc)
	if last.Hi != now.Lo {
		t.Errorf("%v at %v ends at %v, %v begins at %v", complete, at, last.Hi, current, now.Lo)
	}
	if !last.Lo.Before(last.Hi) {
		t.Errorf("%v at %v is empty", complete, at)
	}
	// At the last microsecond of the last period, that period is the current one.
	inside := current.Span(last.Hi.Add(-time.Microsecond), loc)
	// Clocks set back past midnight return to the day before for a while; the
	// day then began with its first midnight.
	if wall(inside.At, loc).Before(wall(now.Lo, loc)) && inside.Lo != last.Lo {
		t.Errorf("%v just before %v begins at %v, not %v", current, last.Hi, inside.Lo, last.Lo)
	}
	before := complete.Span(last.Lo, loc)
	if c, _ := complete.Comparison(at, loc); c.Hi != last.Lo || before.Hi == last.Lo && c.Lo != before.Lo {
		t.Errorf("%v at %v: comparison %v does not abut %v", complete, at, show(c, loc), show(last, loc))
	}
}

// A later instant never has an earlier window, except in the hours that a clock
// repeats.
func TestWindowsMoveForward(t *testing.T) {
	t.Parallel()
	for _, name := range zones() {
		loc := location(t, name)
		r := rand.New(rand.NewPCG(2, uint64(len(name))))
		for range 100 {
			a := randomInstant(r, loc)
			b := a.Add(time.Duration(r.Int64N(int64(72 * time.Hour))))
			if wall(b, loc).Before(wall(a, loc)) {
				continue
			}
			for _, text := range allWindows() {
				w := mustParse(t, text)
				if sa, sb := w.Span(a, loc), w.Span(b, loc); sb.Lo.Before(sa.Lo) || sb.Hi.Before(sa.Hi) {
					t.Errorf("%s in %s: %v at %v, %v at %v", text, name, show(sa, loc), a, show(sb, loc), b)
				}
			}
		}
	}
}
