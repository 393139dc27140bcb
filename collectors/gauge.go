package collectors

import (
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
	"github.com/cx-exporter/cx-exporter/internal/stats"
)

// Gauge shows what a query has computed already: every row is a sample, some of
// its columns are labels, and one or several are values. It knows no window and
// no interval, and it cannot be computed as of the past.
//
// An empty value is absent. A value that is no number is refused, and so are all
// rows that share their labels with another, since Prometheus has room for one
// of them only.
type Gauge struct {
	Name         string            `yaml:"name" doc:"name of the KPI; required; the metric is cx_custom_<name>_<unit>"`
	Value        string            `yaml:"value" doc:"column of the value; default value"`
	Unit         string            `yaml:"unit" doc:"seconds, ratio, score, currency, or the plural of what is counted; required unless values are given"`
	Values       map[string]string `yaml:"values" doc:"several columns of values, each with its unit, in place of value and unit; the metrics are cx_custom_<name>_<column>_<unit>; none by default"`
	Labels       []string          `yaml:"labels" doc:"columns that are labels; none by default"`
	Direction    string            `yaml:"direction" enum:"higher_is_better,lower_is_better,neutral" doc:"which way it improves; default neutral"`
	BusinessGoal string            `yaml:"business_goal" enum:"retention,loyalty,revenue,support" doc:"what it serves; none by default"`
	Help         string            `yaml:"help" doc:"help text of the metric; has a default"`
}

func newGauge() Parameters { return &Gauge{Direction: string(kpi.Neutral)} }

// ownLabels are the labels that the exporter or Prometheus sets itself.
var ownLabels = [...]string{
	"collector", "window", "dimension", "segment", "kpi", "stat",
	"job", "instance", "le", "quantile",
}

var labelName = regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)

type gauge struct {
	described
	labels, values []string // columns; values are in the order of the stats
}

// KPI builds the KPI.
func (p *Gauge) KPI(Binding) (KPI, error) {
	k := &gauge{labels: slices.Clone(p.Labels)}
	errs := []error{checkLabels(p.Labels)}
	c := custom{p.Name, p.Help, p.Direction, p.BusinessGoal, p.Unit}
	each := p.Values
	if len(each) > 0 {
		if p.Value != "" || p.Unit != "" {
			errs = append(errs, wrong("values", "takes the place of value and unit: give either"))
		}
		errs = append(errs, c.checkNames())
	} else {
		column := p.Value
		if column == "" {
			column = "value"
		}
		each = map[string]string{column: p.Unit}
		errs = append(errs, c.check())
	}
	var list []Stat
	for _, column := range sortedKeys(each) {
		of := c
		if len(p.Values) > 0 {
			var err error
			if of, err = c.column(column, each[column]); err != nil {
				errs = append(errs, err)
				continue
			}
		}
		stat := of.stat("Custom gauge as configured.", kpi.Ends{}).whole()
		for _, name := range k.labels {
			stat.Labels = append(stat.Labels, Label{Name: name})
		}
		if len(p.Values) > 0 {
			stat.Name = column
		}
		if slices.ContainsFunc(list, func(o Stat) bool { return o.Metric == stat.Metric }) {
			errs = append(errs, wrong("values", "two columns make the metric %s: rename one of them in the query", stat.Metric))
		}
		list = append(list, stat)
		k.values = append(k.values, column)
	}
	for _, column := range k.values {
		if slices.Contains(k.labels, column) {
			errs = append(errs, wrong("labels", "%q is a value already", column))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	k.desc = c.desc("each row a sample", list...)
	k.desc.Fidelity = kpi.Snapshot
	k.desc.Unwindowed = true
	return k, nil
}

// column is the custom KPI of one of several values. A column that already ends
// in its unit does not say it twice.
func (c custom) column(column, unit string) (custom, error) {
	c.unit = unit
	if err := c.checkUnit("values"); err != nil {
		return c, err
	}
	if !customName.MatchString(column) {
		return c, wrong("values", "the column %q cannot be part of a metric's name: give it one of lower-case letters, digits and underscores in the query", column)
	}
	if column == unit {
		return c, nil
	}
	column = strings.TrimSuffix(column, "_"+unit)
	c.name += "_" + column
	return c, checkWords("values", column)
}

func checkLabels(labels []string) error {
	var errs []error
	for i, l := range labels {
		switch {
		case !labelName.MatchString(l):
			errs = append(errs, wrong("labels", "%q is no name for a label: give the column one of lower-case letters, digits and underscores in the query", l))
		case slices.Contains(ownLabels[:], l):
			errs = append(errs, wrong("labels", "%q is set by the exporter or by Prometheus: give the column another name in the query", l))
		case slices.Contains(labels[:i], l):
			errs = append(errs, wrong("labels", "%q is there twice", l))
		}
	}
	return errors.Join(errs...)
}

func (k *gauge) listing() *facts.Listing {
	return &facts.Listing{Columns: slices.Concat(k.labels, k.values)}
}

// Needs asks for the rows.
func (k *gauge) Needs(kpi.Span) []facts.Need { return []facts.Need{{Listing: k.listing()}} }

// Compute makes a sample of every value. They are in the order of their labels.
func (k *gauge) Compute(_ kpi.Span, f facts.Facts) []Value {
	values, _ := k.read(f)
	return values
}

// Rejected counts the rows with the labels of another one, and the values that
// are no number.
func (k *gauge) Rejected(_ kpi.Span, f facts.Facts) map[string]float64 {
	_, rejected := k.read(f)
	return rejected
}

func (k *gauge) read(f facts.Facts) ([]Value, map[string]float64) {
	groups := map[string][][]any{}
	f.Rows(k.listing(), func(row []any) {
		var id strings.Builder
		for _, v := range row[:len(k.labels)] {
			id.WriteString(strconv.Quote(labelValue(v)))
		}
		groups[id.String()] = append(groups[id.String()], slices.Clone(row))
	})
	var values []Value
	rejected := map[string]float64{}
	for _, id := range sortedKeys(groups) {
		if n := len(groups[id]); n > 1 {
			rejected[facts.RejectedDuplicate] += float64(n)
			continue
		}
		row := groups[id][0]
		labels := make([]kpi.Label, len(k.labels))
		for i, name := range k.labels {
			labels[i] = kpi.Label{Name: name, Value: labelValue(row[i])}
		}
		for stat, v := range row[len(k.labels):] {
			if v == nil {
				continue
			}
			n, ok := sample(v)
			if !ok {
				rejected[facts.RejectedNotANumber]++
				continue
			}
			values = append(values, Value{
				Stat: stat, Labels: labels,
				Evidence: stats.Exact{V: n, N: 1, Defined: true},
			})
		}
	}
	return values, rejected
}

var (
	_ KPI      = (*gauge)(nil)
	_ Rejecter = (*gauge)(nil)
)
