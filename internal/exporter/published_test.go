package exporter_test

import (
	"encoding/csv"
	"fmt"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/calendar"
	"github.com/cx-exporter/cx-exporter/internal/exporter"
	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/testdb"
	"github.com/cx-exporter/cx-exporter/internal/testdb/oracle"
)

// dataSet reads a file of the real data with published answers, which is not
// part of the repository: it lies beside it, or where CX_DATA says.
func dataSet(t *testing.T, name string) []map[string]string {
	t.Helper()
	dir := os.Getenv("CX_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "data")
	}
	f, err := os.Open(filepath.Join(dir, name))
	if os.IsNotExist(err) || err != nil && isMissing(err) {
		t.Skipf("the data set %s is not there (set CX_DATA to its directory)", name)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	all, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var rows []map[string]string
	for _, line := range all[1:] {
		row := map[string]string{}
		for i, name := range all[0] {
			row[name] = line[i]
		}
		rows = append(rows, row)
	}
	return rows
}

func isMissing(err error) bool {
	_, ok := err.(*fs.PathError)
	return ok
}

// published is a data set in all engines.
type published struct {
	engine  *engine
	columns []column
	w       *world
}

// onEveryEngine runs a test on a relation that holds real rows.
func onEveryEngine(t *testing.T, entity, at string, columns []string, rows []oracle.Row, test func(t *testing.T, p *published)) {
	t.Helper()
	for _, name := range []string{testdb.DriverPostgres, testdb.DriverMySQL, testdb.DriverSQLite} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := openEngine(t, name)
			w := &world{
				engine: name, rng: rand.New(rand.NewPCG(1, 1)), entity: entity, zone: time.UTC,
				instants: []time.Time{moment(t, at)}, shards: 1, change: true,
				confidence: 0.95, maxSegments: 50, budget: 50_000, rows: rows,
			}
			for _, field := range columns {
				role, kind, _ := strings.Cut(field, ":")
				w.columns = append(w.columns, named{}.column(w, name, role, kind, false))
			}
			if _, err := e.load(t.Context(), w, "published"); err != nil {
				t.Fatal(err)
			}
			test(t, &published{engine: e, columns: w.columns, w: w})
		})
	}
}

// values evaluates KPIs over a window, compares them with the oracle where it
// is given, and returns them by the names that judgement uses.
func (p *published) values(t *testing.T, at, window string, dims []dimension, kpis ...kpiCase) map[string]exporter.Series {
	t.Helper()
	w := *p.w
	w.kpis, w.dims = kpis, dims
	w.instants = []time.Time{moment(t, at)}
	w.windows = []calendar.Window{windowNamed(window)}
	snapshots, err := p.engine.evaluate(t.Context(), &w, "published")
	if err != nil {
		t.Fatal(err)
	}
	if kpis[0].oracle != nil {
		for _, line := range w.judge(snapshots) {
			t.Error(line)
		}
	}
	all := map[string]exporter.Series{}
	for _, s := range snapshots[0].Series {
		all[strings.TrimSuffix(seriesID(s.KPI, "", s.Segment, s.Stat, labelText(s.Labels)), " over ")] = s
	}
	return all
}

// is checks a published number, which was rounded.
func is(t *testing.T, all map[string]exporter.Series, id string, want, rounding float64) exporter.Series {
	t.Helper()
	s, ok := all[id]
	if !ok || !s.Defined || math.Abs(s.Value-want) > rounding {
		t.Errorf("%s is %v (there: %v), published is %v", id, s.Value, ok, want)
	}
	return s
}

