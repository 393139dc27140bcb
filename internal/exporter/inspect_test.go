package exporter_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/exporter"
	"github.com/cx-exporter/cx-exporter/internal/testdb"
	"github.com/cx-exporter/cx-exporter/internal/testdb/oracle"
)

// daily are n rows at noon of every day of [from, to).
func daily(n int, from, to time.Time) []time.Time {
	var all []time.Time
	for day := from; day.Before(to); day = day.AddDate(0, 0, 1) {
		for i := range n {
			all = append(all, day.Add(12*time.Hour+time.Duration(i)*time.Second))
		}
	}
	return all
}

// swapped reads dates month first that were written day first.
func swapped(all []time.Time) []time.Time {
	for i, t := range all {
		if t.Day() <= 12 {
			all[i] = time.Date(t.Year(), time.Month(t.Day()), int(t.Month()), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
		}
	}
	return all
}

// onTheFirst are n rows on the first day of each of the months before a day.
func onTheFirst(n, months int, before time.Time) []time.Time {
	var all []time.Time
	for i := range months {
		first := time.Date(before.Year(), before.Month()-time.Month(i), 1, 9, 0, 0, 0, time.UTC)
		all = append(all, slices.Repeat([]time.Time{first}, n)...)
	}
	return all
}

func TestRowsThatLookWrongAreFound(t *testing.T) {
	t.Parallel()
	day := func(text string) time.Time { return moment(t, text+"T00:00:00Z") }
	at := day("2024-01-10")
	cases := map[string]struct {
		entity string
		rows   []time.Time
		want   string
	}{
		"a steady business":                            {"responses", daily(10, day("2022-10-01"), at), ""},
		"a business that began last month":             {"responses", daily(30, day("2023-12-02"), at), ""},
		"a business that knows the first of a month":   {"responses", onTheFirst(30, 12, at), ""},
		"half a year whose days and months changed":    {"responses", slices.Concat(swapped(daily(10, day("2023-01-01"), day("2023-07-01"))), daily(10, day("2024-01-01"), at)), exporter.DayMonthSwapped},
		"a year whose days and months changed":         {"responses", swapped(daily(10, day("2023-01-10"), day("2024-01-10"))), exporter.RowsInTheFuture + " " + exporter.RowsStopped},
		"a table of swapped dates without a later one": {"responses", swapped(daily(10, day("2023-01-01"), day("2023-07-01"))), exporter.DayMonthSwapped + " " + exporter.RowsStopped},
		"rows ahead of the clock":                      {"responses", slices.Concat(daily(2, day("2023-03-01"), at), daily(2, day("2024-01-11"), day("2024-01-16"))), exporter.RowsInTheFuture},
		"contracts that begin next month":              {"subscriptions", slices.Concat(daily(2, day("2023-03-01"), at), daily(2, day("2024-01-11"), day("2024-01-16"))), ""},
		"one slip of the keyboard":                     {"responses", slices.Concat(daily(2, day("2023-03-01"), at), daily(1, day("2034-01-11"), day("2034-01-12"))), ""},
		"a stream of rows that ended":                  {"responses", daily(10, day("2023-03-01"), day("2023-12-20")), exporter.RowsStopped},
		"a long weekend":                               {"responses", daily(100, day("2023-11-01"), day("2024-01-07")), ""},
		"a trickle of rows that ended":                 {"responses", onTheFirst(4, 9, day("2023-11-10")), ""},
		"no rows":                                      {"responses", nil, ""},
	}
	for _, engine := range []string{testdb.DriverSQLite, testdb.DriverMySQL, testdb.DriverPostgres} {
		e := openEngine(t, engine)
		n := 0
		for name, c := range cases {
			n++
			table := fmt.Sprintf("inspected_%d", n)
			got := inspect(t, e, table, c.entity, at, c.rows)
			if got != c.want {
				t.Errorf("%s, %s: got %q, want %q", engine, name, got, c.want)
			}
		}
	}
}

// inspect puts rows into a table and returns the names of what is found there.
func inspect(t *testing.T, e *engine, table, entity string, at time.Time, times []time.Time) string {
	t.Helper()
	c := named{entity: entity, at: at.Format(time.RFC3339), windows: "7d", dims: "team"}
	c.columns, c.kpis = "responded_at:naive score:integer team:word", []string{"nps"}
	if entity == "subscriptions" {
		c.columns, c.kpis = "started_at:naive ended_at:naive customer_id:word team:word", []string{"churn"}
	}
	w := c.world(t, e.name)
	for i, at := range times {
		w.rows = append(w.rows, oracle.Row{w.columns[0].role: at, "score": 9.0, "customer_id": "c", "team": fmt.Sprint(i % 3)})
	}
	if _, err := e.load(t.Context(), w, table); err != nil {
		t.Fatal(err)
	}
	g, collector, err := w.collector(table)
	if err != nil {
		t.Fatal(err)
	}
	concerns, err := exporter.NewEvaluator(g, collector, e.sources[:1]).Inspect(t.Context(), at)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, x := range concerns {
		names = append(names, x.Name)
	}
	return strings.Join(names, " ")
}
