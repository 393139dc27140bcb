package facts

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// Answer is what the databases said to a plan: cells and patterns, added up
// over statements and sources, for the total and for every segment.
type Answer struct {
	plan       *Plan
	dimensions []Dimension
	grids      []gridAnswer
	panels     [][]*panelAnswer
	histories  []historyAnswer
	returns    []returnsAnswer
	stays      []staysAnswer
	listings   [][]Row
	newest     float64
	sources    int
	// places tell which answers of a panel know a point. They are made when an answer
	// that was read is first asked, and again after another was merged into it.
	places []map[pointEnds][]*panelAnswer
	// unpacked are the patterns of rolls that are in memory, the oldest first, and
	// unpackedSize is how many they are.
	unpacked     []unpacked
	unpackedSize int

	// Statements and Rows are what was asked and read so far.
	Statements, Rows int
}

// gridAnswer holds the cells of a grid by segment.
type gridAnswer struct {
	sums     []Sum
	sorted   map[kpi.Segment][]cell // made when it is asked for
	segments map[kpi.Segment]map[string]*cell
	made     int // cells of all segments
	rejected map[string]float64
}

// panelAnswer holds the patterns of the needs that one layout serves.
type panelAnswer struct {
	source   int // what one source says is told by one of its layouts, and not by another's
	layout   layout
	total    bool                           // whether patterns holds the total
	patterns map[string]*pattern            // of the total
	split    map[string]map[string]*pattern // by dimension
	rejected map[string]float64
	sorted   map[string][]*pattern // by dimension, made when it is asked for
	packed   *rollPatterns         // in the place of patterns and split, where they come from a roll
}

// newAnswer is an empty answer.
func (p *Plan) newAnswer(dims []Dimension) *Answer {
	a := &Answer{
		plan: p, dimensions: dims,
		grids:    make([]gridAnswer, len(p.grids)),
		panels:   make([][]*panelAnswer, len(p.panels)),
		listings: make([][]Row, len(p.listings)),
		newest:   math.Inf(-1),
		sources:  1,
	}
	for range p.returns {
		a.returns = append(a.returns, newReturnsAnswer())
	}
	for _, q := range p.stays {
		a.stays = append(a.stays, newStaysAnswer(q))
	}
	for range p.histories {
		a.histories = append(a.histories, newHistoryAnswer())
	}
	for i := range a.grids {
		a.grids[i] = newGridAnswer(p.grids[i])
	}
	return a
}

// cell is one cell of a grid.
type cell struct {
	i        int
	outcomes []int
	keys     []keyValue
	n        float64
	sums     []float64 // NaN where a MinEpoch has seen nothing yet
	// backwards is set where an outcome came before the row's own time, or a length
	// of time is below zero: cubes that ask for it leave the cell out.
	backwards bool
}

type keyValue struct {
	text   string
	null   bool
	bucket int
}

// gridFold collects the rows of one statement until it is known to be whole.
type gridFold struct {
	plan *Plan
	dims []Dimension
	g    *grid
	set  grouping
	gridAnswer
	newest float64
}

func newGridFold(p *Plan, dims []Dimension, g *grid, set grouping) *gridFold {
	return &gridFold{plan: p, dims: dims, g: g, set: set, newest: math.Inf(-1), gridAnswer: newGridAnswer(g)}
}

func newGridAnswer(g *grid) gridAnswer {
	return gridAnswer{sums: g.sums, segments: map[kpi.Segment]map[string]*cell{}, rejected: map[string]float64{}}
}

