package board

import (
	"cmp"
	"math"
	"slices"

	"github.com/cx-exporter/cx-exporter/alerts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// goalView is a goal in words.
type goalView struct {
	Root            string // the relative way to /
	Title           string
	Collector, Name string // of its KPI, for the link
	Of              string // what is measured
	Segment         string // as it came from the database; to be set apart
	Status          alerts.Status
	State           standing
	Since           moment
	OrBefore        bool
	// Stands is the last verdict of a goal that cannot be judged, since Stood.
	Stands        string
	rank          int // of the worse of both
	Stood         moment
	StoodOrBefore bool
	Value, Aim    string
	Pace          string // done and expected, in words
	Meter         *meter
	Deadline      moment
	Owner         string
	Doubt         string
}

// standing is a status in words, with a sign and a class that go with it.
type standing struct {
	Words, Sign, Class string
	rank               int // the worst first
}

// standingOf puts a status into words.
func standingOf(s alerts.Status) standing {
	switch s {
	case alerts.OffTrack:
		return standing{"off track", "✕", "worse", 0}
	case alerts.Missed:
		return standing{"missed", "✕", "worse", 1}
	case alerts.AtRisk:
		return standing{"at risk", "!", "warn", 2}
	case alerts.InsufficientSample:
		return standing{"too few samples to judge", "?", "unknown", 3}
	case alerts.NoData:
		return standing{"no data", "?", "unknown", 4}
	case alerts.Grace:
		return standing{"too early to tell", "…", "unknown", 6}
	case alerts.NotStarted:
		return standing{"not started", "…", "unknown", 7}
	case alerts.OnTrack:
		return standing{"on track", "✓", "better", 8}
	case alerts.Met:
		return standing{"met", "★", "better", 9}
	}
	return standing{"not judged yet", "…", "unknown", 5}
}

// goalCount is how many goals stand how.
type goalCount struct {
	standing
	N int
}

// goalsOf puts the goals into words, those that need somebody first.
func goalsOf(story *Story, root string) []goalView {
	out := make([]goalView, len(story.Goals))
	for i, g := range story.Goals {
		out[i] = newGoal(g, story, root)
	}
	slices.SortStableFunc(out, func(a, b goalView) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.State.rank, b.State.rank))
	})
	return out
}

func newGoal(g Goal, story *Story, root string) goalView {
	v := g.Verdict
	unit, currency := g.Stat.Unit, ""
	out := goalView{
		Root: root, Title: printable(g.Title), Collector: g.Collector, Name: g.KPI.Name, Owner: printable(g.Owner),
		Of: titleOf(&g.KPI), Status: v.State.Status, State: standingOf(""),
	}
	if out.Title == "" {
		out.Title = g.Name
	}
	for _, l := range g.Goal.Goal.Labels {
		switch {
		case l.Name == "currency":
			currency = printable(l.Value)
		case l.Value != "":
			out.Of += ", " + printable(l.Value)
		}
	}
	if showsStat(&g.KPI, g.Stat) {
		out.Of += ", " + statWords(g.Stat.Name)
	}
	if !g.KPI.Unwindowed {
		out.Of += ", " + windowWords(g.Window.String())
	}
	if !g.Segment.IsTotal() {
		out.Of += ", " + printable(g.Segment.Dimension)
		out.Segment = printable(g.Segment.Value)
	}
	if g.Reach {
		out.Deadline = story.moment(g.Deadline)
	}
	aim, aimed := g.Aim(v.Baseline)
	if aimed {
		side := "at least "
		if g.Stat.Direction == kpi.LowerIsBetter {
			side = "at most "
		}
		out.Aim = side + amount(unit, currency, aim)
	}
	if out.rank = out.State.rank; !v.Known {
		return out
	}
	out.State = standingOf(v.State.Status)
	out.rank = out.State.rank
	if v.State.Status != alerts.NotStarted {
		out.Since, out.OrBefore = story.moment(v.State.Since), v.State.OrBefore
	}
	if status, since, orBefore, ok := v.State.Held(); ok {
		stands := standingOf(status)
		out.Stands, out.Stood, out.StoodOrBefore = stands.Words, story.moment(since), orBefore
		out.rank = min(out.rank, stands.rank)
	}
	if d, ok := g.Doubt(v); ok {
		out.Doubt = "It " + g.InWords(d, alerts.Words{
			Value: func(v float64) string { return amount(unit, currency, v) },
			Size:  func(v float64) string { return sizeOf(unit, currency, v) },
			Count: func(n float64) string { return grouped(n, 0) },
			Text:  printable,
			Code:  printable,
		}) + "."
	}
	if !v.Measured.Defined {
		return out
	}
	out.Value = amount(unit, currency, v.Measured.Value)
	switch {
	case !g.Reach && aimed:
		out.Meter = limitMeter(g, aim)
	case v.Baseline != nil && v.State.Status != alerts.NotStarted:
		if done, ok := g.Progress(*v.Baseline, v.Measured.Value); ok {
			expected := g.ExpectedProgress(v.State.At)
			out.Pace = grouped(done*100, 0) + space + "% of the way done"
			if !v.State.Final() {
				out.Pace += ", " + grouped(expected*100, 0) + space + "% expected by now"
			}
			out.Meter = newMeter(out.Pace, done, expected)
		}
	}
	return out
}

// limitMeter shows a value beside its limit: on the scale of the KPI, on one around
// zero where the KPI has none and may be negative, and else on one that begins at
// zero and has room for both.
func limitMeter(g Goal, limit float64) *meter {
	value := g.Verdict.Measured.Value
	low, high := 0.0, max(value, limit)*1.25
	switch ends := g.Stat.Ends; {
	case ends.Closed() && ends != kpi.Between(0, 1): // of shares, often a part says more
		low, high = min(ends.Min, value, limit), max(ends.Max, value, limit)
	case g.Stat.Range() > 0:
		low, high = min(-g.Stat.Range()/2, value, limit), max(g.Stat.Range()/2, value, limit)
	case ends.Closed() && limit > 0.4 && high > 1:
		high = max(1, value)
	case min(value, limit) < 0:
		return nil
	}
	if !(high > low) || math.IsInf(high, 0) {
		return nil
	}
	return newMeter("The bar is the value, the mark is the limit.", (value-low)/(high-low), (limit-low)/(high-low))
}

// counts are how many goals stand how, the worst first.
func counts(goals []goalView) []goalCount {
	var out []goalCount
	for _, g := range goals {
		if i := slices.IndexFunc(out, func(c goalCount) bool { return c.standing == g.State }); i >= 0 {
			out[i].N++
			continue
		}
		out = append(out, goalCount{g.State, 1})
	}
	slices.SortFunc(out, func(a, b goalCount) int { return cmp.Compare(a.rank, b.rank) })
	return out
}
