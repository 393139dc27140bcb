package stats

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestGrowth(t *testing.T) {
	t.Parallel()
	// Ten orders of 12 against ten of 10: the logarithms of both sums have the
	// variance 1/10, so the ratio 1.2 is off by a factor of exp(1.96 √0.2) = 2.4024.
	now, before := Total{N: 10, Sum: 120, Squares: 1440}, Total{N: 10, Sum: 100, Squares: 1000}
	tests := []struct {
		name         string
		g            Growth
		value        float64
		lower, upper float64 // both NaN where there is no interval
	}{
		{"a fifth more", Growth{now, before}, 0.2, 1.2/2.4024 - 1, 1.2*2.4024 - 1},
		{"nothing is left", Growth{Total{}, before}, -1, math.NaN(), math.NaN()},
		{"more was paid back than earned", Growth{Total{N: 1, Sum: -50, Squares: 2500}, before}, -1.5, math.NaN(), math.NaN()},
		{"nothing to grow from", Growth{now, Total{}}, math.NaN(), math.NaN(), math.NaN()},
		{"less than nothing to grow from", Growth{now, Total{N: 1, Sum: -5, Squares: 25}}, math.NaN(), math.NaN(), math.NaN()},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			v, ok := tt.g.Value()
			if ok == math.IsNaN(tt.value) || ok && math.Abs(v-tt.value) > 1e-12 {
				t.Errorf("got %v, %v", v, ok)
			}
			l, u, ok := tt.g.Interval(0.95)
			if ok == math.IsNaN(tt.lower) || ok && (math.Abs(l-tt.lower) > 1e-4 || math.Abs(u-tt.upper) > 1e-3) {
				t.Errorf("got [%v, %v], %v", l, u, ok)
			}
		})
	}
	if n := (Growth{now, before}).Samples(); n != 20 {
		t.Errorf("rests on %v orders", n)
	}
}

// The interval holds the true growth as often as it says.
func TestGrowthCovers(t *testing.T) {
	t.Parallel()
	const draws = 4000
	for _, mean := range []float64{50, 400} {
		covered := 0
		simulate(uint64(mean)+9, draws, func(r *rand.Rand) {
			period := func(mean float64) (e Total) {
				for range poisson(r, mean) {
					x := lognormal(r)
					e = Total{e.N + 1, e.Sum + x, e.Squares + x*x}
				}
				return e
			}
			g := Growth{period(1.3 * mean), period(mean)}
			if l, u, ok := g.Interval(0.95); ok && l <= 0.3 && 0.3 <= u {
				covered++
			}
		})
		checkShare(t, "coverage", covered, draws, 0.92, 0.97)
	}
}
