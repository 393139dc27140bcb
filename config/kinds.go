package config

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/cx-exporter/cx-exporter/collectors"
	"github.com/cx-exporter/cx-exporter/internal/calendar"
)

// kind is what a text of the configuration is.
type kind struct {
	// noun is the kind in a sentence: `a duration`.
	noun string
	// placeholder stands for it in the reference.
	placeholder string
	// pattern is what the text must match; nil is any text. It is part of the
	// JSON Schema.
	pattern *regexp.Regexp
	// allowed helps those whose text does not match.
	allowed string
	// words are all that it may be; empty where there are more than can be told.
	words []string
	// literal texts are SQL, in which a dollar stands for itself.
	literal bool
	// check finds what a pattern cannot.
	check func(s string) (n note, ok bool)
}

// The patterns of texts. They are Go's and JavaScript's regular expressions
// alike.
var (
	namePattern     = regexp.MustCompile(`^[a-zA-Z_][a-zA-Z0-9_-]{0,62}$`)
	durationPattern = regexp.MustCompile(`^(0|(?:[0-9]+w)?(?:[0-9]+d)?(?:[0-9]+h)?(?:[0-9]+m)?(?:[0-9]+s)?)$`)
	windowPattern   = regexp.MustCompile(`^(?:[1-9][0-9]*[hdw]|` + strings.Join(calendar.Names(), "|") + `)$`)
	valuePattern    = regexp.MustCompile(`^("[a-zA-Z0-9_-]+"|[a-zA-Z_][a-zA-Z0-9_]*)([.][a-zA-Z_][a-zA-Z0-9_]*){1,3}$`)
	visiblePattern  = regexp.MustCompile(`\S`)
	datePattern     = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?(?:Z|[+-][0-9]{2}:[0-9]{2}))?$`)
	targetPattern   = regexp.MustCompile(`^(?:\[[0-9a-fA-F:.]+\]|[A-Za-z0-9_][A-Za-z0-9_.-]*)(?::[0-9]{1,5})?$`)
	pathPattern     = regexp.MustCompile(`^/\S*$`)
	urlPattern      = regexp.MustCompile(`^https?://[^\s/]\S*$`)
	// changePattern is a target as a change of the baseline. A bare number is
	// refused, since `+10` of a share may mean percent or points.
	changePattern = regexp.MustCompile(`^([+-][0-9]+(?:\.[0-9]+)?) ?(%|pp|points?|[dhms])$`)
	daysPattern   = regexp.MustCompile(calendar.DaysForm)
	hoursPattern  = regexp.MustCompile(calendar.RangeForm)
	dayPattern    = regexp.MustCompile(calendar.DateForm)
	eventPattern  = regexp.MustCompile(`^[A-Za-z0-9_.:/-]+( [A-Za-z0-9_.:/-]+)*$`)
)

const (
	dateAllowed   = "a day such as 2026-12-31, which begins at midnight in global.timezone, or an instant such as 2026-12-31T18:00:00Z"
	changeAllowed = "a sign, a number and what it is: -15% of the baseline, +5 points (pp) on a score or a share, -30m of a time"
)

const durationAllowed = "whole numbers with the units w, d, h, m and s, the longest first, such as 30s, 5m, 1h30m or 7d"

const daysAllowed = "mon, tue, wed, thu, fri, sat, sun, or a range such as mon-fri"

