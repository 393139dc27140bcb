package oracle

import (
	"slices"
	"strings"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// Base says when a customer is active: under a contract from Start to End or,
// where End is empty, for a while after each order. Customers are subjects: what
// counts is the customer, however many rows there are. Rows without a customer
// belong to none.
type Base struct {
	Start, End string
	Weight     string        // the greatest decides the segment; may be empty
	Inactive   time.Duration // without End: how long an order keeps a customer active; 0 for the length of the window
	Grace      time.Duration // with End: how long after it a customer is still active
}

// customers are the rows of each customer, without those that no customer has
// and those that end before they start.
func (b Base) customers(rows []Row) map[string][]Row {
	by := map[string][]Row{}
	for _, r := range rows {
		id, ok := identity(r["customer_id"])
		if _, started := r.instant(b.Start); !ok || !started || b.End != "" && r.backwards(b.Start, b.End) {
			continue
		}
		by[id] = append(by[id], r)
	}
	return by
}

// active are the rows that make a customer active at t, in a window.
func (b Base) active(rows []Row, t time.Time, s kpi.Span) []Row {
	keeps := b.Inactive
	if keeps == 0 {
		keeps = s.Hi.Sub(s.Lo)
	}
	var in []Row
	for _, r := range rows {
		if b.End == "" {
			if r.within(b.Start, t.Add(-keeps), t) {
				in = append(in, r)
			}
			continue
		}
		end, ended := r.instant(b.End)
		if r.before(b.Start, t) && (!ended || !end.Add(b.Grace).Before(t)) {
			in = append(in, r)
		}
	}
	return in
}

// segment is the segment of a customer by some of the rows: that of the greatest
// weight, and of equals the first by name.
func (b Base) segment(rows []Row, of func(Row) string) string {
	best, heaviest := "", 0.0
	for i, r := range rows {
		w, ok := r.number(b.Weight)
		if !ok {
			w = 0
		}
		name := of(r)
		if i == 0 || w > heaviest || w == heaviest && name < best {
			best, heaviest = name, w
		}
	}
	return best
}

// cohort is the customers of a window.
type cohort struct {
	start, end, kept, lost, joined, returned, moved float64
	reasons                                         [][]string // of the ends of those lost
}

func (b Base) cohort(rows []Row, s kpi.Span, seg Segment) cohort {
	var c cohort
	for _, own := range b.customers(rows) {
		first, last := b.active(own, s.Lo, s), b.active(own, s.Hi, s)
		if len(first)+len(last) == 0 {
			continue
		}
		moved := false
		if !seg.Total() {
			where := first
			if len(first) == 0 {
				where = last
			}
			if !seg.holds(b.segment(where, seg.Of)) {
				continue
			}
			moved = len(first) > 0 && len(last) > 0 && !seg.holds(b.segment(last, seg.Of))
		}
		before := false
		for _, r := range own {
			before = before || r.before(b.Start, s.Lo)
		}
		add := func(to *float64, when bool) {
			if when {
				*to++
			}
		}
		was, is := len(first) > 0, len(last) > 0
		add(&c.start, was)
		add(&c.end, is)
		add(&c.kept, was && is)
		add(&c.lost, was && !is)
		if was && !is {
			var reasons []string
			for _, r := range first { // all of them have ended
				text, _ := r["end_reason"].(string)
				reasons = append(reasons, strings.ToUpper(strings.TrimSpace(text)))
			}
			c.reasons = append(c.reasons, reasons)
		}
		add(&c.joined, !was && is && !before)
		add(&c.returned, !was && is && before)
		add(&c.moved, moved)
	}
	return c
}

// Churn is the share of the customers active at the beginning of the window who
// are not active at its end.
type Churn struct {
	Base
	Involuntary []string // reasons, in capitals
}

// Values implements KPI.
func (k Churn) Values(rows []Row, s kpi.Span, seg Segment) []Value {
	c := k.cohort(rows, s, seg)
	ratio := share("ratio", c.lost, c.start)
	ratio.Labels = "basis=contract"
	if k.End == "" {
		ratio.Labels = "basis=activity"
	}
	values := []Value{ratio, count("at_start", "", c.start), count("lost", "", c.lost)}
	if k.Involuntary == nil {
		return values
	}
	n := 0.0
	for _, reasons := range c.reasons {
		if slices.ContainsFunc(reasons, func(r string) bool { return slices.Contains(k.Involuntary, r) }) {
			n++
		}
	}
	return append(values, share("involuntary", n, c.start), count("lost_involuntarily", "", n))
}

// Retention is the share of them who still are.
type Retention struct {
	Base
	Naive bool // also as other tools compute it
}

// Values implements KPI.
func (k Retention) Values(rows []Row, s kpi.Span, seg Segment) []Value {
	c := k.cohort(rows, s, seg)
	values := []Value{share("ratio", c.kept, c.start), count("kept", "", c.kept)}
	if k.Naive {
		naive := Value{Stat: "naive", N: c.start, Defined: c.start > 0, Component: true}
		if naive.Defined {
			naive.V = (c.end - c.joined) / c.start
		}
		values = append(values, naive)
	}
	return values
}

// Customers is the number of active customers at the end of the window and how
// it came about.
type Customers struct{ Base }

// Values implements KPI.
func (k Customers) Values(rows []Row, s kpi.Span, seg Segment) []Value {
	c := k.cohort(rows, s, seg)
	if c.end != c.start-c.lost+c.joined+c.returned {
		panic("the oracle's own customers do not add up")
	}
	values := []Value{stock("active", c.end), stock("new", c.joined), stock("returned", c.returned)}
	if !seg.Total() {
		values = append(values, count("moved", "", c.moved))
	}
	return values
}
