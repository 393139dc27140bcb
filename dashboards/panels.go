package dashboards

import "strings"

// measure is a value of a KPI as boards show it.
type measure struct {
	kpi, stat string
	family    string
	title     string
	help      string // what it says, to somebody who leads support or customer experience
	unit      Unit
	// legend names series that have labels beyond the collector.
	legend string
	// instant values are those of now: they have no window.
	instant bool
}

func (m measure) query(matchers ...string) string {
	if m.instant {
		return now(m.family, matchers...)
	}
	return at(m.family, matchers...)
}

// name is the legend of the measure's series.
func (m measure) name() string {
	name := "{{collector}}"
	if m.legend != "" {
		name += " " + m.legend
	}
	if !m.instant {
		name += ", {{window}}"
	}
	return name
}

const fallbackHelp = " Where a collector has no window $window, the first of 30d, last_month and last_quarter that it has is shown."

func (m measure) text() string {
	if m.instant {
		return m.help
	}
	return m.help + fallbackHelp
}

// statuses are those of goals by their code.
var statuses = []mappingResult{
	{Text: "not started", Color: "text"},
	{Text: "grace", Color: "text"},
	{Text: "no data", Color: "text"},
	{Text: "too few samples", Color: "yellow"},
	{Text: "off track", Color: "red"},
	{Text: "at risk", Color: "orange"},
	{Text: "on track", Color: "green"},
	{Text: "met", Color: "blue"},
	{Text: "missed", Color: "dark-red"},
}

func statusMappings() []mapping {
	codes := map[string]mappingResult{}
	for i, s := range statuses {
		s.Index = i
		codes[string(rune('0'+i))] = s
	}
	return []mapping{{Type: "value", Options: codes}}
}

// goalOf is the worst status of the goals for a value, of the whole and not of a
// segment. What is missed counts only where nothing else is followed.
func goalOf(kpi, stat string) string {
	status := `cx_goal_status_code{` + ofCollectors + `, kpi="` + kpi + `", segment=""}` +
		` and on (goal, collector) cx_goal_info{stat="` + stat + `"}`
	return "min(" + status + " != 8) or max(" + status + ")"
}

// tile is a value with its past, how it changed, and how its goal stands.
func tile(m measure, detail string) panel {
	p := panel{
		kind: "stat", title: m.title, unit: m.unit,
		description: m.text() + " Below it the state of its goal, if it has one.",
		queries: []query{
			{expr: m.query(), legend: m.name()},
			{expr: goalOf(m.kpi, m.stat), legend: "goal", instant: true},
		},
		color: color{Mode: "fixed", FixedColor: "text"},
		overrides: []override{
			byQuery("B", unitOf(Points), property{"mappings", statusMappings()}),
		},
		options: statOptions("area"),
		more:    &link{Title: "More", Type: "link", Icon: "external link", URL: page(detail), Tags: []string{}},
	}
	if m.instant {
		return p // without windows there is no window before
	}
	p.description += " And how much better or worse it is than in the window before, relative to it or to the length of the scale."
	p.queries = append(p.queries, query{expr: change(m.kpi, m.stat), legend: "against the window before", instant: true})
	p.overrides = append(p.overrides, byQuery("C", unitOf(Percent), property{"color", color{Mode: "thresholds"}},
		property{"thresholds", thresholds{Mode: "absolute", Steps: []step{{Color: "red"}, {Value: number(0), Color: "green"}}}}))
	return p
}

func statOptions(graph string) map[string]any {
	return map[string]any{
		"graphMode": graph, "colorMode": "value", "justifyMode": "auto", "textMode": "auto", "wideLayout": true,
		"showPercentChange": false, "percentChangeColorMode": "standard", "orientation": "auto",
		"reduceOptions": map[string]any{"calcs": []string{"lastNotNull"}, "fields": "", "values": false},
	}
}

// trend is a value over time with its confidence band, one panel for each
// collector that has it. The hidden variable that it repeats by is holder's.
func trend(m measure) panel {
	variable := m.variable()
	matchers := []string{`collector="$` + variable + `"`}
	expr := func(suffix string) string {
		if m.instant {
			return of(m.family+suffix, matchers...)
		}
		return inWindow(m.family+suffix, matchers)
	}
	return panel{
		kind: "timeseries", title: m.title + ": $" + variable, unit: m.unit, repeat: variable,
		description: m.text() + " The band is the confidence interval: a line within yesterday's band may have moved by chance.",
		queries: []query{
			{expr: expr(""), legend: m.title},
			{expr: expr("_lower"), legend: "lower bound"},
			{expr: expr("_upper"), legend: "upper bound"},
		},
		overrides: append([]override{
			byName("upper bound", property{"custom.fillBelowTo", "lower bound"}, property{"custom.fillOpacity", 15}),
		}, bounds()...),
		options: chartOptions(), custom: lineStyle(),
	}
}

