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
// from −100 to +100. Passives are neither, and count as answers. The mean score,
// the likelihood to recommend, stands beside it.
//
// By default all answers count. With `answers: latest` those are counted who
// answered in the window, each by the latest answer with a score on the scale; of
// several at the same instant the better category counts. In a breakdown a
// respondent belongs to the segment of that answer.
//
// Source: F. Reichheld, The One Number You Need to Grow, Harvard Business Review
// 12/2003. Interval: adjusted Wald, B. Rocks, Interval Estimation for the Net
// Promoter Score, The American Statistician 70 (2016); Student's t clipped to the
// scale for the mean.
type NPS struct {
	Scale         Scale   `yaml:"scale" doc:"ends of the scale; default 0 to 10"`
	PromotersFrom float64 `yaml:"promoters_from" doc:"lowest score of a promoter; default 9"`
	DetractorsTo  float64 `yaml:"detractors_to" doc:"highest score of a detractor; default 6"`
	Answers       string  `yaml:"answers" enum:"all,latest" doc:"which answers count: default all, or only the latest of each respondent in the window, for which respondent_id must be named under columns"`
}

func newNPS() Parameters {
	return &NPS{Scale: Scale{0, 10}, PromotersFrom: 9, DetractorsTo: 6, Answers: answersAll}
}

// Which answers count.
const (
	answersAll    = "all"
	answersLatest = "latest"
)

// KPI builds the KPI.
func (p *NPS) KPI(b Binding) (KPI, error) {
	return p.netPromoter("nps", "Net Promoter Score", b)
}

// ENPS is the employee Net Promoter Score: the mathematics of NPS over the answers
// to "how likely are you to recommend us as a place to work", under metrics of
// its own.
//
// Source: as NPS. Interval: as NPS.
type ENPS NPS

func newENPS() Parameters {
	p, _ := newNPS().(*NPS)
	return (*ENPS)(p)
}

// KPI builds the KPI.
func (p *ENPS) KPI(b Binding) (KPI, error) {
	return (*NPS)(p).netPromoter("enps", "Employee Net Promoter Score", b)
}

type nps struct {
	described
	read   reading
	params NPS
}

// The values of the KPI, as indexes of its stats. The mean is one of all answers
// only.
const (
	npsScore = iota
	npsResponses
	npsMean
)

// netPromoter builds the KPI under a name, which is also that of its metrics.
func (p *NPS) netPromoter(name, title string, b Binding) (KPI, error) {
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
	if err := p.checkAnswers(b); err != nil {
		errs = append(errs, err)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	k := &nps{read: reading{scale: p.Scale}, params: *p}
	counted := "all answers"
	if k.latest() {
		counted = "latest answer of each respondent in the window"
	}
	metric := "cx_" + name
	k.desc = Desc{
		Name:         name,
		Title:        title,
		Variant:      fmt.Sprintf("%s; promoters from %s, detractors to %s on %s", counted, number(p.PromotersFrom), number(p.DetractorsTo), p.Scale),
		BusinessGoal: goalLoyalty,
		Fidelity:     kpi.Exact,
		Stats: []Stat{
			npsScore: {
				Name: "score", Metric: metric + "_score",
				Help: title + " in points from -100 to 100: 100 * (promoters - detractors) / answers, by the time of the answer.",
				Unit: kpi.Score, Ends: kpi.Between(-100, 100), Direction: kpi.HigherIsBetter,
			},
			npsResponses: {
				Name: "responses", Metric: metric + "_responses",
				Help: "Answers to the question for the " + title + " by category: promoter, passive or detractor.",
				Unit: kpi.Count, Ends: kpi.From(0), Direction: kpi.Neutral, Component: true,
				Labels: []Label{fixed("category", "promoter", "passive", "detractor")},
			},
		},
	}
	if !k.latest() {
		k.desc.Stats = append(k.desc.Stats, Stat{
			Name: "mean", Metric: metric + "_mean_score",
			Help: "Mean likelihood to recommend, on the scale of the survey, beside the " + title + ".",
			Unit: kpi.Score, Ends: p.Scale.ends(), Direction: kpi.HigherIsBetter,
		})
	}
	return k, nil
}

// checkAnswers says what is missing for the latest answers.
func (p *NPS) checkAnswers(b Binding) error {
	switch p.Answers {
	case "", answersAll:
		return nil
	case answersLatest:
	default:
		return wrong("answers", "%q is neither all nor latest", p.Answers)
	}
	switch {
	case !b.Has(roleRespondentID):
		return wrong("answers", "latest needs to know who answered: name the column under columns, as respondent_id")
	case p.Scale.binary():
		return wrong("answers", "latest needs scores that are numbers, and the scale 0 to 1 takes words as well: let a query pick the latest answers")
	}
	return nil
}

func (k *nps) latest() bool { return k.params.Answers == answersLatest }

// The categories as codes: of two answers at the same instant the better counts.
const (
	codeDetractor = 1 + iota
	codePassive
	codePromoter
)

// respondents asks for the category of each respondent's latest answer.
func (k *nps) respondents(s kpi.Span) *facts.Subjects {
	scale := k.params.Scale
	return &facts.Subjects{
		Subject: roleRespondentID, Start: roleRespondedAt,
		Points:      []facts.Point{{Lo: s.Lo, Hi: s.Hi}},
		Attribution: []int{0},
		Last: facts.Code{Of: roleScore, Bands: []facts.Band{
			{Code: codePromoter, From: k.params.PromotersFrom, To: scale.Max},
			{Code: codeDetractor, From: scale.Min, To: k.params.DetractorsTo},
			{Code: codePassive, From: scale.Min, To: scale.Max},
		}},
	}
}

// Needs asks for the answers by score and, where only the latest count, for the
// respondents.
func (k *nps) Needs(s kpi.Span) []facts.Need {
	needs := cubes(scoreCube(s))
	if k.latest() {
		needs = append(needs, subjects(k.respondents(s))...)
	}
	return needs
}

// Compute counts the categories.
func (k *nps) Compute(s kpi.Span, f facts.Facts) []Value {
	if k.latest() {
		n := map[int]float64{}
		f.Patterns(k.respondents(s), func(p facts.Pattern) { n[p.Code(0)] += p.Subjects() })
		return categories(n[codeDetractor]+n[codePassive]+n[codePromoter], n[codePromoter], n[codeDetractor])
	}
	t := tallyScores(s, f, k.read)
	promoters := t.count(k.params.PromotersFrom, math.Inf(1))
	detractors := t.count(math.Inf(-1), k.params.DetractorsTo)
	return append(categories(t.n, promoters, detractors), Value{Stat: npsMean, Evidence: t.mean(k.params.Scale)})
}

// categories are the score and the answers that it comes from.
func categories(n, promoters, detractors float64) []Value {
	category := func(name string, n float64) Value {
		return Value{Stat: npsResponses, Labels: []kpi.Label{{Name: "category", Value: name}}, Evidence: exactly(n)}
	}
	return []Value{
		{Stat: npsScore, Evidence: stats.NetScore{N: n, Promoters: promoters, Detractors: detractors}},
		category("promoter", promoters),
		category("passive", n-promoters-detractors),
		category("detractor", detractors),
	}
}

// Rejected counts the answers without a score on the scale, which are nobody's
// latest either.
func (k *nps) Rejected(s kpi.Span, f facts.Facts) map[string]float64 {
	return tallyScores(s, f, k.read).rejected
}

var (
	_ KPI      = (*nps)(nil)
	_ Rejecter = (*nps)(nil)
)
