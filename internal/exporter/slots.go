package exporter

import (
	"time"

	"github.com/cx-exporter/cx-exporter/internal/calendar"
)

// countedSlots bounds how many passed slots are counted one by one. Beyond it
// (a clock that jumped by years) the interval gives the number.
const countedSlots = 1000

// slotAt tells what is due at now for a schedule whose slots up to last are
// settled: the latest slot that has passed and how many passed before it, or,
// with ok false, how long to wait for the next one.
func slotAt(s calendar.Schedule, interval time.Duration, last, now time.Time) (slot time.Time, before int, wait time.Duration, ok bool) {
	slot = s.Next(last)
	if !slot.After(last) { // the schedule has ended
		return slot, 0, interval, false
	}
	if slot.After(now) {
		return slot, 0, slot.Sub(now), false
	}
	for range countedSlots {
		next := s.Next(slot)
		if !next.After(slot) || next.After(now) {
			return slot, before, 0, true
		}
		slot = next
		before++
	}
	before += int(now.Sub(slot) / interval)
	if next := s.Next(now.Add(-interval)); !next.After(now) {
		slot = next
	}
	return slot, before, 0, true
}
