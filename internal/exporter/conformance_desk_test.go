package exporter_test

import (
	"slices"
	"strings"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/calendar"
	"github.com/cx-exporter/cx-exporter/internal/exporter"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
	"github.com/cx-exporter/cx-exporter/internal/testdb/oracle"
)

// desk adds the KPIs that judge tickets, with the columns that they read, to a
// world of tickets. It returns what fills these columns in a row.
func (w *world) desk(words string, limit time.Duration) func(created time.Time, r oracle.Row, any func() time.Time) {
	stamp, counted, replies := w.rng.IntN(3) > 0, w.rng.IntN(3) == 0, w.rng.IntN(2) == 0
	if !stamp && !counted {
		stamp = true
	}
	settled := oracle.Settled{Within: limit, Stamp: stamp, Count: !stamp, Of: "resolved"}
	if w.some() {
		k := settled
		k.Reopened, k.Mean = true, counted
		w.addKPI("reopen_rate", "{within: "+words+"}", k)
	}
	if w.some() {
		k := settled
		k.Of = pick(w.rng, []string{"resolved", "resolved", "created", "answered"})
		method := pick(w.rng, []string{"both", "both", "one_touch", "no_reopen", "no_repeat_contact"})
		switch method {
		case "both":
			k.Touch = replies
		case "one_touch":
			k.Touch, k.Stamp, k.Count, replies = true, false, false, true
		case "no_repeat_contact":
			k.Repeat, k.Stamp, k.Count = true, false, false
		}
		w.addKPI("first_contact_resolution", "{within: "+words+", of: "+k.Of+", method: "+method+"}", k)
	}
	if replies && w.rng.IntN(2) == 0 {
		w.addKPI("replies_per_resolution", "{}", oracle.Replies{})
	}
	targets := []oracle.Promise{{Name: "first_response", Due: "first_response_due_at", Done: "first_response_at"}, {Name: "resolution", Due: "resolution_due_at", Done: "resolved_at"}}
	due := []bool{true, true}
	if only := w.rng.IntN(3); only < 2 {
		targets, due[1-only] = targets[only:only+1], false
	}
	if w.some() {
		params, soon := "{due_soon: "+words+"}", limit
		if w.rng.IntN(4) == 0 {
			params, soon = "{}", days(1)
		}
		w.addKPI("sla", params, oracle.Promises{Targets: targets, Soon: soon})
	}
	if stamp {
		w.addTime("reopened_at", true)
	}
	w.addTime("next_contact_at", w.rng.IntN(2) == 0)
	if counted {
		w.addNumber("reopen_count", true)
	}
	if replies {
		w.addNumber("agent_replies", true)
	}
	both := w.rng.IntN(2) == 0 && due[0] && due[1] // then neither need be named
	for i, role := range []string{"first_response_due_at", "resolution_due_at"} {
		if due[i] {
			w.addTime(role, !both)
		}
	}
	if both && w.columns[len(w.columns)-1].mapped != w.columns[len(w.columns)-2].mapped {
		w.columns[len(w.columns)-1].mapped, w.columns[len(w.columns)-2].mapped = true, true
	}
	if w.some() {
		w.addCustomer()
		k := oracle.Grumbling{Back: days(30), Tickets: 3}
		params := "{}"
		if w.rng.IntN(2) == 0 {
			k.Tickets, k.Open, params = 2, limit, "{tickets: 2, open_for: "+words+"}"
		}
		for _, t := range []oracle.Promise{{Name: "first_response", Due: "first_response_due_at", Done: "first_response_at"}, {Name: "resolution", Due: "resolution_due_at", Done: "resolved_at"}} {
			if slices.ContainsFunc(w.columns, func(c column) bool { return c.role == t.Due && c.mapped }) {
				k.Promises = append(k.Promises, t)
			}
		}
		w.worthOf(&k)
		w.addKPI("at_risk", params, k)
	}
	return func(created time.Time, r oracle.Row, any func() time.Time) {
		r["customer_id"] = w.maybe(8, w.customerIn(w.rng.IntN(12)))
		r["mrr"], r["currency"] = w.maybe(20, w.amount()), w.maybe(20, w.currency())
		resolved, ok := r["resolved_at"].(time.Time)
		if !ok {
			resolved = created
		}
		r["closed_at"] = w.maybe(40, w.after(resolved, 4*limit, any))
		r["reopened_at"] = w.maybe(40, w.after(resolved, limit, any))
		r["next_contact_at"] = w.maybe(40, w.after(resolved, limit, any))
		r["reopen_count"] = w.maybe(15, float64(max(0, w.rng.IntN(6)-3)))
		r["agent_replies"] = w.maybe(10, float64(max(0, w.rng.IntN(5)-1)))
		r["first_response_due_at"] = w.maybe(10, w.due(created, r["first_response_at"], limit, any))
		r["resolution_due_at"] = w.maybe(10, w.due(created, r["resolved_at"], limit, any))
	}
}

