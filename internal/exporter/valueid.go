package exporter

import (
	"slices"
	"strconv"

	"github.com/cx-exporter/cx-exporter/collectors"
	"github.com/cx-exporter/cx-exporter/internal/stats"
)

// matching finds the value of the comparison window for each of now, nil where there
// is none. Most stand at the same place.
func matching(c computed) func(i int) stats.Evidence {
	var before map[string]stats.Evidence
	return func(i int) stats.Evidence {
		v := c.now[i]
		if i < len(c.before) && c.before[i].Stat == v.Stat && slices.Equal(c.before[i].Labels, v.Labels) {
			return c.before[i].Evidence
		}
		if before == nil {
			before = make(map[string]stats.Evidence, len(c.before))
			for _, o := range c.before {
				before[valueID(o)] = o.Evidence
			}
		}
		return before[valueID(v)]
	}
}

// valueID tells the values of a KPI apart.
func valueID(v collectors.Value) string {
	if len(v.Labels) == 0 {
		return strconv.Itoa(v.Stat)
	}
	return string(appendLabels(strconv.AppendInt(nil, int64(v.Stat), 10), v.Labels))
}
