package config

import (
	"encoding"
	"fmt"
	"reflect"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/cx-exporter/cx-exporter/collectors"
)

// maxSteps bounds how many values a file may hold once its aliases are followed.
const maxSteps = 50_000

var (
	secretType   = reflect.TypeFor[Secret]()
	durationType = reflect.TypeFor[collectors.Duration]()
)

// decoder reads a YAML tree into structs. It is strict, goes on after a problem,
// and tells all of them.
type decoder struct {
	*reporter
	vocabulary vocabulary
	lookup     func(string) (string, bool)
	steps      int
}

// formed is a type that may be written in more than one way.
type formed interface {
	decode(d *decoder, at place) bool
	schema(g *schemaWriter) schema
}

// decode reads what stands at a place. It reports whether v is as it should be.
func (d *decoder) decode(at place, v reflect.Value, f field) bool {
	d.steps++
	if d.steps > maxSteps {
		if d.steps == maxSteps+1 {
			d.add(at, note{message: "the file holds too many values; does it repeat something large with aliases (*name)?", class: textual})
		}
		return false
	}
	at.node = follow(at.node)
	if at.node.Style&yaml.TaggedStyle != 0 {
		d.add(at, note{message: "tags are not supported; put text that begins with an exclamation mark in quotes, and remove others", class: textual})
		return false
	}
	switch w := v.Addr().Interface().(type) {
	case placed:
		target, p, good, written := w.slot()
		*p = at
		if at.node.Kind == yaml.ScalarNode {
			*written = at.node.Value
		}
		*good = d.decode(at, reflect.ValueOf(target).Elem(), f)
		return *good
	case formed:
		return w.decode(d, at)
	}
	if isNull(at.node) {
		return d.null(at, v, f)
	}
	return d.present(at, v, f)
}

// present reads a value that is there.
func (d *decoder) present(at place, v reflect.Value, f field) bool {
	f.typ = v.Type()
	switch t := v.Addr().Interface().(type) {
	case *Secret:
		s, ok := d.text(at, f)
		*t = NewSecret(s)
		return ok
	case encoding.TextUnmarshaler:
		return d.unmarshal(at, t, f)
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		return d.decode(at, v.Elem(), f)
	case reflect.Struct:
		return d.section(at, v)
	case reflect.Slice:
		return d.sequence(at, v, f)
	case reflect.Map:
		return d.mapping(at, v, f)
	case reflect.String:
		s, ok := d.text(at, f)
		v.SetString(s)
		return ok
	default:
		return d.scalar(at, v, f)
	}
}

// null reads a key without a value. A section or list whose content is left out
// is the same as one that is not there; a lone value is not.
func (d *decoder) null(at place, v reflect.Value, f field) bool {
	t := v.Type()
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	_, text := reflect.New(t).Interface().(encoding.TextUnmarshaler)
	switch kind := t.Kind(); {
	case text:
	case kind == reflect.Struct && t != secretType:
		for v.Kind() == reflect.Pointer {
			v.Set(reflect.New(v.Type().Elem()))
			v = v.Elem()
		}
		return d.section(place{path: at.path, key: at.key, node: emptyAt(at)}, v)
	case (kind == reflect.Slice || kind == reflect.Map) && f.min == "":
		d.fill(at.path, v, f)
		return true
	}
	message := "there is no value here; give " + d.expected(t, f)
	if !f.required && f.key != "" {
		message += ", or remove the key"
	}
	d.add(at.inKey(), note{
		message: message,
		allowed: kindOf(f, d.vocabulary).allowed,
		class:   structural,
	})
	return false
}

// emptyAt is an empty mapping in the place of a missing one.
func emptyAt(at place) *node {
	return &node{Kind: yaml.MappingNode, Line: at.node.Line, Column: at.node.Column}
}

// section reads a mapping into a struct.
func (d *decoder) section(at place, v reflect.Value) bool {
	fields := fieldsOf(v.Type())
	if at.node.Kind != yaml.MappingNode {
		if short, ok := shortField(fields); ok && at.node.Kind == yaml.ScalarNode {
			return d.decode(at, v.FieldByIndex(short.index), short)
		}
		d.mismatch(at, "a mapping of "+list(keysOf(fields)), "")
		return false
	}
	pairs, good := d.pairs(at.node)
	found := map[string]place{}
	meant := map[string]bool{} // keys that are there, but misspelt
	for _, p := range pairs {
		i := indexOf(fields, p.key.Value)
		if i < 0 {
			near := nearest(p.key.Value, keysOf(fields))
			meant[near], good = true, false
			d.add(place{path: at.path, node: p.key}, note{
				message: fmt.Sprintf("unknown key %s", quote(p.key.Value)),
				allowed: list(keysOf(fields)),
				nearest: near,
				class:   structural,
			})
			continue
		}
		key := fields[i].key
		found[key] = place{path: join(at.path, key), key: p.key, node: p.value}
	}
	for _, f := range fields {
		p, ok := found[f.key]
		switch {
		case ok:
			good = d.decode(p, v.FieldByIndex(f.index), f) && good
		case f.required:
			good = false
			if !meant[f.key] {
				d.missing(at, f)
			}
		default:
			d.fill(join(at.path, f.key), v.FieldByIndex(f.index), f)
		}
	}
	return d.checkGroups(at, fields, found, meant) && good
}

