package oracle

import (
	"math"

	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// CLV is what customers brought before s.At: so far or, with a lifespan, carried
// on for it. Windows do not matter to it.
type CLV struct {
	Currency string
	Net      bool
	Margin   float64
	Lifespan float64 // in days; 0 is the historic value
}

// Buyer is a customer by what was bought before an instant.
type Buyer struct {
	Days    map[int]float64 // the amounts of each day with rows, counted from the instant
	Bought  map[int]bool    // days with a purchase
	Total   float64
	Missing int // rows without an amount
	rows    []Row
}

// First and Last are the first and the last day with a purchase.
func (b Buyer) First() (first, last int) {
	first, last = math.MaxInt, math.MinInt
	for d := range b.Bought {
		first, last = min(first, d), max(last, d)
	}
	return first, last
}

// Buyers are the customers who bought before s.At, by currency and customer. Two
// currencies of a customer are two buyers.
func (k CLV) Buyers(rows []Row, s kpi.Span) map[string]map[string]Buyer {
	all := map[string]map[string]Buyer{}
	for _, r := range rows {
		id, ok := identity(r["customer_id"])
		at, known := r.instant("ordered_at")
		if !ok || !known || !at.Before(s.At) {
			continue
		}
		label := ""
		if k.Currency != "" {
			label = "currency=" + currencyOf(r, k.Currency)
		}
		if all[label] == nil {
			all[label] = map[string]Buyer{}
		}
		b, seen := all[label][id]
		if !seen {
			b = Buyer{Days: map[int]float64{}, Bought: map[int]bool{}}
		}
		amount, worth := r.number("amount")
		if refund, ok := r.number("refunded_amount"); ok && worth && k.Net {
			amount -= refund
		}
		day := int(math.Floor(seconds(s.At, at) / 86400))
		b.Days[day] += amount
		b.Total += amount
		if !worth {
			b.Missing++
		}
		if worth && amount >= 0 {
			b.Bought[day] = true
		}
		b.rows = append(b.rows, r)
		all[label][id] = b
	}
	for label, of := range all {
		for id, b := range of {
			if len(b.Bought) == 0 {
				delete(all[label], id)
			}
		}
	}
	return all
}

// Values implements KPI.
func (k CLV) Values(rows []Row, s kpi.Span, seg Segment) []Value {
	base := Base{Start: "ordered_at", Weight: "amount"}
	all := k.Buyers(rows, s)
	if k.Currency == "" && all[""] == nil {
		all[""] = nil
	}
	var values []Value
	for label, buyers := range all {
		var totals []float64
		again, oldest, terms := 0.0, 0, 0.0
		for _, b := range buyers {
			if !seg.Total() && !seg.holds(base.segment(b.rows, seg.Of)) {
				continue
			}
			totals = append(totals, b.Total)
			for _, x := range b.Days {
				terms += math.Abs(x)
			}
			if len(b.Bought) > 1 {
				again++
			}
			first, _ := b.First()
			oldest = max(oldest, -first)
		}
		method, factor := "method=historic", k.Margin
		if k.Lifespan > 0 {
			method, factor = "method=simple", k.Margin*k.Lifespan/float64(oldest)
		}
		for i := range totals {
			totals[i] *= factor
		}
		if label != "" {
			method += ","
		}
		n := float64(len(totals))
		v := positiveMean("value", method+label, totals)
		v.Terms = max(v.Terms, 2*terms*factor/n)
		if k.Lifespan > 0 && oldest < 90 { // too little was seen to be carried on
			v = Value{Stat: "value", Labels: v.Labels}
		}
		values = append(values, v, count("customers", label, n), count("repeaters", label, again))
		if k.Lifespan > 0 && n > 0 {
			values = append(values, count("lifespan", label, k.Lifespan*86400))
		}
	}
	return values
}
