package exporter_test

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/cx-exporter/cx-exporter/collectors"
	"github.com/cx-exporter/cx-exporter/config"
	"github.com/cx-exporter/cx-exporter/internal/exporter"
	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
	"github.com/cx-exporter/cx-exporter/internal/source"
	"github.com/cx-exporter/cx-exporter/internal/testdb"
)

var (
	clvScale          = flag.Bool("clv-scale", false, "run the benchmark of the predictive lifetime value")
	clvScaleCustomers = flag.Int("clv-scale-customers", 1_000_000, "customers of that benchmark")
)

// TestCLVScale measures what the predictive lifetime value of a million
// customers costs: the database its one statement, and this process the fit and
// its memory.
func TestCLVScale(t *testing.T) {
	if !*clvScale {
		t.Skip("a benchmark of minutes: make bench-clv, or -clv-scale")
	}
	server := testdb.StartPostgres(t, "shared_buffers=512MB", "work_mem=256MB", "max_wal_size=4GB")
	db := server.New(t)
	begun := time.Now()
	// A customer's rate and taste come from its number; purchases end with a
	// chance that is the customer's own too.
	db.Exec(t,
		`CREATE TABLE orders (customer_id int NOT NULL, ordered_at timestamptz NOT NULL, amount numeric(10,2))`,
		fmt.Sprintf(`INSERT INTO orders SELECT c.id,
			timestamptz '2026-09-01 00:00:00+00' - c.age * interval '1 day' + (c.age * power(random(), 1 + c.leaves)) * (CASE WHEN n = 1 THEN 0 ELSE 1 END) * interval '1 day',
			round((c.spends * (0.4 + 1.2 * random()))::numeric, 2)
		FROM (SELECT g AS id, 1 + random() * 1094 AS age, -ln(1 - random()) AS rate, 4 * random() AS leaves, exp(3 + 0.6 * sqrt(-2 * ln(1 - random())) * cos(6.283185 * random())) AS spends FROM generate_series(1, %d) AS g) AS c,
			LATERAL generate_series(1, 1 + floor(c.rate * c.age / 300 * -ln(1 - random()))::int) AS n`, *clvScaleCustomers),
		`VACUUM (ANALYZE, FREEZE) orders`)
	var orders int
	if err := db.DB.QueryRowContext(t.Context(), "SELECT count(*) FROM orders").Scan(&orders); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d orders of %d customers loaded in %.0f s", orders, *clvScaleCustomers, time.Since(begun).Seconds())

	k := clvKPI(t)
	src, err := source.Open(source.Options{
		Name: "bench", Driver: source.Postgres, DSN: func() (string, error) { return db.DSN, nil }, MaxConnections: 1,
	}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = src.Close() })
	c := config.Collector{
		Name: "bench", Sources: []string{"bench"}, Entity: "orders", RowBudget: 50_000,
		Relation: facts.Relation{Table: "orders"}, KPIs: []collectors.KPI{k},
	}
	e := exporter.NewEvaluator(config.Global{Zone: time.UTC, Confidence: 0.95, MaxSegments: 50}, c, []*source.DB{src})
	at := time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()

	plan, err := facts.NewPlan(facts.Options{Limit: c.RowBudget, Primary: "ordered_at"}, k.Needs(kpi.Span{Hi: at, At: at}))
	if err != nil {
		t.Fatal(err)
	}
	statements, err := plan.Statements(dialectOf(t, src), resolvedOrders())
	if err != nil || len(statements) != 1 {
		t.Fatalf("%d statements, %v", len(statements), err)
	}
	begun = time.Now()
	if _, err := db.DB.ExecContext(ctx, statements[0].SQL); err != nil {
		t.Fatal(err)
	}
	asked := time.Since(begun)

	begun = time.Now()
	snapshots, err := e.At(ctx, at)
	if err != nil {
		t.Fatal(err)
	}
	whole := time.Since(begun)
	for _, s := range snapshots[0].Series {
		if s.Stat == "value" || s.Stat == "customers" {
			t.Logf("%s = %v in [%v, %v]", s.Metric, s.Value, s.Lower, s.Upper)
		}
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	t.Logf("%d statement, %d rows; the statement by itself %.1f s, the whole evaluation %.1f s, so fold and fit about %.1f s; memory at most %d MB resident, %d MB from the system; %d processors",
		snapshots[0].Statements, snapshots[0].Rows, asked.Seconds(), whole.Seconds(), (whole - asked).Seconds(), residentPeak()>>20, m.Sys>>20, runtime.NumCPU())
	if whole-asked > 20*time.Second {
		t.Error("fold and fit take more than 20 s")
	}
	if residentPeak() > 300<<20 {
		t.Error("takes more than 300 MB")
	}
	if snapshots[0].Statements != 1 {
		t.Errorf("%d statements, want 1: the steps are too fine for the budget", snapshots[0].Statements)
	}
}

func clvKPI(t *testing.T) collectors.KPI {
	t.Helper()
	k, err := kpiCase{kind: "clv", params: "{method: bgnbd, discount: 0.1, holdout: 0}"}.kpi("orders", map[facts.Role]bool{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func dialectOf(t *testing.T, db *source.DB) facts.Dialect {
	t.Helper()
	d, err := facts.For(db.Driver())
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// resolvedOrders is the relation as the database describes it.
func resolvedOrders() facts.Relation {
	return facts.Relation{Table: "orders", Columns: map[facts.Role]facts.Column{
		"customer_id": {Name: "customer_id", Type: facts.Integer},
		"ordered_at":  {Name: "ordered_at", Type: facts.Instant},
		"amount":      {Name: "amount", Type: facts.Decimal},
	}}
}

// residentPeak is the most memory that this process ever had, 0 where the system
// does not say.
func residentPeak() uint64 {
	f, err := os.Open("/proc/self/status")
	if err != nil {
		return 0
	}
	defer func() { _ = f.Close() }()
	for s := bufio.NewScanner(f); s.Scan(); {
		var kb uint64
		if rest, ok := strings.CutPrefix(s.Text(), "VmHWM:"); ok {
			if _, err := fmt.Sscan(rest, &kb); err == nil {
				return kb << 10
			}
		}
	}
	return 0
}
