package web

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/exporter"
)

// failing is what is remembered of a collector that failed once with a text.
func failing(t *testing.T, text string) (*exporter.Exporter, func(o *Options)) {
	t.Helper()
	e := newExporter()
	c := surveys("a", 1)
	c.Evaluate = func(context.Context, time.Time) (*exporter.Snapshot, error) { return nil, errors.New(text) }
	if _, err := e.Apply([]exporter.Collector{c}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	look, deadline := time.NewTicker(time.Millisecond), time.After(time.Minute)
	defer look.Stop()
	for {
		select {
		case <-look.C:
			b := e.Board()
			if h, ok := e.History("a"); ok && len(h.Failed) > 0 && len(b.Standings) > 0 && b.Standings[0].Attempted {
				return e, func(o *Options) { o.Now, o.History = e.Board, e.History }
			}
		case <-deadline:
			t.Fatal("the collector did not run")
		}
	}
}

func TestTextsOfDatabasesAreOnlyReadOnThePagesOfRuns(t *testing.T) {
	t.Parallel()
	for _, text := range nasty {
		t.Run(text[:4], func(t *testing.T) {
			t.Parallel()
			_, change := failing(t, text)
			h := handler(t, &exporter.Page{}, change)
			res, body := ask(t, h, http.MethodGet, "/debug/collectors/a")
			if res.StatusCode != http.StatusOK || !strings.Contains(html.UnescapeString(body), visible(strings.ReplaceAll(text, "\x00", "\\x00"))) && !strings.Contains(html.UnescapeString(body), visible(text)) {
				t.Errorf("status %d, and the text is not on the page:\n%s", res.StatusCode, body)
			}
			if strings.Contains(body, "<script") || strings.ContainsAny(body, "\u202e\u202c\x00") {
				t.Errorf("the text does more than to be read:\n%s", body)
			}
			style := regexp.MustCompile(`(?s)<style>(.*)</style>`).FindStringSubmatch(body)
			if style == nil {
				t.Fatal("there is no style")
			}
			sum := sha256.Sum256([]byte(style[1]))
			policy := res.Header.Get("Content-Security-Policy")
			if !strings.Contains(policy, "style-src 'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'") || strings.Contains(policy, "unsafe") || strings.Contains(policy, "script-src") {
				t.Errorf("the policy is %s", policy)
			}
		})
	}
}

func TestTheListOfCollectorsTellsHowTheyStand(t *testing.T) {
	t.Parallel()
	b := spoken()
	b.Standings[0].Collector.Name = "an<swers"
	h := handler(t, &exporter.Page{}, func(o *Options) { o.Now = func() *exporter.Board { return b } })
	res, body := ask(t, h, http.MethodGet, "/debug/collectors")
	if res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != "text/html; charset=utf-8" {
		t.Errorf("status %d, %v", res.StatusCode, res.Header)
	}
	for _, want := range []string{
		`<a href="collectors/an%3cswers">an&lt;swers</a>`, "failed: connect", `shop <span class="bad">down</span>`, "has not ended yet",
		"2026-03-01 12:00:00 UTC", "1.5s", "&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt;",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("%s is not in\n%s", want, body)
		}
	}
	for method, path := range map[string]string{"GET": "/debug/collectors/nobody", "POST": "/debug/collectors", "HEAD": "/debug/collectors/a/b"} {
		if res, _ := ask(t, h, method, path); res.StatusCode/100 != 4 {
			t.Errorf("%s %s: status %d", method, path, res.StatusCode)
		}
	}
}

func TestRunsAreToldInWords(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		time.Minute: "1m", 90 * time.Second: "1m30s", time.Hour: "1h", 90 * time.Minute: "1h30m", 24 * time.Hour: "24h",
		10 * time.Minute: "10m", 20 * time.Hour: "20h", 30 * time.Second: "30s", time.Hour + time.Second: "1h0m1s",
	} {
		if got := period(d); got != want {
			t.Errorf("%s: got %q, want %q", d, got, want)
		}
	}
	for n, want := range map[int]string{0: "0 statements", 1: "1 statement", 2: "2 statements"} {
		if got := counted(n); got != want {
			t.Errorf("%d: got %q, want %q", n, got, want)
		}
	}
}
