package dashboards

// goals is the board of goals: how many stand how, each beside its target by
// unit, and one in detail.
func goals() *board {
	return &board{
		uid: goalsUID, title: "CX / Goals",
		description: "What the company wants, where it stands, and what the verdicts rest on.",
		variables: []variable{
			collectorVariable(), windowVariable(),
			choose("goal", "Goal", `label_values(cx_goal_info{collector=~"$collector"}, goal)`),
		},
		rows: []row{
			{"How many", []line{{4, goalCounts()}}},
			{"Where they stand", []line{
				{7, []panel{goalTable("Shares", "ratio", Percent), goalTable("Scores", "score", Points)}},
				{7, []panel{goalTable("Times", "seconds", Seconds), goalTable("Amounts and numbers", "currency|count", Number)}},
			}},
			{"$goal", []line{
				{10, []panel{goalValue(), goalProgress()}},
				{7, []panel{goalHistory(), goalSamples(), goalFacts()}},
			}},
		},
	}
}

// goalTable are the goals of a unit: a column has one.
func goalTable(title, unit string, u Unit) panel {
	by := "goal, collector, segment, goal_type, goal_owner"
	pick := func(family string) string {
		return "max by (" + by + ") (" + family + `{` + ofCollectors + `, unit=~"` + unit + `"})`
	}
	p := table(title, "Goals whose unit is "+title+": the value now, what was to be expected by now, the target, how much of the way is done, the state and the deadline. Click a goal for its details.", u,
		[]column{
			{name: "state", expr: pick("cx_goal_status_code"), properties: []property{
				unitOf(Points), {"mappings", statusMappings()}, {"custom.cellOptions", map[string]any{"type": "color-text"}}, {"custom.width", 120},
			}},
			{name: "now", expr: pick("cx_goal_value")},
			{name: "expected", expr: pick("cx_goal_expected")},
			{name: "target", expr: pick("cx_goal_target")},
			{name: "progress", expr: pick("cx_goal_progress_ratio"), properties: []property{
				unitOf(Percent), {"min", 0}, {"max", 1}, {"custom.cellOptions", map[string]any{"type": "gauge", "mode": "basic", "valueDisplayMode": "text"}},
			}},
			{name: "deadline", expr: pick("cx_goal_deadline_timestamp_seconds") + " * 1000", properties: []property{unitOf(Ago)}},
		},
		[]string{"goal", "segment", "goal_owner", "collector", "goal_type"}, "goal_type", "collector")
	p.noValue = "no goal of this unit"
	p.overrides = append(p.overrides, byName("goal", property{"links", []map[string]any{{
		"title": "Details", "url": page(goalsUID) + "&var-goal=${__value.text}", "targetBlank": false,
	}}}))
	return p
}

// ofGoal selects a family of the chosen goal.
func ofGoal(family string) string { return family + `{` + ofCollectors + `, goal="$goal"}` }

// inUnits writes the numbers of a goal in its unit, which is a label and so part
// of their names.
func inUnits() []override {
	return []override{
		byPattern(`/\(ratio\)$/`, unitOf(Percent)),
		byPattern(`/\(seconds\)$/`, unitOf(Seconds)),
	}
}

func goalValue() panel {
	dashed := property{"custom.lineStyle", map[string]any{"fill": "dash", "dash": []int{8, 8}}}
	return panel{
		kind: "timeseries", title: "Value and target", unit: Number, share: 3,
		description: "The value of the KPI with its confidence interval, the target, and what was to be expected on the way to it.",
		queries: []query{
			{expr: ofGoal("cx_goal_value"), legend: "value ({{unit}})"},
			{expr: ofGoal("cx_goal_target"), legend: "target ({{unit}})"},
			{expr: ofGoal("cx_goal_expected"), legend: "expected by now ({{unit}})"},
			{expr: ofGoal("cx_goal_lower_bound"), legend: "lower bound ({{unit}})"},
			{expr: ofGoal("cx_goal_upper_bound"), legend: "upper bound ({{unit}})"},
			{expr: ofGoal("cx_goal_baseline"), legend: "baseline ({{unit}})"},
		},
		overrides: append(inUnits(),
			byPattern("/^target/", dashed, property{"color", color{Mode: "fixed", FixedColor: "green"}}),
			byPattern("/^expected/", dashed, property{"color", color{Mode: "fixed", FixedColor: "gray"}}),
			byPattern("/^baseline/", dashed, property{"color", color{Mode: "fixed", FixedColor: "purple"}}),
			byPattern("/bound/", property{"custom.lineWidth", 1}, property{"custom.lineStyle", map[string]any{"fill": "dot", "dash": []int{2, 6}}}, property{"color", color{Mode: "fixed", FixedColor: "blue"}}),
		),
		noValue: "choose a goal", options: chartOptions(), custom: lineStyle(),
	}
}

