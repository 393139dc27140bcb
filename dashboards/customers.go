package dashboards

// customers is the board of who stays, who leaves, and what they pay.
func customers() *board {
	trends := []measure{churn, retention, atRisk, conversion, cartsLeft}
	money := func(family, title string) measure { return series(family, title, "{{currency}}") }
	b := &board{
		uid: customersUID, title: "CX / Customers and revenue",
		description: "Who stays, who leaves, what they pay, and what they are worth.",
		variables:   []variable{collectorVariable(), windowVariable()},
		rows: []row{
			{"At a glance", []line{{5, tilesOf(breakdownUID, churn, retention, customerCount, netRevenue, mrr, lifetimeValue, orderValue)}}},
			{"Churn and retention", []line{
				{9, []panel{trend(churn), trend(retention)}},
				{8, []panel{churnSpikes(), lines("Wanted and unwanted churn", "Share of the customers lost since they wanted to leave, and for a reason that they did not want, such as a payment that failed.", Percent,
					series("cx_voluntary_churn_ratio", "wanted", ""), series("cx_involuntary_churn_ratio", "unwanted", ""), series("cx_event_churn_ratio", "with those who came and went", "")), lines("Retention as some count it", "Customers at the end of the window by customers at its beginning, new ones counted in: the naive form, which can exceed 100 %.", Percent, series("cx_retention_naive_ratio", "", ""))}},
				{8, []panel{
					stacked(movements("Customers won and lost", "Customers who came, who came back, and who left in the window.", Number,
						series("cx_customers_new", "new", ""), series("cx_customers_returned", "returned", ""), series("cx_customers_lost", "lost", ""))),
					lines("Customers who moved", "Customers who changed from one segment to another in the window.", Number, series("cx_customers_moved", "", "")),
					lines("Customers", "Customers at the beginning of the window, those of them kept to its end, and all at its end.", Number,
						series("cx_customers_active", "active", ""), series("cx_customers_at_start", "at the beginning", ""), series("cx_customers_kept", "kept", ""), series("cx_customers_lost_voluntarily", "left by will", ""), series("cx_customers_lost_involuntarily", "lost against their will", ""), series("cx_customers_left", "left, with those who came and went", "")),
				}},
				{8, []panel{cohortCurve(), cohortTable(), lines("Size of the cohorts", "Customers who began in a month.", Number, measure{family: "cx_retention_cohort_customers", legend: "{{cohort}}", instant: true})}},
			}},
			{"At risk", []line{{8, []panel{
				trend(atRisk),
				lines("Customers at risk", "Customers who show signs of leaving, by sign.", Number, series("cx_customers_at_risk", "", "{{reason}}")),
				lines("Value at risk", "What customers at risk pay.", Number, money("cx_value_at_risk", "")),
			}}}},
			{"Recurring revenue", []line{
				{9, []panel{revenueBridge(), lines("Recurring revenue", "Monthly recurring revenue at the end of the window and at its beginning.", Number, money("cx_mrr", "at the end"), money("cx_mrr_at_start", "at the beginning"))}},
				{8, []panel{
					lines("Revenue kept", "Of what the customers at the beginning of the window paid: with what those who stay buy more (net), and without (gross).", Percent,
						money("cx_net_revenue_retention_ratio", "net"), money("cx_gross_revenue_retention_ratio", "gross")),
					lines("Revenue churn", "Share of the recurring revenue that was lost.", Percent, money("cx_revenue_churn_ratio", "")),
					lines("Quick ratio", "Recurring revenue won for each unit of it lost: below 1 the business shrinks.", Points, money("cx_mrr_quick_ratio", "")),
				}},
			}},
			{"Orders", []line{
				{8, []panel{
					lines("Revenue", "Sum of the orders of the window.", Number, money("cx_revenue", "")),
					lines("Revenue growth", "Against the earlier window that the collector compares with.", Percent, money("cx_revenue_growth_ratio", "")),
					lines("Average order", "Mean amount of an order.", Number, money("cx_average_order_value", "")),
				}},
				{8, []panel{
					lines("Orders", "Orders with an amount in the window.", Number, money("cx_orders", "")),
					trend(conversion),
					trend(cartsLeft),
				}},
				{7, []panel{
					lines("Visits", "Visits, and those of them that converted.", Number, series("cx_visits", "visits", ""), series("cx_conversions", "converted", "")),
					lines("Carts", "Carts that are old enough to be judged.", Number, series("cx_carts", "", "")),
					lines("Value left in carts", "Sum of what is in the carts that were left behind.", Number, money("cx_abandoned_cart_value", "")),
				}},
			}},
			{"What customers are worth, and cost", []line{
				{8, []panel{
					bars("Customer lifetime value", lifetimeValue.help, Number, query{expr: lifetimeValue.query(), legend: lifetimeValue.name(), instant: true}),
					lifetimeCustomers(),
					bars("Lifespan", "How long a customer stays, as the lifetime value assumes or finds.", Seconds, query{expr: now("cx_customer_lifespan_seconds"), legend: "{{collector}} {{currency}}", instant: true}),
					bars("How far the model was off", "Purchases that the model predicted for a time that has passed, against those that came: below 0 it predicted too few.", Percent, query{expr: now("cx_clv_backtest_error_ratio"), legend: "{{collector}} {{currency}}", instant: true}),
				}},
				{8, []panel{
					lines("Cost", "Money spent in the window.", Number, money("cx_cost", "")),
					lines("Cost of keeping a customer", retentionCost.help, Number, money("cx_retention_cost_per_customer", "")),
					lines("Return on retention", retentionROI.help, Percent, series("cx_retention_roi_ratio", "", "{{basis}}")),
				}},
				{7, []panel{
					lines("Cost of a contact", contactCost.help, Number, money("cx_cost_per_contact", "")),
					lines("Contacts a customer", contactRate.help, Number, series("cx_contacts_per_customer", "", "")),
				}},
			}},
		},
	}
	b.variables = append(b.variables, heldBy(trends)...)
	return b
}

