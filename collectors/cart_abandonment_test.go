package collectors

import (
	"math"
	"testing"

	"github.com/cx-exporter/cx-exporter/internal/facts"
)

func cart(created, checkout, completed string, value, currency any) row {
	r := row{"created_at": at(created), "value": value, "currency": currency}
	if checkout != "" {
		r["reached_checkout_at"] = at(checkout)
	}
	if completed != "" {
		r["completed_at"] = at(completed)
	}
	return r
}

func TestCartAbandonment(t *testing.T) {
	t.Parallel()
	carts := []row{
		cart("03-01", "03-01", "03-01 01:00:00", 10.0, "EUR"), // bought
		cart("03-02", "", "", 20.0, "EUR"),                    // abandoned
		cart("03-03", "03-03 12:00:00", "", 30.0, "usd"),      // abandoned at the checkout
		cart("03-04", "03-05", "03-20", 40.0, "EUR"),          // recovered after the delay
		cart("03-05", "03-05", "04-02", 50.0, "USD"),          // bought, but that is not known yet
		cart("03-06", "", "", nil, "EUR"),                     // abandoned, its value unknown
		cart("03-31", "", "", 60.0, "EUR"),                    // the delay ends just now
		cart("03-31 01:00:00", "", "", 70.0, "EUR"),           // too young
		cart("02-29", "03-01", "", 80.0, "EUR"),               // begun in February
		cart("03-07", "", "03-06", 90.0, "EUR"),               // completed before it was begun
	}
	tests := []struct {
		name   string
		of     string
		mapped []facts.Role
		want   map[string]float64
	}{
		{
			"all carts", ofCarts, nil,
			map[string]float64{"cx_cart_abandonment_ratio": 4.0 / 6, "cx_carts": 6},
		},
		{
			"what is in them", ofCarts,
			[]facts.Role{roleValue},
			map[string]float64{"cx_cart_abandonment_ratio": 4.0 / 6, "cx_carts": 6, "cx_abandoned_cart_value": 100},
		},
		{
			"by currency", ofCarts,
			[]facts.Role{roleValue, roleCurrency},
			map[string]float64{
				"cx_cart_abandonment_ratio": 4.0 / 6, "cx_carts": 6,
				"cx_abandoned_cart_value{currency=EUR}": 20, "cx_abandoned_cart_value{currency=USD}": 80,
			},
		},
		{
			"those that reached the checkout", ofCheckouts,
			[]facts.Role{roleReachedCheckout, roleValue},
			map[string]float64{"cx_cart_abandonment_ratio": 3.0 / 5, "cx_carts": 5, "cx_abandoned_cart_value": 160},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			k := build(t, &CartAbandonment{Delay: Duration(day), Of: tt.of}, EntityCarts, tt.mapped...)
			want(t, evaluate(t, k, march(), carts), tt.want)
		})
	}
}

func TestCartAbandonmentWithoutCarts(t *testing.T) {
	t.Parallel()
	k := build(t, newCartAbandonment(), EntityCarts, roleValue)
	want(t, evaluate(t, k, march(), nil), map[string]float64{
		"cx_cart_abandonment_ratio": math.NaN(), "cx_carts": 0, "cx_abandoned_cart_value": 0,
	})
	if err := k.(WindowChecker).CheckWindow(window(t, "1d")); err == nil {
		t.Error("a window as long as the delay is always empty")
	}
}

func TestCartAbandonmentRefusesParameters(t *testing.T) {
	t.Parallel()
	for _, p := range []*CartAbandonment{
		{Delay: 0, Of: ofCarts},
		{Delay: Duration(367 * day), Of: ofCarts},
		{Delay: Duration(day), Of: "baskets"},
		{Delay: Duration(day), Of: ofCheckouts}, // without the column
	} {
		if _, err := p.KPI(bind(EntityCarts)); err == nil {
			t.Errorf("%+v is taken", *p)
		}
	}
}
