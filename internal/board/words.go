package board

import (
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/cx-exporter/cx-exporter/internal/exporter"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// space keeps a number and its unit on one line.
const space = "\u00a0"

// amount is a value as people write it. The currency is empty where the value is
// no money.
func amount(unit kpi.Unit, currency string, v float64) string {
	switch unit {
	case kpi.Ratio:
		return percent(v)
	case kpi.Seconds:
		return duration(v)
	case kpi.Currency:
		text := grouped(v, 2)
		switch size := math.Abs(v); {
		case size >= 1e7:
			text = grouped(v/1e6, 1) + space + "million"
		case size >= 1000:
			text = grouped(v, 0)
		}
		if currency != "" {
			text = currency + space + text
		}
		return text
	case kpi.Score:
		if math.Abs(v) < 10 {
			return grouped(v, 2)
		}
		return grouped(v, 1)
	}
	switch size := math.Abs(v); {
	case v == math.Trunc(v) || size >= 100:
		return grouped(v, 0)
	case size >= 10:
		return grouped(v, 1)
	}
	return grouped(v, 2)
}

// percent is a share. Small ones have a digit more, since there a tenth of a
// point is much.
func percent(v float64) string {
	digits := 1
	if v != 0 && math.Abs(v) < 0.01 {
		digits = 2
	}
	return grouped(v*100, digits) + space + "%"
}

// grouped is a number with its thousands set apart.
func grouped(v float64, digits int) string {
	text := strconv.FormatFloat(math.Abs(v), 'f', digits, 64)
	whole, fraction, _ := strings.Cut(text, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if fraction != "" {
		whole += "." + fraction
	}
	if v < 0 && strings.Trim(text, "0.") != "" {
		whole = "−" + whole
	}
	return whole
}

// duration is a number of seconds in the two units that matter.
func duration(v float64) string {
	if v < 0 {
		return "−" + duration(-v)
	}
	s := int64(math.Round(v))
	two := func(a int64, x string, b int64, y string) string {
		text := strconv.FormatInt(a, 10) + space + x
		if b > 0 {
			text += " " + strconv.FormatInt(b, 10) + space + y
		}
		return text
	}
	switch {
	case v < 10:
		return grouped(v, 1) + space + "s"
	case s < 60:
		return strconv.FormatInt(s, 10) + space + "s"
	case s < 3600:
		return two(s/60, "min", s%60, "s")
	case s < 48*3600:
		return two(s/3600, "h", s%3600/60, "min")
	}
	return two(s/86400, "d", s%86400/3600, "h")
}

// difference is the size of a change of a value.
func difference(s *exporter.Series, before float64) string {
	size := math.Abs(s.Value - before)
	if s.Unit != kpi.Ratio && s.Unit != kpi.Score && before > 0 {
		return percent(size / before)
	}
	return sizeOf(s.Unit, currencyOf(s), size)
}

// sizeOf is the size of a difference of two values in their unit.
func sizeOf(unit kpi.Unit, currency string, size float64) string {
	switch unit {
	case kpi.Ratio:
		return grouped(size*100, kpi.PointDigits(size)) + space + "points"
	case kpi.Score:
		return grouped(size, 1+truth(size < 10)) + space + "points"
	}
	return amount(unit, currency, size)
}

func truth(b bool) int {
	if b {
		return 1
	}
	return 0
}

// currencyOf is the currency of a value, if it has one.
func currencyOf(s *exporter.Series) string {
	for _, l := range s.Labels {
		if l.Name == "currency" {
			return printable(l.Value)
		}
	}
	return ""
}

// labelsOf are the further labels of a value in words; a currency is in its
// amount already.
func labelsOf(s *exporter.Series) string {
	var words []string
	for _, l := range s.Labels {
		if l.Value != "" && (l.Name != "currency" || s.Unit != kpi.Currency) {
			words = append(words, printable(labelWords(s.KPI, l)))
		}
	}
	return strings.Join(words, ", ")
}

// labelWords is the value of a label, with its name where it does not speak for
// itself: a number beside a number could be anything.
func labelWords(of string, l kpi.Label) string {
	name := strings.ReplaceAll(l.Name, "_", " ")
	switch {
	case of == "cohort_retention" && l.Name == "age" && l.Value == "1":
		return "after 1 month"
	case of == "cohort_retention" && l.Name == "age":
		return "after " + l.Value + " months"
	case l.Value == kpi.NoSegment:
		return "no " + name
	case l.Name == "method" && l.Value == "bgnbd":
		return "by BG/NBD"
	case strings.ContainsFunc(l.Value, unicode.IsDigit) && !strings.ContainsFunc(l.Value, unicode.IsLetter):
		return name + " " + l.Value
	}
	return strings.ReplaceAll(l.Value, "_", " ")
}

// printable keeps text from a database from doing anything but being read:
// controls, and marks that turn the direction of what follows, are shown as what
// they are not. Joiners stay, since emoji and scripts need them.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\u200c' || r == '\u200d' || unicode.IsPrint(r):
			return r
		case unicode.IsSpace(r):
			return ' '
		}
		return unicode.ReplacementChar
	}, s)
}

// windowWords says a window in words.
func windowWords(w string) string {
	switch w {
	case "":
		return "now"
	case "all":
		return "all time"
	case "today", "yesterday":
		return w
	case "week", "month", "quarter", "year":
		return "this " + w
	}
	if rest, ok := strings.CutPrefix(w, "last_"); ok {
		return "last " + rest
	}
	units := map[byte]string{'h': "hour", 'd': "day", 'w': "week"}
	if unit, ok := units[w[len(w)-1]]; ok {
		n := w[:len(w)-1]
		if n == "1" {
			return n + space + unit
		}
		return n + space + unit + "s"
	}
	return w
}

// ToDate reports whether a window grows from its beginning, so that its values
// are not to be compared from day to day.
func ToDate(w string) bool {
	switch w {
	case "today", "week", "month", "quarter", "year":
		return true
	}
	return false
}

// statWords says which value of a KPI is meant.
func statWords(stat string) string {
	switch stat {
	case "p50":
		return "median"
	case "p90", "p95", "p99":
		return stat[1:] + space + "% are within"
	}
	return strings.ReplaceAll(stat, "_", " ")
}

// plural is a number of things.
func plural(n int, thing string) string {
	text := grouped(float64(n), 0) + space + thing
	if n != 1 {
		text += "s"
	}
	return text
}

// moment is an instant for people and for machines.
type moment struct{ Machine, Day, Exact string }

func (s *Story) moment(t time.Time) moment {
	if t.IsZero() {
		return moment{}
	}
	t = t.In(s.zone())
	return moment{t.Format(time.RFC3339), t.Format("2 Jan 2006"), t.Format("Mon 2 Jan 2006, 15:04 MST")}
}

func (s *Story) zone() *time.Location {
	if s.Zone == nil {
		return time.UTC
	}
	return s.Zone
}

// confidence is the level of the intervals in words.
func (s *Story) confidence() string {
	return strconv.FormatFloat(s.Confidence*100, 'g', 6, 64) + space + "%"
}
