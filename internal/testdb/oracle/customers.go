package oracle

import (
	"maps"
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
	Trial      string        // with End: a row counts from then on; may be empty
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
		if paid, ok := b.paid(r); ok {
			by[id] = append(by[id], paid)
		}
	}
	return by
}

// paid is a row from the end of its trial on; ok is false for one that ended no
// later.
func (b Base) paid(r Row) (paid Row, ok bool) {
	trial, ok := r.instant(b.Trial)
	start, _ := r.instant(b.Start)
	end, ended := r.instant(b.End)
	switch {
	case !ok:
		return r, true
	case ended && !end.After(trial):
		return nil, false
	case !trial.After(start):
		return r, true
	}
	paid = maps.Clone(r)
	paid[b.Start] = trial
	return paid, true
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
	Events      bool     // also who left, be it that they came in the window
}

// left is how many customers had a contract end in the window, and have none at
// its end.
func (k Churn) left(rows []Row, s kpi.Span, seg Segment) (n float64) {
	for _, own := range k.customers(rows) {
		var over []Row
		for _, r := range own {
			end, ended := r.instant(k.End)
			if start, _ := r.instant(k.Start); k.Grace == 0 && !end.After(start) {
				continue // in force at no instant
			}
			if ended && !end.Add(k.Grace).Before(s.Lo) && end.Add(k.Grace).Before(s.Hi) {
				over = append(over, r)
			}
		}
		if len(over) == 0 || len(k.active(own, s.Hi, s)) > 0 {
			continue
		}
		if first := k.active(own, s.Lo, s); len(first) > 0 {
			over = first
		}
		if seg.Total() || seg.holds(k.segment(over, seg.Of)) {
			n++
		}
	}
	return n
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
	if k.Involuntary != nil {
		n := 0.0
		for _, reasons := range c.reasons {
			if slices.ContainsFunc(reasons, func(r string) bool { return slices.Contains(k.Involuntary, r) }) {
				n++
			}
		}
		values = append(values,
			share("involuntary", n, c.start), count("lost_involuntarily", "", n),
			share("voluntary", c.lost-n, c.start), count("lost_voluntarily", "", c.lost-n))
	}
	if k.Events {
		left := k.left(rows, s, seg)
		ratio := Value{Stat: "event", N: c.start, Defined: c.start > 0}
		if ratio.Defined {
			ratio.V = left / c.start
			ratio.Bounds = func(confidence float64) (float64, float64, bool) {
				lower, upper := poisson(left, confidence)
				return lower / c.start, upper / c.start, true
			}
		}
		values = append(values, ratio, count("left", "", left))
	}
	return values
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
