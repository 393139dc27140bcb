package exporter_test

import "slices"

// allEdges are the edges of all entities.
func allEdges() []named {
	return slices.Concat(edges, customerEdges, orderEdges, moneyEdges, deskEdges, eventEdges, surveyEdges, hoursEdges, spikeEdges, expectedEdges, rowEdges, refusedEdges, moveEdges)
}

// customerEdges are the cases of customers, orders, invitations and visits.
var customerEdges = []named{
	{
		name: "customers who leave, return, overlap, upgrade and end on a bound", entity: "subscriptions",
		at: "2024-07-01T00:00:00Z", windows: "30d",
		columns: "customer_id:word started_at:naive ended_at:naive",
		rows: `stays | 2024-01-01T00:00:00Z | -
			leaves | 2024-01-01T00:00:00Z | 2024-06-15T00:00:00Z
			back within | 2024-01-01T00:00:00Z | 2024-06-10T00:00:00Z
			back within | 2024-06-20T00:00:00Z | -
			back after | 2024-01-01T00:00:00Z | 2024-03-01T00:00:00Z
			back after | 2024-06-05T00:00:00Z | -
			joins | 2024-06-10T00:00:00Z | -
			passes | 2024-06-10T00:00:00Z | 2024-06-20T00:00:00Z
			ends at the beginning | 2024-01-01T00:00:00Z | 2024-06-01T00:00:00Z
			begins at the beginning | 2024-06-01T00:00:00Z | -
			upgrades at the end | 2024-01-01T00:00:00Z | 2024-07-01T00:00:00Z
			upgrades at the end | 2024-07-01T00:00:00Z | -
			upgrades at the beginning | 2024-01-01T00:00:00Z | 2024-06-01T00:00:00Z
			upgrades at the beginning | 2024-06-01T00:00:00Z | -
			will leave | 2024-01-01T00:00:00Z | 2024-12-31T00:00:00Z
			overlaps | 2024-01-01T00:00:00Z | 2024-06-15T00:00:00Z
			overlaps | 2024-05-01T00:00:00Z | -
			ends before it starts | 2024-06-05T00:00:00Z | 2024-06-01T00:00:00Z
			- | 2024-01-01T00:00:00Z | -`,
		kpis: []string{"churn", "retention", "customers"},
		want: `churn ratio {basis=contract} over 30d = 0.25 of 8
			churn at_start over 30d = 8 of 8
			churn lost over 30d = 2 of 2
			retention ratio over 30d = 0.75 of 8
			retention kept over 30d = 6 of 6
			customers active over 30d = 9 of 9
			customers new over 30d = 2 of 2
			customers returned over 30d = 1 of 1`,
		rejected: "end_before_start=1 null_subject=1",
	},
	{
		name: "a trial counts from its end, and never where nobody converts", entity: "subscriptions",
		at: "2024-07-01T00:00:00Z", windows: "30d",
		columns: "customer_id:word started_at:naive ended_at:naive trial_ends_at+:date mrr:decimal",
		rows: `never tried | 2024-01-01T00:00:00Z | - | - | 10
			converted | 2024-01-01T00:00:00Z | - | 2024-01-15T00:00:00Z | 20
			converts within | 2024-05-20T00:00:00Z | - | 2024-06-03T00:00:00Z | 40
			converts at the end | 2024-06-17T00:00:00Z | - | 2024-07-01T00:00:00Z | 80
			gave up | 2024-05-20T00:00:00Z | 2024-06-02T00:00:00Z | 2024-06-03T00:00:00Z | 160
			gave up as it ended | 2024-05-20T00:00:00Z | 2024-06-03T00:00:00Z | 2024-06-03T00:00:00Z | 320
			paid an hour | 2024-05-20T00:00:00Z | 2024-06-03T01:00:00Z | 2024-06-03T00:00:00Z | 640
			paid and left | 2024-01-01T00:00:00Z | 2024-06-10T00:00:00Z | 2024-01-15T00:00:00Z | 1280`,
		kpis: []string{"churn {events: true}", "customers", "mrr"},
		want: `churn ratio {basis=contract} over 30d = 0.3333333333333333 of 3
			churn at_start over 30d = 3 of 3
			churn event over 30d = 0.6666666666666666 of 3
			churn left over 30d = 2 of 2
			customers active over 30d = 3 of 3
			customers new over 30d = 1 of 1
			customers returned over 30d = 0 of 0
			mrr amount over 30d = 70 of 3
			mrr at_start over 30d = 1310 of 3
			mrr new {movement=new} over 30d = 40 of 1
			mrr churned {movement=churned} over 30d = 1280 of 1`,
	},
	{
		name: "who comes and goes within the window is an event, and no churn", entity: "subscriptions",
		at: "2024-07-01T00:00:00Z", windows: "30d",
		columns: "customer_id:integer started_at:naive ended_at:naive end_reason:word",
		rows: `1 | 2024-01-01T00:00:00Z | - | -
			2 | 2024-01-01T00:00:00Z | 2024-06-15T00:00:00Z | fraud
			3 | 2024-06-05T00:00:00Z | 2024-06-15T00:00:00Z | bored
			4 | 2024-06-05T00:00:00Z | 2024-06-15T00:00:00Z | fraud
			5 | 2024-06-05T00:00:00Z | 2024-06-15T00:00:00Z | upgrade
			5 | 2024-06-15T00:00:00Z | - | -
			6 | 2024-01-01T00:00:00Z | 2024-06-15T00:00:00Z | bored
			6 | 2024-06-25T00:00:00Z | - | -
			7 | 2024-06-05T00:00:00Z | 2024-07-01T00:00:00Z | bored`,
		kpis: []string{"churn {events: true, involuntary: [fraud]}"},
		want: `churn ratio {basis=contract} over 30d = 0.3333333333333333 of 3
			churn event over 30d = 1 of 3
			churn left over 30d = 3 of 3
			churn involuntary over 30d = 0.3333333333333333 of 3
			churn voluntary over 30d = 0 of 3
			churn lost_voluntarily over 30d = 0 of 0`,
	},
	{
		name: "a customer's segment is that at the beginning, of the greatest amount, then the first by name", entity: "subscriptions",
		at: "2024-07-01T00:00:00Z", windows: "30d", dims: "plan",
		columns: "customer_id:integer started_at:naive ended_at:naive mrr+:decimal plan:word",
		rows: `1 | 2024-01-01T00:00:00Z | - | 10 | pro
			1 | 2024-01-01T00:00:00Z | 2024-06-15T00:00:00Z | 20 | basic
			2 | 2024-01-01T00:00:00Z | 2024-06-15T00:00:00Z | 10 | b
			2 | 2024-01-01T00:00:00Z | 2024-06-15T00:00:00Z | 10 | a
			3 | 2024-06-10T00:00:00Z | - | 5 | -
			4 | 2024-01-01T00:00:00Z | - | - | ''`,
		kpis: []string{"churn", "customers"},
		want: `churn ratio {basis=contract} over 30d = 0.3333333333333333 of 3
			churn ratio {basis=contract} plan="basic" over 30d = 0 of 1
			churn ratio {basis=contract} plan="a" over 30d = 1 of 1
			churn ratio {basis=contract} plan="(none)" over 30d = 0 of 1
			customers active plan="basic" over 30d = 1 of 1
			customers moved plan="basic" over 30d = 1 of 1
			customers active plan="(none)" over 30d = 2 of 2
			customers new plan="(none)" over 30d = 1 of 1`,
	},
	{
		name: "nobody at the beginning is no churn", entity: "subscriptions",
		at: "2024-07-01T00:00:00Z", windows: "30d", change: true,
		columns: "customer_id:integer started_at:naive ended_at:naive",
		rows:    `1 | 2024-06-01T00:00:00Z | -`,
		kpis:    []string{"churn", "retention", "customers"},
		want: `churn ratio {basis=contract} over 30d = undefined of 0
			churn at_start over 30d = 0 of 0
			retention ratio over 30d = undefined of 0
			customers active over 30d = 1 of 1 before 0
			customers new over 30d = 1 of 1 before 0`,
	},
	{
		name: "customers without a contract are active by their orders", entity: "orders",
		at: "2024-07-01T00:00:00Z", windows: "30d",
		columns: "customer_id:word ordered_at:naive amount:decimal",
		rows: `kept | 2024-05-10T00:00:00Z | 1
			kept | 2024-06-10T00:00:00Z | 1
			lost | 2024-05-02T00:00:00Z | 1
			returned | 2024-05-01T23:59:59Z | 1
			returned | 2024-06-10T00:00:00Z | 1
			new | 2024-06-01T00:00:00Z | 1
			too late | 2024-05-31T23:59:59Z | 1
			too late | 2024-07-01T00:00:00Z | 1
			- | 2024-06-10T00:00:00Z | 1`,
		kpis: []string{"churn", "retention {inactive_after: 30d}", "customers"},
		want: `churn ratio {basis=activity} over 30d = 0.6666666666666666 of 3
			retention ratio over 30d = 0.3333333333333333 of 3
			customers active over 30d = 3 of 3
			customers new over 30d = 1 of 1
			customers returned over 30d = 1 of 1`,
	},
	{
		name: "orders of nothing, refunds, missing amounts and several currencies", entity: "orders",
		at: "2024-07-01T00:00:00Z", windows: "30d",
		columns: "customer_id:integer ordered_at:naive amount:decimal currency+:word",
		rows: `1 | 2024-06-10T00:00:00Z | 10.00 | EUR
			1 | 2024-06-10T00:00:00Z | 10.00 | EUR
			2 | 2024-06-11T00:00:00Z | 0 | EUR
			2 | 2024-06-12T00:00:00Z | -5.00 | eur
			3 | 2024-06-13T00:00:00Z | 7.50 | USD
			3 | 2024-06-14T00:00:00Z | - | USD
			4 | 2024-06-15T00:00:00Z | 4.00 | EUR
			- | 2024-06-16T00:00:00Z | 2.50 | ''`,
		kpis: []string{"revenue", "average_order_value", "repeat_purchase {cohort: window}", "purchase_frequency"},
		want: `revenue amount {currency=EUR} over 30d = 19 of 5
			revenue amount {currency=USD} over 30d = 7.5 of 1
			revenue amount {currency=(none)} over 30d = 2.5 of 1
			average_order_value mean {currency=EUR} over 30d = 3.8 of 5
			average_order_value orders {currency=EUR} over 30d = 5 of 5
			average_order_value mean {currency=USD} over 30d = 7.5 of 1
			repeat_purchase ratio over 30d = 0.75 of 4
			repeat_purchase repeat_buyers over 30d = 3 of 3
			purchase_frequency mean over 30d = 1.75 of 4
			purchase_frequency purchases over 30d = 7 of 7`,
		rejected: "null_amount=1 null_subject=1",
	},
	{
		name: "no orders are a revenue of nothing, and no average", entity: "orders",
		at: "2024-07-01T00:00:00Z", windows: "30d",
		columns: "customer_id:integer ordered_at:naive amount:decimal",
		kpis:    []string{"revenue", "average_order_value", "repeat_purchase {cohort: window}", "purchase_frequency", "churn"},
		want: `revenue amount over 30d = 0 of 0
			average_order_value mean over 30d = undefined of 0
			average_order_value orders over 30d = 0 of 0
			repeat_purchase ratio over 30d = undefined of 0
			purchase_frequency mean over 30d = undefined of 0
			churn ratio {basis=activity} over 30d = undefined of 0`,
	},
	{
		name: "costs by currency, with money that came back and one without an amount", entity: "costs",
		at: "2024-07-15T00:00:00Z", windows: "last_month", change: true,
		columns: "incurred_on:date amount:decimal currency+:word",
		rows: `2024-06-01T00:00:00Z | 1200.00 | EUR
			2024-06-30T00:00:00Z | 300.50 | eur
			2024-06-30T00:00:00Z | -100.00 | EUR
			2024-06-12T00:00:00Z | 80.00 | USD
			2024-06-12T00:00:00Z | - | USD
			2024-05-31T00:00:00Z | 900.00 | EUR
			2024-07-01T00:00:00Z | 5000.00 | EUR`,
		kpis: []string{"cost"},
		want: `cost amount {currency=EUR} over last_month = 1400.5 of 3 before 900
			cost amount {currency=USD} over last_month = 80 of 1`,
		rejected: "null_amount=1",
	},
	{
		name: "no costs are nothing spent", entity: "costs",
		at: "2024-07-15T00:00:00Z", windows: "last_month",
		columns: "incurred_on:naive amount:decimal",
		kpis:    []string{"cost"},
		want:    `cost amount over last_month = 0 of 0`,
	},
	{
		name: "amounts that are no numbers are missing", entity: "orders",
		at: "2024-07-01T00:00:00Z", windows: "30d",
		columns: "customer_id:integer ordered_at:naive amount:number-text",
		rows: `1 | 2024-06-10T00:00:00Z | 1e1
			1 | 2024-06-10T00:00:00Z | 1-2
			1 | 2024-06-10T00:00:00Z | 12 EUR
			1 | 2024-06-10T00:00:00Z | 0x10
			1 | 2024-06-10T00:00:00Z | 2.5`,
		kpis:     []string{"revenue"},
		want:     `revenue amount over 30d = 12.5 of 2`,
		rejected: "null_amount=3",
	},
	{
		name: "invitations are answered within their maturity, by the day they were sent", entity: "invitations",
		at: "2024-07-01T00:00:00Z", windows: "30d",
		columns: "sent_at:naive responded_at:naive bounced+:flag",
		rows: `2024-06-02T00:00:00Z | 2024-06-03T00:00:00Z | false
			2024-06-02T00:00:00Z | 2024-06-09T00:00:00Z | -
			2024-06-02T00:00:00Z | 2024-06-09T00:00:01Z | false
			2024-06-24T00:00:00Z | 2024-06-25T00:00:00Z | false
			2024-06-23T23:59:59Z | - | false
			2024-06-03T00:00:00Z | 2024-06-04T00:00:00Z | true
			2024-06-10T00:00:00Z | 2024-06-09T00:00:00Z | false
			- | 2024-06-09T00:00:00Z | false`,
		kpis: []string{"response_rate"},
		want: `response_rate ratio over 30d = 0.5 of 4
			response_rate invitations over 30d = 4 of 4
			response_rate responses over 30d = 2 of 2
			response_rate pending_invitations over 30d = 1 of 1
			response_rate pending_responses over 30d = 1 of 1`,
		rejected: "end_before_start=1 null_time=1",
	},
	{
		name: "an answer at the very end of the maturity is in time, and an invitation of that age is too young", entity: "invitations",
		at: "2024-07-01T00:00:00Z", windows: "last_month", change: true,
		columns: "sent_at:naive responded_at:naive",
		rows: `2024-06-02T00:00:00Z | 2024-06-30T00:00:00Z
			2024-06-02T00:00:00Z | 2024-06-30T00:00:01Z
			2024-06-03T00:00:00Z | 2024-06-04T00:00:00Z
			2024-05-20T00:00:00Z | 2024-05-31T00:00:00Z
			2024-05-21T00:00:00Z | 2024-06-05T00:00:00Z`,
		kpis: []string{"response_rate {maturity: 28d}"},
		want: `response_rate ratio over last_month = 0.5 of 2`,
	},
	{
		name: "visits convert when they do, or when a flag says so", entity: "visits",
		at: "2024-07-01T00:00:00Z", windows: "30d",
		columns: "visited_at:naive converted_at+:naive converted:word",
		rows: `2024-06-02T00:00:00Z | 2024-06-02T00:00:00Z | no
			2024-06-02T00:00:00Z | 2024-07-01T00:00:00Z | yes
			2024-06-02T00:00:00Z | - | yes`,
		kpis: []string{"conversion"},
		want: `conversion ratio over 30d = 0.3333333333333333 of 3
			conversion conversions over 30d = 1 of 1`,
	},
	{
		name: "flags are words that people write", entity: "visits",
		at: "2024-07-01T00:00:00Z", windows: "30d",
		columns: "visited_at:naive converted:word",
		rows: `2024-06-02T00:00:00Z | Yes
			2024-06-02T00:00:00Z | 1
			2024-06-02T00:00:00Z | f
			2024-06-02T00:00:00Z | -
			2024-06-02T00:00:00Z | ''
			2024-06-02T00:00:00Z | perhaps`,
		kpis: []string{"conversion"},
		want: `conversion ratio over 30d = 0.4 of 5
			conversion visits over 30d = 5 of 5`,
		rejected: "not_a_flag=1",
	},
	{
		name: "a gauge shows what is there, and refuses labels that stand twice", entity: "custom",
		at: "2024-07-01T00:00:00Z", windows: "30d",
		columns: "shelf:word reading:float",
		rows: `a | 1.5
			b | -
			c | 1
			c | 2
			- | 3`,
		kpis: []string{"gauge {name: stock, unit: items, value: reading, labels: [shelf]}"},
		want: `stock value {shelf=a} over  = 1.5 of 1
			stock value {shelf=(none)} over  = 3 of 1`,
		rejected: "duplicate_labels=2",
	},
	{
		name: "custom KPIs over everything that ever was", entity: "custom",
		at: "2024-07-01T00:00:00Z", windows: "all 30d",
		columns: "at+:naive length:decimal seats:integer good:flag who:word",
		rows: `1999-06-02T00:00:00Z | 2 | 4 | true | x
			2024-06-02T00:00:00Z | 4 | 1 | false | y
			2024-06-02T00:00:00Z | 6 | - | - | y
			2024-06-03T00:00:00Z | - | 1 | true | -
			2024-07-01T00:00:00Z | 9 | 9 | true | z`,
		kpis: []string{
			"ratio {name: good_share, of: good}", "ratio {name: per_seat, numerator: length, denominator: seats}",
			"mean {name: length_mean, of: length, unit: seconds}", "sum {name: length_sum, of: length, unit: pages}",
			"count {name: all_rows}", "count {name: good_rows, of: good}", "distinct {name: people, of: who}",
			"quantile {name: length_median, of: length, q: 0.5, unit: seconds}",
		},
		want: `good_share value over all = 0.6666666666666666 of 3
			good_share value over 30d = 0.5 of 2
			per_seat value over all = 2 of 3
			per_seat value over 30d = 5 of 2
			length_mean value over all = 4 of 3
			length_mean value over 30d = 5 of 2
			length_sum value over all = 12 of 3
			all_rows value over all = 4 of 4
			all_rows value over 30d = 3 of 3
			good_rows value over all = 2 of 2
			people value over all = 2 of 2
			people value over 30d = 1 of 1`,
		rejected: "null_subject=1",
	},
}
