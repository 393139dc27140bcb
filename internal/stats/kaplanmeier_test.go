package stats

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// survival makes evidence of durations; those with a minus are open.
func survival(durations ...float64) SurvivalMedian {
	m := SurvivalMedian{Ended: new(Sketch), Open: new(Sketch)}
	for _, d := range durations {
		if math.Signbit(d) {
			m.Open.AddValue(-d, 1)
		} else {
			m.Ended.AddValue(d, 1)
		}
	}
	return m
}

// Freireich et al. 1963, Blood 21:699: weeks of remission of children with
// leukaemia, the example of most books on survival. All 42 add up to 541 weeks,
// of which 30 ended.
func mercaptopurine() SurvivalMedian {
	return survival(6, 6, 6, 7, 10, 13, 16, 22, 23, -6, -9, -10, -11, -17, -19, -20, -25, -32, -32, -34, -35)
}

func placebo() SurvivalMedian {
	return survival(1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23)
}

// The medians are published (Kleinbaum and Klein 2012, Survival Analysis, chapter
// 2). The limits follow from those of the curve by the log-log transform, computed
// apart from this package: of placebo, one half lies in [0.425, 0.825] at 4 weeks
// for the first time and in [0.117, 0.482] at 11 no longer; of 6-MP, it still
// lies in [0.188, 0.680] at 23, the last end.
func TestMedianOfTheLeukaemiaData(t *testing.T) {
	t.Parallel()
	if got, ok := mercaptopurine().Value(); !ok || math.Abs(got-23) > 0.0101*23 {
		t.Errorf("the median of 6-MP is %v, published 23", got)
	}
	if _, _, ok := mercaptopurine().Interval(0.95); ok {
		t.Error("6-MP has an upper limit, but the curve may stay above one half")
	}
	if got, ok := placebo().Value(); !ok || math.Abs(got-8) > 0.0101*8 {
		t.Errorf("the median of placebo is %v, published 8", got)
	}
	lower, upper, ok := placebo().Interval(0.95)
	if !ok || lower > 4 || lower < 4*0.979 || upper < 11 || upper > 11*1.021 {
		t.Errorf("the interval of placebo is [%v, %v], want [4, 11]", lower, upper)
	}
	if n := mercaptopurine().Samples(); n != 21 {
		t.Errorf("%v samples, want 21", n)
	}
}

// The published curve of 6-MP, by product-limit: 0.857, 0.807, 0.753, 0.690,
// 0.627, 0.538, 0.448.
func TestCurveOfTheLeukaemiaData(t *testing.T) {
	t.Parallel()
	published := []float64{0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448}
	steps := mercaptopurine().steps()
	if len(steps) != len(published) {
		t.Fatalf("%d steps, want %d", len(steps), len(published))
	}
	goesOn := 1.0
	for i, s := range steps {
		if goesOn *= 1 - s.ended/s.atRisk; math.Abs(goesOn-published[i]) > 0.0006 {
			t.Errorf("step %d: %v, published %v", i, goesOn, published[i])
		}
	}
}

// The published log-rank statistic of the two groups is 16.79 (Kleinbaum and
// Klein 2012, chapter 2); 9 ends where 19.2505 are expected, with a variance of
// 6.2570, are 16.7929.
func TestLogRankOfTheLeukaemiaData(t *testing.T) {
	t.Parallel()
	fell, rose, ok := mercaptopurine().Change(placebo())
	// Half of the two-sided p-value of a chi-square of 16.793.
	want := math.Erfc(math.Sqrt(16.793)/math.Sqrt2) / 2
	if !ok || math.Abs(rose-want) > 1e-3*want || math.Abs(fell+rose-1) > 1e-9 {
		t.Errorf("rose %v, fell %v, want %v", rose, fell, want)
	}
	fell, _, _ = placebo().Change(mercaptopurine())
	if math.Abs(fell-want) > 1e-3*want {
		t.Errorf("the other way round, fell is %v, want %v", fell, want)
	}
}

func TestASurvivalMedianNeedsHalfToEnd(t *testing.T) {
	t.Parallel()
	for name, m := range map[string]SurvivalMedian{
		"nothing":               {},
		"nothing ended":         survival(-1, -2, -3),
		"fewer than half ended": survival(1, -2, -3),
	} {
		if v, ok := m.Value(); ok {
			t.Errorf("%s: got %v", name, v)
		}
		if _, _, ok := m.Interval(0.95); ok {
			t.Errorf("%s: there is an interval", name)
		}
		if _, _, ok := m.Change(m); ok {
			t.Errorf("%s: there is a test", name)
		}
	}
	if v, ok := survival(1, 2, 3, 4).Value(); !ok || math.Abs(v-2) > 0.02 {
		t.Errorf("of four, the half is reached at %v, want 2", v)
	}
	if v, ok := survival(0, 0, 5).Value(); !ok || v != 0 {
		t.Errorf("two of three took no time: got %v, want 0", v)
	}
	if _, _, ok := survival(1, 2, 3).Change(placebo()); ok {
		t.Error("three ends are too few for a test")
	}
	if _, _, ok := placebo().Change(Count{N: 1}); ok {
		t.Error("compared with something else")
	}
}

// Durations are followed until a day of their own at random: the interval covers
// the true median about as often as it says, and where nothing changed the test
// finds no more than it should.
func TestSurvivalIntervalsCover(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(7, 8))
	const runs, size = 2000, 60
	sample := func() SurvivalMedian {
		var xs []float64
		for range size {
			d, followed := math.Exp(rng.NormFloat64())*100, rng.Float64()*600
			if d < followed {
				xs = append(xs, d)
			} else {
				xs = append(xs, -followed)
			}
		}
		return survival(xs...)
	}
	covered, bounded, claimed := 0, 0, 0
	for range runs {
		m := sample()
		lower, upper, ok := m.Interval(0.95)
		if ok {
			bounded++
			if lower <= 100 && 100 <= upper {
				covered++
			}
		}
		if fell, rose, ok := m.Change(sample()); ok && min(fell, rose) < 0.025 {
			claimed++
		}
	}
	if share := float64(covered) / float64(bounded); bounded < runs*99/100 || share < 0.94 || share > 0.98 {
		t.Errorf("%d of %d intervals cover, %v", covered, bounded, share)
	}
	if share := float64(claimed) / runs; share < 0.035 || share > 0.065 {
		t.Errorf("the test claims %v of changes that are none, want 0.05", share)
	}
}

// Without anything open, it is the median of the sketch.
func TestWithoutOpenOnesItIsTheMedian(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(9, 9))
	for range 200 {
		xs := make([]float64, 1+rng.IntN(40))
		for i := range xs {
			xs[i] = rng.ExpFloat64() * 1000
		}
		slices.Sort(xs)
		m := survival(xs...)
		got, ok := m.Value()
		want, _ := Quantile{P: 0.5, Sketch: m.Ended}.Value()
		if !ok || got != want {
			t.Fatalf("%v: got %v, want %v", xs, got, want)
		}
	}
}
