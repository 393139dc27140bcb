package collectors

import (
	"errors"
	"fmt"

	"github.com/cx-exporter/cx-exporter/internal/calendar"
	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
	"github.com/cx-exporter/cx-exporter/internal/stats"
)

// RevenueGrowth is by how much the revenue of the window exceeds that of an
// earlier one, for each currency by itself:
//
//	R(window) / R(earlier) − 1
//
// The earlier one is the window a year before by default. It has the same days
// of the calendar, so a window to date is compared with as much of the year
// before. Undefined where the earlier revenue is zero or negative.
//
// Source: P. Farris et al., Marketing Metrics, on year on year growth. Interval:
// compound Poisson, on the logarithm of the ratio.
type RevenueGrowth struct {
	Amounts string `yaml:"amounts" enum:"gross,net" doc:"gross adds amounts as they are, net takes refunded_amount off each; default gross"`
	Against string `yaml:"against" enum:"year_before,weeks_before,just_before" doc:"year_before is the same days of the year before, weeks_before those 52 weeks before, with the same weekdays, just_before the equally long time before the window; default year_before"`
}

// The values of the parameter against.
const (
	againstYear  = "year_before"
	againstWeeks = "weeks_before"
	againstJust  = "just_before"
)

func newRevenueGrowth() Parameters {
	return &RevenueGrowth{Amounts: amountsGross, Against: againstYear}
}

type revenueGrowth struct {
	described
	money   money
	against string
}

// KPI builds the KPI.
func (p *RevenueGrowth) KPI(b Binding) (KPI, error) {
	m, fidelity, err := orderMoney(b, p.Amounts)
	words := map[string]string{
		againstYear: "the year before", againstWeeks: "52 weeks before", againstJust: "the equally long time before",
	}
	if words[p.Against] == "" {
		err = errors.Join(err, wrong("against", "%q is none of year_before, weeks_before and just_before", p.Against))
	}
	if err != nil {
		return nil, err
	}
	return &revenueGrowth{
		money: m, against: p.Against,
		described: described{Desc{
			Name:         "revenue_growth",
			Title:        "Revenue growth",
			Variant:      "sum of " + m.words() + " against " + words[p.Against],
			BusinessGoal: goalRevenue,
			Fidelity:     fidelity,
			Stats: []Stat{{
				Name: "ratio", Metric: "cx_revenue_growth_ratio",
				Help: "Revenue of the window / revenue of the earlier window - 1: 0.1 is a growth of ten percent; the earlier window is in cx_kpi_info.",
				Unit: kpi.Ratio, Ends: kpi.Anything(), Direction: kpi.HigherIsBetter, Labels: m.labels(),
			}},
		}},
	}, nil
}

// CheckWindow refuses windows that nothing comes before.
func (k *revenueGrowth) CheckWindow(w calendar.Window) error {
	const year = 365 * day
	switch {
	case !w.Bounded():
		return fmt.Errorf("revenue_growth compares a window with an earlier one, and nothing comes before the window %s: use one such as 30d or last_month, or give revenue_growth a collector of its own", w)
	case k.against != againstJust && w.Length() > year:
		return fmt.Errorf("revenue_growth compares with a year before, which the window %s would overlap: use one of a year at most, or against: just_before", w)
	}
	return nil
}

// earlier is the span that revenue is compared with.
func (k *revenueGrowth) earlier(s kpi.Span) kpi.Span {
	switch k.against {
	case againstYear:
		return calendar.Back(s, 1, 0)
	case againstWeeks:
		return calendar.Back(s, 0, 52*7)
	}
	return kpi.Span{Lo: s.Lo.Add(-s.Length()), Hi: s.Lo, At: s.Lo, Zone: s.Zone}
}

// Needs asks for the amounts of both spans.
func (k *revenueGrowth) Needs(s kpi.Span) []facts.Need {
	if !s.Bounded() {
		return nil
	}
	return cubes(k.money.cube(s), k.money.cube(k.earlier(s)))
}

// Compute divides the revenues.
func (k *revenueGrowth) Compute(s kpi.Span, f facts.Facts) []Value {
	now, then := k.money.currencies(), k.money.currencies()
	if s.Bounded() {
		now, _ = k.money.fold(s, f)
		then, _ = k.money.fold(k.earlier(s), f)
	}
	all := map[string]stats.Growth{}
	for name, a := range now {
		all[name] = stats.Growth{Now: stats.Total{N: a.n, Sum: a.sum, Squares: a.squares}}
	}
	for name, a := range then {
		g := all[name]
		g.Before = stats.Total{N: a.n, Sum: a.sum, Squares: a.squares}
		all[name] = g
	}
	var values []Value
	for _, name := range sortedKeys(all) {
		values = append(values, Value{Labels: k.money.label(name), Evidence: all[name]})
	}
	return values
}

// Rejected counts the orders without an amount.
func (k *revenueGrowth) Rejected(s kpi.Span, f facts.Facts) map[string]float64 {
	if !s.Bounded() {
		return nil
	}
	return k.money.rejected(s, f)
}

var (
	_ KPI           = (*revenueGrowth)(nil)
	_ Rejecter      = (*revenueGrowth)(nil)
	_ WindowChecker = (*revenueGrowth)(nil)
)
