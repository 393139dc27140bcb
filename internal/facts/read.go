package facts

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// Querier runs a statement on one database. It returns the number of rows that
// it gave to yield, and stops at the first error of yield.
type Querier interface {
	Query(ctx context.Context, st Statement, yield func(Row) error) (int, error)
}

// Target is one database of a collector.
type Target struct {
	Dialect  Dialect
	Relation Relation // resolved for this database
	Querier  Querier
	// Memory remembers between evaluations what had to be split.
	Memory *Memory
}

// Memory remembers how statements had to be split, so that the next evaluation
// begins there. The zero value is ready; it is safe for concurrent use.
type Memory struct {
	mu    sync.Mutex
	split map[string]int
}

func (m *Memory) get(key string) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.split[key]
}

func (m *Memory) set(key string, n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.split == nil {
		m.split = map[string]int{}
	}
	m.split[key] = n
}

// BudgetError says that a statement returned more rows than it may, although it
// could not be split further.
type BudgetError struct {
	What  string
	Limit int
}

func (e *BudgetError) Error() string {
	return fmt.Sprintf("%s gives more than %d rows: leave out a dimension with that many values, narrow `where`, shorten the windows, or raise row_budget", e.What, e.Limit)
}

// Reason names the kind of failure in the metric cx_collector_failures_total.
func (e *BudgetError) Reason() string { return "row_budget" }

var errOverBudget = errors.New("over the row budget")

// Read runs the plan on one database and returns what it says.
func (p *Plan) Read(ctx context.Context, t Target) (*Answer, error) {
	a := p.newAnswer(t.Relation.Dimensions)
	rolled, err := p.rolledStandings(ctx, t, a)
	if err != nil {
		return nil, err
	}
	for i, g := range p.grids {
		if rolled[i] {
			continue
		}
		if err := p.readGrid(ctx, t, i, g, a); err != nil {
			return nil, err
		}
	}
	for i, pn := range p.panels {
		if err := p.readPanel(ctx, t, i, pn, a); err != nil {
			return nil, err
		}
	}
	if rolled, err = p.rolledHistories(ctx, t, a); err != nil {
		return nil, err
	}
	for i, h := range p.histories {
		if rolled[i] {
			continue
		}
		if err := p.readHistories(ctx, t, i, h, a); err != nil {
			return nil, err
		}
	}
	for i, r := range p.returns {
		if err := p.readReturns(ctx, t, i, r, a); err != nil {
			return nil, err
		}
	}
	if rolled, err = p.rolledStays(ctx, t, a); err != nil {
		return nil, err
	}
	for i, q := range p.stays {
		if rolled[i] {
			continue
		}
		if err := p.readStays(ctx, t, i, q, a); err != nil {
			return nil, err
		}
	}
	for i, l := range p.listings {
		st := p.listingStatement(t.Dialect, t.Relation, l)
		var rows []Row
		err := p.run(ctx, t, st, a, func(r Row) error {
			rows = append(rows, r)
			return nil
		})
		if errors.Is(err, errOverBudget) {
			err = &BudgetError{What: "the listing", Limit: p.limit}
		}
		if err != nil {
			return nil, err
		}
		a.listings[i] = rows
	}
	return a, nil
}

// run runs one statement, counting rows against the budget. Rows beyond it are
// passed over rather than refused, since an error would end the transaction in
// which a smaller statement is to follow: the statement itself asks for no more
// than one of them.
func (p *Plan) run(ctx context.Context, t Target, st Statement, a *Answer, yield func(Row) error) error {
	a.Statements++
	n := 0
	_, err := t.Querier.Query(ctx, Statement{SQL: st.SQL, Cube: st.Cube}, func(r Row) error {
		if n++; st.Limit > 0 && n > st.Limit {
			return nil
		}
		return yield(r)
	})
	a.Rows += n
	if err == nil && st.Limit > 0 && n > st.Limit {
		return errOverBudget
	}
	return err
}

