package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/facts"
)

// loaded is a configuration in a form that can be read and compared.
type loaded struct {
	Zone           string
	Confidence     float64
	MinSamples     int
	MaxSegments    int
	MinSegmentSize int
	Calendars      []string `json:",omitempty"`
	Sources        []loadedSource
	Collectors     []loadedCollector
	Formulas       []loadedFormula `json:",omitempty"`
	Goals          []loadedGoal    `json:",omitempty"`
	Alerting       *loadedAlerting `json:",omitempty"`
}

type loadedAlerting struct {
	ResendInterval, Hold string
	Watchdog             bool
	RunbookURL           string            `json:",omitempty"`
	ExternalLabels       map[string]string `json:",omitempty"`
	Alertmanagers        []loadedAlertmanager
}

type loadedAlertmanager struct {
	Alertmanager
	Timeout string
	Secrets []string `json:",omitempty"`
}

func describeAlerting(a *Alerting) *loadedAlerting {
	if a == nil {
		return nil
	}
	l := &loadedAlerting{ResendInterval: a.ResendInterval.String(), Hold: a.Hold.String(), Watchdog: a.Watchdog, RunbookURL: a.RunbookURL, ExternalLabels: a.ExternalLabels}
	for _, m := range a.Alertmanagers {
		d := loadedAlertmanager{Alertmanager: m, Timeout: m.Timeout.String()}
		if b := m.HTTP.BasicAuth; b != nil {
			d.Secrets = append(d.Secrets, b.Password.Reveal())
		}
		if h := m.HTTP.Authorization; h != nil {
			d.Secrets = append(d.Secrets, h.Credentials.Reveal())
		}
		if o := m.HTTP.OAuth2; o != nil {
			d.Secrets = append(d.Secrets, o.ClientSecret.Reveal())
		}
		if !m.HTTP.ProxyURL.IsZero() {
			d.Secrets = append(d.Secrets, m.HTTP.ProxyURL.Reveal())
		}
		l.Alertmanagers = append(l.Alertmanagers, d)
	}
	return l
}

type loadedGoal struct {
	Name, Title, Collector   string
	KPI, Stat, Direction     string
	Reach                    bool
	Window                   string
	Segment, Labels          string `json:",omitempty"`
	Target                   Target
	Baseline                 string `json:",omitempty"`
	Start, Deadline          string `json:",omitempty"`
	Grace, Hold              string
	MinSamples               int
	Owner                    string `json:",omitempty"`
	Severity                 string
	RunbookURL, DashboardURL string `json:",omitempty"`
}

func describeGoal(g Goal) loadedGoal {
	instant := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.Format(time.RFC3339)
	}
	l := loadedGoal{
		Name: g.Name, Title: g.Title, Collector: g.Collector, KPI: g.KPI.Name, Stat: g.Stat.Name, Direction: string(g.Stat.Direction),
		Reach: g.Reach, Window: g.Window.String(), Target: g.Target, Start: instant(g.Start), Deadline: instant(g.Deadline),
		Grace: g.Grace.String(), Hold: g.Hold.String(), MinSamples: g.MinSamples, Owner: g.Owner, Severity: g.Severity,
		RunbookURL: g.RunbookURL, DashboardURL: g.DashboardURL, Baseline: instant(g.BaselineAt),
	}
	if !g.Segment.IsTotal() {
		l.Segment = g.Segment.Dimension + "=" + g.Segment.Value
	}
	for _, x := range g.Labels {
		l.Labels += x.Name + "=" + x.Value + ";"
	}
	if g.BaselineKnown {
		l.Baseline = strconv.FormatFloat(g.Baseline, 'g', -1, 64)
	}
	return l
}

type loadedFormula struct {
	Name, KPI, Metric, Unit, Direction, Goal, Help, Variant string
	Expr, Fidelity, Windows, Interval, Timeout, MaxAge      string
	Labels, Sources, Inputs, Values                         []string
	Change                                                  bool
}

