// Package stats is the statistics of the exporter: intervals, exact tests and
// the log-bucket sketch for quantiles. It is pure.
package stats

// Evidence is what the rows say about one value: its sufficient statistic. A
// KPI returns evidence rather than a number, so that one value gives its
// interval at any confidence and its change against any other period.
type Evidence interface {
	// Value is the point estimate; ok is false where it is undefined (no rows,
	// a zero denominator).
	Value() (v float64, ok bool)
	// Samples is the number of rows (or subjects) that the value rests on.
	Samples() float64
	// Interval is the two-sided interval at a confidence between 0 and 1; ok is
	// false where the method has none for this evidence.
	Interval(confidence float64) (lower, upper float64, ok bool)
	// Shown is the interval as it is shown: that of Interval, or none where that is
	// too wide to say anything (see the constant widest).
	Shown(confidence float64) (lower, upper float64, ok bool)
	// Change tests the value against an earlier, independent one of the same
	// kind. fell is the one-sided p-value for "not lower than before": small
	// means that the value fell beyond chance. rose is the same for a rise. ok
	// is false where there is no test.
	Change(before Evidence) (fell, rose float64, ok bool)
}
