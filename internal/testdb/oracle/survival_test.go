package oracle

import "testing"

// The medians of the leukaemia data (Freireich et al. 1963, Blood 21:699) are
// published as 23 and 8 weeks (Kleinbaum and Klein 2012, Survival Analysis,
// chapter 2). The limits were read off the limits of the curve, computed apart.
func TestExpectedMediansThatWerePublished(t *testing.T) {
	t.Parallel()
	of := func(ended, open []float64) (all lives) {
		for _, x := range ended {
			all = append(all, life{x, true})
		}
		for _, x := range open {
			all = append(all, life{x, false})
		}
		return all
	}
	treated := of([]float64{6, 6, 6, 7, 10, 13, 16, 22, 23}, []float64{6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35})
	if m, ok := treated.median(); !ok || m != 23 {
		t.Errorf("the median of those treated is %v, %v, want 23", m, ok)
	}
	if _, _, ok := treated.bounds(0.95); ok {
		t.Error("the median of those treated has an upper limit")
	}
	for i, want := range []float64{0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448} {
		isNear(t, "the share that goes on", treated.curve()[i].share, want, 6e-4)
	}
	placebo := of([]float64{1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23}, nil)
	if m, ok := placebo.median(); !ok || m != 8 {
		t.Errorf("the median of placebo is %v, %v, want 8", m, ok)
	}
	if lower, upper, ok := placebo.bounds(0.95); !ok || lower != 4 || upper != 11 {
		t.Errorf("the median of placebo is in [%v, %v], want [4, 11]", lower, upper)
	}
}

// Where buckets decide, the oracle says what may be.
func TestNearlyTheSameDurationsMayBeEither(t *testing.T) {
	t.Parallel()
	all := lives{{100, true}, {99.5, false}, {200, false}}
	if m, ok := all.median(); !ok || m != 100 {
		t.Errorf("the median is %v, %v, want 100", m, ok)
	}
	if m, ok := all.longer().median(); ok {
		t.Errorf("if both were there until 100 there would be no median, but it is %v", m)
	}
}
