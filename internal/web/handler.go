// Package web answers HTTP: the metrics page, health, reload and the
// board. It computes nothing and reads no database; everything it shows is in
// memory already. internal/app gives it what to show and serves it.
package web

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/cx-exporter/cx-exporter/internal/exporter"
	"github.com/cx-exporter/cx-exporter/internal/record"
)

// LifecycleFlag is the flag that allows reloading over HTTP.
const LifecycleFlag = "--web.enable-lifecycle"

// Options are what the handler shows and does. All fields are needed.
type Options struct {
	// Page gives the metrics page at once.
	Page func() *exporter.Page
	// Process gives the metrics of the process at each scrape. Their names must
	// not be on the page.
	Process prometheus.Gatherer
	// Lifecycle allows Reload over HTTP.
	Lifecycle bool
	// Reload loads the configuration again. The text of its error is shown to
	// whoever asked, so it must hold no secret and no word of a driver.
	Reload func(ctx context.Context) error
	// Board answers at / and at the pages of KPIs.
	Board http.Handler
	// Now is how the collectors stand, and Goals how the goals do, in the order of
	// the configuration. Neither may wait for anything.
	Now   func() *exporter.Board
	Goals func() []record.Goal
	// History is what is remembered of the runs of a collector, if there is one of
	// that name.
	History func(collector string) (exporter.History, bool)
	Log     *slog.Logger
}

// ProcessMetrics gathers what is known of the Go runtime and of the process.
func ProcessMetrics() prometheus.Gatherer {
	r := prometheus.NewRegistry()
	r.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return r
}

// New makes the handler of all routes.
func New(o Options) http.Handler {
	log := o.Log.With("component", "web")
	mux := http.NewServeMux()
	for _, path := range []string{"/{$}", "/kpi/{collector}/{kpi}", "/board.css", "/icon.svg"} {
		mux.Handle("GET "+path, o.Board)
	}
	mux.Handle("GET /metrics", newMetrics(o.Page, o.Process, log))
	mux.Handle("/api/", newAPI(o, log))
	inside := newDebug(o, log)
	mux.Handle("GET "+debugPath, inside)
	mux.Handle("GET "+debugPath+"/", inside)
	mux.HandleFunc("GET /-/healthy", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, "cx-exporter is healthy.")
	})
	mux.HandleFunc("GET /-/ready", func(w http.ResponseWriter, _ *http.Request) {
		if waiting := o.Page().Waiting; len(waiting) > 0 {
			answer(w, http.StatusServiceUnavailable, "Not ready: waiting for the first run of "+strings.Join(waiting, ", ")+".")
			return
		}
		answer(w, http.StatusOK, "cx-exporter is ready.")
	})
	// A page that a browser shows must not reload the configuration behind its
	// user's back.
	reload := http.NewCrossOriginProtection().Handler(reload(o))
	mux.Handle("POST /-/reload", reload)
	mux.Handle("PUT /-/reload", reload)
	return secure(mux)
}

// reload answers requests to load the configuration again.
func reload(o Options) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if !o.Lifecycle {
			answer(w, http.StatusForbidden, "Reloading over HTTP is not enabled; start with "+LifecycleFlag+" or send SIGHUP.")
			return
		}
		if err := o.Reload(r.Context()); err != nil {
			answer(w, http.StatusInternalServerError, "The configuration was not loaded, the one before stays in use.\n"+err.Error())
			return
		}
		answer(w, http.StatusOK, "The configuration was loaded.")
	}
}

// answer sends a short plain text.
func answer(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	fmt.Fprintln(w, text)
}

// secure sets the headers that keep browsers from doing more with an answer
// than to show it.
func secure(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}
