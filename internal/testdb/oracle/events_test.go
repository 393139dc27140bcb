package oracle

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// A ticket by hand: opened at nine, answered by a machine, by the team at ten and
// eleven, resolved at eleven, reopened at twelve, resolved at one.
func TestEventsAddUpToATicket(t *testing.T) {
	t.Parallel()
	at := func(h int) time.Time { return time.Date(2024, 6, 3, h, 0, 0, 0, time.UTC) }
	event := func(h int, kind, actor string) Row {
		return Row{"ticket_id": "a", "at": at(h), "event": kind, "actor_kind": actor, "team": kind}
	}
	h := Happenings{
		Created: []string{"created"}, Reply: []string{"reply"}, Resolved: []string{"resolved"}, Reopened: []string{"reopened"},
		Agents: []string{"agent"}, Actors: true, Carried: []string{"team"},
	}
	events := []Row{
		event(13, "resolved", "agent"), event(12, " Reopened ", "customer"), event(11, "resolved", "agent"), event(11, "reply", "AGENT"),
		event(10, "reply", "agent"), event(9, "reply", "bot"), event(9, "created", "customer"), event(8, "assigned", "agent"),
	}
	want := []Row{{
		"ticket_id": "a", "created_at": at(9), "first_response_at": at(10), "resolved_at": at(11), "reopened_at": at(12),
		"last_resolved_at": at(13), "agent_replies": 2.0, "team": "created",
	}}
	got := h.Tickets(events)
	for hour, open := range map[int]bool{9: true, 10: true, 11: true, 12: false, 13: true, 14: false, 24: false} {
		if openAt(got[0], at(hour)) != open {
			t.Errorf("at %d the ticket is open: %t", hour, !open)
		}
	}
	delete(got[0], "turns")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("tickets (-want +got):\n%s", diff)
	}
}
