package browser_test

import (
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/cx-exporter/cx-exporter/internal/demo"
)

// pages are what is looked at, by the name of the pictures, on screens of some
// widths. The past is looked at while they are, so each waits for its own drawings.
var pages = []struct {
	name, path, drawing string
	drawings            int
	widths              []int64
}{
	{"kpi", "/kpi/satisfaction/csat?window=30d", "chart", 1, []int64{390, 1280, 2560}},
	{"customers", "/kpi/subscriptions/churn", "chart", 1, []int64{1280}},
	// Amounts are the longest of what stands beside a chart.
	{"revenue", "/kpi/shop/revenue?window=30d", "chart", 2, []int64{390}},
	{"front", "/", "spark", 20, []int64{390, 1280, 2560}},
}

// The demo's board is looked at on a telephone, a desk and a wall, by day and by
// night.
func TestTheBoardInABrowser(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "company.db")
	if err := demo.Build(t.Context(), path, time.Now(), demo.Options{Years: 2, Customers: 600}); err != nil {
		t.Fatal(err)
	}
	e := serve(t, strings.ReplaceAll(string(demo.Config()), "${"+demo.PathVariable+"}", path))
	b := browse(t)
	eventually(t, "all has been read", func() error {
		if status, text := e.get("/-/ready"); status != http.StatusOK {
			return fmt.Errorf("%d %s", status, text)
		}
		return nil
	})
	shades := map[string]string{}
	for _, page := range pages {
		eventually(t, "the past is on the page "+page.name, func() error {
			_, text := e.get(page.path)
			if n := strings.Count(text, fmt.Sprintf("class=%q", page.drawing)); n < page.drawings {
				return fmt.Errorf("%s has %d of %d drawings: %s", page.path, n, page.drawings, text)
			}
			return nil
		})
		for _, width := range page.widths {
			for _, scheme := range []string{"light", "dark"} {
				shown := fmt.Sprintf("%s-%d-%s", page.name, width, scheme)
				b.open(e.URL+page.path, width, scheme)
				b.fits(shown)
				shades[scheme] = evaluated[string](b, `getComputedStyle(document.body).backgroundColor`)
				b.shoot(shown)
				if page.name == "front" {
					b.shootElement("section[aria-labelledby=goals]", fmt.Sprintf("goals-%d-%s", width, scheme))
				}
				b.accessible(shown)
			}
		}
	}
	if shades["light"] == shades["dark"] {
		t.Errorf("light and dark are both %s", shades["light"])
	}
	showsTheCompany(b, e)
	showsAKPI(b, e)
	worksByKeyboard(b, e)
	leadsSomewhere(b, e)
	b.quiet(e.URL)
}

// showsTheCompany looks for what the front page is for.
func showsTheCompany(b *browser, e *exporter) {
	b.t.Helper()
	b.open(e.URL+"/", 1280, "light")
	b.sees("Customers at a glance", "Goals", "Retention", "Loyalty", "Revenue", "Support", "Your own KPIs", "Churn rate", "Net Promoter Score", "EUR", "within chance", "on track", "The data behind it")
	if n := evaluated[int](b, `document.querySelectorAll("svg.spark").length`); n < 20 {
		b.t.Errorf("only %d cards show their past", n)
	}
	if n := evaluated[int](b, `document.querySelectorAll(".goal .meter").length`); n < 3 {
		b.t.Errorf("only %d goals have a bar", n)
	}
	// What is drawn is drawn: no curve or bar has lost its size.
	if flat := evaluated[int](b, `[...document.querySelectorAll("svg")].filter(x => x.getBoundingClientRect().width < 20 || x.getBoundingClientRect().height < 5).length`); flat > 0 {
		b.t.Errorf("%d drawings cannot be seen", flat)
	}
}

// showsAKPI looks for what the page of a KPI is for.
func showsAKPI(b *browser, e *exporter) {
	b.t.Helper()
	b.open(e.URL+"/kpi/satisfaction/csat?window=30d", 1280, "light")
	b.sees("Customer satisfaction", "30\u00a0days", "The past", "By ", "Segment", "What it is", "Formula", "cx_csat_ratio", "The SQL")
	if n := evaluated[int](b, `document.querySelectorAll("svg.chart circle").length`); n < 6 {
		b.t.Errorf("the chart of the past has only %d points", n)
	}
	// The statements are folded away until somebody asks for them.
	const statement = `document.querySelector("pre").checkVisibility()`
	if evaluated[bool](b, statement) {
		b.t.Error("the statements are not folded away")
	}
	evaluated[int](b, `[...document.querySelectorAll("summary")].map(x => x.click()).length`)
	if !evaluated[bool](b, statement) {
		b.t.Error("the statements cannot be seen when they are asked for")
	}
	b.sees("SELECT")
}

// worksByKeyboard goes through the front page without a mouse.
func worksByKeyboard(b *browser, e *exporter) {
	b.t.Helper()
	b.open(e.URL+"/", 1280, "light")
	// The first stop is the way past the head of the page.
	b.run(chromedp.KeyEvent(kb.Tab))
	if at := evaluated[string](b, `document.activeElement.textContent`); at != "Skip to the content" {
		b.t.Errorf("the first stop is %q", at)
	}
	if left := evaluated[float64](b, `document.activeElement.getBoundingClientRect().left`); left < 0 {
		b.t.Error("the first stop cannot be seen")
	}
	b.run(chromedp.KeyEvent(kb.Enter))
	if at := evaluated[string](b, `document.activeElement.id`); at != "main" {
		b.t.Errorf("it leads to %q", at)
	}
}

// leadsSomewhere follows every link of the pages.
func leadsSomewhere(b *browser, e *exporter) {
	b.t.Helper()
	links := map[string]bool{}
	for _, page := range pages {
		b.open(e.URL+page.path, 1280, "light")
		for _, l := range evaluated[[]string](b, `[...document.querySelectorAll("[href], [src]")].map(a => a.href || a.src)`) {
			links[l] = true
		}
	}
	for link := range links {
		address, fragment, _ := strings.Cut(link, "#")
		if !strings.HasPrefix(address, e.URL+"/") {
			b.t.Errorf("a link leads elsewhere: %s", link)
			continue
		}
		status, body := e.get(strings.TrimPrefix(address, e.URL))
		if status != http.StatusOK || fragment != "" && !strings.Contains(body, `id="`+fragment+`"`) {
			b.t.Errorf("%s leads to %d", link, status)
		}
	}
	if len(links) < 50 {
		b.t.Errorf("only %d links were found", len(links))
	}
}
