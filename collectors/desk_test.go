package collectors

import (
	"math"
	"testing"

	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// settledDesk is tickets around March, judged with seven days: those resolved on
// the 25th or later are too young on 1 April.
func settledDesk() []row {
	return []row{
		// Settled by one reply.
		{"created_at": at("03-01"), "first_response_at": at("03-01 01:00:00"), "resolved_at": at("03-01 02:00:00"), "agent_replies": 1, "reopen_count": 0},
		// One reply, but it came back to the second.
		{"created_at": at("03-02"), "first_response_at": at("03-02 01:00:00"), "resolved_at": at("03-03"), "agent_replies": 1, "reopened_at": at("03-10"), "reopen_count": 3},
		// It came back a second too late to count.
		{"created_at": at("03-03"), "first_response_at": at("03-03 01:00:00"), "resolved_at": at("03-04"), "agent_replies": 1, "reopened_at": at("03-11 00:00:01"), "reopen_count": 1},
		// It came back as it was resolved.
		{"created_at": at("03-05"), "first_response_at": at("03-05"), "resolved_at": at("03-06"), "agent_replies": 2, "reopened_at": at("03-06"), "reopen_count": 1},
		// It came back before this resolution, which is another story.
		{"created_at": at("03-05"), "first_response_at": at("03-05"), "resolved_at": at("03-06"), "agent_replies": 1, "reopened_at": at("03-05 12:00:00"), "reopen_count": 1},
		// Resolved without a reply.
		{"created_at": at("03-07"), "resolved_at": at("03-07 01:00:00"), "agent_replies": 0, "next_contact_at": at("03-14 01:00:00")},
		// Nobody knows of replies or reopenings; the customer came a second later.
		{"created_at": at("03-08"), "resolved_at": at("03-09"), "next_contact_at": at("03-16 00:00:01")},
		// It took nine days.
		{"created_at": at("03-10"), "first_response_at": at("03-11"), "resolved_at": at("03-19"), "agent_replies": 1},
		// Too young, open, and not of this March.
		{"created_at": at("03-20"), "first_response_at": at("03-20"), "resolved_at": at("03-25"), "agent_replies": 1, "reopened_at": at("03-26"), "reopen_count": 9},
		{"created_at": at("03-12"), "first_response_at": at("03-12"), "agent_replies": 1},
		{"created_at": at("02-28"), "first_response_at": at("02-28"), "resolved_at": at("02-29"), "agent_replies": 1},
		// An import went wrong.
		{"created_at": at("03-08"), "first_response_at": at("03-07"), "resolved_at": at("03-07"), "agent_replies": 1, "reopened_at": at("03-08"), "reopen_count": 7},
		// Another, and this one says that it was answered in time.
		{"created_at": at("03-08"), "first_response_at": at("03-09"), "resolved_at": at("03-07"), "agent_replies": 1, "reopen_count": 5},
	}
}

func TestFirstContactResolution(t *testing.T) {
	t.Parallel()
	nan := math.NaN()
	tests := []struct {
		name                    string
		method, of              string
		mapped                  []facts.Role
		span                    kpi.Span
		ratio, tickets, settled float64
		variant                 string
		fidelity                kpi.Fidelity
	}{
		{
			name: "one reply and no reopening", mapped: []facts.Role{roleAgentReplies, roleReopenedAt},
			ratio: 4.0 / 8, tickets: 8, settled: 4, fidelity: kpi.Restated,
			variant: "resolved, with one reply, not reopened within 7d; of tickets resolved at least 7d ago",
		},
		{
			name: "one reply only, where no column tells of reopenings", mapped: []facts.Role{roleAgentReplies},
			ratio: 5.0 / 8, tickets: 8, settled: 5, fidelity: kpi.Restated,
			variant: "resolved, with one reply; of tickets resolved at least 7d ago",
		},
		{
			name: "no reopening, where no column tells of replies", mapped: []facts.Role{roleReopenedAt},
			ratio: 6.0 / 8, tickets: 8, settled: 6, fidelity: kpi.Terminal,
			variant: "resolved, not reopened within 7d; of tickets resolved at least 7d ago",
		},
		{
			name: "no reopening by the count, which knows no days", mapped: []facts.Role{roleReopenCount},
			ratio: 4.0 / 8, tickets: 8, settled: 4, fidelity: kpi.Restated,
			variant: "resolved, not reopened by the count; of tickets resolved at least 7d ago",
		},
		{
			name: "without any column named, the time of the reopening", ratio: 6.0 / 8, tickets: 8, settled: 6, fidelity: kpi.Terminal,
			variant: "resolved, not reopened within 7d; of tickets resolved at least 7d ago",
		},
		{
			name: "no repeat contact until seven days after the resolution", method: "no_repeat_contact",
			ratio: 7.0 / 8, tickets: 8, settled: 7, fidelity: kpi.Terminal,
			variant: "resolved, no other ticket within 7d; of tickets resolved at least 7d ago",
		},
		{
			// Created from 1 to 17 March: nine, the open one among them. The broken ones are refused.
			name: "of all that were created, resolved within seven days", method: "one_touch", of: "created",
			ratio: 4.0 / 9, tickets: 9, settled: 4, fidelity: kpi.Restated,
			variant: "resolved within 7d, with one reply; of tickets created at least 14d ago",
		},
		{
			// Answered from 1 to 17 March after they were created, and not resolved before it: seven.
			name: "of all that were answered, resolved within seven days", method: "no_reopen", of: "answered",
			mapped: []facts.Role{roleReopenedAt}, ratio: 3.0 / 7, tickets: 7, settled: 3, fidelity: kpi.Terminal,
			variant: "resolved within 7d, not reopened within 7d; of tickets answered at least 14d ago",
		},
		{
			name: "nothing is old enough in a young month", span: kpi.Span{Lo: at("03-28"), Hi: at("04-01"), At: at("04-01")},
			ratio: nan, fidelity: kpi.Terminal,
			variant: "resolved, not reopened within 7d; of tickets resolved at least 7d ago",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := newFirstContactResolution().(*FirstContactResolution)
			if tt.method != "" {
				p.Method = tt.method
			}
			if tt.of != "" {
				p.Of = tt.of
			}
			span := tt.span
			if span.Hi.IsZero() {
				span = march()
			}
			k := build(t, p, EntityTickets, tt.mapped...)
			want(t, evaluate(t, k, span, settledDesk()), map[string]float64{
				"cx_first_contact_resolution_ratio": tt.ratio,
				"cx_first_contact_tickets":          tt.tickets,
				"cx_first_contact_settled_tickets":  tt.settled,
			})
			if d := k.Desc(); d.Variant != tt.variant || d.Fidelity != tt.fidelity {
				t.Errorf("%s: %q", d.Fidelity, d.Variant)
			}
		})
	}
}

