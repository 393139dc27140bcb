package stats

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

// ratio is a quotient of integers as a float64.
func ratio(a, b *big.Int) float64 {
	f, _ := new(big.Rat).SetFrac(a, b).Float64()
	return f
}

// exactDeals are the tails of a hypergeometric number by counting all draws.
func exactDeals(k, marked, plain, n int64) (below, above float64) {
	b, a, c := new(big.Int), new(big.Int), new(big.Int)
	for i := int64(0); i <= min(n, marked); i++ {
		if n-i > plain {
			continue
		}
		c.Mul(new(big.Int).Binomial(marked, i), new(big.Int).Binomial(plain, n-i))
		if i <= k {
			b.Add(b, c)
		}
		if i >= k {
			a.Add(a, c)
		}
	}
	all := new(big.Int).Binomial(marked+plain, n)
	return ratio(b, all), ratio(a, all)
}

func TestHypergeometricIsThatOfCountingAllDraws(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 1))
	for range 250 {
		marked, plain := r.Int64N(200), r.Int64N(200)
		n := r.Int64N(marked + plain + 1)
		k := r.Int64N(n + 1)
		below, above := exactDeals(k, marked, plain, n)
		h := hypergeometric{float64(marked), float64(plain), float64(n)}
		if b, a := h.below(float64(k)), h.above(float64(k)); !near(b, below, 1e-10) || !near(a, above, 1e-10) {
			t.Errorf("%+v: tails of %d are %v and %v, want %v and %v", h, k, b, a, below, above)
		}
	}
}

// The sums were computed with mpmath at 40 digits.
func TestHypergeometricOfManyThings(t *testing.T) {
	t.Parallel()
	tests := []struct{ k, marked, plain, n, below float64 }{
		{49500, 1e5, 1e5, 1e5, 3.953270337084096e-06},
		{9700, 20000, 2e6, 1e6, 0.0021867448795886224},
		{24990000, 1e8, 1e8, 5e7, 0.0005457321392744174},
	}
	for _, tt := range tests {
		h := hypergeometric{tt.marked, tt.plain, tt.n}
		if got := h.below(tt.k); !near(got, tt.below, 1e-9) {
			t.Errorf("%+v: at most %v has probability %v, want %v", h, tt.k, got, tt.below)
		}
	}
}

func TestHypergeometricBecomesNormalWithoutAStep(t *testing.T) {
	t.Parallel()
	// The variances are just below and above the limit.
	small := hypergeometric{7.99e8, 7.99e8, 7.99e8}
	large := hypergeometric{8.01e8, 8.01e8, 8.01e8}
	if small.variance() > largeVariance || large.variance() < largeVariance {
		t.Fatalf("variances are %v and %v", small.variance(), large.variance())
	}
	for _, z := range []float64{-6, -4, -2, 0, 2} {
		at := func(h hypergeometric) float64 {
			sd := math.Sqrt(h.variance())
			k := math.Floor(h.mean() + z*sd)
			// Brought to the same distance from the mean by the slope of the logarithm.
			return math.Log(h.below(k)) - math.Log(normalBelow((k+0.5-h.mean())/sd))
		}
		if a, b := at(small), at(large); math.Abs(a-b) > 0.01 {
			t.Errorf("z = %v: logarithms of tails are off by %v and %v", z, a, b)
		}
	}
}

func normalBelow(z float64) float64 {
	below, _ := normalTails(z)
	return below
}

func TestBinomialIsThatOfCountingAllOutcomes(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(2, 2))
	for range 150 {
		// p = num/den.
		n, den := 1+r.Int64N(150), 2+r.Int64N(30)
		num, k := 1+r.Int64N(den-1), r.Int64N(n+1)
		b, a, m, term := new(big.Int), new(big.Int), new(big.Int), new(big.Int)
		for i := int64(0); i <= n; i++ {
			term.Exp(big.NewInt(num), big.NewInt(i), nil)
			term.Mul(term, new(big.Int).Exp(big.NewInt(den-num), big.NewInt(n-i), nil))
			term.Mul(term, new(big.Int).Binomial(n, i))
			if i <= k {
				b.Add(b, term)
			}
			if i >= k {
				a.Add(a, term)
			}
			if i == k {
				m.Set(term)
			}
		}
		all := new(big.Int).Exp(big.NewInt(den), big.NewInt(n), nil)
		x := binomial{float64(n), float64(num) / float64(den)}
		for what, pair := range map[string][2]float64{
			"below": {x.below(float64(k)), ratio(b, all)},
			"above": {x.above(float64(k)), ratio(a, all)},
			"mass":  {x.mass(float64(k)), ratio(m, all)},
		} {
			if !near(pair[0], pair[1], 1e-10) {
				t.Errorf("%+v: %s of %d is %v, want %v", x, what, k, pair[0], pair[1])
			}
		}
	}
}

// The least number is where the tail grows beyond what is asked: neither one fewer nor
// one more is.
func TestLeastSuccessesThatAreMoreProbable(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(4, 4))
	for range 5000 {
		n := math.Floor(math.Exp(math.Log(1e6) * r.Float64()))
		b := binomial{n, []float64{0.001, 0.05, 0.5, 0.9, 0.999}[r.IntN(5)]}
		tail := []float64{1e-6, 0.005, 0.025, 0.1, 0.4, 0.9}[r.IntN(6)]
		k := b.least(tail)
		if k != math.Floor(k) || b.below(k) <= tail || b.below(k-1) > tail {
			t.Errorf("%+v: %v for %v, where at most one fewer have %v and at most so many %v", b, k, tail, b.below(k-1), b.below(k))
		}
	}
}

// Of many trials the normal distribution gives the tails to three digits.
func TestBinomialOfManyTrials(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 3))
	for range 200 {
		n := math.Floor(math.Exp(math.Log(1e7) + 4*r.Float64()))
		b := binomial{n, []float64{0.5, 0.3, 0.9}[r.IntN(3)]}
		mean, sd := b.n*b.p, math.Sqrt(b.n*b.p*(1-b.p))
		k := math.Floor(mean + sd*(4*r.Float64()-3))
		want := normalBelow((k + 0.5 - mean) / sd)
		below, above := b.below(k), b.above(k)
		if !near(below, want, 0.005) || math.Abs(below+above-b.mass(k)-1) > 1e-8 {
			t.Errorf("%+v: tails of %v are %v and %v, want %v below", b, k, below, above, want)
		}
	}
}

func TestDistributionsAtTheirEnds(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name      string
		got, want float64
	}{
		{"no trials", binomial{0, 0.5}.below(0), 1},
		{"fewer than none", binomial{5, 0.5}.below(-1), 0},
		{"at least none", binomial{5, 0.5}.above(0), 1},
		{"more than all", binomial{5, 0.5}.above(6), 0},
		{"impossible success", binomial{5, 0}.mass(0), 1},
		{"certain success", binomial{5, 1}.mass(5), 1},
		{"certain success failing", binomial{5, 1}.mass(4), 0},
		{"nothing drawn", hypergeometric{3, 4, 0}.below(0), 1},
		{"everything drawn", hypergeometric{3, 4, 7}.mass(3), 1},
		{"no marks", hypergeometric{0, 4, 2}.above(0), 1},
		{"more marks than drawn", hypergeometric{3, 4, 2}.above(3), 0},
	} {
		if tt.got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, tt.got, tt.want)
		}
	}
}
