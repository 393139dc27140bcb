package exporter

import (
	"time"

	"github.com/cx-exporter/cx-exporter/collectors"
	"github.com/cx-exporter/cx-exporter/internal/facts"
)

// Spike is how the events of a KPI in the last days compare with those of the
// same days of the twelve months before.
type Spike struct {
	KPI    string
	Length string // of the last days: `10d`
	// Ratio is the rate of the last days divided by the one before; it holds
	// where Rated.
	Ratio float64
	Rated bool
	// PValue is the one-sided probability of a rise at least as large if nothing
	// had changed; it holds where Tested.
	PValue float64
	Tested bool
}

// spikeNeeds are what is needed to look for spikes, which are comparisons as
// changes are.
func (e *Evaluator) spikeNeeds(at time.Time) []facts.Need {
	if !e.collector.Change {
		return nil
	}
	var out []facts.Need
	for _, k := range e.collector.KPIs {
		if s, ok := k.(collectors.Spiker); ok {
			out = append(out, s.SpikeNeeds(e.instant(at))...)
		}
	}
	return out
}

// spikes are those of all KPIs, of the total.
func (e *Evaluator) spikes(at time.Time, total facts.Facts) []Spike {
	if !e.collector.Change {
		return nil
	}
	var out []Spike
	for _, k := range e.collector.KPIs {
		s, ok := k.(collectors.Spiker)
		if !ok {
			continue
		}
		for _, x := range s.Spikes(e.instant(at), total) {
			spike := Spike{KPI: k.Desc().Name, Length: x.Length}
			spike.Ratio, spike.Rated = x.Ratio()
			spike.PValue, spike.Tested = x.PValue()
			out = append(out, spike)
		}
	}
	return out
}
