package facts

import "math"

// rollKey is what tells the patterns of a need apart.
type rollKey struct {
	mask     uint64
	segments uint64
	unit     int32
}

// rollSum is a number of subjects that look the same.
type rollSum struct {
	n    float64
	sums []float64
}

// rollNeed is a need with its patterns.
type rollNeed struct {
	layout layout
	points []int // places of the layout's points among all
	// patterns are those of each dimension, or of the total where there is none.
	// Every subject is in each dimension once, so that one of them tells the total.
	patterns []rollTable
}

// rollTable is numbers of subjects by what they look like, in the order in which
// that was seen first.
type rollTable struct {
	// places are those of keys, one more, by their hash or behind it: a map of its
	// own that costs a third. A power of two, half empty at least.
	places []int32
	keys   []rollKey
	sums   []rollSum
}

// leastPlaces is how many places a table begins with.
const leastPlaces = 16

// hash spreads keys over places. Masks differ in their low bits first.
func (k rollKey) hash() uint64 {
	const odd = 0x9e3779b97f4a7c15 // 2⁶⁴ divided by the golden ratio (Knuth, section 6.4)
	h := (k.mask ^ uint64(k.unit)<<40) * odd
	h = (h ^ h>>32 ^ k.segments) * odd
	return h ^ h>>32
}

// place is where a key is, or is to be.
func (t *rollTable) place(key rollKey) *int32 {
	for i := key.hash(); ; i++ {
		p := &t.places[i&uint64(len(t.places)-1)]
		if *p == 0 || t.keys[*p-1] == key {
			return p
		}
	}
}

// grow doubles the places.
func (t *rollTable) grow() {
	t.places = make([]int32, max(leastPlaces, 2*len(t.places)))
	for i, key := range t.keys {
		*t.place(key) = int32(i + 1)
	}
}

// at is what looks alike, with so many sums.
func (t *rollTable) at(key rollKey, width int) *rollSum {
	if 2*len(t.keys) >= len(t.places) {
		t.grow()
	}
	p := t.place(key)
	if *p > 0 {
		return &t.sums[*p-1]
	}
	i := len(t.keys)
	*p = int32(i + 1)
	t.keys = append(t.keys, key)
	if i < cap(t.sums) {
		t.sums = t.sums[:i+1]
	} else {
		t.sums = append(t.sums, rollSum{})
	}
	s := &t.sums[i]
	if s.n = 0; cap(s.sums) < width {
		s.sums = make([]float64, width)
	}
	s.sums = s.sums[:width]
	clear(s.sums)
	return s
}

// reset empties the table for further use.
func (t *rollTable) reset() {
	clear(t.places)
	t.keys, t.sums = t.keys[:0], t.sums[:0]
}

// add adds what another table holds, of a segment or of all.
func (t *rollTable) add(o *rollTable, all bool) {
	for i, key := range o.keys {
		if all {
			key.segments = 0
		}
		from := &o.sums[i]
		to := t.at(key, len(from.sums))
		to.n += from.n
		for k, x := range from.sums {
			to.sums[k] += x
		}
	}
}

// rollPanel counts the subjects of a panel's roll by patterns.
type rollPanel struct {
	*rollFold
	needs []*rollNeed
	limit int
	// What the subjects in memory look like for one need.
	masks []uint64
	alike rollTable
}

func newRollPanel(p *Plan, pn *panel, dims []Dimension, conditions map[string]int) *rollPanel {
	r := &rollPanel{
		rollFold: newRollFold(pn.who, dims, pn.needs, conditions), limit: p.limit,
		masks: make([]uint64, rollBatch),
	}
	r.tell = r.count
	for _, n := range pn.needs {
		x := &rollNeed{layout: layoutOf([]*Subjects{n}), patterns: make([]rollTable, max(1, len(dims)))}
		for _, pt := range x.layout.points {
			x.points = append(x.points, r.at[keyOf(pt)])
		}
		r.needs = append(r.needs, x)
	}
	return r
}

