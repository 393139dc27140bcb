package exporter_test

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cx-exporter/cx-exporter/internal/testdb/oracle"
)

func (w *world) subscriptions() {
	var parts []string
	base := oracle.Base{Start: "started_at", End: "ended_at"}
	if w.rng.IntN(3) == 0 {
		words := []string{"1h", "2d", "7d"}[w.rng.IntN(3)]
		base.Grace = maturities[words]
		parts = append(parts, "grace: "+words)
	}
	word := []string{"1h", "2d", "7d"}[w.rng.IntN(3)]
	ahead := maturities[word]
	time := w.moments(base.Grace, -ahead, days(10), days(30), days(375), days(396)) // where spikes are counted
	w.addCustomer()
	w.addTime("started_at", w.rng.IntN(2) == 0)
	w.addTime("ended_at", w.rng.IntN(2) == 0)
	if w.rng.IntN(2) == 0 {
		w.addNumber("mrr", true)
		base.Weight = "mrr"
	}
	if w.rng.IntN(3) == 0 {
		base.Trial = w.addTime("trial_ends_at", true)
	}
	w.cohortKPIs(parts, base)
	currency := w.moneyKPIs(base)
	if w.some() {
		risk := oracle.AtRisk{Base: base, Within: ahead, Value: base.Weight != "", Currency: currency}
		risk.Grace = 0
		w.addKPI("at_risk", "{within: "+word+"}", risk)
	}
	customers := 1 + w.size()/3
	long := w.rng.IntN(3) == 0 // some contracts are older than a year
	for i := range customers {
		id := w.maybe(3, w.customerID(i))
		start := time()
		if long && w.rng.IntN(2) == 0 {
			start = w.instants[0].Add(-days(600 * w.rng.Float64())).Truncate(1000)
		}
		for range 1 + w.rng.IntN(4) {
			end := time()
			if long && w.rng.IntN(2) == 0 {
				end = start.Add(days(w.rng.ExpFloat64() * 200))
			}
			if end.Before(start) && w.rng.IntN(10) > 0 {
				end = start.Add(days(w.rng.ExpFloat64() * 60))
			}
			row := oracle.Row{
				"customer_id":   id,
				"started_at":    w.maybe(2, start),
				"ended_at":      w.maybe(25, end),
				"trial_ends_at": w.maybe(50, pick(w.rng, []any{start.Add(days(14)), start, end, time()})),
				"mrr":           w.maybe(10, w.amount()),
				"currency":      w.maybe(10, pick(w.rng, []string{"EUR", "EUR", "eur", " USD", "USD", "", "gbp "})),
				"end_reason":    w.maybe(10, pick(w.rng, []string{"cancelled", "card declined", "Card Declined ", "fraud", "", "o'brien"})),
			}
			w.rows = append(w.rows, row)
			switch w.rng.IntN(5) {
			case 0: // back to back, as an upgrade
				start = end
			case 1: // comes back after a gap
				start = end.Add(days(w.rng.ExpFloat64() * 20))
			case 2: // two at a time
				start = start.Add(days(w.rng.ExpFloat64() * 10))
			case 3: // the same day
			default:
				start = time()
			}
		}
	}
	w.rows = w.rows[:min(len(w.rows), w.size()+3)]
	w.ownKPIs("started_at", 4)
}

// moneyKPIs puts the KPIs of recurring revenue into the collector.
func (w *world) moneyKPIs(base oracle.Base) (currency string) {
	if w.rng.IntN(3) == 0 {
		return ""
	}
	if base.Weight == "" { // it is read by its own name
		w.addNumber("mrr", false)
	}
	if w.rng.IntN(2) == 0 {
		currency = w.addText("currency", true)
	}
	if w.rng.IntN(3) > 0 {
		w.addKPI("mrr", "{}", oracle.MRR{Currency: currency, Trial: base.Trial})
	}
	if w.rng.IntN(3) > 0 || len(w.kpis) == 0 {
		w.addKPI("revenue_retention", "{}", oracle.RevenueRetention{Currency: currency, Trial: base.Trial})
	}
	if w.some() {
		w.addKPI("quick_ratio", "{}", oracle.QuickRatio{Currency: currency, Trial: base.Trial})
	}
	if w.rng.IntN(3) > 0 {
		k, params := oracle.SubscriptionCLV{Currency: currency, Trial: base.Trial, Margin: 1}, "{}"
		if w.rng.IntN(2) == 0 {
			k.Margin, params = 0.25, "{method: subscription, margin: 0.25}"
		}
		if w.rng.IntN(2) == 0 {
			k.Discount, params = 0.1, with(params, "discount: 0.1")
		}
		if w.rng.IntN(2) == 0 {
			k.Horizon, params = 1096, with(params, "horizon: 1096d")
		}
		w.addKPI("clv", params, k)
	}
	return currency
}

func (w *world) cohortKPIs(parts []string, base oracle.Base) {
	with := func(more ...string) string { return "{" + strings.Join(slices.Concat(parts, more), ", ") + "}" }
	if w.some() {
		k, params := oracle.Churn{Base: base}, with()
		if base.End != "" && w.rng.IntN(2) == 0 {
			w.addText("end_reason", w.rng.IntN(2) == 0)
			k.Involuntary, params = []string{"CARD DECLINED", "FRAUD"}, with("involuntary: [card declined, fraud]")
			if w.rng.IntN(2) == 0 {
				k.Events, params = true, with("involuntary: [card declined, fraud]", "events: true")
			}
		} else if base.End != "" && w.rng.IntN(2) == 0 {
			k.Events, params = true, with("events: true")
		}
		w.addKPI("churn", params, k)
	}
	if w.some() {
		k, params := oracle.Retention{Base: base}, with()
		if k.Naive = w.rng.IntN(2) == 0; k.Naive {
			params = with("naive: true")
		}
		w.addKPI("retention", params, k)
	}
	if w.some() {
		w.addKPI("customers", with(), oracle.Customers{Base: base})
	}
	w.curveKPI(base)
}

// curveKPI puts the retention curve into the collector.
func (w *world) curveKPI(base oracle.Base) {
	if w.rng.IntN(3) > 0 || w.budget < 1000 {
		return // the smallest budgets have no room for a cohort
	}
	base.Grace, base.Inactive = 0, 0
	k, params := oracle.CohortRetention{Base: base, Months: 12, Zone: w.zone}, "{}"
	if w.rng.IntN(3) > 0 {
		k.Months = 1 + w.rng.IntN(9)
		params = fmt.Sprintf("{months: %d}", k.Months)
	}
	w.addKPI("cohort_retention", params, k)
	w.kpis[len(w.kpis)-1].instant = true
}
