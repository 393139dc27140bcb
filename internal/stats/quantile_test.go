package stats

import (
	"math"
	"math/rand/v2"
	"testing"
)

// ranked is a sketch of the values γ^1.5, γ^2.5, …, one a bucket, so that the
// bucket tells the rank.
func ranked(n int) *Sketch {
	s := NewSketch(DefaultAlpha)
	for i := range n {
		s.Add(i+1, 1)
	}
	return s
}

// rankOf is the rank of a limit: a lower limit is the lower end of a bucket, an
// upper one the upper end.
func rankOf(limit float64, upper bool) int {
	r := int(math.Round(math.Log(limit) / LogGamma(DefaultAlpha)))
	if upper {
		r--
	}
	return r
}

// The ranks for the median are in tables of the sign test, such as Conover 1999,
// Practical Nonparametric Statistics, table A3.
func TestQuantileIntervalsThatWerePublished(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		n            int
		p            float64
		lower, upper int // 0: there is none
	}{
		{5, 0.5, 0, 0},
		{6, 0.5, 1, 6},
		{10, 0.5, 2, 9},
		{20, 0.5, 6, 15},
		{30, 0.5, 10, 21},
		{100, 0.5, 40, 61},
		{35, 0.9, 0, 0},
		{36, 0.9, 29, 36},
		{71, 0.95, 0, 0},
		{72, 0.95, 64, 72},
	} {
		l, u, ok := Quantile{tt.p, ranked(tt.n)}.Interval(0.95)
		switch {
		case ok != (tt.lower > 0):
			t.Errorf("quantile %v of %d: interval exists: %v", tt.p, tt.n, ok)
		case ok && (rankOf(l, false) != tt.lower || rankOf(u, true) != tt.upper):
			t.Errorf("quantile %v of %d: ranks %d and %d, want %d and %d", tt.p, tt.n, rankOf(l, false), rankOf(u, true), tt.lower, tt.upper)
		}
	}
}

func TestQuantileCoverage(t *testing.T) {
	t.Parallel()
	const draws = 500
	for _, tt := range []struct {
		p float64
		n int
	}{{0.5, 10}, {0.5, 100}, {0.9, 50}, {0.9, 300}, {0.95, 150}} {
		// Exponential durations with a mean of an hour.
		truth, covered := -3600*math.Log1p(-tt.p), 0
		simulate(uint64(tt.n), draws, func(r *rand.Rand) {
			s := NewSketch(DefaultAlpha)
			for range tt.n {
				s.AddValue(3600*r.ExpFloat64(), 1)
			}
			if l, u, ok := (Quantile{tt.p, s}).Interval(0.95); ok && l <= truth && truth <= u {
				covered++
			}
		})
		// Ranks are whole, so the coverage is at least the confidence; 0.93 is
		// three standard deviations of the simulation below it.
		checkShare(t, "coverage", covered, draws, 0.93, 1)
	}
}

func TestChangeOfAQuantileByHand(t *testing.T) {
	t.Parallel()
	// Eight values of which the four lower are the later ones: the tea tasting
	// with all cups right, 1 in 70.
	now, _ := sample(DefaultAlpha, 1, 2, 3, 4)
	before, _ := sample(DefaultAlpha, 5, 6, 7, 8)
	fell, rose, ok := Quantile{0.5, now}.Change(Quantile{0.5, before})
	if !ok || !near(fell, 1.0/70, 1e-12) || rose != 1 {
		t.Errorf("fell %v, rose %v, %v", fell, rose, ok)
	}
	fell, rose, ok = Quantile{0.5, before}.Change(Quantile{0.5, now})
	if !ok || !near(rose, 1.0/70, 1e-12) || fell != 1 {
		t.Errorf("the other way: fell %v, rose %v, %v", fell, rose, ok)
	}
	// All in one bucket tell nothing.
	same, _ := sample(DefaultAlpha, 5, 5, 5)
	if fell, rose, ok := (Quantile{0.5, same}).Change(Quantile{0.5, same}); !ok || fell != 1 || rose != 1 {
		t.Errorf("no change: fell %v, rose %v, %v", fell, rose, ok)
	}
	// Different quantiles, errors and nothing are not compared.
	coarse, _ := sample(0.05, 1, 2, 3)
	for _, q := range []Quantile{{0.9, before}, {0.5, coarse}, {0.5, nil}} {
		if _, _, ok := (Quantile{0.5, now}).Change(q); ok {
			t.Errorf("%+v is compared", q)
		}
	}
}

func TestChangeOfAQuantileIsCalibratedAndSeesChanges(t *testing.T) {
	t.Parallel()
	const draws = 500
	for _, p := range []float64{0.5, 0.9} {
		fallen, risen, seen := 0, 0, 0
		simulate(uint64(100*p), draws, func(r *rand.Rand) {
			draw := func(n int, mean float64) Quantile {
				s := NewSketch(DefaultAlpha)
				for range n {
					s.AddValue(mean*r.ExpFloat64(), 1)
				}
				return Quantile{p, s}
			}
			now, before := draw(80, 3600), draw(120, 3600)
			fell, rose, _ := now.Change(before)
			if fell <= 0.05 {
				fallen++
			}
			if rose <= 0.05 {
				risen++
			}
			if _, rose, _ := draw(80, 7200).Change(before); rose <= 0.05 {
				seen++
			}
		})
		checkShare(t, "fell by chance", fallen, draws, 0.005, 0.07)
		checkShare(t, "rose by chance", risen, draws, 0.005, 0.07)
		checkShare(t, "twice as long is seen", seen, draws, 0.85, 1)
	}
}
