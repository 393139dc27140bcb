package stats

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestMixAndRateByHand(t *testing.T) {
	t.Parallel()
	// 100 answers in each of two plans at 80 % and 40 %; then 150 and 50 at the
	// same shares: all is mix, 0.7 - 0.6.
	// Values may rise in every segment while the whole falls, as in the paradox.
	for name, c := range map[string]struct {
		now, before []Part
		mix, rate   float64
	}{
		"only the shares moved":   {[]Part{{120, 150}, {20, 50}}, []Part{{80, 100}, {40, 100}}, 0.1, 0},
		"only the values moved":   {[]Part{{90, 100}, {30, 100}}, []Part{{80, 100}, {40, 100}}, 0, 0},
		"one value moved":         {[]Part{{90, 100}, {40, 100}}, []Part{{80, 100}, {40, 100}}, 0, 0.05},
		"Simpson's paradox":       {[]Part{{9, 10}, {45, 90}}, []Part{{72, 90}, {4, 10}}, -0.32, 0.1},
		"a segment is new":        {[]Part{{80, 100}, {20, 100}}, []Part{{80, 100}, {}}, -0.3, 0},
		"a segment is gone":       {[]Part{{80, 100}, {}}, []Part{{80, 100}, {20, 100}}, 0.3, 0},
		"a segment was never":     {[]Part{{80, 100}, {}}, []Part{{70, 100}, {}}, 0, 0.1},
		"weights that are no one": {[]Part{{6, 1.5}, {1, 0.5}}, []Part{{3, 1}, {1, 1}}, 0.5 * (3.5 - 1.5) / 2, 0.625*1 + 0.375*1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mix, rate, ok := MixRate(c.now, c.before)
			if !ok || math.Abs(mix-c.mix) > 1e-12 || math.Abs(rate-c.rate) > 1e-12 {
				t.Errorf("mix %v, rate %v, %v; want %v, %v", mix, rate, ok, c.mix, c.rate)
			}
		})
	}
	for _, bad := range [][2][]Part{{nil, nil}, {{{1, 2}}, {{}}}, {{{}}, {{1, 2}}}, {{{1, 2}}, {{1, 2}, {1, 2}}}, {{{1, 2}}, {{math.Inf(1), 2}}}} {
		if mix, rate, ok := MixRate(bad[0], bad[1]); ok {
			t.Errorf("%v against %v: mix %v, rate %v", bad[0], bad[1], mix, rate)
		}
	}
}

// The parts add up to the change of the whole, which is computed from the
// evidence of all segments together.
func TestMixAndRateAddUpToTheChange(t *testing.T) {
	t.Parallel()
	for seed := range uint64(2000) {
		r := rand.New(rand.NewPCG(seed, 8))
		kind := r.IntN(5)
		// what adds up in any evidence: a count and five sums
		random := func() (e [6]float64) {
			if r.IntN(5) == 0 {
				return e
			}
			n := float64(1 + r.IntN(200))
			e[0] = n
			for i := 1; i < 6; i++ {
				e[i] = n * r.Float64() / 3
			}
			return e
		}
		evidence := func(e [6]float64) Evidence {
			switch kind {
			case 0:
				return Proportion{Hits: e[1], N: e[0]}
			case 1:
				return NetScore{N: e[0], Promoters: e[1], Detractors: e[2]}
			case 2:
				return BoundedMean{N: e[0], Sum: e[1] - e[2], Squares: e[3], Min: -5, Max: 5}
			case 3:
				return PositiveMean{N: e[0], Sum: e[1], Squares: e[2]}
			default:
				return RatioOfSums{N: e[0], X: e[1], Y: e[2] - e[3], XX: e[3], XY: e[4], YY: e[5]}
			}
		}
		period := func(segments int) (parts []Part, total Evidence) {
			var sum [6]float64
			for range segments {
				e := random()
				p, ok := PartOf(evidence(e))
				if !ok {
					t.Fatalf("no part of %#v", evidence(e))
				}
				parts = append(parts, p)
				for i := range sum {
					sum[i] += e[i]
				}
			}
			return parts, evidence(sum)
		}
		segments := 1 + r.IntN(6)
		now, total := period(segments)
		before, old := period(segments)
		v, ok1 := total.Value()
		w, ok2 := old.Value()
		mix, rate, ok := MixRate(now, before)
		if ok != (ok1 && ok2) {
			t.Fatalf("seed %d: %v, but the values are defined %v and %v", seed, ok, ok1, ok2)
		}
		if ok && math.Abs(mix+rate-(v-w)) > 1e-9*(1+math.Abs(v)+math.Abs(w)) {
			t.Fatalf("seed %d: mix %v and rate %v, but %v became %v", seed, mix, rate, w, v)
		}
	}
}

func TestWhatIsNoMeanHasNoParts(t *testing.T) {
	t.Parallel()
	for _, e := range []Evidence{Count{N: 3}, Exact{V: 1, N: 1, Defined: true}, Total{N: 1, Sum: 1, Squares: 1}, Quantile{P: 0.5}, Growth{}, Proportion{N: math.NaN()}, RatioOfSums{N: 2, X: -1, Y: 1}} {
		if p, ok := PartOf(e); ok {
			t.Errorf("%#v has the part %v", e, p)
		}
	}
}
