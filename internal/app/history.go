package app

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/board"
	"github.com/cx-exporter/cx-exporter/internal/exporter"
)

const (
	// weeksShown is how many weeks of the past the board shows.
	weeksShown = 12
	// pastShare is how many times as long as a look at the past took nothing is
	// looked at then, so that the past takes a tenth of the time at most, and
	// shortestPause is the shortest such pause.
	pastShare     = 9
	shortestPause = 100 * time.Millisecond
	// pastPatience is how often a look may be given up for a run of a collector
	// before it waits for the next round.
	pastPatience = 10
	// pastRound is the time between two rounds over all collectors, and soonRound
	// the same while some of them had no good run yet.
	pastRound = 20 * time.Minute
	soonRound = 2 * time.Second
)

// historian looks at the past of the KPIs for the board: as of the midnights of
// the last weeks, in the background, one look at a time. A run of a collector goes
// before: a look that would keep a connection from it is given up.
type historian struct {
	narrator *narrator
	standing func() *exporter.Board
	now      func() time.Time
	log      *slog.Logger

	mu      sync.Mutex
	limits  map[string]int  // connections by source
	running map[string]int  // runs of collectors by source
	looking map[string]bool // the sources of the look that is under way
	giveUp  context.CancelFunc
	stop    context.CancelFunc
	ended   chan struct{}
}

// newHistorian makes a historian that tells a narrator what it finds.
func newHistorian(o Options, n *narrator, standing func() *exporter.Board) *historian {
	return &historian{
		narrator: n, standing: standing, now: o.Now, log: o.Log.With("component", "history"),
		running: map[string]int{}, looking: map[string]bool{},
	}
}

// begin looks at the past of a configuration from now on, and no longer at that
// of the one before. What it returns is closed when that one is not read any more.
func (h *historian) begin(set *Set) <-chan struct{} {
	before := h.end()
	ctx, cancel := context.WithCancel(context.Background())
	h.mu.Lock()
	defer h.mu.Unlock()
	h.limits = map[string]int{}
	for _, s := range set.Config.Sources {
		h.limits[s.Name] = s.MaxConnections
	}
	ended := make(chan struct{})
	h.stop, h.ended = cancel, ended
	go func() {
		defer close(ended)
		<-before // one look at a time
		h.loop(ctx, set)
	}()
	return before
}

// end looks at nothing any more. What it returns is closed when that is so.
func (h *historian) end() <-chan struct{} {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.stop == nil {
		none := make(chan struct{})
		close(none)
		return none
	}
	h.stop()
	return h.ended
}

// before lets a collector's run go before what is looked at.
func (h *historian) before(sources []string, evaluate func(context.Context, time.Time) (*exporter.Snapshot, error)) func(context.Context, time.Time) (*exporter.Snapshot, error) {
	return func(ctx context.Context, at time.Time) (*exporter.Snapshot, error) {
		h.count(sources, 1)
		defer h.count(sources, -1)
		return evaluate(ctx, at)
	}
}

func (h *historian) count(sources []string, by int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, s := range sources {
		h.running[s] += by
		if h.looking[s] && h.running[s] >= h.limits[s] {
			h.giveUp()
		}
	}
}

// enter begins a look at sources, if each has a connection to spare.
func (h *historian) enter(sources []string, giveUp context.CancelFunc) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, s := range sources {
		if h.running[s] >= h.limits[s] {
			return false
		}
	}
	h.giveUp = giveUp
	for _, s := range sources {
		h.looking[s] = true
	}
	return true
}

func (h *historian) leave() {
	h.mu.Lock()
	defer h.mu.Unlock()
	clear(h.looking)
}

// loop makes rounds over all collectors until ctx ends.
func (h *historian) loop(ctx context.Context, set *Set) {
	var all []*retrospect
	for _, i := range set.Collectors {
		if r := set.retrospect(i); r != nil {
			all = append(all, r)
		}
	}
	for ctx.Err() == nil {
		wait := pastRound
		for _, r := range all {
			switch {
			case !h.good(r.name):
				wait = soonRound
				continue
			case h.now().Before(r.after):
				continue
			}
			if !h.review(ctx, r, set.Config.Global.Zone) {
				break
			}
		}
		rest(ctx, wait)
	}
}

// good reports whether a collector had a good run, so that its sources are there.
func (h *historian) good(name string) bool {
	return slices.ContainsFunc(h.standing().Standings, func(s exporter.Standing) bool { return s.Collector.Name == name && s.Good != nil && !s.Failing })
}

// review brings the past of a collector up to the present day. It reports false
// when ctx has ended.
func (h *historian) review(ctx context.Context, r *retrospect, zone *time.Location) bool {
	wanted := weeks(h.now(), zone)
	if p := h.narrator.Story().Pasts[r.name]; p != nil && slices.EqualFunc(p.Instants, wanted, time.Time.Equal) {
		return true
	}
	atOnce := 1
	if r.evaluator.HistoryIsCheap(wanted[0]) {
		atOnce = len(wanted)
	}
	past := &board.Past{Lines: map[board.Line][]board.Point{}}
	given := 0
	for left := wanted; len(left) > 0; { // the latest first
		some := left[max(0, len(left)-atOnce):]
		begun := h.now()
		snapshots, state := h.look(ctx, r, some)
		pause := max(shortestPause, pastShare*h.now().Sub(begun))
		switch state {
		case looked:
			past = earlier(past, snapshots)
			h.narrator.remember(r.name, past)
			left = left[:len(left)-len(some)]
		case givenUp:
			if given++; given > pastPatience {
				return true
			}
			pause = max(pause, time.Second)
		case failed:
			r.after = h.now().Add(pastRound)
			return rest(ctx, pause)
		}
		if !rest(ctx, pause) {
			return false
		}
	}
	return true
}

// The ways in which a look ends.
const (
	looked = iota
	givenUp
	failed
)

// look evaluates instants of the past.
func (h *historian) look(ctx context.Context, r *retrospect, at []time.Time) ([]*exporter.Snapshot, int) {
	ctx, cancel := context.WithTimeout(ctx, r.timeout)
	defer cancel()
	var waived sync.Once
	gaveUp := false
	if !h.enter(r.sources, func() { waived.Do(func() { gaveUp = true; cancel() }) }) {
		return nil, givenUp
	}
	snapshots, err := r.evaluator.At(ctx, at...)
	h.leave() // from here on nobody calls giveUp
	switch {
	case err == nil:
		return snapshots, looked
	case gaveUp:
		return nil, givenUp
	}
	h.log.Debug("the past cannot be looked at; the next round tries again", "collector", r.name, "err", err)
	return nil, failed
}
