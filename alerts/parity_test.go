package alerts

import (
	"fmt"
	"maps"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/cx-exporter/cx-exporter/internal/kpi"
	"github.com/cx-exporter/cx-exporter/internal/testdb"
)

// moving is a series whose value depends on the time since the beginning.
type moving struct {
	name   string
	labels []kpi.Label
	value  func(t time.Duration) float64
}

func constant(x float64) func(time.Duration) float64 {
	return func(time.Duration) float64 { return x }
}

// labelled makes labels of names and values in turn.
func labelled(namesAndValues ...string) []kpi.Label {
	var out []kpi.Label
	for i := 0; i+1 < len(namesAndValues); i += 2 {
		out = append(out, kpi.Label{Name: namesAndValues[i], Value: namesAndValues[i+1]})
	}
	return out
}

// board is an exporter on which every alert holds for something, and does not
// for something else.
func board() []moving {
	var out []moving
	add := func(name string, value func(time.Duration) float64, labels ...string) {
		out = append(out, moving{name, labelled(labels...), value})
	}
	fixed := func(name string, value float64, labels ...string) { add(name, constant(value), labels...) }
	goal := func(name, kind string, status Status, days float64, unit, severity string, more ...string) {
		own := append([]string{"goal", name, "kpi", "churn", "collector", "subs", "unit", unit, "severity", severity, "goal_type", kind}, more...)
		for _, s := range Statuses() {
			holds := 0.0
			if s == status {
				holds = 1
			}
			fixed("cx_goal_status", holds, append(slices.Clone(own), "status", string(s))...)
		}
		fixed("cx_goal_status_code", float64(status.Code()), own...)
		fixed("cx_goal_status_since_timestamp_seconds", -days*86400, own...)
		fixed("cx_goal_standing_code", float64(status.Code()), own...)
		fixed("cx_goal_standing_since_timestamp_seconds", -days*86400, own...)
		judged := -days * 86400
		switch {
		case name == "missed-blind":
			judged -= 86400 // the deadline could not be judged
			fallthrough
		case status == Met || status == Missed, name == "few-ended", name == "few-long-ago":
			fixed("cx_goal_ended_timestamp_seconds", -days*86400, own...)
			fixed("cx_goal_deadline_timestamp_seconds", -days*86400, own...)
		case name == "few-base":
			fixed("cx_goal_samples", 30, own...)
		case name == "few-long":
			fixed("cx_goal_samples", 29, own...)
		}
		fixed("cx_goal_judged_until_timestamp_seconds", judged, own...)
		fixed("cx_goal_min_samples", 30, own...)
		fixed("cx_goal_info", 1, append(slices.Clone(own), "title", "Title", "dashboard_url", "https://grafana.example.com/d/"+name)...)
		if status == InsufficientSample || status == NoData {
			return // no value, so the texts say unknown
		}
		fixed("cx_goal_value", 0.0523, own...)
		fixed("cx_goal_lower_bound", 0.05, own...)
		fixed("cx_goal_upper_bound", 1234.5678, own...)
		fixed("cx_goal_target", 0.044, own...)
		fixed("cx_goal_expected", 98765.4, own...)
	}
	goal("reach-off", "reach", OffTrack, 1, "ratio", "critical", "goal_owner", "team", "dimension", "plan", "segment", "pro")
	goal("keep-off", "keep", OffTrack, 1, "seconds", "warning")
	goal("risk-long", "reach", AtRisk, 8, "score", "critical")
	goal("risk-short", "keep", AtRisk, 5, "ratio", "warning")
	goal("missed-now", "reach", Missed, 1, "currency", "warning")
	goal("missed-long-ago", "reach", Missed, 9, "ratio", "warning")
	goal("missed-blind", "reach", Missed, 1, "ratio", "warning")
	goal("met-now", "reach", Met, 1, "ratio", "critical")
	goal("met-long-ago", "reach", Met, 9, "ratio", "critical")
	goal("few-long", "keep", InsufficientSample, 4, "ratio", "warning")
	goal("few-base", "reach", InsufficientSample, 4, "ratio", "warning")
	goal("few-ended", "reach", InsufficientSample, 3.5, "ratio", "warning")
	goal("few-long-ago", "reach", NoData, 9, "ratio", "warning")
	goal("none-long", "keep", NoData, 4, "ratio", "warning")
	goal("few-short", "keep", InsufficientSample, 1, "ratio", "warning")
	goal("fine", "reach", OnTrack, 9, "ratio", "warning")
	baseline := []string{"goal", "fine", "kpi", "churn", "collector", "subs", "unit", "ratio", "severity", "warning", "goal_type", "reach"}
	add("cx_goal_baseline", func(t time.Duration) float64 {
		if t < 20*time.Hour {
			return 0.05
		}
		return 0.0625
	}, baseline...)

	change := func(suffix, kpi string, improvement, p float64, more ...string) {
		own := append([]string{"kpi", kpi, "collector", "surveys", "stat", "ratio", "window", "30d"}, more...)
		family := ratioFamily
		if kpi == "nps" {
			family = shareFamily
		}
		fixed(family+suffix, improvement, own...)
		fixed(pvalueFamily+suffix, p, own...)
	}
	change("", "csat", -0.123456, 0.0001)
	change("", "nps", -0.2, 0.0009)
	change("", "ces", -0.04, 0.0000001)
	change("", "psat", -0.3, 0.01)
	change("", "response_rate", -0.2, 0.0005)
	change("", "revenue", -0.3, 0.0001, "currency", "EUR")
	change("_by_segment", "csat", -0.3, 0.001, "dimension", "team", "segment", "a")
	change("_by_segment", "csat", -0.3, 0.002, "dimension", "team", "segment", "b")
	fixed(ratioFamily, 0.05, "kpi", "csat", "collector", "other", "stat", "ratio", "window", "30d")

	for _, c := range []struct {
		kpi, collector, length string
		ratio, p               float64
	}{{"churn", "subs", "10d", 1.5, 0.0002}, {"churn", "subs", "30d", 1.2, 0.00001}, {"churn", "more", "10d", 2, 0.001}, {"tickets", "desk", "10d", 2, 0.00001}} {
		fixed(spikeFamily, c.ratio, "kpi", c.kpi, "collector", c.collector, "length", c.length)
		fixed(spikePFamily, c.p, "kpi", c.kpi, "collector", c.collector, "length", c.length)
	}
	for _, s := range []struct {
		kpi, window string
		samples     float64
	}{{"nps", "7d", 12}, {"nps", "30d", 30}, {"backlog", "", 3}} {
		fixed(samplesFamily, s.samples, "kpi", s.kpi, "collector", "surveys", "stat", "score", "window", s.window)
		fixed(minSamplesFamily, 30, "kpi", s.kpi, "collector", "surveys", "stat", "score", "window", s.window)
	}
	for _, c := range []struct {
		name          string
		success       float64
		last, newest  func(time.Duration) float64
		intervalHours float64
	}{
		{"fresh", 1, func(t time.Duration) float64 { return t.Seconds() - 60 }, func(t time.Duration) float64 { return t.Seconds() - 600 }, 0.1},
		{"broken", 0, constant(0), func(t time.Duration) float64 { return t.Seconds() - 600 }, 1},
		{"idle", 1, func(t time.Duration) float64 { return t.Seconds() - 60 }, func(t time.Duration) float64 { return min(t, 24*time.Hour).Seconds() - 600 }, 0.1},
		{"pausing", 1, func(t time.Duration) float64 { return t.Seconds() - 60 }, func(t time.Duration) float64 { return math.Floor(t.Hours()/8)*8*3600 - 3600*4 }, 0.1},
	} {
		fixed(intervalFamily, c.intervalHours*3600, "collector", c.name)
		fixed(successFamily, c.success, "collector", c.name)
		add(successTimeFamily, c.last, "collector", c.name)
		add(newestFamily, c.newest, "collector", c.name)
	}
	return out
}

