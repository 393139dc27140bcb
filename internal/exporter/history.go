package exporter

import (
	"bytes"
	"compress/flate"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/source"
)

// remembered is how many good runs of a collector are remembered, and how many
// failed ones.
const remembered = 10

// Run is a run of a collector that has ended.
type Run struct {
	// At is the instant that was evaluated, and Ended when the run ended.
	At, Ended time.Time
	Took      time.Duration
	// Reason is the label of a failure, and Failure says it in words. Both are
	// empty for a good run.
	Reason, Failure string

	statements []byte // compressed: one text is much like the next
	more       int
}

// History is what is remembered of a collector's runs, the latest first.
type History struct {
	Good, Failed []Run
}

// packer compresses the statements of runs. It is one for all, since a compressor
// takes more memory than what it is for.
type packer struct {
	mu      sync.Mutex
	deflate *flate.Writer
	packed  bytes.Buffer
}

// run is what is remembered of a run. trace may be nil.
func (p *packer) run(r run, trace *source.Trace) Run {
	out := Run{At: r.at, Ended: r.now, Took: max(0, r.took)}
	if r.err != nil {
		out.Reason, out.Failure = validText(reasonOf(r.err)), validText(r.err.Error())
	}
	if trace != nil {
		var kept []source.Traced
		kept, out.more = trace.Statements()
		out.statements = p.pack(kept)
	}
	return out
}

func (p *packer) pack(all []source.Traced) []byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.packed.Reset()
	if p.deflate == nil {
		p.deflate, _ = flate.NewWriter(&p.packed, flate.BestSpeed) // the level is valid
	} else {
		p.deflate.Reset(&p.packed)
	}
	_ = json.NewEncoder(p.deflate).Encode(all) // texts and numbers, into a buffer
	_ = p.deflate.Close()
	return bytes.Clone(p.packed.Bytes())
}

// Statements are those that the run sent, in the order in which they began, and
// the number of further ones that were not kept.
func (r Run) Statements() (kept []source.Traced, more int, err error) {
	if r.statements == nil {
		return nil, r.more, nil
	}
	if err := json.NewDecoder(flate.NewReader(bytes.NewReader(r.statements))).Decode(&kept); err != nil {
		return nil, 0, fmt.Errorf("read the statements of a run: %w", err)
	}
	return kept, r.more, nil
}

// add remembers a run, and forgets the oldest of its kind if there are too many.
func (h *History) add(r Run) {
	runs := &h.Good
	if r.Reason != "" {
		runs = &h.Failed
	}
	*runs = slices.Insert((*runs)[:min(len(*runs), remembered-1)], 0, r)
}

// History is what is remembered of the runs of a collector, also of runs before a
// reload. It reports false for a collector that there is not.
func (e *Exporter) History(collector string) (History, bool) {
	e.store.mu.Lock()
	defer e.store.mu.Unlock()
	st, ok := e.store.states[collector]
	if !ok {
		return History{}, false
	}
	return History{Good: slices.Clone(st.history.Good), Failed: slices.Clone(st.history.Failed)}, true
}
