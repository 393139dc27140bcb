package facts

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// pattern is a number of subjects that look the same at all points of a layout.
type pattern struct {
	digits   []uint8 // of the points of the layout, and then of its pairs
	unit     keyValue
	n        float64
	sums     []float64 // two for each moment and each amount of the layout, one for each pair
	segments []segmentValue
}

// segmentValue is a subject's segment at an attribution point of the layout.
type segmentValue struct {
	text string
	ok   bool
}

// panelFold collects the rows of one statement until it is known to be whole.
type panelFold struct {
	plan *Plan
	pn   *panel
	set  grouping
	dims []Dimension
	panelAnswer
	newest float64
}

func newPanelFold(p *Plan, pn *panel, l layout, set grouping, dims []Dimension) *panelFold {
	f := &panelFold{plan: p, pn: pn, set: set, dims: dims, newest: math.Inf(-1)}
	f.panelAnswer = panelAnswer{layout: l, total: set.total, patterns: map[string]*pattern{}, split: map[string]map[string]*pattern{}, rejected: map[string]float64{}}
	for _, d := range set.dims {
		f.split[dims[d].Name] = map[string]*pattern{}
	}
	return f
}

func (f *panelFold) add(r Row) error {
	at := 0
	next := func() any { at++; return r[at-1] }
	pt := pattern{digits: make([]uint8, f.layout.slots())}
	for m := range f.layout.masks() {
		mask := integer(next())
		for i := m * pointsPerMask; i < min(len(pt.digits), (m+1)*pointsPerMask); i++ {
			pt.digits[i] = uint8(mask & 3)
			mask >>= 2
		}
	}
	nobody, _ := numeric(next())
	if f.pn.who.Unit != "" {
		v := next()
		pt.unit = keyValue{text: text(v), null: v == nil}
	}
	segments := make([][]segmentValue, len(f.set.dims))
	if len(f.set.dims) > 0 {
		for range f.layout.attribution {
			for d := range f.set.dims {
				v := next()
				segments[d] = append(segments[d], segmentValue{text: text(v), ok: v != nil})
			}
		}
	}
	pt.n, _ = numeric(next())
	for range f.layout.sums() {
		x, _ := numeric(next())
		pt.sums = append(pt.sums, x)
	}
	blank := 0.0
	if len(f.layout.amounts) > 0 {
		blank, _ = numeric(next())
	}
	bad, _ := numeric(next())
	refused, _ := numeric(next())
	if nobody > 0 { // refused for one reason is refused
		blank, bad = 0, 0
	}
	f.reject(RejectedNullAmount, blank)
	f.reject(RejectedEndBeforeStart, bad)
	f.reject(RejectedNullSubject, refused)
	if !f.plan.future.IsZero() {
		nulls, _ := numeric(next())
		future, _ := numeric(next())
		if f.pn.who.Start == f.plan.primary {
			f.reject(RejectedNullTime, nulls)
		}
		f.reject(RejectedFuture, future)
	}
	if newest, ok := numeric(next()); ok {
		f.newest = max(f.newest, newest)
	}
	if nobody > 0 {
		return nil
	}
	if f.set.total {
		addPattern(f.patterns, pt)
	}
	for d, i := range f.set.dims {
		pt.segments = segments[d]
		addPattern(f.split[f.dims[i].Name], pt)
	}
	return nil
}

func (f *panelFold) reject(reason string, n float64) {
	if f.set.total {
		f.rejected[reason] += n
	}
}

// integer is an exact integer of a row: masks use 60 bits.
func integer(v any) int64 {
	switch v := v.(type) {
	case int64:
		return v
	case string:
		x, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(v), ".0"), 10, 64)
		if err == nil {
			return x
		}
	}
	x, _ := numeric(v)
	return int64(x)
}

func addPattern(to map[string]*pattern, pt pattern) {
	var id strings.Builder
	for _, d := range pt.digits {
		id.WriteByte('0' + d)
	}
	if !pt.unit.null {
		id.WriteByte('u')
		id.WriteString(strconv.Quote(pt.unit.text))
	}
	for _, s := range pt.segments {
		if s.ok {
			id.WriteString(strconv.Quote(s.text))
		}
		id.WriteByte('/')
	}
	old := to[id.String()]
	if old == nil {
		pt.sums = slices.Clone(pt.sums)
		to[id.String()] = &pt
		return
	}
	old.n += pt.n
	for i, x := range pt.sums {
		old.sums[i] += x
	}
}

