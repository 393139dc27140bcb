package exporter

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/source"
)

// runner runs one collector on its slots.
type runner struct {
	collector Collector
	state     *state
	// generation is that of the state when this runner was made.
	generation int
	store      *store
	now        func() time.Time
	log        *slog.Logger
	// stagger keeps runs apart that would begin together: the first ones, and
	// those that are due at once because the clock jumped.
	stagger time.Duration

	retire func() // ends the loop, but not a run that is under way
	cancel func() // ends the run
	done   chan struct{}
	runs   sync.WaitGroup
}

const (
	// longestWait bounds a wait, so that a set clock is noticed: timers do not
	// follow the wall clock.
	longestWait = time.Minute
	// onTime is how late a run may begin and still count as on time.
	onTime = time.Second
	// grace is how long after its deadline a run may take to return, for
	// example to stop the database's work on it. Then it counts as failed.
	grace = 5 * time.Second
)

// loop runs the collector until waiting ends. It returns when no run is under
// way.
func (r *runner) loop(waiting, running context.Context) {
	defer close(r.done)
	defer r.runs.Wait()
	defer r.retire()
	last, ok := r.first(waiting, running)
	for ok {
		last, ok = r.next(waiting, running, last)
	}
}

// first makes the first run, unless a configuration before this one did. It
// returns the instant from which on slots count.
func (r *runner) first(waiting, running context.Context) (time.Time, bool) {
	select {
	case r.state.busy <- struct{}{}: // the same collector of the configuration before has ended
	case <-waiting.Done():
		return time.Time{}, false
	}
	if r.store.attempted(r.state) {
		<-r.state.busy
		return r.look(), true
	}
	if !sleep(waiting, r.stagger) {
		<-r.state.busy
		return time.Time{}, false
	}
	at := r.look()
	r.run(running, at)
	return r.settle(at), true
}

// next waits for the first slot after last and makes its run. It returns the
// latest slot that is settled.
func (r *runner) next(waiting, running context.Context, last time.Time) (time.Time, bool) {
	if waiting.Err() != nil {
		return last, false
	}
	now := r.look()
	if now.Before(last) {
		// The clock was set back. Slots count anew from here: waiting for it to
		// come by again could take hours.
		last = now
	}
	slot, before, wait, due := slotAt(r.collector.Schedule, r.collector.Interval, last, now)
	if !due {
		return last, sleep(waiting, min(wait, longestWait))
	}
	r.store.missed(r.state, before)
	if now.Sub(slot) > onTime && !sleep(waiting, r.stagger) {
		return last, false
	}
	select {
	case r.state.busy <- struct{}{}:
	default: // the run before has not returned
		r.store.missed(r.state, 1)
		return slot, true
	}
	r.run(running, slot)
	return r.settle(slot), true
}

// settle counts the slots that passed during a run as missed. They are not
// made up for: a database that is slow needs the pause.
func (r *runner) settle(last time.Time) time.Time {
	slot, before, _, due := slotAt(r.collector.Schedule, r.collector.Interval, last, r.look())
	if !due {
		return last
	}
	r.store.missed(r.state, before+1)
	return slot
}

// look reads the clock and shows it to the store.
func (r *runner) look() time.Time {
	now := r.now()
	if back := r.store.look(now); back > 0 {
		r.log.Warn("clock was set back", "by", back.String())
	}
	return now
}

// run makes one run, whose token it has been given. It returns when the run
// has returned, is given up, or is of no interest any more.
func (r *runner) run(running context.Context, at time.Time) {
	ctx, cancel := context.WithTimeout(running, r.collector.Timeout)
	ctx, trace := source.WithTrace(ctx)
	begun := r.now()
	var taken atomic.Bool // whether the outcome is recorded
	returned := make(chan struct{})
	r.runs.Go(func() {
		defer close(returned)
		defer cancel()
		defer func() { <-r.state.busy }()
		outcome := r.evaluate(ctx, at)
		if running.Err() == nil && taken.CompareAndSwap(false, true) {
			r.finish(outcome, begun, trace)
			if outcome.err == nil {
				r.inspect(ctx, at)
			}
		}
	})
	watchdog := time.NewTimer(r.collector.Timeout + grace)
	defer watchdog.Stop()
	select {
	case <-returned:
	case <-running.Done():
	case <-watchdog.C:
		if taken.CompareAndSwap(false, true) {
			r.finish(run{at: at, err: &runError{reason: ReasonTimeout, text: "the run goes on long after its deadline"}}, begun, trace)
		}
	}
}

// evaluate calls the collector, and makes what the page needs of its answer.
func (r *runner) evaluate(ctx context.Context, at time.Time) run {
	out := run{at: at}
	out.err = guarded(func() error {
		s, err := r.collector.Evaluate(ctx, at)
		if s != nil {
			out.statements, out.rows = s.Statements, s.Rows
		}
		if err != nil {
			return err
		}
		if s == nil {
			return errors.New("evaluation returned nothing")
		}
		out.good = &good{rejected: s.Rejected, newest: s.Newest, withheld: s.Withheld, lasting: lasting(s.Lasting), snapshot: forPeople(s)}
		out.good.families, err = kpiFamilies(r.collector, s)
		return err
	})
	return out
}

// finish records the outcome of a run, and logs what has changed by it.
func (r *runner) finish(out run, begun time.Time, trace *source.Trace) {
	out.now = r.look()
	out.took, out.generation = out.now.Sub(begun), r.generation
	out.remembered = r.store.packer.run(out, trace)
	heard := r.store.record(r.state, out)
	if out.err == nil && r.collector.Succeeded != nil {
		r.collector.Succeeded(out.at)
	}
	switch {
	case heard.failing:
		args := []any{"reason", heard.reason, "err", out.err}
		var defect *runError
		if errors.As(out.err, &defect) && defect.stack != "" {
			args = append(args, "stack", defect.stack)
		}
		r.log.Warn("collector is failing", args...)
	case heard.recovered:
		r.log.Info("collector has recovered")
	}
	r.log.Debug("collector ran", "at", out.at, "duration", out.took.String(), "statements", out.statements, "rows", out.rows, "err", out.err)
}

// inspect looks at the rows, if that was not done for a day. What is not known
// for a failure stays as it was, until the next day.
func (r *runner) inspect(ctx context.Context, at time.Time) {
	if r.collector.Inspect == nil || !r.store.inspects(r.state, at) {
		return
	}
	var found []Concern
	err := guarded(func() (err error) {
		found, err = r.collector.Inspect(ctx, at)
		return err
	})
	if err != nil {
		r.log.Debug("rows could not be inspected", "err", err)
		return
	}
	for _, c := range r.store.doubt(r.state, found) {
		r.log.Warn("rows look wrong", "finding", c.Name, "seen", c.Text)
	}
}

// sleep waits, and reports false if ctx ended before.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}
