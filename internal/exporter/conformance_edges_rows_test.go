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
		rejected: "in_the_future=1 null_subject=1 null_time=1",
		newest:   "2024-06-12T00:00:00Z",
	},
	{
		name: "a row of anything else without a time is refused, too", entity: "custom",
		at: "2024-07-01T00:00:00Z", windows: "30d",
		columns: "at+:naive amount:decimal",
		rows: `2024-06-10T00:00:00Z | 10
			- | 20
			- | 30`,
		kpis:     []string{"count {name: bookings, unit: bookings}", "sum {name: booked, of: amount, unit: items}"},
		want:     `booked value over 30d = 10 of 1`,
		rejected: "null_time=2",
		newest:   "2024-06-10T00:00:00Z",
	},
	{
		name: "a single row is a value, and nothing about its neighbours", entity: "responses",
		at: "2024-07-01T00:00:00Z", windows: "30d", change: true, dims: "team",
		columns: "responded_at:naive score:integer team:word",
		rows:    `2024-06-10T00:00:00Z | 4 | a`,
		kpis:    []string{"nps", "csat"},
		want: `nps score over 30d = -100 of 1
			nps mean over 30d = 4 of 1
			csat ratio over 30d = 1 of 1
			csat ratio team="a" over 30d = 1 of 1`,
		newest: "2024-06-10T00:00:00Z",
	},
	{
		name: "merged, spam, deleted, test and outbound tickets are left out by a condition", entity: "tickets",
		at: "2024-07-01T00:00:00Z", windows: "30d",
		where:   "kind IS NULL OR kind NOT IN ('merged', 'spam', 'deleted', 'test', 'outbound')",
		columns: "created_at:naive first_response_at:naive resolved_at:naive kind:word",
		rows: `2024-06-10T00:00:00Z | 2024-06-10T01:00:00Z | 2024-06-10T02:00:00Z | -
			2024-06-11T00:00:00Z | 2024-06-11T03:00:00Z | - | question
			2024-06-12T00:00:00Z | 2024-06-12T09:00:00Z | 2024-06-12T09:00:00Z | merged
			2024-06-12T00:00:00Z | 2024-06-12T09:00:00Z | 2024-06-11T09:00:00Z | spam
			2024-06-12T00:00:00Z | - | - | deleted
			- | - | - | test
			2024-07-12T00:00:00Z | - | - | outbound`,
		kpis: []string{"ticket_volume", "backlog", "first_response_time"},
		want: `ticket_volume created over 30d = 2 of 2
			ticket_volume resolved over 30d = 1 of 1
			backlog tickets over 30d = 1 of 1
			first_response_time mean over 30d = 7200 of 2`,
	},
	{
		name: "an order of a deleted customer is revenue, and nobody's", entity: "orders",
		at: "2024-07-01T00:00:00Z", windows: "30d",
		columns: "customer_id:word ordered_at:naive amount:decimal",
		rows: `a | 2024-06-10T00:00:00Z | 10
			- | 2024-06-11T00:00:00Z | 20
			- | 2024-06-12T00:00:00Z | 30`,
		kpis: []string{"revenue", "purchase_frequency", "clv"},
		want: `revenue amount over 30d = 60 of 3
			purchase_frequency mean over 30d = 1 of 1`,
	},
	{
		name: "two orders of one day are two orders, and one day with a purchase", entity: "orders",
		at: "2024-07-01T00:00:00Z", windows: "30d",
		columns: "customer_id:word ordered_at:naive amount:decimal",
		rows: `a | 2024-06-10T08:00:00Z | 10
			a | 2024-06-10T08:00:00Z | 10
			b | 2024-06-11T08:00:00Z | 10`,
		kpis: []string{"repeat_purchase {within: 7d}", "purchase_frequency", "clv {method: historic}"},
		want: `repeat_purchase ratio over 30d = 0.5 of 2
			purchase_frequency mean over 30d = 1.5 of 2
			clv value {method=historic} over  = 15 of 2
			clv repeaters over  = 0 of 0`,
	},
	{
		name: "a row that comes late counts in the window of its own time", entity: "responses",
		at: "2024-07-01T00:00:00Z", windows: "yesterday last_month last_quarter year",
		columns: "responded_at:naive score:integer",
		rows: `2024-06-30T23:00:00Z | 10
			2024-05-31T12:00:00Z | 0
			2024-01-02T00:00:00Z | 0`,
		kpis: []string{"nps"},
		want: `nps score over yesterday = 100 of 1
			nps score over last_month = 100 of 1
			nps score over last_quarter = 0 of 2
			nps score over year = -33.333333333333336 of 3`,
	},
	{
		name: "times that stand for none are not the newest", entity: "subscriptions",
		at: "2024-07-01T00:00:00Z", windows: "30d",
		columns: "customer_id:word started_at:unix ended_at:unix",
		rows: `a | zero | -
			b | endless | 2024-06-10T00:00:00Z`,
		kpis:     []string{"churn"},
		want:     `churn ratio {basis=contract} over 30d = undefined of 0`,
		rejected: "null_time=2", newest: "never",
	},
	{
		name: "the newest row is of the present, where clocks may have changed since the window", entity: "tickets", zone: "Australia/Lord_Howe",
		at: "2023-07-15T18:26:32Z", windows: "last_year",
		columns: "created_at:naive@ first_response_at:naive@ resolved_at+:naive@",
		rows:    "2023-07-08T18:26:32Z | - | -",
		kpis:    []string{"first_response_time"},
		newest:  "2023-07-08T18:26:32Z",
	},
}
