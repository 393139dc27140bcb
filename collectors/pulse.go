package collectors

import (
	"fmt"

	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// Pulse is what employees answer to a short statement, such as "I have what I
// need to help customers", as the share that agrees
//
//	answers ≥ favorable_from / answers      where a higher score is better
//	answers ≤ favorable_to / answers        where a lower one is
//
// (4 and 5 on the scale 1 to 5), and as the mean of the scores.
//
// Source: the favourable share of employee surveys, as in W. Macey and B.
// Schneider, Employee Surveys That Work. Intervals: Wilson for the share,
// Student's t clipped to the scale for the mean.
type Pulse struct {
	Scale         *Scale             `yaml:"scale" doc:"ends of the scale; default 1 to 5, or with words their lowest and highest score"`
	Words         map[string]float64 `yaml:"words" doc:"scores of answers that are words or pictures, such as {agree: 3, neutral: 2, disagree: 1}; case does not matter; none by default"`
	Direction     string             `yaml:"direction" enum:"higher_is_better,lower_is_better" doc:"which end of the scale is the favourable one; default higher_is_better"`
	FavorableFrom *float64           `yaml:"favorable_from" doc:"lowest favourable score where higher is better; default 4 on the scale 1 to 5, 3 on 1 to 3 and 1 on 0 to 1, to be given on all others"`
	FavorableTo   *float64           `yaml:"favorable_to" doc:"highest favourable score where lower is better; default 2 on the scale 1 to 5, 1 on 1 to 3 and 0 on 0 to 1, to be given on all others"`
}

func newPulse() Parameters { return &Pulse{Direction: string(kpi.HigherIsBetter)} }

// KPI builds the KPI.
func (p *Pulse) KPI(Binding) (KPI, error) {
	k, favorable, err := newRating(question{
		scale: p.Scale, words: p.Words, direction: p.Direction, usual: Scale{1, 5},
		quality: "favorable", from: p.FavorableFrom, to: p.FavorableTo,
		froms: customaryFrom(), tos: customaryTo(),
	})
	if err != nil {
		return nil, err
	}
	k.desc = Desc{
		Name:         "pulse",
		Title:        "Employee pulse",
		Variant:      fmt.Sprintf("all answers; favourable %s on %s", favorable, k.read.scale),
		BusinessGoal: goalLoyalty,
		Fidelity:     kpi.Exact,
	}
	k.show(goodShare, Stat{
		Name: "favorable", Metric: "cx_pulse_favorable_ratio",
		Help: "Share of favourable answers, from 0 to 1: answers with at least the favourable score / answers, by the time of the answer.",
	})
	k.show(meanScore, Stat{
		Name: "mean", Metric: "cx_pulse_mean_score",
		Help: "Mean score of the answers to the pulse survey, on the scale of the survey.",
	})
	k.show(scoreCounts, Stat{
		Name: "responses", Metric: "cx_pulse_responses",
		Help: "Answers to the pulse survey by score, rounded to the nearest half step.",
	})
	return k, nil
}
