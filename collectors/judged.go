package collectors

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/calendar"
	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
	"github.com/cx-exporter/cx-exporter/internal/stats"
)

// judged is a share of rows that are told apart by their own columns: resolved
// tickets that were not reopened, promises that were kept. An outcome tells rows
// apart by one time; these conditions may be several.
type judged struct {
	of facts.Role // places the row
	// maturity is how old a row must be at the instant of evaluation, so that
	// what its conditions speak of has happened or can no longer happen.
	maturity Duration
	counts   []facts.Range // what a row must be to count at all
	hits     []facts.Range // what it must be on top of that
}

// cube asks for the rows that are old enough. It is nil where none can be.
func (j judged) cube(s kpi.Span) *facts.Cube {
	lo, hi, ok := matured(s, j.maturity)
	if !ok {
		return nil
	}
	return &facts.Cube{Time: j.of, Bounds: []time.Time{lo, hi}, Sums: j.sums()}
}

// sums are the rows that count, and the hits among them.
func (j judged) sums() []facts.Sum {
	return []facts.Sum{where(j.counts...), where(slices.Concat(j.counts, j.hits)...)}
}

// needs are those of cube.
func (j judged) needs(s kpi.Span) []facts.Need {
	if c := j.cube(s); c != nil {
		return cubes(c)
	}
	return nil
}

// fold counts the rows and the hits among them.
func (j judged) fold(s kpi.Span, f facts.Facts) stats.Proportion {
	c := j.cube(s)
	if c == nil {
		return stats.Proportion{}
	}
	return j.sum(f, c, c.Bounds[0], c.Bounds[1])
}

// sum counts those in a part of a cube whose first sums are those of j.
func (j judged) sum(f facts.Facts, c *facts.Cube, lo, hi time.Time) (p stats.Proportion) {
	f.Cells(c, lo, hi, func(cell facts.Cell) {
		p.N += cell.Sum(0)
		p.Hits += cell.Sum(1)
	})
	return p
}

// tooShort refuses windows that are over before their rows are mature.
func tooShort(name string, maturity Duration, w calendar.Window) error {
	if w.Bounded() && w.Reach() <= time.Duration(maturity) {
		return fmt.Errorf("%s leaves out what is younger than its maturity of %s, so the window %s would always be empty: use a longer window or a shorter maturity", name, maturity, w)
	}
	return nil
}

// where counts the rows for which all conditions hold.
func where(all ...facts.Range) facts.Sum {
	return facts.Sum{Kind: facts.SumWhere, Where: ranges(all...)}
}

// ranges are conditions that must all hold.
func ranges(all ...facts.Range) (r facts.Ranges) {
	copy(r[:], all)
	return r
}

// between is the time from one instant of a row to another.
func between(from, to facts.Role) facts.Expr { return facts.Expr{Role: to, Since: from} }

// ago is the time from an instant of a row to t.
func ago(from facts.Role, t time.Time) facts.Expr { return facts.Expr{Since: from, Until: t.UTC()} }

// within is the condition that a number is at least 0 and at most a limit.
func within(e facts.Expr, limit Duration) facts.Range {
	return facts.Range{Of: e, From: 0, To: limit.Seconds()}
}

// forwards is the condition that a number is not below 0, as durations are that
// do not end before they start.
func forwards(e facts.Expr) facts.Range {
	return facts.Range{Of: e, From: 0, To: math.Inf(1)}
}

// lasted is the condition that something ended later than it began.
func lasted(from, to facts.Role) facts.Range {
	return facts.Range{Of: between(from, to), From: 1e-6, To: math.Inf(1)}
}

// notBackwards is the condition that something did not happen before something
// else: that it came later, or has not come yet.
func notBackwards(from, to facts.Role) facts.Range { return not(atMost(between(from, to), -1e-6)) }

// blank is the condition that there is nothing in a column.
func blank(role facts.Role) facts.Range {
	return facts.Range{Of: facts.Expr{Role: role}, Blank: true}
}

// atMost is the condition that a number does not exceed a limit.
func atMost(e facts.Expr, limit float64) facts.Range {
	return facts.Range{Of: e, From: math.Inf(-1), To: limit}
}

// before is the condition that something happened before t: a microsecond
// before, which is as fine as databases are.
func before(role facts.Role, t time.Time) facts.Range {
	return facts.Range{Of: ago(role, t), From: 1e-6, To: math.Inf(1)}
}

// not is the opposite of a condition, which rows with a NULL meet.
func not(r facts.Range) facts.Range {
	r.Not = !r.Not
	return r
}
