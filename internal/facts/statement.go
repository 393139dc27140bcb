package facts

import (
	"fmt"
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
}

func (w *writer) say(format string, args ...any) {
	w.head = append(w.head, "-- "+comment(fmt.Sprintf(format, args...)))
}

// key adds a column that rows are grouped by.
func (w *writer) key(sql, as, note string) {
	w.groups = append(w.groups, sql)
	w.column(sql, as, note)
}

func (w *writer) column(sql, as, note string) {
	w.columns = append(w.columns, sql+" AS "+as)
	w.notes = append(w.notes, note)
}

// text writes the statement with an indent, for its use as a derived table.
func (w *writer) text(from, indent string, limit int) string {
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

// sqlContext is what the parts of one statement share.
type sqlContext struct {
	d        Dialect
	relation Relation
	span     zoneSpan
}

func (c sqlContext) column(r Role) Column {
	if col, ok := c.relation.Columns[r]; ok {
		return col
	}
	return Column{Name: string(r)}
}

func (c sqlContext) moment(r Role) (moment, error) {
	m, err := momentOf(c.d, c.column(r))
	if err != nil {
		return m, fmt.Errorf("%s: %w", r, err)
	}
	return m, nil
}

// number is a numeric expression.
func (c sqlContext) number(e Expr) (string, error) {
	if e.Since != "" {
		from, err := c.moment(e.Since)
		if err != nil {
			return "", err
		}
		to, err := c.moment(e.Role)
		if err != nil {
			return "", err
		}
		return seconds(from, to, c.span), nil
	}
	col := c.column(e.Role)
	x := c.d.Quote(col.Name)
	switch col.Type {
	case Bool:
		return "CASE WHEN " + x + " THEN 1 WHEN NOT " + x + " THEN 0 END", nil
	case Text, Unknown:
		return c.d.ParseNumber(x), nil
	}
	return x, nil
}

// raw is a column as a key.
func (c sqlContext) raw(col Column) string {
	x := c.d.Quote(col.Name)
	if col.Type == Text || col.Type == Unknown || col.Type == TextTime {
		return c.d.Key(x)
	}
	return x
}

// The log-buckets of numbers that have none.
const (
	negativeBucket = -1_000_000
	zeroBucket     = -999_999
)

// bucket is the log-bucket of a number.
func (c sqlContext) bucket(e Expr) (string, error) {
	x, err := c.number(e)
	if err != nil {
		return "", err
	}
	f := c.d.Double(x)
	return fmt.Sprintf("CASE WHEN %s < 0 THEN %d WHEN %s < %s THEN %d ELSE %s END", f, negativeBucket,
		f, number(stats.MinValue), zeroBucket,
		c.d.Whole("LN("+f+") / "+strconv.FormatFloat(stats.LogGamma(stats.DefaultAlpha), 'g', -1, 64))), nil
}

func (c sqlContext) sum(s Sum) (string, error) {
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
		return "SUM(" + m.epoch(c.span) + ")", nil
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
		return "SUM(CASE WHEN " + x + " >= 0 AND " + x + " <= " + number(s.Limit) + " THEN 1 ELSE 0 END)", nil
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
	c := sqlContext{d: d, relation: r, span: p.zoneSpan()}
	at, err := c.moment(g.time)
	if err != nil {
		return Statement{}, err
	}
	w := &writer{}
	w.say("One pass for all KPIs that are placed by %s. Every window is a sum of intervals.", g.time)
	if len(g.bounds) <= maxNotes {
		for i, b := range g.bounds {
			w.say("interval %d begins at %s", i+1, b.Format(time.RFC3339Nano))
		}
	} else {
		w.say("%d intervals from %s to %s", len(g.bounds)+1, g.bounds[0].Format(time.RFC3339Nano), g.bounds[len(g.bounds)-1].Format(time.RFC3339Nano))
	}
	bounds := g.bounds
	live := !p.future.IsZero()
	if live {
		bounds = append(slices.Clone(bounds), p.future)
	}
	index := at.interval(bounds)
	if live {
		index = "CASE WHEN " + at.sql + " IS NULL THEN -1 ELSE " + index + " END"
	}
	w.key(index, "i", "interval of "+string(g.time))
	for n, o := range g.outcomes {
		m, err := c.moment(o.Role)
		if err != nil {
			return Statement{}, err
		}
		x := "CASE WHEN " + m.sql + " IS NULL THEN -1 WHEN " + earlier(m, at, c.span) + " THEN -2 ELSE " + m.interval(o.Bounds) + " END"
		w.key(x, "o"+strconv.Itoa(n), "interval of "+string(o.Role)+": -1 never yet, -2 before "+string(g.time))
	}
	for n, k := range g.keys {
		if k.Bucket {
			x, err := c.bucket(k.Expr)
			if err != nil {
				return Statement{}, err
			}
			w.key(x, "k"+strconv.Itoa(n), "log-bucket of "+k.Expr.String())
			continue
		}
		w.key(c.raw(c.column(k.Role)), "k"+strconv.Itoa(n), string(k.Role))
	}
	for n, name := range columns {
		w.key(c.raw(c.column(dimensionRole(name)).named(name)), "d"+strconv.Itoa(n), "dimension "+name)
	}
	w.column("COUNT(*)", "n", "rows")
	for n, s := range g.sums {
		x, err := c.sum(s)
		if err != nil {
			return Statement{}, err
		}
		w.column(x, "s"+strconv.Itoa(n), s.String())
	}
	newest := at
	newest.sql = "MAX(" + at.sql + ")"
	w.column(newest.epoch(c.span), "newest", "newest "+string(g.time))

	lo, hi := g.limits(part)
	if live && part.hi == len(g.bounds)+1 {
		hi = time.Time{}
	} else if hi.IsZero() && len(g.bounds) > 0 {
		hi = g.bounds[len(g.bounds)-1]
	}
	nulls := live && g.time == p.primary && part.lo == 0
	if !lo.IsZero() {
		if nulls {
			w.where = append(w.where, "("+at.from(lo)+" OR "+at.sql+" IS NULL)")
		} else {
			w.where = append(w.where, at.from(lo))
		}
	} else if !nulls {
		w.where = append(w.where, at.sql+" IS NOT NULL")
	}
	if !hi.IsZero() {
		w.where = append(w.where, at.until(hi))
	}
	if r.Where != "" {
		w.where = append(w.where, "(\n"+r.Where+"\n)")
	}
	return Statement{SQL: w.text(From(d, r), "", p.limit), Limit: p.limit}, nil
}

// maxNotes is the number of bounds that a statement's comments list one by one.
const maxNotes = 24

func (c Column) named(name string) Column {
	c.Name = name
	return c
}

// zoneSpan is the stretch of time that wall clocks of the plan can lie in: five
// years before its first bound, so that the beginnings of what ends in a window
// are in it.
func (p *Plan) zoneSpan() zoneSpan {
	var all []time.Time
	for _, g := range p.grids {
		all = append(all, g.bounds...)
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
	return zoneSpan{all[0].AddDate(-5, 0, 0), all[len(all)-1].AddDate(0, 0, 2)}
}

// String is the expression in words.
func (e Expr) String() string {
	if e.Since != "" {
		return "seconds from " + string(e.Since) + " to " + string(e.Role)
	}
	return string(e.Role)
}

// String is the sum in words.
func (s Sum) String() string {
	switch s.Kind {
	case SumSquare:
		return "sum of squares of " + s.Of.String()
	case SumCount:
		return "COUNT(" + x + ")", nil
	case SumProduct:
		y, err := c.number(s.Times)
		if err != nil {
			return "", err
		}
		return "SUM(" + c.d.Double(x) + " * " + c.d.Double(y) + ")", nil
	case SumWithin:
		return "rows with at most " + number(s.Limit) + " " + s.Of.String()
	case SumCount:
		return "rows with a number in " + s.Of.String()
	case SumProduct:
		return "sum of " + s.Of.String() + " times " + s.Times.String()
	case SumEpoch:
		return "sum of " + s.Of.String() + ", as seconds since 1970"
	case MinEpoch:
		return "earliest " + s.Of.String()
	}
	return "sum of " + s.Of.String()
}
