package exporter_test

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/testdb"
	"github.com/cx-exporter/cx-exporter/internal/testdb/oracle"
)

// entities make the rows, columns and KPIs of a world.
var entities = map[string]func(*world){
	"responses":     (*world).responses,
	"invitations":   (*world).invitations,
	"tickets":       (*world).tickets,
	"ticket_events": (*world).ticketEvents,
	"contacts":      (*world).contacts,
	"subscriptions": (*world).subscriptions,
	"orders":        (*world).orders,
	"visits":        (*world).visits,
	"costs":         (*world).costs,
	"carts":         (*world).carts,
	"custom":        (*world).custom,
	"gauge":         (*world).gauge,
}

var entityNames = []string{"responses", "responses", "invitations", "tickets", "tickets", "contacts", "subscriptions", "subscriptions", "orders", "orders", "visits", "costs", "custom", "gauge", "carts", "ticket_events"}

// size is how many rows a relation has.
func (w *world) size() int {
	return []int{0, 1, 2, w.rng.IntN(12), w.rng.IntN(60), w.rng.IntN(60), w.rng.IntN(300)}[w.rng.IntN(7)]
}

// some reports whether a KPI of several takes part; the first always does.
func (w *world) some() bool { return len(w.kpis) == 0 || w.rng.IntN(3) > 0 }

// maturities are how long something may take, in the words of the configuration.
var maturities = map[string]time.Duration{"1h": time.Hour, "2d": 48 * time.Hour, "7d": 7 * 24 * time.Hour}

func (w *world) invitations() {
	words := []string{"1h", "2d", "7d"}[w.rng.IntN(3)]
	maturity := maturities[words]
	time := w.moments(maturity)
	w.addTime("sent_at", w.rng.IntN(2) == 0)
	w.addTime("responded_at", w.rng.IntN(2) == 0)
	k := oracle.Outcome{Time: "sent_at", At: "responded_at", Maturity: maturity, Ratio: "ratio", All: "invitations", Hits: "responses", Young: "pending_invitations", YoungHits: "pending_responses"}
	if w.rng.IntN(2) == 0 {
		w.addFlag("bounced", true)
		k.Except = "bounced"
	}
	w.addKPI("response_rate", "{maturity: "+words+"}", k)
	for range w.size() {
		sent := time()
		w.rows = append(w.rows, oracle.Row{
			"sent_at":      w.maybe(4, sent),
			"responded_at": w.maybe(40, w.after(sent, maturity, time)),
			"bounced":      w.maybe(20, w.rng.IntN(6) == 0),
		})
	}
	w.ownKPIs("sent_at", 3)
}

// after is when something follows: soon, exactly at a limit, at a bound of a
// window, or before what it follows.
func (w *world) after(start time.Time, limit time.Duration, any func() time.Time) time.Time {
	switch w.rng.IntN(10) {
	case 0:
		return start
	case 1:
		return start.Add(limit)
	case 2:
		return start.Add(limit + time.Second*time.Duration(2*w.rng.IntN(2)-1))
	case 3:
		return start.Add(-time.Duration(w.rng.Int64N(int64(48 * time.Hour))))
	case 4, 5:
		if t := any(); t.After(start) || w.rng.IntN(4) == 0 {
			return t
		}
	case 6:
		return start.Add(time.Duration(w.rng.Int64N(int64(3 * time.Second))))
	}
	return start.Add(time.Duration(w.rng.ExpFloat64() * float64(limit)))
}

