package collectors

import (
	"fmt"

	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// CSAT is customer satisfaction, as the share of satisfied answers in the window
//
//	answers ≥ satisfied_from / answers      where a higher score is better
//	answers ≤ satisfied_to / answers        where a lower one is
//
// ("top two boxes" on the scale 1 to 5), and as the mean of the scores beside
// it. The two can move in opposite directions, so they are two values. The mean
// m is shown on the scale of the survey and as the share of the way from its bad
// end to its good one, (m − min) / (max − min), which makes different scales
// comparable. The net score takes as many boxes off the bad end as count as
// satisfied at the good one: 100 · (satisfied − dissatisfied) / answers.
//
// Source: P. Farris et al., Marketing Metrics, on customer satisfaction.
// Intervals: Wilson for the share, Student's t clipped to the scale for the
// means, adjusted Wald for the net score.
type CSAT struct {
	Scale         *Scale             `yaml:"scale" doc:"ends of the scale; default 1 to 5, or with words their lowest and highest score; 0 to 1 for good and bad"`
	Words         map[string]float64 `yaml:"words" doc:"scores of answers that are words or pictures, such as {happy: 3, neutral: 2, sad: 1}; case does not matter; none by default"`
	Direction     string             `yaml:"direction" enum:"higher_is_better,lower_is_better" doc:"which end of the scale is the good one; default higher_is_better; lower_is_better where 1 is best"`
	SatisfiedFrom *float64           `yaml:"satisfied_from" doc:"lowest score of a satisfied customer where higher is better; default 4 on the scale 1 to 5, 3 on 1 to 3 and 1 on 0 to 1, to be given on all others"`
	SatisfiedTo   *float64           `yaml:"satisfied_to" doc:"highest score of a satisfied customer where lower is better; default 2 on the scale 1 to 5, 1 on 1 to 3 and 0 on 0 to 1, to be given on all others"`
}

func newCSAT() Parameters { return &CSAT{Direction: string(kpi.HigherIsBetter)} }

// The values of satisfaction, as indexes of its stats.
const (
	csatRatio = iota
	csatMean
	csatResponses
	csatNormalized
	csatNet
)

// KPI builds the KPI.
func (p *CSAT) KPI(Binding) (KPI, error) {
	return p.satisfaction("csat", "Customer satisfaction", "satisfaction", goalLoyalty)
}

// satisfaction builds the KPI under a name, which is also that of its metrics.
func (p *CSAT) satisfaction(name, title, with, goal string) (KPI, error) {
	k, satisfied, err := newRating(question{
		scale: p.Scale, words: p.Words, direction: p.Direction, usual: Scale{1, 5},
		quality: "satisfied", from: p.SatisfiedFrom, to: p.SatisfiedTo,
		froms: customaryFrom(), tos: customaryTo(),
	})
	if err != nil {
		return nil, err
	}
	k.desc = Desc{
		Name:         name,
		Title:        title,
		Variant:      fmt.Sprintf("all answers; satisfied %s on %s", satisfied, k.read.scale),
		BusinessGoal: goal,
		Fidelity:     kpi.Exact,
	}
	metric := "cx_" + name
	k.show(goodShare, Stat{
		Name: "ratio", Metric: metric + "_ratio",
		Help: "Share of satisfied answers, from 0 to 1: answers with at least the satisfied score / answers, by the time of the answer.",
	})
	k.show(meanScore, Stat{
		Name: "mean", Metric: metric + "_mean_score",
		Help: "Mean satisfaction score of the answers, on the scale of the survey.",
	})
	k.show(scoreCounts, Stat{
		Name: "responses", Metric: metric + "_responses",
		Help: "Answers to the question for " + with + " by score, rounded to the nearest half step.",
	})
	k.show(normalizedMean, Stat{
		Name: "normalized", Metric: metric + "_normalized_ratio",
		Help: "Mean satisfaction score as the share of the way from the bad end of the scale to the good one, from 0 to 1.",
	})
	k.show(netShare, Stat{
		Name: "net", Metric: metric + "_net_score",
		Help: "Net satisfaction in points from -100 to 100: 100 * (satisfied - dissatisfied) / answers, with as many steps of the scale at either end.",
	})
	return k, nil
}
