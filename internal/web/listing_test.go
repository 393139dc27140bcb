package web

import (
	"slices"
	"testing"
)

// A row stands on a line of its own, and nothing else does.
func TestAListHasALineARow(t *testing.T) {
	t.Parallel()
	type thing struct {
		Name string `json:"name"`
	}
	of := func(t *thing) []string { return []string{t.Name} }
	for _, tt := range []struct {
		name        string
		all, wanted []string
		whole, part string
	}{
		{"nothing", nil, nil, "{\"things\":[]}\n", "{\"things\":[]}\n"},
		{"nothing of one", []string{"a"}, []string{"b"}, "{\"things\":[\n{\"name\":\"a\"}\n]}\n", "{\"things\":[]}\n"},
		{"one of two", []string{"a", "b"}, []string{"b"}, "{\"things\":[\n{\"name\":\"a\"},\n{\"name\":\"b\"}\n]}\n", "{\"things\":[\n{\"name\":\"b\"}\n]}\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var things []thing
			for _, name := range tt.all {
				things = append(things, thing{name})
			}
			l, err := newListing("things", []string{"name"}, slices.Values(things), of)
			if err != nil {
				t.Fatal(err)
			}
			if string(l.whole) != tt.whole {
				t.Errorf("all are %q", l.whole)
			}
			rows, err := l.narrow(map[string][]string{"name": tt.wanted})
			if err != nil {
				t.Fatal(err)
			}
			if got := l.join(rows); string(got) != tt.part {
				t.Errorf("some are %q", got)
			}
		})
	}
}
