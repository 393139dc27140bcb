package exporter

import (
	"context"
	"slices"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/facts"
)

// Now evaluates the present: at is the present instant. Rows that lie ahead of
// it are counted as being in the future.
func (e *Evaluator) Now(ctx context.Context, at time.Time) (*Snapshot, error) {
	return e.AsOf(ctx, at, at)
}

// AsOf evaluates as of an instant and tells the rows that count at none: those
// without a time, and those ahead of the clock. Rows between the instant and the
// clock were merely not known yet.
func (e *Evaluator) AsOf(ctx context.Context, clock, at time.Time) (*Snapshot, error) {
	o := facts.Options{Future: clock.Add(clockSkew), Past: at.Before(clock)}
	if at.After(clock) {
		o.Future = at.Add(clockSkew)
	}
	return only(func(yield func(*Snapshot) error) error { return e.evaluate(ctx, o, []time.Time{at}, yield) })
}

// only is the snapshot that an evaluation as of one instant yields.
func only(evaluate func(yield func(*Snapshot) error) error) (*Snapshot, error) {
	all, err := gather(evaluate)
	if err != nil {
		return nil, err
	}
	return all[0], nil
}

// gather is what an evaluation yields.
func gather(evaluate func(yield func(*Snapshot) error) error) ([]*Snapshot, error) {
	var out []*Snapshot
	err := evaluate(func(s *Snapshot) error {
		out = append(out, s)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// At evaluates as of past instants, one snapshot each, with the statements of a
// single one. State at an instant is what was known strictly before it. The newest
// row, and the rows that no KPI counts, are those of all instants together: of several
// that were read together they are not told.
func (e *Evaluator) At(ctx context.Context, instants ...time.Time) ([]*Snapshot, error) {
	return gather(func(yield func(*Snapshot) error) error { return e.Each(ctx, instants, yield) })
}

// Each is At for those who need one snapshot after the other: memory holds one of
// them. Nobody may change it: what the next one shows alike is taken from it.
func (e *Evaluator) Each(ctx context.Context, instants []time.Time, yield func(*Snapshot) error) error {
	return e.evaluate(ctx, facts.Options{}, instants, yield)
}

// evaluate evaluates at instants, in their order. The options say what is told of
// rows that are not known at them.
func (e *Evaluator) evaluate(ctx context.Context, o facts.Options, instants []time.Time, yield func(*Snapshot) error) error {
	instants = slices.Clone(instants)
	for i, at := range instants {
		instants[i] = at.UTC().Truncate(time.Microsecond)
	}
	needs := make([][]facts.Need, len(instants))
	for i, at := range instants {
		needs[i] = e.needs(at)
	}
	all := slices.Concat(needs...)
	o.Limit, o.Points, o.Primary = e.collector.RowBudget, e.points, e.primary
	plan, err := facts.NewPlan(o, all)
	if err != nil {
		return err
	}
	answer, err := e.read(ctx, plan, facts.Uses(all))
	if err != nil {
		return err
	}
	r := e.reckon(answer, instants, needs)
	for range instants {
		if err := ctx.Err(); err != nil {
			return err
		}
		s, err := r.next()
		if err != nil {
			return err
		}
		if err := yield(s); err != nil {
			return err
		}
	}
	return nil
}
