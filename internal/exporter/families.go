package exporter

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	dto "github.com/prometheus/client_model/go"

	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// families are metric families by name. Families and metrics are read-only once
// they are on a page, so collectors' families can be merged without a copy.
type families map[string]*dto.MetricFamily

// gauge adds a sample to a family of gauges.
func (f families) gauge(name, help string, value float64, labels []*dto.LabelPair) {
	m := &struct { // together, since there are many
		metric dto.Metric
		gauge  dto.Gauge
		value  float64
	}{value: value}
	m.gauge.Value = &m.value
	m.metric.Label, m.metric.Gauge = labels, &m.gauge
	f.add(name, help, dto.MetricType_GAUGE, &m.metric)
}

// counter adds a sample to a family of counters.
func (f families) counter(name, help string, value float64, labels []*dto.LabelPair) {
	f.add(name, help, dto.MetricType_COUNTER, &dto.Metric{Label: labels, Counter: &dto.Counter{Value: &value}})
}

func (f families) add(name, help string, kind dto.MetricType, m *dto.Metric) {
	fam := f[name]
	if fam == nil {
		fam = &dto.MetricFamily{Name: &name, Help: &help, Type: &kind}
		f[name] = fam
	}
	fam.Metric = append(fam.Metric, m)
}

// merge adds the metrics of other families, behind what is there. The help of
// the first one stays, as a family can have only one.
func (f families) merge(others families) {
	for name, other := range others {
		fam := f[name]
		if fam == nil {
			fam = &dto.MetricFamily{Name: other.Name, Help: other.Help, Type: other.Type}
			f[name] = fam
		}
		fam.Metric = append(fam.Metric, other.Metric...)
	}
}

// sorted are the families by name.
func (f families) sorted() []*dto.MetricFamily {
	all := make([]*dto.MetricFamily, 0, len(f))
	for _, fam := range f {
		all = append(all, fam)
	}
	slices.SortFunc(all, func(a, b *dto.MetricFamily) int { return strings.Compare(a.GetName(), b.GetName()) })
	return all
}

// sortMetrics orders the metrics within each family by their labels, and
// reports two metrics that are the same to Prometheus: it would refuse the
// whole page for them.
func (f families) sortMetrics() error {
	for _, fam := range f.sorted() {
		slices.SortStableFunc(fam.Metric, func(a, b *dto.Metric) int { return compareLabels(a.Label, b.Label) })
		for i := 1; i < len(fam.Metric); i++ {
			if compareLabels(fam.Metric[i-1].Label, fam.Metric[i].Label) == 0 {
				return &runError{reason: ReasonInvalidSeries, text: "two values for the series " + seriesName(fam.GetName(), fam.Metric[i].Label)}
			}
		}
	}
	return nil
}

func compareLabels(a, b []*dto.LabelPair) int {
	return slices.CompareFunc(a, b, func(x, y *dto.LabelPair) int {
		if c := strings.Compare(x.GetName(), y.GetName()); c != 0 {
			return c
		}
		return strings.Compare(x.GetValue(), y.GetValue())
	})
}

// seriesName writes a series as Prometheus does, for messages.
func seriesName(name string, labels []*dto.LabelPair) string {
	parts := make([]string, len(labels))
	for i, l := range labels {
		parts[i] = fmt.Sprintf("%s=%q", l.GetName(), l.GetValue())
	}
	return name + "{" + strings.Join(parts, ",") + "}"
}

// label makes a pair. Its value is made valid UTF-8.
func label(name, value string) *dto.LabelPair {
	value = validText(value)
	return &dto.LabelPair{Name: &name, Value: &value}
}

// labelled are labels that were made already: most series share most of theirs.
type labelled map[kpi.Label]*dto.LabelPair

// of is a label, made once.
func (l labelled) of(name, value string) *dto.LabelPair {
	key := kpi.Label{Name: name, Value: value}
	pair := l[key]
	if pair == nil {
		pair = label(name, value)
		l[key] = pair
	}
	return pair
}

// labelsOf makes a sorted set of labels out of names and values in turn. An
// empty value is left out, since to Prometheus it is no label.
func labelsOf(namesAndValues ...string) []*dto.LabelPair {
	pairs := make([]*dto.LabelPair, 0, len(namesAndValues)/2)
	for i := 0; i+1 < len(namesAndValues); i += 2 {
		if namesAndValues[i+1] != "" {
			pairs = append(pairs, label(namesAndValues[i], namesAndValues[i+1]))
		}
	}
	return sortLabels(pairs)
}

func sortLabels(pairs []*dto.LabelPair) []*dto.LabelPair {
	slices.SortFunc(pairs, func(a, b *dto.LabelPair) int { return strings.Compare(a.GetName(), b.GetName()) })
	return pairs
}

// validText writes bytes that are not UTF-8 as \xNN, so that different values
// stay different.
func validText(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	for len(s) > 0 {
		r, n := utf8.DecodeRuneInString(s)
		if r == utf8.RuneError && n == 1 {
			fmt.Fprintf(&b, `\x%02x`, s[0])
		} else {
			b.WriteString(s[:n])
		}
		s = s[n:]
	}
	return b.String()
}
