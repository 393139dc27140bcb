package facts

import (
	"fmt"
	"math"
	"slices"
	"sort"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// View is the facts of one segment, or of the total.
func (a *Answer) View(s kpi.Segment) Facts {
	return view{a, s, make([][]cell, len(a.grids))}
}

type view struct {
	a       *Answer
	segment kpi.Segment
	grids   [][]cell // nil where nobody asked for them yet
}

// cells are those of a grid.
func (v view) cells(grid int) []cell {
	if v.grids[grid] == nil {
		v.grids[grid] = v.a.grids[grid].cells(v.segment)
	}
	return v.grids[grid]
}

// boundIndex is the index of a bound. To ask for a time that no need declared
// is a fault of the KPI, which its tests show.
func boundIndex(bounds []time.Time, t time.Time, what Role) int {
	i := sort.Search(len(bounds), func(i int) bool { return !bounds[i].Before(t) })
	if i == len(bounds) || !bounds[i].Equal(t) {
		panic(fmt.Sprintf("facts: %s is not a bound of %s", t, what))
	}
	return i
}

func (v view) Cells(c *Cube, lo, hi time.Time, yield func(Cell)) {
	index := v.a.plan.grid(c)
	if index < 0 {
		panic(fmt.Sprintf("facts: no need declared a cube on %s", c.Time))
	}
	g := v.a.plan.grids[index]
	from := 0
	if !lo.IsZero() {
		from = boundIndex(g.bounds, lo, c.Time) + 1
	}
	to := boundIndex(g.bounds, hi, c.Time)
	r := &cellReader{g: g}
	for _, o := range c.Outcomes {
		r.outcomes = append(r.outcomes, outcomeIndex(g.outcomes, o))
	}
	r.asked = make([]bound, len(r.outcomes))
	for _, s := range c.Sums {
		r.sums = append(r.sums, slices.Index(g.sums, s))
	}
	cells := v.cells(index)
	begin := sort.Search(len(cells), func(i int) bool { return cells[i].i >= from })
	for i := range cells[begin:] {
		x := &cells[begin+i]
		if x.i > to {
			return
		}
		if !x.backwards || !r.backwards(c, x) {
			r.cell = x
			yield(r)
		}
	}
}

// backwards reports whether a cell's rows end before they start, as far as a
// cube asks for their ends. Other cubes of the same grid count them, so that a
// KPI has the same value whatever stands beside it.
func (r *cellReader) backwards(c *Cube, x *cell) bool {
	for _, i := range r.outcomes {
		if x.outcomes[i] == earlierOutcome {
			return true
		}
	}
	for i, k := range c.Keys {
		if k.Bucket && k.Since != "" && !x.keys[i].null && x.keys[i].bucket == negativeBucket {
			return true
		}
	}
	return false
}

// cellReader shows a grid's cell with the indexes of one cube.
type cellReader struct {
	*cell
	g              *grid
	outcomes, sums []int
	asked          []bound // what was asked of each outcome last
}

// bound is a bound of an outcome, and its index.
type bound struct {
	at    time.Time
	index int
}

func (r *cellReader) N() float64 { return r.n }

func (r *cellReader) Before(outcome int, t time.Time) bool {
	i := r.outcomes[outcome]
	known := &r.asked[outcome] // cell after cell is asked for the same
	if known.at != t || t.IsZero() {
		*known = bound{t, boundIndex(r.g.outcomes[i].Bounds, t, r.g.outcomes[i].Role)}
	}
	x := r.cell.outcomes[i]
	return x >= 0 && x <= known.index
}

func (r *cellReader) Key(key int) (string, bool) { return r.keys[key].text, r.keys[key].null }

func (r *cellReader) Bucket(key int) (index int, ok bool) {
	k := r.keys[key]
	return k.bucket, !k.null && k.bucket != negativeBucket
}

func (r *cellReader) Sum(sum int) float64 {
	x := r.cell.sums[r.sums[sum]]
	if math.IsNaN(x) {
		return 0
	}
	return x
}

func (v view) Patterns(s *Subjects, yield func(Pattern)) {
	index := v.a.plan.panel(s)
	if index < 0 {
		panic(fmt.Sprintf("facts: no need declared the subjects %s", s.Subject))
	}
	for source := range v.a.sources {
		if !v.patternsOf(source, index, s, yield) {
			panic(fmt.Sprintf("facts: no need declared these points of %s", s.Subject))
		}
	}
}

// patternsOf yields the patterns of one source. It reports whether there is an answer
// of it to all points of the need.
func (v view) patternsOf(source, index int, s *Subjects, yield func(Pattern)) bool {
	p, r := v.a.serving(source, index, s, v.segment.Dimension)
	if p == nil {
		return false
	}
	for _, pt := range v.a.patterns(p, v.segment.Dimension) {
		r.pattern = pt
		if v.segment.IsTotal() || r.in(v.segment.Value) {
			yield(r)
		}
	}
	return true
}

// serving is the first of a source's layouts that serves all points of a need, for a
// dimension or the total, with a reader of its patterns; nil for none.
func (a *Answer) serving(source, index int, s *Subjects, dimension string) (*panelAnswer, *patternReader) {
	for _, p := range a.with(index, s) {
		if p.source != source || !p.tells(dimension) {
			continue
		}
		if r := (&patternReader{l: p.layout}); r.locate(s) {
			return p, r
		}
	}
	return nil, nil
}

// patternReader shows a pattern with the indexes of one need.
type patternReader struct {
	*pattern
	l           layout
	points      []int
	attribution []int // positions in layout.attribution
	moments     []int // positions in layout.moments
	amounts     []int // and in layout.amounts
	pairs       []int // and in layout.pairs
}

func (r *patternReader) locate(s *Subjects) bool {
	r.points = make([]int, 0, len(s.Points))
	next := 0 // as a rule the points of a layout are in the order of those asked for
	for k := range s.Points {
		i := next
		if i >= len(r.l.points) || !r.l.points[i].same(&s.Points[k]) {
			i = r.l.point(s.Points[k])
		}
		if i < 0 {
			return false
		}
		r.points = append(r.points, i)
		next = i + 1
	}
	for _, a := range s.Attribution {
		i := slices.Index(r.l.attribution, r.points[a])
		if i < 0 {
			return false
		}
		r.attribution = append(r.attribution, i)
	}
	for _, m := range s.Moments {
		i := slices.Index(r.l.moments, r.points[m])
		if i < 0 {
			return false
		}
		r.moments = append(r.moments, i)
	}
	for _, m := range s.Amounts {
		i := slices.Index(r.l.amounts, r.points[m])
		if i < 0 {
			return false
		}
		r.amounts = append(r.amounts, i)
	}
	for _, p := range s.Pairs {
		i := slices.Index(r.l.pairs, Pair{r.points[p.From], r.points[p.To]})
		if i < 0 {
			return false
		}
		r.pairs = append(r.pairs, i)
	}
	return true
}

// in reports whether the subject belongs to a segment: the one at the first
// attribution point that holds.
func (r *patternReader) in(segment string) bool {
	for _, i := range r.attribution {
		if s := r.segments[i]; s.ok {
			return s.text == segment
		}
	}
	return false
}

func (r *patternReader) Subjects() float64 { return r.n }

func (r *patternReader) Rows(point int) int { return int(r.digits[r.points[point]]) }

func (r *patternReader) Code(point int) int { return int(r.digits[r.points[point]]) }

func (r *patternReader) Segment(attribution int) (string, bool) {
	if r.segments == nil {
		return "", false
	}
	s := r.segments[r.attribution[attribution]]
	return s.text, s.ok
}

func (r *patternReader) Moments(i int) (sum, squares float64) {
	k := 2 * r.moments[i]
	return r.sums[k], r.sums[k+1]
}

func (r *patternReader) Unit() (string, bool) { return r.unit.text, r.unit.null }

func (r *patternReader) Amount(i int) (sum, squares float64) {
	k := 2*len(r.l.moments) + 2*r.amounts[i]
	return r.sums[k], r.sums[k+1]
}

func (r *patternReader) Pair(i int) (Trend, float64) {
	k := r.pairs[i]
	return Trend(r.digits[len(r.l.points)+k]), r.sums[2*len(r.l.moments)+2*len(r.l.amounts)+k]
}

func (v view) Rows(l *Listing, yield func([]any)) {
	if !v.segment.IsTotal() {
		return
	}
	i := v.a.plan.listing(l)
	if i < 0 {
		panic("facts: no need declared this listing")
	}
	for _, r := range v.a.listings[i] {
		yield(r)
	}
}
