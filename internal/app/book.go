package app

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cx-exporter/cx-exporter/alerts"
	"github.com/cx-exporter/cx-exporter/alerts/alertmanager"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// Book keeps the last verdict on every goal, the exporter's own alerts and when
// collectors last succeeded, over reloads and, with a file, over restarts. It is
// safe for concurrent use.
type Book struct {
	file string // empty keeps nothing beyond the process

	mu        sync.Mutex
	log       *slog.Logger
	last      map[string]alerts.Verdict // by goal
	succeeded map[string]time.Time      // by collector
	pushed    map[string]time.Time      // when Alertmanagers last took something, by address
	ledger    alerts.Ledger
	// tried is when a look last wrote the file.
	tried time.Time

	// behind tells that the file is not what is known: it could not be written.
	// Both are read without the lock, which is held while the file is written: a disk
	// that hangs keeps nobody from the metrics.
	behind   atomic.Bool
	failures atomic.Uint64
}

// bookFile is the content of the file.
type bookFile struct {
	Version       int                       `json:"version"`
	Goals         map[string]alerts.Verdict `json:"goals"`
	Collectors    map[string]time.Time      `json:"collectors,omitempty"`
	Alertmanagers map[string]time.Time      `json:"alertmanagers,omitempty"`
	Alerts        *alerts.Ledger            `json:"alerts,omitempty"` // nil where none were ever sent
}

const bookVersion = 1

// bookHolds is what the file keeps, in words.
const bookHolds = "the verdicts on goals, the exporter's own alerts, and when collectors last succeeded and Alertmanagers were last reached"

// OpenBook reads the book of an earlier run, if there is one. A file that cannot
// be read as one is an error: to begin anew would tell old news again.
func OpenBook(file string) (*Book, error) {
	b := &Book{file: file, log: slog.New(slog.DiscardHandler), last: map[string]alerts.Verdict{}, succeeded: map[string]time.Time{}, pushed: map[string]time.Time{}}
	if file == "" {
		return b, nil
	}
	sweep(file)
	content, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return b, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the state file, which keeps %s: %w", bookHolds, err)
	}
	var f bookFile
	if err := json.Unmarshal(content, &f); err != nil || f.Version != bookVersion {
		return nil, fmt.Errorf("the file %s is no state file that this version can read: one keeps %s; remove it to begin anew", file, bookHolds)
	}
	if f.Alerts != nil {
		b.ledger = *f.Alerts
	}
	maps.Copy(b.last, f.Goals)
	maps.Copy(b.succeeded, f.Collectors)
	maps.Copy(b.pushed, f.Alertmanagers)
	return b, nil
}

// tell has the book tell a log when it cannot be written, and when it can again.
func (b *Book) tell(log *slog.Logger) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.log = log
}

// verdicts are the last ones on goals, or fresh ones where a goal is new or
// defined otherwise.
func (b *Book) verdicts(goals []*alerts.Goal) []alerts.Verdict {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := make([]alerts.Verdict, len(goals))
	for i, g := range goals {
		v, ok := b.last[g.Name]
		if !ok || v.Key != g.Key() {
			v = g.Begin()
		}
		out[i] = v
	}
	return out
}

// keep takes new verdicts, and writes the file.
func (b *Book) keep(goals []*alerts.Goal, verdicts []alerts.Verdict) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i, g := range goals {
		b.last[g.Name] = verdicts[i]
	}
	b.write()
}

// success is when a collector last succeeded; zero where that is not known.
func (b *Book) success(collector string) time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.succeeded[collector]
}

// succeed notes a success of a collector, and writes the file.
func (b *Book) succeed(collector string, at time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.succeeded[collector] = at
	b.write()
}

// retain forgets the successes of all collectors but some.
func (b *Book) retain(collectors map[string]bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	maps.DeleteFunc(b.succeeded, func(name string, _ time.Time) bool { return !collectors[name] })
}

// keepsWaiting is how much of the time that an alert has waited may be lost by a
// crash, and how soon a look writes again what could not be written.
const keepsWaiting = time.Minute

// look brings the alerts up to an instant, and writes the file if that is worth
// it. health is how the sending goes to each Alertmanager. It returns the alerts
// to be told, and whether they are others than before.
func (b *Book) look(now time.Time, samples []kpi.Sample, o alerts.RuleOptions, health []alertmanager.Health) (told []alerts.Instance, moved bool, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	heard := make(map[string]bool, len(health))
	clear(b.pushed)
	for _, h := range health {
		heard[h.Alertmanager], b.pushed[h.Alertmanager] = !h.Failing, h.LastSuccess
	}
	moved, fresh, err := b.ledger.Look(now, samples, o, heard)
	if fresh || (b.behind.Load() || b.ledger.Waits()) && now.Sub(b.tried).Abs() >= keepsWaiting {
		b.tried = now
		b.write()
	}
	return b.ledger.Told(), moved, err
}

// reached is when each Alertmanager last took something, as far as is known.
func (b *Book) reached() map[string]time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return maps.Clone(b.pushed)
}

// save writes what is known, if that is anything.
func (b *Book) save() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.behind.Load() || !b.ledger.At.IsZero() {
		b.write()
	}
}

// remembers reports whether a restart forgets nothing.
func (b *Book) remembers() bool { return b.file != "" }

// write replaces the file. What cannot be written is written with the next news,
// or by a look.
func (b *Book) write() {
	if b.file == "" {
		return
	}
	file := bookFile{Version: bookVersion, Goals: b.last, Collectors: b.succeeded, Alertmanagers: b.pushed}
	if !b.ledger.At.IsZero() {
		file.Alerts = &b.ledger
	}
	content, err := json.MarshalIndent(file, "", "  ")
	if err == nil {
		err = replaceFile(b.file, append(content, '\n'))
	}
	was := b.behind.Swap(err != nil)
	switch {
	case err != nil:
		b.failures.Add(1)
		if !was {
			b.log.Warn("the state file cannot be written, so that a restart would forget what it keeps; it is tried again", "keeps", bookHolds, "file", b.file, "err", err)
		}
	case was:
		b.log.Info("the state file can be written again", "file", b.file)
	}
}
