package calendar

import (
	"hash/fnv"
	"time"
)

// Schedule says when something runs. It holds no state: what comes next depends
// on the instant alone, so a restart changes nothing. Implementations are safe
// for concurrent use.
type Schedule interface {
	// Next is the first slot after t.
	Next(t time.Time) time.Time
}

// Every is the schedule of all instants k*interval+offset since 1970, for whole
// k. An interval that is not positive is taken for one second.
func Every(interval, offset time.Duration) Schedule {
	if interval <= 0 {
		interval = time.Second
	}
	// Truncate counts from the year 1; the phase moves its grid to 1970.
	epoch := time.Unix(0, 0)
	phase := epoch.Sub(epoch.Truncate(interval))
	return every{interval: interval, shift: (phase + offset%interval) % interval}
}

type every struct {
	interval, shift time.Duration
}

// Next implements Schedule.
func (e every) Next(t time.Time) time.Time {
	slot := t.UTC().Add(-e.shift).Truncate(e.interval).Add(e.shift)
	return slot.Add(e.interval)
}

// maxStagger bounds how far a schedule is moved, so that a daily run stays near
// the time that people expect.
const maxStagger = 5 * time.Minute

// Stagger is an offset for Every that spreads names evenly, so that collectors
// of one interval do not meet the databases all at once. It is always the same
// for the same name and interval, at least 0, and less than both the interval
// and five minutes.
func Stagger(name string, interval time.Duration) time.Duration {
	bound := min(interval, maxStagger).Truncate(time.Millisecond)
	if bound <= 0 {
		return 0
	}
	h := fnv.New64a()
	h.Write([]byte(name))
	return time.Duration(h.Sum64()%uint64(bound/time.Millisecond)) * time.Millisecond
}
