package board

import (
	"testing"

	"github.com/cx-exporter/cx-exporter/alerts"
	"github.com/cx-exporter/cx-exporter/collectors"
	"github.com/cx-exporter/cx-exporter/config"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

func TestALimitIsDrawnOnTheScaleOfItsValue(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name         string
		stat         collectors.Stat
		value, limit float64
		done, mark   string // empty where nothing is drawn
	}{
		{"a score from -100 to 100", collectors.Stat{Unit: kpi.Score, Ends: kpi.Between(-100, 100)}, 50, 40, "75", "70"},
		{"a mean from 0 to 10", collectors.Stat{Unit: kpi.Score, Ends: kpi.Between(0, 10)}, 8, 7, "80", "70"},
		{"a mean from 1 to 5", collectors.Stat{Unit: kpi.Score, Ends: kpi.Between(1, 5)}, 4, 3, "75", "50"},
		{"a mean off its scale", collectors.Stat{Unit: kpi.Score, Ends: kpi.Between(0, 10)}, 12.5, 10, "100", "80"},
		{"a large share", collectors.Stat{Unit: kpi.Ratio, Ends: kpi.Between(0, 1)}, 0.84, 0.8, "84", "80"},
		{"a small share, on a part of its scale", collectors.Stat{Unit: kpi.Ratio, Ends: kpi.Between(0, 1)}, 0.03, 0.04, "60", "80"},
		{"a ratio that may exceed 1", collectors.Stat{Unit: kpi.Ratio, Ends: kpi.From(0)}, 1.2, 1.6, "60", "80"},
		{"a time", collectors.Stat{Unit: kpi.Seconds, Ends: kpi.From(0)}, 3 * 3600, 4 * 3600, "60", "80"},
		{"a growth, which has no ends", collectors.Stat{Unit: kpi.Ratio, Ends: kpi.Anything()}, 0.1, 0.05, "60", "55"},
		{"a fall beyond a half", collectors.Stat{Unit: kpi.Ratio, Ends: kpi.Anything()}, -0.75, 0, "0", "60"},
		{"money, of which nothing is known", collectors.Stat{Unit: kpi.Currency}, 300, 400, "60", "80"},
		{"money below zero", collectors.Stat{Unit: kpi.Currency}, -300, 400, "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			g := Goal{Goal: alerts.New(config.Goal{Stat: tt.stat}, config.Global{})}
			g.Verdict.Measured = alerts.Measured{Value: tt.value, Defined: true}
			m := limitMeter(g, tt.limit)
			switch {
			case m == nil && tt.done != "":
				t.Error("nothing is drawn")
			case m != nil && (m.Done != tt.done || m.Mark != tt.mark):
				t.Errorf("the bar is %s %% and the mark is at %s %%, want %s and %s", m.Done, m.Mark, tt.done, tt.mark)
			}
		})
	}
}
