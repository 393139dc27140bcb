package alerts

import (
	"math"
	"time"
)

// Forecast is when a goal is reached if the KPI goes on as it did from the window
// before to this one.
type Forecast struct {
	// At is that instant; zero if it is never.
	At time.Time
	// Earliest and Latest are the same at the ends of the interval of the change
	// between the windows, at the published confidence; zero is never.
	Earliest, Latest time.Time
}

// furthest is the longest that is worth a forecast.
const furthest = 20 * 365 * 24 * time.Hour

// Forecast extends the line from an earlier reading to a later one; the windows
// of the two must not overlap. ok is false where one of them is undefined or the
// target is reached.
func (g *Goal) Forecast(earlier, now Reading, target float64) (f Forecast, ok bool) {
	a, b := g.Measure(earlier), g.Measure(now)
	passed := now.At.Sub(earlier.At).Seconds()
	left := g.better(target, b.Value)
	if !a.Defined || !b.Defined || passed <= 0 || left <= 0 {
		return f, false
	}
	pace := g.better(b.Value, a.Value) / passed
	noise := math.Hypot(b.Upper-b.Lower, a.Upper-a.Lower) / 2 / passed
	after := func(pace float64) time.Time {
		if pace <= 0 || left/pace > furthest.Seconds() {
			return time.Time{}
		}
		return now.At.Add(time.Duration(left / pace * float64(time.Second)))
	}
	return Forecast{At: after(pace), Earliest: after(pace + noise), Latest: after(pace - noise)}, true
}