func TestTelcoLosesTheCustomersThatItIsKnownToLose(t *testing.T) {
	t.Parallel()
	// The file tells for how many months a customer has been one, and whether
	// that was all. So everybody begins that long before January 2020, and who
	// is lost leaves in the middle of it.
	january := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	var rows []oracle.Row
	for _, line := range dataSet(t, "telco_customer_churn.csv") {
		var tenure int
		var mrr float64
		if _, err := fmt.Sscan(line["tenure"], &tenure); err != nil {
			t.Fatal(err)
		}
		if _, err := fmt.Sscan(line["MonthlyCharges"], &mrr); err != nil {
			t.Fatal(err)
		}
		row := oracle.Row{
			"customer_id": line["customerID"], "started_at": january.AddDate(0, -tenure, -1),
			"ended_at": nil, "mrr": mrr, "contract": line["Contract"],
		}
		if line["Churn"] == "Yes" {
			row["ended_at"] = january.AddDate(0, 0, 14)
		}
		rows = append(rows, row)
	}
	contract := dimension{config: facts.Dimension{Name: "contract", Columns: []string{"contract"}}, of: func(r oracle.Row) string { return r["contract"].(string) }}
	columns := []string{"customer_id:word", "started_at:date", "ended_at:date", "mrr:decimal", "contract:word"}
	onEveryEngine(t, "subscriptions", "2020-02-01T00:00:00Z", columns, rows, func(t *testing.T, p *published) {
		base := oracle.Base{Start: "started_at", End: "ended_at"}
		all := p.values(t, "2020-02-01T00:00:00Z", "last_month", []dimension{contract},
			kpiCase{kind: "churn", params: "{}", name: "churn", oracle: oracle.Churn{Base: base}},
			kpiCase{kind: "retention", params: "{}", name: "retention", oracle: oracle.Retention{Base: base}},
			kpiCase{kind: "revenue_retention", params: "{}", name: "revenue_retention", oracle: oracle.RevenueRetention{}})
		is(t, all, "revenue_retention churn", 0.30503, 5e-6)
		is(t, all, "revenue_retention net", 1-0.30503, 5e-6)
		churn := is(t, all, "churn ratio {basis=contract}", 0.26537, 5e-6)
		if math.Abs(churn.Lower-0.2552) > 5e-5 || math.Abs(churn.Upper-0.2758) > 5e-5 || churn.Samples != 7043 {
			t.Errorf("churn is [%v, %v] of %v, published is [25.52 %%, 27.58 %%] of 7,043", churn.Lower, churn.Upper, churn.Samples)
		}
		is(t, all, "churn lost", 1869, 0)
		is(t, all, "retention kept", 7043-1869, 0)
		is(t, all, `churn ratio {basis=contract} contract="Month-to-month"`, 0.4271, 5e-5)
		is(t, all, `churn ratio {basis=contract} contract="One year"`, 0.1127, 5e-5)
		is(t, all, `churn ratio {basis=contract} contract="Two year"`, 0.0283, 5e-5)
	})
}

