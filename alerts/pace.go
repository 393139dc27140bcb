package alerts

import (
	"time"

	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// ExpectedProgress is the share of the way from the baseline to the target that
// the KPI shows at an instant if the goal is on its pace: 0 at the baseline, 1
// at the deadline.
//
// The pace is that of the daily level, which rises evenly from the start and is
// at its end half a window before the deadline. A KPI shows the mean of that
// level over its own window, which lags behind it. So the progress is the mean of
//
//	ramp(s) = min(1, max(0, s / (T − W/2)))
//
// over the window, divided by the same mean at the deadline: s is the time since
// the start, T the time from start to deadline, W the length of the window at the
// deadline. A goal whose daily level rises that evenly is never behind, whatever
// its window.
func (g *Goal) ExpectedProgress(at time.Time) float64 {
	if !at.Before(g.Deadline) {
		return 1
	}
	end := g.span(g.Deadline)
	length := g.Deadline.Sub(g.Start).Seconds() - end.Length().Seconds()/2
	whole := g.meanRamp(end, length)
	if whole <= 0 {
		return 1
	}
	return g.meanRamp(g.span(at), length) / whole
}

// Expected is the value that the KPI shows on that pace.
func (g *Goal) Expected(b Baseline, at time.Time) float64 {
	return b.Value + (g.Limit(b)-b.Value)*g.ExpectedProgress(at)
}

// Progress is the share of the way that a value has gone: 0 at the baseline, 1 at
// the target, whichever direction that is; ok is false where the target is the
// baseline.
func (g *Goal) Progress(b Baseline, value float64) (progress float64, ok bool) {
	way := g.Limit(b) - b.Value
	if way == 0 {
		return 0, false
	}
	return (value - b.Value) / way, true
}

// meanRamp is the mean of the ramp over a span. A window to date is empty at its
// very beginning; then it is the ramp there.
func (g *Goal) meanRamp(s kpi.Span, length float64) float64 {
	lo, hi := s.Lo.Sub(g.Start).Seconds(), s.Hi.Sub(g.Start).Seconds()
	if !s.Bounded() { // everything since the start of the goal, for want of more
		lo = 0
	}
	if hi <= lo {
		return min(1, max(0, hi/length))
	}
	return (rampIntegral(hi, length) - rampIntegral(lo, length)) / (hi - lo)
}

// rampIntegral is the integral of the ramp from its beginning to s.
func rampIntegral(s, length float64) float64 {
	switch {
	case s <= 0:
		return 0
	case s <= length:
		return s * s / (2 * length)
	}
	return length/2 + (s - length)
}
