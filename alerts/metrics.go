package alerts

import (
	"time"

	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// family is a metric family about goals.
type family struct{ name, help string }

// The families about goals. All but the first carry the labels that routing and
// rules need, which are constant per goal; words for people are in the first.
var (
	familyInfo             = family{"cx_goal_info", "What a goal is; always 1."}
	familyStatus           = family{"cx_goal_status", "Whether a goal has the status; all statuses are there, one of them is 1."}
	familyCode             = family{"cx_goal_status_code", "The status of a goal as a number: 0 not started, 1 grace, 2 no data, 3 insufficient sample, 4 off track, 5 at risk, 6 on track, 7 met, 8 missed."}
	familySince            = family{"cx_goal_status_since_timestamp_seconds", "Since when a goal has its status."}
	familyValue            = family{"cx_goal_value", "Value of the KPI of a goal, in its unit."}
	familyLower            = family{"cx_goal_lower_bound", "Lower bound of the confidence interval of the value of a goal."}
	familyUpper            = family{"cx_goal_upper_bound", "Upper bound of the confidence interval of the value of a goal."}
	familyBaseline         = family{"cx_goal_baseline", "Where a goal starts from, in the unit of its KPI."}
	familyTarget           = family{"cx_goal_target", "What a goal has to reach or to keep, in the unit of its KPI."}
	familyExpected         = family{"cx_goal_expected", "What the KPI of a goal would show now on an even pace to the target; for a limit the limit itself."}
	familyProgress         = family{"cx_goal_progress_ratio", "Share of the way from baseline to target that has been gone: 0 at the baseline, 1 at the target."}
	familyExpectedProgress = family{"cx_goal_expected_progress_ratio", "Share of the way from baseline to target that the KPI would show now on an even pace."}
	familyMargin           = family{"cx_goal_margin", "How far the value is better than the target, in the unit of its KPI; negative is worse."}
	familyStart            = family{"cx_goal_start_timestamp_seconds", "When the work for a goal begins."}
	familyDeadline         = family{"cx_goal_deadline_timestamp_seconds", "By when a goal is to be reached."}
	familySamples          = family{"cx_goal_samples", "Number of samples that the value of a goal rests on."}
	familyMinSamples       = family{"cx_goal_min_samples", "Number of samples below which a goal is not judged."}
	familyNeeded           = family{"cx_goal_needed_samples", "Number of samples, in the window and in a measured baseline each, with which chance hides the change that a goal asks for in one of five times."}
	familyEvaluated        = family{"cx_goal_last_evaluation_timestamp_seconds", "As of when a goal was last judged."}
)

// Labels are the labels of a goal's series. They never change while the goal is
// configured as it is.
func (g *Goal) Labels() []kpi.Label {
	kind := "keep"
	if g.Reach {
		kind = "reach"
	}
	all := []kpi.Label{
		{Name: "collector", Value: g.Collector},
		{Name: "dimension", Value: g.Segment.Dimension},
		{Name: "goal", Value: g.Name},
		{Name: "goal_owner", Value: g.Owner},
		{Name: "goal_type", Value: kind},
		{Name: "kpi", Value: g.KPI.Name},
		{Name: "segment", Value: g.Segment.Value},
		{Name: "severity", Value: g.Severity},
		{Name: "unit", Value: string(g.Stat.Unit)},
	}
	labels := all[:0]
	for _, l := range all {
		if l.Value != "" {
			labels = append(labels, l)
		}
	}
	return labels
}

// Samples are the metrics about a goal. What is not known is absent.
func (g *Goal) Samples(v Verdict) []kpi.Sample {
	own := g.Labels()
	var out []kpi.Sample
	add := func(f family, value float64) {
		out = append(out, kpi.Sample{Metric: f.name, Help: f.help, Labels: own, Value: value})
	}
	instant := func(f family, t time.Time) {
		if !t.IsZero() {
			add(f, float64(t.UnixMicro())/1e6)
		}
	}
	out = append(out, kpi.Sample{Metric: familyInfo.name, Help: familyInfo.help, Value: 1, Labels: g.info()})
	add(familyMinSamples, float64(g.MinSamples))
	instant(familyStart, g.Start)
	instant(familyDeadline, g.Deadline)
	base := Baseline{}
	if v.Baseline != nil {
		base = *v.Baseline
		add(familyBaseline, base.Value)
	}
	aim, aimed := g.Aim(v.Baseline)
	if aimed {
		add(familyTarget, aim)
	}
	if !v.Known {
		return out
	}
	for _, s := range Statuses() {
		holds := 0.0
		if s == v.State.Status {
			holds = 1
		}
		labels := append(own[:len(own):len(own)], kpi.Label{Name: "status", Value: string(s)})
		out = append(out, kpi.Sample{Metric: familyStatus.name, Help: familyStatus.help, Labels: labels, Value: holds})
	}
	add(familyCode, float64(v.State.Status.Code()))
	instant(familySince, v.State.Since)
	instant(familyEvaluated, v.State.At)
	add(familySamples, v.Measured.Samples)
	if v.Sample.Needed > 0 {
		add(familyNeeded, v.Sample.Needed)
	}
	switch {
	case !g.Reach:
		add(familyExpected, g.Limit(base))
	case v.Baseline != nil && !v.State.At.Before(g.Start):
		add(familyExpected, g.Expected(base, v.State.At))
		add(familyExpectedProgress, g.ExpectedProgress(v.State.At))
	}
	if !v.Measured.Defined {
		return out
	}
	add(familyValue, v.Measured.Value)
	add(familyLower, v.Measured.Lower)
	add(familyUpper, v.Measured.Upper)
	if aimed {
		add(familyMargin, g.better(v.Measured.Value, aim))
	}
	if v.Baseline != nil {
		if p, ok := g.Progress(base, v.Measured.Value); ok {
			add(familyProgress, p)
		}
	}
	return out
}

// info are the labels of the words about a goal.
func (g *Goal) info() []kpi.Label {
	labels := append(g.Labels(),
		kpi.Label{Name: "title", Value: g.Title},
		kpi.Label{Name: "stat", Value: g.Stat.Name},
		kpi.Label{Name: "direction", Value: string(g.Stat.Direction)},
	)
	if !g.KPI.Unwindowed {
		labels = append(labels, kpi.Label{Name: "window", Value: g.Window.String()})
	}
	for _, l := range g.Goal.Labels { // of the value: currency and the like
		labels = append(labels, kpi.Label{Name: "value_" + l.Name, Value: l.Value})
	}
	for _, l := range []kpi.Label{{Name: "runbook_url", Value: g.RunbookURL}, {Name: "dashboard_url", Value: g.DashboardURL}} {
		if l.Value != "" {
			labels = append(labels, l)
		}
	}
	return labels
}
