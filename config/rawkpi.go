package config

import (
	"fmt"
	"reflect"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/cx-exporter/cx-exporter/collectors"
)

// vocabulary is what the catalogue of KPIs knows.
type vocabulary struct {
	entities    []collectors.Entity
	definitions []collectors.Definition
}

func (v vocabulary) entityNames() []string {
	names := make([]string, len(v.entities))
	for i, e := range v.entities {
		names[i] = e.Name
	}
	return names
}

// entity is an entity by its name.
func (v vocabulary) entity(name string) (collectors.Entity, bool) {
	for _, e := range v.entities {
		if e.Name == name {
			return e, true
		}
	}
	return collectors.Entity{}, false
}

// definition is a KPI by its name.
func (v vocabulary) definition(name string) (collectors.Definition, bool) {
	for _, d := range v.definitions {
		if d.Name == name {
			return d, true
		}
	}
	return collectors.Definition{}, false
}

// kpisFor names the KPIs of an entity, or all where it is empty.
func (v vocabulary) kpisFor(entity string) []string {
	var names []string
	for _, d := range v.definitions {
		if entity == "" || d.On(entity) {
			names = append(names, d.Name)
		}
	}
	return names
}

// rawKPI is an entry of `kpis`: a name, or a mapping of a name to parameters.
type rawKPI struct {
	name string
	// named is where the name stands, details where the parameters do.
	named, details place
	// parameters are nil where they could not be read, or the KPI is unknown.
	parameters collectors.Parameters
	// unreadable entries were reported when they were read.
	unreadable bool
}

// decode reads the name and the parameters. Whether the KPI exists is said
// later, when it is known which ones fit.
func (k *rawKPI) decode(d *decoder, at place) bool {
	k.named, k.details = at, at
	k.unreadable = true
	switch {
	case at.node.Kind == yaml.ScalarNode && isText(at.node):
		k.name = at.node.Value
	case at.node.Kind == yaml.MappingNode:
		pairs, good := d.pairs(at.node)
		if len(pairs) != 1 {
			d.oneKPI(at, pairs)
			return false
		}
		if !good {
			return false
		}
		p := pairs[0]
		k.name = p.key.Value
		k.named = place{path: at.path, node: p.key}
		k.details = place{path: join(at.path, k.name), key: p.key, node: follow(p.value)}
	default:
		d.mismatch(at, "the name of a KPI, or a name with its parameters", "")
		return false
	}
	k.unreadable = false
	definition, ok := d.vocabulary.definition(k.name)
	if !ok {
		return true
	}
	parameters := definition.New()
	target := reflect.ValueOf(parameters).Elem()
	details := k.details
	if details.key == nil || isNull(details.node) {
		details.node = emptyAt(at)
	}
	if details.key == nil {
		details.path = join(at.path, k.name)
	}
	if d.decode(details, target, field{key: k.name}) {
		k.parameters = parameters
	}
	return k.parameters != nil
}

// oneKPI reports a mapping that is not one KPI, which mostly comes of
// parameters that are not indented below their KPI.
func (d *decoder) oneKPI(at place, pairs []pair) {
	n := note{
		message: "expected the name of a KPI, or a name with its parameters, found an empty mapping",
		class:   structural,
	}
	if len(pairs) > 1 {
		first, second := pairs[0].key.Value, pairs[1].key.Value
		at.node = pairs[1].key
		n.message = fmt.Sprintf("one entry of kpis is one KPI: if %s is a parameter, indent it below %s; if it is a KPI, begin it with `- `", quote(second), quote(first))
	}
	d.add(at, n)
}

// parameter is where a parameter stands; where it is not in the file, it is
// where the KPI's name is.
func (k *rawKPI) parameter(name string) (at place, there bool) {
	if n := k.details.node; n.Kind == yaml.MappingNode {
		for i := 0; i+1 < len(n.Content); i += 2 {
			if key := n.Content[i]; key.Value == name {
				return place{path: join(k.details.path, name), key: key, node: follow(n.Content[i+1])}, true
			}
		}
	}
	at = k.named
	at.path = join(at.path, k.name)
	return at, false
}

// referring reports whether the environment has a part in a value.
func referring(n *node) bool {
	return n.Kind == yaml.ScalarNode && strings.Contains(n.Value, "${")
}

// dimension is an entry of `dimensions`: a column, or a list of columns.
type dimension struct {
	columns []value[string]
}

// maxCombined is how many columns may be combined to one dimension.
const maxCombined = 3

func (c *dimension) decode(d *decoder, at place) bool {
	f := field{key: "dimensions", is: "column", min: "1"}
	if at.node.Kind == yaml.ScalarNode {
		c.columns = make([]value[string], 1)
		return d.decode(at, reflect.ValueOf(&c.columns[0]).Elem(), f)
	}
	if !d.decode(at, reflect.ValueOf(&c.columns).Elem(), f) {
		return false
	}
	if len(c.columns) > maxCombined {
		d.add(at, note{message: fmt.Sprintf("a dimension combines at most %d columns", maxCombined), class: structural})
		return false
	}
	return true
}
