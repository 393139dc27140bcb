package exporter_test

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/testdb"
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

// days is a number of days.
func days(n float64) time.Duration { return time.Duration(n * 24 * float64(time.Hour)) }

func (w *world) addCustomer() {
	if w.rng.IntN(2) == 0 {
		w.addText("customer_id", w.rng.IntN(2) == 0)
	} else {
		w.addNumber("customer_id", w.rng.IntN(2) == 0, "integer")
	}
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

// word is a value that is told apart from others. MySQL tells subjects apart as
// the collation of their column does, which knows no case.
func (w *world) word() string {
	word := words[w.rng.IntN(6)] + strconv.Itoa(w.rng.IntN(8))
	if w.engine == testdb.DriverMySQL {
		return strings.ToLower(word)
	}
	return word
}
