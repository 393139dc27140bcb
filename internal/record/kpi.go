// Package record holds values, goals and collectors as machines read them: one
// definition for the command line and for HTTP. The names of the fields are a
// contract. A number that is not known is null.
package record

import (
	"iter"
	"math"
	"slices"
	"strings"

	"github.com/cx-exporter/cx-exporter/internal/exporter"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// KPI is one value of a KPI.
type KPI struct {
	Metric    string `json:"metric"`
	KPI       string `json:"kpi"`
	Collector string `json:"collector"`
	Stat      string `json:"stat"`
	Window    string `json:"window"`
	Dimension string `json:"dimension,omitempty"`
	Segment   string `json:"segment,omitempty"`
	// Labels are those of the value beyond the common ones, such as currency.
	Labels  map[string]string `json:"labels"`
	Unit    string            `json:"unit"`
	At      string            `json:"at"`
	Value   *float64          `json:"value"` // null where it is undefined
	Lower   *float64          `json:"lower"`
	Upper   *float64          `json:"upper"`
	Samples *float64          `json:"samples"` // null for the components of a KPI
	Before  *float64          `json:"before"`  // of the comparison window
	PValue  *float64          `json:"p_value"` // of a worsening
	// Detectable is the smallest change that a period of this size shows.
	Detectable *float64 `json:"detectable"`
	// Past says how true the value is as of a past instant. The segments of all
	// are those that the rows are in now.
	Past  string `json:"reconstructable"`
	Parts []Part `json:"change_by_dimension,omitempty"`

	labels []kpi.Label
}

// LabelText is the further labels on one line: `currency=EUR`.
func (x *KPI) LabelText() string { return LabelText(x.labels) }

// LabelText is labels on one line, in their order.
func LabelText(labels []kpi.Label) string {
	parts := make([]string, len(labels))
	for i, l := range labels {
		parts[i] = l.Name + "=" + l.Value
	}
	return strings.Join(parts, ",")
}

// Part says why a total moved: by the shares of a dimension's segments (mix) and
// by their own values (rate), in the unit of the value.
type Part struct {
	Dimension string  `json:"dimension"`
	Mix       float64 `json:"mix"`
	Rate      float64 `json:"rate"`
}

// instant is the form of the instants of values.
const instant = "2006-01-02T15:04:05.999999Z07:00"

// KPIs are the values of a snapshot in its order, and its spikes behind them.
func KPIs(snapshot *exporter.Snapshot) []KPI { return slices.Collect(Each(snapshot)) }

// Each is KPIs one by one.
func Each(snapshot *exporter.Snapshot) iter.Seq[KPI] {
	at := snapshot.At.Format(instant)
	return func(yield func(KPI) bool) {
		for i := range snapshot.Series {
			if !yield(newKPI(snapshot.Collector, at, &snapshot.Series[i])) {
				return
			}
		}
		for _, s := range snapshot.Spikes {
			if !yield(newSpike(snapshot.Collector, at, s)) {
				return
			}
		}
	}
}

func newKPI(collector, at string, s *exporter.Series) KPI {
	x := KPI{
		Metric: s.Metric, KPI: s.KPI, Collector: collector, Stat: s.Stat, Window: s.Window,
		Dimension: s.Segment.Dimension, Segment: s.Segment.Value, Labels: map[string]string{},
		Unit: string(s.Unit), Past: string(s.Fidelity), At: at, labels: s.Labels,
	}
	if !s.Segment.IsTotal() {
		x.Metric += "_by_segment"
	}
	for _, l := range s.Labels {
		x.Labels[l.Name] = l.Value
	}
	x.Value = when(s.Defined, s.Value)
	x.Lower, x.Upper = when(s.Bounded, s.Lower), when(s.Bounded, s.Upper)
	x.Samples = when(!s.Component, s.Samples)
	x.Before, x.PValue = when(s.Change.Known, s.Change.Before), when(s.Change.Tested, s.Change.PValue)
	x.Detectable = when(s.Detects, s.Detectable)
	for _, p := range s.Parts {
		if finite(p.Mix) && finite(p.Rate) {
			x.Parts = append(x.Parts, Part(p))
		}
	}
	return x
}

func newSpike(collector, at string, s exporter.Spike) KPI {
	return KPI{
		Metric: "cx_kpi_spike_ratio", KPI: s.KPI, Collector: collector, Labels: map[string]string{"length": s.Length},
		Unit: string(kpi.Ratio), At: at, Value: when(s.Rated, s.Ratio), PValue: when(s.Tested, s.PValue),
		Past: string(kpi.Restated), labels: []kpi.Label{{Name: "length", Value: s.Length}},
	}
}

// when is a number, null where it is not known. What is not a finite number is
// undefined.
func when(known bool, v float64) *float64 {
	if !known || !finite(v) {
		return nil
	}
	return &v
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