// loadedSource shows secrets, to prove that they are read as they should be.
type loadedSource struct {
	Name, Driver                 string
	DSN, DSNFile                 string `json:",omitempty"`
	Host                         string `json:",omitempty"`
	Port                         int    `json:",omitempty"`
	User, Password, PasswordFile string `json:",omitempty"`
	Database                     string `json:",omitempty"`
	Path                         string `json:",omitempty"`
	TLS                          TLS    `json:",omitzero"`
	MaxConnections               int
	ConnectTimeout               string
}

type loadedCollector struct {
	Name, Entity              string
	Sources                   []string
	Table, Query, Where       string            `json:",omitempty"`
	Columns                   map[string]string `json:",omitempty"`
	Dimensions                []string          `json:",omitempty"`
	Windows                   string
	Change                    bool
	Interval, Timeout, MaxAge string
	Cron                      string `json:",omitempty"`
	RowBudget                 int
	Disjoint                  bool
	KPIs                      []string
}

func describe(c *Config) loaded {
	l := loaded{
		Zone: c.Global.Zone.String(), Confidence: c.Global.Confidence,
		MinSamples: c.Global.MinSamples, MaxSegments: c.Global.MaxSegments,
		MinSegmentSize: c.Global.MinSegmentSize,
	}
	for _, h := range c.Calendars {
		l.Calendars = append(l.Calendars, h.Name()+": "+h.Spec())
	}
	for _, s := range c.Sources {
		l.Sources = append(l.Sources, loadedSource{
			Name: s.Name, Driver: s.Driver, DSN: s.DSN.Reveal(), DSNFile: s.DSNFile,
			Host: s.Host, Port: s.Port, User: s.User, Password: s.Password.Reveal(), PasswordFile: s.PasswordFile,
			Database: s.Database, Path: s.Path, TLS: s.TLS,
			MaxConnections: s.MaxConnections, ConnectTimeout: s.ConnectTimeout.String(),
		})
	}
	types := map[facts.Type]string{
		facts.Unknown: "unknown", facts.Naive: "naive", facts.Date: "date", facts.TextTime: "text",
		facts.Unix: "unix", facts.UnixMilli: "unix milli", facts.TextUnix: "text unix", facts.TextUnixMilli: "text unix milli",
	}
	for _, x := range c.Collectors {
		d := loadedCollector{
			Name: x.Name, Entity: x.Entity, Sources: x.Sources,
			Table: x.Relation.Table, Query: x.Relation.Query, Where: x.Relation.Where,
			Columns: map[string]string{}, Change: x.Change,
			Interval: x.Schedule.Interval.String(), Timeout: x.Timeout.String(), MaxAge: x.MaxAge.String(),
			Cron: x.Schedule.Cron, RowBudget: x.RowBudget, Disjoint: x.Disjoint,
		}
		for role, column := range x.Relation.Columns {
			d.Columns[string(role)] = column.Name + ", " + types[column.Type] + ", " + column.Zone.String()
		}
		for _, dim := range x.Relation.Dimensions {
			d.Dimensions = append(d.Dimensions, dim.Name+" = "+strings.Join(dim.Columns, "+"))
		}
		var windows []string
		for _, w := range x.Windows {
			windows = append(windows, w.String())
		}
		d.Windows = strings.Join(windows, " ")
		for _, k := range x.KPIs {
			d.KPIs = append(d.KPIs, k.Desc().Name+": "+k.Desc().Variant)
		}
		l.Collectors = append(l.Collectors, d)
	}
	for _, g := range c.Goals {
		l.Goals = append(l.Goals, describeGoal(g))
	}
	l.Alerting = describeAlerting(c.Alerting)
	for _, x := range c.Formulas {
		l.Formulas = append(l.Formulas, describeFormula(x))
	}
	return l
}

