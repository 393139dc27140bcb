package collectors

import (
	"math"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/facts"
)

func TestCLVSoFarAndCarriedOn(t *testing.T) {
	t.Parallel()
	shop := []row{
		sale("once", "03-31 12:00:00", 10.0, "EUR"),
		sale("twice a day", "03-20 06:00:00", 20.0, "EUR"), sale("twice a day", "03-20 07:00:00", 30.0, "eur"),
		sale("comes back", "03-02", 40.0, "EUR"), sale("comes back", "03-12", 50.0, "EUR"),
		sale("pays back", "03-10", 60.0, "EUR"), sale("pays back", "03-11", -25.0, "EUR"), // no purchase, but worth less
		sale("for free", "03-10", 0.0, "EUR"),
		sale("two currencies", "03-10", 15.0, "EUR"), sale("two currencies", "03-10", 7.0, "USD"),
		sale("unknown", "03-10", nil, "EUR"),
		sale("only gets back", "03-10", -500.0, "EUR"), // bought nothing
		sale("April", "04-01", 1000.0, "EUR"),
		{"customer_id": nil, "ordered_at": at("03-10"), "amount": 1000.0, "currency": "EUR"},
	}
	// The first purchase was 30 days ago.
	tests := []struct {
		name   string
		p      CLV
		mapped []facts.Role
		want   map[string]float64
	}{
		{
			"so far, by currency",
			CLV{Method: clvHistoric, Margin: 1, Amounts: amountsGross},
			[]facts.Role{roleCurrency},
			map[string]float64{
				"cx_customer_lifetime_value{method=historic,currency=EUR}": 200.0 / 6,
				"cx_customer_lifetime_value{method=historic,currency=USD}": 7,
				"cx_clv_customers{currency=EUR}":                           6, "cx_clv_customers{currency=USD}": 1,
				"cx_clv_repeat_customers{currency=EUR}": 1, "cx_clv_repeat_customers{currency=USD}": 0,
			},
		},
		{
			"a tenth of it is earned",
			CLV{Method: clvHistoric, Margin: 0.1, Amounts: amountsGross},
			nil,
			map[string]float64{"cx_customer_lifetime_value{method=historic}": 20.7 / 6, "cx_clv_customers": 6, "cx_clv_repeat_customers": 1},
		},
		{
			"30 days are too few to be carried on",
			CLV{Method: clvSimple, Lifespan: ptr(duration("90d")), Margin: 1, Amounts: amountsGross},
			nil,
			map[string]float64{
				"cx_customer_lifetime_value{method=simple}": math.NaN(), "cx_clv_customers": 6, "cx_clv_repeat_customers": 1,
				"cx_customer_lifespan_seconds": 90 * 86400,
			},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			k := build(t, &tt.p, EntityOrders, tt.mapped...)
			want(t, evaluate(t, k, always(), shop), tt.want)
			if got := rejected(t, k, always(), shop)["null_amount"]; got != 1 {
				t.Errorf("%v orders without an amount, want 1", got)
			}
		})
	}
}

// The first orders were 90 days and 89 days ago, counted back from the end of
// March.
func TestCLVIsCarriedOnFromAQuarterOn(t *testing.T) {
	t.Parallel()
	k := build(t, &CLV{Method: clvSimple, Lifespan: ptr(duration("270d")), Margin: 1, Amounts: amountsGross}, EntityOrders, roleCurrency)
	got := evaluate(t, k, always(), []row{
		sale("a", "01-02 12:00:00", 10.0, "EUR"), sale("a", "03-20", 20.0, "EUR"), sale("b", "03-20", 6.0, "EUR"), sale("nothing known", "01-01", nil, "EUR"),
		sale("a", "01-03 12:00:00", 10.0, "USD"),
	})
	if v := got["cx_customer_lifetime_value{method=simple,currency=EUR}"]; v != 54 {
		t.Errorf("36 of two customers in 90 days are %v in 270", v)
	}
	if v := got["cx_customer_lifetime_value{method=simple,currency=USD}"]; !math.IsNaN(v) {
		t.Errorf("10 in 89 days are %v in 270", v)
	}
}

// Too few customers who came back say nothing of the others.
func TestCLVDoesNotPredictFromNothing(t *testing.T) {
	t.Parallel()
	k := build(t, &CLV{Method: clvBGNBD, Margin: 1, Amounts: amountsGross}, EntityOrders)
	shop := []row{sale("a", "01-05", 10.0, nil), sale("a", "02-05", 20.0, nil), sale("b", "03-05", 10.0, nil)}
	want(t, evaluate(t, k, always(), shop), map[string]float64{
		"cx_customer_lifetime_value{method=bgnbd}": math.NaN(), "cx_clv_customers": 2, "cx_clv_repeat_customers": 1,
		"cx_clv_customers_alive": math.NaN(), "cx_clv_customers_at_risk": math.NaN(), "cx_clv_backtest_error_ratio": math.NaN(),
	})
}

