package web

import (
	"bytes"
	"compress/gzip"
	"errors"
	"flag"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"github.com/cx-exporter/cx-exporter/internal/exporter"
)

var update = flag.Bool("update", false, "rewrite the golden files under testdata")

const (
	text        = "text/plain; version=0.0.4; charset=utf-8; escaping="
	openMetrics = "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping="
	oldMetrics  = "application/openmetrics-text; version=0.0.1; charset=utf-8; escaping="
)

func TestNegotiation(t *testing.T) {
	t.Parallel()
	h := handler(t, pageOf(t, surveys("a", 3)), nil)
	tests := map[string]struct {
		accept, encoding string
		contentType      string
		gzip             bool
	}{
		"nothing asked for":                     {"", "", text + "underscores", false},
		"a browser":                             {"text/html,application/xhtml+xml,*/*;q=0.8", "gzip, deflate, br, zstd", text + "underscores", true},
		"curl":                                  {"*/*", "", text + "underscores", false},
		"something we do not have":              {"application/json", "gzip", text + "underscores", true},
		"Prometheus 2.42":                       {"application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1", "gzip", openMetrics + "underscores", true},
		"Prometheus 3":                          {"application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1", "gzip", openMetrics + "allow-utf-8", true},
		"Prometheus 3 with native histograms":   {"application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.6,application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,text/plain;version=0.0.4;q=0.2", "gzip", openMetrics + "allow-utf-8", true},
		"OpenMetrics without a version":         {"application/openmetrics-text", "", oldMetrics + "underscores", false},
		"a version of OpenMetrics to come":      {"application/openmetrics-text;version=3.0.0,text/plain;version=0.0.4;q=0.5", "", text + "underscores", false},
		"text rather than OpenMetrics":          {"text/plain;version=0.0.4;q=0.9,application/openmetrics-text;version=1.0.0;q=0.5", "", text + "underscores", false},
		"text with dots for unusual characters": {"text/plain;version=0.0.4;escaping=dots", "", text + "dots", false},
		"an escaping that is unknown":           {"text/plain;version=0.0.4;escaping=morse", "", text + "underscores", false},
		"gzip with a weight":                    {"text/plain", "gzip;q=0.5", text + "underscores", true},
		"gzip refused":                          {"text/plain", "gzip;q=0", text + "underscores", false},
		"gzip in capitals with blanks":          {"text/plain", " deflate , GZIP ; q=1.0 ", text + "underscores", true},
		"plain rather than gzip":                {"text/plain", "gzip;q=0.5, identity", text + "underscores", false},
		"gzip rather than plain":                {"text/plain", "identity;q=0.5, gzip;q=0.8", text + "underscores", true},
		"a star alone":                          {"text/plain", "*", text + "underscores", false},
		"encodings that we do not have":         {"text/plain", "br, zstd", text + "underscores", false},
		"a weight that is no number":            {"text/plain", "gzip;q=much", text + "underscores", false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var headers []string
			if tt.accept != "" {
				headers = append(headers, "Accept", tt.accept)
			}
			if tt.encoding != "" {
				headers = append(headers, "Accept-Encoding", tt.encoding)
			}
			res, body := ask(t, h, http.MethodGet, "/metrics", headers...)
			if got := res.Header.Get("Content-Type"); got != tt.contentType {
				t.Errorf("content type %q, want %q", got, tt.contentType)
			}
			if got := res.Header.Get("Content-Encoding") == "gzip"; got != tt.gzip {
				t.Errorf("gzip is %v, want %v", got, tt.gzip)
			}
			if vary := strings.Join(res.Header.Values("Vary"), ","); vary != "Accept,Accept-Encoding" {
				t.Errorf("Vary is %q", vary)
			}
			if got := res.Header.Get("Content-Length"); got != strconv.Itoa(len(body)) {
				t.Errorf("content length %s, want %d", got, len(body))
			}
			plain := []byte(body)
			if tt.gzip {
				plain = unpack(t, plain)
			}
			checkBody(t, expfmt.Format(tt.contentType), string(plain))
		})
	}
}

// unpack reads one gzip member, and refuses anything behind it: many clients
// would not see it.
func unpack(t *testing.T, packed []byte) []byte {
	t.Helper()
	in := bytes.NewReader(packed)
	r, err := gzip.NewReader(in)
	if err != nil {
		t.Fatal(err)
	}
	r.Multistream(false)
	plain, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	if in.Len() > 0 {
		t.Errorf("%d bytes follow the gzip member", in.Len())
	}
	return plain
}

