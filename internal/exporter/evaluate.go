package exporter

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/cx-exporter/cx-exporter/collectors"
	"github.com/cx-exporter/cx-exporter/config"
	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
	"github.com/cx-exporter/cx-exporter/internal/source"
	"github.com/cx-exporter/cx-exporter/internal/stats"
)

// clockSkew is how far ahead of the instant of evaluation a row may lie before
// it counts as one of the future: rows of the last minutes are merely new.
const clockSkew = time.Hour

// Evaluator computes the KPIs of one collector. It is the only way to a KPI's
// value: serving, the command line and comparisons all go through it. It is
// safe for concurrent use.
type Evaluator struct {
	global    config.Global
	collector config.Collector
	primary   facts.Role
	sources   []*source.DB
	memory    []facts.Memory
	points    int // beyond which subjects are told here, see facts.Options

	mu       sync.Mutex
	resolved map[string]resolved // by source, until something fails
}

// NewEvaluator prepares a collector on its sources, in the order in which the
// configuration names them.
func NewEvaluator(g config.Global, c config.Collector, sources []*source.DB) *Evaluator {
	e := &Evaluator{
		global: g, collector: c, sources: sources,
		memory: make([]facts.Memory, len(sources)), resolved: map[string]resolved{},
	}
	if entity, ok := collectors.LookupEntity(collectors.Becomes(c.Entity)); ok {
		e.primary = entity.Primary()
	}
	return e
}

// resolved is a relation with the column types of one source, as far as they
// were asked for. What is asked for changes with the instant: at the beginning
// of a month, a KPI may need nothing yet.
type resolved struct {
	relation facts.Relation
	uses     map[facts.Role]facts.Use
}

// windowSpans are a window and its comparison at one instant.
type windowSpans struct {
	name    string
	current kpi.Span
	before  kpi.Span
	compare bool
}

func (e *Evaluator) spans(at time.Time) []windowSpans {
	out := make([]windowSpans, 0, len(e.collector.Windows))
	for _, w := range e.collector.Windows {
		s := windowSpans{name: w.String(), current: w.Span(at, e.global.Zone)}
		if e.collector.Change {
			s.before, s.compare = w.Comparison(at, e.global.Zone)
		}
		s.current.Zone, s.before.Zone = e.global.Zone, e.global.Zone
		out = append(out, s)
	}
	return out
}

// instant is the span of values that have no window.
func (e *Evaluator) instant(at time.Time) kpi.Span {
	return kpi.Span{Hi: at, At: at, Zone: e.global.Zone}
}

// needs are what all KPIs need for all spans of an instant.
func (e *Evaluator) needs(at time.Time) []facts.Need {
	var out []facts.Need
	for _, k := range e.collector.KPIs {
		if k.Desc().Unwindowed {
			out = append(out, k.Needs(e.instant(at))...)
		}
	}
	for _, s := range e.spans(at) {
		for _, k := range e.collector.KPIs {
			if k.Desc().Unwindowed {
				continue
			}
			out = append(out, k.Needs(s.current)...)
			if s.compare {
				out = append(out, k.Needs(s.before)...)
			}
		}
	}
	return append(out, e.spikeNeeds(at)...)
}

