package exporter_test

import "github.com/cx-exporter/cx-exporter/internal/testdb/oracle"

func (w *world) invitations() {
	words := []string{"1h", "2d", "7d"}[w.rng.IntN(3)]
	maturity := maturities[words]
	time := w.moments(maturity)
	w.addTime("sent_at", w.rng.IntN(2) == 0)
	w.addTime("responded_at", w.rng.IntN(2) == 0)
	k := oracle.Outcome{Time: "sent_at", At: "responded_at", Maturity: maturity, Ratio: "ratio", All: "invitations", Hits: "responses", Young: "pending_invitations", YoungHits: "pending_responses"}
	if w.rng.IntN(2) == 0 {
		w.addFlag("bounced", true)
		k.Except = "bounced"
	}
	w.addKPI("response_rate", "{maturity: "+words+"}", k)
	for range w.size() {
		sent := time()
		w.rows = append(w.rows, oracle.Row{
			"sent_at":      w.maybe(4, sent),
			"responded_at": w.maybe(40, w.after(sent, maturity, time)),
			"bounced":      w.maybe(20, w.rng.IntN(6) == 0),
		})
	}
	w.ownKPIs("sent_at", 3)
}
