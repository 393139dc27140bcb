package main

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	_ "modernc.org/sqlite" // the driver named sqlite

	"github.com/cx-exporter/cx-exporter/internal/record"
	"github.com/cx-exporter/cx-exporter/internal/testdb"
)

// These tests look at the program as it is shipped: static and stripped.
func TestTheBinary(t *testing.T) {
	t.Parallel()
	b := &binary{path: testdb.Program(t)}
	for name, test := range map[string]func(*testing.T){
		"is under 25 MB": b.isSmall,
		"listens within 100 ms although its database never answers": b.listensAtOnce,
		"takes less than 40 MiB for 1,000 series":                   b.isFrugal,
		"reloads on SIGHUP and keeps what it has when it cannot":    b.reloads,
		"demonstrates itself and keeps the company when asked":      b.demonstrates,
		"goes on with a company as its configuration now is":        b.goesOn,
		"leaves nothing of a demo behind that is stopped early":     b.stopsEarly,
		"writes the past that eval tells":                           b.backfills,
		"fills every panel of the boards by its demo":               b.fillsTheBoards,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t)
		})
	}
}

// binary is the built program.
type binary struct{ path string }

// process is a run of it.
type process struct {
	cmd    *exec.Cmd
	url    string
	out    bytes.Buffer // of both streams; to be read once it has ended
	begun  time.Time
	waited bool
}

// start runs the program on a free address, which it is given as a flag.
func (b *binary) start(t *testing.T, env []string, args ...string) *process {
	t.Helper()
	address, err := freeAddress()
	if err != nil {
		t.Fatal(err)
	}
	p := &process{cmd: exec.Command(b.path, append(args, "--web.listen-address="+address)...), url: "http://" + address}
	p.cmd.Stdout, p.cmd.Stderr = &p.out, &p.out
	p.cmd.Env = append(os.Environ(), env...)
	p.start(t)
	return p
}

// start runs it in a folder of its own until the test ends.
func (p *process) start(t *testing.T) {
	t.Helper()
	p.cmd.Dir = t.TempDir()
	p.begun = time.Now()
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if !p.waited {
			_ = p.cmd.Process.Kill()
			_ = p.cmd.Wait()
		}
		if t.Failed() {
			t.Logf("the program said:\n%s", &p.out)
		}
	})
}

// page waits until the program answers, and a line of the page matches.
func (p *process) page(t *testing.T, path, pattern string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	wanted := regexp.MustCompile(pattern)
	for {
		text, err := fetch(ctx, p.url+path)
		if err == nil && matches(text, wanted) {
			return text
		}
		if ctx.Err() != nil {
			t.Fatalf("no line of %s matches %s: %v\n%s", path, pattern, err, text)
		}
		pause(ctx, time.Millisecond)
	}
}

// pause waits a little between two looks.
func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// end stops the program, which must say that all went well.
func (p *process) end(t *testing.T, s os.Signal) {
	t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		t.Fatal(err)
	}
	p.waited = true
	watchdog := time.AfterFunc(30*time.Second, func() { _ = p.cmd.Process.Kill() })
	defer watchdog.Stop()
	if err := p.cmd.Wait(); err != nil {
		t.Errorf("it ended with %v", err)
	}
}

func (b *binary) isSmall(t *testing.T) {
	info, err := os.Stat(b.path)
	if err != nil {
		t.Fatal(err)
	}
	const limit = 25_000_000
	t.Logf("%.1f MB", float64(info.Size())/1e6)
	if info.Size() >= limit {
		t.Errorf("%d bytes, want less than %d", info.Size(), limit)
	}
}

func (b *binary) listensAtOnce(t *testing.T) {
	// It accepts connections by the kernel's hand, and never says a word.
	tarpit, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer tarpit.Close()
	host, port, _ := net.SplitHostPort(tarpit.Addr().String()) // the kernel's own
	file := configure(t, fmt.Sprintf(`
sources:
  - {name: hung, driver: postgres, host: %s, port: %s, user: x, database: x, password: x, tls: {mode: disable}}
collectors:
  - {name: satisfaction, source: hung, table: responses, entity: responses, kpis: [csat]}
`, host, port))
	fastest := time.Hour
	for range 10 { // the machine may be busy with other tests
		p := b.start(t, nil, "serve", "--config.file="+file)
		p.page(t, "/metrics", "^cx_exporter_build_info{")
		fastest = min(fastest, time.Since(p.begun))
		begun := time.Now()
		p.end(t, syscall.SIGTERM)
		if took := time.Since(begun); took > 10*time.Second {
			t.Errorf("stopping took %s", took)
		}
	}
	t.Logf("%s", fastest)
	if fastest > 100*time.Millisecond {
		t.Errorf("it took %s at least", fastest)
	}
}

