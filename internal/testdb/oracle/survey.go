package oracle

import (
	"math"
	"strconv"
	"strings"

	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// scored are the scores on a scale of the answers in a window, and how many
// answers had none, by reason.
func scored(rows []Row, s kpi.Span, low, high float64) (scores []float64, refused map[string]float64) {
	refused = map[string]float64{}
	for _, r := range rows {
		if !r.within("responded_at", s.Lo, s.Hi) {
			continue
		}
		x, ok := r.number("score")
		text, written := r["score"].(string)
		truth, boolean := r["score"].(bool)
		if boolean {
			x, ok = 0, low == 0 && high == 1
			if truth {
				x = 1
			}
		}
		if yes, isWord := word(text); written && !ok && isWord && low == 0 && high == 1 {
			x, ok = 0, true
			if yes {
				x = 1
			}
		}
		switch {
		case r["score"] == nil || written && strings.TrimSpace(text) == "":
			refused["null_score"]++
		case !ok:
			refused["not_a_number"]++
		case x < low || x > high:
			refused["off_scale"]++
		default:
			scores = append(scores, x)
		}
	}
	return scores, refused
}

// countIf is the number of scores in [from, to].
func countIf(scores []float64, from, to float64) (n float64) {
	for _, x := range scores {
		if x >= from && x <= to {
			n++
		}
	}
	return n
}

// meanScore is the mean of scores.
func meanScore(stat string, scores []float64, low, high float64) Value {
	v := Value{Stat: stat, N: float64(len(scores)), Defined: len(scores) > 0}
	if v.Defined {
		total, terms := sum(scores)
		v.V, v.Terms = total/v.N, terms/v.N
		v.Bounds = func(c float64) (float64, float64, bool) { return studentMean(scores, low, high, c) }
	}
	return v
}

// byScore are the numbers of answers by the score, to the nearest half step.
func byScore(scores []float64) []Value {
	steps := map[float64]float64{}
	for _, x := range scores {
		steps[math.Round(2*x)/2]++
	}
	var values []Value
	for step, n := range steps {
		values = append(values, count("responses", "score="+strconv.FormatFloat(step, 'f', -1, 64), n))
	}
	return values
}

// NPS is 100 · (promoters − detractors) / answers.
type NPS struct {
	Min, Max, PromotersFrom, DetractorsTo float64
}

// Values implements KPI.
func (k NPS) Values(rows []Row, s kpi.Span, seg Segment) []Value {
	scores, _ := scored(seg.rows(rows), s, k.Min, k.Max)
	n := float64(len(scores))
	promoters := countIf(scores, k.PromotersFrom, math.Inf(1))
	detractors := countIf(scores, math.Inf(-1), k.DetractorsTo)
	score := Value{Stat: "score", N: n, Defined: n > 0}
	if score.Defined {
		score.V, score.Terms = 100*(promoters-detractors)/n, 100
		score.Bounds = func(c float64) (float64, float64, bool) { return adjustedWald(promoters, detractors, n, c) }
	}
	return []Value{
		score,
		count("responses", "category=promoter", promoters),
		count("responses", "category=passive", n-promoters-detractors),
		count("responses", "category=detractor", detractors),
	}
}

// Refused are the answers without a usable score.
func (k NPS) Refused(rows []Row, s kpi.Span) map[string]float64 {
	_, refused := scored(rows, s, k.Min, k.Max)
	return refused
}

// CSAT is the share of answers from a score on, and their mean.
type CSAT struct {
	Min, Max, SatisfiedFrom float64
}

// Values implements KPI.
func (k CSAT) Values(rows []Row, s kpi.Span, seg Segment) []Value {
	scores, _ := scored(seg.rows(rows), s, k.Min, k.Max)
	return append(byScore(scores),
		share("ratio", countIf(scores, k.SatisfiedFrom, math.Inf(1)), float64(len(scores))),
		meanScore("mean", scores, k.Min, k.Max))
}

// CES is the mean of effort scores and the share of easy answers.
type CES struct {
	Min, Max, EasyFrom, EasyTo float64
}

// Values implements KPI.
func (k CES) Values(rows []Row, s kpi.Span, seg Segment) []Value {
	scores, _ := scored(seg.rows(rows), s, k.Min, k.Max)
	return append(byScore(scores),
		meanScore("mean", scores, k.Min, k.Max),
		share("easy", countIf(scores, k.EasyFrom, k.EasyTo), float64(len(scores))))
}
