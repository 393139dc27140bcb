package main

import (
	"fmt"
	"io"

	"github.com/cx-exporter/cx-exporter/internal/exporter"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// spikeRecords are the spikes as machines read them.
func spikeRecords(snapshot *exporter.Snapshot) []record {
	var out []record
	for _, s := range snapshot.Spikes {
		out = append(out, record{
			Metric: "cx_kpi_spike_ratio", KPI: s.KPI, Collector: snapshot.Collector, Labels: map[string]string{"length": s.Length},
			Unit: string(kpi.Ratio), At: stampOf(snapshot.At), Value: when(s.Rated, s.Ratio), PValue: when(s.Tested, s.PValue),
			Past: string(kpi.Restated), labelText: "length=" + s.Length,
		})
	}
	return out
}

// writeSpikes says how the last days compare with those of the year before, whether that
// is a spike or not.
func writeSpikes(w io.Writer, snapshot *exporter.Snapshot) {
	for _, s := range snapshot.Spikes {
		switch {
		case !s.Rated:
			continue
		case !s.Tested:
			fmt.Fprintf(w, "  %s of the last %s: %s times that of the days it is set beside\n", s.KPI, s.Length, grouped(s.Ratio, 2))
		case s.PValue < 0.001:
			fmt.Fprintf(w, "  %s of the last %s: %s times that of the days it is set beside, p < 0.001\n", s.KPI, s.Length, grouped(s.Ratio, 2))
		default:
			fmt.Fprintf(w, "  %s of the last %s: %s times that of the days it is set beside, p %.3f\n", s.KPI, s.Length, grouped(s.Ratio, 2), s.PValue)
		}
	}
}
