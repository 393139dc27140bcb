package exporter

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/cx-exporter/cx-exporter/collectors"
	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// The names of concerns, as the metric cx_collector_finding has them.
const (
	// DayMonthSwapped is the concern that days and months of dates were swapped
	// where both readings are possible.
	DayMonthSwapped = "day_month_swapped"
	// RowsInTheFuture is the concern that events are dated ahead of the clock.
	RowsInTheFuture = "rows_in_the_future"
	// RowsStopped is the concern that nobody writes to the relation any more.
	RowsStopped = "rows_stopped"
)

// Concern is something about the rows of a collector that makes its values
// doubtful, although they can be read.
type Concern struct {
	Name string
	// Text says what was seen, and what to do.
	Text string
}

// inspectedMonths is how many months that are over an inspection looks at.
const inspectedMonths = 12

// month is the number of rows of one month by the half that they lie in. From
// the thirteenth day on, no day can be taken for a month.
type month struct {
	begin       time.Time
	early, late float64
}

// census is what an inspection counts.
type census struct {
	at     time.Time
	months []month // in the order of time; the last one is not over
	future float64
	newest time.Time
}

// Inspect looks at when rows are dated, as of the present instant. It is a
// statement of its own over the column that places rows in time, and meant to
// be run rarely. Collectors whose rows have no such column have no concerns.
func (e *Evaluator) Inspect(ctx context.Context, at time.Time) ([]Concern, error) {
	at = at.UTC().Truncate(time.Microsecond)
	if _, read := facts.Uses(e.needs(at))[e.primary]; !read || e.primary == "" {
		return nil, nil
	}
	c, bounds := e.halves(at)
	cube := &facts.Cube{Time: e.primary, Bounds: bounds}
	needs := []facts.Need{{Cube: cube}}
	plan, err := facts.NewPlan(facts.Options{Limit: e.collector.RowBudget, Future: at.Add(clockSkew), Primary: e.primary}, needs)
	if err != nil {
		return nil, err
	}
	whole := e.collector
	whole.Relation.Dimensions = nil
	answer, err := NewEvaluator(e.global, whole, e.sources).read(ctx, plan, facts.Uses(needs))
	if err != nil {
		return nil, err
	}
	view := answer.View(kpi.Segment{})
	count := func(lo, hi time.Time) (n float64) {
		view.Cells(cube, lo, hi, func(x facts.Cell) { n += x.N() })
		return n
	}
	for i := range c.months {
		m := &c.months[i]
		m.early, m.late = count(bounds[2*i], bounds[2*i+1]), count(bounds[2*i+1], bounds[2*i+2])
	}
	c.future, c.newest = answer.Rejected()[facts.RejectedFuture], answer.Newest()
	return c.concerns(e.collector.Entity), nil
}

// halves are the months up to an instant, with the bounds of their halves: those
// of month i are bounds 2i, 2i+1 and 2i+2. The last month is not cut.
func (e *Evaluator) halves(at time.Time) (census, []time.Time) {
	y, m, _ := at.In(e.global.Zone).Date()
	c := census{at: at}
	var bounds []time.Time
	for i := time.Month(-inspectedMonths); i <= 0; i++ {
		day := func(d int) time.Time { return time.Date(y, m+i, d, 0, 0, 0, 0, e.global.Zone) }
		c.months = append(c.months, month{begin: day(1)})
		bounds = append(bounds, day(1), day(13))
	}
	bounds[len(bounds)-1] = at
	return c, append(bounds, at)
}

// concerns judges what was counted.
func (c census) concerns(entity string) []Concern {
	var all []Concern
	for _, look := range []func() (Concern, bool){c.swapped, c.ahead, c.stopped} {
		if x, ok := look(); ok && !(x.Name == RowsInTheFuture && planned(entity)) {
			all = append(all, x)
		}
	}
	return all
}