func (f *gridFold) add(r Row) error {
	c := &cell{outcomes: make([]int, len(f.g.outcomes)), keys: make([]keyValue, len(f.g.keys)), sums: make([]float64, len(f.g.sums))}
	at := 0
	next := func() any { at++; return r[at-1] }
	i, _ := numeric(next())
	c.i = int(i)
	var id strings.Builder
	id.WriteString(strconv.Itoa(c.i))
	for k := range c.outcomes {
		x, _ := numeric(next())
		c.outcomes[k] = int(x)
		c.backwards = c.backwards || c.outcomes[k] == earlierOutcome
		id.WriteByte('/')
		id.WriteString(strconv.Itoa(c.outcomes[k]))
	}
	invalid := c.backwards
	for k, key := range f.g.keys {
		v := next()
		kv := keyValue{null: v == nil}
		if key.Bucket && v != nil {
			x, _ := numeric(v)
			kv.bucket = int(x)
			negative := kv.bucket == negativeBucket && key.Since != ""
			c.backwards = c.backwards || negative
			invalid = invalid || negative && f.g.ends(c.i, key.Until)
		}
		kv.text = text(v)
		c.keys[k] = kv
		id.WriteByte('/')
		if kv.null {
			id.WriteByte('0')
		} else {
			id.WriteString(strconv.Quote(kv.text))
		}
	}
	values := make(map[string]string, len(f.set.columns))
	for _, name := range f.set.columns {
		values[name] = segmentText(next())
	}
	c.n, _ = numeric(next())
	for k, s := range f.g.sums {
		x, ok := numeric(next())
		if !ok && s.Kind == MinEpoch {
			x = math.NaN()
		}
		c.sums[k] = x
	}
	newest, dated := numeric(next())

	switch {
	case c.i == -1:
		if f.g.time == f.plan.primary { // elsewhere it has not come yet, however that is written
			f.reject(RejectedNullTime, c.n)
		}
		return nil
	case c.i == len(f.g.bounds)+1:
		f.reject(RejectedFuture, c.n)
		return nil
	}
	if dated && !f.g.planned {
		f.newest = max(f.newest, newest)
	}
	if invalid { // the cubes that ask for that outcome leave it out, see Cells
		f.reject(RejectedEndBeforeStart, c.n)
	}
	if f.set.total {
		f.addCell(kpi.Segment{}, id.String(), c)
	}
	for _, d := range f.set.dims {
		parts := make([]string, len(f.dims[d].Columns))
		for k, name := range f.dims[d].Columns {
			parts[k] = values[name]
		}
		f.addCell(kpi.Segment{Dimension: f.dims[d].Name, Value: strings.Join(parts, ",")}, id.String(), c)
	}
	return nil
}

// ends reports whether an interval ends by the instant that a number is cut off
// at, if it is. What begins later ends before it began by that alone, and is in no
// cube that asks for the number.
func (g *grid) ends(interval int, until time.Time) bool {
	return until.IsZero() || interval < len(g.bounds) && !g.bounds[interval].After(until)
}

func (f *gridFold) reject(reason string, n float64) {
	if f.set.total { // once, not once a breakdown
		f.rejected[reason] += n
	}
}

func (g *gridAnswer) addCell(s kpi.Segment, id string, c *cell) {
	g.sorted = nil
	cells := g.segments[s]
	if cells == nil {
		cells = map[string]*cell{}
		g.segments[s] = cells
	}
	old := cells[id]
	if old == nil {
		clone := *c
		clone.sums = slices.Clone(c.sums)
		cells[id] = &clone
		g.made++
		return
	}
	old.n += c.n
	for i, x := range c.sums {
		switch {
		case g.sums[i].Kind != MinEpoch:
			old.sums[i] += x
		case math.IsNaN(old.sums[i]) || x < old.sums[i]:
			old.sums[i] = x
		}
	}
}

// cells are the cells of a segment by their intervals, and within those in a
// constant order, so that sums of them do not differ in their last digit from one
// time to the next.
func (g *gridAnswer) cells(s kpi.Segment) []cell {
	if c, ok := g.sorted[s]; ok {
		return c
	}
	if g.sorted == nil {
		g.sorted = map[kpi.Segment][]cell{}
	}
	all := inOrder(g.segments[s])
	slices.SortStableFunc(all, func(a, b *cell) int { return cmp.Compare(a.i, b.i) })
	g.sorted[s] = together(all)
	return g.sorted[s]
}

