package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"github.com/cx-exporter/cx-exporter/internal/calendar"
	"github.com/cx-exporter/cx-exporter/internal/exporter"
)

// storm is a set of collectors that run every few milliseconds: one that is
// well, one whose definition changes with each reload, one that fails at times
// and one that panics at times. Each value of a run is the same in all its
// series, so that a page which mixes two runs is found out.
func storm(generation int64, size int) []exporter.Collector {
	names := []string{"well", fmt.Sprintf("new%d", generation%3), "changing", "failing", "panicking"}
	out := make([]exporter.Collector, len(names))
	for i, name := range names {
		c := surveys(name, size)
		c.Schedule = calendar.Every(5*time.Millisecond, time.Duration(i)*time.Millisecond)
		c.Interval, c.Timeout = 5*time.Millisecond, time.Second
		if name == "changing" {
			c.Key = fmt.Sprint(name, generation)
		}
		c.Evaluate = func(ctx context.Context, _ time.Time) (*exporter.Snapshot, error) {
			luck := rand.IntN(4) == 0
			switch {
			case luck && name == "failing":
				return nil, errors.New("server closed the connection")
			case luck && name == "panicking":
				panic("a defect")
			}
			s, value := &exporter.Snapshot{Statements: 1}, rand.Float64()
			for j := range size {
				s.Series = append(s.Series, exporter.Series{
					Metric: "cx_nps_score", KPI: "nps", Stat: "score", Window: fmt.Sprintf("%dd", j), Value: value, Defined: true, Samples: 10,
				})
			}
			return s, ctx.Err()
		}
		out[i] = c
	}
	return out
}

// TestStorm scrapes, refreshes and reloads at the same time. Every page must
// be whole, and afterwards nothing may run.
func TestStorm(t *testing.T) {
	t.Parallel()
	const size = 50
	e := newExporter()
	if _, err := e.Apply(storm(0, size)); err != nil {
		t.Fatal(err)
	}
	var generation, scrapes, values atomic.Int64
	server := httptest.NewServer(handler(t, nil, func(o *Options) {
		o.Page, o.Lifecycle = e.Page, true
		o.Reload = func(ctx context.Context) error {
			g := generation.Add(1)
			drained, err := e.Apply(storm(g, size))
			e.Reloaded(err == nil)
			if err != nil {
				return err
			}
			select {
			case <-drained:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		}
	}))
	t.Cleanup(server.Close)

	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	var clients sync.WaitGroup
	for range 4 {
		clients.Go(func() {
			for ctx.Err() == nil {
				values.Add(int64(scrapeWhole(t, server, size)))
				scrapes.Add(1)
			}
		})
	}
	for range 2 {
		clients.Go(func() {
			for ctx.Err() == nil {
				res, err := server.Client().Post(server.URL+"/-/reload", "", nil)
				if err != nil {
					t.Error(err)
					return
				}
				_ = res.Body.Close()
				if res.StatusCode != http.StatusOK {
					t.Errorf("reload: status %d", res.StatusCode)
				}
			}
		})
	}
	clients.Wait()
	end, done := context.WithTimeout(context.Background(), 10*time.Second)
	defer done()
	if err := e.Stop(end); err != nil {
		t.Error(err)
	}
	t.Logf("%d scrapes with %d values during %d reloads", scrapes.Load(), values.Load(), generation.Load())
	if scrapes.Load() == 0 || values.Load() == 0 || generation.Load() == 0 {
		t.Error("that was no storm")
	}
}

// scrapeWhole scrapes, and checks that each collector's values are from one run
// and complete. It returns their number.
func scrapeWhole(t *testing.T, server *httptest.Server, size int) int {
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+"/metrics", nil)
	if err != nil {
		t.Error(err)
		return 0
	}
	res, err := server.Client().Do(r) // the client asks for gzip and unpacks it
	if err != nil {
		t.Error(err)
		return 0
	}
	defer res.Body.Close()
	var body bytes.Buffer
	if _, err := body.ReadFrom(res.Body); err != nil {
		t.Error(err)
		return 0
	}
	parser := expfmt.NewTextParser(model.LegacyValidation)
	all, err := parser.TextToMetricFamilies(&body)
	if err != nil {
		t.Errorf("the page cannot be read: %v", err)
		return 0
	}
	runs := map[string][]float64{}
	for _, m := range all["cx_nps_score"].GetMetric() {
		for _, l := range m.GetLabel() {
			if l.GetName() == "collector" {
				runs[l.GetValue()] = append(runs[l.GetValue()], m.GetGauge().GetValue())
			}
		}
	}
	n := 0
	for name, values := range runs {
		n += len(values)
		for _, v := range values {
			if v != values[0] || len(values) != size {
				t.Errorf("collector %s shows parts of runs: %v", name, values)
				break
			}
		}
	}
	return n
}