// groupings are the sets of columns that one pass over a relation is grouped
// by: all dimensions crossed or, once that was too much, the total and each
// dimension by itself.
func groupings(dims []Dimension, apart bool) []grouping {
	if !apart || len(dims) == 0 {
		var cols []string
		all := grouping{total: true}
		for i, d := range dims {
			all.dims = append(all.dims, i)
			for _, c := range d.Columns {
				if !slices.Contains(cols, c) {
					cols = append(cols, c)
				}
			}
		}
		all.columns = cols
		return []grouping{all}
	}
	out := []grouping{{total: true}}
	for i, d := range dims {
		out = append(out, grouping{dims: []int{i}, columns: d.Columns})
	}
	return out
}

// grouping says which dimensions a statement serves.
type grouping struct {
	total   bool
	dims    []int // indexes of the relation's dimensions
	columns []string
}

func (g grouping) String(dims []Dimension) string {
	if len(g.dims) == 0 {
		return "the total"
	}
	var names []string
	for _, d := range g.dims {
		names = append(names, dims[d].Name)
	}
	return "the breakdown by " + strings.Join(names, " and ")
}

// memory is what a grid is remembered by: the same for all instants.
func (g *grid) memory() string {
	keys := slices.Clone(g.keys)
	for i := range keys {
		if !keys[i].Until.IsZero() {
			keys[i].Until = time.Unix(0, 0).UTC()
		}
	}
	if g.stretches {
		return fmt.Sprintf("stretches %s %v", g.time, keys)
	}
	return fmt.Sprintf("grid %s %v", g.time, keys)
}

func (p *Plan) readGrid(ctx context.Context, t Target, index int, g *grid, a *Answer) error {
	key := g.memory()
	dims := t.Relation.Dimensions
	if g.streamed {
		return p.readStream(ctx, t, index, g, a)
	}
	sets := groupings(dims, t.Memory.get(key) > 0)
	for len(sets) > 0 {
		err := p.readParts(ctx, t, index, g, sets[0], key, a)
		if errors.Is(err, errOverBudget) { // all dimensions crossed: nothing was added yet
			t.Memory.set(key, 1)
			sets = groupings(dims, true)
			continue
		}
		if err != nil {
			return err
		}
		sets = sets[1:]
	}
	return nil
}

// readParts reads one grouping of a grid: whole or, where that is too much, in
// chunks of time, halved until they fit.
func (p *Plan) readParts(ctx context.Context, t Target, index int, g *grid, set grouping, key string, a *Answer) error {
	whole := g.whole()
	chunks := t.Memory.get(key + set.String(t.Relation.Dimensions))
	parts := []chunk{whole}
	for range chunks {
		parts = halve(parts)
	}
	for len(parts) > 0 {
		part := parts[0]
		parts = parts[1:]
		st, err := p.gridStatement(t.Dialect, t.Relation, g, set.columns, part)
		if err != nil {
			return err
		}
		f := newGridFold(p, t.Relation.Dimensions, g, set)
		err = p.run(ctx, t, st, a, f.add)
		if errors.Is(err, errOverBudget) {
			if len(set.dims) > 1 {
				return err // dimensions are split before time is
			}
			if part.hi-part.lo < 2 {
				return &BudgetError{What: set.String(t.Relation.Dimensions) + " in one interval of " + string(g.time), Limit: p.limit}
			}
			t.Memory.set(key+set.String(t.Relation.Dimensions), min(chunks+1, 12))
			parts = append(halve([]chunk{part}), parts...)
			continue
		}
		if err != nil {
			return err
		}
		a.addGrid(index, f)
	}
	return nil
}

func halve(parts []chunk) []chunk {
	var out []chunk
	for _, c := range parts {
		if c.hi-c.lo < 2 {
			out = append(out, c)
			continue
		}
		mid := (c.lo + c.hi) / 2
		out = append(out, chunk{c.lo, mid}, chunk{mid, c.hi})
	}
	return out
}

