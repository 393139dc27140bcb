package exporter

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/cx-exporter/cx-exporter/config"
	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
	"github.com/cx-exporter/cx-exporter/internal/stats"
)

// Evaluation is what computes the values of a collector or of a formula. It is
// safe for concurrent use.
type Evaluation interface {
	// Now evaluates the present, at being the present instant.
	Now(ctx context.Context, at time.Time) (*Snapshot, error)
	// AsOf evaluates as of an instant, and tells the rows that count at none by
	// the clock.
	AsOf(ctx context.Context, clock, at time.Time) (*Snapshot, error)
	// At evaluates as of past instants, one snapshot each.
	At(ctx context.Context, instants ...time.Time) ([]*Snapshot, error)
	// Each is At for those who need one snapshot after the other.
	Each(ctx context.Context, instants []time.Time, yield func(*Snapshot) error) error
	// Statements are what an evaluation runs on the first source.
	Statements(ctx context.Context, at time.Time) ([]facts.Statement, error)
	// Check looks at whether the databases have what is needed.
	Check(ctx context.Context, at time.Time) []Finding
	// Inspect looks at whether the rows are to be doubted.
	Inspect(ctx context.Context, at time.Time) ([]Concern, error)
	// HistoryIsCheap reports whether many instants cost about as much as one.
	HistoryIsCheap(at time.Time) bool
}

var (
	_ Evaluation = (*Evaluator)(nil)
	_ Evaluation = (*FormulaEvaluator)(nil)
)

// FormulaEvaluator computes a formula: it evaluates the collectors that the
// formula reads, all at the same instants and for its own windows, and combines
// their values. Where one of them fails, the formula fails, and nothing else.
type FormulaEvaluator struct {
	global  config.Global
	formula config.Formula
	inputs  []*Evaluator // those of formula.Inputs
}

// NewFormulaEvaluator prepares a formula. inputs are evaluators of its Inputs, in
// their order.
func NewFormulaEvaluator(g config.Global, f config.Formula, inputs []*Evaluator) *FormulaEvaluator {
	return &FormulaEvaluator{global: g, formula: f, inputs: inputs}
}

// Now evaluates the present.
func (e *FormulaEvaluator) Now(ctx context.Context, at time.Time) (*Snapshot, error) {
	return e.AsOf(ctx, at, at)
}

// AsOf evaluates as of an instant.
func (e *FormulaEvaluator) AsOf(ctx context.Context, clock, at time.Time) (*Snapshot, error) {
	return only(func(yield func(*Snapshot) error) error {
		return e.evaluate(ctx, func(ctx context.Context, in *Evaluator) ([]*Snapshot, error) {
			s, err := in.AsOf(ctx, clock, at)
			return []*Snapshot{s}, err
		}, yield)
	})
}

// At evaluates as of past instants.
func (e *FormulaEvaluator) At(ctx context.Context, instants ...time.Time) ([]*Snapshot, error) {
	return gather(func(yield func(*Snapshot) error) error { return e.Each(ctx, instants, yield) })
}

// Each evaluates as of past instants, one after the other. The snapshots of the
// inputs are kept, which hold no more than the formula reads.
func (e *FormulaEvaluator) Each(ctx context.Context, instants []time.Time, yield func(*Snapshot) error) error {
	return e.evaluate(ctx, func(ctx context.Context, in *Evaluator) ([]*Snapshot, error) {
		return in.At(ctx, instants...)
	}, yield)
}

// Statements are those of all inputs.
func (e *FormulaEvaluator) Statements(ctx context.Context, at time.Time) ([]facts.Statement, error) {
	var all []facts.Statement
	for _, in := range e.inputs {
		own, err := in.Statements(ctx, at)
		if err != nil {
			return nil, fmt.Errorf("input %q: %w", in.collector.Name, err)
		}
		all = append(all, own...)
	}
	return all, nil
}

// Check finds what keeps an input from being evaluated for the formula. Advice
// on a relation is given with its own collector.
func (e *FormulaEvaluator) Check(ctx context.Context, at time.Time) []Finding {
	var out []Finding
	for _, in := range e.inputs {
		for _, f := range in.checkSources(ctx, at) {
			if f.Fatal {
				out = append(out, f)
			}
		}
	}
	return out
}

// Inspect finds nothing: doubtful rows are told with their own collectors.
func (e *FormulaEvaluator) Inspect(context.Context, time.Time) ([]Concern, error) { return nil, nil }

// HistoryIsCheap reports whether that holds for all inputs.
func (e *FormulaEvaluator) HistoryIsCheap(at time.Time) bool {
	return !slices.ContainsFunc(e.inputs, func(in *Evaluator) bool { return !in.HistoryIsCheap(at) })
}

