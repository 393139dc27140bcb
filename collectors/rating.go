package collectors

import (
	"errors"
	"math"

	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
	"github.com/cx-exporter/cx-exporter/internal/stats"
)

// rating is what satisfaction, effort and pulse have in common: answers on a
// scale with a good end. Each of these KPIs shows some of the same values under
// names of its own.
type rating struct {
	described
	read reading
	best kpi.Direction // which end of the scale is the good one
	good band
	bad  band
	// shows says what each stat of the description is.
	shows []ratingValue
}

// ratingValue is something that answers on a scale can tell.
type ratingValue int

const (
	goodShare      ratingValue = iota // good answers / answers
	meanScore                         // Σ score / answers
	scoreCounts                       // answers by score
	normalizedMean                    // the mean as a share of the way from the bad end to the good one
	netShare                          // 100 · (good − bad) / answers
)

// band is a range of scores; both ends belong to it.
type band struct{ from, to float64 }

// question is what a configuration says of the question that was asked.
type question struct {
	scale     *Scale
	words     map[string]float64
	direction string
	usual     Scale // where no scale is given
	// quality is what the good answers are called in the names of the parameters
	// from and to, of which the one that fits the direction counts.
	quality  string
	from, to *float64
	// froms and tos are what they are where they are not given, by scale.
	froms, tos map[Scale]float64
}

// customaryFrom and customaryTo are the lowest good score where higher is better,
// and the highest where lower is: two of five, one of three, and yes.
func customaryFrom() map[Scale]float64 { return map[Scale]float64{{1, 5}: 4, {1, 3}: 3, {0, 1}: 1} }
func customaryTo() map[Scale]float64   { return map[Scale]float64{{1, 5}: 2, {1, 3}: 1, {0, 1}: 0} }

// newRating checks what is said of a question. good tells the good answers in
// words: `from 4` or `to 2`.
func newRating(q question) (k *rating, good string, err error) {
	k = &rating{best: kpi.Direction(q.direction), good: band{math.Inf(-1), math.Inf(1)}, bad: band{math.Inf(-1), math.Inf(1)}}
	k.read, err = newReading(q.scale, q.words, q.usual)
	if err != nil && q.from == nil && q.to == nil {
		return nil, "", err // there is no scale that could have a threshold
	}
	scale, from, to := k.read.scale, q.quality+"_from", q.quality+"_to"
	var fault error
	switch k.best {
	case kpi.HigherIsBetter:
		k.good.from, fault = threshold(from, q.from, scale, q.froms)
		k.bad.to = scale.Min + scale.Max - k.good.from
		good = "from " + number(k.good.from)
		if q.to != nil {
			fault = errors.Join(fault, wrong(to, "is for direction lower_is_better: use %s, or set the direction", from))
		}
	case kpi.LowerIsBetter:
		k.good.to, fault = threshold(to, q.to, scale, q.tos)
		k.bad.from = scale.Min + scale.Max - k.good.to
		good = "to " + number(k.good.to)
		if q.from != nil {
			fault = errors.Join(fault, wrong(from, "is for direction higher_is_better: use %s, or set the direction", to))
		}
	default:
		fault = wrong("direction", "%q is neither higher_is_better nor lower_is_better", q.direction)
	}
	return k, good, errors.Join(err, fault)
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

// hasNet reports whether there are bad answers as there are good ones: as many
// steps at the other end, which may not meet the good ones in the middle.
func (k *rating) hasNet() bool { return k.bad.to < k.good.from || k.bad.from > k.good.to }

// show adds a value under the name of a stat. The net score is left out where
// good and bad answers would overlap.
func (k *rating) show(what ratingValue, s Stat) {
	switch what {
	case meanScore:
		s.Unit, s.Ends, s.Direction = kpi.Score, k.read.scale.ends(), k.best
	case scoreCounts:
		s.Unit, s.Ends, s.Direction, s.Component = kpi.Count, kpi.From(0), kpi.Neutral, true
		s.Labels = []Label{{Name: "score"}}
	case goodShare, normalizedMean:
		s.Unit, s.Ends, s.Direction = kpi.Ratio, kpi.Between(0, 1), kpi.HigherIsBetter
	case netShare:
		if !k.hasNet() {
			return
		}
		s.Unit, s.Ends, s.Direction = kpi.Score, kpi.Between(-100, 100), kpi.HigherIsBetter
	}
	k.shows = append(k.shows, what)
	k.desc.Stats = append(k.desc.Stats, s)
}

// Needs asks for the answers by score.
func (k *rating) Needs(s kpi.Span) []facts.Need { return cubes(scoreCube(s)) }

// Compute counts the answers.
func (k *rating) Compute(s kpi.Span, f facts.Facts) []Value {
	t := tallyScores(s, f, k.read)
	good := t.count(k.good.from, k.good.to)
	var values []Value
	for i, what := range k.shows {
		switch what {
		case goodShare:
			values = append(values, Value{Stat: i, Evidence: stats.Proportion{Hits: good, N: t.n}})
		case meanScore:
			values = append(values, Value{Stat: i, Evidence: t.mean(k.read.scale)})
		case normalizedMean:
			values = append(values, Value{Stat: i, Evidence: t.normalized(k.read.scale, k.best)})
		case netShare:
			bad := t.count(k.bad.from, k.bad.to)
			values = append(values, Value{Stat: i, Evidence: stats.NetScore{N: t.n, Promoters: good, Detractors: bad}})
		case scoreCounts:
			values = append(values, t.byScore(i, k.read.scale)...)
		}
	}
	return values
}

// Rejected counts the answers without a score.
func (k *rating) Rejected(s kpi.Span, f facts.Facts) map[string]float64 {
	return tallyScores(s, f, k.read).rejected
}

var (
	_ KPI      = (*rating)(nil)
	_ Rejecter = (*rating)(nil)
)
