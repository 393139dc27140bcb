package exporter_test

import (
	"context"
	"slices"

	"github.com/cx-exporter/cx-exporter/internal/calendar"
	"github.com/cx-exporter/cx-exporter/internal/exporter"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// summed are the KPIs whose values have to add up, of the entities that have them.
// A random case need not hold any of them: they are asked for beside it.
func (w *world) summed() (kpis []kpiCase) {
	add := func(kind, params string) { kpis = append(kpis, kpiCase{kind: kind, params: params, name: kind}) }
	switch w.entity {
	case "responses":
		if w.columns[slices.IndexFunc(w.columns, func(c column) bool { return c.role == "score" })].ddl != "BOOLEAN" {
			add("nps", "{}")
		}
	case "tickets":
		add("ticket_volume", "{}")
		add("backlog", "{older_than: []}")
	case "subscriptions", "orders":
		for _, kind := range []string{"churn", "retention", "customers"} {
			add(kind, "{}")
		}
		if w.entity == "subscriptions" && w.reads("mrr") {
			add("mrr", "{}")
		}
	}
	return kpis
}

// alwaysAddsUp evaluates the rows of a case once more, with the KPIs whose values
// are bound to each other, and checks by what the exporter says alone that they add
// up in every window with a beginning and in every segment:
//
//   - promoters, passives and detractors are all who answered;
//   - customers at the end are those at the beginning less the lost, with the new
//     and the returned;
//   - so is recurring revenue, by its movements;
//   - the backlog at the end is that at the beginning, with what was created and
//     without what was resolved.
func (e *engine) alwaysAddsUp(ctx context.Context, w *world, table string) ([]string, error) {
	x := *w
	if x.kpis = w.summed(); len(x.kpis) == 0 {
		return nil, nil
	}
	x.now, x.apart, x.change = false, false, false
	x.budget, x.maxSegments, x.instants = 1_000_000, 10_000, w.instants[:1]
	if x.windows = slices.Clone(w.windows); !slices.Contains(x.windows, openingWindow()) {
		x.windows = append(x.windows, openingWindow())
	}
	x.fitWindows()
	bounded := slices.DeleteFunc(slices.Clone(x.windows), func(window calendar.Window) bool { return !window.Bounded() })
	for _, window := range bounded { // what was there when it began
		x.instants = append(x.instants, window.Span(x.instants[0], x.zone).Lo)
	}
	snapshots, err := e.evaluate(ctx, &x, table)
	if err != nil {
		return nil, err
	}
	x.asserted = map[string]int{}
	j := judgement{w: &x, series: map[string]exporter.Series{}}
	for _, s := range snapshots[0].Series {
		j.series[seriesID(s.KPI, s.Window, s.Segment, s.Stat, labelText(s.Labels))] = s
	}
	j.netScores()
	for i, window := range bounded {
		before := total(x.asserted)
		j.identities(window)
		j.stock(window, snapshots[i+1])
		if x.entity != "responses" && total(x.asserted) == before {
			j.say("nothing of %s was added up", window)
		}
	}
	if x.entity == "responses" && total(x.asserted) == 0 {
		j.say("no answers were added up")
	}
	for identity, n := range x.asserted {
		if w.asserted != nil {
			w.asserted[inEveryCase+identity] += n
		}
	}
	return j.wrong, nil
}

// inEveryCase begins the names of identities that all cases of an entity are
// checked for.
const inEveryCase = "in every case: "

// openingWindow ends at the instant, so that its stocks are those of the instant.
func openingWindow() calendar.Window { return windowNamed("30d") }

func total(counts map[string]int) (n int) {
	for _, x := range counts {
		n += x
	}
	return n
}

// stock checks that the backlog grew by the flows since a window began, of which
// there is a snapshot.
func (j *judgement) stock(window calendar.Window, begun *exporter.Snapshot) {
	opening := map[kpi.Segment]float64{}
	for _, s := range begun.Series {
		if s.KPI == "backlog" && s.Stat == "tickets" && s.Window == openingWindow().String() {
			opening[s.Segment] = s.Value
		}
	}
	for _, s := range j.series {
		if s.KPI != "backlog" || s.Stat != "tickets" || s.Window != window.String() {
			continue
		}
		flow := func(stat string) float64 {
			return j.series[seriesID("ticket_volume", s.Window, s.Segment, stat, "")].Value
		}
		created, resolved := flow("created"), flow("resolved")
		j.holds("backlog", s.Value == opening[s.Segment]+created-resolved,
			"%s %v: %v tickets were open, %v created and %v resolved, and %v are open", window, s.Segment, opening[s.Segment], created, resolved, s.Value)
	}
}
