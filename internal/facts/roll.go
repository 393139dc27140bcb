package facts

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// A roll is a panel that is asked for at so many points, as of many instants, that
// statements would count for minutes: each looks at all rows for each of its
// points. It is read instead, the rows of one subject after those of another, and
// every subject is told at all points here. What has to be understood of a row is
// left to the database: who it is of, which conditions hold, its segments. Memory
// holds the rows of one subject, and patterns.
//
// Points that are alike stand in lines, along which a subject changes a few times
// (roll_lines.go), and needs that are alike follow one another in families, so that
// it is counted once from one change to the next (roll_patterns.go).
//
// Histories and stays are read as rolls likewise (roll_histories.go, roll_stays.go).
// So is what still stands at many instants, whose rows come in no order, since
// each counts by itself (roll_standing.go).

// manyPoints is how many points subjects are told at by statements, where nothing
// else is said.
const manyPoints = 2 * maxPoints

// What a key of a roll's patterns holds.
const (
	rollSlots       = 32 // at two bits each
	rollAttribution = 3  // at rollSegment bits each
	rollSegment     = 21
	rollConditions  = 64
)

// rolled reports whether a panel is read as a roll.
func (p *Plan) rolled(pn *panel) bool {
	if !p.future.IsZero() { // rows that count at no instant are told by statements
		return false
	}
	points, conditions := map[pointKey]struct{}{}, map[string]struct{}{}
	for _, n := range pn.needs {
		if len(n.Points)+len(n.Pairs) > rollSlots || len(n.Attribution) > rollAttribution {
			return false
		}
		for _, pt := range n.Points {
			points[keyOf(pt)] = struct{}{}
			for _, id := range conditionsOf(pt) {
				conditions[id] = struct{}{}
			}
		}
	}
	return len(points) > p.points && len(conditions) <= rollConditions
}

// togetherBy are the indexes of needs that one roll can read, by what it reads, in
// the order in which each kind comes first. Those of which ok is false are in none.
func togetherBy[N any, K comparable](needs []N, kind func(N) (k K, ok bool)) [][]int {
	places := map[K]int{}
	var out [][]int
	for i, n := range needs {
		k, ok := kind(n)
		if !ok {
			continue
		}
		at, known := places[k]
		if !known {
			at = len(out)
			places[k] = at
			out = append(out, nil)
		}
		out[at] = append(out[at], i)
	}
	return out
}

// rollSubjects writes who a row is of. It returns what the rows are ordered by, so
// that those of one subject stand together. Numbers tell subjects apart as they
// are; whether two texts are the same is known to the database alone, which numbers
// them. That costs it two more passes over all rows.
func (c *rows) rollSubjects(w *writer, who, unit Role) (order string) {
	subject := c.who(who)
	// A bare name here is to MariaDB rather that of a result, should there be one.
	in, by, order := "NULL", "COALESCE("+subject+", NULL)", "who_"
	if unit != "" {
		in = c.d.Word(c.d.Quote(c.column(unit).Name))
		by += ", " + in
	}
	if c.column(who).Type == Integer {
		w.column(subject, "who_", string(who))
		if unit != "" {
			order = "who_, unit_"
		}
	} else {
		w.column("DENSE_RANK() OVER (ORDER BY "+by+")", "who_", "a number for each "+string(who))
	}
	w.column("CASE WHEN "+subject+" IS NULL THEN 1 ELSE 0 END", "nobody", "whether there is no "+string(who))
	w.column(in, "unit_", string(unit))
	return order
}

// rollWho tells the subject of one row of a roll from that of the next.
type rollWho struct {
	known     bool
	who, unit any
}

// next takes who a row is of, and reports whether that is another subject than
// before.
func (s *rollWho) next(who, unit any) bool {
	if s.known && sameNumber(s.who, who) && text(s.unit) == text(unit) && (s.unit == nil) == (unit == nil) {
		return false
	}
	*s = rollWho{true, who, unit}
	return true
}

