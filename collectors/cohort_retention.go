package collectors

import (
	"fmt"
	"strconv"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/calendar"
	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
	"github.com/cx-exporter/cx-exporter/internal/stats"
)

// CohortRetention is the retention curve: of the customers who began in a
// calendar month, the share who are active some months later,
//
//	|began in month m, active in month m + age| / |began in month m|
//
// On subscriptions, active is who has one at the end of that month; on orders,
// who orders in it, whatever was in between (bounded retention). The curve pools
// the months that are old enough for an age; the months by themselves are beside
// it.
//
// A customer begins with the first row. The last cohort is the month before the
// last complete one, since the age of 1 has to be over, and the first lies as
// many months before as are configured. In a breakdown a customer belongs to the
// segment of the greatest amount in the month that it began in.
//
// Source: the cohort analysis of customer base, as in P. Fader and B. Hardie, How
// to project customer retention, Journal of Interactive Marketing 21 (2007).
// Interval: Wilson.
type CohortRetention struct {
	Months int `yaml:"months" doc:"how many cohorts there are, and the greatest age in months, at most 24; default 12"`
}

func newCohortRetention() Parameters { return &CohortRetention{Months: 12} }

// maxCohorts bounds the points of a statement, and the series.
const maxCohorts = 24

type cohortRetention struct {
	described
	base   base
	months int
}

// The values of the KPI, as indexes of its stats.
const (
	curveRatio = iota
	curveCohort
	curveCustomers
)

// KPI builds the KPI.
func (p *CohortRetention) KPI(b Binding) (KPI, error) {
	if p.Months < 1 || p.Months > maxCohorts {
		return nil, wrong("months", "%d must be from 1 to %d: say how many months the curve is long, such as 12", p.Months, maxCohorts)
	}
	base, err := newBase(b, nil, 0)
	if err != nil {
		return nil, err
	}
	k := &cohortRetention{base: base, months: p.Months}
	variant := "active at the end of the month"
	if base.activity {
		variant = "an order in the month"
	}
	age, cohort := fixed("age"), Label{Name: "cohort"}
	for i := 1; i <= p.Months; i++ {
		age.Values = append(age.Values, ageLabel(i).Value)
	}
	k.desc = Desc{
		Name:         "cohort_retention",
		Title:        "Retention curve",
		Variant:      fmt.Sprintf("%s, of the customers of %d months", variant, p.Months),
		BusinessGoal: goalRetention,
		Fidelity:     kpi.Exact,
		Unwindowed:   true,
		Stats: []Stat{
			curveRatio: {
				Name: "ratio", Metric: "cx_retention_cohort_ratio",
				Help: "Share of the customers who are active so many months (age) after the one they began in, from 0 to 1, over the cohorts that are old enough.",
				Unit: kpi.Ratio, Ends: kpi.Between(0, 1), Direction: kpi.HigherIsBetter, Labels: []Label{age},
			},
			curveCohort: {
				Name: "cohort", Metric: "cx_retention_cohort_month_ratio",
				Help: "Share of the customers who began in a month (cohort) who are active so many months (age) later, from 0 to 1.",
				Unit: kpi.Ratio, Ends: kpi.Between(0, 1), Direction: kpi.HigherIsBetter, Component: true, Labels: []Label{cohort, age},
			},
			curveCustomers: {
				Name: "customers", Metric: "cx_retention_cohort_customers",
				Help: "Customers who began in a month (cohort).",
				Unit: kpi.Count, Ends: kpi.From(0), Direction: kpi.HigherIsBetter, Component: true, Labels: []Label{cohort},
			},
		},
	}
	return k, nil
}

// bounds are the beginnings of the months: cohort i began between bounds i and
// i+1, and is of the age k at bound i+1+k. The last is the beginning of the
// month in which the span ends.
func (k *cohortRetention) bounds(s kpi.Span) []time.Time {
	at := s.Hi
	bounds := make([]time.Time, k.months+2)
	for i := k.months + 1; i >= 0; i-- {
		bounds[i] = calendar.MonthStart(at, s.Zone)
		at = bounds[i].Add(-time.Microsecond)
	}
	return bounds
}

