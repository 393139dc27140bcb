package exporter

import (
	"maps"
	"slices"
	"sync"
	"time"
)

// store keeps the last good snapshot and the health of each collector. It is
// safe for concurrent use.
type store struct {
	build   Build
	changed func() // called, under the lock, when the page is out of date

	packer packer

	mu     sync.Mutex
	states map[string]*state
	high   time.Time // the latest instant seen
	reload reload
}

// reload is the outcome of loading the configuration.
type reload struct {
	known, good bool
	success     time.Time
}

// state is what is known of one collector. The fields under busy are guarded by
// the store's lock.
type state struct {
	collector Collector
	// busy holds a token while an evaluation of that name is running, over
	// reloads too: a collector never overlaps itself.
	busy chan struct{}

	attempted bool
	failing   bool
	reason    string
	// lastSuccess is the instant that good holds for, even after it is withdrawn.
	// Like the counters it outlives a change of the definition, and it may be that
	// of a process before.
	lastSuccess time.Time
	duration    time.Duration
	up          map[string]bool
	count       *counters
	history     *History // outlives a change of the definition
	good        *good
	lasting     families // outlives good, a failure and a reload
	// generation counts the reloads that kept the state. A run that began before
	// one brings what Lasting was by the old configuration.
	generation int
	expiry     *time.Timer
	inspected  time.Time // the instant of the last inspection, also of one that failed
	concerns   []Concern
}

// counters never fall, also when a collector's definition changes.
type counters struct {
	runs, statements, rows, missed float64
	failures                       map[string]float64
}

// good is a snapshot that is shown, whole.
type good struct {
	families families
	lasting  families
	rejected map[string]float64
	withheld map[string]int
	newest   time.Time
	snapshot *Snapshot // for people
}

// run is the outcome of one run.
type run struct {
	at, now          time.Time // the instant that was evaluated, and the end of the run
	took             time.Duration
	statements, rows int
	good             *good // nil where the run failed
	err              error
	remembered       Run
	// generation is that of the state when the runner was made.
	generation int
}

// news is how a run changed a collector's health; zero where it did not.
type news struct {
	failing, recovered bool
	reason             string
}

// adopt replaces the collectors. Those with the same name and key keep their
// values and health, and those with the same name their counters. It returns
// the states by name, and which were kept.
func (s *store) adopt(cs []Collector) (states map[string]*state, kept map[string]bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	states, kept = make(map[string]*state, len(cs)), make(map[string]bool)
	for _, c := range cs {
		st, old := &state{up: make(map[string]bool)}, s.states[c.Name]
		switch {
		case old == nil:
			st.busy = make(chan struct{}, 1)
			st.count = &counters{failures: make(map[string]float64)}
			st.history = new(History)
			st.lastSuccess = c.LastSuccess
		case old.collector.Key == c.Key:
			st = old
			kept[c.Name] = true
		default:
			st.busy, st.count, st.history = old.busy, old.count, old.history
			st.lastSuccess = old.lastSuccess
		}
		st.collector = c
		st.lasting = lasting(c.Lasting)
		st.generation++
		states[c.Name] = st
	}
	for _, old := range s.states {
		if states[old.collector.Name] != old {
			old.stopExpiry()
		}
	}
	s.states = maps.Clone(states)
	s.changed()
	return states, kept
}

// record takes the outcome of a run, whole.
func (s *store) record(st *state, r run) news {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.states[st.collector.Name] != st {
		return news{} // a reload took the collector away
	}
	s.observe(r.now)
	defer s.changed()
	st.attempted = true
	st.duration = max(0, r.took)
	st.count.runs++
	st.history.add(r.remembered)
	st.count.statements += float64(r.statements)
	st.count.rows += float64(r.rows)
	if r.err != nil {
		return s.fail(st, r.err)
	}
	recovered := st.failing
	st.failing, st.reason = false, ""
	for _, name := range st.collector.Sources {
		st.up[name] = true
	}
	if r.at.After(r.now) { // the clock was set back during the run
		r.at = r.now
	}
	st.lastSuccess = r.at
	st.stopExpiry()
	st.good = r.good
	if r.generation == st.generation {
		st.lasting = r.good.lasting
	}
	// The timer runs on the monotonic clock: setting the wall clock neither
	// keeps old values alive nor takes young ones away.
	shown := r.good
	st.expiry = time.AfterFunc(st.collector.MaxAge-r.now.Sub(r.at), func() { s.expire(st, shown) })
	return news{recovered: recovered}
}

// fail takes a failed run. The values of the last good one stay.
func (s *store) fail(st *state, err error) news {
	reason := validText(reasonOf(err))
	st.count.failures[reason]++
	for _, failed := range failedSources(err) {
		st.up[failed.Source] = !failed.down() // the others were cancelled: nothing is known of them
	}
	same := st.failing && st.reason == reason
	st.failing, st.reason = true, reason
	if same {
		return news{}
	}
	return news{failing: true, reason: reason}
}

// missed counts slots that passed without a run.
func (s *store) missed(st *state, slots int) {
	if slots == 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	st.count.missed += float64(slots)
	s.changed()
}

// inspectedEvery is the time between inspections of rows.
const inspectedEvery = 24 * time.Hour

// inspects reports whether rows are to be inspected again, and notes that they
// are.
func (s *store) inspects(st *state, at time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if at.Sub(st.inspected).Abs() < inspectedEvery {
		return false
	}
	st.inspected = at
	return true
}

// doubt takes what an inspection found, and returns what is new of it.
func (s *store) doubt(st *state, found []Concern) (news []Concern) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range found {
		if !slices.ContainsFunc(st.concerns, func(o Concern) bool { return o.Name == c.Name }) {
			news = append(news, c)
		}
	}
	st.concerns = found
	s.changed()
	return news
}

// attempted reports whether the collector had its first run.
func (s *store) attempted(st *state) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return st.attempted
}

// look tells the store what time it is, and returns how far the clock was set
// back since it was last told.
func (s *store) look(now time.Time) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.observe(now)
}

// smallStep is the correction of a clock that is not worth a word.
const smallStep = time.Second

// observe keeps ages true when the clock is set: no instant lies ahead of now,
// and values older than their maximum age are withdrawn, although no timer ran
// while the machine slept.
func (s *store) observe(now time.Time) (back time.Duration) {
	if now.Add(smallStep).Before(s.high) {
		back = s.high.Sub(now)
		s.high = now
		s.reload.success = earlier(s.reload.success, now)
		s.changed()
	}
	if now.After(s.high) {
		s.high = now
	}
	for _, st := range s.states {
		st.lastSuccess = earlier(st.lastSuccess, now)
		if st.good != nil && now.Sub(st.lastSuccess) > st.collector.MaxAge {
			st.stopExpiry()
			st.good = nil
			s.changed()
		}
	}
	return back
}

func earlier(a, b time.Time) time.Time {
	if a.After(b) {
		return b
	}
	return a
}

// expire withdraws values that nothing has replaced.
func (s *store) expire(st *state, shown *good) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if st.good == shown {
		st.good = nil
		s.changed()
	}
}

func (st *state) stopExpiry() {
	if st.expiry != nil {
		st.expiry.Stop()
	}
}

// reloaded takes the outcome of loading a configuration.
func (s *store) reloaded(good bool, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reload.known, s.reload.good = true, good
	if good {
		s.reload.success = now
	}
	s.changed()
}

// close stops all timers.
func (s *store) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, st := range s.states {
		st.stopExpiry()
	}
}
