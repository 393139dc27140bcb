package collectors

import (
	"math"
	"slices"
	"testing"

	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

func TestCES(t *testing.T) {
	t.Parallel()
	// Published: this distribution over 1 to 7 has the mean 4.08.
	var rows []row
	for i, n := range []int{80, 210, 140, 110, 160, 180, 120} {
		rows = append(rows, slices.Repeat(answers(i+1), n)...)
	}
	tests := []struct {
		name   string
		params Parameters
		rows   []row
		want   map[string]float64
	}{
		{
			name: "CES 2.0 by default: five to seven are easy", params: newCES(), rows: rows,
			want: map[string]float64{
				"cx_ces_net_score": 3, "cx_ces_mean_score": 4.08, "cx_ces_easy_ratio": 0.46,
				"cx_ces_responses{score=1}": 80, "cx_ces_responses{score=2}": 210, "cx_ces_responses{score=3}": 140,
				"cx_ces_responses{score=4}": 110, "cx_ces_responses{score=5}": 160, "cx_ces_responses{score=6}": 180,
				"cx_ces_responses{score=7}": 120,
			},
		},
		{
			name:   "CES 1.0: one and two of five are easy",
			params: &CES{Version: 2, Scale: &Scale{1, 5}, Direction: "lower_is_better"},
			rows:   answers(1, 2, 2, 5),
			want: map[string]float64{
				"cx_ces_net_score": 50, "cx_ces_mean_score": 2.5, "cx_ces_easy_ratio": 0.75,
				"cx_ces_responses{score=1}": 1, "cx_ces_responses{score=2}": 2, "cx_ces_responses{score=3}": 0,
				"cx_ces_responses{score=4}": 0, "cx_ces_responses{score=5}": 1,
			},
		},
		{
			name:   "a threshold between the steps",
			params: &CES{Version: 2, Scale: &Scale{1, 3}, Direction: "higher_is_better", EasyFrom: ptr(2.5)},
			rows:   answers(1, 2, 3),
			want: map[string]float64{
				"cx_ces_net_score": 0, "cx_ces_mean_score": 2, "cx_ces_easy_ratio": 1.0 / 3,
				"cx_ces_responses{score=1}": 1, "cx_ces_responses{score=2}": 1, "cx_ces_responses{score=3}": 1,
			},
		},
		{
			name:   "no answers",
			params: &CES{Version: 2, Scale: &Scale{1, 2}, Direction: "lower_is_better", EasyTo: ptr(1.0)},
			want: map[string]float64{
				"cx_ces_net_score": math.NaN(), "cx_ces_mean_score": math.NaN(), "cx_ces_easy_ratio": math.NaN(),
				"cx_ces_responses{score=1}": 0, "cx_ces_responses{score=2}": 0,
			},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			want(t, evaluate(t, build(t, tt.params, EntityResponses), march(), tt.rows), tt.want)
		})
	}
}

func TestCESDirectionIsThatOfTheMeanOnly(t *testing.T) {
	t.Parallel()
	d := build(t, &CES{Version: 2, Scale: &Scale{1, 5}, Direction: "lower_is_better"}, EntityResponses).Desc()
	if d.Stats[cesMean].Direction != kpi.LowerIsBetter || d.Stats[cesEasy].Direction != kpi.HigherIsBetter {
		t.Errorf("directions %v and %v", d.Stats[cesMean].Direction, d.Stats[cesEasy].Direction)
	}
}

func TestCESParameters(t *testing.T) {
	t.Parallel()
	mistakes(t, map[string]mistake{
		"the threshold must fit the direction": {
			&CES{Version: 2, Scale: &Scale{1, 7}, Direction: "higher_is_better", EasyTo: ptr(3.0)}, bind(EntityResponses),
			"easy_to: is for direction lower_is_better: use easy_from, or set the direction",
		},
		"and the other way round": {
			&CES{Version: 2, Scale: &Scale{1, 5}, Direction: "lower_is_better", EasyFrom: ptr(4.0)}, bind(EntityResponses),
			"easy_from: is for direction higher_is_better: use easy_to, or set the direction",
		},
		"an unusual scale needs its threshold": {
			&CES{Version: 2, Scale: &Scale{0, 10}, Direction: "higher_is_better"}, bind(EntityResponses),
			"easy_from: is missing: the scale 0 to 10 has no customary threshold, so it must be given",
		},
		"there are two directions": {
			&CES{Version: 2, Scale: &Scale{1, 7}, Direction: "neutral"}, bind(EntityResponses),
			`direction: "neutral" is neither higher_is_better nor lower_is_better`,
		},
	})
}

func TestSurveyKPIsShareOneCube(t *testing.T) {
	t.Parallel()
	var cubes []string
	for _, p := range []Parameters{newNPS(), newCSAT(), newCES()} {
		needs := build(t, p, EntityResponses).Needs(march())
		if len(needs) != 1 {
			t.Fatalf("%d needs", len(needs))
		}
		cubes = append(cubes, text(*needs[0].Cube))
	}
	if cubes[0] != cubes[1] || cubes[1] != cubes[2] {
		t.Errorf("cubes differ: %v", cubes)
	}
}
