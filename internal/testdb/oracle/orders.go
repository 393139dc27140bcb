package oracle

import (
	"strconv"
	"strings"

	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// identity is what tells a customer apart; ok is false for NULL.
func identity(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return "s" + v, true
	case float64:
		return "n" + strconv.FormatFloat(v, 'g', -1, 64), true
	}
	return "", false
}

// amounts are the amounts in a window by the label currency: amounts of
// different currencies are never added up. Without a role for it there is one
// currency, which has no label.
func amounts(rows []Row, s kpi.Span, currency string) map[string][]float64 {
	return amountsAt("ordered_at", rows, s, currency)
}

// amountsAt are the amounts whose time in a role lies in a window.
func amountsAt(role string, rows []Row, s kpi.Span, currency string) map[string][]float64 {
	by := map[string][]float64{}
	if currency == "" {
		by[""] = nil
	}
	for _, r := range rows {
		x, ok := r.number("amount")
		if !ok || !r.within(role, s.Lo, s.Hi) {
			continue
		}
		label := ""
		if currency != "" {
			name, _ := r[currency].(string)
			if name = strings.ToUpper(strings.TrimSpace(name)); name == "" {
				name = kpi.NoSegment
			}
			label = "currency=" + name
		}
		by[label] = append(by[label], x)
	}
	return by
}

// Revenue is the sum of the amounts in the window.
type Revenue struct{ Currency string }

// Values implements KPI.
func (k Revenue) Values(rows []Row, s kpi.Span, seg Segment) []Value {
	var values []Value
	for label, xs := range amounts(seg.rows(rows), s, k.Currency) {
		total, terms := sum(xs)
		values = append(values, Value{Stat: "amount", Labels: label, V: total, Terms: terms, Defined: true, N: float64(len(xs))})
	}
	return values
}

// AverageOrderValue is the mean of the amounts in the window.
type AverageOrderValue struct{ Currency string }

// Values implements KPI.
func (k AverageOrderValue) Values(rows []Row, s kpi.Span, seg Segment) []Value {
	var values []Value
	for label, xs := range amounts(seg.rows(rows), s, k.Currency) {
		values = append(values, positiveMean("mean", label, xs), count("orders", label, float64(len(xs))))
	}
	return values
}

// buyers are the numbers of orders in the window of the customers who ordered
// in it. A customer's segment is that of the greatest amount among them.
func buyers(rows []Row, s kpi.Span, seg Segment) (orders []float64) {
	b := Base{Start: "ordered_at", Weight: "amount"}
	for _, own := range b.customers(rows) {
		var in []Row
		for _, r := range own {
			if r.within("ordered_at", s.Lo, s.Hi) {
				in = append(in, r)
			}
		}
		if len(in) > 0 && (seg.Total() || seg.holds(b.segment(in, seg.Of))) {
			orders = append(orders, float64(len(in)))
		}
	}
	return orders
}

// RepeatPurchase is the share of buyers with at least two orders.
type RepeatPurchase struct{}

// Values implements KPI.
func (RepeatPurchase) Values(rows []Row, s kpi.Span, seg Segment) []Value {
	orders := buyers(rows, s, seg)
	again := countIf(orders, 2, 1e9)
	n := float64(len(orders))
	return []Value{share("ratio", again, n), count("buyers", "", n), count("repeat_buyers", "", again)}
}

// PurchaseFrequency is the orders per buyer.
type PurchaseFrequency struct{}

// Values implements KPI.
func (PurchaseFrequency) Values(rows []Row, s kpi.Span, seg Segment) []Value {
	orders := buyers(rows, s, seg)
	total, _ := sum(orders)
	return []Value{positiveMean("mean", "", orders), count("purchases", "", total)}
}
