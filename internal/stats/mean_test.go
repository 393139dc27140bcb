package stats

import (
	"math"
	"math/rand/v2"
	"testing"
)

// sums are the number of values, their sum and the sum of their squares.
func sums(values ...float64) (n, sum, squares float64) {
	for _, v := range values {
		n, sum, squares = n+1, sum+v, squares+v*v
	}
	return n, sum, squares
}

func bounded(lo, hi float64, values ...float64) BoundedMean {
	n, sum, squares := sums(values...)
	return BoundedMean{n, sum, squares, lo, hi}
}

func positive(values ...float64) PositiveMean {
	n, sum, squares := sums(values...)
	return PositiveMean{n, sum, squares}
}

// The figures were computed with SciPy 1.10.
func TestMeansOfASampleAgreeWithSciPy(t *testing.T) {
	t.Parallel()
	a := []float64{3.1, 4.5, 2.2, 5.0, 4.1, 3.3}
	b := []float64{5.2, 4.9, 6.1, 4.4, 5.8, 5.5, 6.6, 4.7}
	checkInterval(t, bounded(1, 7, a...), 0.95, 2.62362481, 4.77637519, 8)
	// t has 4.0633 degrees of freedom, and was found by adding up its density.
	checkInterval(t, positive(a...), 0.95, 2.70754834, 5.05623475, 8)
	x, y := bounded(1, 7, a...), bounded(1, 7, b...)
	now, _ := x.mean().estimate()
	before, _ := y.mean().estimate()
	fell, rose, ok := welch(now, before)
	if !ok || !near(fell, 0.003866802146967056, 1e-6) || !near(rose, 0.996133197853033, 1e-6) {
		t.Errorf("Welch: fell %v, rose %v, %v", fell, rose, ok)
	}
	dealtFell, dealtRose, ok := dealt(x.mean(), y.mean())
	if f, r, same := x.Change(y); !ok || !same || f != max(fell, dealtFell) || r != max(rose, dealtRose) {
		t.Errorf("fell %v, rose %v, %v", f, r, ok)
	}
}

// The mean and the variance of the deals are those of dealing in every way.
func TestDealtIsThatOfDealingInEveryWay(t *testing.T) {
	t.Parallel()
	// Six customers: orders and revenue.
	x := []float64{1, 2, 1, 3, 1, 2}
	y := []float64{10, 35, 12, 20, 44, 9}
	const n = 2
	var all RatioOfSums
	for i := range x {
		all = all.add(x[i], y[i])
	}
	ratio := all.Y / all.X
	var deals, squares float64
	for i := range x {
		for j := range i {
			d := y[i] + y[j] - ratio*(x[i]+x[j])
			deals, squares = deals+1, squares+d*d
		}
	}
	now := RatioOfSums{}.add(x[0], y[0]).add(x[1], y[1])
	var before RatioOfSums
	for i := n; i < len(x); i++ {
		before = before.add(x[i], y[i])
	}
	want := normalBelow((now.Y - ratio*now.X) / math.Sqrt(squares/deals))
	if fell, rose, ok := dealt(now, before); !ok || !near(fell, want, 1e-9) || !near(rose, 1-want, 1e-9) {
		t.Errorf("fell %v, rose %v, %v; want %v", fell, rose, ok, want)
	}
}

func TestIntervalOfABoundedMeanStaysOnTheScale(t *testing.T) {
	t.Parallel()
	l, u, ok := bounded(1, 5, 5, 5, 4).Interval(0.95)
	if !ok || u != 5 || l < 1 {
		t.Errorf("interval [%v, %v], %v", l, u, ok)
	}
	l, u, ok = bounded(1, 5, 1, 5).Interval(0.95)
	if !ok || l != 1 || u != 5 {
		t.Errorf("two opposite answers: interval [%v, %v], %v", l, u, ok)
	}
	l, u, ok = bounded(math.Inf(-1), math.Inf(1), -2, 2).Interval(0.95)
	// t of one degree of freedom, by a standard error of 2.
	if !ok || !near(l, -25.4124, 1e-5) || !near(u, 25.4124, 1e-5) {
		t.Errorf("no scale: interval [%v, %v], %v", l, u, ok)
	}
}

func TestEqualScoresAreNoCertainty(t *testing.T) {
	t.Parallel()
	thirty := make([]float64, 30)
	for i := range thirty {
		thirty[i] = 5
	}
	// A share of 11.57 % of other answers would leave 30 equal ones with 2.5 %.
	l, u, ok := bounded(1, 5, thirty...).Interval(0.95)
	if !ok || u != 5 || !near(math.Pow(1-(5-l)/4, 30), 0.025, 1e-9) || !near(l, 5-4*0.1157, 1e-3) {
		t.Errorf("thirty answers of 5: [%v, %v], %v", l, u, ok)
	}
	// One answer excludes next to nothing.
	if l, u, ok := bounded(1, 5, 4).Interval(0.95); !ok || l > 1.1 || u < 4.9 || l < 1 || u > 5 {
		t.Errorf("one answer of 4: [%v, %v], %v", l, u, ok)
	}
	if _, _, ok := bounded(math.Inf(-1), math.Inf(1), 4, 4).Interval(0.95); ok {
		t.Error("equal values without a scale have an interval")
	}
	if _, _, ok := positive(4, 4).Interval(0.95); ok {
		t.Error("equal durations have an interval")
	}
	if _, _, ok := bounded(1, 5, 5, 5).Change(bounded(1, 5, 4, 4)); ok {
		t.Error("equal scores are compared with equal scores")
	}
	// Against scores that differ, both spreads tell.
	fell, rose, ok := bounded(1, 5, thirty...).Change(bounded(1, 5, 5, 3, 5, 4, 5, 2, 5, 4))
	if !ok || rose > 0.05 || fell < 0.99 {
		t.Errorf("thirty answers of 5 after some lower ones: fell %v, rose %v, %v", fell, rose, ok)
	}
}

