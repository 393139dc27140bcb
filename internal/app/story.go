package app

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cx-exporter/cx-exporter/alerts"
	"github.com/cx-exporter/cx-exporter/config"
	"github.com/cx-exporter/cx-exporter/internal/board"
	"github.com/cx-exporter/cx-exporter/internal/exporter"
)

// statementsKept is how long the statements that the board shows may be those of
// an older run. They differ in the instants alone.
const statementsKept = time.Hour

// narrator keeps what the board tells beside the present values. Whoever looks
// gets what was last put together, and waits for nobody.
type narrator struct {
	told atomic.Pointer[board.Story]
	// telling is held while a story is replaced.
	telling sync.Mutex
}

func newNarrator() *narrator {
	n := &narrator{}
	n.told.Store(&board.Story{})
	return n
}

// Story is what there is to tell now.
func (n *narrator) Story() *board.Story { return n.told.Load() }

// retell replaces the story by a changed copy.
func (n *narrator) retell(change func(s *board.Story)) {
	n.telling.Lock()
	defer n.telling.Unlock()
	s := *n.told.Load()
	change(&s)
	n.told.Store(&s)
}

// begin tells of a new configuration, and returns what was told before. What was
// told of collectors that stay the same goes on.
func (n *narrator) begin(set, old *Set, book *Book) (before *board.Story) {
	same := func(c config.Collector) bool {
		return old != nil && slices.ContainsFunc(old.Collectors, func(o Instance) bool { return o.Config.Name == c.Name && o.Config.Digest == c.Digest })
	}
	before = n.told.Load()
	n.retell(func(s *board.Story) {
		s.Zone, s.Confidence = set.Config.Global.Zone, set.Config.Global.Confidence
		origins, pasts := map[string]board.Origin{}, map[string]*board.Past{}
		by := map[string]board.Goal{}
		for _, i := range set.Collectors {
			name := i.Config.Name
			o := board.Origin{}
			if same(i.Config) {
				o = s.Origins[name]
				if p := s.Pasts[name]; p != nil {
					pasts[name] = p
				}
			}
			o.Text = i.origin()
			origins[name] = o
			if i.Watch == nil {
				continue
			}
			for k, v := range book.verdicts(i.Watch.Goals) {
				by[i.Watch.Goals[k].Name] = board.Goal{Goal: i.Watch.Goals[k], Verdict: v}
			}
		}
		s.Origins, s.Pasts, s.Goals = origins, pasts, nil
		for _, g := range set.Config.Goals {
			if x, ok := by[g.Name]; ok {
				s.Goals = append(s.Goals, x)
			}
		}
	})
	return before
}

// origin says in words where the values of a collector come from.
func (i Instance) origin() string {
	if i.Formula != nil {
		return "the formula " + i.Formula.Expr.String()
	}
	return i.Config.Entity + " from " + strings.Join(i.Config.Sources, ", ")
}

// judged tells of new verdicts. Those on goals of an earlier configuration are of
// no interest.
func (n *narrator) judged(goals []*alerts.Goal, verdicts []alerts.Verdict) {
	n.retell(func(s *board.Story) {
		s.Goals = slices.Clone(s.Goals)
		for k := range s.Goals {
			if i := slices.Index(goals, s.Goals[k].Goal); i >= 0 {
				s.Goals[k].Verdict = verdicts[i]
			}
		}
	})
}

// evaluator is what the exporter calls for a collector: its values, of which the
// board then tells by which statements they were found. These are known after a
// good run, without asking the database again.
func (n *narrator) evaluator(i Instance, evaluate func(context.Context, time.Time) (*exporter.Snapshot, error)) func(context.Context, time.Time) (*exporter.Snapshot, error) {
	return func(ctx context.Context, at time.Time) (*exporter.Snapshot, error) {
		s, err := evaluate(ctx, at)
		if err != nil || at.Sub(n.Story().Origins[i.Config.Name].At).Abs() < statementsKept {
			return s, err
		}
		statements, failed := i.Evaluator.Statements(ctx, at)
		if failed != nil {
			return s, nil //nolint:nilerr // the values are good, and the next run tries again
		}
		texts := make([]string, len(statements))
		for k, st := range statements {
			texts[k] = st.SQL
		}
		n.retell(func(story *board.Story) {
			o, ok := story.Origins[i.Config.Name]
			if !ok {
				return
			}
			o.Statements, o.At = texts, at
			story.Origins = maps.Clone(story.Origins)
			story.Origins[i.Config.Name] = o
		})
		return s, nil
	}
}