// count counts the subjects in memory for all needs.
func (r *rollPanel) count() error {
	for _, n := range r.needs {
		r.mask(n)
		for d := range n.patterns {
			r.sort(n, d)
			n.patterns[d].add(&r.alike, false)
			if len(n.patterns[d].keys) > r.limit || len(r.dims) > 0 && len(r.rollFold.segments[d]) >= 1<<rollSegment-1 {
				return &BudgetError{What: "the patterns of " + string(r.who.Subject), Limit: r.limit}
			}
		}
	}
	return nil
}

// mask writes the digits of a need's points and pairs into one integer for each
// subject.
func (r *rollPanel) mask(n *rollNeed) {
	masks := r.masks[:len(r.subjects)]
	clear(masks)
	for i, at := range n.points {
		for k, digit := range r.points[at].digits[:len(masks)] {
			masks[k] |= uint64(digit) << (2 * i)
		}
	}
	for i, p := range n.layout.pairs {
		from, to := r.points[n.points[p.From]].amounts, r.points[n.points[p.To]].amounts
		for k := range masks {
			masks[k] |= uint64(trendOf(from[k], to[k])) << (2 * (len(n.points) + i))
		}
	}
}

// sort counts the subjects in memory by patterns of a need and a dimension. Those
// of whom nothing holds are in none.
func (r *rollPanel) sort(n *rollNeed, d int) {
	r.alike.reset()
	width := n.layout.sums()
	var last rollKey
	var alike *rollSum
	for k, mask := range r.masks[:len(r.subjects)] {
		if mask == 0 {
			continue
		}
		key := rollKey{mask: mask, unit: r.subjects[k].unit}
		if len(r.dims) > 0 {
			for i, pt := range n.layout.attribution {
				key.segments |= uint64(r.points[n.points[pt]].segments[d][k]+1) << (rollSegment * i)
			}
		}
		if alike == nil || key != last {
			alike, last = r.alike.at(key, width), key
		}
		alike.n++
		if width > 0 {
			r.sum(n, k, alike.sums)
		}
	}
}

// sum adds what is known of a subject to the sums of its pattern.
func (r *rollPanel) sum(n *rollNeed, k int, to []float64) {
	at := 0
	add := func(x float64) { to[at] += x; at++ }
	for _, m := range n.layout.moments {
		x := r.points[n.points[m]].counts[k]
		add(x)
		add(x * x)
	}
	for _, i := range n.layout.amounts {
		x := r.points[n.points[i]].amounts[k]
		add(x)
		add(x * x)
	}
	for _, p := range n.layout.pairs {
		add(r.points[n.points[p.From]].amounts[k] * r.points[n.points[p.To]].amounts[k])
	}
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

// answer is what a need was answered.
func (r *rollPanel) answer(n *rollNeed) *panelAnswer {
	out := &panelAnswer{layout: n.layout, total: true, patterns: map[string]*pattern{}, split: map[string]map[string]*pattern{}, rejected: map[string]float64{}}
	var total rollTable
	total.add(&n.patterns[0], true)
	for i, key := range total.keys {
		addPattern(out.patterns, r.pattern(n, key, &total.sums[i]))
	}
	for d, dim := range r.dims {
		to := make(map[string]*pattern, len(n.patterns[d].keys))
		out.split[dim.Name] = to
		for at, key := range n.patterns[d].keys {
			pt := r.pattern(n, key, &n.patterns[d].sums[at])
			for i := range n.layout.attribution {
				id := int32(key.segments>>(rollSegment*i)&(1<<rollSegment-1)) - 1
				if id == noSegment {
					pt.segments = append(pt.segments, segmentValue{})
				} else {
					pt.segments = append(pt.segments, segmentValue{r.rollFold.segments[d][id], true})
				}
			}
			addPattern(to, pt)
		}
	}
	n.patterns = nil
	return out
}

func (r *rollPanel) pattern(n *rollNeed, key rollKey, sum *rollSum) pattern {
	pt := pattern{digits: make([]uint8, n.layout.slots()), unit: r.units[key.unit], n: sum.n, sums: sum.sums}
	for i := range pt.digits {
		pt.digits[i] = uint8(key.mask >> (2 * i) & 3)
	}
	return pt
}
