package collectors

import (
	"math"
	"testing"
)

func TestQuickRatioIsRevenueWonByRevenueLost(t *testing.T) {
	t.Parallel()
	in := func(r row, currency string) row {
		r["currency"] = currency
		return r
	}
	rows := []row{
		in(paid("new", "03-10", "", 5), "EUR"), in(paid("back", "01-01", "02-01", 9), "EUR"), in(paid("back", "03-10", "", 7), "EUR"),
		in(paid("more", "01-01", "03-10", 10), "EUR"), in(paid("more", "03-10", "", 28), "EUR"),
		in(paid("less", "01-01", "03-10", 12), "EUR"), in(paid("less", "03-10", "", 10), "EUR"), in(paid("gone", "01-01", "03-10", 8), "EUR"),
		in(paid("same", "01-01", "", 100), "EUR"),
		in(paid("only gained", "03-10", "", 5), "USD"), in(paid("only lost", "01-01", "03-10", 5), "CHF"),
	}
	k := build(t, newQuickRatio(), EntitySubscriptions, roleCurrency)
	want(t, evaluate(t, k, march(), rows), map[string]float64{
		"cx_mrr_quick_ratio{currency=EUR}": 3, "cx_mrr_quick_ratio{currency=USD}": math.NaN(), "cx_mrr_quick_ratio{currency=CHF}": 0,
	})
	// Won are 5, 7 and 18, which is 398 in squares and 0.44222 by 30²; lost are 2 and
	// 8, 68 and 0.68. The root of the sum is 1.05935, by 1.95996 and as a factor 7.97481.
	e := evidence(t, k, march(), rows, "", "")["cx_mrr_quick_ratio{currency=EUR}"]
	lower, upper, ok := e.Interval(0.95)
	if !ok || math.Abs(lower-3/7.97481) > 1e-4 || math.Abs(upper-3*7.97481) > 1e-3 || e.Samples() != 5 {
		t.Errorf("3 is in [%v, %v], %v, of %v", lower, upper, ok, e.Samples())
	}
}

func TestQuickRatioNeedsABeginning(t *testing.T) {
	t.Parallel()
	k := build(t, newQuickRatio(), EntitySubscriptions)
	if err := k.(WindowChecker).CheckWindow(window(t, "all")); err == nil {
		t.Error("everything that ever was has no beginning")
	}
	want(t, evaluate(t, k, march(), nil), map[string]float64{"cx_mrr_quick_ratio": math.NaN()})
}