// kindOf is the kind of a field's text.
func kindOf(f field, v vocabulary) kind {
	if f.typ != nil && inner(f.typ) == durationType {
		return kind{noun: "a duration", placeholder: "duration", pattern: durationPattern, allowed: durationAllowed, check: checkDuration(f)}
	}
	if len(f.enum) > 0 {
		return kind{noun: "a word", words: f.enum}
	}
	switch f.is {
	case "entity":
		return kind{noun: "an entity", placeholder: "entity", words: v.entityNames()}
	case "name":
		return kind{
			noun: "a name", placeholder: "name", pattern: namePattern,
			allowed: "letters, digits, _ and -, beginning with a letter or _, at most 63",
		}
	case "window":
		return kind{
			noun: "a window", placeholder: "window", pattern: windowPattern, check: checkWindow,
			allowed: "a number with h, d or w such as 24h, 30d, 4w; " + strings.Join(calendar.Names(), ", "),
		}
	case "timezone":
		return kind{noun: "a time zone", placeholder: "timezone", pattern: visiblePattern, check: checkZone}
	case "date":
		return kind{noun: "a date", placeholder: "date", pattern: datePattern, allowed: dateAllowed, check: checkDate}
	case "change":
		return kind{noun: "a change", placeholder: "change", pattern: changePattern, allowed: changeAllowed}
	case "url":
		return kind{noun: "an address", placeholder: "url", pattern: urlPattern, allowed: "an address that begins with https:// or http://"}
	case "target":
		return kind{noun: "an address", placeholder: "target", pattern: targetPattern, allowed: "host:port, such as 127.0.0.1:9093; what stands before and behind it is in `scheme` and `path_prefix`"}
	case "path":
		return kind{noun: "a path", placeholder: "path", pattern: pathPattern, allowed: "what begins with a slash, such as /alertmanager"}
	case "event":
		return kind{noun: "a word", placeholder: "word", pattern: eventPattern, allowed: "letters, digits, single blanks and _-.:/"}
	case "calendar":
		return kind{noun: "the name of a calendar", placeholder: "calendar", pattern: namePattern}
	case "hours":
		return kind{
			noun: "a range of times", placeholder: "hours", pattern: hoursPattern, check: checkHours,
			allowed: "from and to, such as 09:00-12:30 or 18:00-24:00",
		}
	case "day":
		return kind{noun: "a day", placeholder: "day", pattern: dayPattern, check: checkDay, allowed: "year, month and day, such as 2026-12-25"}
	case "cron":
		return kind{noun: "a cron expression", placeholder: "cron", pattern: visiblePattern}
	case "file":
		return kind{noun: "a file name", placeholder: "filename", pattern: visiblePattern}
	case "sql":
		return kind{noun: "a query", placeholder: "sql", pattern: visiblePattern, literal: true}
	case "condition":
		return kind{noun: "a condition", placeholder: "condition", pattern: visiblePattern, literal: true}
	case "column":
		return kind{noun: "the name of a column", placeholder: "column", pattern: visiblePattern}
	case "table":
		return kind{noun: "the name of a table", placeholder: "table", pattern: visiblePattern}
	case "expression":
		return kind{noun: "an expression", placeholder: "expression", pattern: visiblePattern, literal: true}
	case "value":
		return kind{
			noun: "a value of a collector", placeholder: "value", pattern: valuePattern,
			allowed: "collector.kpi or collector.kpi.stat, such as finance.cost or base.customers.active; a name with a - in it in quotes: '\"my-desk\".backlog'",
		}
	case "text":
		return kind{noun: "text", placeholder: "string", pattern: visiblePattern}
	}
	if f.typ != nil && inner(f.typ) == secretType {
		return kind{noun: "text", placeholder: "secret", pattern: visiblePattern}
	}
	return kind{noun: "text", placeholder: "string"}
}

// matches checks a text against the kind's words and pattern.
func (k kind) matches(s string) bool {
	if len(k.words) > 0 {
		return slices.Contains(k.words, s)
	}
	return k.pattern == nil || s != "" && k.pattern.MatchString(s)
}

// mismatch says that a text is not of the kind. what is the key that it stands
// under, shown is the text as it may be told.
func (k kind) mismatch(what, s, shown string) note {
	switch {
	case len(k.words) > 0:
		return note{
			message: unknownWord(what, shown),
			allowed: strings.Join(k.words, ", "), nearest: nearestOf(s, k.words),
		}
	case strings.TrimSpace(s) == "":
		return note{message: "is empty; give " + k.noun, allowed: k.allowed}
	}
	n := note{message: fmt.Sprintf("%s is not %s", shown, k.noun), allowed: k.allowed}
	switch k.placeholder {
	case "window":
		n.nearest = calendar.Nearest(s)
	case "duration":
		n.nearest = nearestDuration(s)
	}
	return n
}

func unknownWord(what, shown string) string {
	if strings.HasPrefix(shown, `"`) {
		return "unknown " + what + " " + shown
	}
	return shown + " is unknown"
}

// synonyms are words that people use for allowed ones that look nothing alike.
func synonyms() map[string]string {
	return map[string]string{
		"mariadb": "mysql", "percona": "mysql", "tidb": "mysql",
		"pg": "postgres", "pgx": "postgres", "psql": "postgres", "cockroachdb": "postgres", "redshift": "postgres",
		"epoch": "unix", "datetime": "timestamp", "timestamptz": "timestamp", "milliseconds": "unix_ms",
	}
}

// nearestOf is the allowed word that was probably meant, by its letters or by
// its meaning.
func nearestOf(s string, allowed []string) string {
	if near := nearest(s, allowed); near != "" {
		return near
	}
	if meant := synonyms()[strings.ToLower(s)]; slices.Contains(allowed, meant) {
		return meant
	}
	return ""
}

