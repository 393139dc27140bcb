package collectors

import (
	"time"

	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
	"github.com/cx-exporter/cx-exporter/internal/stats"
)

// WaitTime is the time that contacts wait until they are answered:
//
//	answered_at − offered_at
//
// over the contacts offered in the window and answered before the instant of
// evaluation: the mean, which call centres know as the average speed of answer,
// the median, and the time that nine of ten do not exceed. Who gave up is not in
// it, so it improves when people do: look at abandonment beside it.
//
// Source: the average speed of answer of call centres (ICMI). Intervals:
// log-delta for the mean, order statistics for the quantiles.
type WaitTime struct{}

func newWaitTime() Parameters { return &WaitTime{} }

type waitTime struct {
	described
	queue queue
}

// The values of the KPI, as indexes of its stats.
const (
	waitMean = iota
	waitP50
	waitP90
)

// KPI builds the KPI.
func (*WaitTime) KPI(b Binding) (KPI, error) {
	wait, fidelity := waiting(b)
	of := func(name, metric, help string) Stat {
		return Stat{Name: name, Metric: metric, Help: help, Unit: kpi.Seconds, Ends: kpi.From(0), Direction: kpi.LowerIsBetter}
	}
	return &waitTime{queue: queue{wait: wait}, described: described{Desc{
		Name:         "wait_time",
		Title:        "Waiting time",
		Variant:      "offer to answer of answered contacts, by the time of the offer",
		BusinessGoal: goalSupport,
		Fidelity:     fidelity,
		Stats: []Stat{
			waitMean: of("mean", "cx_wait_mean_seconds", "Mean time from the offer to the answer in seconds, of contacts offered in the window and answered."),
			waitP50:  of("p50", "cx_wait_p50_seconds", "Median time from the offer to the answer in seconds, of contacts offered in the window and answered."),
			waitP90:  of("p90", "cx_wait_p90_seconds", "Time from the offer to the answer in seconds that nine of ten contacts offered in the window and answered did not exceed."),
		},
	}}}, nil
}

// cube asks for the contacts by the time that they waited, as a log-bucket
// histogram with exact sums.
func (k *waitTime) cube(s kpi.Span) *facts.Cube {
	wait := k.queue.wait
	c := &facts.Cube{
		Time:   roleOfferedAt,
		Bounds: rows(s),
		Keys:   []facts.Key{{Expr: wait, Bucket: true}},
		Sums:   []facts.Sum{{Kind: facts.SumOf, Of: wait}, {Kind: facts.SumSquare, Of: wait}},
	}
	if !k.queue.stamped() {
		c.Sums = append(c.Sums, k.queue.states()...)
	} else {
		c.Outcomes = []facts.Outcome{{Role: roleAnsweredAt, Bounds: []time.Time{s.At}}}
	}
	return c
}

// Needs asks for the times of the answered contacts.
func (k *waitTime) Needs(s kpi.Span) []facts.Need { return cubes(k.cube(s)) }

// Compute returns the times.
func (k *waitTime) Compute(s kpi.Span, f facts.Facts) []Value {
	var mean stats.PositiveMean
	sketch := new(stats.Sketch)
	f.Cells(k.cube(s), s.Lo, s.Hi, func(c facts.Cell) {
		index, ok := c.Bucket(0)
		if !ok || k.queue.stamped() && !c.Before(0, s.At) {
			return
		}
		sketch.Add(index, c.N())
		mean.N += c.N()
		mean.Sum += c.Sum(0)
		mean.Squares += c.Sum(1)
	})
	return []Value{
		{Stat: waitMean, Evidence: mean},
		{Stat: waitP50, Evidence: stats.Quantile{P: 0.5, Sketch: sketch}},
		{Stat: waitP90, Evidence: stats.Quantile{P: 0.9, Sketch: sketch}},
	}
}

// Rejected counts the contacts whose seconds are no wait.
func (k *waitTime) Rejected(s kpi.Span, f facts.Facts) map[string]float64 {
	return k.queue.refused(s, f, k.cube(s), 2)
}

var (
	_ KPI      = (*waitTime)(nil)
	_ Rejecter = (*waitTime)(nil)
)
