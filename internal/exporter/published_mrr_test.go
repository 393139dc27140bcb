package exporter_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/testdb/oracle"
)

// mrrSeed is the seed of dbt-labs' MRR playbook (data/subscription_periods.csv)
// up to June 2019: customer, start, end and amount a month.
const mrrSeed = `
1 2018-11-01 2019-02-01 50
1 2019-04-01 2019-06-01 50
1 2019-06-01 2019-08-01 75
2 2017-09-01 2017-11-01 25
3 2017-09-01 2017-10-01 50
4 2017-10-01 2017-11-01 25
5 2018-11-01 2018-12-01 50
5 2018-12-01 2019-03-01 25
6 2018-05-01 2018-06-01 35
6 2018-06-01 2020-01-01 65
7 2018-01-01 2018-02-01 55
7 2018-02-01 2019-12-01 70
8 2019-04-01 2019-05-01 65
8 2019-05-01 2019-12-01 65
9 2018-05-01 2018-06-01 85
9 2018-06-01 2020-01-01 75
10 2018-04-01 2018-05-01 80
10 2018-09-01 2018-10-01 50
10 2018-10-01 2019-04-01 25
10 2019-04-01 2019-05-01 50
10 2019-05-01 2019-06-01 25
10 2019-06-01 2019-11-01 50
11 2018-09-01 2018-10-01 30
11 2018-10-01 2020-01-01 50
12 2018-06-01 2018-07-01 25
12 2018-07-01 2020-01-01 50
14 2019-03-01 2019-04-01 25
14 2019-04-01 2019-05-01 50
14 2019-05-01 2019-06-01 25
14 2019-06-01 2019-07-01 50
15 2019-02-01 2019-03-01 30
15 2019-03-01 2020-01-01 30
17 2018-11-01 2018-12-01 25
17 2018-12-01 2019-05-01 50
17 2019-05-01 2019-06-01 25
17 2019-06-01 2019-09-01 40
18 2018-11-01 2018-12-01 90
18 2018-12-01 2019-12-01 50
19 2019-05-01 2019-06-01 25
19 2019-06-01 2020-01-01 50
20 2019-01-01 2019-02-01 25
20 2019-02-01 2019-12-01 50
21 2018-11-01 2018-12-01 25
21 2018-12-01 2019-12-01 50
22 2018-12-01 2019-01-01 25
22 2019-01-01 2019-08-01 35
23 2019-03-01 2019-04-01 35
23 2019-04-01 2020-01-01 50
24 2019-05-01 2019-06-01 25
24 2019-06-01 2020-01-01 60
26 2019-05-01 2019-06-01 55
26 2019-06-01 2019-08-01 50
29 2019-06-01 2019-07-01 50
30 2019-04-01 2019-05-01 55
30 2019-05-01 2019-12-01 45
32 2019-05-01 2019-06-01 50
32 2019-06-01 2020-01-01 25
`

// TestMRRPlaybookMovesAsItDoes checks the worked numbers of the definitions on
// the public seed: a quarter's churn is not the sum of its months', and the
// formula of many a handbook gives 125 % where somebody comes back.
func TestMRRPlaybookMovesAsItDoes(t *testing.T) {
	t.Parallel()
	var rows []oracle.Row
	for _, line := range lines(mrrSeed) {
		var id, amount float64
		var start, end string
		if _, err := fmt.Sscan(line, &id, &start, &end, &amount); err != nil {
			t.Fatal(err)
		}
		row := oracle.Row{"customer_id": id, "mrr": amount}
		for role, text := range map[string]string{"started_at": start, "ended_at": end} {
			at, err := time.Parse(time.DateOnly, text)
			if err != nil {
				t.Fatal(err)
			}
			row[role] = at
		}
		rows = append(rows, row)
	}
	columns := []string{"customer_id:integer", "started_at:date", "ended_at:date", "mrr:integer"}
	onEveryEngine(t, "subscriptions", "2019-07-01T00:00:00Z", columns, rows, func(t *testing.T, p *published) {
		base := oracle.Base{Start: "started_at", End: "ended_at"}
		kpis := []kpiCase{
			{kind: "churn", params: "{}", name: "churn", oracle: oracle.Churn{Base: base}},
			{kind: "retention", params: "{naive: true}", name: "retention", oracle: oracle.Retention{Base: base, Naive: true}},
			{kind: "customers", params: "{}", name: "customers", oracle: oracle.Customers{Base: base}},
			{kind: "mrr", params: "{}", name: "mrr", oracle: oracle.MRR{}},
			{kind: "revenue_retention", params: "{}", name: "revenue_retention", oracle: oracle.RevenueRetention{}},
		}
		quarter := p.values(t, "2019-04-01T00:00:00Z", "last_quarter", nil, kpis...)
		is(t, quarter, "churn ratio {basis=contract}", 0.1667, 5e-5)
		is(t, quarter, "mrr at_start", 585, 0)
		is(t, quarter, "mrr churned {movement=churned}", 75, 0)
		is(t, quarter, "mrr expansion {movement=expansion}", 10, 0)
		is(t, quarter, "mrr new {movement=new}", 140, 0)
		is(t, quarter, "mrr amount", 660, 0)
		is(t, quarter, "revenue_retention net", 520.0/585, 1e-12)
		for at, churn := range map[string]float64{"2019-02-01": 0, "2019-03-01": 0.0769, "2019-04-01": 0.0769} {
			is(t, p.values(t, at+"T00:00:00Z", "last_month", nil, kpis...), "churn ratio {basis=contract}", churn, 5e-5)
		}
		september := p.values(t, "2018-10-01T00:00:00Z", "last_month", nil, kpis...)
		is(t, september, "mrr returned {movement=returned}", 50, 0)
		is(t, september, "mrr expansion {movement=expansion}", 0, 0)
		is(t, september, "churn ratio {basis=contract}", 0, 0)
		is(t, september, "retention naive", 1.25, 0)
		year := p.values(t, "2019-07-01T00:00:00Z", "365d", nil, kpis...)
		is(t, year, "churn ratio {basis=contract}", 0, 0)
		is(t, year, "customers returned", 1, 0)
		is(t, year, "retention naive", 1.25, 0)
		is(t, year, "retention ratio", 1, 0)
		is(t, year, "mrr new {movement=new}", 825, 0)
	})
}
