package collectors

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cx-exporter/cx-exporter/internal/calendar"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

func hours(h float64) float64 { return h * 3600 }

// desk is a help desk around March.
func desk() []row {
	return []row{
		// Answered and resolved in March.
		{"created_at": at("03-01"), "first_response_at": at("03-01 01:00:00"), "resolved_at": at("03-02")},
		{"created_at": at("03-05"), "first_response_at": at("03-05 02:00:00"), "resolved_at": at("03-06 12:00:00")},
		// Created before March, answered and resolved in it.
		{"created_at": at("02-20"), "first_response_at": at("03-01"), "resolved_at": at("03-31 23:00:00")},
		// Answered at once; open.
		{"created_at": at("03-31"), "first_response_at": at("03-31"), "resolved_at": nil},
		// Resolved without an answer.
		{"created_at": at("03-30"), "first_response_at": nil, "resolved_at": at("03-30 01:00:00")},
		// Waiting since before March.
		{"created_at": at("02-01"), "first_response_at": nil, "resolved_at": nil},
		// Answered and resolved on the boundary, which is April.
		{"created_at": at("03-30"), "first_response_at": at("04-01"), "resolved_at": at("04-01")},
		// An import went wrong: it ends before it starts.
		{"created_at": at("03-10"), "first_response_at": at("03-09"), "resolved_at": at("03-09")},
		// April's.
		{"created_at": at("04-01"), "first_response_at": at("04-01 01:00:00"), "resolved_at": nil},
	}
}

// near compares quantiles of a sketch, which are right to 1 %.
func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.IsNaN(got) != math.IsNaN(want) || math.Abs(got-want) > 0.0101*want {
		t.Errorf("%s = %v, want %v within 1 %%", what, got, want)
	}
}

func TestFirstResponseTime(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		params FirstResponseTime
		mapped []string
		rows   []row
		span   kpi.Span
		mean   float64
		p50    float64
		p90    float64
		within float64 // -1 where there is no target
		wait   float64
		oldest float64
	}{
		{
			// 1 h, 2 h, 240 h and 0 h.
			name: "tickets answered in March, whenever they were created",
			rows: desk(), span: march(), mean: hours(243.0 / 4), p50: hours(1), p90: hours(240), within: -1,
			// 30 March twice, 1 February: 60 days before 1 April in a leap year.
			wait: 3, oldest: hours(60 * 24),
		},
		{
			name:   "with a target, its second included",
			params: FirstResponseTime{Target: ptr(duration("2h"))},
			rows:   desk(), span: march(), mean: hours(243.0 / 4), p50: hours(1), p90: hours(240), within: 0.75,
			wait: 3, oldest: hours(60 * 24),
		},
		{
			name:   "resolved tickets do not wait where the role is named",
			mapped: []string{"resolved_at"},
			rows:   desk(), span: march(), mean: hours(243.0 / 4), p50: hours(1), p90: hours(240), within: -1,
			wait: 2, oldest: hours(60 * 24),
		},
		{
			name:   "no tickets",
			params: FirstResponseTime{Target: ptr(duration("2h"))},
			span:   march(), mean: math.NaN(), p50: math.NaN(), p90: math.NaN(), within: math.NaN(),
			oldest: math.NaN(),
		},
		{
			name: "of a month that ended long ago, waiting is as at its end",
			rows: desk(), span: kpi.Span{Lo: at("02-01"), Hi: at("03-01"), At: at("04-20")},
			mean: math.NaN(), p50: math.NaN(), p90: math.NaN(), within: -1,
			wait: 2, oldest: hours(29 * 24),
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := bind(EntityTickets)
			for _, r := range tt.mapped {
				b.Mapped[roleResolvedAt] = r == "resolved_at"
			}
			k, err := tt.params.KPI(b)
			if err != nil {
				t.Fatal(err)
			}
			got := evaluate(t, k, tt.span, tt.rows)
			near(t, "p50", got["cx_first_response_p50_seconds"], tt.p50)
			near(t, "p90", got["cx_first_response_p90_seconds"], tt.p90)
			delete(got, "cx_first_response_p50_seconds")
			delete(got, "cx_first_response_p90_seconds")
			expected := map[string]float64{
				"cx_first_response_mean_seconds":           tt.mean,
				"cx_first_response_waiting_tickets":        tt.wait,
				"cx_first_response_oldest_waiting_seconds": tt.oldest,
			}
			if tt.within != -1 {
				expected["cx_first_response_within_target_ratio"] = tt.within
			}
			want(t, got, expected)
		})
	}
}

