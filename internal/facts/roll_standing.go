package facts

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"
)

// manyStandings is how many instants the rows that stand are asked for in
// statements, each of which looks for those of one instant.
const manyStandings = 3

// standers tells grids apart whose standing rows come from one roll.
type standers struct {
	time, end Role
	planned   bool
}

// rolledStandings reads the grids of rows that stand at more instants than
// statements should, by a roll for those of the same columns. It returns which
// grids are read.
func (p *Plan) rolledStandings(ctx context.Context, t Target, a *Answer) (map[int]bool, error) {
	done := map[int]bool{}
	if !p.future.IsZero() {
		return done, nil
	}
	alike := togetherBy(p.grids, func(g *grid) (standers, bool) {
		return standers{g.time, g.standing.Role, g.planned}, g.standsSimply()
	})
	for _, grids := range alike {
		if len(grids) <= min(manyStandings, p.points) {
			continue
		}
		if err := p.readStandings(ctx, t, grids, a); err != nil {
			return nil, err
		}
		for _, i := range grids {
			done[i] = true
		}
	}
	return done, nil
}

// standsSimply reports whether a grid counts standing rows by nothing but when
// they began and for how long that is ago.
func (g *grid) standsSimply() bool {
	return g.standing.Role != "" && !g.stretches && !g.streamed && len(g.outcomes) == 0 && len(g.sums) == 0 && len(g.bounds) > 0 &&
		!slices.ContainsFunc(g.keys, func(k Key) bool {
			return !k.Bucket || k.Since != g.time || k.Role != "" || k.Less != "" || k.Until.IsZero()
		})
}

// standingFold counts the rows of a roll in the grids at whose instants they
// stand.
type standingFold struct {
	grids []*grid
	folds []*gridFold
	dims  int // columns
	limit int
	row   Row // is used again and again
}

func (f *standingFold) add(r Row) error {
	at, began := instantOf(r[0])
	if !began {
		return nil
	}
	start, _ := numeric(r[0]) // as the database subtracts it from an instant
	end, ended := instantOf(r[1])
	for i, g := range f.grids {
		if ended && end.Before(g.standing.At) || !at.Before(g.bounds[len(g.bounds)-1]) || !g.unbounded && at.Before(g.bounds[0]) {
			continue
		}
		interval, found := slices.BinarySearchFunc(g.bounds, at, time.Time.Compare)
		if found {
			interval++
		}
		f.row = append(f.row[:0], float64(interval))
		for _, k := range g.keys {
			f.row = append(f.row, float64(logBucket(k.until()-start)))
		}
		f.row = append(f.row, r[2:2+f.dims]...)
		f.row = append(f.row, 1.0, r[0])
		if err := f.folds[i].add(f.row); err != nil {
			return err
		}
		if f.folds[i].made > f.limit {
			return &BudgetError{What: "grouping what stands by " + string(g.time), Limit: f.limit}
		}
	}
	return nil
}

// readStandings reads grids of the same columns by one roll.
func (p *Plan) readStandings(ctx context.Context, t Target, indexes []int, a *Answer) error {
	dims := t.Relation.Dimensions
	set := groupings(dims, false)[0]
	f := &standingFold{dims: len(set.columns), limit: p.limit * (1 + len(dims))}
	for _, i := range indexes {
		f.grids = append(f.grids, p.grids[i])
		f.folds = append(f.folds, newGridFold(p, dims, p.grids[i], set))
	}
	st, err := p.standingStatement(t.Dialect, t.Relation, f.grids, set.columns)
	if err != nil {
		return err
	}
	if err := p.run(ctx, t, st, a, f.add); err != nil {
		return err
	}
	for k, i := range indexes {
		a.addGrid(i, f.folds[k])
	}
	return nil
}

// standingStatement writes the statement: the rows that stand at any of the
// instants.
func (p *Plan) standingStatement(d Dialect, r Relation, grids []*grid, columns []string) (Statement, error) {
	c := &rows{d: d, relation: r, span: p.zoneSpan()}
	at, err := c.bare(grids[0].time)
	if err != nil {
		return Statement{}, err
	}
	end, err := c.bare(grids[0].standing.Role)
	if err != nil {
		return Statement{}, err
	}
	first, union := grids[0].standing.At, &grid{time: grids[0].time, planned: grids[0].planned}
	for _, g := range grids {
		union.bounds = append(union.bounds, g.bounds...)
		union.unbounded = union.unbounded || g.unbounded
		if g.standing.At.Before(first) {
			first = g.standing.At
		}
	}
	union.bounds = sortedBounds(union.bounds)
	w := &writer{flat: true}
	w.say("Rows by %s that stand at any of %d instants, which are counted at each of them here.", grids[0].time, len(grids))
	w.say("None of them is kept, so their number is not limited by row_budget, only their time by the timeout.")
	for i, m := range []moment{at, end} {
		note := fmt.Sprintf("%s as seconds since 1970", []Role{grids[0].time, grids[0].standing.Role}[i])
		w.column("CASE WHEN "+m.none()+" THEN NULL ELSE "+m.epoch(c.span)+" END", "t"+strconv.Itoa(i), note)
	}
	for n, name := range columns {
		w.column(c.dimension(name), "d"+strconv.Itoa(n), "dimension "+name)
	}
	w.where = r.and(append(p.gridConditions(union, at, union.whole()), "("+end.none()+" OR "+end.from(first)+")"))
	return Statement{SQL: w.text(From(d, r), "", 0, "")}, nil
}
