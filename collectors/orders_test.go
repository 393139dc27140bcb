package collectors

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// sale is an order with an amount; a nil amount is NULL.
func sale(customer, when string, amount, currency any) row {
	return row{"customer_id": customer, "ordered_at": at(when), "amount": amount, "currency": currency}
}

func TestRevenueAndAverageOrderValue(t *testing.T) {
	t.Parallel()
	shop := []row{
		sale("a", "03-01", 100.0, "EUR"),
		sale("a", "03-05", 50.0, "eur "),
		sale("b", "03-05", 0.0, "EUR"),      // free of charge
		sale("b", "03-06", -30.0, "EUR"),    // a refund
		sale("c", "03-31", 200.0, "USD"),    // another currency
		sale("c", "03-31", nil, "USD"),      // no amount
		sale("c", "03-31", nil, "JPY"),      // in a currency without any amount
		sale("d", "03-31", 7.0, nil),        // no currency
		sale("d", "04-01", 1000.0, "EUR"),   // April
		sale("d", "02-29", 10_000.0, "CHF"), // February
	}
	tests := []struct {
		name             string
		rows             []row
		currency         bool
		revenue, average map[string]float64
		missing          float64
	}{
		{
			name: "by currency where the role is named", rows: shop, currency: true,
			revenue: map[string]float64{
				"cx_revenue{currency=EUR}": 120, "cx_revenue{currency=USD}": 200, "cx_revenue{currency=(none)}": 7,
			},
			average: map[string]float64{
				"cx_average_order_value{currency=EUR}": 30, "cx_orders{currency=EUR}": 4,
				"cx_average_order_value{currency=USD}": 200, "cx_orders{currency=USD}": 1,
				"cx_average_order_value{currency=(none)}": 7, "cx_orders{currency=(none)}": 1,
			},
			missing: 2,
		},
		{
			name: "in one sum where it is not", rows: shop,
			revenue: map[string]float64{"cx_revenue": 327},
			average: map[string]float64{"cx_average_order_value": 54.5, "cx_orders": 6},
			missing: 2,
		},
		{
			name:    "no orders are no revenue and no average",
			revenue: map[string]float64{"cx_revenue": 0},
			average: map[string]float64{"cx_average_order_value": math.NaN(), "cx_orders": 0},
		},
		{name: "nor is there a currency of no orders", currency: true, revenue: map[string]float64{}, average: map[string]float64{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := bind(EntityOrders)
			b.Mapped[roleCurrency] = tt.currency
			for _, of := range []struct {
				params Parameters
				want   map[string]float64
			}{{newRevenue(), tt.revenue}, {newAverageOrderValue(), tt.average}} {
				k, err := of.params.KPI(b)
				if err != nil {
					t.Fatal(err)
				}
				want(t, evaluate(t, k, march(), tt.rows), of.want)
				refused := rejected(t, k, march(), tt.rows)
				if refused["null_amount"] != tt.missing {
					t.Errorf("refused %v, want %v without amount", refused, tt.missing)
				}
			}
		})
	}
}

func TestRevenueAndAverageShareTheirFacts(t *testing.T) {
	t.Parallel()
	a := build(t, newRevenue(), EntityOrders, roleCurrency).Needs(march())
	b := build(t, newAverageOrderValue(), EntityOrders, roleCurrency).Needs(march())
	if text(*a[0].Cube) != text(*b[0].Cube) {
		t.Errorf("%v and %v", *a[0].Cube, *b[0].Cube)
	}
}

func TestBuyers(t *testing.T) {
	t.Parallel()
	shop := []row{
		order("once", "03-05"),
		order("twice", "03-01"), order("twice", "03-31"),
		order("thrice in a day", "03-10"), order("thrice in a day", "03-10"), order("thrice in a day", "03-10 01:00:00"),
		order("once more in April", "03-20"), order("once more in April", "04-01"),
		order("February", "02-01"), order("February", "02-02"),
		{"customer_id": nil, "ordered_at": at("03-05"), "amount": 1.0},
	}
	tests := []struct {
		name             string
		span             kpi.Span
		rows             []row
		again, n, orders float64
	}{
		{"within March", march(), shop, 2, 4, 7},
		{"ever", always(), shop, 3, 5, 9},
		{"nobody", march(), nil, 0, 0, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			want(t, evaluate(t, build(t, &RepeatPurchase{Cohort: cohortWindow}, EntityOrders), tt.span, tt.rows), map[string]float64{
				"cx_repeat_purchase_ratio": tt.again / tt.n, "cx_buyers": tt.n, "cx_repeat_buyers": tt.again,
			})
			want(t, evaluate(t, build(t, newPurchaseFrequency(), EntityOrders), tt.span, tt.rows), map[string]float64{
				"cx_purchases_per_customer": tt.orders / tt.n, "cx_purchases": tt.orders,
			})
		})
	}
}

