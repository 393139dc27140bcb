package collectors

import (
	"math"
	"testing"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

func instantOf(text string) time.Time {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return at
}

func TestRevenueGrowth(t *testing.T) {
	t.Parallel()
	sold := func(when string, amount float64, currency any) row {
		return row{"customer_id": "a", "ordered_at": instantOf(when), "amount": amount, "refunded_amount": amount / 2, "currency": currency}
	}
	shop := []row{
		sold("2024-03-01T00:00:00Z", 100, "EUR"), sold("2024-03-31T23:59:59Z", 20, "EUR"),
		sold("2023-03-01T00:00:00Z", 60, "eur"), sold("2023-03-31T23:59:59Z", 40, "EUR"),
		sold("2023-04-01T00:00:00Z", 500, "EUR"), sold("2023-02-28T23:59:59Z", 500, "EUR"),
		sold("2024-02-29T00:00:00Z", 30, "EUR"), // just before, and within 31 days
		sold("2024-03-10T00:00:00Z", 7, "USD"),  // without a base
		sold("2023-03-10T00:00:00Z", 7, "GBP"),  // with nothing now
		sold("2024-03-10T00:00:00Z", 7, "CHF"), sold("2023-03-10T00:00:00Z", -7, "CHF"),
	}
	tests := []struct {
		name     string
		against  string
		amounts  string
		currency bool
		want     map[string]float64
	}{
		{"the year before, by currency", againstYear, amountsGross, true, map[string]float64{
			"cx_revenue_growth_ratio{currency=EUR}": 0.2, "cx_revenue_growth_ratio{currency=USD}": math.NaN(),
			"cx_revenue_growth_ratio{currency=GBP}": -1, "cx_revenue_growth_ratio{currency=CHF}": math.NaN(),
		}},
		{"halved by refunds on both sides", againstYear, amountsNet, false, map[string]float64{
			"cx_revenue_growth_ratio": (120.0+7+7)/100 - 1,
		}},
		// 364 days before 1 March 2024 is 3 March 2023, and before 1 April it is
		// 3 April: only the orders of 31 March, 1 April and 10 March are in it.
		{"the same weekdays", againstWeeks, amountsGross, false, map[string]float64{
			"cx_revenue_growth_ratio": 134.0/540 - 1,
		}},
		{"just before", againstJust, amountsGross, false, map[string]float64{
			"cx_revenue_growth_ratio": 134.0/30 - 1,
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := bind(EntityOrders, roleRefundedAmount)
			b.Mapped[roleCurrency] = tt.currency
			k, err := (&RevenueGrowth{Amounts: tt.amounts, Against: tt.against}).KPI(b)
			if err != nil {
				t.Fatal(err)
			}
			want(t, evaluate(t, k, march(), shop), tt.want)
		})
	}
}

// The last day of February and midnights of a zone are where years go wrong.
func TestRevenueGrowthKnowsLeapYears(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	day := func(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, berlin).UTC() }
	k := build(t, newRevenueGrowth(), EntityOrders).(*revenueGrowth)
	for _, tt := range []struct{ lo, hi, wantLo, wantHi time.Time }{
		{day(2024, 2, 1), day(2024, 3, 1), day(2023, 2, 1), day(2023, 3, 1)},
		{day(2024, 3, 1), day(2024, 4, 1), day(2023, 3, 1), day(2023, 4, 1)},
		{day(2025, 2, 1), day(2025, 3, 1), day(2024, 2, 1), day(2024, 3, 1)},
		{day(2024, 2, 28), day(2024, 2, 29), day(2023, 2, 28), day(2023, 3, 1)},
		{day(2024, 3, 28), day(2024, 3, 30), day(2023, 3, 28), day(2023, 3, 30)}, // summer time begins on the 26th or the 31st
	} {
		got := k.earlier(kpi.Span{Lo: tt.lo, Hi: tt.hi, At: tt.hi.Add(time.Hour), Zone: berlin})
		if !got.Lo.Equal(tt.wantLo) || !got.Hi.Equal(tt.wantHi) || !got.At.Equal(tt.wantHi.Add(time.Hour)) {
			t.Errorf("a year before [%v, %v) is [%v, %v) at %v", tt.lo, tt.hi, got.Lo, got.Hi, got.At)
		}
	}
}

func TestRevenueGrowthRefuses(t *testing.T) {
	t.Parallel()
	for _, p := range []*RevenueGrowth{{Amounts: "gross", Against: "ever"}, {Amounts: "some", Against: againstYear}, {Amounts: amountsNet, Against: againstYear}} {
		if _, err := p.KPI(bind(EntityOrders)); err == nil {
			t.Errorf("%+v is taken", *p)
		}
	}
	k := build(t, newRevenueGrowth(), EntityOrders).(WindowChecker)
	if k.CheckWindow(window(t, "all")) == nil || k.CheckWindow(window(t, "400d")) == nil || k.CheckWindow(window(t, "365d")) != nil {
		t.Error("windows that are too long are taken, or others are not")
	}
}

func TestNetAmountsAndFreeOrders(t *testing.T) {
	t.Parallel()
	shop := []row{
		{"ordered_at": at("03-01"), "amount": 100.0, "refunded_amount": nil},
		{"ordered_at": at("03-02"), "amount": 50.0, "refunded_amount": 10.0},
		{"ordered_at": at("03-03"), "amount": 30.0, "refunded_amount": 30.0}, // paid back in full
		{"ordered_at": at("03-04"), "amount": 0.0, "refunded_amount": nil},   // free
		{"ordered_at": at("03-05"), "amount": -20.0, "refunded_amount": nil}, // a credit note
		{"ordered_at": at("03-06"), "amount": nil, "refunded_amount": 5.0},   // of what?
	}
	tests := []struct {
		amounts, zero string
		mean, orders  float64
	}{
		{amountsGross, zeroCount, 160.0 / 5, 5},
		{amountsGross, zeroLeaveOut, 160.0 / 4, 4},
		{amountsNet, zeroCount, 120.0 / 5, 5},
		{amountsNet, zeroLeaveOut, 120.0 / 3, 3},
	}
	for _, tt := range tests {
		t.Run(tt.amounts+" "+tt.zero, func(t *testing.T) {
			t.Parallel()
			k := build(t, &AverageOrderValue{Amounts: tt.amounts, ZeroOrders: tt.zero}, EntityOrders, roleRefundedAmount)
			want(t, evaluate(t, k, march(), shop), map[string]float64{"cx_average_order_value": tt.mean, "cx_orders": tt.orders})
		})
	}
	k := build(t, &Revenue{Amounts: amountsNet}, EntityOrders, roleRefundedAmount)
	want(t, evaluate(t, k, march(), shop), map[string]float64{"cx_revenue": 120})
	for _, p := range []Parameters{&Revenue{Amounts: amountsNet}, &Revenue{Amounts: "x"}, &AverageOrderValue{Amounts: amountsGross, ZeroOrders: "x"}} {
		if _, err := p.KPI(bind(EntityOrders)); err == nil {
			t.Errorf("%+v is taken", p)
		}
	}
}
