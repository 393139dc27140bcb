package exporter_test

import "slices"

// voidKinds are the kinds of columns that hold a time.
var voidKinds = []string{"naive", "instant", "date", "unix", "unix_ms", "unix~text", "text"}

// voidEdges are times that are none, although they are not NULL, and numbers
// that are none in columns of numbers.
var voidEdges = append(slices.Concat(voidTickets(voidKinds...), voidOrders(voidKinds...)), []named{
	{
		name: "customers with an end that stands for none are not lost, and a start that stands for none is no start", entity: "subscriptions",
		at: "2024-07-01T00:00:00Z", windows: "30d all",
		columns: "customer_id:word started_at:naive ended_at:naive",
		rows: `a | 2024-01-01T00:00:00Z | zero
			b | 2024-01-01T00:00:00Z | endless
			c | 2024-01-01T00:00:00Z | -
			d | 2024-01-01T00:00:00Z | 2024-06-10T00:00:00Z
			e | zero | -
			f | endless | 2024-06-10T00:00:00Z`,
		kpis: []string{"churn", "customers"},
		want: `churn ratio {basis=contract} over 30d = 0.25 of 4
			customers active over 30d = 3 of 3`,
		rejected: "null_time=2",
	},
	{
		name: "amounts that are text in a column of numbers are none", entity: "orders",
		at: "2024-07-01T00:00:00Z", windows: "30d",
		columns: "ordered_at:naive amount:loose",
		rows: `2024-06-10T00:00:00Z | 10
			2024-06-10T00:00:00Z | 20
			2024-06-10T00:00:00Z | ''
			2024-06-10T00:00:00Z | n/a`,
		kpis: []string{"average_order_value", "sum {name: total, of: amount, unit: items}"},
		want: `average_order_value mean over 30d = 15 of 2
			total value over 30d = 30 of 2`,
	},
}...)

// voidTickets are the same tickets in every kind of column.
func voidTickets(kinds ...string) []named {
	var all []named
	for _, kind := range kinds {
		all = append(all, named{
			name: "an end that stands for none has not come, and a beginning that does is none: " + kind, entity: "tickets",
			at: "2024-07-01T00:00:00Z", windows: "30d all",
			columns: "created_at:" + kind + " resolved_at+:" + kind + " first_response_at:" + kind,
			rows: `2024-06-02T00:00:00Z | 2024-06-03T00:00:00Z | 2024-06-03T00:00:00Z
				2024-06-11T00:00:00Z | zero | zero
				2024-06-21T00:00:00Z | endless | endless
				2024-06-25T00:00:00Z | 2024-06-24T00:00:00Z | -
				zero | 2024-06-24T00:00:00Z | -
				endless | - | -`,
			kpis: []string{"backlog", "resolution_time", "ticket_volume", "first_response_time"},
			want: `backlog tickets over 30d = 2 of 2
				backlog oldest over 30d = 1728000 of 2
				backlog age_mean over 30d = 1296000 of 2
				resolution_time mean over 30d = 86400 of 1
				first_response_time mean over all = 86400 of 1
				first_response_time waiting over 30d = 2 of 2
				ticket_volume created over all = 3 of 3
				ticket_volume resolved over all = 1 of 1`,
			rejected: "end_before_start=1 null_time=2",
		})
	}
	return all
}

// voidOrders are the same orders in every kind of column.
func voidOrders(kinds ...string) []named {
	var all []named
	for _, kind := range kinds {
		all = append(all, named{
			name: "an order whose time stands for none is no customer's first, nor a further one: " + kind, entity: "orders",
			at: "2024-07-01T00:00:00Z", windows: "30d", dims: "channel",
			columns: "customer_id:word ordered_at:" + kind + " amount:decimal channel:word",
			rows: `zero first | zero | 9 | other
				zero first | 2024-06-10T00:00:00Z | 5 | web
				zero first | 2024-06-12T00:00:00Z | 5 | web
				endless too | 2024-06-10T00:00:00Z | 5 | web
				endless too | endless | 9 | other
				once | 2024-06-05T00:00:00Z | 5 | web
				once | - | 9 | other
				long ago | 2024-01-05T00:00:00Z | 20 | web
				long ago | zero | 1 | web
				never | zero | 5 | web
				never either | endless | 5 | web`,
			kpis: []string{"repeat_purchase {within: 7d}", "clv"},
			want: `repeat_purchase ratio over 30d = 0.3333333333333333 of 3
				repeat_purchase ratio channel="web" over 30d = 0.3333333333333333 of 3
				clv customers over  = 4 of 4
				clv repeaters over  = 1 of 1
				clv value {method=historic} over  = 10 of 4
				clv value {method=historic} channel="web" over  = 10 of 4`,
			rejected: "null_time=6",
		})
	}
	return all
}
