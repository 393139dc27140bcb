package collectors

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cx-exporter/cx-exporter/internal/facts"
)

func TestRolesThatEventsTell(t *testing.T) {
	t.Parallel()
	named := map[facts.Role]facts.Column{"at": {}, "actor_kind": {}}
	got := slices.Sorted(maps.Keys(MappedRoles(EntityTicketEvents, named)))
	want := []facts.Role{"agent_replies", "created_at", "first_response_at", "last_resolved_at", "outbound_at", "reopened_at", "resolved_at", "ticket_id"}
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
	if !strings.Contains(k.Desc().Variant, "or reopened since") {
		t.Errorf("the backlog of events is %q", k.Desc().Variant)
	}
}
