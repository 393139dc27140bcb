package collectors

import (
	"strings"
	"testing"

	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// What the help of a family promises in words, goals and the board go by.
func TestValuesTellTheEndsOfTheirScales(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d Definition, _ string, k KPI) {
		for _, s := range k.Desc().Stats {
			switch share := strings.Contains(s.Help, "from 0 to 1"); {
			case d.Repeatable || s.Unit == kpi.Currency: // of any sign
			case !s.Ends.Known():
				t.Errorf("%s does not tell its ends: say that it has none, if so", s.Metric)
			case share != (s.Ends == kpi.Between(0, 1)) && s.Name != "normalized":
				t.Errorf("%s goes from %v to %v, and its help says %q", s.Metric, s.Ends.Min, s.Ends.Max, s.Help)
			case s.Unit == kpi.Score && !s.Ends.Closed():
				t.Errorf("%s is a score on no scale", s.Metric)
			}
		}
	})
}

func TestTheLengthOfAScaleIsThatOfScalesWhichReachZero(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		stat   Stat
		length float64
	}{
		"points from -100 to 100":           {Stat{Unit: kpi.Score, Ends: kpi.Between(-100, 100)}, 200},
		"a mean from 0 to 10":               {Stat{Unit: kpi.Score, Ends: kpi.Between(0, 10)}, 10},
		"a mean from 1 to 5":                {Stat{Unit: kpi.Score, Ends: kpi.Between(1, 5)}, 0},
		"a share":                           {Stat{Unit: kpi.Ratio, Ends: kpi.Between(0, 1)}, 0},
		"a difference of shares":            {Stat{Unit: kpi.Ratio, Ends: kpi.Between(-1, 1)}, 2},
		"a growth":                          {Stat{Unit: kpi.Ratio, Ends: kpi.Anything()}, 1},
		"an error of at least -1":           {Stat{Unit: kpi.Ratio, Ends: kpi.From(-1)}, 1},
		"a time":                            {Stat{Unit: kpi.Seconds, Ends: kpi.From(0)}, 0},
		"seconds from 0 to 600":             {Stat{Unit: kpi.Seconds, Ends: kpi.Between(0, 600)}, 0},
		"degrees from -20 to 50":            {Stat{Unit: kpi.Count, Ends: kpi.Between(-20, 50)}, 70},
		"money, which may be of any sign":   {Stat{Unit: kpi.Currency}, 0},
		"a ratio of which nothing is known": {Stat{Unit: kpi.Ratio}, 0},
	} {
		if got := tt.stat.Range(); got != tt.length {
			t.Errorf("%s: %v, want %v", name, got, tt.length)
		}
	}
}
