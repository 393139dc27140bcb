package collectors

import (
	"errors"
	"fmt"
	"math"

	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
	"github.com/cx-exporter/cx-exporter/internal/stats"
)

// NPS is the Net Promoter Score of the answers in the window:
//
//	100 · (promoters − detractors) / answers
//
// from −100 to +100. Passives are neither, and count as answers.
//
// Source: F. Reichheld, The One Number You Need to Grow, Harvard Business Review
// 12/2003. Interval: adjusted Wald, B. Rocks, Interval Estimation for the Net
// Promoter Score, The American Statistician 70 (2016).
type NPS struct {
	Scale         Scale   `yaml:"scale" doc:"ends of the scale; default 0 to 10"`
	PromotersFrom float64 `yaml:"promoters_from" doc:"lowest score of a promoter; default 9"`
	DetractorsTo  float64 `yaml:"detractors_to" doc:"highest score of a detractor; default 6"`
}

func newNPS() Parameters {
	return &NPS{Scale: Scale{0, 10}, PromotersFrom: 9, DetractorsTo: 6}
}

type nps struct {
	described
	params NPS
}

// The values of the KPI, as indexes of its stats.
const (
	npsScore = iota
	npsResponses
)

// KPI builds the KPI.
func (p *NPS) KPI(Binding) (KPI, error) {
	errs := []error{p.Scale.check()}
	if !p.Scale.holds(p.PromotersFrom) {
		errs = append(errs, wrong("promoters_from", "%s is off the scale %s: give the lowest score of a promoter", number(p.PromotersFrom), p.Scale))
	}
	if !p.Scale.holds(p.DetractorsTo) {
		errs = append(errs, wrong("detractors_to", "%s is off the scale %s: give the highest score of a detractor", number(p.DetractorsTo), p.Scale))
	}
	if p.DetractorsTo >= p.PromotersFrom {
		errs = append(errs, wrong("detractors_to", "%s is not below promoters_from %s: nobody can be both", number(p.DetractorsTo), number(p.PromotersFrom)))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return &nps{
		params: *p,
		described: described{Desc{
			Name:         "nps",
			Title:        "Net Promoter Score",
			Variant:      fmt.Sprintf("all answers; promoters from %s, detractors to %s on %s", number(p.PromotersFrom), number(p.DetractorsTo), p.Scale),
			BusinessGoal: goalLoyalty,
			Fidelity:     kpi.Exact,
			Stats: []Stat{
				npsScore: {
					Name: "score", Metric: "cx_nps_score",
					Help: "Net Promoter Score in points from -100 to 100: 100 * (promoters - detractors) / answers, by the time of the answer.",
					Unit: kpi.Score, Direction: kpi.HigherIsBetter, Range: 200,
				},
				npsResponses: {
					Name: "responses", Metric: "cx_nps_responses",
					Help: "Answers to the question for the Net Promoter Score by category: promoter, passive or detractor.",
					Unit: kpi.Count, Direction: kpi.Neutral, Component: true,
				},
			},
		}},
	}, nil
}

// Needs asks for the answers by score.
func (k *nps) Needs(s kpi.Span) []facts.Need { return cubes(scoreCube(s)) }

// Compute counts the categories.
func (k *nps) Compute(s kpi.Span, f facts.Facts) []Value {
	t := tallyScores(s, f, k.params.Scale)
	promoters := t.count(k.params.PromotersFrom, math.Inf(1))
	detractors := t.count(math.Inf(-1), k.params.DetractorsTo)
	category := func(name string, n float64) Value {
		return Value{Stat: npsResponses, Labels: []kpi.Label{{Name: "category", Value: name}}, Evidence: exactly(n)}
	}
	return []Value{
		{Stat: npsScore, Evidence: stats.NetScore{N: t.n, Promoters: promoters, Detractors: detractors}},
		category("promoter", promoters),
		category("passive", t.n-promoters-detractors),
		category("detractor", detractors),
	}
}

// Rejected counts the answers without a score on the scale.
func (k *nps) Rejected(s kpi.Span, f facts.Facts) map[string]float64 {
	return tallyScores(s, f, k.params.Scale).rejected
}

var (
	_ KPI      = (*nps)(nil)
	_ Rejecter = (*nps)(nil)
)
