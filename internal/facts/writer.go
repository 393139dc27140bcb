package facts

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// writer puts together the text of a statement: what is selected, with a
// comment beside each part, and what of it is a group key.
type writer struct {
	head    []string
	columns []string
	notes   []string
	groups  []string
	flat    bool // rows are not grouped
	where   []string
	indent  string
}

func (w *writer) say(format string, args ...any) {
	w.head = append(w.head, "-- "+comment(fmt.Sprintf(format, args...)))
}

// key adds a column that rows are grouped by. Where it can have one value only,
// it is a number, which behind GROUP BY would be the place of a column.
func (w *writer) key(sql, as, note string) {
	if _, err := strconv.Atoi(sql); err != nil && !w.flat {
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

// and adds the condition of the relation to others. The line breaks end a comment in it.
func (r Relation) and(where []string) []string {
	if r.Where == "" {
		return where
	}
	return append(where, "(\n"+r.Where+"\n)")
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
