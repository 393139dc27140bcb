package oracle

import (
	"time"

	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// AtRisk is the active customers who are about to be lost: those all of whose
// contracts end before a while ahead is over or, without contracts, who have not
// ordered for a while.
type AtRisk struct {
	Base
	Within   time.Duration // ahead, or back
	Value    bool          // also what they pay
	Currency string
}

// Values implements KPI.
func (k AtRisk) Values(rows []Row, s kpi.Span, seg Segment) []Value {
	n, all, reason := 0.0, 0.0, "ending"
	if k.End == "" {
		reason = "silent"
	}
	for _, own := range k.customers(rows) {
		if active := k.active(own, s.Hi, s); len(active) > 0 && (seg.Total() || seg.holds(k.segment(active, seg.Of))) {
			all++
			if k.doubtful(active, s.Hi) {
				n++
			}
		}
	}
	values := []Value{
		share("ratio", n, all),
		{Stat: "customers", Labels: "reason=" + reason, V: n, Defined: true, N: n},
	}
	if !k.Value {
		return values
	}
	for label, rows := range byCurrency(rows, k.Currency) {
		var worths []float64
		for _, own := range k.customers(rows) {
			active := k.active(own, s.Hi, s)
			if len(active) > 0 && k.doubtful(active, s.Hi) && (seg.Total() || seg.holds(k.segment(active, seg.Of))) {
				worths = append(worths, worth(active))
			}
		}
		total, terms := sum(worths)
		values = append(values, Value{Stat: "value", Labels: label, V: total, Terms: terms, Defined: true, N: float64(len(worths))})
	}
	return values
}

// doubtful reports whether nothing keeps a customer with these active rows.
func (k AtRisk) doubtful(active []Row, t time.Time) bool {
	for _, r := range active {
		if k.End == "" {
			if r.within(k.Start, t.Add(-k.Within), t) {
				return false
			}
			continue
		}
		if end, ended := r.instant(k.End); !ended || !end.Before(t.Add(k.Within)) {
			return false
		}
	}
	return true
}
