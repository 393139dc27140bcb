package calendar

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// allowed says what a window may be, for people who wrote another.
const allowed = "allowed are a number with h, d or w (`24h`, `30d`, `4w`), " +
	"`today`, `week`, `month`, `quarter`, `year`, " +
	"`yesterday`, `last_week`, `last_month`, `last_quarter`, `last_year` and `all`"

var (
	rolling = regexp.MustCompile(`^([1-9][0-9]*)([hdw])$`)
	// loose matches what people write for a rolling window.
	loose = regexp.MustCompile(`^([0-9]+)[ _-]*([a-z]+)$`)
)

// Parse reads a window. Its error says what is allowed, and the nearest allowed
// word where there is one.
func Parse(s string) (Window, error) {
	for k, word := range words {
		if word != "" && s == word {
			return Window{kind: kind(k)}, nil
		}
	}
	m := rolling.FindStringSubmatch(s)
	if m == nil {
		if near := Nearest(s); near != "" {
			return Window{}, fmt.Errorf("unknown window %q: did you mean %q? %s", s, near, allowed)
		}
		return Window{}, fmt.Errorf("unknown window %q: %s", s, allowed)
	}
	w := map[string]Window{"h": {kind: hours}, "d": {kind: days}, "w": {kind: weeks}}[m[2]]
	limit := map[kind]int{hours: maxDays * 24, days: maxDays, weeks: maxDays / 7}[w.kind]
	n, err := strconv.Atoi(m[1])
	if errors.Is(err, strconv.ErrRange) || n > limit {
		return Window{}, fmt.Errorf("window %q is too long: at most `%d%s`, or `all`", s, limit, m[2])
	}
	w.n = n
	return w, nil
}

// Names are the windows that have a name.
func Names() []string {
	return append(slices.DeleteFunc(slices.Clone(words[all+1:]), func(word string) bool { return word == "" }), words[all])
}

// Nearest is the allowed window that was probably meant, or nothing.
func Nearest(s string) string {
	s = strings.ToLower(strings.TrimSpace(s))
	if near := nearestRolling(s); near != "" {
		return near
	}
	switch plain := strings.NewReplacer(" ", "_", "-", "_").Replace(s); {
	case plain == "mtd", plain == "qtd", plain == "ytd", plain == "wtd":
		return map[byte]string{'w': "week", 'm': "month", 'q': "quarter", 'y': "year"}[plain[0]]
	case plain == "day":
		return "today"
	case plain == "last_day", plain == "previous_day":
		return "yesterday"
	default:
		s = strings.TrimPrefix(strings.TrimSuffix(plain, "_to_date"), "this_")
		if rest, ok := strings.CutPrefix(s, "previous_"); ok {
			s = "last_" + rest
		}
	}
	return kpi.Nearest(s, Names())
}

// nearestRolling reads a number and a unit as people write them: `30 days`,
// `3 months`, `1y`.
func nearestRolling(s string) string {
	m := loose.FindStringSubmatch(s)
	if m == nil {
		return ""
	}
	n, err := strconv.Atoi(m[1])
	if err != nil || n < 1 || n > maxDays {
		return ""
	}
	unit := "d"
	switch u := strings.TrimSuffix(m[2], "s"); u {
	case "h", "hr", "hour":
		unit = "h"
	case "d", "day":
	case "w", "wk", "week":
		unit = "w"
	case "mo", "mon", "month":
		n *= 30
	case "q", "quarter":
		n *= 91
	case "y", "yr", "year":
		n *= 365
	default:
		return ""
	}
	w, err := Parse(strconv.Itoa(n) + unit)
	if err != nil {
		return ""
	}
	return w.String()
}
