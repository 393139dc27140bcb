package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"time"

	"github.com/cx-exporter/cx-exporter/alerts"
	"github.com/cx-exporter/cx-exporter/collectors"
	"github.com/cx-exporter/cx-exporter/config"
	"github.com/cx-exporter/cx-exporter/internal/calendar"
	"github.com/cx-exporter/cx-exporter/internal/exporter"
	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

const (
	// gap is the pause between two readings after which the days between are
	// looked at one by one.
	gap = 36 * time.Hour
	// longestPast is how far back a goal is looked at that nothing is known of,
	// and longestLimit the same for one that keeps a limit.
	longestPast  = 400
	longestLimit = 60
	// instantsAtOnce is how many instants of the past one evaluation asks for,
	// until that proves to be too many for the time there is.
	instantsAtOnce = 30
	// remeasured is how often a baseline is measured again: rows of the past get
	// edited.
	remeasured = 24 * time.Hour
)

// Watch follows the goals on one collector or formula.
type Watch struct {
	Goals  []*alerts.Goal
	past   exporter.Evaluation // of nothing but what the goals need
	atOnce int                 // instants of the past that one evaluation is asked for
	global config.Global
	// places are where the values of the goals stand in a snapshot: indices of Goals.
	places map[place][]int
	// doubted are the doubts about goals that the log has.
	doubted map[doubted]bool
}

// newWatch prepares the goals on a collector or formula of a name, nil where
// there are none. past makes an evaluator of what they need.
func newWatch(c *config.Config, name string, past func([]*alerts.Goal) exporter.Evaluation) *Watch {
	w := &Watch{global: c.Global, atOnce: instantsAtOnce, places: map[place][]int{}, doubted: map[doubted]bool{}}
	for _, g := range c.Goals {
		if g.Collector == name {
			at := placeOf(g)
			w.places[at] = append(w.places[at], len(w.Goals))
			w.Goals = append(w.Goals, alerts.New(g, c.Global))
		}
	}
	if len(w.Goals) == 0 {
		return nil
	}
	w.past = past(w.Goals)
	return w
}

// narrowed is a collector with nothing but what goals on it need.
func narrowed(col config.Collector, goals []*alerts.Goal) config.Collector {
	out := col
	out.Change, out.KPIs, out.Windows, out.Relation.Dimensions = false, nil, nil, nil
	for _, g := range goals {
		out.KPIs = adopt(out.KPIs, col.KPIs, func(k collectors.KPI) bool { return k.Desc().Name == g.KPI.Name })
		out.Windows = adopt(out.Windows, col.Windows, func(x calendar.Window) bool { return x == g.Window })
		out.Relation.Dimensions = adopt(out.Relation.Dimensions, col.Relation.Dimensions, func(d facts.Dimension) bool { return d.Name == g.Segment.Dimension })
	}
	return out
}

// narrowedFormula is the same of a formula. The collectors that it reads keep all
// their dimensions if a goal is on a segment: what is withheld of small segments
// depends on them.
func narrowedFormula(f config.Formula, goals []*alerts.Goal) config.Formula {
	out := f
	out.Change, out.Windows, out.Inputs = false, nil, slices.Clone(f.Inputs)
	total := true
	for _, g := range goals {
		out.Windows = adopt(out.Windows, f.Windows, func(x calendar.Window) bool { return x == g.Window })
		total = total && g.Segment.IsTotal()
	}
	if total {
		out.Dimensions = nil
	}
	for i := range out.Inputs {
		in := &out.Inputs[i]
		in.Change, in.Windows = false, out.Windows
		if total {
			in.Relation.Dimensions = nil
		}
	}
	return out
}

// adopt adds the members of one list that are wanted to another, in the first
// one's order and once.
func adopt[T any](to, from []T, wanted func(T) bool) []T {
	if slices.ContainsFunc(to, wanted) {
		return to
	}
	if i := slices.IndexFunc(from, wanted); i >= 0 {
		to = append(to, from[i])
	}
	return to
}

// Judge brings the verdicts up to the instant of a snapshot.
// Where the past cannot be read to its end in the time there is, the verdicts
// come as far as it was read, and the next call goes on from there: to leave days
// out would date what began on them too late. That is an error beside the
// verdicts. Calls must not overlap.
func (w *Watch) Judge(ctx context.Context, s *exporter.Snapshot, verdicts []alerts.Verdict) ([]alerts.Verdict, error) {
	return w.judge(ctx, s.At, w.find(s), verdicts, false)
}

