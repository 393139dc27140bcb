package alerts

import (
	"math"
	"strings"
	"time"
)

// The families of the exporter itself that conditions look at.
const (
	buildFamily       = "cx_exporter_build_info"
	reachedFamily     = "cx_alertmanager_last_success_timestamp_seconds"
	newestFamily      = "cx_source_newest_record_timestamp_seconds"
	intervalFamily    = "cx_collector_interval_seconds"
	successFamily     = "cx_collector_success"
	successTimeFamily = "cx_collector_last_success_timestamp_seconds"
	samplesFamily     = "cx_kpi_samples"
	minSamplesFamily  = "cx_kpi_min_samples"
	ratioFamily       = "cx_kpi_change_improvement_ratio"
	shareFamily       = "cx_kpi_change_improvement"
	pvalueFamily      = "cx_kpi_change_pvalue"
	spikeFamily       = "cx_kpi_spike_ratio"
	spikePFamily      = "cx_kpi_spike_pvalue"
	bySegment         = "_by_segment"
)

// goalNames are the names in goalLabels, and kpiNames those in kpiLabels.
func goalNames() []string { return strings.Split(goalLabels, ", ") }

func kpiNames() []string { return strings.Split(kpiLabels, ", ") }

// standing is that the verdict that stands on a goal is a status, and has been for
// longer than a time; nil is every goal.
func standing(status Status, where match, longer time.Duration) func(*View) []Finding {
	return func(v *View) []Finding {
		return v.timed(v.most(goalNames(), where, familyStanding), float64(status.Code()), familyStandingSince, longer, 0)
	}
}

// recent is that a goal ended with a status, and that this is news.
func recent(status Status) func(*View) []Finding {
	return func(v *View) []Finding {
		return v.timed(v.most(goalNames(), is("status", string(status)), familyStatus), 1, familyEnded, 0, newsFor)
	}
}

// unjudged is that a goal could not be judged for longer than a time. Beyond its
// deadline it never will be: that is news for as long as any other end.
func unjudged(longer time.Duration) func(*View) []Finding {
	return func(v *View) []Finding {
		goals := v.most(goalNames(), is("status", string(NoData), string(InsufficientSample)), familyStatus)
		ended := v.most([]string{"goal", "collector"}, nil, familyEnded)
		out := v.timed(goals, 1, familyJudgedUntil, longer, 0)
		for i, f := range out {
			if end, ok := ended[joined(f.Labels, "goal", "collector")]; ok && v.Now.Sub(instant(end.value)) >= newsFor {
				out[i].Holds = false
			}
		}
		return out
	}
}

// timed is that goals have a value, since an instant in a family that is longer ago
// than a time, and less long than another; zero is no limit.
func (v *View) timed(goals map[string]group, value float64, family string, longer, less time.Duration) []Finding {
	since := v.most([]string{"goal", "collector"}, nil, family)
	var out []Finding
	for _, g := range goals {
		f := Finding{Labels: g.labels, Value: g.value, Holds: g.value == value}
		if f.Holds {
			begun, ok := since[joined(g.labels, "goal", "collector")]
			if !ok {
				continue
			}
			from := instant(begun.value)
			age := v.Now.Sub(from)
			f.Holds = (longer == 0 || age > longer) && (less == 0 || age < less)
			f.Since = from.Add(longer)
		}
		out = append(out, f)
	}
	return out
}

// baselineMoved is that a baseline is not what it was a day before.
func baselineMoved(v *View) []Finding {
	var out []Finding
	for key, g := range v.most(goalNames(), nil, familyBaseline) {
		before, ok := v.past.baseline(key, v.Now.Add(-day))
		moved := math.Abs(g.value - before)
		out = append(out, Finding{Labels: g.labels, Value: moved, Holds: ok && moved > 0.02*math.Abs(before)})
	}
	return out
}

