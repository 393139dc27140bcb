package stats

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestSamplesThatAChangeOfAShareTakes(t *testing.T) {
	t.Parallel()
	// 80 % power, two-sided 5 %; the numbers were computed apart from this code.
	for _, c := range []struct{ before, after, n float64 }{
		{0.80, 0.88, 329}, {0.80, 0.82, 6039}, {0.70, 0.77, 623}, {0.05, 0.0425, 12309}, {0.20, 0.17, 2629},
	} {
		if n, ok := PowerAt(0.95).Proportions(c.before, c.after); !ok || n != c.n {
			t.Errorf("%v to %v takes %v, %v; want %v", c.before, c.after, n, ok, c.n)
		}
	}
}

func TestSamplesThatAChangeOfAMeanTakes(t *testing.T) {
	t.Parallel()
	// Net scores: one answer has a variance of 0.61 to 0.79 in shares.
	for variance, want := range map[float64]float64{0.61: 3831, 0.79: 4961} {
		if n, ok := PowerAt(0.95).Samples(5, variance*1e4, variance*1e4); !ok || math.Abs(n-want) > 2 {
			t.Errorf("5 points of a net score with variance %v take %v, %v; want %v", variance, n, ok, want)
		}
	}
	// Half a standard deviation: 63 to 64 in every textbook.
	if n, ok := PowerAt(0.95).Samples(0.5, 1, 1); !ok || n != 63 {
		t.Errorf("half a standard deviation takes %v, %v", n, ok)
	}
}

func TestWhatCannotBeFoundTakesNoNumberOfSamples(t *testing.T) {
	t.Parallel()
	for _, p := range []Power{{}, {0.05, 1}, {0.05, 0.01}, {1, 0.8}, {math.NaN(), 0.8}} {
		_, ok1 := p.Samples(1, 1, 1)
		_, ok2 := p.Proportions(0.1, 0.2)
		_, ok3 := p.Detectable(Proportion{1, 10})
		if ok1 || ok2 || ok3 {
			t.Errorf("%+v: %v %v %v", p, ok1, ok2, ok3)
		}
	}
	u := PowerAt(0.95)
	if _, ok := u.Samples(0, 1, 1); ok {
		t.Error("no change can be found")
	}
	if _, ok := u.Proportions(0.5, 0.5); ok {
		t.Error("no change of a share can be found")
	}
	for _, e := range []Evidence{Exact{V: 1, N: 1, Defined: true}, Quantile{P: 0.5}, Proportion{}, NetScore{}, BoundedMean{N: 1, Sum: 1}, Total{N: 1, Sum: 3, Squares: 9}} {
		if d, ok := u.Detectable(e); ok {
			t.Errorf("%#v can show %v", e, d)
		}
	}
}

// The change that can be shown is the one that takes the samples there are.
func TestDetectableIsTheOtherWayAround(t *testing.T) {
	t.Parallel()
	d, ok := PowerAt(0.95).Detectable(BoundedMean{N: 400, Sum: 1600, Squares: 400*16 + 399*1.5*1.5, Min: 1, Max: 7})
	if n, _ := PowerAt(0.95).Samples(d, 1.5*1.5, 1.5*1.5); !ok || math.Abs(n-400) > 1 {
		t.Errorf("a change of %v takes %v samples, want 400", d, n)
	}
	// 329 answers around 84 % show 8 points.
	if d, ok := PowerAt(0.95).Detectable(Proportion{Hits: 276, N: 329}); !ok || math.Abs(d-0.08) > 0.002 {
		t.Errorf("329 answers show %v, %v", d, ok)
	}
	// 4,000 answers of variance 0.7 show 5.2 points of a net score.
	if d, ok := PowerAt(0.95).Detectable(NetScore{N: 4000, Promoters: 2000, Detractors: 1000}); !ok || math.Abs(d-5.19) > 0.02 {
		t.Errorf("4000 answers show %v, %v", d, ok)
	}
}

