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
// reported.
func (d *decoder) pairs(n *node) []pair {
	return d.merged(n, map[*node]bool{})
}

// merged is pairs for a mapping that is merged into those in within.
func (d *decoder) merged(n *node, within map[*node]bool) []pair {
	if within[n] {
		d.add(place{node: n}, note{message: "this mapping merges itself", class: textual})
		return nil
	}
	within[n] = true
	defer delete(within, n)

	var pairs []pair
	var merges []*node
	first := map[string]*node{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		d.steps++
		key, value := follow(n.Content[i]), n.Content[i+1]
		switch {
		case isMerge(key):
			merges = append(merges, value)
		case key.Kind != yaml.ScalarNode:
			d.add(place{node: key}, note{message: "a key must be a word", class: textual})
		case first[key.Value] != nil:
			d.add(place{node: key}, note{
				message: fmt.Sprintf("the key %s is given twice; the first is on line %d", quote(key.Value), first[key.Value].Line),
				class:   textual,
			})
		default:
			first[key.Value] = key
			pairs = append(pairs, pair{key, value})
		}
	}
	for _, m := range merges {
		for _, p := range d.merge(follow(m), within) {
			if first[p.key.Value] == nil {
				first[p.key.Value] = p.key
				pairs = append(pairs, p)
			}
		}
	}
	return pairs
}

// merge lists the keys that the value of `<<` brings in: those of a mapping, or
// of several, of which the first wins.
func (d *decoder) merge(n *node, within map[*node]bool) []pair {
	if d.steps > maxSteps {
		return nil
	}
	sources := []*node{n}
	if n.Kind == yaml.SequenceNode {
		sources = n.Content
	}
	var pairs []pair
	for _, s := range sources {
		if s = follow(s); s.Kind != yaml.MappingNode {
			d.add(place{node: s}, note{message: "`<<` merges mappings; write `<<: *name` with the name of an anchor", class: textual})
			continue
		}
		pairs = append(pairs, d.merged(s, within)...)
	}
	return pairs
}
