package alerts

import (
	"math"
	"slices"
	"strings"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// View is what the exporter shows at an instant, as the conditions of alerts
// look at it: the same series that Prometheus evaluates the rules on.
type View struct {
	Now      time.Time
	families map[string][]kpi.Sample
	byLabel  map[[2]string]map[string][]kpi.Sample // by label and family; made when asked for
	past     *History
}

// NewView makes a view of samples and of what is remembered of earlier ones.
func NewView(now time.Time, samples []kpi.Sample, past *History) *View {
	v := &View{Now: now, families: map[string][]kpi.Sample{}, byLabel: map[[2]string]map[string][]kpi.Sample{}, past: past}
	for _, s := range samples {
		v.families[s.Metric] = append(v.families[s.Metric], s)
	}
	return v
}

// Finding is one thing that an alert is about, whether it is to be alerted of or
// not. What a view says nothing of has no finding: to know nothing is neither.
type Finding struct {
	Labels map[string]string
	// Value is what the alert's texts call $value.
	Value float64
	Holds bool
	// Since is when it began, where the data tells; else zero.
	Since time.Time
}

// group are samples that share labels, as one value.
type group struct {
	labels map[string]string
	value  float64
}

// match chooses samples by their labels.
type match func(labels []kpi.Label) bool

// is chooses the samples whose label is one of some values.
func is(name string, values ...string) match {
	return func(labels []kpi.Label) bool { return slices.Contains(values, valueOf(labels, name)) }
}

// fold makes one value of all samples of some families that share labels, as
// PromQL's `max by (…)` does with max.
func (v *View) fold(better func(a, b float64) float64, by []string, where match, families ...string) map[string]group {
	out := map[string]group{}
	for _, f := range families {
		for _, s := range v.families[f] {
			if where != nil && !where(s.Labels) {
				continue
			}
			key, labels := pick(s.Labels, by)
			value := s.Value
			if g, ok := out[key]; ok {
				value = better(g.value, value)
			}
			out[key] = group{labels, value}
		}
	}
	return out
}

// most is fold with the greatest value.
func (v *View) most(by []string, where match, families ...string) map[string]group {
	return v.fold(math.Max, by, where, families...)
}

// pick keeps some labels, and makes a key of them.
func pick(labels []kpi.Label, names []string) (key string, kept map[string]string) {
	kept = make(map[string]string, len(names))
	var b strings.Builder
	for _, n := range names {
		value := valueOf(labels, n)
		if value != "" {
			kept[n] = value
		}
		b.WriteString(value)
		b.WriteByte(0)
	}
	return b.String(), kept
}

// joined is the key of a group by fewer labels.
func joined(labels map[string]string, names ...string) string {
	var b strings.Builder
	for _, n := range names {
		b.WriteString(labels[n])
		b.WriteByte(0)
	}
	return b.String()
}

func valueOf(labels []kpi.Label, name string) string {
	for _, l := range labels {
		if l.Name == name {
			return l.Value
		}
	}
	return ""
}

// shows reports whether a family has a sample with all of some labels.
func (v *View) shows(family string, labels map[string]string) bool {
	return slices.ContainsFunc(v.families[family], func(s kpi.Sample) bool {
		for name, value := range labels {
			if valueOf(s.Labels, name) != value {
				return false
			}
		}
		return true
	})
}

// instant is a metric's number of seconds as an instant.
func instant(seconds float64) time.Time {
	return time.UnixMicro(int64(math.Round(seconds * 1e6))).UTC()
}

// seconds is an instant as a metric shows it.
func seconds(t time.Time) float64 { return float64(t.UnixMicro()) / 1e6 }
