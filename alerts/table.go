package alerts

import (
	"fmt"
	"strings"
	"time"

	"github.com/cx-exporter/cx-exporter/config"
)

// Alert is one alert, as Prometheus evaluates it.
type Alert struct {
	Name string
	// Group is the group of rules that it is in.
	Group string
	// Expr is PromQL. It leaves out what tells replicas apart, so that several
	// exporters of the same configuration give one alert.
	Expr string
	For  time.Duration
	// Severity is empty where the series say it: that of the goal.
	Severity string
	// Kind is an extra label; `celebrate` is for good news.
	Kind                 string
	Summary, Description string // templates of Prometheus

	// Judge is the same condition in Go, for the exporter's own alerts. Where it is
	// nil, Elsewhere says why the exporter cannot send the alert itself.
	Judge     func(*View) []Finding
	Elsewhere string
	// Anchor is a family that shows something with the alert's labels for as long
	// as that is configured.
	Anchor string
	// Others are the KPIs that it rests on, whichever collectors have them.
	Others []string
	// Hold is how it outlives the values that it rests on; zero is not at all.
	Hold Hold
	// Over are the texts of the exporter's message that the alert has ended.
	Over Over
}

// Over are the texts of the end of an alert, as templates. They can show the
// value of now, and as $was what Reads was when the alert last held.
type Over struct{ Reads, Summary, Description string }

// The groups of rules, in their order.
const (
	groupSilence  = "cx-silence"
	groupGoals    = "cx-goals"
	groupKPIs     = "cx-kpis"
	groupExporter = "cx-exporter"
)

// goalLabels are the labels that alerts on goals keep.
const goalLabels = "goal, kpi, collector, dimension, segment, unit, severity, goal_type, goal_owner"

// kpiLabels are the labels that alerts on KPIs keep: those of every value, and
// the further ones of values that are tested against the window before.
const kpiLabels = "kpi, collector, stat, window, dimension, segment, currency, basis, method, target"

// statLabels are the labels of a limit of samples, and spikeLabels those of a spike.
const (
	statLabels  = "kpi, collector, stat, window"
	spikeLabels = "kpi, collector, length"
)

// bridge is how long data may be missing before an alert ends where its collector
// answers without it: restarts and failed scrapes are no news. hold.go tells what
// is where the collector does not answer. bridgeFor is the same for the exporter's
// own alerts; RuleOptions.ranges writes it, or another, in place of bridge.
const (
	bridge    = "[30m]"
	bridgeFor = 30 * time.Minute
)

// last is the last value of a series within the bridge.
func last(selector string) string { return "last_over_time(" + selector + bridge + ")" }

// latest is the last value of a series, without what tells replicas apart.
func latest(selector, labels string) string {
	return "max by (" + labels + ") (" + last(selector) + ")"
}

// goalIs is that a goal has one of some statuses.
func goalIs(statuses ...Status) string {
	names, equals := string(statuses[0]), "="
	for _, more := range statuses[1:] {
		names, equals = names+"|"+string(more), "=~"
	}
	return latest(fmt.Sprintf("%s{status%s%q}", familyStatus, equals, names), goalLabels) + " == 1"
}

// goalStands is that the verdict that stands on goals with some labels is a status.
func goalStands(status Status, labels ...string) string {
	selector := familyStanding
	if len(labels) > 0 {
		selector += "{" + strings.Join(labels, ",") + "}"
	}
	return fmt.Sprintf("max by (%s) (%s == %d)", goalLabels, last(selector), status.Code())
}

// age is the time since a goal's instant in a family.
func age(family string) string { return "(time() - " + latest(family, "goal, collector") + ")" }

// days writes a number of days in seconds.
func days(d time.Duration) string { return fmt.Sprintf("%d * 86400", d/day) }

// since compares the time since a goal's instant in a family with some days.
func since(expr, family, op string, d time.Duration) string {
	return expr + "\nand on (goal, collector) " + age(family) + " " + op + " " + days(d)
}

// unlessEnded leaves out goals that ended some days ago.
func unlessEnded(expr string, d time.Duration) string {
	return expr + "\nunless on (goal, collector) " + age(familyEnded) + " >= " + days(d)
}

// moved is that the baseline of a goal is not what it was a day before.
func moved() string {
	now := latest(familyBaseline, goalLabels)
	before := strings.Replace(now, bridge, bridge+" offset 1d", 1)
	return "abs(" + now + " - " + before + ")\n> 0.02 * abs(" + before + ")"
}

