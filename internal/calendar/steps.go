package calendar

import (
	"fmt"
	"time"
)

// Steps are the instants from one to another, both included, as far apart as a
// rolling window is long: `1h`, `1d` or `1w`. Hours are hours; days and weeks keep
// the time of day in the zone, whatever its clocks do.
func Steps(from, to time.Time, step string, zone *time.Location) ([]time.Time, error) {
	w, err := Parse(step)
	if err != nil || (w.kind != hours && w.kind != days && w.kind != weeks) {
		return nil, fmt.Errorf("%q is no step: write a number with h, d or w, such as 1d", step)
	}
	var out []time.Time
	for k := 0; ; k++ {
		at := from.UTC()
		switch {
		case k == 0: // which the wall may show twice
		case w.kind == hours:
			at = at.Add(time.Duration(k*w.n) * time.Hour)
		case w.kind == weeks:
			at = DaysAgo(at, zone, -7*k*w.n)
		default:
			at = DaysAgo(at, zone, -k*w.n)
		}
		if at.After(to) {
			return out, nil
		}
		out = append(out, at)
	}
}
