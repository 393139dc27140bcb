package dashboards

// The uids of the boards, which links and runbooks name.
const (
	overviewUID  = "cx-overview"
	goalsUID     = "cx-goals"
	supportUID   = "cx-support"
	surveysUID   = "cx-surveys"
	customersUID = "cx-customers"
	breakdownUID = "cx-breakdown"
	healthUID    = "cx-exporter"
)

// overview is what a chief executive looks at: one screen.
func overview(custom []Custom) *board {
	return &board{
		uid: overviewUID, title: "CX / Overview",
		description: "How customers are doing, at a glance: each value with its past, its change against the window before, and the state of its goal.",
		variables:   []variable{collectorVariable(), windowVariable()},
		rows: []row{
			{"Goals", []line{{4, goalCounts()}}},
			{"Retention", []line{{5, tilesOf(customersUID, churn, retention, customerCount, atRisk, netRevenue, retentionCost, retentionROI)}}},
			{"Loyalty", []line{{5, tilesOf(surveysUID, nps, csat, ces, psat, responseRate, repeat, enps)}}},
			{"Revenue", []line{{5, tilesOf(customersUID, revenue, growth, mrr, orderValue, lifetimeValue, conversion, cartsLeft)}}},
			{"Support", []line{{5, tilesOf(supportUID, firstResponse, resolution, firstContact, backlog, sla, serviceLevel, contactCost)}}},
			{"Your own KPIs", ownKPIs(custom)},
		},
	}
}

// goalCounts are how many goals stand how.
func goalCounts() []panel {
	count := func(title, help, shade, statuses string) panel {
		return panel{
			kind: "stat", title: title, unit: Number, description: help,
			queries: []query{{expr: `count(cx_goal_status{` + ofCollectors + `, status=~"` + statuses + `"} == 1) or vector(0)`, legend: title, instant: true}},
			color:   color{Mode: "thresholds"}, steps: []step{{Color: "text"}, {Value: number(1), Color: shade}},
			options: statOptions("none"),
			more:    &link{Title: "Goals", Type: "link", Icon: "external link", URL: page(goalsUID), Tags: []string{}},
		}
	}
	return []panel{
		count("Met", "Goals that are reached for good.", "blue", "met"),
		count("On track", "Goals that are on their way, or limits that are kept.", "green", "on_track"),
		count("At risk", "Goals that are behind, but chance could explain it.", "orange", "at_risk"),
		count("Off track", "Goals that are behind by more than chance explains, and limits that are broken.", "red", "off_track"),
		count("Missed", "Goals that were not reached by their deadline.", "dark-red", "missed"),
		count("Not judged", "Goals that have not begun, that have no data, or that rest on too few samples.", "yellow", "not_started|grace|no_data|insufficient_sample"),
	}
}

// notBounds leaves out the bounds of intervals, which have names of their own.
const notBounds = `__name__!~".+_(lower|upper)"`

// ownKPIs are the custom KPIs: found by the pattern of their names, or a panel
// each where the configuration is known.
func ownKPIs(custom []Custom) []line {
	if len(custom) == 0 {
		by := func(title, help, pattern string, unit Unit, more ...string) panel {
			m := append([]string{`__name__=~"` + pattern + `"`, notBounds}, more...)
			return panel{
				kind: "timeseries", title: title, unit: unit, description: help,
				queries: []query{
					{expr: inWindow("", append([]string{ofCollectors}, m...)), legend: "{{__name__}} {{collector}} {{window}} {{currency}}"},
				},
				noValue: "no such KPI is configured", options: chartOptions(), custom: lineStyle(),
			}
		}
		return []line{{7, []panel{
			by("Shares", "Your own KPIs that are shares."+fallbackHelp, "cx_custom_.+_ratio", Percent),
			by("Times", "Your own KPIs that are durations."+fallbackHelp, "cx_custom_.+_seconds", Seconds),
			ownCounts(),
		}}}
	}
	var lines []line
	for begin := 0; begin < len(custom); begin += 4 {
		l := line{height: 7}
		for _, c := range custom[begin:min(begin+4, len(custom))] {
			l.panels = append(l.panels, panel{
				kind: "timeseries", title: c.Title, unit: c.Unit, description: c.Help + fallbackHelp,
				queries: []query{
					{expr: at(c.Metric) + "\nor on (collector) " + now(c.Metric), legend: "{{collector}} {{window}} {{currency}}"},
				},
				options: chartOptions(), custom: lineStyle(),
			})
		}
		lines = append(lines, l)
	}
	return lines
}

// ownCounts are the custom KPIs that are neither shares nor times. Gauges have no
// window, and maybe many series: they are added up.
func ownCounts() panel {
	return panel{
		kind: "timeseries", title: "Numbers", unit: Number,
		description: "Your own KPIs that are neither shares nor durations; values of a query are added up.",
		queries: []query{{
			expr:   `sum by (__name__, collector, window, currency) ({__name__=~"cx_custom_.+", __name__!~".+_(lower|upper|ratio|seconds|by_segment)", ` + ofCollectors + `, window=~"$window|"})`,
			legend: "{{__name__}} {{collector}} {{window}} {{currency}}",
		}},
		noValue: "no such KPI is configured", options: chartOptions(), custom: lineStyle(),
	}
}