// Customers count by their first order, and only who had the time to come back.
func TestRepeatPurchaseWithinATimeOfTheFirst(t *testing.T) {
	t.Parallel()
	shop := []row{
		order("in time", "03-05"), order("in time", "03-12"), // on the last instant
		order("too late", "03-05"), order("too late", "03-12 00:00:01"),
		order("the same day", "03-06"), order("the same day", "03-06 10:00:00"), order("the same day", "03-30"),
		order("once", "03-24 23:59:59"),
		order("too young", "03-25"), order("too young", "03-26"),
		order("of February", "02-28"), order("of February", "03-01"), order("of February", "03-02"),
		{"customer_id": nil, "ordered_at": at("03-05"), "amount": 1.0},
	}
	k := build(t, &RepeatPurchase{Within: ptr(duration("7d"))}, EntityOrders)
	want(t, evaluate(t, k, march(), shop), map[string]float64{
		"cx_repeat_purchase_ratio": 0.5, "cx_buyers": 4, "cx_repeat_buyers": 2,
	})
	want(t, evaluate(t, k, always(), shop), map[string]float64{
		"cx_repeat_purchase_ratio": 0.6, "cx_buyers": 5, "cx_repeat_buyers": 3,
	})
	if k.(WindowChecker).CheckWindow(window(t, "7d")) == nil || k.(WindowChecker).CheckWindow(window(t, "all")) != nil {
		t.Error("a window in which nobody had the time is taken, or another is not")
	}
}

func TestRepeatPurchaseIsByFirstOrdersUnlessToldOtherwise(t *testing.T) {
	t.Parallel()
	shop := []row{
		order("in time", "01-01"), order("in time", "03-31"), order("once", "01-01 12:00:00"),
		order("too young", "01-02"), order("too young", "01-03"),
	}
	k := build(t, newRepeatPurchase(), EntityOrders)
	want(t, evaluate(t, k, always(), shop), map[string]float64{
		"cx_repeat_purchase_ratio": 0.5, "cx_buyers": 2, "cx_repeat_buyers": 1,
	})
	err := k.(WindowChecker).CheckWindow(window(t, "90d"))
	if err == nil || !strings.Contains(err.Error(), "cohort: window") {
		t.Errorf("a window as long as the time to come back: %v", err)
	}
	k = build(t, &RepeatPurchase{Cohort: "window"}, EntityOrders)
	want(t, evaluate(t, k, march(), shop), map[string]float64{
		"cx_repeat_purchase_ratio": 0, "cx_buyers": 1, "cx_repeat_buyers": 0,
	})
	if err := k.(WindowChecker).CheckWindow(window(t, "7d")); err != nil {
		t.Error(err)
	}
	mistakes(t, map[string]mistake{
		"nobody comes back at once": {
			&RepeatPurchase{Within: ptr(Duration(0))}, bind(EntityOrders),
			fmt.Sprintf("within: 0s must be above 0 and at most %s: say how long after the first order the second may come, such as 90d, or set cohort: window for both within the window", 5*maxMaturity),
		},
		"a window is its own limit": {
			&RepeatPurchase{Cohort: "window", Within: ptr(duration("30d"))}, bind(EntityOrders),
			"within: is for the cohort first_order: remove it, or the cohort",
		},
		"cohorts have names": {
			&RepeatPurchase{Cohort: "month"}, bind(EntityOrders), `cohort: "month" is neither first_order nor window`,
		},
	})
}

// Frequency times buyers is the number of orders, and its interval comes from
// how much customers differ.
func TestPurchaseFrequencyHasTheSpreadOfCustomers(t *testing.T) {
	t.Parallel()
	k := build(t, newPurchaseFrequency(), EntityOrders)
	equal := []row{order("a", "03-01"), order("a", "03-02"), order("b", "03-01"), order("b", "03-02")}
	if _, _, ok := evidence(t, k, march(), equal, "", "")["cx_purchases_per_customer"].Interval(0.95); ok {
		t.Error("customers who are all alike say nothing of the spread")
	}
	rng := rand.New(rand.NewPCG(7, 8))
	var rows []row
	for range 300 {
		rows = append(rows, row{
			"customer_id": string(rune('a' + rng.IntN(20))), "amount": 1.0,
			"ordered_at": at("02-25").Add(time.Duration(rng.IntN(40*24)) * time.Hour),
		})
	}
	e := evidence(t, k, march(), rows, "", "")
	mean, _ := e["cx_purchases_per_customer"].Value()
	orders, _ := e["cx_purchases"].Value()
	if math.Abs(mean*e["cx_purchases_per_customer"].Samples()-orders) > 1e-9 {
		t.Errorf("%v times %v buyers are not %v orders", mean, e["cx_purchases_per_customer"].Samples(), orders)
	}
	lower, upper, ok := e["cx_purchases_per_customer"].Interval(0.95)
	if !ok || !(lower < mean && mean < upper) {
		t.Errorf("interval of %v = [%v, %v], %v", mean, lower, upper, ok)
	}
}
