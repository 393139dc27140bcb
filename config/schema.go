package config

import (
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/cx-exporter/cx-exporter/collectors"
)

// schema is a JSON Schema, or a part of one.
type schema = map[string]any

// Schema is the JSON Schema (draft 2020-12) of the configuration, for editors.
// It comes from the same structs as the decoder, and refuses exactly the files
// whose structure the decoder refuses.
func Schema() ([]byte, error) {
	return schemaOf(vocabulary{collectors.Entities(), collectors.Catalogue()})
}

func schemaOf(v vocabulary) ([]byte, error) {
	g := &schemaWriter{vocabulary: v, defs: schema{}}
	root := g.object(reflect.TypeFor[rawFile](), reflect.Value{})
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["title"] = "Configuration of cx-exporter"
	g.entities()
	root["$defs"] = g.defs
	b, err := json.MarshalIndent(root, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write the JSON Schema: %w", err)
	}
	return append(b, '\n'), nil
}

// schemaWriter writes the schema of Go types.
type schemaWriter struct {
	vocabulary vocabulary
	defs       schema
}

// key is the schema of a field, with what it means and its default. standard
// holds the default where it is a value rather than a tag.
func (g *schemaWriter) key(f field, standard reflect.Value) schema {
	s := schema{}
	for name, rule := range g.value(f.typ, f, standard) {
		s[name] = rule
	}
	if f.doc != "" {
		s["description"] = f.doc
	}
	if f.otherwise != "" {
		s["description"] = f.doc + "; default: " + f.otherwise
	}
	if d := f.standard(standard); d != nil {
		s["default"] = d
	}
	return s
}

// value is the schema of a type, as the decoder reads it.
func (g *schemaWriter) value(t reflect.Type, f field, standard reflect.Value) schema {
	t = inner(t)
	f.typ = t
	switch v := reflect.New(t).Interface().(type) {
	case formed:
		return v.schema(g)
	case *Secret:
		return g.text(f)
	case encoding.TextUnmarshaler:
		if t == durationType {
			return schema{"anyOf": []any{g.text(f), schema{"const": 0}}}
		}
		return g.text(f)
	}
	switch t.Kind() {
	case reflect.Pointer:
		if standard.IsValid() {
			standard = standard.Elem() // no value where the default is nil
		}
		return g.value(t.Elem(), f, standard)
	case reflect.Struct:
		return g.section(t, standard)
	case reflect.Slice:
		s := schema{"type": orNull("array", f.min == ""), "items": g.value(t.Elem(), f.element(t.Elem()), reflect.Value{})}
		if f.min != "" {
			s["minItems"] = json.Number(f.min)
		}
		return s
	case reflect.Map:
		return schema{
			"type":                 orNull("object", f.min == ""),
			"additionalProperties": g.value(t.Elem(), f.element(t.Elem()), reflect.Value{}),
		}
	case reflect.String:
		return g.text(f)
	}
	return g.scalar(t, f)
}

// orNull is a type that may be left empty.
func orNull(t string, null bool) any {
	if null {
		return []any{t, "null"}
	}
	return t
}

// text is the schema of a text. A text that the environment has a part in is
// checked by the exporter only.
func (g *schemaWriter) text(f field) schema {
	k := kindOf(f, g.vocabulary)
	rule := schema{}
	switch {
	case len(k.words) > 0:
		rule["enum"] = k.words
	case k.pattern == visiblePattern:
		return schema{"type": "string", "pattern": k.pattern.String()}
	case k.pattern != nil:
		rule["pattern"] = k.pattern.String()
		rule["minLength"] = 1
	default:
		return schema{"type": "string"}
	}
	if k.literal {
		rule["type"] = "string"
		return rule
	}
	return schema{"type": "string", "anyOf": []any{rule, schema{"pattern": reference.String()}}}
}

// scalar is the schema of a number or a yes or no.
func (g *schemaWriter) scalar(t reflect.Type, f field) schema {
	rule := schema{}
	switch t.Kind() {
	case reflect.Bool:
		rule["type"] = "boolean"
	case reflect.Float32, reflect.Float64:
		rule["type"] = "number"
	default:
		rule["type"] = "integer"
		rule["minimum"], rule["maximum"] = -maxWhole, maxWhole
		if t.Kind() >= reflect.Uint && t.Kind() <= reflect.Uintptr {
			rule["minimum"] = 0
		}
	}
	for name, limit := range map[string]string{"minimum": f.min, "maximum": f.max, "exclusiveMinimum": f.above, "exclusiveMaximum": f.below} {
		if limit != "" {
			rule[name] = json.Number(limit)
		}
	}
	return schema{"anyOf": []any{rule, schema{"type": "string", "pattern": loneReference.String()}}}
}

