package stats

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestNetScoreThatWasPublished(t *testing.T) {
	t.Parallel()
	// Half promoters, a third passive, a sixth detractors: +33.3 with the
	// variance 5/9 of one answer.
	s := NetScore{N: 600, Promoters: 300, Detractors: 100}
	if v, ok := s.Value(); !ok || !near(v, 100.0/3, 1e-12) {
		t.Errorf("score is %v, %v", v, ok)
	}
	if v := s.variance(); !near(v, 5.0/9, 1e-12) {
		t.Errorf("variance is %v, not 5/9", v)
	}
	// Many answers: z·√(5/9/n) on either side.
	l, u, _ := NetScore{6e8, 3e8, 1e8}.Interval(0.95)
	if half := 100 * 1.959964 * math.Sqrt(5.0/9/6e8); !near(u-l, 2*half, 1e-5) {
		t.Errorf("interval [%v, %v] is not %v wide", l, u, 2*half)
	}
}

func TestNetScoreOfFewAnswersByHand(t *testing.T) {
	t.Parallel()
	// 10 answers, 5 promoters, 2 detractors: 13 adjusted, 5.75 and 2.75.
	// Δ = 3/13, variance 8.5/13 - 9/169 = 0.600592.
	l, u, ok := NetScore{10, 5, 2}.Interval(0.95)
	half := 1.959964 * math.Sqrt(0.6005917/13)
	if !ok || !near(l, 100*(3.0/13-half), 1e-5) || !near(u, 100*(3.0/13+half), 1e-5) {
		t.Errorf("interval [%v, %v]", l, u)
	}
}

// populations are shares of promoters and detractors: an ordinary bank, two
// loved products, a hated one, and one that is split without passive answers.
func populations() map[string][2]float64 {
	return map[string][2]float64{
		"+12": {0.40, 0.28}, "+60": {0.70, 0.10}, "+89": {0.91, 0.02}, "-40": {0.15, 0.55}, "0 split": {0.5, 0.4999},
	}
}

// trinomial calls yield for all numbers of promoters and detractors among n,
// with their probability.
func trinomial(n int, share [2]float64, yield func(s NetScore, mass float64)) {
	lg := func(k int) float64 { l, _ := math.Lgamma(float64(k + 1)); return l }
	for p := 0; p <= n; p++ {
		for d := 0; d+p <= n; d++ {
			mass := math.Exp(lg(n) - lg(p) - lg(d) - lg(n-p-d) + float64(p)*math.Log(share[0]) +
				float64(d)*math.Log(share[1]) + float64(n-p-d)*math.Log(1-share[0]-share[1]))
			if mass > 1e-14 {
				yield(NetScore{float64(n), float64(p), float64(d)}, mass)
			}
		}
	}
}

// The coverage is summed over all outcomes, not simulated.
func TestNetScoreCoverage(t *testing.T) {
	t.Parallel()
	var sum, cases float64
	for name, share := range populations() {
		for _, n := range []int{10, 20, 30, 60, 100, 300} {
			truth, covered := 100*(share[0]-share[1]), 0.0
			trinomial(n, share, func(s NetScore, mass float64) {
				if l, u, ok := s.Interval(0.95); ok && l <= truth && truth <= u {
					covered += mass
				}
			})
			least := 0.92
			if name == "0 split" && n == 10 {
				// Ten answers without passive ones give eleven scores only.
				least = 0.89
			}
			if covered < least {
				t.Errorf("%s with %d answers: coverage %.4f", name, n, covered)
			}
			sum, cases = sum+covered, cases+1
		}
	}
	if mean := sum / cases; mean < 0.94 || mean > 0.975 {
		t.Errorf("mean coverage is %.4f", mean)
	}
}

