package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cx-exporter/cx-exporter/collectors"
	"github.com/cx-exporter/cx-exporter/internal/formula"
)

// referrer finds what the references of one formula mean.
type referrer struct {
	*converter
	file *rawFile
	all  []Collector
	// values are what was found, inputs the KPIs that they need by collector, and
	// order the collectors as they were met.
	values []FormulaValue
	inputs map[string][]collectors.KPI
	order  []string
}

// collector is a collector by its name, and how it is written.
func (r *referrer) collector(name string) (Collector, *rawCollector) {
	for i := range r.all {
		if r.all[i].Name == name {
			return r.all[i], &r.file.Collectors.V[i].V
		}
	}
	return Collector{}, nil
}

// find finds the value that a reference means, and reports names that are not
// there. ok is false too where the collector itself has a problem, which is told.
func (r *referrer) find(at place, ref formula.Reference) (FormulaValue, bool) {
	parts := ref.Parts
	col, raw := r.collector(parts[0].Text)
	if raw == nil {
		r.unknownCollector(at, parts[0])
		return FormulaValue{}, false
	}
	i := slices.IndexFunc(col.KPIs, func(k collectors.KPI) bool { return k.Desc().Name == parts[1].Text })
	if i < 0 {
		if len(col.KPIs) == len(raw.KPIs.V) { // else one of them has a problem
			r.unknown(at, parts[1], fmt.Sprintf("the collector %s has no KPI", col.Name), kpiNames(col.KPIs))
		}
		return FormulaValue{}, false
	}
	k := col.KPIs[i]
	v := FormulaValue{Collector: col.Name, KPI: k.Desc().Name}
	if !r.stat(at, ref, k.Desc(), &v) || !v.Samples && !r.label(at, ref, &v) {
		return v, false
	}
	if !slices.Contains(r.order, col.Name) {
		r.order = append(r.order, col.Name)
	}
	if !slices.Contains(kpiNames(r.inputs[col.Name]), v.KPI) {
		r.inputs[col.Name] = append(r.inputs[col.Name], k)
	}
	return v, true
}

func kpiNames(all []collectors.KPI) []string {
	names := make([]string, len(all))
	for i, k := range all {
		names[i] = k.Desc().Name
	}
	return names
}

// unknown reports a name that is not there.
func (r *referrer) unknown(at place, p formula.Part, what string, known []string) {
	n := note{message: fmt.Sprintf("%s %s", what, quote(p.Text)), allowed: list(known), nearest: nearest(p.Text, known)}
	n.from, n.to = p.From, p.To
	r.add(at, n)
}

func (r *referrer) unknownCollector(at place, p formula.Part) {
	var known []string
	for i := range r.file.Collectors.V {
		name := r.file.Collectors.V[i].V.Name
		if !name.good {
			return // it may be this one
		}
		if !strings.Contains(name.written, "$") {
			known = append(known, name.V)
		}
	}
	for i := range r.file.Formulas.V {
		if r.file.Formulas.V[i].V.Name.V == p.Text {
			n := note{message: fmt.Sprintf("%s is a formula: a formula combines values of collectors", quote(p.Text))}
			n.from, n.to = p.From, p.To
			r.add(at, n)
			return
		}
	}
	r.unknown(at, p, "there is no collector", known)
}

// stat finds the value of the KPI, or its samples.
func (r *referrer) stat(at place, ref formula.Reference, d collectors.Desc, v *FormulaValue) bool {
	var own, all []string
	for _, s := range d.Stats {
		all = append(all, s.Name)
		if !s.Component {
			own = append(own, s.Name)
		}
	}
	last := ref.Parts[len(ref.Parts)-1]
	v.Stat, v.Samples = d.Stats[0], last.Text == formula.Samples
	switch {
	case len(ref.Parts) == 2 && len(own) > 1:
		n := note{message: fmt.Sprintf("%s has several values: say which, such as %s.%s", d.Name, ref, own[0]), allowed: describedAs(ref, all)}
		n.from, n.to = last.From, last.To
		r.add(at, n)
		return false
	case len(ref.Parts) == 2, len(ref.Parts) == 3 && v.Samples:
		return true
	}
	p := ref.Parts[2]
	i := slices.Index(all, p.Text)
	if i < 0 {
		r.unknown(at, p, fmt.Sprintf("%s has no value", d.Name), append(all, formula.Samples))
		return false
	}
	v.Stat = d.Stats[i]
	return true
}

// label finds out whether the value has one series or several, as far as that
// shows without data, and whether the reference chooses one.
func (r *referrer) label(at place, ref formula.Reference, v *FormulaValue) bool {
	var known []string
	several, open := false, false
	for _, l := range v.Stat.Labels {
		known = append(known, l.Values...)
		several, open = several || len(l.Values) > 1, open || l.Values == nil
	}
	p := ref.Parts[len(ref.Parts)-1]
	switch {
	case len(ref.Parts) < 4 && several:
		n := note{message: fmt.Sprintf("%s has several series: say which, such as %s.%s", v.Stat.Metric, ref, known[0]), allowed: describedAs(ref, known)}
		n.from, n.to = p.From, p.To
		r.add(at, n)
		return false
	case len(ref.Parts) < 4:
		return true
	case !open && len(known) == 0:
		n := note{message: fmt.Sprintf("%s has one series, so there is nothing to choose: leave out .%s", v.Stat.Metric, p.Text)}
		n.from, n.to = p.From, p.To
		r.add(at, n)
		return false
	case !open && !slices.Contains(known, p.Text):
		r.unknown(at, p, fmt.Sprintf("%s has no series", v.Stat.Metric), known)
		return false
	}
	v.Label = p.Text
	return true
}
