package collectors

import (
	"math"
	"slices"
	"testing"

	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// only keeps the families of a result without their labels.
func only(got map[string]float64, families ...string) map[string]float64 {
	kept := map[string]float64{}
	for _, name := range families {
		if v, ok := got[name]; ok {
			kept[name] = v
		}
	}
	return kept
}

func TestSatisfactionIsTheSameOfCustomersAndProducts(t *testing.T) {
	t.Parallel()
	// Half of the answers are satisfied, a quarter is not; 3.25 is 56.25 % of the
	// way from 1 to 5.
	rows := answers(5, 4, 3, 1)
	want(t, only(evaluate(t, build(t, newPSAT(), EntityResponses), march(), rows),
		"cx_psat_ratio", "cx_psat_mean_score", "cx_psat_normalized_ratio", "cx_psat_net_score", "cx_psat_responses{score=5}"),
		map[string]float64{
			"cx_psat_ratio": 0.5, "cx_psat_mean_score": 3.25, "cx_psat_normalized_ratio": 0.5625, "cx_psat_net_score": 25,
			"cx_psat_responses{score=5}": 1,
		})
}

func TestENPSHasMetricsOfItsOwn(t *testing.T) {
	t.Parallel()
	want(t, evaluate(t, build(t, newENPS(), EntityResponses), march(), answers(10, 9, 8, 0)), map[string]float64{
		"cx_enps_score": 25, "cx_enps_mean_score": 6.75,
		"cx_enps_responses{category=promoter}": 2, "cx_enps_responses{category=passive}": 1, "cx_enps_responses{category=detractor}": 1,
	})
}

func TestPulse(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name            string
		params          *Pulse
		rows            []row
		favorable, mean float64
	}{
		{"four and five of five are favourable", &Pulse{Direction: "higher_is_better"}, answers(5, 4, 4, 3, 1), 0.6, 3.4},
		{"a statement that is worded the other way round", &Pulse{Direction: "lower_is_better"}, answers(5, 4, 4, 3, 1), 0.2, 3.4},
		{"nobody has answered", &Pulse{Direction: "higher_is_better"}, nil, math.NaN(), math.NaN()},
		{"agree and disagree", &Pulse{Direction: "higher_is_better", Words: map[string]float64{"agree": 1, "disagree": 0}}, answers("Agree", "agree", "disagree"), 2.0 / 3, 2.0 / 3},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := evaluate(t, build(t, tt.params, EntityResponses), march(), tt.rows)
			want(t, only(got, "cx_pulse_favorable_ratio", "cx_pulse_mean_score"), map[string]float64{
				"cx_pulse_favorable_ratio": tt.favorable, "cx_pulse_mean_score": tt.mean,
			})
		})
	}
}

func TestWordsAndPicturesAreScores(t *testing.T) {
	t.Parallel()
	k := build(t, &CSAT{Direction: "higher_is_better", Words: map[string]float64{
		"happy": 3, "Neutral": 2, "sad": 1, "😀": 3, "☹": 1,
	}}, EntityResponses)
	rows := answers("happy", " HAPPY ", "neutral", "sad", "😀", "☹\ufe0f", "3", "2.0", "4", "hapy", "😐", "", nil, "true")
	want(t, evaluate(t, k, march(), rows), map[string]float64{
		// happy, happy, 😀 and 3 of eight: their sum is 3·4 + 2·2 + 1·2 = 18
		"cx_csat_ratio": 0.5, "cx_csat_mean_score": 2.25, "cx_csat_normalized_ratio": 0.625, "cx_csat_net_score": 25,
		"cx_csat_responses{score=1}": 2, "cx_csat_responses{score=2}": 2, "cx_csat_responses{score=3}": 4,
	})
	want(t, rejected(t, k, march(), rows), map[string]float64{"unknown_word": 3, "null_score": 2, "off_scale": 1})
}

