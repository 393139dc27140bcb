package exporter_test

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cx-exporter/cx-exporter/collectors"
	"github.com/cx-exporter/cx-exporter/internal/exporter"
	"github.com/cx-exporter/cx-exporter/internal/testdb/oracle"
)

// onScale says which values lie beyond the ends that their KPIs tell of them, by
// which goals are refused as impossible.
func (w *world) onScale(snapshots []*exporter.Snapshot) []string {
	_, c, err := w.collector("t")
	if err != nil {
		return []string{err.Error()}
	}
	if slices.ContainsFunc(w.rows, costsLessThanNothing) {
		return nil // then there is no end to what can be won or lost by what there was
	}
	var wrong []string
	for _, k := range c.KPIs {
		for _, s := range snapshots {
			wrong = append(wrong, offScale(k.Desc(), s)...)
		}
	}
	return wrong
}

func costsLessThanNothing(r oracle.Row) bool {
	return strings.HasPrefix(strings.TrimSpace(fmt.Sprint(r["mrr"])), "-")
}

func offScale(d collectors.Desc, s *exporter.Snapshot) (wrong []string) {
	ends := map[string]collectors.Stat{}
	for _, stat := range d.Stats {
		ends[stat.Metric] = stat
	}
	for _, x := range s.Series {
		for _, v := range []struct {
			of    string
			value float64
			is    bool
		}{{"value", x.Value, x.Defined}, {"value before", x.Change.Before, x.Change.Known}} {
			if e := ends[x.Metric].Ends; v.is && !e.Hold(v.value) {
				wrong = append(wrong, fmt.Sprintf("the %s %v of %s %v lies beyond %v to %v", v.of, v.value, x.Metric, x.Segment, e.Min, e.Max))
			}
		}
	}
	return wrong
}
