package collectors

import (
	"testing"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/facts"
)

// shortened is what a database tells whose times are binary fractions: where
// tickets end as they start, the sums of their durations are a part of a
// microsecond less than nothing.
type shortened struct{ facts.Facts }

type shortenedCell struct{ facts.Cell }

func (f shortened) Cells(c *facts.Cube, lo, hi time.Time, yield func(facts.Cell)) {
	f.Facts.Cells(c, lo, hi, func(cell facts.Cell) { yield(shortenedCell{cell}) })
}

func (shortenedCell) Sum(sum int) float64 { return []float64{-2.4e-7, 5.8e-14}[sum] }

func TestMeanOfTimesThatBinaryFractionsMakeNegativeIsZero(t *testing.T) {
	t.Parallel()
	atOnce := []row{{"created_at": at("03-05"), "first_response_at": at("03-05"), "resolved_at": at("03-05")}}
	for name, params := range map[string]interface {
		KPI(Binding) (KPI, error)
	}{"first response": &FirstResponseTime{}, "resolution": &ResolutionTime{}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k, err := params.KPI(bind(EntityTickets))
			if err != nil {
				t.Fatal(err)
			}
			values := k.Compute(march(), shortened{&table{t: t, rows: atOnce, declared: k.Needs(march())}})
			mean, ok := values[timingMean].Evidence.Value()
			if !ok || mean != 0 {
				t.Errorf("the mean is %g, %t, want 0", mean, ok)
			}
		})
	}
}
