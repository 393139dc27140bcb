package exporter_test

import (
	"maps"
	"strings"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/testdb/oracle"
)

// plainEvents are the words of events that the configuration assumes.
func plainEvents() *facts.Events {
	return &facts.Events{
		Created: []string{"created"}, Reply: []string{"reply"}, Resolved: []string{"resolved"}, Reopened: []string{"reopened"},
		Agents: []string{"agent"},
	}
}

// events is how the world's relation is folded; nil where its rows are no events.
func (w *world) events() *facts.Events {
	switch {
	case w.entity != "ticket_events":
		return nil
	case w.words == nil:
		return plainEvents()
	}
	return w.words
}

// told are the rows that KPIs are about: of events, their tickets.
func (w *world) told(rows []oracle.Row) []oracle.Row {
	e := w.events()
	if e == nil {
		return rows
	}
	h := oracle.Happenings{Created: e.Created, Reply: e.Reply, Resolved: e.Resolved, Reopened: e.Reopened, Agents: e.Agents}
	for _, c := range w.columns {
		h.Actors = h.Actors || c.role == "actor_kind" && c.mapped
		if strings.HasPrefix(c.role, "dim_") {
			h.Carried = append(h.Carried, c.role)
		}
	}
	return h.Tickets(rows)
}

// ticketEvents is a history of what happened to tickets.
func (w *world) ticketEvents() {
	words := []string{"1h", "2d", "7d"}[w.rng.IntN(3)]
	limit := maturities[words]
	actors := w.rng.IntN(3) > 0
	kinds := []string{"created", "reply", "resolved", "reopened"}
	if w.rng.IntN(2) == 0 {
		w.words = &facts.Events{
			Created: []string{"new", "Import 1"}, Reply: []string{"comment"}, Resolved: []string{"solved", "closed"}, Reopened: []string{"4"},
			Agents: []string{"agent", "user"},
		}
		kinds = []string{"new", "comment", "solved", "4", "Closed", " import 1 "}
	}
	w.addText("ticket_id", w.rng.IntN(2) == 0)
	w.addTime("at", w.rng.IntN(2) == 0)
	w.addText("event", w.rng.IntN(2) == 0)
	w.addText("actor_kind", actors)
	w.eventKPIs(words, limit, actors)
	times := w.moments(limit)
	id := func() any {
		return w.maybe(4, pick(w.rng, []string{"T", "t", "t ", "u"})+pick(w.rng, []string{"1", "2", "3", "4", "5"}))
	}
	add := func(id any, kind string, at any) {
		w.rows = append(w.rows, oracle.Row{
			"ticket_id": id, "event": w.maybe(2, kind), "at": w.maybe(3, at),
			"actor_kind": w.maybe(10, pick(w.rng, []string{"agent", "agent", " Agent", "customer", "bot", "USER"})),
		})
	}
	for range w.size() / 3 {
		ticket := id()
		at := times()
		add(ticket, kinds[0], at)
		for range w.rng.IntN(6) {
			at = w.after(at, limit, times)
			add(ticket, pick(w.rng, kinds[1:]), at)
			if w.rng.IntN(10) == 0 {
				w.rows = append(w.rows, maps.Clone(w.rows[len(w.rows)-1]))
			}
		}
		if w.rng.IntN(4) == 0 {
			add(ticket, "assigned", times())
		}
	}
	w.rng.Shuffle(len(w.rows), func(i, j int) { w.rows[i], w.rows[j] = w.rows[j], w.rows[i] })
}

// eventKPIs adds the KPIs that events can tell.
func (w *world) eventKPIs(words string, limit time.Duration, actors bool) {
	if w.some() {
		waiting := oracle.Open{Begin: "created_at", Ends: []string{"first_response_at", "resolved_at"}, Count: "waiting", Oldest: "oldest_waiting"}
		if actors {
			waiting.Ends = append(waiting.Ends, "outbound_at")
		}
		w.addKPI("first_response_time", "{target: "+words+"}", oracle.Both{oracle.Duration{From: "created_at", To: "first_response_at", Target: limit}, waiting})
	}
	if w.some() {
		of, to := "first", "resolved_at"
		if w.rng.IntN(2) == 0 {
			of, to = "full", "last_resolved_at"
		}
		w.addKPI("resolution_time", "{of: "+of+"}", oracle.Duration{From: "created_at", To: to})
	}
	if w.some() {
		k := oracle.Open{Begin: "created_at", Ends: []string{"resolved_at"}, Turns: true, Count: "tickets", Oldest: "oldest", Mean: "age_mean", Median: "age_p50"}
		params := "{older_than: []}"
		if w.rng.IntN(2) == 0 {
			params, k.Ages = "{older_than: ["+words+", 90d]}", map[string]time.Duration{words: limit, "90d": days(90)}
		}
		w.addKPI("backlog", params, k)
	}
	if w.some() {
		w.addKPI("ticket_volume", "{}", oracle.Volume{})
	}
	if w.some() {
		w.addKPI("reopen_rate", "{within: "+words+"}", oracle.Settled{Within: limit, Stamp: true, Of: "resolved", Reopened: true})
	}
	if w.some() {
		w.addKPI("first_contact_resolution", "{within: "+words+"}", oracle.Settled{Within: limit, Stamp: true, Touch: true, Of: "resolved"})
	}
	if w.some() {
		w.addKPI("replies_per_resolution", "{}", oracle.Replies{})
	}
}
