package calendar

import (
	"encoding/base64"
	"math/rand/v2"
	"sort"
	"testing"
	"time"
)

// firstAtOrAfter is the first minute at which a zone's clock shows the given
// time or a later one, found by looking at every minute of four days.
func firstAtOrAfter(clock time.Time, loc *time.Location) time.Time {
	at := clock.Add(-48 * time.Hour)
	shows := func(at time.Time) time.Time {
		y, m, d := at.In(loc).Date()
		h, n, s := at.In(loc).Clock()
		return time.Date(y, m, d, h, n, s, 0, time.UTC)
	}
	for shows(at).Before(clock) {
		at = at.Add(time.Minute)
	}
	return at
}

func TestAWallClockIsTheFirstInstantThatShowsItOrMore(t *testing.T) {
	t.Parallel()
	for _, name := range zones() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			loc := location(t, name)
			r := rand.New(rand.NewPCG(3, uint64(len(name))))
			for range 15 {
				clock := wall(randomInstant(r, loc), loc).Truncate(time.Minute)
				if got, want := instant(clock, loc), firstAtOrAfter(clock, loc); !got.Equal(want) {
					t.Errorf("%v is %v, want %v", clock.Format(time.DateTime), got.In(loc), want.In(loc))
				}
			}
		})
	}
}

func TestEveryInstantIsReadFromItsWallClock(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(4, 4))
	for _, name := range zones() {
		loc := location(t, name)
		for range 500 {
			at := randomInstant(r, loc)
			got := instant(wall(at, loc), loc)
			// A repeated time is the first of the two, at most a day earlier.
			if got.After(at) || at.Sub(got) > 25*time.Hour || !wall(got, loc).Equal(wall(at, loc)) {
				t.Errorf("%s: %v becomes %v", name, at, got.In(loc))
			}
		}
	}
}

func TestLaterWallClocksAreNotEarlierInstants(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(5, 5))
	for _, name := range zones() {
		loc := location(t, name)
		start := wall(randomInstant(r, loc), loc)
		clocks := make([]time.Time, 300)
		for i := range clocks {
			clocks[i] = start.Add(time.Duration(r.Int64N(int64(365 * day))))
		}
		sort.Slice(clocks, func(i, j int) bool { return clocks[i].Before(clocks[j]) })
		for i := 1; i < len(clocks); i++ {
			if a, b := instant(clocks[i-1], loc), instant(clocks[i], loc); b.Before(a) {
				t.Errorf("%s: %v is %v but %v is %v", name, clocks[i-1], a, clocks[i], b)
			}
		}
	}
}

// byRule is Europe/Berlin as most copies of the zone database hold it: no list
// of changes, but the rule for all years (`zic -b slim`).
const byRule = "VFppZjIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAQAAAAEAAAAAAAAAVFppZjIA" +
	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABAAAAAQAAAAUAAAAAFSPrkAAAABwgAQBDRVNU" +
	"AApDRVQtMUNFU1QsTTMuNS4wLE0xMC41LjAvMwo="

// On the last day of a leap year, Go's own bounds of such a zone end in the
// past.
func TestTheLastDayOfALeapYearEnds(t *testing.T) {
	t.Parallel()
	data, err := base64.StdEncoding.DecodeString(byRule)
	if err != nil {
		t.Fatal(err)
	}
	loc, err := time.LoadLocationFromTZData("Europe/Berlin", data)
	if err != nil {
		t.Fatal(err)
	}
	for _, year := range []int{2023, 2024, 2025, 2028} {
		for hour := range 60 {
			at := time.Date(year, time.December, 30, hour, 0, 0, 0, time.UTC)
			start, end := SameOffset(at.In(loc))
			if start.After(at) || !end.After(at) || end.After(time.Date(year+1, time.March, 31, 1, 0, 0, 0, time.UTC)) {
				t.Errorf("%s is in [%s, %s)", at, start, end)
			}
			if got := instant(at.Add(time.Hour), loc); !got.Equal(at) {
				t.Errorf("%s is read as %s", at, got)
			}
		}
	}
	noon, err := Cron("0 12 31 12 *", loc)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := noon.Next(time.Date(2024, time.December, 31, 1, 0, 0, 0, time.UTC)), time.Date(2024, time.December, 31, 11, 0, 0, 0, time.UTC); !got.Equal(want) {
		t.Errorf("the slot is %s, want %s", got, want)
	}
}

func TestClocksAreReadByTheWall(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, zone, clock, want string }{
		{"a time as any other", "Europe/Berlin", "2026-03-01 08:15", "2026-03-01T07:15:00Z"},
		{"a day without a midnight begins with its first instant", "America/Santiago", "2026-09-06 00:00", "2026-09-06T04:00:00Z"},
		{"a time that is skipped is the instant of the change", "Europe/Berlin", "2026-03-29 02:30", "2026-03-29T01:00:00Z"},
		{"a time that is shown twice is the first", "Europe/Berlin", "2026-10-25 02:30", "2026-10-25T00:30:00Z"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := ParseClock("2006-01-02 15:04", tt.clock, location(t, tt.zone))
			if err != nil || got.Format(time.RFC3339) != tt.want {
				t.Errorf("it is %s, %v; want %s", got.Format(time.RFC3339), err, tt.want)
			}
		})
	}
	if got, err := ParseClock(time.DateOnly, "2026-02-30", time.UTC); err == nil {
		t.Errorf("30 February is %v", got)
	}
}
