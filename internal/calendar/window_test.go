package calendar

import (
	"strings"
	"testing"
	"time"
)

// mustParse is a window that the test knows to be right.
func mustParse(t testing.TB, s string) Window {
	t.Helper()
	w, err := Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// every window that has a name, and rolling ones of each unit.
func allWindows() []string {
	return []string{
		"24h", "1h", "1d", "7d", "30d", "365d", "2w",
		"today", "week", "month", "quarter", "year",
		"yesterday", "last_week", "last_month", "last_quarter", "last_year", "all",
	}
}

func TestParseKeepsTheTextOfTheConfiguration(t *testing.T) {
	t.Parallel()
	for _, text := range append(allWindows(), "3660d", "87840h", "522w") {
		w := mustParse(t, text)
		if w.String() != text {
			t.Errorf("Parse(%q).String() = %q", text, w)
		}
		if again := mustParse(t, w.String()); again != w {
			t.Errorf("%q read again is another window", text)
		}
		if w.Bounded() != (text != "all") {
			t.Errorf("%q: Bounded() = %v", text, w.Bounded())
		}
	}
	if (Window{}).String() != "all" {
		t.Errorf("the zero Window is %q, not all", Window{})
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, text, says string }{
		{"a misspelt word and names the nearest", "last_moth", `did you mean "last_month"?`},
		{"transposed letters", "qaurter", `did you mean "quarter"?`},
		{"a unit that is spelt out", "30 days", `did you mean "30d"?`},
		{"hours that are spelt out", "24hours", `did you mean "24h"?`},
		{"months, which have no fixed length", "3 months", `did you mean "90d"?`},
		{"years", "1y", `did you mean "365d"?`},
		{"upper case", "7D", `did you mean "7d"?`},
		{"a leading zero", "07d", `did you mean "7d"?`},
		{"spaces around a word", " month ", `did you mean "month"?`},
		{"month to date by its long name", "month_to_date", `did you mean "month"?`},
		{"month to date by its short name", "MTD", `did you mean "month"?`},
		{"previous for last", "previous quarter", `did you mean "last_quarter"?`},
		{"this for nothing", "this week", `did you mean "week"?`},
		{"a day", "day", `did you mean "today"?`},
		{"minutes", "5m", "allowed are a number with h, d or w"},
		{"zero days", "0d", "allowed are"},
		{"negative days", "-7d", "allowed are"},
		{"nothing", "", "allowed are"},
		{"another word", "sprint", "`last_quarter`"},
		{"more than ten years of days", "3661d", "at most `3660d`, or `all`"},
		{"more than ten years of hours", "87841h", "at most `87840h`"},
		{"more than ten years of weeks", "523w", "at most `522w`"},
		{"a number beyond all integers", "99999999999999999999d", "too long"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := Parse(tt.text)
			if err == nil {
				t.Fatalf("Parse(%q) is accepted", tt.text)
			}
			if !strings.Contains(err.Error(), tt.says) {
				t.Errorf("Parse(%q) says %q, not %q", tt.text, err, tt.says)
			}
		})
	}
}

func TestParseSuggestsNothingForAnotherWord(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"sprint", "5m", "", "x", "fortnight"} {
		if _, err := Parse(text); err == nil || strings.Contains(err.Error(), "did you mean") {
			t.Errorf("Parse(%q) says %v", text, err)
		}
	}
}

func TestLengthIsNominal(t *testing.T) {
	t.Parallel()
	days := map[string]float64{
		"24h": 1, "1d": 1, "2w": 14, "today": 1, "yesterday": 1, "week": 7, "last_week": 7,
		"month": 30, "last_month": 30, "quarter": 91, "last_quarter": 91, "year": 365, "last_year": 365, "all": 0,
	}
	for text, n := range days {
		if got, want := mustParse(t, text).Length(), time.Duration(n*24)*time.Hour; got != want {
			t.Errorf("%s: Length() = %v, want %v", text, got, want)
		}
	}
}

func TestReachIsTheGreatestAgeInAWindow(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"36h", "7d", "2w", "today", "yesterday", "week", "last_week", "month", "last_month", "quarter", "last_quarter", "year", "last_year",
	} {
		w, greatest := mustParse(t, text), time.Duration(0)
		for at := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC); at.Year() < 2030; at = at.AddDate(0, 0, 1) {
			end := at.Add(-time.Microsecond) // of a day, before the window moves on
			greatest = max(greatest, end.Sub(w.Span(end, time.UTC).Lo))
		}
		if gap := w.Reach() - greatest; gap < 0 || gap > time.Microsecond {
			t.Errorf("%s: Reach() = %v, but ages are up to %v", text, w.Reach(), greatest)
		}
	}
	if got := mustParse(t, "all").Reach(); got != 0 {
		t.Errorf("all: Reach() = %v", got)
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range append(allWindows(), "30 days", "previous_month", "mtd", "99999999999999999999d", "é") {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		w, err := Parse(text)
		if err == nil && w.String() != text {
			t.Errorf("Parse(%q) is %q", text, w)
		}
		if err != nil && w != (Window{}) {
			t.Errorf("Parse(%q) gives a window with its error", text)
		}
	})
}
