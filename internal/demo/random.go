package demo

import (
	"hash/fnv"
	"math"
	"math/rand/v2"
	"sort"
)

// stream returns the random numbers of one subject on one day. They depend on
// nothing else, so that a day can be told again without those before it.
func stream(seed uint64, subject string, day int) *rand.Rand {
	h := fnv.New64a()
	h.Write([]byte(subject))
	return rand.New(rand.NewPCG(seed^h.Sum64(), uint64(day)*0x9e3779b97f4a7c15+1))
}

// poisson draws a number of events by multiplying uniform numbers, in portions
// that do not underflow.
func poisson(r *rand.Rand, mean float64) int {
	n := 0
	for mean > 0 {
		part := math.Min(mean, 100)
		mean -= part
		limit := math.Exp(-part)
		for p := r.Float64(); p > limit; p *= r.Float64() {
			n++
		}
	}
	return n
}

// logNormal draws a positive number with the given median; sigma is the
// standard deviation of its logarithm.
func logNormal(r *rand.Rand, median, sigma float64) float64 {
	return median * math.Exp(sigma*r.NormFloat64())
}

// chance is true with probability p.
func chance(r *rand.Rand, p float64) bool { return r.Float64() < p }

// weights are cumulative shares: pick draws an index.
type weights []float64

// cumulate turns shares, of any total, into weights.
func cumulate(shares ...float64) weights {
	w := make(weights, len(shares))
	total := 0.0
	for i, s := range shares {
		total += s
		w[i] = total
	}
	return w
}

func (w weights) pick(r *rand.Rand) int { return w.at(r.Float64()) }

// at returns the index below which the share u of the weight lies, u in [0, 1).
func (w weights) at(u float64) int {
	x := u * w[len(w)-1]
	return sort.Search(len(w)-1, func(i int) bool { return w[i] > x })
}

// answer draws a score from its distribution, shifted by so many standard
// deviations: happier customers move up the same scale.
func (w weights) answer(r *rand.Rand, shift float64) int {
	u := 0.5 * math.Erfc(-(r.NormFloat64()+shift)/math.Sqrt2)
	return w.at(math.Min(u, 1-1e-9))
}

func clamp(x, lo, hi float64) float64 { return math.Max(lo, math.Min(hi, x)) }

// cents rounds an amount of money.
func cents(x float64) float64 { return math.Round(x*100) / 100 }
