package collectors

import (
	"math"
	"testing"
)

func TestCSAT(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		params   CSAT
		rows     []row
		want     map[string]float64
		rejected map[string]float64
	}{
		{
			// Published: 10 very good, 4 good and 2 bad are 84.375 % of the way
			// from 1 to 5, which is 4.375.
			name: "two boxes of five and the mean",
			rows: append(append(answers(5, 5, 5, 5, 5, 5, 5, 5, 5, 5), answers(4, 4, 4, 4)...), answers(2, 2)...),
			want: map[string]float64{
				"cx_csat_normalized_ratio": 0.84375, "cx_csat_net_score": 75,
				"cx_csat_ratio": 14.0 / 16, "cx_csat_mean_score": 4.375,
				"cx_csat_responses{score=1}": 0, "cx_csat_responses{score=2}": 2, "cx_csat_responses{score=3}": 0,
				"cx_csat_responses{score=4}": 4, "cx_csat_responses{score=5}": 10,
			},
		},
		{
			name: "no answers leave the share and the mean undefined",
			want: map[string]float64{
				"cx_csat_normalized_ratio": math.NaN(), "cx_csat_net_score": math.NaN(),
				"cx_csat_ratio": math.NaN(), "cx_csat_mean_score": math.NaN(),
				"cx_csat_responses{score=1}": 0, "cx_csat_responses{score=2}": 0, "cx_csat_responses{score=3}": 0,
				"cx_csat_responses{score=4}": 0, "cx_csat_responses{score=5}": 0,
			},
		},
		{
			name: "scores between two steps are on the scale, and shown at the nearest half",
			rows: answers("4.5", "3.9", "4.1", "3.74"),
			want: map[string]float64{
				"cx_csat_normalized_ratio": 0.765, "cx_csat_net_score": 50,
				"cx_csat_ratio": 0.5, "cx_csat_mean_score": 4.06,
				"cx_csat_responses{score=1}": 0, "cx_csat_responses{score=2}": 0, "cx_csat_responses{score=3}": 0,
				"cx_csat_responses{score=3.5}": 1, "cx_csat_responses{score=4}": 2, "cx_csat_responses{score=4.5}": 1,
				"cx_csat_responses{score=5}": 0,
			},
		},
		{
			name:   "good and bad come as booleans, words and bits",
			params: CSAT{Scale: &Scale{0, 1}, Direction: "higher_is_better"},
			rows:   answers("t", "true", "YES", "1", "\x01", "f", "false", "no", "0", "offered", nil),
			want: map[string]float64{
				"cx_csat_normalized_ratio": 5.0 / 9, "cx_csat_net_score": 100.0 / 9,
				"cx_csat_ratio": 5.0 / 9, "cx_csat_mean_score": 5.0 / 9,
				"cx_csat_responses{score=0}": 4, "cx_csat_responses{score=1}": 5,
			},
			rejected: map[string]float64{"not_a_number": 1, "null_score": 1},
		},
		{
			name:   "a long scale shows the scores that occur",
			params: CSAT{Direction: "higher_is_better", Scale: &Scale{0, 100}, SatisfiedFrom: ptr(80.0)},
			rows:   answers(100, 80, 79, 80, 101),
			want: map[string]float64{
				"cx_csat_normalized_ratio": 0.8475, "cx_csat_net_score": 75,
				"cx_csat_ratio": 0.75, "cx_csat_mean_score": 339.0 / 4,
				"cx_csat_responses{score=79}": 1, "cx_csat_responses{score=80}": 2, "cx_csat_responses{score=100}": 1,
			},
			rejected: map[string]float64{"off_scale": 1},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := newCSAT()
			if tt.params.Direction != "" {
				p = &tt.params
			}
			k := build(t, p, EntityResponses)
			want(t, evaluate(t, k, march(), tt.rows), tt.want)
			want(t, rejected(t, k, march(), tt.rows), tt.rejected)
		})
	}
}

func TestCSATMeanAndShareMayPartWays(t *testing.T) {
	t.Parallel()
	k := build(t, newCSAT(), EntityResponses)
	before := evaluate(t, k, march(), answers(5, 5, 3, 3))
	after := evaluate(t, k, march(), answers(4, 4, 4, 1))
	if !(after["cx_csat_ratio"] > before["cx_csat_ratio"] && after["cx_csat_mean_score"] < before["cx_csat_mean_score"]) {
		t.Errorf("before %v, after %v", before, after)
	}
}

func TestCSATRangeIsThatOfScalesWhichReachZero(t *testing.T) {
	t.Parallel()
	if r := build(t, newCSAT(), EntityResponses).Desc().Stats[csatMean].Range(); r != 0 {
		t.Errorf("the scale 1 to 5 is positive, but its range is %v", r)
	}
	k := build(t, &CSAT{Direction: "higher_is_better", Scale: &Scale{0, 10}, SatisfiedFrom: ptr(8.0)}, EntityResponses)
	if r := k.Desc().Stats[csatMean].Range(); r != 10 {
		t.Errorf("range of 0 to 10 = %v", r)
	}
}

func TestCSATParameters(t *testing.T) {
	t.Parallel()
	mistakes(t, map[string]mistake{
		"an unusual scale needs its threshold": {
			&CSAT{Direction: "higher_is_better", Scale: &Scale{0, 10}}, bind(EntityResponses),
			"satisfied_from: is missing: the scale 0 to 10 has no customary threshold, so it must be given",
		},
		"the threshold must be on the scale": {
			&CSAT{Direction: "higher_is_better", Scale: &Scale{1, 5}, SatisfiedFrom: ptr(8.0)}, bind(EntityResponses),
			"satisfied_from: 8 is off the scale 1 to 5: give a score that can be answered",
		},
		"the ends may not be swapped": {
			&CSAT{Direction: "higher_is_better", Scale: &Scale{5, 1}, SatisfiedFrom: ptr(4.0)}, bind(EntityResponses),
			"scale: min 5 is not below max 1: give the lowest and the highest score that can be answered\n" +
				"satisfied_from: 4 is off the scale 5 to 1: give a score that can be answered",
		},
	})
}
