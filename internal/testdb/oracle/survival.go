package oracle

import (
	"math"
	"sort"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// Expected is the median of the time from From to To that is to be expected of
// the rows in whose window From lies, by the product-limit estimate: rows whose
// To has not come by the instant have lasted that long so far. Rows that end
// before they start are refused.
type Expected struct {
	From, To string
	Hours    *Hours // nil counts all time
}

// Values implements KPI.
func (k Expected) Values(rows []Row, s kpi.Span, seg Segment) []Value {
	var all lives
	length := func(from, to time.Time) float64 {
		if k.Hours != nil {
			return k.Hours.Seconds(from, to)
		}
		return seconds(from, to)
	}
	ended := 0.0
	for _, r := range seg.rows(rows) {
		if !r.within(k.From, s.Lo, s.Hi) || r.backwards(k.From, k.To) {
			continue
		}
		from, _ := r.instant(k.From)
		if r.before(k.To, s.At) {
			to, _ := r.instant(k.To)
			all = append(all, life{length(from, to), true})
			ended++
		} else {
			all = append(all, life{length(from, s.At), false})
		}
	}
	v := Value{Stat: "expected_p50", N: float64(len(all)), Quantile: true, Bounds: all.bounds}
	v.V, v.Defined = all.median()
	v.Least, v.Most = math.Inf(1), math.Inf(1)
	if least, ok := all.shorter().median(); ok {
		v.Least = least
	}
	if most, ok := all.longer().median(); ok {
		v.Most = most
	}
	return []Value{v, count("created", "", v.N), count("resolved", "", ended)}
}

// life is how long something lasted, or has lasted so far.
type life struct {
	length float64
	ended  bool
}

type lives []life

// blur is how far apart durations are that the exporter may take for the same:
// one bucket of a sketch with an error of 1 %, and all below a millisecond.
const (
	blur    = 1.01 / 0.99 * (1 + 1e-6)
	instant = 1e-3 + 2e-6
)

// longer and shorter are the same with the open ones carried on until where the
// exporter may take them for as long as an end, and cut by what databases may
// lose of a second. Between the two curves lies the exporter's.
func (all lives) longer() lives {
	return all.open(func(x float64) float64 { return math.Max(x*blur+2e-6, instant) })
}

func (all lives) shorter() lives {
	return all.open(func(x float64) float64 { return math.Max(x-2e-6, 0) })
}

func (all lives) open(f func(float64) float64) lives {
	out := append(lives(nil), all...)
	for i, l := range out {
		if !l.ended {
			out[i].length = f(l.length)
		}
	}
	return out
}

// point is the estimated share that goes on after a duration, with its variance
// divided by its square (Greenwood).
type point struct{ length, share, variance float64 }

// curve goes through the ends, the shortest first. Who is cut off just where
// another ends was there to see it.
func (all lives) curve() []point {
	ends := map[float64]float64{}
	for _, l := range all {
		if l.ended {
			ends[l.length]++
		}
	}
	var lengths []float64
	for x := range ends {
		lengths = append(lengths, x)
	}
	sort.Float64s(lengths)
	var points []point
	share, variance := 1.0, 0.0
	for _, x := range lengths {
		there := 0.0
		for _, l := range all {
			if l.length >= x {
				there++
			}
		}
		share *= (there - ends[x]) / there
		variance += ends[x] / there / (there - ends[x])
		points = append(points, point{x, share, variance})
	}
	return points
}

// median is the first duration after which no more than half go on.
func (all lives) median() (float64, bool) {
	for _, p := range all.curve() {
		if p.share <= 0.5+1e-12 {
			return p.length, true
		}
	}
	return 0, false
}

// bounds are the first durations after which the limits of the share that goes
// on are no more than a half: its lower limit, and its upper. Where the
// exporter's buckets may decide, the oracle has no opinion, which NaN says.
func (all lives) bounds(confidence float64) (lower, upper float64, ok bool) {
	low, high, ok, sure := all.limits(confidence)
	for _, other := range []lives{all.shorter(), all.longer()} {
		l, h, o, s := other.limits(confidence)
		sure = sure && s && l == low && h == high && o == ok
	}
	if !sure {
		return math.NaN(), math.NaN(), true
	}
	return low, high, ok
}

// limits also tells whether ends that are near to each other tell the same.
func (all lives) limits(confidence float64) (lower, upper float64, ok, sure bool) {
	z := normal(confidence)
	points := all.curve()
	var low, high []bool
	for _, p := range points {
		if p.share > 0 {
			// The limits of ln(-ln share) are symmetric.
			y, e := math.Log(-math.Log(p.share)), math.Sqrt(p.variance)/-math.Log(p.share)
			low = append(low, math.Exp(-math.Exp(y+z*e)) <= 0.5)
			high = append(high, math.Exp(-math.Exp(y-z*e)) <= 0.5)
		}
	}
	l, monotone1 := first(low)
	h, monotone2 := first(high)
	sure = monotone1 && monotone2
	if h < len(high) && l < len(low) {
		lower, upper, ok = points[l].length, points[h].length, true
	}
	if n := len(points); n > len(high) && n > 1 {
		// After the last of all nothing goes on, of which there are no limits.
		last := points[n-1].length
		sure = sure && (h == len(high) && points[n-2].length*blur < last || h < len(high) && upper*blur < last) && last > instant
	}
	return lower, upper, ok, sure
}

// first is the index of the first true, and whether all after it are so too.
func first(flags []bool) (index int, monotone bool) {
	for index < len(flags) && !flags[index] {
		index++
	}
	for _, f := range flags[index:] {
		if !f {
			return index, false
		}
	}
	return index, true
}
