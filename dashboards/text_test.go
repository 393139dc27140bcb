package dashboards_test

import (
	"encoding/json"
	"regexp"
	"slices"
	"testing"
)

// plain are the cells of tables that show text as text. Others, such as
// `markdown`, `image` and `json-view`, make something of it.
var plain = []string{"auto", "basic", "color-text", "color-background", "gauge"}

// Names of segments come out of databases. Boards show them in cells and legends,
// which are text, and put them into no address and no markup.
func TestNamesOfSegmentsAreOnlyText(t *testing.T) {
	t.Parallel()
	filled := regexp.MustCompile(`\$\{?_*[a-z_.]+`)
	for _, f := range files(t) {
		var board any
		if err := json.Unmarshal(f.Content, &board); err != nil {
			t.Fatal(err)
		}
		cells, addresses := 0, 0
		walk(board, func(object map[string]any) {
			if cell, ok := object["cellOptions"].(map[string]any); ok {
				cells++
				checkCell(t, f.Name, cell)
			}
			if value, ok := object["value"].(map[string]any); ok && object["id"] == "custom.cellOptions" {
				checkCell(t, f.Name, value)
			}
			if mode, ok := object["mode"].(string); ok && (mode == "html" || mode == "markdown") {
				t.Errorf("%s makes markup of %v", f.Name, object)
			}
			if url, ok := object["url"].(string); ok {
				addresses++
				for _, variable := range filled.FindAllString(url, -1) {
					// The names of goals are words of the configuration.
					if !slices.Contains([]string{"${__url_time_range", "${datasource", "${collector", "${window", "${__value.text"}, variable) {
						t.Errorf("%s fills %s into %s", f.Name, variable, url)
					}
				}
			}
		})
		t.Logf("%s: %d tables, %d addresses", f.Name, cells, addresses)
	}
}

func checkCell(t *testing.T, name string, cell map[string]any) {
	t.Helper()
	if kind, _ := cell["type"].(string); !slices.Contains(plain, kind) {
		t.Errorf("%s has cells of the type %v", name, cell["type"])
	}
}

// walk calls a function with every object in a document.
func walk(v any, visit func(map[string]any)) {
	switch v := v.(type) {
	case map[string]any:
		visit(v)
		for _, x := range v {
			walk(x, visit)
		}
	case []any:
		for _, x := range v {
			walk(x, visit)
		}
	}
}
