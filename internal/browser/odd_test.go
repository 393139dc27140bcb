package browser_test

import (
	"encoding/json"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"github.com/cx-exporter/cx-exporter/internal/testdb"
)

// odd are names of segments, which whoever writes to a database chooses.
var odd = []string{
	`<img src=x onerror=document.title='caught'>`, `</bdi></table><script>document.title='caught'</script>`, `"quotes" and 'apostrophes' and a back\slash`,
	"שירות לקוחות", "gpj\u202eexe", "👩\u200d🚀 team", strings.Repeat("long ", 60), strings.Repeat("x", 300),
	"{{.Version}} ${HOME} %s", "two\nlines",
}

// oddities starts an exporter with answers of oddly named teams, none of them
// withheld for being small.
func oddities(t *testing.T) *exporter {
	t.Helper()
	db := testdb.SQLite(t)
	db.Exec(t, "CREATE TABLE responses (score INTEGER, responded_at TIMESTAMP NOT NULL, team TEXT)")
	at := time.Now().Add(-time.Hour).UTC().Format("2006-01-02 15:04:05")
	for _, team := range append(odd, "blue") {
		db.Exec(t, "INSERT INTO responses (score, responded_at, team) VALUES "+strings.Join(slices.Repeat([]string{fmt.Sprintf("(5, '%s', '%s')", at, strings.ReplaceAll(team, "'", "''"))}, 40), ", "))
	}
	e := serve(t, fmt.Sprintf(`
sources:
  - {name: db, driver: sqlite, path: %q}
collectors:
  - name: answers
    source: db
    table: responses
    entity: responses
    dimensions: [team]
    windows: [7d]
    kpis: [csat]
`, db.DSN))
	eventually(t, "the values are there", func() error {
		if _, text := e.get("/metrics"); !strings.Contains(text, "\ncx_csat_ratio_by_segment{") {
			return fmt.Errorf("there are no segments in\n%s", text)
		}
		return nil
	})
	return e
}

func TestOddSegmentsInABrowser(t *testing.T) {
	t.Parallel()
	e := oddities(t)
	b := browse(t)
	shown := strings.NewReplacer("\u202e", "\ufffd", "\n", " ") // nothing is turned around, or broken
	for _, width := range []int64{390, 1280} {
		name := fmt.Sprintf("odd-%d", width)
		b.open(e.URL+"/kpi/answers/csat", width, "light")
		segments := evaluated[[]string](b, `[...document.querySelectorAll("th bdi")].map(x => x.textContent.trim())`)
		for _, team := range odd {
			if !slices.Contains(segments, shown.Replace(strings.TrimSpace(team))) {
				t.Errorf("%s does not show %q but %q", name, team, segments)
			}
		}
		if n := evaluated[int](b, `document.querySelectorAll("script, img, [onerror]").length`); n > 0 {
			t.Errorf("%s has %d elements of a segment's name", name, n)
		}
		if title := evaluated[string](b, `document.title`); !strings.Contains(title, "Customer satisfaction") {
			t.Errorf("%s has the title %q", name, title)
		}
		b.fits(name)
		b.shoot(name)
		b.accessible(name)
	}
	b.quiet(e.URL)
}

// What machines read has the names as they are: whoever shows them has to show
// them as text.
func TestOddSegmentsForMachines(t *testing.T) {
	t.Parallel()
	e := oddities(t)
	_, text := e.get("/metrics")
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(strings.NewReader(text))
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	var scraped []string
	for _, m := range families["cx_csat_ratio_by_segment"].GetMetric() {
		for _, l := range m.GetLabel() {
			if l.GetName() == "segment" {
				scraped = append(scraped, l.GetValue())
			}
		}
	}
	check := exec.CommandContext(t.Context(), testdb.Promtool(t), "check", "metrics")
	check.Stdin = strings.NewReader(text)
	if out, err := check.CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("promtool check metrics: %v\n%s", err, out)
	}

	_, text = e.get("/api/v1/kpis")
	var answer struct{ KPIs []struct{ Segment string } }
	if err := json.Unmarshal([]byte(text), &answer); err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	var told []string
	for _, r := range answer.KPIs {
		told = append(told, r.Segment)
	}
	for _, team := range odd {
		if !slices.Contains(scraped, team) {
			t.Errorf("/metrics lacks %q in %q", team, scraped)
		}
		if !slices.Contains(told, team) {
			t.Errorf("the API lacks %q in %q", team, told)
		}
	}
	if strings.ContainsAny(text, "<>") {
		t.Error("the API's answer could be taken for markup")
	}
}
