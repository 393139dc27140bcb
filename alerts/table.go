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

// bridge is how long data may be missing before an alert ends where its collector
// answers without it: restarts and failed scrapes are no news. hold.go tells what
// is where the collector does not answer. bridgeFor is the same for the exporter's
// own alerts; RuleOptions.ranges writes it, or another, in place of bridge.
const (
	bridge    = "[30m]"
	bridgeFor = 30 * time.Minute
)

// goalIs is that a goal has one of some statuses.
func goalIs(statuses ...Status) string {
	names, equals := string(statuses[0]), "="
	for _, more := range statuses[1:] {
		names, equals = names+"|"+string(more), "=~"
	}
	return fmt.Sprintf("max by (%s) (last_over_time(%s{status%s%q}%s)) == 1", goalLabels, familyStatus, equals, names, bridge)
}

// goalStands is that the verdict that stands on goals with some labels is a status.
func goalStands(status Status, labels ...string) string {
	selector := ""
	if len(labels) > 0 {
		selector = "{" + strings.Join(labels, ",") + "}"
	}
	return fmt.Sprintf("max by (%s) (last_over_time(%s%s%s) == %d)", goalLabels, familyStanding, selector, bridge, status.Code())
}

// since compares the time since a goal's instant in a family with a number of days.
func since(expr, family, op string, days int) string {
	return fmt.Sprintf("%s\nand on (goal, collector) (time() - max by (goal, collector) (last_over_time(%s%s))) %s %d * 86400", expr, family, bridge, op, days)
}

// unlessEnded leaves out goals that ended a number of days ago.
func unlessEnded(expr string, days int) string {
	return fmt.Sprintf("%s\nunless on (goal, collector) (time() - max by (goal, collector) (last_over_time(%s%s))) >= %d * 86400", expr, familyEnded, bridge, days)
}

// latest is the last value of a family, without what tells replicas apart.
func latest(function, family, labels string) string {
	return fmt.Sprintf("%s by (%s) (last_over_time(%s%s))", function, labels, family, bridge)
}

// worsened is that a KPI became worse than in the window before by more than a
// twentieth of it, or of its scale, beyond what chance explains among as many
// series as the board has.
func worsened() string {
	by := "by (" + kpiLabels + ")"
	part := func(suffix string) string {
		change := fmt.Sprintf("(last_over_time(cx_kpi_change_improvement_ratio%[1]s%[2]s) or last_over_time(cx_kpi_change_improvement%[1]s%[2]s))", suffix, bridge)
		p := fmt.Sprintf("last_over_time(cx_kpi_change_pvalue%s%s)", suffix, bridge)
		return fmt.Sprintf("(\n  max %s (%s) < -%g\n  and on (%s) max %s (%s) < scalar(%g / count(group %s (%s)))\n)", by, change, worsenedBy, kpiLabels, by, p, worsenedLevel, by, p)
	}
	return part("") + "\nor\n" + part("_by_segment")
}

