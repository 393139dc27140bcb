package stats

import (
	"math"
	"slices"
)

// SurvivalMedian is the median of durations of which some have not ended yet:
// Ended holds those that have, Open how long the others have lasted so far. Both
// sketches have the same error. The durations still running say that theirs are
// longer, which the median of those that ended leaves out.
//
// It is the first duration by which the estimate of Kaplan and Meier (1958, JASA
// 53:457) of the share that goes on,
//
//	S(t) = ∏ (1 − dᵢ/nᵢ) over tᵢ ≤ t
//
// with dᵢ of the nᵢ that lasted until tᵢ ending there, falls to one half. What is
// still open in the bucket of tᵢ lasted until then. There is no median while more
// than half goes on.
//
// The interval is that of Brookmeyer and Crowley (1982, Biometrics 38:29): all
// durations at which one half lies in the interval for S, by Greenwood's variance
// of its log-log transform, which covers well in small samples (Borgan and
// Liestøl 1990, Scand. J. Statist. 17:35). Its limits are the outer ends of the
// sketch's buckets. Where the upper one is not reached yet there is none.
//
// A change is tested by the log-rank test of both curves (Mantel 1966), if at
// least five ends are expected in either period.
type SurvivalMedian struct {
	Ended, Open *Sketch
}

// step is a duration at which something ended.
type step struct {
	index         int
	atRisk, ended float64
}

// steps are the durations at which something ended, the shortest first.
func (m SurvivalMedian) steps() []step {
	left := m.Ended.N() + m.Open.N()
	var all []step
	for _, index := range indexes(m.Ended, m.Open) {
		ended := m.Ended.in(index)
		if ended > 0 {
			all = append(all, step{index, left, ended})
		}
		left -= ended + m.Open.in(index)
	}
	return all
}

// indexes are the buckets of sketches in order.
func indexes(sketches ...*Sketch) []int {
	all := []int{zeroIndex}
	for _, s := range sketches {
		if s != nil {
			for i, n := range s.buckets {
				if n > 0 {
					all = append(all, s.first+i)
				}
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// half is one half, and what rounding may leave above it.
const half = 0.5 * (1 + 1e-12)

// Value implements Evidence.
func (m SurvivalMedian) Value() (float64, bool) {
	if m.Ended.Alpha() != m.Open.Alpha() {
		return 0, false
	}
	goesOn := 1.0
	for _, s := range m.steps() {
		if goesOn *= 1 - s.ended/s.atRisk; goesOn <= half {
			return m.Ended.Rank(m.Ended.before(s.index) + 1)
		}
	}
	return 0, false
}

// Samples implements Evidence.
func (m SurvivalMedian) Samples() float64 { return samples(m.Ended.N() + m.Open.N()) }

// Interval implements Evidence.
func (m SurvivalMedian) Interval(confidence float64) (lower, upper float64, ok bool) {
	t, ok := tail(confidence)
	value, defined := m.Value()
	if !ok || !defined {
		return 0, 0, false
	}
	z := normalQuantile(t)
	goesOn, greenwood, begun := 1.0, 0.0, false
	for _, s := range m.steps() {
		goesOn *= 1 - s.ended/s.atRisk
		greenwood += s.ended / (s.atRisk * (s.atRisk - s.ended))
		// The hazard so far, which is ln 2 at the median, and its factor of error.
		hazard := -math.Log(goesOn)
		factor := math.Exp(z * math.Sqrt(greenwood) / hazard)
		if !finite(hazard, factor) {
			break // nothing goes on
		}
		low, high := m.Ended.ends(s.index)
		if !begun && hazard*factor >= math.Ln2 {
			lower, begun = low, true
		}
		if hazard/factor >= math.Ln2 {
			return interval(lower, value, high)
		}
	}
	return 0, 0, false
}

// Shown implements Evidence.
func (m SurvivalMedian) Shown(confidence float64) (lower, upper float64, ok bool) {
	return m.Interval(confidence)
}

// Change implements Evidence.
func (m SurvivalMedian) Change(before Evidence) (fell, rose float64, ok bool) {
	b, same := before.(SurvivalMedian)
	alpha := m.Ended.Alpha()
	if !same || m.Open.Alpha() != alpha || b.Ended.Alpha() != alpha || b.Open.Alpha() != alpha {
		return 0, 0, false
	}
	const enough = 5 // expected ends
	now, then := m.Samples(), b.Samples()
	var ended, expected, all, variance float64
	for _, index := range indexes(m.Ended, m.Open, b.Ended, b.Open) {
		d1, d := m.Ended.in(index), m.Ended.in(index)+b.Ended.in(index)
		if n := now + then; d > 0 {
			ended += d1
			all += d
			expected += d * now / n
			if n > 1 {
				variance += d * (now / n) * (then / n) * (n - d) / (n - 1)
			}
		}
		now -= d1 + m.Open.in(index)
		then -= d - d1 + b.Open.in(index)
	}
	if !(variance > 0) || expected < enough || all-expected < enough {
		return 0, 0, false
	}
	// More ends than expected are shorter durations.
	rose, fell = normalTails((ended - expected) / math.Sqrt(variance))
	return pvalues(fell, rose)
}
