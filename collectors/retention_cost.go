package collectors

import "github.com/cx-exporter/cx-exporter/internal/kpi"

// RetentionCost is what it costs to keep a customer:
//
//	spend / customers kept
//
// Those kept are the customers at the beginning of the window who are customers
// at its end; new ones are not among them.
//
// Source: Gainsight's customer retention cost. Interval: that of the retention
// rate, moved through the formula; the spending is taken as exact.
type RetentionCost struct {
	Spend     string `yaml:"spend" required:"true" is:"value" doc:"what was spent on retention, such as finance.cost"`
	Retention string `yaml:"retention" required:"true" is:"value" doc:"the retention rate, such as base.retention"`
}

// Combine gives the formula. The kept are written as the rate of those at the
// beginning, so that the rate brings its interval along.
func (p *RetentionCost) Combine() (Combination, error) {
	return combined(Desc{
		Name:         "retention_cost",
		Title:        "Cost of retention per customer",
		Variant:      "spend / customers kept since the beginning of the window",
		BusinessGoal: goalRetention,
	}, Stat{
		Name: "per_customer", Metric: "cx_retention_cost_per_customer",
		Help: "Spending on retention in the window divided by the customers kept in it, in units of the currency.",
		Unit: kpi.Currency, Direction: kpi.LowerIsBetter,
	}, "%s / (%s * %s.samples)", p.Spend, p.Retention, p.Retention), nil
}
