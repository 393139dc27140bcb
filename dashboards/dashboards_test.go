package dashboards_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/cog/plugins"
	sdk "github.com/grafana/grafana-foundation-sdk/go/dashboard"

	"github.com/cx-exporter/cx-exporter/config"
	"github.com/cx-exporter/cx-exporter/dashboards"
	"github.com/cx-exporter/cx-exporter/internal/testdb"
)

var update = flag.Bool("update", false, "write the boards anew")

func files(t *testing.T, custom ...dashboards.Custom) []dashboards.File {
	t.Helper()
	all, err := dashboards.Files(custom)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestTheCommittedBoardsAreThoseOfTheCode(t *testing.T) {
	t.Parallel()
	var names []string
	for _, f := range files(t) {
		names = append(names, f.Name)
		if *update {
			if err := os.WriteFile(f.Name, f.Content, 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		old, err := os.ReadFile(f.Name)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(old), string(f.Content)); diff != "" {
			t.Errorf("%s is not what the code says; run go test ./dashboards -update (-file +code):\n%s", f.Name, diff)
		}
	}
	there, err := filepath.Glob("*.json")
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(names)
	if diff := cmp.Diff(names, there); diff != "" {
		t.Errorf("boards (-code +files):\n%s", diff)
	}
}

// Grafana's own types know every field and the type of its value.
func TestGrafanaReadsEveryFieldOfTheBoards(t *testing.T) {
	t.Parallel()
	plugins.RegisterDefaultPlugins()
	read := func(content []byte) string {
		var d sdk.Dashboard //nolint:staticcheck // the boards are written as every Grafana reads them; only new ones read version 2
		err := d.UnmarshalJSONStrict(content)
		if none, ok := err.(cog.BuildErrors); ok && len(none) == 0 { // its way to say nil
			err = d.Validate()
		}
		if err != nil {
			return err.Error()
		}
		return ""
	}
	for _, f := range files(t) {
		if problem := read(f.Content); problem != "" {
			t.Errorf("%s: %s", f.Name, problem)
		}
		for good, bad := range map[string]string{`"graphMode":`: `"graphModus":`, `"mode": "multi"`: `"mode": 3`} {
			if bytes.Contains(f.Content, []byte(good)) && read(bytes.ReplaceAll(f.Content, []byte(good), []byte(bad))) == "" {
				t.Errorf("%s: %s instead of %s is not found, so this test finds nothing", f.Name, bad, good)
			}
		}
	}
}

// The parts of a board that the tests below look at.
type (
	board struct {
		UID         string
		Title       string
		Description string
		Tags        []string
		Panels      []panel
		Links       []link
		Templating  struct{ List []variable }
		Annotations struct {
			List []struct {
				Name, Expr string
				Datasource datasource
			}
		}
	}
	panel struct {
		ID                       int
		Type, Title, Description string
		Repeat                   string
		GridPos                  struct{ H, W, X, Y int }
		Datasource               *datasource
		Links                    []link
		Targets                  []struct {
			RefID, Expr, LegendFormat string
			Datasource                datasource
		}
		FieldConfig struct {
			Defaults struct{ Unit, NoValue string }
		}
	}
	variable   struct{ Name, Type, Query string }
	link       struct{ Title, URL string }
	datasource struct{ Type, UID string }
)

func decoded(t *testing.T, all []dashboards.File) []board {
	t.Helper()
	var out []board
	for _, f := range all {
		var b board
		if err := json.Unmarshal(f.Content, &b); err != nil {
			t.Fatal(err)
		}
		out = append(out, b)
	}
	return out
}

var kinds = []string{"row", "stat", "timeseries", "table", "bargauge", "state-timeline", "text"}

func TestPanelsFillTheGridAndTellWhatTheyAre(t *testing.T) {
	t.Parallel()
	for _, b := range decoded(t, files(t, dashboards.Custom{Metric: "cx_custom_x_ratio", Title: "x", Help: "A share.", Unit: dashboards.Percent})) {
		if len(b.UID) < 8 || len(b.UID) > 40 || b.Description == "" || !slices.Equal(b.Tags, []string{"cx"}) {
			t.Errorf("%s: the uid has 8 to 40 letters, and description and tag are there: %+v", b.Title, b.Tags)
		}
		type cell struct{ x, y int }
		taken, bottom := map[cell]string{}, 0
		ids := map[int]string{}
		for _, p := range b.Panels {
			if other := ids[p.ID]; p.ID < 1 || other != "" {
				t.Errorf("%s: %q has the id %d of %q", b.UID, p.Title, p.ID, other)
			}
			ids[p.ID] = p.Title
			for x := p.GridPos.X; x < p.GridPos.X+p.GridPos.W; x++ {
				for y := p.GridPos.Y; y < p.GridPos.Y+p.GridPos.H; y++ {
					if other := taken[cell{x, y}]; other != "" {
						t.Errorf("%s: %q lies on %q", b.UID, p.Title, other)
					}
					taken[cell{x, y}] = p.Title
				}
			}
			bottom = max(bottom, p.GridPos.Y+p.GridPos.H)
			checkPanel(t, b.UID, p)
		}
		for y := range bottom {
			for x := range 24 {
				if taken[cell{x, y}] == "" {
					t.Errorf("%s: there is a hole at %d, %d", b.UID, x, y)
				}
			}
		}
		if len(taken) != 24*bottom {
			t.Errorf("%s: panels reach beyond the grid", b.UID)
		}
	}
}

func checkPanel(t *testing.T, uid string, p panel) {
	t.Helper()
	if !slices.Contains(kinds, p.Type) || p.Title == "" {
		t.Errorf("%s: %q is a panel of type %q", uid, p.Title, p.Type)
	}
	if p.Type == "row" {
		return
	}
	if !strings.HasSuffix(p.Description, ".") {
		t.Errorf("%s: %q is described by %q", uid, p.Title, p.Description)
	}
	if p.Type == "text" {
		return
	}
	if p.FieldConfig.Defaults.Unit == "" || p.FieldConfig.Defaults.NoValue == "" {
		t.Errorf("%s: %q has no unit, or says nothing where there is no value", uid, p.Title)
	}
	if len(p.Targets) == 0 || p.Datasource == nil || p.Datasource.UID != "${datasource}" {
		t.Errorf("%s: %q asks nothing, or not the chosen data source", uid, p.Title)
	}
	for _, q := range p.Targets {
		if q.Datasource.UID != "${datasource}" || q.Datasource.Type != "prometheus" || q.RefID == "" {
			t.Errorf("%s: %q: query %s does not ask the chosen data source", uid, p.Title, q.RefID)
		}
	}
}

// Every link leads to a board that is there, or to this project.
func TestLinksLeadSomewhere(t *testing.T) {
	t.Parallel()
	all := decoded(t, files(t))
	uids := map[string]bool{}
	for _, b := range all {
		uids[b.UID] = true
	}
	inner := regexp.MustCompile(`/d/([a-z-]+)\?`)
	check := func(where string, url string) {
		if m := inner.FindStringSubmatch(url); m != nil {
			if !uids[m[1]] {
				t.Errorf("%s leads to a board %q", where, m[1])
			}
			return
		}
		path, ok := strings.CutPrefix(url, "https://github.com/cx-exporter/cx-exporter/tree/main/")
		if !ok {
			t.Errorf("%s leads to %q", where, url)
			return
		}
		if _, err := os.Stat(filepath.Join("..", path)); err != nil {
			t.Errorf("%s: %v", where, err)
		}
	}
	for i, f := range files(t) {
		for _, l := range all[i].Links {
			if l.URL != "" {
				check(f.Name, l.URL)
			}
		}
		for _, m := range inner.FindAllString(string(f.Content), -1) {
			check(f.Name, m)
		}
	}
}

// Queries use only variables that the board has, and Prometheus can read them.
func TestPrometheusReadsEveryQuery(t *testing.T) {
	t.Parallel()
	promtool := testdb.Promtool(t)
	var rules strings.Builder
	rules.WriteString("groups:\n- name: boards\n  rules:\n")
	n := 0
	rule := func(expr string) {
		fmt.Fprintf(&rules, "  - {record: 'q%d', expr: %s}\n", n, quoted(t, expr))
		n++
	}
	used := regexp.MustCompile(`\$\{?([a-z_][a-z_0-9]*)`)
	for _, b := range decoded(t, files(t, dashboards.Custom{Metric: "cx_custom_x_ratio", Title: "x"})) {
		known := map[string]bool{}
		for _, v := range b.Templating.List {
			known[v.Name] = true
		}
		substitute := func(expr string) string {
			return used.ReplaceAllStringFunc(expr, func(name string) string {
				if !known[strings.Trim(name, "${")] {
					t.Errorf("%s: %s is no variable of the board: %s", b.UID, name, expr)
				}
				return "x"
			})
		}
		for _, p := range b.Panels {
			for _, q := range p.Targets {
				rule(substitute(q.Expr))
			}
		}
		for _, a := range b.Annotations.List {
			if a.Expr != "" {
				rule(substitute(a.Expr))
			}
		}
	}
	file := filepath.Join(t.TempDir(), "rules.yml")
	if err := os.WriteFile(file, []byte(rules.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), promtool, "check", "rules", "--lint=none", file).CombinedOutput(); err != nil {
		t.Errorf("promtool: %v\n%s", err, out)
	}
	if n < 150 {
		t.Errorf("only %d queries were found", n)
	}
}

func quoted(t *testing.T, s string) string {
	t.Helper()
	b, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// Every family of the reference is on a board by its name. Those of goals and
// custom KPIs may be found by a pattern.
func TestEveryFamilyOfTheReferenceIsOnABoard(t *testing.T) {
	t.Parallel()
	var all strings.Builder
	for _, f := range files(t) {
		all.Write(f.Content)
	}
	boards := all.String()
	names := map[string]bool{}
	for _, name := range regexp.MustCompile(`\bcx_[a-z0-9_]+\b`).FindAllString(boards, -1) {
		names[name] = true
	}
	listed := regexp.MustCompile("(?m)^\\| `(cx_[a-z0-9_]+)`")
	for _, doc := range []string{"kpis.md", "metrics.md"} {
		content, err := os.ReadFile(filepath.Join("..", "docs", doc))
		if err != nil {
			t.Fatal(err)
		}
		found := listed.FindAllStringSubmatch(string(content), -1)
		if len(found) < 10 {
			t.Errorf("%s lists only %d families", doc, len(found))
		}
		for _, m := range found {
			if family := m[1]; !names[family] && !names[family+"_sum"] && !matched(boards, family) {
				t.Errorf("%s of docs/%s is on no board", family, doc)
			}
		}
	}
}

// matched reports whether a pattern of names on the boards finds a family.
func matched(boards, family string) bool {
	for _, m := range regexp.MustCompile(`__name__=~\\"([^"\\]+)\\"`).FindAllStringSubmatch(boards, -1) {
		if regexp.MustCompile("^(?:"+m[1]+")$").MatchString(family) && strings.HasPrefix(m[1], "cx_kpi") {
			return true
		}
	}
	return false
}

func TestCustomKPIsOfAConfigurationHavePanelsOfTheirOwn(t *testing.T) {
	t.Parallel()
	c, err := config.LoadBytes("cx.yml", []byte(`
sources: [{name: db, driver: sqlite, path: x.db}]
collectors:
  - name: checkout
    source: db
    query: SELECT at, ok, seconds FROM carts
    entity: custom
    columns: {at: at}
    windows: [7d]
    kpis:
      - ratio: {name: finished, of: ok, help: Share of checkouts that were finished.}
      - quantile: {name: slow, of: seconds, q: 0.9, unit: seconds}
`), func(string) (string, bool) { return "", false })
	if err != nil {
		t.Fatal(err)
	}
	custom := dashboards.CustomOf(c)
	want := []dashboards.Custom{
		{Metric: "cx_custom_finished_ratio", Title: "Finished", Help: "Share of checkouts that were finished.", Unit: dashboards.Percent},
		{Metric: "cx_custom_slow_seconds", Title: "Slow", Help: "Custom quantile as configured.", Unit: dashboards.Seconds},
	}
	if diff := cmp.Diff(want, custom); diff != "" {
		t.Errorf("custom KPIs (-want +got):\n%s", diff)
	}
	var titles []string
	for _, p := range decoded(t, files(t, custom...))[0].Panels {
		titles = append(titles, p.Title)
	}
	if !slices.Contains(titles, "Finished") || !slices.Contains(titles, "Slow") {
		t.Errorf("the overview has the panels %q", titles)
	}
}