// planned reports whether rows of an entity may well begin in the future:
// contracts, budgets.
func planned(entity string) bool {
	return slices.Contains([]string{collectors.EntitySubscriptions, collectors.EntityCosts, collectors.EntityCustom}, entity)
}

// fewRows is what a month must have to be judged. Of so many rows on even days,
// none after the twelfth is a chance of one in a hundred million.
const fewRows = 20

// swapped looks for months that end with their twelfth day, beside months that
// do not. It comes of dates that were written day first and read month first:
// up to the twelfth, the day becomes the month. A month in which nothing was
// written any more is none, nor is a business that only knows the first of each
// month.
func (c census) swapped() (Concern, bool) {
	var cut, whole []string
	for i, m := range c.months[:len(c.months)-1] { // the last one is not over
		begun := m.early + m.late
		over := slices.ContainsFunc(c.months[i+1:], func(next month) bool { return next.early+next.late > 0 })
		switch {
		case begun < fewRows || !over:
		case m.late == 0:
			cut = append(cut, m.begin.Format("2006-01"))
		case m.late > m.early/2:
			whole = append(whole, m.begin.Format("2006-01"))
		}
	}
	if len(cut) == 0 || len(whole) == 0 {
		return Concern{}, false
	}
	return Concern{DayMonthSwapped, fmt.Sprintf("no row is dated after the 12th of %s, although other months have as many late rows as early ones: day and month of some dates were probably swapped when they were imported; compare some rows with where they come from", listed(cut))}, true
}

// listed names a few of many.
func listed(names []string) string {
	const most = 3
	text := strings.Join(names[:min(len(names), most)], ", ")
	if more := len(names) - most; more > 0 {
		text += fmt.Sprintf(" and %d more months", more)
	}
	return text
}

// The share and number of rows ahead of the clock from which they are no slips.
const (
	manyAhead = 0.01
	someAhead = 5
)

// ahead looks for rows of the future.
func (c census) ahead() (Concern, bool) {
	var rows float64
	for _, m := range c.months {
		rows += m.early + m.late
	}
	switch {
	case c.future < someAhead || c.future <= manyAhead*(rows+c.future):
		return Concern{}, false
	case rows == 0:
		return Concern{RowsInTheFuture, fmt.Sprintf("all %.0f rows of the last year are dated in the future: the unit of the column is wrong (`type: unix` for milliseconds, where unix_ms is meant), or the server's clock", c.future)}, true
	}
	return Concern{RowsInTheFuture, fmt.Sprintf("%.0f rows are dated in the future, beside %.0f of the last year: the time zone of the column is wrong, day and month were swapped, or rows are planned ones that `where` should leave out", c.future, rows)}, true
}

// Silence that is longer than a weekend with a holiday, and in which so many rows
// were to be expected, is no chance.
const (
	longSilence = 4 * 24 * time.Hour
	missedRows  = 50
)

// stopped looks for a silence after which nobody would have to wait for the next
// row so long: at the pace of the three months before the newest one.
func (c census) stopped() (Concern, bool) {
	silence := c.at.Sub(c.newest)
	if c.newest.IsZero() || silence < longSilence {
		return Concern{}, false
	}
	var rows float64
	var since time.Time
	for i, m := range c.months {
		if !m.begin.Before(c.newest.AddDate(0, -4, 0)) && m.begin.Before(c.newest) {
			if since.IsZero() {
				since = c.months[i].begin
			}
			rows += m.early + m.late
		}
	}
	if since.IsZero() || !since.Before(c.newest) {
		return Concern{}, false
	}
	expected := rows * silence.Seconds() / c.newest.Sub(since).Seconds()
	if expected < missedRows {
		return Concern{}, false
	}
	return Concern{RowsStopped, fmt.Sprintf("the newest row is of %s, and since then some %.0f were to be expected: see whether what writes or copies the rows still runs", c.newest.Format(time.DateOnly), expected)}, true
}
