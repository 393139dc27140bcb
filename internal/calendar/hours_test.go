package calendar

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// hoursOf makes a calendar of days and their ranges, as the configuration has
// them: `mon-fri 09:00-12:30 13:30-18:00`.
func hoursOf(t testing.TB, zone string, week []string, holidays ...string) *Hours {
	t.Helper()
	loc, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	open := map[time.Weekday][]Range{}
	for _, line := range week {
		days, ranges, _ := strings.Cut(line, " ")
		on, err := ParseDays(days)
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range strings.Fields(ranges) {
			r, err := ParseRange(text)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range on {
				open[d] = append(open[d], r)
			}
		}
	}
	var dates []time.Time
	for _, text := range holidays {
		d, err := ParseDate(text)
		if err != nil {
			t.Fatal(err)
		}
		dates = append(dates, d)
	}
	return NewHours("office", loc, open, dates)
}

func mustTime(t testing.TB, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestBusinessHoursBetween(t *testing.T) {
	t.Parallel()
	office := []string{"mon-fri 09:00-12:30 13:30-18:00"}
	tests := []struct {
		name     string
		zone     string
		week     []string
		holidays []string
		from, to string
		want     float64
	}{
		{
			name: "an hour inside of the hours", zone: "UTC", week: office,
			from: "2024-06-03T10:00:00Z", to: "2024-06-03T11:00:00Z", want: 3600,
		},
		{
			name: "the break at noon does not count", zone: "UTC", week: office,
			from: "2024-06-03T12:00:00Z", to: "2024-06-03T14:00:00Z", want: 3600,
		},
		{
			name: "a reply wholly outside of the hours takes no time", zone: "UTC", week: office,
			from: "2024-06-03T18:00:00Z", to: "2024-06-04T09:00:00Z", want: 0,
		},
		{
			name: "a weekend takes no time", zone: "UTC", week: office,
			from: "2024-06-07T17:00:00Z", to: "2024-06-10T10:00:00Z", want: 2 * 3600,
		},
		{
			name: "a week has five days of eight hours", zone: "UTC", week: office,
			from: "2024-06-05T11:11:11.111111Z", to: "2024-06-12T11:11:11.111111Z", want: 40 * 3600,
		},
		{
			name: "nor does a holiday", zone: "UTC", week: office, holidays: []string{"2024-06-04"},
			from: "2024-06-03T17:00:00Z", to: "2024-06-05T10:00:00Z", want: 2 * 3600,
		},
		{
			name: "a holiday on a day that is closed changes nothing", zone: "UTC", week: office, holidays: []string{"2024-06-08"},
			from: "2024-06-07T17:00:00Z", to: "2024-06-10T10:00:00Z", want: 2 * 3600,
		},
		{
			name: "a holiday is a whole local day, whatever UTC says", zone: "Pacific/Auckland", week: []string{"mon-sun 00:00-24:00"}, holidays: []string{"2024-06-03"},
			from: "2024-06-02T11:00:00Z", to: "2024-06-03T13:00:00Z", want: 2 * 3600, // NZST is UTC+12
		},
		{
			name: "begun in a holiday", zone: "UTC", week: office, holidays: []string{"2024-06-04"},
			from: "2024-06-04T10:00:00Z", to: "2024-06-05T10:00:00Z", want: 3600,
		},
		{
			name: "to the microsecond", zone: "UTC", week: office,
			from: "2024-06-03T08:59:59.999999Z", to: "2024-06-03T09:00:00.000001Z", want: 1e-6,
		},
		{
			name: "open all day up to 24:00", zone: "Europe/Berlin", week: []string{"mon-sun 00:00-24:00"},
			from: "2024-06-03T00:00:00Z", to: "2024-06-05T00:00:00Z", want: 2 * 86400,
		},
		{
			name: "a night over two days", zone: "UTC", week: []string{"mon 22:00-24:00", "tue 00:00-06:00"},
			from: "2024-06-03T00:00:00Z", to: "2024-06-10T00:00:00Z", want: 8 * 3600,
		},
		{
			name: "a night in which clocks are set forward is an hour shorter", zone: "Europe/Berlin", week: []string{"mon-sun 00:00-24:00"},
			from: "2024-03-30T23:00:00Z", to: "2024-03-31T22:00:00Z", want: 23 * 3600,
		},
		{
			name: "of a range across the hour that is skipped, the rest counts", zone: "Europe/Berlin", week: []string{"sun 01:00-04:00"},
			from: "2024-03-30T12:00:00Z", to: "2024-03-31T12:00:00Z", want: 2 * 3600,
		},
		{
			name: "a range in the hour that is skipped is never open", zone: "Europe/Berlin", week: []string{"sun 02:00-03:00"},
			from: "2024-03-30T12:00:00Z", to: "2024-03-31T12:00:00Z", want: 0,
		},
		{
			name: "a range across the hour that is repeated is an hour longer", zone: "Europe/Berlin", week: []string{"sun 01:00-04:00"},
			from: "2024-10-26T12:00:00Z", to: "2024-10-27T12:00:00Z", want: 4 * 3600,
		},
		{
			name: "hours keep to the wall clock over the year", zone: "America/New_York", week: []string{"mon-fri 09:00-17:00"},
			from: "2024-03-08T22:00:00Z", to: "2024-03-11T13:00:00Z", want: 0, // EST 17:00 to EDT 09:00
		},
		{
			name: "what ends before it begins is negative", zone: "UTC", week: office,
			from: "2024-06-03T11:00:00Z", to: "2024-06-03T10:00:00Z", want: -3600,
		},
		{
			name: "before 1970", zone: "UTC", week: office,
			from: "1968-12-30T08:00:00Z", to: "1969-01-06T08:00:00Z", want: 40 * 3600,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h := hoursOf(t, tt.zone, tt.week, tt.holidays...)
			if got := h.Between(mustTime(t, tt.from), mustTime(t, tt.to)); got != tt.want {
				t.Errorf("%v s, want %v s", got, tt.want)
			}
		})
	}
}

