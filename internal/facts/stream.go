package facts

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/calendar"
	"github.com/cx-exporter/cx-exporter/internal/stats"
)

// A stream is a cube that the database cannot count, since it does not know when
// the business is open. Its statement gives the instants of each row, ungrouped,
// and every row becomes what a row of the grid's own statement would have been:
// so cells, segments, refusals and several sources are the same for both. Memory
// holds the cells, never the rows.

// inHours reports whether the sum is of a number that counts in business hours.
func (s Sum) inHours() bool { return s.Of.Hours != nil }

// streamed reports whether a cube has to be read row by row.
func (c *Cube) streamed() bool {
	return slices.ContainsFunc(c.Keys, func(k Key) bool { return k.Hours != nil }) || slices.ContainsFunc(c.Sums, Sum.inHours)
}

// checkStream says what a stream cannot do.
func (c *Cube) checkStream() error {
	if !c.streamed() {
		return nil
	}
	if c.Stretches {
		return fmt.Errorf("stretches by %s are counted by the database, not in business hours", c.Time)
	}
	if c.Standing != (Standing{}) {
		return fmt.Errorf("what still stands by %s is counted by the database, not in business hours", c.Time)
	}
	for _, k := range c.Keys {
		if k.Hours != nil && (!k.Bucket || k.Since == "") {
			return fmt.Errorf("business hours need two instants and a log-bucket, not %s", k.Expr)
		}
	}
	for _, s := range c.Sums {
		switch {
		case !s.inHours() || s.Of.Since == "":
			return fmt.Errorf("the sum of %s stands beside business hours, but is not of them", s.Of)
		case s.Where != (Ranges{}), s.Kind != SumOf && s.Kind != SumSquare && s.Kind != SumWithin && s.Kind != SumCount:
			return fmt.Errorf("of business hours there is no %s", s)
		}
	}
	return nil
}

// Calendars are the business calendars that needs count by.
func Calendars(needs []Need) []*calendar.Hours {
	var out []*calendar.Hours
	add := func(e Expr) {
		if e.Hours != nil && !slices.Contains(out, e.Hours) {
			out = append(out, e.Hours)
		}
	}
	for _, n := range needs {
		if n.Cube == nil {
			continue
		}
		for _, k := range n.Cube.Keys {
			add(k.Expr)
		}
		for _, s := range n.Cube.Sums {
			add(s.Of)
		}
	}
	return out
}

// instants are the roles whose instants a stream returns: the time of the grid
// first.
func (g *grid) instants() []Role {
	out := []Role{g.time}
	add := func(e Expr) {
		for _, r := range []Role{e.Since, e.Role} {
			if e.Hours != nil && r != "" && !slices.Contains(out, r) {
				out = append(out, r)
			}
		}
	}
	for _, k := range g.keys {
		add(k.Expr)
	}
	for _, s := range g.sums {
		add(s.Of)
	}
	return out
}

// streamStatement writes the statement of a streamed grid.
func (p *Plan) streamStatement(d Dialect, r Relation, g *grid, columns []string) (Statement, error) {
	return write(d, r, p.zoneSpan(), func(c *rows) (Statement, error) {
		w := &writer{flat: true}
		w.say("Rows by %s, from whose instants seconds of business hours are computed one by one.", g.time)
		w.say("None of them is kept, so their number is not limited by row_budget, only their time by the timeout.")
		w.sayIntervals(g)
		if _, err := p.gridKeys(c, w, g, columns, g.whole()); err != nil {
			return Statement{}, err
		}
		for n, role := range g.instants() {
			m, err := c.bare(role)
			if err != nil {
				return Statement{}, err
			}
			known := "CASE WHEN " + m.none() + " THEN NULL ELSE " + m.epoch(c.span) + " END"
			w.column(c.take(known, string(role)+" as seconds since 1970"), fmt.Sprintf("t%d", n), string(role)+" as seconds since 1970")
		}
		at, err := c.bare(g.time)
		if err != nil {
			return Statement{}, err
		}
		return Statement{SQL: w.text(c.from(w, p.gridConditions(g, at, g.whole())), "", 0, "")}, nil
	})
}