// read asks all sources at the same time and adds up what they say.
func (e *Evaluator) read(ctx context.Context, plan *facts.Plan, uses map[facts.Role]facts.Use) (*facts.Answer, error) {
	answers := make([]*facts.Answer, len(e.sources))
	g, ctx := errgroup.WithContext(ctx)
	for i, db := range e.sources {
		g.Go(func() error {
			return guarded(func() (err error) {
				answers[i], err = e.readOne(ctx, db, plan, uses, &e.memory[i])
				return err
			})
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	for _, a := range answers[1:] {
		answers[0].Merge(a)
	}
	return answers[0], nil
}

// readOne asks one source.
func (e *Evaluator) readOne(ctx context.Context, db *source.DB, plan *facts.Plan, uses map[facts.Role]facts.Use, m *facts.Memory) (a *facts.Answer, err error) {
	d, err := facts.For(db.Driver())
	if err != nil {
		return nil, err
	}
	r, err := e.relation(ctx, db, d, uses)
	if err != nil {
		e.forget(db.Name())
		return nil, &SourceError{Source: db.Name(), Err: err}
	}
	err = db.Read(ctx, func(ctx context.Context, tx *source.Tx) error {
		a, err = plan.Read(ctx, facts.Target{Dialect: d, Relation: r, Querier: tx, Memory: m})
		return err
	})
	if err != nil {
		e.forget(db.Name())
		return nil, &SourceError{Source: db.Name(), Err: err}
	}
	return a, nil
}

// relation is the collector's relation with the column types of one source.
func (e *Evaluator) relation(ctx context.Context, db *source.DB, d facts.Dialect, uses map[facts.Role]facts.Use) (facts.Relation, error) {
	e.mu.Lock()
	known, ok := e.resolved[db.Name()]
	e.mu.Unlock()
	if ok && maps.Equal(known.uses, uses) {
		return known.relation, nil
	}
	found, err := e.columns(ctx, db, d, uses)
	if err != nil {
		return facts.Relation{}, err
	}
	r, errs := e.resolve(d, found, uses)
	if len(errs) > 0 {
		return facts.Relation{}, oneLine(errs)
	}
	e.mu.Lock()
	e.resolved[db.Name()] = resolved{r, uses}
	e.mu.Unlock()
	return r, nil
}

// resolve completes the collector's relation with what the database says of its
// columns, and folds events to tickets.
func (e *Evaluator) resolve(d facts.Dialect, found []facts.Found, uses map[facts.Role]facts.Use) (facts.Relation, []error) {
	r, errs := facts.Resolve(e.collector.Relation, found, e.collector.Relation.Reads(uses))
	if len(errs) > 0 {
		return r, errs
	}
	r, err := facts.Fold(d, r)
	if err != nil {
		errs = []error{err}
	}
	return r, errs
}

// columns are those that the collector reads, with their types. It asks for them
// by name, since a user may have rights on these alone. Where one is missing it
// asks for all there are, so that the error can name them.
func (e *Evaluator) columns(ctx context.Context, db *source.DB, d facts.Dialect, uses map[facts.Role]facts.Use) (found []facts.Found, err error) {
	ask := func(from string) error {
		return db.Read(ctx, func(ctx context.Context, tx *source.Tx) error {
			columns, err := tx.Columns(ctx, from)
			for _, c := range columns {
				found = append(found, facts.Found{Name: c.Name, Type: c.Type})
			}
			return err
		})
	}
	err = ask(facts.FromColumns(d, e.collector.Relation, e.collector.Relation.Reads(uses)))
	var failed *source.Error
	if errors.As(err, &failed) && failed.Kind == source.KindMissingColumn {
		found = nil
		if ask(facts.From(d, e.collector.Relation)) == nil {
			err = nil
		}
	}
	return found, err
}

// oneLine joins errors for a line of a log.
func oneLine(errs []error) error {
	all := errs[0]
	for _, err := range errs[1:] {
		all = fmt.Errorf("%w; %w", all, err)
	}
	return all
}

// forget drops what was known of a source's columns: a failure may mean that
// they have changed.
func (e *Evaluator) forget(source string) {
	e.mu.Lock()
	delete(e.resolved, source)
	e.mu.Unlock()
}

// series adds the values of a segment in a window to others.
func (e *Evaluator) series(to []Series, desc collectors.Desc, w windowSpans, seg kpi.Segment, c computed) []Series {
	earlier := matching(c)
	for i, v := range c.now {
		stat := desc.Stats[v.Stat]
		x := Series{
			Metric: stat.Metric, KPI: desc.Name, Stat: stat.Name, Window: w.name, Segment: seg,
			Labels: v.Labels, Unit: stat.Unit, Component: stat.Component, Whole: stat.Whole, Fidelity: desc.Fidelity, Samples: v.Evidence.Samples(),
			Evidence: v.Evidence,
		}
		x.Value, x.Defined = v.Evidence.Value()
		if x.Defined && !stat.Component {
			x.Lower, x.Upper, x.Bounded = v.Evidence.Shown(e.global.Confidence)
			x.Detectable, x.Detects = stats.PowerAt(e.global.Confidence).Detectable(v.Evidence)
		}
		if old := earlier(i); old != nil && x.Defined {
			x.Change = Compare(stat, v.Evidence, old)
		}
		to = append(to, x)
	}
	return to
}

// appendLabels writes labels so that different ones stay different: each text
// with its length before it.
func appendLabels(b []byte, labels []kpi.Label) []byte {
	for _, l := range labels {
		b = append(strconv.AppendInt(append(b, '/'), int64(len(l.Name)), 10), ' ')
		b = append(b, l.Name...)
		b = append(strconv.AppendInt(append(b, '='), int64(len(l.Value)), 10), ' ')
		b = append(b, l.Value...)
	}
	return b
}

// Compare compares a value with the one of the comparison window, in the
// direction in which the value improves.
func Compare(stat collectors.Stat, now, then stats.Evidence) Change {
	v, ok := now.Value()
	old, was := then.Value()
	if !ok || !was {
		return Change{}
	}
	c := Change{Known: true, Before: old, SamplesBefore: then.Samples(), Judged: stat.Direction != kpi.Neutral}
	sign := 1.0
	if stat.Direction == kpi.LowerIsBetter {
		sign = -1
	}
	switch {
	case stat.Range() > 0:
		c.Improvement = sign * (v - old) / stat.Range()
	case old > 0:
		c.Improvement, c.Relative = sign*(v-old)/old, true
	default:
		c.Judged = false // nothing is relative to zero
	}
	if fell, rose, ok := now.Change(then); ok && stat.Direction != kpi.Neutral && !stat.Component {
		c.Tested, c.PValue, c.BetterPValue = true, fell, rose
		if stat.Direction == kpi.LowerIsBetter {
			c.PValue, c.BetterPValue = rose, fell
		}
	}
	return c
}

// sameSeries reports whether two lists are of the same series, whatever their
// values.
func sameSeries(a, b []Series) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		x, y := &a[i], &b[i]
		if x.Metric != y.Metric || x.Window != y.Window || x.Segment != y.Segment || !slices.Equal(x.Labels, y.Labels) {
			return false
		}
	}
	return true
}

// unique makes sure that no series stands twice, which no page could show.
func unique(all []Series) error {
	type identity struct {
		metric, window, labels string
		segment                kpi.Segment
	}
	seen := make(map[identity]bool, len(all))
	for _, s := range all {
		id := identity{metric: s.Metric, window: s.Window, segment: s.Segment}
		if len(s.Labels) > 0 {
			id.labels = string(appendLabels(nil, s.Labels))
		}
		if seen[id] {
			return fmt.Errorf("the series %s with window %q and labels %v stands twice", s.Metric, s.Window, s.Labels)
		}
		seen[id] = true
	}
	return nil
}

// Statements are the statements that an evaluation runs on the first source.
// The types of columns come from the database where it can be reached; without
// it, times are taken for timestamps.
func (e *Evaluator) Statements(ctx context.Context, at time.Time) ([]facts.Statement, error) {
	needs := e.needs(at.UTC().Truncate(time.Microsecond))
	plan, err := facts.NewPlan(facts.Options{Limit: e.collector.RowBudget, Primary: e.primary}, needs)
	if err != nil {
		return nil, err
	}
	db := e.sources[0]
	d, err := facts.For(db.Driver())
	if err != nil {
		return nil, err
	}
	r, err := e.relation(ctx, db, d, facts.Uses(needs))
	if err != nil {
		return nil, err
	}
	return plan.Statements(d, r)
}

// HistoryIsCheap reports whether many instants cost about as much as one: not
// where customers have to be told one by one or rows read one by one, nor for
// listings, which have no past.
func (e *Evaluator) HistoryIsCheap(at time.Time) bool {
	return !slices.ContainsFunc(e.needs(at), func(n facts.Need) bool { return !n.Shared() })
}
