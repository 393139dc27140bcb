package collectors

import (
	"math"
	"strings"
	"testing"

	"github.com/cx-exporter/cx-exporter/internal/kpi"
	"github.com/cx-exporter/cx-exporter/internal/stats"
)

func custom1(extra ...row) []row {
	rows := []row{
		{"at": at("03-01"), "ok": "t", "cost": 2.0, "units": 1, "wait": 1.0, "who": "a", "currency": "EUR"},
		{"at": at("03-02"), "ok": "no", "cost": 4.0, "units": 3, "wait": 2.0, "who": "b", "currency": "USD"},
		{"at": at("03-31 23:59:59"), "ok": nil, "cost": 6.0, "units": 1, "wait": 300.0, "who": "a", "currency": "EUR"},
		{"at": at("03-31"), "ok": "perhaps", "cost": nil, "units": nil, "wait": -1.0, "who": nil, "currency": "EUR"},
		{"at": at("04-01"), "ok": "t", "cost": 99.0, "units": 99, "wait": 99.0, "who": "z", "currency": "EUR"},
	}
	return append(rows, extra...)
}

func TestCustomKPIs(t *testing.T) {
	t.Parallel()
	const neutral = "neutral"
	tests := []struct {
		name     string
		params   Parameters
		mapped   bool // whether the role currency is
		want     map[string]float64
		rejected map[string]float64
	}{
		{
			name: "a share of rows", params: &Ratio{Name: "fine", Of: "ok", Direction: neutral},
			want: map[string]float64{"cx_custom_fine_ratio": 0.5}, rejected: map[string]float64{"not_a_flag": 1},
		},
		{
			name: "a ratio of sums", params: &Ratio{Name: "unit_cost", Numerator: "cost", Denominator: "units", Direction: neutral},
			want: map[string]float64{"cx_custom_unit_cost_ratio": 12.0 / 5},
		},
		{
			name: "a mean leaves empty numbers out", params: &Mean{Name: "spending", Of: "cost", Unit: "score", Direction: neutral},
			want: map[string]float64{"cx_custom_spending_score": 4},
		},
		{
			name: "a mean of money is by currency", params: &Mean{Name: "spending", Of: "cost", Unit: "currency", Direction: neutral}, mapped: true,
			want: map[string]float64{"cx_custom_spending_currency{currency=EUR}": 4, "cx_custom_spending_currency{currency=USD}": 4},
		},
		{
			name: "a mean of anything else is not", params: &Mean{Name: "spending", Of: "cost", Unit: "seconds", Direction: neutral}, mapped: true,
			want: map[string]float64{"cx_custom_spending_seconds": 4},
		},
		{
			name: "a sum", params: &Sum{Name: "work", Of: "units", Unit: "units", Direction: neutral},
			want: map[string]float64{"cx_custom_work_units": 5},
		},
		{
			name: "a sum of money is by currency", params: &Sum{Name: "spending", Of: "cost", Unit: "currency", Direction: neutral}, mapped: true,
			want: map[string]float64{"cx_custom_spending_currency{currency=EUR}": 8, "cx_custom_spending_currency{currency=USD}": 4},
		},
		{
			name: "a count of all rows", params: &Count{Name: "all", Unit: "rows", Direction: neutral},
			want: map[string]float64{"cx_custom_all_rows": 4}, rejected: nil,
		},
		{
			name: "a count of the rows with a flag", params: &Count{Name: "fine", Of: "ok", Unit: "calls", Direction: neutral},
			want: map[string]float64{"cx_custom_fine_calls": 1}, rejected: map[string]float64{"not_a_flag": 1},
		},
		{
			name: "different values", params: &Distinct{Name: "callers", Of: "who", Unit: "customers", Direction: neutral},
			want: map[string]float64{"cx_custom_callers_customers": 2},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := bind(EntityCustom, roleAt)
			b.Mapped[roleCurrency] = tt.mapped
			k, err := tt.params.KPI(b)
			if err != nil {
				t.Fatal(err)
			}
			want(t, evaluate(t, k, march(), custom1()), tt.want)
			if _, ok := k.(Rejecter); ok {
				want(t, rejected(t, k, march(), custom1()), tt.rejected)
			}
			for key, e := range evidence(t, k, march(), nil, "", "") {
				if n := e.Samples(); n != 0 {
					t.Errorf("%s of no rows rests on %v", key, n)
				}
			}
		})
	}
}

func TestCustomQuantile(t *testing.T) {
	t.Parallel()
	k := build(t, &Quantile{Name: "wait", Of: "wait", Q: 0.5, Unit: "seconds", Direction: "lower_is_better"}, EntityCustom, roleAt)
	rows := custom1(row{"at": at("03-05"), "wait": nil}, row{"at": at("03-05"), "wait": 0.0})
	// 0, 1, 2 and 300; half of them do not exceed 1.
	near(t, "median", evaluate(t, k, march(), rows)["cx_custom_wait_seconds"], 1)
	want(t, rejected(t, k, march(), rows), map[string]float64{"off_scale": 1})
	if v := evaluate(t, k, march(), nil)["cx_custom_wait_seconds"]; !math.IsNaN(v) {
		t.Errorf("median of nothing = %v", v)
	}
}

