package exporter_test

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/cx-exporter/cx-exporter/internal/testdb/oracle"
)

// faces are words for scores, as the configuration writes them, and as people
// and databases do.
var faces = map[string]float64{"happy": 3, "So so": 2, "sad": 1, "😀": 3, "1": 3}

var faceTexts = []string{"happy", "Happy ", "HAPPY", "so so", "So so", " sad", "sad", "😀", "happyy", "2", "1", "3", "4", "😢", "", "yes"}

// tagTexts are the tags of an answer, in the ways that databases hold them.
var tagTexts = []string{
	"", "price", "price, delivery", "delivery,price", "price;size", "size ; price;price", `["price", "size"]`, "{a,b}",
	"other", "other;a", "(none)", "Price", "größe", "a,b,c", "a;b;c", ",;,", "o'brien", "[]", "north,south;north",
}

func (w *world) responses() {
	time := w.moments()
	w.addTime("responded_at", w.rng.IntN(2) == 0)
	top := w.scores()
	answer := func(x float64) any { return x }
	switch score := w.columns[len(w.columns)-1]; {
	case top == 0:
		answer = func(float64) any { return pick(w.rng, faceTexts) }
	case top == 1:
		answer = func(x float64) any {
			if yes := x > 0.5; score.ddl == "BOOLEAN" || score.hold(true) != nil {
				return yes
			}
			return x
		}
	}
	if top > 1 && w.rng.IntN(3) == 0 {
		w.addText("tags", w.rng.IntN(2) == 0)
		k := oracle.Themes{Separator: ",", Most: 20, Min: 0, Max: 10, DetractorsTo: 6}
		params := "{}"
		if w.rng.IntN(2) == 0 {
			k, params = oracle.Themes{Separator: ";", Most: 2, Min: 1, Max: 5, DetractorsTo: 2}, "{separator: ;, max: 2, scale: {min: 1, max: 5}, detractors_to: 2}"
		}
		w.addKPI("themes", params, k)
	}
	for range w.size() {
		x := math.Round(w.rng.Float64() * top)
		switch w.rng.IntN(12) {
		case 0:
			x += 0.5
		case 1:
			x = []float64{-1, 11, 99, 0.3, 7.25, 1e6, -0.5}[w.rng.IntN(7)]
		}
		w.rows = append(w.rows, oracle.Row{
			"responded_at": w.maybe(4, time()), "score": w.maybe(5, answer(x)), "respondent_id": w.maybe(8, w.respondent()),
			"tags": w.maybe(10, pick(w.rng, tagTexts)),
			"mrr":  w.maybe(20, w.amount()), "currency": w.maybe(20, w.currency()),
		})
	}
	w.ownKPIs("responded_at", 3)
}

// respondent is one of a few who answer.
func (w *world) respondent() any {
	i := w.rng.IntN(12)
	for _, c := range w.columns {
		if c.role == "respondent_id" && c.hold("r") == nil {
			return float64(i)
		}
	}
	return "r" + strconv.Itoa(i)
}

// grumbling adds the customers who are at risk by their last answer.
func (w *world) grumbling(top float64) {
	if !slices.ContainsFunc(w.columns, func(c column) bool { return c.role == "respondent_id" }) || w.rng.IntN(2) == 0 {
		return
	}
	k := oracle.Grumbling{Answers: true, Max: 10, Low: 6, Back: days(90)}
	params := "{}"
	if top == 5 {
		k.Min, k.Max, k.Low, params = -1, 5, 2.5, "{scale: {min: -1, max: 5}, low: 2.5}"
	}
	if w.rng.IntN(2) == 0 {
		k.Back, params = days(7), with(params, "within: 7d")
	}
	w.worthOf(&k)
	w.addKPI("at_risk", params, k)
}

// worthOf adds what customers at risk are worth, or does not.
func (w *world) worthOf(k *oracle.Grumbling) {
	switch w.rng.IntN(3) {
	case 0:
		k.Value = w.addNumber("mrr", true)
		k.Currency = w.addText("currency", true)
	case 1:
		k.Value = w.addNumber("mrr", true)
	}
}