// agesPerNeed is how many ages of a cohort are asked for together. The more, the
// more patterns customers can show; what asks for few points can be split where
// there are too many.
const agesPerNeed = 6

// The points of a customer for one cohort, before those of the ages.
const (
	beganBefore = iota
	began
	firstAge
)

// subjects asks when customers began, and when they were active: for each cohort
// some ages at a time, the first of which is told.
func (k *cohortRetention) subjects(bounds []time.Time, cohort, from int) *facts.Subjects {
	q := k.base.subjects(kpi.Span{Lo: bounds[0], Hi: bounds[1]}, false)
	q.Points = []facts.Point{
		beganBefore: {Hi: bounds[cohort], Least: 1},
		began:       {Hi: bounds[cohort+1], Least: 1},
	}
	q.Attribution = []int{began}
	for age := from; age < min(from+agesPerNeed, k.months-cohort+1); age++ {
		i := cohort + 1 + age
		if k.base.activity {
			q.Points = append(q.Points, facts.Point{Lo: bounds[i-1], Hi: bounds[i], Least: 1})
		} else {
			q.Points = append(q.Points, facts.Point{At: bounds[i]})
		}
	}
	return q
}

// each calls a function for every need of a span.
func (k *cohortRetention) each(s kpi.Span, f func(q *facts.Subjects, cohort, from int)) {
	bounds := k.bounds(s)
	for cohort := range k.months {
		for from := 1; from <= k.months-cohort; from += agesPerNeed {
			f(k.subjects(bounds, cohort, from), cohort, from)
		}
	}
}

// Needs asks for the customers of all cohorts.
func (k *cohortRetention) Needs(s kpi.Span) []facts.Need {
	var needs []facts.Need
	k.each(s, func(q *facts.Subjects, _, _ int) { needs = append(needs, facts.Need{Subjects: q}) })
	return needs
}

// Compute divides those who are active by those who began.
func (k *cohortRetention) Compute(s kpi.Span, f facts.Facts) []Value {
	customers := make([]float64, k.months)
	kept := make([][]float64, k.months) // by cohort and age
	for i := range kept {
		kept[i] = make([]float64, k.months-i+1)
	}
	k.each(s, func(q *facts.Subjects, cohort, from int) {
		f.Patterns(q, func(p facts.Pattern) {
			if p.Rows(beganBefore) > 0 || p.Rows(began) == 0 {
				return
			}
			if from == 1 {
				customers[cohort] += p.Subjects()
			}
			for i := firstAge; i < len(q.Points); i++ {
				if p.Rows(i) > 0 {
					kept[cohort][from+i-firstAge] += p.Subjects()
				}
			}
		})
	})
	return k.values(s, customers, kept)
}

// values makes the curve, and the cohorts beside it.
func (k *cohortRetention) values(s kpi.Span, customers []float64, kept [][]float64) []Value {
	var curve, cohorts, sizes []Value
	bounds := k.bounds(s)
	pooled := make([]stats.Proportion, k.months+1)
	for i, all := range customers {
		name := kpi.Label{Name: "cohort", Value: calendar.Month(bounds[i], s.Zone)}
		sizes = append(sizes, Value{Stat: curveCustomers, Labels: []kpi.Label{name}, Evidence: exactly(all)})
		for age := 1; age < len(kept[i]); age++ {
			share := stats.Proportion{Hits: kept[i][age], N: all}
			pooled[age].Hits += share.Hits
			pooled[age].N += share.N
			cohorts = append(cohorts, Value{Stat: curveCohort, Labels: []kpi.Label{name, ageLabel(age)}, Evidence: share})
		}
	}
	for age := 1; age <= k.months; age++ {
		curve = append(curve, Value{Stat: curveRatio, Labels: []kpi.Label{ageLabel(age)}, Evidence: pooled[age]})
	}
	return append(append(curve, cohorts...), sizes...)
}

func ageLabel(months int) kpi.Label { return kpi.Label{Name: "age", Value: strconv.Itoa(months)} }

var _ KPI = (*cohortRetention)(nil)