func TestCDNOWBuyersComeBackAsPublished(t *testing.T) {
	t.Parallel()
	var rows []oracle.Row
	for _, line := range dataSet(t, "cdnow_master_orders.csv") {
		at, err := time.Parse(time.DateOnly, line["date"])
		if err != nil {
			t.Fatal(err)
		}
		var amount float64
		if _, err := fmt.Sscan(line["amount"], &amount); err != nil {
			t.Fatal(err)
		}
		rows = append(rows, oracle.Row{"customer_id": line["customer_id"], "ordered_at": at, "amount": amount})
	}
	columns := []string{"customer_id:word", "ordered_at:date", "amount:decimal"}
	onEveryEngine(t, "orders", "1998-07-01T00:00:00Z", columns, rows, func(t *testing.T, p *published) {
		all := p.values(t, "1998-07-01T00:00:00Z", "all", nil,
			kpiCase{kind: "average_order_value", params: "{}", name: "average_order_value", oracle: oracle.AverageOrderValue{}},
			kpiCase{kind: "revenue", params: "{}", name: "revenue", oracle: oracle.Revenue{}},
			kpiCase{kind: "repeat_purchase", params: "{cohort: window}", name: "repeat_purchase", oracle: oracle.RepeatPurchase{}},
			kpiCase{kind: "purchase_frequency", params: "{}", name: "purchase_frequency", oracle: oracle.PurchaseFrequency{}})
		is(t, all, "average_order_value mean", 35.894, 5e-4)
		is(t, all, "average_order_value orders", 69659, 0)
		worth := p.values(t, "1998-07-01T00:00:00Z", "all", nil,
			kpiCase{kind: "average_order_value", params: "{zero_orders: leave_out}", name: "average_order_value", oracle: oracle.AverageOrderValue{Worth: true}})
		is(t, worth, "average_order_value orders", 69659-80, 0)
		buyers := is(t, all, "repeat_purchase buyers", 23570, 0)
		is(t, all, "repeat_purchase ratio", 0.49478, 5e-6)
		revenue := all["revenue amount"]
		if value := revenue.Value / buyers.Value; math.Abs(value-106.08) > 5e-3 {
			t.Errorf("a customer was worth %v, published is 106.08", value)
		}
		all = p.values(t, "1998-07-01T00:00:00Z", "last_quarter", nil,
			kpiCase{kind: "retention", params: "{}", name: "retention", oracle: oracle.Retention{Base: oracle.Base{Start: "ordered_at"}}})
		is(t, all, "retention ratio", 0.461, 5e-4)
	})
}

// The summary of CDNOW's customers has one pattern a customer; what the exporter
// computes of their orders groups them, and is still the same within a hundredth.
func TestCDNOWCustomersAreWorthWhatIsPublished(t *testing.T) {
	t.Parallel()
	var rows []oracle.Row
	for _, line := range dataSet(t, "cdnow_master_orders.csv") {
		at, err := time.Parse(time.DateOnly, line["date"])
		if err != nil {
			t.Fatal(err)
		}
		var amount float64
		if _, err := fmt.Sscan(line["amount"], &amount); err != nil {
			t.Fatal(err)
		}
		rows = append(rows, oracle.Row{"customer_id": line["customer_id"], "ordered_at": at, "amount": amount})
	}
	columns := []string{"customer_id:word", "ordered_at:date", "amount:decimal"}
	onEveryEngine(t, "orders", "1998-07-01T00:00:00Z", columns, rows, func(t *testing.T, p *published) {
		value := func(params string) map[string]exporter.Series {
			return p.values(t, "1998-07-01T00:00:00Z", "all", nil, kpiCase{kind: "clv", params: params})
		}
		all := value("{}")
		is(t, all, "clv value {method=historic}", 106.08, 5e-3)
		customers := is(t, all, "clv customers", 23570, 0)
		repeaters := all["clv repeaters"]
		if share := repeaters.Value / customers.Value; math.Abs(share-0.4886) > 5e-5 {
			t.Errorf("%v came back on another day, published is 48.86 %%", share)
		}
		all = value("{method: simple, lifespan: 1095d}")
		is(t, all, "clv value {method=simple}", 212.89*1095/1095.75, 5e-3)
		all = value("{method: bgnbd, horizon: 273d, holdout: 273d}")
		is(t, all, "clv backtest_error", 16623.0/19684-1, 0.003)
	})
}