// together puts cells side by side, with what they hold: they are gone through again
// and again, once for each window of each instant.
func together(all []*cell) []cell {
	out := make([]cell, len(all))
	var outcomes []int
	var sums []float64
	var keys []keyValue
	for i, c := range all {
		if i == 0 {
			keys = make([]keyValue, 0, len(all)*len(c.keys))
			outcomes = make([]int, 0, len(all)*len(c.outcomes))
			sums = make([]float64, 0, len(all)*len(c.sums))
		}
		out[i] = *c
		outcomes, keys, sums = append(outcomes, c.outcomes...), append(keys, c.keys...), append(sums, c.sums...)
		out[i].outcomes = outcomes[len(outcomes)-len(c.outcomes):]
		out[i].keys = keys[len(keys)-len(c.keys):]
		out[i].sums = sums[len(sums)-len(c.sums):]
	}
	return out
}

func inOrder[T any](m map[string]T) []T {
	out := make([]T, 0, len(m))
	for _, id := range slices.Sorted(maps.Keys(m)) {
		out = append(out, m[id])
	}
	return out
}

func (g *gridAnswer) merge(o gridAnswer) {
	for s, cells := range o.segments {
		for id, c := range cells {
			g.addCell(s, id, c)
		}
	}
	for reason, n := range o.rejected {
		g.rejected[reason] += n
	}
}

func (a *Answer) addGrid(index int, f *gridFold) {
	a.grids[index].merge(f.gridAnswer)
	a.newest = max(a.newest, f.newest)
}

// Merge adds the answer of another source to the same plan.
func (a *Answer) Merge(o *Answer) {
	a.places = nil
	for i := range a.grids {
		a.grids[i].merge(o.grids[i])
	}
	for i, parts := range o.panels {
		for _, p := range parts {
			p.source += a.sources
			a.panels[i] = append(a.panels[i], p)
		}
	}
	a.sources += o.sources
	for i, r := range o.returns {
		a.returns[i].merge(r)
	}
	for i, s := range o.stays {
		a.stays[i].merge(s)
	}
	for i, h := range o.histories {
		a.histories[i].merge(h, a.plan.histories[i].Patterns)
	}
	for i, rows := range o.listings {
		a.listings[i] = append(a.listings[i], rows...)
	}
	a.newest = max(a.newest, o.newest)
	a.Statements += o.Statements
	a.Rows += o.Rows
}

// Kept is how many facts memory holds: cells and patterns, each some hundred bytes
// with what they are found by, and histories, three of which take as much. Stays are
// two numbers for each instant that is asked for, whatever the rows, and listings are
// read as of one instant alone: neither says how many instants memory can hold.
func (a *Answer) Kept() int {
	n := 0
	for i := range a.grids {
		n += a.grids[i].made
	}
	for _, parts := range a.panels {
		for _, p := range parts {
			n += len(p.patterns)
			for _, patterns := range p.split {
				n += len(patterns)
			}
			if p.packed != nil {
				n += p.packed.kept()
			}
		}
	}
	for _, h := range a.histories {
		for _, all := range h.segments {
			n += len(all) / 3
		}
	}
	for _, r := range a.returns {
		for _, intervals := range r.segments {
			n += len(intervals)
		}
	}
	return n
}

// Newest is the time of the newest row that was read, zero where there is none.
// What databases hold for no time is told as 1970 or earlier.
func (a *Answer) Newest() time.Time {
	if !(a.newest > 0) || math.IsInf(a.newest, 0) {
		return time.Time{}
	}
	return time.UnixMicro(int64(math.Round(a.newest * 1e6))).UTC()
}

// Rejected counts the rows that no KPI counts, by reason. A row that several
// statements refuse counts once.
func (a *Answer) Rejected() map[string]float64 {
	out := map[string]float64{}
	most := func(m map[string]float64) {
		for reason, n := range m {
			if n > 0 {
				out[reason] = max(out[reason], n)
			}
		}
	}
	for _, g := range a.grids {
		most(g.rejected)
	}
	for _, h := range a.histories {
		most(h.rejected)
	}
	for _, r := range a.returns {
		most(r.rejected)
	}
	for _, parts := range a.panels {
		sum := map[string]float64{} // over sources, of the statement that refused most
		for source := range a.sources {
			refused := map[string]float64{}
			for _, p := range parts {
				if p.source == source {
					for reason, n := range p.rejected {
						refused[reason] = max(refused[reason], n)
					}
				}
			}
			for reason, n := range refused {
				sum[reason] += n
			}
		}
		most(sum)
	}
	return out
}
