package alertmanager

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cx-exporter/cx-exporter/config"
)

// carrier answers requests without a network, by their host.
type carrier struct {
	mu       sync.Mutex
	requests map[string][][]Alert // by host
	answer   func(r *http.Request) (status int, text string, err error)
}

// RoundTrip implements http.RoundTripper.
func (c *carrier) RoundTrip(r *http.Request) (*http.Response, error) {
	var alerts []Alert
	if err := json.NewDecoder(r.Body).Decode(&alerts); err != nil {
		return nil, err
	}
	c.mu.Lock()
	if c.requests == nil {
		c.requests = map[string][][]Alert{}
	}
	c.requests[r.URL.Host] = append(c.requests[r.URL.Host], alerts)
	c.mu.Unlock()
	status, text := http.StatusOK, ""
	if c.answer != nil {
		var err error
		if status, text, err = c.answer(r); err != nil {
			return nil, err
		}
	}
	return &http.Response{StatusCode: status, Status: fmt.Sprintf("%d %s", status, http.StatusText(status)), Body: io.NopCloser(strings.NewReader(text))}, nil
}

func (c *carrier) of(host string) [][]Alert {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.requests[host]
}

func sender(t *testing.T, c http.RoundTripper, log io.Writer, capacity int, hosts ...string) *Sender {
	t.Helper()
	return successor(t, nil, c, log, capacity, hosts...)
}

// successor is a sender that is to replace another.
func successor(t *testing.T, before *Sender, c http.RoundTripper, log io.Writer, capacity int, hosts ...string) *Sender {
	t.Helper()
	s, err := New(Options{
		Before:        before,
		Alertmanagers: []config.Alertmanager{{Scheme: "http", Targets: hosts, PathPrefix: "/am", Timeout: 10 * time.Second}},
		Capacity:      capacity, UserAgent: "cx-exporter/test", Now: time.Now, Log: slog.New(slog.NewTextHandler(log, nil)), Transport: c,
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func stop(t *testing.T, s *Sender) {
	t.Helper()
	if err := s.Stop(t.Context()); err != nil {
		t.Error(err)
	}
}

func numbered(from, to int) []Alert {
	var out []Alert
	for i := from; i < to; i++ {
		out = append(out, Alert{Labels: map[string]string{"alertname": "A", "n": fmt.Sprint(i)}, StartsAt: time.Unix(int64(i), 0).UTC(), EndsAt: time.Unix(9e8, 0).UTC()})
	}
	return out
}

func TestEveryAlertmanagerIsSentEverythingInBatches(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := &carrier{}
		s := sender(t, c, io.Discard, 1000, "a:1", "b:2")
		all := numbered(0, 600)
		s.Send(all)
		synctest.Wait()
		for _, host := range []string{"a:1", "b:2"} {
			var got []Alert
			for _, b := range c.of(host) {
				if len(b) > 256 {
					t.Errorf("a request carries %d alerts", len(b))
				}
				got = append(got, b...)
			}
			if diff := cmp.Diff(all, got); diff != "" {
				t.Errorf("%s is sent others (-want +got):\n%s", host, diff)
			}
		}
		for _, h := range s.Health() {
			if h.Sent != 600 || h.Requests != 3 || h.Errors != 0 || h.Queued != 0 || h.Capacity != 1000 {
				t.Errorf("the health is %+v", h)
			}
		}
		s.Send(nil)
		synctest.Wait()
		if n := len(c.of("a:1")); n != 4 || len(c.of("a:1")[3]) != 0 {
			t.Errorf("to send nothing gives %d requests in all", n)
		}
		stop(t, s)
	})
}

func TestARequestIsWhatTheAPIAsksFor(t *testing.T) {
	t.Parallel()
	requests := make(chan string, 1)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		requests <- fmt.Sprint(r.Method, " ", r.URL.Path, " ", r.Header.Get("Content-Type"), " ", r.UserAgent(), " ", string(body))
	}))
	defer server.Close()
	s := sender(t, nil, io.Discard, 10, server.Listener.Addr().String())
	s.Send([]Alert{{
		Labels: map[string]string{"alertname": "A"}, Annotations: map[string]string{"summary": "S"},
		StartsAt: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), EndsAt: time.Date(2026, 1, 2, 3, 19, 5, 0, time.UTC),
	}})
	stop(t, s)
	want := `POST /am/api/v2/alerts application/json cx-exporter/test [{"labels":{"alertname":"A"},"annotations":{"summary":"S"},"startsAt":"2026-01-02T03:04:05Z","endsAt":"2026-01-02T03:19:05Z"}]`
	if got := <-requests; got != want {
		t.Errorf("the request is\n%s\nwant\n%s", got, want)
	}
}

