package collectors

import "testing"

func TestCostIsWhatWasSpentByCurrency(t *testing.T) {
	t.Parallel()
	spent := func(when string, amount, currency any) row {
		return row{"incurred_on": at(when), "amount": amount, "currency": currency}
	}
	costs := []row{
		spent("03-01", 1200.0, "EUR"),
		spent("03-31", 300.5, " eur"),
		spent("03-15", -100.0, "EUR"), // came back
		spent("03-15", 80.0, "USD"),
		spent("03-15", nil, "USD"),      // no amount
		spent("04-01", 5000.0, "EUR"),   // April
		spent("02-29", 10_000.0, "CHF"), // February
	}
	for _, tt := range []struct {
		name    string
		k       KPI
		rows    []row
		sums    map[string]float64
		missing float64
	}{
		{"by currency where the role is named", build(t, newCost(), EntityCosts, roleCurrency), costs, map[string]float64{"cx_cost{currency=EUR}": 1400.5, "cx_cost{currency=USD}": 80}, 1},
		{"in one sum where it is not", build(t, newCost(), EntityCosts), costs, map[string]float64{"cx_cost": 1480.5}, 1},
		{"no bookings are nothing spent", build(t, newCost(), EntityCosts), nil, map[string]float64{"cx_cost": 0}, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			want(t, evaluate(t, tt.k, march(), tt.rows), tt.sums)
			if refused := rejected(t, tt.k, march(), tt.rows); refused["null_amount"] != tt.missing {
				t.Errorf("refused %v, want %v without amount", refused, tt.missing)
			}
		})
	}
}
