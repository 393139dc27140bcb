package collectors

import (
	"testing"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

func TestRetentionCurve(t *testing.T) {
	t.Parallel()
	// At the end of March, January is two months old and February one.
	rows := []row{
		contract("January", "01-10", ""), contract("January, then gone", "01-10", "02-20"),
		contract("January, to the end of February", "01-10", "03-01"),
		contract("February", "02-01", ""), contract("March", "03-10", ""),
		{"customer_id": "before", "started_at": at("01-01").Add(-time.Second)},
	}
	k := build(t, &CohortRetention{Months: 2}, EntitySubscriptions)
	want(t, evaluate(t, k, always(), rows), map[string]float64{
		"cx_retention_cohort_ratio{age=1}":                      0.75,
		"cx_retention_cohort_ratio{age=2}":                      1.0 / 3,
		"cx_retention_cohort_month_ratio{cohort=2024-01,age=1}": 2.0 / 3,
		"cx_retention_cohort_month_ratio{cohort=2024-01,age=2}": 1.0 / 3,
		"cx_retention_cohort_month_ratio{cohort=2024-02,age=1}": 1,
		"cx_retention_cohort_customers{cohort=2024-01}":         3,
		"cx_retention_cohort_customers{cohort=2024-02}":         1,
	})
	if !k.Desc().Unwindowed {
		t.Error("the curve is told for every window")
	}
}

// Every cohort and age is asked for once, a few points at a time, so that a
// statement that is too large can be split.
func TestRetentionCurveCanBeSplit(t *testing.T) {
	t.Parallel()
	for _, months := range []int{1, 6, 7, 12, 24} {
		ages := 0
		for _, n := range build(t, &CohortRetention{Months: months}, EntityOrders).Needs(always()) {
			points := len(n.Subjects.Points)
			if points > firstAge+agesPerNeed {
				t.Errorf("%d months: a need has %d points", months, points)
			}
			ages += points - firstAge
		}
		if ages != months*(months+1)/2 {
			t.Errorf("%d months: %d cohorts and ages are asked for", months, ages)
		}
	}
}

func TestCohortsAreMonthsOfTheZone(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	k := build(t, &CohortRetention{Months: 1}, EntityOrders)
	s := kpi.Span{Hi: at("03-31 22:00:00"), At: at("03-31 22:00:00"), Zone: berlin} // midnight there
	rows := []row{order("a", "01-31 23:00:00"), order("a", "02-29 23:00:00"), order("b", "02-29 22:59:59"), order("b", "03-31 22:00:00")}
	want(t, evaluate(t, k, s, rows), map[string]float64{
		"cx_retention_cohort_ratio{age=1}":                      0.5,
		"cx_retention_cohort_month_ratio{cohort=2024-02,age=1}": 0.5,
		"cx_retention_cohort_customers{cohort=2024-02}":         2,
	})
}

func TestCohortRetentionParameters(t *testing.T) {
	t.Parallel()
	problem := "must be from 1 to 24: say how many months the curve is long, such as 12"
	mistakes(t, map[string]mistake{
		"no month is no curve":        {&CohortRetention{}, bind(EntityOrders), "months: 0 " + problem},
		"three years are too many":    {&CohortRetention{Months: 36}, bind(EntitySubscriptions), "months: 36 " + problem},
		"a curve cannot go backwards": {&CohortRetention{Months: -1}, bind(EntityOrders), "months: -1 " + problem},
	})
}
