package exporter_test

// rowEdges are rows that are refused, and rows that are easily refused without a
// reason.
var rowEdges = []named{
	{
		name: "a ticket that was opened after the window compared with did not end before it began", entity: "tickets",
		at: "2024-07-01T00:00:00Z", windows: "30d", change: true,
		columns: "created_at:naive resolved_at:naive",
		rows: `2024-06-10T00:00:00Z | -
			2024-06-11T00:00:00Z | 2024-06-13T00:00:00Z
			2024-06-12T00:00:00Z | 2024-06-11T00:00:00Z
			- | -`,
		kpis:     []string{"resolution_time {cohort: created}"},
		want:     `resolution_time expected_p50 over 30d = 172800 of 2`,
		rejected: "end_before_start=1 null_time=1",
	},
	{
		name: "an outcome that stands for none is no missing time of the row", entity: "tickets",
		at: "2024-07-01T00:00:00Z", windows: "30d",
		columns: "created_at:naive last_resolved_at:unix",
		rows: `2024-06-10T00:00:00Z | endless
			2024-06-10T00:00:00Z | endless
			2024-06-11T00:00:00Z | zero
			2024-06-12T00:00:00Z | -
			2024-06-13T00:00:00Z | 2024-06-14T00:00:00Z
			- | -`,
		kpis: []string{"resolution_time {of: full}", "count {name: opened, unit: tickets}"},
		want: `resolution_time mean over 30d = 86400 of 1
			opened value over 30d = 5 of 5`,
		rejected: "null_time=1",
	},
	{
		name: "orders are counted and refused although only those who return are asked for", entity: "orders",
		at: "2024-07-01T00:00:00Z", windows: "all",
		columns: "customer_id:word ordered_at:naive amount:decimal",
		rows: `a | 2024-05-01T00:00:00Z | 10
			a | 2024-05-03T00:00:00Z | 10
			b | 2024-05-02T00:00:00Z | 10
			b | 2024-06-10T00:00:00Z | 10
			- | 2024-06-12T00:00:00Z | 10
			c | 2024-07-01T01:00:00Z | 10
			d | - | 10`,
		kpis:     []string{"repeat_purchase {within: 7d}"},
		want:     `repeat_purchase ratio over all = 0.5 of 2`,
		rejected: "in_the_future=1 null_time=1",
		newest:   "2024-06-12T00:00:00Z",
	},
}
