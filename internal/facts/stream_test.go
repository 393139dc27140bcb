package facts_test

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// tickets fills a table of tickets: created on Tuesday 3 March 2026 at hours of
// the day, resolved some hours later; NULL where that is below zero.
func tickets(t *testing.T, q *querier, teams int, rows ...[2]int) facts.Relation {
	t.Helper()
	q.exec(t, "CREATE TABLE tickets (created_at INTEGER, resolved_at INTEGER, team TEXT)")
	for i, r := range rows {
		created := day(3).Add(time.Duration(r[0]) * time.Hour)
		var resolved any
		if r[1] > -100 {
			resolved = created.Add(time.Duration(r[1]) * time.Hour).Unix()
		}
		q.exec(t, "INSERT INTO tickets VALUES (?, ?, ?)", created.Unix(), resolved, fmt.Sprint("team-", i%teams))
	}
	return facts.Relation{
		Table: "tickets",
		Columns: map[facts.Role]facts.Column{
			"created_at": {Name: "created_at", Type: facts.Unix}, "resolved_at": {Name: "resolved_at", Type: facts.Unix},
			"dimension team": {Name: "team", Type: facts.Text},
		},
		Dimensions: []facts.Dimension{{Name: "team", Columns: []string{"team"}}},
	}
}

func readPlan(t *testing.T, q *querier, r facts.Relation, o facts.Options, needs ...facts.Need) (*facts.Answer, error) {
	t.Helper()
	plan, err := facts.NewPlan(o, needs)
	if err != nil {
		t.Fatal(err)
	}
	d, _ := facts.For("sqlite")
	return plan.Read(t.Context(), facts.Target{Dialect: d, Relation: r, Querier: q, Memory: &facts.Memory{}})
}

// totals adds up a cube of businessHours.
func totals(f facts.Facts, c *facts.Cube, lo, hi time.Time) (n, sum, squares, within float64) {
	f.Cells(c, lo, hi, func(x facts.Cell) {
		if _, ok := x.Bucket(0); !ok {
			return
		}
		n += x.N()
		sum += x.Sum(0)
		squares += x.Sum(1)
		within += x.Sum(2)
	})
	return n, sum, squares, within
}

func TestAStreamIsFoldedIntoCells(t *testing.T) {
	t.Parallel()
	q := openSQLite(t)
	r := tickets(t, q, 2,
		[2]int{10, 1},    // team 0: one hour
		[2]int{16, 20},   // team 1: 16:00 to 12:00: 1 + 3 hours
		[2]int{18, 10},   // team 0: wholly outside: none
		[2]int{12, -1},   // ends before it starts
		[2]int{10, -200}, // open
		[2]int{9, 24 * 30},
		[2]int{-24 * 300, 24*300 + 4}, // created long before, closed hours: counted from then
	)
	need := businessHours("resolved_at", office(time.UTC), day(1), day(15))
	a, err := readPlan(t, q, r, facts.Options{Limit: 5, Primary: "created_at"}, need)
	if err != nil {
		t.Fatal(err)
	}
	if a.Statements != 1 || a.Rows != 5 {
		t.Errorf("%d statements read %d rows, want 1 and 5", a.Statements, a.Rows)
	}
	if got := a.Rejected(); got[facts.RejectedEndBeforeStart] != 1 || len(got) != 1 {
		t.Errorf("rejected %v", got)
	}
	n, sum, squares, within := totals(a.View(kpi.Segment{}), need.Cube, day(1), day(15))
	// 7 May 2025 to 3 March 2026 are 43 weeks, less Tuesday: 8 hours on 214 days.
	long := 0.0
	for d := day(3).AddDate(0, 0, -300); d.Before(day(3)); d = d.AddDate(0, 0, 1) {
		if d.Weekday() != time.Saturday && d.Weekday() != time.Sunday {
			long += 8 * 3600
		}
	}
	if n != 4 || sum != 5*3600+long || squares != 17*3600*3600+long*long || within != 2 {
		t.Errorf("%v rows, sum %v, squares %v, within %v; long %v", n, sum, squares, within, long)
	}
	n, sum, _, _ = totals(a.View(kpi.Segment{Dimension: "team", Value: "team-1"}), need.Cube, day(1), day(15))
	if n != 1 || sum != 4*3600 {
		t.Errorf("team 1: %v rows, sum %v", n, sum)
	}
	if want := day(4).Add(12 * time.Hour); !a.Newest().Equal(want) {
		t.Errorf("newest %s, want %s", a.Newest(), want)
	}
}

