package stats

import "math"

// Quantile is the value that a share P of all values does not exceed: 0.5 is
// the median, 0.9 is p90.
//
// The interval lies between two values of the sample, whose ranks follow from
// the binomial distribution alone, whatever the values are like: the quantile
// is below the value of rank l only if fewer than l of n values fell below it,
// each with probability P (David and Nagaraja 2003, Order Statistics, section
// 7.1). So l is the greatest rank and u the least for which that probability,
// and its like above, is at most half of what the confidence leaves. Where
// there is no such rank there is no interval: at 95 % p90 needs 36 values and
// p95 needs 72. The limits are the outer ends of the sketch's buckets, so the
// interval is wider by at most twice the sketch's error, and never too narrow.
//
// A change is tested by the quantile test, the median test for any P (Mood
// 1950, Introduction to the Theory of Statistics, section 16.5): the bucket
// limit nearest to the quantile of both periods together divides the values,
// and Fisher's exact test compares the shares below it. As the limit depends on
// both periods alike, the test is exact where nothing changed.
type Quantile struct {
	P      float64
	Sketch *Sketch
}

// Value implements Evidence.
func (q Quantile) Value() (float64, bool) { return q.Sketch.Quantile(q.P) }

// Samples implements Evidence.
func (q Quantile) Samples() float64 { return samples(q.Sketch.N()) }

// Interval implements Evidence.
func (q Quantile) Interval(confidence float64) (lower, upper float64, ok bool) {
	t, ok := tail(confidence)
	value, defined := q.Value()
	n := math.Floor(q.Sketch.N())
	if !ok || !defined || !(q.P > 0 && q.P < 1) || n > maxCount {
		return 0, 0, false
	}
	l := binomial{n: n, p: q.P}.least(t)
	u := n + 1 - binomial{n: n, p: 1 - q.P}.least(t)
	low, ok1 := q.Sketch.bucketOf(l)
	high, ok2 := q.Sketch.bucketOf(u)
	if !ok1 || !ok2 {
		return 0, 0, false
	}
	lower, _ = q.Sketch.ends(low)
	_, upper = q.Sketch.ends(high)
	return interval(lower, value, upper)
}

// Shown implements Evidence.
func (q Quantile) Shown(confidence float64) (lower, upper float64, ok bool) {
	return q.Interval(confidence)
}

// Change implements Evidence.
func (q Quantile) Change(before Evidence) (fell, rose float64, ok bool) {
	b, same := before.(Quantile)
	if !same || q.P != b.P || !(q.P > 0 && q.P < 1) || q.Sketch.N() == 0 || b.Sketch.N() == 0 {
		return 0, 0, false
	}
	both := NewSketch(q.Sketch.Alpha())
	if both.Merge(q.Sketch) != nil || both.Merge(b.Sketch) != nil {
		return 0, 0, false
	}
	rank := quantileRank(q.P, both.N())
	limit, ok := both.bucketOf(rank)
	if !ok {
		return 0, 0, false
	}
	if rank-both.before(limit) > both.before(limit+1)-rank {
		limit++
	}
	// More values below the limit is a lower quantile.
	rose, fell, ok = q.split(limit).change(b.split(limit))
	return fell, rose, ok
}

// split is how many values lie below a bucket and not below it.
func (q Quantile) split(limit int) split {
	below := math.Round(q.Sketch.before(limit))
	return split{below, math.Round(q.Sketch.N()) - below}
}
