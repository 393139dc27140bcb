package facts

import (
	"fmt"
	"math"
	"slices"
)

// rollFamily is needs that ask the same at points of the same lines, in time's
// order: a later one has no earlier point. What a subject looks like changes a few
// times along them.
type rollFamily struct {
	layouts []layout // of the needs
	needs   []int    // their places among all
	lines   []int    // by point
	places  [][]int  // by point: where each need's is in its line
	// first is, by point, which need is the first whose place is not before a place.
	first [][]int
	// trees are those of each dimension, or of the total where there is none.
	// Every subject is in each dimension once, so that one of them tells the total.
	trees []rollTree
}

// rollPanel counts the subjects of a panel's roll by patterns.
type rollPanel struct {
	*rollFold
	families []*rollFamily
	limit    int
	needs    []*Subjects
	// What one subject looks like for one need.
	here []int // pieces, by point
	sums []float64
}

func newRollPanel(p *Plan, pn *panel, dims []Dimension, conditions map[string]int) *rollPanel {
	r := &rollPanel{rollFold: newRollFold(pn.who, dims, pn.needs, conditions), limit: p.limit, needs: pn.needs}
	r.tell = r.count
	type member struct {
		need   int
		layout layout
		places []int
	}
	alike := map[string][]member{}
	var kinds []string
	for i, n := range pn.needs {
		m := member{need: i, layout: layoutOf([]*Subjects{n})}
		var lines []int
		for _, pt := range m.layout.points {
			at := r.at[keyOf(pt)]
			lines, m.places = append(lines, at.line), append(m.places, at.point)
		}
		l := &m.layout
		kind := fmt.Sprint(lines, l.attribution, l.moments, l.amounts, l.pairs)
		if alike[kind] == nil {
			kinds = append(kinds, kind)
		}
		alike[kind] = append(alike[kind], m)
	}
	for _, kind := range kinds {
		var families []*rollFamily
		slices.SortStableFunc(alike[kind], func(a, b member) int { return slices.Compare(a.places, b.places) })
		for _, m := range alike[kind] {
			i := slices.IndexFunc(families, func(f *rollFamily) bool { return f.precedes(m.places) })
			if i < 0 {
				i = len(families)
				f := &rollFamily{places: make([][]int, len(m.places))}
				for _, pt := range m.layout.points {
					f.lines = append(f.lines, r.at[keyOf(pt)].line)
				}
				families = append(families, f)
			}
			f := families[i]
			f.layouts, f.needs = append(f.layouts, m.layout), append(f.needs, m.need)
			for k, at := range m.places {
				f.places[k] = append(f.places[k], at)
			}
		}
		for _, f := range families {
			f.index(r.lines)
			for range max(1, len(dims)) {
				f.trees = append(f.trees, newRollTree(len(f.needs)))
			}
		}
		r.families = append(r.families, families...)
	}
	return r
}

// precedes reports whether all needs of a family lie before one with such places.
func (f *rollFamily) precedes(places []int) bool {
	last := len(f.needs) - 1
	for k, at := range places {
		if f.places[k][last] > at {
			return false
		}
	}
	return true
}

// index finds the first needs.
func (f *rollFamily) index(lines []*rollLine) {
	for k, line := range f.lines {
		first := make([]int, len(lines[line].upper))
		need := 0
		for at := range first {
			for need < len(f.needs) && f.places[k][need] < at {
				need++
			}
			first[at] = need
		}
		f.first = append(f.first, first)
	}
}

// count counts the subject in memory for all needs.
func (r *rollPanel) count() error {
	for _, f := range r.families {
		if slices.ContainsFunc(f.lines, func(line int) bool { return !r.lines[line].idle }) {
			if err := r.countFor(f); err != nil {
				return err
			}
		}
	}
	return nil
}

