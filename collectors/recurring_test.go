package collectors

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/stats"
)

// paid is a subscription with its amount.
func paid(customer, start, end string, mrr float64) row {
	r := contract(customer, start, end)
	r["mrr"] = mrr
	return r
}

func TestMovementsOfRevenue(t *testing.T) {
	t.Parallel()
	moved := func(start, end, joined, returned, expansion, contraction, churned float64) map[string]float64 {
		return map[string]float64{
			"cx_mrr": end, "cx_mrr_at_start": start,
			"cx_mrr_change{movement=new}": joined, "cx_mrr_change{movement=returned}": returned,
			"cx_mrr_change{movement=expansion}": expansion, "cx_mrr_change{movement=contraction}": contraction,
			"cx_mrr_change{movement=churned}": churned,
		}
	}
	tests := []struct {
		name string
		rows []row
		want map[string]float64
	}{
		{"nobody", nil, moved(0, 0, 0, 0, 0, 0, 0)},
		{
			"one of each",
			[]row{
				paid("new", "03-10", "", 5), paid("returned", "01-01", "02-01", 9), paid("returned", "03-10", "", 7),
				paid("more", "01-01", "03-10", 10), paid("more", "03-10", "", 30),
				paid("less", "01-01", "03-10", 30), paid("less", "03-10", "", 10), paid("gone", "01-01", "03-10", 40),
			},
			moved(80, 52, 5, 7, 20, 20, 40),
		},
		{
			"a return from nothing is no expansion, and a fall to nothing no contraction",
			[]row{paid("back", "01-01", "02-01", 9), paid("back", "03-10", "", 9), paid("free", "01-01", "03-10", 20), paid("free", "03-10", "", 0)},
			moved(20, 9, 0, 9, 0, 0, 20),
		},
		{
			"who leaves and comes back within the window moves by the difference",
			[]row{paid("a", "01-01", "03-05", 10), paid("a", "03-25", "", 12)},
			moved(10, 12, 0, 0, 2, 0, 0),
		},
		{
			"two that add up to the same are no change",
			[]row{paid("a", "01-01", "03-05", 30), paid("a", "03-05", "", 10), paid("a", "03-05", "", 20)},
			moved(30, 30, 0, 0, 0, 0, 0),
		},
		{
			"who was free begins to pay by expansion",
			[]row{paid("a", "01-01", "", 0), paid("a", "03-05", "", 15)},
			moved(0, 15, 0, 0, 15, 0, 0),
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			want(t, evaluate(t, build(t, newMRR(), EntitySubscriptions), march(), tt.rows), tt.want)
		})
	}
}

func TestCurrenciesAreCustomersOfTheirOwn(t *testing.T) {
	t.Parallel()
	in := func(r row, currency any) row {
		r["currency"] = currency
		return r
	}
	rows := []row{
		in(paid("a", "01-01", "03-10", 10), "EUR"), in(paid("a", "03-10", "", 12), "USD"),
		in(paid("b", "01-01", "", 30), "EUR"), in(paid("c", "01-01", "", 1), nil),
	}
	want(t, evaluate(t, build(t, newRevenueRetention(), EntitySubscriptions, roleCurrency), march(), rows), map[string]float64{
		"cx_net_revenue_retention_ratio{currency=EUR}": 0.75, "cx_gross_revenue_retention_ratio{currency=EUR}": 0.75,
		"cx_revenue_churn_ratio{currency=EUR}":         0.25,
		"cx_net_revenue_retention_ratio{currency=USD}": math.NaN(), "cx_gross_revenue_retention_ratio{currency=USD}": math.NaN(),
		"cx_revenue_churn_ratio{currency=USD}":            math.NaN(),
		"cx_net_revenue_retention_ratio{currency=(none)}": 1, "cx_gross_revenue_retention_ratio{currency=(none)}": 1,
		"cx_revenue_churn_ratio{currency=(none)}": 0,
	})
	got := evaluate(t, build(t, newMRR(), EntitySubscriptions, roleCurrency), march(), rows)
	if got["cx_mrr_change{movement=new,currency=USD}"] != 12 || got["cx_mrr_change{movement=churned,currency=EUR}"] != 10 {
		t.Errorf("a change of currency is %v", got)
	}
}

