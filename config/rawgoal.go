package config

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/cx-exporter/cx-exporter/collectors"
)

// rawGoal is an entry of `goals`.
type rawGoal struct {
	Name  value[string] `yaml:"name" required:"true" is:"name" doc:"value of the label goal"`
	Title value[string] `yaml:"title" is:"text" otherwise:"the name" doc:"the goal in the words of the people who set it"`
	Type  value[string] `yaml:"type" required:"true" enum:"reach,keep" doc:"reach goes from a baseline to a target by a deadline, keep holds a limit"`

	Collector value[string]            `yaml:"collector" required:"true" is:"text" doc:"name of the collector or formula with the KPI"`
	KPI       value[string]            `yaml:"kpi" required:"true" is:"text" doc:"name of the KPI; of a formula retention_cost and the like, or with expr its own name"`
	Stat      value[string]            `yaml:"stat" is:"text" otherwise:"the first of the KPI" doc:"which of its values: mean, p90, ratio …"`
	Window    value[string]            `yaml:"window" is:"window" otherwise:"the only one there is" doc:"one of the windows of the collector or formula"`
	Segment   map[string]value[string] `yaml:"segment" doc:"dimension: segment, where the goal is for one segment only; a combination names each of its columns"`
	Labels    map[string]value[string] `yaml:"labels" doc:"label: value, which choose one series where the KPI has several, such as one a currency"`
	Direction value[string]            `yaml:"direction" enum:"higher_is_better,lower_is_better" otherwise:"the KPI's" doc:"which way is better, for a KPI that does not say"`

	Target   value[amount]              `yaml:"target" only:"target" doc:"the value to reach or to keep; shares may be written as 95%, times as 4h"`
	Change   value[string]              `yaml:"change" only:"target" is:"change" doc:"the target from the baseline: -15% of it, or +5 points more"`
	Baseline value[rawBaseline]         `yaml:"baseline" otherwise:"the value as of start" doc:"where the goal starts from"`
	Start    value[string]              `yaml:"start" is:"date" doc:"when the work for the goal begins; required for reach"`
	Deadline value[string]              `yaml:"deadline" is:"date" doc:"by when the target is to be reached; required for reach"`
	Grace    value[collectors.Duration] `yaml:"grace" max:"52w" otherwise:"half the window" doc:"how long after start nothing is said of the pace"`
	Hold     value[collectors.Duration] `yaml:"hold" max:"52w" otherwise:"the window, at least 7d" doc:"how long the target has to be held to be met before the deadline"`

	MinSamples   value[int]    `yaml:"min_samples" min:"1" max:"1000000000" otherwise:"global.min_samples, or 0 for what is no estimate" doc:"number of samples below which the goal is not judged; what is counted or stocked, and a gauge, is no estimate from a sample"`
	Owner        value[string] `yaml:"owner" is:"text" doc:"who answers for the goal; value of the label goal_owner, so a team rather than a person"`
	Severity     value[string] `yaml:"severity" enum:"critical,warning,info" default:"warning" doc:"severity of its alerts"`
	RunbookURL   value[string] `yaml:"runbook_url" is:"url" doc:"what to do when the goal is missed"`
	DashboardURL value[string] `yaml:"dashboard_url" is:"url" doc:"where to look"`
}

// rawBaseline is the section `baseline` of a goal.
type rawBaseline struct {
	Value value[amount] `yaml:"value" one:"baseline" doc:"the value itself"`
	At    value[string] `yaml:"at" one:"baseline" is:"date" doc:"the value as of that instant, with the same window"`
}

// amount is a value of a KPI: a number, a share as `95%`, or a time as `4h`.
type amount struct {
	number float64
	// form is how it was written: as a number, a percentage or a duration.
	form amountForm
}

type amountForm int

const (
	plain amountForm = iota
	percentage
	lasting
)

var (
	percentPattern = regexp.MustCompile(`^-?[0-9]+(?:\.[0-9]+)? ?%$`)
	amountPattern  = `^(?:-?[0-9]+(?:\.[0-9]+)? ?%|(?:[0-9]+w)?(?:[0-9]+d)?(?:[0-9]+h)?(?:[0-9]+m)?(?:[0-9]+s)?)$`
)

const amountAllowed = "a number such as 0.95 or 50, a share such as 95%, a time such as 4h or 1h30m"

func (a *amount) decode(d *decoder, at place) bool {
	wrong := func(message string) bool {
		d.add(at, note{message: message, allowed: amountAllowed, class: structural})
		return false
	}
	if at.node.Kind != yaml.ScalarNode {
		return wrong(mismatched(at.node, "a value", ""))
	}
	switch x := scalarValue(at.node).(type) {
	case int:
		a.number = float64(x)
		return true
	case float64:
		if number := strconv.FormatFloat(x, 'g', -1, 64); strings.ContainsAny(number, "IN") {
			return wrong(number + " is no value")
		}
		a.number = x
		return true
	case string:
		if percentPattern.MatchString(x) {
			share, err := strconv.ParseFloat(strings.TrimRight(x, " %"), 64)
			a.number, a.form = share/100, percentage
			return err == nil
		}
		length, err := collectors.ParseDuration(x)
		if err != nil || x == "" {
			return wrong(fmt.Sprintf("%s is not a value", quote(x)))
		}
		a.number, a.form = length.Seconds(), lasting
		return true
	}
	return wrong(mismatched(at.node, "a value", ""))
}

func (a *amount) schema(*schemaWriter) schema {
	return schema{"anyOf": []any{
		schema{"type": "number"},
		schema{"type": "string", "pattern": amountPattern, "minLength": 1},
	}}
}