// What is said to be found in four of five times is, by the tests of evidence.
func TestAChangeIsFoundAsOftenAsItIsSaid(t *testing.T) {
	t.Parallel()
	const draws = 1500
	r := rand.New(rand.NewPCG(5, 5))
	sample := func(n int, p float64) Proportion {
		hits := 0.0
		for range n {
			if r.Float64() < p {
				hits++
			}
		}
		return Proportion{hits, float64(n)}
	}
	found := 0
	for range draws {
		// Fisher's test asks for a little more than z does: 354 rather than 329
		// answers, by the formula with continuity correction.
		if _, rose, ok := sample(354, 0.88).Change(sample(354, 0.80)); ok && rose < 0.025 {
			found++
		}
	}
	checkShare(t, "power", found, draws, 0.77, 0.84)
}

// The numbers are of textbooks, or were computed by hand with z = 1.95996 and
// z' = 0.84162.
func TestSamplesThatAStepTakes(t *testing.T) {
	t.Parallel()
	// Five answers of 1 and five of 5: a mean of 3, and a variance of 40/9.
	scores := BoundedMean{N: 10, Sum: 30, Squares: 130, Min: 1, Max: 5}
	for name, c := range map[string]struct {
		e    Evidence
		step Step
		n    float64
	}{
		"a share":                              {Proportion{1, 2}, Step{From: 0.8, To: 0.82}, 6039},
		"a share against one given":            {Proportion{1, 2}, Step{From: 0.8, To: 0.88, Given: true}, 175},
		"a share that falls":                   {Proportion{1, 2}, Step{From: 0.05, To: 0.0425}, 12309},
		"a mean: 7.849 · 2 · 4.444":            {scores, Step{From: 3, To: 4}, 70},
		"a mean against one given":             {scores, Step{From: 3, To: 4, Given: true}, 35},
		"a number, by a fifth: 2·7.849 / 0.04": {Count{N: 100}, Step{From: 100, To: 120}, 393},
	} {
		if n, ok := PowerAt(0.95).Needed(c.e, c.step); !ok || n != c.n {
			t.Errorf("%s takes %v, %v; want %v", name, n, ok, c.n)
		}
	}
	if n, ok := PowerAt(0.95).Needed(Exact{V: 1, N: 100, Defined: true}, Step{From: 1, To: 2}); ok {
		t.Errorf("what has no spread takes %v", n)
	}
}

// Where the samples are those that a step takes, it is the smallest that they
// can show.
func TestTheSmallestStepIsTheOtherWayAround(t *testing.T) {
	t.Parallel()
	scores := BoundedMean{N: 10, Sum: 30, Squares: 130, Min: 1, Max: 5}
	median := Quantile{P: 0.5, Sketch: ranked(200)}
	for name, c := range map[string]struct {
		e    Evidence
		step Step
	}{
		"a share":                {Proportion{1, 2}, Step{From: 0.8, To: 0.82}},
		"one that falls":         {Proportion{1, 2}, Step{From: 0.05, To: 0.0425}},
		"one against a given":    {Proportion{1, 2}, Step{From: 0.8, To: 0.88, Given: true}},
		"a mean":                 {scores, Step{From: 3, To: 3.1}},
		"a mean against a given": {scores, Step{From: 3, To: 2.9, Given: true}},
		"a median":               {median, Step{From: 100, To: 95}},
	} {
		p := PowerAt(0.95)
		n, ok := p.Needed(c.e, c.step)
		size, shows := p.Smallest(c.e, c.step, n)
		if want := math.Abs(c.step.To - c.step.From); !ok || !shows || size > want*(1+1e-12) || size < want*0.99 {
			t.Errorf("%s: %v samples show %v, %v; want %v", name, n, size, shows, want)
		}
	}
	// Ten answers show no share above 95 %, whatever happens.
	if size, ok := PowerAt(0.95).Smallest(Proportion{1, 2}, Step{From: 0.95, To: 0.96}, 10); ok {
		t.Errorf("ten answers show %v", size)
	}
}
