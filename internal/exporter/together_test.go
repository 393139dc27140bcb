package exporter_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/cx-exporter/cx-exporter/internal/testdb"
)

// Which segments are the greatest is a question to one instant: what others are
// evaluated with it must not change what is shown of it.
func TestTheGreatestSegmentsAreThoseOfTheInstant(t *testing.T) {
	t.Parallel()
	orders := `a | 2024-05-02T00:00:00Z | 10 | FR
		b | 2024-05-03T00:00:00Z | 11 | FR
		c | 2024-05-04T00:00:00Z | 12 | FR
		d | 2024-05-05T00:00:00Z | 13 | US
		e | 2024-05-06T00:00:00Z | 14 | US
		f | 2024-05-07T00:00:00Z | 15 | CH
		g | 2024-06-02T00:00:00Z | 20 | CH
		h | 2024-06-03T00:00:00Z | 21 | CH
		i | 2024-06-04T00:00:00Z | 22 | CH
		k | 2024-06-05T00:00:00Z | 23 | DE
		l | 2024-06-06T00:00:00Z | 24 | DE
		m | 2024-06-07T00:00:00Z | 25 | FR`
	c := named{
		entity: "orders", at: "2024-06-01T00:00:00Z", windows: "30d", cap: 2, dims: "country",
		columns: "customer_id:word ordered_at:naive amount:decimal country:word",
		rows:    orders, kpis: []string{"revenue"},
	}
	// Together CH has four orders and FR has four, so that US would be no more
	// than the rest.
	want := []string{
		`country="FR" 33, country="US" 27, country="other" 15, total 75`,
		`country="CH" 63, country="DE" 47, country="other" 25, total 135`,
	}
	for _, driver := range []string{testdb.DriverPostgres, testdb.DriverMySQL, testdb.DriverSQLite} {
		t.Run(driver, func(t *testing.T) {
			t.Parallel()
			e := openEngine(t, driver)
			w := c.world(t, driver)
			w.now = false
			w.instants = append(w.instants, moment(t, "2024-07-01T00:00:00Z"))
			if _, err := e.load(t.Context(), w, "greatest"); err != nil {
				t.Fatal(err)
			}
			snapshots, err := e.evaluate(t.Context(), w, "greatest")
			if err != nil {
				t.Fatal(err)
			}
			for i, s := range snapshots {
				if len(s.Rejected) > 0 || !s.Newest.IsZero() {
					t.Errorf("as of %s it tells of all rows, %v and %s, as an instant alone does", s.At, s.Rejected, s.Newest)
				}
				var shown []string
				total := ""
				for _, x := range s.Series {
					switch {
					case x.Metric != "cx_revenue":
					case x.Segment.IsTotal():
						total = fmt.Sprintf("total %v", x.Value)
					default:
						shown = append(shown, fmt.Sprintf("%s=%q %v", x.Segment.Dimension, x.Segment.Value, x.Value))
					}
				}
				if got := strings.Join(append(shown, total), ", "); got != want[i] {
					t.Errorf("as of %s it shows %s, not %s", s.At, got, want[i])
				}
			}
		})
	}
}

// TestAnInstantHasTheSegmentsThatItKnows has two segments in relations of each shape:
// one that begins and ends in May, and one that begins in June.
func TestAnInstantHasTheSegmentsThatItKnows(t *testing.T) {
	t.Parallel()
	cases := []struct {
		of named
		// What is known as of the beginnings of June and July, in alphabetical order.
		june, july string
	}{
		{of: named{
			name: "rows of a window", entity: "orders", columns: "customer_id:word ordered_at:naive amount:decimal dim:word",
			rows: "a | 2024-05-10T00:00:00Z | 5 | early\nb | 2024-06-10T00:00:00Z | 5 | late",
			kpis: []string{"revenue"},
		}, june: "early", july: "late"},
		{of: named{
			name: "customers at points", entity: "subscriptions", columns: "customer_id:word started_at:naive ended_at:naive dim:word",
			rows: "a | 2024-05-01T00:00:00Z | 2024-05-20T00:00:00Z | early\nb | 2024-06-10T00:00:00Z | - | late",
			kpis: []string{"customers", "churn"},
		}, june: "early", july: "late"},
		{of: named{
			name: "first purchases of a window", entity: "orders", columns: "customer_id:word ordered_at:naive amount:decimal dim:word",
			rows: "a | 2024-05-10T00:00:00Z | 5 | early\nb | 2024-06-10T00:00:00Z | 5 | late",
			kpis: []string{"repeat_purchase {within: 7d}"},
		}, june: "early", july: "late"},
		{of: named{
			name: "all that customers ever bought", entity: "orders", columns: "customer_id:word ordered_at:naive amount:decimal dim:word",
			rows: "a | 2024-05-10T00:00:00Z | 5 | early\nb | 2024-06-10T00:00:00Z | 5 | late",
			kpis: []string{"clv {method: historic}"},
		}, june: "early", july: "early late"},
		{of: named{
			name: "rows that are read one by one", entity: "tickets", columns: "created_at:naive resolved_at:naive dim:word",
			calendar: "UTC | mon-fri 09:00-18:00",
			rows:     "2024-05-10T00:00:00Z | 2024-05-10T10:00:00Z | early\n2024-06-10T00:00:00Z | 2024-06-10T10:00:00Z | late",
			kpis:     []string{"resolution_time {calendar: office}"},
		}, june: "early", july: "late"},
		{of: named{
			name: "stretches of tickets that are open", entity: "ticket_events", columns: "ticket_id:word at:naive event:word dim:word",
			rows: `a | 2024-05-10T00:00:00Z | created | early
				b | 2024-06-10T00:00:00Z | created | late`,
			kpis: []string{"backlog {older_than: []}"},
		}, june: "early", july: "early late"},
	}
	e := openEngine(t, testdb.DriverSQLite)
	for i, c := range cases {
		for _, rolled := range []bool{false, true} {
			c.of.at, c.of.windows, c.of.dims = "2024-06-01T00:00:00Z", "30d", "dim"
			w := c.of.world(t, e.name)
			w.now, w.rolled = false, rolled
			w.instants = append(w.instants, moment(t, "2024-07-01T00:00:00Z"))
			table := fmt.Sprintf("known_%d_%v", i, rolled)
			if _, err := e.load(t.Context(), w, table); err != nil {
				t.Fatal(err)
			}
			snapshots, err := e.evaluate(t.Context(), w, table)
			if err != nil {
				t.Fatal(err)
			}
			for k, want := range []string{c.june, c.july} {
				var shown []string
				for _, x := range snapshots[k].Series {
					if !x.Segment.IsTotal() {
						shown = append(shown, x.Segment.Value)
					}
				}
				slices.Sort(shown)
				if got := strings.Join(slices.Compact(shown), " "); got != want {
					t.Errorf("%s (rolled: %v): as of %s it has the segments %q, not %q", c.of.name, rolled, stampOf(w.instants[k]), got, want)
				}
			}
		}
	}
}
