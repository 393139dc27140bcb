package stats

import (
	"fmt"
	"math"
	"slices"
)

// DefaultAlpha is the relative error of sketches: 1 %.
const DefaultAlpha = 0.01

// MinValue is where numbers start to be told apart: whatever is below it, such
// as a duration of less than a millisecond, counts as 0.
const MinValue = 1e-3

// LogGamma is the logarithm of γ = (1+α)/(1-α), the ratio between the ends of a
// bucket. The bucket of x has the index FLOOR(LN(x)/LogGamma), which any
// database computes.
func LogGamma(alpha float64) float64 { return math.Log1p(2 * alpha / (1 - alpha)) }

// Sketch counts numbers in buckets that widen with them, so that every quantile
// is known within a relative error α whatever the numbers are, and sketches of
// parts add up to the sketch of the whole (Masson, Rim and Lee 2019, DDSketch,
// PVLDB 12:2195). Bucket i holds γ^i <= x < γ^(i+1); numbers below MinValue
// have one of their own and count as 0.
//
// The zero Sketch is empty, with the error DefaultAlpha. Reading a nil Sketch
// is reading an empty one. A Sketch is not safe for concurrent use while it is
// added to.
type Sketch struct {
	alpha   float64
	zeros   float64
	total   float64
	first   int       // the index of the first of the buckets
	buckets []float64 // how many values are in each
}

// leastAlpha keeps sketches small: from MinValue to the greatest number there are
// 350,000 buckets with it, and 35,000 with the default error.
const leastAlpha = 0.001

// NewSketch returns an empty sketch with the relative error alpha, which lies
// between 0.001 and 1; otherwise it is DefaultAlpha.
func NewSketch(alpha float64) *Sketch {
	if !(alpha >= leastAlpha && alpha < 1) {
		alpha = DefaultAlpha
	}
	return &Sketch{alpha: alpha}
}

// Alpha is the relative error.
func (s *Sketch) Alpha() float64 {
	if s == nil || s.alpha == 0 {
		return DefaultAlpha
	}
	return s.alpha
}

// N is the number of values.
func (s *Sketch) N() float64 {
	if s == nil {
		return 0
	}
	return s.total
}

// AddZero counts n values below MinValue. An n that is not positive is ignored.
func (s *Sketch) AddZero(n float64) {
	if !(n > 0) || !finite(n) {
		return
	}
	s.zeros += n
	s.total += n
}

// Add counts n values of a bucket. An n that is not positive is ignored, as
// is a bucket above all numbers; one that lies below MinValue counts as zero.
func (s *Sketch) Add(index int, n float64) {
	if !(n > 0 && n <= math.MaxFloat64) {
		return
	}
	if index < s.first || index >= s.first+len(s.buckets) {
		switch lower, upper := s.ends(index); {
		case upper <= MinValue:
			s.AddZero(n)
			return
		case !finite(lower):
			return
		}
		s.widen(index)
	}
	s.buckets[index-s.first] += n
	s.total += n
}

// widen makes room for a bucket, and for none beyond it.
func (s *Sketch) widen(index int) {
	switch {
	case len(s.buckets) == 0:
		s.first, s.buckets = index, make([]float64, 1)
	case index < s.first:
		s.buckets = slices.Concat(make([]float64, s.first-index), s.buckets)
		s.first = index
	default:
		s.buckets = append(s.buckets, make([]float64, index+1-s.first-len(s.buckets))...)
	}
}

// in is the number of values in a bucket.
func (s *Sketch) in(index int) float64 {
	switch {
	case s == nil:
		return 0
	case index == zeroIndex:
		return s.zeros
	case index < s.first || index >= s.first+len(s.buckets):
		return 0
	}
	return s.buckets[index-s.first]
}

// AddValue counts n values of x. Negative numbers, and what is no number, are
// ignored.
func (s *Sketch) AddValue(x, n float64) {
	switch {
	case !finite(x) || x < 0:
	case x < MinValue:
		s.AddZero(n)
	default:
		s.Add(int(math.Floor(math.Log(x)/LogGamma(s.Alpha()))), n)
	}
}

// Merge adds the values of another sketch, which must have the same error.
func (s *Sketch) Merge(other *Sketch) error {
	if other.N() == 0 {
		return nil
	}
	if s.Alpha() != other.Alpha() {
		return fmt.Errorf("sketches with the errors %v and %v do not add up", s.Alpha(), other.Alpha())
	}
	s.AddZero(other.zeros)
	for i, n := range other.buckets {
		s.Add(other.first+i, n)
	}
	return nil
}

// Quantile is the smallest value that at least the share p of all values does
// not exceed, the one of rank ⌈p·n⌉, within the relative error. ok is false for
// an empty sketch and where p is not between 0 and 1.
func (s *Sketch) Quantile(p float64) (v float64, ok bool) {
	if !(p >= 0 && p <= 1) {
		return 0, false
	}
	return s.Rank(quantileRank(p, s.N()))
}

// quantileRank is the rank of the quantile p among n values. The tiny factor
// undoes the rounding of the product: 0.55·20 is a little more than 11.
func quantileRank(p, n float64) float64 {
	return min(max(math.Ceil(p*n*(1-1e-14)), 1), n)
}

// Rank is the value of a rank, 1 being the smallest value, within the relative
// error. ok is false where there is no such rank.
func (s *Sketch) Rank(r float64) (v float64, ok bool) {
	index, ok := s.bucketOf(r)
	if !ok || index == zeroIndex {
		return 0, ok
	}
	lower, upper := s.ends(index)
	// The point whose error relative to both ends is α.
	v = 2 * lower / (1 + lower/upper)
	if !finite(v) {
		return 0, false
	}
	return v, true
}

// zeroIndex stands for the bucket of zeros, which is below all others.
const zeroIndex = math.MinInt

// bucketOf is the bucket that holds the value of a rank.
func (s *Sketch) bucketOf(r float64) (index int, ok bool) {
	if !(r >= 1 && r <= s.N()) {
		return 0, false
	}
	index, seen := zeroIndex, s.zeros
	for i, n := range s.buckets {
		if r <= seen {
			break
		}
		if n > 0 {
			index, seen = s.first+i, seen+n
		}
	}
	return index, true
}

// before is the number of values in the buckets below one.
func (s *Sketch) before(index int) float64 {
	if s == nil || index == zeroIndex {
		return 0
	}
	n := s.zeros
	for i, more := range s.buckets {
		if s.first+i >= index {
			break
		}
		n += more
	}
	return n
}

// ends are the limits of a bucket: lower <= x < upper.
func (s *Sketch) ends(index int) (lower, upper float64) {
	if index == zeroIndex {
		return 0, MinValue
	}
	g := LogGamma(s.Alpha())
	return math.Exp(float64(index) * g), math.Exp((float64(index) + 1) * g)
}
