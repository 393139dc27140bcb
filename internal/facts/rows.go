package facts

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/cx-exporter/cx-exporter/internal/stats"
)

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

// who is the column that tells subjects apart.
func (c *rows) who(r Role) string { return c.d.Who(c.d.Quote(c.column(r).Name)) }

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
		if e.Role == "" {
			c.compound = true
			return c.take("("+number(e.until())+" - "+from.signed(c.span)+")", e.String()), nil
		}
		to, err := c.bare(e.Role)
		if err != nil {
			return "", err
		}
		c.compound = true
		x := seconds(from, to, c.span)
		if !e.Until.IsZero() {
			x = "CASE WHEN " + to.none() + " OR " + to.from(e.Until) + " THEN " + number(e.until()) + " - " + from.signed(c.span) +
				" ELSE " + x + " END"
		}
		return c.take(x, e.String()), nil
	}
	x := c.plain(e.Role)
	if e.Less != "" {
		x = "(" + c.operand(e.Role) + " - COALESCE(" + c.operand(e.Less) + ", 0))"
		c.compound = true
	}
	return c.take(x, e.String()), nil
}

// until is the end of an expression as seconds since 1970.
func (e Expr) until() float64 { return float64(e.Until.UnixMicro()) / 1e6 }

// plain is the number in a column.
func (c *rows) plain(r Role) string {
	col := c.column(r)
	x := c.d.Number(c.d.Quote(col.Name), col.Type)
	if col.Type == Text || col.Type == Unknown {
		c.compound = true
	}
	return x
}

// wide is the number in a column as something to add up: the sum of single precision
// would be of single precision.
func (c *rows) wide(r Role, x string) string {
	if c.column(r).Type == Float {
		return c.d.Double(x)
	}
	return x
}

// operand is the number in a column as something to subtract with: integers
// without a sign could not become negative.
func (c *rows) operand(r Role) string {
	switch c.column(r).Type {
	case Integer, Float, Bool:
		return c.d.Double(c.plain(r))
	}
	return c.plain(r)
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
	where = c.relation.and(where)
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
	below, least := " < 0", stats.MinValue
	if e.Since != "" {
		below, least = isNegative, leastDuration
	}
	return fmt.Sprintf("CASE WHEN %s THEN %d WHEN %s < %s THEN %d ELSE %s END", f+below, negativeBucket,
		f, number(least), zeroBucket,
		c.d.Whole("LN("+f+") / "+strconv.FormatFloat(stats.LogGamma(stats.DefaultAlpha), 'g', -1, 64))), nil
}

// holds is a condition.
func (c *rows) holds(r Range) (string, error) {
	if r.Blank {
		return c.blank(r.Of.Role, r.Not), nil
	}
	x, err := c.number(r.Of)
	if err != nil {
		return "", err
	}
	from, to := r.From, r.To
	if r.Of.Since != "" {
		from, to = from-tick, to+tick
	}
	low, high := x+" >= "+number(from), x+" <= "+number(to)
	if r.Not {
		low, high = x+" < "+number(from), x+" > "+number(to)
	}
	word := " AND "
	if r.Not {
		word = " OR "
	}
	switch {
	case math.IsInf(from, -1):
		word, low = "", ""
	case math.IsInf(to, 1):
		word, high = "", ""
	}
	if r.Not {
		return "(" + x + " IS NULL OR " + low + word + high + ")", nil
	}
	return low + word + high, nil
}

// blank is the condition that there is nothing in a column. Only a column that
// may hold a text can have blanks in it.
func (c *rows) blank(r Role, not bool) string {
	x := c.d.Quote(c.column(r).Name)
	if c.plain(r) != x {
		x = c.d.Word(x)
		c.compound = true
	}
	is := " IS NULL"
	if not {
		is = " IS NOT NULL"
	}
	return c.take(x, string(r)+" as text") + is
}

// all is the conditions that a row must meet, nothing for none.
func (c *rows) all(ranges Ranges) (string, error) {
	var all []string
	for _, r := range ranges {
		if r == (Range{}) {
			continue
		}
		condition, err := c.holds(r)
		if err != nil {
			return "", err
		}
		all = append(all, condition)
	}
	return strings.Join(all, " AND "), nil
}

func (c *rows) sum(s Sum) (string, error) {
	switch s.Kind {
	case SumWhere:
		all, err := c.all(s.Where)
		if err != nil {
			return "", err
		}
		if all == "" {
			return "COUNT(*)", nil
		}
		return "SUM(CASE WHEN " + all + " THEN 1 ELSE 0 END)", nil
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
	if where, err := c.all(s.Where); err != nil {
		return "", err
	} else if where != "" {
		x = "CASE WHEN " + where + " THEN " + x + " END"
	}
	switch s.Kind {
	case SumSquare:
		f := c.d.Double(x)
		return "SUM(" + f + " * " + f + ")", nil
	case SumCount:
		return "COUNT(" + x + ")", nil
	case SumZero:
		return "SUM(CASE WHEN " + x + " = 0 THEN 1 ELSE 0 END)", nil
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
	if s.Of.Since == "" && s.Of.Less == "" {
		x = c.wide(s.Of.Role, x)
	}
	return "SUM(" + x + ")", nil
}