// One that hangs holds up no other, and what waits for it is the latest word on
// each alert, up to a limit.
func TestAnAlertmanagerThatHangsKeepsTheLatestWordOnly(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var hang atomic.Bool
		hang.Store(true)
		c := &carrier{}
		c.answer = func(r *http.Request) (int, string, error) {
			if r.URL.Host == "slow:1" && hang.Load() {
				<-r.Context().Done()
				return 0, "", r.Context().Err()
			}
			return http.StatusOK, "", nil
		}
		var log bytes.Buffer
		s := sender(t, c, &log, 5, "slow:1", "good:2")
		s.Send(numbered(0, 3))
		synctest.Wait()
		newer := numbered(1, 6)
		newer[0].Annotations = map[string]string{"summary": "newer"}
		s.Send(numbered(0, 3))
		s.Send(newer)
		synctest.Wait()
		if n := len(c.of("good:2")); n < 2 {
			t.Errorf("the other one is sent %d requests", n)
		}
		if h := s.Health()[0]; h.Queued != 5 || h.Dropped != 1 || h.Sent != 0 {
			t.Errorf("the health is %+v", h)
		}
		hang.Store(false)
		time.Sleep(11 * time.Second)
		synctest.Wait()
		got := c.of("slow:1")
		if diff := cmp.Diff(newer, got[len(got)-1]); diff != "" {
			t.Errorf("after it hung it is sent (-want +got):\n%s", diff)
		}
		if h := s.Health()[0]; h.Errors != 1 || h.Sent != 5 || h.Took != 10*time.Second {
			t.Errorf("the health is %+v", h)
		}
		if text := log.String(); strings.Count(text, "alerts cannot be sent") != 1 || !strings.Contains(text, "no answer within 10s") || strings.Count(text, "can be sent again") != 1 {
			t.Errorf("the log is\n%s", text)
		}
		stop(t, s)
	})
}

func TestWhatAnAlertmanagerRefusesIsToldOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := &carrier{answer: func(*http.Request) (int, string, error) {
			return http.StatusBadRequest, "invalid label set\n" + strings.Repeat("x", 9000), nil
		}}
		var log bytes.Buffer
		s := sender(t, c, &log, 5, "am:1")
		began := s.Health()[0].LastSuccess
		for range 5 {
			time.Sleep(time.Minute)
			s.Send(numbered(0, 1))
			synctest.Wait()
		}
		if n := len(c.of("am:1")); n != 5 {
			t.Errorf("%d requests: a failed one is not to be repeated", n)
		}
		if text := log.String(); strings.Count(text, "invalid label set") != 1 || len(text) > 1000 {
			t.Errorf("the log is\n%s", text)
		}
		if h := s.Health()[0]; h.Errors != 5 || h.Sent != 0 || !h.LastSuccess.Equal(began) {
			t.Errorf("the health is %+v", h)
		}
		stop(t, s)
	})
}

