package main

import (
	"context"
	"encoding/json"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/testdb"
)

// fillsTheBoards runs every query of every board against a Prometheus that
// scrapes the demo. A query has to return something, unless the demo exports none
// of the families that it names.
func (b *binary) fillsTheBoards(t *testing.T) {
	demo := b.start(t, nil, "demo")
	prometheus := testdb.StartPrometheus(t, `
global: {scrape_interval: 5s, scrape_timeout: 5s}
scrape_configs: [{job_name: cx, static_configs: [{targets: ["`+strings.TrimPrefix(demo.url, "http://")+`"]}]}]
`, nil)
	dir := t.TempDir()
	write := exec.Command(b.path, "dashboards", "--output="+dir)
	if out, err := write.CombinedOutput(); err != nil {
		t.Fatalf("dashboards: %v\n%s", err, out)
	}
	demo.page(t, "/-/ready", "^cx-exporter is ready")
	q := &asker{t: t, url: prometheus.URL}
	// All collectors have values and all goals verdicts, for which a busy machine may
	// need several runs, and there are scrapes enough for rates.
	q.wait(`count(cx_collector_success == 1) == count(cx_collector_interval_seconds) and on () count(cx_goal_status_code) == count(cx_goal_min_samples) and on () count_over_time(up[5m]) > 2 and on () up == 1`)
	q.exported = demo.page(t, "/metrics", "^cx_nps_score{")

	files, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil || len(files) < 7 {
		t.Fatalf("the boards are %q: %v", files, err)
	}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var board shownBoard
		if err := json.Unmarshal(content, &board); err != nil {
			t.Fatal(err)
		}
		q.board(board)
	}
	if q.filled < 150 {
		t.Errorf("only %d queries returned something", q.filled)
	}
}

// shownBoard is what a board asks.
type shownBoard struct {
	Title  string
	Panels []struct {
		Title   string
		Repeat  string
		Targets []struct{ Expr, LegendFormat string }
	}
	Templating struct {
		List []struct{ Name, Type, Query string }
	}
	Annotations struct {
		List []struct{ Name, Expr string }
	}
}

// asker asks a Prometheus.
type asker struct {
	t        *testing.T
	url      string
	exported string    // the page that it scrapes
	at       time.Time // zero for now; a scrape that fails later on changes nothing then
	filled   int
}

// answered is the answer of Prometheus' API to a query.
type answered struct {
	Status, Error string
	Data          struct {
		Result []struct {
			Metric map[string]string
		}
	}
}

func (q *asker) ask(expr string) answered {
	q.t.Helper()
	ctx, cancel := context.WithTimeout(q.t.Context(), time.Minute)
	defer cancel()
	parameters := url.Values{"query": {expr}}
	if !q.at.IsZero() {
		parameters.Set("time", strconv.FormatFloat(float64(q.at.UnixMilli())/1000, 'f', 3, 64))
	}
	text, err := fetch(ctx, q.url+"/api/v1/query?"+parameters.Encode())
	if err != nil {
		q.t.Fatal(err)
	}
	var r answered
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		q.t.Fatalf("%v: %s", err, text)
	}
	return r
}

// wait waits until a query has a result. What is asked later is asked of that
// instant.
func (q *asker) wait(expr string) {
	q.t.Helper()
	ctx, cancel := context.WithTimeout(q.t.Context(), 5*time.Minute)
	defer cancel()
	for {
		q.at = time.Now()
		if len(q.ask(expr).Data.Result) > 0 {
			return
		}
		if ctx.Err() != nil {
			q.t.Fatalf("%s has no result", expr)
		}
		pause(ctx, 200*time.Millisecond)
	}
}

var (
	labelValues = regexp.MustCompile(`^label_values\((.+), ([a-z_]+)\)$`)
	ofUnit      = regexp.MustCompile(`, unit=~"[^"]*"`)
	familyName  = regexp.MustCompile(`\bcx_[a-z0-9_]*[a-z0-9]\b`)
)

// board asks all that a board asks, with each variable at its first value.
func (q *asker) board(b shownBoard) {
	q.t.Helper()
	replace := []string{"$collector", ".*", "$dimension", ".*", "$segment", ".*", "$kpi", ".*", "$window", "30d"}
	for _, v := range b.Templating.List {
		m := labelValues.FindStringSubmatch(v.Query)
		if v.Type != "query" {
			continue
		} else if m == nil {
			q.t.Errorf("%s: the variable %s asks %q", b.Title, v.Name, v.Query)
			continue
		}
		r := q.ask(strings.NewReplacer(replace...).Replace(m[1]))
		if len(r.Data.Result) == 0 {
			if q.names(m[1]) {
				q.t.Errorf("%s: the variable %s has no values: %s", b.Title, v.Name, r.Error)
			}
			continue
		}
		if strings.HasPrefix(v.Name, "with_") || v.Name == "goal" {
			replace = append(replace, "$"+v.Name, q.example(r, m[2]))
		}
	}
	// The longest names first: $with_churn_ratio before $with_churn.
	values := strings.NewReplacer(replace...)
	for _, a := range b.Annotations.List {
		if r := q.ask(a.Expr); a.Expr != "" && r.Status != "success" {
			q.t.Errorf("%s: the annotation %s: %s", b.Title, a.Name, r.Error)
		}
	}
	for _, p := range b.Panels {
		for _, target := range p.Targets {
			expr := values.Replace(target.Expr)
			r := q.ask(expr)
			switch {
			case r.Status != "success":
				q.t.Errorf("%s: %s: %s\n%s", b.Title, p.Title, r.Error, expr)
			case len(r.Data.Result) > 0:
				q.filled++
			case target.LegendFormat == "goal": // not every KPI of the demo has one
			case ofUnit.MatchString(expr) && len(q.ask(ofUnit.ReplaceAllString(expr, "")).Data.Result) > 0: // nor every unit
			case q.names(expr):
				q.t.Errorf("%s: %s: nothing is returned by\n%s", b.Title, p.Title, expr)
			}
		}
	}
}

// example is a value of a label: of goals the one that is to be reached, as it has
// all that goals can have.
func (q *asker) example(r answered, label string) string {
	for _, s := range r.Data.Result {
		if s.Metric["goal_type"] == "reach" {
			return s.Metric[label]
		}
	}
	return r.Data.Result[0].Metric[label]
}

// names reports whether a query names a family that is exported, or finds
// families by a pattern.
func (q *asker) names(expr string) bool {
	if strings.Contains(expr, "__name__=~") {
		return true
	}
	for _, f := range familyName.FindAllString(expr, -1) {
		if strings.Contains(q.exported, "\n"+f+"{") || strings.Contains(q.exported, "\n"+f+" ") {
			return true
		}
	}
	return false
}
