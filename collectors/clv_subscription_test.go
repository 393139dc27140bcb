package collectors

import (
	"math"
	"testing"

	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// twoMonths are 60.875 days, two twelfths of 365.25, from the first of January.
func twoMonths() kpi.Span {
	lo := at("01-01")
	return kpi.Span{Lo: lo, Hi: lo.Add(2 * month), At: lo.Add(2 * month)}
}

// One of four stays for two months, which is a half a month. Who is there at the
// end pays 60 and 20, on the average 40.
func TestCLVOfSubscriptions(t *testing.T) {
	t.Parallel()
	early := func(r row) row {
		r["started_at"] = at("01-01").AddDate(-1, 0, 0)
		return r
	}
	three := []row{
		early(paid("a", "01-01", "02-01", 70)), early(paid("b", "01-01", "02-01", 70)), early(paid("c", "01-01", "02-01", 70)),
		early(paid("d", "01-01", "", 10)), paid("d", "02-01", "", 50), paid("new", "02-01", "", 20),
	}
	// A fifth a month is (1.2^12 - 1) a year.
	const fifth = 7.916100448256
	tests := []struct {
		name               string
		p                  CLV
		rows               []row
		value, lifespan, n float64 // the lifespan in months
	}{
		{"1/(1-1/2) payments of 40", CLV{Margin: 1}, three, 80, 2, 2},
		{"a quarter of which is earned", CLV{Margin: 0.25, Method: clvSubscription}, three, 20, 2, 2},
		{"40·1.2/(1.2 - 1/2) with a discount", CLV{Margin: 1, Discount: fifth}, three, 40 * 12.0 / 7, 2, 2},
		{"40·(1 + 1/2 + 1/4) within three months", CLV{Margin: 1, Horizon: ptr(Duration(3 * month))}, three, 70, 1.75, 2},
		{"40·(1 + 1/2.4) of those within two months", CLV{Margin: 1, Discount: fifth, Horizon: ptr(Duration(2 * month))}, three, 40 * 17.0 / 12, 1.5, 2},
		{"who all left would have paid once", CLV{Margin: 1}, append(three[:3:3], three[5]), 20, 1, 1},
		{"without churn there is no end", CLV{Margin: 1, Discount: 0.1}, three[3:], math.NaN(), math.NaN(), 2},
		{"without churn the horizon is the end", CLV{Margin: 1, Horizon: ptr(Duration(5 * month))}, three[3:], 200, 5, 2},
		{"nobody at the beginning", CLV{Margin: 1, Horizon: ptr(Duration(5 * month))}, three[5:], math.NaN(), math.NaN(), 1},
		{"nobody at the end", CLV{Margin: 1}, three[:3], math.NaN(), 1, 0},
		{"nobody at all", CLV{Margin: 1}, nil, math.NaN(), math.NaN(), 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tt.p.Amounts = amountsGross
			k := build(t, &tt.p, EntitySubscriptions)
			want(t, evaluate(t, k, twoMonths(), tt.rows), map[string]float64{
				"cx_customer_lifetime_value{method=subscription}": tt.value,
				"cx_clv_customers":             tt.n,
				"cx_customer_lifespan_seconds": tt.lifespan * 30.4375 * 86400,
			})
		})
	}
}

