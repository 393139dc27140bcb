package facts_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cx-exporter/cx-exporter/internal/facts"
)

func TestFoldOfEvents(t *testing.T) {
	t.Parallel()
	d, err := facts.For("sqlite")
	if err != nil {
		t.Fatal(err)
	}
	columns := map[facts.Role]facts.Column{
		"ticket_id": {Name: "ticket_id", Type: facts.Integer}, "at": {Name: "at", Type: facts.TextTime}, "event": {Name: "event", Type: facts.Text},
	}
	t.Run("leaves what are no events as they are", func(t *testing.T) {
		t.Parallel()
		r := facts.Relation{Table: "tickets", Columns: columns}
		got, err := facts.Fold(d, r)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(r, got, cmp.Comparer(func(a, b facts.Column) bool { return a == b })); diff != "" {
			t.Errorf("relation (-want +got):\n%s", diff)
		}
	})
	for _, word := range []string{"", "it's", `back\slash`, "it´s"} {
		t.Run("refuses the word "+word, func(t *testing.T) {
			t.Parallel()
			r := facts.Relation{Table: "history", Columns: columns, Events: &facts.Events{Created: []string{word}}}
			if _, err := facts.Fold(d, r); err == nil {
				t.Errorf("the word %q is part of a statement", word)
			}
		})
	}
	t.Run("is there where stretches are asked for", func(t *testing.T) {
		t.Parallel()
		plan, err := facts.NewPlan(facts.Options{}, []facts.Need{{Cube: &facts.Cube{Time: "created_at", Stretches: true, Bounds: []time.Time{day(1), day(2)}}}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := plan.Statements(d, facts.Relation{Table: "tickets", Columns: columns}); err == nil {
			t.Error("tickets without events were open in stretches")
		}
	})
	t.Run("refuses a time that is none", func(t *testing.T) {
		t.Parallel()
		r := facts.Relation{Table: "history", Columns: map[facts.Role]facts.Column{"at": {Name: "at", Type: facts.Bool}}, Events: &facts.Events{}}
		if _, err := facts.Fold(d, r); err == nil {
			t.Error("a boolean is taken for a time")
		}
	})
}
