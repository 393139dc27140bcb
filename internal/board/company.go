package board

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"github.com/cx-exporter/cx-exporter/collectors"
	"github.com/cx-exporter/cx-exporter/internal/exporter"
)

// company is the front page.
type company struct {
	frame
	Window     string // in words
	Chosen     string // its name
	Windows    []choice
	At         moment
	Confidence string
	Movements  []movement
	Goals      []goalView
	Counts     []goalCount
	Groups     []group
	More       []row
	Data       data
}

// choice is one of several windows or values to look at.
type choice struct {
	Text, Query string
	Current     bool
}

// group are the KPIs that serve one business goal.
type group struct {
	ID, Title string
	Cards     []card
}

// card is one KPI of one collector.
type card struct {
	Title, Sub      string
	Collector, Name string // for the link
	// Window is in words; it is set where it is another than the chosen one.
	Window   string
	Readings []reading
	// Hidden is how many readings there are beyond those shown.
	Hidden  int
	Missing string // why there are none
	moved   []movement
}

// row is a KPI that has no card.
type row struct {
	Title, Sub, Collector, Name, Window string
	Reading                             reading
	Hidden                              int
	Missing                             string
}

// movement is a change beyond chance.
type movement struct {
	Title, Label    string
	Collector, Name string
	Change          change
}

// headlines are the KPIs that have a card, by the business goal that they serve,
// in the order in which they are shown.
var headlines = [...]struct {
	id, title string
	kpis      []string
}{
	{"retention", "Retention", []string{"churn", "retention", "customers", "at_risk", "revenue_retention", "retention_cost", "retention_roi"}},
	{"loyalty", "Loyalty", []string{"nps", "csat", "ces", "psat", "response_rate", "repeat_purchase", "enps"}},
	{"revenue", "Revenue", []string{"revenue", "revenue_growth", "mrr", "average_order_value", "clv", "conversion", "cart_abandonment"}},
	{"support", "Support", []string{"first_response_time", "resolution_time", "first_contact_resolution", "backlog", "sla", "service_level", "cost_per_contact"}},
}

// readingsOnCard is how many values of a KPI, such as one a currency, a card shows.
const readingsOnCard = 3

// newCompany makes the front page.
func newCompany(now *exporter.Board, story *Story, window, version string) *company {
	c := &company{
		frame: frame{Root: ".", Title: "Customers at a glance", Version: version}, Window: windowWords(window), Chosen: window,
		At: story.moment(now.At), Confidence: story.confidence(),
		Goals: goalsOf(story, "."), Data: dataOf(now, story),
	}
	c.Counts = counts(c.Goals)
	for _, w := range windowsOf(now) {
		c.Windows = append(c.Windows, choice{windowWords(w), "?" + url.Values{"window": {w}}.Encode(), w == window})
	}
	cards := map[string][]card{} // by KPI
	var own, more []card
	for i := range now.Standings {
		s := &now.Standings[i]
		for k := range s.Collector.Descs {
			d := &s.Collector.Descs[k]
			x, ok := newCard(s, d, story, window)
			switch {
			case !ok:
			case isOwn(d):
				own = append(own, x)
			case isHeadline(d.Name):
				cards[d.Name] = append(cards[d.Name], x)
			default:
				more = append(more, x)
			}
		}
	}
	for _, h := range headlines {
		g := group{ID: h.id, Title: h.title}
		for _, name := range h.kpis {
			g.Cards = append(g.Cards, cards[name]...)
		}
		if len(g.Cards) > 0 {
			c.Groups = append(c.Groups, g)
		}
	}
	if len(own) > 0 {
		c.Groups = append(c.Groups, group{"own", "Your own KPIs", own})
	}
	for _, x := range more {
		r := row{Title: x.Title, Sub: x.Sub, Collector: x.Collector, Name: x.Name, Window: x.Window, Missing: x.Missing}
		if len(x.Readings) > 0 {
			r.Reading, r.Hidden = x.Readings[0], x.Hidden+len(x.Readings)-1
		}
		c.More = append(c.More, r)
	}
	c.Movements = movements(c.Groups, story)
	return c
}

func isOwn(d *collectors.Desc) bool {
	return len(d.Stats) > 0 && strings.HasPrefix(d.Stats[0].Metric, "cx_custom_")
}

func isHeadline(name string) bool {
	for _, h := range headlines {
		if slices.Contains(h.kpis, name) {
			return true
		}
	}
	return false
}

