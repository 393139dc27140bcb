package alerts

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/cx-exporter/cx-exporter/config"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// series are the labels of some: `currency=EUR method=simple` is one.
func series(all ...string) [][]kpi.Label {
	out := make([][]kpi.Label, len(all))
	for i, one := range all {
		for _, l := range strings.Fields(one) {
			name, value, _ := strings.Cut(l, "=")
			out[i] = append(out[i], kpi.Label{Name: name, Value: value})
		}
	}
	return out
}

// plainly are words without anything.
func plainly() Words {
	same := func(s string) string { return s }
	number := func(v float64) string { return fmt.Sprint(v) }
	return Words{Value: number, Size: number, Count: number, Text: same, Code: func(s string) string { return "<" + s + ">" }}
}

func TestAGoalChoosesOneSeriesOrIsNotJudged(t *testing.T) {
	t.Parallel()
	many := make([]string, 12)
	for i := range many {
		many[i] = fmt.Sprintf("shop=s%02d", i)
	}
	for name, c := range map[string]struct {
		labels, series []string
		index          int
		want           string // empty where nothing is left to choose
	}{
		"no series":                               {nil, nil, -1, ""},
		"one series without labels":               {nil, []string{""}, 0, ""},
		"one currency, without a choice":          {nil, []string{"currency=EUR"}, 0, ""},
		"one of two currencies":                   {[]string{"currency=USD"}, []string{"currency=EUR", "currency=USD"}, 1, ""},
		"two currencies":                          {nil, []string{"currency=USD", "currency=EUR"}, -1, "several values fit it, for currency EUR and USD; choose one, such as <labels: {currency: EUR}>"},
		"three, of which one has to be quoted":    {nil, []string{"currency=USD", "currency=(none)", "currency=EUR"}, -1, "for currency (none), EUR and USD; choose one, such as <labels: {currency: \"(none)\"}>"},
		"a currency that there is not":            {[]string{"currency=GBP"}, []string{"currency=USD", "currency=EUR"}, -1, "no value has its labels; there are values for currency EUR and USD"},
		"a currency where there is one other":     {[]string{"currency=GBP"}, []string{"method=simple currency=EUR"}, -1, "there are values for currency EUR"},
		"a label that all series have alike":      {nil, []string{"method=simple currency=EUR", "method=simple currency=USD"}, -1, "for currency EUR and USD; choose one, such as <labels: {currency: EUR}>"},
		"one of two labels":                       {[]string{"team=a"}, []string{"team=a prio=1", "team=a prio=2", "team=b prio=1"}, -1, "for prio 1 and 2; choose one, such as <labels: {team: a, prio: \"1\"}>"},
		"neither of two labels":                   {nil, []string{"team=a prio=1", "team=b prio=2"}, -1, "for team a with prio 1 and team b with prio 2; choose one, such as <labels: {team: a, prio: \"1\"}>"},
		"both labels":                             {[]string{"team=a", "prio=2"}, []string{"team=a prio=1", "team=a prio=2"}, 1, ""},
		"more than a sentence has room for":       {nil, many, -1, "for shop s00, s01, s02, s03, s04, s05, s06, s07 and 4 more; choose one, such as <labels: {shop: \"s00\"}>"},
		"a text that YAML would take for a truth": {nil, []string{"active=no", "active=yes"}, -1, "<labels: {active: \"no\"}>"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := reduceChurn(t, "30d")
			for _, l := range series(strings.Join(c.labels, " ")) {
				g.Goal.Labels = l
			}
			index, left := g.Choose(series(c.series...))
			if index != c.index || (left == nil) != (c.want == "") {
				t.Fatalf("it chooses %d and leaves %v; want %d", index, left, c.index)
			}
			if left == nil {
				return
			}
			v := g.Judge(Verdict{Known: true, Baseline: baseline(0.05)}, Reading{At: date(2026, 1, 40), Choice: left})
			d, ok := g.Doubt(v)
			if got := g.InWords(d, plainly()); !ok || !strings.Contains(got, c.want) || !strings.HasPrefix(got, "cannot be judged: ") {
				t.Errorf("it says %q, want %q", got, c.want)
			}
			if v.State.Status != NoData {
				t.Errorf("the goal is %s", v.State.Status)
			}
			several := 0.0 // a week without rows of a series leaves nothing to choose
			if left.Several {
				several = float64(len(left.Of))
			}
			if got := choicesOf(g, v); got != several {
				t.Errorf("there are %v choices, want %v", got, several)
			}
		})
	}
}

