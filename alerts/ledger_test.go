package alerts

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// desk is a ledger that is looked at every minute.
type desk struct {
	t      *testing.T
	ledger Ledger
	now    time.Time
}

func sit(t *testing.T) *desk {
	t.Helper()
	return &desk{t: t, now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
}

// pass looks every minute for a time.
func (d *desk) pass(length time.Duration, samples ...kpi.Sample) {
	d.t.Helper()
	for end := d.now.Add(length); d.now.Before(end); {
		d.now = d.now.Add(time.Minute)
		if _, _, err := d.ledger.Look(d.now, samples, RuleOptions{RunbookURL: "https://runbooks.example.com"}, hears(true)); err != nil {
			d.t.Fatal(err)
		}
	}
}

// hears is that an Alertmanager takes what is sent to it, or not.
func hears(takes bool) map[string]bool { return map[string]bool{"http://am:9093": takes} }

// restart has the ledger written and read, and the process away for a time.
func (d *desk) restart(away time.Duration) {
	d.t.Helper()
	text, err := json.Marshal(d.ledger)
	if err != nil {
		d.t.Fatal(err)
	}
	d.ledger = Ledger{}
	if err := json.Unmarshal(text, &d.ledger); err != nil {
		d.t.Fatal(err)
	}
	d.now = d.now.Add(away)
}

// phase checks the only alert, or that there is none.
func (d *desk) phase(want Phase, when string) *Instance {
	d.t.Helper()
	var got *Instance
	for _, i := range d.ledger.Instances {
		got = i
	}
	if got == nil && want != none || got != nil && got.Phase != want || len(d.ledger.Instances) > 1 {
		d.t.Fatalf("%s there are %+v, want one that is %s", when, got, want)
	}
	return got
}

// shown are samples about a collector that answers or not, with a spike of churn
// of a ratio if that is above 0.
func shown(answers bool, ratio float64) []kpi.Sample {
	success := 0.0
	if answers {
		success = 1
	}
	out := []kpi.Sample{
		{Metric: intervalFamily, Labels: labelled("collector", "subs"), Value: 300},
		{Metric: minSamplesFamily, Labels: labelled("collector", "subs", "kpi", "churn", "stat", "ratio", "window", "30d"), Value: 30},
		{Metric: successFamily, Labels: labelled("collector", "subs"), Value: success},
	}
	if ratio > 0 {
		own := labelled("kpi", "churn", "collector", "subs", "length", "10d")
		out = append(out, kpi.Sample{Metric: spikeFamily, Labels: own, Value: ratio}, kpi.Sample{Metric: spikePFamily, Labels: own, Value: 0.0001})
	}
	return out
}

func TestAnAlertWaitsFiresAndEndsWithTheValueOfThen(t *testing.T) {
	t.Parallel()
	d := sit(t)
	d.pass(time.Hour, shown(true, 1.1)...)
	d.phase(none, "with a value that is good")
	begun := d.now.Add(time.Minute)
	d.pass(15*time.Minute, shown(true, 1.6)...)
	d.phase(Pending, "before its wait is over")
	d.pass(time.Minute, shown(true, 1.7)...)
	if i := d.phase(Firing, "after its wait"); !i.StartsAt.Equal(begun) || i.Annotations["description"] != "Customers leave 1.7 times as often in the last 10d as in the same days of the 12 months before, which chance does not explain." {
		t.Errorf("it fires as %+v", i)
	}
	d.pass(time.Minute, shown(true, 1.2)...)
	if i := d.phase(Resolved, "with a value that is good again"); !i.EndsAt.Equal(d.now) || i.Annotations["description"] != "Customers leave 1.2 times as often in the last 10d as in the same days of the 12 months before (was 1.7 times)." || i.Annotations["runbook_url"] == "" {
		t.Errorf("it ends as %+v", i)
	}
	d.pass(14*time.Minute, shown(true, 1.2)...)
	d.phase(Resolved, "while its end is told")
	d.pass(2*time.Minute, shown(true, 1.2)...)
	d.phase(none, "when its end has been told")
}

// An Alertmanager refuses an alert that ends before it starts.
func TestAClockThatIsSetBackEndsNoAlertBeforeItStarts(t *testing.T) {
	t.Parallel()
	for name, end := range map[string][]kpi.Sample{
		"by a value that is good again": shown(true, 1),
		"by a configuration without it": {},
	} {
		d := sit(t)
		d.pass(time.Hour, shown(true, 2)...)
		d.phase(Firing, "after an hour")
		d.now = d.now.Add(-13 * time.Hour)
		d.pass(time.Minute, end...)
		if i := d.phase(Resolved, name); i.EndsAt.Before(i.StartsAt) {
			t.Errorf("%s it ends %v, and starts %v", name, i.EndsAt, i.StartsAt)
		}
	}
}

func TestAWaitThatEndsEarlyIsNotTold(t *testing.T) {
	t.Parallel()
	d := sit(t)
	for range 5 {
		d.pass(10*time.Minute, shown(true, 2)...)
		d.phase(Pending, "in its wait")
		d.pass(time.Minute, shown(true, 1)...)
		d.phase(none, "after it")
	}
}

func TestARestartForgetsNeitherAWaitNorAnAlertAndCountsNoTimeAway(t *testing.T) {
	t.Parallel()
	d := sit(t)
	d.pass(10*time.Minute, shown(true, 2)...)
	d.restart(3 * time.Hour)
	d.pass(time.Minute, shown(true, 2)...)
	d.phase(Pending, "after three hours away in its wait")
	d.pass(6*time.Minute, shown(true, 2)...)
	begun := d.phase(Firing, "after the rest of its wait").StartsAt
	d.restart(time.Hour)
	d.pass(time.Hour, shown(false, 0)...)
	var firing *Instance
	for _, i := range d.ledger.Instances {
		if i.Alert == "CXChurnRising" {
			firing = i
		}
	}
	if firing == nil || firing.Phase != Firing || !firing.StartsAt.Equal(begun) || !strings.Contains(firing.Annotations["description"], "2 times") {
		t.Errorf("after a restart without data it is %+v", firing)
	}
}

func TestMissingDataIsNoEndAndHalfAnHourOfAnswersWithoutAValueIs(t *testing.T) {
	t.Parallel()
	d := sit(t)
	d.pass(20*time.Minute, shown(true, 2)...)
	d.phase(Firing, "with a bad value")
	d.pass(20*time.Minute, shown(true, 0)...)
	d.phase(Firing, "after twenty minutes of answers without a value")
	d.pass(10*time.Minute, shown(true, 2)...)
	d.pass(29*time.Minute, shown(true, 0)...)
	d.phase(Firing, "after almost half an hour more")
	d.pass(3*time.Minute, shown(true, 0)...)
	if i := d.phase(Resolved, "and half an hour"); i.Annotations["summary"] != "CXChurnRising: there has been no value for half an hour" {
		t.Errorf("it is %+v", i)
	}
}

// An alert that rests on two collectors outlives the silence of either.
func TestAnAlertOutlivesTheSilenceOfAnotherCollectorThatItRestsOn(t *testing.T) {
	t.Parallel()
	d := sit(t)
	invited := labelled("kpi", "response_rate", "collector", "invitations", "stat", "ratio", "window", "30d")
	own := []kpi.Sample{
		{Metric: intervalFamily, Labels: labelled("collector", "invitations"), Value: 300},
		{Metric: successFamily, Labels: labelled("collector", "invitations"), Value: 1},
		{Metric: ratioFamily, Labels: invited, Value: -0.2},
		{Metric: pvalueFamily, Labels: invited, Value: 0.0001},
	}
	survey := func(success float64, more ...kpi.Sample) []kpi.Sample {
		out := append(own[:len(own):len(own)],
			kpi.Sample{Metric: intervalFamily, Labels: labelled("collector", "surveys"), Value: 300},
			kpi.Sample{Metric: minSamplesFamily, Labels: labelled("collector", "surveys", "kpi", "csat", "stat", "ratio", "window", "30d"), Value: 30},
			kpi.Sample{Metric: successFamily, Labels: labelled("collector", "surveys"), Value: success})
		return append(out, more...)
	}
	risen := kpi.Sample{Metric: ratioFamily, Labels: labelled("kpi", "csat", "collector", "surveys", "stat", "ratio", "window", "30d"), Value: 0.1}
	fired := func() (phase Phase) {
		for _, i := range d.ledger.Instances {
			if i.Alert == "CXResponseRateFallen" {
				phase = i.Phase
			}
		}
		return phase
	}
	d.pass(25*time.Hour, survey(1, risen)...)
	if got := fired(); got != Firing {
		t.Fatalf("after a day it is %q", got)
	}
	d.pass(3*24*time.Hour, survey(0)...)
	if got := fired(); got != Firing {
		t.Errorf("while the surveys cannot be read it is %q", got)
	}
	d.pass(time.Hour, survey(1, kpi.Sample{Metric: successFamily, Labels: labelled("collector", "desk"), Value: 0})...)
	if got := fired(); got != none {
		t.Errorf("after answers without surveys, while a collector fails that has none, it is %q", got)
	}
	d.pass(25*time.Hour, survey(1, risen)...)
	if got := fired(); got != Firing {
		t.Fatalf("after a day more it is %q", got)
	}
	own[2].Value = 0.1
	d.pass(time.Hour, survey(0)...)
	if got := fired(); got != none {
		t.Errorf("when as many answer, while the surveys cannot be read, it is %q", got)
	}
}

func TestWhatIsNoLongerConfiguredEnds(t *testing.T) {
	t.Parallel()
	d := sit(t)
	d.pass(20*time.Minute, shown(true, 2)...)
	d.restart(time.Hour)
	other := []kpi.Sample{{Metric: intervalFamily, Labels: labelled("collector", "other"), Value: 300}}
	d.pass(time.Minute, other...)
	if i := d.phase(Resolved, "without its collector"); i.Annotations["summary"] != "CXChurnRising: no longer configured" {
		t.Errorf("it ends as %+v", i)
	}
}

// An end that nobody hears is kept: an Alertmanager that missed it would take the
// next beginning for the same one.
func TestAnEndIsToldUntilItIsHeard(t *testing.T) {
	t.Parallel()
	d := sit(t)
	d.pass(20*time.Minute, shown(true, 2)...)
	for range 3 * 24 * 60 {
		d.now = d.now.Add(time.Minute)
		if _, _, err := d.ledger.Look(d.now, shown(true, 1), RuleOptions{}, hears(false)); err != nil {
			t.Fatal(err)
		}
	}
	d.phase(Resolved, "after three days that nobody heard")
	d.pass(17*time.Minute, shown(true, 1)...)
	d.phase(none, "once it was heard")
}

// look looks once, while some Alertmanagers take what is sent to them.
func (d *desk) look(heard map[string]bool, samples ...kpi.Sample) {
	d.t.Helper()
	d.now = d.now.Add(time.Minute)
	if _, _, err := d.ledger.Look(d.now, samples, RuleOptions{}, heard); err != nil {
		d.t.Fatal(err)
	}
}

// One bad value after the end is no beginning yet, and no reason to keep the end
// from an Alertmanager that was away.
func TestAnEndThatNobodyHeardOutlivesABadValue(t *testing.T) {
	t.Parallel()
	d := sit(t)
	d.pass(20*time.Minute, shown(true, 2)...)
	begun := d.phase(Firing, "with a bad value").StartsAt
	d.look(hears(false), shown(true, 1)...)
	ended := d.now
	told := func(when string) {
		t.Helper()
		all := d.ledger.Told()
		if len(all) != 1 || all[0].Phase != Resolved || !all[0].StartsAt.Equal(begun) || !all[0].EndsAt.Equal(ended) || !strings.Contains(all[0].Annotations["summary"], "no longer rising") {
			t.Errorf("%s it is told %+v, want the end of %s", when, all, ended)
		}
	}
	told("at its end")
	d.look(hears(false), shown(true, 2)...)
	d.phase(Pending, "with one bad value")
	told("with one bad value")
	d.restart(time.Minute)
	told("after a restart")
	d.look(hears(false), shown(true, 1)...)
	d.phase(Resolved, "with good ones again")
	told("with good ones again")
	d.look(hears(false), shown(true, 2)...)
	d.restart(time.Minute)
	d.look(hears(false)) // without its collector
	told("without its collector")
	d.pass(17*time.Minute, shown(true, 1)...)
	d.phase(none, "once it was heard")
	d.pass(20*time.Minute, shown(true, 2)...)
	d.look(hears(true), shown(true, 1)...)
	d.pass(14*time.Minute, shown(true, 2)...)
	d.phase(Pending, "before its wait is over")
	if all := d.ledger.Told(); len(all) != 1 || all[0].Phase != Resolved {
		t.Errorf("before its wait is over it is told %+v", all)
	}
	d.pass(2*time.Minute, shown(true, 2)...)
	if all := d.ledger.Told(); len(all) != 1 || all[0].Phase != Firing || d.ledger.Instances[0].Before != nil {
		t.Errorf("when it fires again it is told %+v", all)
	}
}

// An Alertmanager that is gone for good has no end told for longer than a day,
// if there is another that hears.
func TestOneAlertmanagerOfTwoThatHearsIsEnoughAfterADay(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		a, b bool
		gone time.Duration // when the end is told no longer
	}{
		"both hear":  {true, true, 17 * time.Minute},
		"one hears":  {true, false, 24*time.Hour + 2*time.Minute},
		"none hears": {false, false, 7*24*time.Hour + 2*time.Minute},
	} {
		d := sit(t)
		d.pass(20*time.Minute, shown(true, 2)...)
		heard := map[string]bool{"http://a:9093": c.a, "http://b:9093": c.b}
		d.look(heard, shown(true, 1)...)
		for end := d.now.Add(c.gone - 3*time.Minute); d.now.Before(end); {
			d.look(heard, shown(true, 1)...)
		}
		d.phase(Resolved, "where "+name+", shortly before")
		for range 5 {
			d.look(heard, shown(true, 1)...)
		}
		d.phase(none, "where "+name+", then")
	}
}

