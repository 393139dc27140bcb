package collectors

import (
	"time"

	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
	"github.com/cx-exporter/cx-exporter/internal/stats"
)

// Spiker is a KPI of which a sudden rise is looked for, whatever its windows:
// the events of the last days against those of about a year before. Spikes are
// of the instant and of the total.
type Spiker interface {
	// SpikeNeeds lists the facts for the instant in s.At.
	SpikeNeeds(s kpi.Span) []facts.Need
	// Spikes compares the lengths of which enough is known. f answers
	// SpikeNeeds of the same span.
	Spikes(s kpi.Span, f facts.Facts) []Spike
}

// Spike is how many events the last days had, and how many the days before
// them. Exposures are seconds of all customers together, so that a growing
// number of customers is no rise.
type Spike struct {
	Length         string // of the last days: `10d`
	Recent, Before stats.Count
}

// Ratio is the rate of events of the last days, divided by that of the days
// before; ok is false where nothing happened before.
func (s Spike) Ratio() (ratio float64, ok bool) {
	if s.Before.N <= 0 || s.Before.Exposure <= 0 || s.Recent.Exposure <= 0 {
		return 0, false
	}
	return (s.Recent.N / s.Recent.Exposure) / (s.Before.N / s.Before.Exposure), true
}

// PValue is the probability of at least as many events in the last days if the
// rate had not changed: given the events of both, those of the last days are
// binomial (Przyborowski and Wilenski 1940, Biometrika 31:313).
func (s Spike) PValue() (p float64, ok bool) {
	_, rose, ok := s.Recent.Change(s.Before)
	return rose, ok
}

// spikeStep is the length of the steps in which events are counted, a day is 24
// hours.
const spikeStep = 10 * 24 * time.Hour

// spikeBefore is how many steps come before the last days: 360 days.
const spikeBefore = 36

// spikeLengths are the last days, as numbers of steps; the longest comes last.
var spikeLengths = [...]struct {
	name  string
	steps int
}{{"10d", 1}, {"30d", 3}}

// spikeSteps asks, for each step back from an instant, which customers are
// active at its beginning and at its end. Each is a need of its own, so that a
// statement with too many patterns can be split. There is none on orders, where
// nobody leaves at a certain time.
func (b base) spikeSteps(at time.Time) []*facts.Subjects {
	if b.activity {
		return nil
	}
	point := func(at time.Time) facts.Point {
		pt := facts.Point{At: at}
		if b.grace > 0 {
			pt.Until = at.Add(-time.Duration(b.grace))
		}
		return pt
	}
	steps := make([]*facts.Subjects, spikeLengths[len(spikeLengths)-1].steps+spikeBefore)
	for i := range steps {
		end := at.Add(-time.Duration(i) * spikeStep)
		steps[i] = &facts.Subjects{
			Subject: roleCustomerID, Start: roleStartedAt, End: roleEndedAt, Trial: b.trial, Whole: true,
			Points: []facts.Point{atStart: point(end.Add(-spikeStep)), atEnd: point(end)},
		}
	}
	return steps
}

// spikes counts the customers lost in each step. A length is left out where
// nobody was a customer as long ago as it looks back.
func (b base) spikes(at time.Time, f facts.Facts) []Spike {
	var steps []stats.Count // from the last one back
	for _, q := range b.spikeSteps(at) {
		var lost, start float64
		f.Patterns(q, func(p facts.Pattern) {
			if p.Rows(atStart) == 0 {
				return
			}
			start += p.Subjects()
			if p.Rows(atEnd) == 0 {
				lost += p.Subjects()
			}
		})
		steps = append(steps, stats.Count{N: lost, Exposure: start * spikeStep.Seconds()})
	}
	var out []Spike
	for _, l := range spikeLengths {
		far := l.steps + spikeBefore
		if far > len(steps) || steps[far-1].Exposure == 0 {
			continue
		}
		out = append(out, Spike{Length: l.name, Recent: together(steps[:l.steps]), Before: together(steps[l.steps:far])})
	}
	return out
}

// together adds up counts.
func together(counts []stats.Count) (sum stats.Count) {
	for _, c := range counts {
		sum.N += c.N
		sum.Exposure += c.Exposure
	}
	return sum
}

// SpikeNeeds asks for the customers at the ends of steps of 10 days.
func (k *churn) SpikeNeeds(s kpi.Span) []facts.Need {
	var out []facts.Need
	for _, q := range k.base.spikeSteps(s.At) {
		out = append(out, subjects(q)...)
	}
	return out
}

// Spikes counts as events the customers active at the beginning of a step of 10
// days who are not active at its end.
func (k *churn) Spikes(s kpi.Span, f facts.Facts) []Spike { return k.base.spikes(s.At, f) }

var _ Spiker = (*churn)(nil)
