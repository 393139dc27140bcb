package collectors

import (
	"math"
	"testing"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

func TestExpectedResolutionTime(t *testing.T) {
	t.Parallel()
	rows := []row{
		{"created_at": at("03-01"), "resolved_at": at("03-02")},
		{"created_at": at("03-05"), "resolved_at": at("03-08")},
		{"created_at": at("03-10"), "resolved_at": at("03-20")},
		{"created_at": at("03-30"), "resolved_at": nil},         // open for 2 days
		{"created_at": at("03-27"), "resolved_at": at("04-01")}, // for 5, as of March
		{"created_at": at("03-20"), "resolved_at": at("04-05")}, // for 12
		{"created_at": at("03-05"), "resolved_at": at("03-04")},
		{"created_at": at("02-20"), "resolved_at": at("03-04")},
		{"created_at": nil, "resolved_at": at("03-04")},
	}
	tests := []struct {
		name              string
		span              kpi.Span
		days              float64 // 0 for undefined
		created, resolved float64
	}{
		// 5/6 go on after a day, 3 of 4 of these after three, half of these after ten:
		// 0.3125. The median of the three that are resolved is three days.
		{"open tickets lengthen it", march(), 10, 6, 3},
		// 5/6, 4/5, 3/4 and 2/3: the fourth of six takes ten days, the third five.
		{"what happened since is known", kpi.Span{Lo: at("03-01"), Hi: at("04-01"), At: at("04-06")}, 5, 6, 5},
		{"half of them must have ended", kpi.Span{Lo: at("03-20"), Hi: at("04-01"), At: at("04-01")}, 0, 3, 0},
		{"nothing is expected of nothing", kpi.Span{Lo: at("01-01"), Hi: at("02-01"), At: at("02-01")}, 0, 0, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := evaluate(t, build(t, &ResolutionTime{Cohort: cohortCreated, Of: resolutionFirst}, EntityTickets), tt.span, rows)
			if v, ok := got["cx_resolution_expected_p50_seconds"]; ok && tt.days > 0 {
				near(t, "p50", v, hours(24*tt.days))
				delete(got, "cx_resolution_expected_p50_seconds")
			}
			expected := map[string]float64{
				"cx_resolution_expected_created_tickets": tt.created, "cx_resolution_expected_resolved_tickets": tt.resolved,
			}
			if tt.days == 0 {
				expected["cx_resolution_expected_p50_seconds"] = math.NaN()
			}
			want(t, got, expected)
		})
	}
}

func TestExpectedResolutionTimeInBusinessHours(t *testing.T) {
	t.Parallel()
	k := buildInHours(t, &ResolutionTime{Cohort: cohortCreated, Of: resolutionFirst, Calendar: "office"})
	got := evaluate(t, k, march(), []row{
		{"created_at": at("03-01 16:00:00"), "resolved_at": at("03-04 11:00:00")}, // three hours
		{"created_at": at("03-04 09:00:00"), "resolved_at": at("03-04 14:00:00")}, // five
		{"created_at": at("03-30 12:00:00"), "resolved_at": nil},                  // none, over a weekend
		{"created_at": at("03-29 13:00:00"), "resolved_at": at("04-02 10:00:00")}, // four, and open
	})
	// Two of three go on after three hours, and none of the one after five.
	near(t, "p50", got["cx_resolution_business_expected_p50_seconds"], hours(5))
	if got["cx_resolution_expected_created_tickets"] != 4 || got["cx_resolution_expected_resolved_tickets"] != 2 {
		t.Errorf("got %v", got)
	}
	const words = "creation to the resolution, expected of the tickets created by those resolved so far and those still open, in the business hours of office"
	if k.Desc().Variant != words {
		t.Errorf("variant %q", k.Desc().Variant)
	}
}

// Of tickets that are all alike the median is known long before they are all
// resolved, where the mean of those that are resolved is still far too short.
func TestExpectedResolutionTimeIsKnownEarly(t *testing.T) {
	t.Parallel()
	var rows []row
	for i := range 31 * 24 {
		created := at("03-01").Add(time.Duration(i) * time.Hour)
		// Days from 1 to 40, whose median is 20.
		rows = append(rows, row{"created_at": created, "resolved_at": created.Add(time.Duration(1+i*7%40) * 24 * time.Hour)})
	}
	got := evaluate(t, build(t, &ResolutionTime{Cohort: cohortCreated, Of: resolutionFirst}, EntityTickets), march(), rows)
	if v := got["cx_resolution_expected_p50_seconds"] / hours(24); v < 19 || v > 21.5 {
		t.Errorf("%v days are expected, want about 20", v)
	}
	got = evaluate(t, build(t, newResolutionTime(), EntityTickets), march(), rows)
	if v := got["cx_resolution_p50_seconds"] / hours(24); v > 13 {
		t.Errorf("of those resolved the median is %v days, want far less than 20", v)
	}
}

func TestExpectedResolutionTimeRefusesWhatItCannotTell(t *testing.T) {
	t.Parallel()
	mistakes(t, map[string]mistake{
		"a last resolution": {
			&ResolutionTime{Cohort: cohortCreated, Of: resolutionFull}, bind(EntityTickets),
			"of: the last resolution of a ticket is not known while it can be reopened, so there is none to expect: with cohort: created write of: first",
		},
		"a target": {
			&ResolutionTime{Cohort: cohortCreated, Of: resolutionFirst, Target: ptr(duration("2d"))}, bind(EntityTickets),
			"target: tickets that are still open are neither within a target nor beyond it: leave it out with cohort: created",
		},
	})
}
