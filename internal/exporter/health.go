package exporter

import (
	"maps"
	"slices"
	"time"

	"github.com/cx-exporter/cx-exporter/collectors"
)

// Build is what the binary says of itself.
type Build struct {
	Version, Revision, GoVersion string
}

// page gathers everything that is to be shown now, and the names of the
// collectors that had no run yet.
func (s *store) page() (all families, waiting []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	all = make(families)
	for _, name := range slices.Sorted(maps.Keys(s.states)) {
		st := s.states[name]
		if !st.attempted {
			waiting = append(waiting, name)
		}
		describe(all, st.collector)
		st.health(all)
		all.merge(st.lasting)
		if st.good != nil {
			all.merge(st.good.families)
			st.good.quality(all, name)
		}
	}
	s.own(all)
	return all, waiting
}

// own adds what the exporter says of itself.
func (s *store) own(f families) {
	f.gauge("cx_exporter_build_info", "The build of the exporter that is running; always 1.", 1,
		labelsOf("version", s.build.Version, "revision", s.build.Revision, "goversion", s.build.GoVersion))
	if !s.reload.known {
		return
	}
	f.gauge("cx_config_last_reload_successful", "Whether the configuration was valid when it was last loaded.", truth(s.reload.good), nil)
	if !s.reload.success.IsZero() {
		f.gauge("cx_config_last_reload_success_timestamp_seconds", "When a valid configuration was last loaded.", seconds(s.reload.success), nil)
	}
}

// describe adds what the configuration says of a collector's KPIs.
func describe(f families, c Collector) {
	for _, d := range c.Descs {
		for _, st := range d.Stats {
			if st.Component {
				continue
			}
			describeStat(f, c, d, st)
		}
	}
}

func describeStat(f families, c Collector, d collectors.Desc, st collectors.Stat) {
	f.gauge("cx_kpi_info", "How a KPI is defined; always 1.", 1, labelsOf(
		collectorLabel, c.Name, kpiLabel, d.Name, statLabel, st.Name,
		"variant", d.Variant, "unit", string(st.Unit), "direction", string(st.Direction),
		"business_goal", d.BusinessGoal, "reconstructable", string(d.Fidelity)))
	minSamples := float64(c.MinSamples)
	if st.Whole {
		minSamples = 0
	}
	windows := c.Windows
	if d.Unwindowed {
		windows = []string{""} // no label
	}
	for _, w := range windows {
		f.gauge("cx_kpi_min_samples", "Number of samples below which a value of a KPI is not to be judged; 0 where it is no estimate from a sample.", minSamples,
			labelsOf(collectorLabel, c.Name, kpiLabel, d.Name, statLabel, st.Name, windowLabel, w))
	}
}

// health adds the state of a collector. What is not known yet is absent, except
// for counters.
func (st *state) health(f families) {
	name := labelsOf(collectorLabel, st.collector.Name)
	f.gauge("cx_collector_interval_seconds", "Expected time between two runs of a collector.", st.collector.Interval.Seconds(), name)
	if st.attempted {
		f.gauge("cx_collector_success", "Whether the last run of a collector succeeded, also if it found no rows.", truth(!st.failing), name)
		f.gauge("cx_collector_duration_seconds", "How long the last run of a collector took.", st.duration.Seconds(), name)
	}
	if !st.lastSuccess.IsZero() {
		f.gauge("cx_collector_last_success_timestamp_seconds", "The instant that the last successful run of a collector holds for.", seconds(st.lastSuccess), name)
	}
	for _, source := range slices.Sorted(maps.Keys(st.up)) {
		f.gauge("cx_source_up", "Whether a source could be asked by the last run of a collector, even if it refused what it was asked.", truth(st.up[source]),
			labelsOf(collectorLabel, st.collector.Name, "source", source))
	}
	for _, c := range st.concerns {
		f.gauge("cx_collector_finding", "What makes the rows of a collector doubtful, as seen once a day; always 1.", 1,
			labelsOf(collectorLabel, st.collector.Name, "finding", c.Name))
	}
	f.counter("cx_collector_runs_total", "Number of runs of a collector, failed ones included.", st.count.runs, name)
	for _, reason := range slices.Sorted(maps.Keys(st.count.failures)) {
		f.counter("cx_collector_failures_total", "Number of failed runs of a collector by reason.", st.count.failures[reason],
			labelsOf(collectorLabel, st.collector.Name, "reason", reason))
	}
	f.counter("cx_collector_slots_missed_total", "Number of slots of a collector that passed without a run.", st.count.missed, name)
	f.counter("cx_collector_statements_total", "Number of statements that a collector sent to its sources.", st.count.statements, name)
	f.counter("cx_collector_rows_read_total", "Number of rows that a collector received from its sources.", st.count.rows, name)
}

// quality adds what a good snapshot says of the rows behind it.
func (g *good) quality(f families, collector string) {
	for _, reason := range slices.Sorted(maps.Keys(g.rejected)) {
		f.gauge("cx_collector_rows_rejected", "Number of rows that the last successful run of a collector left out by reason.", g.rejected[reason],
			labelsOf(collectorLabel, collector, "reason", reason))
	}
	for _, dimension := range slices.Sorted(maps.Keys(g.withheld)) {
		f.gauge("cx_collector_segments_withheld", "Number of segments of which a value is withheld, since it rests on too few rows or would tell one that does.",
			float64(g.withheld[dimension]), labelsOf(collectorLabel, collector, dimensionLabel, dimension))
	}
	if !g.newest.IsZero() {
		f.gauge("cx_source_newest_record_timestamp_seconds", "The time of the newest row that a collector found in its sources.", seconds(g.newest),
			labelsOf(collectorLabel, collector))
	}
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// seconds is an instant as Prometheus writes it.
func seconds(t time.Time) float64 {
	return float64(t.UnixMilli()) / 1000
}
