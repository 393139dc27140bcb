package collectors

import (
	"slices"

	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// Label is a label that the series of a value have beyond those that all have.
type Label struct {
	Name string
	// Values are all that it has, where the configuration decides. It is nil where
	// the data decide, as of currencies.
	Values []string
	// Capitals tells that the data's values are shown in capitals.
	Capitals bool
}

// fixed is a label whose values the configuration decides.
func fixed(name string, values ...string) Label { return Label{Name: name, Values: values} }

// labelled gives labels to values beyond those that they have.
func labelled(list []Stat, labels ...Label) []Stat {
	for i := range list {
		list[i].Labels = slices.Concat(list[i].Labels, labels)
	}
	return list
}

// currencies are the labels of amounts: their currency, where a column holds it.
func currencies(mapped bool) []Label {
	if !mapped {
		return nil
	}
	return []Label{{Name: string(roleCurrency), Capitals: true}}
}

// currencyLabel is the label of one currency; none where no column holds it.
func currencyLabel(mapped bool, name string) []kpi.Label {
	if !mapped {
		return nil
	}
	return []kpi.Label{{Name: string(roleCurrency), Value: name}}
}

// byCurrency makes the values of every currency, in the order of their names, each
// with the label of it.
func byCurrency[T any](by map[string]T, mapped bool, of func(T) []Value) []Value {
	var all []Value
	for _, name := range sortedKeys(by) {
		for _, v := range of(by[name]) {
			v.Labels = append(v.Labels, currencyLabel(mapped, name)...)
			all = append(all, v)
		}
	}
	return all
}

// labels are those of what is computed from the amounts.
func (m money) labels() []Label { return currencies(m.currency) }

// labels are those of what is computed from the subscriptions.
func (r recurring) labels() []Label { return currencies(r.currency) }