// bounds draws both limits of an interval without lines of their own.
func bounds() []override {
	quiet := []property{
		{"custom.lineWidth", 0},
		{"custom.hideFrom", map[string]bool{"legend": true, "tooltip": false, "viz": false}},
		{"color", color{Mode: "fixed", FixedColor: "blue"}},
	}
	return []override{byName("lower bound", quiet...), byName("upper bound", quiet...)}
}

// variable is the name of the variable that the trend repeats by.
func (m measure) variable() string { return "with_" + m.kpi + "_" + m.stat }

// holder is the variable that a trend repeats by.
func (m measure) holder() variable { return holders(m.variable(), m.family) }

// lines are values over time, a line each.
func lines(title, help string, unit Unit, measures ...measure) panel {
	p := panel{kind: "timeseries", title: title, unit: unit, description: help + fallbackHelp, options: chartOptions(), custom: lineStyle()}
	for _, m := range measures {
		p.queries = append(p.queries, query{expr: m.query(), legend: strings.TrimSpace(m.title + " " + m.name())})
	}
	return p
}

// stacked are parts of a whole over time.
func stacked(p panel) panel {
	p.custom = map[string]any{
		"drawStyle": "bars", "fillOpacity": 70, "lineWidth": 0, "barAlignment": 0,
		"stacking": map[string]any{"mode": "normal", "group": "A"}, "showPoints": "never",
	}
	return p
}

// series is one measure of lines.
func series(family, title, legend string) measure {
	return measure{family: family, title: title, legend: legend}
}

func chartOptions() map[string]any {
	return map[string]any{
		"legend":  map[string]any{"displayMode": "list", "placement": "bottom", "showLegend": true, "calcs": []string{}},
		"tooltip": map[string]any{"mode": "multi", "sort": "desc"},
	}
}

func lineStyle() map[string]any {
	return map[string]any{
		"drawStyle": "line", "lineInterpolation": "linear", "lineWidth": 2, "fillOpacity": 0, "showPoints": "never",
		"spanNulls": 7_200_000, // over two hours without a scrape
	}
}

// bars compare values of now.
func bars(title, help string, unit Unit, queries ...query) panel {
	return panel{
		kind: "bargauge", title: title, unit: unit, description: help, queries: queries, color: color{Mode: "fixed", FixedColor: "blue"},
		options: map[string]any{
			"displayMode": "basic", "valueMode": "color", "namePlacement": "auto", "showUnfilled": true, "sizing": "auto",
			"minVizWidth": 8, "minVizHeight": 16, "maxVizHeight": 300, "orientation": "horizontal",
			"legend":        map[string]any{"displayMode": "list", "placement": "bottom", "showLegend": false, "calcs": []string{}},
			"reduceOptions": map[string]any{"calcs": []string{"lastNotNull"}, "fields": "", "values": false},
		},
	}
}

// table has a row for each set of labels, and a column for each query.
func table(title, help string, unit Unit, columns []column, by []string, hide ...string) panel {
	p := panel{
		kind: "table", title: title, description: help, unit: unit,
		options: map[string]any{"showHeader": true, "cellHeight": "sm", "frameIndex": 0},
		custom:  map[string]any{"align": "auto", "filterable": true, "cellOptions": map[string]any{"type": "auto"}, "inspect": false},
	}
	rename, order, exclude := map[string]string{}, map[string]int{}, map[string]bool{"Time": true}
	for i, label := range by {
		order[label] = i
	}
	for i, c := range columns {
		ref := string(rune('A' + i))
		p.queries = append(p.queries, query{expr: c.expr, instant: true})
		field := "Value #" + ref
		if len(columns) == 1 {
			field = "Value"
		}
		rename[field], order[field] = c.name, len(by)+i
		if len(c.properties) > 0 {
			p.overrides = append(p.overrides, byName(c.name, c.properties...))
		}
	}
	for _, label := range hide {
		exclude[label] = true
	}
	p.transformations = []transformation{
		{ID: "merge", Options: map[string]any{}},
		{ID: "organize", Options: map[string]any{"excludeByName": exclude, "indexByName": order, "renameByName": rename}},
	}
	return p
}

type column struct {
	name, expr string
	properties []property
}

func byName(name string, properties ...property) override {
	return override{matcher{"byName", name}, properties}
}

func byPattern(pattern string, properties ...property) override {
	return override{matcher{"byRegexp", pattern}, properties}
}

func byQuery(ref string, properties ...property) override {
	return override{matcher{"byFrameRefID", ref}, properties}
}

func unitOf(u Unit) property { return property{"unit", string(u)} }

func number(v float64) *float64 { return &v }