// worsened is that a KPI became worse than in the window before by more than a
// twentieth of it, or of its scale, beyond what chance explains among as many
// series as the board has.
func worsened() string {
	by := "by (" + kpiLabels + ")"
	part := func(suffix string) string {
		change := "(" + last(ratioFamily+suffix) + " or " + last(shareFamily+suffix) + ")"
		p := pvalueFamily + suffix
		return fmt.Sprintf("(\n  max %s (%s) < -%g\n  and on (%s) %s < scalar(%g / count(group %s (%s)))\n)", by, change, worsenedBy, kpiLabels, latest(p, kpiLabels), worsenedLevel, by, last(p))
	}
	return part("") + "\nor\n" + part(bySegment)
}

// Table lists the alerts. The rules that ship are made from it.
func Table() []Alert {
	return []Alert{
		{
			Name: "CXGoalOffTrack", Group: groupGoals, Expr: goalStands(OffTrack, `goal_type="reach"`), For: 15 * time.Minute,
			Summary:     "{{ $labels.goal }} is off track",
			Description: unlessHeld("is "+nowIs()+", where "+inUnit(familyExpected)+" was to be expected by now on the way to "+inUnit(familyTarget)+". Chance does not explain the difference", "behind its pace by more than chance explains") + ".",
			Anchor:      familyMinSamples,
			Judge:       standing(OffTrack, is("goal_type", config.GoalReach), 0),
			Hold:        overGoal(familyStanding),
			Over:        goalOver("is no longer off track", final(map[Status]string{OnTrack: "is back on its pace"})),
		},
		{
			Name: "CXGoalBreached", Group: groupGoals, Expr: goalStands(OffTrack, `goal_type="keep"`), For: 15 * time.Minute,
			Summary:     "{{ $labels.goal }} is not kept",
			Description: unlessHeld("is "+nowIs()+"; the limit is "+inUnit(familyTarget)+". Chance does not explain the difference", "beyond its limit by more than chance explains") + ".",
			Anchor:      familyMinSamples,
			Judge:       standing(OffTrack, is("goal_type", config.GoalKeep), 0),
			Hold:        overGoal(familyStanding),
			Over:        goalOver("is no longer off track", map[Status]string{OnTrack: "is kept again"}),
		},
		{
			Name: "CXGoalAtRisk", Group: groupGoals, Expr: since(goalStands(AtRisk), familyStandingSince, ">", 7*day), For: 15 * time.Minute, Severity: "info",
			Summary:     "{{ $labels.goal }} has been at risk for a week",
			Description: unlessHeld("is "+nowIs()+", where "+inUnit(familyExpected)+" was to be expected by now", "at risk") + ".",
			Anchor:      familyMinSamples,
			Judge:       standing(AtRisk, nil, 7*day),
			Hold:        overGoal(familyStanding),
			Over:        goalOver("is no longer at risk", final(map[Status]string{OffTrack: "is no longer at risk: it is off track"})),
		},
		{
			Name: "CXGoalMissed", Group: groupGoals, Expr: since(goalIs(Missed), familyEnded, "<", newsFor), For: 15 * time.Minute,
			Summary:     "{{ $labels.goal }} was missed",
			Description: atDeadline() + ", " + ofGoal + " was " + nowIs() + "; the target was " + inUnit(familyTarget) + ".",
			Anchor:      familyMinSamples,
			Judge:       recent(Missed),
			Hold:        overNews("CXGoalMissed"),
			Over:        goalOver("is defined anew", map[Status]string{Missed: "was missed four days ago"}),
		},
		{
			Name: "CXGoalMet", Group: groupGoals, Expr: since(goalIs(Met), familyEnded, "<", newsFor), For: 15 * time.Minute, Severity: "info", Kind: "celebrate",
			Summary:     "{{ $labels.goal }} is met: celebrate",
			Description: ofGoal + " is " + nowIs() + "; the target was " + inUnit(familyTarget) + ", from " + inUnit(familyBaseline) + ".",
			Anchor:      familyMinSamples,
			Judge:       recent(Met),
			Hold:        overNews("CXGoalMet"),
			Over:        goalOver("is defined anew", map[Status]string{Met: "was met four days ago"}),
		},
		{
			Name: "CXGoalSampleTooSmall", Group: groupGoals, Expr: unlessEnded(since(goalIs(NoData, InsufficientSample), familyJudgedUntil, ">", 3*day), newsFor), Severity: "info",
			Summary:     notJudged(),
			Description: whyNotJudged(),
			Anchor:      familyMinSamples,
			Judge:       unjudged(3 * day),
			Hold:        overGoal(familyStatusCode),
			Over:        judgedAgain(),
		},
		{
			Name: "CXGoalBaselineMoved", Group: groupGoals, Severity: "info",
			Expr:        moved(),
			Summary:     "The past of {{ $labels.goal }} was rewritten",
			Description: "The baseline of {{ $labels.goal }} is " + inUnit(familyBaseline) + " today, more than two hundredths away from yesterday's: rows of the past were edited.",
			Anchor:      familyMinSamples,
			Judge:       baselineMoved,
			Hold:        overGoal(familyBaseline),
			Over:        Over{Reads: inUnit(familyBaseline), Summary: "The past of {{ $labels.goal }} stands still again", Description: "The baseline of {{ $labels.goal }} is " + inUnit(familyBaseline) + ", as it was a day ago."},
		},
		{
			Name: "CXKPIWorsened", Group: groupKPIs, Expr: worsened(), For: 15 * time.Minute, Severity: "warning",
			Summary:     "{{ $labels.kpi }} of {{ $labels.collector }} became worse",
			Description: "{{ $labels.stat }} over {{ $labels.window }}" + ofSegment + " changed by {{ $value | humanizePercentage }} of the window before, or of its scale (negative is worse), beyond what chance explains among all values.",
			Anchor:      minSamplesFamily,
			Judge:       becameWorse,
			Hold:        Hold{By: kpiLabels, Seen: last(pvalueFamily) + " or " + last(pvalueFamily+bySegment)},
			Over: Over{
				Reads: "{{ $value | humanizePercentage }}", Summary: "{{ $labels.kpi }} of {{ $labels.collector }} is no longer worse than before",
				Description: "{{ $labels.stat }} over {{ $labels.window }}" + ofSegment + " changed by {{ $value | humanizePercentage }} of the window before, or of its scale (was {{ $was }}), which chance may explain.",
			},
		},
		{
			Name: "CXChurnRising", Group: groupKPIs, Severity: "critical", For: 15 * time.Minute,
			Expr: fmt.Sprintf("%s > %g\nand on (%s) %s < %g\nor %s",
				latest(spikeFamily+`{kpi="churn"}`, spikeLabels), risingBy, spikeLabels, latest(spikePFamily+`{kpi="churn"}`, spikeLabels), risingLevel, goalStands(OffTrack, `kpi="churn"`)),
			Summary:     churnTold(churnSummary, "Churn is rising in {{ $labels.collector }}"),
			Description: churnTold(churnBehind(), "Customers leave {{ $value | humanize }} times as often in the last {{ $labels.length }} as in the same days of the 12 months before, which chance does not explain") + ".",
			Anchor:      minSamplesFamily,
			Judge:       churnRising,
			Hold:        Hold{By: "kpi, collector, length, goal", Seen: last(spikePFamily) + " or " + last(familyStanding)},
			Over:        churnOver(),
		},
		{
			Name: "CXSurveyResponsesTooFew", Group: groupKPIs, For: day, Severity: "info",
			Expr: fmt.Sprintf("min by (%s) (%s)\n< on (%[3]s) group_left %s",
				kpiLabels, last(samplesFamily+`{kpi=~"nps|csat|ces|psat|enps|pulse"}`), statLabels, latest(minSamplesFamily, statLabels)),
			Summary:     "Too few answers for {{ $labels.kpi }} of {{ $labels.collector }}",
			Description: "{{ $labels.stat }} over {{ $labels.window }} rests on {{ $value | humanize }} answers, too few to judge it.",
			Anchor:      minSamplesFamily,
			Judge:       tooFewResponses,
			Hold:        Hold{By: kpiLabels, Seen: last(samplesFamily)},
			Over: Over{
				Reads: "{{ $value | humanize }}", Summary: "Enough answers for {{ $labels.kpi }} of {{ $labels.collector }}",
				Description: "{{ $labels.stat }} over {{ $labels.window }} rests on {{ $value | humanize }} answers (was {{ $was }}).",
			},
		},
		{
			Name: "CXResponseRateFallen", Group: groupKPIs, For: day, Severity: "warning",
			Expr: fmt.Sprintf("%s < -0.1\nand on (collector, window) %s < 0.003\nand on (window) max by (window) (%s) > 0.02",
				responseRate(ratioFamily), responseRate(pvalueFamily), surveys()),
			Summary:     "Fewer customers answer, and those who do are happier",
			Description: "The response rate of {{ $labels.collector }} over {{ $labels.window }} fell while a survey's result rose. Perhaps the unhappy have stopped answering.",
			Anchor:      intervalFamily,
			Judge:       responseRateFallen,
			Others:      surveyed(),
			Hold:        overSurveys(),
			Over: Over{
				Reads: "{{ $value | humanizePercentage }}", Summary: "The response rate of {{ $labels.collector }} no longer falls while results rise",
				Description: "The response rate over {{ $labels.window }} changed by {{ $value | humanizePercentage }} of the window before (was {{ $was }}).",
			},
		},
		{
			Name: "CXKPIStale", Group: groupExporter, For: 5 * time.Minute, Severity: "warning",
			Expr:        "time() - " + latest(successTimeFamily, "collector") + "\n> 3 * " + latest(intervalFamily, "collector") + "\nand on (collector) " + present(intervalFamily),
			Summary:     "The KPIs of {{ $labels.collector }} are out of date",
			Description: "The last successful run was {{ $value | humanizeDuration }} ago, more than three intervals.",
			Anchor:      intervalFamily,
			Judge:       stale,
			Hold:        overCollector(successTimeFamily),
			Over: Over{
				Reads: "{{ $value | humanizeDuration }}", Summary: "The KPIs of {{ $labels.collector }} are up to date again",
				Description: "The last successful run was {{ $value | humanizeDuration }} ago (was {{ $was }}).",
			},
		},
		{
			Name: "CXCollectorFailing", Group: groupExporter, For: 15 * time.Minute, Severity: "warning",
			Expr:        latest(successFamily, "collector") + " == 0",
			Summary:     "The collector {{ $labels.collector }} fails",
			Description: "Its runs fail. The exporter's log says why, and cx_collector_failures_total the kind of failure.",
			Anchor:      intervalFamily,
			Judge:       failing,
			Hold:        overCollector(successFamily),
			Over:        Over{Summary: "The collector {{ $labels.collector }} works again", Description: "Its last run succeeded."},
		},
		{
			Name: "CXSourceStale", Group: groupExporter, For: time.Hour, Severity: "warning",
			// Twice as old as it ever was in the week before, weekend included.
			Expr:        "(time() - " + latest(newestFamily, "collector") + ")\n> 2 * max_over_time((time() - " + latest(newestFamily, "collector") + ")[7d:1h] offset 1d) > 6 * 3600",
			Summary:     "Nobody writes to what {{ $labels.collector }} reads",
			Description: "The database answers, but its newest row is older than twice the longest pause of the week before. Has an import stopped?",
			Anchor:      intervalFamily,
			Judge:       sourceStale,
			Hold:        overCollector(newestFamily),
			Over: Over{
				Reads: "{{ $value | humanizeDuration }}", Summary: "What {{ $labels.collector }} reads is written to again",
				Description: "The newest row is {{ $value | humanizeDuration }} old (was {{ $was }}).",
			},
		},
		{
			Name: "CXExporterDown", Group: groupExporter, For: 10 * time.Minute, Severity: "critical",
			Expr:        "absent(" + buildFamily + ")",
			Summary:     "cx-exporter is not there",
			Description: "No exporter of customer-experience KPIs is being scraped. Goals are not watched.",
			Elsewhere:   "an exporter that is down sends nothing; CXWatchdog of the section alerting tells its end",
		},
		{
			Name: "CXAlertPushFailing", Group: groupExporter, For: 5 * time.Minute, Severity: "warning",
			Expr:        "time() - " + latest(reachedFamily, "alertmanager") + "\n> 600\nand on (alertmanager) " + present(reachedFamily),
			Summary:     "Alerts do not reach {{ $labels.alertmanager }}",
			Description: "For {{ $value | humanizeDuration }} the exporter could not send its alerts to this Alertmanager. Its log says why.",
			Hold:        Hold{By: "alertmanager", Seen: last(reachedFamily), While: "unless on () " + recently(buildFamily) + "\n  and on (alertmanager) " + untilAway(reachedFamily)},
			Elsewhere:   "it is about the way that it would have to take",
		},
	}
}
