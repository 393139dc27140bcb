package alerts

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the shipped rules anew")

func TestGoldenRulesAreWhatTheTableSays(t *testing.T) {
	t.Parallel()
	for file, write := range map[string]func(RuleOptions) ([]byte, error){
		"cx.rules.yml":          PrometheusRules,
		"cx.prometheusrule.yml": PrometheusRule,
	} {
		got, err := write(RuleOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if *update {
			if err := os.WriteFile(file, got, 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Errorf("%s is not what the table says; run go test ./alerts -update (-file +table):\n%s", file, diff)
		}
	}
}

func TestEveryAlertIsInAGroup(t *testing.T) {
	t.Parallel()
	n := 0
	for _, g := range groups(RuleOptions{}) {
		for _, r := range g.Rules {
			if r.Alert != "" {
				n++
			}
		}
	}
	if want := len(Table()); n != want {
		t.Errorf("the rules hold %d of %d alerts", n, want)
	}
}

// The rules load in Prometheus, and fire when they should and not before.
func TestPrometheusAgreesWithTheRules(t *testing.T) {
	t.Parallel()
	promtool(t, "check", "rules", "cx.rules.yml")
	files, err := filepath.Glob("cx.rules*.test.yml")
	if err != nil || len(files) == 0 {
		t.Fatal("there are no unit tests of the rules", err)
	}
	promtool(t, append([]string{"test", "rules"}, files...)...)
}

// Every alert is in the unit tests, and has a page that says what to do.
func TestEveryAlertIsTestedAndHasARunbook(t *testing.T) {
	t.Parallel()
	var tests strings.Builder
	for _, file := range []string{"cx.rules.test.yml", "cx.rules.days.test.yml"} {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		tests.Write(content)
	}
	folder := filepath.Join("..", "docs", "runbooks")
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	pages := map[string]bool{}
	for _, e := range entries {
		pages[e.Name()] = true
	}
	for _, a := range Table() {
		if !strings.Contains(tests.String(), `alertname="`+a.Name+`", alertstate="firing"`) {
			t.Errorf("no test lets %s fire", a.Name)
		}
		page, err := os.ReadFile(filepath.Join(folder, a.Name+".md"))
		if err != nil {
			t.Error(err)
			continue
		}
		delete(pages, a.Name+".md")
		at := 0
		for _, part := range []string{"# " + a.Name + "\n", "\n## What it means\n", "\n## How to read it\n", "\n## What to do first\n"} {
			i := strings.Index(string(page[at:]), part)
			if i < 0 {
				t.Errorf("the page of %s has no %q, or not in its place", a.Name, strings.TrimSpace(part))
				break
			}
			at += i + len(part) - 1
		}
	}
	for name := range pages {
		t.Errorf("%s is the page of no alert", name)
	}
}

func TestTestsMayShortenTheWaits(t *testing.T) {
	t.Parallel()
	got, err := PrometheusRules(RuleOptions{Duration: func(time.Duration) time.Duration { return time.Second }})
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(got), "for: 15m") || !strings.Contains(string(got), "for: 1s") {
		t.Error("the waits are as they were")
	}
}
