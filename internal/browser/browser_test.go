// Package browser_test looks at the exporter's page as people do: the shipped
// program, in a real browser. The program is built without the race detector,
// with which the past of a company would take minutes.
package browser_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/cx-exporter/cx-exporter/internal/testdb"
)

// browser is a real one, without a screen.
type browser struct {
	t   *testing.T
	ctx context.Context
	axe string

	mu sync.Mutex
	// complaints are what the page has the browser complain of, and asked the
	// addresses that it had it ask.
	complaints, asked []string
}

// browse starts a browser for one test.
func browse(t *testing.T) *browser {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(testdb.Chromium(t)), chromedp.NoSandbox, chromedp.UserDataDir(t.TempDir()))
	ctx, cancel := context.WithTimeout(context.Background(), 8*time.Minute)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	axe, err := os.ReadFile(filepath.Join("testdata", "axe", "axe.min.js"))
	if err != nil {
		t.Fatal(err)
	}
	b := &browser{t: t, ctx: ctx, axe: string(axe)}
	b.run() // starts it
	if err := chromedp.Listen(ctx, b.hear); err != nil {
		t.Fatal(err)
	}
	call(b, network.Enable, network.EnableParams{})
	call(b, log.Enable, cdp.Empty{})
	call(b, runtime.Enable, cdp.Empty{})
	return b
}

// hear keeps what a page should not do.
func (b *browser) hear(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		b.asked = append(b.asked, e.Request.URL)
	case *log.EventEntryAdded:
		b.complaints = append(b.complaints, fmt.Sprintf("%s: %s %s", e.Entry.Level, e.Entry.Text, e.Entry.URL))
	case *runtime.EventConsoleAPICalled:
		b.complaints = append(b.complaints, fmt.Sprintf("console.%s", e.Type))
	case *runtime.EventExceptionThrown:
		b.complaints = append(b.complaints, e.ExceptionDetails.Text)
	}
}

func (b *browser) run(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, actions...); err != nil {
		b.t.Fatal(err)
	}
}

// call sends a command to the page.
func call[P, R any](b *browser, command cdp.Command[P, R], params P) {
	b.t.Helper()
	if _, err := chromedp.Call(b.ctx, command, params); err != nil {
		b.t.Fatal(err)
	}
}

// open opens a page as a screen of some width shows it.
func (b *browser) open(url string, width int64, scheme string) {
	b.t.Helper()
	call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
	b.run(chromedp.EmulateViewport(width, 900), chromedp.Navigate(url))
}

// evaluated is the value of an expression in the page.
func evaluated[T any](b *browser, expression string) T {
	b.t.Helper()
	out, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatal(err)
	}
	return out
}

// sees looks for texts that are visible on the page.
func (b *browser) sees(wanted ...string) {
	b.t.Helper()
	text := evaluated[string](b, `document.body.innerText`)
	for _, want := range wanted {
		if !strings.Contains(text, want) {
			b.t.Errorf("%q is not visible in\n%s", want, text)
		}
	}
}

// fits fails the test if the page is wider than the screen, if something of it
// stands out of what holds it, or if it needs scripts.
func (b *browser) fits(name string) {
	b.t.Helper()
	if over := evaluated[int](b, `document.documentElement.scrollWidth - window.innerWidth`); over > 0 {
		b.t.Errorf("%s is %d pixels too wide", name, over)
	}
	for _, out := range evaluated[[]string](b, `[...document.querySelectorAll(".card *, .badge, .choices a, .alarm, .movements *, .chart text")].filter(x => {
		const holder = x.closest(".card, .movements, .chart") ?? document.body, inner = x.getBoundingClientRect(), outer = holder.getBoundingClientRect();
		return !x.closest(".sr") && inner.width > 0 && (inner.right > outer.right + 1 || inner.left < outer.left - 1);
	}).map(x => x.outerHTML.slice(0, 200))`) {
		b.t.Errorf("%s: this stands out of what holds it: %s", name, out)
	}
	if n := evaluated[int](b, `document.querySelectorAll("h1").length`); n != 1 {
		b.t.Errorf("%s has %d headings of the first rank", name, n)
	}
	if n := evaluated[int](b, `document.scripts.length`); n != 0 {
		b.t.Errorf("%s has %d scripts", name, n)
	}
}

// shoot keeps a picture of the whole page; -artifacts keeps it for longer.
func (b *browser) shoot(name string) {
	b.t.Helper()
	png, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(100))
	if err != nil {
		b.t.Fatal(err)
	}
	b.keep(name, png)
}

// shootElement keeps a picture of a part of the page.
func (b *browser) shootElement(selector, name string) {
	b.t.Helper()
	png, err := chromedp.Run(b.ctx, chromedp.Screenshot(chromedp.CSS(selector)))
	if err != nil {
		b.t.Fatal(err)
	}
	b.keep(name, png)
}

// keep writes a picture.
func (b *browser) keep(name string, png []byte) {
	b.t.Helper()
	if err := os.WriteFile(filepath.Join(b.t.ArtifactDir(), name+".png"), png, 0o600); err != nil {
		b.t.Fatal(err)
	}
}

// accessible has axe look at the page, which must find nothing serious.
func (b *browser) accessible(name string) {
	b.t.Helper()
	b.run(chromedp.Evaluate[chromedp.Void](b.axe))
	found := evaluated[string](b,
		`axe.run(document, {resultTypes: ["violations"]}).then(r => JSON.stringify(r.violations.map(v => ({id: v.id, impact: v.impact, help: v.help, nodes: v.nodes.slice(0, 5).map(n => n.html + " " + n.failureSummary)}))))`)
	var violations []struct {
		ID, Impact, Help string
		Nodes            []string
	}
	if err := json.Unmarshal([]byte(found), &violations); err != nil {
		b.t.Fatal(err)
	}
	for _, v := range violations {
		text := fmt.Sprintf("%s: %s: %s (%s)\n%s", name, v.Impact, v.Help, v.ID, strings.Join(v.Nodes, "\n"))
		if v.Impact == "serious" || v.Impact == "critical" {
			b.t.Error(text)
		} else {
			b.t.Log(text)
		}
	}
}

// quiet fails the test if a page had the browser complain, or ask another host.
func (b *browser) quiet(url string) {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, c := range b.complaints {
		b.t.Errorf("the browser complains: %s", c)
	}
	for _, a := range b.asked {
		if !strings.HasPrefix(a, url+"/") {
			b.t.Errorf("a page asks for %s", a)
		}
	}
	if len(b.asked) == 0 {
		b.t.Error("no request was seen, so nothing is known of them")
	}
}
