package exporter

import (
	"maps"
	"slices"
	"time"
)

// Board is what is known of all collectors at one time, for people to look at:
// the same that the metrics page says, before it is turned into text. It is
// made when the page is and like it immutable, so that looking at it waits for
// nothing and reads no database.
type Board struct {
	// At is the latest instant that was known when it was made.
	At time.Time
	// Standings are in the order of the collectors' names.
	Standings []Standing
	// Refused tells that the configuration was not valid when it was last loaded,
	// so that an older one is in use.
	Refused bool
}

// Standing is how one collector stands.
type Standing struct {
	Collector Collector
	// Attempted tells that it had its first run. What follows holds only then.
	Attempted bool
	// Failing tells that the last run failed, and Reason by what label.
	Failing bool
	Reason  string
	// LastSuccess is the instant that the last good run holds for; zero where there
	// was none.
	LastSuccess time.Time
	// Duration is how long the last run took.
	Duration time.Duration
	// Down are the sources that could not be asked, in order.
	Down []string
	// Concerns are what makes the rows doubtful.
	Concerns []Concern
	// Good is the last good snapshot without the evidence of its values. It is nil
	// where there is none, or none that is young enough to be shown.
	Good *Snapshot
}

// Board is what is known now. It never waits for anything.
func (e *Exporter) Board() *Board { return e.board.Load() }

// board gathers how all collectors stand.
func (s *store) board() *Board {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := &Board{At: s.high, Refused: s.reload.known && !s.reload.good}
	for _, name := range slices.Sorted(maps.Keys(s.states)) {
		st := s.states[name]
		x := Standing{
			Collector: st.collector, Attempted: st.attempted, Failing: st.failing, Reason: st.reason,
			LastSuccess: st.lastSuccess, Duration: st.duration, Concerns: st.concerns,
		}
		for _, source := range slices.Sorted(maps.Keys(st.up)) {
			if !st.up[source] {
				x.Down = append(x.Down, source)
			}
		}
		if st.good != nil {
			x.Good = st.good.snapshot
		}
		b.Standings = append(b.Standings, x)
	}
	return b
}

// forPeople is a snapshot with what a board shows of it. The evidence goes: of a
// quantile it is a whole distribution, and it is needed only while goals are
// judged.
func forPeople(s *Snapshot) *Snapshot {
	out := *s
	out.Lasting = nil
	out.Series = slices.Clone(s.Series)
	for i := range out.Series {
		out.Series[i].Evidence = nil
	}
	return &out
}