func TestResolutionTime(t *testing.T) {
	t.Parallel()
	k := build(t, &ResolutionTime{Target: ptr(duration("1d"))}, EntityTickets)
	got := evaluate(t, k, march(), desk())
	// 24 h, 36 h, 40 days and 23 h, 1 h.
	near(t, "p50", got["cx_resolution_p50_seconds"], hours(24))
	near(t, "p90", got["cx_resolution_p90_seconds"], hours(40*24+23))
	delete(got, "cx_resolution_p50_seconds")
	delete(got, "cx_resolution_p90_seconds")
	want(t, got, map[string]float64{
		"cx_resolution_mean_seconds":        hours((24 + 36 + 40*24 + 23 + 1) / 4.0),
		"cx_resolution_within_target_ratio": 0.5,
	})
}

func TestBacklog(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name                 string
		span                 kpi.Span
		rows                 []row
		tickets, oldest, age float64
		median               float64
		older                [3]float64 // than a day, seven days, thirty days
	}{
		{
			// 31 March, 1 February, 30 March.
			name: "open at the end of March, what is resolved on the boundary included",
			span: march(), rows: desk(), tickets: 3, oldest: hours(60 * 24), age: hours((1 + 60 + 2) * 24 / 3.0),
			median: hours(2 * 24), older: [3]float64{2, 1, 1},
		},
		{
			name: "the window's beginning does not matter",
			span: always(), rows: desk(), tickets: 3, oldest: hours(60 * 24), age: hours((1 + 60 + 2) * 24 / 3.0),
			median: hours(2 * 24), older: [3]float64{2, 1, 1},
		},
		{
			name: "at the end of February, although known later",
			span: kpi.Span{Lo: at("02-01"), Hi: at("03-01"), At: at("04-10")}, rows: desk(),
			tickets: 2, oldest: hours(29 * 24), age: hours((29 + 10) * 24 / 2.0),
			median: hours(10 * 24), older: [3]float64{2, 2, 0},
		},
		{name: "no tickets have no age", span: march(), tickets: 0, oldest: math.NaN(), age: math.NaN(), median: math.NaN()},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := evaluate(t, build(t, newBacklog(), EntityTickets), tt.span, tt.rows)
			near(t, "the median age", got["cx_backlog_age_p50_seconds"], tt.median)
			delete(got, "cx_backlog_age_p50_seconds")
			want(t, got, map[string]float64{
				"cx_backlog_tickets": tt.tickets, "cx_backlog_oldest_seconds": tt.oldest, "cx_backlog_age_mean_seconds": tt.age,
				"cx_backlog_older_tickets{age=1d}": tt.older[0], "cx_backlog_older_tickets{age=7d}": tt.older[1], "cx_backlog_older_tickets{age=30d}": tt.older[2],
			})
		})
	}
}

