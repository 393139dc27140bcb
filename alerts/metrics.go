package alerts

import (
	"time"

	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// The families about goals that are looked for elsewhere.
const (
	familyInfo       = "cx_goal_info"   // words for people
	familyStatus     = "cx_goal_status" // the set of statuses
	familyStatusCode = "cx_goal_status_code"
	familySince      = "cx_goal_status_since_timestamp_seconds"
	// The verdict that stands, and since when; and up to when there were others.
	familyStanding      = "cx_goal_standing_code"
	familyStandingSince = "cx_goal_standing_since_timestamp_seconds"
	familyJudgedUntil   = "cx_goal_judged_until_timestamp_seconds"
	familyDeadline      = "cx_goal_deadline_timestamp_seconds"
	familyMinSamples    = "cx_goal_min_samples"
	familyBaseline      = "cx_goal_baseline"
	familyChoices       = "cx_goal_choices"
	// Since when the end of a goal is news.
	familyEnded = "cx_goal_ended_timestamp_seconds"
	// What texts tell.
	familyValue    = "cx_goal_value"
	familyLower    = "cx_goal_lower_bound"
	familyUpper    = "cx_goal_upper_bound"
	familyTarget   = "cx_goal_target"
	familyExpected = "cx_goal_expected"
	familySamples  = "cx_goal_samples"
)

// family is a metric family about goals with one number a goal.
type family struct {
	name, help string
	// of is the number; ok is false where it is not known.
	of func(s known) (v float64, ok bool)
}

// known is what a goal's numbers are made of.
type known struct {
	g     *Goal
	v     Verdict
	aim   float64
	aimed bool
}

// base is the baseline; a goal that keeps a limit needs none.
func (s known) base() Baseline {
	if s.v.Baseline == nil {
		return Baseline{}
	}
	return *s.v.Baseline
}

// paced reports whether there is a pace.
func (s known) paced() bool {
	return s.v.Known && s.g.Reach && s.v.Baseline != nil && !s.v.State.At.Before(s.g.Start)
}

// measured reports whether there is a value.
func (s known) measured() bool { return s.v.Known && s.v.Measured.Defined }

// stamp is an instant as a metric.
func stamp(t time.Time) (v float64, ok bool) { return float64(t.UnixMicro()) / 1e6, !t.IsZero() }

// families are those about goals, but for info and status. All carry the labels
// that routing and rules need, which are constant per goal.
func families() []family {
	return []family{
		{
			familyMinSamples, "Number of samples below which a goal is not judged.",
			func(s known) (float64, bool) { return float64(s.g.MinSamples), true },
		},
		{
			"cx_goal_start_timestamp_seconds", "When the work for a goal begins.",
			func(s known) (float64, bool) { return stamp(s.g.Start) },
		},
		{
			familyDeadline, "By when a goal is to be reached.",
			func(s known) (float64, bool) { return stamp(s.g.Deadline) },
		},
		{
			familyBaseline, "Where a goal starts from, in the unit of its KPI.",
			func(s known) (float64, bool) { return s.base().Value, s.v.Baseline != nil },
		},
		{
			familyTarget, "What a goal has to reach or to keep, in the unit of its KPI.",
			func(s known) (float64, bool) { return s.aim, s.aimed },
		},
		{
			familyStatusCode, "The status of a goal as a number: 0 not started, 1 grace, 2 no data, 3 insufficient sample, 4 off track, 5 at risk, 6 on track, 7 met, 8 missed.",
			func(s known) (float64, bool) { return float64(s.v.State.Status.Code()), s.v.Known },
		},
		{
			familySince, "Since when a goal has its status.",
			func(s known) (float64, bool) { v, ok := stamp(s.v.State.Since); return v, ok && s.v.Known },
		},
		{
			familyStanding, "The last status of a goal that was judged, as a number as in cx_goal_status_code: readings that cannot be judged leave it as it is. Alerts go by it.",
			func(s known) (float64, bool) {
				status, _ := s.v.State.Standing()
				return float64(status.Code()), s.v.Known
			},
		},
		{
			familyStandingSince, "Since when the last status of a goal that was judged has been that.",
			func(s known) (float64, bool) {
				_, since := s.v.State.Standing()
				v, ok := stamp(since)
				return v, ok && s.v.Known
			},
		},
		{
			familyJudgedUntil, "Up to when a goal could be judged: its last evaluation, or the first one that had too few samples and none after it enough; of a goal that is met or missed the one that decided.",
			func(s known) (float64, bool) {
				v, ok := stamp(s.v.State.judgedUntil())
				return v, ok && s.v.Known
			},
		},
		{
			familyEnded, "When a goal was found to be met or missed, or not to be judged at its deadline. Alerts tell of that for four days.",
			func(s known) (float64, bool) {
				since, ok := s.g.news(s.v)
				v, _ := stamp(since)
				return v, ok
			},
		},
		{
			"cx_goal_last_evaluation_timestamp_seconds", "As of when a goal was last judged.",
			func(s known) (float64, bool) { v, ok := stamp(s.v.State.At); return v, ok && s.v.Known },
		},
		{
			familySamples, "Number of samples that the value of a goal rests on.",
			func(s known) (float64, bool) { return s.v.Measured.Samples, s.v.Known },
		},
		{
			familyChoices, "Number of series that fit a goal of which several do, so that its labels have to choose one; 0 otherwise.",
			func(s known) (float64, bool) {
				d, _ := s.g.Doubt(s.v)
				return float64(d.Choice.fitting()), s.v.Known
			},
		},
		{
			"cx_goal_needed_samples", "Number of samples, in the window and in a measured baseline each, with which chance hides the change that a goal asks for in one of five times.",
			func(s known) (float64, bool) { return s.v.Sample.Needed, s.v.Known && s.v.Sample.Needed > 0 },
		},
		{
			familyExpected, "What the KPI of a goal would show now on an even pace to the target; for a limit the limit itself.",
			func(s known) (float64, bool) {
				if !s.g.Reach {
					return s.aim, s.v.Known && s.aimed
				}
				return s.g.Expected(s.base(), s.v.State.At), s.paced()
			},
		},
		{
			"cx_goal_expected_progress_ratio", "Share of the way from baseline to target that the KPI would show now on an even pace.",
			func(s known) (float64, bool) { return s.g.ExpectedProgress(s.v.State.At), s.paced() },
		},
		{
			familyValue, "Value of the KPI of a goal, in its unit.",
			func(s known) (float64, bool) { return s.v.Measured.Value, s.measured() },
		},
		{
			familyLower, "Lower bound of the confidence interval of the value of a goal.",
			func(s known) (float64, bool) { return s.v.Measured.Lower, s.measured() },
		},
		{
			familyUpper, "Upper bound of the confidence interval of the value of a goal.",
			func(s known) (float64, bool) { return s.v.Measured.Upper, s.measured() },
		},
		{
			"cx_goal_margin", "How far the value is better than the target, in the unit of its KPI; negative is worse.",
			func(s known) (float64, bool) {
				return s.g.better(s.v.Measured.Value, s.aim), s.measured() && s.aimed
			},
		},
		{
			"cx_goal_progress_ratio", "Share of the way from baseline to target that has been gone: 0 at the baseline, 1 at the target.",
			func(s known) (float64, bool) {
				v, ok := s.g.Progress(s.base(), s.v.Measured.Value)
				return v, ok && s.v.Baseline != nil && s.measured()
			},
		},
	}
}

// Labels are the labels of a goal's series. They never change while the goal is
// configured as it is.
func (g *Goal) Labels() []kpi.Label {
	all := []kpi.Label{
		{Name: "collector", Value: g.Collector},
		{Name: "dimension", Value: g.Segment.Dimension},
		{Name: "goal", Value: g.Name},
		{Name: "goal_owner", Value: g.Owner},
		{Name: "goal_type", Value: g.Type()},
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
	s := known{g: g, v: v}
	s.aim, s.aimed = g.Aim(v.Baseline)
	out := []kpi.Sample{{Metric: familyInfo, Help: "What a goal is; always 1.", Value: 1, Labels: g.info()}}
	for _, f := range families() {
		if x, ok := f.of(s); ok {
			out = append(out, kpi.Sample{Metric: f.name, Help: f.help, Labels: own, Value: x})
		}
	}
	if !v.Known {
		return out
	}
	for _, status := range Statuses() {
		holds := 0.0
		if status == v.State.Status {
			holds = 1
		}
		labels := append(own[:len(own):len(own)], kpi.Label{Name: "status", Value: string(status)})
		out = append(out, kpi.Sample{Metric: familyStatus, Help: "Whether a goal has the status; all statuses are there, one of them is 1.", Labels: labels, Value: holds})
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
