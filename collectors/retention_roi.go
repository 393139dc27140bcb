package collectors

import (
	"errors"
	"strconv"

	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// RetentionROI is what the spending on retention earns, relative to it:
//
//	(value kept − spend) / spend
//
// The value kept is, with S the customers at the beginning of the window and a
// margin that a customer earns a month over a number of months,
//
//	incremental: (retention − baseline retention) · S · margin · months
//	gross:        retention · S · margin · months
//
// Only the incremental one is an effect of the spending, and only as far as the
// baseline is right: gross takes all the credit for customers who would have
// stayed anyway.
//
// Source: P. Farris et al., Marketing Metrics, on the return on marketing
// investment. Interval: that of the retention rate, moved through the formula;
// spending, margin and baseline are taken as exact.
type RetentionROI struct {
	Spend             string   `yaml:"spend" required:"true" is:"value" doc:"what was spent on retention, such as finance.cost"`
	Retention         string   `yaml:"retention" required:"true" is:"value" doc:"the retention rate, such as base.retention"`
	MarginPerMonth    float64  `yaml:"margin_per_month" required:"true" min:"0" max:"1000000000" doc:"what a customer earns in a month after the cost of delivery, in the currency of the spending"`
	Months            float64  `yaml:"months" default:"12" min:"0" max:"1200" doc:"how many months of a kept customer count"`
	Basis             string   `yaml:"basis" default:"incremental" enum:"incremental,gross" doc:"incremental counts the customers kept beyond the baseline, gross all of them"`
	BaselineRetention *float64 `yaml:"baseline_retention" min:"0" max:"1" doc:"the retention rate without the spending over a window of the same length, from a control group or from before; required for incremental"`
}

// The values of the label basis.
const (
	basisIncremental = "incremental"
	basisGross       = "gross"
)

// Combine gives the formula.
func (p *RetentionROI) Combine() (Combination, error) {
	var errs []error
	if p.MarginPerMonth <= 0 {
		errs = append(errs, wrong("margin_per_month", "must be above 0: say what a customer earns in a month"))
	}
	if p.Months <= 0 {
		errs = append(errs, wrong("months", "must be above 0: say how many months of a kept customer count"))
	}
	kept, variant := p.Retention, "margin of all kept customers"
	switch {
	case p.Basis == basisGross && p.BaselineRetention != nil:
		errs = append(errs, wrong("baseline_retention", "is for basis: incremental; gross counts every kept customer, so remove it"))
	case p.Basis == basisIncremental && p.BaselineRetention == nil:
		errs = append(errs, wrong("baseline_retention", "is missing: say which retention rate there would be without the spending, from a control group or from the time before; without one, basis: gross is all that can be computed, and no effect of the spending"))
	case p.Basis == basisIncremental:
		kept = "(" + p.Retention + " - " + decimal(*p.BaselineRetention) + ")"
		variant = "margin of the customers kept beyond a baseline retention of " + decimal(*p.BaselineRetention)
	}
	if err := errors.Join(errs...); err != nil {
		return Combination{}, err
	}
	c := combined(Desc{
		Name:         "retention_roi",
		Title:        "Return on retention",
		Variant:      variant,
		BusinessGoal: goalRetention,
	}, Stat{
		Name: "ratio", Metric: "cx_retention_roi_ratio",
		Help: "Value kept by retention less what was spent on it, divided by what was spent; 0 is break-even. The label basis says whose value counts.",
		Unit: kpi.Ratio, Ends: kpi.Anything(), Direction: kpi.HigherIsBetter,
	}, "(%s * %s.samples * currency(%s) * %s - %s) / %[5]s",
		kept, p.Retention, decimal(p.MarginPerMonth), decimal(p.Months), p.Spend)
	if p.Basis == basisIncremental {
		c.OneWindow = "baseline_retention"
	}
	c.Labels = []kpi.Label{{Name: "basis", Value: p.Basis}}
	return c, nil
}

// decimal is a number without an exponent.
func decimal(x float64) string {
	text := strconv.FormatFloat(x, 'f', -1, 64)
	if x == float64(int64(x)) {
		text += ".0" // whole numbers have their limits
	}
	return text
}
