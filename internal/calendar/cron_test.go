package calendar

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func mustCron(t testing.TB, expr string, loc *time.Location) Schedule {
	t.Helper()
	s, err := Cron(expr, loc)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestCronNext(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, expr, zone, after string
		want                    []string
	}{
		{
			"quarters of an hour in office hours", "*/15 7-19 * * 1-5", "Europe/Berlin", "2024-05-31T19:40:00+02:00",
			[]string{"2024-05-31T19:45:00+02:00", "2024-06-03T07:00:00+02:00"},
		},
		{"the hour", "@hourly", "Asia/Kolkata", "2024-05-31T19:40:00+05:30", []string{"2024-05-31T20:00:00+05:30"}},
		{"midnight in the zone", "@daily", "Asia/Kolkata", "2024-05-31T19:40:00+05:30", []string{"2024-06-01T00:00:00+05:30"}},
		{"midnight that does not exist", "@daily", "America/Sao_Paulo", "2018-11-03T12:00:00-03:00", []string{"2018-11-04T01:00:00-02:00", "2018-11-05T00:00:00-02:00"}},
		{
			"a skipped time runs at the change, once", "30 2 * * *", "Europe/Berlin", "2024-03-30T12:00:00+01:00",
			[]string{"2024-03-31T03:00:00+02:00", "2024-04-01T02:30:00+02:00"},
		},
		{
			"several skipped times run at the change together", "10,40 2,3 * * *", "Europe/Berlin", "2024-03-31T01:00:00+01:00",
			[]string{"2024-03-31T03:00:00+02:00", "2024-03-31T03:10:00+02:00", "2024-03-31T03:40:00+02:00", "2024-04-01T02:10:00+02:00"},
		},
		{
			"a repeated time runs at the first", "30 2 * * *", "Europe/Berlin", "2024-10-26T12:00:00+02:00",
			[]string{"2024-10-27T02:30:00+02:00", "2024-10-28T02:30:00+01:00"},
		},
		{
			"a repeated time does not run in the second hour", "30 2 * * *", "Europe/Berlin", "2024-10-27T02:10:00+01:00",
			[]string{"2024-10-28T02:30:00+01:00"},
		},
		{
			"every half hour goes on through the repeated hour", "*/30 * * * *", "Europe/Berlin", "2024-10-27T02:15:00+02:00",
			[]string{"2024-10-27T02:30:00+02:00", "2024-10-27T02:00:00+01:00", "2024-10-27T02:30:00+01:00", "2024-10-27T03:00:00+01:00"},
		},
		{
			"every half hour goes on over the skipped hour", "*/30 * * * *", "Europe/Berlin", "2024-03-31T01:15:00+01:00",
			[]string{"2024-03-31T01:30:00+01:00", "2024-03-31T03:00:00+02:00", "2024-03-31T03:30:00+02:00"},
		},
		{
			"a skipped half hour", "15 2 * * *", "Australia/Lord_Howe", "2024-10-05T12:00:00+10:30",
			[]string{"2024-10-06T02:30:00+11:00", "2024-10-07T02:15:00+11:00"},
		},
		{
			"a skipped day", "0 9 * * *", "Pacific/Apia", "2011-12-29T08:00:00-10:00",
			[]string{"2011-12-29T09:00:00-10:00", "2011-12-31T00:00:00+14:00", "2011-12-31T09:00:00+14:00"},
		},
		{"the leap day over a century without one", "0 0 29 2 *", "UTC", "2096-03-01T00:00:00Z", []string{"2104-02-29T00:00:00Z"}},
		{
			"the day of the month or of the week", "0 0 13 * 5", "UTC", "2024-06-01T00:00:00Z",
			[]string{"2024-06-07T00:00:00Z", "2024-06-13T00:00:00Z", "2024-06-14T00:00:00Z"},
		},
		{"Sunday is 7 as well", "0 0 * * 7", "UTC", "2024-06-01T00:00:00Z", []string{"2024-06-02T00:00:00Z"}},
		{"names of months and days", "0 0 * jan mon", "UTC", "2024-06-01T00:00:00Z", []string{"2025-01-06T00:00:00Z"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			loc := location(t, tt.zone)
			s := mustCron(t, tt.expr, loc)
			at, err := time.Parse(time.RFC3339, tt.after)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for range tt.want {
				at = s.Next(at)
				got = append(got, at.In(loc).Format(time.RFC3339))
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got  %v\nwant %v", got, tt.want)
			}
		})
	}
}

