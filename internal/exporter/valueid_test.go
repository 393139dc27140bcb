package exporter

import (
	"testing"

	"github.com/cx-exporter/cx-exporter/collectors"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
	"github.com/cx-exporter/cx-exporter/internal/stats"
)

// A value is compared with the one of the same stat and labels, wherever that stands.
func TestValuesAreMatchedByStatAndLabels(t *testing.T) {
	t.Parallel()
	value := func(stat int, currency string, v float64) collectors.Value {
		x := collectors.Value{Stat: stat, Evidence: stats.Exact{V: v, N: 1, Defined: true}}
		if currency != "" {
			x.Labels = []kpi.Label{{Name: "currency", Value: currency}}
		}
		return x
	}
	c := computed{
		now:    []collectors.Value{value(0, "EUR", 1), value(0, "USD", 2), value(1, "", 3), value(0, "GBP", 4), value(2, "EUR", 5)},
		before: []collectors.Value{value(0, "EUR", 10), value(0, "GBP", 40), value(1, "", 30), value(0, "USD", 20)},
	}
	earlier := matching(c)
	for i, want := range []float64{10, 20, 30, 40, 0} {
		got := 0.0
		if e := earlier(i); e != nil {
			got, _ = e.Value()
		}
		if got != want {
			t.Errorf("value %d is compared with %v, not %v", i, got, want)
		}
	}
}