func at(all []moving, t time.Duration) []kpi.Sample {
	out := make([]kpi.Sample, len(all))
	for i, m := range all {
		out[i] = kpi.Sample{Metric: m.name, Labels: m.labels, Value: m.value(t)}
	}
	return out
}

// unitTest is a file of promtool's unit tests.
type unitTest struct {
	RuleFiles          []string   `yaml:"rule_files"`
	EvaluationInterval string     `yaml:"evaluation_interval"`
	Tests              []ruleTest `yaml:"tests"`
}

type ruleTest struct {
	Interval    string        `yaml:"interval"`
	InputSeries []inputSeries `yaml:"input_series"`
	Alerts      []alertTest   `yaml:"alert_rule_test"`
}

type inputSeries struct {
	Series string `yaml:"series"`
	Values string `yaml:"values"`
}

type alertTest struct {
	EvalTime  string          `yaml:"eval_time"`
	Alertname string          `yaml:"alertname"`
	Expected  []expectedAlert `yaml:"exp_alerts"`
}

type expectedAlert struct {
	Labels      map[string]string `yaml:"exp_labels"`
	Annotations map[string]string `yaml:"exp_annotations"`
}

// What the exporter sends itself has the same labels, and so the same
// fingerprint, as what Prometheus makes of the shipped rules, and the same texts:
// promtool says so, for two replicas with labels of their own.
func TestTheExportersAlertsAreThoseOfTheRules(t *testing.T) {
	t.Parallel()
	const (
		interval = 20 * time.Minute // the longest within which the rules take up what they have recorded
		end      = 34 * time.Hour
	)
	all := board()
	test := ruleTest{Interval: interval.String()}
	for _, replica := range []string{"a", "b"} {
		for _, m := range all {
			labels := fmt.Sprintf("instance=%q,job=\"cx\"", replica)
			for _, l := range m.labels {
				if l.Value != "" {
					labels += fmt.Sprintf(",%s=%q", l.Name, l.Value)
				}
			}
			var values []string
			for at := time.Duration(0); at <= end; at += interval {
				values = append(values, strconv.FormatFloat(m.value(at), 'g', -1, 64))
			}
			test.InputSeries = append(test.InputSeries, inputSeries{m.name + "{" + labels + "}", strings.Join(values, " ")})
		}
	}
	test.InputSeries = append(test.InputSeries, inputSeries{`cx_exporter_build_info{version="1"}`, fmt.Sprintf("1x%d", end/interval)})

	var l Ledger
	fired := map[string]bool{}
	for at0 := time.Duration(0); at0 <= end; at0 += unwatched {
		if _, _, err := l.Look(time.Unix(0, 0).Add(at0), at(all, at0), RuleOptions{}, hears(true)); err != nil {
			t.Fatal(err)
		}
		if at0 != 20*time.Minute && at0 != 27*time.Hour && at0 != end {
			continue
		}
		told := map[string][]expectedAlert{}
		for _, i := range l.Told() {
			if i.Phase != Firing {
				t.Errorf("%v at %s is %s", i.Labels, at0, i.Phase)
			}
			fired[i.Alert] = true
			labels := maps.Clone(i.Labels)
			delete(labels, "alertname") // promtool is given it apart
			told[i.Alert] = append(told[i.Alert], expectedAlert{labels, i.Annotations})
		}
		for _, a := range Table() {
			test.Alerts = append(test.Alerts, alertTest{EvalTime: at0.String(), Alertname: a.Name, Expected: told[a.Name]})
		}
	}
	for _, a := range Table() {
		if a.Judge != nil && !fired[a.Name] {
			t.Errorf("%s is not compared: it never fires here", a.Name)
		}
	}
	agrees(t, test)
}

