package stats

import (
	"math"
	"testing"
)

// kinds makes every kind of evidence from any six numbers.
func kinds(a, b, c, d, e, f float64) []Evidence {
	s := NewSketch(d)
	s.AddZero(c)
	s.AddValue(a, b)
	s.AddValue(b, a)
	s.Add(int(max(min(e, 1e9), -1e9)), f)
	open := NewSketch(d)
	open.AddZero(a)
	open.AddValue(c, d)
	open.AddValue(e, b)
	return []Evidence{
		SurvivalMedian{s, open},
		SurvivalMedian{open, s},
		SurvivalMedian{},
		Proportion{b, a},
		NetScore{a, b, c},
		BoundedMean{a, b, c, d, e},
		BoundedMean{a, b, c, math.Inf(-1), math.Inf(1)},
		PositiveMean{a, b, c},
		RatioOfSums{a, b, c, d, e, f},
		ShareOfSums{RatioOfSums{a, b, c, d, e, f}},
		Total{a, b, c},
		Growth{Total{a, b, c}, Total{d, e, f}},
		Quotient{Total{a, b, c}, Total{d, e, f}},
		Modelled{a, b, c, d > 0},
		Count{a, b},
		Count{N: a},
		Exact{V: a, N: b, Defined: c > 0},
		Quantile{d, s},
		Quantile{0.5, s},
		Quantile{0.9, nil},
	}
}

// checkEvidence checks what every evidence keeps, whatever its numbers are.
func checkEvidence(t *testing.T, e, before Evidence) {
	t.Helper()
	v, ok := e.Value()
	if !finite(v) || !ok && v != 0 {
		t.Errorf("%#v: value %v, %v", e, v, ok)
	}
	if n := e.Samples(); !finite(n) || n < 0 {
		t.Errorf("%#v: %v samples", e, n)
	}
	lastL, lastU := v, v
	for _, confidence := range []float64{0.0001, 0.5, 0.8, 0.95, 0.999, 0.999999} {
		l, u, defined := e.Interval(confidence)
		switch {
		case !finite(l, u) || !defined && (l != 0 || u != 0):
			t.Errorf("%#v at %v: interval [%v, %v], %v", e, confidence, l, u, defined)
		case defined && !ok:
			t.Errorf("%#v: an interval without a value", e)
		// The tolerance is that of limits that rest on the end of a scale.
		case defined && (l > lastL+1e-9*math.Abs(lastL) || u < lastU-1e-9*math.Abs(lastU)):
			t.Errorf("%#v at %v: interval [%v, %v] is narrower than [%v, %v]", e, confidence, l, u, lastL, lastU)
		case defined:
			lastL, lastU = l, u
		}
	}
	if l, u, ok := e.Shown(0.95); ok {
		if lower, upper, _ := e.Interval(0.95); l != lower || u != upper {
			t.Errorf("%#v: [%v, %v] is shown as [%v, %v]", e, lower, upper, l, u)
		}
	}
	for _, confidence := range []float64{0, 1, -1, 2, math.NaN(), math.Inf(1)} {
		if l, u, ok := e.Interval(confidence); ok || l != 0 || u != 0 {
			t.Errorf("%#v: a confidence of %v gives [%v, %v]", e, confidence, l, u)
		}
	}
	fell, rose, ok := e.Change(before)
	if !(fell >= 0 && fell <= 1 && rose >= 0 && rose <= 1) || !ok && (fell != 0 || rose != 0) {
		t.Errorf("%#v after %#v: fell %v, rose %v, %v", e, before, fell, rose, ok)
	}
	if ok && fell+rose < 1-1e-6 {
		t.Errorf("%#v after %#v: fell %v and rose %v at once", e, before, fell, rose)
	}
}

func TestEvidenceOfAnyNumbersIsTotal(t *testing.T) {
	t.Parallel()
	numbers := []float64{0, 1, -1, 2, 0.5, 5, 30, 1e-300, 1e-9, 1e9, 1e18, 1e155, 1e308, math.NaN(), math.Inf(1), math.Inf(-1)}
	for i, a := range numbers {
		for j, b := range numbers {
			for k, c := range numbers {
				rest := func(n int) float64 { return numbers[(i+3*j+5*k+n)%len(numbers)] }
				now := kinds(a, b, c, rest(1), rest(2), rest(3))
				before := kinds(c, a, b, rest(4), rest(5), rest(6))
				for x := range now {
					if (i+j+k+x)%3 == 0 { // a third of all, chosen evenly
						checkEvidence(t, now[x], before[x])
					}
				}
			}
		}
	}
}

func TestEvidenceOfDifferentKindsIsNotCompared(t *testing.T) {
	t.Parallel()
	all := kinds(10, 4, 3, 0.5, 5, 6)
	for i, a := range all {
		if _, _, ok := a.Change(nil); ok {
			t.Errorf("%#v is compared with nothing", a)
		}
		for j, b := range all {
			x, y := kindOf(a), kindOf(b)
			if _, _, ok := a.Change(b); ok && x != y {
				t.Errorf("%#v is compared with %#v (%d, %d)", a, b, i, j)
			}
		}
	}
}

// kindOf names the kind of an evidence.
func kindOf(e Evidence) string {
	switch e.(type) {
	case Proportion:
		return "proportion"
	case NetScore:
		return "net score"
	case BoundedMean:
		return "bounded mean"
	case PositiveMean:
		return "positive mean"
	case ShareOfSums:
		return "share of sums"
	case RatioOfSums:
		return "ratio"
	case Total:
		return "total"
	case Count:
		return "count"
	case Quantile:
		return "quantile"
	case SurvivalMedian:
		return "survival median"
	}
	return "census"
}

func TestNothingIsUndefined(t *testing.T) {
	t.Parallel()
	for _, e := range []Evidence{Proportion{}, NetScore{}, BoundedMean{}, PositiveMean{}, RatioOfSums{}, ShareOfSums{}, Exact{}, Quantile{}, Quantile{P: 0.5, Sketch: &Sketch{}}} {
		if v, ok := e.Value(); ok {
			t.Errorf("%#v is %v", e, v)
		}
		if n := e.Samples(); n != 0 {
			t.Errorf("%#v has %v samples", e, n)
		}
	}
}

func TestACensusIsItsValue(t *testing.T) {
	t.Parallel()
	e := Exact{V: -3, N: 7, Defined: true}
	if v, ok := e.Value(); !ok || v != -3 || e.Samples() != 7 {
		t.Errorf("%+v is %v, %v of %v", e, v, ok, e.Samples())
	}
	if _, _, ok := e.Interval(0.95); ok {
		t.Error("a census has an interval")
	}
	if _, _, ok := e.Change(e); ok {
		t.Error("a census has a test")
	}
}

func FuzzEvidence(f *testing.F) {
	f.Add(10.0, 4.0, 3.0, 0.5, 5.0, 6.0)
	f.Add(1e9, 4e8, 3e8, 0.01, 1.0, 5.0)
	f.Add(2.0, 10.0, 50.0, 0.0, 10.0, 1.0)
	f.Add(2.0000007e8, 1.3333332533333333e8, 3.7499965e7, 0.07, 60.0, 5.0) // took 5 s
	f.Fuzz(func(t *testing.T, a, b, c, d, e, g float64) {
		now, before := kinds(a, b, c, d, e, g), kinds(a+1, b, c+2, d, e, g+1)
		for i := range now {
			checkEvidence(t, now[i], before[i])
		}
	})
}
