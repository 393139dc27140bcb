package facts

import (
	"cmp"
	"slices"
	"sort"
	"time"
)

// scope is what some needs are answered by. Each row and each subject stands in it
// once for each thing that is asked of it, whatever else a plan has put into the same
// grid or layout, so that sizes are the same whether needs are read alone or with
// others. Stays and listings, which are of the total only, are not in it.
type scope struct {
	a         *Answer
	cubes     []cubeScope
	subjects  []subjectScope
	histories []int           // indexes of Plan.histories
	returns   map[int][]chunk // intervals of Plan.returns
}

// cubeScope is what cubes that ask for the same rows cover of a grid.
type cubeScope struct {
	cube      *Cube
	grid      int
	intervals []chunk // in order, and apart
}

// subjectScope is subjects, and where they are attributed that no need before them
// is.
type subjectScope struct {
	need   *Subjects
	panel  int
	points []int // indexes of need.Attribution
}

// attributedAt is a point at which the subjects of a panel are attributed.
type attributedAt struct {
	panel int
	point pointKey
}

// scope is that of some needs of the plan.
func (a *Answer) scope(needs []Need) *scope {
	s := &scope{a: a, returns: map[int][]chunk{}}
	seen := map[attributedAt]bool{}
	for _, n := range needs {
		switch {
		case n.Cube != nil:
			s.addCube(n.Cube)
		case n.Subjects != nil:
			s.addSubjects(n.Subjects, seen)
		case n.Histories != nil:
			if i := a.plan.history(n.Histories); !slices.Contains(s.histories, i) {
				s.histories = append(s.histories, i)
			}
		case n.Returns != nil:
			i := a.plan.returning(n.Returns)
			s.returns[i] = append(s.returns[i], covered(a.plan.returns[i].Bounds, n.Returns.Bounds, n.Returns.Time)...)
		}
	}
	for i := range s.cubes {
		s.cubes[i].intervals = joined(s.cubes[i].intervals)
	}
	for i, parts := range s.returns {
		s.returns[i] = joined(parts)
	}
	return s
}

// covered is the part of an axis that is cut at bounds which lies between some of
// them: nothing, or from the first to the last.
func covered(bounds, own []time.Time, what Role) []chunk {
	var lo, hi time.Time
	for i, t := range own {
		if i == 0 || t.Before(lo) {
			lo = t
		}
		if t.After(hi) {
			hi = t
		}
	}
	if hi.IsZero() {
		return nil
	}
	out := chunk{hi: boundIndex(bounds, hi, what) + 1}
	if !lo.IsZero() {
		out.lo = boundIndex(bounds, lo, what) + 1
	}
	return []chunk{out}
}

func (s *scope) addCube(c *Cube) {
	i := slices.IndexFunc(s.cubes, func(o cubeScope) bool {
		return o.cube.Time == c.Time && o.cube.Stretches == c.Stretches && o.cube.Standing == c.Standing &&
			o.cube.streamed() == c.streamed() && slices.Equal(o.cube.Keys, c.Keys)
	})
	if i < 0 {
		i = len(s.cubes)
		s.cubes = append(s.cubes, cubeScope{cube: c, grid: s.a.plan.grid(c)})
	}
	x := &s.cubes[i]
	x.intervals = append(x.intervals, covered(s.a.plan.grids[x.grid].bounds, c.Bounds, c.Time)...)
}

func (s *scope) addSubjects(need *Subjects, seen map[attributedAt]bool) {
	x := subjectScope{need: need, panel: s.a.plan.panel(need)}
	for i, point := range need.Attribution {
		at := attributedAt{x.panel, keyOf(need.Points[point])}
		if !seen[at] {
			seen[at] = true
			x.points = append(x.points, i)
		}
	}
	s.subjects = append(s.subjects, x)
}

// joined are parts of a time axis, in order, with those that touch as one.
func joined(parts []chunk) []chunk {
	slices.SortFunc(parts, func(x, y chunk) int { return cmp.Compare(x.lo, y.lo) })
	out := parts[:0]
	for _, x := range parts {
		if last := len(out) - 1; last >= 0 && x.lo <= out[last].hi {
			out[last].hi = max(out[last].hi, x.hi)
		} else {
			out = append(out, x)
		}
	}
	return out
}

// within reports whether an interval is in some parts of a time axis.
func within(parts []chunk, interval int) bool {
	return slices.ContainsFunc(parts, func(x chunk) bool { return x.lo <= interval && interval < x.hi })
}

// sizes are the segments of a dimension with their rows and subjects.
func (s *scope) sizes(dimension string) map[string]float64 {
	size := map[string]float64{}
	for i := range s.cubes {
		x := &s.cubes[i]
		g := &s.a.grids[x.grid]
		for segment := range g.segments {
			if segment.Dimension != dimension {
				continue
			}
			cells := g.cells(segment)
			for _, part := range x.intervals {
				for k := sort.Search(len(cells), func(k int) bool { return cells[k].i >= part.lo }); k < len(cells) && cells[k].i < part.hi; k++ {
					size[segment.Value] += cells[k].n
				}
			}
		}
	}
	for _, x := range s.subjects {
		if len(x.points) > 0 {
			s.attributed(x, dimension, size)
		}
	}
	for _, i := range s.histories {
		for segment, all := range s.a.histories[i].segments {
			for k := range all {
				if segment.Dimension == dimension {
					size[segment.Value] += all[k].Subjects
				}
			}
		}
	}
	for i, parts := range s.returns {
		for segment, intervals := range s.a.returns[i].segments {
			for interval, x := range intervals {
				if segment.Dimension == dimension && within(parts, interval) {
					size[segment.Value] += x[0]
				}
			}
		}
	}
	return size
}

// attributed adds subjects to the segments that they are in at points.
func (s *scope) attributed(x subjectScope, dimension string, size map[string]float64) {
	for source := range s.a.sources {
		p, r := s.a.serving(source, x.panel, x.need, dimension)
		if p == nil {
			continue
		}
		for _, pt := range s.a.patterns(p, dimension) {
			for _, i := range x.points {
				if segment := pt.segments[r.attribution[i]]; segment.ok {
					size[segment.text] += pt.n
				}
			}
		}
	}
}