// Customers who buy about every tenth day for about 20, and leave after one
// purchase in eleven, are known by what they do afterwards.
func TestCLVPredictsWhatSimulatedCustomersWillDo(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(2, 3))
	end := at("04-01")
	horizon := 100
	var shop []row
	brought, customers := 0.0, 0.0
	for i := range 6000 {
		name := strconv.Itoa(i)
		when := end.Add(-time.Duration(r.IntN(400*24)) * time.Hour)
		customers++
		rate, spends := 0.05+0.1*r.Float64(), 10+20*r.Float64()
		for first := true; when.Before(end.AddDate(0, 0, horizon)); first = false {
			amount := spends * (0.5 + r.Float64())
			if when.Before(end) {
				shop = append(shop, row{"customer_id": name, "ordered_at": when, "amount": amount})
			} else {
				brought += amount
			}
			if !first && r.Float64() < 1.0/11 {
				break
			}
			when = when.Add(time.Duration(r.ExpFloat64() / rate * 24 * float64(time.Hour)))
		}
	}
	k := build(t, &CLV{Method: clvBGNBD, Margin: 0.5, Horizon: ptr(Duration(horizon) * Duration(day)), Holdout: ptr(duration("100d")), Amounts: amountsGross}, EntityOrders)
	got := evidence(t, k, always(), shop, "", "")
	value := got["cx_customer_lifetime_value{method=bgnbd}"]
	v, _ := value.Value()
	if truth := 0.5 * brought / customers; math.Abs(v/truth-1) > 0.1 {
		t.Errorf("a customer is expected to bring %v, and brings %v", v, truth)
	}
	lower, upper, ok := value.Interval(0.95)
	if !ok || lower >= v || upper <= v || upper/lower > 1.3 {
		t.Errorf("in [%v, %v], %v", lower, upper, ok)
	}
	if e, ok := got["cx_clv_backtest_error_ratio"].Value(); !ok || math.Abs(e) > 0.1 {
		t.Errorf("the back-test is off by %v", e)
	}
	alive, _ := got["cx_clv_customers_alive"].Value()
	risk, _ := got["cx_clv_customers_at_risk"].Value()
	if !(alive > 0.2*customers && alive < 0.8*customers && risk > 0.2*customers && risk < 0.8*customers) {
		t.Errorf("%v alive and %v at risk of %v", alive, risk, customers)
	}
	whole := build(t, &CLV{Method: clvBGNBD, Margin: 1, Horizon: ptr(Duration(horizon) * Duration(day)), Discount: 0.5, Holdout: ptr(Duration(0)), Amounts: amountsGross}, EntityOrders)
	values := evaluate(t, whole, always(), shop)
	if _, there := values["cx_clv_backtest_error_ratio"]; there {
		t.Error("a back-test without a holdout")
	}
	if x := values["cx_customer_lifetime_value{method=bgnbd}"]; x >= 2*v || x < 1.8*v {
		t.Errorf("discounted by a half a year within 100 days it is %v of %v", x, 2*v)
	}
}

func TestCLVRefusesParameters(t *testing.T) {
	t.Parallel()
	good := CLV{Method: clvBGNBD, Margin: 1, Amounts: amountsGross}
	if _, err := good.KPI(bind(EntityOrders)); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*CLV){
		"an unknown method":              func(p *CLV) { p.Method = "magic" },
		"simple without a lifespan":      func(p *CLV) { p.Method = clvSimple },
		"a lifespan of nothing":          func(p *CLV) { p.Method, p.Lifespan = clvSimple, ptr(Duration(0)) },
		"a lifespan that nothing reads":  func(p *CLV) { p.Lifespan = ptr(duration("90d")) },
		"a horizon that nothing reads":   func(p *CLV) { p.Method, p.Horizon = clvHistoric, ptr(duration("90d")) },
		"a horizon of nothing":           func(p *CLV) { p.Horizon = ptr(Duration(0)) },
		"a horizon of a century":         func(p *CLV) { p.Horizon = ptr(duration("36500d")) },
		"a holdout that is no whole day": func(p *CLV) { p.Holdout = ptr(duration("36h")) },
		"a negative discount":            func(p *CLV) { p.Discount = -0.1 },
		"no margin":                      func(p *CLV) { p.Margin = 0 },
		"more margin than there is":      func(p *CLV) { p.Margin = 1.1 },
		"net amounts without refunds":    func(p *CLV) { p.Amounts = amountsNet },
		"the method of subscriptions":    func(p *CLV) { p.Method, p.Horizon = clvSubscription, nil },
	} {
		p := good
		change(&p)
		if _, err := p.KPI(bind(EntityOrders)); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}
