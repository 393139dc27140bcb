package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/cx-exporter/cx-exporter/internal/exporter"
)

func TestRoutes(t *testing.T) {
	t.Parallel()
	page := &exporter.Page{}
	waiting := &exporter.Page{Waiting: []string{"orders", "surveys"}}
	broken := &exporter.Page{Err: errors.New("pq: password authentication failed")}
	lifecycle := func(err error) func(*Options) {
		return func(o *Options) {
			o.Lifecycle = true
			o.Reload = func(context.Context) error { return err }
		}
	}
	board := func(o *Options) {
		o.Board = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprintf(w, "the board of %s", r.URL.Path) })
	}
	tests := map[string]struct {
		page         *exporter.Page
		change       func(*Options)
		method, path string
		headers      []string
		status       int
		body         string // a part of it
	}{
		"the board is at the root":                   {page, board, "GET", "/", nil, 200, "the board of /"},
		"the board has a page a KPI":                 {page, board, "GET", "/kpi/answers/csat", nil, 200, "the board of /kpi/answers/csat"},
		"the board brings its style along":           {page, board, "GET", "/board.css", nil, 200, "the board of /board.css"},
		"the board is not for posting":               {page, board, "POST", "/", nil, 405, ""},
		"the process is healthy":                     {waiting, nil, "GET", "/-/healthy", nil, 200, "healthy"},
		"it is not ready before the first runs":      {waiting, nil, "GET", "/-/ready", nil, 503, "waiting for the first run of orders, surveys."},
		"it is ready after the first runs":           {page, nil, "GET", "/-/ready", nil, 200, "ready"},
		"reload is not enabled by default":           {page, nil, "POST", "/-/reload", nil, 403, "--web.enable-lifecycle"},
		"reload by POST":                             {page, lifecycle(nil), "POST", "/-/reload", nil, 200, "loaded"},
		"reload by PUT":                              {page, lifecycle(nil), "PUT", "/-/reload", nil, 200, "loaded"},
		"reload by GET is refused":                   {page, lifecycle(nil), "GET", "/-/reload", nil, 405, ""},
		"a bad configuration is explained":           {page, lifecycle(errors.New("cx.yml:3:5: unknown key")), "POST", "/-/reload", nil, 500, "cx.yml:3:5: unknown key"},
		"reload by another site's page is refused":   {page, lifecycle(nil), "POST", "/-/reload", []string{"Sec-Fetch-Site", "cross-site"}, 403, "cross-origin"},
		"the metrics are not for posting":            {page, nil, "POST", "/metrics", nil, 405, ""},
		"a page that could not be rendered says so":  {broken, nil, "GET", "/metrics", nil, 500, "could not be rendered"},
		"there is nothing behind the board":          {page, nil, "GET", "/favicon.ico", nil, 404, ""},
		"there is no way to the profiles of the run": {page, nil, "GET", "/debug/pprof/heap", nil, 404, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			res, body := ask(t, handler(t, tt.page, tt.change), tt.method, tt.path, tt.headers...)
			if res.StatusCode != tt.status || !strings.Contains(body, tt.body) {
				t.Errorf("got %d and %q, want %d and %q", res.StatusCode, body, tt.status, tt.body)
			}
			if strings.Contains(body, "password") {
				t.Errorf("the answer gives away the cause: %q", body)
			}
			for _, h := range []string{"Content-Security-Policy", "X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy"} {
				if res.Header.Get(h) == "" {
					t.Errorf("header %s is not set", h)
				}
			}
		})
	}
}

func TestProcessMetrics(t *testing.T) {
	t.Parallel()
	h := handler(t, &exporter.Page{}, func(o *Options) { o.Process = ProcessMetrics() })
	res, body := ask(t, h, http.MethodGet, "/metrics")
	for _, want := range []string{"\ngo_goroutines ", "\nprocess_resident_memory_bytes "} {
		if !strings.Contains(body, want) {
			t.Errorf("status %d: %q is missing", res.StatusCode, want)
		}
	}
}
