package exporter

import (
	"slices"
	"strings"

	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// Samples are the numbers on the page whose families begin with one of some
// prefixes, as they are now.
func (e *Exporter) Samples(prefixes ...string) []kpi.Sample {
	all, _ := e.store.page()
	var out []kpi.Sample
	for _, fam := range all.sorted() {
		if !slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(fam.GetName(), p) }) {
			continue
		}
		for _, m := range fam.Metric {
			s := kpi.Sample{Metric: fam.GetName(), Help: fam.GetHelp(), Value: m.GetGauge().GetValue() + m.GetCounter().GetValue()}
			for _, l := range m.Label {
				s.Labels = append(s.Labels, kpi.Label{Name: l.GetName(), Value: l.GetValue()})
			}
			out = append(out, s)
		}
	}
	return out
}