func TestReopenRate(t *testing.T) {
	t.Parallel()
	result := func(ratio, resolved, reopened float64) map[string]float64 {
		return map[string]float64{"cx_reopen_ratio": ratio, "cx_reopen_resolved_tickets": resolved, "cx_reopen_reopened_tickets": reopened}
	}
	stamps := build(t, newReopenRate(), EntityTickets, roleReopenedAt)
	want(t, evaluate(t, stamps, march(), settledDesk()), result(2.0/8, 8, 2))
	// A month later the young ticket has come back, and nothing else has changed.
	later := kpi.Span{Lo: at("03-01"), Hi: at("04-01"), At: at("05-01")}
	want(t, evaluate(t, stamps, later, settledDesk()), result(3.0/9, 9, 3))

	counts := build(t, newReopenRate(), EntityTickets, roleReopenCount)
	expected := result(4.0/8, 8, 4)
	expected["cx_reopens_per_resolved_ticket"] = 6.0 / 5 // 0, 3, 1, 1, 1
	want(t, evaluate(t, counts, march(), settledDesk()), expected)
	if counts.Desc().Fidelity != kpi.Restated || stamps.Desc().Fidelity != kpi.Terminal {
		t.Errorf("%s and %s", counts.Desc().Fidelity, stamps.Desc().Fidelity)
	}

	both := build(t, newReopenRate(), EntityTickets, roleReopenCount, roleReopenedAt)
	expected = result(2.0/8, 8, 2)
	expected["cx_reopens_per_resolved_ticket"] = 6.0 / 5
	want(t, evaluate(t, both, march(), settledDesk()), expected)
}