// missing reports a key that must be there.
func (d *decoder) missing(at place, f field) {
	k := kindOf(f, d.vocabulary)
	allowed := k.allowed
	if len(k.words) > 0 {
		allowed = strings.Join(k.words, ", ")
	}
	message := f.key + " is missing"
	if f.doc != "" {
		message += ": " + f.doc
	}
	d.add(at, note{message: message, allowed: allowed, class: structural})
}

// checkGroups reports keys that exclude or need each other.
func (d *decoder) checkGroups(at place, fields []field, found map[string]place, meant map[string]bool) (good bool) {
	good = true
	report := func(p place, format string, args ...any) {
		good = false
		d.add(p, note{message: fmt.Sprintf(format, args...), class: structural})
	}
	check := func(word func(field) string, needed bool) {
		names, members := groups(fields, word)
		for _, name := range names {
			var there []string
			misspelt := false
			for _, key := range members[name] {
				if _, ok := found[key]; ok {
					there = append(there, key)
				}
				misspelt = misspelt || meant[key]
			}
			switch {
			case len(there) == 0 && needed && !misspelt:
				report(at, "one of %s is needed", strings.Join(members[name], ", "))
			case len(there) > 1:
				last := found[there[len(there)-1]]
				report(last.inKey(), "%s exclude each other; keep one", strings.Join(there, " and "))
			}
		}
	}
	check(func(f field) string { return f.one }, true)
	check(func(f field) string { return f.only }, false)
	for _, f := range fields {
		p, ok := found[f.key]
		if !ok {
			continue
		}
		if _, ok := found[f.needs]; !ok && f.needs != "" && !meant[f.needs] {
			report(p.inKey(), "%s has a meaning only beside %s", f.key, f.needs)
		}
		var lacking []string
		for _, with := range f.with {
			if _, ok := found[with]; !ok && !meant[with] {
				lacking = append(lacking, with)
			}
		}
		if len(lacking) > 0 {
			report(p.inKey(), "%s needs %s beside it", f.key, strings.Join(lacking, " and "))
		}
	}
	return good
}

// fill puts the default where the file says nothing.
func (d *decoder) fill(path string, v reflect.Value, f field) {
	if w, ok := v.Addr().Interface().(placed); ok {
		target, p, good, _ := w.slot()
		d.fill(path, reflect.ValueOf(target).Elem(), f)
		*p = place{path: path}
		*good = f.fallback != "" || inner(v.Type()).Kind() == reflect.Struct
		return
	}
	switch {
	case f.fallback != "":
		n := &node{Kind: yaml.ScalarNode, Value: f.fallback}
		if v.Kind() == reflect.Slice {
			n = &node{Kind: yaml.SequenceNode, Content: []*node{n}}
		}
		d.decode(place{path: path, node: n}, v, f)
	case v.Kind() == reflect.Struct && v.Type() != secretType:
		for _, inner := range fieldsOf(v.Type()) {
			d.fill(join(path, inner.key), v.FieldByIndex(inner.index), inner)
		}
	}
}

// sequence reads a list.
func (d *decoder) sequence(at place, v reflect.Value, f field) bool {
	if at.node.Kind != yaml.SequenceNode {
		hint, key := "", f.key
		if key == "" && at.key != nil {
			key = at.key.Value
		}
		if at.node.Kind == yaml.ScalarNode && !isSecretKey(key) && key != "" && !strings.Contains(at.node.Value, "\n") {
			hint = fmt.Sprintf("write `%s: [%s]`", key, short(at.node.Value))
		}
		d.mismatch(at, "a list", hint)
		return false
	}
	if f.min == "1" && len(at.node.Content) == 0 {
		d.add(at, note{message: "the list is empty; give at least one entry", class: structural})
		return false
	}
	ok := true
	out := reflect.MakeSlice(v.Type(), len(at.node.Content), len(at.node.Content))
	for i, n := range at.node.Content {
		if !d.decode(place{path: fmt.Sprintf("%s[%d]", at.path, i), node: n}, out.Index(i), f.element(v.Type().Elem())) {
			ok = false
		}
	}
	v.Set(out)
	return ok
}

// mapping reads a mapping whose keys are not fixed.
func (d *decoder) mapping(at place, v reflect.Value, f field) bool {
	if at.node.Kind != yaml.MappingNode {
		d.mismatch(at, "a mapping", "")
		return false
	}
	pairs, ok := d.pairs(at.node)
	out := reflect.MakeMap(v.Type())
	for _, p := range pairs {
		entry := reflect.New(v.Type().Elem()).Elem()
		if !d.decode(place{path: join(at.path, p.key.Value), key: p.key, node: p.value}, entry, f.element(v.Type().Elem())) {
			ok = false
		}
		out.SetMapIndex(reflect.ValueOf(p.key.Value).Convert(v.Type().Key()), entry)
	}
	v.Set(out)
	return ok
}

func indexOf(fields []field, key string) int {
	for i, f := range fields {
		if f.key == key {
			return i
		}
	}
	return -1
}

func keysOf(fields []field) []string {
	keys := make([]string, len(fields))
	for i, f := range fields {
		keys[i] = f.key
	}
	return keys
}

func list(words []string) string { return strings.Join(words, ", ") }

// join appends a key to a path.
func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}