// The slots of a year around changes of clocks are those that a look at every
// minute finds.
func TestCronAgreesWithLookingAtEveryMinute(t *testing.T) {
	t.Parallel()
	exprs := []struct {
		expr    string
		matches func(clock time.Time) bool
		anyHour bool
	}{
		{"20 1,2,3 * * *", func(c time.Time) bool { return c.Minute() == 20 && c.Hour() >= 1 && c.Hour() <= 3 }, false},
		{"0 0 * * *", func(c time.Time) bool { return c.Minute() == 0 && c.Hour() == 0 }, false},
		{"45 23 * * 6,0", func(c time.Time) bool {
			return c.Minute() == 45 && c.Hour() == 23 && (c.Weekday() == time.Saturday || c.Weekday() == time.Sunday)
		}, false},
		{"*/20 * * * *", func(c time.Time) bool { return c.Minute()%20 == 0 }, true},
		{"5 * * * 0", func(c time.Time) bool { return c.Minute() == 5 && c.Weekday() == time.Sunday }, true},
	}
	years := map[string]int{"Pacific/Apia": 2011, "America/Sao_Paulo": 2018, "Africa/Cairo": 2023, "America/St_Johns": 2009, "Asia/Pyongyang": 2018}
	for _, name := range []string{"Pacific/Apia", "America/Sao_Paulo", "Africa/Cairo", "America/St_Johns", "Asia/Pyongyang", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Africa/Casablanca"} {
		loc := location(t, name)
		year := years[name]
		if year == 0 {
			year = 2024
		}
		// A week around each change of the year.
		at := time.Date(year, 1, 1, 12, 0, 0, 0, loc)
		var spans [][2]time.Time
		for range 4 {
			_, end := at.ZoneBounds()
			if end.IsZero() || end.Year() > year+1 {
				break
			}
			spans = append(spans, [2]time.Time{end.Add(-80 * time.Hour), end.Add(80 * time.Hour)})
			at = end
		}
		spans = append(spans, [2]time.Time{time.Date(year, 6, 28, 0, 0, 0, 0, loc), time.Date(year, 7, 3, 0, 0, 0, 0, loc)})
		for _, span := range spans {
			minutes := everyMinute(span[0].Add(-50*time.Hour), span[1], loc)
			for _, e := range exprs {
				s := mustCron(t, e.expr, loc)
				want := lookAtEveryMinute(minutes, span[0], e.matches, e.anyHour)
				var got []time.Time
				for at := s.Next(span[0]); at.Before(span[1]); at = s.Next(at) {
					got = append(got, at)
				}
				if !slices.EqualFunc(got, want, time.Time.Equal) {
					t.Errorf("%q in %s from %v:\ngot  %v\nwant %v", e.expr, name, span[0], got, want)
				}
			}
		}
	}
}

// minute is an instant and what the clock shows then.
type minute struct{ at, shows time.Time }

// everyMinute lists the minutes from lo to hi.
func everyMinute(lo, hi time.Time, loc *time.Location) (minutes []minute) {
	for at := lo.Truncate(time.Minute); at.Before(hi); at = at.Add(time.Minute) {
		y, m, d := at.In(loc).Date()
		h, n, _ := at.In(loc).Clock()
		minutes = append(minutes, minute{at, time.Date(y, m, d, h, n, 0, 0, time.UTC)})
	}
	return minutes
}

// lookAtEveryMinute lists the slots after an instant. With the hour given, each
// matching time of the wall clock has one slot: the first minute at which the
// clock shows it or has passed it. Otherwise a slot is each minute at which the
// clock shows a match.
func lookAtEveryMinute(minutes []minute, after time.Time, matches func(time.Time) bool, anyHour bool) (slots []time.Time) {
	passed := minutes[0].shows
	for _, m := range minutes {
		slot := false
		if anyHour {
			slot = matches(m.shows)
		} else {
			for ; !passed.After(m.shows); passed = passed.Add(time.Minute) {
				slot = slot || matches(passed)
			}
		}
		if slot && m.at.After(after) {
			slots = append(slots, m.at)
		}
	}
	return slots
}

func TestCronRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, expr, says string }{
		{"nothing", "", "empty"},
		{"too few fields", "* * *", "5 fields"},
		{"seconds", "0 * * * * *", "5 fields"},
		{"a minute that does not exist", "61 * * * *", "61"},
		{"a word", "every monday", "fields"},
		{"a month that does not exist", "0 0 * foo *", `"foo" is neither a number nor a name`},
		{"an unknown descriptor", "@fortnightly", "@fortnightly"},
		{"an interval", "@every 5m", "use `interval`"},
		{"a zone of its own", "TZ=Europe/Berlin 0 9 * * *", "`timezone`"},
		{"a zone of its own by the long name", "CRON_TZ=UTC 0 9 * * *", "`timezone`"},
		{"a date that never comes", "0 0 30 2 *", "no such date"},
		{"a hashed minute", "H * * * *", "L, W, # and H"},
		{"the last day", "0 0 L * *", "L, W, # and H"},
		{"the third Friday", "0 0 * * FRI#3", "L, W, # and H"},
		{"a step of nothing", "*/0 * * * *", "step"},
		{"more text than any expression needs", strings.Repeat("1,", 1000) + "1 * * * *", "too long"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s, err := Cron(tt.expr, time.UTC)
			if err == nil {
				t.Fatalf("Cron(%q) is accepted: %v", tt.expr, s)
			}
			if !strings.Contains(err.Error(), tt.says) {
				t.Errorf("Cron(%q) says %q, not %q", tt.expr, err, tt.says)
			}
		})
	}
}

func FuzzCron(f *testing.F) {
	for _, expr := range []string{"*/15 7-19 * * 1-5", "@hourly", "0 0 29 2 *", "TZ= * * * * *", "@every 1s", "H H * * *", "0 0 L * FRI#L", "? ? ? ? ?", "59-0 22-2 31 NOV-FEB FRI-MON", "*/18446744073709551615 * * * *"} {
		f.Add(expr, int64(1711846800))
	}
	berlin := location(f, "Europe/Berlin")
	f.Fuzz(func(t *testing.T, expr string, unix int64) {
		s, err := Cron(expr, berlin)
		if err != nil {
			return
		}
		at := time.Unix(unix%4e9, 0)
		for range 3 {
			next := s.Next(at)
			if !next.After(at) {
				t.Fatalf("%q: %v follows %v", expr, next, at)
			}
			at = next
		}
	})
}
