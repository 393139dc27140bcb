package app

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/cx-exporter/cx-exporter/alerts"
	"github.com/cx-exporter/cx-exporter/alerts/alertmanager"
)

// open opens a book that tells a log.
func open(t *testing.T, file string) (*Book, *bytes.Buffer) {
	t.Helper()
	b, err := OpenBook(file)
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	b.tell(slog.New(slog.NewTextHandler(&log, nil)))
	return b, &log
}

// written are the metrics of a book, as text.
func written(t *testing.T, b *Book) string {
	t.Helper()
	all, err := b.metrics().Gather()
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, f := range all {
		m := f.Metric[0]
		out = append(out, fmt.Sprint(f.GetName(), " ", m.GetGauge().GetValue()+m.GetCounter().GetValue()))
	}
	return strings.Join(out, ", ")
}

// What cannot be written is written by the next news or, where there is none, by
// a look a minute later. It is told once.
func TestAStateFileThatCannotBeWrittenIsWrittenLater(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for name, later := range map[string]func(b *Book){
		"by the next success": func(b *Book) { b.succeed("other", now) },
		"by the next verdict": func(b *Book) { b.keep(nil, nil) },
		"by a look":           func(b *Book) { look(t, b, now.Add(time.Minute)) },
		"by the end":          func(b *Book) { b.save() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(t.TempDir(), "state")
			file := filepath.Join(dir, "goals.json")
			b, log := open(t, file) // in a folder that is not there
			b.succeed("shop", now.Add(-time.Hour))
			look(t, b, now)
			look(t, b, now.Add(30*time.Second))
			if got, want := written(t, b), "cx_state_file_last_write_successful 0, cx_state_file_write_errors_total 2"; got != want {
				t.Errorf("without its folder: %s, want %s", got, want)
			}
			if err := os.Mkdir(dir, 0o700); err != nil {
				t.Fatal(err)
			}
			later(b)
			if got, want := written(t, b), "cx_state_file_last_write_successful 1, cx_state_file_write_errors_total 2"; got != want {
				t.Errorf("with its folder: %s, want %s", got, want)
			}
			again, _ := open(t, file)
			if got := again.success("shop"); !got.Equal(now.Add(-time.Hour)) {
				t.Errorf("it has the success of %s", got)
			}
			text := log.String()
			if strings.Count(text, "level=WARN") != 1 || !strings.Contains(text, "cannot be written") || strings.Count(text, "can be written again") != 1 {
				t.Errorf("the log is\n%s", text)
			}
		})
	}
}

func look(t *testing.T, b *Book, now time.Time) {
	t.Helper()
	if _, _, err := b.look(now, nil, alerts.RuleOptions{}, nil); err != nil {
		t.Fatal(err)
	}
}

// A crash in the middle of a write leaves a file behind, which is nobody else's.
func TestAStartSweepsUpWhatACrashLeftBehind(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	files := map[string]bool{
		"goals.json": true, "goals.json.123456.tmp": false, "goals.json.7.tmp": false,
		"goals.json.1": true, "goals.json.bak": true, "goals.json.old.tmp": true, "other.json.123.tmp": true, "goalsxjson.1.tmp": true,
	}
	for name := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(`{"version": 1}`), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	open(t, filepath.Join(dir, "goals.json"))
	for name, stays := range files {
		if _, err := os.Stat(filepath.Join(dir, name)); (err == nil) != stays {
			t.Errorf("%s stays: %v, want %v", name, err == nil, stays)
		}
	}
}

func TestSuccessesOutliveARestartAndNotTheirCollector(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "goals.json")
	at := time.Date(2026, 3, 1, 12, 0, 0, 5, time.UTC)
	b, _ := open(t, file)
	b.succeed("shop", at)
	b.succeed("desk", at)
	if _, _, err := b.look(at, nil, alerts.RuleOptions{}, []alertmanager.Health{{Alertmanager: "http://am:9093", LastSuccess: at}}); err != nil {
		t.Fatal(err)
	}
	b.retain(map[string]bool{"shop": true})
	b.succeed("shop", at.Add(time.Minute))
	again, _ := open(t, file)
	if got := again.success("shop"); !got.Equal(at.Add(time.Minute)) {
		t.Errorf("the shop last succeeded at %s", got)
	}
	if got := again.reached()["http://am:9093"]; !got.Equal(at) {
		t.Errorf("the Alertmanager was last reached at %s", got)
	}
	if got := again.success("desk"); !got.IsZero() {
		t.Errorf("a collector that is gone last succeeded at %s", got)
	}
	if got := written(t, again); got != "cx_state_file_last_write_successful 1, cx_state_file_write_errors_total 0" {
		t.Errorf("at the start: %s", got)
	}
	if nothing, _ := open(t, ""); written(t, nothing) != "" {
		t.Error("without a file there are metrics of it")
	}
}

// A disk that hangs holds the book for as long as it likes. Prometheus must get its
// page all the same.
func TestTheMetricsOfABookDoNotWaitForItsDisk(t *testing.T) {
	t.Parallel()
	b, _ := open(t, filepath.Join(t.TempDir(), "goals.json"))
	b.mu.Lock() // as a write does that goes on
	defer b.mu.Unlock()
	gathered := make(chan error, 1)
	go func() {
		_, err := b.metrics().Gather()
		gathered <- err
	}()
	select {
	case err := <-gathered:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(10 * time.Second):
		t.Error("they wait for the file to be written")
	}
}
