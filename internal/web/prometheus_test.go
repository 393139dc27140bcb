package web

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/testdb"
)

// TestPrometheusScrapesThePage lets a real Prometheus scrape, in OpenMetrics and
// compressed, as it does by default.
func TestPrometheusScrapesThePage(t *testing.T) {
	t.Parallel()
	asked := make(chan http.Header, 1000)
	page := handler(t, pageOf(t, surveys("a", 500)), nil)
	target := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		page.ServeHTTP(w, r)
		asked <- w.Header()
	}))
	t.Cleanup(target.Close)

	prometheus := testdb.StartPrometheus(t, fmt.Sprintf("scrape_configs:\n- job_name: cx\n  scrape_interval: 1s\n  static_configs:\n  - targets: [%q]\n", strings.TrimPrefix(target.URL, "http://")), nil)
	select {
	case h := <-asked:
		if got := h.Get("Content-Type") + " " + h.Get("Content-Encoding"); !strings.HasPrefix(got, "application/openmetrics-text; version=1.0.0") || !strings.HasSuffix(got, "gzip") {
			t.Errorf("it was sent %s", got)
		}
	case <-time.After(time.Minute):
		t.Fatal("prometheus did not scrape within a minute")
	}
	for query, want := range map[string]string{
		`up{job="cx"}`: "1",
		`count(cx_nps_responses_by_segment{job="cx",collector="a",dimension="team",window="30d"})`: "500",
		`cx_nps_responses_by_segment{segment="team 499"}`:                                          "503.99",
		`process_things_total{job="cx"}`:                                                           "3",
	} {
		if got := eventually(t, prometheus.URL, query, want); got != want {
			t.Errorf("%s: got %q, want %q", query, got, want)
		}
	}
}

// eventually asks Prometheus until it gives the wanted value, or time is up.
func eventually(t *testing.T, server, query, want string) (got string) {
	t.Helper()
	again, deadline := time.NewTicker(100*time.Millisecond), time.After(30*time.Second)
	defer again.Stop()
	for {
		if got = instant(t, server, query); got == want {
			return got
		}
		select {
		case <-again.C:
		case <-deadline:
			return got
		}
	}
}

// instant is the value of the only series that a query gives now, or why there
// is none.
func instant(t *testing.T, server, query string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server+"/api/v1/query?query="+url.QueryEscape(query), nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return err.Error()
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return err.Error()
	}
	var answer struct {
		Data struct {
			Result []struct{ Value [2]any }
		}
	}
	if err := json.Unmarshal(body, &answer); err != nil || len(answer.Data.Result) != 1 {
		return string(body)
	}
	return fmt.Sprint(answer.Data.Result[0].Value[1])
}
