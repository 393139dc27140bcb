package dashboards

// health is the board of the exporter itself: what is fresh, what fails, and
// what it costs.
func health() *board {
	const perCollector = `{` + ofCollectors + `}`
	plain := func(title, help string, unit Unit, queries ...query) panel {
		return panel{kind: "timeseries", title: title, unit: unit, description: help, queries: queries, noValue: "none", options: chartOptions(), custom: lineStyle()}
	}
	lamp := func(title, help, expr, bad string) panel {
		return panel{
			kind: "stat", title: title, unit: Number, description: help,
			queries: []query{{expr: expr, legend: title, instant: true}},
			color:   color{Mode: "thresholds"}, steps: []step{{Color: "green"}, {Value: number(1), Color: bad}}, options: statOptions("none"),
		}
	}
	return &board{
		uid: healthUID, title: "CX / Exporter",
		description: "Whether the numbers can be trusted now: what is fresh, what fails, what was left out, and what it costs.",
		variables:   []variable{collectorVariable()},
		rows: []row{
			{"Now", []line{{4, []panel{
				lamp("Failing collectors", "Collectors whose last run failed. Their values stay for a while, and then go.", `count(cx_collector_success`+perCollector+` == 0) or vector(0)`, "red"),
				lamp("Unreachable sources", "Sources that could not be asked.", `count(cx_source_up == 0) or vector(0)`, "red"),
				lamp("Stale collectors", "Collectors without a success for more than three of their intervals.", `count(time() - cx_collector_last_success_timestamp_seconds`+perCollector+` > 3 * cx_collector_interval_seconds) or vector(0)`, "orange"),
				lamp("Refused configuration", "1 where the last reload found a mistake and the old configuration is in force.", `1 - min(cx_config_last_reload_successful)`, "red"),
				lamp("Findings", "Signs that data cannot be right, such as days and months swapped.", `count(cx_collector_finding`+perCollector+`) or vector(0)`, "orange"),
			}}}},
			{"Collectors", []line{
				{9, []panel{collectorTable()}},
				{8, []panel{
					plain("Duration", "How long the last run took.", Seconds, query{expr: `cx_collector_duration_seconds` + perCollector, legend: "{{collector}}"}),
					plain("Rows read", "Rows received from the sources, an hour.", Number, query{expr: `sum by (collector) (rate(cx_collector_rows_read_total` + perCollector + `[30m])) * 3600`, legend: "{{collector}}"}),
					plain("Statements", "Statements sent to the sources, an hour.", Number, query{expr: `sum by (collector) (rate(cx_collector_statements_total` + perCollector + `[30m])) * 3600`, legend: "{{collector}}"}),
				}},
				{8, []panel{
					plain("Runs", "Runs, an hour.", Number, query{expr: `sum by (collector) (rate(cx_collector_runs_total` + perCollector + `[30m])) * 3600`, legend: "{{collector}}"}),
					plain("Failures", "Failed runs by reason, an hour.", Number, query{expr: `sum by (collector, reason) (rate(cx_collector_failures_total` + perCollector + `[30m])) * 3600`, legend: "{{collector}} {{reason}}"}),
					plain("Missed slots", "Slots that passed without a run, an hour: runs that take longer than their interval.", Number, query{expr: `sum by (collector) (rate(cx_collector_slots_missed_total` + perCollector + `[30m])) * 3600`, legend: "{{collector}}"}),
				}},
			}},
			{"Data", []line{{8, []panel{
				plain("Age of the newest row", "Where it grows, the source no longer fills.", Seconds, query{expr: `time() - cx_source_newest_record_timestamp_seconds` + perCollector, legend: "{{collector}} {{source}}"}),
				plain("Rows left out", "Rows of the last run that were rejected, by reason.", Number, query{expr: `cx_collector_rows_rejected` + perCollector + ` > 0`, legend: "{{collector}} {{reason}}"}),
				plain("Withheld segments", "Segments of which some value is withheld, since it rests on too few.", Number, query{expr: `cx_collector_segments_withheld` + perCollector + ` > 0`, legend: "{{collector}} {{dimension}}"}),
			}}}},
			{"Sending alerts", []line{{8, []panel{
				plain("Since the last success", "For how long an Alertmanager has taken no request. Empty where the exporter sends no alerts itself.", Seconds, query{expr: `time() - cx_alertmanager_last_success_timestamp_seconds`, legend: "{{alertmanager}}"}),
				plain("Requests that fail", "An hour, beside the alerts that a full queue had no room for.", Number,
					query{expr: `sum by (alertmanager) (rate(cx_alertmanager_request_errors_total[30m])) * 3600`, legend: "{{alertmanager}}"},
					query{expr: `sum by (alertmanager) (rate(cx_alertmanager_alerts_dropped_total[30m])) * 3600 > 0`, legend: "{{alertmanager}} dropped"}),
				plain("Alerts sent", "An hour, each as often as it is sent again.", Number, query{expr: `sum by (alertmanager) (rate(cx_alertmanager_alerts_sent_total[30m])) * 3600`, legend: "{{alertmanager}}"}),
				plain("Time of a request", "Mean over half an hour.", Seconds, query{expr: `sum by (alertmanager) (rate(cx_alertmanager_request_duration_seconds_sum[30m])) / sum by (alertmanager) (rate(cx_alertmanager_request_duration_seconds_count[30m]))`, legend: "{{alertmanager}}"}),
				plain("Queue", "Share of the room for alerts that wait.", Percent, query{expr: `cx_alertmanager_queue_length / cx_alertmanager_queue_capacity`, legend: "{{alertmanager}}"}),
			}}}},
			{"Process", []line{{8, []panel{
				plain("Memory", "Resident memory of the exporter.", "bytes", query{expr: `process_resident_memory_bytes and on (instance, job) cx_exporter_build_info`, legend: "{{instance}}"}),
				plain("CPU", "Processors in use.", Number, query{expr: `rate(process_cpu_seconds_total[10m]) and on (instance, job) cx_exporter_build_info`, legend: "{{instance}}"}),
				plain("State file", "Writes of the state file that failed, an hour, and 1 while it is not what is known. Empty without --goals.state-file.", Number,
					query{expr: `rate(cx_state_file_write_errors_total[30m]) * 3600`, legend: "{{instance}} failures"},
					query{expr: `1 - cx_state_file_last_write_successful`, legend: "{{instance}} behind"}),
				plain("Configuration loaded", "When a valid configuration was last loaded.", Ago, query{expr: `cx_config_last_reload_success_timestamp_seconds * 1000`, legend: "{{instance}}"}),
			}}}},
		},
	}
}

