package oracle

import (
	"time"

	"github.com/cx-exporter/cx-exporter/internal/calendar"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// Spike is how many customers left in the last days, and in the same days of the
// twelve months before, with the seconds that the customers at the beginning of
// each part of a month had in it.
type Spike struct{ Left, Of, LeftBefore, OfBefore float64 }

// Spikes counts back from an instant in calendar months, each of which it cuts
// into its last 10 days, the 10 days before, and the rest. Who is a customer at
// the beginning of a part and not at its end has left. It tells the last 10 days
// beside those of the 12 months before, and the last month beside these months,
// where somebody was a customer at the beginning of the first part.
func (b Base) Spikes(rows []Row, at time.Time, zone *time.Location) map[string]Spike {
	if b.End == "" {
		return nil
	}
	back := func(months, days int) time.Time { return calendar.Ago(at, zone, months, days) }
	out := map[string]Spike{}
	for _, length := range []string{"10d", "30d"} {
		var x Spike
		first := 0.0
		for month := range 13 {
			ends := []time.Time{back(month, 0), back(month, 10), back(month, 20), back(month+1, 0)}
			if length == "10d" {
				ends = ends[:2]
			}
			for i := range len(ends) - 1 {
				c := b.cohort(rows, kpi.Span{Lo: ends[i+1], Hi: ends[i]}, Segment{})
				first = c.start
				of := c.start * ends[i].Sub(ends[i+1]).Seconds()
				if month == 0 {
					x.Left += c.lost
					x.Of += of
				} else {
					x.LeftBefore += c.lost
					x.OfBefore += of
				}
			}
		}
		if first > 0 {
			out[length] = x
		}
	}
	return out
}

// Ratio is the rate at which customers left, against that before.
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
