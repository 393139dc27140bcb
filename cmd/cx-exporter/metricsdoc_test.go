package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// inCode matches what docs/metrics.md sets as code, such as a label.
var inCode = regexp.MustCompile("`([a-z_]+)`")

// labelsAreDocumented checks that docs/metrics.md names each label of each
// family of a page where it describes the family: in its row, or where the
// section says what all of its families carry.
func labelsAreDocumented(t *testing.T, page string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "docs", "metrics.md"))
	if err != nil {
		t.Fatal(err)
	}
	sections := map[string]string{}
	for s := range strings.SplitSeq(string(text), "\n## ") {
		title, content, _ := strings.Cut(s, "\n")
		sections[title] = content
	}
	values := slices.Concat(rowsLabels(sections["Values"]), gaugeLabelsOfTheDemo())
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	for name, family := range families {
		if !strings.HasPrefix(name, "cx_") {
			continue
		}
		known := documentedLabels(sections, name, values)
		for _, m := range family.Metric {
			for _, l := range m.Label {
				if !slices.Contains(known, l.GetName()) {
					t.Errorf("docs/metrics.md does not say that %s has the label %s", name, l.GetName())
					known = append(known, l.GetName())
				}
			}
		}
	}
}

// gaugeLabelsOfTheDemo are those that its configuration names.
func gaugeLabelsOfTheDemo() []string { return []string{"team", "priority"} }

// documentedLabels are the labels that a family may have.
func documentedLabels(sections map[string]string, name string, values []string) []string {
	family := strings.TrimSuffix(name, "_by_segment")
	for title, content := range sections {
		row := ""
		for line := range strings.Lines(content) {
			if strings.HasPrefix(line, "| ") && strings.Contains(strings.Split(line, " | ")[0], "`"+family+"`") {
				row = line
			}
		}
		if row == "" {
			continue
		}
		known := code(row)
		switch title {
		case "Health":
			return known
		case "Judging a value":
			known = append(known, code(introduction(content))...)
			if family == "cx_kpi_min_samples" || family == "cx_kpi_info" {
				return known
			}
			return append(known, values...)
		}
		return append(known, code(introduction(content))...)
	}
	return values
}

// rowsLabels are the labels of the tables of a section.
func rowsLabels(content string) []string {
	var all []string
	for line := range strings.Lines(content) {
		if strings.HasPrefix(line, "| `") {
			all = append(all, code(strings.Join(strings.Split(line, " | ")[:2], " "))...)
		}
	}
	return all
}

// introduction is what a section says above its first table.
func introduction(content string) string {
	content, _, _ = strings.Cut(content, "\n| ")
	return content
}

func code(text string) []string {
	var all []string
	for _, found := range inCode.FindAllStringSubmatch(text, -1) {
		all = append(all, found[1])
	}
	return all
}
