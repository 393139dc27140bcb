package oracle

import "github.com/cx-exporter/cx-exporter/internal/kpi"

// Cost is the sum of the money spent in the window. It is counted, not sampled,
// so it has no interval.
type Cost struct{ Currency string }

// Values implements KPI.
func (k Cost) Values(rows []Row, s kpi.Span, seg Segment) []Value {
	var values []Value
	for label, xs := range amountsAt("incurred_on", seg.rows(rows), s, k.Currency, false) {
		total, terms := sum(xs)
		values = append(values, Value{Stat: "amount", Labels: label, V: total, Terms: terms, Defined: true, N: float64(len(xs))})
	}
	return values
}
