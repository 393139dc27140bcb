package board

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cx-exporter/cx-exporter/internal/exporter"
)

// While the past is still looked at, most points may lie near the end. The days of
// the axis stay at its ends and in its middle all the same.
func TestDaysOfAChartStandEvenlyWhateverPointsThereAre(t *testing.T) {
	t.Parallel()
	day := func(d int) time.Time { return time.Date(2026, 3, d, 0, 0, 0, 0, time.UTC) }
	past := []Point{{At: day(1), Value: 1, Defined: true}, {At: day(20), Value: 2, Defined: true}}
	series := &exporter.Series{}
	series.Defined, series.Value = true, 3
	c := newChart(&Story{Zone: time.UTC}, past, series, day(21))
	if c == nil {
		t.Fatal("there is no chart")
	}
	want := []tick{{"96", "1 Mar 2026", "start"}, {"420", "11 Mar 2026", "middle"}, {"744", "21 Mar 2026", "end"}}
	if diff := cmp.Diff(want, c.Days); diff != "" {
		t.Errorf("days (-want +got):\n%s", diff)
	}
}
