package stats

import (
	"math"
	"testing"
)

func TestRateIsAnExactCountBySubjects(t *testing.T) {
	t.Parallel()
	// 10 events have the limits 4.795 and 18.390 (Ulm 1990).
	checkInterval(t, Rate{Events: 10, Per: 100}, 0.95, 0.04795, 0.18390, 5)
	checkInterval(t, Rate{Events: 0, Per: 2}, 0.95, 0, 1.8445, 3)
	if v, ok := (Rate{Events: 30, Per: 20}).Value(); !ok || v != 1.5 {
		t.Errorf("30 of 20 are %v, %v", v, ok)
	}
}

func TestChangeOfARateIsBinomial(t *testing.T) {
	t.Parallel()
	// Of 6 events, each falls to the first with a probability of 1/3.
	fell, rose, ok := Rate{Events: 3, Per: 50}.Change(Rate{Events: 3, Per: 100})
	if !ok || !near(fell, 656.0/729, 1e-9) || !near(rose, 233.0/729, 1e-9) {
		t.Errorf("fell %v, rose %v, %v", fell, rose, ok)
	}
	if _, _, ok := (Rate{Events: 3, Per: 50}).Change(Count{N: 3}); ok {
		t.Error("a rate is compared with a number")
	}
}

func TestRatesOfNobodyAreUndefined(t *testing.T) {
	t.Parallel()
	for _, r := range []Rate{{}, {Events: 3}, {Events: -1, Per: 3}, {Events: 1, Per: -3}, {Events: math.NaN(), Per: 3}, {Events: 1, Per: math.Inf(1)}} {
		v, ok := r.Value()
		_, _, bounded := r.Interval(0.95)
		_, _, compared := r.Change(Rate{Events: 1, Per: 1})
		if ok || bounded || compared {
			t.Errorf("%v: %v, %v, %v, %v", r, v, ok, bounded, compared)
		}
	}
}
