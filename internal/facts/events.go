package facts

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Events say that the rows of a relation are events of tickets, and by which
// words the kinds of events and the people of the team are told. Neither case
// nor blanks around a word make a difference. Such a relation is folded to one
// row a ticket before anything is asked of it, see Fold.
type Events struct {
	Created, Reply, Resolved, Reopened []string
	// Agents are the words of the actors who belong to the team. Replies of others,
	// customers and machines, are no responses.
	Agents []string
}

// The roles of a relation of events.
const (
	eventTicket Role = "ticket_id"
	eventAt     Role = "at"
	eventKind   Role = "event"
	eventActor  Role = "actor_kind"
)

// The columns of a ticket that is folded from its events.
const (
	foldedCreated      Role = "created_at"
	foldedOutbound     Role = "outbound_at"
	foldedResponse     Role = "first_response_at"
	foldedResolved     Role = "resolved_at"
	foldedLastResolved Role = "last_resolved_at"
	foldedReopened     Role = "reopened_at"
	foldedReplies      Role = "agent_replies"
)

// FoldedRoles are the roles of tickets that are folded from their events: what
// events tell of a ticket, and of the stretches in which it was open. Only where
// actors are named is it known who opened it.
func FoldedRoles(actors bool) []Role { return append(ticketRoles(actors), stretchSince, stretchUntil) }

func ticketRoles(actors bool) []Role {
	roles := []Role{eventTicket, foldedCreated, foldedResponse, foldedResolved, foldedLastResolved, foldedReopened, foldedReplies}
	if actors {
		roles = append(roles, foldedOutbound)
	}
	return roles
}

// Reads are the roles that a relation itself must have for the uses of needs.
// Events have roles of their own, whatever is asked of the tickets.
func (r Relation) Reads(uses map[Role]Use) map[Role]Use {
	if r.Events == nil {
		return uses
	}
	own := map[Role]Use{eventTicket: AsValue, eventAt: AsTime, eventKind: AsValue}
	if r.actors() {
		own[eventActor] = AsValue
	}
	return own
}

func (r Relation) actors() bool {
	_, ok := r.Columns[eventActor]
	return ok
}

// The kinds of events as numbers.
const (
	kindCreated = iota + 1
	kindReply
	kindResolved
	kindReopened
)

// Fold turns a resolved relation of events into one of tickets, a row each, and
// returns any other as it is. It reads all events, since a ticket may be as old as
// any. Only times decide what came first, not the order of rows, and what happened
// to a ticket twice at one instant happened once:
//
//   - created_at is the first creation, NULL where there is none or the events
//     name no ticket;
//   - first_response_at is the first reply of the team, NULL for tickets that the
//     team opened: these wait for no response, and outbound_at is when they were
//     opened;
//   - resolved_at is the first resolution, last_resolved_at the last, NULL again
//     where the ticket was reopened since;
//   - reopened_at is the first reopening that is not before the first resolution;
//   - agent_replies are the replies of the team up to the first resolution.
//
// Dimensions are read where the ticket was first created.
func Fold(d Dialect, r Relation) (Relation, error) {
	if r.Events == nil {
		return r, nil
	}
	if err := r.Events.check(); err != nil {
		return r, err
	}
	at, err := momentOf(d, r.Columns[eventAt])
	if err != nil {
		return r, fmt.Errorf("%s: %w", eventAt, err)
	}
	kind := at.kind
	if kind == Unix && at.zone != nil {
		kind = wallUnix
	}
	out := Relation{Columns: map[Role]Column{}, Dimensions: r.Dimensions}
	dims := r.dimensionColumns()
	events := ordered(dims, r.sorted(d, at, dims))
	out.Query = foldTickets(d, dims, r.actors(), events)
	out.Stretches = r.stretched(d, Column{Type: kind, Zone: at.zone}, dims, events)
	for _, role := range ticketRoles(true) {
		c := Column{Name: string(role), Type: kind, Zone: at.zone}
		switch role {
		case eventTicket:
			c = Column{Name: string(role), Type: Text}
		case foldedReplies:
			c = Column{Name: string(role), Type: Integer}
		}
		out.Columns[role] = c
	}
	for _, name := range dims {
		out.Columns[dimensionRole(name)] = Column{Name: name, Type: Text}
	}
	return out, nil
}

// check refuses words that could be more than a word in a statement.
func (e *Events) check() error {
	for _, word := range slices.Concat(e.Created, e.Reply, e.Resolved, e.Reopened, e.Agents) {
		if word == "" || strings.Trim(strings.ToUpper(word), plainText) != "" {
			return fmt.Errorf("the word %q of events has other characters in it than letters, digits, blanks and _-.:/", word)
		}
	}
	return nil
}