// A reload is no news of an Alertmanager: whoever counts its failures counts on,
// also those of what the sender before still had to send.
func TestAReplacedSenderLeavesWhatIsKnownOfAnAlertmanager(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := &carrier{answer: func(r *http.Request) (int, string, error) {
			if r.URL.Host == "bad:1" {
				return http.StatusBadRequest, "no", nil
			}
			return http.StatusOK, "", nil
		}}
		var log bytes.Buffer
		first := sender(t, c, &log, 5, "bad:1", "good:2")
		began := time.Now()
		for range 3 {
			time.Sleep(time.Minute)
			first.Send(numbered(0, 7))
			synctest.Wait()
		}
		second := successor(t, first, c, &log, 50, "good:2", "new:3", "bad:1")
		made := time.Now()
		if h := second.Health(); h[0].Sent != 15 || h[0].Failing || !h[1].Failing || h[1].Requests != 0 || !h[1].LastSuccess.Equal(made) {
			t.Errorf("where nothing was sent the health is %+v", h)
		}
		first.Send(numbered(0, 1))
		stop(t, first)
		second.Send(numbered(0, 6))
		synctest.Wait()
		bad := second.Health()[2]
		if bad.Errors != 5 || bad.Requests != 5 || bad.Dropped != 6 || bad.Capacity != 50 || !bad.LastSuccess.Equal(began) || !bad.Failing {
			t.Errorf("the one that fails since %s is %+v", began, bad)
		}
		if h := second.Health()[0]; h.Sent != 15+1+6 || h.Requests != 5 {
			t.Errorf("the one that does not is %+v", h)
		}
		if text := log.String(); strings.Count(text, "alerts cannot be sent") != 1 {
			t.Errorf("the log is\n%s", text)
		}
		stop(t, second)
	})
}

func TestAnAlertmanagerHasBeenAwaySinceTheProcessBeforeReachedIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := &carrier{answer: func(*http.Request) (int, string, error) { return 0, "", errors.New("refused") }}
		now := time.Now()
		s, err := New(Options{
			Alertmanagers: []config.Alertmanager{{Scheme: "http", Targets: []string{"away:1", "ahead:2", "new:3"}, Timeout: time.Second}},
			Capacity:      1, Now: time.Now, Log: slog.New(slog.DiscardHandler), Transport: c,
			LastSuccess: map[string]time.Time{"http://away:1": now.Add(-time.Hour), "http://ahead:2": now.Add(time.Hour)},
		})
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range []time.Time{now.Add(-time.Hour), now, now} {
			if h := s.Health()[i]; !h.LastSuccess.Equal(want) || !h.Failing {
				t.Errorf("the health is %+v, want the last success at %s", h, want)
			}
		}
		stop(t, s)
	})
}

func TestStoppingSendsWhatWaitsAndNoLongerThanItMay(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := &carrier{}
		s := sender(t, c, io.Discard, 1000, "am:1")
		s.Send(numbered(0, 700))
		stop(t, s)
		if h := s.Health()[0]; h.Sent != 700 {
			t.Errorf("%v of 700 were sent", h.Sent)
		}
		c.answer = func(r *http.Request) (int, string, error) {
			<-r.Context().Done()
			return 0, "", r.Context().Err()
		}
		s = sender(t, c, io.Discard, 1000, "am:1")
		s.Send(numbered(0, 700))
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		begun := time.Now()
		if err := s.Stop(ctx); err == nil || time.Since(begun) != 3*time.Second {
			t.Errorf("it stopped after %s with %v", time.Since(begun), err)
		}
	})
}