// The worked example of fivetran/dbt_zendesk's decision log: ticket 941606 is
// moved from one schedule to another 21 seconds before it is answered. The log
// gives the schedules as minutes of the week in UTC while daylight saving time
// holds: 12:00 to 26:00 every day is 07:00 to 21:00 in Chicago, and 15:00 to
// 24:30 from Monday to Friday is 08:00 to 17:30 in San Francisco.
func TestWorkedExampleOfZendesk(t *testing.T) {
	t.Parallel()
	chicago := hoursOf(t, "America/Chicago", []string{"mon-sun 07:00-21:00"})
	francisco := hoursOf(t, "America/Los_Angeles", []string{"mon-fri 08:00-17:30"})
	created := mustTime(t, "2020-09-29T17:01:38Z")
	moved := mustTime(t, "2020-09-30T19:01:25Z")
	answered := mustTime(t, "2020-09-30T19:01:46Z")
	if got := chicago.Between(created, moved) + francisco.Between(moved, answered); got != 57_608 {
		t.Errorf("over both schedules %v s, want 57608 s", got)
	}
	if got := francisco.Between(created, answered); got != 41_408 {
		t.Errorf("by the last schedule %v s, want 41408 s", got)
	}
}

// naive walks from one instant to another and asks the wall clock at each step.
func naive(zone *time.Location, week map[time.Weekday][]Range, holidays []string, from, to time.Time, step time.Duration) float64 {
	sum := time.Duration(0)
	for t := from; t.Before(to); t = t.Add(step) {
		l := t.In(zone)
		if slices.Contains(holidays, l.Format(time.DateOnly)) {
			continue
		}
		minute := l.Hour()*60 + l.Minute()
		if slices.ContainsFunc(week[l.Weekday()], func(r Range) bool { return r.From <= minute && minute < r.To }) {
			sum += step
		}
	}
	return sum.Seconds()
}

// Random calendars in zones with odd changes of clocks: Lord Howe moves by half
// an hour, Santiago at midnight, St. John's did so a minute after it, Samoa left
// out a day, Casablanca changes four times a year.
func TestBusinessHoursAreWhatTheWallClockShows(t *testing.T) {
	t.Parallel()
	zones := []string{
		"UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe",
		"America/Santiago", "America/St_Johns", "Pacific/Apia", "Africa/Casablanca",
	}
	rng := rand.New(rand.NewPCG(5, 6))
	for n := range 1500 {
		zone, err := time.LoadLocation(zones[rng.IntN(len(zones))])
		if err != nil {
			t.Fatal(err)
		}
		week := map[time.Weekday][]Range{}
		for k := range time.Weekday(7) {
			for range rng.IntN(4) {
				r := Range{From: rng.IntN(24 * 60)}
				r.To = r.From + 1 + rng.IntN(24*60-r.From)
				week[k] = append(week[k], r)
			}
		}
		step, span := time.Minute, 6*24*time.Hour
		if n%10 == 0 {
			step, span = time.Second, 3*time.Hour
		}
		from := time.Unix(rng.Int64N(1_900_000_000)/60*60, 0)
		if _, change := from.In(zone).ZoneBounds(); n%2 == 0 && !change.IsZero() {
			from = change.Add(-time.Duration(rng.Int64N(int64(span/time.Minute))) * time.Minute).Truncate(time.Minute)
		}
		to := from.Add(time.Duration(rng.Int64N(int64(span/step))) * step)
		var holidays []string
		var dates []time.Time
		for range rng.IntN(3) {
			date := from.Add(time.Duration(rng.Int64N(int64(span))))
			dates = append(dates, date.UTC())
			holidays = append(holidays, date.UTC().Format(time.DateOnly))
		}
		h := NewHours("random", zone, week, dates)
		want := naive(zone, week, holidays, from, to, step)
		if got := h.Between(from, to); got != want {
			t.Fatalf("case %d, %s from %s to %s: %v s, want %v s; hours %v, holidays %v",
				n, zone, from.In(zone), to.In(zone), got, want, week, holidays)
		}
		// Parts add up, to the microsecond and over many years.
		a := from.Add(-time.Duration(rng.Int64N(int64(20 * 365 * 24 * time.Hour)))).Truncate(time.Microsecond)
		b := a.Add(time.Duration(rng.Int64N(int64(to.Sub(a)) + 1))).Truncate(time.Microsecond)
		whole, first, second := h.Between(a, to), h.Between(a, b), h.Between(b, to)
		if first < 0 || second < 0 || first > b.Sub(a).Seconds() || math.Abs(first+second-whole) > 5e-7 {
			t.Fatalf("case %d: %v and %v s are not %v s", n, first, second, whole)
		}
	}
}

