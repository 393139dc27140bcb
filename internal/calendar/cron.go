package calendar

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	cron "github.com/netresearch/go-cron"
)

// searchYears is how far ahead a slot may be. The rarest date of a calendar is
// 29 February, which is at most 8 years away.
const searchYears = 12

// Cron is the schedule of a cron expression in a zone: the five fields minute,
// hour, day of month, month and day of week, or @hourly, @daily, @weekly,
// @monthly and @yearly. As in crontab(5), a day matches if either of its two
// fields does, unless one of them is a star.
//
// Where clocks are set, an expression that names its hours keeps them: a time
// that the clock skips runs at the instant of the change, and a time that it
// shows twice runs at the first. With a star for the hour it follows the clock
// as it is.
func Cron(expr string, loc *time.Location) (Schedule, error) {
	expr = strings.TrimSpace(expr)
	if strings.HasPrefix(expr, "TZ=") || strings.HasPrefix(expr, "CRON_TZ=") {
		return nil, fmt.Errorf("cron expression %q: the zone is set by `timezone`, not in the expression", expr)
	}
	parser, err := cron.TryNewParser(cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow | cron.DowOrDom | cron.Descriptor)
	if err != nil {
		return nil, fmt.Errorf("making the cron parser: %w", err)
	}
	parsed, err := parser.WithMaxSearchYears(searchYears).Parse(expr)
	if err != nil {
		err = plain(err)
		return nil, fmt.Errorf("cron expression %q: %w; it has the fields minute, hour, day of month, month and day of week, "+
			"or is one of @hourly, @daily, @weekly, @monthly and @yearly", expr, err)
	}
	spec, ok := parsed.(*cron.SpecSchedule)
	if !ok {
		return nil, fmt.Errorf("cron expression %q: @every is not a time of day, use `interval`", expr)
	}
	// The library's own arithmetic runs a repeated hour twice and misses a gap
	// of half an hour. Asked in UTC it only answers which wall clocks match.
	spec.Location = time.UTC
	if spec.Next(time.Unix(0, 0).UTC()).IsZero() {
		return nil, fmt.Errorf("cron expression %q: there is no such date", expr)
	}
	return crontab{spec: spec, loc: zone(loc), anyHour: spec.Hour&starBit != 0}, nil
}

// plain says in the user's words what the library says in its own.
func plain(err error) error {
	if number, ok := errors.AsType[*strconv.NumError](err); ok {
		return fmt.Errorf("%q is neither a number nor a name", number.Num)
	}
	if strings.Contains(err.Error(), "option") {
		return errors.New("the letters L, W, # and H are not understood")
	}
	return err
}

// starBit marks, in the library's bit sets, a field that was given as a star.
const starBit = 1 << 63

// crontab finds the wall clocks of a cron expression in the zone.
type crontab struct {
	spec    *cron.SpecSchedule
	loc     *time.Location
	anyHour bool
}

// Next implements Schedule. It goes through the stretches of time in which the
// zone's offset stays the same, looking for a matching wall clock in each.
func (c crontab) Next(t time.Time) time.Time {
	after := wall(t, c.loc)
	for at, entered := t.In(c.loc), false; ; entered = true {
		start, end := SameOffset(at)
		_, shift := offsets(start, at)
		if !start.IsZero() {
			before, _ := offsets(start, at)
			shown := start.UTC().Add(shift)
			if !c.anyHour {
				// Below the last clock of the stretch before, everything has
				// had its slot; from there on, nothing has.
				shown = start.UTC().Add(before)
			}
			if entered || !c.anyHour && after.Before(shown) {
				after = shown.Add(-time.Second)
			}
		}
		clock := c.spec.Next(after)
		if clock.IsZero() {
			return clock
		}
		slot := clock.Add(-shift)
		if slot.Before(start) {
			slot = start.UTC()
		}
		if end.IsZero() || slot.Before(end) {
			return slot
		}
		at = end
	}
}

// offsets are the zone's offsets just before a change and at an instant.
func offsets(change, at time.Time) (before, now time.Duration) {
	_, b := change.In(at.Location()).Add(-1).Zone()
	_, n := at.Zone()
	return time.Duration(b) * time.Second, time.Duration(n) * time.Second
}