// simulate calls yield n times with a random source of its own.
func simulate(seed uint64, n int, yield func(r *rand.Rand)) {
	r := rand.New(rand.NewPCG(seed, 0))
	for range n {
		yield(r)
	}
}

// checkShare checks how many of n things happened.
func checkShare(t *testing.T, what string, happened, n int, least, most float64) {
	t.Helper()
	if share := float64(happened) / float64(n); share < least || share > most {
		t.Errorf("%s: %.4f, not from %v to %v", what, share, least, most)
	}
}

func TestBoundedMeanCoverage(t *testing.T) {
	t.Parallel()
	scales := map[string][]float64{ // shares of the scores 1 to 5
		"even":  {0.2, 0.2, 0.2, 0.2, 0.2},
		"happy": {0.03, 0.05, 0.12, 0.30, 0.50},
		"split": {0.4, 0.05, 0.05, 0.05, 0.45},
	}
	const draws = 1000
	for name, shares := range scales {
		least := 0.92
		if name == "happy" {
			// Ten answers seldom hold a bad one.
			least = 0.89
		}
		mean := 0.0
		for i, s := range shares {
			mean += s * float64(i+1)
		}
		for _, n := range []int{10, 30, 100} {
			covered := 0
			simulate(uint64(n), draws, func(r *rand.Rand) {
				m := BoundedMean{Min: 1, Max: 5}
				for range n {
					x, score := r.Float64(), 1.0
					for i := 0; i < 4 && x >= shares[i]; i++ {
						x -= shares[i]
						score++
					}
					m.N, m.Sum, m.Squares = m.N+1, m.Sum+score, m.Squares+score*score
				}
				if l, u, ok := m.Interval(0.95); ok && l <= mean && mean <= u {
					covered++
				}
			})
			checkShare(t, name, covered, draws, least, 0.975)
		}
	}
}

// lognormal is a duration with the mean 1 and a coefficient of variation of
// about 1.1, as of resolution times in a help-desk log.
func lognormal(r *rand.Rand) float64 {
	const sigma = 0.9
	return math.Exp(sigma*r.NormFloat64() - sigma*sigma/2)
}

func TestPositiveMeanCoverage(t *testing.T) {
	t.Parallel()
	const draws = 2000
	for n, least := range map[int]float64{10: 0.925, 30: 0.925, 100: 0.925} {
		covered := 0
		simulate(uint64(n), draws, func(r *rand.Rand) {
			if l, u, ok := durations(r, n).Interval(0.95); ok && l <= 1 && 1 <= u {
				covered++
			}
		})
		checkShare(t, "coverage", covered, draws, least, 0.97)
	}
}

// durations is the mean of n random durations.
func durations(r *rand.Rand, n int) (m PositiveMean) {
	for range n {
		x := lognormal(r)
		m = PositiveMean{m.N + 1, m.Sum + x, m.Squares + x*x}
	}
	return m
}

// answers is the mean of n random scores, nine of ten of which are the best.
func answers(r *rand.Rand, n int) BoundedMean {
	m := BoundedMean{Min: 1, Max: 5}
	for range n {
		score := 5.0
		if r.IntN(10) == 0 {
			score = 1
		}
		m.N, m.Sum, m.Squares = m.N+1, m.Sum+score, m.Squares+score*score
	}
	return m
}

// What should come by chance once in a hundred times does not come more often,
// also between samples of different size, where Welch's test alone finds three
// to seven times as many.
func TestChangesOfSkewedMeansAreNotClaimedTooOften(t *testing.T) {
	t.Parallel()
	const draws = 3000
	for _, sizes := range [][2]int{{30, 30}, {10, 40}, {100, 30}} {
		for name, draw := range map[string]func(r *rand.Rand, n int) Evidence{
			"durations": func(r *rand.Rand, n int) Evidence { return durations(r, n) },
			"answers":   func(r *rand.Rand, n int) Evidence { return answers(r, n) },
		} {
			fallen, risen := 0, 0
			simulate(uint64(sizes[0]), draws, func(r *rand.Rand) {
				fell, rose, _ := draw(r, sizes[0]).Change(draw(r, sizes[1]))
				if fell <= 0.01 {
					fallen++
				}
				if rose <= 0.01 {
					risen++
				}
			})
			checkShare(t, name+" fell by chance", fallen, draws, 0, 0.0125)
			checkShare(t, name+" rose by chance", risen, draws, 0, 0.0125)
		}
	}
}

func TestAChangeOfMeansIsSeen(t *testing.T) {
	t.Parallel()
	seen := 0
	simulate(9, 500, func(r *rand.Rand) {
		slower := durations(r, 100)
		slower.Sum, slower.Squares = 2*slower.Sum, 4*slower.Squares
		if _, rose, _ := slower.Change(durations(r, 150)); rose <= 0.01 {
			seen++
		}
	})
	checkShare(t, "durations of twice the length are seen", seen, 500, 0.9, 1)
}

func TestPositiveMeanOfRefunds(t *testing.T) {
	t.Parallel()
	m := positive(-5, 3)
	if v, ok := m.Value(); !ok || v != -1 {
		t.Errorf("the mean of -5 and 3 is %v, %v", v, ok)
	}
	if _, _, ok := m.Interval(0.95); ok {
		t.Error("a negative mean has an interval on the logarithmic scale")
	}
}