func TestCustomMeanChoosesItsInterval(t *testing.T) {
	t.Parallel()
	of := func(m Mean) stats.Evidence {
		m.Name, m.Of, m.Direction = "x", "cost", "neutral"
		for _, e := range evidence(t, build(t, &m, EntityCustom, roleAt), march(), custom1(), "", "") {
			return e
		}
		return nil
	}
	if e, ok := of(Mean{Unit: "seconds"}).(stats.PositiveMean); !ok {
		t.Errorf("seconds: %T", e)
	}
	bounded, ok := of(Mean{Unit: "seconds", Max: ptr(10.0)}).(stats.BoundedMean)
	if !ok || bounded.Max != 10 || !math.IsInf(bounded.Min, -1) {
		t.Errorf("seconds up to 10: %+v", bounded)
	}
	lower, upper, ok := of(Mean{Unit: "points"}).Interval(0.95)
	if !ok || !(lower < 4 && 4 < upper) {
		t.Errorf("interval of 4 points = [%v, %v], %v", lower, upper, ok)
	}
}

func TestCustomRatioOfSumsHasAnInterval(t *testing.T) {
	t.Parallel()
	k := build(t, &Ratio{Name: "unit_cost", Numerator: "cost", Denominator: "units", Direction: "neutral"}, EntityCustom, roleAt)
	// By hand: R = 12/5; residuals y - R x are 2-2.4, 4-7.2 and 6-2.4, whose
	// squares add up to 23.36; the variance is 3/2 of that over 25, its root
	// 1.18389; Student's t with 2 degrees of freedom is 4.30265 at 95 %.
	lower, upper, ok := evidence(t, k, march(), custom1(), "", "")["cx_custom_unit_cost_ratio"].Interval(0.95)
	if !ok || math.Abs(lower-(2.4-5.09386)) > 1e-4 || math.Abs(upper-(2.4+5.09386)) > 1e-4 {
		t.Errorf("interval = [%v, %v], %v", lower, upper, ok)
	}
}

func TestCustomKPIsOnOtherEntitiesUseTheirTime(t *testing.T) {
	t.Parallel()
	k := build(t, &Count{Name: "big", Unit: "orders", Direction: "neutral"}, EntityOrders)
	want(t, evaluate(t, k, march(), []row{order("a", "03-01"), order("a", "04-01")}), map[string]float64{"cx_custom_big_orders": 1})
	k = build(t, &Count{Name: "closed", Unit: "tickets", By: "closed_at", Direction: "neutral"}, EntityTickets)
	want(t, evaluate(t, k, march(), []row{{"created_at": at("01-01"), "closed_at": at("03-05")}}), map[string]float64{"cx_custom_closed_tickets": 1})
	k = build(t, &Count{Name: "shipped", Unit: "orders", By: "shipped_on", Direction: "neutral"}, EntityOrders)
	want(t, evaluate(t, k, march(), []row{{"ordered_at": at("01-01"), "shipped_on": at("03-05")}}), map[string]float64{"cx_custom_shipped_orders": 1})
}

func TestCustomKPIsSayWhatTheyAre(t *testing.T) {
	t.Parallel()
	k := build(t, &Sum{Name: "refund_value", Of: "refunded", Unit: "currency", Direction: "lower_is_better", BusinessGoal: "revenue", Help: "Refunds paid."}, EntityOrders)
	d := k.Desc()
	s := d.Stats[0]
	if d.Name != "refund_value" || d.Title != "Refund value" || d.Variant != "sum of refunded by ordered_at" || d.BusinessGoal != "revenue" {
		t.Errorf("%+v", d)
	}
	if s.Metric != "cx_custom_refund_value_currency" || s.Unit != kpi.Currency || s.Direction != kpi.LowerIsBetter || s.Help != "Refunds paid." {
		t.Errorf("%+v", s)
	}
	if u := build(t, &Count{Name: "x", Unit: "tickets", Direction: "neutral"}, EntityTickets).Desc().Stats[0].Unit; u != kpi.Count {
		t.Errorf("tickets are measured in %s", u)
	}
}