func checkBody(t *testing.T, format expfmt.Format, body string) {
	t.Helper()
	ends := 0
	if format.FormatType() == expfmt.TypeOpenMetrics {
		ends = 1
	}
	if strings.Count(body, "# EOF\n") != ends || ends == 1 && !strings.HasSuffix(body, "# EOF\n") {
		t.Errorf("want %d end markers, at the end:\n%s", ends, body)
	}
	for _, want := range []string{`cx_nps_responses_by_segment{collector="a",dimension="team",segment="team 2",window="30d"} 2.02`, "process_things_total 3"} {
		if !strings.Contains(body, want) {
			t.Errorf("%q is missing in:\n%s", want, body)
		}
	}
}

func TestHeadHasTheHeadersOfGet(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(handler(t, pageOf(t, surveys("a", 3)), nil))
	t.Cleanup(server.Close)
	headers := map[string]http.Header{}
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		r, err := http.NewRequestWithContext(t.Context(), method, server.URL+"/metrics", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Accept-Encoding", "gzip")
		res, err := server.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if err != nil || res.StatusCode != http.StatusOK || (len(body) == 0) != (method == http.MethodHead) {
			t.Errorf("%s: %v, status %d, %d bytes", method, err, res.StatusCode, len(body))
		}
		res.Header.Del("Date")
		headers[method] = res.Header
	}
	if diff := cmp.Diff(headers[http.MethodGet], headers[http.MethodHead]); diff != "" {
		t.Errorf("headers differ (-GET +HEAD):\n%s", diff)
	}
}

func TestMetricsGolden(t *testing.T) {
	t.Parallel()
	page := pageOf(t, surveys("a", 2))
	for file, accept := range map[string]string{"metrics.txt": "text/plain", "metrics.openmetrics": "application/openmetrics-text;version=1.0.0"} {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			_, body := ask(t, handler(t, page, nil), http.MethodGet, "/metrics", "Accept", accept)
			body = stable(body)
			file := filepath.Join("testdata", file)
			if *update {
				if err := os.WriteFile(file, []byte(body), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), body); diff != "" {
				t.Errorf("page differs from %s (-want +got):\n%s", file, diff)
			}
		})
	}
}

// stable leaves out the samples that depend on the clock.
func stable(body string) string {
	var kept []string
	for line := range strings.Lines(body) {
		if !strings.HasPrefix(line, "cx_collector_duration_seconds{") && !strings.HasPrefix(line, "cx_collector_last_success_timestamp_seconds{") {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "")
}

func TestRealClientsReadBothParts(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(handler(t, pageOf(t, surveys("a", 500)), nil))
	t.Cleanup(server.Close)
	curl, err := exec.LookPath("curl")
	if err != nil {
		t.Skip("curl is not installed")
	}
	for name, args := range map[string][]string{"plain": nil, "compressed": {"--compressed"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			args := append([]string{"--silent", "--show-error", "--fail", "--header", "Accept: text/plain", server.URL + "/metrics"}, args...)
			out, err := exec.CommandContext(t.Context(), curl, args...).CombinedOutput()
			if err != nil {
				t.Fatalf("curl: %v\n%s", err, out)
			}
			parser := expfmt.NewTextParser(model.LegacyValidation)
			all, err := parser.TextToMetricFamilies(bytes.NewReader(out))
			if err != nil {
				t.Fatal(err)
			}
			if n := len(all["cx_nps_responses_by_segment"].GetMetric()); n != 500 || all["process_things_total"] == nil {
				t.Errorf("%d series and process %v, want 500 and one", n, all["process_things_total"])
			}
		})
	}
}

func TestAProcessThatCannotBeReadSpoilsNothing(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	h := handler(t, pageOf(t, surveys("a", 3)), func(o *Options) {
		o.Log = slog.New(slog.NewTextHandler(&log, nil))
		o.Process = prometheus.GathererFunc(func() ([]*dto.MetricFamily, error) {
			some, _ := process().Gather()
			return some, errors.New("no /proc here")
		})
	})
	for range 3 {
		_, body := ask(t, h, http.MethodGet, "/metrics", "Accept", "application/openmetrics-text;version=1.0.0")
		checkBody(t, expfmt.FmtOpenMetrics_1_0_0, body)
	}
	if n := strings.Count(log.String(), "no /proc here"); n != 1 {
		t.Errorf("want one line, got:\n%s", &log)
	}
}

func FuzzAcceptEncoding(f *testing.F) {
	f.Add("gzip;q=0.5, *;q=0")
	h := newMetrics(func() *exporter.Page { return &exporter.Page{} }, process(), slog.New(slog.DiscardHandler))
	f.Fuzz(func(t *testing.T, header string) {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", nil)
		r.Header.Set("Accept-Encoding", header)
		r.Header.Set("Accept", header)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			t.Errorf("status %d", w.Code)
		}
	})
}
