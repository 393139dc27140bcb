package stats

import (
	"math"
	"testing"
)

// near compares with a relative tolerance.
func near(got, want, tolerance float64) bool {
	return math.Abs(got-want) <= tolerance*math.Max(math.Abs(want), math.SmallestNonzeroFloat64)
}

// The quantiles were computed with SciPy 1.10.
func TestStudentQuantile(t *testing.T) {
	t.Parallel()
	tests := []struct{ p, nu, want float64 }{
		{0.1, 1, 3.077683537207806},
		{0.1, 2.5, 1.7302509288071768},
		{0.1, 99, 1.2901614420275023},
		{0.1, 1e6, 1.2815524121299384},
		{0.025, 1, 12.706204736432102},
		{0.025, 2, 4.3026527299112765},
		{0.025, 9, 2.262157162740992},
		{0.025, 1e4, 1.9602012398906263},
		{0.0005, 1, 636.6192494317854},
		{0.0005, 2.5, 18.27789352778424},
		{0.0005, 99, 3.391528841165305},
		{0.0005, 1e6, 3.290536461248691},
		{5e-7, 1, 636619.7723669233},
		{5e-7, 9, 11.63678202748233},
		{5e-7, 1e4, 4.894688616315606},
		{5e-7, 1e6, 4.891668960710385},
		// The library's inverse gives 377 here.
		{2.68e-7, 997417, 5.012989395042525},
		{1e-9, 1001, 6.0536339999150215},
		{1e-9, 5000, 6.008912704518376},
	}
	for _, tt := range tests {
		if got := studentQuantile(tt.p, tt.nu); !near(got, tt.want, 1e-8) {
			t.Errorf("t(%v, %v) = %v, want %v", tt.p, tt.nu, got, tt.want)
		}
		below, above := studentTails(tt.want, tt.nu)
		if !near(above, tt.p, 1e-7) || !near(below, 1-tt.p, 1e-7) {
			t.Errorf("tails of t = %v with %v degrees of freedom are %v and %v, want %v above", tt.want, tt.nu, below, above, tt.p)
		}
	}
}

// With one and two degrees of freedom the quantile has a closed form, cot πp and
// (1−2p)/√(2p(1−p)).
func TestStudentQuantileFarOut(t *testing.T) {
	t.Parallel()
	for _, p := range []float64{0.4, 0.1, 1e-3, 1e-6, 1e-9, 1e-12, 1e-15} {
		for nu, want := range map[float64]float64{1: 1 / math.Tan(math.Pi*p), 2: (1 - 2*p) / math.Sqrt(2*p*(1-p))} {
			if got := studentQuantile(p, nu); !near(got, want, 1e-12) {
				t.Errorf("t(%v, %v) = %v, want %v", p, nu, got, want)
			}
			if _, above := studentTails(want, nu); !near(above, p, 1e-12) {
				t.Errorf("above t = %v with %v degrees of freedom lies %v, want %v", want, nu, above, p)
			}
			if below, _ := studentTails(-want, nu); !near(below, p, 1e-12) {
				t.Errorf("below t = %v with %v degrees of freedom lies %v, want %v", -want, nu, below, p)
			}
		}
	}
	if below, above := studentTails(0, 3); below != 0.5 || above != 0.5 {
		t.Errorf("on either side of 0 lie %v and %v", below, above)
	}
}

func TestStudentBecomesNormalWithoutAStep(t *testing.T) {
	t.Parallel()
	for _, p := range []float64{0.1, 0.025, 0.0005, 5e-7} {
		if a, b := studentQuantile(p, 1000), studentQuantile(p, 1000+1e-6); !near(a, b, 1e-8) {
			t.Errorf("p = %v: t goes from %v to %v", p, a, b)
		}
		q := studentQuantile(p, largeNu)
		_, a := studentTails(q, largeNu)
		if _, b := studentTails(q, largeNu+1); !near(a, b, 1e-6) {
			t.Errorf("p = %v: the tail goes from %v to %v", p, a, b)
		}
		if a, b := studentQuantile(p, 1e15), normalQuantile(p); !near(a, b, 1e-12) {
			t.Errorf("p = %v: t = %v is not z = %v", p, a, b)
		}
	}
}

// The limits were computed with SciPy 1.10; n = 10 at 95 % is in every table.
func TestPoissonLimits(t *testing.T) {
	t.Parallel()
	tests := []struct{ n, p, lower, upper float64 }{
		{0, 0.025, 0, 3.6888794541139363},
		{1, 0.025, 0.025317807984289876, 5.571643390938898},
		{10, 0.025, 4.795389, 18.390356},
		{100, 0.025, 81.36399125092314, 121.62679379242638},
		{1e6, 0.025, 998040.9833402939, 1001961.9119454322},
		{0, 0.0005, 0, 7.600902459542082},
		{5, 0.0005, 0.6324910403321942, 17.41063731823718},
		{1e4, 0.0005, 9674.219632619846, 10333.348428605632},
		{0, 5e-7, 0, 14.508657738524219},
		{1, 5e-7, 5.000001250000414e-07, 17.422215012530714},
		{1e6, 5e-7, 995116.0029977519, 1004900.2859283765},
	}
	for _, tt := range tests {
		lower, upper := poissonLimits(tt.n, tt.p)
		if !near(lower, tt.lower, 1e-7) || !near(upper, tt.upper, 1e-7) {
			t.Errorf("limits of %v at %v are %v and %v, want %v and %v", tt.n, tt.p, lower, upper, tt.lower, tt.upper)
		}
	}
}

func TestPoissonLimitsBecomeNormalWithoutAStep(t *testing.T) {
	t.Parallel()
	for _, p := range []float64{0.1, 0.025, 0.0005, 5e-7} {
		l1, u1 := poissonLimits(1e6, p)
		l2, u2 := poissonLimits(1e6+1, p)
		// Both grow by about 1.
		if math.Abs(l2-l1-1) > 0.01 || math.Abs(u2-u1-1) > 0.01 {
			t.Errorf("p = %v: limits go from %v, %v to %v, %v", p, l1, u1, l2, u2)
		}
	}
}
