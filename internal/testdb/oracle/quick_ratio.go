package oracle

import (
	"math"

	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// QuickRatio is what new and returned customers pay and others pay more, by what
// those who left paid and others pay less.
type QuickRatio struct {
	Currency string
	Trial    string // when trials end; may be empty
}

// Values implements KPI.
func (k QuickRatio) Values(rows []Row, s kpi.Span, seg Segment) []Value {
	var values []Value
	for label, all := range payers(rows, s, seg, k.Currency, k.Trial) {
		var won, lost []float64
		for _, p := range all {
			switch p.movement() {
			case "new", "returned", "expansion":
				won = append(won, p.end-p.start)
			case "churned", "contraction":
				lost = append(lost, p.start-p.end)
			}
		}
		a, terms := sum(won)
		b, base := sum(lost)
		v := Value{Stat: "ratio", Labels: label, N: float64(len(won) + len(lost)), Defined: b > equal}
		if v.Defined {
			v.V = a / b
			v.Terms = (terms + math.Abs(v.V)*base) / b
			if a > 1e-6*terms && b > 1e-6*base {
				v.Bounds = func(c float64) (float64, float64, bool) {
					factor := math.Exp(normal(c) * math.Hypot(math.Sqrt(squares(won, 0))/a, math.Sqrt(squares(lost, 0))/b))
					return v.V / factor, v.V * factor, factor <= 100
				}
			}
		}
		values = append(values, v)
	}
	return values
}
