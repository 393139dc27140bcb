package collectors

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

func TestRolesThatEventsTell(t *testing.T) {
	t.Parallel()
	named := map[facts.Role]facts.Column{"at": {}, "actor_kind": {}}
	got := slices.Sorted(maps.Keys(MappedRoles(EntityTicketEvents, named)))
	want := []facts.Role{"agent_replies", "created_at", "first_response_at", "last_resolved_at", "open_since", "open_until", "outbound_at", "reopened_at", "resolved_at", "ticket_id"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("roles of events (-want +got):\n%s", diff)
	}
	if MappedRoles(EntityTicketEvents, nil)[roleOutboundAt] {
		t.Error("without actors it is known who opened a ticket")
	}
	if diff := cmp.Diff(map[facts.Role]bool{"at": true, "actor_kind": true}, MappedRoles(EntityCustom, named)); diff != "" {
		t.Errorf("roles of other rows (-want +got):\n%s", diff)
	}
}

func TestEventsAreForTheKPIsOfTickets(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{"backlog": true, "reopen_rate": true, "sla": false, "count": false, "at_risk": false} {
		if d, _ := Lookup(name); d.On(EntityTicketEvents) != want {
			t.Errorf("%s on events: %t, want %t", name, !want, want)
		}
	}
	b := bind(EntityTicketEvents)
	b.Mapped = MappedRoles(EntityTicketEvents, map[facts.Role]facts.Column{"actor_kind": {}})
	k, err := newBacklog().KPI(b)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(k.Desc().Variant, "or reopened since") || k.Desc().Fidelity != kpi.Exact {
		t.Errorf("the backlog of events is %q, and %s", k.Desc().Variant, k.Desc().Fidelity)
	}
}

// Of events it is known when a ticket was open: one row a stretch.
func TestBacklogOfEventsIsWhatWasOpen(t *testing.T) {
	t.Parallel()
	rows := []row{
		{"created_at": at("02-01"), "open_since": at("02-01"), "open_until": at("02-10")}, // a ticket that came back twice
		{"created_at": at("02-01"), "open_since": at("02-20"), "open_until": at("03-05")},
		{"created_at": at("02-01"), "open_since": at("03-30"), "open_until": at("04-02")},
		{"created_at": at("02-15"), "open_since": at("02-15"), "open_until": at("02-16")}, // and one that came back in April
		{"created_at": at("02-15"), "open_since": at("04-01")},
		{"created_at": at("03-10"), "open_since": at("03-10")},
		{"created_at": at("03-12"), "open_since": at("03-12"), "open_until": at("03-11")}, // refused
	}
	k := build(t, &Backlog{Until: "resolved", OlderThan: []Duration{duration("28d")}}, EntityTicketEvents)
	got := evaluate(t, k, march(), rows)
	near(t, "the median age", got["cx_backlog_age_p50_seconds"], hours(22*24))
	delete(got, "cx_backlog_age_p50_seconds")
	want(t, got, map[string]float64{
		"cx_backlog_tickets": 2, "cx_backlog_oldest_seconds": hours(60 * 24), "cx_backlog_age_mean_seconds": hours((60 + 22) * 24 / 2.0),
		"cx_backlog_older_tickets{age=28d}": 1,
	})
	february := kpi.Span{Lo: at("02-01"), Hi: at("03-01"), At: at("04-10")}
	if got := evaluate(t, k, february, rows); got["cx_backlog_tickets"] != 1 || got["cx_backlog_oldest_seconds"] != hours(29*24) {
		t.Errorf("at the end of February: %v", got)
	}
}
