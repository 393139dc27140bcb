package facts

import (
	"errors"
	"slices"
	"strconv"
	"time"
)

// chunk is a part of a grid's time axis: the intervals from lo to hi-1.
type chunk struct{ lo, hi int }

func (g *grid) whole() chunk { return chunk{0, len(g.bounds) + 1} }

// interval i of a grid lies between bounds i-1 and i.
func (g *grid) limits(c chunk) (lo, hi time.Time) {
	if c.lo > 0 {
		lo = g.bounds[c.lo-1]
	} else if !g.unbounded && len(g.bounds) > 0 {
		lo = g.bounds[0]
	}
	if c.hi <= len(g.bounds) {
		hi = g.bounds[c.hi-1]
	}
	return lo, hi
}

// gridStatement writes the statement of a grid, grouped by the given columns.
func (p *Plan) gridStatement(d Dialect, r Relation, g *grid, columns []string, part chunk) (Statement, error) {
	if g.streamed {
		return p.streamStatement(d, r, g, columns)
	}
	if g.stretches {
		if r.Stretches == nil {
			return Statement{}, errors.New("only tickets that are folded from events are known to have been open in stretches")
		}
		r = *r.Stretches
	}
	return write(d, r, p.zoneSpan(), func(c *rows) (Statement, error) {
		w := &writer{}
		w.say("One pass for all KPIs that are placed by %s. Every window is a sum of intervals.", g.time)
		w.sayIntervals(g)
		if err := p.gridColumns(c, w, g, columns, part); err != nil {
			return Statement{}, err
		}
		at, err := c.bare(g.time)
		if err != nil {
			return Statement{}, err
		}
		where := p.gridConditions(g, at, part)
		if g.stretches && p.live(g) {
			where = append(where, p.once(c, at))
		}
		if g.standing.Role != "" {
			end, err := c.bare(g.standing.Role)
			if err != nil {
				return Statement{}, err
			}
			where = append(where, "("+end.none()+" OR "+end.from(g.standing.At)+")")
		}
		st := Statement{SQL: w.text(c.from(w, where), "", p.limit, ""), Limit: p.limit}
		if r.Table != "" {
			st.Cube = From(c.d, r)
		}
		return st, nil
	})
}

// sayIntervals tells where the intervals of a grid begin.
func (w *writer) sayIntervals(g *grid) {
	if len(g.bounds) > maxNotes {
		w.say("%d intervals from %s to %s", len(g.bounds)+1, g.bounds[0].Format(time.RFC3339Nano), g.bounds[len(g.bounds)-1].Format(time.RFC3339Nano))
		return
	}
	for i, b := range g.bounds {
		w.say("interval %d begins at %s", i+1, b.Format(time.RFC3339Nano))
	}
}

// gridColumns writes the columns that gridFold.add reads, in its order.
func (p *Plan) gridColumns(c *rows, w *writer, g *grid, columns []string, part chunk) error {
	at, err := p.gridKeys(c, w, g, columns, part)
	if err != nil {
		return err
	}
	w.column("COUNT(*)", "n", "rows")
	for n, s := range g.sums {
		x, err := c.sum(s)
		if err != nil {
			return err
		}
		w.column(x, "s"+strconv.Itoa(n), s.String())
	}
	at.sql = "MAX(" + at.sql + ")"
	w.column(at.epoch(c.span), "newest", "newest "+string(g.time))
	return nil
}