func (b *binary) isFrugal(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the memory of a process is read from /proc")
	}
	const segments, want, limit = 40, 1000, 40 << 10
	file := surveys(t, segments, `
    dimensions: [team]
    windows: [7d, 30d]
    interval: 1s
    timeout: 1s
    kpis: [csat]
`)
	p := b.start(t, nil, "serve", "--config.file="+file)
	peak, series := 0, 0
	for _, runs := range []string{"1", "2", "4", "6", "8"} {
		text := p.page(t, "/metrics", `^cx_collector_runs_total\{.*\} `+runs+`$`)
		series = max(series, strings.Count(text, "\ncx_"))
		p.page(t, "/api/v1/kpis", `"metric":"cx_csat_ratio"`)
		p.page(t, "/api/v1/collectors", `"success":true`)
		p.page(t, "/debug/collectors", `<h1>Collectors</h1>`)
		peak = max(peak, resident(t, p.cmd.Process.Pid))
	}
	t.Logf("%d series, %d KiB", series, peak)
	if series < want {
		t.Errorf("only %d series are shown", series)
	}
	if peak >= limit {
		t.Errorf("%d KiB are resident, want less than %d", peak, limit)
	}
	p.end(t, syscall.SIGTERM)
}

// resident is the resident memory of a process in KiB.
func resident(t *testing.T, pid int) int {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`VmRSS:\s+(\d+) kB`).FindSubmatch(status)
	if found == nil {
		t.Fatalf("no VmRSS in\n%s", status)
	}
	n, _ := strconv.Atoi(string(found[1])) // digits
	return n
}

func (b *binary) reloads(t *testing.T) {
	file := surveys(t, 2, "\n    windows: [30d]\n    kpis: [csat]\n")
	good, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	p := b.start(t, nil, "serve", "--config.file="+file)
	p.page(t, "/metrics", "^cx_csat_ratio{")
	replace := func(text string) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := p.cmd.Process.Signal(syscall.SIGHUP); err != nil {
			t.Fatal(err)
		}
	}
	replace(strings.Replace(string(good), "csat", "csatt", 1))
	if text := p.page(t, "/metrics", "^cx_config_last_reload_successful 0$"); !strings.Contains(text, "\ncx_csat_ratio{") {
		t.Error("the values are gone after a reload that failed")
	}
	replace(strings.Replace(string(good), "csat", "ces", 1))
	p.page(t, "/metrics", "^cx_ces_")
	p.page(t, "/metrics", "^cx_config_last_reload_successful 1$")
	p.end(t, syscall.SIGTERM)
	for _, want := range []string{`unknown KPI \"csatt\", did you mean \"csat\"?`, `msg="configuration reloaded"`} {
		if !strings.Contains(p.out.String(), want) {
			t.Errorf("the log does not say %s", want)
		}
	}
}

func (b *binary) demonstrates(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "the company's files")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	db := filepath.Join(dir, "company.db")
	p := b.start(t, nil, "demo", "--keep="+db)
	p.page(t, "/-/ready", "^cx-exporter is ready")
	text := p.page(t, "/metrics", "^cx_nps_score{")
	p.end(t, os.Interrupt)
	for _, want := range []string{"/metrics", "curl -s", "Ctrl-C"} {
		if !strings.Contains(p.out.String(), want) {
			t.Errorf("it does not say %q", want)
		}
	}
	shows(t, text)
	labelsAreDocumented(t, text)
	b.copies(t, p.out.String())

	check := exec.Command(testdb.Promtool(t), "check", "metrics")
	check.Stdin = strings.NewReader(text)
	if out, err := check.CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("promtool check metrics: %v\n%s", err, out)
	}

	for _, file := range []string{filepath.Join(dir, "company.yml"), filepath.Join("..", "..", "examples", "demo", "cx.yml")} {
		eval := exec.Command(b.path, "eval", "--output=json", "--config.file="+file)
		eval.Env = append(os.Environ(), "CX_DEMO_DB="+db)
		out, err := eval.Output()
		if err != nil {
			t.Fatalf("eval of %s: %v", file, err)
		}
		var records []record.KPI
		if err := json.Unmarshal(out, &records); err != nil {
			t.Fatal(err)
		}
		found := map[string]bool{}
		for _, r := range records {
			found[r.Collector] = found[r.Collector] || r.Value != nil
		}
		for name, there := range found {
			if !there {
				t.Errorf("eval of %s: %s has no values", file, name)
			}
		}
		if len(found) < 9 {
			t.Errorf("eval of %s has %d collectors", file, len(found))
		}
	}
}

// copies runs the command that the demo prints as a user does who copies it.
func (b *binary) copies(t *testing.T, said string) {
	t.Helper()
	for line := range strings.Lines(said) {
		if !strings.HasPrefix(line, "  CX_DEMO_DB=") {
			continue
		}
		cmd := exec.CommandContext(t.Context(), "sh", "-c", line)
		cmd.Env = append(os.Environ(), "PATH="+filepath.Dir(b.path)+":"+os.Getenv("PATH"))
		if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "nps_score") {
			t.Errorf("%s: %v\n%s", line, err, out)
		}
		return
	}
	t.Error("it prints no command to go on with")
}

