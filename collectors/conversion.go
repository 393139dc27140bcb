package collectors

import (
	"fmt"

	"github.com/cx-exporter/cx-exporter/internal/calendar"
	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// Conversion is the share of visits (or leads) that became customers:
//
//	converted / visits
//
// by the time of the visit, a row being a visit. With the role converted_at
// mapped, a visit counts as converted if it was so before the instant of
// evaluation, and within the maturity where there is one; otherwise the flag
// converted says so, as it stands now.
//
// Source: P. Farris et al., Marketing Metrics, on conversion rates. Interval:
// Wilson.
type Conversion struct {
	Maturity Duration `yaml:"maturity" doc:"how long a visit may take to convert; younger ones are left out; default 0, which counts every visit at once"`
}

func newConversion() Parameters { return &Conversion{} }

type conversion struct {
	described
	converted outcome
}

// The values of the KPI, as indexes of its stats.
const (
	conversionRatio = iota
	conversionVisits
	conversionConversions
)

// KPI builds the KPI.
func (p *Conversion) KPI(b Binding) (KPI, error) {
	if p.Maturity < 0 || p.Maturity > maxMaturity {
		return nil, wrong("maturity", "%s must be at most %s: say how long a visit may take to convert, such as 1d", p.Maturity, maxMaturity)
	}
	k := &conversion{converted: outcome{of: roleVisitedAt, maturity: p.Maturity}}
	var variant string
	fidelity := kpi.Exact
	switch {
	case b.Has(roleConvertedAt) && p.Maturity > 0:
		k.converted.at = roleConvertedAt
		variant = fmt.Sprintf("by visit, converted within %s", p.Maturity)
	case b.Has(roleConvertedAt):
		k.converted.at = roleConvertedAt
		variant = "by visit, converted so far"
	case p.Maturity > 0:
		k.converted.flag, fidelity = roleConverted, kpi.Restated
		variant = fmt.Sprintf("by visit older than %s, flagged as converted", p.Maturity)
	default:
		k.converted.flag, fidelity = roleConverted, kpi.Restated
		variant = "by visit, flagged as converted"
	}
	k.desc = Desc{
		Name:         "conversion",
		Title:        "Conversion rate",
		Variant:      variant,
		BusinessGoal: goalRevenue,
		Fidelity:     fidelity,
		Stats: []Stat{
			conversionRatio: {
				Name: "ratio", Metric: "cx_conversion_ratio",
				Help: "Share of visits that converted, from 0 to 1: converted / visits, by the time of the visit.",
				Unit: kpi.Ratio, Ends: kpi.Between(0, 1), Direction: kpi.HigherIsBetter,
			},
			conversionVisits: {
				Name: "visits", Metric: "cx_visits",
				Help: "Visits by their time; with a maturity only those that are older.",
				Unit: kpi.Count, Ends: kpi.From(0), Direction: kpi.Neutral, Component: true,
			},
			conversionConversions: {
				Name: "conversions", Metric: "cx_conversions",
				Help: "Visits that converted, by the time of the visit.",
				Unit: kpi.Count, Ends: kpi.From(0), Direction: kpi.Neutral, Component: true,
			},
		},
	}
	return k, nil
}

// CheckWindow refuses windows in which no visit is old enough.
func (k *conversion) CheckWindow(w calendar.Window) error {
	return tooShort("conversion", k.converted.maturity, w)
}

// Needs asks for the visits.
func (k *conversion) Needs(s kpi.Span) []facts.Need { return k.converted.needs(s) }

// Compute divides the converted visits by all.
func (k *conversion) Compute(s kpi.Span, f facts.Facts) []Value {
	p, _ := k.converted.fold(s, f)
	return []Value{
		{Stat: conversionRatio, Evidence: p},
		{Stat: conversionVisits, Evidence: exactly(p.N)},
		{Stat: conversionConversions, Evidence: exactly(p.Hits)},
	}
}

// Rejected counts the visits of which converted is neither yes nor no.
func (k *conversion) Rejected(s kpi.Span, f facts.Facts) map[string]float64 {
	return k.converted.rejected(s, f)
}

var (
	_ KPI           = (*conversion)(nil)
	_ Rejecter      = (*conversion)(nil)
	_ WindowChecker = (*conversion)(nil)
)