// spelledOut is how people write durations: `5 minutes`, `10min`.
var spelledOut = regexp.MustCompile(`^([0-9]+) *(?:(s)(?:ecs?|econds?)?|(m)(?:ins?|inutes?)?|(h)(?:rs?|ours?)?|(d)(?:ays?)?|(w)(?:ks?|eeks?)?)$`)

// nearestDuration is the duration that was probably meant.
func nearestDuration(s string) string {
	m := spelledOut.FindStringSubmatch(strings.ToLower(strings.TrimSpace(s)))
	return strings.Join(m[min(1, len(m)):], "")
}

// checkWindow finds windows that are well written but too long.
func checkWindow(s string) (note, bool) {
	if _, err := calendar.Parse(s); err != nil {
		return note{message: err.Error()}, false
	}
	return note{}, true
}

// checkHours finds ranges that are well written but end before they begin.
func checkHours(s string) (note, bool) {
	if _, err := calendar.ParseRange(s); err != nil {
		return note{message: err.Error()}, false
	}
	return note{}, true
}

// checkDay finds days that no calendar has.
func checkDay(s string) (note, bool) {
	if _, err := calendar.ParseDate(s); err != nil {
		return note{message: quote(s) + " is a day that does not exist"}, false
	}
	return note{}, true
}

// checkDuration keeps a duration within the limits of its key.
func checkDuration(f field) func(string) (note, bool) {
	return func(s string) (note, bool) {
		d, err := collectors.ParseDuration(s)
		if err != nil {
			return note{message: err.Error()}, false
		}
		least, most := limit(f.min), limit(f.max)
		if least != nil && d < *least {
			return note{message: fmt.Sprintf("must be at least %s", least)}, false
		}
		if most != nil && d > *most {
			return note{message: fmt.Sprintf("must be at most %s", most)}, false
		}
		return note{}, true
	}
}

// limit reads a duration from a tag.
func limit(tag string) *collectors.Duration {
	d, err := collectors.ParseDuration(tag)
	if err != nil {
		return nil
	}
	return &d
}

// checkDate finds days that no calendar has.
func checkDate(s string) (note, bool) {
	if _, err := parseDate(s, time.UTC); err != nil {
		return note{message: err.Error() + " that the calendar has", allowed: dateAllowed}, false
	}
	return note{}, true
}

// checkZone finds time zones that do not exist.
func checkZone(s string) (note, bool) {
	if _, err := loadZone(s); err != nil {
		return note{
			message: err.Error(),
			allowed: "UTC, or a name of the IANA time zone database such as Europe/Berlin or America/New_York",
			nearest: nearestZone(s),
		}, false
	}
	return note{}, true
}

// loadZone reads a time zone. The machine's own zone is refused, for it makes
// the numbers depend on where the exporter runs.
func loadZone(s string) (*time.Location, error) {
	if strings.EqualFold(s, "local") {
		return nil, errors.New("the time zone must be named, so that the numbers are the same on every machine")
	}
	zone, err := time.LoadLocation(s)
	if err != nil {
		return nil, fmt.Errorf("unknown time zone %s", quote(s))
	}
	return zone, nil
}

// nearestZone is the time zone that was probably meant. The standard library
// does not list the zones, so it tries every name that is one letter away.
func nearestZone(s string) string {
	const longest = 40 // no zone has a longer name
	if len(s) > longest {
		return ""
	}
	s = strings.ReplaceAll(s, " ", "_")
	parts := strings.Split(strings.ToLower(s), "/")
	for i, p := range parts {
		words := strings.Split(p, "_")
		for j, w := range words {
			if w != "" {
				words[j] = strings.ToUpper(w[:1]) + w[1:]
			}
		}
		parts[i] = strings.Join(words, "_")
	}
	tries := []string{strings.ToUpper(s), strings.Join(parts, "/")}
	for _, base := range []string{s, strings.Join(parts, "/")} {
		for i := range base {
			tries = append(tries, base[:i]+base[i+1:])
			if i > 0 {
				tries = append(tries, base[:i-1]+base[i:i+1]+base[i-1:i]+base[i+1:])
			}
			for c := 'a'; c <= 'z'; c++ {
				tries = append(tries, base[:i]+string(c)+base[i+1:], base[:i]+string(c)+base[i:])
			}
		}
		for c := 'a'; c <= 'z'; c++ {
			tries = append(tries, base+string(c))
		}
	}
	for _, name := range tries {
		// Only names with a slash, and UTC: the database has many odd old ones.
		if strings.Contains(name, "/") || name == "UTC" {
			if _, err := time.LoadLocation(name); err == nil {
				return name
			}
		}
	}
	return ""
}
