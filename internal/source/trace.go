package source

import (
	"context"
	"strings"
	"sync"
	"time"
)

// What a trace keeps at most, so that a run of many statements fills no memory.
const (
	tracedStatements = 50
	tracedText       = 128 << 10 // bytes of all statements together
)

// Trace gathers the statements that are run under a context, without secrets. It
// is safe for concurrent use.
type Trace struct {
	mu   sync.Mutex
	kept []Traced
	more int
	room int
}

// Traced is a statement that was run.
type Traced struct {
	Source string
	// SQL is its text, or the beginning of one that is too long to be kept.
	SQL string
	// Cut is how many bytes of the text are missing.
	Cut  int
	Rows int
	Took time.Duration
	// Running tells that it had not ended yet; Rows and Took hold only when it has.
	Running bool
	// Failure says why it failed; empty where it did not.
	Failure string
}

type traceKey struct{}

// WithTrace returns a context under which statements are gathered.
func WithTrace(ctx context.Context) (context.Context, *Trace) {
	t := &Trace{room: tracedText}
	return context.WithValue(ctx, traceKey{}, t), t
}

// Statements are those that were run so far, in the order in which they began,
// and the number of further ones that were not kept.
func (t *Trace) Statements() (kept []Traced, more int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return append(kept, t.kept...), t.more
}

// traced notes a statement that begins, if somebody wants to know. What it
// returns is to be called when it has ended.
func (d *DB) traced(ctx context.Context, text string) (ended func(rows int, err error)) {
	t, ok := ctx.Value(traceKey{}).(*Trace)
	if !ok {
		return func(int, error) {}
	}
	i := t.begin(d.opts.Name, d.secrets.remove(text))
	begun := time.Now()
	return func(rows int, err error) { t.end(i, rows, time.Since(begun), err) }
}

// begin returns the place of a new statement, or -1 if it is not kept.
func (t *Trace) begin(source, text string) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.kept) == tracedStatements {
		t.more++
		return -1
	}
	whole := len(text)
	if whole > t.room {
		text = strings.ToValidUTF8(text[:t.room], "") // without a letter that was cut in two
	}
	t.room -= len(text)
	t.kept = append(t.kept, Traced{Source: source, SQL: text, Cut: whole - len(text), Running: true})
	return len(t.kept) - 1
}

func (t *Trace) end(i, rows int, took time.Duration, err error) {
	if i < 0 {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	x := &t.kept[i]
	x.Running, x.Rows, x.Took = false, rows, took
	if err != nil {
		x.Failure = err.Error()
	}
}
