package facts

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/stats"
)

// writer puts together the text of a statement: what is selected, with a
// comment beside each part, and what of it is a group key.
type writer struct {
	head    []string
	columns []string
	notes   []string
	groups  []string
	where   []string
	indent  string
}

func (w *writer) say(format string, args ...any) {
	w.head = append(w.head, "-- "+comment(fmt.Sprintf(format, args...)))
}

// key adds a column that rows are grouped by. Where it can have one value only,
// it is a number, which behind GROUP BY would be the place of a column.
func (w *writer) key(sql, as, note string) {
	if _, err := strconv.Atoi(sql); err != nil {
		w.groups = append(w.groups, sql)
	}
	w.column(sql, as, note)
}

func (w *writer) column(sql, as, note string) {
	w.columns = append(w.columns, sql+" AS "+as)
	w.notes = append(w.notes, note)
}

// text writes the statement with an indent, for its use as a derived table.
// Limit 0 is none; tail is written behind everything.
func (w *writer) text(from, indent string, limit int, tail string) string {
	var b strings.Builder
	for _, h := range w.head {
		b.WriteString(indent + h + "\n")
	}
	b.WriteString(indent + "SELECT\n")
	for i, c := range w.columns {
		b.WriteString(indent + "  " + c)
		if i < len(w.columns)-1 {
			b.WriteString(",")
		}
		if w.notes[i] != "" {
			b.WriteString(" -- " + comment(w.notes[i]))
		}
		b.WriteString("\n")
	}
	b.WriteString(indent + "FROM " + from + "\n")
	for i, c := range w.where {
		word := "WHERE "
		if i > 0 {
			word = "  AND "
		}
		b.WriteString(indent + word + c + "\n")
	}
	if len(w.groups) > 0 {
		b.WriteString(indent + "GROUP BY\n")
		for i, g := range w.groups {
			b.WriteString(indent + "  " + g)
			if i < len(w.groups)-1 {
				b.WriteString(",")
			}
			b.WriteString("\n")
		}
	}
	if limit > 0 {
		b.WriteString(indent + "LIMIT " + strconv.Itoa(limit+1) + "\n")
	}
	if tail != "" {
		b.WriteString(indent + tail + "\n")
	}
	return b.String()
}

// From is the relation as it stands behind FROM: a quoted table, or the query
// as a derived table.
func From(d Dialect, r Relation) string {
	if r.Table == "" {
		// The line break ends a comment at the end of the query.
		return "(\n" + strings.TrimRight(strings.TrimSpace(r.Query), ";") + "\n) AS r"
	}
	parts := SplitTable(r.Table)
	for i, p := range parts {
		parts[i] = d.Quote(p)
	}
	return strings.Join(parts, ".")
}

// FromColumns is the relation as it stands behind FROM, with nothing but the
// columns that are used.
func FromColumns(d Dialect, r Relation, uses map[Role]Use) string {
	var names []string
	add := func(name string) {
		if q := d.Quote(name); !slices.Contains(names, q) {
			names = append(names, q)
		}
	}
	for _, role := range slices.Sorted(maps.Keys(uses)) {
		if c, ok := r.Columns[role]; ok {
			add(c.Name)
		} else {
			add(string(role))
		}
	}
	for _, dim := range r.Dimensions {
		for _, name := range dim.Columns {
			add(name)
		}
	}
	if len(names) == 0 {
		return From(d, r)
	}
	return "(SELECT " + strings.Join(names, ", ") + " FROM " + From(d, r) + ") AS c"
}

// SplitTable splits the name of a table at its dots, except those inside double
// quotes or back quotes, which it removes.
func SplitTable(name string) []string {
	var parts []string
	var part strings.Builder
	var quote rune
	for _, c := range name {
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			} else {
				part.WriteRune(c)
			}
		case c == '"' || c == '`':
			quote = c
		case c == '.':
			parts = append(parts, part.String())
			part.Reset()
		default:
			part.WriteRune(c)
		}
	}
	return append(parts, part.String())
}

// rows writes what the parts of one statement read of a row. Columns are read
// as they are where that will do. Where something has to be computed of them (a
// duration, a time held as text), everything is computed once a row, in a
// derived table whose columns it then stands for.
type rows struct {
	d        Dialect
	relation Relation
	span     zoneSpan
	// derived is the derived table; nil while columns are read as they are.
	derived *writer
	names   map[string]string // by expression
	// compound is set where an expression is more than a column.
	compound bool
}

func (c *rows) column(r Role) Column {
	if col, ok := c.relation.Columns[r]; ok {
		return col
	}
	return Column{Name: string(r)}
}

