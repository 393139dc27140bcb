package oracle

import (
	"math"
	"strconv"
	"strings"

	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// scored are the scores on a scale of the answers in a window, and how many
// answers had none, by reason. Words may have scores of their own.
func scored(rows []Row, s kpi.Span, low, high float64, words map[string]float64) (scores []float64, refused map[string]float64) {
	refused = map[string]float64{}
	for _, r := range rows {
		if !r.within("responded_at", s.Lo, s.Hi) {
			continue
		}
		x, reason := scoreOf(r, low, high, words)
		if reason != "" {
			refused[reason]++
		} else {
			scores = append(scores, x)
		}
	}
	return scores, refused
}

// scoreOf is the score of one answer, or the reason for which it has none.
func scoreOf(r Row, low, high float64, words map[string]float64) (x float64, reason string) {
	text, written := r["score"].(string)
	if r["score"] == nil || written && strings.TrimSpace(text) == "" {
		return 0, "null_score"
	}
	for w, score := range words {
		if written && strings.EqualFold(strings.TrimSpace(text), w) {
			return score, ""
		}
	}
	x, ok := r.number("score")
	yes, boolean := r["score"].(bool)
	if !ok && written {
		yes, boolean = word(text)
	}
	if boolean {
		x, ok = 0, low == 0 && high == 1
		if yes {
			x = 1
		}
	}
	switch {
	case !ok && len(words) > 0:
		return 0, "unknown_word"
	case !ok:
		return 0, "not_a_number"
	case x < low || x > high:
		return 0, "off_scale"
	}
	return x, ""
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

// net is 100 · (ups − downs) / n.
func net(stat string, ups, downs, n float64) Value {
	v := Value{Stat: stat, N: n, Defined: n > 0}
	if v.Defined {
		v.V, v.Terms = 100*(ups-downs)/n, 100
		v.Bounds = func(c float64) (float64, float64, bool) { return adjustedWald(ups, downs, n, c) }
	}
	return v
}

// NPS is 100 · (promoters − detractors) / answers.
type NPS struct {
	Min, Max, PromotersFrom, DetractorsTo float64
}

// Values implements KPI.
func (k NPS) Values(rows []Row, s kpi.Span, seg Segment) []Value {
	scores, _ := scored(seg.rows(rows), s, k.Min, k.Max, nil)
	return append(k.categories(scores), meanScore("mean", scores, k.Min, k.Max))
}

func (k NPS) categories(scores []float64) []Value {
	var promoters, passives, detractors float64
	for _, x := range scores {
		switch {
		case x >= k.PromotersFrom:
			promoters++
		case x <= k.DetractorsTo:
			detractors++
		default:
			passives++
		}
	}
	return []Value{
		net("score", promoters, detractors, promoters+passives+detractors),
		count("responses", "category=promoter", promoters),
		count("responses", "category=passive", passives),
		count("responses", "category=detractor", detractors),
	}
}

// Refused are the answers without a usable score.
func (k NPS) Refused(rows []Row, s kpi.Span) map[string]float64 {
	_, refused := scored(rows, s, k.Min, k.Max, nil)
	return refused
}

// Rating is satisfaction, effort and pulse: the share of the answers at the good
// end of a scale, their mean, and more where it has a name.
type Rating struct {
	Min, Max float64
	// From and To are the ends of the good answers; an infinite one is open.
	From, To float64
	Words    map[string]float64
	// Good, Normalized and Net are the names of values; empty ones are not shown.
	Good, Normalized, Net string
}

// Values implements KPI.
func (k Rating) Values(rows []Row, s kpi.Span, seg Segment) []Value {
	scores, _ := scored(seg.rows(rows), s, k.Min, k.Max, k.Words)
	n := float64(len(scores))
	good := countIf(scores, k.From, k.To)
	values := append(byScore(scores), share(k.Good, good, n), meanScore("mean", scores, k.Min, k.Max))
	// At the bad end, as far from it as the good answers reach from the other.
	low, high := k.Min, k.Min+(k.Max-k.From)
	if math.IsInf(k.From, -1) {
		low, high = k.Max-(k.To-k.Min), k.Max
	}
	if k.Net != "" {
		values = append(values, net(k.Net, good, countIf(scores, low, high), n))
	}
	if k.Normalized == "" {
		return values
	}
	var ways []float64
	for _, x := range scores {
		way := (x - k.Min) / (k.Max - k.Min)
		if math.IsInf(k.From, -1) {
			way = 1 - way
		}
		ways = append(ways, way)
	}
	return append(values, meanScore(k.Normalized, ways, 0, 1))
}
