package alerts

import (
	"strings"
	"testing"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/stats"
)

// The texts about goals that ended, or that cannot be judged, say what is so.
func TestTextsAboutGoalsSayWhatIsSo(t *testing.T) {
	t.Parallel()
	_, several := reduceChurn(t, "30d").Choose(series("currency=EUR", "currency=USD"))
	unmatched := &Choice{Of: series("currency=EUR")}
	for name, c := range map[string]struct {
		base        *Baseline
		steps       []step
		alert, want string
		several     int // the day on which there are several values
	}{
		"no rows":                {baseline(0.05), []step{{day: 40}}, "CXGoalSampleTooSmall", "churn of subscriptions could not be judged for three days: there is no data.", 0},
		"few rows":               {baseline(0.05), []step{{day: 40, e: share(5, 20)}}, "CXGoalSampleTooSmall", "could not be judged for three days: it rests on fewer samples than the goal asks for.", 0},
		"a baseline of few rows": {nil, []step{{day: 40, e: share(50, 1000)}}, "CXGoalSampleTooSmall", "could not be judged for three days: the samples of its baseline are too few.", 0},
		"few rows at the deadline, and many since": {
			baseline(0.05),
			[]step{{day: 366, e: share(5, 20)}, {day: 367, e: share(500, 10000)}},
			"CXGoalSampleTooSmall", "could not be judged at its deadline: its samples, or those of its baseline, were too few. Nobody can tell whether the goal was met.", 0,
		},
		"no rows at the deadline": {baseline(0.05), []step{{day: 366}}, "CXGoalSampleTooSmall", "could not be judged at its deadline: there was no data.", 0},
		"several values": {
			baseline(0.05),
			[]step{{day: 40}},
			"CXGoalSampleTooSmall", "could not be judged for three days: its labels do not choose one of several values.", 40,
		},
		"several values at the deadline": {
			baseline(0.05),
			[]step{{day: 366}, {day: 367, e: share(500, 10000)}},
			"CXGoalSampleTooSmall", "could not be judged at its deadline: its labels do not choose one of several values. Nobody can tell", 366,
		},
		"no rows of its labels": {
			baseline(0.05),
			[]step{{day: 180, e: share(600, 10000)}, {day: 191}},
			"CXGoalOffTrack", "cannot be judged at present: the databases have no such rows.", 0,
		},
		"no rows of its labels at the deadline": {
			baseline(0.05),
			[]step{{day: 366}},
			"CXGoalSampleTooSmall", "could not be judged at its deadline: there was no data.", 0,
		},
		"several values of the baseline": {
			nil,
			[]step{{day: 1}, {day: 40, e: share(50, 1000)}},
			"CXGoalSampleTooSmall", "could not be judged for three days: its labels do not choose one of several values.", 1,
		},
		"several values after a verdict": {
			baseline(0.05),
			[]step{{day: 180, e: share(600, 10000)}, {day: 190}},
			"CXGoalOffTrack", "cannot be judged at present: its labels do not choose one of several values. When it last could, it was behind its pace", 190,
		},
		"missed at the deadline": {baseline(0.05), []step{{day: 366, e: share(420, 10000)}}, "CXGoalMissed", "At the deadline, churn of subscriptions was 4.2%", 0},
		"missed by a value before the deadline": {
			baseline(0.05),
			[]step{{day: 360, e: share(420, 10000)}, {day: 366}, {day: 367, e: share(900, 10000)}},
			"CXGoalMissed", "By the last value that could be judged, churn of subscriptions was 4.2%", 0,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := reduceChurn(t, "30d")
			v := Verdict{Known: true, Baseline: c.base}
			for _, x := range c.steps {
				r := Reading{At: date(2026, 1, x.day), Evidence: x.e}
				if x.day == c.several {
					r.Choice = several
				}
				if strings.HasPrefix(name, "no rows of its labels") && x.e == nil {
					r.Choice = unmatched
				}
				if c.base == nil && x.day == 1 {
					v = g.Based(v, r)
				}
				v = g.Judge(v, r)
			}
			labels := map[string]string{"goal_type": "reach", "unit": "ratio"}
			for _, l := range g.Labels() {
				labels[l.Name] = l.Value
			}
			view := NewView(v.State.At.Add(time.Hour), g.Samples(v), &History{})
			for _, a := range Table() {
				if a.Name != c.alert {
					continue
				}
				w, i := &writer{View: view, alert: a, texts: texts{}}, &Instance{Labels: labels}
				w.annotate(i, map[string]string{"description": a.Description}, subject{Labels: labels})
				if got := i.Annotations["description"]; len(w.errs) > 0 || !strings.Contains(got, c.want) {
					t.Errorf("it says %q, %v; want %q", got, w.errs, c.want)
				}
			}
		})
	}
}

// The end of a goal that a state file of before tells of is as old as it was.
func TestAnEndIsNewsFromTheLookThatFoundIt(t *testing.T) {
	t.Parallel()
	deadline, look := date(2027, 1, 1), date(2027, 1, 5)
	for name, c := range map[string]struct {
		known bool
		e     stats.Evidence
		want  time.Time
	}{
		"met":                          {true, share(380, 10000), look},
		"missed":                       {true, share(420, 10000), look},
		"not judged":                   {true, share(5, 20), look},
		"met before it was known":      {false, share(380, 10000), deadline},
		"unjudged before it was known": {false, share(5, 20), deadline},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := reduceChurn(t, "30d")
			before := Verdict{Known: c.known, Baseline: baseline(0.05)}
			v := g.Judge(before, Reading{At: g.Deadline, Evidence: c.e})
			v.Known = true
			for at := look; at.Before(look.AddDate(0, 0, 3)); at = at.AddDate(0, 0, 1) {
				v = g.Looked(before, g.Judge(v, Reading{At: at, Evidence: share(500, 10000)}), at)
				before = v
				for _, s := range g.Samples(v) {
					if s.Metric == familyEnded && s.Value != seconds(c.want) {
						t.Errorf("at %s it is news since %s, want %s", at, instant(s.Value), c.want)
					}
				}
			}
			if !NewView(look, g.Samples(v), &History{}).shows(familyEnded, map[string]string{"goal": g.Name}) {
				t.Error("it is no news at all")
			}
			v.Found = time.Time{} // as a state file of before has it
			if got, ok := g.news(v); !ok || !got.Equal(deadline) {
				t.Errorf("without the look it is news since %s, %v, want %s", got, ok, deadline)
			}
		})
	}
	if g := reduceChurn(t, "30d"); NewView(look, g.Samples(Verdict{Known: true, State: State{Status: OnTrack, At: date(2026, 6, 1)}}), &History{}).shows(familyEnded, map[string]string{"goal": g.Name}) {
		t.Error("a goal on its way has ended")
	}
}
