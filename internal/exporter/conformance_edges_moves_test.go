package exporter_test

import (
	"strings"
	"testing"

	"github.com/cx-exporter/cx-exporter/internal/testdb"
)

// moveEdges are customers who move from one segment to another, and rows that lost
// what they belonged to.
var moveEdges = []named{
	{
		// Of 3 on basic one moved to pro and one left; of the one on pro nothing
		// changed. Who moved is no loss of basic, and nobody new of pro.
		name: "who moves to another segment is kept by the one at the beginning, and lost by none", entity: "subscriptions",
		at: "2024-07-01T00:00:00Z", windows: "30d", change: true, dims: "plan",
		columns: "customer_id:word started_at:naive ended_at:naive mrr+:decimal plan:word",
		rows: `moves | 2024-01-01T00:00:00Z | 2024-06-15T00:00:00Z | 10 | basic
			moves | 2024-06-15T00:00:00Z | - | 30 | pro
			stays | 2024-01-01T00:00:00Z | - | 10 | basic
			leaves | 2024-01-01T00:00:00Z | 2024-06-20T00:00:00Z | 10 | basic
			always pro | 2024-01-01T00:00:00Z | - | 30 | pro`,
		kpis: []string{"churn", "customers", "revenue_retention"},
		want: `churn ratio {basis=contract} over 30d = 0.25 of 4 before 0
			churn ratio {basis=contract} plan="basic" over 30d = 0.3333333333333333 of 3 before 0
			churn ratio {basis=contract} plan="pro" over 30d = 0 of 1 before 0
			churn lost plan="pro" over 30d = 0 of 0
			customers new plan="pro" over 30d = 0 of 0
			customers active over 30d = 3 of 3 before 4
			revenue_retention net over 30d = 1.1666666666666667 of 4
			revenue_retention net plan="basic" over 30d = 1.3333333333333333 of 3
			revenue_retention net plan="pro" over 30d = 1 of 1`,
	},
	{
		name: "an answer whose invitation was deleted is an answer all the same", entity: "responses",
		at: "2024-07-01T00:00:00Z", windows: "30d",
		query:   "SELECT at AS responded_at, score FROM %s WHERE what = 'answer'",
		columns: "what:word invitation:word at:naive score:integer",
		rows:    answersAndInvitations,
		kpis:    []string{"nps", "csat {scale: {min: 0, max: 10}, satisfied_from: 8}"},
		want: `nps score over 30d = 33.333333333333336 of 3
			nps responses {category=promoter} over 30d = 2 of 2
			csat ratio over 30d = 0.6666666666666666 of 3`,
	},
	{
		name: "an answer whose invitation was deleted is in no response rate, neither above nor below", entity: "invitations",
		at: "2024-07-01T00:00:00Z", windows: "30d",
		query:   "SELECT i.at AS sent_at, a.at AS responded_at FROM %[1]s i LEFT JOIN %[1]s a ON a.what = 'answer' AND a.invitation = i.invitation WHERE i.what = 'invitation'",
		columns: "what:word invitation:word at:naive score:integer",
		rows:    answersAndInvitations,
		kpis:    []string{"response_rate"},
		want: `response_rate ratio over 30d = 0.6666666666666666 of 3
			response_rate responses over 30d = 2 of 2`,
	},
	{
		name: "a ticket without a customer is a ticket, and puts nobody at risk", entity: "tickets",
		at: "2024-07-01T00:00:00Z", windows: "30d",
		columns: "created_at:naive resolved_at+:naive first_response_at:naive customer_id+:word",
		rows: `2024-06-10T00:00:00Z | - | - | a
			2024-06-11T00:00:00Z | - | 2024-06-11T01:00:00Z | a
			2024-06-12T00:00:00Z | 2024-06-13T00:00:00Z | 2024-06-12T01:00:00Z | b
			2024-06-10T00:00:00Z | - | - | -
			2024-06-11T00:00:00Z | - | 2024-06-11T03:00:00Z | -
			2024-06-12T00:00:00Z | 2024-06-15T00:00:00Z | - | -`,
		kpis: []string{"ticket_volume", "backlog", "first_response_time", "resolution_time", "at_risk {tickets: 2}"},
		want: `ticket_volume created over 30d = 6 of 6
			ticket_volume resolved over 30d = 2 of 2
			backlog tickets over 30d = 4 of 4
			first_response_time mean over 30d = 6000 of 3
			first_response_time waiting over 30d = 2 of 2
			resolution_time mean over 30d = 172800 of 2
			at_risk ratio over 30d = 0.5 of 2
			at_risk customers {reason=tickets} over 30d = 1 of 1`,
		rejected: "null_subject=3",
	},
	{
		// The merged ticket is left out with all of its events; the one that it was
		// merged into has been open since it came back.
		name: "a merged ticket is left out with its events, and the surviving one counts", entity: "ticket_events",
		at: "2024-07-01T00:00:00Z", windows: "30d", where: "merged IS NULL",
		columns: "ticket_id:word at:naive event:word merged:word",
		rows: `survives | 2024-06-10T00:00:00Z | created | -
			survives | 2024-06-11T00:00:00Z | resolved | -
			survives | 2024-06-12T00:00:00Z | reopened | -
			merged | 2024-06-12T00:00:00Z | created | survives
			merged | 2024-06-12T00:00:01Z | resolved | survives`,
		kpis: []string{"ticket_volume", "backlog {older_than: []}", "resolution_time", "reopen_rate"},
		want: `ticket_volume created over 30d = 1 of 1
			ticket_volume resolved over 30d = 1 of 1
			backlog tickets over 30d = 1 of 1
			backlog oldest over 30d = 1814400 of 1
			resolution_time mean over 30d = 86400 of 1
			reopen_rate ratio over 30d = 1 of 1`,
	},
	{
		name: "a pulse of few, with an answer off its scale", entity: "responses",
		at: "2024-07-01T00:00:00Z", windows: "30d", change: true, dims: "division",
		columns: "responded_at:naive score:integer division:word",
		rows: `2024-06-10T00:00:00Z | 5 | north
			2024-06-10T00:00:00Z | 4 | north
			2024-06-10T00:00:00Z | 3 | south
			2024-06-10T00:00:00Z | 1 | south
			2024-06-10T00:00:00Z | 6 | south
			2024-05-10T00:00:00Z | 5 | south`,
		kpis: []string{"pulse"},
		want: `pulse favorable over 30d = 0.5 of 4 before 1
			pulse mean over 30d = 3.25 of 4
			pulse favorable division="north" over 30d = 1 of 2
			pulse favorable division="south" over 30d = 0 of 2
			pulse responses {score=5} over 30d = 1 of 1`,
		rejected: "off_scale=1",
	},
}