// countFor counts the subject in memory for the needs of a family, from one change
// to the next. Where nothing holds it is in no pattern.
func (r *rollPanel) countFor(f *rollFamily) error {
	l := &f.layouts[0]
	r.here = append(r.here[:0], make([]int, len(f.lines))...)
	for need := 0; need < len(f.needs); {
		next, mask := len(f.needs), uint64(0)
		for k, line := range f.lines {
			pieces, place := r.lines[line].pieces, f.places[k][need]
			i := r.here[k]
			for i+1 < len(pieces) && pieces[i+1].from <= place {
				i++
			}
			r.here[k] = i
			if i+1 < len(pieces) {
				next = min(next, f.first[k][pieces[i+1].from])
			}
			mask |= uint64(pieces[i].digit) << (2 * k)
		}
		for i, p := range l.pairs {
			mask |= uint64(trendOf(r.piece(f, p.From).amount, r.piece(f, p.To).amount)) << (2 * (len(f.lines) + i))
		}
		if mask != 0 {
			if err := r.enter(f, need, next, mask); err != nil {
				return err
			}
		}
		need = next
	}
	return nil
}

// piece is what the subject in memory looks like at a point.
func (r *rollPanel) piece(f *rollFamily, point int) *rollPiece {
	return &r.lines[f.lines[point]].pieces[r.here[point]]
}

// enter counts the subject in memory for the needs from one up to another.
func (r *rollPanel) enter(f *rollFamily, from, to int, mask uint64) error {
	l := &f.layouts[0]
	r.sums = append(r.sums[:0], 1)
	for _, m := range l.moments {
		x := r.piece(f, m).count
		r.sums = append(r.sums, x, x*x)
	}
	for _, i := range l.amounts {
		x := r.piece(f, i).amount
		r.sums = append(r.sums, x, x*x)
	}
	for _, p := range l.pairs {
		r.sums = append(r.sums, r.piece(f, p.From).amount*r.piece(f, p.To).amount)
	}
	for d := range f.trees {
		key := rollKey{mask: mask, unit: r.unit}
		if len(r.dims) > 0 {
			if len(r.segments[d]) >= 1<<rollSegment-1 {
				return r.tooMany()
			}
			for i, pt := range l.attribution {
				id := r.lines[f.lines[pt]].segments[r.here[pt]*len(r.dims)+d]
				key.segments |= uint64(id+1) << (rollSegment * i)
			}
		}
		if f.trees[d].add(from, to, key, r.sums) > r.limit {
			return r.tooMany()
		}
	}
	return nil
}

func (r *rollPanel) tooMany() error {
	return &BudgetError{What: "the patterns of " + string(r.who.Subject), Limit: r.limit}
}

// trendOf is how an amount compares with an earlier one, as trend says it to a
// database.
func trendOf(a, b float64) Trend {
	least := roundingShare * (math.Abs(a) + math.Abs(b))
	switch {
	case b-a > least:
		return Rose
	case a-b <= least:
		return Same
	case b <= least:
		return Gone
	}
	return Fell
}

// answers are what the needs were answered, in their order. Their patterns are kept
// as numbers until they are asked for: those of many instants would be millions of
// pointers.
func (r *rollPanel) answers() ([]*panelAnswer, error) {
	out := make([]*panelAnswer, len(r.needs))
	words := &rollWords{units: r.units, dims: r.dims, segments: r.segments}
	var one rollTable
	for _, f := range r.families {
		for i, need := range f.needs {
			l := f.layouts[i]
			packed := &rollPatterns{words: words, layout: l, ends: endsOf(r.needs[need])}
			for d := range f.trees {
				f.trees[d].gather(i, packed.width(), &one)
				if len(one.keys) > r.limit {
					return nil, r.tooMany()
				}
				packed.tables = append(packed.tables, rollTable{keys: slices.Clone(one.keys), sums: slices.Clone(one.sums)})
			}
			out[need] = &panelAnswer{layout: l, total: true, packed: packed, rejected: map[string]float64{}}
		}
		f.trees = nil
	}
	return out, nil
}