func TestGoalsThatLeadNowhereAreDoubted(t *testing.T) {
	t.Parallel()
	relative := func(x float64) config.Target { return config.Target{Kind: config.TargetRelative, Value: x} }
	from := func(v float64) *Baseline { return &Baseline{Value: v, Samples: 10000} }
	for name, c := range map[string]struct {
		target config.Target
		ends   kpi.Ends
		base   *Baseline
		day    int
		want   string
	}{
		"a share of a baseline of 0":       {relative(-0.15), kpi.Between(0, 1), from(0), 100, "leads from 0 to 0, which is no better: it asks for nothing"},
		"a share of what is negative":      {relative(-0.5), kpi.Ends{}, from(-100), 100, "leads from -100 to -50, which is no better"},
		"a target that is behind":          {config.Target{Value: 0.06}, kpi.Between(0, 1), from(0.05), 100, "leads from 0.05 to 0.06, which is no better"},
		"the same from a start that comes": {config.Target{Value: 0.06}, kpi.Between(0, 1), nil, -10, "leads from 0.05 to 0.06, which is no better"},
		"a target off the scale":           {config.Target{Kind: config.TargetAbsolute, Value: -0.1}, kpi.Between(0, 1), from(0.05), 100, "leads from 0.05 to -0.05, and cx_churn_ratio is at least 0: it can never be reached"},
		"a target that is ahead":           {relative(-0.5), kpi.Between(0, 1), from(0.05), 100, ""},
		"a baseline that is not there":     {relative(-0.5), kpi.Between(0, 1), &Baseline{}, 100, "cannot be judged: its baseline rests on fewer than 30 samples; give its value, or the date of another"},
		"no baseline yet":                  {relative(-0.5), kpi.Between(0, 1), nil, 100, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := reduceChurn(t, "30d")
			g.Target, g.Stat.Ends, g.BaselineAt = c.target, c.ends, g.Start
			before := Verdict{Known: true, Baseline: c.base}
			if c.base != nil && c.base.Samples == 0 { // it was looked for
				before.Baseline, before.BaselineChecked = nil, date(2026, 1, 2)
			}
			v := g.Judge(before, Reading{At: date(2026, 1, c.day), Evidence: share(5000, 100000)})
			d, ok := g.Doubt(v)
			if got := g.InWords(d, plainly()); ok != (c.want != "") || ok && !strings.HasPrefix(got, c.want) {
				t.Errorf("it says %v %q, want %q", ok, got, c.want)
			}
		})
	}
}

// A baseline of several series is none, and says so although there is a value now.
func TestABaselineOfSeveralSeriesIsNone(t *testing.T) {
	t.Parallel()
	g := reduceChurn(t, "30d")
	_, left := g.Choose(series("currency=EUR", "currency=USD"))
	v := g.Based(Verdict{Known: true}, Reading{At: g.Start, Choice: left})
	v = g.Judge(v, Reading{At: date(2026, 1, 40), Evidence: share(500, 10000)})
	d, ok := g.Doubt(v)
	if got := g.InWords(d, plainly()); !ok || !strings.HasPrefix(got, "cannot be judged: several values fit it as of its baseline, for currency EUR and USD") {
		t.Errorf("it says %q", got)
	}
	if v.State.Status != InsufficientSample || v.Baseline != nil {
		t.Errorf("the goal is %s from %v", v.State.Status, v.Baseline)
	}
	v = g.Judge(g.Based(v, Reading{At: g.Start, Evidence: share(500, 10000)}), Reading{At: date(2026, 1, 41), Evidence: share(500, 10000)})
	if d, ok := g.Doubt(v); ok && d.Kind == Ambiguous || v.Baseline == nil {
		t.Errorf("after a baseline was chosen: %v from %v", d, v.Baseline)
	}
}

func TestAVerdictStandsWhileNothingCanBeJudged(t *testing.T) {
	t.Parallel()
	bad, good := share(600, 10000), share(400, 10000)
	for name, c := range map[string]struct {
		steps []step
		want  string
	}{
		"nothing was ever judged":      {[]step{{day: 40}, {day: 41}}, ""},
		"a goal that can be judged":    {[]step{{day: 180, e: bad}, {day: 181, e: bad}}, ""},
		"no data after off track":      {[]step{{day: 180, e: good}, {day: 181, e: bad}, {day: 182}, {day: 190, e: share(2, 3)}}, "off_track since 181 false"},
		"from the first look":          {[]step{{day: 180, e: bad}, {day: 182}}, "off_track since 180 true"},
		"the same again is no news":    {[]step{{day: 180, e: bad}, {day: 182}, {day: 183, e: bad}, {day: 184}}, "off_track since 180 true"},
		"the grace is no verdict":      {[]step{{day: 2, e: bad}, {day: 3}}, ""},
		"nothing stands after the end": {[]step{{day: 340, e: bad}, {day: 366}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g, s := reduceChurn(t, "30d"), State{}
			for _, x := range c.steps {
				s = g.Next(s, baseline(0.05), Reading{At: date(2026, 1, x.day), Evidence: x.e})
			}
			got := ""
			if status, since, orBefore, ok := s.Held(); ok {
				got = fmt.Sprintf("%s since %d %v", status, since.YearDay(), orBefore)
			}
			if got != c.want {
				t.Errorf("%q stands, want %q", got, c.want)
			}
		})
	}
}