func TestBusinessHoursOfFarTimes(t *testing.T) {
	t.Parallel()
	h := hoursOf(t, "Europe/Berlin", []string{"mon-sun 00:00-24:00"})
	from, to := mustTime(t, "0001-01-01T00:00:00Z"), mustTime(t, "9999-12-31T00:00:00Z")
	want := float64(to.Unix() - from.Unix())
	if got := h.Between(from, to); got < want-7200 || got > want+7200 {
		t.Errorf("%v s, want about %v s", got, want)
	}
}

func TestCalendarsDifferInWhatTheySay(t *testing.T) {
	t.Parallel()
	all := []*Hours{
		hoursOf(t, "UTC", []string{"mon-fri 09:00-17:00"}),
		hoursOf(t, "Europe/Berlin", []string{"mon-fri 09:00-17:00"}),
		hoursOf(t, "UTC", []string{"mon-fri 09:00-17:01"}),
		hoursOf(t, "UTC", []string{"mon-sat 09:00-17:00"}),
		hoursOf(t, "UTC", []string{"mon-fri 09:00-17:00"}, "2026-12-25"),
	}
	seen := map[string]bool{}
	for _, h := range all {
		if seen[h.Spec()] {
			t.Errorf("two calendars say %q", h.Spec())
		}
		seen[h.Spec()] = true
	}
	if again := hoursOf(t, "UTC", []string{"tue-fri 09:00-12:00 12:00-17:00", "mon 9:00-17:00"}); again.Spec() != all[0].Spec() {
		t.Errorf("the same hours say %q and %q", again.Spec(), all[0].Spec())
	}
	if all[0].Name() != "office" {
		t.Errorf("name %q", all[0].Name())
	}
}

func TestParseDays(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]time.Weekday{
		"sun":     {0},
		"mon-fri": {1, 2, 3, 4, 5},
		"fri-mon": {5, 6, 0, 1},
		"tue-tue": {2},
	} {
		got, err := ParseDays(text)
		if err != nil || !cmp.Equal(got, want) {
			t.Errorf("%s is %v (%v), want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "monday", "mon-", "mon-fri-sat", "Mon", "-"} {
		if _, err := ParseDays(text); err == nil {
			t.Errorf("%q was accepted", text)
		}
	}
}

func TestParseRange(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Range{
		"09:00-12:30": {540, 750},
		"9:05-9:06":   {545, 546},
		"00:00-24:00": {0, 1440},
		"23:59-24:00": {1439, 1440},
	} {
		got, err := ParseRange(text)
		if err != nil || got != want {
			t.Errorf("%s is %v (%v), want %v", text, got, err, want)
		}
	}
	if got := (Range{545, 1440}).String(); got != "09:05-24:00" {
		t.Errorf("written %q", got)
	}
	for _, text := range []string{"", "9-17", "09:00", "24:00-24:00", "09:00-24:01", "09:60-10:00", "17:00-09:00", "09:00-09:00", " 09:00-10:00"} {
		if _, err := ParseRange(text); err == nil {
			t.Errorf("%q was accepted", text)
		}
	}
	_, err := ParseRange("22:00-06:00")
	want := `"22:00-06:00" ends before it begins: hours past midnight belong to the next day, so write 22:00-24:00 here and 00:00-06:00 there`
	if err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
	if !(Range{540, 600}).Overlaps(Range{599, 700}) || (Range{540, 600}).Overlaps(Range{600, 700}) {
		t.Error("ranges that touch do not overlap, others with a common minute do")
	}
}

func TestParseDate(t *testing.T) {
	t.Parallel()
	if got, err := ParseDate("2024-02-29"); err != nil || got.Day() != 29 {
		t.Errorf("%v (%v)", got, err)
	}
	for _, text := range []string{"2023-02-29", "24-12-2026", "12-25", ""} {
		if _, err := ParseDate(text); err == nil {
			t.Errorf("%q was accepted", text)
		}
	}
}

func BenchmarkBusinessHours(b *testing.B) {
	h := hoursOf(b, "Europe/Berlin", []string{"mon-fri 09:00-12:30 13:30-18:00"}, "2024-12-25", "2024-12-26")
	from := mustTime(b, "2024-02-03T10:00:00Z")
	for i := 0; b.Loop(); i++ {
		h.Between(from, from.Add(time.Duration(i%1000)*time.Hour))
	}
}
