package collectors

import (
	"errors"
	"fmt"
	"math"

	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
	"github.com/cx-exporter/cx-exporter/internal/stats"
)

// CSAT is customer satisfaction, as the share of satisfied answers in the window
//
//	answers ≥ satisfied_from / answers
//
// ("top two boxes" on the scale 1 to 5), and as the mean of the scores beside
// it. The two can move in opposite directions, so they are two values.
//
// Source: P. Farris et al., Marketing Metrics, on customer satisfaction.
// Intervals: Wilson for the share, Student's t clipped to the scale for the mean.
type CSAT struct {
	Scale         Scale    `yaml:"scale" doc:"ends of the scale; default 1 to 5; 0 to 1 for good and bad"`
	SatisfiedFrom *float64 `yaml:"satisfied_from" doc:"lowest score of a satisfied customer; default 4 on the scale 1 to 5 and 1 on the scale 0 to 1, to be given on all others"`
}

func newCSAT() Parameters { return &CSAT{Scale: Scale{1, 5}} }

type csat struct {
	described
	scale     Scale
	satisfied float64
}

// The values of the KPI, as indexes of its stats.
const (
	csatRatio = iota
	csatMean
	csatResponses
)

// KPI builds the KPI.
func (p *CSAT) KPI(Binding) (KPI, error) {
	satisfied, err := threshold("satisfied_from", p.SatisfiedFrom, p.Scale,
		map[Scale]float64{{1, 5}: 4, {0, 1}: 1})
	if err := errors.Join(p.Scale.check(), err); err != nil {
		return nil, err
	}
	return &csat{
		scale:     p.Scale,
		satisfied: satisfied,
		described: described{Desc{
			Name:         "csat",
			Title:        "Customer satisfaction",
			Variant:      fmt.Sprintf("all answers; satisfied from %s on %s", number(satisfied), p.Scale),
			BusinessGoal: goalLoyalty,
			Fidelity:     kpi.Exact,
			Stats: []Stat{
				csatRatio: {
					Name: "ratio", Metric: "cx_csat_ratio",
					Help: "Share of satisfied answers, from 0 to 1: answers with at least the satisfied score / answers, by the time of the answer.",
					Unit: kpi.Ratio, Direction: kpi.HigherIsBetter,
				},
				csatMean: {
					Name: "mean", Metric: "cx_csat_mean_score",
					Help: "Mean satisfaction score of the answers, on the scale of the survey.",
					Unit: kpi.Score, Direction: kpi.HigherIsBetter, Range: rangeOf(p.Scale),
				},
				csatResponses: {
					Name: "responses", Metric: "cx_csat_responses",
					Help: "Answers to the question for satisfaction by score, rounded to the nearest half step.",
					Unit: kpi.Count, Direction: kpi.Neutral, Component: true,
				},
			},
		}},
	}, nil
}

// threshold is the score from which, or to which, answers count. Where it is not
// given, it has a default on some scales.
func threshold(parameter string, given *float64, scale Scale, defaults map[Scale]float64) (float64, error) {
	if given == nil {
		if d, ok := defaults[scale]; ok {
			return d, nil
		}
		return 0, wrong(parameter, "is missing: the scale %s has no customary threshold, so it must be given", scale)
	}
	if !scale.holds(*given) {
		return 0, wrong(parameter, "%s is off the scale %s: give a score that can be answered", number(*given), scale)
	}
	return *given, nil
}

// Needs asks for the answers by score.
func (k *csat) Needs(s kpi.Span) []facts.Need { return cubes(scoreCube(s)) }

// Compute counts the satisfied answers and averages all.
func (k *csat) Compute(s kpi.Span, f facts.Facts) []Value {
	t := tallyScores(s, f, k.scale)
	return append([]Value{
		{Stat: csatRatio, Evidence: stats.Proportion{Hits: t.count(k.satisfied, math.Inf(1)), N: t.n}},
		{Stat: csatMean, Evidence: t.mean(k.scale)},
	}, t.byScore(csatResponses, k.scale)...)
}

// Rejected counts the answers without a score on the scale.
func (k *csat) Rejected(s kpi.Span, f facts.Facts) map[string]float64 {
	return tallyScores(s, f, k.scale).rejected
}

var (
	_ KPI      = (*csat)(nil)
	_ Rejecter = (*csat)(nil)
)
