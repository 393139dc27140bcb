package demo_test

import (
	"database/sql"
	"flag"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cx-exporter/cx-exporter/collectors"
	"github.com/cx-exporter/cx-exporter/config"
	"github.com/cx-exporter/cx-exporter/internal/app"
	"github.com/cx-exporter/cx-exporter/internal/demo"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

var update = flag.Bool("update", false, "write the example's configuration anew")

// TestTheExampleIsWhatTheDemoRuns keeps the embedded configuration and the one
// that people read the same: a package cannot embed a file outside of it.
func TestTheExampleIsWhatTheDemoRuns(t *testing.T) {
	t.Parallel()
	path := filepath.Join("..", "..", "examples", "demo", "cx.yml")
	if *update {
		if err := os.WriteFile(path, demo.Config(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	example, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(demo.Config()), string(example)); diff != "" {
		t.Errorf("examples/demo/cx.yml differs from internal/demo/cx.yml; run the tests of this package with -update:\n%s", diff)
	}
}

// load reads the demo's configuration over a database.
func load(t *testing.T, path string) *config.Config {
	t.Helper()
	c, err := config.LoadBytes("cx.yml", demo.Config(), func(name string) (string, bool) {
		return path, name == demo.PathVariable
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestTheDemoShowsEveryEntityAndKPI(t *testing.T) {
	t.Parallel()
	entities, kpis := map[string]bool{}, map[string]bool{}
	for _, c := range load(t, "unused.db").Collectors {
		entities[c.Entity] = true
		for _, k := range c.KPIs {
			kpis[k.Desc().Name] = true
		}
	}
	for _, e := range collectors.Entities() {
		// Events are another way to hold what the demo holds as tickets.
		if !entities[e.Name] && e.Name != collectors.EntityTicketEvents {
			t.Errorf("no collector has the entity %s", e.Name)
		}
	}
	for _, d := range collectors.Catalogue() {
		if !d.Repeatable && !kpis[d.Name] {
			t.Errorf("no collector has the KPI %s", d.Name)
		}
	}
}

// TestTheDemoGivesEveryKPI runs the whole of the exporter over the company, and
// compares some of what comes out with what plain SQL says.
func TestTheDemoGivesEveryKPI(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 7, 15, 13, 20, 0, 0, time.UTC)
	path := filepath.Join(t.TempDir(), "demo.db")
	if err := demo.Build(t.Context(), path, now, demo.Options{Customers: 1500, Years: 1}); err != nil {
		t.Fatal(err)
	}
	set, err := app.Build(load(t, path), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer set.Close()

	type key struct{ collector, metric, window string }
	values := map[key]float64{}
	rejected := map[string]bool{}
	for _, c := range set.Collectors {
		snapshot, err := c.Evaluator.Now(t.Context(), now)
		if err != nil {
			t.Fatalf("%s: %v", c.Config.Name, err)
		}
		defined := map[string]bool{}
		for _, s := range snapshot.Series {
			if !s.Defined {
				continue
			}
			defined[s.KPI] = true
			if s.Segment.IsTotal() && !slices.ContainsFunc(s.Labels, func(l kpi.Label) bool { return l.Value == "USD" }) {
				values[key{c.Config.Name, s.Metric, s.Window}] = s.Value
			}
		}
		for _, k := range c.Config.KPIs {
			if name := k.Desc().Name; !defined[name] {
				t.Errorf("%s: %s has no value", c.Config.Name, name)
			}
		}
		for reason := range snapshot.Rejected {
			rejected[reason] = true
		}
	}
	for _, reason := range []string{"null_score", "off_scale", "end_before_start"} {
		if !rejected[reason] {
			t.Errorf("no row is left out as %s", reason)
		}
	}

	// The window 30d begins at the same time of day, which no change of the
	// clocks moves in these weeks.
	for metric, query := range map[key]string{
		{"relationship", "cx_nps_score", "30d"}: `SELECT 100.0 * (SUM(score >= 9) - SUM(score <= 6)) / COUNT(*) FROM responses
			WHERE survey = 'nps' AND score BETWEEN 0 AND 10 AND responded_at >= '2026-06-15 13:20:00'`,
		{"satisfaction", "cx_csat_ratio", "30d"}: `SELECT AVG(score >= 4) FROM responses
			WHERE survey = 'csat' AND score BETWEEN 1 AND 5 AND responded_at >= '2026-06-15 13:20:00'`,
		{"effort", "cx_ces_mean_score", "30d"}: `SELECT AVG(score) FROM responses
			WHERE survey = 'ces' AND score BETWEEN 1 AND 7 AND responded_at >= '2026-06-15 13:20:00'`,
		{"support", "cx_backlog_tickets", "30d"}:  `SELECT COUNT(*) FROM tickets WHERE resolved_at IS NULL`,
		{"support", "cx_tickets_created", "30d"}:  `SELECT COUNT(*) FROM tickets WHERE created_at >= '2026-06-15 13:20:00' AND NOT COALESCE(resolved_at < created_at, FALSE)`,
		{"shop", "cx_revenue", "30d"}:             `SELECT SUM(amount) FROM orders WHERE currency = 'EUR' AND status <> 'cancelled' AND NOT is_test AND ordered_at >= '2026-06-15 13:20:00'`,
		{"website", "cx_conversion_ratio", "30d"}: `SELECT AVG(converted_at IS NOT NULL) FROM visits WHERE NOT is_bot AND visited_at >= unixepoch('2026-06-15 13:20:00')`,
		{"checkout", "cx_custom_checkout_reached_ratio", "30d"}: `SELECT AVG(checkout_ms IS NOT NULL) FROM carts
			WHERE created_ms >= 1000 * unixepoch('2026-06-15 13:20:00')`,
		{"calls", "cx_contacts_offered", "30d"}:         `SELECT COUNT(*) FROM contacts WHERE offered_at >= unixepoch('2026-06-15 13:20:00')`,
		{"spending", "cx_cost", "last_month"}:           `SELECT SUM(amount) FROM costs WHERE incurred_on BETWEEN '2026-06-01' AND '2026-06-30'`,
		{"subscriptions", "cx_customers_active", "30d"}: `SELECT COUNT(DISTINCT customer_id) FROM subscriptions WHERE ended_at IS NULL OR ended_at >= '2026-07-15 13:20:00'`,
		{"subscriptions", "cx_customers_lost", "30d"}: `SELECT COUNT(*) FROM (
			SELECT customer_id FROM subscriptions WHERE started_at < '2026-06-15 13:20:00' AND (ended_at IS NULL OR ended_at >= '2026-06-15 13:20:00')
			EXCEPT SELECT customer_id FROM subscriptions WHERE ended_at IS NULL OR ended_at >= '2026-07-15 13:20:00')`,
	} {
		got, ok := values[metric]
		if !ok {
			t.Errorf("%v has no value", metric)
			continue
		}
		if want := number(t, path, query); diff(got, want) > 1e-9 {
			t.Errorf("%v is %v, plain SQL says %v", metric, got, want)
		}
	}
}

// number asks the database for one number.
func number(t *testing.T, path, query string) float64 {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var n float64
	if err := db.QueryRowContext(t.Context(), query).Scan(&n); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

// diff is the relative difference of two numbers.
func diff(a, b float64) float64 { return math.Abs(a-b) / math.Max(1, math.Abs(b)) }
