package facts

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"
)

// Stays asks which subjects are there at each of some instants, and which of
// them no more at the next. It is of the total only, and counts no rejected
// rows: of the same columns, Subjects do.
//
// A row holds between two instants, so two looks into sorted bounds place it at
// all of them, where a Subjects would ask at each by itself.
type Stays struct {
	Subject Role // who: NULL subjects are left out
	Start   Role // when a row begins
	End     Role // when it ends; NULL is not yet
	Trial   Role // the end of a time on trial, see Subjects; may be empty
	// Grace is how long a row counts after its end.
	Grace time.Duration
	// Instants are at least two, in order.
	Instants []time.Time
}

func (q *Stays) same(o *Stays) bool {
	return q.Subject == o.Subject && q.Start == o.Start && q.End == o.End && q.Trial == o.Trial && q.Grace == o.Grace &&
		slices.EqualFunc(q.Instants, o.Instants, time.Time.Equal)
}

// check refuses instants that are not in order.
func (q *Stays) check() error {
	if len(q.Instants) < 2 || !slices.IsSortedFunc(q.Instants, time.Time.Compare) {
		return fmt.Errorf("a need for stays of %s has %d instants: it takes two and more, in order", q.Subject, len(q.Instants))
	}
	return nil
}

// maxInstants is how many instants one integer holds at a bit each.
const maxInstants = 60

// staysAnswer holds for each step from an instant to the next how many subjects
// are there at its beginning, and of these no more at its end.
type staysAnswer struct{ there, left []float64 }

func newStaysAnswer(q *Stays) staysAnswer {
	steps := len(q.Instants) - 1
	return staysAnswer{make([]float64, steps), make([]float64, steps)}
}

// add counts n subjects that are there at the instants whose bits are set, of a
// statement that begins with an instant and asks for some steps.
func (a staysAnswer) add(first, steps int, there int64, n float64) {
	for i := range steps {
		if there>>i&1 == 0 {
			continue
		}
		a.there[first+i] += n
		if there>>(i+1)&1 == 0 {
			a.left[first+i] += n
		}
	}
}

func (a staysAnswer) merge(o staysAnswer) {
	for i := range a.there {
		a.there[i] += o.there[i]
		a.left[i] += o.left[i]
	}
}

// staying is the index of the need, -1 for none.
func (p *Plan) staying(q *Stays) int { return slices.IndexFunc(p.stays, q.same) }

// staysStatement writes the statement for some of the instants: inside the rows
// with a bit for each instant at which they hold, around it one row a subject
// with the bits of all of its rows, and outside the number of subjects with the
// same bits.
func (p *Plan) staysStatement(d Dialect, r Relation, q *Stays, at []time.Time) (Statement, error) {
	return write(d, r, p.zoneSpan(), func(c *rows) (Statement, error) {
		start, err := c.bare(q.Start)
		if err != nil {
			return Statement{}, err
		}
		end, err := c.bare(q.End)
		if err != nil {
			return Statement{}, err
		}
		subject := c.who(q.Subject)
		where := []string{
			subject + " IS NOT NULL", start.until(at[len(at)-1]) + start.andKnown(),
			"(" + end.none() + " OR " + end.from(at[0].Add(-q.Grace)) + ")",
		}
		bits, err := c.staysBits(q, at)
		if err != nil {
			return Statement{}, err
		}
		in := &writer{indent: "    "}
		in.column(c.take(subject, string(q.Subject)), "subject", "")
		in.column(bits, "b", "a bit for each instant at which the row holds")
		from := c.from(in, where)
		each := &writer{indent: "  "}
		each.key("subject", "subject", "one row a subject")
		each.column(d.AnyBit("b", len(at)), "b", "the instants at which it is there")
		out := &writer{}
		out.say("Each %s with the instants at which it is there, a bit each.", q.Subject)
		if len(at) > maxNotes {
			out.say("bits 0 to %d are %d instants from %s to %s", len(at)-1, len(at), at[0].UTC().Format(time.RFC3339Nano), at[len(at)-1].UTC().Format(time.RFC3339Nano))
		} else {
			for i, t := range at {
				out.say("bit %d is %s", i, t.UTC().Format(time.RFC3339Nano))
			}
		}
		out.key("b", "b_", "instants")
		out.column("COUNT(*)", "n", "subjects")
		from = "(\n" + in.text(from, in.indent, 0, d.Fence()) + "  ) AS r"
		return Statement{SQL: out.text("(\n"+each.text(from, each.indent, 0, "")+") AS s", "", p.limit, ""), Limit: p.limit}, nil
	})
}

