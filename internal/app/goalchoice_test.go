package app_test

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/testdb"
)

// takings is a collector of money with two goals, of which one chooses no currency.
const takings = `
  - name: shop
    source: db
    table: orders
    entity: orders
    columns: {currency: currency}
    windows: [30d]
    interval: 5s
    timeout: 5s
    kpis: [revenue]
goals:
  - {name: any-money, type: keep, collector: shop, kpi: revenue, target: 3000}
  - {name: euros, type: keep, collector: shop, kpi: revenue, target: 3000, labels: {currency: EUR}}
`

// As long as there is one currency, a goal need not choose it. With a second one it
// is not judged, says what to choose from, and keeps the verdict that it has.
func TestAGoalOnSeveralSeriesIsNotJudged(t *testing.T) {
	t.Parallel()
	db := testdb.SQLite(t)
	db.Exec(t, "CREATE TABLE orders (customer_id INTEGER, ordered_at TIMESTAMP NOT NULL, amount NUMERIC, currency TEXT)")
	var rows []string
	for hours := range 100 * 24 {
		rows = append(rows, fmt.Sprintf("(%d, '%s', 10, 'eur')", hours, ago(time.Duration(hours)*time.Hour)))
	}
	db.Exec(t, "INSERT INTO orders VALUES "+strings.Join(rows, ", "))
	state := filepath.Join(t.TempDir(), "goals.json")
	r := start(t, cx(source(db), takings), func(s *settings) { s.state = state })
	both := func(any, choices string) func(page) error {
		return func(p page) error {
			euros, _ := status(p, "euros")
			got, _ := status(p, "any-money")
			n, some := p.value("cx_goal_choices", "goal=any-money")
			if shown := fmt.Sprint(n, some); euros != "on_track" || got != any || shown != choices {
				return fmt.Errorf("euros is %q, any-money is %q with %s choices", euros, got, shown)
			}
			return nil
		}
	}
	r.until("one currency is judged", both("on_track", "0 true"))
	db.Exec(t, "INSERT INTO orders SELECT customer_id, ordered_at, amount, 'usd' FROM orders WHERE customer_id = 100")
	p := r.until("two are not", both("no_data", "2 true"))
	if v, ok := p.value("cx_goal_standing_code", "goal=any-money"); !ok || v != 6 {
		t.Errorf("the verdict that stands is %v, %v; want on track, 6", v, ok)
	}
	if _, ok := p.value("cx_goal_value", "goal=any-money"); ok {
		t.Error("a goal that chooses no currency has a value")
	}
	line := r.logged("the labels of a goal do not choose one series of its KPI", "goal=any-money", "cx.yml:", "for currency EUR and USD; choose one, such as labels: {currency: EUR}")
	r.until("another run", func(p page) error {
		if n, _ := p.value("cx_collector_runs_total", "collector=shop"); n < 4 {
			return fmt.Errorf("there were %v", n)
		}
		return nil
	})
	if n := len(r.log.lines("do not choose one series")); n != 1 {
		t.Errorf("the log has it %d times, first in %s", n, line)
	}
	var goals struct {
		Goals []struct {
			Goal    string
			Status  string
			Stands  *string
			Doubt   *string
			Choices []map[string]string
		}
	}
	if _, text := r.get("/api/v1/goals?goal=any-money"); json.Unmarshal([]byte(text), &goals) != nil || len(goals.Goals) != 1 {
		t.Fatalf("the API says %s", text)
	}
	g := goals.Goals[0]
	if g.Stands == nil || *g.Stands != "on_track" || g.Doubt == nil || *g.Doubt != "ambiguous" || fmt.Sprint(g.Choices) != "[map[currency:EUR] map[currency:USD]]" {
		t.Errorf("the API says %+v", g)
	}
	_, board := r.get("/")
	for _, want := range []string{"cannot be judged: several values fit it, for currency EUR and USD; choose one, such as labels: {currency: EUR}.", "The last verdict stands: on track since"} {
		if !strings.Contains(board, want) {
			t.Errorf("the board does not say %q:\n%s", want, board)
		}
	}
	// After a restart it is known from the start on.
	db.Exec(t, "DROP TABLE orders")
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
	again := start(t, cx(source(db), takings), func(s *settings) { s.state = state })
	again.until("the choice is kept", both("no_data", "2 true"))
}
