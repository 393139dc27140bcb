package facts

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// Found is a column as the database describes it.
type Found struct {
	Name string
	Type Type
}

// Use says how a role is used, and so what type its column must have.
type Use int

// The uses of a role.
const (
	AsTime   Use = iota // compared with instants
	AsNumber            // summed
	AsValue             // returned as it is
)

// Uses are the roles that needs read, with the use of each.
func Uses(needs []Need) map[Role]Use {
	u := map[Role]Use{}
	set := func(r Role, use Use) {
		if r == "" {
			return
		}
		if old, ok := u[r]; !ok || use < old {
			u[r] = use
		}
	}
	expr := func(e Expr) {
		if e.Since != "" {
			set(e.Since, AsTime)
			set(e.Role, AsTime)
		} else {
			set(e.Role, AsNumber)
			set(e.Less, AsNumber)
		}
	}
	for _, n := range needs {
		if c := n.Cube; c != nil {
			set(c.Time, AsTime)
			set(c.Standing.Role, AsTime)
			for _, o := range c.Outcomes {
				set(o.Role, AsTime)
			}
			for _, k := range c.Keys {
				if k.Bucket {
					expr(k.Expr)
				} else {
					set(k.Role, AsValue)
				}
			}
			for _, s := range c.Sums {
				if s.Kind == SumEpoch || s.Kind == MinEpoch {
					set(s.Of.Role, AsTime)
				} else {
					expr(s.Of)
					expr(s.Times)
					for _, r := range s.Where {
						expr(r.Of)
					}
				}
			}
		}
		if s := n.Subjects; s != nil {
			set(s.Subject, AsValue)
			set(s.Start, AsTime)
			set(s.End, AsTime)
			set(s.Trial, AsTime)
			set(s.Weight, AsNumber)
			set(s.Amount, AsNumber)
			set(s.Unit, AsValue)
			for _, pt := range s.Points {
				set(pt.Of, AsValue)
				for _, r := range pt.Where {
					expr(r.Of)
				}
			}
			set(s.Last.Of, AsNumber)
		}
		if r := n.Returns; r != nil {
			set(r.Subject, AsValue)
			set(r.Time, AsTime)
			set(r.Weight, AsNumber)
		}
		if q := n.Stays; q != nil {
			set(q.Subject, AsValue)
			set(q.Start, AsTime)
			set(q.End, AsTime)
			set(q.Trial, AsTime)
		}
		if h := n.Histories; h != nil {
			set(h.Subject, AsValue)
			set(h.Time, AsTime)
			set(h.Unit, AsValue)
			expr(h.Amount)
		}
		if l := n.Listing; l != nil {
			for _, c := range l.Columns {
				set(Role(c), AsValue)
			}
		}
	}
	return u
}

// ColumnError says that a relation lacks a column, or has one that cannot be
// used as it should.
type ColumnError struct {
	Role    Role
	Column  string
	Problem string
	Have    []string // the columns that the relation has
	Missing bool
}

// Error names the column and, where it is missing, those that there are.
func (e *ColumnError) Error() string {
	what := fmt.Sprintf("the column %q", e.Column)
	if e.Role != "" && string(e.Role) != e.Column {
		what += fmt.Sprintf(" (for %s)", e.Role)
	}
	what += " " + e.Problem
	if !e.Missing || len(e.Have) == 0 {
		return what
	}
	if near := kpi.Nearest(e.Column, e.Have); near != "" {
		what += fmt.Sprintf(", did you mean %q?", near)
	}
	const most = 30
	if more := len(e.Have) - most; more > 0 {
		return fmt.Sprintf("%s; the relation has %s and %d more", what, strings.Join(e.Have[:most], ", "), more)
	}
	return what + "; the relation has " + strings.Join(e.Have, ", ")
}

// Reason names the kind of failure in the metric cx_collector_failures_total.
func (e *ColumnError) Reason() string {
	if e.Missing {
		return "missing_column"
	}
	return "column_type"
}

// Resolve completes a relation with what the database says of its columns. It
// returns every problem, not the first.
func Resolve(r Relation, found []Found, uses map[Role]Use) (Relation, []error) {
	var errs []error
	byName := map[string]Found{}
	have := make([]string, 0, len(found))
	for _, f := range found {
		byName[f.Name] = f
		have = append(have, f.Name)
	}
	out := r
	out.Columns = map[Role]Column{}
	sorted := make([]Role, 0, len(uses))
	for role := range uses {
		sorted = append(sorted, role)
	}
	slices.Sort(sorted)
	for _, role := range sorted {
		c, ok := r.Columns[role]
		if !ok {
			c = Column{Name: string(role)}
		}
		f, ok := byName[c.Name]
		if !ok {
			errs = append(errs, &ColumnError{Role: role, Column: c.Name, Problem: "does not exist", Have: have, Missing: true})
			continue
		}
		typ, problem := resolveType(c.Type, f.Type, uses[role])
		if problem != "" {
			errs = append(errs, &ColumnError{Role: role, Column: c.Name, Problem: problem, Have: have})
			continue
		}
		c.Type = typ
		out.Columns[role] = c
	}
	for _, d := range r.Dimensions {
		for _, name := range d.Columns {
			f, ok := byName[name]
			if !ok {
				errs = append(errs, &ColumnError{Column: name, Problem: "(a dimension) does not exist", Have: have, Missing: true})
				continue
			}
			out.Columns[dimensionRole(name)] = Column{Name: name, Type: f.Type}
		}
	}
	return out, errs
}

// dimensionRole keeps the types of dimensions apart from those of roles.
func dimensionRole(column string) Role { return Role("dimension " + column) }

func resolveType(want, have Type, use Use) (Type, string) {
	text := have == Text || have == TextTime
	switch use {
	case AsValue:
		return have, ""
	case AsNumber:
		switch have {
		case Integer, Decimal, Float, Bool, Text, Unknown:
			return have, ""
		}
		return have, "holds a time, where a number is expected"
	}
	switch want {
	case Unix, UnixMilli:
		if !text {
			break
		}
		if want == Unix {
			return TextUnix, ""
		}
		return TextUnixMilli, ""
	case Unknown, Naive, Date, TextTime:
		switch {
		case have == Instant || have == Naive || have == Date:
			return have, ""
		case text:
			return TextTime, ""
		case want == TextTime && have == Unknown:
			return TextTime, ""
		case have == Integer || have == Float || have == Decimal:
			return have, "is a number, where a time is expected: add type: unix (seconds) or type: unix_ms (milliseconds) to it"
		case have == Bool:
			return have, "is a boolean, where a time is expected"
		case want == Unknown:
			return have, "may hold a time, but the database does not say in which form: add its type (timestamp, date, unix, unix_ms or text)"
		default:
			return TextTime, ""
		}
	}
	if have == Instant || have == Naive || have == Date {
		return have, ""
	}
	return want, ""
}
