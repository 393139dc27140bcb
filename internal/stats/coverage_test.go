package stats

import (
	"flag"
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"testing"
)

var coverageDraws = flag.Int("coverage-draws", 400, "samples a case of the simulation of coverage; make coverage takes 20,000")

// population is what samples are drawn from, and the truth about it.
type population struct {
	name  string
	truth float64
	// enough is the size from which the promises are held to; smaller samples
	// are told, not judged.
	enough int
	sample func(r *rand.Rand, n int) Evidence
}

// TestCoverageOfIntervals draws samples and counts how often the interval of
// 95 % holds the truth. Approximate methods keep 94 to 97.5 % on average and
// 92 % everywhere where they have enough samples (shares: where np and n(1-p)
// are at least 5; means of scores and of long-tailed numbers from 20 up, ratios of
// sums from 100 up). Exact
// methods and those of order statistics keep 94.5 % everywhere, quantiles where
// both limits exist.
func TestCoverageOfIntervals(t *testing.T) {
	t.Parallel()
	for name, g := range map[string]struct {
		exact bool
		of    []population
	}{
		"shares": {false, shares()}, "net scores": {false, netScores()}, "mean scores": {false, meanScores()},
		"durations and amounts": {false, longTails()}, "ratios of sums": {false, ratios()},
		"counts": {true, counts()}, "quantiles": {true, quantiles()},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sum, cases, least := 0.0, 0, 1.0
			for _, p := range g.of {
				for _, n := range []int{10, 20, 30, 50, 100, 300} {
					covered, known := coverageOf(p, n)
					noise := 4 * math.Sqrt(0.95*0.05/max(float64(known), 1))
					judged := n >= p.enough && known > *coverageDraws/2
					t.Logf("%-24s n %4d: %.4f of %d, judged %v", p.name, n, covered, known, judged)
					if !judged {
						continue
					}
					sum, cases, least = sum+covered, cases+1, min(least, covered)
					if floor := map[bool]float64{false: 0.92, true: 0.945}[g.exact]; covered < floor-noise {
						t.Errorf("%s, n %d: coverage is %.4f", p.name, n, covered)
					}
				}
			}
			mean := sum / float64(cases)
			t.Logf("%d cases: %.4f on average, %.4f at least", cases, mean, least)
			if noise := 4 * math.Sqrt(0.95*0.05/float64(*coverageDraws*cases)); mean < 0.94-noise || !g.exact && mean > 0.975+noise {
				t.Errorf("coverage is %.4f on average", mean)
			}
		})
	}
}

// coverageOf is the share of intervals that hold the truth, and of how many.
func coverageOf(p population, n int) (covered float64, known int) {
	seed := fnv.New64a()
	fmt.Fprint(seed, p.name)
	r := rand.New(rand.NewPCG(seed.Sum64(), uint64(n)))
	hits := 0
	for range *coverageDraws {
		l, u, ok := p.sample(r, n).Interval(0.95)
		if !ok {
			continue
		}
		known++
		if l <= p.truth && p.truth <= u {
			hits++
		}
	}
	return float64(hits) / max(float64(known), 1), known
}

func shares() (all []population) {
	for _, p := range []float64{0.02, 0.05, 0.15, 0.3, 0.5, 0.8, 0.9, 0.97} {
		all = append(all, population{fmt.Sprintf("share %v", p), p, int(math.Ceil(5 / min(p, 1-p))), func(r *rand.Rand, n int) Evidence {
			e := Proportion{N: float64(n)}
			for range n {
				if r.Float64() < p {
					e.Hits++
				}
			}
			return e
		}})
	}
	return all
}

func netScores() (all []population) {
	for _, p := range [][2]float64{{0.45, 0.33}, {0.33, 0.5}, {0.7, 0.1}, {0.2, 0.15}, {0.9, 0.05}} {
		// The rarer of the kinds is what a sample may miss.
		enough := int(math.Ceil(5 / min(p[0], 1-p[0])))
		all = append(all, population{fmt.Sprintf("promoters %v to %v", p[0], p[1]), 100 * (p[0] - p[1]), enough, func(r *rand.Rand, n int) Evidence {
			e := NetScore{N: float64(n)}
			for range n {
				switch x := r.Float64(); {
				case x < p[0]:
					e.Promoters++
				case x < p[0]+p[1]:
					e.Detractors++
				}
			}
			return e
		}})
	}
	return all
}

