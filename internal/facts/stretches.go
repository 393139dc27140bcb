package facts

import "strconv"

// The columns of a stretch, beside those of its ticket.
const (
	stretchSince Role = "open_since"
	stretchUntil Role = "open_until"
	stretchAgain Role = "reopening"
)

// stretched is the relation of the stretches of time in which tickets were open,
// one row each, out of their events in order. What is open at any instant can be
// told by them, however often a ticket came back later:
//
//   - created_at is that of the ticket;
//   - open_since is when the stretch began: the creation, or a reopening of what
//     had been resolved;
//   - open_until is the next resolution, NULL where there is none yet;
//   - reopening is 0 for the first stretch of a ticket, 1 for others.
//
// At one instant a ticket is created first, then resolved, then reopened. A ticket
// that was resolved before it was created, or that nobody created, has one stretch,
// which ends before it begins or began at no time: it is refused, and told, like the
// ticket itself.
func (r Relation) stretched(d Dialect, at Column, dims []string, events string) *Relation {
	out := &Relation{
		Query:      foldStretches(d, dims, changes(dims, states(dims, events))),
		Dimensions: r.Dimensions,
		Columns: map[Role]Column{
			eventTicket:  {Name: string(eventTicket), Type: Text},
			stretchAgain: {Name: string(stretchAgain), Type: Integer},
		},
	}
	for _, role := range []Role{foldedCreated, stretchSince, stretchUntil} {
		out.Columns[role] = at.named(string(role))
	}
	for _, name := range dims {
		out.Columns[dimensionRole(name)] = Column{Name: name, Type: Text}
	}
	return out
}

// The states of a ticket as numbers.
const (
	stateResolved = iota
	stateOpen
	stateRefused
)

// inOrderOfEvents is the order of what happened to a ticket.
const inOrderOfEvents = " OVER (PARTITION BY ticket ORDER BY happened, kind)"

// states is the events that tell the state of a ticket, with the state before.
func states(dims []string, events string) string {
	w := &writer{}
	w.say("states: %d resolved, %d open, %d refused", stateResolved, stateOpen, stateRefused)
	const refused = "(ticket IS NULL OR created IS NULL OR resolved < created)"
	state := "CASE WHEN " + refused + " THEN " + strconv.Itoa(stateRefused) +
		" WHEN kind = " + strconv.Itoa(kindResolved) + " THEN " + strconv.Itoa(stateResolved) + " ELSE " + strconv.Itoa(stateOpen) + " END"
	for _, name := range []string{"ticket", "created", "resolved", "happened", "kind"} {
		w.column(name, name, "")
	}
	w.column(state, "state", "since then")
	w.column("LAG("+state+")"+inOrderOfEvents, "was", "until then")
	for i := range dims {
		di := "d" + strconv.Itoa(i)
		w.column("MAX(CASE WHEN kind = "+strconv.Itoa(kindCreated)+" AND happened = created THEN "+di+" END) OVER (PARTITION BY ticket)", di, "")
	}
	w.where = []string{"(" + refused + " OR kind = " + strconv.Itoa(kindCreated) + " AND happened = created" +
		" OR kind IN (" + strconv.Itoa(kindResolved) + ", " + strconv.Itoa(kindReopened) + ") AND happened >= created)"}
	return w.text("(\n"+events+") AS v", "", 0, "")
}

// changes is the events that changed the state of a ticket, with the time of the
// next.
func changes(dims []string, states string) string {
	w := &writer{}
	for _, name := range []string{"ticket", "created", "resolved", "happened", "state", "was"} {
		w.column(name, name, "")
	}
	w.column("LEAD(happened)"+inOrderOfEvents, "next", "change of the ticket")
	for i := range dims {
		w.column("d"+strconv.Itoa(i), "d"+strconv.Itoa(i), "")
	}
	w.where = []string{"(was IS NULL OR was <> state)"}
	return w.text("(\n"+states+") AS s", "", 0, "")
}

// foldStretches is one row a stretch.
func foldStretches(d Dialect, dims []string, changes string) string {
	w := &writer{}
	w.say("one row a stretch in which a ticket was open, of its events")
	refused := func(then, otherwise string) string {
		return "CASE WHEN state = " + strconv.Itoa(stateRefused) + " THEN " + then + " ELSE " + otherwise + " END"
	}
	w.column("ticket", string(eventTicket), "")
	w.column("CASE WHEN ticket IS NOT NULL THEN created END", string(foldedCreated), "")
	w.column(refused("created", "happened"), string(stretchSince), "")
	w.column(refused("resolved", "next"), string(stretchUntil), "")
	w.column("CASE WHEN was IS NULL THEN 0 ELSE 1 END", string(stretchAgain), "")
	for i, name := range dims {
		w.column("d"+strconv.Itoa(i), d.Quote(name), "")
	}
	w.where = []string{"state > " + strconv.Itoa(stateResolved)}
	return w.text("(\n"+changes+") AS c", "", 0, "")
}

// once is the condition that of a ticket that is no row of any window, since its
// creation lies ahead of the clock, only the first stretch is told.
func (p *Plan) once(c *rows, at moment) string {
	return "(" + c.d.Quote(c.column(stretchAgain).Name) + " = 0 OR " + at.until(p.future) + ")"
}
