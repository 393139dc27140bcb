package collectors

import (
	"math"
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
// months before, of which some are longer. A growing number of customers is no rise.
type Spike struct {
	Length string // of the last days: `10d`, or `30d` for a month
	// Recent and Before have seconds of all customers together as exposure.
	Recent, Before stats.Count
	// RecentOnce and BeforeOnce are the same events, of the customers at the
	// beginning of each stretch of days, however long it was: where contracts end on
	// fixed days, as many end in a longer stretch. They may be left out.
	RecentOnce, BeforeOnce stats.Count
}

// readings are what the last days are set beside. A rise is one by all of them.
func (s Spike) readings() [][2]stats.Count {
	all := [][2]stats.Count{{s.Recent, s.Before}}
	if s.RecentOnce.Exposure > 0 || s.BeforeOnce.Exposure > 0 {
		all = append(all, [2]stats.Count{s.RecentOnce, s.BeforeOnce})
	}
	return all
}

// Ratio is the rate of events of the last days, divided by that of the days
// before: the smaller of both readings. ok is false where nothing happened before.
func (s Spike) Ratio() (ratio float64, ok bool) {
	ratio = math.Inf(1)
	for _, r := range s.readings() {
		recent, before := r[0], r[1]
		if before.N <= 0 || before.Exposure <= 0 || recent.Exposure <= 0 {
			return 0, false
		}
		ratio = min(ratio, (recent.N/recent.Exposure)/(before.N/before.Exposure))
	}
	return ratio, true
}

// PValue is the probability of at least as many events in the last days if the
// rate had not changed: given the events of both, those of the last days are
// binomial (Przyborowski and Wilenski 1940, Biometrika 31:313). It is the greater
// of both readings.
func (s Spike) PValue() (p float64, ok bool) {
	for _, r := range s.readings() {
		_, rose, tested := r[0].Change(r[1])
		if !tested {
			return 0, false
		}
		p = max(p, rose)
	}
	return p, true
}

// spikeMonths is how many months come before the last one.
const spikeMonths = 12

// spikeLengths are the names of the last days, and of the last month.
var spikeLengths = [...]string{"10d", "30d"}

// stretch is some days.
type stretch struct{ lo, hi time.Time }

// spikeStretches are the last days, and those that they are set beside: of each
// month before, the widest stretch of the same days, counted from the beginning of
// the month or from its end. So contracts that end on a fixed day of the month, or
// a fixed number of days before its end, are in all stretches where they are in the
// last. The last month is the narrowest.
func spikeStretches(s kpi.Span) (ten, thirty [spikeMonths + 1]stretch) {
	_, month := calendar.Alike(s.At, s.Zone, 1)
	ten[0], thirty[0] = stretch{calendar.DaysAgo(s.At, s.Zone, 10), s.At}, stretch{month, s.At}
	for i := 1; i <= spikeMonths; i++ {
		_, hi := calendar.Alike(s.At, s.Zone, i)
		for _, all := range []*[spikeMonths + 1]stretch{&ten, &thirty} {
			all[i].lo, _ = calendar.Alike(all[0].lo, s.Zone, i)
			all[i].hi = hi
		}
	}
	return ten, thirty
}

// spikeStays asks, for each step between the ends of stretches, which customers are
// active at its beginning and no more at its end. There is nothing to ask on
// orders, where nobody leaves at a certain time.
func (b base) spikeStays(s kpi.Span) *facts.Stays {
	q := &facts.Stays{Subject: roleCustomerID, Start: roleStartedAt, End: roleEndedAt, Trial: b.trial, Grace: time.Duration(b.grace)}
	ten, thirty := spikeStretches(s)
	for _, x := range slices.Concat(ten[:], thirty[:]) {
		q.Instants = append(q.Instants, x.lo.UTC(), x.hi.UTC())
	}
	slices.SortFunc(q.Instants, time.Time.Compare)
	q.Instants = slices.CompactFunc(q.Instants, time.Time.Equal)
	return q
}

// spikes counts the customers lost in each stretch, step by step. A length is left
// out where nobody was a customer as long ago as it looks back.
func (b base) spikes(s kpi.Span, f facts.Facts) []Spike {
	if b.activity {
		return nil
	}
	q := b.spikeStays(s)
	count := func(x stretch) (seconds, once stats.Count) {
		for i := range len(q.Instants) - 1 {
			from, to := q.Instants[i], q.Instants[i+1]
			if from.Before(x.lo) || !from.Before(x.hi) {
				continue
			}
			there, left := f.Stays(q, i)
			seconds = together(seconds, stats.Count{N: left, Exposure: there * to.Sub(from).Seconds()})
			once.N += left
			if from.Equal(x.lo) {
				once.Exposure = there
			}
		}
		return seconds, once
	}
	ten, thirty := spikeStretches(s)
	var out []Spike
	for i, stretches := range [][spikeMonths + 1]stretch{ten, thirty} {
		x := Spike{Length: spikeLengths[i]}
		x.Recent, x.RecentOnce = count(stretches[0])
		known := true
		for _, before := range stretches[1:] {
			seconds, once := count(before)
			x.Before, x.BeforeOnce = together(x.Before, seconds), together(x.BeforeOnce, once)
			known = once.Exposure > 0 // the last is the oldest
		}
		if known {
			out = append(out, x)
		}
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
