package oracle

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/calendar"
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
func amounts(rows []Row, s kpi.Span, currency string, net bool) map[string][]float64 {
	return amountsAt("ordered_at", rows, s, currency, net)
}

// amountsAt are the amounts whose time in a role lies in a window, less refunds
// where they are net.
func amountsAt(role string, rows []Row, s kpi.Span, currency string, net bool) map[string][]float64 {
	by := map[string][]float64{}
	if currency == "" {
		by[""] = nil
	}
	for _, r := range rows {
		x, ok := r.number("amount")
		if !ok || !r.within(role, s.Lo, s.Hi) {
			continue
		}
		if net {
			refund, _ := r.number("refunded_amount")
			x -= refund
		}
		label := ""
		if currency != "" {
			label = "currency=" + currencyOf(r, currency)
		}
		by[label] = append(by[label], x)
	}
	return by
}

// currencyOf is the currency in a role.
func currencyOf(r Row, role string) string {
	name, _ := r[role].(string)
	if name = strings.ToUpper(strings.TrimSpace(name)); name == "" {
		return kpi.NoSegment
	}
	return name
}

// Revenue is the sum of the amounts in the window.
type Revenue struct {
	Currency string
	Net      bool // amounts less refunds
}

// Values implements KPI.
func (k Revenue) Values(rows []Row, s kpi.Span, seg Segment) []Value {
	var values []Value
	for label, xs := range amounts(seg.rows(rows), s, k.Currency, k.Net) {
		total, terms := sum(xs)
		values = append(values, Value{Stat: "amount", Labels: label, V: total, Terms: terms, Defined: true, N: float64(len(xs))})
	}
	return values
}

// AverageOrderValue is the mean of the amounts in the window.
type AverageOrderValue struct {
	Currency string
	Net      bool // amounts less refunds
	Worth    bool // without orders that are worth 0
}

// Values implements KPI.
func (k AverageOrderValue) Values(rows []Row, s kpi.Span, seg Segment) []Value {
	var values []Value
	for label, xs := range amounts(seg.rows(rows), s, k.Currency, k.Net) {
		if k.Worth {
			xs = slices.DeleteFunc(xs, func(x float64) bool { return x == 0 })
		}
		values = append(values, positiveMean("mean", label, xs), count("orders", label, float64(len(xs))))
	}
	return values
}

// RevenueGrowth is by how much the amounts in the window exceed those of an
// earlier one.
type RevenueGrowth struct {
	Currency string
	Net      bool
	Years    int  // how far back the earlier window lies, with its days
	Days     int  // of the calendar
	Just     bool // or else whether it ends where the window begins
}

// Values implements KPI.
func (k RevenueGrowth) Values(rows []Row, s kpi.Span, seg Segment) []Value {
	earlier := calendar.Back(s, k.Years, k.Days)
	if k.Just {
		earlier = kpi.Span{Lo: s.Lo.Add(s.Lo.Sub(s.Hi)), Hi: s.Lo}
	}
	now, then := amounts(seg.rows(rows), s, k.Currency, k.Net), amounts(seg.rows(rows), earlier, k.Currency, k.Net)
	labels := map[string]bool{}
	for label := range now {
		labels[label] = true
	}
	for label := range then {
		labels[label] = true
	}
	var values []Value
	for label := range labels {
		a, terms := sum(now[label])
		b, base := sum(then[label])
		v := Value{Stat: "ratio", Labels: label, N: float64(len(now[label]) + len(then[label]))}
		// Amounts that cancel but for rounding are no base.
		if v.Defined = b > 1e-9*base; v.Defined {
			v.V = (a - b) / b
			v.Terms = (terms + math.Abs(a/b)*base) / b
			if a > 1e-6*terms && b > 1e-6*base {
				v.Bounds = func(c float64) (float64, float64, bool) {
					half := normal(c) * math.Hypot(math.Sqrt(squares(now[label], 0))/a, math.Sqrt(squares(then[label], 0))/b)
					return a/b*math.Exp(-half) - 1, a/b*math.Exp(half) - 1, half <= math.Log(100)
				}
			}
		}
		values = append(values, v)
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
type RepeatPurchase struct {
	// Within, where it is set, is how long after their first order customers
	// with it in the window have for the second.
	Within time.Duration
}

// Values implements KPI.
func (k RepeatPurchase) Values(rows []Row, s kpi.Span, seg Segment) []Value {
	if k.Within > 0 {
		n, again := k.newcomers(rows, s, seg)
		return []Value{share("ratio", again, n), count("buyers", "", n), count("repeat_buyers", "", again)}
	}
	orders := buyers(rows, s, seg)
	again := countIf(orders, 2, 1e9)
	n := float64(len(orders))
	return []Value{share("ratio", again, n), count("buyers", "", n), count("repeat_buyers", "", again)}
}

// newcomers are the customers with their first order in the window who had the
// time to come back, and those who did. A customer's segment is that of the
// greatest amount among the first orders.
func (k RepeatPurchase) newcomers(rows []Row, s kpi.Span, seg Segment) (n, again float64) {
	b := Base{Start: "ordered_at", Weight: "amount"}
	for _, own := range b.customers(rows) {
		first, _ := own[0].instant("ordered_at")
		for _, r := range own {
			if at, _ := r.instant("ordered_at"); at.Before(first) {
				first = at
			}
		}
		if first.Before(s.Lo) || !first.Before(s.Hi) || !first.Add(k.Within).Before(s.At) {
			continue
		}
		var firsts []Row
		soon := 0
		for _, r := range own {
			at, _ := r.instant("ordered_at")
			if at.Equal(first) {
				firsts = append(firsts, r)
			}
			if !at.After(first.Add(k.Within)) {
				soon++
			}
		}
		if !seg.Total() && !seg.holds(b.segment(firsts, seg.Of)) {
			continue
		}
		n++
		if soon > 1 {
			again++
		}
	}
	return n, again
}

// PurchaseFrequency is the orders per buyer.
type PurchaseFrequency struct{}

// Values implements KPI.
func (PurchaseFrequency) Values(rows []Row, s kpi.Span, seg Segment) []Value {
	orders := buyers(rows, s, seg)
	total, _ := sum(orders)
	return []Value{positiveMean("mean", "", orders), count("purchases", "", total)}
}
