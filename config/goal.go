package config

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/cx-exporter/cx-exporter/collectors"
	"github.com/cx-exporter/cx-exporter/internal/calendar"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// Goal is a goal on one value of a KPI. What follows from it is in package
// alerts.
type Goal struct {
	Name, Title string
	// At is where the configuration has it.
	At Place
	// Reach tells a goal with a way to go, from a baseline to a target by a
	// deadline, from one that keeps a limit.
	Reach bool

	// Collector is the collector or formula that the KPI is one of.
	Collector string
	KPI       collectors.Desc
	Stat      collectors.Stat // with the goal's own direction
	Window    calendar.Window
	Segment   kpi.Segment // zero for the total
	Labels    []kpi.Label // of the value, beyond those that all have; sorted

	Target Target
	// Baseline is where the goal starts from. Where BaselineKnown is false it is
	// the value as of BaselineAt.
	Baseline      float64
	BaselineKnown bool
	BaselineAt    time.Time

	Start, Deadline time.Time // zero for goals that keep a limit
	Grace, Hold     time.Duration
	MinSamples      int

	Owner, Severity          string
	RunbookURL, DashboardURL string
}

// Place is a character of a configuration file, from line 1 and column 1.
type Place struct {
	File         string
	Line, Column int
}

// String is the place as problems have it.
func (p Place) String() string { return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column) }

// The types of goals, as they are written and as the label goal_type tells them.
const (
	GoalReach = "reach"
	GoalKeep  = "keep"
)

// Type is the goal's type.
func (g Goal) Type() string {
	if g.Reach {
		return GoalReach
	}
	return GoalKeep
}

// Target is what a goal aims at: a value, or a change of the baseline.
type Target struct {
	Kind TargetKind
	// Value is the value itself, the share of the baseline that is added to it,
	// or what is added to it.
	Value float64
}

// TargetKind tells how a target is given.
type TargetKind int

// The kinds of targets.
const (
	TargetValue    TargetKind = iota
	TargetRelative            // -0.15 for -15%
	TargetAbsolute            // in the unit of the value
)

// From is the target for a baseline, in the unit of the value.
func (t Target) From(baseline float64) float64 {
	switch t.Kind {
	case TargetRelative:
		return baseline * (1 + t.Value)
	case TargetAbsolute:
		return baseline + t.Value
	}
	return t.Value
}

// goal converts a goal. It finds what it can of the goal's collector or formula,
// KPI and value, and goes on without the rest.
func (c *converter) goal(raw *rawGoal, all []subject) Goal {
	g := Goal{
		Name: raw.Name.V, Title: raw.Title.V, Reach: raw.Type.V == GoalReach, Collector: raw.Collector.V,
		MinSamples: raw.MinSamples.V,
		Owner:      raw.Owner.V, Severity: raw.Severity.V, RunbookURL: raw.RunbookURL.V, DashboardURL: raw.DashboardURL.V,
	}
	if g.Title == "" {
		g.Title = g.Name
	}
	g.At.File = c.reporter.text.name
	if raw.Name.at.set() {
		g.At.Line, g.At.Column, _ = c.reporter.text.find(raw.Name.at.node, 0, 0)
	}
	of, ok := c.goalSubject(raw, all)
	if !ok || !c.goalValue(raw, of, &g) {
		return g
	}
	if !raw.MinSamples.at.set() && !g.Stat.Whole {
		g.MinSamples = c.global.MinSamples.V
	}
	c.goalWindow(raw, of, &g)
	c.goalSegment(raw, of, &g)
	c.goalLabels(raw, &g)
	c.goalTarget(raw, &g)
	c.goalTimes(raw, &g)
	c.goalScale(raw, &g)
	c.goalSense(raw, &g)
	return g
}

