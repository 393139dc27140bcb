//go:build unix

package web

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// series is the size of the page in benchmarks.
const series = 10_000

// BenchmarkScrape compares the CPU time of one scrape of the rendered page with
// one of client_golang's own handler, which shows the same series as constant
// metrics. Both send the metrics of the process too, and gzip as Prometheus
// asks for it. It fails if the page is not at least 8 times cheaper.
func BenchmarkScrape(b *testing.B) {
	page := pageOf(b, surveys("a", series))
	ours := handler(b, page, func(o *Options) { o.Process = ProcessMetrics() })
	theirs := promhttp.HandlerFor(constants(series), promhttp.HandlerOpts{EnableOpenMetrics: true})
	costs := map[string]float64{}
	for _, side := range []struct {
		name    string
		handler http.Handler
	}{{"rendered page", ours}, {"promhttp", theirs}} {
		b.Run(side.name, func(b *testing.B) {
			w := &sink{header: http.Header{}}
			r := scrapeRequest()
			side.handler.ServeHTTP(w, r) // fills the pools
			w.bytes = 0
			b.ReportAllocs()
			begun := cpuTime(b)
			for b.Loop() {
				side.handler.ServeHTTP(w, r)
			}
			cpu := float64(cpuTime(b)-begun) / float64(b.N)
			b.ReportMetric(cpu, "cpu-ns/op")
			b.ReportMetric(float64(w.bytes)/float64(b.N), "bytes/op")
			costs[side.name] = cpu
		})
	}
	b.Run("ratio", func(b *testing.B) {
		for b.Loop() {
		}
		if len(costs) < 2 {
			b.Skip("the two sides were not both run")
		}
		ratio := costs["promhttp"] / costs["rendered page"]
		b.ReportMetric(ratio, "times-cheaper")
		b.ReportMetric(0, "ns/op")
		if ratio < 8 {
			b.Errorf("a scrape of the page costs %.0f ns of CPU, one of promhttp %.0f: %.1f times cheaper, want 8", costs["rendered page"], costs["promhttp"], ratio)
		}
	})
}

// scrapeRequest asks as Prometheus 3 does.
func scrapeRequest() *http.Request {
	r := httptest.NewRequest(http.MethodGet, "/metrics", nil)
	r.Header.Set("Accept", "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1")
	r.Header.Set("Accept-Encoding", "gzip")
	return r
}

// constants is a registry with the series of surveys and those of the process.
func constants(n int) *prometheus.Registry {
	desc := prometheus.NewDesc("cx_nps_responses_by_segment", "A value of a collector. By segment.", []string{"collector", "dimension", "segment", "window"}, nil)
	all := make(constant, n)
	for i := range all {
		all[i] = prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, float64(i)*1.01, "a", "team", fmt.Sprintf("team %d", i), "30d")
	}
	r := prometheus.NewRegistry()
	r.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), all)
	return r
}

// constant is a collector of metrics that are made already.
type constant []prometheus.Metric

// Describe implements prometheus.Collector.
func (c constant) Describe(ch chan<- *prometheus.Desc) { ch <- c[0].Desc() }

// Collect implements prometheus.Collector.
func (c constant) Collect(ch chan<- prometheus.Metric) {
	for _, m := range c {
		ch <- m
	}
}

// sink is a connection whose other side takes everything.
type sink struct {
	header http.Header
	bytes  int
}

func (s *sink) Header() http.Header         { return s.header }
func (s *sink) WriteHeader(int)             {}
func (s *sink) Write(p []byte) (int, error) { s.bytes += len(p); return len(p), nil }

// cpuTime is the time that all cores spent on this process.
func cpuTime(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// TestTheBenchmarkComparesTheSameSeries makes sure that both sides of
// BenchmarkScrape send the same values.
func TestTheBenchmarkComparesTheSameSeries(t *testing.T) {
	t.Parallel()
	const n = 20
	_, ours := ask(t, handler(t, pageOf(t, surveys("a", n)), nil), http.MethodGet, "/metrics")
	_, theirs := ask(t, promhttp.HandlerFor(constants(n), promhttp.HandlerOpts{}), http.MethodGet, "/metrics")
	for i := range n {
		line := fmt.Sprintf("\ncx_nps_responses_by_segment{collector=\"a\",dimension=\"team\",segment=\"team %d\",window=\"30d\"} %s\n", i, strconv.FormatFloat(float64(i)*1.01, 'g', -1, 64))
		if !strings.Contains(ours, line) || !strings.Contains(theirs, line) {
			t.Errorf("line %q: ours %v, promhttp %v", line, strings.Contains(ours, line), strings.Contains(theirs, line))
		}
	}
}
