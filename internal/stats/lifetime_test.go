package stats

import (
	"math"
	"testing"
)

// The payments of every month are added up one by one.
func TestLifetimeIsTheSumOfItsPayments(t *testing.T) {
	t.Parallel()
	for _, l := range []Lifetime{
		{Left: Proportion{Hits: 3, N: 100}, Months: 1, Payment: 20},
		{Left: Proportion{Hits: 3, N: 100}, Months: 1, Payment: 20, Horizon: 24},
		{Left: Proportion{Hits: 30, N: 100}, Months: 12, Payment: 20, Discount: 0.01},
		{Left: Proportion{Hits: 30, N: 100}, Months: 12, Payment: 20, Discount: 0.01, Horizon: 36},
		{Left: Proportion{Hits: 0, N: 100}, Months: 12, Payment: 20, Discount: 0.01, Horizon: 36},
		{Left: Proportion{Hits: 0, N: 100}, Months: 12, Payment: 20, Horizon: 36},
		{Left: Proportion{Hits: 100, N: 100}, Months: 12, Payment: 20, Discount: 0.01, Horizon: 36},
		{Left: Proportion{Hits: 100, N: 100}, Months: 12, Payment: 20},
		{Left: Proportion{Hits: 1, N: 4}, Months: 3, Payment: -20},
	} {
		stays := math.Pow(1-l.Left.Hits/l.Left.N, 1/l.Months)
		last := 20_000.0
		if l.Horizon > 0 {
			last = l.Horizon
		}
		sum, months, there, worth := 0.0, 0.0, 1.0, 1.0
		for range int(last) {
			months += there
			sum += l.Payment * there * worth
			there *= stays
			worth /= 1 + l.Discount
		}
		if v, ok := l.Value(); !ok || math.Abs(v-sum) > 1e-9*math.Abs(sum) {
			t.Errorf("%+v is %v, want %v", l, v, sum)
		}
		if m, ok := l.Lifespan(); !ok || math.Abs(m-months) > 1e-9*months {
			t.Errorf("%+v lasts %v months, want %v", l, m, months)
		}
	}
}

// Gupta and Lehmann 2003: with 80 % retention and a discount of 12 %, a margin to
// come is worth 2.5 of it, and the present one is 1 more.
func TestLifetimeIsThatOfGuptaAndLehmannAndThePresentPayment(t *testing.T) {
	t.Parallel()
	l := Lifetime{Left: Proportion{Hits: 20, N: 100}, Months: 1, Payment: 1, Discount: 0.12}
	if v, ok := l.Value(); !ok || math.Abs(v-3.5) > 1e-12 {
		t.Errorf("the margin is worth %v of it, want 3.5", v)
	}
}

// A discount of next to nothing takes next to nothing off.
func TestLifetimeHasNoStepWhereTheDiscountEnds(t *testing.T) {
	t.Parallel()
	for _, horizon := range []float64{0, 0.5, 24} {
		l := Lifetime{Left: Proportion{Hits: 3, N: 100}, Months: 1, Payment: 20, Horizon: horizon}
		none, _ := l.Value()
		l.Discount = 1e-9
		if v, ok := l.Value(); !ok || math.Abs(v-none) > 1e-6*none {
			t.Errorf("within %v months the value falls from %v to %v", horizon, none, v)
		}
	}
}

func TestLifetimeBoundsHoldTheValue(t *testing.T) {
	t.Parallel()
	for _, l := range []Lifetime{
		{Left: Proportion{Hits: 1, N: 1000}, Months: 1, Payment: 20},
		{Left: Proportion{Hits: 0, N: 10}, Months: 1, Payment: 20, Horizon: 24},
		{Left: Proportion{Hits: 10, N: 10}, Months: 1, Payment: 20, Discount: 0.01},
		{Left: Proportion{Hits: 5, N: 10}, Months: 1, Payment: -20},
	} {
		v, _ := l.Value()
		lower, upper, ok := l.Interval(0.95)
		if !ok || !(lower <= v && v <= upper && lower < upper) {
			t.Errorf("%+v is %v in [%v, %v]", l, v, lower, upper)
		}
	}
}

func TestLifetimeIsUndefinedWithoutAnEnd(t *testing.T) {
	t.Parallel()
	for name, l := range map[string]Lifetime{
		"no churn":                 {Left: Proportion{N: 10}, Months: 1, Payment: 20},
		"no churn, but a discount": {Left: Proportion{N: 10}, Months: 1, Payment: 20, Discount: 0.01},
		"no customers":             {Months: 1, Payment: 20, Horizon: 12},
		"no time":                  {Left: Proportion{Hits: 1, N: 10}, Payment: 20},
		"no payment":               {Left: Proportion{Hits: 1, N: 10}, Months: 1, Payment: math.NaN()},
	} {
		if v, ok := l.Value(); ok {
			t.Errorf("%s: %v", name, v)
		}
		if lower, upper, ok := l.Interval(0.95); ok {
			t.Errorf("%s: [%v, %v]", name, lower, upper)
		}
		if _, _, ok := l.Change(l); ok {
			t.Errorf("%s: is tested for a change", name)
		}
	}
}