// addPanel adds what a statement said.
func (a *Answer) addPanel(index int, f *panelFold) {
	a.newest = max(a.newest, f.newest)
	a.mergePanel(index, &f.panelAnswer)
}

// mergePanel adds a part. Parts of a source that serve the same points, for
// several dimensions, are one.
func (a *Answer) mergePanel(index int, o *panelAnswer) {
	for _, p := range a.panels[index] {
		if !p.layout.same(o.layout) {
			continue
		}
		p.total, p.sorted = p.total || o.total, nil
		for _, pt := range o.patterns {
			addPattern(p.patterns, *pt)
		}
		for name, patterns := range o.split {
			if p.split[name] == nil {
				p.split[name] = map[string]*pattern{}
			}
			for _, pt := range patterns {
				addPattern(p.split[name], *pt)
			}
		}
		for reason, n := range o.rejected {
			p.rejected[reason] += n
		}
		return
	}
	a.panels[index] = append(a.panels[index], o)
}

// with are the answers of a panel that may tell subjects at the points of a need:
// of a roll those of the same ends, and else those that know the first point.
func (a *Answer) with(index int, s *Subjects) []*panelAnswer {
	if a.places == nil {
		a.places = make([]map[pointEnds][]*panelAnswer, len(a.panels))
		for i, parts := range a.panels {
			a.places[i] = map[pointEnds][]*panelAnswer{}
			add := func(k pointEnds, p *panelAnswer) { a.places[i][k] = append(a.places[i][k], p) }
			for _, p := range parts {
				if p.packed != nil {
					add(p.packed.ends, p)
					continue
				}
				for _, pt := range p.layout.points {
					add(pointEnds{first: keyOf(pt)}, p)
				}
			}
		}
	}
	ends := endsOf(s)
	if all := a.places[index][ends]; all != nil {
		return all
	}
	return a.places[index][pointEnds{first: ends.first}]
}

// pointEnds are the first point of a need and, where it is of a roll, the last. Many
// needs share a point, and few both.
type pointEnds struct {
	first, last pointKey
	rolled      bool
}

func endsOf(s *Subjects) pointEnds {
	ends := pointEnds{first: firstPoint(s), rolled: true}
	if len(s.Points) > 0 {
		ends.last = keyOf(s.Points[len(s.Points)-1])
	}
	return ends
}

// tells reports whether there are patterns of a dimension, or of the total.
func (p *panelAnswer) tells(dimension string) bool {
	if dimension == "" {
		return p.total
	}
	_, ok := p.split[dimension]
	return ok || p.packed != nil && p.packed.dimension(dimension) >= 0
}

// inOrder are the patterns of a dimension, or of the total, in a constant order.
func (p *panelAnswer) inOrder(dimension string) []*pattern {
	switch {
	case p.packed != nil:
		return inOrder(p.packed.unpack(dimension))
	case dimension != "":
		return inOrder(p.split[dimension])
	}
	return inOrder(p.patterns)
}

// unpacked is what is in memory of an answer.
type unpacked struct {
	of        *panelAnswer
	dimension string
}

// mostUnpacked is how many patterns of rolls stay in memory for those who ask again:
// each is asked for once for every segment, and by several KPIs.
const mostUnpacked = 40_000

// patterns are those of a dimension, or of the total, in a constant order.
func (a *Answer) patterns(p *panelAnswer, dimension string) []*pattern {
	if all, ok := p.sorted[dimension]; ok {
		return all
	}
	if p.sorted == nil {
		p.sorted = map[string][]*pattern{}
	}
	all := p.inOrder(dimension)
	p.sorted[dimension] = all
	if p.packed == nil {
		return all
	}
	a.unpacked, a.unpackedSize = append(a.unpacked, unpacked{p, dimension}), a.unpackedSize+len(all)
	for a.unpackedSize > mostUnpacked && len(a.unpacked) > 1 {
		old := a.unpacked[0]
		a.unpackedSize -= len(old.of.sorted[old.dimension])
		delete(old.of.sorted, old.dimension)
		a.unpacked = a.unpacked[1:]
	}
	return all
}