// inUnit is an amount in the unit of the value, if it is one.
func (c *converter) inUnit(v value[amount], s collectors.Stat) float64 {
	switch {
	case v.V.form == percentage && s.Unit != kpi.Ratio:
		c.problem(v.at, "%s is in %s and not a share; write the value without %%", s.Metric, inWords(s.Unit))
	case v.V.form == lasting && s.Unit != kpi.Seconds:
		c.problem(v.at, "%s is in %s and not a time; write the number alone", s.Metric, inWords(s.Unit))
	}
	return v.V.number
}

func (c *converter) goalTarget(raw *rawGoal, g *Goal) {
	switch {
	case raw.Target.good && raw.Target.at.set():
		g.Target = Target{TargetValue, c.inUnit(raw.Target, g.Stat)}
	case raw.Change.good && raw.Change.at.set():
		g.Target = c.changeOf(raw, g)
	case !raw.Target.at.set() && !raw.Change.at.set():
		c.problem(raw.Name.at, "the goal has no target; give `target`, or `change` for a goal of type reach")
	}
}

// changeOf reads a target that is given as a change of the baseline.
func (c *converter) changeOf(raw *rawGoal, g *Goal) Target {
	at := raw.Change.at
	m := changePattern.FindStringSubmatch(raw.Change.V)
	if !g.Reach {
		c.problem(at, "a goal of type keep has no baseline to change from; give `target`")
		return Target{}
	}
	if m == nil {
		return Target{} // told when it was read
	}
	x, err := strconv.ParseFloat(m[1], 64)
	if err != nil || math.IsInf(x, 0) || x == 0 {
		c.problem(at, "%s changes nothing", raw.Change.shown())
		return Target{}
	}
	switch unit := g.Stat.Unit; m[2] {
	case "%":
		if g.Stat.Range() > 0 {
			c.problem(at, "%s can be zero or negative, so that a share of it means nothing; say how many points: %s points", g.Stat.Metric, m[1])
		}
		return Target{TargetRelative, x / 100}
	case "d", "h", "m", "s":
		length, _ := collectors.ParseDuration(strings.TrimLeft(m[1], "+-") + m[2])
		if unit != kpi.Seconds {
			c.problem(at, "%s is in %s and not a time", g.Stat.Metric, inWords(unit))
		}
		return Target{TargetAbsolute, math.Copysign(length.Seconds(), x)}
	default:
		if unit == kpi.Ratio {
			x /= 100
		} else if unit != kpi.Score {
			c.problem(at, "%s is in %s, not in points; give `target`, or a change in %%", g.Stat.Metric, inWords(unit))
		}
		return Target{TargetAbsolute, x}
	}
}

// goalTimes converts the dates, and the baseline as of one.
func (c *converter) goalTimes(raw *rawGoal, g *Goal) {
	at := func(v value[string]) time.Time {
		if !v.good || !v.at.set() {
			return time.Time{}
		}
		t, _ := parseDate(v.V, c.zoneOfDates())
		return t
	}
	g.Start, g.Deadline = at(raw.Start), at(raw.Deadline)
	base := raw.Baseline.V
	if !g.Reach {
		for _, key := range []struct {
			name  string
			there bool
			at    place
		}{
			{"baseline", raw.Baseline.at.set(), raw.Baseline.at},
			{"start", raw.Start.at.set(), raw.Start.at},
			{"deadline", raw.Deadline.at.set(), raw.Deadline.at},
			{"grace", raw.Grace.at.set(), raw.Grace.at},
		} {
			if key.there {
				c.problem(key.at, "a goal of type keep has no %s: it holds from now on; remove the key, or make it a goal of type reach", key.name)
			}
		}
		return
	}
	if !raw.Start.at.set() {
		c.problem(raw.Name.at, "a goal of type reach needs `start`: when the work for it begins")
	}
	if !raw.Deadline.at.set() {
		c.problem(raw.Name.at, "a goal of type reach needs `deadline`: by when the target is to be reached")
	}
	g.Hold = max(g.Window.Length(), 7*24*time.Hour)
	if raw.Hold.good && raw.Hold.at.set() {
		g.Hold = time.Duration(raw.Hold.V)
	}
	g.Grace = g.Window.Length() / 2
	if raw.Grace.good && raw.Grace.at.set() {
		g.Grace = time.Duration(raw.Grace.V)
	}
	switch {
	case base.Value.good && base.Value.at.set():
		g.Baseline, g.BaselineKnown = c.inUnit(base.Value, g.Stat), true
	case base.At.good && base.At.at.set():
		g.BaselineAt = at(base.At)
	default:
		g.BaselineAt = g.Start
	}
	if !g.BaselineKnown && g.KPI.Fidelity == kpi.Snapshot {
		c.problem(raw.KPI.at, "%s is known only as it is now, so its value at a past date cannot be measured; give `baseline: {value: …}`", g.KPI.Name)
	}
}