// A goal goes on from the baseline that it has where the past has several series
// later: it is judged, and nothing else is said of it.
func TestABaselineOutlivesSeveralSeriesOfThePast(t *testing.T) {
	t.Parallel()
	g := reduceChurn(t, "30d")
	g.BaselineAt = g.Start
	_, left := g.Choose(series("currency=EUR", "currency=USD"))
	v := g.Based(Verdict{Known: true}, Reading{At: g.Start, Evidence: share(5000, 100000)})
	v = g.Based(v, Reading{At: g.Start, Choice: left})
	v = g.Judge(v, Reading{At: date(2026, 1, 180), Evidence: share(6000, 100000)})
	if _, ok := g.Doubt(Verdict{Choice: left}); ok {
		t.Error("a goal that has not been judged up to the present is doubted")
	}
	if d, ok := g.Doubt(v); ok || v.State.Status != OffTrack || choicesOf(g, v) != 0 {
		t.Errorf("it is %s of %v choices, and %q", v.State.Status, choicesOf(g, v), g.InWords(d, plainly()))
	}
}

// What the labels did not choose at the deadline nothing later chooses: it is told on
// as that of the deadline, until its rows can be judged.
func TestADeadlineOfSeveralSeriesIsDoubted(t *testing.T) {
	t.Parallel()
	g := reduceChurn(t, "30d")
	_, left := g.Choose(series("currency=EUR", "currency=USD"))
	judge := func(v Verdict, day int, r Reading) Verdict {
		r.At = date(2026, 1, day)
		return g.Judge(v, r)
	}
	begin := judge(Verdict{Known: true, Baseline: baseline(0.05)}, 300, Reading{Choice: left})
	for name, v := range map[string]Verdict{
		"at the deadline":        judge(begin, 366, Reading{Choice: left}),
		"four days later":        judge(judge(begin, 366, Reading{Choice: left}), 370, Reading{Choice: left}),
		"one is left days later": judge(judge(begin, 366, Reading{Choice: left}), 370, Reading{Evidence: share(500, 10000)}),
	} {
		d, ok := g.Doubt(v)
		if got := g.InWords(d, plainly()); !ok || d.Kind != Ambiguous || choicesOf(g, v) != 2 || !strings.HasPrefix(got, "cannot be judged: several values fit it at its deadline, for currency EUR and USD") {
			t.Errorf("%s: it says %v %q, of %v choices", name, ok, got, choicesOf(g, v))
		}
	}
	for name, v := range map[string]Verdict{
		"without rows, and several series since": judge(judge(begin, 366, Reading{}), 370, Reading{Choice: left}),
		"too few rows":                           judge(begin, 366, Reading{Evidence: share(5, 20)}),
		"judged after all": judge(judge(judge(begin, 366, Reading{Choice: left}), 370, Reading{Choice: left}), 366,
			Reading{Evidence: share(300, 10000)}),
	} {
		if d, ok := g.Doubt(v); ok || choicesOf(g, v) != 0 {
			t.Errorf("%s: it says %q, of %v choices", name, g.InWords(d, plainly()), choicesOf(g, v))
		}
	}
}

// choicesOf is what cx_goal_choices shows.
func choicesOf(g *Goal, v Verdict) float64 {
	for _, s := range g.Samples(v) {
		if s.Metric == familyChoices {
			return s.Value
		}
	}
	return -1
}

// Of very many series the first are kept, and how many there are.
func TestAChoiceOfVeryManySeriesStaysSmall(t *testing.T) {
	t.Parallel()
	many := make([]string, 5000)
	for i := range many {
		many[i] = fmt.Sprintf("shop=s%04d", 4999-i)
	}
	g := reduceChurn(t, "30d")
	_, left := g.Choose(series(many...))
	kept, err := json.Marshal(left)
	if err != nil || len(kept) > 10_000 {
		t.Errorf("%d bytes are kept, %v", len(kept), err)
	}
	left = nil
	if err := json.Unmarshal(kept, &left); err != nil {
		t.Fatal(err)
	}
	v := g.Judge(Verdict{Known: true, Baseline: baseline(0.05)}, Reading{At: date(2026, 1, 40), Choice: left})
	d, _ := g.Doubt(v)
	const want = "for shop s0000, s0001, s0002, s0003, s0004, s0005, s0006, s0007 and 4992 more; choose one"
	if got := g.InWords(d, plainly()); choicesOf(g, v) != 5000 || !strings.Contains(got, want) {
		t.Errorf("it says %q, of %v choices", got, choicesOf(g, v))
	}
}

// Those that are kept are the first, and may be alike where the others differ.
func TestAChoiceOfVeryManySeriesNamesAllThatMayDiffer(t *testing.T) {
	t.Parallel()
	var many []string
	for i := range 360 {
		many = append(many, fmt.Sprintf("region=%c shop=s%03d", 'A'+i/120, i%120))
	}
	g := reduceChurn(t, "30d")
	_, left := g.Choose(series(many...))
	v := g.Judge(Verdict{Known: true, Baseline: baseline(0.05)}, Reading{At: date(2026, 1, 40), Choice: left})
	d, _ := g.Doubt(v)
	if got := g.InWords(d, plainly()); !strings.Contains(got, "region A with shop s000") || !strings.Contains(got, "and 352 more") {
		t.Errorf("it says %q", got)
	}
}
