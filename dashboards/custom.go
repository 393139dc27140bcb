package dashboards

import (
	"strings"

	"github.com/cx-exporter/cx-exporter/collectors"
	"github.com/cx-exporter/cx-exporter/config"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// CustomOf are the KPIs that a configuration defines itself, in its order, each
// family once.
func CustomOf(c *config.Config) []Custom {
	var all []Custom
	seen := map[string]bool{}
	add := func(d collectors.Desc) {
		for _, s := range d.Stats {
			if !strings.HasPrefix(s.Metric, "cx_custom_") || seen[s.Metric] {
				continue
			}
			seen[s.Metric] = true
			all = append(all, Custom{Metric: s.Metric, Title: d.Title, Help: s.Help, Unit: unitFor(s.Unit)})
		}
	}
	for _, col := range c.Collectors {
		for _, k := range col.KPIs {
			add(k.Desc())
		}
	}
	for _, f := range c.Formulas {
		add(f.Desc)
	}
	return all
}

func unitFor(u kpi.Unit) Unit {
	switch u {
	case kpi.Ratio:
		return Percent
	case kpi.Seconds:
		return Seconds
	case kpi.Score:
		return Points
	case kpi.Currency, kpi.Count:
	}
	return Number
}