// Churn of 3 in 4 lies in [0.3006418, 0.9544127] by Wilson, at which the formulas
// were computed.
func TestCLVOfSubscriptionsMovesTheIntervalOfChurn(t *testing.T) {
	t.Parallel()
	early := func(r row) row {
		r["started_at"] = at("01-01").AddDate(-1, 0, 0)
		return r
	}
	rows := []row{
		early(paid("a", "01-01", "02-01", 70)), early(paid("b", "01-01", "02-01", 70)), early(paid("c", "01-01", "02-01", 70)),
		early(paid("d", "01-01", "", 1)),
	}
	for _, tt := range []struct {
		discount     float64
		lower, upper float64
	}{
		{0, 1.2714747873381922, 6.107853612410292},
		{7.916100448256, 1.21643616258036047, 3.299208195678562},
	} {
		k := build(t, &CLV{Margin: 1, Discount: tt.discount, Amounts: amountsGross}, EntitySubscriptions)
		e := evidence(t, k, twoMonths(), rows, "", "")["cx_customer_lifetime_value{method=subscription}"]
		lower, upper, ok := e.Interval(0.95)
		if !ok || math.Abs(lower-tt.lower) > 1e-9 || math.Abs(upper-tt.upper) > 1e-9 {
			t.Errorf("[%v, %v], want [%v, %v]", lower, upper, tt.lower, tt.upper)
		}
		if e.Samples() != 4 {
			t.Errorf("rests on %v customers, want the 4 at the beginning", e.Samples())
		}
		if _, _, ok := e.Change(e); ok {
			t.Error("is tested for a change, although what customers pay changes it too")
		}
	}
}

func TestCLVOfSubscriptionsByCurrency(t *testing.T) {
	t.Parallel()
	in := func(currency string, r row) row {
		r["currency"] = currency
		r["started_at"] = at("01-01").AddDate(-1, 0, 0)
		return r
	}
	k := build(t, &CLV{Margin: 1, Amounts: amountsGross}, EntitySubscriptions, roleCurrency)
	got := evaluate(t, k, twoMonths(), []row{
		in("EUR", paid("a", "01-01", "", 30)), in("EUR", paid("b", "01-01", "02-01", 10)), in("EUR", paid("c", "01-01", "02-01", 10)), in("EUR", paid("d", "01-01", "02-01", 10)),
		in("USD", paid("a", "01-01", "02-01", 5)), in("usd", paid("b", "01-01", "", 7)),
		in("USD", paid("c", "01-01", "02-01", 5)), in("USD", paid("d", "01-01", "02-01", 5)),
	})
	want(t, got, map[string]float64{
		"cx_customer_lifetime_value{method=subscription,currency=EUR}": 60, "cx_clv_customers{currency=EUR}": 1, "cx_customer_lifespan_seconds{currency=EUR}": 5259600,
		"cx_customer_lifetime_value{method=subscription,currency=USD}": 14, "cx_clv_customers{currency=USD}": 1, "cx_customer_lifespan_seconds{currency=USD}": 5259600,
	})
}

func TestCLVOfSubscriptionsRefuses(t *testing.T) {
	t.Parallel()
	good := CLV{Margin: 1, Amounts: amountsGross}
	k := build(t, &good, EntitySubscriptions)
	if err := k.(WindowChecker).CheckWindow(window(t, "all")); err == nil {
		t.Error("a window without a beginning is taken")
	}
	if err := k.(WindowChecker).CheckWindow(window(t, "30d")); err != nil {
		t.Error(err)
	}
	if roles := rolesOf(k); len(roles) != 4 || k.Desc().Unwindowed {
		t.Errorf("reads %v, windowed: %t", roles, !k.Desc().Unwindowed)
	}
	for name, change := range map[string]func(*CLV){
		"a method for orders":      func(p *CLV) { p.Method = clvHistoric },
		"a method that is none":    func(p *CLV) { p.Method = "arpa" },
		"net amounts":              func(p *CLV) { p.Amounts = amountsNet },
		"a holdout":                func(p *CLV) { p.Holdout = ptr(duration("30d")) },
		"a lifespan":               func(p *CLV) { p.Lifespan = ptr(duration("30d")) },
		"a horizon of nothing":     func(p *CLV) { p.Horizon = ptr(Duration(0)) },
		"a horizon of a century":   func(p *CLV) { p.Horizon = ptr(duration("36500d")) },
		"a discount below nothing": func(p *CLV) { p.Discount = -0.1 },
		"no margin":                func(p *CLV) { p.Margin = 0 },
	} {
		p := good
		change(&p)
		if _, err := p.KPI(bind(EntitySubscriptions, facts.Role("currency"))); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}