// section is the schema of a section, kept under its name in $defs. Parameters
// of KPIs have no name there, for each has its own defaults.
func (g *schemaWriter) section(t reflect.Type, standard reflect.Value) schema {
	name, ok := strings.CutPrefix(t.Name(), "raw")
	if !ok {
		return g.object(t, standard)
	}
	name = strings.ToLower(name)
	if _, ok := g.defs[name]; !ok {
		g.defs[name] = g.object(t, standard)
	}
	return schema{"$ref": "#/$defs/" + name}
}

// object is the schema of a struct.
func (g *schemaWriter) object(t reflect.Type, standard reflect.Value) schema {
	fields := fieldsOf(t)
	properties := schema{}
	var required []string
	var rules []any
	dependent := schema{}
	for _, f := range fields {
		var own reflect.Value
		if standard.IsValid() {
			own = standard.FieldByIndex(f.index)
		}
		properties[f.key] = g.key(f, own)
		if f.required {
			required = append(required, f.key)
		}
		beside := f.with
		if f.needs != "" {
			beside = append(beside[:len(beside):len(beside)], f.needs)
		}
		if len(beside) > 0 {
			dependent[f.key] = beside
		}
	}
	names, members := groups(fields, func(f field) string { return f.one })
	for _, name := range names {
		var alternatives []any
		for _, key := range members[name] {
			alternatives = append(alternatives, schema{"required": []string{key}})
		}
		rules = append(rules, schema{"oneOf": alternatives})
	}
	exclusive, members := groups(fields, func(f field) string { return f.only })
	for _, name := range exclusive {
		keys := members[name]
		for i := range keys {
			for _, other := range keys[i+1:] {
				rules = append(rules, schema{"not": schema{"required": []string{keys[i], other}}})
			}
		}
	}
	s := schema{
		"type":                 orNull("object", len(required)+len(names) == 0 && t != reflect.TypeFor[rawFile]()),
		"properties":           properties,
		"additionalProperties": false,
	}
	if len(required) > 0 {
		s["required"] = required
	}
	if len(dependent) > 0 {
		s["dependentRequired"] = dependent
	}
	if len(rules) > 0 {
		s["allOf"] = rules
	}
	if short, ok := shortField(fields); ok {
		return schema{"anyOf": []any{g.value(short.typ, short, reflect.Value{}), s}}
	}
	return s
}

// schema is that of an entry of `kpis`.
func (k *rawKPI) schema(g *schemaWriter) schema {
	properties := schema{}
	var bare []string
	for _, d := range g.vocabulary.definitions {
		standard := reflect.ValueOf(d.New()).Elem()
		s := g.object(standard.Type(), standard)
		s["description"] = d.Summary
		g.defs["kpi-"+d.Name] = s
		properties[d.Name] = schema{"$ref": "#/$defs/kpi-" + d.Name}
		if _, needs := s["type"].(string); !needs {
			bare = append(bare, d.Name) // no parameter is needed
		}
	}
	return schema{"anyOf": []any{
		schema{"type": "string", "enum": bare},
		schema{"type": "object", "properties": properties, "additionalProperties": false, "minProperties": 1, "maxProperties": 1},
	}}
}

// schema is that of an entry of `dimensions`.
func (c *dimension) schema(g *schemaWriter) schema {
	column := g.text(field{is: "column"})
	return schema{"anyOf": []any{
		column,
		schema{"type": "array", "items": column, "minItems": 1, "maxItems": maxCombined},
	}}
}

// entities adds to collectors that an entity has its own roles and KPIs.
func (g *schemaWriter) entities() {
	collector, ok := g.defs["collector"].(schema)
	if !ok {
		return
	}
	rules, _ := collector["allOf"].([]any)
	for _, e := range g.vocabulary.entities {
		names := g.vocabulary.kpisFor(e.Name)
		properties := schema{"kpis": schema{"items": schema{"anyOf": []any{
			schema{"enum": names},
			schema{"type": "object", "propertyNames": schema{"enum": names}},
		}}}}
		if e.Name != collectors.EntityCustom {
			properties["columns"] = schema{"propertyNames": schema{"enum": rolesOf(e)}}
		}
		rules = append(rules, schema{
			"if":   schema{"properties": schema{"entity": schema{"const": e.Name}}, "required": []string{"entity"}},
			"then": schema{"properties": properties},
		})
	}
	collector["allOf"] = rules
}

// standard is the default of a key as a value of JSON, or nil.
func (f field) standard(v reflect.Value) any {
	if f.fallback != "" {
		x := scalarValue(&node{Kind: yaml.ScalarNode, Value: f.fallback})
		if inner(f.typ).Kind() == reflect.Slice {
			return []any{x}
		}
		return x
	}
	if !v.IsValid() || v.IsZero() {
		return nil
	}
	if v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	if text, ok := v.Interface().(encoding.TextMarshaler); ok {
		if b, err := text.MarshalText(); err == nil {
			return string(b)
		}
		return nil
	}
	if v.Kind() == reflect.Struct {
		return nil // its keys have defaults of their own
	}
	return v.Interface()
}
