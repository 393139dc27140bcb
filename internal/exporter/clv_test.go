package exporter_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/kpi"
	"github.com/cx-exporter/cx-exporter/internal/stats"
	"github.com/cx-exporter/cx-exporter/internal/testdb/oracle"
)

// shopOf simulates a shop of three years: customers who buy at a rate and leave
// with a probability of their own.
func shopOf(seed uint64, customers int, end time.Time) (rows []oracle.Row) {
	r := rand.New(rand.NewPCG(seed, 1))
	for i := range customers {
		when := end.Add(-time.Duration(r.Int64N(int64(3 * 365 * 24 * time.Hour))).Truncate(time.Second))
		rate, leaves := 0.02*r.ExpFloat64(), 0.3*r.Float64()
		spends := math.Exp(3 + 0.6*r.NormFloat64())
		for first := true; when.Before(end); first = false {
			amount := math.Round(100*spends*(0.4+1.2*r.Float64())) / 100
			if r.IntN(40) == 0 {
				amount = -amount / 2
			}
			rows = append(rows, oracle.Row{"customer_id": fmt.Sprintf("c%d", i), "ordered_at": when, "amount": amount})
			if !first && r.Float64() < leaves {
				break
			}
			when = when.Add(time.Duration(r.ExpFloat64() / rate * 24 * float64(time.Hour))).Truncate(time.Second)
			if when.Before(end.AddDate(-4, 0, 0)) { // a rate of next to nothing
				break
			}
		}
	}
	return rows
}

// The database tells customers who bought alike in one row. What is computed of
// these is within a hundredth of what is computed of every customer, whom the
// oracle tells row by row; the fit itself is the same for both.
func TestCustomersWhoBoughtAlikeAreWorthTheSame(t *testing.T) {
	t.Parallel()
	const end, horizon, holdout = "2024-07-01T00:00:00Z", 200, 150
	at := moment(t, end)
	rows := shopOf(4, 3000, at)
	columns := []string{"customer_id:word", "ordered_at:naive", "amount:decimal"}

	whole := oracle.CLV{}.Buyers(rows, kpi.Span{At: at})[""]
	histories, customers, spending := modelled(whole)
	model, ok := stats.FitBGNBD(histories)
	amounts, ok2 := stats.FitGammaGamma(spending)
	if !ok || !ok2 {
		t.Fatal("no fit")
	}
	value := stats.FutureValue(model, amounts, customers, horizon, 0)
	want, _ := value.Value()
	alive := 0.0
	for _, h := range histories {
		alive += model.Alive(h)
	}
	then := at.AddDate(0, 0, -holdout)
	before := oracle.CLV{}.Buyers(rows, kpi.Span{At: then})[""]
	earlier, _, _ := modelled(before)
	old, ok := stats.FitBGNBD(earlier)
	if !ok {
		t.Fatal("no earlier fit")
	}
	predicted, came := 0.0, 0.0
	for _, h := range earlier {
		predicted += old.Purchases(h, holdout, 0)
	}
	for id := range before {
		for day := range whole[id].Bought {
			if day >= -holdout {
				came++
			}
		}
	}

	onEveryEngine(t, "orders", end, columns, rows, func(t *testing.T, p *published) {
		for _, budget := range []int{50_000, 2500} {
			p.w.budget = budget
			all := p.values(t, end, "all", nil, kpiCase{kind: "clv", params: fmt.Sprintf("{method: bgnbd, horizon: %dd, holdout: %dd}", horizon, holdout)})
			tolerance := 0.01
			if budget < 50_000 { // coarser steps
				tolerance = 0.05
			}
			got := all["clv value {method=bgnbd}"]
			if math.Abs(got.Value/want-1) > tolerance {
				t.Errorf("with %d rows at most, a customer is worth %v, row by row %v", budget, got.Value, want)
			}
			lower, upper, _ := value.Interval(0.95)
			if !got.Bounded || math.Abs(math.Log(got.Upper/got.Lower)/math.Log(upper/lower)-1) > 0.1 {
				t.Errorf("with %d rows at most, in [%v, %v], row by row in [%v, %v]", budget, got.Lower, got.Upper, lower, upper)
			}
			if x := all["clv alive"].Value; math.Abs(x/alive-1) > tolerance {
				t.Errorf("with %d rows at most, %v are alive, row by row %v", budget, x, alive)
			}
			is(t, all, "clv backtest_error", predicted/came-1, tolerance)
			if n := all["clv backtest_error"].Samples; n != came {
				t.Errorf("%v purchases came, row by row %v", n, came)
			}
		}
	})
}

// modelled are buyers as the models read them, one by one.
func modelled(buyers map[string]oracle.Buyer) (histories []stats.History, customers []stats.Customers, spending []stats.Spending) {
	for _, b := range buyers {
		first, last := b.First()
		h := stats.History{N: 1, Repeats: float64(len(b.Bought) - 1), Recency: float64(last - first), Age: float64(-first)}
		further := 0.0
		for d, amount := range b.Days {
			if d > first {
				further += amount
			}
		}
		c := stats.Customers{History: h}
		if h.Repeats > 0 && further > 0 {
			c.Spent = further / h.Repeats
			spending = append(spending, stats.Spending{N: 1, Repeats: h.Repeats, Log: math.Log(c.Spent)})
		}
		histories, customers = append(histories, h), append(customers, c)
	}
	return histories, customers, spending
}