// gridKeys writes what rows are grouped by, but for numbers that only count in
// business hours. It returns the time of the grid.
func (p *Plan) gridKeys(c *rows, w *writer, g *grid, columns []string, part chunk) (moment, error) {
	at, err := c.moment(g.time)
	if err != nil {
		return at, err
	}
	bounds, live := g.bounds, p.live(g)
	if live {
		bounds = append(slices.Clone(bounds), p.future)
	}
	// The conditions leave no other intervals than these.
	first, last := part.lo, part.hi-1
	if first == 0 && !g.unbounded {
		first = 1
	}
	if part.hi == g.whole().hi {
		last = len(bounds) // the future, where it is looked for
		if !live {
			last--
		}
	}
	index := at.interval(bounds, first, last)
	if live {
		index = "CASE WHEN " + at.none() + " THEN -1 ELSE " + index + " END"
	}
	w.key(index, "i", "interval of "+string(g.time))
	for n, o := range g.outcomes {
		m, err := c.moment(o.Role)
		if err != nil {
			return at, err
		}
		early, note := "", ""
		if !o.Early {
			x := m.sql + " < " + at.sql
			if !sameClock(m, at) {
				if x, err = c.number(Expr{Role: o.Role, Since: g.time}); err != nil {
					return at, err
				}
				x += isNegative
			}
			early, note = " WHEN "+x+" THEN "+strconv.Itoa(earlierOutcome), ", -2 before "+string(g.time)
		}
		x := "CASE WHEN " + m.none() + " THEN -1" + early + " ELSE " + m.interval(o.Bounds, 0, len(o.Bounds)) + " END"
		w.key(x, "o"+strconv.Itoa(n), "interval of "+string(o.Role)+": -1 never yet"+note)
	}
	for n, k := range g.keys {
		if k.Hours != nil {
			continue
		}
		if !k.Bucket {
			w.key(c.raw(c.column(k.Role)), "k"+strconv.Itoa(n), string(k.Role))
			continue
		}
		x, err := c.bucket(k.Expr)
		if err != nil {
			return at, err
		}
		w.key(x, "k"+strconv.Itoa(n), "log-bucket of "+k.Expr.String())
	}
	for n, name := range columns {
		w.key(c.dimension(name), "d"+strconv.Itoa(n), "dimension "+name)
	}
	return at, nil
}

// gridConditions narrow a grid's statement to a part of the time axis.
func (p *Plan) gridConditions(g *grid, at moment, part chunk) []string {
	live := p.live(g)
	lo, hi := g.limits(part)
	switch {
	case live && part.hi == len(g.bounds)+1:
		hi = time.Time{} // so that rows of the future are seen
	case hi.IsZero() && len(g.bounds) > 0:
		hi = g.bounds[len(g.bounds)-1]
	}
	// Rows without a time are counted with those of the future, by the one part
	// that has no upper limit.
	nulls := live && g.time == p.primary && hi.IsZero()
	var where []string
	switch {
	case !lo.IsZero() && nulls:
		where = append(where, "("+at.from(lo)+" OR "+at.none()+")")
	case !lo.IsZero():
		where = append(where, at.from(lo))
	case !nulls:
		where = append(where, at.sql+" IS NOT NULL"+at.andKnown())
	}
	switch {
	case !hi.IsZero():
		where = append(where, at.until(hi))
	case live && p.past:
		where = append(where, p.known(at, g.bounds[len(g.bounds)-1]))
	}
	return where
}

// known is the condition that a row was known before an instant of the past, or
// that it is none for any instant: without a time, or ahead of the clock.
func (p *Plan) known(at moment, hi time.Time) string {
	return "(" + at.until(hi) + " OR " + at.from(p.future) + " OR " + at.none() + ")"
}

// maxNotes is the number of bounds that a statement's comments list one by one.
const maxNotes = 24

func (c Column) named(name string) Column {
	c.Name = name
	return c
}

// zoneSpan is the stretch of time that wall clocks of the plan can lie in: from
// five years before its first bound, so that the beginnings of what ends in a
// window are in it, or from 1970 where everything before a bound is asked for.
func (p *Plan) zoneSpan() zoneSpan {
	var all []time.Time
	unbounded := false
	for _, g := range p.grids {
		all = append(all, g.bounds...)
		for _, o := range g.outcomes {
			all = append(all, o.Bounds...)
		}
		unbounded = unbounded || g.unbounded
	}
	for _, pn := range p.panels {
		for _, n := range pn.needs {
			for _, pt := range n.Points {
				all = append(all, pt.At, pt.Until, pt.Ended, pt.Lo, pt.Hi)
			}
		}
	}
	for _, r := range p.returns {
		all = append(all, r.Bounds...)
		all = append(all, r.Bounds[len(r.Bounds)-1].Add(r.Within))
		unbounded = true
	}
	for _, q := range p.stays {
		for _, t := range q.Instants {
			all = append(all, t, t.Add(-q.Grace))
		}
	}
	for _, h := range p.histories {
		all = append(all, h.end())
		unbounded = true
	}
	if !p.future.IsZero() && !p.past { // the newest row is one of the present
		all = append(all, p.future)
	}
	all = sortedBounds(all)
	if len(all) == 0 {
		return zoneSpan{}
	}
	span := zoneSpan{all[0].AddDate(-5, 0, 0), all[len(all)-1].AddDate(0, 0, 2)}
	if unbounded {
		span.lo = time.Unix(0, 0)
	}
	return span
}
