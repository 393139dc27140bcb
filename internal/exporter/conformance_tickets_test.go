package exporter_test

import "github.com/cx-exporter/cx-exporter/internal/testdb/oracle"

func (w *world) tickets() {
	words := []string{"1h", "2d", "7d"}[w.rng.IntN(3)]
	target := maturities[words]
	time := w.moments()
	resolved := w.rng.IntN(2) == 0
	w.addTime("created_at", w.rng.IntN(2) == 0)
	w.addTime("first_response_at", w.rng.IntN(2) == 0)
	w.addTime("resolved_at", resolved)
	resolved = w.columns[2].mapped
	params, within := "{}", target
	if w.rng.IntN(2) == 0 {
		params = "{target: " + words + "}"
	} else {
		within = 0
	}
	hours := w.randomHours()
	full := w.addTime("last_resolved_at", w.rng.IntN(2) == 0)
	timed := func(d oracle.Duration) (string, oracle.Duration) {
		d.Target = within
		if w.rng.IntN(2) > 0 {
			return params, d
		}
		d.Hours = hours
		return with(params, "calendar: office"), d
	}
	if w.some() {
		waiting := oracle.Open{Begin: "created_at", Ends: []string{"first_response_at"}, Count: "waiting", Oldest: "oldest_waiting"}
		if resolved {
			waiting.Ends = append(waiting.Ends, "resolved_at")
		}
		params, d := timed(oracle.Duration{From: "created_at", To: "first_response_at"})
		w.addKPI("first_response_time", params, oracle.Both{d, waiting})
	}
	if w.some() {
		params, d := timed(oracle.Duration{From: "created_at", To: "resolved_at"})
		switch w.rng.IntN(4) {
		case 0:
			params, d.To = with(params, "of: full"), full
			w.addKPI("resolution_time", params, d)
		case 1, 2:
			params = "{cohort: created}"
			if d.Hours != nil {
				params = with(params, "calendar: office")
			}
			w.addKPI("resolution_time", params, oracle.Expected{From: "created_at", To: "resolved_at", Hours: d.Hours})
		default:
			w.addKPI("resolution_time", params, d)
		}
	}
	if w.some() {
		w.backlog(words, target)
	}
	if w.some() {
		w.addKPI("ticket_volume", "{}", oracle.Volume{})
	}
	fill := w.desk(words, target)
	for range w.size() {
		created := time()
		answered := w.after(created, target, time)
		solved := w.after(answered, 2*target, time)
		row := oracle.Row{
			"created_at":        w.maybe(4, created),
			"first_response_at": w.maybe(30, answered),
			"resolved_at":       w.maybe(30, solved),
			full:                w.maybe(40, w.after(solved, target, time)),
		}
		fill(created, row, time)
		w.rows = append(w.rows, row)
	}
	w.ownKPIs("created_at", 3)
}
