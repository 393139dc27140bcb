package app_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	toolkit "github.com/prometheus/exporter-toolkit/web"

	"github.com/cx-exporter/cx-exporter/config"
	"github.com/cx-exporter/cx-exporter/internal/app"
	"github.com/cx-exporter/cx-exporter/internal/exporter"
	"github.com/cx-exporter/cx-exporter/internal/testdb"
)

// patience bounds every wait. It is far more than anything here takes: the
// machine may be busy.
const patience = 3 * time.Minute

// rig is a running exporter, and everything that a user sees of it.
type rig struct {
	t *testing.T
	// file is its cx.yml.
	file string
	// url is where it listens.
	url string
	// client asks it.
	client *http.Client
	// log holds what it has logged.
	log *journal
	// hangup reloads it as SIGHUP does.
	hangup chan struct{}

	settings settings
	cancel   context.CancelFunc
	ended    chan struct{}
	err      error // of Run; to be read once ended is closed
}

// settings are what a test may want otherwise.
type settings struct {
	now     func() time.Time
	webFile string
	address string
	state   string // the file of verdicts
	history bool   // whether the past is looked at

	listening func(net.Addr) // is told where requests are heard
}

// start runs an exporter with a configuration until the test ends.
func start(t *testing.T, cx string, change ...func(*settings)) *rig {
	t.Helper()
	s := settings{now: time.Now, address: "127.0.0.1:0"}
	for _, f := range change {
		f(&s)
	}
	r := prepare(t, cx, s)
	r.launch()
	t.Cleanup(func() {
		if err := r.stop(); err != nil {
			t.Errorf("the exporter did not stop cleanly: %v", err)
		}
		if t.Failed() {
			t.Logf("log of the exporter, without successes:\n%s", strings.Join(r.log.failures(), "\n"))
		}
	})
	r.listening()
	return r
}

func prepare(t *testing.T, cx string, s settings) *rig {
	t.Helper()
	r := &rig{
		t: t, file: filepath.Join(t.TempDir(), "cx.yml"), client: &http.Client{Timeout: patience}, log: &journal{},
		hangup: make(chan struct{}), settings: s, ended: make(chan struct{}),
	}
	r.write(cx)
	return r
}

// launch runs it.
func (r *rig) launch() {
	book, err := app.OpenBook(r.settings.state)
	if err != nil {
		r.t.Fatal(err)
	}
	addresses, socket := []string{r.settings.address}, false
	a := app.New(app.Options{
		Load: func() (*config.Config, error) { return config.Load(r.file, os.LookupEnv) },
		Now:  r.settings.now, Log: slog.New(slog.NewTextHandler(r.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Build: exporter.Build{Version: "1.2.3"}, Lifecycle: true, Book: book, History: r.settings.history, Listening: r.settings.listening,
		Web: &toolkit.FlagConfig{WebListenAddresses: &addresses, WebSystemdSocket: &socket, WebConfigFile: &r.settings.webFile},
	})
	ctx, cancel := context.WithCancel(context.Background())
	r.cancel = cancel
	go func() {
		defer close(r.ended)
		r.err = a.Run(ctx, r.hangup)
	}()
}

var listening = regexp.MustCompile(`msg="Listening on".* address=(\S+)`)

// listening waits until the exporter listens, and finds out where.
func (r *rig) listening() {
	r.t.Helper()
	r.eventually("it listens", func() error {
		select {
		case <-r.ended:
			r.t.Fatalf("the exporter ended at once: %v", r.err)
		default:
		}
		found := listening.FindStringSubmatch(r.log.String())
		if found == nil {
			return fmt.Errorf("the log has no address:\n%s", r.log)
		}
		r.url = "http://" + found[1]
		return nil
	})
}

// stop ends the exporter as SIGTERM does.
func (r *rig) stop() error {
	r.cancel()
	<-r.ended
	r.client.CloseIdleConnections()
	return r.err
}

// write replaces the configuration.
func (r *rig) write(cx string) {
	r.t.Helper()
	if err := os.WriteFile(r.file, []byte(cx), 0o600); err != nil {
		r.t.Fatal(err)
	}
}

// get asks for a page and returns its status and text.
func (r *rig) get(path string) (int, string) {
	r.t.Helper()
	return r.do(http.MethodGet, path)
}

func (r *rig) do(method, path string) (int, string) {
	r.t.Helper()
	status, text, err := r.request(method, path)
	if err != nil {
		r.t.Fatal(err)
	}
	return status, text
}

func (r *rig) request(method, path string) (status int, text string, err error) {
	req, err := http.NewRequestWithContext(r.t.Context(), method, r.url+path, http.NoBody)
	if err != nil {
		return 0, "", err
	}
	res, err := r.client.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return 0, "", fmt.Errorf("%s %s: %w", method, path, err)
	}
	return res.StatusCode, string(body), nil
}

// scrape reads the metrics page.
func (r *rig) scrape() page {
	r.t.Helper()
	status, text := r.get("/metrics")
	if status != http.StatusOK {
		r.t.Fatalf("/metrics answers %d: %s", status, text)
	}
	return parse(r.t, text)
}

// until scrapes until a page is as it should be, and returns that page.
func (r *rig) until(what string, check func(page) error) page {
	r.t.Helper()
	var p page
	r.eventually(what, func() error {
		p = r.scrape()
		return check(p)
	})
	return p
}

// logged waits for a line of the log that holds all of some parts, and returns
// it. Quotes are as a person reads them.
func (r *rig) logged(parts ...string) string {
	r.t.Helper()
	var line string
	r.eventually(fmt.Sprintf("a line of the log has %q", parts), func() error {
		lines := r.log.lines(parts...)
		if len(lines) == 0 {
			return fmt.Errorf("there is none in\n%s", r.log)
		}
		line = lines[0]
		return nil
	})
	return line
}

// eventually waits until a check finds nothing.
func (r *rig) eventually(what string, check func() error) {
	r.t.Helper()
	eventually(r.t, what, check)
}

func eventually(t *testing.T, what string, check func() error) {
	t.Helper()
	testdb.Eventually(t, patience, what, check)
}

// journal is a log that can be read while it is written.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write implements io.Writer.
func (j *journal) Write(b []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(b)
}

// String is the whole log.
func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

// failures are the lines but those of runs that went well.
func (j *journal) failures() []string {
	return slices.DeleteFunc(j.lines(), func(line string) bool { return strings.HasSuffix(line, "err=<nil>") })
}

// lines are the lines that hold all of some parts, with their quotes as a person
// reads them.
func (j *journal) lines(parts ...string) []string {
	var found []string
	for line := range strings.Lines(strings.ReplaceAll(j.String(), `\"`, `"`)) {
		missing := false
		for _, p := range parts {
			missing = missing || !strings.Contains(line, p)
		}
		if !missing {
			found = append(found, strings.TrimSpace(line))
		}
	}
	return found
}
