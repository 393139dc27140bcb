package collectors

import "github.com/cx-exporter/cx-exporter/internal/kpi"

// CostPerContact is what it costs to answer a contact:
//
//	spend / contacts
//
// Source: the unit cost of every help desk (B. Cleveland, Call Center Management
// on Fast Forward, on cost per contact). Interval: that of the number of
// contacts, moved through the formula; the spending is taken as exact.
type CostPerContact struct {
	Spend    string `yaml:"spend" required:"true" is:"value" doc:"what was spent on service, such as finance.cost"`
	Contacts string `yaml:"contacts" required:"true" is:"value" doc:"number of contacts, such as desk.ticket_volume.created"`
}

// Combine gives the formula.
func (p *CostPerContact) Combine() (Combination, error) {
	return combined(Desc{
		Name:         "cost_per_contact",
		Title:        "Cost per contact",
		Variant:      "spend / contacts of the window",
		BusinessGoal: goalSupport,
	}, Stat{
		Name: "amount", Metric: "cx_cost_per_contact",
		Help: "Spending on service in the window divided by the contacts in it, in units of the currency.",
		Unit: kpi.Currency, Direction: kpi.LowerIsBetter,
	}, "%s / %s", p.Spend, p.Contacts), nil
}
