package collectors

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strconv"

	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
	"github.com/cx-exporter/cx-exporter/internal/stats"
)

// Scale is the scale of a survey question. Both ends belong to it.
type Scale struct {
	Min float64 `yaml:"min" doc:"lowest score of the scale"`
	Max float64 `yaml:"max" doc:"highest score of the scale"`
}

// maxScaleLength bounds the number of values of the label score.
const maxScaleLength = 100

func (s Scale) String() string { return number(s.Min) + " to " + number(s.Max) }

// check says what is wrong with the scale.
func (s Scale) check() error {
	switch {
	case !(s.Min < s.Max) || math.IsInf(s.Min, 0) || math.IsInf(s.Max, 0):
		return wrong("scale", "min %s is not below max %s: give the lowest and the highest score that can be answered", number(s.Min), number(s.Max))
	case s.Max-s.Min > maxScaleLength:
		return wrong("scale", "%s is longer than %d steps: divide the score in a query, so that the number of distinct scores stays small", s, maxScaleLength)
	}
	return nil
}

// holds reports whether a score is on the scale.
func (s Scale) holds(score float64) bool { return score >= s.Min && score <= s.Max }

// ends are those of a mean of scores.
func (s Scale) ends() kpi.Ends { return kpi.Between(s.Min, s.Max) }

// binary reports whether the scale is that of a yes or no.
func (s Scale) binary() bool { return s == Scale{0, 1} }

// scoreCube asks for the answers of a span by score. All survey KPIs ask the
// same, so that one statement serves them.
func scoreCube(s kpi.Span) *facts.Cube {
	return &facts.Cube{
		Time:   roleRespondedAt,
		Bounds: rows(s),
		Keys:   []facts.Key{{Expr: facts.Expr{Role: roleScore}}},
	}
}

// tally is the answers of a span, counted by score.
type tally struct {
	n, sum, squares float64
	scores          map[float64]float64
	rejected        map[string]float64
}

// count is the number of answers whose score is within two limits.
func (t tally) count(from, to float64) float64 {
	n := 0.0
	for score, answers := range t.scores {
		if score >= from && score <= to {
			n += answers
		}
	}
	return n
}

// tallyScores counts the answers that have a score. The sums are taken in the order
// of the scores, so that equal answers give equal bits.
func tallyScores(s kpi.Span, f facts.Facts, read reading) tally {
	t := tally{scores: map[float64]float64{}, rejected: map[string]float64{}}
	texts := map[string]float64{} // a text is read once, and not for every cell
	f.Cells(scoreCube(s), s.Lo, s.Hi, func(c facts.Cell) {
		text, _ := c.Key(0) // NULL and the empty text are both no answer
		texts[text] += c.N()
	})
	for text, n := range texts {
		score, reason := read.score(text, false)
		if reason != "" {
			t.rejected[reason] += n
			continue
		}
		t.scores[score] += n
	}
	for _, score := range sortedKeys(t.scores) {
		n := t.scores[score]
		t.n += n
		t.sum += n * score
		t.squares += n * score * score
	}
	return t
}

// mean is the evidence of the mean score.
func (t tally) mean(scale Scale) stats.BoundedMean {
	return stats.BoundedMean{N: t.n, Sum: t.sum, Squares: t.squares, Min: scale.Min, Max: scale.Max}
}

// normalized is the evidence of the mean score as a share of the way from one end
// of the scale to the other.
func (t tally) normalized(scale Scale, best kpi.Direction) stats.BoundedMean {
	m := stats.BoundedMean{N: t.n, Max: 1}
	for _, score := range sortedKeys(t.scores) {
		way := (score - scale.Min) / (scale.Max - scale.Min)
		if best == kpi.LowerIsBetter {
			way = (scale.Max - score) / (scale.Max - scale.Min)
		}
		m.Sum += t.scores[score] * way
		m.Squares += t.scores[score] * way * way
	}
	return m
}

// byScore are the numbers of answers with the label score, which is the score
// rounded to the nearest half step. Short scales show every step, chosen or not,
// so that their series do not come and go.
func (t tally) byScore(stat int, scale Scale) []Value {
	steps := map[float64]float64{}
	if scale.Max-scale.Min <= 10 {
		for step := math.Ceil(scale.Min); step <= scale.Max; step++ {
			steps[step] = 0
		}
	}
	for score, n := range t.scores {
		steps[math.Round(score*2)/2] += n
	}
	values := make([]Value, 0, len(steps))
	for _, step := range sortedKeys(steps) {
		values = append(values, Value{
			Stat:     stat,
			Labels:   []kpi.Label{{Name: "score", Value: number(step)}},
			Evidence: exactly(steps[step]),
		})
	}
	return values
}

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K {
	return slices.Sorted(maps.Keys(m))
}

// number writes a number as a person would.
func number(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }
