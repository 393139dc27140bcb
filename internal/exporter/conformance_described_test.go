package exporter_test

import (
	"fmt"
	"slices"

	"github.com/cx-exporter/cx-exporter/collectors"
	"github.com/cx-exporter/cx-exporter/internal/exporter"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
	"github.com/cx-exporter/cx-exporter/internal/stats"
)

// asDescribed says which series have other labels than their KPIs tell, by which
// goals are refused, and which are estimates although they are told to be none, or
// the other way round.
func (w *world) asDescribed(snapshots []*exporter.Snapshot) []string {
	_, c, err := w.collector("t")
	if err != nil {
		return []string{err.Error()}
	}
	var wrong []string
	for _, k := range c.KPIs {
		d := k.Desc()
		for _, s := range snapshots {
			for i := range s.Series {
				if x := &s.Series[i]; x.KPI == d.Name {
					wrong = append(wrong, unlikeIts(d, x)...)
				}
			}
		}
	}
	return wrong
}

func unlikeIts(d collectors.Desc, x *exporter.Series) (wrong []string) {
	i := slices.IndexFunc(d.Stats, func(s collectors.Stat) bool { return s.Name == x.Stat })
	if i < 0 {
		return []string{fmt.Sprintf("%s has no value %s", d.Name, x.Stat)}
	}
	s := d.Stats[i]
	for _, l := range s.Labels {
		k := slices.IndexFunc(x.Labels, func(o kpi.Label) bool { return o.Name == l.Name })
		switch {
		case k < 0:
			wrong = append(wrong, fmt.Sprintf("%s %s has no label %s, but %v", d.Name, s.Name, l.Name, x.Labels))
		case l.Values != nil && !slices.Contains(l.Values, x.Labels[k].Value):
			wrong = append(wrong, fmt.Sprintf("%s %s has %v, which is none of %q", d.Name, s.Name, x.Labels[k], l.Values))
		}
	}
	if len(x.Labels) != len(s.Labels) {
		wrong = append(wrong, fmt.Sprintf("%s %s has the labels %v, and tells of %v", d.Name, s.Name, x.Labels, s.Labels))
	}
	_, exact := x.Evidence.(stats.Exact)
	_, events := x.Evidence.(stats.Count)
	// The error of a back-test is exact, and that of a model which is an estimate.
	if !s.Component && s.Name != "backtest_error" && (s.Whole != (exact || events) || s.Events != events) {
		wrong = append(wrong, fmt.Sprintf("%s %s is said to be whole: %v, and a number of events: %v; it rests on %T", d.Name, s.Name, s.Whole, s.Events, x.Evidence))
	}
	return wrong
}
