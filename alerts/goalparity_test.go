package alerts

import (
	"fmt"
	"maps"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/kpi"
	"github.com/cx-exporter/cx-exporter/internal/stats"
)

// turn is what a goal's readings are from an hour on.
type turn struct {
	hour int
	e    stats.Evidence
}

// story is a goal whose readings turn, and what is told of it: which alert fires
// at which hours, and how it ends.
type story struct {
	reach    bool
	deadline int // hour; 0 is a year away
	turns    []turn
	alert    string
	fires    []int // hours at which it fires
	quiet    []int // hours at which it does not
	end      string
	says     string // of the description of the end
}

// The churn of these goals is to be at most 4 %, and may be 4.2 % by chance.
func stories() map[string]story {
	good, risky, bad, few := share(380, 10000), share(445, 10000), share(600, 10000), share(5, 20)
	return map[string]story{
		"empty": {
			reach: true, alert: "CXGoalOffTrack", turns: []turn{{-50, bad}, {2, nil}, {12, bad}, {14, share(200, 10000)}},
			fires: []int{1, 3, 11, 13}, quiet: []int{15}, end: "is back on its pace", says: "is 2% (was 6%); the target is 4%.",
		},
		"small": {
			reach: true, alert: "CXGoalOffTrack", turns: []turn{{-50, bad}, {2, few}, {12, share(200, 10000)}},
			fires: []int{1, 3, 11}, quiet: []int{13}, end: "is back on its pace", says: "is 2% (was 6%)",
		},
		"missed": {
			reach: true, deadline: 10, alert: "CXGoalOffTrack", turns: []turn{{-50, bad}},
			fires: []int{1, 9}, quiet: []int{11, 20}, end: "was missed: the deadline passed", says: "is 6% (was 6%)",
		},
		"made": {
			reach: true, deadline: 10, alert: "CXGoalOffTrack", turns: []turn{{-50, bad}, {10, good}},
			fires: []int{1, 9}, quiet: []int{11, 20}, end: "is met", says: "is 3.8% (was 6%)",
		},
		"empty-missed": {
			reach: true, deadline: 10, alert: "CXGoalOffTrack", turns: []turn{{-50, bad}, {4, nil}},
			fires: []int{1, 5, 9}, quiet: []int{11, 20}, end: "was missed: the deadline passed", says: "is 6% (was 6%)",
		},
		"unknown": {
			reach: true, deadline: 10, alert: "CXGoalOffTrack", turns: []turn{{-50, bad}, {-10, nil}},
			fires: []int{1, 9}, quiet: []int{11, 20}, end: "cannot be judged at its deadline", says: "is unknown; the target is 4%.",
		},
		"kept": {
			alert: "CXGoalBreached", turns: []turn{{-50, bad}, {2, nil}, {7, few}, {12, good}},
			fires: []int{1, 3, 11}, quiet: []int{13, 20}, end: "is kept again", says: "is 3.8% (was 6%); the target is 4%.",
		},
		"risk-worse": {
			alert: "CXGoalAtRisk", turns: []turn{{-200, risky}, {2, nil}, {6, risky}, {12, bad}},
			fires: []int{1, 3, 7, 11}, quiet: []int{13, 20}, end: "is no longer at risk: it is off track", says: "is 6% (was 4.45%)",
		},
		"risk-better": {
			alert: "CXGoalAtRisk", turns: []turn{{-200, risky}, {2, few}, {12, good}},
			fires: []int{1, 3, 11}, quiet: []int{13, 20}, end: "is no longer at risk", says: "is 3.8% (was 4.45%)",
		},
		"churn": {
			alert: "CXChurnRising", turns: []turn{{-50, bad}, {2, nil}, {9, few}, {12, good}},
			fires: []int{1, 3, 11}, quiet: []int{13, 20}, end: "is kept again", says: "is 3.8% (was 6%); the target is 4%.",
		},
		"less-churn": {
			reach: true, alert: "CXChurnRising", turns: []turn{{-50, bad}, {2, nil}, {12, share(200, 10000)}},
			fires: []int{1, 3, 11}, quiet: []int{13, 20}, end: "is back on its pace", says: "is 2% (was 6%)",
		},
		"few": {
			alert: "CXGoalSampleTooSmall", turns: []turn{{-80, few}, {2, nil}, {6, few}, {12, good}},
			fires: []int{1, 3, 7, 11}, quiet: []int{13, 20}, end: "has samples enough to be judged", says: "is 3.8%; the target is 4%.",
		},
	}
}

