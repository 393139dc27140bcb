package stats

import (
	"math"
	"testing"
)

func TestCountIntervalsThatWerePublished(t *testing.T) {
	t.Parallel()
	// Tables of exact Poisson limits, such as Ulm 1990, Am. J. Epidemiol. 131:373.
	checkInterval(t, Count{N: 0}, 0.95, 0, 3.689, 3)
	checkInterval(t, Count{N: 1}, 0.95, 0.025, 5.572, 3)
	checkInterval(t, Count{N: 10}, 0.95, 4.795, 18.390, 3)
	checkInterval(t, Count{N: 100}, 0.95, 81.364, 121.627, 3)
}

func TestChangeOfACountIsBinomial(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name        string
		now, before Count
		fell, rose  float64
	}{
		{"none after ten", Count{N: 0}, Count{N: 10}, math.Pow(2, -10), 1},
		{"ten after none", Count{N: 10}, Count{N: 0}, 1, math.Pow(2, -10)},
		{"nothing at all", Count{}, Count{}, 1, 1},
		{"two after one", Count{N: 2}, Count{N: 1}, 7.0 / 8, 4.0 / 8},
		{"the same in half the time", Count{N: 3, Exposure: 86400}, Count{N: 3, Exposure: 2 * 86400}, 656.0 / 729, 233.0 / 729},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			fell, rose, ok := tt.now.Change(tt.before)
			if !ok || !near(fell, tt.fell, 1e-9) || !near(rose, tt.rose, 1e-9) {
				t.Errorf("fell %v, rose %v, %v; want %v, %v", fell, rose, ok, tt.fell, tt.rose)
			}
		})
	}
	if _, _, ok := (Count{N: 3, Exposure: 86400}).Change(Count{N: 3}); ok {
		t.Error("a period of known length is compared with one of unknown length")
	}
}

// The probability is summed over all pairs of Poisson numbers.
func TestChangeOfACountNeverClaimsTooMuch(t *testing.T) {
	t.Parallel()
	mass := func(mean float64) []float64 {
		p := make([]float64, int(mean+12*math.Sqrt(mean)+20))
		for k := range p {
			l, _ := math.Lgamma(float64(k + 1))
			p[k] = math.Exp(float64(k)*math.Log(mean) - mean - l)
		}
		return p
	}
	for _, mean := range []float64{0.5, 3, 20, 80} {
		levels := []float64{0.05, 0.01, 0.001, 1e-5}
		claimed := make([]float64, len(levels))
		for i, a := range mass(mean) {
			// The earlier period is twice as long.
			for j, b := range mass(2 * mean) {
				fell, _, ok := Count{float64(i), 1}.Change(Count{float64(j), 2})
				if !ok {
					t.Fatalf("no test of %d against %d", i, j)
				}
				for l, level := range levels {
					if fell <= level {
						claimed[l] += a * b
					}
				}
			}
		}
		for l, level := range levels {
			if claimed[l] > level*(1+1e-9) {
				t.Errorf("mean %v: p <= %v has probability %v", mean, level, claimed[l])
			}
		}
		if mean == 80 && claimed[1] < 0.005 {
			t.Errorf("mean %v: p <= 0.01 has probability %v only", mean, claimed[1])
		}
	}
}
