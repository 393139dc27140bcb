package app

import (
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cx-exporter/cx-exporter/config"
)

// The past of what costs most is begun first, whatever the order of the file.
func TestThePastOfWhatIsDearIsBegunFirst(t *testing.T) {
	t.Parallel()
	const (
		answers = `{name: answers, source: db, table: answers, entity: responses, windows: [7d, 30d], kpis: [csat]}`
		themes  = `{name: themes, source: db, table: answers, entity: responses, columns: {tags: tag}, windows: [30d], kpis: [themes]}`
		effort  = `{name: effort, source: db, table: answers, entity: responses, windows: [30d], kpis: [ces]}`
		calls   = `{name: calls, source: db, table: calls, entity: contacts, columns: {abandoned_at: left_at}, windows: [7d, 30d], kpis: [wait_time, abandonment]}`
		office  = `{name: office, source: db, table: tickets, entity: tickets, windows: [7d, 30d, 90d], kpis: [first_response_time: {calendar: hours}]}`
		members = `{name: members, source: db, table: members, entity: subscriptions, windows: [30d], kpis: [churn, retention]}`
		worth   = `{name: worth, source: db, table: orders, entity: orders, columns: {currency: currency}, windows: [all], kpis: [clv: {method: bgnbd}]}`
		waiting = `{name: waiting, source: db, query: SELECT 1 AS value, entity: custom, kpis: [gauge: {name: waiting, unit: tickets, direction: neutral, business_goal: support}]}`
	)
	for _, tt := range []struct {
		says string
		file string
		want []string
	}{
		{"more windows before fewer", effort + ", " + answers, []string{"answers", "effort"}},
		{"more KPIs for as many windows before fewer", answers + ", " + calls, []string{"calls", "answers"}},
		{"equals in the order of the file", themes + ", " + effort, []string{"themes", "effort"}},
		{"and in no other order", effort + ", " + themes, []string{"effort", "themes"}},
		{
			"customers in one window before counts in several", calls + ", " + worth + ", " + answers,
			[]string{"worth", "calls", "answers"},
		},
		{
			"among those that are told one by one, more values before fewer", worth + ", " + members + ", " + calls + ", " + office,
			[]string{"office", "members", "worth", "calls"},
		},
		{"what has no past not at all", waiting + ", " + effort, []string{"effort"}},
	} {
		t.Run(tt.says, func(t *testing.T) {
			t.Parallel()
			past := pastOf(t, `
calendars: [{name: hours, timezone: UTC, hours: {mon-fri: ["09:00-17:00"]}}]
sources: [{name: db, driver: sqlite, path: nowhere.db}]
collectors: [`+tt.file+`]
`)
			if diff := cmp.Diff(tt.want, begun(past)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// A formula costs what its inputs do.
func TestThePastOfAFormulaOnCustomersIsBegunBeforeCounts(t *testing.T) {
	t.Parallel()
	past := pastOf(t, `
sources: [{name: db, driver: sqlite, path: nowhere.db}]
collectors:
  - {name: tickets, source: db, table: tickets, entity: tickets, windows: [7d, 30d], kpis: [ticket_volume]}
  - {name: members, source: db, table: members, entity: subscriptions, windows: [30d, 90d], kpis: [customers]}
formulas:
  - {name: contacts, contact_rate: {contacts: tickets.ticket_volume.created, customers: members.customers.active}, windows: [30d]}
`)
	if diff := cmp.Diff([]string{"members", "contacts", "tickets"}, begun(past)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// begun are the names of what has a past, in the order in which it is begun.
func begun(p *Past) []string {
	var names []string
	for _, r := range dearestFirst(p.runs, time.Date(2025, 11, 22, 0, 0, 0, 0, time.UTC)) {
		names = append(names, r.Config.Name)
	}
	return names
}

func pastOf(t *testing.T, cx string) *Past {
	t.Helper()
	file := filepath.Join(t.TempDir(), "cx.yml")
	if err := os.WriteFile(file, []byte(cx), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := config.Load(file, os.LookupEnv)
	if err != nil {
		t.Fatal(err)
	}
	set, err := Build(c, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := set.Close(); err != nil {
			t.Error(err)
		}
	})
	return NewPast(set)
}
