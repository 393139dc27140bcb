package oracle

import (
	"strconv"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// CohortRetention is the share of the customers who began in a calendar month
// and are active some months later: under a contract when that month ends or,
// without contracts, with an order in it.
type CohortRetention struct {
	Base
	Months int
	Zone   *time.Location
}

// Values implements KPI. Only the end of the span matters.
func (k CohortRetention) Values(rows []Row, s kpi.Span, seg Segment) []Value {
	now := monthOf(s.Hi, k.Zone)
	customers := make([]float64, k.Months)
	kept := map[[2]int]float64{} // by cohort and age
	for _, own := range k.customers(rows) {
		first, _ := own[0].instant(k.Start)
		for _, r := range own {
			if at, _ := r.instant(k.Start); at.Before(first) {
				first = at
			}
		}
		// The last cohort began the month before the last complete one.
		cohort := k.Months - 1 - (now - 2 - monthOf(first, k.Zone))
		if cohort < 0 || cohort >= k.Months {
			continue
		}
		var early []Row
		for _, r := range own {
			if at, _ := r.instant(k.Start); monthOf(at, k.Zone) == monthOf(first, k.Zone) {
				early = append(early, r)
			}
		}
		if !seg.Total() && !seg.holds(k.segment(early, seg.Of)) {
			continue
		}
		customers[cohort]++
		for age := 1; monthOf(first, k.Zone)+age < now; age++ {
			if k.activeIn(own, monthOf(first, k.Zone)+age) {
				kept[[2]int{cohort, age}]++
			}
		}
	}
	var values []Value
	for age := 1; age <= k.Months; age++ {
		hits, n := 0.0, 0.0
		for cohort := 0; cohort+age <= k.Months; cohort++ {
			name := monthName(now - 1 - k.Months + cohort)
			one := share("cohort", kept[[2]int{cohort, age}], customers[cohort])
			one.Labels, one.Component, one.Bounds = "cohort="+name+",age="+strconv.Itoa(age), true, nil
			values = append(values, one)
			hits += kept[[2]int{cohort, age}]
			n += customers[cohort]
		}
		pooled := share("ratio", hits, n)
		pooled.Labels = "age=" + strconv.Itoa(age)
		values = append(values, pooled)
	}
	for cohort, n := range customers {
		values = append(values, count("customers", "cohort="+monthName(now-1-k.Months+cohort), n))
	}
	return values
}

// monthOf numbers the calendar months.
func monthOf(at time.Time, zone *time.Location) int {
	y, m, _ := at.In(zone).Date()
	return y*12 + int(m) - 1
}

func monthName(month int) string {
	return time.Date(month/12, time.Month(month%12+1), 1, 0, 0, 0, 0, time.UTC).Format("2006-01")
}

// activeIn reports whether a customer is active in a month: at its end or, by
// orders, at any time of it.
func (k CohortRetention) activeIn(own []Row, month int) bool {
	for _, r := range own {
		at, _ := r.instant(k.Start)
		if k.End == "" {
			if monthOf(at, k.Zone) == month {
				return true
			}
			continue
		}
		end, ended := r.instant(k.End)
		// What ends at the first instant of the next month is there to the end.
		if monthOf(at, k.Zone) <= month && (!ended || monthOf(end, k.Zone) > month) {
			return true
		}
	}
	return false
}