// backlog adds the open tickets and their ages.
func (w *world) backlog(words string, limit time.Duration) {
	k := oracle.Open{Begin: "created_at", Ends: []string{"resolved_at"}, Count: "tickets", Oldest: "oldest", Mean: "age_mean", Median: "age_p50"}
	until := "resolved"
	if w.rng.IntN(3) == 0 {
		until, k.Ends[0] = "closed", w.addTime("closed_at", w.rng.IntN(2) == 0)
	}
	ages := ", older_than: []"
	switch w.rng.IntN(4) {
	case 0, 1:
		ages, k.Ages = ", older_than: ["+words+", 90d]", map[string]time.Duration{words: limit, "90d": days(90)}
	case 2:
		ages, k.Ages = "", map[string]time.Duration{"1d": days(1), "7d": days(7), "30d": days(30)}
	}
	w.addKPI("backlog", "{until: "+until+ages+"}", k)
}

// flows checks of the total and of every segment that the backlog grows by what is
// created and not resolved. Of events it is not so: those reopened are in it again.
func (j *judgement) flows(x calendar.Window, current, before kpi.Span) {
	untilClosed := slices.ContainsFunc(j.w.kpis, func(k kpiCase) bool { return strings.Contains(k.params, "until: closed") })
	if untilClosed || j.w.entity == "ticket_events" || !before.Hi.Equal(current.Lo) {
		return
	}
	j.flow(x, kpi.Segment{})
	for _, d := range j.w.dims {
		kept, _ := j.kept(d)
		for value := range d.values(j.rows, kept) {
			j.flow(x, kpi.Segment{Dimension: d.config.Name, Value: value})
		}
	}
}

func (j *judgement) flow(x calendar.Window, seg kpi.Segment) {
	get := func(name, stat string) (exporter.Series, bool) {
		s, ok := j.series[seriesID(name, x.String(), seg, stat, "")]
		return s, ok
	}
	stock, ok := get("backlog", "tickets")
	created, ok1 := get("ticket_volume", "created")
	out, ok2 := get("ticket_volume", "resolved")
	if !ok || !ok1 || !ok2 || !stock.Change.Known {
		return
	}
	grown := stock.Value - stock.Change.Before
	j.holds("backlog", grown == created.Value-out.Value,
		"%s %v: the backlog grew by %v, where %v were created and %v resolved", x, seg, grown, created.Value, out.Value)
}

// due is when something that was done or not should be done: often just then.
func (w *world) due(created time.Time, done any, limit time.Duration, any func() time.Time) time.Time {
	if at, ok := done.(time.Time); ok && w.rng.IntN(3) == 0 {
		return at.Add(time.Duration(w.rng.IntN(3)-1) * time.Second)
	}
	return w.after(created, limit, any)
}

func (w *world) contacts() {
	words := pick(w.rng, []string{"5s", "20s", "1h", "2d"})
	within := map[string]time.Duration{"5s": 5 * time.Second, "20s": 20 * time.Second, "1h": time.Hour, "2d": 48 * time.Hour}[words]
	shortWords, short := "5s", 5*time.Second
	if w.rng.IntN(3) == 0 {
		shortWords, short = "0", 0
	}
	time := w.moments()
	w.addTime("offered_at", w.rng.IntN(2) == 0)
	q := oracle.Queue{Seconds: w.rng.IntN(3) == 0}
	if q.Seconds {
		w.addNumber("wait_seconds", true)
	} else {
		w.addTime("answered_at", w.rng.IntN(2) == 0)
	}
	w.addTime("abandoned_at", w.rng.IntN(2) == 0)
	if w.some() {
		w.addKPI("wait_time", "{}", oracle.Wait{Queue: q})
	}
	if w.some() {
		formula := pick(w.rng, []string{"offered", "answered", "abandoned_met", "abandoned_left", "short_met"})
		w.addKPI("service_level", "{within: "+words+", short_abandon: "+shortWords+", formula: "+formula+"}",
			oracle.Served{Queue: q, Within: within, Short: short, Formula: formula})
	}
	if w.some() {
		w.addKPI("abandonment", "{short_abandon: "+shortWords+"}", oracle.Abandoned{Queue: q, Short: short})
	}
	for range w.size() {
		offered := time()
		answered, gone := w.after(offered, within, time), w.after(offered, max(short, within/4), time)
		r := oracle.Row{"offered_at": w.maybe(4, offered)}
		switch w.rng.IntN(8) {
		case 0: // waits
		case 1, 2:
			r["abandoned_at"] = gone
		case 3:
			r["abandoned_at"], r["answered_at"] = gone, answered
		default:
			r["answered_at"] = answered
		}
		if r["answered_at"] != nil {
			r["wait_seconds"] = answered.Sub(offered).Seconds()
		}
		w.rows = append(w.rows, r)
	}
	w.ownKPIs("offered_at", 3)
}
