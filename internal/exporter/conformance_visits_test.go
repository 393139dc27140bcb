package exporter_test

import "github.com/cx-exporter/cx-exporter/internal/testdb/oracle"

func (w *world) visits() {
	words := []string{"1h", "2d", "7d"}[w.rng.IntN(3)]
	maturity := maturities[words]
	params := "{maturity: " + words + "}"
	if w.rng.IntN(2) == 0 {
		params, maturity = "{}", 0
	}
	time := w.moments(maturity)
	w.addTime("visited_at", w.rng.IntN(2) == 0)
	k := oracle.Outcome{Time: "visited_at", Maturity: maturity, Ratio: "ratio", All: "visits", Hits: "conversions"}
	if w.rng.IntN(2) == 0 {
		k.At = w.addTime("converted_at", true)
	} else {
		k.Flag = w.addFlag("converted", w.rng.IntN(2) == 0)
	}
	w.addKPI("conversion", params, k)
	for range w.size() {
		visited := time()
		w.rows = append(w.rows, oracle.Row{
			"visited_at":   w.maybe(4, visited),
			"converted_at": w.maybe(60, w.after(visited, max(maturity, maturities["1h"]), time)),
			"converted":    w.maybe(20, w.rng.IntN(3) == 0),
		})
	}
	w.ownKPIs("visited_at", 3)
}

func (w *world) costs() {
	time := w.moments()
	w.addTime("incurred_on", w.rng.IntN(2) == 0)
	w.addNumber("amount", w.rng.IntN(2) == 0)
	currency := ""
	if w.rng.IntN(2) == 0 {
		currency = w.addText("currency", true)
	}
	w.addKPI("cost", "{}", oracle.Cost{Currency: currency})
	for range w.size() {
		w.rows = append(w.rows, oracle.Row{
			"incurred_on": w.maybe(4, time()),
			"amount":      w.maybe(5, w.amount()),
			"currency":    w.maybe(10, []string{"EUR", "eur", "USD", "", " chf"}[w.rng.IntN(5)]),
		})
	}
	w.ownKPIs("incurred_on", 3)
}
