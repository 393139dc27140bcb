package alerts

import (
	"slices"
	"time"
)

// History remembers what conditions need of the past: Prometheus would look into
// its own. It is kept with the alerts.
type History struct {
	// Baselines are the values of goals' baselines, each from when it was first
	// seen.
	Baselines map[string][]Point `json:"baselines,omitempty"`
	// Newest are the times of the newest rows of collectors, one an hour.
	Newest map[string][]Point `json:"newest,omitempty"`
	// Success is when collectors last succeeded, in seconds since 1970.
	Success map[string]float64 `json:"success,omitempty"`
}

// Point is a value at an instant.
type Point struct {
	At    time.Time `json:"at"`
	Value float64   `json:"value"`
}

const (
	day = 24 * time.Hour
	// pauses is the time in which the longest pause of a source is looked for. It
	// ended pausesBefore now.
	pauses       = 7 * day
	pausesBefore = day
)

// record takes what a view shows. It reports whether anything is worth keeping
// before the next full hour.
func (h *History) record(v *View) (fresh bool) {
	// Each by itself: one that was empty when it was kept is not there again.
	if h.Baselines == nil {
		h.Baselines = map[string][]Point{}
	}
	if h.Newest == nil {
		h.Newest = map[string][]Point{}
	}
	if h.Success == nil {
		h.Success = map[string]float64{}
	}
	for key, g := range v.most(goalNames(), nil, familyBaseline) {
		points := h.Baselines[key]
		if len(points) == 0 || points[len(points)-1].Value != g.value {
			h.Baselines[key] = append(points, Point{v.Now, g.value})
			fresh = true
		}
	}
	for key, points := range h.Baselines {
		// The last one from before is the value that held then.
		for len(points) > 1 && !points[1].At.After(v.Now.Add(-day)) {
			points = points[1:]
		}
		h.Baselines[key] = points
	}
	hour := v.Now.Truncate(time.Hour)
	for _, g := range v.most([]string{"collector"}, nil, newestFamily) {
		name := g.labels["collector"]
		points := h.Newest[name]
		if len(points) == 0 || points[len(points)-1].At.Before(hour) {
			h.Newest[name] = append(points, Point{hour, g.value})
			fresh = true
		}
	}
	configured := v.most([]string{"collector"}, nil, intervalFamily)
	for name, points := range h.Newest {
		points = slices.DeleteFunc(points, func(p Point) bool { return p.At.Before(v.Now.Add(-pauses - pausesBefore)) })
		if h.Newest[name] = points; len(points) == 0 {
			delete(h.Newest, name)
		}
	}
	for _, g := range v.most([]string{"collector"}, nil, successTimeFamily) {
		h.Success[g.labels["collector"]] = g.value
	}
	for name := range h.Success {
		if _, ok := configured[name+"\x00"]; !ok {
			delete(h.Success, name)
		}
	}
	goals := v.most(goalNames(), nil, familyMinSamples)
	for key := range h.Baselines {
		if _, ok := goals[key]; !ok {
			delete(h.Baselines, key)
		}
	}
	return fresh
}

// baseline is the baseline of a goal as of an instant.
func (h *History) baseline(key string, at time.Time) (value float64, ok bool) {
	for _, p := range h.Baselines[key] {
		if p.At.After(at) {
			break
		}
		value, ok = p.Value, true
	}
	return value, ok
}

// longestPause is how old the newest row of a collector has been at most, at the
// full hours of the week that ended a day before now.
func (h *History) longestPause(collector string, now time.Time) (age time.Duration, ok bool) {
	to := now.Add(-pausesBefore)
	from := to.Add(-pauses)
	for _, p := range h.Newest[collector] {
		if p.At.After(from) && !p.At.After(to) {
			age, ok = max(age, p.At.Sub(instant(p.Value))), true
		}
	}
	return age, ok
}