// dimensionColumns are the columns of all dimensions, each once.
func (r Relation) dimensionColumns() (names []string) {
	for _, dim := range r.Dimensions {
		for _, name := range dim.Columns {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}

// among is the condition that a column holds one of some words.
func among(d Dialect, c Column, words []string) string {
	if len(words) == 0 {
		return "1 = 0"
	}
	upper := make([]string, len(words))
	for i, word := range words {
		upper[i] = strings.ToUpper(strings.TrimSpace(word))
	}
	return d.Word(d.Quote(c.Name)) + " IN ('" + strings.Join(upper, "', '") + "')"
}

// sorted is the events with what they are.
func (r Relation) sorted(d Dialect, at moment, dims []string) string {
	w := &writer{}
	w.say("events by kind: %d created, %d reply, %d resolved, %d reopened", kindCreated, kindReply, kindResolved, kindReopened)
	w.column(d.Text(d.Quote(r.Columns[eventTicket].Name)), "ticket", string(eventTicket))
	w.column(at.known(), "happened", string(eventAt))
	var kind strings.Builder
	kind.WriteString("CASE")
	for i, words := range [][]string{r.Events.Created, r.Events.Reply, r.Events.Resolved, r.Events.Reopened} {
		kind.WriteString(" WHEN " + among(d, r.Columns[eventKind], words) + " THEN " + strconv.Itoa(i+1))
	}
	w.column(kind.String()+" ELSE 0 END", "kind", string(eventKind))
	agent := "1"
	if r.actors() {
		agent = "CASE WHEN " + among(d, r.Columns[eventActor], r.Events.Agents) + " THEN 1 ELSE 0 END"
	}
	w.column(agent, "agent", "whether the team did it")
	for i, name := range dims {
		w.column(d.Text(d.Quote(name)), "d"+strconv.Itoa(i), name)
	}
	w.where = r.and(nil)
	return w.text(From(d, r), "    ", 0, d.Fence())
}

// ordered is the events with what else became of their tickets.
func ordered(dims []string, events string) string {
	w := &writer{}
	for _, name := range []string{"ticket", "happened", "kind", "agent"} {
		w.column(name, name, "")
	}
	over := func(aggregate string, kind int) string {
		return aggregate + "(CASE WHEN kind = " + strconv.Itoa(kind) + " THEN happened END) OVER (PARTITION BY ticket)"
	}
	w.column(over("MIN", kindCreated), "created", "of its ticket")
	w.column(over("MIN", kindResolved), "resolved", "first, of its ticket")
	w.column(over("MAX", kindResolved), "settled", "last, of its ticket")
	for i := range dims {
		w.column("d"+strconv.Itoa(i), "d"+strconv.Itoa(i), "")
	}
	w.where = []string{"kind > 0"}
	return w.text("(\n"+events+"  ) AS e", "  ", 0, "")
}

// foldTickets is one row a ticket.
func foldTickets(d Dialect, dims []string, actors bool, events string) string {
	w := &writer{}
	w.say("one row a ticket, of its events")
	when := func(kind int, more string) string {
		return "CASE WHEN kind = " + strconv.Itoa(kind) + more + " THEN happened END"
	}
	outbound := "MIN(" + when(kindCreated, " AND agent = 1") + ") = MIN(created)"
	if !actors {
		outbound = "1 = 0"
	}
	w.key("ticket", string(eventTicket), "")
	w.column("CASE WHEN ticket IS NOT NULL THEN MIN(created) END", string(foldedCreated), "")
	w.column("CASE WHEN "+outbound+" THEN MIN(created) END", string(foldedOutbound), "when the team opened it")
	w.column("CASE WHEN "+outbound+" THEN NULL ELSE MIN("+when(kindReply, " AND agent = 1")+") END", string(foldedResponse), "")
	w.column("MIN(resolved)", string(foldedResolved), "")
	w.column("CASE WHEN MAX("+when(kindReopened, "")+") >= MAX(settled) THEN NULL ELSE MAX(settled) END", string(foldedLastResolved), "unless reopened since")
	w.column("MIN("+when(kindReopened, " AND happened >= resolved")+")", string(foldedReopened), "")
	w.column("COUNT(DISTINCT "+when(kindReply, " AND agent = 1 AND (resolved IS NULL OR happened <= resolved)")+")", string(foldedReplies), "up to the first resolution")
	for i, name := range dims {
		w.column("MAX(CASE WHEN kind = "+strconv.Itoa(kindCreated)+" AND happened = created THEN d"+strconv.Itoa(i)+" END)", d.Quote(name), "")
	}
	return w.text("(\n"+events+") AS v", "", 0, "")
}