// scores adds a column for scores and KPIs on them. It tells the highest score
// that is usual: 1 for yes and no, and 0 for words.
func (w *world) scores() (top float64) {
	ask := func(inWords bool, scales ...scale) {
		for _, i := range w.rng.Perm(4) {
			if w.some() {
				w.addQuestion([]string{"csat", "psat", "ces", "pulse"}[i], pick(w.rng, scales), inWords)
			}
		}
	}
	switch w.rng.IntN(8) {
	case 0:
		ask(false, scale{0, 1})
		if w.rng.IntN(2) == 0 {
			w.addFlag("score", false)
		} else {
			w.addNumber("score", false)
		}
		return 1
	case 1:
		w.addText("score", w.rng.IntN(2) == 0)
		ask(true, scale{1, 3})
		return 0
	}
	w.addNumber("score", w.rng.IntN(3) == 0)
	top = 10
	net, params := oracle.NPS{Min: 0, Max: 10, PromotersFrom: 9, DetractorsTo: 6}, ""
	if w.rng.IntN(2) == 0 {
		net, params = oracle.NPS{Min: -1, Max: 5, PromotersFrom: 4.5, DetractorsTo: 3}, "scale: {min: -1, max: 5}, promoters_from: 4.5, detractors_to: 3, "
		top = 5
	}
	names := []string{"nps", "enps"}
	w.rng.Shuffle(2, func(i, j int) { names[i], names[j] = names[j], names[i] })
	if w.rng.IntN(2) == 0 {
		w.addKPI(names[0], "{"+params+"answers: all}", net)
	}
	if w.rng.IntN(2) == 0 || len(w.kpis) == 0 {
		if w.rng.IntN(2) == 0 {
			w.addText("respondent_id", true)
		} else {
			w.addNumber("respondent_id", true, "integer")
		}
		w.addKPI(names[1], "{"+params+"answers: latest}", oracle.LatestNPS{NPS: net})
	}
	w.grumbling(top)
	ask(false, scale{}, scale{1, 5}, scale{1, 3}, scale{0, 10}, scale{1, 7}, scale{-3, 3})
	return top
}

// scale is that of a question; the zero scale is left to the KPI.
type scale struct{ low, high float64 }

// addQuestion puts a KPI of answers with a good end into the collector, with the
// thresholds that it has by itself or others.
func (w *world) addQuestion(kind string, of scale, inWords bool) {
	inf := math.Inf(1)
	var params []string
	say := func(format string, args ...any) { params = append(params, fmt.Sprintf(format, args...)) }
	k := oracle.Rating{Good: "ratio", Normalized: "normalized", Net: "net"}
	threshold, usual, lower := "satisfied", scale{1, 5}, w.rng.IntN(3) == 0
	froms, tos := map[scale]float64{{1, 5}: 4, {1, 3}: 3, {0, 1}: 1}, map[scale]float64{{1, 5}: 2, {1, 3}: 1, {0, 1}: 0}
	direction := map[bool]string{false: "higher_is_better", true: "lower_is_better"}[lower]
	asked := lower || w.rng.IntN(2) == 0 // whether the direction is said
	switch kind {
	case "pulse":
		threshold, k.Good, k.Normalized, k.Net = "favorable", "favorable", "", ""
	case "ces":
		threshold, k.Good, k.Normalized = "easy", "easy", ""
		usual, froms[scale{1, 7}], tos[scale{1, 7}] = scale{1, 7}, 5, 3
		if w.rng.IntN(3) == 0 {
			say("version: 1")
			usual = scale{1, 5}
			lower = !asked || lower
		}
	}
	if asked {
		say("direction: %s", direction)
	}
	switch {
	case inWords:
		k.Words = faces
		say(`words: {happy: 3, "So so": 2, sad: 1, "😀": 3, "1": 3}`)
		if w.rng.IntN(3) == 0 {
			of = scale{1, 5}
			say("scale: {min: 1, max: 5}")
		}
	case of == scale{}:
		of = usual
	default:
		say("scale: {min: %v, max: %v}", of.low, of.high)
	}
	k.Min, k.Max, k.From, k.To = of.low, of.high, -inf, inf
	customary, name, end := froms, threshold+"_from", &k.From
	if lower {
		customary, name, end = tos, threshold+"_to", &k.To
	}
	if own, ok := customary[of]; ok && w.rng.IntN(2) == 0 {
		*end = own
	} else {
		*end = of.low + float64(w.rng.IntN(int(2*(of.high-of.low))+1))/2
		say("%s: %v", name, *end)
	}
	// Good answers that reach the middle leave no bad ones as far from the other end.
	if middle := (of.low + of.high) / 2; !lower && k.From <= middle || lower && k.To >= middle {
		k.Net = ""
	}
	w.addKPI(kind, "{"+strings.Join(params, ", ")+"}", k)
}
