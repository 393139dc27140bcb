package facts

import (
	"context"
	"time"
)

// rollStays counts the stays of needs by a roll of their subjects.
type rollStays struct {
	*rollFold
	places  [][]int // of the instants of each need
	answers []staysAnswer
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
	for k, i := range needs {
		r.answers = append(r.answers, a.stays[i])
		var points []int
		for _, pt := range pn.needs[k].Points {
			points = append(points, r.at[keyOf(pt)])
		}
		r.places = append(r.places, points)
	}
	if err := p.run(ctx, t, st, a, r.add); err != nil {
		return err
	}
	return r.end()
}

// count counts the subjects in memory for all needs.
func (r *rollStays) count() error {
	for i, points := range r.places {
		for step := range len(points) - 1 {
			from, to := r.points[points[step]].digits, r.points[points[step+1]].digits
			there, left := 0, 0
			for k := range r.subjects {
				there += int(from[k])
				left += int(from[k] &^ to[k])
			}
			r.answers[i].there[step] += float64(there)
			r.answers[i].left[step] += float64(left)
		}
	}
	return nil
}
