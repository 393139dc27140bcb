package exporter_test

// orderEdges are the cases of orders and carts, with their values computed by
// hand.
var orderEdges = []named{
	{
		name: "a refund lowers the day of its order, and what was paid back in full is worth nothing", entity: "orders",
		at: "2024-07-01T00:00:00Z", windows: "30d",
		columns: "customer_id:word ordered_at:naive amount:decimal refunded_amount+:decimal",
		rows: `a | 2024-06-10T00:00:00Z | 100 | -
			a | 2024-06-10T00:00:00Z | 100 | 25.5
			b | 2024-06-11T00:00:00Z | 30 | 30
			b | 2024-06-12T00:00:00Z | 0 | 0
			c | 2024-06-13T00:00:00Z | -20 | -
			c | 2024-06-14T00:00:00Z | - | 5
			- | 2024-06-15T00:00:00Z | 10 | 15`,
		kpis: []string{"revenue {amounts: net}", "average_order_value {amounts: net, zero_orders: leave_out}"},
		want: `revenue amount over 30d = 149.5 of 6
			average_order_value mean over 30d = 37.375 of 4
			average_order_value orders over 30d = 4 of 4`,
		rejected: "null_amount=1",
	},
	{
		name: "revenue grows over the same month of a leap year, by currency", entity: "orders", zone: "Europe/Berlin",
		at: "2024-03-15T12:00:00Z", windows: "last_month",
		columns: "customer_id:word ordered_at:naive@ amount:integer currency+:word",
		rows: `a | 2024-01-31T23:00:00Z | 10 | EUR
			a | 2024-02-29T22:59:59Z | 110 | eur
			a | 2024-02-29T23:00:00Z | 1000 | EUR
			a | 2023-01-31T23:00:00Z | 40 | EUR
			a | 2023-02-28T22:59:59Z | 60 | EUR
			a | 2023-02-28T23:00:00Z | 1000 | EUR
			a | 2024-02-10T00:00:00Z | 5 | USD
			a | 2023-02-10T00:00:00Z | -5 | CHF
			a | 2024-02-10T00:00:00Z | 5 | CHF`,
		kpis: []string{"revenue_growth"},
		want: `revenue_growth ratio {currency=EUR} over last_month = 0.2 of 4
			revenue_growth ratio {currency=USD} over last_month = undefined of 1
			revenue_growth ratio {currency=CHF} over last_month = undefined of 2`,
	},
	{
		name: "a cart is abandoned when its delay is over, until it is recovered", entity: "carts",
		at: "2024-07-01T00:00:00Z", windows: "30d",
		columns: "created_at:naive completed_at:naive value+:decimal currency+:word",
		rows: `2024-06-01T00:00:00Z | 2024-06-01T00:10:00Z | 10 | EUR
			2024-06-02T00:00:00Z | - | 20 | EUR
			2024-06-03T00:00:00Z | - | 30 | usd
			2024-06-04T00:00:00Z | 2024-06-20T00:00:00Z | 40 | EUR
			2024-06-05T00:00:00Z | 2024-07-01T00:00:00Z | 50 | USD
			2024-06-06T00:00:00Z | - | - | EUR
			2024-06-07T00:00:00Z | 2024-06-06T00:00:00Z | 60 | EUR
			2024-06-30T00:00:00Z | - | 70 | EUR
			2024-06-29T23:59:59Z | - | 80 | GBP
			2024-05-31T23:59:59Z | - | 90 | EUR`,
		kpis: []string{"cart_abandonment"},
		want: `cart_abandonment ratio over 30d = 0.7142857142857143 of 7
			cart_abandonment carts over 30d = 7 of 7
			cart_abandonment value {currency=EUR} over 30d = 20 of 1
			cart_abandonment value {currency=USD} over 30d = 80 of 2
			cart_abandonment value {currency=GBP} over 30d = 80 of 1`,
		rejected: "end_before_start=1 null_amount=1",
	},
	{
		name: "only checkouts count, by the time when they were reached", entity: "carts",
		at: "2024-07-01T00:00:00Z", windows: "30d",
		columns: "created_at:naive completed_at:naive reached_checkout_at+:unix",
		rows: `2024-05-01T00:00:00Z | - | 2024-06-01T00:00:00Z
			2024-06-02T00:00:00Z | - | -
			2024-06-02T00:00:00Z | 2024-06-03T00:00:00Z | 2024-06-02T12:00:00Z`,
		kpis: []string{"cart_abandonment {of: checkouts, delay: 2h}"},
		want: `cart_abandonment ratio over 30d = 0.5 of 2`,
	},
	{
		name: "customers count by their first order, and come back in time or not", entity: "orders",
		at: "2024-07-01T00:00:00Z", windows: "30d all", dims: "channel", change: true,
		columns: "customer_id:word ordered_at:naive amount:decimal channel:word",
		rows: `in time | 2024-06-02T00:00:00Z | 5 | web
			in time | 2024-06-09T00:00:00Z | 500 | shop
			late | 2024-06-02T00:00:00Z | 5 | web
			late | 2024-06-09T00:00:00.001Z | 5 | web
			twice at once | 2024-06-03T00:00:00Z | 5 | web
			twice at once | 2024-06-03T00:00:00Z | 6 | shop
			too young | 2024-06-24T00:00:00Z | 5 | web
			of May | 2024-05-31T23:59:59Z | 5 | web
			of May | 2024-06-01T00:00:00Z | 5 | web
			- | 2024-06-03T00:00:00Z | 5 | web`,
		kpis: []string{"repeat_purchase {within: 7d}"},
		want: `repeat_purchase ratio over 30d = 0.6666666666666666 of 3
			repeat_purchase ratio channel="web" over 30d = 0.5 of 2
			repeat_purchase ratio channel="shop" over 30d = 1 of 1
			repeat_purchase buyers over all = 4 of 4
			repeat_purchase repeat_buyers over all = 3 of 3`,
	},
	{
		name: "days are counted back from the instant, and refunds are no purchases", entity: "orders",
		at: "2024-07-01T00:00:00Z", windows: "30d", dims: "channel",
		columns: "customer_id:word ordered_at:naive amount:decimal currency+:word channel:word",
		rows: `a | 2024-06-30T00:00:00Z | 10 | EUR | web
			a | 2024-06-30T23:59:59Z | 20 | eur | web
			b | 2024-06-29T23:59:59Z | 0 | EUR | web
			b | 2024-06-30T00:00:00Z | 40 | EUR | shop
			c | 2024-06-10T00:00:00Z | 50 | EUR | web
			c | 2024-06-20T00:00:00Z | -20 | EUR | web
			c | 2024-06-10T00:00:00Z | 7 | USD | web
			d | 2024-06-10T00:00:00Z | -9 | EUR | web
			e | 2024-07-01T00:00:00Z | 99 | EUR | web
			f | 2024-06-10T00:00:00Z | - | EUR | web
			g | 2024-06-10T00:00:00Z | - | EUR | web
			g | 2024-06-12T00:00:00Z | -5 | EUR | web`,
		kpis: []string{"clv"},
		want: `clv value {method=historic,currency=EUR} over  = 33.333333333333336 of 3
			clv value {method=historic,currency=USD} over  = 7 of 1
			clv repeaters {currency=EUR} over  = 1 of 1
			clv value {method=historic,currency=EUR} channel="shop" over  = 40 of 1
			clv value {method=historic,currency=EUR} channel="web" over  = 30 of 2`,
		rejected: "null_amount=2",
	},
}
