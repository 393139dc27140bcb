package dashboards

// The values that boards show as tiles and trends. What else a KPI counts stands
// on the board of its field.
var (
	nps  = measure{kpi: "nps", stat: "score", family: "cx_nps_score", title: "NPS", unit: Points, help: "Net Promoter Score: promoters less detractors in a hundred answers, from -100 to 100."}
	csat = measure{kpi: "csat", stat: "ratio", family: "cx_csat_ratio", title: "CSAT", unit: Percent, help: "Share of answers that are satisfied."}
	psat = measure{kpi: "psat", stat: "ratio", family: "cx_psat_ratio", title: "Product satisfaction", unit: Percent, help: "Share of answers that are satisfied with the product."}
	ces  = measure{kpi: "ces", stat: "mean", family: "cx_ces_mean_score", title: "Customer effort", unit: Points, help: "Mean effort score, on the scale of the survey."}
	enps = measure{kpi: "enps", stat: "score", family: "cx_enps_score", title: "Employee NPS", unit: Points, help: "Employees who would recommend the company as a place to work, less those who would not, in a hundred answers."}

	pulse        = measure{kpi: "pulse", stat: "favorable", family: "cx_pulse_favorable_ratio", title: "Employee pulse", unit: Percent, help: "Share of favourable answers of employees."}
	responseRate = measure{kpi: "response_rate", stat: "ratio", family: "cx_survey_response_ratio", title: "Response rate", unit: Percent, help: "Share of delivered survey invitations that are answered. The fewer answer, the less the scores tell of the others."}

	churn         = measure{kpi: "churn", stat: "ratio", family: "cx_churn_ratio", title: "Churn", unit: Percent, legend: "{{basis}}", help: "Share of the customers at the beginning of the window who are gone at its end."}
	retention     = measure{kpi: "retention", stat: "ratio", family: "cx_retention_ratio", title: "Retention", unit: Percent, help: "Share of the customers at the beginning of the window who are still there at its end."}
	customerCount = measure{kpi: "customers", stat: "active", family: "cx_customers_active", title: "Customers", unit: Number, help: "Customers who are active at the end of the window."}
	atRisk        = measure{kpi: "at_risk", stat: "ratio", family: "cx_customers_at_risk_ratio", title: "Customers at risk", unit: Percent, help: "Share of the active customers who show signs of leaving."}
	netRevenue    = measure{kpi: "revenue_retention", stat: "net", family: "cx_net_revenue_retention_ratio", title: "Net revenue retention", unit: Percent, legend: "{{currency}}", help: "What the customers at the beginning of the window pay at its end, as a share of what they paid: over 100 % where those who stay buy more than leavers took along."}
	retentionCost = measure{kpi: "retention_cost", stat: "per_customer", family: "cx_retention_cost_per_customer", title: "Cost of keeping a customer", unit: Number, legend: "{{currency}}", help: "Spending on retention for each customer kept."}
	retentionROI  = measure{kpi: "retention_roi", stat: "ratio", family: "cx_retention_roi_ratio", title: "Return on retention", unit: Percent, legend: "{{basis}}", help: "What retention brought in beyond its cost, as a share of the cost; 0 is break-even."}

	revenue       = measure{kpi: "revenue", stat: "amount", family: "cx_revenue", title: "Revenue", unit: Number, legend: "{{currency}}", help: "Sum of the orders of the window."}
	growth        = measure{kpi: "revenue_growth", stat: "ratio", family: "cx_revenue_growth_ratio", title: "Revenue growth", unit: Percent, legend: "{{currency}}", help: "Revenue of the window against the earlier window that the collector compares with."}
	orderValue    = measure{kpi: "average_order_value", stat: "mean", family: "cx_average_order_value", title: "Average order", unit: Number, legend: "{{currency}}", help: "Mean amount of an order."}
	mrr           = measure{kpi: "mrr", stat: "amount", family: "cx_mrr", title: "Recurring revenue", unit: Number, legend: "{{currency}}", help: "Monthly recurring revenue at the end of the window."}
	lifetimeValue = measure{kpi: "clv", stat: "value", family: "cx_customer_lifetime_value", title: "Customer lifetime value", unit: Number, legend: "{{currency}} {{method}}", instant: true, help: "What a customer is worth, by the method in the name."}
	conversion    = measure{kpi: "conversion", stat: "ratio", family: "cx_conversion_ratio", title: "Conversion", unit: Percent, help: "Share of visits that convert."}
	cartsLeft     = measure{kpi: "cart_abandonment", stat: "ratio", family: "cx_cart_abandonment_ratio", title: "Cart abandonment", unit: Percent, help: "Share of carts that are left behind."}
	repeat        = measure{kpi: "repeat_purchase", stat: "ratio", family: "cx_repeat_purchase_ratio", title: "Repeat purchase", unit: Percent, help: "Share of buyers who order again."}

	firstResponse = measure{kpi: "first_response_time", stat: "p50", family: "cx_first_response_p50_seconds", title: "First response", unit: Seconds, help: "Median time until a ticket gets its first answer."}
	resolution    = measure{kpi: "resolution_time", stat: "p50", family: "cx_resolution_p50_seconds", title: "Resolution", unit: Seconds, help: "Median time until a ticket is resolved."}
	firstContact  = measure{kpi: "first_contact_resolution", stat: "ratio", family: "cx_first_contact_resolution_ratio", title: "Solved at first contact", unit: Percent, help: "Share of tickets that one contact settles."}
	backlog       = measure{kpi: "backlog", stat: "tickets", family: "cx_backlog_tickets", title: "Backlog", unit: Number, help: "Open tickets at the end of the window."}
	sla           = measure{kpi: "sla", stat: "met", family: "cx_sla_met_ratio", title: "Promises kept", unit: Percent, legend: "{{target}}", help: "Share of promised responses and resolutions that were in time."}
	serviceLevel  = measure{kpi: "service_level", stat: "ratio", family: "cx_service_level_ratio", title: "Service level", unit: Percent, help: "Share of calls and chats answered in time."}
	abandonment   = measure{kpi: "abandonment", stat: "ratio", family: "cx_abandonment_ratio", title: "Calls abandoned", unit: Percent, help: "Share of calls and chats that give up before they are answered."}
	wait          = measure{kpi: "wait_time", stat: "p50", family: "cx_wait_p50_seconds", title: "Wait", unit: Seconds, help: "Median time until a call or chat is answered."}
	reopened      = measure{kpi: "reopen_rate", stat: "ratio", family: "cx_reopen_ratio", title: "Reopened", unit: Percent, help: "Share of resolved tickets that come back."}
	contactCost   = measure{kpi: "cost_per_contact", stat: "amount", family: "cx_cost_per_contact", title: "Cost of a contact", unit: Number, legend: "{{currency}}", help: "Spending on service for each contact."}
	contactRate   = measure{kpi: "contact_rate", stat: "per_customer", family: "cx_contacts_per_customer", title: "Contacts a customer", unit: Number, help: "Contacts in the window for each active customer."}
)