// An Alertmanager that comes back within the day is told for a quarter of an
// hour, whatever others have heard.
func TestAnAlertmanagerThatComesBackIsToldTheEnd(t *testing.T) {
	t.Parallel()
	d := sit(t)
	d.pass(20*time.Minute, shown(true, 2)...)
	for range 10 * 60 {
		d.look(map[string]bool{"http://a:9093": true, "http://b:9093": false}, shown(true, 1)...)
	}
	both := map[string]bool{"http://a:9093": true, "http://b:9093": true}
	for range 14 {
		d.look(both, shown(true, 1)...)
	}
	d.phase(Resolved, "while it is told")
	for range 4 {
		d.look(both, shown(true, 1)...)
	}
	d.phase(none, "when it has heard")
}

// goal are samples about a goal on a KPI with a status since some time before now.
func (d *desk) goal(on string, status Status, since time.Duration) []kpi.Sample {
	own := labelled("goal", "g", "collector", "subs", "kpi", on, "goal_type", "reach", "severity", "critical", "unit", "ratio")
	out := []kpi.Sample{
		{Metric: familyMinSamples, Labels: own, Value: 30},
		{Metric: familyEnded, Labels: own, Value: seconds(d.now.Add(-since))},
		{Metric: familyStatusCode, Labels: own, Value: float64(status.Code())},
		{Metric: familyStanding, Labels: own, Value: float64(status.Code())},
		{Metric: familyStandingSince, Labels: own, Value: seconds(d.now.Add(-since))},
		{Metric: "cx_goal_value", Labels: own, Value: 0.034},
		{Metric: "cx_goal_target", Labels: own, Value: 0.04},
	}
	for _, s := range Statuses() {
		holds := 0.0
		if s == status {
			holds = 1
		}
		out = append(out, kpi.Sample{Metric: familyStatus, Labels: append(own[:len(own):len(own)], kpi.Label{Name: "status", Value: string(s)}), Value: holds})
	}
	return out
}