func TestBacklogUntilTicketsAreClosed(t *testing.T) {
	t.Parallel()
	rows := []row{
		{"created_at": at("03-01"), "resolved_at": at("03-02"), "closed_at": at("03-30")},
		{"created_at": at("03-01"), "resolved_at": at("03-02"), "closed_at": at("04-01")},
		{"created_at": at("03-11"), "resolved_at": at("03-12")},
	}
	k := build(t, &Backlog{Until: "closed", OlderThan: []Duration{duration("4w"), duration("28d")}}, EntityTickets)
	got := evaluate(t, k, march(), rows)
	delete(got, "cx_backlog_age_p50_seconds")
	want(t, got, map[string]float64{
		"cx_backlog_tickets": 2, "cx_backlog_oldest_seconds": hours(31 * 24), "cx_backlog_age_mean_seconds": hours(26 * 24),
		"cx_backlog_older_tickets{age=28d}": 1,
	})
	if diff := cmp.Diff("created and not closed at the end of the window; older than 28d", k.Desc().Variant); diff != "" {
		t.Error(diff)
	}
}

// A resolution that is taken back makes a ticket wait that did not: what a row says
// of it now is not what it said then.
func TestFirstResponseIsExactOnlyWithoutResolutions(t *testing.T) {
	t.Parallel()
	alone, resolved := build(t, newFirstResponseTime(), EntityTickets), build(t, newFirstResponseTime(), EntityTickets, roleResolvedAt)
	if a, b := alone.Desc().Fidelity, resolved.Desc().Fidelity; a != kpi.Exact || b != kpi.Terminal {
		t.Errorf("%s, and %s where resolved_at is read", a, b)
	}
}

func TestTicketVolume(t *testing.T) {
	t.Parallel()
	k := build(t, newTicketVolume(), EntityTickets)
	want(t, evaluate(t, k, march(), desk()), map[string]float64{"cx_tickets_created": 5, "cx_tickets_resolved": 4})
	want(t, evaluate(t, k, always(), desk()), map[string]float64{"cx_tickets_created": 7, "cx_tickets_resolved": 4})
	want(t, evaluate(t, k, march(), nil), map[string]float64{"cx_tickets_created": 0, "cx_tickets_resolved": 0})
}

// What flows in and does not flow out is what the backlog grows by.
func TestBacklogGrowsByTheFlows(t *testing.T) {
	t.Parallel()
	volume, stock := build(t, newTicketVolume(), EntityTickets), build(t, newBacklog(), EntityTickets)
	resolution := build(t, newResolutionTime(), EntityTickets)
	rng := rand.New(rand.NewPCG(3, 4))
	for range 80 {
		rows := make([]row, rng.IntN(80))
		for i := range rows {
			created := at("01-15").Add(time.Duration(rng.IntN(100*24)) * time.Hour)
			rows[i] = row{"created_at": created}
			if rng.IntN(3) > 0 {
				rows[i]["resolved_at"] = created.Add(time.Duration(rng.IntN(40*24)-24) * time.Hour) // some before they were created
			}
		}
		before := kpi.Span{Lo: at("02-01"), Hi: at("03-01"), At: at("03-01")}
		opening := evaluate(t, stock, before, rows)["cx_backlog_tickets"]
		closing := evaluate(t, stock, march(), rows)["cx_backlog_tickets"]
		flows := evaluate(t, volume, march(), rows)
		if closing != opening+flows["cx_tickets_created"]-flows["cx_tickets_resolved"] {
			t.Fatalf("opening %v, flows %v, closing %v", opening, flows, closing)
		}
		mean := evidence(t, resolution, march(), rows, "", "")["cx_resolution_mean_seconds"]
		if mean.Samples() != flows["cx_tickets_resolved"] {
			t.Fatalf("the mean rests on %v of %v resolved tickets", mean.Samples(), flows["cx_tickets_resolved"])
		}
	}
}

// offices are business hours: Monday to Friday from 09:00 to 17:00. 1 March 2024
// is a Friday.
func offices() map[string]*calendar.Hours {
	week := map[time.Weekday][]calendar.Range{}
	for d := time.Monday; d <= time.Friday; d++ {
		week[d] = []calendar.Range{{From: 9 * 60, To: 17 * 60}}
	}
	return map[string]*calendar.Hours{"office": calendar.NewHours("office", time.UTC, week, nil)}
}

