package facts

import (
	"cmp"
	"maps"
	"slices"

	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// Part is what an answer says to some of the needs of its plan, such as those of one
// instant among many. Its segments are those that these needs know of: what others
// have read besides changes nothing about which there are, and which are the greatest.
type Part struct {
	answer   *Answer
	segments map[string][]kpi.Segment // by dimension
	folded   map[string]*Answer       // of dimensions with more segments than are shown
}

// Part is what the answer says to some needs of its plan. Of each dimension it has
// so many segments at the most, and the rest as `other`. Those are kept that have
// the most rows and subjects; of equals, the first by name.
func (a *Answer) Part(needs []Need, segments int) *Part {
	p := &Part{answer: a, segments: map[string][]kpi.Segment{}, folded: map[string]*Answer{}}
	if len(a.dimensions) == 0 {
		return p
	}
	s := a.scope(needs)
	for _, d := range a.dimensions {
		size := s.sizes(d.Name)
		names := slices.Sorted(maps.Keys(size))
		if len(names) > segments {
			kept := greatest(size, names, segments)
			p.folded[d.Name] = s.folded(newFolding(d.Name, names, kept))
			names = slices.Compact(slices.Sorted(slices.Values(append(kept, kpi.OtherSegment))))
		}
		for _, name := range names {
			p.segments[d.Name] = append(p.segments[d.Name], kpi.Segment{Dimension: d.Name, Value: name})
		}
	}
	return p
}

// greatest are the names of the greatest segments.
func greatest(size map[string]float64, names []string, n int) []string {
	return slices.SortedFunc(slices.Values(names), func(x, y string) int {
		return cmp.Or(cmp.Compare(size[y], size[x]), cmp.Compare(x, y))
	})[:n:n]
}

// Segments are the segments of a dimension, in the order of their names.
func (p *Part) Segments(dimension string) []kpi.Segment { return p.segments[dimension] }

// View is the facts of one segment, or of the total.
func (p *Part) View(s kpi.Segment) Facts {
	if a := p.folded[s.Dimension]; a != nil {
		return a.View(s)
	}
	return p.answer.View(s)
}
