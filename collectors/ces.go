package collectors

import (
	"fmt"

	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// CES is the Customer Effort Score: the mean of the scores in the window, and
// the share of easy answers beside it
//
//	answers ≥ easy_from / answers    where a higher score is better
//	answers ≤ easy_to / answers      where a lower one is
//
// The version sets what is usual: version 2 (default) is CES 2.0, "the company
// made it easy for me to handle my issue", from 1 (strongly disagree) to 7
// (strongly agree), where 5 to 7 agree; version 1 is CES 1.0, the effort from 1
// (very low) to 5 (very high), where lower is better and 1 and 2 are easy. The
// net score takes as many boxes off the hard end as count as easy at the other:
// 100 · (easy − hard) / answers.
//
// Source: M. Dixon et al., Stop Trying to Delight Your Customers, Harvard
// Business Review 7/2010, and The Effortless Experience, 2013. Intervals:
// Student's t clipped to the scale for the mean, Wilson for the share, adjusted
// Wald for the net score.
type CES struct {
	Version   int                `yaml:"version" min:"1" max:"2" doc:"which question was asked; default 2, how easy it was, 1 to 7 and higher is better; 1 is the effort, 1 to 5 and lower is better"`
	Scale     *Scale             `yaml:"scale" doc:"ends of the scale; default that of the version, or with words their lowest and highest score"`
	Words     map[string]float64 `yaml:"words" doc:"scores of answers that are words or pictures, such as {easy: 3, fair: 2, hard: 1}; case does not matter; none by default"`
	Direction string             `yaml:"direction" enum:"higher_is_better,lower_is_better" doc:"which end of the scale is the easy one; default that of the version"`
	EasyFrom  *float64           `yaml:"easy_from" doc:"lowest score of an easy answer where higher is better; default 5 on the scale 1 to 7, 4 on 1 to 5, 3 on 1 to 3 and 1 on 0 to 1, to be given on all others"`
	EasyTo    *float64           `yaml:"easy_to" doc:"highest score of an easy answer where lower is better; default 2 on the scale 1 to 5, 3 on 1 to 7, 1 on 1 to 3 and 0 on 0 to 1, to be given on all others"`
}

func newCES() Parameters { return &CES{Version: 2} }

// The values of the KPI, as indexes of its stats.
const (
	cesMean = iota
	cesEasy
)

// KPI builds the KPI.
func (p *CES) KPI(Binding) (KPI, error) {
	usual, direction := Scale{1, 7}, kpi.HigherIsBetter
	switch p.Version {
	case 1:
		usual, direction = Scale{1, 5}, kpi.LowerIsBetter
	case 2:
	default:
		return nil, wrong("version", "%d is neither 1 nor 2: CES 1.0 asks for the effort, CES 2.0 for how easy it was", p.Version)
	}
	if p.Direction != "" {
		direction = kpi.Direction(p.Direction)
	}
	froms, tos := customaryFrom(), customaryTo()
	froms[Scale{1, 7}], tos[Scale{1, 7}] = 5, 3
	k, easy, err := newRating(question{
		scale: p.Scale, words: p.Words, direction: string(direction), usual: usual,
		quality: "easy", from: p.EasyFrom, to: p.EasyTo, froms: froms, tos: tos,
	})
	if err != nil {
		return nil, err
	}
	k.desc = Desc{
		Name:         "ces",
		Title:        "Customer Effort Score",
		Variant:      fmt.Sprintf("all answers; easy %s on %s", easy, k.read.scale),
		BusinessGoal: goalLoyalty,
		Fidelity:     kpi.Exact,
	}
	k.show(meanScore, Stat{
		Name: "mean", Metric: "cx_ces_mean_score",
		Help: "Mean effort score of the answers, on the scale of the survey; which end is the easy one is in cx_kpi_info.",
	})
	k.show(goodShare, Stat{
		Name: "easy", Metric: "cx_ces_easy_ratio",
		Help: "Share of answers that say it was easy, from 0 to 1: easy answers / answers, by the time of the answer.",
	})
	k.show(scoreCounts, Stat{
		Name: "responses", Metric: "cx_ces_responses",
		Help: "Answers to the question for effort by score, rounded to the nearest half step.",
	})
	k.show(netShare, Stat{
		Name: "net", Metric: "cx_ces_net_score",
		Help: "Net easy answers in points from -100 to 100: 100 * (easy - hard) / answers, with as many steps of the scale at either end.",
	})
	return k, nil
}
