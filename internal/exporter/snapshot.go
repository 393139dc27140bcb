// Package exporter runs collectors on their slots, keeps the last good snapshot
// of each, and shows them to Prometheus.
package exporter

import (
	"time"

	"github.com/cx-exporter/cx-exporter/internal/kpi"
	"github.com/cx-exporter/cx-exporter/internal/stats"
)

// Snapshot is all values of one collector at one instant. It is immutable.
type Snapshot struct {
	Collector string
	At        time.Time
	// Series are in a stable order: KPI, window, segment, stat, labels. They are not
	// to be changed: snapshots of other instants may share what they hold.
	Series []Series
	// Spikes are of the instant, and of the total.
	Spikes []Spike
	// Rejected counts the rows that were left out, by reason. Of a snapshot that was
	// made with others these are only what KPIs refuse for their content.
	Rejected map[string]float64
	// Withheld counts the segments of each dimension of which some value is
	// withheld, since it rests on too few rows or would tell one that does.
	Withheld map[string]int
	// Newest is the time of the newest row; zero where there is none,
	// or where the snapshot was made with others.
	Newest time.Time
	// Lasting are numbers that the collector's next good snapshot replaces, and
	// nothing takes away before: verdicts on goals, which neither grow old nor
	// change while a database is down.
	Lasting []kpi.Sample
	// Statements and Rows are what the evaluation cost, and Kept is how many facts
	// memory held for it: of all instants that were evaluated together.
	Statements, Rows, Kept int
}

// Series is one value of a snapshot.
type Series struct {
	Metric    string // family name without `_by_segment`
	KPI       string
	Stat      string
	Window    string
	Segment   kpi.Segment // zero for the total
	Labels    []kpi.Label // further labels: currency, category, score
	Unit      kpi.Unit
	Component bool
	// Whole marks a value that is no estimate from a sample.
	Whole bool
	// Fidelity says how true the value is as of a past instant.
	Fidelity kpi.Fidelity

	Value   float64
	Defined bool // false where the value is undefined; Samples still holds
	Samples float64

	Lower, Upper float64 // at the configured confidence
	Bounded      bool    // whether Lower and Upper hold

	// Detectable is the smallest change against a period of the same size that
	// is found in four of five times; it holds where Detects.
	Detectable float64
	Detects    bool

	// Change against the comparison window.
	Change Change
	// Parts say why the total moved, by dimension.
	Parts []ChangePart

	// Evidence is what the value rests on, for bounds at other confidences.
	Evidence stats.Evidence
}

// Change is how a value moved against its comparison window.
type Change struct {
	Known bool
	// Before is the value of the comparison window, which rests on SamplesBefore.
	Before, SamplesBefore float64
	// Judged tells whether Improvement holds: not for values of which neither
	// direction is better, and not where Before is zero on a positive scale.
	Judged bool
	// Improvement is negative where the value became worse. It is relative to
	// Before on a positive scale (Relative), and else a share of the scale's
	// range.
	Improvement float64
	Relative    bool
	// PValue is the one-sided probability of a worsening at least as large if
	// nothing had changed; it holds where Tested.
	PValue float64
	// BetterPValue is the same of an improvement. It is not what is left of
	// PValue: what happened counts as extreme in both directions.
	BetterPValue float64
	Tested       bool
}
