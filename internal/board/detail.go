package board

import (
	"cmp"
	"maps"
	"math"
	"net/url"
	"slices"
	"strings"

	"github.com/cx-exporter/cx-exporter/collectors"
	"github.com/cx-exporter/cx-exporter/internal/exporter"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// detail is the page of one KPI.
type detail struct {
	frame
	Collector, Name string
	Summary         string
	Window          string // in words, empty where there is none
	Windows         []choice
	Stat            string
	Stats           []choice
	At              moment
	Confidence      string
	State           standing
	Problem         string
	Missing         string
	Readings        []named
	Counts          []named
	Charts          []namedChart
	ToDate          bool
	Dimensions      []dimension
	Goals           []goalView
	Definition      definition
}

// named is a value with the name of what it is.
type named struct {
	Name string
	reading
}

// namedChart is a history with the labels of its series.
type namedChart struct {
	Label string
	*chart
}

// dimension is the breakdown of a KPI by one dimension.
type dimension struct {
	Name     string
	Labelled bool // whether there is a column of labels
	Rows     []segmentRow
	Why      string // why the total moved
	Withheld string
}

// segmentRow is a value of a segment.
type segmentRow struct {
	Segment string
	reading
	Whisker *whisker
	order   float64
}

// definition says what a KPI is.
type definition struct {
	Variant, Formula, Metric, Direction string
	Fidelity                            string
	Origin                              string
	Statements                          []string
	At                                  moment
	MinSamples                          int
}

// query asks for a window and a value of the same KPI.
func query(window, stat string) string {
	q := url.Values{"stat": {stat}}
	if window != "" {
		q.Set("window", window)
	}
	return "?" + q.Encode()
}

// newDetail makes the page of a KPI.
func newDetail(story *Story, s *exporter.Standing, d *collectors.Desc, stat int, window string, windows []string, version string) *detail {
	st := d.Stats[stat]
	name := s.Collector.Name
	origin := story.Origins[name]
	p := &detail{
		frame:     frame{Root: "../..", Title: titleOf(d), Version: version},
		Collector: name, Name: d.Name, Stat: valueName(d, st.Name), ToDate: ToDate(window),
		At: story.moment(s.LastSuccess), Confidence: story.confidence(),
		Definition: definition{
			Variant: d.Variant, Formula: st.Help, Metric: st.Metric, Direction: directionWords(st.Direction), Fidelity: fidelityWords(d.Fidelity),
			Origin: origin.Text, Statements: origin.Statements, At: story.moment(origin.At), MinSamples: s.Collector.MinSamples,
		},
	}
	if def, ok := collectors.Lookup(d.Name); ok {
		p.Summary = def.Summary
	}
	for _, w := range windows {
		if w != "" {
			p.Window = windowWords(window)
			p.Windows = append(p.Windows, choice{windowWords(w), query(w, st.Name), w == window})
		}
	}
	for i, x := range d.Stats {
		if !x.Component {
			p.Stats = append(p.Stats, choice{valueName(d, x.Name), query(window, x.Name), i == stat})
		}
	}
	for _, g := range story.Goals {
		if g.Collector == name && g.KPI.Name == d.Name {
			p.Goals = append(p.Goals, newGoal(g, story, p.Root))
		}
	}
	if s.Attempted && s.Failing {
		p.Problem = failure(s, story)
	}
	if s.Good == nil {
		p.Missing = missing(s)
		return p
	}
	p.values(s, d, st, story, window)
	p.breakdown(s, d, st, story, window)
	return p
}

// values are the totals of the window, and the past of the chosen one.
func (p *detail) values(s *exporter.Standing, d *collectors.Desc, st collectors.Stat, story *Story, window string) {
	for i := range s.Good.Series {
		x := &s.Good.Series[i]
		if x.KPI != d.Name || x.Window != window || !x.Segment.IsTotal() {
			continue
		}
		n := named{valueName(d, x.Stat), read(x, s.Collector.MinSamples, 1-story.Confidence)}
		if x.Component {
			p.Counts = append(p.Counts, n)
			continue
		}
		p.Readings = append(p.Readings, n)
		if x.Stat == st.Name {
			if c := newChart(story, story.Pasts[s.Collector.Name].line(x), x, s.Good.At); c != nil {
				p.Charts = append(p.Charts, namedChart{n.Label, c})
			}
		}
	}
	if len(p.Readings) == 0 {
		p.Missing = "There are no rows for it."
	}
}

// valueName is what a value is called beside the others of its KPI.
func valueName(d *collectors.Desc, stat string) string {
	if stat == "ratio" || stat == "score" {
		return titleOf(d)
	}
	return statWords(stat)
}

// breakdown are the segments of the chosen value in the window.
func (p *detail) breakdown(s *exporter.Standing, d *collectors.Desc, st collectors.Stat, story *Story, window string) {
	low, high := map[string]float64{}, map[string]float64{}
	mine := func(x *exporter.Series) bool {
		return x.KPI == d.Name && x.Stat == st.Name && x.Window == window
	}
	for i := range s.Good.Series {
		x := &s.Good.Series[i]
		if !mine(x) || x.Segment.IsTotal() || !x.Defined {
			continue
		}
		from, to := x.Value, x.Value
		if x.Bounded {
			from, to = x.Lower, x.Upper
		}
		dim := x.Segment.Dimension
		if _, ok := low[dim]; !ok {
			low[dim], high[dim] = from, to
		}
		low[dim], high[dim] = min(low[dim], from), max(high[dim], to)
	}
	for i := range s.Good.Series {
		x := &s.Good.Series[i]
		if !mine(x) || x.Segment.IsTotal() {
			continue
		}
		at := slices.IndexFunc(p.Dimensions, func(o dimension) bool { return o.Name == printable(x.Segment.Dimension) })
		if at < 0 {
			at = len(p.Dimensions)
			p.Dimensions = append(p.Dimensions, dimension{Name: printable(x.Segment.Dimension)})
			if n := s.Good.Withheld[x.Segment.Dimension]; n > 0 {
				p.Dimensions[at].Withheld = "Some values of " + plural(n, "segment") + " are withheld" + tooFewPeople
			}
		}
		r := segmentRow{printable(x.Segment.Value), read(x, s.Collector.MinSamples, 1-story.Confidence), newWhisker(x, low[x.Segment.Dimension], high[x.Segment.Dimension]), math.Inf(-1)}
		if x.Defined {
			r.order = x.Value
		}
		if st.Direction == kpi.LowerIsBetter && x.Defined {
			r.order = -x.Value
		}
		p.Dimensions[at].Labelled = p.Dimensions[at].Labelled || len(p.Dimensions[at].Rows) > 0 && r.Label != p.Dimensions[at].Rows[0].Label
		p.Dimensions[at].Rows = append(p.Dimensions[at].Rows, r)
	}
	p.withheldWhole(s)
	for i := range p.Dimensions {
		dim := &p.Dimensions[i]
		slices.SortStableFunc(dim.Rows, func(a, b segmentRow) int {
			return cmp.Or(cmp.Compare(a.Label, b.Label), cmp.Compare(b.order, a.order))
		})
		for k := range s.Good.Series {
			if x := &s.Good.Series[k]; mine(x) && x.Segment.IsTotal() && x.Change.Known && x.Defined {
				dim.Why = whyMoved(x, dim.Name)
			}
		}
	}
}

// tooFewPeople ends a sentence on what is withheld.
const tooFewPeople = ", since they rest on so few that they would tell of single people, or would tell such a value."

// withheldWhole names the dimensions of which no segment can be shown. Otherwise a
// breakdown that is in the configuration would be missing without a word.
func (p *detail) withheldWhole(s *exporter.Standing) {
	if len(p.Readings) == 0 {
		return // there is nothing to break down
	}
	for _, name := range slices.Sorted(maps.Keys(s.Good.Withheld)) {
		if !slices.ContainsFunc(p.Dimensions, func(o dimension) bool { return o.Name == printable(name) }) {
			p.Dimensions = append(p.Dimensions, dimension{Name: printable(name), Withheld: "No segment is shown: their values are withheld" + tooFewPeople})
		}
	}
}

// whyMoved says which part of a change comes from the mix of the segments.
func whyMoved(s *exporter.Series, dim string) string {
	for _, part := range s.Parts {
		if printable(part.Dimension) != dim || part.Mix == 0 && part.Rate == 0 {
			continue
		}
		return "The total moved by " + signed(s, part.Mix+part.Rate) + ": " + signed(s, part.Mix) + " since other segments are larger now, " +
			signed(s, part.Rate) + " since values within segments changed."
	}
	return ""
}

// signed is a change in the unit of a value.
func signed(s *exporter.Series, by float64) string {
	moved := *s
	moved.Value = s.Change.Before + by
	var text string
	if s.Unit == kpi.Ratio || s.Unit == kpi.Score {
		text = difference(&moved, s.Change.Before)
	} else {
		text = amount(s.Unit, currencyOf(s), math.Abs(by))
	}
	switch {
	case !strings.ContainsAny(text, "123456789"):
		return text // but for rounding
	case by < 0:
		return "−" + text
	}
	return "+" + text
}

func directionWords(d kpi.Direction) string {
	switch d {
	case kpi.HigherIsBetter:
		return "Higher is better."
	case kpi.LowerIsBetter:
		return "Lower is better."
	}
	return "Neither direction is good or bad in itself."
}

func fidelityWords(f kpi.Fidelity) string {
	switch f {
	case kpi.Exact:
		return "Exact: the rows carry the time of everything that happened, so a past day shows what was true then."
	case kpi.Terminal:
		return "Terminal: a later change of a row overwrites what it was, so a past day may look different from what was seen then."
	case kpi.Snapshot:
		return "Snapshot: it has no history and is true now only."
	case kpi.Restated:
		return "Restated: the past is told by what the rows say now."
	}
	return ""
}

// Known reports whether there is an instant.
func (m moment) Known() bool { return m != (moment{}) }