// readStream reads a streamed grid.
func (p *Plan) readStream(ctx context.Context, t Target, index int, g *grid, a *Answer) error {
	dims := t.Relation.Dimensions
	set := groupings(dims, false)[0]
	st, err := p.streamStatement(t.Dialect, t.Relation, g, set.columns)
	if err != nil {
		return err
	}
	f := &streamFold{gridFold: newGridFold(p, dims, g, set), instants: g.instants(), limit: p.limit * (1 + len(dims))}
	if err := p.run(ctx, t, st, a, f.add); err != nil {
		return err
	}
	a.addGrid(index, f.gridFold)
	return nil
}

// streamFold turns the rows of a stream into those of its grid, one at a time.
type streamFold struct {
	*gridFold
	instants []Role
	limit    int // cells, which are all that is kept
	row      Row // is used again and again
}

func (f *streamFold) add(r Row) error {
	fixed := 1 + len(f.g.outcomes)
	times := r[len(r)-len(f.instants):]
	f.row = append(f.row[:0], r[:fixed]...)
	for _, k := range f.g.keys {
		if k.Hours == nil {
			f.row = append(f.row, r[fixed])
			fixed++
			continue
		}
		if x, ok := f.seconds(k.Expr, times); ok {
			f.row = append(f.row, float64(logBucket(x)))
		} else {
			f.row = append(f.row, nil)
		}
	}
	f.row = append(f.row, r[fixed:len(r)-len(f.instants)]...) // the dimensions
	f.row = append(f.row, 1.0)
	for _, s := range f.g.sums {
		x, ok := f.seconds(s.Of, times)
		switch {
		case !ok:
			f.row = append(f.row, nil)
			continue
		case s.Kind == SumSquare:
			x *= x
		case s.Kind == SumCount, s.Kind == SumWithin && x <= s.Limit+tick:
			x = 1
		case s.Kind == SumWithin:
			x = 0
		}
		f.row = append(f.row, x)
	}
	f.row = append(f.row, times[0])
	if err := f.gridFold.add(f.row); err != nil {
		return err
	}
	if f.made > f.limit {
		return &BudgetError{What: "grouping the business hours by " + string(f.g.time), Limit: f.limit}
	}
	return nil
}

// seconds are those of an expression in a row. What ends before it starts is
// negative even where the business was closed.
func (f *streamFold) seconds(e Expr, times Row) (float64, bool) {
	from, ok := instantOf(times[slices.Index(f.instants, e.Since)])
	var to time.Time
	ended := false
	if e.Role != "" {
		to, ended = instantOf(times[slices.Index(f.instants, e.Role)])
	}
	if !e.Until.IsZero() && (!ended || !to.Before(e.Until)) {
		to, ended = e.Until, true
	}
	switch {
	case !ok || !ended:
		return 0, false
	case to.Before(from):
		return to.Sub(from).Seconds(), true
	}
	return e.Hours.Between(from, to), true
}

// instantOf is an instant that was read as seconds since 1970. Databases keep
// microseconds, which a floating-point number holds exactly enough to find them
// again.
func instantOf(v any) (time.Time, bool) {
	const most = 9e12 // seconds whose microseconds are an integer
	x, ok := numeric(v)
	if !ok || !(math.Abs(x) <= most) { // infinite, for one
		return time.Time{}, false
	}
	return time.UnixMicro(int64(math.Round(x * 1e6))), true
}

// logBucket is the log-bucket of a length of time, as rows.bucket has databases find
// it.
func logBucket(x float64) int {
	switch {
	case x < -tick:
		return negativeBucket
	case x < leastDuration:
		return zeroBucket
	}
	return int(math.Floor(math.Log(x) / stats.LogGamma(stats.DefaultAlpha)))
}