// take returns the expression or, with a derived table, the name it has there.
func (c *rows) take(sql, note string) string {
	if c.derived == nil {
		return sql
	}
	name, ok := c.names[sql]
	if !ok {
		name = "x" + strconv.Itoa(len(c.names))
		c.names[sql] = name
		c.derived.column(sql, name, note)
	}
	return name
}

// bare is the moment of a column as it stands in the relation.
func (c *rows) bare(r Role) (moment, error) {
	m, err := momentOf(c.d, c.column(r))
	if err != nil {
		return m, fmt.Errorf("%s: %w", r, err)
	}
	return m, nil
}

// moment is the moment of a column, to be compared.
func (c *rows) moment(r Role) (moment, error) {
	m, err := c.bare(r)
	if err != nil {
		return m, err
	}
	c.compound = c.compound || m.sql != c.d.Quote(c.column(r).Name)
	if c.derived != nil {
		m.sql, m.text = c.take(m.sql, string(r)), ""
	}
	return m, nil
}

// number is a numeric expression.
func (c *rows) number(e Expr) (string, error) {
	if e.Since != "" {
		from, err := c.bare(e.Since)
		if err != nil {
			return "", err
		}
		to, err := c.bare(e.Role)
		if err != nil {
			return "", err
		}
		c.compound = true
		return c.take(seconds(from, to, c.span), e.String()), nil
	}
	col := c.column(e.Role)
	x := c.d.Quote(col.Name)
	switch col.Type {
	case Bool:
		x = "CASE WHEN " + x + " THEN 1 WHEN NOT " + x + " THEN 0 END"
	case Text, Unknown:
		x = c.d.ParseNumber(x)
		c.compound = true
	}
	return c.take(x, e.String()), nil
}

// raw is a column as a key.
func (c *rows) raw(col Column) string {
	x := c.d.Quote(col.Name)
	switch col.Type {
	case Text, TextTime:
		x = c.d.Key(x)
	case Unknown: // an enumeration, an identifier, or what SQLite was told nothing of
		x = c.d.Text(x)
	}
	return c.take(x, col.Name)
}

// dimension is a column as a key whose text is that of Dialect.Text, by which
// subjects name their segments.
func (c *rows) dimension(name string) string {
	col := c.column(dimensionRole(name)).named(name)
	switch col.Type {
	case Text, Integer, Bool:
		return c.raw(col)
	}
	return c.take(c.d.Text(c.d.Quote(name)), name)
}

// from is what the statement reads from, with the conditions on the relation.
func (c *rows) from(w *writer, where []string) string {
	if c.relation.Where != "" {
		where = append(where, "(\n"+c.relation.Where+"\n)")
	}
	if c.derived == nil {
		w.where = where
		return From(c.d, c.relation)
	}
	c.derived.where = where
	return "(\n" + c.derived.text(From(c.d, c.relation), w.indent+"  ", 0, c.d.Fence()) + w.indent + ") AS t"
}

// write calls a function that writes a statement, with columns as they are and,
// if that shows that something has to be computed of them, with a derived table.
func write(d Dialect, r Relation, span zoneSpan, f func(c *rows) (Statement, error)) (Statement, error) {
	c := &rows{d: d, relation: r, span: span}
	st, err := f(c)
	if err != nil || !c.compound {
		return st, err
	}
	return f(&rows{d: d, relation: r, span: span, derived: &writer{}, names: map[string]string{}})
}

// earlierOutcome is the interval of outcomes that came before the row itself.
const earlierOutcome = -2

// The log-buckets of numbers that have none.
const (
	negativeBucket = -1_000_000
	zeroBucket     = -999_999
)

// bucket is the log-bucket of a number.
func (c *rows) bucket(e Expr) (string, error) {
	x, err := c.number(e)
	if err != nil {
		return "", err
	}
	f := c.d.Double(x)
	below := " < 0"
	if e.Since != "" {
		below = isNegative
	}
	return fmt.Sprintf("CASE WHEN %s THEN %d WHEN %s < %s THEN %d ELSE %s END", f+below, negativeBucket,
		f, number(stats.MinValue), zeroBucket,
		c.d.Whole("LN("+f+") / "+strconv.FormatFloat(stats.LogGamma(stats.DefaultAlpha), 'g', -1, 64))), nil
}