func (w *world) tickets() {
	words := []string{"1h", "2d", "7d"}[w.rng.IntN(3)]
	target := maturities[words]
	time := w.moments()
	resolved := w.rng.IntN(2) == 0
	w.addTime("created_at", w.rng.IntN(2) == 0)
	w.addTime("first_response_at", w.rng.IntN(2) == 0)
	w.addTime("resolved_at", resolved)
	resolved = w.columns[2].mapped
	params, within := "{}", target
	if w.rng.IntN(2) == 0 {
		params = "{target: " + words + "}"
	} else {
		within = 0
	}
	hours := w.randomHours()
	full := w.addTime("last_resolved_at", w.rng.IntN(2) == 0)
	timed := func(d oracle.Duration) (string, oracle.Duration) {
		d.Target = within
		if w.rng.IntN(2) > 0 {
			return params, d
		}
		d.Hours = hours
		return with(params, "calendar: office"), d
	}
	if w.some() {
		waiting := oracle.Open{Begin: "created_at", Ends: []string{"first_response_at"}, Count: "waiting", Oldest: "oldest_waiting"}
		if resolved {
			waiting.Ends = append(waiting.Ends, "resolved_at")
		}
		params, d := timed(oracle.Duration{From: "created_at", To: "first_response_at"})
		w.addKPI("first_response_time", params, oracle.Both{d, waiting})
	}
	if w.some() {
		params, d := timed(oracle.Duration{From: "created_at", To: "resolved_at"})
		switch w.rng.IntN(4) {
		case 0:
			params, d.To = with(params, "of: full"), full
			w.addKPI("resolution_time", params, d)
		case 1, 2:
			params = "{cohort: created}"
			if d.Hours != nil {
				params = with(params, "calendar: office")
			}
			w.addKPI("resolution_time", params, oracle.Expected{From: "created_at", To: "resolved_at", Hours: d.Hours})
		default:
			w.addKPI("resolution_time", params, d)
		}
	}
	if w.some() {
		w.backlog(words, target)
	}
	if w.some() {
		w.addKPI("ticket_volume", "{}", oracle.Volume{})
	}
	fill := w.desk(words, target)
	for range w.size() {
		created := time()
		answered := w.after(created, target, time)
		solved := w.after(answered, 2*target, time)
		row := oracle.Row{
			"created_at":        w.maybe(4, created),
			"first_response_at": w.maybe(30, answered),
			"resolved_at":       w.maybe(30, solved),
			full:                w.maybe(40, w.after(solved, target, time)),
		}
		fill(created, row, time)
		w.rows = append(w.rows, row)
	}
	w.ownKPIs("created_at", 3)
}

// customerIn is customerID where the column is not the first.
func (w *world) customerIn(i int) any {
	for _, c := range w.columns {
		if c.role == "customer_id" && c.hold("c") == nil {
			return float64(i)
		}
	}
	return "c" + strconv.Itoa(i)
}

func (w *world) customerID(i int) any {
	id := "c" + strconv.Itoa(i)
	if w.columns[0].ddl != "BIGINT" && w.columns[0].ddl != "INT" && w.columns[0].ddl != "INTEGER" {
		return id
	}
	return float64(i)
}

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

// days is a number of days.
func days(n float64) time.Duration { return time.Duration(n * 24 * float64(time.Hour)) }

