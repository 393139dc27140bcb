package exporter_test

import (
	"time"

	"github.com/cx-exporter/cx-exporter/internal/testdb/oracle"
)

func (w *world) orders() {
	words, inactive := "", time.Duration(0)
	if w.rng.IntN(2) == 0 {
		words = []string{"1h", "2d", "7d"}[w.rng.IntN(3)]
		inactive = maturities[words]
	}
	time := w.moments(inactive)
	w.addCustomer()
	w.addTime("ordered_at", w.rng.IntN(2) == 0)
	w.addNumber("amount", w.rng.IntN(2) == 0)
	currency := ""
	if w.rng.IntN(2) == 0 {
		currency = w.addText("currency", true)
	}
	net := w.rng.IntN(3) == 0
	which := "gross"
	if net {
		w.addNumber("refunded_amount", true)
		which = "net"
	}
	if w.some() {
		w.addKPI("revenue", "{amounts: "+which+"}", oracle.Revenue{Currency: currency, Net: net})
	}
	if w.some() {
		w.addKPI("average_order_value", "{amounts: "+which+"}", oracle.AverageOrderValue{Currency: currency, Net: net})
	} else {
		w.addKPI("average_order_value", "{amounts: "+which+", zero_orders: leave_out}", oracle.AverageOrderValue{Currency: currency, Net: net, Worth: true})
	}
	if w.some() {
		growth := oracle.RevenueGrowth{Currency: currency, Net: net}
		var against string
		switch w.rng.IntN(3) {
		case 0:
			against, growth.Just = "just_before", true
		case 1:
			against, growth.Days = "weeks_before", 364
		default:
			against, growth.Years = "year_before", 1
		}
		w.addKPI("revenue_growth", "{amounts: "+which+", against: "+against+"}", growth)
	}
	switch w.rng.IntN(4) {
	case 0:
		w.addKPI("repeat_purchase", "{cohort: window}", oracle.RepeatPurchase{})
	case 2:
		w.addKPI("repeat_purchase", "{}", oracle.RepeatPurchase{Within: days(90)})
	case 1:
		within := []string{"1h", "2d", "7d"}[w.rng.IntN(3)]
		w.addKPI("repeat_purchase", "{within: "+within+"}", oracle.RepeatPurchase{Within: maturities[within]})
	}
	if w.some() {
		w.addKPI("purchase_frequency", "{}", oracle.PurchaseFrequency{})
	}
	if w.rng.IntN(3) == 0 {
		w.windows, w.change = w.windows[:1], false // its values are those of the instant
		clv := oracle.CLV{Currency: currency, Net: net, Margin: 1}
		params := ""
		switch w.rng.IntN(4) {
		case 0, 1:
			clv.Margin, clv.Lifespan = 0.5, 30
			params = ", method: simple, margin: 0.5, lifespan: 30d"
		case 2:
			clv.Margin, params = 0.25, ", method: historic, margin: 0.25"
		}
		w.addKPI("clv", "{amounts: "+which+params+"}", clv)
	}
	base := oracle.Base{Start: "ordered_at", Weight: "amount", Inactive: inactive}
	switch {
	case words != "":
		w.cohortKPIs([]string{"inactive_after: " + words}, base)
	case w.rng.IntN(2) == 0:
		w.cohortKPIs(nil, base)
	}
	if w.some() && inactive > maturities["1h"] {
		risk := oracle.AtRisk{Base: base, Within: maturities["1h"], Value: true, Currency: currency}
		w.addKPI("at_risk", "{silent_after: 1h, inactive_after: "+words+"}", risk)
	}
	customers := 1 + w.rng.IntN(30)
	for range w.size() {
		at := time()
		row := oracle.Row{
			"customer_id": w.maybe(4, w.customerID(w.rng.IntN(customers))),
			"ordered_at":  w.maybe(4, at),
			"amount":      w.maybe(5, w.amount()),
			"currency":    w.maybe(10, w.currency()),
		}
		if net {
			row["refunded_amount"] = w.maybe(60, pick(w.rng, []any{row["amount"], w.amount(), 0.0}))
		}
		w.rows = append(w.rows, row)
		if w.rng.IntN(10) == 0 { // delivered twice
			again := oracle.Row{}
			for role, v := range row {
				again[role] = v
			}
			w.rows = append(w.rows, again)
		}
	}
	w.ownKPIs("ordered_at", 4)
}

// currency is one of a few, written in several ways.
func (w *world) currency() string {
	return []string{"EUR", "EUR", "eur", " USD", "USD", "", "gbp "}[w.rng.IntN(7)]
}

func (w *world) carts() {
	words := []string{"1h", "2d", "7d", ""}[w.rng.IntN(4)]
	delay, params := maturities[words], "{delay: "+words+"}"
	if words == "" {
		delay, params = days(1), "{}"
	}
	time := w.moments(delay)
	w.addTime("created_at", w.rng.IntN(2) == 0)
	w.addTime("completed_at", w.rng.IntN(2) == 0)
	k := oracle.CartAbandonment{Time: "created_at", Delay: delay}
	if w.rng.IntN(3) == 0 {
		k.Time = w.addTime("reached_checkout_at", true)
		params = with(params, "of: checkouts")
	}
	if w.rng.IntN(3) > 0 {
		k.Value = w.addNumber("value", true)
		if w.rng.IntN(2) == 0 {
			k.Currency = w.addText("currency", true)
		}
	}
	w.addKPI("cart_abandonment", params, k)
	for range w.size() {
		begun := time()
		w.rows = append(w.rows, oracle.Row{
			"created_at":          w.maybe(4, begun),
			"reached_checkout_at": w.maybe(40, w.after(begun, delay, time)),
			"completed_at":        w.maybe(40, w.after(begun, 2*delay, time)),
			"value":               w.maybe(10, w.amount()),
			"currency":            w.maybe(10, w.currency()),
		})
	}
	w.ownKPIs("created_at", 3)
}