func (p *Plan) readPanel(ctx context.Context, t Target, index int, pn *panel, a *Answer) error {
	if p.rolled(pn) {
		return p.readRoll(ctx, t, index, pn, a)
	}
	key := fmt.Sprintf("panel %v", pn.who)
	dims := t.Relation.Dimensions
	apart := t.Memory.get(key) > 0
	queue := panelParts(pn.needs, groupings(dims, apart))
	for len(queue) > 0 {
		part := queue[0]
		queue = queue[1:]
		l := layoutOf(part.needs)
		if l.slots() > maxPoints && len(part.needs) > 1 {
			queue = append(part.halves(), queue...)
			continue
		}
		var sets []Dimension
		for _, i := range part.set.dims {
			sets = append(sets, dims[i])
		}
		st, err := p.panelStatement(t.Dialect, t.Relation, pn, l, sets)
		if err != nil {
			return err
		}
		f := newPanelFold(p, pn, l, part.set, dims)
		err = p.run(ctx, t, st, a, f.add)
		switch {
		case errors.Is(err, errOverBudget) && len(part.set.dims) > 1:
			t.Memory.set(key, 1)
			queue = append(panelParts(part.needs, groupings(dims, true)), queue...)
		case errors.Is(err, errOverBudget) && len(part.needs) > 1:
			queue = append(part.halves(), queue...)
		case errors.Is(err, errOverBudget):
			return &BudgetError{What: part.set.String(dims) + " of " + string(pn.who.Subject), Limit: p.limit}
		case err != nil:
			return err
		default:
			a.addPanel(index, f)
		}
	}
	return nil
}

// panelPart is what one statement of a panel answers.
type panelPart struct {
	needs []*Subjects
	set   grouping
}

func panelParts(needs []*Subjects, sets []grouping) []panelPart {
	var out []panelPart
	for _, s := range sets {
		out = append(out, panelPart{needs, s})
	}
	return out
}

func (p panelPart) halves() []panelPart {
	mid := len(p.needs) / 2
	return []panelPart{{p.needs[:mid], p.set}, {p.needs[mid:], p.set}}
}

func (p *Plan) listingStatement(d Dialect, r Relation, l *Listing) Statement {
	w := &writer{}
	w.say("The rows as they are.")
	for _, c := range l.Columns {
		name := c
		if col, ok := r.Columns[Role(c)]; ok {
			name = col.Name
		}
		w.column(d.Quote(name), d.Quote(c), "")
	}
	w.where = r.and(nil)
	return Statement{SQL: w.text(From(d, r), "", p.limit, ""), Limit: p.limit}
}

// Statements are the statements that the plan will run on a database, before
// any of them has to be split, with what each is for.
func (p *Plan) Statements(d Dialect, r Relation) ([]Statement, error) {
	var out []Statement
	for _, g := range p.grids {
		st, err := p.gridStatement(d, r, g, groupings(r.Dimensions, false)[0].columns, g.whole())
		if err != nil {
			return nil, err
		}
		out = append(out, st)
	}
	for _, pn := range p.panels {
		queue := panelParts(pn.needs, groupings(r.Dimensions, false))
		for len(queue) > 0 {
			part := queue[0]
			queue = queue[1:]
			l := layoutOf(part.needs)
			if l.slots() > maxPoints && len(part.needs) > 1 {
				queue = append(part.halves(), queue...)
				continue
			}
			st, err := p.panelStatement(d, r, pn, l, r.Dimensions)
			if err != nil {
				return nil, err
			}
			out = append(out, st)
		}
	}
	for _, h := range p.histories {
		dims := r.Dimensions
		if h.Patterns {
			dims = nil
		}
		st, err := p.historiesStatement(d, r, h, 0, dims)
		if err != nil {
			return nil, err
		}
		out = append(out, st)
	}
	for _, q := range p.returns {
		st, err := p.returnsStatement(d, r, q, r.Dimensions)
		if err != nil {
			return nil, err
		}
		out = append(out, st)
	}
	for _, q := range p.stays {
		st, err := p.staysStatement(d, r, q, q.Instants[:min(len(q.Instants), maxInstants)])
		if err != nil {
			return nil, err
		}
		out = append(out, st)
	}
	for _, l := range p.listings {
		out = append(out, p.listingStatement(d, r, l))
	}
	return out, nil
}