func (w *world) addCustomer() {
	if w.rng.IntN(2) == 0 {
		w.addText("customer_id", w.rng.IntN(2) == 0)
	} else {
		w.addNumber("customer_id", w.rng.IntN(2) == 0, "integer")
	}
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

// amount is what something is worth.
func (w *world) amount() float64 {
	switch w.rng.IntN(10) {
	case 0:
		return 0
	case 1:
		return -math.Round(w.rng.ExpFloat64()*2000) / 100
	case 2, 3, 4:
		return []float64{9.99, 10, 19.99, 49, 0.1}[w.rng.IntN(5)]
	}
	return math.Round(w.rng.ExpFloat64()*5000) / 100
}

func (w *world) visits() {
	words := []string{"1h", "2d", "7d"}[w.rng.IntN(3)]
	maturity := maturities[words]
	params := "{maturity: " + words + "}"
	if w.rng.IntN(2) == 0 {
		params, maturity = "{}", 0
	}
	time := w.moments(maturity)
	w.addTime("visited_at", w.rng.IntN(2) == 0)
	k := oracle.Outcome{Time: "visited_at", Maturity: maturity, Ratio: "ratio", All: "visits", Hits: "conversions"}
	if w.rng.IntN(2) == 0 {
		k.At = w.addTime("converted_at", true)
	} else {
		k.Flag = w.addFlag("converted", w.rng.IntN(2) == 0)
	}
	w.addKPI("conversion", params, k)
	for range w.size() {
		visited := time()
		w.rows = append(w.rows, oracle.Row{
			"visited_at":   w.maybe(4, visited),
			"converted_at": w.maybe(60, w.after(visited, max(maturity, maturities["1h"]), time)),
			"converted":    w.maybe(20, w.rng.IntN(3) == 0),
		})
	}
	w.ownKPIs("visited_at", 3)
}

func (w *world) costs() {
	time := w.moments()
	w.addTime("incurred_on", w.rng.IntN(2) == 0)
	w.addNumber("amount", w.rng.IntN(2) == 0)
	currency := ""
	if w.rng.IntN(2) == 0 {
		currency = w.addText("currency", true)
	}
	w.addKPI("cost", "{}", oracle.Cost{Currency: currency})
	for range w.size() {
		w.rows = append(w.rows, oracle.Row{
			"incurred_on": w.maybe(4, time()),
			"amount":      w.maybe(5, w.amount()),
			"currency":    w.maybe(10, []string{"EUR", "eur", "USD", "", " chf"}[w.rng.IntN(5)]),
		})
	}
	w.ownKPIs("incurred_on", 3)
}

func (w *world) custom() {
	time := w.moments()
	w.addTime("at", true)
	for range w.size() {
		w.rows = append(w.rows, oracle.Row{"at": w.maybe(4, time())})
	}
	w.ownKPIs("at", 0)
}

func (w *world) gauge() {
	w.entity, w.change = "custom", false // its values are those of the instant
	w.windows = w.windows[:1]
	w.addText("label_a", false)
	w.addNumber("label_b", false, "integer")
	w.addNumber("reading", false)
	w.addNumber("value", false)
	k, params := oracle.Gauge{Labels: []string{"label_a", "label_b"}, Columns: []string{"reading"}}, "unit: things"
	switch w.rng.IntN(3) {
	case 0:
		params += ", value: reading"
	case 1:
		k.Columns = []string{"value"}
	default:
		k.Columns, k.Named, params = []string{"reading", "value"}, true, "values: {reading: seconds, value: things}"
	}
	if w.rng.IntN(4) > 0 {
		params += ", labels: [label_a, label_b]"
	} else {
		k.Labels = nil
	}
	w.addCustom("gauge", params, k)
	rows := w.size() / 3
	if k.Labels == nil {
		rows = w.rng.IntN(3) // one without labels is the only one
	}
	for range rows {
		w.rows = append(w.rows, oracle.Row{
			"label_a": w.maybe(10, words[w.rng.IntN(len(words))]),
			"label_b": w.maybe(10, float64(w.rng.IntN(40))),
			"reading": w.maybe(10, w.amount()),
			"value":   w.maybe(10, w.amount()),
		})
	}
}

// word is a value that is told apart from others. MySQL tells subjects apart as
// the collation of their column does, which knows no case.
func (w *world) word() string {
	word := words[w.rng.IntN(6)] + strconv.Itoa(w.rng.IntN(8))
	if w.engine == testdb.DriverMySQL {
		return strings.ToLower(word)
	}
	return word
}

// ownKPIs adds custom KPIs on columns of their own: always, or in one of so many
// worlds.
func (w *world) ownKPIs(by string, seldom int) {
	if seldom > 0 && w.rng.IntN(seldom) > 0 {
		return
	}
	x := w.addNumber("extra", false)
	y := w.addNumber("other_extra", false)
	yes := w.addFlag("flagged", false)
	word := w.addText("word", false)
	for _, r := range w.rows {
		r[x] = w.maybe(10, w.amount())
		r[y] = w.maybe(10, w.amount())
		r[yes] = w.maybe(20, w.rng.IntN(2) == 0)
		r[word] = w.maybe(10, w.word())
	}
	placed := ""
	if w.rng.IntN(3) == 0 { // by a time of their own
		time := w.moments()
		by = w.addTime("placed_at", w.rng.IntN(2) == 0)
		placed = ", by: " + by
		for _, r := range w.rows {
			r[by] = w.maybe(10, time())
		}
	}
	addCustom := func(kind, params string, o oracle.KPI) { w.addCustom(kind, params+placed, o) }
	q := []string{"0.5", "0.9", "0.95", "0.01"}[w.rng.IntN(4)]
	all := []func(){
		func() { addCustom("ratio", "of: flagged", oracle.Share{By: by, Of: yes}) },
		func() {
			addCustom("ratio", "numerator: extra, denominator: other_extra", oracle.Quotient{By: by, Numerator: x, Denominator: y})
		},
		func() { addCustom("mean", "of: extra, unit: seconds", oracle.Mean{By: by, Of: x, Skewed: true}) },
		func() {
			addCustom("mean", "of: extra, unit: score, min: -1000, max: 1000", oracle.Mean{By: by, Of: x, Min: -1000, Max: 1000})
		},
		func() { addCustom("sum", "of: extra, unit: things", oracle.Sum{By: by, Of: x}) },
		func() { addCustom("count", "unit: things", oracle.Count{By: by}) },
		func() { addCustom("count", "unit: things, of: flagged", oracle.Count{By: by, Of: yes}) },
		func() {
			if w.shards > 1 && (w.reads("customer_id") || w.reads("respondent_id")) {
				return // shards keep customers apart, but not words
			}
			addCustom("distinct", "of: word, unit: words", oracle.Distinct{By: by, Of: word})
		},
		func() {
			addCustom("quantile", fmt.Sprintf("of: extra, q: %s, unit: seconds", q), oracle.Quantile{By: by, Of: x, Q: q})
		},
	}
	for _, add := range all {
		if w.rng.IntN(3) == 0 || len(w.kpis) == 0 {
			add()
		}
	}
}
