package collectors

import (
	"math"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/calendar"
	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
	"github.com/cx-exporter/cx-exporter/internal/stats"
)

// timing is a duration that every finished row has: from one instant to another,
// by which it is placed in the window. Rows that end before they start are left
// out of all facts that a negative duration is a key of.
type timing struct {
	from, to facts.Role
	target   *Duration // what is in time; may be nil
	// hours are when time counts; nil is always. Then all figures are those of
	// business hours, and families of their own.
	hours *calendar.Hours
}

// seconds is the duration of a row.
func (t timing) seconds() facts.Expr { return facts.Expr{Role: t.to, Since: t.from, Hours: t.hours} }

// prefix is the beginning of the names of families.
func (t timing) prefix(family string) string {
	if t.hours != nil {
		return family + "_business"
	}
	return family
}

// cube asks for the durations of the rows that ended in the span, as a
// log-bucket histogram with exact sums.
func (t timing) cube(s kpi.Span) *facts.Cube {
	d := t.seconds()
	c := &facts.Cube{
		Time:   t.to,
		Bounds: rows(s),
		Keys:   []facts.Key{{Expr: d, Bucket: true}},
		Sums:   []facts.Sum{{Kind: facts.SumOf, Of: d}, {Kind: facts.SumSquare, Of: d}},
	}
	if t.target != nil {
		c.Sums = append(c.Sums, facts.Sum{Kind: facts.SumWithin, Of: d, Limit: t.target.Seconds()})
	}
	return c
}

// The values of every timing, as indexes of its stats. The last is there only
// with a target.
const (
	timingMean = iota
	timingP50
	timingP90
	timingWithin
)

// unit is what the times are in, as help texts have it.
func (t timing) unit() string {
	if t.hours != nil {
		return "seconds of business hours"
	}
	return "seconds"
}

// stats describes the values: prefix begins the names of the families, and what
// ends the sentences, as in `the first response`.
func (t timing) stats(prefix, what, when string) []Stat {
	of := func(name, metric, help string) Stat {
		return Stat{Name: name, Metric: metric, Help: help, Unit: kpi.Seconds, Ends: kpi.From(0), Direction: kpi.LowerIsBetter}
	}
	prefix, unit := t.prefix(prefix), t.unit()
	list := []Stat{
		timingMean: of("mean", prefix+"_mean_seconds", "Mean time from creation to "+what+" in "+unit+", of tickets "+when+" in the window."),
		timingP50:  of("p50", prefix+"_p50_seconds", "Median time from creation to "+what+" in "+unit+", of tickets "+when+" in the window."),
		timingP90:  of("p90", prefix+"_p90_seconds", "Time from creation to "+what+" in "+unit+" that nine of ten tickets "+when+" in the window did not exceed."),
	}
	within := ""
	if t.hours != nil {
		within = " in business hours"
	}
	if t.target != nil {
		list = append(list, Stat{
			Name: "within_target", Metric: prefix + "_within_target_ratio",
			Help: "Share of tickets " + when + " in the window that were so within the target" + within + ", from 0 to 1; the target is in cx_kpi_info.",
			Unit: kpi.Ratio, Ends: kpi.Between(0, 1), Direction: kpi.HigherIsBetter,
		})
	}
	return list
}

// compute returns the values.
func (t timing) compute(s kpi.Span, f facts.Facts) []Value {
	var n, sum, squares, within float64
	sketch := new(stats.Sketch)
	f.Cells(t.cube(s), s.Lo, s.Hi, func(c facts.Cell) {
		index, ok := c.Bucket(0)
		if !ok {
			return
		}
		sketch.Add(index, c.N())
		n += c.N()
		sum += c.Sum(0)
		squares += c.Sum(1)
		if t.target != nil {
			within += c.Sum(2)
		}
	})
	values := []Value{
		// Times that are stored as binary fractions may end a part of a
		// microsecond before they start, and are at once all the same.
		{Stat: timingMean, Evidence: stats.PositiveMean{N: n, Sum: max(0, sum), Squares: squares}},
		{Stat: timingP50, Evidence: stats.Quantile{P: 0.5, Sketch: sketch}},
		{Stat: timingP90, Evidence: stats.Quantile{P: 0.9, Sketch: sketch}},
	}
	if t.target != nil {
		values = append(values, Value{Stat: timingWithin, Evidence: stats.Proportion{Hits: within, N: n}})
	}
	return values
}

// checkTarget says what is wrong with a target.
func checkTarget(target *Duration) error {
	if target != nil && *target <= 0 {
		return wrong("target", "%s must be above 0: say what is in time, such as 4h", *target)
	}
	return nil
}

// variant adds calendar and target to the words for a variant.
func (t timing) variant(words string) string {
	if t.hours != nil {
		words += ", in the business hours of " + t.hours.Name()
	}
	if t.target != nil {
		words += ", target " + t.target.String()
	}
	return words
}

// open is the rows that have begun and not ended at an instant.
type open struct {
	n, ages float64
	oldest  float64 // seconds since 1970
}

// openCube asks for the rows that began before the end of the span, by what may
// have ended them since. With ages it asks for the sum of their ages too.
func openCube(s kpi.Span, began facts.Role, ages bool, ended ...facts.Role) *facts.Cube {
	c := &facts.Cube{
		Time:   began,
		Bounds: past(s.Hi),
		Sums:   []facts.Sum{{Kind: facts.MinEpoch, Of: facts.Expr{Role: began}}},
	}
	for _, role := range ended {
		c.Outcomes = append(c.Outcomes, facts.Outcome{Role: role, Bounds: past(s.Hi)[1:]})
	}
	if ages {
		c.Sums = append(c.Sums, facts.Sum{Kind: facts.SumEpoch, Of: facts.Expr{Role: began}})
	}
	return c
}

// foldOpen adds up the rows that nothing has ended before the end of the span.
func foldOpen(s kpi.Span, f facts.Facts, c *facts.Cube) open {
	o, _ := foldOpenSince(s, f, c)
	return o
}

// foldOpenSince also tells how many of them began before each of some instants, in
// order, which are bounds of the cube.
func foldOpenSince(s kpi.Span, f facts.Facts, c *facts.Cube, earlier ...time.Time) (o open, before []float64) {
	o.oldest = math.Inf(1)
	from := past(s.Hi)[0]
	for _, to := range append(earlier, s.Hi) {
		f.Cells(c, from, to, func(cell facts.Cell) {
			if !isOpen(c, cell, s.Hi) {
				return
			}
			o.n += cell.N()
			o.oldest = min(o.oldest, cell.Sum(0))
			if len(c.Sums) > 1 {
				o.ages += cell.N()*epoch(s.Hi) - cell.Sum(1)
			}
		})
		from, before = to, append(before, o.n)
	}
	return o, before[:len(earlier)]
}

// isOpen reports whether nothing has ended the rows of a cell before t. Of
// stretches that a ticket was open in, one that had not begun is not open either.
func isOpen(c *facts.Cube, cell facts.Cell, t time.Time) bool {
	for i, o := range c.Outcomes {
		if cell.Before(i, t) != (o.Role == roleOpenSince) {
			return false
		}
	}
	return true
}

// oldestAge is the age of the oldest open row; without one there is none.
func (o open) oldestAge(s kpi.Span) stats.Exact {
	if o.n == 0 {
		return stats.Exact{}
	}
	return stats.Exact{V: epoch(s.Hi) - o.oldest, N: o.n, Defined: true}
}
