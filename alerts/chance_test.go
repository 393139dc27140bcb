package alerts

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/cx-exporter/cx-exporter/config"
	"github.com/cx-exporter/cx-exporter/internal/stats"
)

// A goal that nothing is done for is not met by chance, although it is looked at
// every day of a year and its baseline was measured. Losses of each day are those
// of customers who leave at the same rate all the time.
func TestAGoalIsNotMetByChance(t *testing.T) {
	t.Parallel()
	const years = 300
	for _, n := range []int{500, 1700, 5000} {
		rng := rand.New(rand.NewPCG(7, uint64(n)))
		met, early, none := 0, 0, math.Exp(-float64(n)*0.05/30)
		for range years {
			g := reduceChurn(t, "30d")
			g.Hold = 30 * 24 * time.Hour
			g.Target = config.Target{Kind: config.TargetRelative, Value: -0.15}
			lost := make([]float64, 30+366)
			for i := range lost {
				for p := rng.Float64(); p > none; p *= rng.Float64() { // Poisson, by Knuth
					lost[i]++
				}
			}
			sum := 0.0
			for _, x := range lost[:30] {
				sum += x
			}
			reading := func(day int) Reading {
				return Reading{At: g.Start.AddDate(0, 0, day), Evidence: stats.Proportion{Hits: sum, N: float64(n)}}
			}
			base, ok := g.MeasuredBaseline(reading(0))
			if !ok {
				t.Fatal("no baseline")
			}
			var s State
			for day := 1; day <= 365; day++ {
				sum += lost[29+day] - lost[day-1]
				s = g.Next(s, &base, reading(day))
				if s.Status == Met && day < 365 {
					early++
					break
				}
			}
			if s.Status == Met {
				met++
			}
		}
		t.Logf("%d customers: %.1f %% met, %.1f %% before the deadline", n, 100*float64(met)/years, 100*float64(early)/years)
		if met > years*5/100 || early > years*2/100 {
			t.Errorf("%d customers: %d of %d goals are met by chance, %d of them before the deadline", n, met, years, early)
		}
	}
}
