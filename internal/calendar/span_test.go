package calendar

import (
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/google/go-cmp/cmp"

	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

func location(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

// show writes the instants of a span as their zone's clocks do.
func show(s kpi.Span, loc *time.Location) []string {
	text := make([]string, 3)
	for i, at := range []time.Time{s.Lo, s.Hi, s.At} {
		text[i] = at.In(loc).Format(time.RFC3339Nano)
	}
	return text
}

// The instants were written down from calendars and the zones' published
// changes, not computed.
func TestSpanAndComparison(t *testing.T) {
	t.Parallel()
	type want struct{ lo, hi, at string }
	tests := []struct {
		name, zone, window, at string
		span, comparison       want // an empty at is hi
	}{
		{
			"seven days across the start of summer time keep the wall clock", "Europe/Berlin", "7d", "2024-04-02T15:30:00+02:00",
			want{lo: "2024-03-26T15:30:00+01:00", hi: "2024-04-02T15:30:00+02:00"},
			want{lo: "2024-03-19T15:30:00+01:00", hi: "2024-03-26T15:30:00+01:00"},
		},
		{
			"24 hours across the start of summer time are 24 hours", "Europe/Berlin", "24h", "2024-03-31T12:00:00+02:00",
			want{lo: "2024-03-30T11:00:00+01:00", hi: "2024-03-31T12:00:00+02:00"},
			want{lo: "2024-03-29T11:00:00+01:00", hi: "2024-03-30T11:00:00+01:00"},
		},
		{
			"a day back into the skipped hour begins with the change", "Europe/Berlin", "1d", "2024-04-01T02:30:00+02:00",
			want{lo: "2024-03-31T03:00:00+02:00", hi: "2024-04-01T02:30:00+02:00"},
			want{lo: "2024-03-30T03:00:00+01:00", hi: "2024-03-31T03:00:00+02:00"},
		},
		{
			"a day back into the repeated hour begins with the first", "America/New_York", "1d", "2024-11-04T01:30:00-05:00",
			want{lo: "2024-11-03T01:30:00-04:00", hi: "2024-11-04T01:30:00-05:00"},
			want{lo: "2024-11-02T01:30:00-04:00", hi: "2024-11-03T01:30:00-04:00"},
		},
		{
			"a day of 25 hours is one day", "America/New_York", "1d", "2024-11-03T12:00:00-05:00",
			want{lo: "2024-11-02T12:00:00-04:00", hi: "2024-11-03T12:00:00-05:00"},
			want{lo: "2024-11-01T12:00:00-04:00", hi: "2024-11-02T12:00:00-04:00"},
		},
		{
			"today after the clocks went forward", "Europe/Berlin", "today", "2024-03-31T15:00:00+02:00",
			want{lo: "2024-03-31T00:00:00+01:00", hi: "2024-03-31T15:00:00+02:00"},
			want{lo: "2024-03-30T00:00:00+01:00", hi: "2024-03-30T15:00:00+01:00"},
		},
		{
			"today is compared with yesterday's skipped hour", "Europe/Berlin", "today", "2024-04-01T02:30:00+02:00",
			want{lo: "2024-04-01T00:00:00+02:00", hi: "2024-04-01T02:30:00+02:00"},
			want{lo: "2024-03-31T00:00:00+01:00", hi: "2024-03-31T03:00:00+02:00"},
		},
		{
			"yesterday had 23 hours", "Europe/Berlin", "yesterday", "2024-04-01T09:00:00+02:00",
			want{lo: "2024-03-31T00:00:00+01:00", hi: "2024-04-01T00:00:00+02:00", at: "2024-04-01T09:00:00+02:00"},
			want{lo: "2024-03-30T00:00:00+01:00", hi: "2024-03-31T00:00:00+01:00", at: "2024-03-31T09:00:00+02:00"},
		},
		{
			"yesterday had 23.5 hours on Lord Howe", "Australia/Lord_Howe", "yesterday", "2024-10-07T08:00:00+11:00",
			want{lo: "2024-10-06T00:00:00+10:30", hi: "2024-10-07T00:00:00+11:00", at: "2024-10-07T08:00:00+11:00"},
			want{lo: "2024-10-05T00:00:00+10:30", hi: "2024-10-06T00:00:00+10:30", at: "2024-10-06T08:00:00+11:00"},
		},
		{
			"a day back into the skipped half hour", "Australia/Lord_Howe", "1d", "2024-10-07T02:15:00+11:00",
			want{lo: "2024-10-06T02:30:00+11:00", hi: "2024-10-07T02:15:00+11:00"},
			want{lo: "2024-10-05T02:30:00+10:30", hi: "2024-10-06T02:30:00+11:00"},
		},
		{
			"a zone of five and a half hours without summer time", "Asia/Kolkata", "month", "2024-05-15T10:00:00+05:30",
			want{lo: "2024-05-01T00:00:00+05:30", hi: "2024-05-15T10:00:00+05:30"},
			want{lo: "2024-04-01T00:00:00+05:30", hi: "2024-04-15T10:00:00+05:30"},
		},
		{
			"weeks start on Monday, also on a Sunday", "Europe/Berlin", "week", "2024-06-09T23:59:59.999999+02:00",
			want{lo: "2024-06-03T00:00:00+02:00", hi: "2024-06-09T23:59:59.999999+02:00"},
			want{lo: "2024-05-27T00:00:00+02:00", hi: "2024-06-02T23:59:59.999999+02:00"},
		},
		{
			"a week across a year's end", "UTC", "last_week", "2025-01-07T00:00:00Z",
			want{lo: "2024-12-30T00:00:00Z", hi: "2025-01-06T00:00:00Z", at: "2025-01-07T00:00:00Z"},
			want{lo: "2024-12-23T00:00:00Z", hi: "2024-12-30T00:00:00Z", at: "2024-12-31T00:00:00Z"},
		},
		{
			"31 March is compared with all of February", "UTC", "month", "2023-03-31T10:00:00Z",
			want{lo: "2023-03-01T00:00:00Z", hi: "2023-03-31T10:00:00Z"},
			want{lo: "2023-02-01T00:00:00Z", hi: "2023-03-01T00:00:00Z"},
		},
		{
			"29 March is compared with the leap day", "UTC", "month", "2024-03-29T10:00:00Z",
			want{lo: "2024-03-01T00:00:00Z", hi: "2024-03-29T10:00:00Z"},
			want{lo: "2024-02-01T00:00:00Z", hi: "2024-02-29T10:00:00Z"},
		},
		{
			"a month at its first instant is empty", "Europe/Berlin", "month", "2024-05-01T00:00:00+02:00",
			want{lo: "2024-05-01T00:00:00+02:00", hi: "2024-05-01T00:00:00+02:00"},
			want{lo: "2024-04-01T00:00:00+02:00", hi: "2024-04-01T00:00:00+02:00"},
		},
		{
			"last month is seen with the same delay", "Europe/Berlin", "last_month", "2024-04-05T08:15:00+02:00",
			want{lo: "2024-03-01T00:00:00+01:00", hi: "2024-04-01T00:00:00+02:00", at: "2024-04-05T08:15:00+02:00"},
			want{lo: "2024-02-01T00:00:00+01:00", hi: "2024-03-01T00:00:00+01:00", at: "2024-03-05T08:15:00+01:00"},
		},
		{
			"the month before last is seen at the end of last month at most", "UTC", "last_month", "2023-03-30T12:00:00Z",
			want{lo: "2023-02-01T00:00:00Z", hi: "2023-03-01T00:00:00Z", at: "2023-03-30T12:00:00Z"},
			want{lo: "2023-01-01T00:00:00Z", hi: "2023-02-01T00:00:00Z", at: "2023-03-01T00:00:00Z"},
		},
		{
			"last month in January is December", "America/New_York", "last_month", "2025-01-01T00:00:00-05:00",
			want{lo: "2024-12-01T00:00:00-05:00", hi: "2025-01-01T00:00:00-05:00", at: "2025-01-01T00:00:00-05:00"},
			want{lo: "2024-11-01T00:00:00-04:00", hi: "2024-12-01T00:00:00-05:00", at: "2024-12-01T00:00:00-05:00"},
		},
		{
			"a quarter counts days, not months", "UTC", "quarter", "2024-05-20T06:00:00Z",
			want{lo: "2024-04-01T00:00:00Z", hi: "2024-05-20T06:00:00Z"},
			want{lo: "2024-01-01T00:00:00Z", hi: "2024-02-19T06:00:00Z"},
		},
		{
			"the last quarter of a year before", "Europe/Berlin", "last_quarter", "2024-02-10T00:00:00+01:00",
			want{lo: "2023-10-01T00:00:00+02:00", hi: "2024-01-01T00:00:00+01:00", at: "2024-02-10T00:00:00+01:00"},
			want{lo: "2023-07-01T00:00:00+02:00", hi: "2023-10-01T00:00:00+02:00", at: "2023-11-10T00:00:00+01:00"},
		},
		{
			"the last day of a leap year is compared with a whole year", "UTC", "year", "2024-12-31T18:00:00Z",
			want{lo: "2024-01-01T00:00:00Z", hi: "2024-12-31T18:00:00Z"},
			want{lo: "2023-01-01T00:00:00Z", hi: "2024-01-01T00:00:00Z"},
		},
		{
			"last year was a leap year", "UTC", "last_year", "2025-03-01T00:00:00Z",
			want{lo: "2024-01-01T00:00:00Z", hi: "2025-01-01T00:00:00Z", at: "2025-03-01T00:00:00Z"},
			want{lo: "2023-01-01T00:00:00Z", hi: "2024-01-01T00:00:00Z", at: "2024-02-29T00:00:00Z"},
		},
		{
			"a year of days over a leap day", "UTC", "365d", "2024-03-01T00:00:00Z",
			want{lo: "2023-03-02T00:00:00Z", hi: "2024-03-01T00:00:00Z"},
			want{lo: "2022-03-02T00:00:00Z", hi: "2023-03-02T00:00:00Z"},
		},
		{
			"the day before the one that Samoa left out", "Pacific/Apia", "yesterday", "2011-12-31T12:00:00+14:00",
			want{lo: "2011-12-29T00:00:00-10:00", hi: "2011-12-31T00:00:00+14:00", at: "2011-12-31T12:00:00+14:00"},
			want{lo: "2011-12-28T00:00:00-10:00", hi: "2011-12-29T00:00:00-10:00", at: "2011-12-29T12:00:00-10:00"},
		},
		{
			"a day that begins at one o'clock in São Paulo", "America/Sao_Paulo", "today", "2018-11-04T09:00:00-02:00",
			want{lo: "2018-11-04T01:00:00-02:00", hi: "2018-11-04T09:00:00-02:00"},
			want{lo: "2018-11-03T00:00:00-03:00", hi: "2018-11-03T09:00:00-03:00"},
		},
		{
			"yesterday began at one o'clock in Cairo", "Africa/Cairo", "yesterday", "2023-04-29T06:00:00+03:00",
			want{lo: "2023-04-28T01:00:00+03:00", hi: "2023-04-29T00:00:00+03:00", at: "2023-04-29T06:00:00+03:00"},
			want{lo: "2023-04-27T00:00:00+02:00", hi: "2023-04-28T01:00:00+03:00", at: "2023-04-28T06:00:00+03:00"},
		},
		{
			"an evening that São Paulo repeated belongs to one day", "America/Sao_Paulo", "yesterday", "2018-02-18T08:00:00-03:00",
			want{lo: "2018-02-17T00:00:00-02:00", hi: "2018-02-18T00:00:00-03:00", at: "2018-02-18T08:00:00-03:00"},
			want{lo: "2018-02-16T00:00:00-02:00", hi: "2018-02-17T00:00:00-02:00", at: "2018-02-17T08:00:00-02:00"},
		},
		{
			"nanoseconds are cut off", "UTC", "1h", "2024-06-01T12:00:00.123456789Z",
			want{lo: "2024-06-01T11:00:00.123456Z", hi: "2024-06-01T12:00:00.123456Z"},
			want{lo: "2024-06-01T10:00:00.123456Z", hi: "2024-06-01T11:00:00.123456Z"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			loc := location(t, tt.zone)
			at, err := time.Parse(time.RFC3339Nano, tt.at)
			if err != nil {
				t.Fatal(err)
			}
			w := mustParse(t, tt.window)
			texts := func(w want) []string {
				if w.at == "" {
					w.at = w.hi
				}
				return []string{w.lo, w.hi, w.at}
			}
			if diff := cmp.Diff(texts(tt.span), show(w.Span(at, loc), loc)); diff != "" {
				t.Errorf("span (-want +got):\n%s", diff)
			}
			c, ok := w.Comparison(at, loc)
			if !ok {
				t.Fatal("there is no comparison")
			}
			if diff := cmp.Diff(texts(tt.comparison), show(c, loc)); diff != "" {
				t.Errorf("comparison (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAllHasNoLowerLimitAndNoComparison(t *testing.T) {
	t.Parallel()
	at := time.Date(2024, 6, 1, 12, 0, 0, 0, time.UTC)
	w := mustParse(t, "all")
	if got, want := w.Span(at, time.UTC), (kpi.Span{Hi: at, At: at}); got != want {
		t.Errorf("span is %v, want %v", got, want)
	}
	if c, ok := w.Comparison(at, time.UTC); ok {
		t.Errorf("comparison is %v", c)
	}
}

func TestNoZoneIsUTC(t *testing.T) {
	t.Parallel()
	at := time.Date(2024, 6, 1, 12, 0, 0, 0, time.UTC)
	for _, text := range allWindows() {
		w := mustParse(t, text)
		if got, want := w.Span(at, nil), w.Span(at, time.UTC); got != want {
			t.Errorf("%s: %v without a zone, %v in UTC", text, got, want)
		}
	}
}