// of makes the goal of a story.
func (s story) of(t *testing.T, name string, begin time.Time) *Goal {
	t.Helper()
	g := reduceChurn(t, "24h")
	g.Name, g.Reach, g.Severity, g.DashboardURL, g.Hold = name, s.reach, "warning", "https://grafana.example.com/d/cx", 15*time.Hour
	g.Start, g.Deadline, g.Grace = begin.Add(-100*time.Hour), begin.Add(8760*time.Hour), time.Hour
	if s.deadline > 0 {
		g.Deadline = begin.Add(time.Duration(s.deadline) * time.Hour)
	}
	return g
}

// at is the reading of an instant.
func (s story) at(t time.Duration) (e stats.Evidence) {
	for _, x := range s.turns {
		if t >= time.Duration(x.hour)*time.Hour {
			e = x.e
		}
	}
	return e
}

// What cannot be judged ends no alert, and what ends one is told as what it is, by
// the exporter; the rules of Prometheus fire and end with it, on the metrics of
// the same goals.
func TestAlertsOnGoalsEndByAVerdictAndSaySo(t *testing.T) {
	t.Parallel()
	const (
		interval = 10 * time.Minute
		end      = 20 * time.Hour
	)
	begin := time.Unix(0, 0).UTC()
	all := stories()
	goals, verdicts := map[string]*Goal{}, map[string]Verdict{}
	judge := func(at time.Duration) {
		for name, s := range all {
			verdicts[name] = goals[name].Judge(verdicts[name], Reading{At: begin.Add(at), Evidence: s.at(at)})
		}
	}
	for name, s := range all {
		goals[name] = s.of(t, name, begin)
		verdicts[name] = Verdict{Known: true, Baseline: baseline(0.05)}
	}
	for at := -210 * time.Hour; at < 0; at += time.Hour {
		judge(at)
	}
	var l Ledger
	ends := map[string]Instance{}
	shown := map[string]map[time.Duration]float64{} // the values of each series
	test := ruleTest{Interval: "10m"}
	for at0 := time.Duration(0); at0 <= end; at0 += interval {
		judge(at0)
		var samples []kpi.Sample
		for name := range all {
			samples = append(samples, goals[name].Samples(verdicts[name])...)
		}
		for _, s := range samples {
			series := seriesOf(s)
			if shown[series] == nil {
				shown[series] = map[time.Duration]float64{}
			}
			shown[series][at0] = s.Value
		}
		samples = append(samples, kpi.Sample{Metric: successFamily, Labels: labelled("collector", "subscriptions"), Value: 1})
		if _, _, err := l.Look(begin.Add(at0), samples, RuleOptions{}, hears(true)); err != nil {
			t.Fatal(err)
		}
		told := map[string][]expectedAlert{}
		firing := map[string]bool{}
		for _, i := range l.Told() {
			name := i.Labels["goal"]
			if i.Phase == Resolved {
				if i.Alert == all[name].alert {
					ends[name] = i
				}
				continue
			}
			firing[i.Alert+" "+name] = true
			labels := maps.Clone(i.Labels)
			delete(labels, "alertname")
			told[i.Alert] = append(told[i.Alert], expectedAlert{labels, i.Annotations})
		}
		if at0%time.Hour != 0 || at0 == 0 {
			continue
		}
		hour := int(at0 / time.Hour)
		var looked bool
		for name, s := range all {
			for want, hours := range map[bool][]int{true: s.fires, false: s.quiet} {
				for _, h := range hours {
					if h != hour {
						continue
					}
					looked = true
					if firing[s.alert+" "+name] != want {
						t.Errorf("%s: at hour %d %s fires: %v, want %v; it is %+v", name, hour, s.alert, !want, want, verdicts[name].State)
					}
				}
			}
		}
		for _, a := range Table() {
			if looked && (a.Group == groupGoals || a.Name == "CXChurnRising") {
				test.Alerts = append(test.Alerts, alertTest{EvalTime: at0.String(), Alertname: a.Name, Expected: told[a.Name]})
			}
		}
	}
	for name, s := range all {
		i := ends[name]
		if want := name + " " + s.end; i.Annotations["summary"] != want || !strings.Contains(i.Annotations["description"], s.says) {
			t.Errorf("%s ends with %q, want %q and %q", name, i.Annotations, want, s.says)
		}
	}
	for series, values := range shown {
		var text []string
		for at := time.Duration(0); at <= end; at += interval {
			v, ok := values[at]
			if !ok {
				text = append(text, "_")
				continue
			}
			text = append(text, strconv.FormatFloat(v, 'g', -1, 64))
		}
		test.InputSeries = append(test.InputSeries, inputSeries{series, strings.Join(text, " ")})
	}
	agrees(t, test)
}

// seriesOf is a sample's series as Prometheus writes it.
func seriesOf(s kpi.Sample) string {
	var labels []string
	for _, l := range s.Labels {
		labels = append(labels, fmt.Sprintf("%s=%q", l.Name, l.Value))
	}
	return s.Metric + "{" + strings.Join(labels, ",") + "}"
}