func goalProgress() panel {
	return panel{
		kind: "timeseries", title: "Progress", unit: Percent, share: 2,
		description: "How much of the way from the baseline to the target is done, and how much was to be done by now. Limits have no way to go: for them the margin to the limit is in the panel below.",
		queries: []query{
			{expr: ofGoal("cx_goal_progress_ratio"), legend: "done"},
			{expr: ofGoal("cx_goal_expected_progress_ratio"), legend: "expected by now"},
		},
		overrides: []override{byName("expected by now", property{"custom.lineStyle", map[string]any{"fill": "dash", "dash": []int{8, 8}}}, property{"color", color{Mode: "fixed", FixedColor: "gray"}})},
		noValue:   "a limit to keep has no progress", options: chartOptions(), custom: lineStyle(),
	}
}

func goalHistory() panel {
	return panel{
		kind: "state-timeline", title: "State", unit: Points,
		description: "How the goal stood over time, and the verdict that stood by it while readings could not be judged.",
		queries: []query{
			{expr: ofGoal("cx_goal_status_code"), legend: "{{goal}}"},
			{expr: ofGoal("cx_goal_standing_code"), legend: "verdict"},
		},
		mappings: statusMappings(), color: color{Mode: "thresholds"},
		options: map[string]any{
			"showValue": "auto", "rowHeight": 0.9, "mergeValues": true, "alignValue": "left",
			"legend":  map[string]any{"displayMode": "list", "placement": "bottom", "showLegend": false, "calcs": []string{}},
			"tooltip": map[string]any{"mode": "single", "sort": "none"},
		},
		custom: map[string]any{"fillOpacity": 70, "lineWidth": 0}, noValue: "choose a goal",
	}
}

func goalSamples() panel {
	return panel{
		kind: "timeseries", title: "Samples", unit: Number,
		description: "What the value rests on, below which number the goal is not judged, and how many it takes to tell the change that is asked for from chance.",
		queries: []query{
			{expr: ofGoal("cx_goal_samples"), legend: "samples"},
			{expr: ofGoal("cx_goal_min_samples"), legend: "at least"},
			{expr: ofGoal("cx_goal_needed_samples"), legend: "to tell the change from chance"},
		},
		noValue: "choose a goal", options: chartOptions(), custom: lineStyle(),
	}
}

func goalFacts() panel {
	return panel{
		kind: "stat", title: "Facts", unit: Number,
		description: "How far the value is better than the target (negative is worse), since when the goal stands as it does, when it was last judged, when it begins, and how many series it would have to choose from to be judged.",
		queries: []query{
			{expr: ofGoal("cx_goal_margin"), legend: "margin ({{unit}})", instant: true},
			{expr: ofGoal("cx_goal_status_since_timestamp_seconds") + " * 1000", legend: "in this state since", instant: true},
			{expr: ofGoal("cx_goal_last_evaluation_timestamp_seconds") + " * 1000", legend: "last judged", instant: true},
			{expr: ofGoal("cx_goal_start_timestamp_seconds") + " * 1000", legend: "begins", instant: true},
			{expr: ofGoal("cx_goal_standing_since_timestamp_seconds") + " * 1000", legend: "verdict since", instant: true},
			{expr: ofGoal("cx_goal_judged_until_timestamp_seconds") + " * 1000", legend: "could be judged until", instant: true},
			{expr: ofGoal("cx_goal_ended_timestamp_seconds") + " * 1000", legend: "found ended", instant: true},
			{expr: ofGoal("cx_goal_choices"), legend: "series to choose from by labels", instant: true},
		},
		overrides: append(inUnits(), byQuery("B", unitOf(Ago)), byQuery("C", unitOf(Ago)), byQuery("D", unitOf(Ago)), byQuery("E", unitOf(Ago)), byQuery("F", unitOf(Ago)), byQuery("G", unitOf(Ago))),
		color:     color{Mode: "fixed", FixedColor: "text"}, noValue: "choose a goal", options: statOptions("none"),
	}
}
