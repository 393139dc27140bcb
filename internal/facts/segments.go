package facts

import (
	"cmp"
	"slices"

	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// Exceeds reports whether a dimension has more segments than so many, which Limit
// would fold.
func (a *Answer) Exceeds(segments int) bool {
	return slices.ContainsFunc(a.dimensions, func(d Dimension) bool { return len(a.Segments(d.Name)) > segments })
}

// Limit folds all but the greatest segments of each dimension into `other`. The
// greatest are those with the most rows or subjects; of equals, the first by
// name.
func (a *Answer) Limit(segments int) {
	for _, d := range a.dimensions {
		if len(a.Segments(d.Name)) <= segments {
			continue
		}
		size := map[string]float64{}
		for _, g := range a.grids {
			for s, cells := range g.segments {
				if s.Dimension == d.Name {
					for _, c := range cells {
						size[s.Value] += c.n
					}
				}
			}
		}
		for _, parts := range a.panels {
			for _, p := range parts {
				for _, pt := range p.split[d.Name] {
					for _, s := range pt.segments {
						if s.ok {
							size[s.text] += pt.n
						}
					}
				}
			}
		}
		for _, r := range a.returns {
			for s, cells := range r.segments {
				for _, x := range cells {
					if s.Dimension == d.Name {
						size[s.Value] += x[0]
					}
				}
			}
		}
		for _, h := range a.histories {
			for s, all := range h.segments {
				for _, x := range all {
					if s.Dimension == d.Name {
						size[s.Value] += x.Subjects
					}
				}
			}
		}
		names := make([]string, 0, len(size))
		for name := range size {
			names = append(names, name)
		}
		slices.SortFunc(names, func(x, y string) int {
			return cmp.Or(cmp.Compare(size[y], size[x]), cmp.Compare(x, y))
		})
		keep := map[string]bool{}
		for _, name := range names[:segments] {
			keep[name] = true
		}
		a.fold(d.Name, keep)
	}
}

func (a *Answer) fold(dimension string, keep map[string]bool) {
	a.segments = nil
	other := kpi.Segment{Dimension: dimension, Value: kpi.OtherSegment}
	for i := range a.grids {
		g := &a.grids[i]
		for s, cells := range g.segments {
			if s.Dimension != dimension || keep[s.Value] || s == other {
				continue
			}
			for id, c := range cells {
				g.addCell(other, id, c)
			}
			delete(g.segments, s)
		}
	}
	for i := range a.histories {
		a.histories[i].fold(other, keep)
	}
	for _, r := range a.returns {
		r.fold(other, keep)
	}
	for _, parts := range a.panels {
		for _, p := range parts {
			p.rename(dimension, func(s string) string {
				if keep[s] {
					return s
				}
				return kpi.OtherSegment
			})
		}
	}
}

// Segments are the segments of a dimension, in the order of their names. An answer
// for many instants is asked for them at each.
func (a *Answer) Segments(dimension string) []kpi.Segment {
	if known, ok := a.segments[dimension]; ok {
		return known
	}
	if a.segments == nil {
		a.segments = map[string][]kpi.Segment{}
	}
	a.segments[dimension] = a.findSegments(dimension)
	return a.segments[dimension]
}

func (a *Answer) findSegments(dimension string) []kpi.Segment {
	seen := map[string]bool{}
	for _, g := range a.grids {
		for s := range g.segments {
			if s.Dimension == dimension {
				seen[s.Value] = true
			}
		}
	}
	for _, parts := range a.panels {
		for _, p := range parts {
			for _, pt := range p.split[dimension] {
				for _, s := range pt.segments {
					if s.ok {
						seen[s.text] = true
					}
				}
			}
		}
	}
	for _, r := range a.returns {
		for s := range r.segments {
			if s.Dimension == dimension {
				seen[s.Value] = true
			}
		}
	}
	for _, h := range a.histories {
		for s := range h.segments {
			if s.Dimension == dimension {
				seen[s.Value] = true
			}
		}
	}
	out := make([]kpi.Segment, 0, len(seen))
	for name := range seen {
		out = append(out, kpi.Segment{Dimension: dimension, Value: name})
	}
	slices.SortFunc(out, func(x, y kpi.Segment) int { return cmp.Compare(x.Value, y.Value) })
	return out
}
