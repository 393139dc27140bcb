package alerts

import (
	"cmp"
	"fmt"
	"strings"
	"time"
)

// What fires goes on while nobody can know better: nobody has been told anything
// new where a database, the exporter or the way to it is away. Prometheus forgets
// what it no longer sees, so the rules record what is alerted, and take it up
// again from there. What Prometheus knows of an alert is kept as a series:
//
//	cx:alert_condition{alert="CXChurnRising"} is the condition, if it holds
//	cx:collector_silent is a collector that does not answer, or its exporter
//	cx:rules_evaluated{group="cx-goals"} is that a group was evaluated to its end
const (
	heldSeries      = "cx:alert_condition"
	silentSeries    = "cx:collector_silent"
	evaluatedSeries = "cx:rules_evaluated"
)

// awayFor is how long the rules know a collector whose exporter is away: longer
// than a weekend. While the exporter is there, there is no limit.
const awayFor = "[3d]"

// Hold is how an alert outlives the values that it rests on, as PromQL.
type Hold struct {
	// By are the labels that tell its instances apart, or as many of them as what it
	// rests on has.
	By string
	// Seen is what it rests on. While that is there, it alone counts.
	Seen string
	// While is when it is held; empty is while its collector is silent.
	While string
}

// overGoal holds an alert on a goal that rests on a family.
func overGoal(family string) Hold { return Hold{By: "goal, collector", Seen: last(family)} }

// overNews holds an alert on the end of a goal. News of days ago is none, whoever is
// away.
func overNews(alert string) Hold {
	h := overGoal(familyStatusCode)
	begun := recently(fmt.Sprintf("ALERTS_FOR_STATE{alertname=%q}", alert))
	h.While = "and on (collector) " + silentSeries + "\n  and on (goal, collector) (time() - max by (goal, collector) (" + begun + ") < " + days(newsFor) + ")"
	return h
}

// overCollector holds an alert on a collector that rests on a family.
func overCollector(family string) Hold { return Hold{By: "collector", Seen: last(family)} }

// responseRate is a family of the rates of responses.
func responseRate(family string) string {
	return latest(family+`{kpi="response_rate"}`, "collector, window")
}

// surveys are the changes of the results of surveys.
func surveys() string {
	return last(ratioFamily+`{kpi=~"csat|ces|psat"}`) + " or " + last(shareFamily+`{kpi="nps"}`)
}

// surveyed are the KPIs of surveys that an alert on response rates rests on.
func surveyed() []string { return []string{"nps", "csat", "ces", "psat"} }

// overSurveys holds an alert on response rates. It rests on surveys of other
// collectors too, whichever they are. A response rate that has not fallen needs no
// surveys to say so.
func overSurveys() Hold {
	return Hold{
		By: "collector, window",
		Seen: last(pvalueFamily+`{kpi="response_rate"}`) + " and on (window) (" + surveys() + ")" +
			"\n    or " + responseRate(ratioFamily) + " >= -0.1 or " + responseRate(pvalueFamily) + " >= 0.003",
		While: "and on (collector) (\n    " + silentSeries + "\n    or " + recently(intervalFamily) +
			"\n    and on () (" + silentSeries + " and on (collector) " + untilAway(minSamplesFamily+`{kpi=~"`+strings.Join(surveyed(), "|")+`"}`) + ")\n  )",
	}
}

// lately is a little shorter than the bridge: what is recorded is forgotten
// before what it was made of, so that the last thing seen counts, and a silence
// is known before the last value is gone.
const lately = "[25m]"

// recently is the last value of a family that was there lately.
func recently(family string) string { return "last_over_time(" + family + lately + ")" }

// untilAway is the last value of a family for as long as the rules know one whose
// exporter is away.
func untilAway(family string) string { return "last_over_time(" + family + awayFor + ")" }

// present is a family as it is shown now, and as it was before for as long as a
// failed scrape or a restart may take: what is missing beside an exporter that
// answers is no longer configured.
func present(family string) string {
	known := last(family)
	return "(\n  " + family + "\n  or " + known + " and on (job, instance) (up == 0)\n  or " + known + " unless on (job) " + buildFamily + "\n)"
}

// silence is that a collector is configured and does not answer, or that its
// exporter is not there. Where the exporter has another address each time, only its
// job tells that it is away.
func silence() string {
	known := untilAway(intervalFamily)
	return "(\n  max by (collector) (" + recently(intervalFamily) + ")\n" +
		"  or max by (collector) (" + known + " and on (job, instance) (up == 0))\n" +
		"  or max by (collector) (" + known + " unless on (job) " + recently(buildFamily) + ")\n)\n" +
		"unless on (collector) (\n" +
		"  max by (collector) (" + recently(successFamily) + ") == 1\n" +
		"  unless on (collector) (time() - max by (collector) (" + recently(successTimeFamily) + ")) > 3 * max by (collector) (" + recently(intervalFamily) + ")\n)"
}

// lastHeld is an alert's condition at the last evaluation. It is looked for further
// back only where the rules themselves were away since: what has ended is over.
func (a Alert) lastHeld(series string) string {
	return fmt.Sprintf("(\n    %s\n    or %s unless on () %s{group=%q}\n  )", series, recently(series), evaluatedSeries, a.Group)
}

// held are the rules of an alert: its condition, recorded for as long as it holds
// or is held, and the alert on that.
func (a Alert) held() (condition, expr string, ok bool) {
	h := a.Hold
	if h == (Hold{}) {
		return "", a.Expr, false
	}
	while := cmp.Or(h.While, "and on (collector) "+silentSeries)
	series := fmt.Sprintf("%s{alert=%q}", heldSeries, a.Name)
	condition = fmt.Sprintf("(\n%s\n)\nor on (%s)\n(\n  %s\n  unless on (%s) (%s)\n  %s\n)", indented(a.Expr), h.By, a.lastHeld(series), h.By, h.Seen, while)
	return condition, "max without (alert) (" + series + ")", true
}

func indented(text string) string { return "  " + strings.ReplaceAll(text, "\n", "\n  ") }

// bridge is how long data may be missing before an alert ends.
func (o RuleOptions) bridge() time.Duration { return cmp.Or(o.Bridge, bridgeFor) }

// ranges writes the ranges of an expression for the bridge.
func (o RuleOptions) ranges(expr string) string {
	return strings.NewReplacer(
		bridge, "["+promDuration(o.bridge())+"]",
		lately, "["+promDuration((o.bridge()*5/6).Truncate(time.Millisecond))+"]",
	).Replace(expr)
}
