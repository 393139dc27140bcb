package oracle

import (
	"slices"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/calendar"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// Spike is how many customers left in the last days, and in the same days of the
// twelve months before, with the seconds that customers had in them, and with the
// customers at the beginnings of the stretches.
type Spike struct{ Left, Of, LeftBefore, OfBefore, Once, OnceBefore float64 }

// Spikes sets the last 10 days, and the last month, beside the days of each of the
// 12 months before that are alike, from the earliest to the latest. Time is cut
// wherever one of these stretches begins or ends: who is a customer at the
// beginning of a step and not at its end has left. A length is told where somebody
// was a customer at the beginning of its first stretch.
func (b Base) Spikes(rows []Row, at time.Time, zone *time.Location) map[string]Spike {
	if b.End == "" {
		return nil
	}
	_, month := calendar.Alike(at, zone, 1)
	begin := map[string]time.Time{"10d": calendar.DaysAgo(at, zone, 10), "30d": month}
	stretches := map[string][]kpi.Span{}
	cuts := []time.Time{at}
	for length, lo := range begin {
		stretches[length] = append(stretches[length], kpi.Span{Lo: lo, Hi: at})
		for i := range 12 {
			early, _ := calendar.Alike(lo, zone, i+1)
			_, late := calendar.Alike(at, zone, i+1)
			stretches[length] = append(stretches[length], kpi.Span{Lo: early, Hi: late})
			cuts = append(cuts, early, late)
		}
		cuts = append(cuts, lo)
	}
	slices.SortFunc(cuts, time.Time.Compare)
	cuts = slices.CompactFunc(cuts, time.Time.Equal)
	out := map[string]Spike{}
	for length, all := range stretches {
		var x Spike
		first := 0.0
		for i, stretch := range all {
			var left, of float64
			for n, cut := range cuts {
				if cut.Before(stretch.Lo) || !cut.Before(stretch.Hi) {
					continue
				}
				step := b.cohort(rows, kpi.Span{Lo: cut, Hi: cuts[n+1]}, Segment{})
				left += step.lost
				of += step.start * cuts[n+1].Sub(cut).Seconds()
			}
			first = b.cohort(rows, stretch, Segment{}).start
			if i == 0 {
				x.Left, x.Of, x.Once = left, of, first
			} else {
				x.LeftBefore += left
				x.OfBefore += of
				x.OnceBefore += first
			}
		}
		if first > 0 {
			out[length] = x
		}
	}
	return out
}

// Ratio is the rate at which customers left, against that before: by time, or by
// stretches, whichever is less.
func (s Spike) Ratio() (float64, bool) {
	if s.LeftBefore == 0 || s.Of == 0 || s.Once == 0 {
		return 0, false
	}
	return min(s.Left/s.Of*s.OfBefore/s.LeftBefore, s.Left/s.Once*s.OnceBefore/s.LeftBefore), true
}

// PValue is the probability of Left or more of all that left, if each had left
// in the last days with the share of customers that these have, by time or by
// stretches, whichever is greater: the terms of the binomial distribution, one
// after another.
func (s Spike) PValue() (float64, bool) {
	if s.Of == 0 || s.OfBefore == 0 || s.Once == 0 || s.OnceBefore == 0 {
		return 0, false
	}
	return max(s.atLeast(s.Of/(s.Of+s.OfBefore)), s.atLeast(s.Once/(s.Once+s.OnceBefore))), true
}

func (s Spike) atLeast(share float64) float64 {
	n := s.Left + s.LeftBefore
	sum := 0.0
	for k := s.Left; k <= n; k++ {
		term := 1.0
		for i := range int(n) { // C(n,k) p^k q^(n-k), in an order that stays near 1
			x := float64(i)
			if x < k {
				term *= (n - x) / (k - x) * share
			} else {
				term *= 1 - share
			}
		}
		sum += term
	}
	return sum
}
