package oracle

import (
	"math"
	"math/big"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// median and ninth are the quantiles that durations are told by.
var (
	median = big.NewRat(1, 2)
	ninth  = big.NewRat(9, 10)
)

// clock is the magnitude of an instant as a number of seconds since 1970, of
// which durations are differences: they are known to a microsecond only.
const clock = 1e6

// Duration is the time from From to To, over the rows in whose window To lies.
// Rows that end before they start are refused.
type Duration struct {
	From, To string
	Target   time.Duration // 0 for none
	Hours    *Hours        // nil counts all time
}

// Values implements KPI.
func (k Duration) Values(rows []Row, s kpi.Span, seg Segment) []Value {
	var xs []float64
	within := 0.0
	for _, r := range seg.rows(rows) {
		from, ok := r.instant(k.From)
		to, _ := r.instant(k.To)
		if !ok || !r.within(k.To, s.Lo, s.Hi) || to.Before(from) {
			continue
		}
		x := seconds(from, to)
		if k.Hours != nil {
			x = k.Hours.Seconds(from, to)
		}
		xs = append(xs, x)
		if x <= k.Target.Seconds() {
			within++
		}
	}
	mean := positiveMean("mean", "", xs)
	mean.Terms = max(mean.Terms, clock)
	values := []Value{
		mean,
		quantileOf("p50", xs, median),
		quantileOf("p90", xs, ninth),
	}
	if k.Target > 0 {
		values = append(values, share("within_target", within, float64(len(xs))))
	}
	return values
}

// positiveMean is the mean of amounts or durations.
func positiveMean(stat, labels string, xs []float64) Value {
	v := Value{Stat: stat, Labels: labels, N: float64(len(xs)), Defined: len(xs) > 0}
	if v.Defined {
		total, terms := sum(xs)
		v.V, v.Terms = total/v.N, terms/v.N
		v.Bounds = func(c float64) (float64, float64, bool) { return logDelta(xs, c) }
	}
	return v
}

func quantileOf(stat string, xs []float64, p *big.Rat) Value {
	v := Value{Stat: stat, N: float64(len(xs)), Quantile: true}
	v.V, v.Defined = quantile(xs, p)
	f, _ := p.Float64()
	v.Bounds = func(c float64) (float64, float64, bool) { return orderStatistics(xs, f, c) }
	return v
}

// Open is the rows that began before the end of the window and that nothing in
// Ends has ended before it. Rows with an end before their beginning are refused.
type Open struct {
	Begin string
	Ends  []string
	// Count, Oldest and Mean are the names of the values; Mean may be empty.
	Count, Oldest, Mean string
	// Median is the name of the median age; Ages are limits, by the label of
	// which the older rows are counted.
	Median string
	Ages   map[string]time.Duration
	// Turns says that rows are tickets of events, which tell when they were open: an
	// end before the beginning makes no sense all the same.
	Turns bool
}

// Values implements KPI.
func (k Open) Values(rows []Row, s kpi.Span, seg Segment) []Value {
	var ages []float64
	oldest := math.Inf(-1)
	for _, r := range seg.rows(rows) {
		begin, ok := r.instant(k.Begin)
		if !ok || !begin.Before(s.Hi) || r.backwards(k.Begin, k.Ends...) {
			continue
		}
		ended := false
		for _, role := range k.Ends {
			ended = ended || r.before(role, s.Hi)
		}
		if k.Turns {
			ended = !openAt(r, s.Hi)
		}
		if !ended {
			age := seconds(begin, s.Hi)
			ages = append(ages, age)
			oldest = max(oldest, age)
		}
	}
	n := float64(len(ages))
	values := []Value{
		stock(k.Count, n),
		{Stat: k.Oldest, V: oldest, Defined: n > 0, N: n, Terms: clock},
	}
	if k.Mean != "" {
		total, _ := sum(ages)
		values = append(values, Value{Stat: k.Mean, V: total / n, Defined: n > 0, N: n, Terms: clock})
	}
	if k.Median != "" {
		v := Value{Stat: k.Median, N: n, Quantile: true}
		v.V, v.Defined = quantile(ages, median)
		values = append(values, v)
	}
	for label, limit := range k.Ages {
		older := 0.0
		for _, age := range ages {
			if age > limit.Seconds() {
				older++
			}
		}
		v := stock("older", older)
		v.Labels = "age=" + label
		values = append(values, v)
	}
	return values
}

// Volume is the tickets created in the window, and those resolved in it. A
// ticket that was resolved before it was created is neither; one of which nobody
// knows when it was created is no resolved one.
type Volume struct{}

// Values implements KPI.
func (Volume) Values(rows []Row, s kpi.Span, seg Segment) []Value {
	var created, resolved float64
	for _, r := range seg.rows(rows) {
		if r.backwards("created_at", "resolved_at") {
			continue
		}
		if r.within("created_at", s.Lo, s.Hi) {
			created++
		}
		if _, known := r.instant("created_at"); known && r.within("resolved_at", s.Lo, s.Hi) {
			resolved++
		}
	}
	return []Value{stock("created", created), stock("resolved", resolved)}
}

// Both is several definitions under one name.
type Both []KPI

// Values implements KPI.
func (k Both) Values(rows []Row, s kpi.Span, seg Segment) []Value {
	var all []Value
	for _, part := range k {
		all = append(all, part.Values(rows, s, seg)...)
	}
	return all
}
