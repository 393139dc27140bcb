package collectors

import (
	"time"

	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
	"github.com/cx-exporter/cx-exporter/internal/stats"
)

// outcome is how the rows of a cohort are told apart: those to which something
// happened (an invitation was answered, a visit converted) and the others. Rows
// belong to the span of their own time, not of the outcome's.
type outcome struct {
	of facts.Role // places the row
	at facts.Role // when it happened; empty where flag says so
	// flag tells without a time that it happened, and so only as of now.
	flag facts.Role
	// maturity is how long a row has for it. Younger rows are left out, and what
	// happens later does not count. With 0 all rows are in, and what was known
	// at the instant of evaluation counts.
	maturity Duration
	except   facts.Role // a flag of the rows that are left out; may be empty
}

// young is the part of a span whose rows are not old enough. ok is false where
// there is none.
func (o outcome) young(s kpi.Span) (lo, hi time.Time, ok bool) {
	lo, hi = s.At.Add(-time.Duration(o.maturity)), s.Hi
	if s.Lo.After(lo) {
		lo = s.Lo
	}
	return lo, hi, lo.Before(hi)
}

// cube asks for the rows that are old enough. It is nil where none can be.
func (o outcome) cube(s kpi.Span) *facts.Cube {
	lo, hi, ok := matured(s, o.maturity)
	if !ok {
		return nil
	}
	return o.part(s, lo, hi)
}

// youngCube asks for those that are not. It is nil where there can be none.
func (o outcome) youngCube(s kpi.Span) *facts.Cube {
	lo, hi, ok := o.young(s)
	if !ok {
		return nil
	}
	return o.part(s, lo, hi)
}

// part asks for the rows from lo to hi.
func (o outcome) part(s kpi.Span, lo, hi time.Time) *facts.Cube {
	c := &facts.Cube{Time: o.of, Bounds: []time.Time{lo, hi}}
	if o.at != "" {
		c.Outcomes = []facts.Outcome{{Role: o.at, Bounds: []time.Time{s.At}}}
		if o.maturity > 0 {
			c.Sums = []facts.Sum{{
				Kind:  facts.SumWithin,
				Of:    facts.Expr{Role: o.at, Since: o.of},
				Limit: o.maturity.Seconds(),
			}}
		}
	} else {
		c.Keys = append(c.Keys, facts.Key{Expr: facts.Expr{Role: o.flag}})
	}
	if o.except != "" {
		c.Keys = append(c.Keys, facts.Key{Expr: facts.Expr{Role: o.except}})
	}
	return c
}

// needs are those of cube.
func (o outcome) needs(s kpi.Span) []facts.Need {
	if c := o.cube(s); c != nil {
		return cubes(c)
	}
	return nil
}

// fold counts the rows, those to which it happened, and those whose flag is
// neither yes nor no, which are left out.
func (o outcome) fold(s kpi.Span, f facts.Facts) (p stats.Proportion, unreadable float64) {
	return o.count(o.cube(s), s, f)
}

// foldYoung is fold of the rows that are not old enough: so many could it still
// happen to, beside those to which it has happened already.
func (o outcome) foldYoung(s kpi.Span, f facts.Facts) stats.Proportion {
	p, _ := o.count(o.youngCube(s), s, f)
	return p
}

// count folds a cube of the cohort, which may be nil.
func (o outcome) count(c *facts.Cube, s kpi.Span, f facts.Facts) (p stats.Proportion, unreadable float64) {
	if c == nil {
		return p, 0
	}
	f.Cells(c, c.Bounds[0], c.Bounds[1], func(cell facts.Cell) {
		hits, ok := o.hits(s, cell)
		except := false
		if ok && o.except != "" {
			except, ok = flagged(cell, len(c.Keys)-1)
		}
		switch {
		case !ok:
			unreadable += cell.N()
		case !except:
			p.N += cell.N()
			p.Hits += hits
		}
	})
	return p, unreadable
}

// hits is the number of rows of a cell to which it happened.
func (o outcome) hits(s kpi.Span, c facts.Cell) (n float64, ok bool) {
	switch {
	case o.at == "":
		yes, ok := flagged(c, 0)
		if !yes {
			return 0, ok
		}
		return c.N(), true
	case !c.Before(0, s.At):
		return 0, true
	case o.maturity > 0:
		return c.Sum(0), true
	default:
		return c.N(), true
	}
}

// rejected are the rows with a flag that is neither yes nor no.
func (o outcome) rejected(s kpi.Span, f facts.Facts) map[string]float64 {
	rejected := map[string]float64{}
	if _, n := o.fold(s, f); n > 0 {
		rejected[facts.RejectedNotAFlag] = n
	}
	return rejected
}
