package collectors

import (
	"strings"

	"github.com/cx-exporter/cx-exporter/internal/facts"
)

// reading is how the answers to a question become scores.
type reading struct {
	scale Scale
	// words are the scores of answers that are words or pictures, by their plain
	// form; nil where there are none.
	words map[string]float64
}

// newReading checks a scale and the words that stand for scores on it. Where no
// scale is given, it goes from the lowest to the highest score of the words or,
// without any, is the usual one of the KPI.
func newReading(given *Scale, words map[string]float64, usual Scale) (reading, error) {
	r := reading{scale: usual}
	names := sortedKeys(words)
	switch {
	case given != nil:
		r.scale = *given
	case len(names) > 0:
		r.scale = Scale{words[names[0]], words[names[0]]}
		for _, score := range words {
			r.scale = Scale{min(r.scale.Min, score), max(r.scale.Max, score)}
		}
		if r.scale.Min == r.scale.Max {
			return r, wrong("words", "all words have the score %s: give the words of both ends of the scale, or the scale as well", number(r.scale.Min))
		}
	}
	if err := r.scale.check(); err != nil {
		return r, err
	}
	if len(names) == 0 {
		return r, nil
	}
	r.words = make(map[string]float64, len(names))
	written := map[string]string{}
	for _, name := range names {
		word := plain(name)
		switch before, twice := written[word]; {
		case word == "":
			return r, wrong("words", "%q is no word: an answer without one has no score", name)
		case twice:
			return r, wrong("words", "%q and %q are one word, since case and blanks do not matter: keep one", before, name)
		case !r.scale.holds(words[name]):
			return r, wrong("words", "%q has the score %s, which is off the scale %s", name, number(words[name]), r.scale)
		}
		written[word] = name
		r.words[word] = words[name]
	}
	return r, nil
}

// plain is the form by which words are compared: without blanks around them,
// without capitals, and without the selector that only says how a picture is
// drawn.
func plain(word string) string {
	return strings.ToLower(strings.TrimSpace(strings.ReplaceAll(word, "\ufe0f", "")))
}

// score reads an answer. Without a score it gives the reason for refusing the
// row. A configured word goes before a number, and only a scale of 0 and 1 takes
// booleans, and yes and no, by itself: on a longer one a `true` would pass for
// the number 1.
func (r reading) score(text string, null bool) (score float64, reason string) {
	if null || strings.TrimSpace(text) == "" {
		return 0, facts.RejectedNullScore
	}
	if score, ok := r.words[plain(text)]; ok {
		return score, ""
	}
	score, ok := parseNumber(text)
	if !ok && r.scale.binary() {
		var yes bool
		if yes, ok = parseFlag(text); yes {
			score = 1
		}
	}
	switch {
	case !ok && r.words != nil:
		return 0, facts.RejectedUnknownWord
	case !ok:
		return 0, facts.RejectedNotANumber
	case !r.scale.holds(score):
		return 0, facts.RejectedOffScale
	}
	return score, ""
}