// judge is Judge with the readings of the instant. Where the past is settled no more
// rows come: a deadline that could not be judged is not asked for again.
func (w *Watch) judge(ctx context.Context, at time.Time, now []alerts.Reading, verdicts []alerts.Verdict, settled bool) ([]alerts.Verdict, error) {
	out := slices.Clone(verdicts)
	wanted := make([][]time.Time, len(w.Goals)) // by goal, in order
	bases := make([]time.Time, len(w.Goals))    // zero where none is to be measured
	var all []time.Time
	for i, g := range w.Goals {
		if base, ok := g.MeasuresBaseline(); ok && !at.Before(base) && (out[i].Baseline == nil || at.Sub(out[i].BaselineChecked) >= remeasured) {
			bases[i] = base
			all = append(all, base)
		}
		wanted[i] = w.missing(g, out[i].State, at)
		all = append(all, wanted[i]...)
	}
	slices.SortFunc(all, time.Time.Compare)
	past, err := w.readings(ctx, slices.CompactFunc(all, time.Time.Equal))
	again := map[int64][]alerts.Reading{}
	if !settled {
		var late error
		again, late = w.deadlines(ctx, out, at)
		err = errors.Join(err, late)
	}
	for i, g := range w.Goals {
		if !bases[i].IsZero() {
			base := past[bases[i].UnixMicro()]
			if base == nil && out[i].Baseline == nil {
				continue // what follows depends on it
			}
			if base != nil {
				out[i].BaselineChecked = at
				out[i] = g.Based(out[i], base[i])
			}
		}
		if then := again[g.Deadline.UnixMicro()]; then != nil && asksAgain(g, out[i].State) {
			out[i] = g.Judge(out[i], then[i])
		}
		whole := true
		for _, t := range wanted[i] {
			then := past[t.UnixMicro()]
			if whole = then != nil; !whole {
				break
			}
			out[i] = g.Judge(out[i], then[i])
		}
		if whole {
			out[i] = g.Judge(out[i], now[i])
		}
		out[i].Known = out[i].Known || whole
		out[i] = g.Looked(verdicts[i], out[i], at)
	}
	return out, err
}

// missing are the instants between the last reading of a goal and one that comes,
// of which the verdict needs a reading: the days that nobody has looked at, and the
// deadline, which no later reading tells of.
func (w *Watch) missing(g *alerts.Goal, s alerts.State, at time.Time) []time.Time {
	if g.KPI.Fidelity == kpi.Snapshot || s.Final() {
		return nil // has no past, or needs none
	}
	from := s.At
	switch {
	case g.Reach && !from.Before(g.Deadline):
		return nil
	case !from.IsZero():
	case g.Reach:
		from = later(g.Start, at.AddDate(0, 0, -longestPast))
	default:
		from = at.AddDate(0, 0, -longestLimit)
	}
	var days []time.Time
	if at.Sub(from) >= gap {
		days = w.midnights(from, at)
	}
	if g.Reach && g.Deadline.Before(at) {
		days = slices.DeleteFunc(days, g.Deadline.Before)
		days = append(days, g.Deadline)
	}
	slices.SortFunc(days, time.Time.Compare)
	return slices.CompactFunc(days, time.Time.Equal)
}

// deadlines are the readings of those that could not be judged, whose rows may have
// come since. They are asked for once a day, each alone and after all else: where one
// cannot be read, the goals are judged without it, and the next day has it again.
func (w *Watch) deadlines(ctx context.Context, verdicts []alerts.Verdict, at time.Time) (map[int64][]alerts.Reading, error) {
	out := map[int64][]alerts.Reading{}
	var all []time.Time
	for i, g := range w.Goals {
		s := verdicts[i].State
		if asksAgain(g, s) && calendar.Midnight(at, w.global.Zone).After(s.At) {
			all = append(all, g.Deadline)
		}
	}
	slices.SortFunc(all, time.Time.Compare)
	var errs []error
	for _, deadline := range slices.CompactFunc(all, time.Time.Equal) {
		then, err := w.readings(ctx, []time.Time{deadline})
		maps.Copy(out, then)
		if err != nil {
			errs = append(errs, fmt.Errorf("a deadline that could not be judged is asked for again tomorrow: %w", err))
		}
	}
	return out, errors.Join(errs...)
}

// asksAgain reports whether the deadline of a goal may yet be judged.
func asksAgain(g *alerts.Goal, s alerts.State) bool {
	return g.KPI.Fidelity != kpi.Snapshot && g.Undecided(s)
}

// midnights are those between two instants.
func (w *Watch) midnights(from, to time.Time) []time.Time {
	var days []time.Time
	zone := w.global.Zone
	for midnight := calendar.Midnight(to, zone); midnight.After(from) && len(days) < longestPast; midnight = calendar.Midnight(midnight.Add(-time.Second), zone) {
		if midnight.Before(to) {
			days = append(days, midnight)
		}
	}
	return days
}

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

// evaluator is what the exporter calls for a collector with goals: its values,
// and the verdicts that follow from them.
func (w *Watch) evaluator(e exporter.Evaluation, book *Book, told *narrator, log *slog.Logger) func(context.Context, time.Time) (*exporter.Snapshot, error) {
	return func(ctx context.Context, at time.Time) (*exporter.Snapshot, error) {
		s, err := e.Now(ctx, at)
		if err != nil {
			return s, err
		}
		verdicts, err := w.Judge(ctx, s, book.verdicts(w.Goals))
		if err != nil && !errors.Is(ctx.Err(), context.Canceled) { // there is no next run after the end
			log.Warn("the past of goals is not read to its end; a later run goes on", "err", err)
		}
		w.doubt(verdicts, log)
		book.keep(w.Goals, verdicts)
		s.Lasting = samples(w.Goals, verdicts)
		told.judged(w.Goals, verdicts)
		return s, nil
	}
}

func samples(goals []*alerts.Goal, verdicts []alerts.Verdict) []kpi.Sample {
	var out []kpi.Sample
	for i, g := range goals {
		out = append(out, g.Samples(verdicts[i])...)
	}
	return out
}
