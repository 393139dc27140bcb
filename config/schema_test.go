package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"gopkg.in/yaml.v3"
)

func compileSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	b, err := Schema()
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft7) // so that the schema has to say which it is
	if err := c.AddResource("cx.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("cx.json")
	if err != nil {
		t.Fatal(err)
	}
	if s.DraftVersion != 2020 {
		t.Fatalf("the schema is of draft %d", s.DraftVersion)
	}
	return s
}

// asJSON is a YAML tree as the JSON that an editor validates.
func asJSON(n *yaml.Node) any {
	n = follow(n)
	switch n.Kind {
	case yaml.MappingNode:
		d := &decoder{reporter: &reporter{text: newText("", nil)}}
		m := map[string]any{}
		pairs, _ := d.pairs(n)
		for _, p := range pairs {
			m[p.key.Value] = asJSON(p.value)
		}
		return m
	case yaml.SequenceNode:
		list := make([]any, len(n.Content))
		for i, c := range n.Content {
			list[i] = asJSON(c)
		}
		return list
	}
	var v any
	if err := n.Decode(&v); err != nil || n.ShortTag() == "!!timestamp" {
		return n.Value
	}
	if _, err := json.Marshal(v); err != nil {
		return n.Value // infinity is no number in JSON
	}
	return v
}

// verdict is what the decoder says of the structure of a file.
func verdict(t *testing.T, name string, content []byte) (structurally, textually []Problem) {
	t.Helper()
	_, err := LoadBytes(name, content, environment)
	problems, ok := errors.AsType[*Problems](err)
	if err != nil && !ok {
		t.Fatal(err)
	}
	if !ok {
		return nil, nil
	}
	for _, p := range problems.List {
		switch p.class {
		case structural:
			structurally = append(structurally, p)
		case textual:
			textually = append(textually, p)
		}
	}
	return structurally, textually
}

// agree checks that schema and decoder come to the same verdict.
func agree(t *testing.T, s *jsonschema.Schema, name string, content []byte) (refused bool) {
	t.Helper()
	structurally, textually := verdict(t, name, content)
	if len(textually) > 0 {
		return true // a schema cannot see these
	}
	docs, err := documents(content)
	if err != nil {
		t.Fatal(err)
	}
	var value any
	if len(docs) > 0 {
		value = asJSON(docs[0].Content[0])
	}
	b, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	instance, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	invalid := s.Validate(instance)
	if (invalid != nil) != (len(structurally) > 0) {
		t.Errorf("schema and decoder do not agree\nschema: %v\ndecoder: %v\n%s", invalid, &Problems{List: structurally}, content)
	}
	return invalid != nil
}

func TestSchemaAndDecoderAgreeOnTheFixtures(t *testing.T) {
	t.Parallel()
	s := compileSchema(t)
	for _, folder := range []string{"good", "bad"} {
		for _, file := range fixtures(t, folder) {
			content, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			t.Run(filepath.Base(file), func(t *testing.T) {
				t.Parallel()
				agree(t, s, file, content)
			})
		}
	}
}

func TestSchemaAndDecoderAgreeOnMutations(t *testing.T) {
	t.Parallel()
	s := compileSchema(t)
	refused, total := 0, 0
	for _, file := range fixtures(t, "good") {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		docs, err := documents(content)
		if err != nil {
			t.Fatal(err)
		}
		tree := asJSON(docs[0].Content[0])
		r := rand.New(rand.NewPCG(1, uint64(len(content))))
		for range 100 {
			mutated := tree
			for range 1 + r.IntN(2) {
				mutated = mutate(r, mutated)
			}
			text, err := yaml.Marshal(mutated)
			if err != nil {
				t.Fatal(err)
			}
			total++
			if agree(t, s, file, text) {
				refused++
			}
			if t.Failed() {
				return
			}
		}
	}
	if refused < total/4 || refused > total*9/10 {
		t.Errorf("%d of %d mutations were refused: they show too little", refused, total)
	}
}

