package alerts

import (
	"fmt"
	"strings"
)

// The parts of the texts of alerts on goals. Values are asked for when the alert is
// sent, in the unit of the goal; so is its status, since an alert goes on while the
// goal cannot be judged, and ends in more than one way.
const (
	ofSegment = "{{ if $labels.segment }} for {{ $labels.dimension }} {{ $labels.segment }}{{ end }}"
	ofGoal    = "{{ $labels.kpi }} of {{ $labels.collector }}" + ofSegment
)

// goalAsked is what a family shows of the alert's goal, for a template. While the goal
// is not shown at all, as where its exporter is away, it is what was shown last. That
// is asked by steps, since a series that was the last of an exporter with another
// address, or of a goal with other labels, may be far older.
func goalAsked(aggregate, family string) string {
	now := aggregate + "(" + family + "{goal='%[1]s'})"
	return `or (printf "` + now + `" $labels.goal | query) (printf "last_over_time(` + now + `[3d:5m]) unless on () ` + familyStatusCode + `{goal='%[1]s'}" $labels.goal | query)`
}

// byStatus is a text that depends on the present status of the alert's goal.
func byStatus(otherwise string, texts map[Status]string) string {
	var b strings.Builder
	b.WriteString(`{{ $status := -1.0 }}{{ range ` + goalAsked("max", familyStatusCode) + ` }}{{ $status = . | value }}{{ end }}`)
	word := "if"
	for _, s := range Statuses() {
		if text, ok := texts[s]; ok {
			fmt.Fprintf(&b, "{{ %s eq $status %d.0 }}%s", word, s.Code(), text)
			word = "else if"
		}
	}
	return b.String() + "{{ else }}" + otherwise + "{{ end }}"
}

// unlessHeld is a sentence about a goal without its full stop, and what is said in its
// place while the goal cannot be judged: what it was when it last could.
func unlessHeld(text, was string) string {
	last := ". When it last could, it was " + was
	known := "{{ with " + goalAsked("max", familyValue) + " }}" + text + "{{ else }}cannot be judged at present: nothing is known of it" + last + "{{ end }}"
	return ofGoal + " " + byStatus(known, map[Status]string{
		NoData:             "cannot be judged at present: " + unlessUnchosen("the databases have no such rows") + last,
		InsufficientSample: "cannot be judged at present: " + unlessUnchosen("it rests on too few samples") + last,
	})
}

// unlessUnchosen is why a goal cannot be judged, unless that is that its labels do
// not choose one series.
func unlessUnchosen(text string) string {
	return "{{ $open := false }}{{ range " + goalAsked("max", familyChoices) + " }}{{ if gt (. | value) 0.0 }}{{ $open = true }}{{ end }}{{ end }}" +
		"{{ if $open }}its labels do not choose one of several values{{ else }}" + text + "{{ end }}"
}

// goalOver are the texts of the end of an alert on a goal: by the status that the
// goal has now, and otherwise. What it was is the value that was last judged.
func goalOver(otherwise string, ends map[Status]string) Over {
	value := inUnit(familyValue)
	return Over{
		Reads:       byStatus(value, map[Status]string{NoData: "", InsufficientSample: ""}),
		Summary:     "{{ $labels.goal }} " + byStatus(otherwise, ends),
		Description: ofGoal + " is " + value + "{{ if $was }} (was {{ $was }}){{ end }}; the target is " + inUnit(familyTarget) + ".",
	}
}

// final are the ends that a goal has at its deadline, also where nobody can tell.
func final(more map[Status]string) map[Status]string {
	const unknown = "cannot be judged at its deadline"
	ends := map[Status]string{
		Met: "is met", Missed: "was missed: the deadline passed", NoData: unknown, InsufficientSample: unknown,
	}
	for status, text := range more {
		ends[status] = text
	}
	return ends
}

func nowIs() string {
	return inUnit(familyValue) + " (" + inUnit(familyLower) + " to " + inUnit(familyUpper) + ")"
}

// inUnit is a value of the alert's goal as a person reads it.
func inUnit(family string) string {
	return "{{ with " + goalAsked("max", family) + " }}{{ $v := . | first | value }}" +
		`{{ if eq $labels.unit "ratio" }}{{ $v | humanizePercentage }}{{ else if eq $labels.unit "seconds" }}{{ $v | humanizeDuration }}{{ else }}{{ $v | humanize }}{{ end }}{{ else }}unknown{{ end }}`
}

// churnSummary is the headline of a goal on churn that is off track.
const churnSummary = "Churn in {{ $labels.collector }} is higher than {{ $labels.goal }} allows"

// churnTold is a text about churn that is rising: by a goal, or by a comparison with
// the months before.
func churnTold(byGoal, byMonths string) string {
	return "{{ if $labels.goal }}" + byGoal + "{{ else }}" + byMonths + "{{ end }}"
}

// churnBehind describes a goal on churn that is off track.
func churnBehind() string {
	due := `{{ if eq $labels.goal_type "keep" }}; the limit is ` + inUnit(familyTarget) + "{{ else }}, where " + inUnit(familyExpected) + " was to be expected by now{{ end }}"
	return unlessHeld("is "+nowIs()+due+". Chance does not explain the difference", "higher by more than chance explains")
}

// churnOver are the texts of the end.
func churnOver() Over {
	goal := goalOver("is no longer off track", final(map[Status]string{
		OnTrack: `is {{ if eq $labels.goal_type "keep" }}kept again{{ else }}back on its pace{{ end }}`,
	}))
	return Over{
		Reads:   churnTold(goal.Reads, "{{ $value | humanize }} times"),
		Summary: churnTold(goal.Summary, "Churn is no longer rising in {{ $labels.collector }}"),
		Description: churnTold(goal.Description,
			"Customers leave {{ $value | humanize }} times as often in the last {{ $labels.length }} as in the same days of the 12 months before (was {{ $was }})."),
	}
}
