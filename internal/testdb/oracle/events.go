package oracle

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Happenings are events of tickets: the words for their kinds and for the people
// of the team, in small letters. Actors is whether events tell who did it.
type Happenings struct {
	Created, Reply, Resolved, Reopened, Agents []string
	Actors                                     bool
	// Carried are the roles whose value at its creation a ticket keeps.
	Carried []string
}

// Tickets are the tickets that events add up to, one row each. Events without a
// ticket are one ticket that nobody knows when it was created.
func (h Happenings) Tickets(events []Row) []Row {
	var order []any
	byTicket := map[any][]Row{}
	for _, e := range events {
		if !slices.ContainsFunc([][]string{h.Created, h.Reply, h.Resolved, h.Reopened}, func(words []string) bool { return is(e["event"], words) }) {
			continue
		}
		id := e["ticket_id"]
		if _, ok := byTicket[id]; !ok {
			order = append(order, id)
		}
		byTicket[id] = append(byTicket[id], e)
	}
	var tickets []Row
	for _, id := range order {
		tickets = append(tickets, h.ticket(id, byTicket[id]))
	}
	return tickets
}

func (h Happenings) ticket(id any, events []Row) Row {
	slices.SortStableFunc(events, func(a, b Row) int {
		x, _ := a.instant("at")
		y, _ := b.instant("at")
		return x.Compare(y)
	})
	t := Row{"ticket_id": id, "turns": h.turns(events)}
	for _, e := range events {
		at, ok := e.instant("at")
		if !ok || !is(e["event"], h.Created) || t["created_at"] != nil && at.After(t["created_at"].(time.Time)) {
			continue
		}
		t["created_at"] = at
		if h.Actors && is(e["actor_kind"], h.Agents) {
			t["outbound_at"] = at
		}
		for _, role := range h.Carried {
			if v := e[role]; v != nil && (t[role] == nil || fmt.Sprint(v) > fmt.Sprint(t[role])) {
				t[role] = v
			}
		}
	}
	for _, e := range events {
		if at, ok := e.instant("at"); ok && is(e["event"], h.Resolved) {
			if t["resolved_at"] == nil {
				t["resolved_at"] = at
			}
			t["last_resolved_at"] = at
		}
	}
	last, solved := t["last_resolved_at"].(time.Time)
	replies := map[time.Time]bool{}
	for _, e := range events {
		at, ok := e.instant("at")
		switch {
		case !ok:
		case is(e["event"], h.Reopened) && solved:
			if !at.Before(t["resolved_at"].(time.Time)) && t["reopened_at"] == nil {
				t["reopened_at"] = at
			}
			if !at.Before(last) {
				t["last_resolved_at"] = nil
			}
		case is(e["event"], h.Reply) && (!h.Actors || is(e["actor_kind"], h.Agents)):
			if t["first_response_at"] == nil && t["outbound_at"] == nil {
				t["first_response_at"] = at
			}
			if !solved || !at.After(t["resolved_at"].(time.Time)) {
				replies[at] = true
			}
		}
	}
	t["agent_replies"] = float64(len(replies))
	if t.backwards("created_at", "resolved_at") {
		t["open_until"] = t["resolved_at"] // it was never open
	}
	if id == nil {
		t["created_at"] = nil
	}
	return t
}

// turn is a resolution or a reopening of a ticket.
type turn struct {
	at       time.Time
	reopened bool
}

// turns are all of them that have a time.
func (h Happenings) turns(events []Row) (all []turn) {
	for _, e := range events {
		if at, ok := e.instant("at"); ok && (is(e["event"], h.Resolved) || is(e["event"], h.Reopened)) {
			all = append(all, turn{at, is(e["event"], h.Reopened)})
		}
	}
	return all
}

// openAt replays a ticket up to an instant: the last thing that happened to it
// before tells whether it is open. What is resolved and reopened at one instant is
// reopened, and what happened before it was created did not happen to it.
func openAt(ticket Row, t time.Time) bool {
	created, _ := ticket.instant("created_at")
	turns, _ := ticket["turns"].([]turn)
	last, open := created, true
	for _, x := range turns {
		if x.at.Before(t) && !x.at.Before(last) {
			last, open = x.at, false
		}
	}
	for _, x := range turns {
		open = open || x.reopened && x.at.Equal(last)
	}
	return open
}

// is reports whether a value is one of some words, however it is written.
func is(v any, words []string) bool {
	s, ok := v.(string)
	return ok && slices.ContainsFunc(words, func(word string) bool { return strings.EqualFold(strings.Trim(s, " "), word) })
}