// mutate is a copy of a tree with one change at a random place.
func mutate(r *rand.Rand, v any) any {
	stay := r.IntN(4) > 0
	switch v := v.(type) {
	case map[string]any:
		if len(v) == 0 {
			break
		}
		keys := slices.Sorted(maps.Keys(v))
		key := keys[r.IntN(len(keys))]
		out := maps.Clone(v)
		switch choice := r.IntN(12); {
		case stay:
			out[key] = mutate(r, v[key])
		case choice < 3:
			delete(out, key)
		case choice < 5:
			out[key+"x"] = out[key]
			delete(out, key)
		case choice < 7:
			other := someKeys[r.IntN(len(someKeys))]
			out[other] = someValue(r)
		case choice < 8:
			out[keys[r.IntN(len(keys))]] = out[key]
		default:
			out[key] = someValue(r)
		}
		return out
	case []any:
		out := slices.Clone(v)
		if len(v) == 0 || !stay && r.IntN(3) == 0 {
			return append(out, someValue(r))
		}
		i := r.IntN(len(v))
		switch {
		case stay:
			out[i] = mutate(r, v[i])
		case r.IntN(2) == 0:
			out = slices.Delete(out, i, i+1)
		default:
			out[i] = someValue(r)
		}
		return out
	}
	return someValue(r)
}

var someKeys = []string{
	"name", "driver", "dsn", "dsn_file", "host", "port", "user", "password", "password_file", "database", "path", "tls",
	"source", "sources", "entity", "table", "query", "columns", "where", "dimensions", "windows", "change", "interval",
	"cron", "timeout", "max_age", "row_budget", "customers", "kpis", "column", "type", "timezone", "mode", "cert_file",
	"scale", "target", "nps", "promoters_from", "score", "global", "collectors", "confidence", "min_samples",
}

func someValue(r *rand.Rand) any {
	values := []any{
		nil, true, false, 0, 1, -1, 7, 2.5, 3.0, 0.97, 1e20, 70000,
		"", " ", "a", "shop", "0", "5m", "1h30m", "5 m", "30d", "month", "30days", "$$", "${PGPORT}", "${NONE}", "${bad", "a${FIVE}",
		"sqlite", "postgres", "${ENTITY}", "tickets", "responses", "custom", "unix", "disjoint", "verify-full", "UTC", "true",
		"nps", "csat", "churn", "gauge", "backlog", "nosuch", "2024-01-02", "a,b",
		[]any{},
		[]any{"a"},
		[]any{nil},
		[]any{"a", "b"},
		[]any{"a", "b", "c", "d"},
		[]any{[]any{"a"}},
		[]any{1},
		map[string]any{},
		map[string]any{"a": "b"},
		map[string]any{"nps": nil},
		map[string]any{"nps": map[string]any{"promoters_from": 8}},
		map[string]any{"nps": nil, "csat": nil},
		map[string]any{"column": "a"},
		map[string]any{"column": "a", "type": "unix"},
		map[string]any{"score": "points"},
		map[string]any{"nosuch": "a"},
		map[string]any{"churn": map[string]any{"inactive_after": "90d"}},
		map[string]any{"first_response_time": map[string]any{"target": 0}},
		map[string]any{"mode": "require"},
		map[string]any{"cert_file": "x"},
		map[string]any{"min": 1, "max": 5},
		map[string]any{"gauge": map[string]any{"values": map[string]any{"a": 1}}},
	}
	return values[r.IntN(len(values))]
}

func TestSchemaTellsNoGoNames(t *testing.T) {
	t.Parallel()
	b, err := Schema()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"raw", "value[", "collectors.", "Placed", "PromotersFrom"} {
		if strings.Contains(string(b), name) {
			t.Errorf("the schema contains %q", name)
		}
	}
}

// Every key says what it means, and its default is one that the decoder takes.
func TestEveryKeyIsExplained(t *testing.T) {
	t.Parallel()
	b, err := Schema()
	if err != nil {
		t.Fatal(err)
	}
	var root any
	if err := json.Unmarshal(b, &root); err != nil {
		t.Fatal(err)
	}
	var walk func(path string, v any)
	walk = func(path string, v any) {
		m, ok := v.(map[string]any)
		if !ok {
			return
		}
		if properties, ok := m["properties"].(map[string]any); ok && m["additionalProperties"] == false {
			for key, p := range properties {
				_, reference := p.(map[string]any)["$ref"]
				if p.(map[string]any)["description"] == nil && !reference {
					t.Errorf("%s.%s has no description", path, key)
				}
			}
		}
		for key, child := range m {
			switch child := child.(type) {
			case map[string]any:
				walk(path+"."+key, child)
			case []any:
				for i, c := range child {
					walk(fmt.Sprintf("%s.%s[%d]", path, key, i), c)
				}
			}
		}
	}
	walk("", root)
}
