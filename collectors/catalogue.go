package collectors

import "slices"

// Catalogue lists all KPIs.
func Catalogue() []Definition {
	responses, invitations := []string{EntityResponses}, []string{EntityInvitations}
	subscriptions := []string{EntitySubscriptions}
	tickets, contacts, visits := []string{EntityTickets}, []string{EntityContacts}, []string{EntityVisits}
	desk := []string{EntityTickets, EntityTicketEvents}
	orders, customers := []string{EntityOrders}, []string{EntitySubscriptions, EntityOrders}
	costs := []string{EntityCosts}
	carts, custom := []string{EntityCarts}, []string{EntityCustom}
	return []Definition{
		{"nps", responses, "Net Promoter Score: promoters less detractors, in points from -100 to 100.", false, newNPS},
		{"enps", responses, "Employee Net Promoter Score: the same of employees and their place to work.", false, newENPS},
		{"csat", responses, "Customer satisfaction: share of satisfied answers, and mean score.", false, newCSAT},
		{"psat", responses, "Product satisfaction: the same of a product or one of its features.", false, newPSAT},
		{"ces", responses, "Customer Effort Score: mean score, and share of easy answers.", false, newCES},
		{"pulse", responses, "Employee pulse: share of favourable answers, and mean score.", false, newPulse},
		{"themes", responses, "What answers are about: share of all answers, and of the detractors, by tag.", false, newThemes},
		{"response_rate", invitations, "Share of delivered survey invitations that are answered.", false, newResponseRate},
		{"first_response_time", desk, "Time until a ticket is first answered, and the tickets still waiting.", false, newFirstResponseTime},
		{"resolution_time", desk, "Time until a ticket is resolved.", false, newResolutionTime},
		{"backlog", desk, "Open tickets and their ages.", false, newBacklog},
		{"ticket_volume", desk, "Tickets created and tickets resolved.", false, newTicketVolume},
		{"first_contact_resolution", desk, "Share of tickets that one contact settles.", false, newFirstContactResolution},
		{"reopen_rate", desk, "Share of resolved tickets that are reopened.", false, newReopenRate},
		{"sla", tickets, "Share of promised responses and resolutions that were in time.", false, newSLA},
		{"replies_per_resolution", desk, "Public replies that a resolved ticket took.", false, newRepliesPerResolution},
		{"wait_time", contacts, "Time until a call or chat is answered.", false, newWaitTime},
		{"service_level", contacts, "Share of calls or chats that are answered in time.", false, newServiceLevel},
		{"abandonment", contacts, "Share of calls or chats that give up before they are answered.", false, newAbandonment},
		{"churn", customers, "Share of the customers at the beginning of the window who are lost by its end.", false, newChurn},
		{"retention", customers, "Share of the customers at the beginning of the window who are kept to its end.", false, newRetention},
		{"customers", customers, "Active customers, and the new and returned ones among them.", false, newCustomers},
		{"cohort_retention", customers, "The retention curve: the share of a month's new customers who are active so many months later.", false, newCohortRetention},
		{"at_risk", []string{EntitySubscriptions, EntityOrders, EntityResponses, EntityTickets}, "Customers about to be lost: whose subscriptions end, who are silent, detractors, or badly served; and what they are worth.", false, newAtRisk},
		{"mrr", subscriptions, "Monthly recurring revenue, and its movements: new, returned, expansion, contraction and churned.", false, newMRR},
		{"revenue_retention", subscriptions, "Net and gross revenue retention, and revenue churn.", false, newRevenueRetention},
		{"quick_ratio", subscriptions, "Recurring revenue won, by that lost.", false, newQuickRatio},
		{"revenue", orders, "Sum of the amounts of orders.", false, newRevenue},
		{"revenue_growth", orders, "Growth of the sum of the amounts of orders.", false, newRevenueGrowth},
		{"average_order_value", orders, "Mean amount of orders.", false, newAverageOrderValue},
		{"repeat_purchase", orders, "Share of customers who order at least twice.", false, newRepeatPurchase},
		{"purchase_frequency", orders, "Orders per customer.", false, newPurchaseFrequency},
		{"clv", []string{EntityOrders, EntitySubscriptions}, "What a customer is worth: so far, for a lifespan, as a model predicts, or by what subscriptions pay and churn.", false, newCLV},
		{"conversion", visits, "Share of visits that convert.", false, newConversion},
		{"cost", costs, "Sum of the money that was spent.", false, newCost},
		{"cart_abandonment", carts, "Share of carts that are not bought, and what is in them.", false, newCartAbandonment},
		{"ratio", nil, "Your own share: of rows with a flag, or of one column's sum in another's.", true, newRatio},
		{"mean", nil, "Your own mean of a column.", true, newMean},
		{"sum", nil, "Your own sum of a column.", true, newSum},
		{"count", nil, "Your own number of rows.", true, newCount},
		{"distinct", nil, "Your own number of different values of a column.", true, newDistinct},
		{"quantile", nil, "Your own median, or any other quantile, of a column.", true, newQuantile},
		{"gauge", custom, "Values that a query has computed already, one row a sample.", true, newGauge},
	}
}

// Lookup finds a KPI of the catalogue by its name.
func Lookup(name string) (Definition, bool) {
	for _, d := range Catalogue() {
		if d.Name == name {
			return d, true
		}
	}
	return Definition{}, false
}

// On reports whether the KPI can be computed on an entity. KPIs of all entities
// read columns as they are, and so not events, which are folded to tickets first.
func (d Definition) On(entity string) bool {
	return len(d.Entities) == 0 && Becomes(entity) == entity || slices.Contains(d.Entities, entity)
}
