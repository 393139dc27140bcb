package facts

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// historyAnswer holds histories by segment.
type historyAnswer struct {
	segments map[kpi.Segment][]History
	rejected map[string]float64
	sorted   map[kpi.Segment]bool // those in a constant order
}

func newHistoryAnswer() historyAnswer {
	return historyAnswer{segments: map[kpi.Segment][]History{}, rejected: map[string]float64{}, sorted: map[kpi.Segment]bool{}}
}

// historyFold collects the rows of one statement until it is known to be whole.
type historyFold struct {
	plan *Plan
	h    *Histories
	set  grouping
	dims []Dimension
	historyAnswer
	newest float64
}

func (f *historyFold) add(r Row) error {
	at := 0
	next := func() any { at++; return r[at-1] }
	num := func() float64 { x, _ := numeric(next()); return x }
	bought, nobody := num() > 0, num() > 0
	var x History
	if f.h.Unit != "" {
		v := next()
		x.Unit, x.NoUnit = text(v), v == nil
	}
	if f.h.Patterns {
		at += 4 // sums tell better than steps
	}
	names := make([]string, len(f.set.dims))
	for i := range names {
		names[i] = text(next())
	}
	x.Subjects, x.Repeaters, x.Repeats = num(), num(), num()
	x.Recency, x.Age, x.Oldest = num(), num(), num()
	x.Total, x.TotalSquares = num(), num()
	x.Spent, x.SpentLog = num(), num()
	x.Later, x.Missing = num(), num()
	refused := num()
	nulls, future := 0.0, 0.0
	if !f.plan.future.IsZero() {
		nulls, future = num(), num()
	}
	if newest, ok := numeric(next()); ok {
		f.newest = max(f.newest, newest)
	}
	if f.set.total {
		if f.h.Time == f.plan.primary {
			f.rejected[RejectedNullTime] += nulls
		}
		f.rejected[RejectedFuture] += future
		f.rejected[RejectedNullSubject] += refused
	}
	if nobody {
		return nil
	}
	if !bought {
		x = History{Unit: x.Unit, NoUnit: x.NoUnit, Missing: x.Missing}
	}
	if f.set.total {
		f.addTo(kpi.Segment{}, x, f.h.Patterns)
	}
	if !bought {
		return nil
	}
	for i, d := range f.set.dims {
		f.addTo(kpi.Segment{Dimension: f.dims[d].Name, Value: names[i]}, x, f.h.Patterns)
	}
	return nil
}

// addTo adds a history to a segment: as one more, or to that of its unit.
func (a *historyAnswer) addTo(s kpi.Segment, x History, patterns bool) {
	all := a.segments[s]
	i := -1
	if !patterns {
		i = slices.IndexFunc(all, func(o History) bool { return o.Unit == x.Unit && o.NoUnit == x.NoUnit })
	}
	if len(a.sorted) > 0 {
		delete(a.sorted, s)
	}
	if i < 0 {
		a.segments[s] = append(all, x)
		return
	}
	all[i].add(&x)
}

// inOrder are the histories of a segment in a constant order, so that sums of them
// do not differ in their last digit from one time to the next. A KPI asks for them
// several times.
func (a *historyAnswer) inOrder(s kpi.Segment) []History {
	all := a.segments[s]
	if a.sorted[s] {
		return all
	}
	slices.SortFunc(all, byPurchases)
	a.sorted[s] = true
	return all
}

// byPurchases is the order of histories. Nothing is compared that does not matter.
func byPurchases(a, b History) int {
	if c := cmp.Compare(a.Unit, b.Unit); c != 0 {
		return c
	}
	if c := cmp.Compare(a.Repeats, b.Repeats); c != 0 {
		return c
	}
	if c := cmp.Compare(a.Age, b.Age); c != 0 {
		return c
	}
	if c := cmp.Compare(a.Recency, b.Recency); c != 0 {
		return c
	}
	return cmp.Or(cmp.Compare(a.SpentLog, b.SpentLog), cmp.Compare(a.Subjects, b.Subjects))
}

// add adds up what subjects bought.
func (o *History) add(x *History) {
	o.Subjects += x.Subjects
	o.Repeaters += x.Repeaters
	o.Repeats += x.Repeats
	o.Recency += x.Recency
	o.Age += x.Age
	o.Oldest = max(o.Oldest, x.Oldest)
	o.Total += x.Total
	o.TotalSquares += x.TotalSquares
	o.Spent += x.Spent
	o.SpentLog += x.SpentLog
	o.Later += x.Later
	o.Missing += x.Missing
}

func (a *historyAnswer) merge(o historyAnswer, patterns bool) {
	for s, all := range o.segments {
		for _, x := range all {
			a.addTo(s, x, patterns)
		}
	}
	for reason, n := range o.rejected {
		a.rejected[reason] += n
	}
}

// history is the index of the need that equals h, -1 for none.
func (p *Plan) history(h *Histories) int {
	return slices.IndexFunc(p.histories, func(o *Histories) bool { return sameHistories(o, h) })
}

// readHistories reads a need of histories. What is too much is told by each
// dimension apart, and patterns by coarser steps.
func (p *Plan) readHistories(ctx context.Context, t Target, index int, h *Histories, a *Answer) error {
	key := fmt.Sprintf("histories %v %v", h.Patterns, h.Unit)
	dims := t.Relation.Dimensions
	if h.Patterns {
		dims = nil
	}
	level := t.Memory.get(key)
	sets := groupings(dims, level > 0)
	for len(sets) > 0 {
		set := sets[0]
		var columns []Dimension
		for _, d := range set.dims {
			columns = append(columns, dims[d])
		}
		st, err := p.historiesStatement(t.Dialect, t.Relation, h, level, columns)
		if err != nil {
			return err
		}
		f := &historyFold{plan: p, h: h, set: set, dims: dims, historyAnswer: newHistoryAnswer(), newest: math.Inf(-1)}
		err = p.run(ctx, t, st, a, f.add)
		switch {
		case errors.Is(err, errOverBudget) && (h.Patterns && level < len(coarseness)-1 || len(set.dims) > 1):
			level++
			t.Memory.set(key, level)
			sets = groupings(dims, true)
		case errors.Is(err, errOverBudget):
			return &BudgetError{What: h.String(), Limit: p.limit}
		case err != nil:
			return err
		default:
			a.histories[index].merge(f.historyAnswer, h.Patterns)
			a.newest = max(a.newest, f.newest)
			sets = sets[1:]
		}
	}
	return nil
}

// Histories implements Facts. They come in a constant order.
func (v view) Histories(h *Histories, yield func(History)) {
	i := v.a.plan.history(h)
	if i < 0 {
		panic(fmt.Sprintf("facts: no need declared %s", h))
	}
	for _, x := range v.a.histories[i].inOrder(v.segment) {
		yield(x)
	}
}
