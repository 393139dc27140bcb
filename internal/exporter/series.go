package exporter

import (
	"fmt"
	"math"
	"slices"
	"strings"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/model"

	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// The families that tell about a KPI's values, beside those that hold them.
const (
	samplesMetric           = "cx_kpi_samples"
	samplesHelp             = "Number of rows or customers that a value of a KPI rests on; 0 where the value is undefined and therefore absent."
	improvementRatioMetric  = "cx_kpi_change_improvement_ratio"
	improvementRatioHelp    = "Change of a KPI against its comparison window, relative to the value there; negative means that it became worse."
	improvementMetric       = "cx_kpi_change_improvement"
	improvementHelp         = "Change of a KPI against its comparison window as a share of the length of its scale; negative means that it became worse."
	pvalueMetric            = "cx_kpi_change_pvalue"
	pvalueHelp              = "One-sided probability of a worsening at least as large as the one seen against the comparison window if nothing had changed."
	mixMetric               = "cx_kpi_change_mix"
	mixHelp                 = "Part of the change of a KPI against its comparison window, in the unit of the KPI, that comes from other shares of the segments of a dimension."
	rateMetric              = "cx_kpi_change_rate"
	rateHelp                = "Part of the change of a KPI against its comparison window, in the unit of the KPI, that comes from other values within the segments of a dimension."
	spikeRatioMetric        = "cx_kpi_spike_ratio"
	spikeRatioHelp          = "Rate of the events of a KPI in the last days, in length, divided by their rate in the same days of the 12 months before."
	spikePValueMetric       = "cx_kpi_spike_pvalue"
	spikePValueHelp         = "One-sided probability of at least as many events in the last days, in length, if their rate had not changed from the same days of the 12 months before."
	lengthLabel             = "length"
	segmentSuffix           = "_by_segment"
	segmentHelp             = " By segment."
	windowLabel             = "window"
	collectorLabel          = "collector"
	dimensionLabel          = "dimension"
	segmentLabel            = "segment"
	kpiLabel                = "kpi"
	statLabel               = "stat"
	unknownSeriesHelp       = "A value of a collector."
	lowerSuffix, lowerHelp  = "_lower", "Lower bound of the confidence interval of "
	upperSuffix, upperHelp  = "_upper", "Upper bound of the confidence interval of "
	reservedSeriesMetricMsg = "collector %q: %q is not a name that a value may have"
)

// reservedPrefixes are those of families that the exporter makes itself.
var reservedPrefixes = [...]string{"cx_kpi_", "cx_goal_", "cx_collector_", "cx_source_", "cx_config_", "cx_exporter_", "go_", "process_"}

// kpiFamilies turns a snapshot into metric families, or tells why Prometheus
// would refuse them.
func kpiFamilies(c Collector, s *Snapshot) (families, error) {
	f := make(families)
	if err := newLines(c).show(s, func(l *Line, value float64) { f.gauge(l.Name, l.Help, value, l.Labels) }); err != nil {
		return nil, err
	}
	if err := f.sortMetrics(); err != nil {
		return nil, err
	}
	return f, nil
}

// checkSeries refuses names that would spoil the page.
func checkSeries(collector string, s *Series) error {
	invalid := !model.LegacyValidation.IsValidMetricName(s.Metric)
	for _, p := range reservedPrefixes {
		invalid = invalid || strings.HasPrefix(s.Metric, p)
	}
	if invalid {
		return &runError{reason: ReasonInvalidSeries, text: fmt.Sprintf(reservedSeriesMetricMsg, collector, s.Metric)}
	}
	for i, l := range s.Labels {
		switch l.Name {
		case collectorLabel, windowLabel, dimensionLabel, segmentLabel, kpiLabel, statLabel:
			invalid = true
		default:
			twice := slices.ContainsFunc(s.Labels[:i], func(o kpi.Label) bool { return o.Name == l.Name })
			invalid = twice || strings.HasPrefix(l.Name, "__") || !model.LegacyValidation.IsValidLabelName(l.Name)
		}
		if invalid {
			return &runError{reason: ReasonInvalidSeries, text: fmt.Sprintf("collector %q: %s: %q is not a name that a label may have here", collector, s.Metric, l.Name)}
		}
	}
	return nil
}

// seriesLabels are the labels of the value itself, sorted.
func seriesLabels(s *Series, collector *dto.LabelPair, known labelled) []*dto.LabelPair {
	pairs := make([]*dto.LabelPair, 0, 4+len(s.Labels))
	pairs = append(pairs, collector)
	if s.Window != "" {
		pairs = append(pairs, known.of(windowLabel, s.Window))
	}
	if !s.Segment.IsTotal() {
		pairs = append(pairs, known.of(dimensionLabel, s.Segment.Dimension), known.of(segmentLabel, s.Segment.Value))
	}
	for _, l := range s.Labels {
		if l.Value != "" {
			pairs = append(pairs, known.of(l.Name, l.Value))
		}
	}
	return sortLabels(pairs)
}

// lasting are families of samples that are ready to be shown.
func lasting(samples []kpi.Sample) families {
	f := make(families)
	for _, s := range samples {
		if math.IsNaN(s.Value) || math.IsInf(s.Value, 0) {
			continue
		}
		pairs := make([]*dto.LabelPair, len(s.Labels))
		for i, l := range s.Labels {
			pairs[i] = label(l.Name, l.Value)
		}
		f.gauge(s.Metric, s.Help, s.Value, sortLabels(pairs))
	}
	return f
}
