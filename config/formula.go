package config

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/cx-exporter/cx-exporter/collectors"
	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/formula"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// form is what a formula is written as: an expression or a ready-made one.
type form struct {
	name string // the key
	at   place
	good bool
	by   collectors.Combined
	// parameters is where the parameters stand.
	parameters map[string]place
}

// form finds the one that is there; ok is false where none can be used, which is
// told.
func (raw *rawFormula) form() (f form, ok bool) {
	switch {
	case raw.Expr.at.set():
		f = form{"expr", raw.Expr.at, raw.Expr.good && raw.Name.good && raw.Unit.good, &collectors.Formula{
			Name: raw.Name.V, Expr: raw.Expr.V, Unit: raw.Unit.V,
			Direction: raw.Direction.V, BusinessGoal: raw.BusinessGoal.V, Help: raw.Help.V,
		}, map[string]place{"name": raw.Name.at, "unit": raw.Unit.at}}
	case raw.RetentionCost.at.set():
		f = ready("retention_cost", raw.RetentionCost.at, raw.RetentionCost.good, &raw.RetentionCost.V)
	case raw.RetentionROI.at.set():
		f = ready("retention_roi", raw.RetentionROI.at, raw.RetentionROI.good, &raw.RetentionROI.V)
	case raw.CostPerContact.at.set():
		f = ready("cost_per_contact", raw.CostPerContact.at, raw.CostPerContact.good, &raw.CostPerContact.V)
	case raw.ContactRate.at.set():
		f = ready("contact_rate", raw.ContactRate.at, raw.ContactRate.good, &raw.ContactRate.V)
	}
	return f, f.good
}

// ready is a ready-made form.
func ready(name string, at place, good bool, by collectors.Combined) form {
	f := form{name, at, good, by, map[string]place{}}
	for i := 0; i+1 < len(at.node.Content); i += 2 {
		key := at.node.Content[i]
		f.parameters[key.Value] = place{path: join(at.path, key.Value), key: key, node: follow(at.node.Content[i+1])}
	}
	return f
}

// formula converts a formula. The collectors have been converted before.
func (c *converter) formula(raw *rawFormula, file *rawFile, all []Collector) Formula {
	out := Formula{Collector: Collector{Name: raw.Name.V, Change: raw.Change.V, Windows: c.windows(raw.Windows)}}
	f, ok := raw.form()
	if !ok {
		return out
	}
	combination, err := f.by.Combine()
	if err != nil {
		c.refusedForm(f, err)
		return out
	}
	out.Desc, out.Labels = combination.Desc, combination.Labels
	r := &referrer{converter: c, file: file, all: all, inputs: map[string][]collectors.KPI{}}
	if out.Expr, ok = r.expression(f, combination.Expr); !ok {
		return out
	}
	out.Values = r.values
	out.describeValue()
	c.checkUnit(raw, f, &out)
	if stat := &out.Desc.Stats[0]; !stat.Ends.Known() {
		stat.Ends = ends(&out)
	}
	if combination.OneWindow != "" && len(out.Windows) > 1 {
		c.problem(raw.Windows.at, "%s holds for windows of one length: give each window a formula of its own", combination.OneWindow)
	}
	r.narrow(raw, f, &out)
	c.schedules(raw, &out)
	c.claim(f.at.inKey(), f.name, nil, out.Desc.Stats, map[string]*node{})
	return out
}

// refusedForm reports what is wrong with the parameters of a form.
func (c *converter) refusedForm(f form, err error) {
	for _, err := range each(err) {
		at := f.at.inKey()
		p, ok := errors.AsType[*collectors.ParameterError](err)
		if !ok {
			c.problem(at, "%s", err)
			continue
		}
		if own, there := f.parameters[p.Parameter]; there && own.set() {
			c.problem(own, "%s", p.Problem)
			continue
		}
		c.problem(at, "%s %s", p.Parameter, p.Problem)
	}
}

// expression reads the expression of a form and finds what its references mean.
// Those of a ready-made form are looked at where they are written first.
func (r *referrer) expression(f form, text string) (*formula.Expression, bool) {
	if f.name != "expr" && !r.parameters(f) {
		return nil, false
	}
	e, err := formula.Parse(text)
	if err != nil {
		r.wrong(f.at, err)
		return nil, false
	}
	good := true
	for _, ref := range e.References() {
		at := f.at
		if f.name != "expr" {
			at = f.at.inKey()
		}
		v, ok := r.find(at, ref)
		r.values = append(r.values, v)
		good = good && ok
	}
	return e, good
}

// parameters looks at the values that a ready-made form names.
func (r *referrer) parameters(f form) (good bool) {
	good = true
	v := reflect.ValueOf(f.by).Elem()
	for _, own := range fieldsOf(v.Type()) {
		if own.is != "value" {
			continue
		}
		e, err := formula.Parse(v.FieldByIndex(own.index).String())
		if err != nil {
			r.wrong(f.parameters[own.key], err)
			good = false
			continue
		}
		if _, ok := r.find(f.parameters[own.key], e.References()[0]); !ok {
			good = false
		}
	}
	r.inputs, r.order = map[string][]collectors.KPI{}, nil
	return good
}

// wrong reports a mistake in an expression where it is.
func (c *converter) wrong(at place, err error) {
	n := note{message: err.Error()}
	if e, ok := errors.AsType[*formula.Error](err); ok {
		n.from, n.to = e.From, e.To
	}
	c.add(at, n)
}

