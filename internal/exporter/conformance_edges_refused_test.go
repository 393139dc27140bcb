package exporter_test

// refusedEdges are rows that KPIs leave out, which must be told and not only be
// missing.
var refusedEdges = []named{
	{
		name: "contracts of nobody count for nobody, and are told", entity: "subscriptions",
		at: "2024-07-01T00:00:00Z", windows: "30d", dims: "plan",
		columns: "customer_id:word started_at:naive ended_at:naive plan:word",
		rows: `a | 2024-01-01T00:00:00Z | - | basic
			b | 2024-01-01T00:00:00Z | 2024-06-10T00:00:00Z | basic
			- | 2024-01-01T00:00:00Z | - | basic
			- | 2024-01-01T00:00:00Z | 2024-06-10T00:00:00Z | pro
			- | 2024-06-30T23:59:59Z | 2024-06-10T00:00:00Z | -
			- | 2024-07-01T00:00:00Z | - | basic
			- | 2024-08-01T00:00:00Z | - | basic
			- | - | - | basic`,
		kpis: []string{"churn", "customers"},
		want: `churn ratio {basis=contract} over 30d = 0.5 of 2
			churn ratio {basis=contract} plan="basic" over 30d = 0.5 of 2
			customers active over 30d = 1 of 1`,
		rejected: "in_the_future=1 null_subject=3 null_time=1",
	},
	{
		name: "orders of nobody are revenue, but nobody's", entity: "orders",
		at: "2024-07-01T00:00:00Z", windows: "30d", dims: "channel",
		columns: "customer_id:integer ordered_at:unix amount:decimal channel:word",
		rows: `1 | 2024-06-02T00:00:00Z | 10 | web
			1 | 2024-06-03T00:00:00Z | 10 | web
			2 | 2024-06-03T00:00:00Z | 10 | shop
			- | 2024-06-03T00:00:00Z | 10 | shop
			- | 2024-06-04T00:00:00Z | 10 | web
			- | 2024-05-04T00:00:00Z | 10 | web`,
		kpis: []string{"revenue", "purchase_frequency"},
		want: `revenue amount over 30d = 50 of 5
			purchase_frequency mean over 30d = 1.5 of 2
			purchase_frequency mean channel="shop" over 30d = 1 of 1`,
		rejected: "null_subject=2",
	},
	{
		name: "different values leave rows without one out, and tell them", entity: "custom",
		at: "2024-07-01T00:00:00Z", windows: "30d", dims: "team",
		columns: "at+:naive who:word team:word",
		rows: `2024-06-02T00:00:00Z | x | red
			2024-06-03T00:00:00Z | y | blue
			2024-06-04T00:00:00Z | x | blue
			2024-06-05T00:00:00Z | - | red
			2024-06-06T00:00:00Z | - | -
			2024-05-06T00:00:00Z | - | red
			2024-07-01T00:00:00Z | - | red`,
		kpis: []string{"distinct {name: people, of: who}", "count {name: all_rows}"},
		want: `people value over 30d = 2 of 2
			people value team="blue" over 30d = 2 of 2
			people value team="red" over 30d = 0 of 0
			all_rows value over 30d = 5 of 5`,
		rejected: "null_subject=2",
	},
	{
		name: "who comes back is not told of orders of nobody", entity: "orders",
		at: "2024-07-01T00:00:00Z", windows: "30d", dims: "channel",
		columns: "customer_id:word ordered_at:naive amount:decimal channel:word",
		rows: `a | 2024-06-02T00:00:00Z | 10 | web
			a | 2024-06-03T00:00:00Z | 10 | web
			- | 2024-06-03T00:00:00Z | 10 | web
			- | 2024-06-30T23:59:59Z | 10 | web
			- | 2024-07-01T00:00:00Z | 10 | web`,
		kpis: []string{"repeat_purchase {within: 7d}"},
		want: `repeat_purchase ratio over 30d = 1 of 1
			repeat_purchase ratio channel="web" over 30d = 1 of 1`,
		rejected: "null_subject=2",
	},
	{
		name: "orders of nobody are in nobody's history", entity: "orders",
		at: "2024-07-01T00:00:00Z", windows: "30d", dims: "channel",
		columns: "customer_id:word ordered_at:naive amount:decimal currency+:word channel:word",
		rows: `a | 2024-06-02T00:00:00Z | 10 | EUR | web
			a | 2024-06-03T00:00:00Z | 10 | EUR | web
			- | 2024-06-03T00:00:00Z | 10 | EUR | web
			- | 2024-06-30T23:59:59Z | - | USD | web
			- | 2024-07-01T00:00:00Z | 10 | EUR | web
			- | - | 10 | EUR | web`,
		kpis: []string{"clv"},
		want: `clv value {method=historic,currency=EUR} over  = 20 of 1
			clv value {method=historic,currency=EUR} channel="web" over  = 20 of 1
			clv customers {currency=EUR} over  = 1 of 1`,
		rejected: "null_subject=2 null_time=1",
	},
	{
		name: "answers of nobody have no latest one", entity: "responses",
		at: "2024-07-01T00:00:00Z", windows: "30d",
		columns: "responded_at:text score:integer respondent_id+:word",
		rows: `2024-06-02T00:00:00Z | 10 | a
			2024-06-03T00:00:00Z | 0 | a
			2024-06-03T00:00:00Z | 10 | -
			2024-06-04T00:00:00Z | 10 | -`,
		kpis:     []string{"nps {answers: latest}"},
		want:     `nps score over 30d = -100 of 1`,
		rejected: "null_subject=2",
	},
}