func meanScores() (all []population) {
	for name, weights := range map[string][]float64{
		"even": {0.2, 0.2, 0.2, 0.2, 0.2}, "happy": {0.03, 0.05, 0.12, 0.30, 0.50}, "split": {0.4, 0.05, 0.05, 0.05, 0.45},
		"middling": {0.05, 0.25, 0.4, 0.25, 0.05}, "sad": {0.5, 0.2, 0.15, 0.1, 0.05},
	} {
		mean := 0.0
		for i, w := range weights {
			mean += w * float64(i+1)
		}
		all = append(all, population{name, mean, 20, func(r *rand.Rand, n int) Evidence {
			e := BoundedMean{Min: 1, Max: 5}
			for range n {
				x, score := r.Float64(), 1.0
				for i := 0; i < 4 && x >= weights[i]; i++ {
					x -= weights[i]
					score++
				}
				e.N, e.Sum, e.Squares = e.N+1, e.Sum+score, e.Squares+score*score
			}
			return e
		}})
	}
	return all
}

// positives are numbers with the mean 1, by their coefficient of variation.
func positives() map[string]func(r *rand.Rand) float64 {
	lognormal := func(sigma float64) func(r *rand.Rand) float64 {
		return func(r *rand.Rand) float64 { return math.Exp(sigma*r.NormFloat64() - sigma*sigma/2) }
	}
	return map[string]func(r *rand.Rand) float64{
		"lognormal, cv 0.5": lognormal(0.47), "lognormal, cv 1.1": lognormal(0.9), "lognormal, cv 1.8": lognormal(1.2),
		"exponential": func(r *rand.Rand) float64 { return r.ExpFloat64() },
		"Erlang 3":    func(r *rand.Rand) float64 { return (r.ExpFloat64() + r.ExpFloat64() + r.ExpFloat64()) / 3 },
		"even":        func(r *rand.Rand) float64 { return 2 * r.Float64() },
	}
}

func longTails() (all []population) {
	for name, draw := range positives() {
		all = append(all, population{name, 1, 20, func(r *rand.Rand, n int) Evidence {
			var e PositiveMean
			for range n {
				x := draw(r)
				e = PositiveMean{e.N + 1, e.Sum + x, e.Squares + x*x}
			}
			return e
		}})
	}
	return all
}

// ratios are revenue kept of revenue had, and orders per customer.
func ratios() (all []population) {
	add := func(name string, truth float64, draw func(r *rand.Rand) (x, y float64)) {
		all = append(all, population{name, truth, 100, func(r *rand.Rand, n int) Evidence {
			var e RatioOfSums
			for range n {
				x, y := draw(r)
				e = RatioOfSums{e.N + 1, e.X + x, e.Y + y, e.XX + x*x, e.XY + x*y, e.YY + y*y}
			}
			return e
		}})
	}
	for _, kept := range []float64{0.7, 0.85} {
		add(fmt.Sprintf("revenue kept, %v", kept), kept, func(r *rand.Rand) (x, y float64) {
			if x = math.Exp(0.5 * r.NormFloat64()); r.Float64() < kept {
				y = x
			}
			return x, y
		})
	}
	add("orders per customer", 2, func(r *rand.Rand) (x, y float64) {
		for y = 1; r.Float64() < 0.5; y++ {
		}
		return 1, y
	})
	return all
}

// counts have n things on average.
func counts() []population {
	return []population{{"rate 1", 1, 0, func(r *rand.Rand, n int) Evidence {
		return scaled{Count{N: float64(poisson(r, float64(n)))}, float64(n)}
	}}}
}

// scaled is a count by the number that is expected, so that the truth is 1.
type scaled struct {
	Count
	by float64
}

func (s scaled) Interval(confidence float64) (lower, upper float64, ok bool) {
	lower, upper, ok = s.Count.Interval(confidence)
	return lower / s.by, upper / s.by, ok
}

func quantiles() (all []population) {
	for _, p := range []float64{0.5, 0.9} {
		all = append(all, population{fmt.Sprintf("p%v of an exponential", 100*p), -math.Log(1 - p), 0, func(r *rand.Rand, n int) Evidence {
			s := NewSketch(DefaultAlpha)
			for range n {
				s.AddValue(r.ExpFloat64(), 1)
			}
			return Quantile{P: p, Sketch: s}
		}})
	}
	return all
}