// sameNumber reports whether two values of a column of whole numbers are equal to a
// database. They differ in form in two cases: numbers that have no sign come as text
// where they are too great for one, and SQLite keeps what it is given, whatever the
// column. It compares whole numbers with others exactly, and takes no text for a
// number.
func sameNumber(a, b any) bool {
	switch x := a.(type) {
	case int64:
		if y, ok := b.(float64); ok {
			return sameWhole(x, y)
		}
	case float64:
		if y, ok := b.(int64); ok {
			return sameWhole(y, x)
		}
	}
	return a == b
}

// sameWhole reports whether a whole number is another without losing a digit. The
// greatest float that has a counterpart lies below 2^63.
func sameWhole(x int64, y float64) bool { return float64(x) == y && y < 1<<63 && int64(y) == x }

// pointKey tells points apart.
type pointKey struct {
	at, until, ended, lo, hi int64
	conditions               string
	least                    int
}

func keyOf(pt Point) pointKey {
	micro := func(t time.Time) int64 {
		if t.IsZero() {
			return never
		}
		return t.UnixMicro()
	}
	return pointKey{
		micro(pt.At), micro(pt.Until), micro(pt.Ended), micro(pt.Lo), micro(pt.Hi),
		strings.Join(conditionsOf(pt), "; "), pt.Least,
	}
}

// never is an instant that stands for none.
const never = -1 << 63

// conditionsOf are the conditions of a point that do not depend on when a row
// began and ended, each by a text that tells it apart.
func conditionsOf(pt Point) []string {
	var out []string
	if pt.Of != "" {
		out = append(out, string(pt.Of)+" in "+strings.Join(pt.Words, "|"))
	}
	for _, r := range pt.Where {
		if r != (Range{}) {
			until := r.Of.Until.UnixMicro() // the same instant whatever its zone
			r.Of.Until = time.Time{}
			out = append(out, fmt.Sprintf("%+v until %d", r, until))
		}
	}
	return out
}

// rollStatement writes the statement of a roll. It returns the place of each
// condition among its columns, too.
func (p *Plan) rollStatement(d Dialect, r Relation, pn *panel, dims []Dimension) (Statement, map[string]int, error) {
	c := &rows{d: d, relation: r, span: p.zoneSpan()}
	who := pn.who
	w := &writer{flat: true}
	w.say("The rows of each %s, from which it is told at the many points of many instants.", who.Subject)
	w.say("None of them is kept, so their number is not limited by row_budget, only their time by the timeout.")
	start, err := c.bare(who.Start)
	if err != nil {
		return Statement{}, nil, err
	}
	seconds := func(m moment) string { return m.since1970(m.known(), c.span) }
	order := c.rollSubjects(w, who.Subject, who.Unit)
	w.column(seconds(start), "start_", string(who.Start)+" as seconds since 1970")
	var end moment
	bad, failed := "0", "0"
	ended, tried := "NULL", "NULL"
	if who.End != "" {
		if end, err = c.bare(who.End); err != nil {
			return Statement{}, nil, err
		}
		backwards, err := c.backwards(who.Start, who.End)
		if err != nil {
			return Statement{}, nil, err
		}
		ended, bad = seconds(end), "CASE WHEN "+backwards+" THEN 1 ELSE 0 END"
	}
	if who.Trial != "" {
		trial, lost, err := c.trial(who, end)
		if err != nil {
			return Statement{}, nil, err
		}
		tried, failed = seconds(trial), lost
	}
	w.column(ended, "end_", string(who.End)+" as seconds since 1970")
	w.column(bad, "bad", "whether it ends before it starts")
	w.column(tried, "trial_", string(who.Trial)+" as seconds since 1970")
	w.column(failed, "failed", "whether it ended no later than its trial")
	if err := p.rollNumbers(c, w, pn, dims); err != nil {
		return Statement{}, nil, err
	}
	conditions, err := c.rollConditions(w, pn)
	if err != nil {
		return Statement{}, nil, err
	}
	w.where = r.and(p.panelConditions(start, pn.allPoints()))
	return Statement{SQL: w.text(From(d, r), "", 0, "ORDER BY "+order)}, conditions, nil
}

