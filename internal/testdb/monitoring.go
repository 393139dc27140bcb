package testdb

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Promtool returns the path of Prometheus' own tool, which checks metrics and
// rules.
func Promtool(tb testing.TB) string {
	tb.Helper()
	return programs(tb, []string{"prometheus"}, "promtool")["promtool"]
}

// Amtool returns the path of Alertmanager's own tool, which checks its
// configuration and its routes.
func Amtool(tb testing.TB) string {
	tb.Helper()
	return programs(tb, []string{"prometheus-alertmanager"}, "amtool")["amtool"]
}

// Service is a running program with a page, such as Prometheus or Alertmanager,
// that belongs to one test. It keeps its address and its data while it is
// stopped.
type Service struct {
	// Name is for messages.
	Name string
	// URL is where it listens, without a slash at the end.
	URL string
	// Dir holds its files.
	Dir string

	ready   string
	log     string
	command func(address string) []string
	running *process
}

// StartPrometheus starts a Prometheus with a configuration, which names no rule
// files: the rules are given apart, and may be nil. Flags are added to those that
// it needs.
func StartPrometheus(tb testing.TB, config string, rules []byte, flags ...string) *Service {
	tb.Helper()
	binary := programs(tb, []string{"prometheus"}, "prometheus")["prometheus"]
	files := map[string]string{"prometheus.yml": config}
	if rules != nil {
		files["cx.rules.yml"] = string(rules)
		files["prometheus.yml"] += "\nrule_files: [cx.rules.yml]\n"
	}
	return StartService(tb, "prometheus", "/-/ready", files, func(dir, address string) []string {
		return append([]string{
			binary, "--config.file=" + filepath.Join(dir, "prometheus.yml"), "--storage.tsdb.path=" + filepath.Join(dir, "data"),
			"--web.listen-address=" + address,
		}, flags...)
	})
}

// StartAlertmanager starts an Alertmanager with a configuration, without a
// cluster. It writes what it has told to disk every second, so that one that is
// killed knows it as one that is stopped does. Flags are added to those that it
// needs.
func StartAlertmanager(tb testing.TB, config string, flags ...string) *Service {
	tb.Helper()
	binary := programs(tb, []string{"prometheus-alertmanager"}, "alertmanager|prometheus-alertmanager")["alertmanager"]
	return StartService(tb, "alertmanager", "/-/ready", map[string]string{"alertmanager.yml": config}, func(dir, address string) []string {
		return append([]string{
			binary, "--config.file=" + filepath.Join(dir, "alertmanager.yml"), "--storage.path=" + filepath.Join(dir, "data"),
			"--web.listen-address=" + address, "--cluster.listen-address=", "--data.maintenance-interval=1s",
		}, flags...)
	})
}

// StartService starts a program on a free loopback port. The command is asked for
// at every start, with the folder that holds the files and the address to listen
// at, host:port. The program is up when it answers a path by 200.
func StartService(tb testing.TB, name, ready string, files map[string]string, command func(dir, address string) []string) *Service {
	tb.Helper()
	dir := prepare(tb, nil)
	s := &Service{Name: name, Dir: dir, ready: ready, log: filepath.Join(dir, "log"), command: func(address string) []string { return command(dir, address) }}
	tb.Cleanup(func() {
		s.end(syscall.SIGTERM)
		if tb.Failed() {
			text, _ := os.ReadFile(s.log)
			tb.Logf("%s said:\n%s", s.Name, text)
		}
		_ = os.RemoveAll(dir)
	})
	for file, content := range files {
		if err := os.WriteFile(filepath.Join(dir, file), []byte(content), 0o600); err != nil {
			tb.Fatal(err)
		}
	}
	var err error
	for range 3 { // another process may take the port between our look and the start
		var port int
		if port, err = freePort(); err != nil {
			tb.Fatal(err)
		}
		s.URL = "http://" + net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
		if err = s.launch(); err == nil {
			return s
		}
	}
	tb.Fatalf("start %s for the tests: %v", name, err)
	return nil
}

// Addr is where it listens, host:port.
func (s *Service) Addr() string { return strings.TrimPrefix(s.URL, "http://") }

// Stop ends the service as a shutdown does: it puts its affairs in order.
func (s *Service) Stop() { s.end(syscall.SIGTERM) }

// Kill ends the service as a crash does.
func (s *Service) Kill() { s.end(syscall.SIGKILL) }

// Start starts a service that was stopped or killed again, at the same address
// and with the same data.
func (s *Service) Start(tb testing.TB) {
	tb.Helper()
	if err := s.launch(); err != nil {
		tb.Fatal(err)
	}
}

// Log is what the service has logged.
func (s *Service) Log(tb testing.TB) string {
	tb.Helper()
	text, err := os.ReadFile(s.log)
	if err != nil {
		tb.Fatal(err)
	}
	return string(text)
}

// Kept reports whether a service that is killed now would find a text in a file of
// its data again.
func (s *Service) Kept(file, text string) bool {
	content, err := os.ReadFile(filepath.Join(s.Dir, "data", file))
	return err == nil && strings.Contains(string(content), text)
}

func (s *Service) end(signal syscall.Signal) {
	if s.running != nil {
		s.running.stop(signal)
		s.running = nil
	}
}

// launch runs the process and waits until it is ready.
func (s *Service) launch() error {
	p, err := run(nil, s.log, s.command(s.Addr())...)
	if err != nil {
		return err
	}
	s.running = p
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		status, text, err := s.Ask(ctx, http.MethodGet, s.ready, "")
		if err == nil && status == http.StatusOK {
			return nil
		}
		select {
		case <-p.done:
			s.running = nil
			return fmt.Errorf("%s ended while it was starting", s.Name)
		case <-ctx.Done():
			s.end(syscall.SIGKILL)
			return fmt.Errorf("%s was not ready within %s: %q, %w", s.Name, startTimeout, text, cmp.Or(err, ctx.Err()))
		case <-tick.C:
		}
	}
}

// Ask sends a request to a path, with JSON as its body unless that is empty, and
// returns the status and text of the answer.
func (s *Service) Ask(ctx context.Context, method, path, body string) (status int, text string, err error) {
	r, err := http.NewRequestWithContext(ctx, method, s.URL+path, strings.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	r.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	return res.StatusCode, string(b), err
}
