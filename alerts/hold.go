package alerts

import (
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
const (
	heldSeries   = "cx:alert_condition"
	silentSeries = "cx:collector_silent"
)

// awayFor is how long the rules know a collector whose exporter is away: longer
// than a weekend. While the exporter is there, there is no limit.
const awayFor = "[3d]"

// hold is how an alert outlives the values that it rests on.
type hold struct {
	// by are the labels that tell its instances apart, or as many of them as what it
	// rests on has.
	by string
	// seen is what it rests on. While that is there, it alone counts.
	seen string
	// while is when it is held; empty is while its collector is silent.
	while string
}

// hold is how the alert is held; ok is false where nothing is to be.
func (a Alert) hold() (h hold, ok bool) {
	over := func(selector string) string { return "last_over_time(" + selector + bridge + ")" }
	switch a.Name {
	case "CXGoalOffTrack", "CXGoalBreached", "CXGoalAtRisk":
		return hold{by: "goal, collector", seen: over(familyStanding)}, true
	case "CXGoalSampleTooSmall":
		return hold{by: "goal, collector", seen: over(familyStatusCode)}, true
	case "CXGoalBaselineMoved":
		return hold{by: "goal, collector", seen: over(familyBaseline)}, true
	case "CXGoalMissed", "CXGoalMet":
		// News of four days ago is none, whoever is away.
		return hold{
			by: "goal, collector", seen: over(familyStatusCode),
			while: fmt.Sprintf("and on (collector) %s\n  and on (goal, collector) (time() - max by (goal, collector) (%s) < 4 * 86400)", silentSeries, recently(fmt.Sprintf("ALERTS_FOR_STATE{alertname=%q}", a.Name))),
		}, true
	case "CXKPIWorsened":
		return hold{by: kpiLabels, seen: over(pvalueFamily) + " or " + over(pvalueFamily+bySegment)}, true
	case "CXChurnRising":
		return hold{by: "kpi, collector, length, goal", seen: over(spikePFamily) + " or " + over(familyStanding)}, true
	case "CXSurveyResponsesTooFew":
		return hold{by: kpiLabels, seen: over(samplesFamily)}, true
	case "CXResponseRateFallen":
		// It rests on surveys of other collectors too, whichever they are.
		return hold{
			by:    "collector, window",
			seen:  over(pvalueFamily+`{kpi="response_rate"}`) + " and on (window) (" + over(ratioFamily+`{kpi=~"csat|ces|psat"}`) + " or " + over(shareFamily+`{kpi="nps"}`) + ")",
			while: "and on () " + silentSeries,
		}, true
	case "CXKPIStale":
		return hold{by: "collector", seen: over(successTimeFamily)}, true
	case "CXCollectorFailing":
		return hold{by: "collector", seen: over(successFamily)}, true
	case "CXSourceStale":
		return hold{by: "collector", seen: over(newestFamily)}, true
	case "CXAlertPushFailing":
		return hold{by: "alertmanager", seen: over("cx_alertmanager_last_success_timestamp_seconds"), while: "unless on () " + recently("cx_exporter_build_info")}, true
	}
	return hold{}, false
}

// lately is a little shorter than the bridge: what is recorded is forgotten
// before what it was made of, so that the last thing seen counts, and a silence
// is known before the last value is gone.
const lately = "[25m]"

// recently is the last value of a family that was there lately.
func recently(family string) string { return "last_over_time(" + family + lately + ")" }

// silence is that a collector is configured and does not answer, or that its
// exporter is not there.
func silence() string {
	known := "max by (collector) (" + strings.ReplaceAll(recently(intervalFamily), lately, awayFor)
	return "(\n  max by (collector) (" + recently(intervalFamily) + ")\n" +
		"  or " + known + " and on (job, instance) (up == 0))\n" +
		"  or " + known + ") unless on () " + recently("cx_exporter_build_info") + "\n)\n" +
		"unless on (collector) (\n" +
		"  max by (collector) (" + recently(successFamily) + ") == 1\n" +
		"  unless on (collector) (time() - max by (collector) (" + recently(successTimeFamily) + ")) > 3 * max by (collector) (" + recently(intervalFamily) + ")\n)"
}

// held are the rules of an alert: its condition, recorded for as long as it holds
// or is held, and the alert on that.
func (a Alert) held() (condition, expr string, ok bool) {
	h, ok := a.hold()
	if !ok {
		return "", a.Expr, false
	}
	while := h.while
	if while == "" {
		while = "and on (collector) " + silentSeries
	}
	series := fmt.Sprintf("%s{alert=%q}", heldSeries, a.Name)
	condition = fmt.Sprintf("(\n%s\n)\nor on (%s)\n(\n  %s\n  unless on (%s) (%s)\n  %s\n)", indented(a.Expr), h.by, recently(series), h.by, h.seen, while)
	return condition, "max without (alert) (" + series + ")", true
}

func indented(text string) string { return "  " + strings.ReplaceAll(text, "\n", "\n  ") }

// ranges writes the ranges of an expression for another bridge.
func (o RuleOptions) ranges(expr string) string {
	if o.Bridge == 0 {
		return expr
	}
	return strings.NewReplacer(
		bridge, "["+promDuration(o.Bridge)+"]",
		lately, "["+promDuration((o.Bridge*5/6).Truncate(time.Millisecond))+"]",
	).Replace(expr)
}
