package exporter

import (
	"math"

	"github.com/cx-exporter/cx-exporter/collectors"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
	"github.com/cx-exporter/cx-exporter/internal/stats"
)

// ChangePart says why a value moved, by one dimension: Mix is what the segments'
// shares of the whole did, Rate what their own values did. Together they are the
// change, in the value's unit.
type ChangePart struct {
	Dimension string
	Mix, Rate float64
}

// periods are a value's parts in a window and in its comparison.
type periods struct {
	now, before     stats.Part
	known, compared bool
}

// why divides the changes of the totals, in the order of their values. Segments
// that are not shown in both periods, because they are withheld or have no such
// value, are one part together: what is left of the total. So nothing is told
// that is not shown otherwise.
func why(desc collectors.Desc, segments []kpi.Segment, all []computed) [][]ChangePart {
	out := make([][]ChangePart, len(all[0].now))
	if len(all[0].before) == 0 || len(segments) == 1 {
		return out
	}
	parts := make([]map[string]periods, len(all))
	for i, c := range all {
		parts[i] = partsOf(desc, c)
	}
	for k, v := range all[0].now {
		id := valueID(v)
		whole := parts[0][id]
		if !whole.known || !whole.compared {
			continue
		}
		for from := 1; from < len(segments); {
			to := from
			var shown []periods
			for ; to < len(segments) && segments[to].Dimension == segments[from].Dimension; to++ {
				if p := parts[to][id]; p.known && p.compared {
					shown = append(shown, p)
				}
			}
			if mix, rate, ok := mixRate(whole, shown); ok {
				out[k] = append(out[k], ChangePart{Dimension: segments[from].Dimension, Mix: mix, Rate: rate})
			}
			from = to
		}
	}
	return out
}

// partsOf are the parts of a segment by value, as far as they are of means.
func partsOf(desc collectors.Desc, c computed) map[string]periods {
	out := make(map[string]periods, len(c.now))
	for _, v := range c.now {
		if desc.Stats[v.Stat].Component {
			continue
		}
		if p, ok := stats.PartOf(v.Evidence); ok {
			out[valueID(v)] = periods{now: p, known: true}
		}
	}
	for _, v := range c.before {
		id := valueID(v)
		x, known := out[id]
		if !known {
			continue
		}
		x.before, x.compared = stats.PartOf(v.Evidence)
		out[id] = x
	}
	return out
}

// mixRate divides the change of the whole into those of the shown segments and
// of the rest. ok is false where the segments overlap, so that they are more than
// the whole, and where none is shown.
func mixRate(whole periods, shown []periods) (mix, rate float64, ok bool) {
	var now, before []stats.Part
	weight := 0.0
	for _, p := range shown {
		now, before = append(now, p.now), append(before, p.before)
		weight += p.now.Weight + p.before.Weight
	}
	rest1, ok1 := rest(whole.now, now)
	rest0, ok0 := rest(whole.before, before)
	if !ok1 || !ok0 || weight == 0 {
		return 0, 0, false
	}
	return stats.MixRate(append(now, rest1), append(before, rest0))
}

// rest is what is left of a whole. What rounding leaves is nothing.
func rest(whole stats.Part, parts []stats.Part) (stats.Part, bool) {
	left, size := whole, math.Abs(whole.Sum)
	for _, p := range parts {
		left.Sum -= p.Sum
		left.Weight -= p.Weight
		size += math.Abs(p.Sum)
	}
	const rounding = 1e-9
	if math.Abs(left.Weight) <= rounding*whole.Weight {
		return stats.Part{}, math.Abs(left.Sum) <= rounding*size
	}
	return left, left.Weight > 0
}