// checkUnit reports nonsense such as seconds added to a ratio, and a unit that
// is not that of the result.
func (c *converter) checkUnit(raw *rawFormula, f form, out *Formula) {
	of := make([]formula.Quantity, len(out.Values))
	for i, v := range out.Values {
		of[i] = formula.Of(v.Stat.Unit)
		if v.Samples {
			of[i] = formula.Of(kpi.Count)
		}
	}
	unit := out.Desc.Stats[0].Unit
	q, err := out.Expr.Quantity(of)
	switch {
	case f.name != "expr" && (err != nil || !q.Is(unit)):
		c.problem(f.at.inKey(), "%s cannot be computed from values of these units: %s is to give %s", f.name, out.Expr, formula.Of(unit))
	case err != nil:
		c.wrong(f.at, err)
	case !q.Is(unit):
		c.problem(raw.Unit.at, "the expression gives %s, not %s: change it, or the unit", q, formula.Of(unit))
	}
}

// describeValue tells of the formula's value what follows from those that it reads:
// which labels its series have, and whether it is no estimate from a sample.
func (f *Formula) describeValue() {
	stat := &f.Desc.Stats[0]
	stat.Whole = true
	for _, l := range f.Labels {
		stat.Labels = append(stat.Labels, collectors.Label{Name: l.Name, Values: []string{l.Value}})
	}
	for _, v := range f.Values {
		stat.Whole = stat.Whole && v.Stat.Whole && !v.Stat.Events && !v.Samples
		if l, ok := v.currency(); ok && !slices.ContainsFunc(stat.Labels, func(o collectors.Label) bool { return o.Name == l.Name }) {
			stat.Labels = append(stat.Labels, l)
		}
	}
}

// currency is the label by which the series of the value, and so those of the
// formula, are told apart; ok is false where there is none, or one was chosen.
func (v FormulaValue) currency() (l collectors.Label, ok bool) {
	chosen := v.Label != ""
	for _, o := range v.Stat.Labels {
		if slices.Contains(o.Values, v.Label) {
			chosen = false // of another label
		}
		if o.Name == "currency" {
			l, ok = o, true
		}
	}
	return l, ok && !chosen
}

// ends are those of a formula's value, from those of the values that it reads.
func ends(f *Formula) kpi.Ends {
	of := make([]kpi.Ends, len(f.Values))
	for i, v := range f.Values {
		if of[i] = v.Stat.Ends; v.Samples {
			of[i] = kpi.From(0)
		}
	}
	return f.Expr.Ends(of)
}

// schedules sets when and how long it runs: as seldom as its slowest collector,
// unless it says otherwise.
func (c *converter) schedules(raw *rawFormula, out *Formula) {
	var longest, timeout time.Duration
	for _, in := range out.Inputs {
		longest, timeout = max(longest, in.Schedule.Interval), max(timeout, in.Timeout)
		for _, s := range in.Sources {
			if !slices.Contains(out.Sources, s) {
				out.Sources = append(out.Sources, s)
			}
		}
	}
	out.Schedule.Interval = duration(raw.Interval, longest)
	out.Timeout = min(timeout, out.Schedule.Interval)
	out.MaxAge = 3 * out.Schedule.Interval
}

// narrow makes the collectors that the formula evaluates.
func (r *referrer) narrow(raw *rawFormula, f form, out *Formula) {
	at := f.at.inKey()
	if raw.Windows.at.set() {
		at = raw.Windows.at
	}
	out.Desc.Unwindowed = true
	for _, name := range r.order {
		in, _ := r.collector(name)
		in.KPIs, in.Windows, in.Change = r.inputs[name], out.Windows, out.Change
		for _, k := range in.KPIs {
			r.checkWindows(at, k, out.Windows)
			out.Desc.Unwindowed = out.Desc.Unwindowed && k.Desc().Unwindowed
			out.Desc.Fidelity = worse(out.Desc.Fidelity, k.Desc().Fidelity)
		}
		out.Inputs = append(out.Inputs, in)
	}
	// Where there is anything to break down by, the collectors keep all their
	// dimensions: what is withheld of small segments depends on them.
	if out.Dimensions = shared(out.Inputs); len(out.Dimensions) == 0 {
		for i := range out.Inputs {
			out.Inputs[i].Relation.Dimensions = nil
		}
	}
}

// shared are the names of the dimensions that all collectors have.
func shared(all []Collector) []string {
	var names []string
	for _, d := range all[0].Relation.Dimensions {
		if !slices.ContainsFunc(all, func(c Collector) bool {
			return !slices.ContainsFunc(c.Relation.Dimensions, func(o facts.Dimension) bool { return o.Name == d.Name })
		}) {
			names = append(names, d.Name)
		}
	}
	return names
}

// worse is the fidelity of what rests on two. One that has no past at all takes
// it from both.
func worse(a, b kpi.Fidelity) kpi.Fidelity {
	order := []kpi.Fidelity{kpi.Exact, kpi.Terminal, kpi.Restated, kpi.Snapshot}
	if slices.Index(order, b) > slices.Index(order, a) {
		return b
	}
	return a
}

// describedAs is a KPI's values in words, for messages.
func describedAs(ref formula.Reference, names []string) string {
	all := make([]string, len(names))
	for i, n := range names {
		all[i] = fmt.Sprintf("%s.%s", ref, n)
	}
	return strings.Join(all, ", ")
}
