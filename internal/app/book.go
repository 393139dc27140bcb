package app

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/cx-exporter/cx-exporter/alerts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// Book keeps the last verdict on every goal and the exporter's own alerts, over
// reloads and, with a file, over restarts. It is safe for concurrent use.
type Book struct {
	file string // empty keeps nothing beyond the process

	mu     sync.Mutex
	last   map[string]alerts.Verdict // by goal
	ledger alerts.Ledger
	// written is when the alerts were last kept.
	written time.Time
}

// bookFile is the content of the file.
type bookFile struct {
	Version int                       `json:"version"`
	Goals   map[string]alerts.Verdict `json:"goals"`
	Alerts  *alerts.Ledger            `json:"alerts,omitempty"` // nil where none were ever sent
}

const bookVersion = 1

// OpenBook reads the book of an earlier run, if there is one. A file that cannot
// be read as one is an error: to begin anew would tell old news again.
func OpenBook(file string) (*Book, error) {
	b := &Book{file: file, last: map[string]alerts.Verdict{}}
	if file == "" {
		return b, nil
	}
	content, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return b, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the verdicts on goals: %w", err)
	}
	var f bookFile
	if err := json.Unmarshal(content, &f); err != nil || f.Version != bookVersion {
		return nil, fmt.Errorf("the file %s holds no verdicts on goals that this version can read; remove it to begin anew", file)
	}
	if f.Alerts != nil {
		b.ledger = *f.Alerts
	}
	for name, v := range f.Goals {
		b.last[name] = v
	}
	return b, nil
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
func (b *Book) keep(goals []*alerts.Goal, verdicts []alerts.Verdict) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i, g := range goals {
		b.last[g.Name] = verdicts[i]
	}
	return b.write()
}

// keepsWaiting is how much of the time that an alert has waited may be lost by a
// crash.
const keepsWaiting = time.Minute

// look brings the alerts up to an instant, and writes the file if that is worth
// it. heard tells whether what was sent last has arrived. It returns the alerts
// to be told, and whether they are others than before.
func (b *Book) look(now time.Time, samples []kpi.Sample, o alerts.RuleOptions, heard bool) (told []alerts.Instance, moved bool, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	moved, fresh, err := b.ledger.Look(now, samples, o, heard)
	if fresh || b.ledger.Waits() && now.Sub(b.written).Abs() >= keepsWaiting {
		b.written = now
		err = errors.Join(err, b.write())
	}
	return b.ledger.Told(), moved, err
}

// save writes the alerts as they are, if there are any.
func (b *Book) save() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ledger.At.IsZero() {
		return nil
	}
	return b.write()
}

// remembers reports whether a restart forgets nothing.
func (b *Book) remembers() bool { return b.file != "" }

// write replaces the file, so that it is whole whenever the process ends.
func (b *Book) write() error {
	if b.file == "" {
		return nil
	}
	file := bookFile{Version: bookVersion, Goals: b.last}
	if !b.ledger.At.IsZero() {
		file.Alerts = &b.ledger
	}
	content, err := json.MarshalIndent(file, "", "  ")
	if err != nil {
		return fmt.Errorf("write the verdicts on goals: %w", err)
	}
	f, err := os.CreateTemp(filepath.Dir(b.file), filepath.Base(b.file)+".*")
	if err != nil {
		return fmt.Errorf("write the verdicts on goals: %w", err)
	}
	_, err = f.Write(append(content, '\n'))
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), b.file)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("write the verdicts on goals: %w", err), os.Remove(f.Name()))
	}
	return nil
}
