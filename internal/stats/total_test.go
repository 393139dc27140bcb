package stats

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestTotalByHand(t *testing.T) {
	t.Parallel()
	// 100 orders of 20 each: Σx² = 40,000, √Σx²/R = 0.1.
	e := Total{N: 100, Sum: 2000, Squares: 40000}
	checkInterval(t, e, 0.95, 2000*math.Exp(-0.1959964), 2000*math.Exp(0.1959964), 3)
	// 75 orders: z = -500/√70,000 = -1.889822.
	fell, rose, ok := Total{N: 75, Sum: 1500, Squares: 30000}.Change(e)
	if !ok || math.Abs(fell-0.029391) > 1e-6 || math.Abs(rose-0.970609) > 1e-6 {
		t.Errorf("fell %v, rose %v, %v", fell, rose, ok)
	}
}

func TestNoRevenueIsATotalOfNothing(t *testing.T) {
	t.Parallel()
	if v, ok := (Total{}).Value(); !ok || v != 0 {
		t.Errorf("no orders are %v, %v", v, ok)
	}
	if _, _, ok := (Total{}).Interval(0.95); ok {
		t.Error("no orders have an interval")
	}
	// Ten orders, then none: 2⁻¹⁰.
	fell, rose, ok := Total{}.Change(Total{N: 10, Sum: 100, Squares: 1000})
	if !ok || !near(fell, math.Pow(2, -10), 1e-9) || rose != 1 {
		t.Errorf("from ten orders to none: fell %v, rose %v, %v", fell, rose, ok)
	}
	// More refunds than sales have a total, but no logarithm.
	refunds := Total{N: 3, Sum: -5, Squares: 40}
	if v, ok := refunds.Value(); !ok || v != -5 {
		t.Errorf("refunds are %v, %v", v, ok)
	}
	if _, _, ok := refunds.Interval(0.95); ok {
		t.Error("a negative total has an interval")
	}
	// z = -105/√1,040 = -3.2559.
	if fell, _, ok := refunds.Change(Total{N: 10, Sum: 100, Squares: 1000}); !ok || math.Abs(fell-0.000565) > 1e-6 {
		t.Errorf("refunds after sales: fell %v, %v", fell, ok)
	}
}

// poisson is a random number of events.
func poisson(r *rand.Rand, mean float64) (n int) {
	for x := r.ExpFloat64(); x < mean; x += r.ExpFloat64() {
		n++
	}
	return n
}

func TestTotalCoverageAndCalibration(t *testing.T) {
	t.Parallel()
	const draws = 2000
	for _, mean := range []float64{10, 20, 100, 200} {
		covered, fallen, risen := 0, 0, 0
		simulate(uint64(mean), draws, func(r *rand.Rand) {
			period := func() (e Total) {
				for range poisson(r, mean) {
					x := lognormal(r)
					e = Total{e.N + 1, e.Sum + x, e.Squares + x*x}
				}
				return e
			}
			now := period()
			if l, u, ok := now.Interval(0.95); ok && l <= mean && mean <= u {
				covered++
			}
			fell, rose, _ := now.Change(period())
			if fell <= 0.01 {
				fallen++
			}
			if rose <= 0.01 {
				risen++
			}
		})
		checkShare(t, "coverage", covered, draws, 0.91, 0.97)
		checkShare(t, "fell by chance", fallen, draws, 0.001, 0.0135)
		checkShare(t, "rose by chance", risen, draws, 0.001, 0.0135)
	}
}
