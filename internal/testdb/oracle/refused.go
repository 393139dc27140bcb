package oracle

import (
	"time"

	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// Refuser is a KPI that leaves rows of a window out for what they hold. Refused
// counts them by reason.
type Refuser interface {
	Refused(rows []Row, s kpi.Span) map[string]float64
}

// refusedIf counts the rows of a window for which a condition holds.
func refusedIf(reason string, rows []Row, by string, lo, hi time.Time, holds func(Row) bool) map[string]float64 {
	n := 0.0
	for _, r := range rows {
		if r.within(by, lo, hi) && holds(r) {
			n++
		}
	}
	return map[string]float64{reason: n}
}

// without holds for the rows that have no number in a role.
func without(role string) func(Row) bool {
	return func(r Row) bool {
		_, ok := r.number(role)
		return !ok
	}
}

// neither holds for the rows in which a role is neither yes nor no.
func neither(role string) func(Row) bool {
	return func(r Row) bool {
		_, ok := r.flag(role)
		return !ok
	}
}

// Refused are the answers without a usable score.
func (k Rating) Refused(rows []Row, s kpi.Span) map[string]float64 {
	_, refused := scored(rows, s, k.Min, k.Max, k.Words)
	return refused
}

// Refused are the orders without an amount.
func (Revenue) Refused(rows []Row, s kpi.Span) map[string]float64 {
	return refusedIf("null_amount", rows, "ordered_at", s.Lo, s.Hi, without("amount"))
}

// Refused are the orders without an amount.
func (AverageOrderValue) Refused(rows []Row, s kpi.Span) map[string]float64 {
	return Revenue{}.Refused(rows, s)
}

// Refused are the orders of the window without an amount.
func (RevenueGrowth) Refused(rows []Row, s kpi.Span) map[string]float64 {
	return Revenue{}.Refused(rows, s)
}

// Refused are the orders without an amount among those of customers who bought
// at all or not.
func (CLV) Refused(rows []Row, s kpi.Span) map[string]float64 {
	return refusedIf("null_amount", rows, "ordered_at", time.Time{}, s.At, func(r Row) bool {
		_, known := identity(r["customer_id"])
		return known && without("amount")(r)
	})
}

// Refused are the costs without an amount.
func (Cost) Refused(rows []Row, s kpi.Span) map[string]float64 {
	return refusedIf("null_amount", rows, "incurred_on", s.Lo, s.Hi, without("amount"))
}

// Refused are the abandoned carts without a value, where values are told.
func (k CartAbandonment) Refused(rows []Row, s kpi.Span) map[string]float64 {
	return refusedIf("null_amount", rows, k.Time, s.Lo, s.Hi, func(r Row) bool {
		begun, _ := r.instant(k.Time)
		return k.Value != "" && without(k.Value)(r) && begun.Add(k.Delay).Before(s.At) &&
			!r.backwards(k.Time, "completed_at") && !r.before("completed_at", s.At)
	})
}

// Refused are the rows of which the flag is neither yes nor no.
func (k Share) Refused(rows []Row, s kpi.Span) map[string]float64 {
	return refusedIf("not_a_flag", rows, k.By, s.Lo, s.Hi, neither(k.Of))
}

// Refused are the rows of which the flag is neither yes nor no.
func (k Count) Refused(rows []Row, s kpi.Span) map[string]float64 {
	if k.Of == "" {
		return nil
	}
	return refusedIf("not_a_flag", rows, k.By, s.Lo, s.Hi, neither(k.Of))
}

// Refused are the numbers below zero.
func (k Quantile) Refused(rows []Row, s kpi.Span) map[string]float64 {
	return refusedIf("off_scale", rows, k.By, s.Lo, s.Hi, func(r Row) bool {
		x, ok := r.number(k.Of)
		return ok && x < 0
	})
}

// Refused are the rows that share their labels, and the values of the others
// that are no numbers.
func (k Gauge) Refused(rows []Row, _ kpi.Span) map[string]float64 {
	same := map[string]int{}
	for _, r := range rows {
		same[k.label(r)]++
	}
	refused := map[string]float64{}
	for _, r := range rows {
		if same[k.label(r)] > 1 {
			refused["duplicate_labels"]++
			continue
		}
		for _, column := range k.Columns {
			if _, ok := r.number(column); !ok && r[column] != nil {
				refused["not_a_number"]++
			}
		}
	}
	return refused
}
