package exporter

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Options are what an exporter is made of. All fields are needed.
type Options struct {
	// Now reads the clock. It may be set back or forward at any time.
	Now   func() time.Time
	Log   *slog.Logger
	Build Build
}

// Exporter runs collectors on their slots and keeps a rendered page of what
// they found. It is safe for concurrent use.
type Exporter struct {
	now   func() time.Time
	log   *slog.Logger
	store *store
	shown atomic.Pointer[Page]
	board atomic.Pointer[Board]
	dirty chan struct{} // holds a token while the page is out of date

	// mu guards what follows: the runners of the present configuration, and all
	// goroutines of this and earlier ones.
	mu      sync.Mutex
	runners map[string]*runner
	alive   map[*runner]bool
	stop    chan struct{} // closed by Stop
	started bool
	stopped bool
	running sync.WaitGroup
}

// New makes an exporter without collectors. It runs nothing yet, but its page
// is there.
func New(o Options) *Exporter {
	e := &Exporter{
		now:   o.Now,
		log:   o.Log.With("component", "exporter"),
		dirty: make(chan struct{}, 1),
		alive: make(map[*runner]bool),
		stop:  make(chan struct{}),
	}
	e.store = &store{build: o.Build, changed: e.touch}
	var p printer
	e.show(&p)
	return e
}

// Page is the metrics page. It never waits for anything.
func (e *Exporter) Page() *Page { return e.shown.Load() }

// Apply replaces all collectors, and starts running them. Collectors whose name
// and key stay the same keep their values, health and slots; values of the
// others go. It changes nothing if it returns an error.
//
// Runs of collectors that are gone or changed are cancelled; a run of an
// unchanged collector may end in its own time. The channel is closed when no
// run of the collectors before is under way, so that what they use can be
// closed.
func (e *Exporter) Apply(cs []Collector) (<-chan struct{}, error) {
	if err := checkAll(cs); err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.stopped {
		return nil, errors.New("the exporter has been stopped")
	}
	states, kept := e.store.adopt(cs)
	old := e.runners
	for name, r := range old {
		r.retire()
		if !kept[name] {
			r.cancel()
		}
	}
	if !e.started {
		e.started = true
		// From the first look on, the page tells what it waits for.
		var p printer
		e.show(&p)
		e.running.Go(e.render)
	}
	e.runners = e.start(cs, states)
	drained := make(chan struct{})
	e.running.Go(func() {
		for _, r := range old {
			<-r.done
		}
		close(drained)
	})
	return drained, nil
}

// spacing is the time between first runs, so that databases are not all asked
// at once, and firstRuns the time within which all have begun.
const (
	spacing   = 100 * time.Millisecond
	firstRuns = 3 * time.Second
)

// start starts the runners, in order of their names.
func (e *Exporter) start(cs []Collector, states map[string]*state) map[string]*runner {
	cs = slices.SortedFunc(slices.Values(cs), func(a, b Collector) int { return cmp.Compare(a.Name, b.Name) })
	runners := make(map[string]*runner, len(cs))
	for i, c := range cs {
		waiting, retire := context.WithCancel(context.Background())
		running, cancel := context.WithCancel(context.Background())
		r := &runner{
			collector: c, state: states[c.Name], generation: states[c.Name].generation,
			store: e.store, now: e.now, log: e.log.With("collector", c.Name),
			stagger: min(time.Duration(i)*spacing, time.Duration(i)*firstRuns/time.Duration(len(cs))),
			retire:  retire, cancel: cancel, done: make(chan struct{}),
		}
		runners[c.Name] = r
		e.alive[r] = true
		e.running.Go(func() {
			r.loop(waiting, running)
			e.mu.Lock()
			defer e.mu.Unlock()
			delete(e.alive, r)
		})
	}
	return runners
}

// Reloaded tells how loading the configuration went, at the start and at each
// reload.
func (e *Exporter) Reloaded(good bool) { e.store.reloaded(good, e.now()) }

// Stop cancels all runs and waits until nothing is running any more, but not
// longer than ctx lasts: then it names the collectors that did not return. The
// page stays. Stop may be called twice.
func (e *Exporter) Stop(ctx context.Context) error {
	e.mu.Lock()
	if !e.stopped {
		e.stopped = true
		close(e.stop)
		for r := range e.alive {
			r.retire()
			r.cancel()
		}
	}
	e.mu.Unlock()
	ended := make(chan struct{})
	go func() {
		e.running.Wait()
		close(ended)
	}()
	select {
	case <-ended:
		e.store.close()
		return nil
	case <-ctx.Done():
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	names := make(map[string]bool)
	for r := range e.alive {
		names[r.collector.Name] = true
	}
	return fmt.Errorf("stopping: still evaluating %s: %w", strings.Join(slices.Sorted(maps.Keys(names)), ", "), ctx.Err())
}
