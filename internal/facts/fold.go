package facts

import (
	"slices"

	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// folding says which segments of a dimension stand by themselves. The rest is one.
type folding struct {
	names []string // of all segments, in order, so that sums of them are the same each time
	keep  map[string]bool
	other kpi.Segment
}

func newFolding(dimension string, names, kept []string) *folding {
	f := &folding{names: names, keep: make(map[string]bool, len(kept)), other: kpi.Segment{Dimension: dimension, Value: kpi.OtherSegment}}
	for _, name := range kept {
		f.keep[name] = true
	}
	return f
}

// each calls yield for every segment with the one that it is a part of. A segment of
// that name may be among the rows, too.
func (f *folding) each(yield func(from, to kpi.Segment)) {
	for _, name := range f.names {
		s := kpi.Segment{Dimension: f.other.Dimension, Value: name}
		yield(s, f.of(s))
	}
}

func (f *folding) of(s kpi.Segment) kpi.Segment {
	if f.keep[s.Value] {
		return s
	}
	return f.other
}

// folded is what the answer says of a dimension within the scope, with some of its
// segments folded. The answer itself stays what it is: to other needs, others are the
// greatest.
func (s *scope) folded(f *folding) *Answer {
	a := s.a
	out := &Answer{
		plan: a.plan, sources: a.sources,
		grids: make([]gridAnswer, len(a.grids)), panels: make([][]*panelAnswer, len(a.panels)),
		histories: make([]historyAnswer, len(a.histories)), returns: make([]returnsAnswer, len(a.returns)),
	}
	intervals := map[int][]chunk{}
	for _, x := range s.cubes {
		intervals[x.grid] = append(intervals[x.grid], x.intervals...)
	}
	for i, parts := range intervals {
		out.grids[i] = a.grids[i].folded(f, joined(parts))
	}
	for _, i := range s.histories {
		out.histories[i] = a.histories[i].folded(f)
	}
	for i := range s.returns {
		out.returns[i] = a.returns[i].folded(f)
	}
	done := map[*panelAnswer]bool{}
	for _, x := range s.subjects {
		for source := range a.sources {
			if p, _ := a.serving(source, x.panel, x.need, f.other.Dimension); p != nil && !done[p] {
				done[p] = true
				out.panels[x.panel] = append(out.panels[x.panel], p.folded(f, a.patterns(p, f.other.Dimension)))
			}
		}
	}
	return out
}

// folded are the cells of some intervals. Those of segments that stand by themselves
// are shared.
func (g *gridAnswer) folded(f *folding, parts []chunk) gridAnswer {
	out := gridAnswer{sums: g.sums, segments: map[kpi.Segment]map[string]*cell{}}
	f.each(func(from, to kpi.Segment) {
		if to != f.other {
			return
		}
		for id, c := range g.segments[from] {
			if within(parts, c.i) {
				out.addCell(to, id, c)
			}
		}
	})
	out.sorted = map[kpi.Segment][]cell{}
	f.each(func(from, to kpi.Segment) {
		if to != f.other {
			out.sorted[to] = g.cells(from)
		}
	})
	return out
}

func (a *historyAnswer) folded(f *folding) historyAnswer {
	out := newHistoryAnswer()
	f.each(func(from, to kpi.Segment) {
		for _, x := range a.inOrder(from) {
			out.addTo(to, x, false)
		}
	})
	return out
}

func (a returnsAnswer) folded(f *folding) returnsAnswer {
	out := newReturnsAnswer()
	f.each(func(from, to kpi.Segment) {
		for i, x := range a.segments[from] {
			out.add(to, i, x[0], x[1])
		}
	})
	return out
}

// folded are the patterns with those merged that become the same.
func (p *panelAnswer) folded(f *folding, patterns []*pattern) *panelAnswer {
	dimension := f.other.Dimension
	merged := map[string]*pattern{}
	for _, pt := range patterns {
		clone := *pt
		clone.segments = slices.Clone(pt.segments)
		for i, s := range clone.segments {
			if s.ok && !f.keep[s.text] {
				clone.segments[i].text = f.other.Value
			}
		}
		addPattern(merged, clone)
	}
	return &panelAnswer{source: p.source, layout: p.layout, split: map[string]map[string]*pattern{dimension: merged}}
}
