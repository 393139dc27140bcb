package board

import (
	"fmt"
	"strings"
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

// What cannot be judged has not become better: a goal of which nothing is known since
// it fell behind comes before those that are at risk, and is counted as what it is.
func TestGoalsAreInTheOrderOfTheVerdictThatStands(t *testing.T) {
	t.Parallel()
	goal := func(name string, status, stands alerts.Status) Goal {
		g := Goal{Goal: alerts.New(config.Goal{Name: name, Title: name}, config.Global{})}
		g.Verdict = alerts.Verdict{Known: true, State: alerts.State{Status: status, Stands: stands}}
		return g
	}
	s := &Story{Goals: []Goal{
		goal("kept", alerts.OnTrack, alerts.OnTrack),
		goal("never judged", alerts.NoData, alerts.NoData),
		goal("at risk", alerts.AtRisk, alerts.AtRisk),
		goal("kept before", alerts.NoData, alerts.OnTrack),
		goal("behind before", alerts.NoData, alerts.OffTrack),
		goal("behind", alerts.OffTrack, alerts.OffTrack),
	}}
	goals := goalsOf(s, "")
	var order, numbers []string
	for _, g := range goals {
		order = append(order, g.Title)
	}
	for _, c := range counts(goals) {
		numbers = append(numbers, fmt.Sprint(c.N, " ", c.Words))
	}
	if got, want := strings.Join(order, ", "), "behind, behind before, at risk, never judged, kept before, kept"; got != want {
		t.Errorf("the order is %s, want %s", got, want)
	}
	if got, want := strings.Join(numbers, ", "), "1 off track, 1 at risk, 3 no data, 1 on track"; got != want {
		t.Errorf("the counts are %s, want %s", got, want)
	}
}