func (c *rows) sum(s Sum) (string, error) {
	switch s.Kind {
	case SumEpoch, MinEpoch:
		m, err := c.moment(s.Of.Role)
		if err != nil {
			return "", err
		}
		if s.Kind == MinEpoch {
			m.sql = "MIN(" + m.sql + ")"
			return m.epoch(c.span), nil
		}
		if m, err = c.bare(s.Of.Role); err != nil {
			return "", err
		}
		return "SUM(" + c.take(m.epoch(c.span), string(s.Of.Role)+" as seconds since 1970") + ")", nil
	}
	x, err := c.number(s.Of)
	if err != nil {
		return "", err
	}
	switch s.Kind {
	case SumSquare:
		f := c.d.Double(x)
		return "SUM(" + f + " * " + f + ")", nil
	case SumCount:
		return "COUNT(" + x + ")", nil
	case SumProduct:
		y, err := c.number(s.Times)
		if err != nil {
			return "", err
		}
		return "SUM(" + c.d.Double(x) + " * " + c.d.Double(y) + ")", nil
	case SumWithin:
		limit := s.Limit
		if s.Of.Since != "" {
			limit += tick
		}
		return "SUM(CASE WHEN " + x + " <= " + number(limit) + " THEN 1 ELSE 0 END)", nil
	}
	if s.Of.Since == "" && c.column(s.Of.Role).Type == Float {
		x = c.d.Double(x) // the sum of single precision would be of single precision
	}
	return "SUM(" + x + ")", nil
}

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
	return write(d, r, p.zoneSpan(), func(c *rows) (Statement, error) {
		w := &writer{}
		w.say("One pass for all KPIs that are placed by %s. Every window is a sum of intervals.", g.time)
		if len(g.bounds) <= maxNotes {
			for i, b := range g.bounds {
				w.say("interval %d begins at %s", i+1, b.Format(time.RFC3339Nano))
			}
		} else {
			w.say("%d intervals from %s to %s", len(g.bounds)+1, g.bounds[0].Format(time.RFC3339Nano), g.bounds[len(g.bounds)-1].Format(time.RFC3339Nano))
		}
		if err := p.gridColumns(c, w, g, columns, part); err != nil {
			return Statement{}, err
		}
		at, err := c.bare(g.time)
		if err != nil {
			return Statement{}, err
		}
		return Statement{SQL: w.text(c.from(w, p.gridConditions(g, at, part)), "", p.limit, ""), Limit: p.limit}, nil
	})
}

// gridColumns writes the columns that gridFold.add reads, in its order.
func (p *Plan) gridColumns(c *rows, w *writer, g *grid, columns []string, part chunk) error {
	at, err := c.moment(g.time)
	if err != nil {
		return err
	}
	bounds, live := g.bounds, !p.future.IsZero()
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
		index = "CASE WHEN " + at.sql + " IS NULL THEN -1 ELSE " + index + " END"
	}
	w.key(index, "i", "interval of "+string(g.time))
	for n, o := range g.outcomes {
		m, err := c.moment(o.Role)
		if err != nil {
			return err
		}
		early := m.sql + " < " + at.sql
		if !sameClock(m, at) {
			x, err := c.number(Expr{Role: o.Role, Since: g.time})
			if err != nil {
				return err
			}
			early = x + isNegative
		}
		x := "CASE WHEN " + m.sql + " IS NULL THEN -1 WHEN " + early + " THEN " + strconv.Itoa(earlierOutcome) + " ELSE " + m.interval(o.Bounds, 0, len(o.Bounds)) + " END"
		w.key(x, "o"+strconv.Itoa(n), "interval of "+string(o.Role)+": -1 never yet, -2 before "+string(g.time))
	}
	for n, k := range g.keys {
		if !k.Bucket {
			w.key(c.raw(c.column(k.Role)), "k"+strconv.Itoa(n), string(k.Role))
			continue
		}
		x, err := c.bucket(k.Expr)
		if err != nil {
			return err
		}
		w.key(x, "k"+strconv.Itoa(n), "log-bucket of "+k.Expr.String())
	}
	for n, name := range columns {
		w.key(c.dimension(name), "d"+strconv.Itoa(n), "dimension "+name)
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

// gridConditions narrow a grid's statement to a part of the time axis.
func (p *Plan) gridConditions(g *grid, at moment, part chunk) []string {
	live := !p.future.IsZero()
	lo, hi := g.limits(part)
	switch {
	case live && part.hi == len(g.bounds)+1:
		hi = time.Time{} // so that rows of the future are seen
	case hi.IsZero() && len(g.bounds) > 0:
		hi = g.bounds[len(g.bounds)-1]
	}
	nulls := live && g.time == p.primary && part.lo == 0
	var where []string
	switch {
	case !lo.IsZero() && nulls:
		where = append(where, "("+at.from(lo)+" OR "+at.sql+" IS NULL)")
	case !lo.IsZero():
		where = append(where, at.from(lo))
	case !nulls:
		where = append(where, at.sql+" IS NOT NULL")
	}
	if !hi.IsZero() {
		where = append(where, at.until(hi))
	}
	return where
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
		unbounded = unbounded || g.unbounded
	}
	for _, pn := range p.panels {
		for _, n := range pn.needs {
			for _, pt := range n.Points {
				all = append(all, pt.At, pt.Lo, pt.Hi)
			}
		}
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
