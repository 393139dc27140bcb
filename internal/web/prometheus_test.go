package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/testdb"
)

// TestPrometheusScrapesThePage lets a real Prometheus scrape, in OpenMetrics and
// compressed, as it does by default.
func TestPrometheusScrapesThePage(t *testing.T) {
	t.Parallel()
	binary := testdb.Prometheus(t)
	asked := make(chan http.Header, 1000)
	page := handler(t, pageOf(t, surveys("a", 500)), nil)
	target := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		page.ServeHTTP(w, r)
		asked <- w.Header()
	}))
	t.Cleanup(target.Close)

	dir := t.TempDir()
	config := fmt.Sprintf("scrape_configs:\n- job_name: cx\n  scrape_interval: 1s\n  static_configs:\n  - targets: [%q]\n", strings.TrimPrefix(target.URL, "http://"))
	file := filepath.Join(dir, "prometheus.yml")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	address := freeAddress(t)
	var output bytes.Buffer
	cmd := exec.CommandContext(t.Context(), binary, "--config.file="+file, "--storage.tsdb.path="+filepath.Join(dir, "data"), "--web.listen-address="+address)
	cmd.Stdout, cmd.Stderr = &output, &output
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("prometheus said:\n%s", &output)
		}
	})

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
		if got := eventually(t, address, query, want); got != want {
			t.Errorf("%s: got %q, want %q", query, got, want)
		}
	}
}

// freeAddress is a loopback address that nobody listened on a moment ago.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// eventually asks Prometheus until it gives the wanted value, or time is up.
func eventually(t *testing.T, address, query, want string) (got string) {
	t.Helper()
	again, deadline := time.NewTicker(100*time.Millisecond), time.After(30*time.Second)
	defer again.Stop()
	for {
		if got = instant(t, address, query); got == want {
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
func instant(t *testing.T, address, query string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+address+"/api/v1/query?query="+url.QueryEscape(query), nil)
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
