package collectors

import (
	"slices"
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

// labels are those of what is computed from the amounts.
func (m money) labels() []Label { return currencies(m.currency) }

// labels are those of what is computed from the subscriptions.
func (r recurring) labels() []Label { return currencies(r.currency) }
