package exporter_test

import (
	"github.com/cx-exporter/cx-exporter/internal/kpi"
	"github.com/cx-exporter/cx-exporter/internal/testdb/oracle"
)

// fidelityOf says how true a KPI is as of a past instant, by what its rows keep:
// events with times of their own are exact; a time that a later event overwrites is
// terminal; numbers and flags that are edited in place are restated; and rows that a
// query computes at the moment have no past.
func fidelityOf(entity string, k kpiCase) kpi.Fidelity {
	edited := func(restated bool, otherwise kpi.Fidelity) kpi.Fidelity {
		if restated {
			return kpi.Restated
		}
		return otherwise
	}
	if entity == "ticket_events" { // they keep all times; only a last resolution gives way to a later one
		if d, ok := k.oracle.(oracle.Duration); ok && d.To == "last_resolved_at" {
			return kpi.Terminal
		}
		return kpi.Exact
	}
	switch o := k.oracle.(type) {
	case oracle.Gauge:
		return kpi.Snapshot
	case oracle.Share, oracle.Quotient, oracle.Mean, oracle.Sum, oracle.Count, oracle.Distinct, oracle.Quantile,
		oracle.Cost, oracle.Themes, oracle.Replies:
		return kpi.Restated
	case oracle.Revenue:
		return edited(o.Net, kpi.Exact)
	case oracle.AverageOrderValue:
		return edited(o.Net, kpi.Exact)
	case oracle.RevenueGrowth:
		return edited(o.Net, kpi.Exact)
	case oracle.CLV:
		return edited(o.Net, kpi.Exact)
	case oracle.Outcome:
		return edited(o.Flag != "", kpi.Exact)
	case oracle.Wait:
		return edited(o.Seconds, kpi.Exact)
	case oracle.Served:
		return edited(o.Seconds, kpi.Exact)
	case oracle.Abandoned:
		return edited(o.Seconds, kpi.Exact)
	case oracle.AtRisk:
		return edited(entity == "subscriptions", kpi.Exact) // ends are announced
	case oracle.Grumbling: // what a customer is worth is known now
		if o.Answers {
			return edited(o.Value != "", kpi.Exact)
		}
		return edited(o.Value != "", kpi.Terminal)
	case oracle.Both: // first responses: who waits may be told by a resolution
		for _, part := range o {
			if open, ok := part.(oracle.Open); ok && len(open.Ends) > 1 {
				return kpi.Terminal
			}
		}
		return kpi.Exact
	case oracle.Settled:
		return edited(o.Count || o.Touch, kpi.Terminal)
	case oracle.Duration, oracle.Expected, oracle.Open, oracle.Promises, oracle.Volume:
		return kpi.Terminal
	}
	return kpi.Exact
}

// honesty compares the labels that say how true the values of the past are.
func (j *judgement) honesty() {
	want := map[string]kpi.Fidelity{}
	for _, k := range j.w.kpis {
		want[k.name] = fidelityOf(j.w.entity, k)
	}
	told := map[string]bool{}
	for _, s := range j.series {
		if s.Fidelity != want[s.KPI] && !told[s.KPI] {
			told[s.KPI] = true
			j.say("%s is %s, want %s", s.KPI, s.Fidelity, want[s.KPI])
		}
	}
}
