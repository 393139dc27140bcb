package collectors

import (
	"time"

	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// queue is the contacts of a window, placed by when they were offered, and what
// became of them before the instant of evaluation: they were answered or else
// abandoned, or they still wait and are neither.
type queue struct {
	// wait is the time to the answer: between two instants or, without that of
	// the answer, as a number of seconds, which is as known now.
	wait facts.Expr
	// abandoned tells whether contacts can be abandoned; quick are the times in
	// which abandoned ones are counted apart, and prompt those in which answered
	// ones are.
	abandoned     bool
	quick, prompt []Duration
}

// waiting is the time that contacts waited, as the collector has it.
func waiting(b Binding) (wait facts.Expr, fidelity kpi.Fidelity) {
	if b.Has(roleWaitSeconds) && !b.Has(roleAnsweredAt) {
		return facts.Expr{Role: roleWaitSeconds}, kpi.Restated
	}
	return between(roleOfferedAt, roleAnsweredAt), kpi.Exact
}

// stamped reports whether the instant of the answer is known.
func (q queue) stamped() bool { return q.wait.Since != "" }

// cube asks for the contacts of a span.
func (q queue) cube(s kpi.Span) *facts.Cube {
	c := &facts.Cube{Time: roleOfferedAt, Bounds: rows(s)}
	if q.stamped() {
		c.Outcomes = append(c.Outcomes, facts.Outcome{Role: roleAnsweredAt, Bounds: []time.Time{s.At}})
	}
	if q.abandoned {
		c.Outcomes = append(c.Outcomes, facts.Outcome{Role: roleAbandonedAt, Bounds: []time.Time{s.At}})
	}
	if !q.stamped() {
		c.Sums = append(c.Sums, q.states()...)
	}
	for _, d := range q.prompt {
		c.Sums = append(c.Sums, where(within(q.wait, d)))
	}
	for _, d := range q.quick {
		gaveUp := within(between(roleOfferedAt, roleAbandonedAt), d)
		if q.stamped() {
			c.Sums = append(c.Sums, where(gaveUp))
		} else {
			c.Sums = append(c.Sums, where(gaveUp, blank(q.wait.Role)))
		}
	}
	return c
}

// The sums of states, as indexes.
const (
	waitKnown = iota
	waitBlank
	waitBelowZero
	waitStates
)

// states tells contacts of which seconds are known apart: those that were
// answered, those that were not, and those with a number that is no wait. What
// else there is is no number.
func (q queue) states() []facts.Sum {
	return []facts.Sum{
		waitKnown:     where(forwards(q.wait)),
		waitBlank:     where(blank(q.wait.Role)),
		waitBelowZero: where(not(forwards(q.wait)), atMost(q.wait, 0)),
	}
}

// refused counts the contacts of a cube whose seconds are no wait, by reason.
// They are neither answered nor waiting. The states begin at a sum of the cube.
func (q queue) refused(s kpi.Span, f facts.Facts, c *facts.Cube, from int) map[string]float64 {
	if q.stamped() {
		return nil
	}
	refused := map[string]float64{}
	f.Cells(c, s.Lo, s.Hi, func(cell facts.Cell) {
		below := cell.Sum(from + waitBelowZero)
		refused[facts.RejectedOffScale] += below
		refused[facts.RejectedNotANumber] += cell.N() - cell.Sum(from+waitKnown) - cell.Sum(from+waitBlank) - below
	})
	return refused
}

// rejected is refused for the queue's own cube.
func (q queue) rejected(s kpi.Span, f facts.Facts) map[string]float64 {
	return q.refused(s, f, q.cube(s), 0)
}

// ends are what became of the contacts of a window.
type ends struct {
	offered, answered, abandoned float64
	prompt, quick                []float64
}

// fold counts the contacts.
func (q queue) fold(s kpi.Span, f facts.Facts) ends {
	e := ends{prompt: make([]float64, len(q.prompt)), quick: make([]float64, len(q.quick))}
	c := q.cube(s)
	f.Cells(c, s.Lo, s.Hi, func(cell facts.Cell) {
		answered, offered, next := 0.0, cell.N(), 0
		switch {
		case !q.stamped():
			answered, next = cell.Sum(waitKnown), waitStates
			offered = answered + cell.Sum(waitBlank)
		case cell.Before(0, s.At):
			answered = offered
		}
		e.offered += offered
		e.answered += answered
		for i := range q.prompt {
			if answered > 0 {
				e.prompt[i] += cell.Sum(next + i)
			}
		}
		if left := offered - answered; left > 0 && q.abandoned && cell.Before(len(c.Outcomes)-1, s.At) {
			e.abandoned += left
			for i := range q.quick {
				e.quick[i] += cell.Sum(next + len(q.prompt) + i)
			}
		}
	})
	return e
}
