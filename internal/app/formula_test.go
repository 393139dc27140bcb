package app_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/testdb"
)

const combinedCollectors = `
  - name: spend
    source: books
    table: costs
    entity: costs
    columns: {currency: currency}
    windows: [90d]
    interval: 3s
    timeout: 3s
    max_age: 1h
    kpis: [cost]
  - name: support-desk
    source: desk
    table: tickets
    entity: tickets
    dimensions: [region, team]
    windows: [24h]
    interval: 3s
    timeout: 3s
    max_age: 1h
    kpis: [ticket_volume, backlog]
  - name: base
    source: crm
    table: subscriptions
    entity: subscriptions
    dimensions: [region]
    windows: [30d]
    interval: 3s
    timeout: 3s
    max_age: 1h
    kpis: [retention, customers, churn]
`

const formulas = `
global: {min_segment_size: 2}
formulas:
  - name: kept
    retention_cost: {spend: spend.cost, retention: base.retention}
    windows: [7d]
  - name: answered
    cost_per_contact: {spend: spend.cost, contacts: '"support-desk".ticket_volume.created'}
    windows: [7d]
  - name: rate
    contact_rate: {contacts: '"support-desk".ticket_volume.created', customers: base.customers.active}
    windows: [7d]
  - name: euro_each
    expr: spend.cost.amount.EUR / base.retention.samples
    unit: currency
    direction: lower_is_better
    business_goal: retention
    windows: [7d, 24h]
`

// combine makes costs in PostgreSQL, tickets in MariaDB and customers in SQLite,
// and the sources of them. In the last seven days, 900 euros and 100 dollars were
// spent, 4 of 6 tickets came from the EU, and one of ten customers left, who was
// one of the EU's seven.
func combine(t *testing.T) (books *testdb.Database, sources string) {
	t.Helper()
	books, desk, crm := testdb.Postgres(t).New(t), testdb.MariaDB(t).New(t), testdb.SQLite(t)
	day := 24 * time.Hour
	books.Exec(t, "CREATE TABLE costs (incurred_on TIMESTAMP NOT NULL, amount NUMERIC(10, 2), currency TEXT)", fmt.Sprintf(
		"INSERT INTO costs VALUES ('%[1]s', 600, 'EUR'), ('%[2]s', 300, 'eur'), ('%[1]s', 100, 'USD'), ('%[3]s', 50, 'EUR')", ago(2*day), ago(3*day), ago(10*day)))
	desk.Exec(t, "CREATE TABLE tickets (created_at DATETIME NOT NULL, resolved_at DATETIME, region VARCHAR(9), team VARCHAR(9))")
	for _, region := range []string{"eu", "eu", "us", "eu", "us", "eu"} {
		desk.Exec(t, fmt.Sprintf("INSERT INTO tickets VALUES ('%s', NULL, '%s', 'blue')", ago(2*day), region))
	}
	crm.Exec(t, "CREATE TABLE subscriptions (customer_id INTEGER, started_at TIMESTAMP, ended_at TIMESTAMP, region TEXT)")
	for i, region := range []string{"eu", "eu", "eu", "eu", "eu", "eu", "eu", "us", "us", "us"} {
		end := "NULL"
		if i == 0 {
			end = "'" + ago(3*day) + "'"
		}
		crm.Exec(t, fmt.Sprintf("INSERT INTO subscriptions VALUES (%d, '%s', %s, '%s')", i, ago(100*day), end, region))
	}
	return books, renamed(source(books), "db", "books") + renamed(source(desk), "db", "desk") + renamed(source(crm), "db", "crm")
}

