package config

import (
	"reflect"
	"strings"
)

// field is a key of a section: a field of a struct, with what its tags say. The
// decoder, the JSON Schema and the reference are all made from it, so that they
// cannot differ.
type field struct {
	key   string
	index []int
	typ   reflect.Type

	doc       string // `doc`: one sentence, without a full stop
	fallback  string // `default`: the value where the key is left out, as in YAML
	otherwise string // `otherwise`: in words, where the default depends on other keys
	is        string // `is`: the kind of text, see kinds.go
	enum      []string
	min, max  string   // `min`, `max`: limits of a number, a duration or a list's length
	above     string   // `above`, `below`: limits that are themselves not allowed
	below     string   //
	one       string   // `one`: of the keys with the same word exactly one must be there
	only      string   // `only`: of them at most one may be there
	needs     string   // `needs`: another key that must be there with this one
	with      []string // `with`: other keys that must be there with this one
	required  bool     // `required:"true"`
	short     bool     // `short:"true"`: the section may be written as this value alone
}

// fieldsOf lists the keys of a section in their order.
func fieldsOf(t reflect.Type) []field {
	var fields []field
	for i := range t.NumField() {
		f := t.Field(i)
		key, options, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		if f.Anonymous && (key == "" || options == "inline") && f.Type.Kind() == reflect.Struct {
			for _, inner := range fieldsOf(f.Type) {
				inner.index = append([]int{i}, inner.index...)
				fields = append(fields, inner)
			}
			continue
		}
		if !f.IsExported() || key == "-" {
			continue
		}
		if key == "" {
			key = strings.ToLower(f.Name)
		}
		tag := f.Tag.Get
		fields = append(fields, field{
			key: key, index: []int{i}, typ: f.Type,
			doc: tag("doc"), fallback: tag("default"), otherwise: tag("otherwise"),
			is: tag("is"), enum: words(tag("enum")),
			min: tag("min"), max: tag("max"), above: tag("above"), below: tag("below"),
			one: tag("one"), only: tag("only"), needs: tag("needs"), with: words(tag("with")),
			required: tag("required") == "true", short: tag("short") == "true",
		})
	}
	return fields
}

// words splits a tag that lists several.
func words(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, ",")
}

// element is the field for the entries of a list or mapping: what was said of
// the texts in it holds for each.
func (f field) element(t reflect.Type) field {
	return field{key: f.key, typ: t, is: f.is, enum: f.enum}
}

// shortField is the field that a section may be written as, if it has one.
func shortField(fields []field) (field, bool) {
	for _, f := range fields {
		if f.short {
			return f, true
		}
	}
	return field{}, false
}

// groups lists the words of `one` or `only` tags, each with its keys, in order.
func groups(fields []field, word func(field) string) (names []string, members map[string][]string) {
	members = map[string][]string{}
	for _, f := range fields {
		name := word(f)
		if name == "" {
			continue
		}
		if members[name] == nil {
			names = append(names, name)
		}
		members[name] = append(members[name], f.key)
	}
	return names, members
}

// value is a value of the file and the place where it stands. A value that
// could not be read is not good, and nothing more is said of it.
type value[T any] struct {
	V  T
	at place
	// good is whether V holds what the file, or the default, says.
	good bool
	// written is the text before the environment was put in; messages quote it,
	// so that they never show what the environment holds.
	written string
}

// shown is the value as messages call it.
func (v value[T]) shown() string { return shownText("", v.written) }

// slot gives the decoder access to what is inside.
func (v *value[T]) slot() (target any, at *place, good *bool, written *string) {
	return &v.V, &v.at, &v.good, &v.written
}

// placed is every value[T].
type placed interface {
	slot() (target any, at *place, good *bool, written *string)
}

// inner is the type inside of a value[T], or the type itself.
func inner(t reflect.Type) reflect.Type {
	if v, ok := reflect.New(t).Interface().(placed); ok {
		target, _, _, _ := v.slot()
		return reflect.TypeOf(target).Elem()
	}
	return t
}
