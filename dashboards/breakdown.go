package dashboards

// breakdown is any KPI by any dimension: a table a unit, found by the pattern of
// names, so that custom KPIs are there too.
func breakdown() *board {
	return &board{
		uid: breakdownUID, title: "CX / Breakdown",
		description: "Any KPI by any dimension, with its interval and samples, how it changed, and why.",
		variables: []variable{
			collectorVariable(), windowVariable(),
			choose("kpi", "KPI", `label_values(cx_kpi_samples_by_segment{collector=~"$collector"}, kpi)`).several(),
			choose("dimension", "Dimension", `label_values(cx_kpi_samples_by_segment{collector=~"$collector"}, dimension)`).several(),
			choose("segment", "Segment", `label_values(cx_kpi_samples_by_segment{collector=~"$collector", dimension=~"$dimension"}, segment)`).several(),
		},
		rows: []row{
			{"Values by segment", []line{
				{10, []panel{segments("Shares", Percent, "cx_.+_ratio")}},
				{8, []panel{segments("Scores", Points, "cx_.+_score")}},
				{8, []panel{segments("Times", Seconds, "cx_.+_seconds")}},
				{8, []panel{segments("Amounts of money", Number, "cx_.+", `__name__!~".+_ratio_by_segment"`, `currency!=""`)}},
				{8, []panel{segmentCounts()}},
			}},
			{"Over time", []line{{9, []panel{
				segmentTrend("Shares over time", Percent, "cx_.+_ratio"), segmentTrend("Scores over time", Points, "cx_.+_score"), segmentTrend("Times over time", Seconds, "cx_.+_seconds"),
			}}}},
			{"Why did it move?", []line{
				{9, []panel{segmentChanges(), whyItMoved()}},
				{9, []panel{totalChanges()}},
			}},
		},
	}
}

const ofSegments = `dimension=~"$dimension", segment=~"$segment"`

// familiesBySegment selects broken-down families by a pattern, without those about KPIs.
func familiesBySegment(pattern, suffix string, more ...string) string {
	m := []string{`__name__=~"` + pattern + suffix + `_by_segment"`, `__name__!~"cx_kpi_.+"`}
	if suffix == "" {
		m = append(m, `__name__!~".+_(lower|upper)_by_segment"`)
	}
	m = append(m, ofCollectors, ofWindow, ofSegments)
	return of("", append(m, more...)...)
}

const segmentLabels = "family, collector, dimension, segment, currency, basis, method, target, category, score, reason, movement, theme, age"

// segments is a table of values with their intervals.
func segments(title string, unit Unit, pattern string, more ...string) panel {
	pick := func(suffix string) string {
		return "max by (" + segmentLabels + ") (label_replace(" + familiesBySegment(pattern, suffix, more...) + `, "family", "$1", "__name__", "cx_(.+?)(?:_lower|_upper)?_by_segment"))`
	}
	return segmentTable(title, "Values of the window by segment, with the limits of their confidence intervals. Segments that are too small to be shown are withheld.", unit,
		[]column{{name: "value", expr: pick("")}, {name: "at least", expr: pick("_lower")}, {name: "at most", expr: pick("_upper")}})
}

// segmentCounts is a table of what is neither a share, a score, a time nor money.
func segmentCounts() panel {
	return segmentTable("Numbers", "Counts of the window by segment, with their intervals where they have one.", Number, []column{{
		name: "value",
		expr: "max by (" + segmentLabels + ") (label_replace(" + familiesBySegment("cx_.+", "", `__name__!~".+_(ratio|score|seconds)_by_segment"`, `currency=""`) + `, "family", "$1", "__name__", "cx_(.+)_by_segment"))`,
	}})
}

func segmentTable(title, help string, unit Unit, columns []column) panel {
	p := table(title, help, unit, columns, []string{"family", "dimension", "segment", "category", "score", "reason", "movement", "theme", "target", "age", "basis", "method", "currency", "collector"})
	p.noValue = "no breakdown of this kind"
	return p
}

func segmentTrend(title string, unit Unit, pattern string) panel {
	return panel{
		kind: "timeseries", title: title, unit: unit, description: "Values by segment over time. Choose a KPI's collector and one dimension to read it well.",
		queries: []query{{expr: familiesBySegment(pattern, ""), legend: "{{segment}} {{__name__}}"}},
		noValue: "no breakdown of this kind", options: chartOptions(), custom: lineStyle(),
	}
}

// segmentChanges is which segments became worse.
func segmentChanges() panel {
	by := "max by (kpi, stat, collector, dimension, segment) "
	ofKPI := []string{`kpi=~"$kpi"`, ofCollectors, ofWindow, ofSegments}
	p := table("What changed", "How much better each segment became than in the window before: relative to it, or as a share of the scale; negative is worse. Beside it the probability that chance alone makes it as much worse, and what it rests on.", Percent,
		[]column{
			{name: "better by", expr: by + "(" + of("", append([]string{`__name__=~"cx_kpi_change_improvement(_ratio)?_by_segment"`}, ofKPI...)...) + ")"},
			{name: "by chance", expr: by + "(" + of("cx_kpi_change_pvalue_by_segment", ofKPI...) + ")"},
			{name: "samples", expr: by + "(" + of("cx_kpi_samples_by_segment", ofKPI...) + ")", properties: []property{unitOf(Number)}},
		}, []string{"kpi", "stat", "dimension", "segment", "collector"})
	p.noValue = "no breakdown with a comparison"
	return p
}

// totalChanges is how the totals moved, and what can be said of them.
func totalChanges() panel {
	by := "max by (kpi, stat, collector, currency) "
	ofKPI := []string{`kpi=~"$kpi"`, ofCollectors, ofWindow}
	p := table("Totals", "How much better each KPI became than in the window before: relative to it, or as a share of the scale; negative is worse. Beside it the probability that chance alone makes it as much worse, what it rests on, and the number below which it is not to be judged.", Percent,
		[]column{
			{name: "better by", expr: by + "(" + of("", append([]string{`__name__=~"cx_kpi_change_improvement(_ratio)?"`}, ofKPI...)...) + ")"},
			{name: "by chance", expr: by + "(" + of("cx_kpi_change_pvalue", ofKPI...) + ")"},
			{name: "samples", expr: by + "(" + of("cx_kpi_samples", ofKPI...) + ")", properties: []property{unitOf(Number)}},
			{name: "at least", expr: by + "(" + of("cx_kpi_min_samples", ofKPI...) + ")", properties: []property{unitOf(Number)}},
		}, []string{"kpi", "stat", "currency", "collector"})
	p.noValue = "no KPI with a comparison"
	return p
}

// whyItMoved is the two parts of the change of a total, by dimension.
func whyItMoved() panel {
	by := "max by (kpi, stat, collector, dimension) "
	ofKPI := []string{`kpi=~"$kpi"`, ofCollectors, ofWindow, `dimension=~"$dimension"`}
	p := table("Why totals moved", "The change of a total against the window before in two parts, in the unit of the KPI: mix, since more or less came from segments that are better or worse all along, and rate, since the segments themselves became better or worse.", Points,
		[]column{
			{name: "mix", expr: by + "(" + of("cx_kpi_change_mix", ofKPI...) + ")"},
			{name: "rate", expr: by + "(" + of("cx_kpi_change_rate", ofKPI...) + ")"},
		}, []string{"kpi", "stat", "dimension", "collector"})
	p.noValue = "no breakdown with a comparison"
	return p
}
