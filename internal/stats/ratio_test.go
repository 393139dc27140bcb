package stats

import (
	"math"
	"math/rand/v2"
	"testing"
)

// add counts one subject.
func (r RatioOfSums) add(x, y float64) RatioOfSums {
	return RatioOfSums{r.N + 1, r.X + x, r.Y + y, r.XX + x*x, r.XY + x*y, r.YY + y*y}
}

func TestRatioOfSumsByHand(t *testing.T) {
	t.Parallel()
	// Three customers: x = 1, 2, 3 and y = 2, 3, 7, so R = 2 and the residuals
	// are 0, -1, 1. The standard error is √(3/2·2)/6.
	r := RatioOfSums{}.add(1, 2).add(2, 3).add(3, 7)
	if v, ok := r.Value(); !ok || v != 2 {
		t.Errorf("ratio is %v, %v", v, ok)
	}
	half := 4.30265273 * math.Sqrt(3) / 6
	checkInterval(t, r, 0.95, 2-half, 2+half, 7)
}

func TestRatioOfEqualWeightsIsAMean(t *testing.T) {
	t.Parallel()
	r := RatioOfSums{}.add(1, 3.1).add(1, 4.5).add(1, 2.2).add(1, 5).add(1, 4.1).add(1, 3.3)
	checkInterval(t, r, 0.95, 2.62362481, 4.77637519, 8)
}

func TestRatioOfSumsWithoutSpread(t *testing.T) {
	t.Parallel()
	r := RatioOfSums{}.add(1, 2).add(2, 4).add(3, 6)
	if _, _, ok := r.Interval(0.95); ok {
		t.Error("equal ratios have an interval")
	}
	if _, _, ok := r.Change(RatioOfSums{}.add(1, 3).add(2, 6)); ok {
		t.Error("equal ratios are compared with equal ratios")
	}
}

func TestRatioOfSumsCoverageAndCalibration(t *testing.T) {
	t.Parallel()
	const draws = 2000
	for _, n := range []int{30, 100} {
		covered, fallen, risen := 0, 0, 0
		simulate(uint64(n)+1, draws, func(r *rand.Rand) {
			// Customers of different size who keep 90 % of their revenue.
			customer := func(s RatioOfSums) RatioOfSums {
				x := lognormal(r)
				return s.add(x, x*(0.9+0.2*r.NormFloat64()))
			}
			var now, before RatioOfSums
			for range n {
				now, before = customer(now), customer(before)
			}
			if l, u, ok := now.Interval(0.95); ok && l <= 0.9 && 0.9 <= u {
				covered++
			}
			fell, rose, _ := now.Change(before)
			if fell <= 0.01 {
				fallen++
			}
			if rose <= 0.01 {
				risen++
			}
		})
		checkShare(t, "coverage", covered, draws, 0.91, 0.97)
		checkShare(t, "fell by chance", fallen, draws, 0.001, 0.014)
		checkShare(t, "rose by chance", risen, draws, 0.001, 0.014)
	}
}
