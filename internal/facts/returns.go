package facts

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// Returns asks for subjects by the time of their first row, and how many of them
// came again within a time of it. A subject is in the segment of its first row.
type Returns struct {
	Subject Role // who: rows with NULL there are refused
	Time    Role // when a row happened
	Weight  Role // of several first rows the greatest decides on the segment
	Within  time.Duration
	// Bounds are where the axis of first rows is cut; a zero time is the
	// beginning of time.
	Bounds []time.Time
}

// returnsAnswer holds by segment, and by interval of the first row, the number
// of subjects and of those who came again.
type returnsAnswer struct {
	segments map[kpi.Segment]map[int][2]float64
	rejected map[string]float64
}

func newReturnsAnswer() returnsAnswer {
	return returnsAnswer{segments: map[kpi.Segment]map[int][2]float64{}, rejected: map[string]float64{}}
}

func (a returnsAnswer) add(s kpi.Segment, interval int, n, again float64) {
	if a.segments[s] == nil {
		a.segments[s] = map[int][2]float64{}
	}
	x := a.segments[s][interval]
	a.segments[s][interval] = [2]float64{x[0] + n, x[1] + again}
}

func (a returnsAnswer) merge(o returnsAnswer) {
	for s, cells := range o.segments {
		for i, x := range cells {
			a.add(s, i, x[0], x[1])
		}
	}
	for reason, n := range o.rejected {
		a.rejected[reason] += n
	}
}

// returning is the index of the need that serves r, -1 for none.
func (p *Plan) returning(r *Returns) int {
	return slices.IndexFunc(p.returns, func(o *Returns) bool {
		return o.Subject == r.Subject && o.Time == r.Time && o.Weight == r.Weight && o.Within == r.Within
	})
}

// addReturns merges a need into the one with other bounds.
func (p *Plan) addReturns(r *Returns) {
	i := p.returning(r)
	if i < 0 {
		clone := *r
		clone.Bounds = nil
		p.returns = append(p.returns, &clone)
		i = len(p.returns) - 1
	}
	p.returns[i].Bounds = sortedBounds(append(p.returns[i].Bounds, r.Bounds...))
}

// returnsStatement writes the statement: inside the rows with the time of their
// subject's first one, around it one row a subject, and outside their number by
// the interval of the first row.
func (p *Plan) returnsStatement(d Dialect, r Relation, q *Returns, dims []Dimension) (Statement, error) {
	c := &rows{d: d, relation: r, span: p.zoneSpan()}
	start, err := c.bare(q.Time)
	if err != nil {
		return Statement{}, err
	}
	last := q.Bounds[len(q.Bounds)-1]
	subject := c.who(q.Subject)
	named := func(sql string) moment {
		m := start
		m.sql, m.text, m.parsed = sql, "", true // rows without a time are left out below
		return m
	}
	inner := &writer{indent: "    ", where: r.and([]string{start.until(last.Add(q.Within+time.Second)) + start.andKnown()})}
	inner.column(subject, "subject", string(q.Subject))
	inner.column(start.sql, "t", string(q.Time))
	inner.column("MIN("+start.sql+") OVER (PARTITION BY "+subject+")", "f", "the subject's first")
	weight, err := c.weight(q.Weight, len(dims))
	if err != nil {
		return Statement{}, err
	}
	middle := &writer{indent: "  "}
	middle.key("subject", "subject", "one row a subject")
	middle.column("MIN(f)", "f", "the first "+string(q.Time))
	middle.column("SUM(CASE WHEN "+seconds(named("f"), named("t"), c.span)+" <= "+number(q.Within.Seconds()+tick)+" THEN 1 ELSE 0 END)", "c", "rows within "+q.Within.String()+" of it")
	middle.column("SUM(CASE WHEN subject IS NULL AND "+named("t").before(last.Add(q.Within))+" THEN 1 ELSE 0 END)", "nobody", "rows without "+string(q.Subject))
	out := &writer{where: []string{"(" + named("f").before(last) + " OR subject IS NULL)"}}
	out.say("Each %s by the first %s, with those who came again within %s of it.", q.Subject, q.Time, q.Within)
	out.key(named("f").interval(q.Bounds, 0, len(q.Bounds)-1), "i", "interval of the first "+string(q.Time))
	out.key(isNobody, "nobody_", "the rows of nobody, as if they were one subject's")
	for n, dim := range dims {
		name := segmentColumn(n, 0)
		inner.column(c.segment(dim, weight), name, "segment by "+dim.Name)
		middle.column("MIN(CASE WHEN t = f THEN "+name+" END)", name+"_", "segment by "+dim.Name+" there: the greatest amount, then the first name")
		segment := name + "_"
		if q.Weight != "" {
			segment = "SUBSTR(" + segment + ", " + strconv.Itoa(weightDigits+1) + ")"
		}
		out.key(segment, name+"__", "")
	}
	out.column("COUNT(*)", "n", "subjects")
	out.column("SUM(CASE WHEN c >= 2 THEN 1 ELSE 0 END)", "again", "who came again")
	out.column("SUM(nobody)", "refused", "")
	out.column(named("MAX(f)").epoch(c.span), "newest", "newest first "+string(q.Time))
	from := "(\n" + inner.text(From(d, r), inner.indent, 0, "") + "  ) AS t"
	return Statement{SQL: out.text("(\n"+middle.text(from, middle.indent, 0, "")+") AS s", "", p.limit, ""), Limit: p.limit}, nil
}

