package oracle

import "time"

// Hours is a business calendar: open where the clock on the wall shows a time of
// its ranges, on a day that is no holiday.
type Hours struct {
	Zone     *time.Location
	Week     [7][][2]time.Duration // ranges since midnight by weekday, from Sunday; they do not overlap
	Holidays map[string]bool       // days as 2006-01-02
}

// Seconds is how long it was open from one instant to another. It goes from one
// change of clocks to the next and, in between, from one day to the next.
func (h Hours) Seconds(from, to time.Time) float64 {
	var open time.Duration
	for at := from; at.Before(to); {
		end := to
		_, offset := at.In(h.Zone).Zone()
		if _, change := at.In(h.Zone).ZoneBounds(); change.After(at) && change.Before(to) {
			end = change
		}
		shift := time.Duration(offset) * time.Second
		open += h.shown(at.UTC().Add(shift), end.UTC().Add(shift))
		at = end
	}
	return float64(open.Microseconds()) / 1e6
}

// shown is how long it is open while the clock goes evenly from one time to
// another.
func (h Hours) shown(from, to time.Time) (open time.Duration) {
	y, m, d := from.Date()
	for midnight := time.Date(y, m, d, 0, 0, 0, 0, time.UTC); midnight.Before(to); midnight = midnight.Add(24 * time.Hour) {
		if h.Holidays[midnight.Format("2006-01-02")] {
			continue
		}
		for _, r := range h.Week[midnight.Weekday()] {
			begin, end := midnight.Add(r[0]), midnight.Add(r[1])
			if begin.Before(from) {
				begin = from
			}
			if end.After(to) {
				end = to
			}
			if begin.Before(end) {
				open += end.Sub(begin)
			}
		}
	}
	return open
}