func TestChinookSellsAsPublished(t *testing.T) {
	t.Parallel()
	var rows []oracle.Row
	for _, line := range dataSet(t, "chinook_invoice.csv") {
		at, err := time.Parse(time.DateTime, line["InvoiceDate"])
		if err != nil {
			t.Fatal(err)
		}
		var id, amount float64
		if _, err := fmt.Sscan(line["CustomerId"]+" "+line["Total"], &id, &amount); err != nil {
			t.Fatal(err)
		}
		rows = append(rows, oracle.Row{"customer_id": id, "ordered_at": at, "amount": amount})
	}
	columns := []string{"customer_id:integer", "ordered_at:naive", "amount:decimal"}
	onEveryEngine(t, "orders", "2026-01-01T00:00:00Z", columns, rows, func(t *testing.T, p *published) {
		revenue := kpiCase{kind: "revenue", params: "{}", name: "revenue", oracle: oracle.Revenue{}}
		all := p.values(t, "2026-01-01T00:00:00Z", "all", nil, revenue,
			kpiCase{kind: "average_order_value", params: "{}", name: "average_order_value", oracle: oracle.AverageOrderValue{}})
		is(t, all, "revenue amount", 2328.60, 1e-9)
		is(t, all, "average_order_value mean", 5.6519, 5e-5)
		for year, growth := range map[int]float64{2022: 0.0712, 2023: -0.0247, 2024: 0.0169, 2025: -0.0564} {
			at := fmt.Sprintf("%d-01-01T00:00:00Z", year+1)
			all := p.values(t, at, "last_year", nil, revenue,
				kpiCase{kind: "revenue_growth", params: "{}", name: "revenue_growth", oracle: oracle.RevenueGrowth{Years: 1}})
			is(t, all, "revenue_growth ratio", growth, 5e-5)
			change := all["revenue amount"].Change
			if !change.Judged || !change.Relative || math.Abs(change.Improvement-growth) > 5e-5 {
				t.Errorf("revenue grew by %v in %d, published is %v", change.Improvement, year, growth)
			}
		}
	})
}

func TestJaffleShopSellsAsPublished(t *testing.T) {
	t.Parallel()
	orders, payments := dataSet(t, "jaffle_raw_orders.csv"), dataSet(t, "jaffle_raw_payments.csv")
	read := func(line map[string]string, name string) any {
		if at, err := time.Parse(time.DateOnly, line[name]); err == nil {
			return at
		}
		var x float64
		if _, err := fmt.Sscan(line[name], &x); err == nil {
			return x
		}
		return line[name]
	}
	table := func(lines []map[string]string, columns ...string) (rows []oracle.Row) {
		for _, line := range lines {
			row := oracle.Row{}
			for _, name := range columns {
				row[name] = read(line, name)
			}
			rows = append(rows, row)
		}
		return rows
	}
	rows := table(orders, "id", "user_id", "order_date", "status")
	columns := []string{"id:integer", "user_id:integer", "order_date:date", "status:word"}
	onEveryEngine(t, "orders", "2018-05-01T00:00:00Z", columns, rows, func(t *testing.T, p *published) {
		var paid []column
		for _, field := range []string{"order_id", "amount"} {
			paid = append(paid, named{}.column(p.w, p.engine.name, field, "integer", false))
		}
		for _, s := range p.engine.table("payments", paid, table(payments, "order_id", "amount")) {
			p.engine.dbs[0].Exec(t, s)
		}
		// Payments are in cents, and an order may have several.
		p.w.query = `SELECT o.user_id AS customer_id, o.order_date AS ordered_at, SUM(p.amount) / 100.0 AS amount,
			CASE WHEN o.status IN ('returned', 'return_pending') THEN 'yes' ELSE 'no' END AS came_back
			FROM published o LEFT JOIN payments p ON p.order_id = o.id
			GROUP BY o.id, o.user_id, o.order_date, o.status`
		p.w.columns = nil
		all := p.values(t, "2018-05-01T00:00:00Z", "all", nil,
			kpiCase{kind: "revenue", params: "{}"}, kpiCase{kind: "average_order_value", params: "{}"},
			kpiCase{kind: "repeat_purchase", params: "{cohort: window}"},
			kpiCase{kind: "ratio", params: "{name: returns, of: came_back}"})
		is(t, all, "revenue amount", 1672, 1e-9)
		is(t, all, "average_order_value mean", 16.889, 5e-4)
		is(t, all, "repeat_purchase buyers", 62, 0)
		is(t, all, "repeat_purchase ratio", 0.4677, 5e-5)
		is(t, all, "returns value", 0.0606, 5e-5)
	})
}