// staysBits is the integer of the instants at which a row holds: those after
// its start and its trial, and those that it has not ended before. The conditions of the
// statement leave no rows that have no start, begin after all instants or have
// ended before all.
func (c *rows) staysBits(q *Stays, at []time.Time) (string, error) {
	start, err := c.moment(q.Start)
	if err != nil {
		return "", err
	}
	end, err := c.moment(q.End)
	if err != nil {
		return "", err
	}
	upTo := func(i int) int64 { return 1<<i - 1 } // the bits of the first i instants
	all := upTo(len(at))
	after := func(i int) string { return strconv.FormatInt(all&^upTo(i), 10) }
	begun := start.tree(at, 0, len(at)-1, after)
	ends := make([]time.Time, len(at))
	for i, t := range at {
		ends[i] = t.Add(-q.Grace)
	}
	lasts := end.tree(ends, 1, len(at), func(i int) string { return strconv.FormatInt(upTo(i), 10) })
	never := "WHEN " + end.none() + " THEN " + strconv.FormatInt(all, 10)
	if q.Grace > 0 { // else what ends before it starts holds nowhere
		backwards, err := c.backwards(q.Start, q.End)
		if err != nil {
			return "", err
		}
		never = "WHEN " + backwards + " THEN 0 " + never
	}
	bits := begun + " & CASE " + never + " ELSE " + lasts + " END"
	if q.Trial != "" {
		trial, failed, err := c.trial(Subjects{End: q.End, Trial: q.Trial}, end)
		if err != nil {
			return "", err
		}
		bits += " & CASE WHEN " + trial.none() + " THEN " + strconv.FormatInt(all, 10) + " WHEN " + failed + " = 1 THEN 0 ELSE " +
			trial.tree(at, 0, len(at), after) + " END"
	}
	return "(" + bits + ")", nil
}

// readStays reads a need, in parts where its instants are too many for an
// integer or show too many ways to be there.
func (p *Plan) readStays(ctx context.Context, t Target, index int, q *Stays, a *Answer) error {
	type part struct{ first, steps int }
	var parts []part
	for first, steps := 0, len(q.Instants)-1; first < steps; first += maxInstants - 1 {
		parts = append(parts, part{first, min(steps-first, maxInstants-1)})
	}
	for len(parts) > 0 {
		x := parts[0]
		parts = parts[1:]
		st, err := p.staysStatement(t.Dialect, t.Relation, q, q.Instants[x.first:x.first+x.steps+1])
		if err != nil {
			return err
		}
		fold := newStaysAnswer(q)
		err = p.run(ctx, t, st, a, func(r Row) error {
			n, _ := numeric(r[1])
			fold.add(x.first, x.steps, integer(r[0]), n)
			return nil
		})
		switch {
		case errors.Is(err, errOverBudget) && x.steps > 1:
			half := x.steps / 2
			parts = append([]part{{x.first, half}, {x.first + half, x.steps - half}}, parts...)
		case errors.Is(err, errOverBudget):
			return &BudgetError{What: "the stays of " + string(q.Subject), Limit: p.limit}
		case err != nil:
			return err
		default:
			a.stays[index].merge(fold)
		}
	}
	return nil
}

// Stays implements Facts.
func (v view) Stays(q *Stays, step int) (there, left float64) {
	index := v.a.plan.staying(q)
	if index < 0 {
		panic(fmt.Sprintf("facts: no need declared these stays of %s", q.Subject))
	}
	if !v.segment.IsTotal() {
		return 0, 0
	}
	x := v.a.stays[index]
	return x.there[step], x.left[step]
}
