package stats

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// sample is a sketch with the sorted values that it was made of.
func sample(alpha float64, values ...float64) (*Sketch, []float64) {
	s := NewSketch(alpha)
	for _, v := range values {
		s.AddValue(v, 1)
	}
	sorted := slices.Clone(values)
	slices.Sort(sorted)
	return s, sorted
}

// checkSketch checks every rank and many quantiles against the sorted values.
func checkSketch(t *testing.T, s *Sketch, sorted []float64) {
	t.Helper()
	if s.N() != float64(len(sorted)) {
		t.Fatalf("N() = %v, want %d", s.N(), len(sorted))
	}
	check := func(what string, at, got float64, ok bool, want float64) {
		t.Helper()
		if want < MinValue {
			want = 0
		}
		// The rounding of the logarithm is all that comes on top of the error.
		if !ok || math.Abs(got-want) > s.Alpha()*want*(1+1e-9) {
			t.Errorf("%s %v is %v, %v; want %v within %v", what, at, got, ok, want, s.Alpha())
		}
	}
	for i, want := range sorted {
		got, ok := s.Rank(float64(i + 1))
		check("rank", float64(i+1), got, ok, want)
	}
	for q := range 101 {
		// The smallest value that at least q of 100 do not exceed, in integers.
		i := max((q*len(sorted)+99)/100, 1)
		got, ok := s.Quantile(float64(q) / 100)
		check("quantile", float64(q)/100, got, ok, sorted[i-1])
	}
}

func TestSketchKeepsItsError(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(11, 0))
	for _, alpha := range []float64{0.001, DefaultAlpha, 0.05, 0.5} {
		for range 40 {
			values := make([]float64, 1+r.IntN(300))
			spread := 10 * r.Float64()
			for i := range values {
				switch r.IntN(20) {
				case 0:
					values[i] = 0
				case 1:
					values[i] = 60 // many the same
				default:
					values[i] = 1000 * math.Exp(spread*r.NormFloat64())
				}
			}
			s, sorted := sample(alpha, values...)
			checkSketch(t, s, sorted)
		}
	}
}

func TestSketchOfExtremes(t *testing.T) {
	t.Parallel()
	s, sorted := sample(DefaultAlpha, 0, math.SmallestNonzeroFloat64, 0.0009999, MinValue, 1, math.MaxFloat64/3, math.MaxFloat64/2)
	checkSketch(t, s, sorted)
	before := s.N()
	for _, x := range []float64{-1, math.NaN(), math.Inf(1), math.Inf(-1)} {
		s.AddValue(x, 1)
	}
	for _, n := range []float64{0, -1, math.NaN(), math.Inf(1)} {
		s.AddValue(1, n)
		s.Add(0, n)
		s.AddZero(n)
	}
	s.Add(math.MaxInt, 1)
	if s.N() != before {
		t.Errorf("what is no number was counted: %v, not %v", s.N(), before)
	}
	s.Add(math.MinInt, 1)
	if v, ok := s.Rank(4); !ok || v != 0 || s.N() != before+1 {
		t.Errorf("a bucket below the least value is %v, %v of %v", v, ok, s.N())
	}
}

func TestQuantileHasTheRankAboveTheShare(t *testing.T) {
	t.Parallel()
	// Shares whose product with n is a whole number, though not in binary.
	for _, tt := range []struct{ p, n, rank float64 }{
		{0.5, 4, 2},
		{0.5, 5, 3},
		{0.9, 10, 9},
		{0.55, 20, 11},
		{0.07, 100, 7},
		{0.29, 100, 29},
		{0.95, 1000, 950},
		{0, 10, 1},
		{1, 10, 10},
		{0.001, 10, 1},
		{0.901, 10, 10},
	} {
		if got := quantileRank(tt.p, tt.n); got != tt.rank {
			t.Errorf("rank of quantile %v of %v is %v, want %v", tt.p, tt.n, got, tt.rank)
		}
	}
}

func TestIndexIsTheFloorOfTheLogarithm(t *testing.T) {
	t.Parallel()
	// γ of 1 % is 1.01/0.99.
	if g := math.Exp(LogGamma(0.01)); !near(g, 1.01/0.99, 1e-14) {
		t.Errorf("γ = %v", g)
	}
	r := rand.New(rand.NewPCG(12, 0))
	for range 2000 {
		x := math.Exp(20*r.Float64() - 5)
		s := NewSketch(0.01)
		// What a database computes and sends.
		s.Add(int(math.Floor(math.Log(x)/LogGamma(0.01))), 1)
		if v, ok := s.Rank(1); !ok || math.Abs(v-x) > 0.01*x*(1+1e-9) {
			t.Fatalf("%v is %v, %v", x, v, ok)
		}
	}
}

func TestSketchesOfPartsAddUp(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(13, 0))
	var values []float64
	whole := &Sketch{} // the zero value has the default error
	for range 10 {
		part := NewSketch(DefaultAlpha)
		for range r.IntN(100) {
			v := max(0, 100*r.NormFloat64())
			values = append(values, v)
			part.AddValue(v, 1)
		}
		if err := whole.Merge(part); err != nil {
			t.Fatal(err)
		}
	}
	slices.Sort(values)
	checkSketch(t, whole, values)
	if err := whole.Merge(nil); err != nil {
		t.Errorf("nothing does not add up: %v", err)
	}
	n := whole.N()
	if err := whole.Merge(whole); err != nil || whole.N() != 2*n {
		t.Errorf("twice itself is %v of %v, %v", whole.N(), n, err)
	}
	other := NewSketch(0.02)
	other.AddZero(1)
	if err := whole.Merge(other); err == nil {
		t.Error("sketches of different errors add up")
	}
}

func TestNoSketchIsAnEmptyOne(t *testing.T) {
	t.Parallel()
	for _, s := range []*Sketch{nil, {}, NewSketch(DefaultAlpha), NewSketch(-1), NewSketch(math.NaN())} {
		if _, ok := s.Quantile(0.5); ok || s.N() != 0 || s.Alpha() != DefaultAlpha {
			t.Errorf("%+v is not empty", s)
		}
		if _, ok := s.Rank(1); ok {
			t.Errorf("%+v has a first value", s)
		}
	}
}

func FuzzSketch(f *testing.F) {
	f.Add([]byte{0, 1, 2, 250, 251, 255}, 0.01)
	f.Add([]byte{7, 7, 7}, 0.3)
	f.Fuzz(func(t *testing.T, data []byte, alpha float64) {
		if !(alpha > 1e-4 && alpha < 0.9) || len(data) == 0 || len(data) > 300 {
			return
		}
		values := make([]float64, len(data))
		for i, b := range data {
			values[i] = math.Exp(float64(b)/9-10) - math.Exp(-10)
		}
		s, sorted := sample(alpha, values...)
		checkSketch(t, s, sorted)
	})
}
