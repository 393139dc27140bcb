package exporter_test

import (
	"math"
	"strconv"

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

// rated is the oracle of satisfaction.
func rated(low, high, from, to float64) oracle.Rating {
	return oracle.Rating{Min: low, Max: high, From: from, To: to, Good: "ratio", Normalized: "normalized", Net: "net"}
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

// scores adds a column for scores and KPIs on them. It tells the highest score
// that is usual: 1 for yes and no, and 0 for words.
func (w *world) scores() (top float64) {
	inf := math.Inf(1)
	switch w.rng.IntN(8) {
	case 0:
		w.addKPI(pick(w.rng, []string{"csat", "psat"}), "{scale: {min: 0, max: 1}}", rated(0, 1, 1, inf))
		if w.rng.IntN(2) == 0 {
			w.addFlag("score", false)
		} else {
			w.addNumber("score", false)
		}
		return 1
	case 1:
		w.addText("score", w.rng.IntN(2) == 0)
		k := rated(1, 3, 3, inf)
		k.Words = faces
		w.addKPI("psat", `{words: {happy: 3, "So so": 2, sad: 1, "😀": 3, "1": 3}}`, k)
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
	if w.some() {
		w.addKPI("csat", "{}", rated(1, 5, 4, inf))
	}
	if w.some() {
		w.addKPI("psat", "{scale: {min: 1, max: 6}, direction: lower_is_better, satisfied_to: 2.5}", rated(1, 6, -inf, 2.5))
	}
	if w.some() {
		w.addKPI("pulse", "{}", oracle.Rating{Min: 1, Max: 5, From: 4, To: inf, Good: "favorable"})
	}
	effort := oracle.Rating{Min: 1, Max: 7, From: 5, To: inf, Good: "easy", Net: "net"}
	switch w.rng.IntN(4) {
	case 0:
		w.addKPI("ces", "{}", effort)
	case 1:
		effort.From, effort.Net = 3, "" // the good half and more
		w.addKPI("ces", "{easy_from: 3}", effort)
	case 2:
		w.addKPI("ces", "{version: 1}", oracle.Rating{Min: 1, Max: 5, From: -inf, To: 2, Good: "easy", Net: "net"})
	}
	return top
}