// collectorTable is each collector with its last success and what it costs.
func collectorTable() panel {
	const of = `{` + ofCollectors + `}`
	good := []mapping{{Type: "value", Options: map[string]mappingResult{"0": {Text: "fails", Color: "red"}, "1": {Text: "good", Color: "green", Index: 1}}}}
	return table("Collectors", "Each collector with the outcome of its last run, the instant its values hold for, and what it costs.", Points,
		[]column{
			{name: "last run", expr: `max by (collector) (cx_collector_success` + of + `)`, properties: []property{{"mappings", good}, {"custom.cellOptions", map[string]any{"type": "color-text"}}}},
			{name: "values of", expr: `max by (collector) (cx_collector_last_success_timestamp_seconds` + of + `) * 1000`, properties: []property{unitOf(Ago)}},
			{name: "interval", expr: `max by (collector) (cx_collector_interval_seconds` + of + `)`, properties: []property{unitOf(Seconds)}},
			{name: "took", expr: `max by (collector) (cx_collector_duration_seconds` + of + `)`, properties: []property{unitOf(Seconds)}},
			{name: "newest row", expr: `max by (collector) (cx_source_newest_record_timestamp_seconds` + of + `) * 1000`, properties: []property{unitOf(Ago)}},
		}, []string{"collector"})
}