// answersAndInvitations are three invitations, two of which were answered, and an
// answer to one that is gone.
const answersAndInvitations = `invitation | a | 2024-06-02T00:00:00Z | -
	invitation | b | 2024-06-02T00:00:00Z | -
	invitation | c | 2024-06-02T00:00:00Z | -
	answer | a | 2024-06-03T00:00:00Z | 10
	answer | b | 2024-06-03T00:00:00Z | 9
	answer | gone | 2024-06-03T00:00:00Z | 0`

// A segment that is renamed is renamed in the past as well: rows say what they
// belong to now. Nothing of the total changes, and nothing is left of the old name.
func TestARenamedSegmentIsRenamedInThePast(t *testing.T) {
	t.Parallel()
	for _, driver := range []string{testdb.DriverPostgres, testdb.DriverMySQL, testdb.DriverSQLite} {
		t.Run(driver, func(t *testing.T) {
			t.Parallel()
			e := openEngine(t, driver)
			c := named{
				entity: "tickets", at: "2024-06-01T00:00:00Z", windows: "30d", dims: "team",
				columns: "created_at:naive resolved_at:naive team:word",
				rows: `2024-05-10T00:00:00Z | 2024-05-11T00:00:00Z | Helpers
					2024-05-12T00:00:00Z | - | Helpers
					2024-05-12T00:00:00Z | 2024-05-15T00:00:00Z | Field`,
				kpis: []string{"resolution_time", "backlog"},
			}
			w := c.world(t, driver)
			w.now = false
			const table = "renamed"
			if _, err := e.load(t.Context(), w, table); err != nil {
				t.Fatal(err)
			}
			series := func() map[string]string {
				snapshots, err := e.evaluate(t.Context(), w, table)
				if err != nil {
					t.Fatal(err)
				}
				shown := map[string]string{}
				for _, s := range snapshots[0].Series {
					if s.Defined {
						shown[seriesID(s.KPI, s.Window, s.Segment, s.Stat, labelText(s.Labels))] = describe(s)
					}
				}
				return shown
			}
			before := series()
			if _, err := e.dbs[0].DB.ExecContext(t.Context(), "UPDATE "+table+" SET team = 'Support' WHERE team = 'Helpers'"); err != nil {
				t.Fatal(err)
			}
			after := series()
			if got := before[`resolution_time mean team="Helpers" over 30d`]; got != "86400 of 1" {
				t.Errorf("before, the mean of Helpers is %s", got)
			}
			if len(before) != len(after) {
				t.Errorf("%d values before, and %d after", len(before), len(after))
			}
			for id, want := range before {
				if id = strings.ReplaceAll(id, "Helpers", "Support"); after[id] != want {
					t.Errorf("%s is %q, and was %q under its old name", id, after[id], want)
				}
			}
		})
	}
}