// becameWorse is that a KPI became worse beyond chance among the values of its
// board.
func becameWorse(v *View) []Finding {
	var out []Finding
	for _, suffix := range []string{"", bySegment} {
		chances := v.most(kpiNames(), nil, pvalueFamily+suffix)
		for key, g := range v.most(kpiNames(), nil, ratioFamily+suffix, shareFamily+suffix) {
			if p, ok := chances[key]; ok {
				out = append(out, Finding{Labels: g.labels, Value: g.value, Holds: Worsened(g.value, p.value, len(chances))})
			}
		}
	}
	return out
}

// churnRising is that customers leave more often than before, or than a goal allows.
func churnRising(v *View) []Finding {
	by := []string{"kpi", "collector", "length"}
	chances := v.most(by, is("kpi", "churn"), spikePFamily)
	out := standing(OffTrack, is("kpi", "churn"), 0)(v)
	for key, g := range v.most(by, is("kpi", "churn"), spikeFamily) {
		if p, ok := chances[key]; ok {
			out = append(out, Finding{Labels: g.labels, Value: g.value, Holds: Rising(g.value, p.value)})
		}
	}
	return out
}

// tooFewResponses is that a survey rests on too few answers.
func tooFewResponses(v *View) []Finding {
	least := v.most([]string{"kpi", "collector", "stat", "window"}, nil, minSamplesFamily)
	var out []Finding
	for _, g := range v.fold(math.Min, kpiNames(), is("kpi", "nps", "csat", "ces", "psat", "enps", "pulse"), samplesFamily) {
		if m, ok := least[joined(g.labels, "kpi", "collector", "stat", "window")]; ok {
			out = append(out, Finding{Labels: g.labels, Value: g.value, Holds: g.value < m.value})
		}
	}
	return out
}

// responseRateFallen is that fewer answer, while the results of a survey rise. It is
// over where as many answer, whatever is known of the surveys.
func responseRateFallen(v *View) []Finding {
	by := []string{"collector", "window"}
	chances := v.most(by, is("kpi", "response_rate"), pvalueFamily)
	risen := v.most([]string{"window"}, is("kpi", "csat", "ces", "psat"), ratioFamily)
	for key, g := range v.most([]string{"window"}, is("kpi", "nps"), shareFamily) {
		if other, ok := risen[key]; !ok || other.value < g.value {
			risen[key] = g
		}
	}
	var out []Finding
	for key, g := range v.most(by, is("kpi", "response_rate"), ratioFamily) {
		p, ok := chances[key]
		rise, there := risen[joined(g.labels, "window")]
		fell := g.value < -0.1 && p.value < 0.003
		if ok && (there || !fell) {
			out = append(out, Finding{Labels: g.labels, Value: g.value, Holds: fell && rise.value > 0.02})
		}
	}
	return out
}

// stale is that a collector has not succeeded for three intervals. Its last
// success is remembered where there was none since the start.
func stale(v *View) []Finding {
	shown := v.most([]string{"collector"}, nil, successTimeFamily)
	var out []Finding
	for key, g := range v.most([]string{"collector"}, nil, intervalFamily) {
		last, ok := v.past.Success[g.labels["collector"]]
		if s, there := shown[key]; there {
			last, ok = s.value, true
		}
		if ok {
			age := seconds(v.Now) - last
			out = append(out, Finding{Labels: g.labels, Value: age, Holds: age > 3*g.value})
		}
	}
	return out
}

// failing is that the last run of a collector failed.
func failing(v *View) []Finding {
	var out []Finding
	for _, g := range v.most([]string{"collector"}, nil, successFamily) {
		out = append(out, Finding{Labels: g.labels, Value: g.value, Holds: g.value == 0})
	}
	return out
}

// sourceStale is that the newest row of a collector is twice as old as it ever
// was in the week before.
func sourceStale(v *View) []Finding {
	var out []Finding
	for _, g := range v.most([]string{"collector"}, nil, newestFamily) {
		age := seconds(v.Now) - g.value
		longest, ok := v.past.longestPause(g.labels["collector"], v.Now)
		out = append(out, Finding{Labels: g.labels, Value: age, Holds: ok && age > 2*longest.Seconds() && age > 6*3600})
	}
	return out
}
