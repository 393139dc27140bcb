package oracle

import (
	"time"

	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// Spike is how many customers left in the last days, and in the 360 days before
// them, with how many customers there were at the beginning of each 10 days.
type Spike struct{ Left, Of, LeftBefore, OfBefore float64 }

// Spikes looks at every 10 days by themselves: who is a customer at their
// beginning and not at their end has left. It tells the last 10 and the last 30
// days, those that have 360 days before them in whose first 10 days somebody was
// a customer.
func (b Base) Spikes(rows []Row, at time.Time) map[string]Spike {
	const day = 24 * time.Hour
	out := map[string]Spike{}
	for name, last := range map[string]time.Duration{"10d": 10 * day, "30d": 30 * day} {
		var x Spike
		oldest := 0.0
		for lo := at.Add(-last - 360*day); lo.Before(at); lo = lo.Add(10 * day) {
			c := b.cohort(rows, kpi.Span{Lo: lo, Hi: lo.Add(10 * day)}, Segment{})
			if lo.Equal(at.Add(-last - 360*day)) {
				oldest = c.start
			}
			if lo.Before(at.Add(-last)) {
				x.LeftBefore += c.lost
				x.OfBefore += c.start
			} else {
				x.Left += c.lost
				x.Of += c.start
			}
		}
		if b.End != "" && oldest > 0 {
			out[name] = x
		}
	}
	return out
}

// Ratio is the share of customers who left in 10 days, against that before.
func (s Spike) Ratio() (float64, bool) {
	if s.LeftBefore == 0 || s.Of == 0 {
		return 0, false
	}
	return s.Left / s.Of * s.OfBefore / s.LeftBefore, true
}

// PValue is the probability of Left or more of all that left, if each had left
// in the last days with the share of customers that these have: the terms of
// the binomial distribution, one after another.
func (s Spike) PValue() (float64, bool) {
	if s.Of == 0 || s.OfBefore == 0 {
		return 0, false
	}
	n, share := s.Left+s.LeftBefore, s.Of/(s.Of+s.OfBefore)
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
	return sum, true
}
