package oracle

import (
	"time"

	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// CartAbandonment is the share of carts that were not completed by s.At, among
// those of the window that are older than the delay, and what is in them.
type CartAbandonment struct {
	Time     string // places the cart
	Delay    time.Duration
	Value    string // empty where nothing tells it
	Currency string
}

// Values implements KPI.
func (k CartAbandonment) Values(rows []Row, s kpi.Span, seg Segment) []Value {
	n, abandoned := 0.0, 0.0
	worth := map[string][]float64{}
	if k.Currency == "" {
		worth[""] = nil
	}
	for _, r := range seg.rows(rows) {
		begun, ok := r.instant(k.Time)
		if !ok || !r.within(k.Time, s.Lo, s.Hi) || !begun.Add(k.Delay).Before(s.At) || r.backwards(k.Time, "completed_at") {
			continue
		}
		n++
		if r.before("completed_at", s.At) {
			continue
		}
		abandoned++
		if x, ok := r.number(k.Value); ok {
			label := ""
			if k.Currency != "" {
				label = "currency=" + currencyOf(r, k.Currency)
			}
			worth[label] = append(worth[label], x)
		}
	}
	values := []Value{share("ratio", abandoned, n), count("carts", "", n)}
	if k.Value == "" {
		return values
	}
	for label, xs := range worth {
		total, terms := sum(xs)
		values = append(values, Value{Stat: "value", Labels: label, V: total, Terms: terms, Defined: true, N: float64(len(xs))})
	}
	return values
}
