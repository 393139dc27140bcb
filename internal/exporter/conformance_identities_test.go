package exporter_test

import (
	"math"
	"strings"

	"github.com/cx-exporter/cx-exporter/internal/calendar"
)

// identities checks of every segment that is shown that its customers and its
// revenue at the end of a window are explained by what happened in it.
func (j *judgement) identities(x calendar.Window) {
	movements := map[string]map[string]float64{} // by segment and currency, and then by value
	customers := map[string]map[string]float64{} // by segment
	add := func(to map[string]map[string]float64, id, name string, v float64) {
		if to[id] == nil {
			to[id] = map[string]float64{}
		}
		to[id][name] += v
	}
	for _, s := range j.series {
		if s.Window != x.String() || !s.Defined {
			continue
		}
		segment := s.Segment.Dimension + "=" + s.Segment.Value
		switch s.KPI {
		case "mrr":
			var currency []string
			for _, l := range s.Labels {
				if l.Name == "currency" {
					currency = append(currency, l.Value)
				}
			}
			add(movements, segment+" "+strings.Join(currency, ""), s.Stat, s.Value)
		case "customers", "churn", "retention":
			add(customers, segment, s.Stat, s.Value)
		}
	}
	for id, m := range movements {
		end := m["at_start"] - m["churned"] - m["contraction"] + m["expansion"] + m["returned"] + m["new"]
		same := math.Abs(end-m["amount"]) <= 1e-9*(1+math.Abs(m["at_start"])+math.Abs(m["amount"])+math.Abs(m["expansion"]))
		j.holds("revenue", same, "%s over %s: the movements explain %v of revenue, there is %v", id, x, end, m["amount"])
	}
	for id, c := range customers {
		_, lost := c["lost"]
		_, kept := c["kept"]
		active, counted := c["active"]
		if wanted, told := c["lost_voluntarily"]; told {
			j.holds("wanted or not", c["lost"] == wanted+c["lost_involuntarily"],
				"%s over %s: %v lost voluntarily and %v involuntarily are not the %v lost", id, x, wanted, c["lost_involuntarily"], c["lost"])
		}
		if lost && kept {
			j.holds("kept and lost", c["at_start"] == c["kept"]+c["lost"],
				"%s over %s: %v kept and %v lost are not the %v at the beginning", id, x, c["kept"], c["lost"], c["at_start"])
		}
		if kept && counted {
			j.holds("kept and joined", active == c["kept"]+c["new"]+c["returned"],
				"%s over %s: %v kept, %v new and %v returned are not %v", id, x, c["kept"], c["new"], c["returned"], active)
		}
		if lost && counted {
			j.holds("customers", active == c["at_start"]-c["lost"]+c["new"]+c["returned"],
				"%s over %s: %v customers at the beginning, %v lost, %v new and %v returned are not %v", id, x, c["at_start"], c["lost"], c["new"], c["returned"], active)
		}
	}
}