func TestSLA(t *testing.T) {
	t.Parallel()
	rows := []row{
		{"created_at": at("03-01"), "resolution_due_at": at("03-05"), "resolved_at": at("03-04")},
		// Done just when it was due, and a second later.
		{"created_at": at("03-01"), "resolution_due_at": at("03-05"), "resolved_at": at("03-05")},
		{"created_at": at("03-01"), "resolution_due_at": at("03-05"), "resolved_at": at("03-05 00:00:01")},
		// Due when it was created; still open; done much later, in April.
		{"created_at": at("03-06"), "resolution_due_at": at("03-06"), "resolved_at": at("03-06")},
		{"created_at": at("03-01"), "resolution_due_at": at("03-31 23:59:59")},
		{"created_at": at("03-01"), "resolution_due_at": at("03-02"), "resolved_at": at("04-03")},
		// Due in February; no target.
		{"created_at": at("02-01"), "resolution_due_at": at("02-29 23:59:59")},
		{"created_at": at("03-01"), "resolved_at": at("03-02")},
		// Due soon: on the boundary, before the day is over, and after it was done in time, but after March.
		{"created_at": at("03-30"), "resolution_due_at": at("04-01")},
		{"created_at": at("03-30"), "resolution_due_at": at("04-01 23:59:59")},
		{"created_at": at("03-30"), "resolution_due_at": at("04-01 12:00:00"), "resolved_at": at("04-01 10:00:00")},
		// Not soon: a day later, done in March, created in April.
		{"created_at": at("03-30"), "resolution_due_at": at("04-02")},
		{"created_at": at("03-30"), "resolution_due_at": at("04-01 12:00:00"), "resolved_at": at("03-31")},
		{"created_at": at("04-01"), "resolution_due_at": at("04-01 12:00:00")},
		// An import went wrong.
		{"created_at": at("03-10"), "resolution_due_at": at("03-12"), "resolved_at": at("03-09")},
	}
	k := build(t, newSLA(), EntityTickets, roleResolutionDueAt)
	want(t, evaluate(t, k, march(), rows), map[string]float64{
		"cx_sla_met_ratio{target=resolution}":        0.5,
		"cx_sla_due_tickets{target=resolution}":      6,
		"cx_sla_breached_tickets{target=resolution}": 3,
		"cx_sla_due_soon_tickets{target=resolution}": 3,
	})
	// Both targets, where neither is named.
	got := evaluate(t, build(t, newSLA(), EntityTickets), march(), rows)
	if len(got) != 8 || got["cx_sla_due_tickets{target=first_response}"] != 0 {
		t.Errorf("%v", got)
	}
}

func TestRepliesPerResolution(t *testing.T) {
	t.Parallel()
	k := build(t, newRepliesPerResolution(), EntityTickets)
	// 1, 1, 1, 2, 1, 0, 1, 1 and the broken ones' 1 and 1, which do not say when they began.
	want(t, evaluate(t, k, march(), settledDesk()), map[string]float64{
		"cx_replies_per_resolution": 1, "cx_resolved_ticket_replies": 10,
	})
}

func TestDeskParameters(t *testing.T) {
	t.Parallel()
	mistakes(t, map[string]mistake{
		"tickets come back in some time": {
			&ReopenRate{}, bind(EntityTickets),
			"within: 0s must be above 0 and at most 366d: say how long a ticket may come back, such as 7d",
		},
		"and not for ever": {
			&FirstContactResolution{Method: "both", Of: "resolved", Within: duration("400d")}, bind(EntityTickets),
			"within: 400d must be above 0 and at most 366d: say how long a ticket may come back, such as 7d",
		},
		"soon is some time": {
			&SLA{}, bind(EntityTickets),
			"due_soon: 0s must be above 0 and at most 366d: say what is due soon, such as 4h",
		},
	})
}

func TestDeskKPIsNeedAWindowLongerThanTheirMaturity(t *testing.T) {
	t.Parallel()
	created := newFirstContactResolution().(*FirstContactResolution)
	created.Of = "created"
	for _, tt := range []struct {
		params      Parameters
		short, long string
	}{{newReopenRate(), "7d", "169h"}, {newFirstContactResolution(), "7d", "last_week"}, {created, "last_week", "337h"}} {
		k := build(t, tt.params, EntityTickets).(WindowChecker)
		if k.CheckWindow(window(t, tt.short)) == nil || k.CheckWindow(window(t, tt.long)) != nil || k.CheckWindow(window(t, "all")) != nil {
			t.Errorf("%T: windows are judged wrongly", tt.params)
		}
	}
}
