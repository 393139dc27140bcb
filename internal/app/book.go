package app

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"github.com/cx-exporter/cx-exporter/alerts"
)

// Book keeps the last verdict on every goal, over reloads and, with a file, over
// restarts. It is safe for concurrent use.
type Book struct {
	file string // empty keeps nothing beyond the process

	mu   sync.Mutex
	last map[string]alerts.Verdict // by goal
}

// bookFile is the content of the file.
type bookFile struct {
	Version int                       `json:"version"`
	Goals   map[string]alerts.Verdict `json:"goals"`
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

// write replaces the file, so that it is whole whenever the process ends.
func (b *Book) write() error {
	if b.file == "" {
		return nil
	}
	content, err := json.MarshalIndent(bookFile{bookVersion, b.last}, "", "  ")
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
