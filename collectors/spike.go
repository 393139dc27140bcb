package collectors

import (
	"slices"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/calendar"
	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
	"github.com/cx-exporter/cx-exporter/internal/stats"
)

// Spiker is a KPI of which a sudden rise is looked for, whatever its windows:
// the events of the last days against those of the same days of the twelve
// months before. Spikes are of the instant and of the total.
type Spiker interface {
	// SpikeNeeds lists the facts for the instant in s.At.
	SpikeNeeds(s kpi.Span) []facts.Need
	// Spikes compares the lengths of which enough is known. f answers
	// SpikeNeeds of the same span.
	Spikes(s kpi.Span, f facts.Facts) []Spike
}

// Spike is how many events the last days had, and how many the same days of the
// months before. Exposures are seconds of all customers together, so that a growing
// number of customers is no rise.
type Spike struct {
	Length         string // of the last days: `10d`, or `30d` for a month
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

// spikeMonths is how many months come before the last one.
const spikeMonths = 12

// spikeParts are the local days before the end of a month of the comparison at
// which its parts begin. The last part is what is left of the month, 8 to 11
// days.
var spikeParts = [...]int{10, 20}

// monthParts is how many parts a month has.
const monthParts = len(spikeParts) + 1

// spikeLengths are the last days, as numbers of parts.
var spikeLengths = [...]struct {
	name  string
	parts int
}{{"10d", 1}, {"30d", monthParts}}

// spikeStays asks, for each part of the last month and of the twelve before,
// which customers are active at its beginning and no more at its end. Months are
// those of the calendar, counted back from the instant: where contracts end on
// fixed days of the month, a part is compared with parts that hold the same
// days. There is nothing to ask on orders, where nobody leaves at a certain time.
func (b base) spikeStays(s kpi.Span) *facts.Stays {
	q := &facts.Stays{
		Subject: roleCustomerID, Start: roleStartedAt, End: roleEndedAt, Trial: b.trial, Grace: time.Duration(b.grace),
		Instants: []time.Time{s.At},
	}
	for month := range spikeMonths + 1 {
		for _, days := range spikeParts {
			q.Instants = append(q.Instants, calendar.Ago(s.At, s.Zone, month, days))
		}
		q.Instants = append(q.Instants, calendar.Ago(s.At, s.Zone, month+1, 0))
	}
	slices.Reverse(q.Instants)
	return q
}

// spikes counts the customers lost in each part. A length is left out where
// nobody was a customer as long ago as it looks back.
func (b base) spikes(s kpi.Span, f facts.Facts) []Spike {
	if b.activity {
		return nil
	}
	q := b.spikeStays(s)
	// part is one counted back from the end of a month, counted back itself.
	part := func(month, i int) stats.Count {
		step := len(q.Instants) - 2 - month*monthParts - i
		there, left := f.Stays(q, step)
		return stats.Count{N: left, Exposure: there * q.Instants[step+1].Sub(q.Instants[step]).Seconds()}
	}
	var out []Spike
	for _, l := range spikeLengths {
		if part(spikeMonths, l.parts-1).Exposure == 0 {
			continue
		}
		x := Spike{Length: l.name}
		for i := range l.parts {
			x.Recent = together(x.Recent, part(0, i))
			for month := range spikeMonths {
				x.Before = together(x.Before, part(month+1, i))
			}
		}
		out = append(out, x)
	}
	return out
}

// together adds up two counts.
func together(a, b stats.Count) stats.Count {
	return stats.Count{N: a.N + b.N, Exposure: a.Exposure + b.Exposure}
}

// SpikeNeeds asks for the customers at the ends of the parts.
func (k *churn) SpikeNeeds(s kpi.Span) []facts.Need {
	if k.base.activity {
		return nil
	}
	return []facts.Need{{Stays: k.base.spikeStays(s)}}
}

// Spikes counts as events the customers active at the beginning of a part who
// are not active at its end.
func (k *churn) Spikes(s kpi.Span, f facts.Facts) []Spike { return k.base.spikes(s, f) }

var _ Spiker = (*churn)(nil)
