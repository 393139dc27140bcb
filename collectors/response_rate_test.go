package collectors

import (
	"math"
	"testing"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// invitations around March with a maturity of seven days: those of the 25th and
// later are too young on 1 April.
func invitations() []row {
	return []row{
		{"sent_at": at("02-29 23:59:59"), "responded_at": at("03-01")},
		{"sent_at": at("03-01"), "responded_at": at("03-08")},             // to the second
		{"sent_at": at("03-02"), "responded_at": at("03-09 00:00:01")},    // a second late
		{"sent_at": at("03-03"), "responded_at": nil, "bounced": "t"},     // never arrived
		{"sent_at": at("03-04"), "responded_at": at("03-04 10:00:00")},    // answered
		{"sent_at": at("03-05"), "responded_at": at("03-04 10:00:00")},    // before it was sent
		{"sent_at": at("03-24 23:59:59"), "responded_at": nil},            // just old enough
		{"sent_at": at("03-25"), "responded_at": at("03-25 12:00:00")},    // too young
		{"sent_at": at("03-25"), "responded_at": nil, "bounced": "maybe"}, // too young
	}
}

func TestResponseRate(t *testing.T) {
	t.Parallel()
	nan := math.NaN()
	result := func(ratio, invitations, responses, pending, answered float64) map[string]float64 {
		return map[string]float64{
			"cx_survey_response_ratio": ratio, "cx_survey_invitations": invitations, "cx_survey_responses": responses,
			"cx_survey_pending_invitations": pending, "cx_survey_pending_responses": answered,
		}
	}
	tests := []struct {
		name string
		kpi  KPI
		span kpi.Span
		rows []row
		want map[string]float64
	}{
		{
			name: "only mature invitations count, and only answers within the maturity",
			kpi:  build(t, newResponseRate(), EntityInvitations, roleBounced),
			span: march(), rows: invitations(), want: result(0.5, 4, 2, 1, 1),
		},
		{
			name: "without the role bounced all that is sent is delivered",
			kpi:  build(t, newResponseRate(), EntityInvitations),
			span: march(), rows: invitations(), want: result(0.4, 5, 2, 2, 1),
		},
		{
			name: "a month that has long ended is mature",
			kpi:  build(t, newResponseRate(), EntityInvitations),
			span: kpi.Span{Lo: at("03-01"), Hi: at("04-01"), At: at("04-20")}, rows: invitations(),
			want: result(3.0/7, 7, 3, 0, 0),
		},
		{
			name: "from the beginning of time",
			kpi:  build(t, newResponseRate(), EntityInvitations),
			span: always(), rows: invitations(), want: result(0.5, 6, 3, 2, 1),
		},
		{
			name: "a window younger than the maturity has no invitations yet",
			kpi:  build(t, newResponseRate(), EntityInvitations),
			span: kpi.Span{Lo: at("03-30"), Hi: at("04-01"), At: at("04-01")}, rows: invitations(),
			want: result(nan, 0, 0, 0, 0),
		},
		{
			name: "a window that is exactly as old as the maturity has none either",
			kpi:  build(t, newResponseRate(), EntityInvitations),
			span: kpi.Span{Lo: at("03-25"), Hi: at("04-01"), At: at("04-01")}, rows: invitations(),
			want: result(nan, 0, 0, 2, 1),
		},
		{
			name: "no invitations at all",
			kpi:  build(t, newResponseRate(), EntityInvitations),
			span: march(), want: result(nan, 0, 0, 0, 0),
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			want(t, evaluate(t, tt.kpi, tt.span, tt.rows), tt.want)
		})
	}
}

func TestResponseRateRefusesUnreadableFlags(t *testing.T) {
	t.Parallel()
	k := build(t, newResponseRate(), EntityInvitations, roleBounced)
	rows := []row{
		{"sent_at": at("03-02"), "bounced": "hard"},
		{"sent_at": at("03-02"), "bounced": nil},
		{"sent_at": at("03-02"), "bounced": "0"},
	}
	want(t, rejected(t, k, march(), rows), map[string]float64{"not_a_flag": 1})
	if got := evaluate(t, k, march(), rows); got["cx_survey_invitations"] != 2 {
		t.Errorf("invitations = %v, want 2", got["cx_survey_invitations"])
	}
}

// What is known of a cohort does not change when time goes on: that is what the
// maturity is for.
func TestResponseRateOfAMatureCohortIsFinal(t *testing.T) {
	t.Parallel()
	k := build(t, newResponseRate(), EntityInvitations)
	span := kpi.Span{Lo: at("03-01"), Hi: at("03-24"), At: at("03-31")}
	first := evaluate(t, k, span, invitations())
	for range 10 {
		span.At = span.At.Add(100 * time.Hour)
		want(t, evaluate(t, k, span, invitations()), first)
	}
}

func TestResponseRateParameters(t *testing.T) {
	t.Parallel()
	mistakes(t, map[string]mistake{
		"a maturity is needed": {
			&ResponseRate{}, bind(EntityInvitations),
			"maturity: 0s must be above 0 and at most 366d: say how long an invitation may be answered, such as 7d",
		},
		"a maturity has an end": {
			&ResponseRate{Maturity: duration("400d")}, bind(EntityInvitations),
			"maturity: 400d must be above 0 and at most 366d: say how long an invitation may be answered, such as 7d",
		},
	})
}

func TestResponseRateNeedsAWindowLongerThanItsMaturity(t *testing.T) {
	t.Parallel()
	k := build(t, newResponseRate(), EntityInvitations).(WindowChecker)
	for _, young := range []string{"1d", "7d", "week", "yesterday"} {
		if err := k.CheckWindow(window(t, young)); err == nil {
			t.Errorf("the window %s is accepted", young)
		}
	}
	if err := k.CheckWindow(window(t, "30d")); err != nil {
		t.Error(err)
	}
	if err := k.CheckWindow(window(t, "all")); err != nil {
		t.Error(err)
	}
}