// allPoints holds all points of a panel, as far as it matters which rows are read.
func (pn *panel) allPoints() layout {
	var l layout
	for _, n := range pn.needs {
		l.points = append(l.points, n.Points...)
	}
	if pn.who.Trial != "" { // rows may count long after they start
		l.points = append(l.points, Point{})
	}
	return l
}

// rollNumbers writes what a row is worth and where it belongs.
func (p *Plan) rollNumbers(c *rows, w *writer, pn *panel, dims []Dimension) error {
	amount, stamp := "NULL", "NULL"
	weight, err := c.weight(pn.who.Weight, len(dims))
	if err != nil {
		return err
	}
	if pn.who.Last.asks() {
		_, hi := pn.allPoints().reach()
		if stamp, err = c.stamp(pn.who, hi); err != nil {
			return err
		}
		weight = c.newestFirst(stamp, len(dims))
	}
	if pn.who.Amount != "" {
		if amount, err = c.number(Expr{Role: pn.who.Amount}); err != nil {
			return err
		}
		amount = c.wide(pn.who.Amount, amount)
	}
	w.column(stamp, "stamp", "the time and the code of "+string(pn.who.Last.Of))
	w.column(amount, "amount_", string(pn.who.Amount))
	c.rollSegments(w, weight, dims)
	return nil
}

// rollSegments writes where a row belongs, and before it what decides where its
// subject does: the smallest wins.
func (c *rows) rollSegments(w *writer, weight string, dims []Dimension) {
	note := "the smallest decides the segment"
	if weight == "" {
		weight, note = "NULL", ""
	}
	w.column(weight, "weight", note)
	for n, dim := range dims {
		w.column(c.segment(dim, ""), segmentColumn(n, 0), "segment by "+dim.Name)
	}
}

// rollConditions writes the conditions of all points, 1 where they hold.
func (c *rows) rollConditions(w *writer, pn *panel) (map[string]int, error) {
	at := map[string]int{}
	add := func(id string, condition func() (string, error)) error {
		if _, ok := at[id]; ok {
			return nil
		}
		sql, err := condition()
		if err != nil {
			return err
		}
		at[id] = len(at)
		w.column("CASE WHEN "+sql+" THEN 1 ELSE 0 END", "w"+strconv.Itoa(at[id]), "")
		return nil
	}
	for _, n := range pn.needs {
		for _, pt := range n.Points {
			ids := conditionsOf(pt)
			if pt.Of != "" {
				err := add(ids[0], func() (string, error) {
					return c.d.Word(c.d.Quote(c.column(pt.Of).Name)) + " IN ('" + strings.Join(pt.Words, "', '") + "')", nil
				})
				if err != nil {
					return nil, err
				}
				ids = ids[1:]
			}
			for _, r := range pt.Where {
				if r == (Range{}) {
					continue
				}
				if err := add(ids[0], func() (string, error) { return c.holds(r) }); err != nil {
					return nil, err
				}
				ids = ids[1:]
			}
		}
	}
	return at, nil
}

// readRoll reads a panel as a roll.
func (p *Plan) readRoll(ctx context.Context, t Target, index int, pn *panel, a *Answer) error {
	dims := t.Relation.Dimensions
	st, conditions, err := p.rollStatement(t.Dialect, t.Relation, pn, dims)
	if err != nil {
		return err
	}
	f := newRollPanel(p, pn, dims, conditions)
	if err := p.run(ctx, t, st, a, f.add); err != nil {
		return err
	}
	if err := f.end(); err != nil {
		return err
	}
	answers, err := f.answers()
	if err != nil {
		return err
	}
	answers[0].rejected = f.rejected
	a.panels[index] = append(a.panels[index], answers...)
	a.newest = max(a.newest, f.newest)
	return nil
}

// micros is an instant as microseconds since 1970; ok is false for none.
func micros(v any) (int64, bool) {
	t, ok := instantOf(v)
	return t.UnixMicro(), ok
}

// flag is a 1 of the database.
func flag(v any) bool {
	x, _ := numeric(v)
	return x > 0
}
