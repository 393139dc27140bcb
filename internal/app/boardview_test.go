package app_test

import (
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/cx-exporter/cx-exporter/internal/demo"
	"github.com/cx-exporter/cx-exporter/internal/testdb"
)

// TestTheBoardInABrowser looks at the demo's board as people do: on a telephone,
// a desk and a wall, by day and by night.
func TestTheBoardInABrowser(t *testing.T) {
	t.Parallel()
	if raced {
		t.Skip("the demo's past takes too long with the race detector: make browser")
	}
	path := filepath.Join(t.TempDir(), "company.db")
	if err := demo.Build(t.Context(), path, time.Now(), demo.Options{Years: 2, Customers: 600}); err != nil {
		t.Fatal(err)
	}
	r := start(t, strings.ReplaceAll(string(demo.Config()), "${"+demo.PathVariable+"}", path), func(s *settings) { s.history = true })
	within(t, 4*patience, "all has been read", func() error {
		if status, text := r.get("/-/ready"); status != http.StatusOK {
			return fmt.Errorf("%d %s", status, text)
		}
		for _, path := range []string{"/kpi/satisfaction/csat", "/kpi/subscriptions/churn", "/kpi/shop/revenue"} {
			if _, text := r.get(path); !strings.Contains(text, `class="chart"`) {
				return fmt.Errorf("%s shows no past: %s", path, r.log.lines("past"))
			}
		}
		return nil
	})
	b := browse(t)
	pages := map[string]string{"front": "/", "kpi": "/kpi/satisfaction/csat?window=30d", "customers": "/kpi/subscriptions/churn"}
	shades := map[string]string{}
	for name, page := range pages {
		for _, width := range []int64{390, 1280, 2560} {
			for _, scheme := range []string{"light", "dark"} {
				shown := fmt.Sprintf("%s-%d-%s", name, width, scheme)
				b.open(r.url+page, width, scheme)
				if over := evaluated[int](b, `document.documentElement.scrollWidth - window.innerWidth`); over > 0 {
					t.Errorf("%s is %d pixels too wide", shown, over)
				}
				if n := evaluated[int](b, `document.querySelectorAll("h1").length`); n != 1 {
					t.Errorf("%s has %d headings of the first rank", shown, n)
				}
				shades[scheme] = evaluated[string](b, `getComputedStyle(document.body).backgroundColor`)
				b.shoot(shown)
				if name == "front" {
					b.shootElement("section[aria-labelledby=goals]", fmt.Sprintf("goals-%d-%s", width, scheme))
				}
				b.accessible(shown)
			}
		}
	}
	if shades["light"] == shades["dark"] {
		t.Errorf("light and dark are both %s", shades["light"])
	}

	b.open(r.url+"/", 1280, "light")
	text := evaluated[string](b, `document.body.innerText`)
	for _, want := range []string{"Customers at a glance", "Goals", "Retention", "Loyalty", "Revenue", "Support", "Your own KPIs", "Churn rate", "Net Promoter Score", "EUR", "within chance", "on track"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not visible in\n%s", want, text)
		}
	}
	if n := evaluated[int](b, `document.querySelectorAll("svg.spark").length`); n < 10 {
		t.Errorf("only %d cards show their past", n)
	}
	// By keyboard, the first stop is the way past the head of the page.
	b.run(chromedp.KeyEvent(kb.Tab))
	if at := evaluated[string](b, `document.activeElement.textContent`); at != "Skip to the content" {
		t.Errorf("the first stop is %q", at)
	}
	if left := evaluated[float64](b, `document.activeElement.getBoundingClientRect().left`); left < 0 {
		t.Error("the first stop cannot be seen")
	}
	b.run(chromedp.KeyEvent(kb.Enter))
	if at := evaluated[string](b, `document.activeElement.id`); at != "main" {
		t.Errorf("it leads to %q", at)
	}
	links := map[string]bool{}
	for _, page := range pages {
		b.open(r.url+page, 1280, "light")
		for _, l := range evaluated[[]string](b, `[...document.querySelectorAll("[href]")].map(a => a.href)`) {
			links[l] = true
		}
	}
	for link := range links {
		address, fragment, _ := strings.Cut(link, "#")
		if !strings.HasPrefix(address, r.url+"/") {
			t.Errorf("a link leads elsewhere: %s", link)
			continue
		}
		status, body := r.get(strings.TrimPrefix(address, r.url))
		if status != http.StatusOK || fragment != "" && !strings.Contains(body, `id="`+fragment+`"`) {
			t.Errorf("%s leads to %d", link, status)
		}
	}
	if len(links) < 50 {
		t.Errorf("only %d links were found", len(links))
	}
	b.quiet(r.url)
}

// Segments are named by whoever writes to the database.
func TestTheBoardShowsOddSegmentsInABrowser(t *testing.T) {
	t.Parallel()
	db := testdb.SQLite(t)
	survey(t, db)
	odd := []string{
		`<img src=x onerror=document.title='caught'>`, `</bdi></table><script>document.title='caught'</script>`, `"quotes" and 'apostrophes'`,
		"שירות לקוחות", "gpj\u202eexe", "👩\u200d🚀 team", strings.Repeat("long ", 60), strings.Repeat("x", 300),
	}
	for _, team := range append(odd, "blue") { // none is withheld for being small
		db.Exec(t, "INSERT INTO responses (score, responded_at, team) VALUES "+strings.Join(slices.Repeat([]string{fmt.Sprintf("(5, '%s', '%s')", ago(time.Hour), strings.ReplaceAll(team, "'", "''"))}, 40), ", "))
	}
	r := start(t, cx(source(db), strings.Replace(answers, "    windows: [7d]\n", "    windows: [7d]\n    dimensions: [team]\n", 1)))
	r.until("the values are there", above(0, csat))
	b := browse(t)
	for _, width := range []int64{390, 1280} {
		shown := fmt.Sprintf("odd-%d", width)
		b.open(r.url+"/kpi/answers/csat", width, "light")
		for _, team := range odd {
			seen := strings.ReplaceAll(strings.TrimSpace(team), "\u202e", "\ufffd")
			if !slices.Contains(evaluated[[]string](b, `[...document.querySelectorAll("th bdi")].map(x => x.textContent.trim())`), seen) {
				t.Errorf("%s does not show %q", shown, team)
			}
		}
		if n := evaluated[int](b, `document.querySelectorAll("script, img, [onerror]").length`); n > 0 {
			t.Errorf("%s has %d elements of a segment's name", shown, n)
		}
		if title := evaluated[string](b, `document.title`); !strings.Contains(title, "Customer satisfaction") {
			t.Errorf("%s has the title %q", shown, title)
		}
		if over := evaluated[int](b, `document.documentElement.scrollWidth - window.innerWidth`); over > 0 {
			t.Errorf("%s is %d pixels too wide", shown, over)
		}
		b.shoot(shown)
		b.accessible(shown)
	}
	b.quiet(r.url)
}
