package exporter_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// shown is a family of a KPI, or a label that one of its values had.
type shown struct{ kpi, family, label string }

// remember keeps what the KPIs of a case showed. The names of custom ones are those
// of their configuration.
func (j *judgement) remember() {
	if j.w.shown == nil {
		return
	}
	for _, s := range j.series {
		if strings.HasPrefix(s.Metric, "cx_custom_") {
			continue
		}
		j.w.shown[shown{kpi: s.KPI, family: s.Metric}] = true
		for _, l := range s.Labels {
			j.w.shown[shown{kpi: s.KPI, label: l.Name}] = true
		}
	}
}

// areInTheReference demands of the documentation what the cases have shown: each
// family in the section of its KPI, and each label in the table of labels, where it
// names the KPI.
func areInTheReference(t *testing.T, all map[shown]bool) {
	t.Helper()
	read := func(name string) string {
		text, err := os.ReadFile(filepath.Join("..", "..", "docs", name))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	sections := map[string]string{}
	for section := range strings.SplitSeq(read("kpis.md"), "\n### ") {
		name, text, _ := strings.Cut(section, "\n")
		sections[strings.Trim(name, "`")] = text
	}
	_, added, _ := strings.Cut(read("metrics.md"), "### What a KPI adds\n")
	added, _, _ = strings.Cut(added, "\n## ")
	named := regexp.MustCompile("`([a-z_]+)`")
	with := map[string][]string{} // the KPIs that have a label
	for line := range strings.Lines(added) {
		cells := strings.Split(line, " | ")
		if label := named.FindStringSubmatch(cells[0]); label != nil && len(cells) == 3 {
			for _, kpi := range named.FindAllStringSubmatch(cells[2], -1) {
				with[label[1]] = append(with[label[1]], kpi[1])
			}
		}
	}
	for x := range all {
		switch {
		case x.family != "" && !strings.Contains(sections[x.kpi], "| `"+x.family+"` |"):
			t.Errorf("docs/kpis.md does not list %s in the section of %s", x.family, x.kpi)
		case x.label != "" && !slices.Contains(with[x.label], x.kpi):
			t.Errorf("docs/metrics.md does not say that %s adds the label %s", x.kpi, x.label)
		}
	}
}