// readReturns reads a need, by each dimension apart where all are too much.
func (p *Plan) readReturns(ctx context.Context, t Target, index int, q *Returns, a *Answer) error {
	key := fmt.Sprintf("returns %s %s", q.Subject, q.Within)
	dims := t.Relation.Dimensions
	sets := groupings(dims, t.Memory.get(key) > 0)
	for len(sets) > 0 {
		set := sets[0]
		var columns []Dimension
		for _, d := range set.dims {
			columns = append(columns, dims[d])
		}
		st, err := p.returnsStatement(t.Dialect, t.Relation, q, columns)
		if err != nil {
			return err
		}
		fold, newest := newReturnsAnswer(), math.Inf(-1)
		err = p.run(ctx, t, st, a, func(r Row) error {
			i, _ := numeric(r[0])
			nobody, _ := numeric(r[1])
			k := 2 + len(columns)
			n, _ := numeric(r[k])
			again, _ := numeric(r[k+1])
			refused, _ := numeric(r[k+2])
			if set.total {
				fold.rejected[RejectedNullSubject] += refused
			}
			if nobody > 0 { // read up to the last return, not to the last bound
				return nil
			}
			if x, ok := numeric(r[k+3]); ok {
				newest = max(newest, x)
			}
			if set.total {
				fold.add(kpi.Segment{}, int(i), n, again)
			}
			for j, dim := range columns {
				fold.add(kpi.Segment{Dimension: dim.Name, Value: text(r[2+j])}, int(i), n, again)
			}
			return nil
		})
		switch {
		case errors.Is(err, errOverBudget) && len(set.dims) > 1:
			t.Memory.set(key, 1)
			sets = groupings(dims, true)
		case errors.Is(err, errOverBudget):
			return &BudgetError{What: set.String(dims) + " of first rows of " + string(q.Subject), Limit: p.limit}
		case err != nil:
			return err
		default:
			a.returns[index].merge(fold)
			a.newest = max(a.newest, newest)
			sets = sets[1:]
		}
	}
	return nil
}

// Returns implements Facts.
func (v view) Returns(q *Returns, lo, hi time.Time) (subjects, again float64) {
	index := v.a.plan.returning(q)
	if index < 0 {
		panic(fmt.Sprintf("facts: no need declared the returns of %s", q.Subject))
	}
	bounds := v.a.plan.returns[index].Bounds
	from := 0
	if !lo.IsZero() {
		from = boundIndex(bounds, lo, q.Time) + 1
	}
	to := boundIndex(bounds, hi, q.Time)
	for i := from; i <= to; i++ {
		x := v.a.returns[index].segments[v.segment][i]
		subjects += x[0]
		again += x[1]
	}
	return subjects, again
}
