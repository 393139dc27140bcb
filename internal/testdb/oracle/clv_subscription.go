package oracle

import (
	"math"

	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// SubscriptionCLV is what customers pay a month, for as long as they would stay
// if they went on leaving as in a window.
type SubscriptionCLV struct {
	Currency string
	Trial    string // when trials end; may be empty
	Margin   float64
	Discount float64 // a year
	Horizon  float64 // in days; 0 is none
}

// Values implements KPI.
func (k SubscriptionCLV) Values(rows []Row, s kpi.Span, seg Segment) []Value {
	const month = 365.25 / 12 // days
	var values []Value
	for label, all := range payers(rows, s, seg, k.Currency, k.Trial) {
		var pay []float64
		started, left := 0.0, 0.0
		for _, p := range all {
			if p.is {
				pay = append(pay, p.end)
			}
			if p.was {
				started++
				if !p.is {
					left++
				}
			}
		}
		paid, size := sum(pay)
		customers := float64(len(pay))
		months := seconds(s.Lo, s.Hi) / 86400 / month
		// payments is how many payments of 1 come, were so large a share to leave
		// within the window, and steep is how much the rounding of the share that
		// stays counts in it.
		payments := func(share, yearly float64) (n, steep float64) {
			x := math.Pow(1-share, 1/months) / math.Pow(1+yearly, 1.0/12)
			switch {
			case k.Horizon > 0 && x == 1:
				return k.Horizon / month, 1
			case k.Horizon > 0:
				return (1 - math.Pow(x, k.Horizon/month)) / (1 - x), 1 / (1 - x)
			}
			return 1 / (1 - x), 1 / (1 - x)
		}
		method := "method=subscription"
		if label != "" {
			method += "," + label
		}
		// A day that has only begun says nothing of churn.
		known := months > 0 && started > 0 && (left > 0 || k.Horizon > 0)
		value := Value{Stat: "value", Labels: method, N: started, Defined: known && customers > 0}
		if value.Defined {
			n, steep := payments(left/started, k.Discount)
			each := k.Margin * paid / customers
			value.V, value.Terms = each*n, k.Margin*size/customers*n*steep
			value.Bounds = func(confidence float64) (float64, float64, bool) {
				low, high, ok := wilson(left, started, confidence)
				most, _ := payments(low, k.Discount)
				least, _ := payments(high, k.Discount)
				return math.Min(each*most, each*least), math.Max(each*most, each*least), ok && value.V != 0
			}
		}
		values = append(values, value, count("customers", label, customers))
		if known {
			n, steep := payments(left/started, 0)
			lifespan := count("lifespan", label, n*month*86400)
			lifespan.Terms = lifespan.V * steep
			values = append(values, lifespan)
		}
	}
	return values
}