func buildInHours(t *testing.T, p Parameters) KPI {
	t.Helper()
	b := bind(EntityTickets)
	b.Calendars = offices()
	k, err := p.KPI(b)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestFirstResponseTimeInBusinessHours(t *testing.T) {
	t.Parallel()
	k := buildInHours(t, &FirstResponseTime{Calendar: "office", Target: ptr(duration("2h"))})
	got := evaluate(t, k, march(), []row{
		{"created_at": at("03-01 10:00:00"), "first_response_at": at("03-01 11:00:00")}, // an hour
		{"created_at": at("03-01 16:00:00"), "first_response_at": at("03-04 11:00:00")}, // over the weekend: three
		{"created_at": at("03-02 10:00:00"), "first_response_at": at("03-03 10:00:00")}, // on the weekend: none
		{"created_at": at("03-03 10:00:00"), "first_response_at": at("03-02 10:00:00")}, // backwards, and closed
		{"created_at": at("03-30 00:00:00"), "first_response_at": nil},
	})
	near(t, "p50", got["cx_first_response_business_p50_seconds"], hours(1))
	near(t, "p90", got["cx_first_response_business_p90_seconds"], hours(3))
	delete(got, "cx_first_response_business_p50_seconds")
	delete(got, "cx_first_response_business_p90_seconds")
	want(t, got, map[string]float64{
		"cx_first_response_business_mean_seconds":        hours(4.0 / 3),
		"cx_first_response_business_within_target_ratio": 2.0 / 3,
		"cx_first_response_waiting_tickets":              1,
		"cx_first_response_oldest_waiting_seconds":       hours(48),
	})
	if want := "creation to first response, by the time of the response, in the business hours of office, target 2h"; k.Desc().Variant != want {
		t.Errorf("variant %q, want %q", k.Desc().Variant, want)
	}
}

func TestFullResolutionTime(t *testing.T) {
	t.Parallel()
	rows := []row{
		{"created_at": at("03-01 10:00:00"), "resolved_at": at("03-01 11:00:00"), "last_resolved_at": at("03-04 10:00:00")},
		{"created_at": at("03-01 10:00:00"), "resolved_at": at("03-01 11:00:00"), "last_resolved_at": at("04-02 10:00:00")},
	}
	got := evaluate(t, build(t, &ResolutionTime{Of: resolutionFull}, EntityTickets), march(), rows)
	if got["cx_resolution_full_mean_seconds"] != hours(72) || len(got) != 3 {
		t.Errorf("full: %v", got)
	}
	got = evaluate(t, buildInHours(t, &ResolutionTime{Of: resolutionFull, Calendar: "office"}), march(), rows)
	if got["cx_resolution_full_business_mean_seconds"] != hours(8) || len(got) != 3 {
		t.Errorf("full, in business hours: %v", got)
	}
}

func TestTicketParameters(t *testing.T) {
	t.Parallel()
	mistakes(t, map[string]mistake{
		"a target of nothing": {
			&FirstResponseTime{Target: ptr(Duration(0))}, bind(EntityTickets),
			"target: 0s must be above 0: say what is in time, such as 4h",
		},
		"nothing is older than no time": {
			&Backlog{Until: "resolved", OlderThan: []Duration{Duration(day), 0}}, bind(EntityTickets),
			"older_than: 0s must be above 0: say what is old, such as 7d",
		},
		"limits of age are few": {
			&Backlog{Until: "resolved", OlderThan: make([]Duration, 11)}, bind(EntityTickets),
			"older_than: has 11 ages, of which at most 10 are allowed",
		},
		"for resolutions too": {
			&ResolutionTime{Target: ptr(Duration(0))}, bind(EntityTickets),
			"target: 0s must be above 0: say what is in time, such as 4h",
		},
		"a calendar that there is not": {
			&FirstResponseTime{Calendar: "office"}, bind(EntityTickets),
			`calendar: there is no calendar "office": define it under calendars`,
		},
	})
}
