package collectors

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Duration is a length of time in the configuration: `4h`, `1h30m`, `7d`. A day
// has 24 hours and a week seven days.
type Duration time.Duration

const (
	day  = 24 * time.Hour
	week = 7 * day

	// longest keeps sums of durations far from overflowing: about a century.
	longest = 36_525 * day
)

// durationUnits are in the order in which they must be written.
var durationUnits = [...]struct {
	letter byte
	length time.Duration
}{{'w', week}, {'d', day}, {'h', time.Hour}, {'m', time.Minute}, {'s', time.Second}}

// ParseDuration reads whole numbers with the units w, d, h, m and s, from the
// longest to the shortest. The number 0 needs no unit.
func ParseDuration(s string) (Duration, error) {
	if s == "0" {
		return 0, nil
	}
	var d time.Duration
	unit := 0
	for rest := s; rest != "" || s == ""; {
		digits := len(rest) - len(strings.TrimLeft(rest, "0123456789"))
		n, err := strconv.ParseInt(rest[:digits], 10, 64)
		if err != nil || digits == len(rest) {
			return 0, notADuration(s)
		}
		for unit < len(durationUnits) && durationUnits[unit].letter != rest[digits] {
			unit++
		}
		if unit == len(durationUnits) {
			return 0, notADuration(s)
		}
		length := durationUnits[unit].length
		if n > int64((longest-d)/length) {
			return 0, fmt.Errorf("the duration %q is longer than a hundred years", s)
		}
		d += time.Duration(n) * length
		unit++
		rest = rest[digits+1:]
	}
	return Duration(d), nil
}

func notADuration(s string) error {
	return fmt.Errorf("%q is not a duration: write whole numbers with the units w, d, h, m and s, such as 30m, 4h, 1h30m or 7d", s)
}

// UnmarshalText reads a duration of the configuration.
func (d *Duration) UnmarshalText(text []byte) error {
	v, err := ParseDuration(string(text))
	if err != nil {
		return err
	}
	*d = v
	return nil
}

// MarshalText writes a duration as the configuration has it.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// String is the shortest way to write the duration, with days as its longest
// unit.
func (d Duration) String() string {
	if d == 0 {
		return "0s"
	}
	var b strings.Builder
	rest := time.Duration(d)
	for _, u := range durationUnits[1:] {
		if n := rest / u.length; n > 0 {
			fmt.Fprintf(&b, "%d%c", n, u.letter)
			rest -= n * u.length
		}
	}
	return b.String()
}

// Seconds is the duration as a number of seconds.
func (d Duration) Seconds() float64 { return time.Duration(d).Seconds() }
