package facts_test

import (
	"flag"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cx-exporter/cx-exporter/internal/calendar"
	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func day(d int) time.Time { return time.Date(2026, 3, d, 0, 0, 0, 0, time.UTC) }

func berlin(t *testing.T) *time.Location {
	t.Helper()
	z, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// statementCase is a collector whose statements are kept as goldens.
type statementCase struct {
	relation facts.Relation
	needs    []facts.Need
	future   time.Time
	primary  facts.Role
}

func scores(lo, hi time.Time) facts.Need {
	return facts.Need{Cube: &facts.Cube{
		Time: "responded_at", Bounds: []time.Time{lo, hi},
		Keys: []facts.Key{{Expr: facts.Expr{Role: "score"}}},
	}}
}

func statementCases(t *testing.T) map[string]statementCase {
	t.Helper()
	text := func(names ...string) map[facts.Role]facts.Column {
		m := map[facts.Role]facts.Column{}
		for _, n := range names {
			m[facts.Role("dimension "+n)] = facts.Column{Name: n, Type: facts.Text}
		}
		return m
	}
	survey := text("region", "plan")
	survey["responded_at"] = facts.Column{Name: "answered", Type: facts.Instant}
	survey["score"] = facts.Column{Name: "score", Type: facts.Integer}

	tickets := text()
	tickets["created_at"] = facts.Column{Name: "created_at", Type: facts.Naive, Zone: berlin(t)}
	tickets["resolved_at"] = facts.Column{Name: "resolved_at", Type: facts.Naive, Zone: berlin(t)}

	tickets["due_at"] = facts.Column{Name: "due_at", Type: facts.Instant}
	tickets["replies"] = facts.Column{Name: "replies", Type: facts.Integer}

	subs := text("plan")
	subs["customer_id"] = facts.Column{Name: "customer_id", Type: facts.Integer}
	subs["started_at"] = facts.Column{Name: "started_at", Type: facts.Date}
	subs["ended_at"] = facts.Column{Name: "ended_at", Type: facts.Date}
	subs["trial_ends_at"] = facts.Column{Name: "trial_ends_at", Type: facts.Date}
	subs["mrr"] = facts.Column{Name: "mrr", Type: facts.Decimal}
	subs["currency"] = facts.Column{Name: "currency", Type: facts.Text}

	orders := text("country")
	orders["customer_id"] = facts.Column{Name: "buyer", Type: facts.Integer}
	orders["ordered_at"] = facts.Column{Name: "ordered_at", Type: facts.Naive}
	orders["amount"] = facts.Column{Name: "amount", Type: facts.Decimal}
	orders["refunded_amount"] = facts.Column{Name: "refund", Type: facts.Integer}
	orders["currency"] = facts.Column{Name: "currency", Type: facts.Text}
	bought := facts.Histories{Subject: "customer_id", Time: "ordered_at", Amount: facts.Expr{Role: "amount"}, At: day(31)}
	totals, patterns := bought, bought
	totals.Unit = "currency"
	totals.Amount.Less = "refunded_amount"
	patterns.Patterns, patterns.At, patterns.Until = true, day(21), day(31)

	events := text("team")
	events["ticket_id"] = facts.Column{Name: "ticket", Type: facts.Integer}
	events["at"] = facts.Column{Name: "created_at", Type: facts.Naive, Zone: berlin(t)}
	events["event"] = facts.Column{Name: "name", Type: facts.Text}
	events["actor_kind"] = facts.Column{Name: "actor_kind", Type: facts.Text}

	return map[string]statementCase{
		"tickets of their events": {
			relation: facts.Relation{
				Table: "desk.events", Where: "NOT private", Columns: events, Dimensions: []facts.Dimension{{Name: "team", Columns: []string{"team"}}},
				Events: &facts.Events{
					Created: []string{"created"}, Reply: []string{"reply", "e-mail"}, Resolved: []string{"solved", "closed"}, Reopened: []string{"reopened"},
					Agents: []string{"agent"},
				},
			},
			needs: []facts.Need{{Cube: &facts.Cube{
				Time: "first_response_at", Bounds: []time.Time{day(1), day(30)},
				Sums: []facts.Sum{{Kind: facts.SumOf, Of: facts.Expr{Role: "first_response_at", Since: "created_at"}}},
			}}},
			future: day(31), primary: "created_at",
		},
		"stretches of tickets of their events": {
			relation: facts.Relation{
				Table: "desk.events", Columns: events, Dimensions: []facts.Dimension{{Name: "team", Columns: []string{"team"}}},
				Events: &facts.Events{Created: []string{"created"}, Reply: []string{"reply"}, Resolved: []string{"solved"}, Reopened: []string{"reopened"}},
			},
			needs: []facts.Need{{Cube: &facts.Cube{
				Time: "created_at", Stretches: true, Bounds: []time.Time{{}, day(30)},
				Outcomes: []facts.Outcome{{Role: "open_since", Bounds: []time.Time{day(30)}}, {Role: "open_until", Bounds: []time.Time{day(30)}}},
			}}},
			future: day(31), primary: "created_at",
		},
		"customers who come again in time": {
			relation: facts.Relation{Table: "orders", Where: "NOT is_test", Columns: orders, Dimensions: []facts.Dimension{{Name: "country", Columns: []string{"country"}}}},
			needs: []facts.Need{
				{Returns: &facts.Returns{Subject: "customer_id", Time: "ordered_at", Weight: "amount", Within: 48 * time.Hour, Bounds: []time.Time{day(1), day(20)}}},
				{Returns: &facts.Returns{Subject: "customer_id", Time: "ordered_at", Weight: "amount", Within: 48 * time.Hour, Bounds: []time.Time{day(10), day(20)}}},
			},
			primary: "ordered_at",
		},
		"histories of customers": {
			relation: facts.Relation{Table: "orders", Where: "NOT is_test", Columns: orders, Dimensions: []facts.Dimension{{Name: "country", Columns: []string{"country"}}}},
			needs:    []facts.Need{{Histories: &totals}, {Histories: &patterns}},
			future:   day(31).Add(time.Hour), primary: "ordered_at",
		},
		"scores of several windows in one pass": {
			relation: facts.Relation{
				Table: `sales.survey answers`, Where: "NOT is_test", Columns: survey,
				Dimensions: []facts.Dimension{{Name: "region", Columns: []string{"region"}}, {Name: "region,plan", Columns: []string{"region", "plan"}}},
			},
			needs:  []facts.Need{scores(day(20), day(27)), scores(day(13), day(20)), scores(day(1), day(27))},
			future: day(28), primary: "responded_at",
		},
		"durations across a change of clocks": {
			relation: facts.Relation{Query: "SELECT * FROM tickets -- all of them", Columns: tickets},
			needs: []facts.Need{{Cube: &facts.Cube{
				Time: "created_at", Bounds: []time.Time{{}, day(30)},
				Outcomes: []facts.Outcome{{Role: "resolved_at", Bounds: []time.Time{day(30)}}},
				Keys:     []facts.Key{{Expr: facts.Expr{Role: "resolved_at", Since: "created_at"}, Bucket: true}},
				Sums: []facts.Sum{
					{Kind: facts.SumOf, Of: facts.Expr{Role: "resolved_at", Since: "created_at"}},
					{Kind: facts.SumWithin, Of: facts.Expr{Role: "resolved_at", Since: "created_at"}, Limit: 14400},
					{Kind: facts.SumEpoch, Of: facts.Expr{Role: "created_at"}},
					{Kind: facts.MinEpoch, Of: facts.Expr{Role: "created_at"}},
				},
			}}},
			primary: "created_at",
		},
		"tickets told apart by conditions": {
			relation: facts.Relation{Table: "tickets", Columns: tickets},
			needs: []facts.Need{{Cube: &facts.Cube{
				Time: "due_at", Planned: true, Bounds: []time.Time{day(1), day(30), day(31)},
				Outcomes: []facts.Outcome{{Role: "created_at", Bounds: []time.Time{day(30)}, Early: true}},
				Sums: []facts.Sum{
					{Kind: facts.SumWhere},
					{Kind: facts.SumWhere, Where: facts.Ranges{
						{Of: facts.Expr{Role: "resolved_at", Since: "due_at"}, From: math.Inf(-1)},
						{Of: facts.Expr{Role: "resolved_at", Since: "created_at"}, From: math.Inf(-1), To: -1e-6, Not: true},
						{Of: facts.Expr{Role: "replies"}, From: 1, To: 1},
					}},
					{Kind: facts.SumWhere, Where: facts.Ranges{
						{Of: facts.Expr{Since: "created_at", Until: day(30)}, From: 1e-6, To: math.Inf(1)},
						{Of: facts.Expr{Since: "resolved_at", Until: day(30)}, From: 1e-6, To: math.Inf(1), Not: true},
					}},
				},
			}}},
			future: day(30), primary: "created_at",
		},
		"ages of what still stands": {
			relation: facts.Relation{Table: "tickets", Columns: tickets},
			needs: []facts.Need{
				{Cube: &facts.Cube{Time: "created_at", Bounds: []time.Time{{}, day(30)}}},
				{Cube: &facts.Cube{
					Time: "created_at", Bounds: []time.Time{{}, day(30)}, Standing: facts.Standing{Role: "resolved_at", At: day(30)},
					Keys: []facts.Key{{Expr: facts.Expr{Since: "created_at", Until: day(30)}, Bucket: true}},
				}},
			},
			future: day(30), primary: "created_at",
		},
		"business hours row by row": {
			relation: facts.Relation{
				Table: "tickets", Where: "NOT is_test", Columns: withTimes(text("team"), berlin(t)),
				Dimensions: []facts.Dimension{{Name: "team", Columns: []string{"team"}}},
			},
			needs:  businessWeeks(office(berlin(t))),
			future: day(28), primary: "created_at",
		},
		"what has not ended ends with the window": {
			relation: facts.Relation{Table: "tickets", Columns: withTimes(text(), berlin(t))},
			needs: []facts.Need{{Cube: &facts.Cube{
				Time: "created_at", Bounds: []time.Time{day(20), day(27)},
				Outcomes: []facts.Outcome{{Role: "resolved_at", Bounds: []time.Time{day(30)}}},
				Keys:     []facts.Key{{Expr: facts.Expr{Role: "resolved_at", Since: "created_at", Until: day(30)}, Bucket: true}},
			}}},
			primary: "created_at",
		},
		"customers as subjects": {
			relation: facts.Relation{Table: "subscriptions", Columns: subs, Dimensions: []facts.Dimension{{Name: "plan", Columns: []string{"plan"}}}},
			needs: []facts.Need{{Subjects: &facts.Subjects{
				Subject: "customer_id", Start: "started_at", End: "ended_at", Weight: "mrr",
				Points:      []facts.Point{{At: day(1)}, {At: day(31)}, {Hi: day(1)}},
				Attribution: []int{0, 1},
				Moments:     []int{1},
			}}},
			primary: "started_at",
		},
		"who stays from one instant to the next": {
			relation: facts.Relation{Table: "subscriptions", Columns: subs, Dimensions: []facts.Dimension{{Name: "plan", Columns: []string{"plan"}}}},
			needs: []facts.Need{{Stays: &facts.Stays{
				Subject: "customer_id", Start: "started_at", End: "ended_at", Grace: 24 * time.Hour,
				Instants: []time.Time{day(1), day(8), day(11), day(21)},
			}}},
			primary: "started_at",
		},
		"customers who were on trial first": {
			relation: facts.Relation{Table: "subscriptions", Columns: subs},
			needs: []facts.Need{{Subjects: &facts.Subjects{
				Subject: "customer_id", Start: "started_at", End: "ended_at", Trial: "trial_ends_at",
				Points: []facts.Point{{At: day(31)}, {At: day(31), Until: day(20)}, {Lo: day(1), Hi: day(31)}, {Hi: day(1)}},
			}}},
			primary: "started_at",
		},
		"customers by what became of their rows": {
			relation: facts.Relation{Table: "subscriptions", Columns: subs},
			needs: []facts.Need{{Subjects: &facts.Subjects{
				Subject: "customer_id", Start: "started_at", Amount: "mrr", Repeated: true,
				Points: []facts.Point{{Lo: day(1), Hi: day(31), Least: 3}, {Lo: day(1), Hi: day(31), Least: 1, Where: facts.Ranges{
					{Of: facts.Expr{Role: "ended_at", Since: "started_at"}, From: 0, To: 86400, Not: true},
				}}},
				Amounts: []int{0},
			}}},
			primary: "started_at",
		},
		"last answers of respondents": {
			relation: facts.Relation{Table: "answers", Columns: survey, Dimensions: []facts.Dimension{{Name: "plan", Columns: []string{"plan"}}}},
			needs: []facts.Need{{Subjects: &facts.Subjects{
				Subject: "respondent_id", Start: "responded_at",
				Points:      []facts.Point{{Lo: day(1), Hi: day(8)}, {Lo: day(8), Hi: day(15)}},
				Attribution: []int{0, 1},
				Last: facts.Code{Of: "score", Bands: []facts.Band{
					{Code: 3, From: 9, To: 10}, {Code: 1, From: 0, To: 6}, {Code: 2, From: 0, To: 10},
				}},
			}}},
			primary: "responded_at",
		},
		"amounts of customers by currency": {
			relation: facts.Relation{Table: "subscriptions", Columns: subs, Dimensions: []facts.Dimension{{Name: "plan", Columns: []string{"plan"}}}},
			needs: []facts.Need{{Subjects: &facts.Subjects{
				Subject: "customer_id", Start: "started_at", End: "ended_at", Weight: "mrr", Amount: "mrr", Unit: "currency",
				Points:      []facts.Point{{At: day(1)}, {At: day(31)}, {At: day(31), Until: day(20)}, {At: day(1), Ended: day(31), Of: "currency", Words: []string{"EUR", "US DOLLAR"}}, {Hi: day(1), Least: 1}},
				Attribution: []int{0, 1},
				Amounts:     []int{0, 1},
				Pairs:       []facts.Pair{{From: 0, To: 1}},
			}}},
			primary: "started_at",
		},
	}
}

func TestWordsThatCouldLeaveTheirLiteralAreRefused(t *testing.T) {
	t.Parallel()
	for _, word := range []string{"it's", `back\\slash`, "lower", "a;b", "ZOË"} {
		_, err := facts.NewPlan(facts.Options{}, []facts.Need{{Subjects: &facts.Subjects{
			Subject: "customer_id", Start: "started_at", End: "ended_at",
			Points: []facts.Point{{At: day(1), Of: "end_reason", Words: []string{"FRAUD", word}}},
		}}})
		if err == nil {
			t.Errorf("%q is accepted", word)
		}
	}
}

func office(zone *time.Location) *calendar.Hours {
	week := map[time.Weekday][]calendar.Range{}
	for d := time.Monday; d <= time.Friday; d++ {
		week[d] = []calendar.Range{{From: 9 * 60, To: 17 * 60}}
	}
	return calendar.NewHours("office", zone, week, nil)
}

// withTimes adds the instants of tickets to columns: one with a zone, one
// without.
func withTimes(columns map[facts.Role]facts.Column, zone *time.Location) map[facts.Role]facts.Column {
	columns["created_at"] = facts.Column{Name: "opened", Type: facts.Naive, Zone: zone}
	columns["resolved_at"] = facts.Column{Name: "solved", Type: facts.Instant}
	return columns
}

func businessHours(role facts.Role, h *calendar.Hours, lo, hi time.Time) facts.Need {
	d := facts.Expr{Role: role, Since: "created_at", Hours: h}
	return facts.Need{Cube: &facts.Cube{
		Time: role, Bounds: []time.Time{lo, hi},
		Keys: []facts.Key{{Expr: d, Bucket: true}},
		Sums: []facts.Sum{{Kind: facts.SumOf, Of: d}, {Kind: facts.SumSquare, Of: d}, {Kind: facts.SumWithin, Of: d, Limit: 3600}},
	}}
}

func TestStatementGolden(t *testing.T) {
	t.Parallel()
	for name, c := range statementCases(t) {
		for _, driver := range []string{"postgres", "mysql", "sqlite"} {
			t.Run(name+"/"+driver, func(t *testing.T) {
				t.Parallel()
				d, err := facts.For(driver)
				if err != nil {
					t.Fatal(err)
				}
				r := c.relation
				if driver == "sqlite" {
					r.Columns = asSQLite(r.Columns)
				}
				if r, err = facts.Fold(d, r); err != nil {
					t.Fatal(err)
				}
				plan, err := facts.NewPlan(facts.Options{Limit: 50000, Future: c.future, Primary: c.primary}, c.needs)
				if err != nil {
					t.Fatal(err)
				}
				statements, err := plan.Statements(d, r)
				if err != nil {
					t.Fatal(err)
				}
				var got strings.Builder
				for _, st := range statements {
					got.WriteString(st.SQL + ";\n")
				}
				golden := filepath.Join("testdata", strings.ReplaceAll(name, " ", "_")+"."+driver+".sql")
				if *update {
					if err := os.WriteFile(golden, []byte(got.String()), 0o600); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(golden)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(string(want), got.String()); diff != "" {
					t.Errorf("statement (-want +got):\n%s", diff)
				}
			})
		}
	}
}

// asSQLite is what SQLite would say of the same columns.
func asSQLite(columns map[facts.Role]facts.Column) map[facts.Role]facts.Column {
	out := map[facts.Role]facts.Column{}
	for role, c := range columns {
		switch c.Type {
		case facts.Instant, facts.Naive, facts.Date:
			c.Type = facts.TextTime
		}
		out[role] = c
	}
	return out
}

func TestManyWindowsOfOneTimeColumnAreOneStatement(t *testing.T) {
	t.Parallel()
	var needs []facts.Need
	for lo := 1; lo < 27; lo++ {
		needs = append(needs, scores(day(lo), day(27)))
		needs = append(needs, facts.Need{Cube: &facts.Cube{Time: "responded_at", Bounds: []time.Time{day(lo), day(27)}}})
	}
	plan, err := facts.NewPlan(facts.Options{Limit: 1}, needs)
	if err != nil {
		t.Fatal(err)
	}
	d, _ := facts.For("postgres")
	c := statementCases(t)["scores of several windows in one pass"]
	statements, err := plan.Statements(d, c.relation)
	if err != nil {
		t.Fatal(err)
	}
	if len(statements) != 1 {
		t.Errorf("%d statements, want 1", len(statements))
	}
}

func TestAWindowOfOneIntervalGroupsByNoPosition(t *testing.T) {
	t.Parallel()
	q := openSQLite(t)
	r := answers(t, q, 100, facts.Unix)
	r.Dimensions = nil
	d, _ := facts.For("sqlite")
	need := facts.Need{Cube: &facts.Cube{Time: "responded_at", Bounds: []time.Time{day(2), day(20)}}}
	for _, empty := range []bool{false, true} {
		if empty {
			q.exec(t, "DELETE FROM answers")
		}
		plan, err := facts.NewPlan(facts.Options{Limit: 10}, []facts.Need{need})
		if err != nil {
			t.Fatal(err)
		}
		a, err := plan.Read(t.Context(), facts.Target{Dialect: d, Relation: r, Querier: q, Memory: &facts.Memory{}})
		if err != nil {
			t.Fatal(err)
		}
		var n, want float64
		a.View(kpi.Segment{}).Cells(need.Cube, day(2), day(20), func(c facts.Cell) { n += c.N() })
		if err := q.db.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM answers WHERE at >= ? AND at < ?", day(2).Unix(), day(20).Unix()).Scan(&want); err != nil {
			t.Fatal(err)
		}
		if n != want {
			t.Errorf("%v rows, want %v", n, want)
		}
	}
}

func businessWeeks(h *calendar.Hours) []facts.Need {
	return []facts.Need{
		businessHours("resolved_at", h, day(20), day(27)), businessHours("resolved_at", h, day(13), day(20)),
		// One of its own stays with the database.
		{Cube: &facts.Cube{Time: "resolved_at", Bounds: []time.Time{day(20), day(27)}}},
	}
}
