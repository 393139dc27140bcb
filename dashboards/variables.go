package dashboards

// runbooks tell what to do about alerts.
const runbooks = "https://github.com/cx-exporter/cx-exporter/tree/main/docs/runbooks"

// datasource chooses the Prometheus that the board asks.
func datasource() variable {
	return variable{Name: "datasource", Label: "Data source", Type: "datasource", Query: "prometheus", Refresh: 1}
}

// choose is a variable with the values of a label.
func choose(name, label, query string) variable {
	ds := prometheus()
	return variable{
		Name: name, Label: label, Type: "query", Query: query, Definition: query, Datasource: &ds,
		Refresh: 2, // when the range of time changes
		Sort:    1, // by the alphabet
	}
}

// several lets choose several values or, at first, all.
func (v variable) several() variable {
	v.Multi, v.IncludeAll, v.AllValue = true, true, ".*"
	v.Current = &choice{Selected: true, Text: []string{"All"}, Value: []string{"$__all"}}
	return v
}

// each is for panels that repeat: all values, and nothing to choose.
func (v variable) each() variable {
	v.Multi, v.IncludeAll, v.Hide = true, true, 2
	v.Current = &choice{Selected: true, Text: []string{"All"}, Value: []string{"$__all"}}
	return v
}

// first is the value before anybody chooses.
func (v variable) first(value string) variable {
	v.Current = &choice{Selected: true, Text: value, Value: value}
	return v
}

func collectorVariable() variable {
	return choose("collector", "Collector", "label_values(cx_kpi_info, collector)").several()
}

func windowVariable() variable {
	return choose("window", "Window", "label_values(cx_kpi_samples, window)").first("30d")
}

// holders is a hidden variable with the collectors that have a family.
func holders(name, family string) variable {
	return choose(name, name, `label_values(`+family+`{collector=~"$collector"}, collector)`).each()
}

// annotations mark alerts, and the beginnings and ends of goals, on all charts.
func annotations() []marks {
	ds := prometheus()
	return []marks{
		{
			Name: "Annotations & Alerts", Datasource: source{Type: "grafana", UID: "-- Grafana --"},
			Enable: true, Hide: true, IconColor: "rgba(0, 211, 255, 1)", BuiltIn: 1, Type: "dashboard",
		},
		{
			Name: "CX alerts", Datasource: ds, Enable: true, IconColor: "red", Step: "15m",
			Expr:        `ALERTS{alertname=~"CX.+", alertstate="firing"}`,
			TitleFormat: "{{alertname}}", TextFormat: "{{goal}} {{kpi}} {{collector}} {{segment}}", TagKeys: "severity",
		},
		{
			Name: "Goals begin", Datasource: ds, Enable: true, IconColor: "blue", Step: "1h", UseValueForTime: true,
			Expr:        `cx_goal_start_timestamp_seconds * 1000`,
			TitleFormat: "{{goal}} begins", TextFormat: "{{kpi}} of {{collector}}", TagKeys: "goal_owner",
		},
		{
			Name: "Deadlines of goals", Datasource: ds, Enable: true, IconColor: "purple", Step: "1h", UseValueForTime: true,
			Expr:        `cx_goal_deadline_timestamp_seconds * 1000`,
			TitleFormat: "{{goal}} is due", TextFormat: "{{kpi}} of {{collector}}", TagKeys: "goal_owner",
		},
	}
}
