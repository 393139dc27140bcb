package exporter

import (
	"slices"
	"strings"

	"github.com/cx-exporter/cx-exporter/collectors"
	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// computed is what a KPI says of one segment: its values, and those of the
// comparison window.
type computed struct {
	now, before []collectors.Value
}

// privacy withholds the values that rest on too few rows or customers of a
// segment, and those that would tell them. Each value of a KPI is looked at by
// itself, in each window and in the window that it is compared with: what is
// removed there is neither shown nor compared, and no part of anything that is
// computed from segments later.
//
// It does not keep two windows, or two instants, from being subtracted from each
// other: who sees the counts of every refresh sees each row that comes in.
type privacy struct {
	least      float64
	breakdowns []breakdown
}

// breakdown is the segments of one dimension: a range of all segments.
type breakdown struct {
	from, to int
	margins  []margin
	// unclear is set where the values of a combination cannot be told apart,
	// since one of them has a comma.
	unclear bool
}

// margin is a dimension whose columns are among those of a combination.
type margin struct {
	of int // the breakdown
	// cells are the segments of the combination by the segment of the margin,
	// all counted from the first of their breakdown.
	cells [][]int
}

// newPrivacy prepares the segments, which stand in the order of the dimensions,
// the total first.
func newPrivacy(least int, dims []facts.Dimension, segments []kpi.Segment) *privacy {
	p := &privacy{least: float64(least)}
	at := 1
	for _, d := range dims {
		b := breakdown{from: at}
		for at < len(segments) && segments[at].Dimension == d.Name {
			at++
		}
		b.to = at
		p.breakdowns = append(p.breakdowns, b)
	}
	if least > 1 {
		for i := range dims {
			for j := range dims {
				p.link(dims, segments, i, j)
			}
		}
	}
	return p
}

// link makes one dimension a margin of another whose columns hold all of its
// own.
func (p *privacy) link(dims []facts.Dimension, segments []kpi.Segment, combination, of int) {
	whole, part := dims[combination].Columns, dims[of].Columns
	if len(part) >= len(whole) {
		return
	}
	places := make([]int, len(part))
	for i, column := range part {
		if places[i] = slices.Index(whole, column); places[i] < 0 {
			return
		}
	}
	b, m := &p.breakdowns[combination], p.breakdowns[of]
	index := map[string]int{}
	for i := m.from; i < m.to; i++ {
		index[segments[i].Value] = i - m.from
	}
	cells := make([][]int, m.to-m.from)
	for i := b.from; i < b.to; i++ {
		values := strings.Split(segments[i].Value, ",")
		if len(values) != len(whole) {
			// The rest of the combinations is spread over the margin: that part
			// of each sum is not known, and does no harm.
			b.unclear = b.unclear || segments[i].Value != kpi.OtherSegment
			continue
		}
		name := make([]string, len(places))
		for k, place := range places {
			name[k] = values[place]
		}
		to, ok := index[strings.Join(name, ",")]
		if !ok {
			to, ok = index[kpi.OtherSegment]
		}
		if !ok {
			b.unclear = true
			continue
		}
		cells[to] = append(cells[to], i-b.from)
	}
	b.margins = append(b.margins, margin{of: of, cells: cells})
}

// apply removes from the values of all segments what must not be shown, and says of
// which segments that was something.
func (p *privacy) apply(desc collectors.Desc, all [][]collectors.Value) []int {
	if p.least <= 1 || len(all) == 1 {
		return nil
	}
	table := map[string][]float64{} // by value, the size of each segment
	ids := make([][]string, len(all))
	for i, values := range all {
		ids[i] = make([]string, len(values))
		for k, n := range sizes(desc, values) {
			id := valueID(values[k])
			ids[i][k] = id
			if table[id] == nil {
				table[id] = make([]float64, len(all))
			}
			table[id][i] = n
		}
	}
	hidden := map[string][]bool{}
	for id, row := range table {
		hidden[id] = p.hide(row)
	}
	var touched []int
	for i, values := range all {
		k := -1
		all[i] = slices.DeleteFunc(values, func(collectors.Value) bool {
			k++
			return hidden[ids[i][k]][i]
		})
		if len(all[i]) < len(values) {
			touched = append(touched, i)
		}
	}
	return touched
}

// hide says of which segments a value must not be shown. Margins come before the
// combinations that they are part of, since what is withheld of them is no known
// sum.
func (p *privacy) hide(sizes []float64) []bool {
	out := make([]bool, len(sizes))
	done := make([]bool, len(p.breakdowns))
	for range p.breakdowns {
		for k, b := range p.breakdowns {
			ready := !slices.ContainsFunc(b.margins, func(m margin) bool { return !done[m.of] })
			if done[k] || !ready {
				continue
			}
			copy(out[b.from:b.to], p.hideOne(b, sizes, out))
			done[k] = true
		}
	}
	return out
}

// hideOne is hide for one dimension.
func (p *privacy) hideOne(b breakdown, sizes []float64, hidden []bool) []bool {
	own := sizes[b.from:b.to]
	everything := make([]int, len(own))
	for i := range everything {
		everything[i] = i
	}
	groups := [][]int{everything}
	for _, m := range b.margins {
		var rest []int // what is withheld of a margin has a known sum together
		for i, cells := range m.cells {
			if hidden[p.breakdowns[m.of].from+i] {
				rest = append(rest, cells...)
			} else if len(cells) > 0 {
				groups = append(groups, cells)
			}
		}
		if len(rest) > 0 {
			groups = append(groups, rest)
		}
	}
	out := withhold(own, groups, p.least)
	if b.unclear && slices.Contains(out, true) {
		for i := range out {
			out[i] = true
		}
	}
	return out
}

// sizes are how many rows or customers of the segment each value rests on. Of a
// number of things, and of what stands beside a KPI, that is the largest number
// that the KPI counts: two new customers among five hundred are no small
// segment.
func sizes(desc collectors.Desc, values []collectors.Value) []float64 {
	out := make([]float64, len(values))
	for i, v := range values {
		stat := desc.Stats[v.Stat]
		if !stat.Component {
			out[i] = v.Evidence.Samples()
		}
		if !stat.Component && stat.Unit != kpi.Count {
			continue
		}
		for _, o := range values {
			if !desc.Stats[o.Stat].Component && alike(v.Labels, o.Labels) {
				out[i] = max(out[i], o.Evidence.Samples())
			}
		}
	}
	return out
}

// alike reports whether two values are about the same things: no label that both
// have differs, such as the currency.
func alike(a, b []kpi.Label) bool {
	for _, x := range a {
		for _, y := range b {
			if x.Name == y.Name && x.Value != y.Value {
				return false
			}
		}
	}
	return true
}