func TestRowsOfAStreamAreNotLimitedButItsCellsAre(t *testing.T) {
	t.Parallel()
	q := openSQLite(t)
	rows := make([][2]int, 0, 200)
	for range 200 {
		rows = append(rows, [2]int{10, 1})
	}
	r := tickets(t, q, 100, rows...)
	need := businessHours("resolved_at", office(time.UTC), day(1), day(15))
	if _, err := readPlan(t, q, r, facts.Options{Limit: 60}, need); err != nil {
		t.Errorf("200 rows in 101 cells, of which 120 are allowed: %v", err)
	}
	_, err := readPlan(t, q, r, facts.Options{Limit: 40}, need)
	var budget *facts.BudgetError
	if !errors.As(err, &budget) {
		t.Errorf("101 cells, of which 80 are allowed: %v", err)
	}
}

func TestWhatHasNotEndedEndsWithTheWindow(t *testing.T) {
	t.Parallel()
	q := openSQLite(t)
	r := tickets(t, q, 1, [2]int{0, 10}, [2]int{0, 30}, [2]int{4, -200}, [2]int{0, -1})
	until := day(4)
	for name, hours := range map[string]facts.Expr{
		"by the database": {Role: "resolved_at", Since: "created_at", Until: until},
		"row by row":      {Role: "resolved_at", Since: "created_at", Until: until, Hours: office(time.UTC)},
	} {
		cube := &facts.Cube{
			Time: "created_at", Bounds: []time.Time{day(3), day(4)},
			Outcomes: []facts.Outcome{{Role: "resolved_at", Bounds: []time.Time{until}}},
			Keys:     []facts.Key{{Expr: hours, Bucket: true}},
		}
		a, err := readPlan(t, q, r, facts.Options{Limit: 50}, facts.Need{Cube: cube})
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]float64{"ended after 10 h": 1, "open for 24 h": 1, "open for 20 h": 1}
		if hours.Hours != nil {
			want = map[string]float64{"ended after 1 h": 1, "open for 8 h": 2}
		}
		got := map[string]float64{}
		a.View(kpi.Segment{}).Cells(cube, day(3), day(4), func(c facts.Cell) {
			index, ok := c.Bucket(0)
			state := "open for"
			if c.Before(0, until) {
				state = "ended after"
			}
			got[fmt.Sprintf("%s %.0f h%s", state, math.Exp(0.0200006667*(float64(index)+0.5))/3600, strings.Repeat("?", map[bool]int{false: 1}[ok]))] += c.N()
		})
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: got %v, want %v", name, got, want)
		}
	}
}

func TestWhatAStreamCannotDo(t *testing.T) {
	t.Parallel()
	h := office(time.UTC)
	inHours := facts.Expr{Role: "resolved_at", Since: "created_at", Hours: h}
	for want, c := range map[string]*facts.Cube{
		"the sum of score stands beside business hours, but is not of them": {
			Keys: []facts.Key{{Expr: inHours, Bucket: true}}, Sums: []facts.Sum{{Of: facts.Expr{Role: "score"}}},
		},
		"what still stands by created_at is counted by the database, not in business hours": {
			Time: "created_at", Standing: facts.Standing{Role: "resolved_at", At: day(1)}, Keys: []facts.Key{{Expr: inHours, Bucket: true}},
		},
		"business hours need two instants and a log-bucket, not seconds of office from created_at to resolved_at": {
			Keys: []facts.Key{{Expr: inHours}},
		},
		"of business hours there is no earliest seconds of office from created_at to resolved_at": {
			Sums: []facts.Sum{{Kind: facts.MinEpoch, Of: inHours}},
		},
	} {
		if _, err := facts.NewPlan(facts.Options{}, []facts.Need{{Cube: c}}); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	if got := facts.Calendars([]facts.Need{businessHours("resolved_at", h, day(1), day(2)), {Listing: &facts.Listing{}}}); len(got) != 1 || got[0] != h {
		t.Errorf("calendars %v", got)
	}
}
