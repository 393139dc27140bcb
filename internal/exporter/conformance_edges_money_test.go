package exporter_test

// moneyEdges are the cases of recurring revenue.
var moneyEdges = []named{
	{
		name: "cohorts of subscriptions by calendar months of the zone", entity: "subscriptions", zone: "Europe/Berlin",
		at: "2024-06-15T12:00:00Z", windows: "30d last_month", dims: "plan",
		columns: "customer_id:word started_at:naive ended_at:naive plan:word",
		// The months begin at 22:00 UTC of the day before, those up to March at 23:00.
		rows: `March | 2024-02-29T23:00:00Z | - | a
			March too | 2024-03-31T21:59:59Z | 2024-04-30T22:00:00Z | a
			March, one month | 2024-03-10T00:00:00Z | 2024-04-30T21:59:59Z | b
			March, gone and back | 2024-03-10T00:00:00Z | 2024-03-20T00:00:00Z | b
			March, gone and back | 2024-05-20T00:00:00Z | - | a
			April | 2024-03-31T22:00:00Z | - | b
			April, gone | 2024-04-10T00:00:00Z | 2024-04-20T00:00:00Z | b
			May | 2024-05-01T00:00:00Z | - | a
			before | 2024-02-29T22:59:59Z | - | a
			before and again | 2023-01-01T00:00:00Z | 2023-02-01T00:00:00Z | a
			before and again | 2024-03-10T00:00:00Z | - | a
			backwards | 2024-04-10T00:00:00Z | 2024-04-01T00:00:00Z | a`,
		kpis: []string{"cohort_retention {months: 2}"},
		want: `cohort_retention customers {cohort=2024-03} over  = 4 of 4
			cohort_retention customers {cohort=2024-04} over  = 2 of 2
			cohort_retention cohort {cohort=2024-03,age=1} over  = 0.5 of 4
			cohort_retention cohort {cohort=2024-03,age=2} over  = 0.5 of 4
			cohort_retention cohort {cohort=2024-04,age=1} over  = 0.5 of 2
			cohort_retention ratio {age=1} over  = 0.5 of 6
			cohort_retention ratio {age=2} over  = 0.5 of 4
			cohort_retention customers {cohort=2024-03} plan="b" over  = 2 of 2
			cohort_retention ratio {age=2} plan="b" over  = 0.5 of 2
			cohort_retention ratio {age=1} plan="a" over  = 1 of 2`,
		rejected: "end_before_start=1",
	},
	{
		name: "cohorts of buyers, who need not order every month", entity: "orders",
		at: "2024-07-01T00:00:00Z", windows: "30d",
		columns: "customer_id:word ordered_at:naive amount:decimal",
		rows: `always | 2024-04-01T00:00:00Z | 1
			always | 2024-04-02T00:00:00Z | 1
			always | 2024-05-01T00:00:00Z | 1
			always | 2024-06-30T23:59:59Z | 1
			now and then | 2024-04-10T00:00:00Z | 1
			now and then | 2024-06-10T00:00:00Z | 1
			now and then | 2024-06-11T00:00:00Z | 1
			once | 2024-04-30T23:59:59Z | 1
			May | 2024-05-10T00:00:00Z | 1
			May | 2024-07-01T00:00:00Z | 1
			June | 2024-06-10T00:00:00Z | 1`,
		kpis: []string{"cohort_retention {months: 2}"},
		want: `cohort_retention ratio {age=1} over  = 0.25 of 4
			cohort_retention ratio {age=2} over  = 0.6666666666666666 of 3
			cohort_retention cohort {cohort=2024-04,age=1} over  = 0.3333333333333333 of 3
			cohort_retention cohort {cohort=2024-05,age=1} over  = 0 of 1`,
	},
	{
		name: "customers whose subscriptions all end soon are at risk, with what they pay", entity: "subscriptions",
		at: "2024-07-01T00:00:00Z", windows: "30d", change: true,
		columns: "customer_id:word started_at:naive ended_at:naive mrr+:decimal currency+:word",
		rows: `ends soon | 2024-01-01T00:00:00Z | 2024-07-20T00:00:00Z | 10 | EUR
			ends now | 2024-01-01T00:00:00Z | 2024-07-01T00:00:00Z | 20 | EUR
			ends at the limit | 2024-01-01T00:00:00Z | 2024-07-31T00:00:00Z | 40 | EUR
			just before it | 2024-01-01T00:00:00Z | 2024-07-30T23:59:59Z | 80 | EUR
			one goes on | 2024-01-01T00:00:00Z | 2024-07-20T00:00:00Z | 160 | EUR
			one goes on | 2024-01-01T00:00:00Z | - | 1 | EUR
			other currency goes on | 2024-01-01T00:00:00Z | 2024-07-20T00:00:00Z | 320 | EUR
			other currency goes on | 2024-01-01T00:00:00Z | - | 1 | USD
			both end | 2024-01-01T00:00:00Z | 2024-07-20T00:00:00Z | 640 | EUR
			both end | 2024-01-01T00:00:00Z | 2024-07-10T00:00:00Z | 5 | USD
			renewed from then on | 2024-01-01T00:00:00Z | 2024-07-20T00:00:00Z | 1280 | EUR
			renewed from then on | 2024-07-20T00:00:00Z | - | 1280 | EUR
			has gone | 2024-01-01T00:00:00Z | 2024-06-20T00:00:00Z | 2560 | EUR
			goes on | 2024-01-01T00:00:00Z | - | - | EUR`,
		kpis: []string{"at_risk"},
		want: `at_risk ratio over 30d = 0.5555555555555556 of 9 before 0.1
			at_risk customers {reason=ending} over 30d = 5 of 5 before 1
			at_risk value {currency=EUR} over 30d = 2350 of 6 before 2560
			at_risk value {currency=USD} over 30d = 5 of 1 before 0`,
		rejected: "in_the_future=1 null_amount=1",
	},
	{
		name: "customers who are silent, but not for too long, are at risk", entity: "orders",
		at: "2024-07-01T00:00:00Z", windows: "30d",
		columns: "customer_id:word ordered_at:naive amount:decimal",
		rows: `orders | 2024-04-10T00:00:00Z | 1
			orders | 2024-06-01T00:00:00Z | 1
			silent | 2024-05-31T23:59:59Z | 1
			for long | 2024-04-02T00:00:00Z | 1
			for too long | 2024-04-01T23:59:59Z | 1
			tomorrow | 2024-07-01T00:00:00Z | 1
			- | 2024-05-10T00:00:00Z | 1`,
		kpis: []string{"at_risk"},
		want: `at_risk ratio over 30d = 0.6666666666666666 of 3
			at_risk customers {reason=silent} over 30d = 2 of 2
			at_risk value over 30d = 0.6763888888888889 of 2`,
	},
	{
		name: "who answered low is at risk until a better answer", entity: "responses",
		at: "2024-07-01T00:00:00Z", windows: "30d",
		columns: "respondent_id+:word responded_at:naive score:integer mrr+:decimal currency+:word",
		rows: `low | 2024-06-01T00:00:00Z | 6 | 10 | EUR
			low twice | 2024-06-01T00:00:00Z | 0 | 20 | EUR
			low twice | 2024-06-02T00:00:00Z | 3 | 20 | eur
			better | 2024-05-01T00:00:00Z | 0 | 40 | EUR
			better | 2024-05-02T00:00:00Z | 7 | 40 | EUR
			both at once | 2024-05-02T00:00:00Z | 1 | 80 | EUR
			both at once | 2024-05-02T00:00:00Z | 8 | 80 | EUR
			worse | 2024-05-02T00:00:00Z | 10 | 160 | USD
			worse | 2024-05-03T00:00:00Z | 2 | - | USD
			no answer | 2024-05-02T00:00:00Z | 2 | 320 | USD
			no answer | 2024-06-03T00:00:00Z | 99 | 640 | USD
			at the limit | 2024-04-02T00:00:00Z | 0 | 1280 | USD
			too old | 2024-04-01T23:59:59Z | 0 | 2560 | USD
			tomorrow | 2024-07-01T00:00:00Z | 0 | 5120 | USD
			- | 2024-06-03T00:00:00Z | 0 | 10240 | USD`,
		kpis: []string{"at_risk"},
		want: `at_risk ratio over 30d = 0.7142857142857143 of 7
			at_risk customers {reason=detractor} over 30d = 5 of 5
			at_risk value {currency=EUR} over 30d = 30 of 2
			at_risk value {currency=USD} over 30d = 1760 of 3`,
	},
	{
		name: "who is served badly is at risk, once for several reasons", entity: "tickets",
		at: "2024-07-01T00:00:00Z", windows: "30d",
		columns: "customer_id:word created_at:naive resolved_at:naive resolution_due_at+:naive mrr+:decimal",
		rows: `in time | 2024-06-10T00:00:00Z | 2024-06-11T00:00:00Z | 2024-06-11T00:00:00Z | 10
			late | 2024-06-10T00:00:00Z | 2024-06-11T00:00:01Z | 2024-06-11T00:00:00Z | 20
			due now | 2024-06-24T00:00:00Z | - | 2024-07-01T00:00:00Z | 40
			overdue | 2024-06-24T00:00:00Z | - | 2024-06-30T23:59:59Z | 80
			three | 2024-06-01T00:00:00Z | 2024-06-01T00:00:00Z | - | 160
			three | 2024-06-02T00:00:00Z | 2024-06-02T00:00:00Z | - | -
			three | 2024-06-03T00:00:00Z | 2024-06-04T00:00:00Z | 2024-06-03T12:00:00Z | 160
			two and an old one | 2024-05-31T23:59:59Z | 2024-06-01T00:00:00Z | 2024-06-01T00:00:00Z | 320
			two and an old one | 2024-06-02T00:00:00Z | 2024-06-02T00:00:00Z | - | 320
			two and an old one | 2024-06-03T00:00:00Z | 2024-06-03T00:00:00Z | - | 320
			open | 2024-06-23T23:59:59Z | 2024-07-01T00:00:00Z | - | 640
			open for a week | 2024-06-24T00:00:00Z | - | - | 1280
			- | 2024-06-10T00:00:00Z | - | 2024-06-11T00:00:00Z | 2560`,
		kpis: []string{"at_risk {open_for: 7d}"},
		want: `at_risk ratio over 30d = 0.5 of 8
			at_risk customers {reason=tickets} over 30d = 1 of 1
			at_risk customers {reason=breached} over 30d = 3 of 3
			at_risk customers {reason=open} over 30d = 1 of 1
			at_risk value over 30d = 900 of 4`,
	},
	{
		name: "a renewal within the grace is no churn, and who stays away is lost when it is over", entity: "subscriptions",
		at: "2024-07-01T00:00:00Z", windows: "30d",
		columns: "customer_id:word started_at:naive ended_at:naive end_reason:word",
		rows: `late by ten days | 2024-01-01T00:00:00Z | 2024-05-31T00:00:00Z | payment_failed
			late by ten days | 2024-06-10T00:00:00Z | - | -
			late by twenty | 2024-01-01T00:00:00Z | 2024-05-20T00:00:00Z | -
			late by twenty | 2024-06-09T00:00:00Z | - | -
			in grace at the beginning | 2024-01-01T00:00:00Z | 2024-05-18T00:00:00Z | Payment_Failed
			just over at the beginning | 2024-01-01T00:00:00Z | 2024-05-17T23:59:59Z | payment_failed
			in grace at the end | 2024-01-01T00:00:00Z | 2024-06-17T00:00:00Z | payment_failed
			over at the end | 2024-01-01T00:00:00Z | 2024-06-16T23:59:59Z | cancelled
			returns | 2024-01-01T00:00:00Z | 2024-05-01T00:00:00Z | cancelled
			returns | 2024-06-20T00:00:00Z | - | -
			comes and goes | 2024-06-05T00:00:00Z | 2024-06-10T00:00:00Z | payment_failed
			one of two | 2024-01-01T00:00:00Z | 2024-06-02T00:00:00Z | fraud
			one of two | 2024-01-01T00:00:00Z | 2024-06-10T00:00:00Z | cancelled
			backwards | 2024-06-10T00:00:00Z | 2024-05-30T00:00:00Z | fraud
			stays | 2024-01-01T00:00:00Z | - | -`,
		kpis: []string{"churn {grace: 14d, involuntary: [payment_failed, fraud]}", "retention {grace: 14d, naive: true}", "customers {grace: 14d}"},
		want: `churn at_start over 30d = 7 of 7
			churn lost over 30d = 3 of 3
			churn involuntary over 30d = 0.2857142857142857 of 7
			churn lost_involuntarily over 30d = 2 of 2
			customers active over 30d = 5 of 5
			customers new over 30d = 0 of 0
			customers returned over 30d = 1 of 1
			retention ratio over 30d = 0.5714285714285714 of 7
			retention naive over 30d = 0.7142857142857143 of 7`,
		rejected: "end_before_start=1",
	},
	{
		name: "revenue that comes, goes, grows and shrinks, in several currencies", entity: "subscriptions",
		at: "2024-07-01T00:00:00Z", windows: "30d",
		columns: "customer_id:word started_at:naive ended_at:naive mrr:decimal currency+:word",
		rows: `stays | 2024-01-01T00:00:00Z | - | 100 | EUR
			leaves | 2024-01-01T00:00:00Z | 2024-06-15T00:00:00Z | 50 | EUR
			down | 2024-01-01T00:00:00Z | 2024-06-10T00:00:00Z | 80 | EUR
			down | 2024-06-10T00:00:00Z | - | 60 | eur
			up | 2024-01-01T00:00:00Z | - | 10 | EUR
			up | 2024-06-20T00:00:00Z | - | 15.5 |  EUR
			to free | 2024-01-01T00:00:00Z | 2024-06-05T00:00:00Z | 30 | EUR
			to free | 2024-06-05T00:00:00Z | - | 0 | EUR
			from free | 2024-01-01T00:00:00Z | - | 0 | EUR
			from free | 2024-06-05T00:00:00Z | - | 7 | EUR
			returns | 2024-01-01T00:00:00Z | 2024-02-01T00:00:00Z | 99 | EUR
			returns | 2024-06-05T00:00:00Z | - | 20 | EUR
			joins | 2024-06-30T23:59:59Z | - | 5 | EUR
			passes | 2024-06-10T00:00:00Z | 2024-06-20T00:00:00Z | 70 | EUR
			begins at the end | 2024-07-01T00:00:00Z | - | 1000 | EUR
			ends at the end | 2024-01-01T00:00:00Z | 2024-07-01T00:00:00Z | 11 | EUR
			begins at the beginning | 2024-06-01T00:00:00Z | - | 3 | EUR
			pays in two | 2024-01-01T00:00:00Z | - | 40 | EUR
			pays in two | 2024-01-01T00:00:00Z | 2024-06-15T00:00:00Z | 40 | USD
			unknown | 2024-01-01T00:00:00Z | - | - | EUR
			no currency | 2024-01-01T00:00:00Z | - | 8 | -
			backwards | 2024-06-05T00:00:00Z | 2024-06-01T00:00:00Z | 9 | EUR`,
		kpis: []string{"mrr", "revenue_retention", "quick_ratio", "churn"},
		want: `mrr at_start {currency=EUR} over 30d = 321 of 9
			mrr amount {currency=EUR} over 30d = 271.5 of 11
			mrr churned {movement=churned,currency=EUR} over 30d = 80 of 2
			mrr contraction {movement=contraction,currency=EUR} over 30d = 20 of 1
			mrr expansion {movement=expansion,currency=EUR} over 30d = 22.5 of 2
			mrr returned {movement=returned,currency=EUR} over 30d = 20 of 1
			mrr new {movement=new,currency=EUR} over 30d = 8 of 2
			revenue_retention net {currency=EUR} over 30d = 0.7585669781931464 of 9
			revenue_retention gross {currency=EUR} over 30d = 0.6884735202492211 of 9
			revenue_retention churn {currency=EUR} over 30d = 0.3115264797507788 of 9
			quick_ratio ratio {currency=EUR} over 30d = 0.505 of 8
			quick_ratio ratio {currency=USD} over 30d = 0 of 1
			mrr amount {currency=USD} over 30d = 0 of 0
			mrr churned {movement=churned,currency=USD} over 30d = 40 of 1
			revenue_retention net {currency=USD} over 30d = 0 of 1
			mrr amount {currency=(none)} over 30d = 8 of 1
			churn at_start over 30d = 10 of 10
			churn lost over 30d = 1 of 1`,
		rejected: "end_before_start=1 null_amount=1",
	},
	{
		name: "an upgrade on the boundary, and one that only adds up to the same", entity: "subscriptions",
		at: "2024-07-01T00:00:00Z", windows: "30d", dims: "plan", change: true,
		columns: "customer_id:integer started_at:naive ended_at:naive mrr:float plan:word",
		rows: `1 | 2024-01-01T00:00:00Z | 2024-06-01T00:00:00Z | 10 | basic
			1 | 2024-06-01T00:00:00Z | - | 25 | pro
			2 | 2024-01-01T00:00:00Z | 2024-07-01T00:00:00Z | 10 | basic
			2 | 2024-07-01T00:00:00Z | - | 25 | pro
			3 | 2024-01-01T00:00:00Z | 2024-06-10T00:00:00Z | 0.5 | basic
			3 | 2024-06-10T00:00:00Z | - | 0.25 | basic
			3 | 2024-06-10T00:00:00Z | - | 0.25 | pro`,
		kpis: []string{"mrr", "revenue_retention"},
		want: `mrr at_start over 30d = 20.5 of 3
			mrr amount over 30d = 35.5 of 3 before 20.5
			mrr expansion {movement=expansion} over 30d = 15 of 1 before 0
			mrr contraction {movement=contraction} over 30d = 0 of 0 before 0
			mrr expansion {movement=expansion} plan="basic" over 30d = 15 of 1
			mrr amount plan="basic" over 30d = 35.5 of 3
			revenue_retention net over 30d = 1.7317073170731707 of 3 before 1
			revenue_retention gross over 30d = 1 of 3 before 1`,
	},
	{
		name: "no revenue at the beginning is no retention of it", entity: "subscriptions",
		at: "2024-07-01T00:00:00Z", windows: "30d",
		columns: "customer_id:integer started_at:naive ended_at:naive mrr:decimal",
		rows: `1 | 2024-01-01T00:00:00Z | - | 0
			2 | 2024-06-02T00:00:00Z | - | 5`,
		kpis: []string{"mrr", "revenue_retention", "quick_ratio"},
		want: `mrr amount over 30d = 5 of 2
			quick_ratio ratio over 30d = undefined of 1
			mrr new {movement=new} over 30d = 5 of 1
			revenue_retention net over 30d = undefined of 1
			revenue_retention gross over 30d = undefined of 1
			revenue_retention churn over 30d = undefined of 1`,
	},
	{
		// 487 days are 16 months of a twelfth of 365.25 days. Of two customers in EUR
		// one stays, which is 2^(-1/16) a month: churn of 1 in 23.58673068 months. At
		// the end three pay 30 in all, of which a tenth is earned.
		name: "the value of subscriptions by what they pay and churn, in several currencies", entity: "subscriptions",
		at: "2024-07-01T00:00:00Z", windows: "487d", dims: "plan",
		columns: "customer_id:word started_at:naive ended_at:naive mrr:decimal currency+:word plan:word",
		rows: `stays | 2023-01-01T00:00:00Z | - | 10 | EUR | a
			stays | 2024-01-01T00:00:00Z | - | 8 | eur | b
			leaves | 2023-01-01T00:00:00Z | 2024-01-01T00:00:00Z | 99 | EUR | a
			new | 2024-06-30T00:00:00Z | - | 12 | EUR | a
			for free | 2024-06-30T00:00:00Z | - | - | EUR | a
			comes and goes | 2024-01-01T00:00:00Z | 2024-02-01T00:00:00Z | 99 | EUR | a
			at the end | 2024-07-01T00:00:00Z | - | 99 | EUR | a
			stays | 2023-01-01T00:00:00Z | - | 5 | USD | a
			gone | 2023-01-01T00:00:00Z | 2024-01-01T00:00:00Z | 5 | CHF | a
			begins | 2024-01-01T00:00:00Z | - | 5 | GBP | a`,
		kpis: []string{"clv {margin: 0.1}", "churn"},
		want: `clv value {method=subscription,currency=EUR} over 487d = 23.58673068287047848 of 2
			clv customers {currency=EUR} over 487d = 3 of 3
			clv lifespan {currency=EUR} over 487d = 62028384.3498 of 2
			clv value {method=subscription,currency=EUR} plan="a" over 487d = 23.58673068287047848 of 2
			clv value {method=subscription,currency=USD} over 487d = undefined of 1
			clv customers {currency=USD} over 487d = 1 of 1
			clv lifespan {currency=USD} over 487d = undefined of 1
			clv value {method=subscription,currency=CHF} over 487d = undefined of 1
			clv value {method=subscription,currency=GBP} over 487d = undefined of 0
			churn ratio {basis=contract} over 487d = 0.6666666666666666 of 3`,
	},
	{
		// 548 days are 18.00410678 months.
		name: "without churn the horizon gives subscriptions their value", entity: "subscriptions",
		at: "2024-07-01T00:00:00Z", windows: "30d",
		columns: "customer_id:word started_at:naive ended_at:naive mrr:decimal",
		rows: `a | 2024-01-01T00:00:00Z | - | 30
			b | 2024-01-01T00:00:00Z | - | 50`,
		kpis: []string{"clv {method: subscription, horizon: 548d}"},
		want: `clv value {method=subscription} over 30d = 720.164271047 of 2
			clv lifespan over 30d = 47347200 of 2`,
	},
	{
		// One of four stays for 30 days, which is 0.24499654 for a month of 30.4375 days,
		// 0.25^(30.4375/30); the discount of 21 % a year is 1.21^(1/12) a month.
		name: "payments of subscriptions, those to come discounted", entity: "subscriptions",
		at: "2024-07-01T00:00:00Z", windows: "30d", change: true,
		columns: "customer_id:word started_at:naive ended_at:naive mrr:decimal",
		rows: `a | 2024-01-01T00:00:00Z | - | 100
			b | 2024-01-01T00:00:00Z | 2024-06-10T00:00:00Z | 50
			c | 2024-01-01T00:00:00Z | 2024-06-10T00:00:00Z | 50
			d | 2024-01-01T00:00:00Z | 2024-06-10T00:00:00Z | 50`,
		kpis: []string{"clv {discount: 0.21}"},
		want: `clv value {method=subscription} over 30d = 131.7758341699 of 4
			clv customers over 30d = 1 of 1`,
	},
}
