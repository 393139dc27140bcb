package collectors

import "github.com/cx-exporter/cx-exporter/internal/kpi"

// ContactRate is how often an active customer turns to you in the window:
//
//	contacts / active customers
//
// Source: the contact ratio of every help desk. Interval: that of the number of
// contacts, moved through the formula; customers are counted.
type ContactRate struct {
	Contacts  string `yaml:"contacts" required:"true" is:"value" doc:"number of contacts, such as desk.ticket_volume.created"`
	Customers string `yaml:"customers" required:"true" is:"value" doc:"number of active customers, such as base.customers.active"`
}

// Combine gives the formula.
func (p *ContactRate) Combine() (Combination, error) {
	return combined(Desc{
		Name:         "contact_rate",
		Title:        "Contact rate",
		Variant:      "contacts of the window / customers active at its end",
		BusinessGoal: goalSupport,
	}, Stat{
		Name: "per_customer", Metric: "cx_contacts_per_customer",
		Help: "Contacts in the window divided by the active customers.",
		Unit: kpi.Count, Ends: kpi.From(0), Direction: kpi.LowerIsBetter,
	}, "%s / %s", p.Contacts, p.Customers), nil
}