func TestCustomParameters(t *testing.T) {
	t.Parallel()
	b := bind(EntityOrders)
	count := func(name, unit string) *Count { return &Count{Name: name, Unit: unit, Direction: "neutral"} }
	mistakes(t, map[string]mistake{
		"a name is needed":          {count("", "rows"), b, "name: is missing: a custom KPI needs a name of its own, such as refund_share"},
		"a name is for a metric":    {count("Refunds-2024", "rows"), b, `name: "Refunds-2024" is no name for a metric: use lower-case letters, digits and single underscores, beginning with a letter`},
		"a name is not taken":       {count("nps", "rows"), b, `name: "nps" is a KPI of the catalogue: use another name, so that the two can be told apart`},
		"an abbreviation in a name": {count("plan_b", "rows"), b, `name: "plan_b" has "b" in it, which Prometheus takes for an abbreviated unit: write the word out`},
		"days are not a base unit":  {count("two_days", "orders"), b, `name: "two_days" has the unit "days" in it: Prometheus wants base units, so convert the values to seconds`},
		"nor are milliseconds":      {&Sum{Name: "x", Of: "y", Unit: "milliseconds", Direction: "neutral"}, b, `unit: "milliseconds" has the unit "milliseconds" in it: Prometheus wants base units, so convert the values to seconds`},
		"percent are ratios":        {&Sum{Name: "x", Of: "y", Unit: "percent", Direction: "neutral"}, b, `unit: "percent" has "percent" in it: Prometheus wants shares from 0 to 1, so use ratio`},
		"gauges are gauges anyway":  {count("my_gauge", "rows"), b, `name: "my_gauge" has the type of the metric in it: leave the word gauge out`},
		"total is for counters":     {count("x", "orders_total"), b, `unit: "orders_total" cannot end the name of this metric: "total" means something else to Prometheus or to this exporter; use the plural of what is counted, such as tickets`},
		"lower is a bound":          {count("x", "lower"), b, `unit: "lower" cannot end the name of this metric: "lower" means something else to Prometheus or to this exporter; use the plural of what is counted, such as tickets`},
		"a unit is a word":          {count("x", "Orders"), b, `unit: "Orders" is no unit: use seconds, ratio, score, currency, or the plural of what is counted, in lower case`},
		"rows are not seconds":      {count("x", "seconds"), b, `unit: "seconds" is not counted: use the plural of what is, such as tickets`},
		"a unit is needed":          {&Mean{Name: "x", Of: "y", Direction: "neutral"}, b, "unit: is missing: use seconds, ratio, score, currency, or the plural of what is counted, such as tickets"},
		"a column is needed":        {&Mean{Name: "x", Unit: "score", Direction: "neutral"}, b, "of: is missing: name the column of numbers"},
		"min is below max":          {&Mean{Name: "x", Of: "y", Unit: "score", Min: ptr(2.0), Max: ptr(1.0), Direction: "neutral"}, b, "min: 2 is not below max 1"},
		"there are three directions": {
			&Count{Name: "x", Unit: "rows", Direction: "up"}, b,
			`direction: "up" is none of higher_is_better, lower_is_better and neutral`,
		},
		"there are four goals": {
			&Count{Name: "x", Unit: "rows", Direction: "neutral", BusinessGoal: "fame"}, b,
			`business_goal: "fame" is none of retention, loyalty, revenue and support`,
		},
		"a share needs its column": {&Ratio{Name: "x", Direction: "neutral"}, b, "of: is missing: name the column that holds yes or no, or give numerator and denominator"},
		"a ratio needs both sums":  {&Ratio{Name: "x", Numerator: "y", Direction: "neutral"}, b, "denominator: is missing: name the column whose sum it is divided by"},
		"a ratio is of one kind": {
			&Ratio{Name: "x", Of: "z", Numerator: "y", Denominator: "z", Direction: "neutral"}, b,
			"of: cannot stand beside numerator and denominator: the first is a share of rows, the others are of sums",
		},
		"different values of what": {&Distinct{Name: "x", Unit: "values", Direction: "neutral"}, b, "of: is missing: name the column whose different values are counted"},
		"a quantile has a share": {
			&Quantile{Name: "x", Of: "y", Unit: "seconds", Direction: "neutral"}, b,
			"q: 0 is not between 0 and 1: use 0.5 for the median, or 0.9 for what nine of ten do not exceed",
		},
		"a percentile is not a share": {
			&Quantile{Name: "x", Of: "y", Unit: "seconds", Q: 90, Direction: "neutral"}, b,
			"q: 90 is not between 0 and 1: use 0.5 for the median, or 0.9 for what nine of ten do not exceed",
		},
		"rows are placed by a time": {
			&Count{Name: "x", Unit: "rows", By: "amount", Direction: "neutral"}, b,
			`by: "amount" is not a time: name the column that places a row in a window`,
		},
		"custom rows have no time of their own": {
			count("x", "rows"), bind(EntityCustom),
			"by: is missing: the entity custom has no time of its own, so name the column that places a row in a window, here or as at under columns",
		},
		"all mistakes are told at once": {&Sum{Direction: "neutral"}, b, strings.Join([]string{
			"name: is missing: a custom KPI needs a name of its own, such as refund_share",
			"unit: is missing: use seconds, ratio, score, currency, or the plural of what is counted, such as tickets",
			"of: is missing: name the column of numbers",
		}, "\n")},
	})
}