// Where answers are distributed as before, what is claimed to come by chance
// once in so many times comes no more often, however few answers there are.
func TestChangeOfANetScoreNeverClaimsTooMuch(t *testing.T) {
	t.Parallel()
	for name, share := range populations() {
		for _, sizes := range [][2]int{{8, 8}, {5, 15}} {
			levels := []float64{0.05, 0.01, 0.001, 1e-5}
			fallen, risen := make([]float64, len(levels)), make([]float64, len(levels))
			trinomial(sizes[0], share, func(now NetScore, a float64) {
				trinomial(sizes[1], share, func(before NetScore, b float64) {
					fell, rose, ok := now.Change(before)
					if !ok {
						t.Fatalf("no test of %+v against %+v", now, before)
					}
					for i, level := range levels {
						if fell <= level {
							fallen[i] += a * b
						}
						if rose <= level {
							risen[i] += a * b
						}
					}
				})
			})
			for i, level := range levels {
				if fallen[i] > level*(1+1e-9) || risen[i] > level*(1+1e-9) {
					t.Errorf("%s, sizes %v: p <= %v has probability %v (fell) and %v (rose)", name, sizes, level, fallen[i], risen[i])
				}
			}
		}
	}
}

// Where the score stayed but the passive answers went, and with more answers,
// claims are right within what simulation can tell.
func TestChangeOfANetScoreIsCalibratedWhereItsSpreadChanged(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(7, 7))
	draw := func(n int, share [2]float64) NetScore {
		s := NetScore{N: float64(n)}
		for range n {
			switch x := r.Float64(); {
			case x < share[0]:
				s.Promoters++
			case x < share[0]+share[1]:
				s.Detractors++
			}
		}
		return s
	}
	const draws = 1500
	tests := []struct {
		name              string
		now, before       [2]float64
		nowSize, thenSize int
		least, most       int // 15 of a perfect test
	}{
		{"passive answers went", [2]float64{0.6, 0.4}, [2]float64{0.3, 0.1}, 40, 40, 4, 25},
		{"nothing changed", [2]float64{0.5, 0.2}, [2]float64{0.5, 0.2}, 100, 60, 4, 25},
		// 30 answers of two kinds give few scores, and the deals of all 150
		// have too little spread: 2.5 % instead of 1 %.
		{"passive answers went from few", [2]float64{0.6, 0.4}, [2]float64{0.3, 0.1}, 30, 120, 5, 42},
		// And here they have too much: changes are claimed too seldom.
		{"passive answers came to few", [2]float64{0.3, 0.1}, [2]float64{0.6, 0.4}, 30, 120, 0, 6},
	}
	for _, tt := range tests {
		fallen, risen := 0, 0
		for range draws {
			fell, rose, _ := draw(tt.nowSize, tt.now).Change(draw(tt.thenSize, tt.before))
			if fell <= 0.01 {
				fallen++
			}
			if rose <= 0.01 {
				risen++
			}
		}
		if max(fallen, risen) > tt.most || min(fallen, risen) < tt.least {
			t.Errorf("%s: %d of %d fell and %d rose at p <= 0.01", tt.name, fallen, draws, risen)
		}
	}
}

func TestDealtAnswersBecomeNormalWithoutAStep(t *testing.T) {
	t.Parallel()
	for _, z := range []float64{-4, -3, -2, -1} {
		logs := [2]float64{}
		for i, n := range []float64{1400, 1500} { // standard deviations of 19.6 and 20.3
			before := NetScore{n, n / 2, n / 5}
			sd := math.Sqrt(0.56 * n / 2)
			fall := math.Round(-z * sd)
			now := NetScore{n, n/2 - fall/2, n/5 + fall/2}
			fell, _ := now.dealt(before)
			// The difference is twice as far from the mean of all as the period is.
			logs[i] = math.Log(fell / normalBelow(-fall/sd/2))
		}
		if math.Abs(logs[0]-logs[1]) > 0.12 {
			t.Errorf("z = %v: logarithms of tails are off by %v", z, logs)
		}
	}
}
