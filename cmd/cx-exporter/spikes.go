package main

import (
	"fmt"
	"io"

	"github.com/cx-exporter/cx-exporter/internal/exporter"
)

// writeSpikes says how the last days compare with the same days of the 12 months
// before, whether that is a spike or not.
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