func describeFormula(x Formula) loadedFormula {
	stat := x.Desc.Stats[0]
	d := loadedFormula{
		Name: x.Name, KPI: x.Desc.Name, Metric: stat.Metric, Unit: string(stat.Unit), Direction: string(stat.Direction),
		Goal: x.Desc.BusinessGoal, Help: stat.Help, Variant: x.Desc.Variant,
		Expr: x.Expr.String(), Fidelity: string(x.Desc.Fidelity), Windows: fmt.Sprint(x.Windows),
		Interval: x.Schedule.Interval.String(), Timeout: x.Timeout.String(), MaxAge: x.MaxAge.String(),
		Sources: x.Sources, Change: x.Change,
	}
	for _, label := range x.Labels {
		d.Labels = append(d.Labels, label.Name+"="+label.Value)
	}
	for _, in := range x.Inputs {
		d.Inputs = append(d.Inputs, fmt.Sprint(in.Name, " ", kpiNames(in.KPIs), " by ", in.Relation.Dimensions, " over ", in.Windows, " shown by ", x.Dimensions))
	}
	for _, v := range x.Values {
		d.Values = append(d.Values, fmt.Sprintf("%s.%s.%s samples=%t label=%q", v.Collector, v.KPI, v.Stat.Name, v.Samples, v.Label))
	}
	return d
}

func TestGoldenGoodFilesMeanWhatTheySay(t *testing.T) {
	t.Parallel()
	for _, file := range fixtures(t, "good") {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".yml"), func(t *testing.T) {
			t.Parallel()
			c, err := Load(file, environment)
			if err != nil {
				t.Fatal(err)
			}
			for _, x := range c.Collectors {
				if x.Digest == "" {
					t.Errorf("the collector %s has no digest", x.Name)
				}
			}
			for _, x := range c.Formulas {
				if x.Digest == "" {
					t.Errorf("the formula %s has no digest", x.Name)
				}
			}
			var b strings.Builder
			e := json.NewEncoder(&b)
			e.SetEscapeHTML(false)
			e.SetIndent("", "  ")
			if err := e.Encode(describe(c)); err != nil {
				t.Fatal(err)
			}
			golden(t, strings.TrimSuffix(file, ".yml")+".json", b.String())
		})
	}
}

func TestTheDemoAndTheExamplesLoad(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join("..", "examples", "*", "cx.yml"))
	if err != nil {
		t.Fatal(err)
	}
	any := func(string) (string, bool) { return "value", true }
	secrets := t.TempDir() // stands in for what a cluster mounts
	if err := os.WriteFile(filepath.Join(secrets, "helpdesk"), []byte("postgres://cx_exporter@db.example.com/helpdesk"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		content = bytes.ReplaceAll(content, []byte("/run/secrets/cx-exporter"), []byte(secrets))
		if _, err := LoadBytes(file, content, any); err != nil {
			t.Errorf("%s:\n%v", file, err)
		}
	}
}

func TestTheLongestPauseOfACronScheduleCoversNightsAndWeekends(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		cron string
		want time.Duration
	}{
		{"* * * * *", time.Minute},
		{"*/5 * * * *", 5 * time.Minute},
		{"0 * * * *", time.Hour},
		{"30 6 * * *", 24 * time.Hour},
		// From Friday 19:45 to Monday 07:00.
		{"*/15 7-19 * * 1-5", 59*time.Hour + 15*time.Minute},
		// The first of December to the first of February has no longer pause
		// than 31 days.
		{"0 0 1 * *", 31 * 24 * time.Hour},
		{"0 0 1 1 *", 365 * 24 * time.Hour},
	} {
		file := "global: {interval: 1m}\nsources: [{name: s, driver: sqlite, path: x}]\n" +
			"collectors: [{name: c, source: s, entity: responses, table: t, kpis: [nps], cron: \"" + c.cron + "\"}]\n"
		got, err := LoadBytes("cx.yml", []byte(file), environment)
		if err != nil {
			t.Fatalf("%s:\n%v", c.cron, err)
		}
		if pause := got.Collectors[0].Schedule.Interval; pause != c.want {
			t.Errorf("the longest pause of %q is %s, want %s", c.cron, pause, c.want)
		}
	}
}