// goesOn keeps a company, and serves it again by the configuration that somebody
// has changed meanwhile.
func (b *binary) goesOn(t *testing.T) {
	dir := t.TempDir()
	db, file := filepath.Join(dir, "company.db"), filepath.Join(dir, "company.yml")
	p := b.start(t, nil, "demo", "--keep="+db)
	p.page(t, "/-/ready", "^cx-exporter is ready")
	p.end(t, os.Interrupt)
	config, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	changed := bytes.Replace(config, []byte("name: employees"), []byte("name: staff"), 1)
	if bytes.Equal(config, changed) {
		t.Fatal("the demo has no collector to rename")
	}
	if err := os.WriteFile(file, changed, 0o600); err != nil {
		t.Fatal(err)
	}
	// The system chooses where, which it says.
	p = &process{cmd: exec.Command(b.path, "demo", "--keep="+db, "--web.listen-address=127.0.0.1:0")}
	p.cmd.Stderr = &p.out
	stdout, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.start(t)
	said := ""
	for lines := bufio.NewScanner(stdout); p.url == "" && lines.Scan(); said += lines.Text() + "\n" {
		if url, ok := strings.CutPrefix(strings.TrimSpace(lines.Text()), "the company "); ok {
			p.url = strings.TrimSuffix(strings.TrimSpace(url), "/")
		}
	}
	if !strings.HasPrefix(said, "Going on with the company") || !strings.HasPrefix(p.url, "http://127.0.0.1:") || strings.HasSuffix(p.url, ":0") {
		t.Fatalf("it says:\n%s", said)
	}
	p.page(t, "/metrics", `^cx_collector_success{collector="staff"} 1`)
	p.end(t, os.Interrupt)

	// Somebody else's configuration in its place is not run.
	if err := os.WriteFile(file, []byte("sources: []\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(db)
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), b.path, "demo", "--keep="+db).CombinedOutput()
	if exit := new(exec.ExitError); !errors.As(err, &exit) || exit.ExitCode() != 2 || !strings.Contains(string(out), "does not name the database as ${CX_DEMO_DB}") {
		t.Errorf("the configuration of something else: %v\n%s", err, out)
	}
	if after, err := os.ReadFile(db); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the company was brought forward: %v", err)
	}
}

// shows checks that every collector of a page succeeded, and that every KPI has
// a value.
func shows(t *testing.T, text string) {
	t.Helper()
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	label := func(m *dto.Metric, name string) string {
		for _, l := range m.GetLabel() {
			if l.GetName() == name {
				return l.GetValue()
			}
		}
		return ""
	}
	for _, m := range families["cx_collector_success"].GetMetric() {
		if m.GetGauge().GetValue() != 1 {
			t.Errorf("the collector %s failed", label(m, "collector"))
		}
	}
	sampled := map[string]bool{}
	for _, m := range families["cx_kpi_samples"].GetMetric() {
		if m.GetGauge().GetValue() > 0 {
			sampled[label(m, "collector")+"/"+label(m, "kpi")] = true
		}
	}
	infos := families["cx_kpi_info"].GetMetric()
	for _, m := range infos {
		if id := label(m, "collector") + "/" + label(m, "kpi"); !sampled[id] {
			t.Errorf("the KPI %s rests on nothing", id)
		}
	}
	if len(infos) < 20 {
		t.Errorf("only %d values are described", len(infos))
	}
}

func (b *binary) stopsEarly(t *testing.T) {
	temporary := t.TempDir()
	contents := func() []string {
		names, err := filepath.Glob(filepath.Join(temporary, "*"))
		if err != nil {
			t.Fatal(err)
		}
		return names
	}
	p := b.start(t, []string{"TMPDIR=" + temporary}, "demo")
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for len(contents()) == 0 && ctx.Err() == nil {
		pause(ctx, time.Millisecond)
	}
	p.end(t, os.Interrupt)
	if left := contents(); len(left) > 0 {
		t.Errorf("%s is left", left)
	}
}

// configure writes a configuration to a file.
func configure(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "cx.yml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// surveys makes a database with answers of some teams, and a configuration of
// one collector, of which the rest is given.
func surveys(t *testing.T, teams int, rest string) string {
	t.Helper()
	file := configure(t, `
sources:
  - {name: surveys, driver: sqlite, path: surveys.db}
collectors:
  - name: satisfaction
    source: surveys
    table: responses
    entity: responses`+rest)
	db, err := sql.Open("sqlite", filepath.Join(filepath.Dir(file), "surveys.db"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.ExecContext(t.Context(), `
PRAGMA journal_mode = WAL;
CREATE TABLE responses (score INTEGER, responded_at TEXT, team TEXT);
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 9999)
INSERT INTO responses SELECT 1 + i * 7 % 5, datetime('now', '-' || (i % 80000) || ' minutes'), 'team ' || (i % `+strconv.Itoa(teams)+`) FROM n;
CREATE INDEX by_time ON responses (responded_at);`)
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	return file
}