func TestScalesOnWhichOneIsBest(t *testing.T) {
	t.Parallel()
	// German school grades: 1 is very good, 6 is not.
	k := build(t, &CSAT{Scale: &Scale{1, 6}, Direction: "lower_is_better", SatisfiedTo: ptr(2.0)}, EntityResponses)
	want(t, evaluate(t, k, march(), answers(1, 2, 2, 3, 6)), map[string]float64{
		"cx_csat_ratio": 0.6, "cx_csat_mean_score": 2.8, "cx_csat_normalized_ratio": 0.64, "cx_csat_net_score": 40,
		"cx_csat_responses{score=1}": 1, "cx_csat_responses{score=2}": 2, "cx_csat_responses{score=3}": 1,
		"cx_csat_responses{score=4}": 0, "cx_csat_responses{score=5}": 0, "cx_csat_responses{score=6}": 1,
	})
	stats := k.Desc().Stats
	if stats[csatMean].Direction != kpi.LowerIsBetter || stats[csatNormalized].Direction != kpi.HigherIsBetter || stats[csatRatio].Direction != kpi.HigherIsBetter {
		t.Errorf("directions: %+v", stats)
	}
}

func TestNetScoreIsLeftOutWhereItsEndsMeet(t *testing.T) {
	t.Parallel()
	for from, there := range map[float64]bool{4: true, 3.5: true, 3: false, 2: false} {
		k := build(t, &CSAT{Direction: "higher_is_better", SatisfiedFrom: ptr(from)}, EntityResponses)
		if has := slices.ContainsFunc(k.Desc().Stats, func(s Stat) bool { return s.Name == "net" }); has != there {
			t.Errorf("satisfied from %v: the net score is there: %v", from, has)
		}
	}
}

func TestCESVersionsSetWhatIsUsual(t *testing.T) {
	t.Parallel()
	for version, usual := range map[int]string{1: "all answers; easy to 2 on 1 to 5", 2: "all answers; easy from 5 on 1 to 7"} {
		d := build(t, &CES{Version: version}, EntityResponses).Desc()
		better := map[int]kpi.Direction{1: kpi.LowerIsBetter, 2: kpi.HigherIsBetter}[version]
		if d.Variant != usual || d.Stats[cesMean].Direction != better {
			t.Errorf("version %d is %q, the mean %s", version, d.Variant, d.Stats[cesMean].Direction)
		}
	}
	d := build(t, &CES{Version: 1, Scale: &Scale{1, 7}}, EntityResponses).Desc()
	if d.Variant != "all answers; easy to 3 on 1 to 7" {
		t.Errorf("CES 1.0 on seven steps is %q", d.Variant)
	}
}

func TestRatingParameters(t *testing.T) {
	t.Parallel()
	higher := "higher_is_better"
	mistakes(t, map[string]mistake{
		"words have scores on the scale": {
			&CSAT{Direction: higher, Scale: &Scale{1, 5}, Words: map[string]float64{"great": 6}}, bind(EntityResponses),
			`words: "great" has the score 6, which is off the scale 1 to 5`,
		},
		"a word is there once": {
			&CSAT{Direction: higher, Words: map[string]float64{"good": 1, "Good ": 0}}, bind(EntityResponses),
			`words: "Good " and "good" are one word, since case and blanks do not matter: keep one`,
		},
		"nothing is no word": {
			&PSAT{Direction: higher, Words: map[string]float64{" ": 1, "bad": 0}}, bind(EntityResponses),
			`words: " " is no word: an answer without one has no score`,
		},
		"words of one score are no scale": {
			&Pulse{Direction: higher, Words: map[string]float64{"good": 1, "great": 1}}, bind(EntityResponses),
			"words: all words have the score 1: give the words of both ends of the scale, or the scale as well",
		},
		"words on an unusual scale need a threshold": {
			&CSAT{Direction: higher, Words: map[string]float64{"good": 7, "bad": 2}}, bind(EntityResponses),
			"satisfied_from: is missing: the scale 2 to 7 has no customary threshold, so it must be given",
		},
		"a scale without length": {
			&Pulse{Direction: higher, Scale: &Scale{}}, bind(EntityResponses),
			"scale: min 0 is not below max 0: give the lowest and the highest score that can be answered",
		},
		"there are two versions of CES": {
			&CES{Version: 3}, bind(EntityResponses),
			"version: 3 is neither 1 nor 2: CES 1.0 asks for the effort, CES 2.0 for how easy it was",
		},
	})
}