// Three customers paid 100, 50 and 50; one is gone, one pays half, one pays 90.
// Net: y = 0, 25, 90 of x = 100, 50, 50, so R = 115/200 = 0.575. The residuals
// y - Rx are -57.5, -3.75 and 61.25, their squares add up to 7,071.875; times
// n/(n-1), under the root and by Σx that is 0.51497. Student's t with two
// degrees of freedom is 4.30265 at 95 %.
func TestRevenueRetentionHasTheIntervalOfARatio(t *testing.T) {
	t.Parallel()
	rows := []row{
		paid("gone", "01-01", "03-10", 100),
		paid("less", "01-01", "03-10", 50), paid("less", "03-10", "", 25),
		paid("more", "01-01", "", 50), paid("more", "03-10", "", 40),
	}
	got := evidence(t, build(t, newRevenueRetention(), EntitySubscriptions), march(), rows, "", "")
	expected := map[string][3]float64{
		"cx_net_revenue_retention_ratio":   {0.575 - 2.21573, 0.575, 0.575 + 2.21573},
		"cx_gross_revenue_retention_ratio": {0, 0.375, 1},
		"cx_revenue_churn_ratio":           {0, 0.625, 1},
	}
	for name, bounds := range expected {
		v, _ := got[name].Value()
		lower, upper, ok := got[name].Interval(0.95)
		if !ok || math.Abs(v-bounds[1]) > 1e-12 || math.Abs(lower-bounds[0]) > 1e-4 || math.Abs(upper-bounds[2]) > 1e-4 {
			t.Errorf("%s is %v in [%v, %v], want %v", name, v, lower, upper, bounds)
		}
		if got[name].Samples() != 3 {
			t.Errorf("%s rests on %v customers", name, got[name].Samples())
		}
	}
	before := got["cx_revenue_churn_ratio"]
	if _, _, ok := before.Change(before); !ok {
		t.Error("revenue churn cannot be tested for a change")
	}
	if _, _, ok := before.Change(stats.Exact{}); ok {
		t.Error("revenue churn is compared with something else")
	}
}

// Random customers: the movements explain the revenue at the end, in the total
// and in every segment, and so do the segments the total.
func TestRevenueKeepsItsIdentity(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(7, 8))
	for i := range 100 {
		var mapped []facts.Role
		if i%2 == 1 {
			mapped = []facts.Role{roleCurrency}
		}
		rows := make([]row, rng.IntN(60))
		for i := range rows {
			rows[i] = row{
				"customer_id": fmt.Sprint(rng.IntN(20)), "plan": string("abc"[rng.IntN(3)]), "currency": "EUR",
				"started_at": at("01-01").AddDate(0, 0, rng.IntN(120)), "mrr": float64(rng.IntN(4)),
			}
			if rng.IntN(2) == 0 {
				rows[i]["ended_at"] = at("01-01").AddDate(0, 0, rng.IntN(120))
			}
		}
		sums := map[string]float64{}
		total := map[string]float64{}
		for _, plan := range []string{"", "a", "b", "c"} {
			dimension := facts.Role("plan")
			if plan == "" {
				dimension = ""
			}
			sum := map[string]float64{}
			k := build(t, newMRR(), EntitySubscriptions, mapped...).(*mrr)
			f := &table{t: t, rows: rows, dimension: dimension, segment: plan, declared: k.Needs(march())}
			for _, v := range k.Compute(march(), f) {
				x, _ := v.Evidence.Value()
				sum[k.Desc().Stats[v.Stat].Name] += x
			}
			end := sum["at_start"] - sum["churned"] - sum["contraction"] + sum["expansion"] + sum["returned"] + sum["new"]
			if math.Abs(end-sum["amount"]) > 1e-9 {
				t.Fatalf("case %d, plan %q: %v", i, plan, sum)
			}
			for name, x := range sum {
				if plan == "" {
					total[name] = x
				} else {
					sums[name] += x
				}
			}
		}
		for name, x := range sums {
			if math.Abs(x-total[name]) > 1e-9 {
				t.Fatalf("case %d: the segments have %v %s, the total is %v", i, x, name, total[name])
			}
		}
	}
}

func TestRevenueKPIsNeedABeginning(t *testing.T) {
	t.Parallel()
	for _, p := range []Parameters{newMRR(), newRevenueRetention()} {
		k := build(t, p, EntitySubscriptions)
		if err := k.(WindowChecker).CheckWindow(window(t, "all")); err == nil {
			t.Errorf("%s accepts the window all", k.Desc().Name)
		}
		if needs := k.Needs(always()); needs != nil {
			t.Errorf("%s needs %v without a beginning", k.Desc().Name, needs)
		}
		for _, v := range k.Compute(always(), &table{t: t}) {
			if x, ok := v.Evidence.Value(); ok && x != 0 {
				t.Errorf("%s is %v without a beginning", k.Desc().Stats[v.Stat].Metric, x)
			}
		}
	}
}
