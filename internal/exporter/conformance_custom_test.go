package exporter_test

import (
	"fmt"

	"github.com/cx-exporter/cx-exporter/internal/testdb/oracle"
)

func (w *world) custom() {
	time := w.moments()
	w.addTime("at", true)
	for range w.size() {
		w.rows = append(w.rows, oracle.Row{"at": w.maybe(4, time())})
	}
	w.ownKPIs("at", 0)
}

func (w *world) gauge() {
	w.entity, w.change = "custom", false // its values are those of the instant
	w.windows = w.windows[:1]
	w.addText("label_a", false)
	w.addNumber("label_b", false, "integer")
	w.addNumber("reading", false)
	w.addNumber("value", false)
	k, params := oracle.Gauge{Labels: []string{"label_a", "label_b"}, Columns: []string{"reading"}}, "unit: things"
	switch w.rng.IntN(3) {
	case 0:
		params += ", value: reading"
	case 1:
		k.Columns = []string{"value"}
	default:
		k.Columns, k.Named, params = []string{"reading", "value"}, true, "values: {reading: seconds, value: things}"
	}
	if w.rng.IntN(4) > 0 {
		params += ", labels: [label_a, label_b]"
	} else {
		k.Labels = nil
	}
	w.addCustom("gauge", params, k)
	rows := w.size() / 3
	if k.Labels == nil {
		rows = w.rng.IntN(3) // one without labels is the only one
	}
	for range rows {
		w.rows = append(w.rows, oracle.Row{
			"label_a": w.maybe(10, words[w.rng.IntN(len(words))]),
			"label_b": w.maybe(10, float64(w.rng.IntN(40))),
			"reading": w.maybe(10, w.amount()),
			"value":   w.maybe(10, w.amount()),
		})
	}
}

// ownKPIs adds custom KPIs on columns of their own: always, or in one of so many
// worlds.
func (w *world) ownKPIs(by string, seldom int) {
	if seldom > 0 && w.rng.IntN(seldom) > 0 {
		return
	}
	x := w.addNumber("extra", false)
	y := w.addNumber("other_extra", false)
	yes := w.addFlag("flagged", false)
	word := w.addText("word", false)
	for _, r := range w.rows {
		r[x] = w.maybe(10, w.amount())
		r[y] = w.maybe(10, w.amount())
		r[yes] = w.maybe(20, w.rng.IntN(2) == 0)
		r[word] = w.maybe(10, w.word())
	}
	placed := ""
	if w.rng.IntN(3) == 0 { // by a time of their own
		time := w.moments()
		by = w.addTime("placed_at", w.rng.IntN(2) == 0)
		placed = ", by: " + by
		for _, r := range w.rows {
			r[by] = w.maybe(10, time())
		}
	}
	addCustom := func(kind, params string, o oracle.KPI) { w.addCustom(kind, params+placed, o) }
	q := []string{"0.5", "0.9", "0.95", "0.01"}[w.rng.IntN(4)]
	all := []func(){
		func() { addCustom("ratio", "of: flagged", oracle.Share{By: by, Of: yes}) },
		func() {
			addCustom("ratio", "numerator: extra, denominator: other_extra", oracle.Quotient{By: by, Numerator: x, Denominator: y})
		},
		func() { addCustom("mean", "of: extra, unit: seconds", oracle.Mean{By: by, Of: x, Skewed: true}) },
		func() {
			addCustom("mean", "of: extra, unit: score, min: -1000, max: 1000", oracle.Mean{By: by, Of: x, Min: -1000, Max: 1000})
		},
		func() { addCustom("sum", "of: extra, unit: things", oracle.Sum{By: by, Of: x}) },
		func() { addCustom("count", "unit: things", oracle.Count{By: by}) },
		func() { addCustom("count", "unit: things, of: flagged", oracle.Count{By: by, Of: yes}) },
		func() {
			if w.shards > 1 && (w.reads("customer_id") || w.reads("respondent_id")) {
				return // shards keep customers apart, but not words
			}
			addCustom("distinct", "of: word, unit: words", oracle.Distinct{By: by, Of: word})
		},
		func() {
			addCustom("quantile", fmt.Sprintf("of: extra, q: %s, unit: seconds", q), oracle.Quantile{By: by, Of: x, Q: q})
		},
	}
	for _, add := range all {
		if w.rng.IntN(3) == 0 || len(w.kpis) == 0 {
			add()
		}
	}
}