// The client is Prometheus' own, so that a block copied from there works: TLS,
// logins and their files, and proxies.
func TestTheClientLogsInAsPrometheusDoes(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	headers := map[string]string{}
	record := func(_ http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		headers[r.URL.Path] = r.Header.Get("Authorization")
	}
	plain := httptest.NewServer(http.HandlerFunc(record))
	defer plain.Close()
	secure := httptest.NewTLSServer(http.HandlerFunc(record))
	defer secure.Close()
	tokens := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"access_token": "for-%s", "token_type": "Bearer"}`, r.Form.Get("audience"))
	}))
	defer tokens.Close()
	var proxied atomic.Int64
	proxy := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Host == "am.example.com:9093" && r.Header.Get("Proxy-Authorization") != "" {
			proxied.Add(1)
		}
	}))
	defer proxy.Close()
	dir := t.TempDir()
	write := func(name, text string) string {
		t.Helper()
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	ca := write("ca.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: secure.Certificate().Raw})))
	group := func(server net.Addr, scheme, prefix string, h config.HTTP) config.Alertmanager {
		return config.Alertmanager{Scheme: scheme, Targets: []string{server.String()}, PathPrefix: prefix, Timeout: time.Minute, HTTP: h}
	}
	s, err := New(Options{
		Capacity: 1, Now: time.Now, Log: slog.New(slog.DiscardHandler),
		Alertmanagers: []config.Alertmanager{
			group(plain.Listener.Addr(), "http", "/basic", config.HTTP{BasicAuth: &config.BasicAuth{Username: "cx", Password: config.NewSecret("geheim")}}),
			group(plain.Listener.Addr(), "http", "/token", config.HTTP{Authorization: &config.Authorization{Type: "Bearer", CredentialsFile: write("token", "geheim\n")}}),
			group(plain.Listener.Addr(), "http", "/oauth2", config.HTTP{OAuth2: &config.OAuth2{
				ClientID: "cx", ClientSecret: config.NewSecret("geheim"), TokenURL: tokens.URL, EndpointParams: map[string]string{"audience": "am"},
			}}),
			group(secure.Listener.Addr(), "https", "/tls", config.HTTP{TLS: config.HTTPTLS{CAFile: ca, ServerName: "example.com"}}),
			group(secure.Listener.Addr(), "https", "/unknown", config.HTTP{}),
			{
				Scheme: "http", Targets: []string{"am.example.com:9093"}, PathPrefix: "/", Timeout: time.Minute,
				HTTP: config.HTTP{ProxyURL: config.NewSecret(strings.Replace(proxy.URL, "http://", "http://cx:geheim@", 1))},
			},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, err := range s.Check(t.Context()) {
		if refused := strings.HasSuffix(name, "/unknown"); (err != nil) != refused {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil && (strings.Contains(err.Error(), "geheim") || !strings.Contains(err.Error(), "certificate")) {
			t.Errorf("%s: %v", name, err)
		}
	}
	stop(t, s)
	want := map[string]string{
		"/basic/api/v2/alerts": "Basic Y3g6Z2VoZWlt", "/token/api/v2/alerts": "Bearer geheim",
		"/oauth2/api/v2/alerts": "Bearer for-am", "/tls/api/v2/alerts": "",
	}
	mu.Lock()
	defer mu.Unlock()
	if diff := cmp.Diff(want, headers); diff != "" {
		t.Errorf("the logins differ (-want +got):\n%s", diff)
	}
	if n := proxied.Load(); n != 1 {
		t.Errorf("the proxy saw %d requests", n)
	}
}

func TestAClientThatCannotBeMadeIsAnError(t *testing.T) {
	t.Parallel()
	_, err := New(Options{Now: time.Now, Log: slog.New(slog.DiscardHandler), Alertmanagers: []config.Alertmanager{{
		Scheme: "https", Targets: []string{"am:9093"}, HTTP: config.HTTP{TLS: config.HTTPTLS{CAFile: filepath.Join(t.TempDir(), "nothing")}},
	}}})
	if !errors.Is(err, os.ErrNotExist) || !strings.HasPrefix(err.Error(), "alertmanagers am:9093: ") {
		t.Errorf("the error is %v", err)
	}
}

func TestAnAlertOutlivesSilenceForLongEnough(t *testing.T) {
	t.Parallel()
	now := time.Unix(1e9, 0)
	for _, c := range []struct{ resend, hold, want time.Duration }{
		{time.Minute, 15 * time.Minute, 15 * time.Minute},
		{10 * time.Minute, 15 * time.Minute, 40 * time.Minute},
	} {
		if got := EndsAt(now, c.resend, c.hold).Sub(now); got != c.want {
			t.Errorf("sent every %s and held for %s it ends after %s, want %s", c.resend, c.hold, got, c.want)
		}
	}
}