func TestWhatTheDataSaysSinceWhenNeedsNoWait(t *testing.T) {
	t.Parallel()
	d := sit(t)
	begun := d.now.Add(-3 * day)
	d.pass(time.Minute, d.goal("retention", OffTrack, 3*day)...)
	if i := d.phase(Firing, "at the first look"); !i.StartsAt.Equal(begun) {
		t.Errorf("it began at %s, want %s", i.StartsAt, begun)
	}
	d.pass(time.Minute, d.goal("retention", OnTrack, time.Minute)...)
	if i := d.phase(Resolved, "back on its pace"); i.Annotations["summary"] != "g is back on its pace" || i.Annotations["description"] != "retention of subs is 3.4% (was 3.4%); the target is 4%." {
		t.Errorf("it ends as %+v", i)
	}
	ended := d.now
	d.pass(time.Minute, d.goal("retention", OffTrack, 3*day)...)
	if i := d.phase(Pending, "off track again at once"); !i.StartsAt.Equal(ended) {
		t.Errorf("it begins anew at %s, before its end at %s", i.StartsAt, ended)
	}
}

// A goal on churn that is off track is a rise of churn, until it is back or gone.
func TestAGoalOnChurnIsToldAsARise(t *testing.T) {
	t.Parallel()
	other := []kpi.Sample{{Metric: familyMinSamples, Labels: labelled("goal", "another", "collector", "subs", "kpi", "churn"), Value: 30}}
	for name, end := range map[string]struct {
		samples func(*desk) []kpi.Sample
		summary string
	}{
		"back":    {func(d *desk) []kpi.Sample { return d.goal("churn", OnTrack, 0) }, "g is back on its pace"},
		"missed":  {func(d *desk) []kpi.Sample { return d.goal("churn", Missed, 0) }, "g was missed: the deadline passed"},
		"removed": {func(d *desk) []kpi.Sample { return append(shown(true, 1), other...) }, "g: goal removed"},
	} {
		d := sit(t)
		begun := d.now.Add(-3 * day)
		d.pass(time.Minute, append(shown(true, 1), d.goal("churn", OffTrack, 3*day)...)...)
		told := map[string]Instance{}
		for _, i := range d.ledger.Told() {
			told[i.Alert] = i
		}
		rise := told["CXChurnRising"]
		if len(told) != 2 || rise.Phase != Firing || !rise.StartsAt.Equal(begun) || rise.Labels["severity"] != "critical" || rise.Annotations["summary"] != "Churn in subs is higher than g allows" {
			t.Errorf("%s: told are %+v", name, told)
		}
		d.pass(time.Minute, end.samples(d)...)
		for _, i := range d.ledger.Told() {
			told[i.Alert] = i
		}
		if over := told["CXChurnRising"]; over.Phase != Resolved || over.Annotations["summary"] != end.summary {
			t.Errorf("%s: it ends as %+v, want %q", name, over, end.summary)
		}
	}
}