// movements draws what is lost below zero.
func movements(title, help string, u Unit, measures ...measure) panel {
	p := lines(title, help, u, measures...)
	p.overrides = append(p.overrides, byPattern("/^(lost|churned|contraction)/", property{"custom.transform", "negative-Y"}, property{"color", color{Mode: "fixed", FixedColor: "red"}}))
	return p
}

// churnSpikes is whether customers leave more often than in the same days of the
// 12 months before.
func churnSpikes() panel {
	return panel{
		kind: "timeseries", title: "Is churn rising?", unit: Points,
		description: "How many times as often customers leave in the last 10 days, and in the last month, as in the same days of the 12 months before: 1 is as ever, 2 twice as often. The alert CXChurnRising asks besides that chance does not explain it.",
		queries:     []query{{expr: now("cx_kpi_spike_ratio", `kpi="churn"`), legend: "{{collector}}, last {{length}}"}},
		noValue:     "needs a year of subscriptions", options: chartOptions(), custom: lineStyle(),
	}
}

// cohortCurve is the share of customers who are left so many months later.
func cohortCurve() panel {
	return bars("How long customers stay", "Share of the customers who are active so many months after the one they began in.", Percent,
		query{expr: `sort_desc(` + now("cx_retention_cohort_ratio") + `)`, legend: "{{collector}}, after {{age}} months", instant: true})
}

func cohortTable() panel {
	p := table("Cohorts", "Share of the customers who began in a month who are active so many months later (age).", Percent,
		[]column{{name: "active", expr: now("cx_retention_cohort_month_ratio"), properties: []property{
			{"custom.cellOptions", map[string]any{"type": "color-background", "mode": "gradient"}}, {"color", color{Mode: "continuous-RdYlGr"}}, {"min", 0}, {"max", 1},
		}}}, []string{"collector", "cohort", "age"})
	p.transformations = []transformation{
		{ID: "groupingToMatrix", Options: map[string]any{"columnField": "age", "rowField": "cohort", "valueField": "Value"}},
	}
	p.overrides = []override{byPattern("/^[0-9]+$/", property{"custom.cellOptions", map[string]any{"type": "color-background", "mode": "gradient"}}, property{"color", color{Mode: "continuous-RdYlGr"}}, property{"min", 0}, property{"max", 1}, property{"custom.width", 64})}
	return p
}

// revenueBridge is how recurring revenue came from its beginning to its end.
func revenueBridge() panel {
	p := stacked(movements("From beginning to end", "What changed the monthly recurring revenue over the window: new and returned customers and those who buy more, less those who buy less or leave.", Number,
		series("cx_mrr_change", "", "{{movement}} {{currency}}")))
	// The movement comes first in the name, so that its sign can be told from it.
	p.queries[0].legend = "{{movement}} {{currency}} {{collector}}, {{window}}"
	return p
}

func lifetimeCustomers() panel {
	pick := func(family, name string) query {
		return query{expr: now(family), legend: name + " {{collector}} {{currency}}", instant: true}
	}
	return bars("Customers of the lifetime value", "Whom the lifetime value is about: all, those who bought again, those expected to be still there, and those who have rather left for good.", Number,
		pick("cx_clv_customers", "all"), pick("cx_clv_repeat_customers", "bought again"), pick("cx_clv_customers_alive", "still there"), pick("cx_clv_customers_at_risk", "rather gone"))
}