// Table lists the alerts. The rules that ship are made from it.
func Table() []Alert {
	return []Alert{
		{
			Name: "CXGoalOffTrack", Group: groupGoals, Expr: goalStands(OffTrack, `goal_type="reach"`), For: 15 * time.Minute,
			Summary:     "{{ $labels.goal }} is off track",
			Description: unlessHeld("is "+nowIs()+", where "+inUnit("cx_goal_expected")+" was to be expected by now on the way to "+inUnit("cx_goal_target")+". Chance does not explain the difference", "behind its pace by more than chance explains") + ".",
			Anchor:      familyMinSamples,
			Judge:       standing(OffTrack, is("goal_type", config.GoalReach), 0),
			Over:        goalOver("is no longer off track", final(map[Status]string{OnTrack: "is back on its pace"})),
		},
		{
			Name: "CXGoalBreached", Group: groupGoals, Expr: goalStands(OffTrack, `goal_type="keep"`), For: 15 * time.Minute,
			Summary:     "{{ $labels.goal }} is not kept",
			Description: unlessHeld("is "+nowIs()+"; the limit is "+inUnit("cx_goal_target")+". Chance does not explain the difference", "beyond its limit by more than chance explains") + ".",
			Anchor:      familyMinSamples,
			Judge:       standing(OffTrack, is("goal_type", config.GoalKeep), 0),
			Over:        goalOver("is no longer off track", map[Status]string{OnTrack: "is kept again"}),
		},
		{
			Name: "CXGoalAtRisk", Group: groupGoals, Expr: since(goalStands(AtRisk), familyStandingSince, ">", 7), For: 15 * time.Minute, Severity: "info",
			Summary:     "{{ $labels.goal }} has been at risk for a week",
			Description: unlessHeld("is "+nowIs()+", where "+inUnit("cx_goal_expected")+" was to be expected by now", "at risk") + ".",
			Anchor:      familyMinSamples,
			Judge:       standing(AtRisk, nil, 7*day),
			Over:        goalOver("is no longer at risk", final(map[Status]string{OffTrack: "is no longer at risk: it is off track"})),
		},
		{
			Name: "CXGoalMissed", Group: groupGoals, Expr: since(goalIs(Missed), familyEnded, "<", 4), For: 15 * time.Minute,
			Summary:     "{{ $labels.goal }} was missed",
			Description: atDeadline() + ", " + ofGoal + " was " + nowIs() + "; the target was " + inUnit("cx_goal_target") + ".",
			Anchor:      familyMinSamples,
			Judge:       recent(Missed),
			Over:        goalOver("is defined anew", map[Status]string{Missed: "was missed four days ago"}),
		},
		{
			Name: "CXGoalMet", Group: groupGoals, Expr: since(goalIs(Met), familyEnded, "<", 4), For: 15 * time.Minute, Severity: "info", Kind: "celebrate",
			Summary:     "{{ $labels.goal }} is met: celebrate",
			Description: ofGoal + " is " + nowIs() + "; the target was " + inUnit("cx_goal_target") + ", from " + inUnit("cx_goal_baseline") + ".",
			Anchor:      familyMinSamples,
			Judge:       recent(Met),
			Over:        goalOver("is defined anew", map[Status]string{Met: "was met four days ago"}),
		},
		{
			Name: "CXGoalSampleTooSmall", Group: groupGoals, Expr: unlessEnded(since(goalIs(NoData, InsufficientSample), familyJudgedUntil, ">", 3), 4), Severity: "info",
			Summary:     notJudged(),
			Description: whyNotJudged(),
			Anchor:      familyMinSamples,
			Judge:       unjudged(3 * day),
			Over:        judgedAgain(),
		},
		{
			Name: "CXGoalBaselineMoved", Group: groupGoals, Severity: "info",
			Expr:        "abs(" + latest("max", "cx_goal_baseline", goalLabels) + " - " + strings.Replace(latest("max", "cx_goal_baseline", goalLabels), bridge, bridge+" offset 1d", 1) + ")\n> 0.02 * abs(" + strings.Replace(latest("max", "cx_goal_baseline", goalLabels), bridge, bridge+" offset 1d", 1) + ")",
			Summary:     "The past of {{ $labels.goal }} was rewritten",
			Description: "The baseline of {{ $labels.goal }} is " + inUnit("cx_goal_baseline") + " today, more than two hundredths away from yesterday's: rows of the past were edited.",
			Anchor:      familyMinSamples,
			Judge:       baselineMoved,
			Over:        Over{Reads: inUnit("cx_goal_baseline"), Summary: "The past of {{ $labels.goal }} stands still again", Description: "The baseline of {{ $labels.goal }} is " + inUnit("cx_goal_baseline") + ", as it was a day ago."},
		},
		{
			Name: "CXKPIWorsened", Group: groupKPIs, Expr: worsened(), For: 15 * time.Minute, Severity: "warning",
			Summary:     "{{ $labels.kpi }} of {{ $labels.collector }} became worse",
			Description: "{{ $labels.stat }} over {{ $labels.window }}" + ofSegment + " changed by {{ $value | humanizePercentage }} of the window before, or of its scale (negative is worse), beyond what chance explains among all values.",
			Anchor:      minSamplesFamily,
			Judge:       becameWorse,
			Over: Over{
				Reads: "{{ $value | humanizePercentage }}", Summary: "{{ $labels.kpi }} of {{ $labels.collector }} is no longer worse than before",
				Description: "{{ $labels.stat }} over {{ $labels.window }}" + ofSegment + " changed by {{ $value | humanizePercentage }} of the window before, or of its scale (was {{ $was }}), which chance may explain.",
			},
		},
		{
			Name: "CXChurnRising", Group: groupKPIs, Severity: "critical", For: 15 * time.Minute,
			Expr: fmt.Sprintf("max by (%[1]s) (last_over_time(cx_kpi_spike_ratio{kpi=\"churn\"}%[2]s)) > %[3]g\nand on (%[1]s) max by (%[1]s) (last_over_time(cx_kpi_spike_pvalue{kpi=\"churn\"}%[2]s)) < %[4]g\nor %[5]s",
				"kpi, collector, length", bridge, risingBy, risingLevel, goalStands(OffTrack, `kpi="churn"`)),
			Summary:     churnTold(churnSummary, "Churn is rising in {{ $labels.collector }}"),
			Description: churnTold(churnBehind(), "Customers leave {{ $value | humanize }} times as often in the last {{ $labels.length }} as in the same days of the 12 months before, which chance does not explain") + ".",
			Anchor:      minSamplesFamily,
			Judge:       churnRising,
			Over:        churnOver(),
		},
		{
			Name: "CXSurveyResponsesTooFew", Group: groupKPIs, For: day, Severity: "info",
			Expr:        fmt.Sprintf("min by (%[1]s) (last_over_time(cx_kpi_samples{kpi=~\"nps|csat|ces|psat|enps|pulse\"}%[2]s))\n< on (kpi, collector, stat, window) group_left max by (kpi, collector, stat, window) (last_over_time(cx_kpi_min_samples%[2]s))", kpiLabels, bridge),
			Summary:     "Too few answers for {{ $labels.kpi }} of {{ $labels.collector }}",
			Description: "{{ $labels.stat }} over {{ $labels.window }} rests on {{ $value | humanize }} answers, too few to judge it.",
			Anchor:      minSamplesFamily,
			Judge:       tooFewResponses,
			Over: Over{
				Reads: "{{ $value | humanize }}", Summary: "Enough answers for {{ $labels.kpi }} of {{ $labels.collector }}",
				Description: "{{ $labels.stat }} over {{ $labels.window }} rests on {{ $value | humanize }} answers (was {{ $was }}).",
			},
		},
		{
			Name: "CXResponseRateFallen", Group: groupKPIs, For: day, Severity: "warning",
			Expr: fmt.Sprintf("max by (collector, window) (last_over_time(cx_kpi_change_improvement_ratio{kpi=\"response_rate\"}%[1]s)) < -0.1\nand on (collector, window) max by (collector, window) (last_over_time(cx_kpi_change_pvalue{kpi=\"response_rate\"}%[1]s)) < 0.003\nand on (window) max by (window) (last_over_time(cx_kpi_change_improvement_ratio{kpi=~\"csat|ces|psat\"}%[1]s) or last_over_time(cx_kpi_change_improvement{kpi=\"nps\"}%[1]s)) > 0.02",
				bridge),
			Summary:     "Fewer customers answer, and those who do are happier",
			Description: "The response rate of {{ $labels.collector }} over {{ $labels.window }} fell while a survey's result rose. Perhaps the unhappy have stopped answering.",
			Anchor:      intervalFamily,
			Judge:       responseRateFallen,
			Others:      []string{"nps", "csat", "ces", "psat"},
			Over: Over{
				Reads: "{{ $value | humanizePercentage }}", Summary: "The response rate of {{ $labels.collector }} no longer falls while results rise",
				Description: "The response rate over {{ $labels.window }} changed by {{ $value | humanizePercentage }} of the window before (was {{ $was }}).",
			},
		},
		{
			Name: "CXKPIStale", Group: groupExporter, For: 5 * time.Minute, Severity: "warning",
			Expr:        "time() - " + latest("max", "cx_collector_last_success_timestamp_seconds", "collector") + "\n> 3 * " + latest("max", intervalFamily, "collector") + "\nand on (collector) " + present(intervalFamily),
			Summary:     "The KPIs of {{ $labels.collector }} are out of date",
			Description: "The last successful run was {{ $value | humanizeDuration }} ago, more than three intervals.",
			Anchor:      intervalFamily,
			Judge:       stale,
			Over: Over{
				Reads: "{{ $value | humanizeDuration }}", Summary: "The KPIs of {{ $labels.collector }} are up to date again",
				Description: "The last successful run was {{ $value | humanizeDuration }} ago (was {{ $was }}).",
			},
		},
		{
			Name: "CXCollectorFailing", Group: groupExporter, For: 15 * time.Minute, Severity: "warning",
			Expr:        latest("max", "cx_collector_success", "collector") + " == 0",
			Summary:     "The collector {{ $labels.collector }} fails",
			Description: "Its runs fail. The exporter's log says why, and cx_collector_failures_total the kind of failure.",
			Anchor:      intervalFamily,
			Judge:       failing,
			Over:        Over{Summary: "The collector {{ $labels.collector }} works again", Description: "Its last run succeeded."},
		},
		{
			Name: "CXSourceStale", Group: groupExporter, For: time.Hour, Severity: "warning",
			// Twice as old as it ever was in the week before, weekend included.
			Expr:        "(time() - " + latest("max", "cx_source_newest_record_timestamp_seconds", "collector") + ")\n> 2 * max_over_time((time() - " + latest("max", "cx_source_newest_record_timestamp_seconds", "collector") + ")[7d:1h] offset 1d) > 6 * 3600",
			Summary:     "Nobody writes to what {{ $labels.collector }} reads",
			Description: "The database answers, but its newest row is older than twice the longest pause of the week before. Has an import stopped?",
			Anchor:      intervalFamily,
			Judge:       sourceStale,
			Over: Over{
				Reads: "{{ $value | humanizeDuration }}", Summary: "What {{ $labels.collector }} reads is written to again",
				Description: "The newest row is {{ $value | humanizeDuration }} old (was {{ $was }}).",
			},
		},
		{
			Name: "CXExporterDown", Group: groupExporter, For: 10 * time.Minute, Severity: "critical",
			Expr:        "absent(cx_exporter_build_info)",
			Summary:     "cx-exporter is not there",
			Description: "No exporter of customer-experience KPIs is being scraped. Goals are not watched.",
			Elsewhere:   "an exporter that is down sends nothing; CXWatchdog of the section alerting tells its end",
		},
		{
			Name: "CXAlertPushFailing", Group: groupExporter, For: 5 * time.Minute, Severity: "warning",
			Expr:        "time() - " + latest("max", reachedFamily, "alertmanager") + "\n> 600\nand on (alertmanager) " + present(reachedFamily),
			Summary:     "Alerts do not reach {{ $labels.alertmanager }}",
			Description: "For {{ $value | humanizeDuration }} the exporter could not send its alerts to this Alertmanager. Its log says why.",
			Elsewhere:   "it is about the way that it would have to take",
		},
	}
}
