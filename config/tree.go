package config

import (
	"fmt"

	"gopkg.in/yaml.v3"
)

// pair is a key of a mapping with its value.
type pair struct {
	key, value *node
}

// follow is what an alias stands for, and any other node itself.
func follow(n *node) *node {
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return n
}

// isNull reports whether a node is written as nothing, `~` or `null`.
func isNull(n *node) bool { return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" }

// isMerge reports whether a key is `<<`, which brings in other mappings.
func isMerge(n *node) bool { return n.Kind == yaml.ScalarNode && n.Tag == "!!merge" }

// pairs lists the keys of a mapping: its own first, then those that it merges
// and does not have itself. Keys that are given twice, or are no words, are
// reported; good is false then.
func (d *decoder) pairs(n *node) (pairs []pair, good bool) {
	return d.merged(n, map[*node]bool{})
}

// merged is pairs for a mapping that is merged into those in within.
func (d *decoder) merged(n *node, within map[*node]bool) (pairs []pair, good bool) {
	within[n] = true
	defer delete(within, n)

	good = true
	wrong := func(at *node, message string) {
		good = false
		d.add(place{node: at}, note{message: message, class: textual})
	}
	var merges []*node
	first := map[string]*node{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		d.steps++
		key, value := follow(n.Content[i]), n.Content[i+1]
		switch {
		case isMerge(key):
			merges = append(merges, sources(value)...)
		case key.Kind != yaml.ScalarNode:
			wrong(key, "a key must be a word")
		case first[key.Value] != nil:
			wrong(key, fmt.Sprintf("the key %s is given twice; the first is on line %d", quote(key.Value), first[key.Value].Line))
		default:
			first[key.Value] = key
			pairs = append(pairs, pair{key, value})
		}
	}
	for _, m := range merges {
		from := follow(m)
		switch {
		case d.steps > maxSteps:
			return pairs, false // decode reports it
		case from.Kind != yaml.MappingNode:
			wrong(m, "`<<` merges mappings; write `<<: *name` with the name of an anchor")
			continue
		case within[from]:
			wrong(m, "this mapping merges itself")
			continue
		}
		inherited, ok := d.merged(from, within)
		good = good && ok
		for _, p := range inherited {
			if first[p.key.Value] == nil {
				first[p.key.Value] = p.key
				pairs = append(pairs, p)
			}
		}
	}
	return pairs, good
}

// sources are what the value of `<<` brings in: a mapping, or several, of which
// the first wins.
func sources(n *node) []*node {
	if f := follow(n); f.Kind == yaml.SequenceNode {
		return f.Content
	}
	return []*node{n}
}