func TestFormulasCombineCollectorsOfSeveralServers(t *testing.T) {
	t.Parallel()
	books, sources := combine(t)
	const kept, answered, rate, each = "cx_retention_cost_per_customer", "cx_cost_per_contact", "cx_contacts_per_customer", "cx_custom_euro_each_currency"
	all := cx(sources, combinedCollectors) + formulas
	r := start(t, all)
	p := r.until("all values are there", every(
		is(100, kept, "collector=kept", "currency=EUR", "window=7d"), is(100./9, kept, "currency=USD"),
		is(150, answered, "collector=answered", "currency=EUR"), is(100./6, answered, "currency=USD"),
		is(6./9, rate), is(4./6, rate+"_by_segment", "dimension=region", "segment=eu"), is(2./3, rate+"_by_segment", "segment=us"),
		is(90, each, "collector=euro_each", "window=7d"),
		is(100, "cx_cost", "collector=spend", "currency=USD"), is(950, "cx_cost", "currency=EUR", "window=90d"),
	))
	p.holds(t,
		// The Wilson interval of 9 of 10 is 0.595850 to 0.982124 to six digits.
		above(900/9.82125, kept+"_lower", "currency=EUR"), above(900/5.95851, kept+"_upper", "currency=EUR"),
		is(10, samples, "collector=kept", "kpi=retention_cost", "stat=per_customer", "currency=EUR"),
		is(6, samples, "collector=answered", "currency=USD"), is(6, samples, "collector=rate"),
		is(1, "cx_kpi_info", "collector=kept", "kpi=retention_cost", "unit=currency", "direction=lower_is_better", "business_goal=retention", "reconstructable=restated"),
		is(1, "cx_kpi_info", "collector=euro_each", "kpi=euro_each", "variant=spend.cost.amount.EUR / base.retention.samples"),
		is(30, "cx_kpi_min_samples", "collector=rate", "window=7d"),
		is(1, "cx_collector_success", "collector=kept"), is(3, "cx_collector_interval_seconds", "collector=kept"),
		is(1, "cx_source_up", "collector=kept", "source=books"), is(1, "cx_source_up", "collector=kept", "source=crm"),
		absent("cx_source_up", "collector=kept", "source=desk"),
		absent(rate+"_by_segment", "dimension=team"), absent(kept+"_by_segment"),
		// Neither money that was counted nor customers who were have an interval.
		absent(each+"_lower"), absent(each, "window=24h"),
		absent("cx_collector_failures_total"),
	)

	books.Exec(t, "ALTER TABLE costs RENAME TO spending")
	p = r.until("the formulas that read it fail, and nothing else", every(
		is(0, "cx_collector_success", "collector=spend"), is(0, "cx_collector_success", "collector=kept"),
		is(0, "cx_collector_success", "collector=answered"), above(0, "cx_collector_failures_total", "collector=kept", "reason=missing_table"),
	))
	p.holds(t, is(1, "cx_collector_success", "collector=rate"), is(1, "cx_collector_success", "collector=base"), is(100, kept, "currency=EUR"))
	r.logged("collector is failing", "collector=kept", `input "spend"`)
	books.Exec(t, "ALTER TABLE spending RENAME TO costs")
	r.until("they recover", every(is(1, "cx_collector_success", "collector=kept"), is(1, "cx_collector_success", "collector=answered")))

	// A reload: one formula changes, one goes, the others keep their values.
	r.replace(strings.Replace(all, "base.retention.samples\n", "base.customers.active\n", 1))
	if status, text := r.do(http.MethodPost, "/-/reload"); status != http.StatusOK {
		t.Fatalf("the reload answers %d: %s", status, text)
	}
	r.scrape().holds(t, is(100, kept, "currency=EUR"))
	r.until("the new formula is there", every(is(100, each, "window=7d"), is(100, kept, "currency=EUR")))
	r.replace(cx(sources, combinedCollectors))
	if status, text := r.do(http.MethodPost, "/-/reload"); status != http.StatusOK {
		t.Fatalf("the reload answers %d: %s", status, text)
	}
	r.until("the formulas are gone", every(absent(kept), absent(each), absent("cx_collector_success", "collector=kept"), is(9, "cx_customers_active")))
	r.replace(strings.Replace(all, "spend.cost.amount.EUR /", "spend.cosd.amount.EUR /", 1))
	if status, text := r.do(http.MethodPost, "/-/reload"); status == http.StatusOK || !strings.Contains(text, `did you mean "cost"?`) {
		t.Errorf("the reload of a formula of nothing answers %d: %s", status, text)
	}
}

// A number of money has no currency of its own.
func TestAFormulaRefusesToMixCurrencies(t *testing.T) {
	t.Parallel()
	books, sources := combine(t)
	r := start(t, cx(sources, combinedCollectors)+`
formulas:
  - name: spare
    expr: currency(1000) - spend.cost
    unit: currency
    windows: [7d]
  - name: doubled
    expr: 2 * spend.cost
    unit: currency
    windows: [7d]
  - name: euros
    retention_roi: {spend: spend.cost.amount.EUR, retention: base.retention, margin_per_month: 100, months: 3, basis: gross}
    windows: [7d]
`)
	r.until("the failure is told", every(
		above(0, "cx_collector_failures_total", "collector=spare", "reason=formula"),
		is(200, "cx_custom_doubled_currency", "currency=USD"), is(1800, "cx_custom_doubled_currency", "currency=EUR"),
		// 9 kept · 100 · 3 = 2700 of 900.
		is(2, "cx_retention_roi_ratio", "collector=euros", "basis=gross"),
	))
	r.logged("collector is failing", "collector=spare", "money in several currencies (EUR, USD)")
	books.Exec(t, "DELETE FROM costs WHERE currency = 'USD'")
	r.until("one currency is none too many", is(100, "cx_custom_spare_currency", "currency=EUR"))
}