// evaluate asks all inputs at the same time and combines what they say.
func (e *FormulaEvaluator) evaluate(ctx context.Context, ask func(context.Context, *Evaluator) ([]*Snapshot, error), yield func(*Snapshot) error) error {
	answers := make([][]*Snapshot, len(e.inputs))
	g, ctx := errgroup.WithContext(ctx)
	for i, in := range e.inputs {
		g.Go(func() error {
			return guarded(func() (err error) {
				if answers[i], err = ask(ctx, in); err != nil {
					return fmt.Errorf("input %q: %w", in.collector.Name, err)
				}
				return nil
			})
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	for i := range answers[0] {
		inputs := make(map[string]*Snapshot, len(answers))
		for k, in := range e.inputs {
			inputs[in.collector.Name] = answers[k][i]
		}
		s, err := e.combine(inputs)
		if err == nil {
			err = yield(s)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// combine makes a snapshot of those of the inputs. Its newest row is that of the
// input which is behind the others, for the formula is as old as that.
func (e *FormulaEvaluator) combine(inputs map[string]*Snapshot) (*Snapshot, error) {
	s := &Snapshot{Collector: e.formula.Name, Rejected: map[string]float64{}, Withheld: map[string]int{}}
	segments := []kpi.Segment{{}}
	for i, in := range e.inputs {
		x := inputs[in.collector.Name]
		s.At = x.At
		s.Statements += x.Statements
		s.Rows += x.Rows
		s.Kept += x.Kept
		if i == 0 || x.Newest.Before(s.Newest) {
			s.Newest = x.Newest
		}
		for reason, n := range x.Rejected {
			s.Rejected[reason] += n
		}
		for dimension, n := range x.Withheld {
			// Which they are is not told, so that those of several inputs count once.
			if slices.Contains(e.formula.Dimensions, dimension) {
				s.Withheld[dimension] = max(s.Withheld[dimension], n)
			}
		}
		for _, y := range x.Series {
			// What is beyond the limit of segments is not the same everywhere.
			if slices.Contains(e.formula.Dimensions, y.Segment.Dimension) && y.Segment.Value != kpi.OtherSegment && !slices.Contains(segments, y.Segment) {
				segments = append(segments, y.Segment)
			}
		}
	}
	windows := []string{""}
	if !e.formula.Desc.Unwindowed {
		windows = windows[:0]
		for _, w := range e.formula.Windows {
			windows = append(windows, w.String())
		}
	}
	for _, w := range windows {
		for _, seg := range segments {
			series, err := e.series(inputs, w, seg)
			if err != nil {
				return nil, err
			}
			s.Series = append(s.Series, series...)
		}
	}
	return s, nil
}

// series computes the formula for one window and segment: once, or once for each
// currency that its values are in.
func (e *FormulaEvaluator) series(inputs map[string]*Snapshot, window string, seg kpi.Segment) ([]Series, error) {
	found := make([]operand, len(e.formula.Values))
	var currencies []string
	labelled, loose := false, e.formula.Expr.HoldsMoney()
	for i, v := range e.formula.Values {
		x, err := pick(inputs[v.Collector], v, window, seg)
		if err != nil {
			return nil, err
		}
		if len(x.by) == 0 {
			return nil, nil // no segment, or no currency, of that kind
		}
		found[i] = x
		labelled = labelled || x.labelled
		loose = loose || v.Stat.Unit == kpi.Currency && !v.Samples && !x.labelled && v.Label == ""
		for name := range x.by {
			if x.labelled && !slices.Contains(currencies, name) {
				currencies = append(currencies, name)
			}
		}
	}
	slices.Sort(currencies)
	switch {
	case !labelled:
		currencies = []string{""}
	case loose && len(currencies) > 1:
		return nil, &runError{reason: ReasonFormula, text: fmt.Sprintf("formula %q: there is money in several currencies (%s) and an amount that does not say its own: choose one, as in collector.kpi.stat.%s", e.formula.Name, strings.Join(currencies, ", "), currencies[0])}
	}
	var out []Series
	for _, currency := range currencies {
		x := e.one(found, currency)
		x.Window, x.Segment = window, seg
		x.Labels = slices.Clone(e.formula.Labels)
		if labelled {
			x.Labels = append(x.Labels, kpi.Label{Name: currencyLabel, Value: currency})
		}
		out = append(out, x)
	}
	return out, nil
}

// one computes the formula for one currency.
func (e *FormulaEvaluator) one(found []operand, currency string) Series {
	stat := e.formula.Desc.Stats[0]
	x := Series{Metric: stat.Metric, KPI: e.formula.Desc.Name, Stat: stat.Name, Unit: stat.Unit, Whole: stat.Whole, Fidelity: e.formula.Desc.Fidelity}
	now, before := make([]float64, len(found)), make([]float64, len(found))
	own := make([]Series, len(found))
	for i, f := range found {
		own[i] = f.in(currency)
		now[i], before[i] = read(e.formula.Values[i], own[i])
	}
	evidence := combined{expr: e.formula.Expr, values: now, samples: e.samples(own)}
	evidence.uncertain, evidence.independent = e.uncertain(own)
	x.Evidence, x.Samples = evidence, evidence.samples
	if x.Value, x.Defined = evidence.Value(); !x.Defined {
		return x
	}
	x.Lower, x.Upper, x.Bounded = evidence.Shown(e.global.Confidence)
	if old, ok := e.formula.Expr.Value(before); ok {
		x.Change = Compare(stat, stats.Exact{V: x.Value, Defined: true}, stats.Exact{V: old, Defined: true})
	}
	return x
}
