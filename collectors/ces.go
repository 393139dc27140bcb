package collectors

import (
	"errors"
	"fmt"
	"math"

	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
	"github.com/cx-exporter/cx-exporter/internal/stats"
)

// CES is the Customer Effort Score: the mean of the scores in the window, and
// the share of easy answers beside it
//
//	answers ≥ easy_from / answers    where a higher score is better
//	answers ≤ easy_to / answers      where a lower one is
//
// By default it is CES 2.0: "the company made it easy for me to handle my
// issue", from 1 (strongly disagree) to 7 (strongly agree), where 5 to 7 agree.
// CES 1.0 asks for the effort, from 1 (very low) to 5 (very high): that is
// scale {min: 1, max: 5}, direction lower_is_better, easy_to 2.
//
// Source: M. Dixon et al., Stop Trying to Delight Your Customers, Harvard
// Business Review 7/2010, and The Effortless Experience, 2013. Intervals:
// Student's t clipped to the scale for the mean, Wilson for the share.
type CES struct {
	Scale     Scale    `yaml:"scale" doc:"ends of the scale; default 1 to 7"`
	Direction string   `yaml:"direction" enum:"higher_is_better,lower_is_better" doc:"which end of the scale is the easy one; default higher_is_better"`
	EasyFrom  *float64 `yaml:"easy_from" doc:"lowest score of an easy answer where higher is better; default 5 on the scale 1 to 7 and 4 on the scale 1 to 5, to be given on all others"`
	EasyTo    *float64 `yaml:"easy_to" doc:"highest score of an easy answer where lower is better; default 2 on the scale 1 to 5 and 3 on the scale 1 to 7, to be given on all others"`
}

func newCES() Parameters {
	return &CES{Scale: Scale{1, 7}, Direction: string(kpi.HigherIsBetter)}
}

type ces struct {
	described
	scale            Scale
	easyFrom, easyTo float64
}

// The values of the KPI, as indexes of its stats.
const (
	cesMean = iota
	cesEasy
	cesResponses
)

// KPI builds the KPI.
func (p *CES) KPI(Binding) (KPI, error) {
	k := &ces{scale: p.Scale, easyFrom: math.Inf(-1), easyTo: math.Inf(1)}
	var easy string
	var err error
	switch kpi.Direction(p.Direction) {
	case kpi.HigherIsBetter:
		k.easyFrom, err = threshold("easy_from", p.EasyFrom, p.Scale, map[Scale]float64{{1, 7}: 5, {1, 5}: 4})
		easy = "from " + number(k.easyFrom)
		if p.EasyTo != nil {
			err = errors.Join(err, wrong("easy_to", "is for direction lower_is_better: use easy_from, or set the direction"))
		}
	case kpi.LowerIsBetter:
		k.easyTo, err = threshold("easy_to", p.EasyTo, p.Scale, map[Scale]float64{{1, 5}: 2, {1, 7}: 3})
		easy = "to " + number(k.easyTo)
		if p.EasyFrom != nil {
			err = errors.Join(err, wrong("easy_from", "is for direction higher_is_better: use easy_to, or set the direction"))
		}
	default:
		err = wrong("direction", "%q is neither higher_is_better nor lower_is_better", p.Direction)
	}
	if err := errors.Join(p.Scale.check(), err); err != nil {
		return nil, err
	}
	k.desc = Desc{
		Name:         "ces",
		Title:        "Customer Effort Score",
		Variant:      fmt.Sprintf("all answers; easy %s on %s", easy, p.Scale),
		BusinessGoal: goalLoyalty,
		Fidelity:     kpi.Exact,
		Stats: []Stat{
			cesMean: {
				Name: "mean", Metric: "cx_ces_mean_score",
				Help: "Mean effort score of the answers, on the scale of the survey; which end is the easy one is in cx_kpi_info.",
				Unit: kpi.Score, Direction: kpi.Direction(p.Direction), Range: rangeOf(p.Scale),
			},
			cesEasy: {
				Name: "easy", Metric: "cx_ces_easy_ratio",
				Help: "Share of answers that say it was easy, from 0 to 1: easy answers / answers, by the time of the answer.",
				Unit: kpi.Ratio, Direction: kpi.HigherIsBetter,
			},
			cesResponses: {
				Name: "responses", Metric: "cx_ces_responses",
				Help: "Answers to the question for effort by score, rounded to the nearest half step.",
				Unit: kpi.Count, Direction: kpi.Neutral, Component: true,
			},
		},
	}
	return k, nil
}

// Needs asks for the answers by score.
func (k *ces) Needs(s kpi.Span) []facts.Need { return cubes(scoreCube(s)) }

// Compute averages all answers and counts the easy ones.
func (k *ces) Compute(s kpi.Span, f facts.Facts) []Value {
	t := tallyScores(s, f, k.scale)
	return append([]Value{
		{Stat: cesMean, Evidence: t.mean(k.scale)},
		{Stat: cesEasy, Evidence: stats.Proportion{Hits: t.count(k.easyFrom, k.easyTo), N: t.n}},
	}, t.byScore(cesResponses, k.scale)...)
}

// Rejected counts the answers without a score on the scale.
func (k *ces) Rejected(s kpi.Span, f facts.Facts) map[string]float64 {
	return tallyScores(s, f, k.scale).rejected
}

var (
	_ KPI      = (*ces)(nil)
	_ Rejecter = (*ces)(nil)
)