// newCard makes the card of a KPI. ok is false where it has no value but
// components.
func newCard(s *exporter.Standing, d *collectors.Desc, story *Story, window string) (c card, ok bool) {
	stat, ok := statOf(d, "")
	if !ok {
		return card{}, false
	}
	c = card{Title: titleOf(d), Collector: s.Collector.Name, Name: d.Name, Sub: s.Collector.Name}
	if st := d.Stats[stat]; showsStat(d, st) {
		c.Sub += " · " + statWords(st.Name)
	}
	all := windowsOfKPI(s, d)
	w := all[0]
	if slices.Contains(all, window) {
		w = window
	} else {
		c.Window = windowWords(w)
	}
	if s.Good == nil {
		c.Missing = missing(s)
		return c, true
	}
	past := story.Pasts[s.Collector.Name]
	for i := range s.Good.Series {
		x := &s.Good.Series[i]
		if x.KPI != d.Name || x.Stat != d.Stats[stat].Name || x.Window != w || !x.Segment.IsTotal() {
			continue
		}
		r := read(x, s.Collector.MinSamples, 1-story.Confidence)
		if r.Change.Tested {
			c.moved = append(c.moved, movement{c.Title, r.Label, c.Collector, c.Name, r.Change})
		}
		if len(c.Readings) == readingsOnCard {
			c.Hidden++
			continue
		}
		if !ToDate(w) {
			r.Spark = newSpark(past.line(x), x)
		}
		c.Readings = append(c.Readings, r)
	}
	if len(c.Readings) == 0 {
		c.Missing = "no value: there are no rows for it"
	}
	return c, true
}

// titleOf is the title of a KPI. A custom one may have none but its name.
func titleOf(d *collectors.Desc) string {
	if d.Title == "" {
		return strings.ReplaceAll(d.Name, "_", " ")
	}
	return d.Title
}

// missing says why a collector has no values.
func missing(s *exporter.Standing) string {
	switch {
	case !s.Attempted:
		return "waiting for the first run"
	case s.LastSuccess.IsZero():
		return "could not be read yet"
	}
	return "too old to be shown"
}

// movements are the changes that are no chance even among all cards, the least
// probable first.
func movements(groups []group, story *Story) []movement {
	var all []movement
	for _, g := range groups {
		for _, c := range g.Cards {
			all = append(all, c.moved...)
		}
	}
	level := (1 - story.Confidence) / float64(max(1, len(all)))
	all = slices.DeleteFunc(all, func(m movement) bool { return !m.Change.Sure || m.Change.P >= level })
	slices.SortStableFunc(all, func(a, b movement) int { return cmp.Compare(a.Change.P, b.Change.P) })
	const most = 6
	return all[:min(most, len(all))]
}

// find finds a KPI of a collector.
func find(now *exporter.Board, collector, name string) (*exporter.Standing, *collectors.Desc, bool) {
	for i := range now.Standings {
		s := &now.Standings[i]
		if s.Collector.Name != collector {
			continue
		}
		for k := range s.Collector.Descs {
			if s.Collector.Descs[k].Name == name {
				return s, &s.Collector.Descs[k], true
			}
		}
	}
	return nil, nil, false
}

// statOf is the index of a value of a KPI: of that name, or without one the value
// that stands for the KPI, which is a median before it is another quantile.
func statOf(d *collectors.Desc, name string) (int, bool) {
	first := -1
	for i, st := range d.Stats {
		switch {
		case st.Component:
		case name == st.Name, name == "" && st.Name == "p50":
			return i, true
		case first < 0:
			first = i
		}
	}
	return first, name == "" && first >= 0
}

// showsStat reports whether it has to be said which of a KPI's values is shown.
func showsStat(d *collectors.Desc, st collectors.Stat) bool {
	n := 0
	for _, x := range d.Stats {
		n += truth(!x.Component)
	}
	return n > 1 && st.Name != "ratio" && st.Name != "score"
}

// windowsOfKPI are the names of the windows that a KPI is shown for; never none.
func windowsOfKPI(s *exporter.Standing, d *collectors.Desc) []string {
	if d.Unwindowed || len(s.Collector.Windows) == 0 {
		return []string{""}
	}
	return s.Collector.Windows
}

// windowsOf are the windows of all collectors, those of most first.
func windowsOf(now *exporter.Board) []string {
	count := map[string]int{}
	var all []string
	for i := range now.Standings {
		s := &now.Standings[i]
		if !slices.ContainsFunc(s.Collector.Descs, func(d collectors.Desc) bool { return !d.Unwindowed }) {
			continue
		}
		for _, w := range s.Collector.Windows {
			if count[w] == 0 {
				all = append(all, w)
			}
			count[w]++
		}
	}
	slices.SortStableFunc(all, func(a, b string) int {
		return cmp.Or(cmp.Compare(count[b], count[a]), cmp.Compare(a, b))
	})
	return all
}

// chosen is the window that is asked for, by default the first of all.
func chosen(name string, all []string) (string, bool) {
	if name != "" {
		return name, slices.Contains(all, name)
	}
	if slices.Contains(all, "30d") {
		return "30d", true
	}
	if len(all) == 0 {
		return "", true
	}
	return all[0], true
}
