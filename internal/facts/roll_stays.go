package facts

import (
	"context"
	"time"
)

// rollStays counts the stays of needs by a roll of their subjects.
type rollStays struct {
	*rollFold
	steps  []rollStep
	digits [][]uint8 // of the subject at hand, by line and point
}

// rollStep is from one instant of a need to the next, with how many are there and
// how many of them leave. Needs of the same month share most of their steps.
type rollStep struct {
	from, to    rollPlace
	there, left int
}

// rolledStays reads the needs that ask for stays at more instants than statements
// should count, by a roll for those of the same subjects. It returns which needs
// are answered.
func (p *Plan) rolledStays(ctx context.Context, t Target, a *Answer) (map[int]bool, error) {
	done := map[int]bool{}
	if !p.future.IsZero() {
		return done, nil
	}
	alike := togetherBy(p.stays, func(q *Stays) (stayers, bool) {
		return stayers{q.Subject, q.Start, q.End, q.Trial}, true
	})
	for _, needs := range alike {
		instants := 0
		for _, i := range needs {
			instants += len(p.stays[i].Instants)
		}
		if instants <= p.points {
			continue
		}
		if err := p.readStaysRoll(ctx, t, needs, a); err != nil {
			return nil, err
		}
		for _, i := range needs {
			done[i] = true
		}
	}
	return done, nil
}

// stayers are the roles that stays are read from.
type stayers struct{ subject, start, end, trial Role }

// point is an instant of the stays as a point of subjects.
func (q *Stays) point(at time.Time) Point {
	pt := Point{At: at}
	if q.Grace > 0 {
		pt.Until = at.Add(-q.Grace)
	}
	return pt
}

// readStaysRoll reads needs of the same subjects by one roll.
func (p *Plan) readStaysRoll(ctx context.Context, t Target, needs []int, a *Answer) error {
	q := p.stays[needs[0]]
	pn := &panel{who: Subjects{Subject: q.Subject, Start: q.Start, End: q.End, Trial: q.Trial}}
	for _, i := range needs {
		s := pn.who
		for _, at := range p.stays[i].Instants {
			s.Points = append(s.Points, p.stays[i].point(at))
		}
		pn.needs = append(pn.needs, &s)
	}
	st, _, err := p.rollStatement(t.Dialect, t.Relation, pn, nil)
	if err != nil {
		return err
	}
	r := &rollStays{rollFold: newRollFold(pn.who, nil, pn.needs, nil)}
	r.tell = r.count
	for _, l := range r.lines {
		r.digits = append(r.digits, make([]uint8, len(l.upper)))
	}
	of := make([][]int, len(needs)) // steps
	known := map[[2]rollPlace]int{}
	for k := range needs {
		points := pn.needs[k].Points
		for step := range len(points) - 1 {
			way := [2]rollPlace{r.at[keyOf(points[step])], r.at[keyOf(points[step+1])]}
			i, ok := known[way]
			if !ok {
				i = len(r.steps)
				known[way] = i
				r.steps = append(r.steps, rollStep{from: way[0], to: way[1]})
			}
			of[k] = append(of[k], i)
		}
	}
	if err := p.run(ctx, t, st, a, r.add); err != nil {
		return err
	}
	if err := r.end(); err != nil {
		return err
	}
	for k, i := range needs {
		for step, s := range of[k] {
			a.stays[i].there[step] += float64(r.steps[s].there)
			a.stays[i].left[step] += float64(r.steps[s].left)
		}
	}
	return nil
}

// count counts the subject in memory for all steps.
func (r *rollStays) count() error {
	for i, l := range r.lines {
		for k, x := range l.pieces {
			to := len(l.upper)
			if k+1 < len(l.pieces) {
				to = l.pieces[k+1].from
			}
			for at := x.from; at < to; at++ {
				r.digits[i][at] = x.digit
			}
		}
	}
	for i := range r.steps {
		s := &r.steps[i]
		from, to := r.digits[s.from.line][s.from.point], r.digits[s.to.line][s.to.point]
		s.there += int(from)
		s.left += int(from &^ to)
	}
	return nil
}
