package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/cx-exporter/cx-exporter/internal/calendar"
	"github.com/cx-exporter/cx-exporter/internal/exporter"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
	"github.com/cx-exporter/cx-exporter/internal/record"
)

// surveys is a collector with a number of series by segment.
func surveys(name string, series int) exporter.Collector {
	s := &exporter.Snapshot{Series: make([]exporter.Series, series)}
	for i := range s.Series {
		s.Series[i] = exporter.Series{
			Metric: "cx_nps_responses", KPI: "nps", Stat: "responses", Window: "30d", Component: true,
			Segment: kpi.Segment{Dimension: "team", Value: fmt.Sprintf("team %d", i)},
			Value:   float64(i) * 1.01, Defined: true,
		}
	}
	return exporter.Collector{
		Name: name, Key: name, Schedule: calendar.Every(time.Minute, 0),
		Interval: time.Minute, Timeout: time.Minute, MaxAge: time.Hour, Windows: []string{"30d"},
		Evaluate: func(context.Context, time.Time) (*exporter.Snapshot, error) { return s, nil },
	}
}

// newExporter makes an exporter that logs nowhere.
func newExporter() *exporter.Exporter {
	return exporter.New(exporter.Options{Now: time.Now, Log: slog.New(slog.DiscardHandler), Build: exporter.Build{Version: "1.2.3"}})
}

// pageOf is the page of some collectors after their first run.
func pageOf(t testing.TB, cs ...exporter.Collector) *exporter.Page {
	t.Helper()
	e := newExporter()
	if _, err := e.Apply(cs); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := e.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	}()
	look, deadline := time.NewTicker(time.Millisecond), time.After(time.Minute)
	defer look.Stop()
	empty := e.Page()
	for {
		select {
		case <-look.C:
			if page := e.Page(); page != empty && len(page.Waiting) == 0 {
				return page
			}
		case <-deadline:
			t.Fatal("the page was not rendered")
		}
	}
}

// process is a process with one metric.
func process() prometheus.Gatherer {
	r := prometheus.NewRegistry()
	c := prometheus.NewCounter(prometheus.CounterOpts{Name: "process_things_total", Help: "Things done."})
	c.Add(3)
	r.MustRegister(c)
	return r
}

// handler makes a handler that shows a page; change may change its options.
func handler(t testing.TB, page *exporter.Page, change func(o *Options)) http.Handler {
	t.Helper()
	o := Options{
		Page: func() *exporter.Page { return page }, Process: process(), Board: http.NotFoundHandler(),
		Reload:  func(context.Context) error { return errors.New("not expected") },
		Now:     func() *exporter.Board { return new(exporter.Board) },
		Goals:   func() []record.Goal { return nil },
		History: func(string) (exporter.History, bool) { return exporter.History{}, false },
		Log:     slog.New(slog.DiscardHandler),
	}
	if change != nil {
		change(&o)
	}
	return New(o)
}

// ask sends a request to a handler. Headers are names and values in turn.
func ask(t testing.TB, h http.Handler, method, path string, headers ...string) (*http.Response, string) {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, path, nil)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	res := w.Result()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(body)
}