// agrees lets promtool run a test of the shipped rules.
func agrees(t *testing.T, test ruleTest) {
	t.Helper()
	rules, err := filepath.Abs("cx.rules.yml")
	if err != nil {
		t.Fatal(err)
	}
	content, err := yaml.Marshal(unitTest{[]string{rules}, test.Interval, []ruleTest{test}})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "parity.yml")
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
	promtool(t, "test", "rules", file)
}

// promtool checks something.
func promtool(t *testing.T, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), testdb.Promtool(t), args...)
	cmd.Env = append(os.Environ(), "GOGC=400") // a fifth of its time goes to collecting otherwise
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("promtool %s: %v\n%.20000s", strings.Join(args, " "), err, out)
	}
}

// Every alert is sent by the exporter too, or says why not.
func TestEveryAlertHasAConditionOrAReason(t *testing.T) {
	t.Parallel()
	for _, a := range Table() {
		switch {
		case a.Judge == nil && a.Elsewhere == "":
			t.Errorf("%s has neither a condition in Go nor a reason", a.Name)
		case a.Judge != nil && (a.Elsewhere != "" || a.Anchor == "" || a.Over.Summary == "" || a.Over.Description == ""):
			t.Errorf("%s lacks what its own sending needs, or has a reason against it", a.Name)
		}
	}
}

func TestNumbersReadAsPrometheusWritesThem(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		x    float64
		want string
	}{
		{0, "0"},
		{999, "999"},
		{1234.5678, "1.235k"},
		{-98765.4, "-98.77k"},
		{2e25, "20Y"},
		{0.0523, "52.3m"},
		{0.000002, "2u"},
		{math.Inf(1), "+Inf"},
	} {
		if got := humanize(c.x); got != c.want {
			t.Errorf("%v reads %q, want %q", c.x, got, c.want)
		}
	}
}