// goalSense reports goals that cannot be meant.
func (c *converter) goalSense(raw *rawGoal, g *Goal) {
	if !g.Reach || g.Start.IsZero() || g.Deadline.IsZero() {
		return
	}
	lasts := g.Deadline.Sub(g.Start)
	last := g.Window.Span(g.Deadline, c.zoneOfDates()) // what the KPI shows at the deadline
	switch half := max(g.Window.Length(), last.Length()) / 2; {
	case lasts <= 0:
		c.problem(raw.Deadline.at, "the deadline is not after the start")
		return
	case raw.Grace.at.set() && g.Grace >= lasts:
		c.problem(raw.Grace.at, "the grace is not shorter than the goal, which lasts %s", collectors.Duration(lasts))
	case g.Grace >= lasts || half >= lasts:
		c.problem(raw.Deadline.at, "the goal lasts %s, which its window %s is too long for: it could never show the pace; choose a shorter window", collectors.Duration(lasts), g.Window)
	case !last.Hi.After(g.Start):
		c.problem(raw.Deadline.at, "the window %s shows at the deadline what was before the start; choose a window that ends at the instant, such as 30d, or a later deadline", g.Window)
	}
	worse := func(x float64) bool {
		return g.Stat.Direction == kpi.HigherIsBetter && x <= 0 || g.Stat.Direction == kpi.LowerIsBetter && x >= 0
	}
	wanted := "above"
	if g.Stat.Direction == kpi.LowerIsBetter {
		wanted = "below"
	}
	switch {
	case g.Target.Kind != TargetValue && g.Target.Value != 0 && worse(g.Target.Value):
		c.problem(raw.Change.at, "this makes %s worse, for which %s; turn the sign round, or set `direction`", g.Stat.Metric, better(g.Stat.Direction))
	case g.Target.Kind == TargetRelative && g.Target.Value <= -1:
		c.problem(raw.Change.at, "this leaves nothing of %s", g.Stat.Metric)
	case g.Target.Kind == TargetValue && g.BaselineKnown && raw.Target.at.set() && worse(g.Target.Value-g.Baseline):
		c.problem(raw.Target.at, "the target must be %s the baseline, since for %s %s", wanted, g.Stat.Metric, better(g.Stat.Direction))
	}
}

// inWords is what a value is in.
func inWords(u kpi.Unit) string {
	switch u {
	case kpi.Ratio:
		return "shares from 0 to 1"
	case kpi.Score:
		return "points"
	case kpi.Count:
		return "numbers of things"
	}
	return string(u)
}

func better(d kpi.Direction) string {
	if d == kpi.LowerIsBetter {
		return "lower is better"
	}
	return "higher is better"
}

// zoneOfDates is the zone in which a day of the configuration begins.
func (c *converter) zoneOfDates() *time.Location {
	if c.global.Timezone.good {
		return c.zone(c.global.Timezone)
	}
	return time.UTC
}

// parseDate reads a day, which begins at midnight of a zone or, where it has none,
// with its first instant, or an instant.
func parseDate(s string, zone *time.Location) (time.Time, error) {
	if t, err := calendar.ParseClock(time.DateOnly, s, zone); err == nil {
		return t, nil
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return time.Time{}, fmt.Errorf("%s is not a date", quote(s))
	}
	return t.UTC(), nil
}
