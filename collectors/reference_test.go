package collectors

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

var update = flag.Bool("update", false, "write the generated parts of the reference")

var reference = filepath.Join("..", "docs", "kpis.md")

var generated = regexp.MustCompile(`(?s)<!-- generated: ([^>]*) -->\n(.*?)<!-- end -->`)

// statOfGoal matches the values that the advice on goals names.
var statOfGoal = regexp.MustCompile("`stat: ([a-z0-9_]+)`")

func TestReferenceIsUpToDate(t *testing.T) {
	t.Parallel()
	old, err := os.ReadFile(reference)
	if err != nil {
		t.Fatal(err)
	}
	var used []string
	now := generated.ReplaceAllStringFunc(string(old), func(part string) string {
		what := generated.FindStringSubmatch(part)[1]
		used = append(used, what)
		return "<!-- generated: " + what + " -->\n" + generate(t, what) + "<!-- end -->"
	})
	expected := []string{"catalogue", "past"}
	for _, d := range Catalogue() {
		expected = append(expected, "parameters "+d.Name, "metrics "+d.Name)
	}
	expected = append(expected, "combinations")
	for _, d := range Combinations() {
		expected = append(expected, "parameters "+d.Name, "metrics "+d.Name)
	}
	expected = append(expected, "entities")
	if diff := cmp.Diff(expected, used); diff != "" {
		t.Errorf("generated parts (-want +got):\n%s", diff)
	}
	if *update {
		if err := os.WriteFile(reference, []byte(now), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(string(old), now); diff != "" {
		t.Errorf("docs/kpis.md is not what the code says; run go test ./collectors -run TestReference -update (-file +code):\n%s", diff)
	}
}

// Every KPI has a section with the same parts, which names all that it reads.
func TestReferenceHasASectionForEveryKPI(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile(reference)
	if err != nil {
		t.Fatal(err)
	}
	sections := strings.Split(string(content), "\n### ")
	var names []string
	for _, s := range sections[1:] {
		name, text, _ := strings.Cut(s, "\n")
		name = strings.Trim(name, "`")
		names = append(names, name)
		at := 0
		for _, part := range []string{"**Formula** ", "**Inputs** ", "**Variants** ", "**Traps** ", "**Goal** ", "```yaml\ncollectors:", "**Sample**\n\n```sql\n", "\n-- cx_"} {
			i := strings.Index(text[at:], part)
			if i < 0 {
				t.Errorf("%s has no %q, or not in its place", name, part)
				continue
			}
			at += i
		}
		_, goal, _ := strings.Cut(text, "**Goal** ")
		goal, _, _ = strings.Cut(goal, "\n\n")
		for _, m := range statOfGoal.FindAllStringSubmatch(goal, -1) {
			if !strings.Contains(text, " | `"+m[1]+"` | ") {
				t.Errorf("%s has no value %s to set a goal on", name, m[1])
			}
		}
		d, ok := Lookup(name)
		if !ok || d.Repeatable {
			continue
		}
		for _, e := range Entities() {
			if !d.On(e.Name) {
				continue
			}
			k := build(t, fullest(name, e.Name), e.Name, roleCurrency, roleMRR, roleBounced, roleConvertedAt, roleValue)
			for _, r := range rolesOf(k) {
				if !strings.Contains(text, "`"+string(r)+"`") {
					t.Errorf("%s does not name %s", name, r)
				}
			}
		}
	}
	var expected []string
	for _, d := range Catalogue() {
		expected = append(expected, d.Name)
	}
	for _, d := range Combinations() {
		expected = append(expected, d.Name)
	}
	if diff := cmp.Diff(expected, names); diff != "" {
		t.Errorf("sections (-want +got):\n%s", diff)
	}
}

func generate(t *testing.T, what string) string {
	kind, name, _ := strings.Cut(what, " ")
	switch kind {
	case "catalogue":
		return catalogueTable()
	case "past":
		return pastTable()
	case "combinations":
		return combinationTable()
	case "entities":
		return entityTables()
	case "parameters":
		return parameterTable(name)
	case "metrics":
		return metricTable(t, name)
	}
	t.Errorf("nothing is generated for %q", what)
	return ""
}

// pastTable lists the KPIs whose past values may differ from what was shown
// then, without and with the optional columns of their entity, and with the words
// that their parameters take.
func pastTable() string {
	var b strings.Builder
	b.WriteString("| KPI | on | the past is |\n|---|---|---|\n")
	for _, d := range Catalogue() {
		for _, e := range Entities() {
			if !d.On(e.Name) || d.Repeatable && e.Name != EntityCustom {
				continue
			}
			var all []facts.Role
			for _, r := range e.Roles {
				all = append(all, r.Role)
			}
			var words []string
			for _, mapped := range [][]facts.Role{nil, all} {
				k, err := fullest(d.Name, e.Name).KPI(bind(e.Name, mapped...))
				if err != nil {
					continue // it needs a column that is not named
				}
				if w := "`" + string(k.Desc().Fidelity) + "`"; !slices.Contains(words, w) {
					words = append(words, w)
				}
			}
			text := strings.Join(words, ", or by the columns that are named ")
			for _, with := range worded(d.New) {
				k, err := with.params.KPI(bind(e.Name, all...))
				if err != nil {
					continue // the word asks for another parameter
				}
				if w := "`" + string(k.Desc().Fidelity) + "`"; !slices.Contains(words, w) {
					text += ", with `" + with.word + "` " + w
				}
			}
			if len(words) > 0 && text != "`"+string(kpi.Exact)+"`" {
				fmt.Fprintf(&b, "| `%s` | `%s` | %s |\n", d.Name, e.Name, text)
			}
		}
	}
	return b.String()
}

// wording is the parameters of a KPI, one of which has another word than usual.
type wording struct {
	word   string // as a configuration has it
	params Parameters
}

// worded are the parameters of a KPI with each word that one of them takes.
func worded(usual func() Parameters) (out []wording) {
	fields := reflect.TypeOf(usual()).Elem()
	for i := range fields.NumField() {
		enum := fields.Field(i).Tag.Get("enum")
		if enum == "" || fields.Field(i).Type.Kind() != reflect.String {
			continue
		}
		parameter, _, _ := strings.Cut(fields.Field(i).Tag.Get("yaml"), ",")
		for word := range strings.SplitSeq(enum, ",") {
			p := usual()
			reflect.ValueOf(p).Elem().Field(i).SetString(word)
			out = append(out, wording{parameter + ": " + word, p})
		}
	}
	return out
}

func catalogueTable() string {
	var b strings.Builder
	b.WriteString("| KPI | on | says |\n|---|---|---|\n")
	for _, d := range Catalogue() {
		on := "every entity"
		if len(d.Entities) > 0 {
			on = "`" + strings.Join(d.Entities, "`, `") + "`"
		}
		fmt.Fprintf(&b, "| [`%s`](#%s) | %s | %s |\n", d.Name, d.Name, on, d.Summary)
	}
	return b.String()
}

func combinationTable() string {
	var b strings.Builder
	b.WriteString("| formula | says |\n|---|---|\n")
	for _, d := range Combinations() {
		fmt.Fprintf(&b, "| [`%s`](#%s) | %s |\n", d.Name, d.Name, d.Summary)
	}
	return b.String()
}

func combinedNamed(name string) (CombinedDefinition, bool) {
	for _, d := range Combinations() {
		if d.Name == name {
			return d, true
		}
	}
	return CombinedDefinition{}, false
}

// combinedParameters is the table of the parameters of a ready-made formula.
func combinedParameters(d CombinedDefinition) string {
	p := reflect.TypeOf(d.New()).Elem()
	var b strings.Builder
	b.WriteString("| parameter | takes | default | means |\n|---|---|---|---|\n")
	for i := range p.NumField() {
		f := p.Field(i)
		standard := "–"
		switch {
		case f.Tag.Get("required") == "true":
			standard = "required"
		case f.Tag.Get("default") != "":
			standard = "`" + f.Tag.Get("default") + "`"
		}
		what := takes(f)
		if f.Tag.Get("is") == "value" {
			what = "`collector.kpi.stat`"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", f.Tag.Get("yaml"), what, standard, f.Tag.Get("doc"))
	}
	return b.String()
}

func parameterTable(name string) string {
	if d, ok := combinedNamed(name); ok {
		return combinedParameters(d)
	}
	d, _ := Lookup(name)
	p := reflect.TypeOf(d.New()).Elem()
	if p.NumField() == 0 {
		return "It has no parameters.\n"
	}
	var b strings.Builder
	b.WriteString("| parameter | takes | means |\n|---|---|---|\n")
	for i := range p.NumField() {
		f := p.Field(i)
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", f.Tag.Get("yaml"), takes(f), f.Tag.Get("doc"))
	}
	return b.String()
}

func takes(f reflect.StructField) string {
	if enum := f.Tag.Get("enum"); enum != "" {
		return "`" + strings.ReplaceAll(enum, ",", "`, `") + "`"
	}
	typ := f.Type
	if typ.Kind() == reflect.Pointer {
		typ = typ.Elem()
	}
	switch typ {
	case reflect.TypeFor[Duration]():
		return "duration"
	case reflect.TypeFor[Scale]():
		return "`{min: …, max: …}`"
	}
	switch typ.Kind() {
	case reflect.Float64, reflect.Int:
		return "number"
	case reflect.Bool:
		return "`true` or `false`"
	case reflect.Slice:
		return "list"
	case reflect.Map:
		return "map"
	}
	return "text"
}

func metricTable(t *testing.T, name string) string {
	d, _ := Lookup(name)
	// Any entity will do: the values are the same on all.
	entity, mapped := EntityCustom, []facts.Role{roleAt}
	if len(d.Entities) > 0 {
		entity, mapped = d.Entities[0], nil
		e, _ := LookupEntity(entity)
		for _, r := range e.Roles {
			mapped = append(mapped, r.Role)
		}
	}
	var list []Stat
	if _, ok := combinedNamed(name); ok {
		list = combine(t, name).Desc.Stats
	} else {
		list = build(t, fullest(name, entity), entity, mapped...).Desc().Stats
	}
	var b strings.Builder
	b.WriteString("| metric | stat | better | help |\n|---|---|---|---|\n")
	for _, p := range variants(name) {
		b := bind(entity)
		b.Calendars = offices()
		other, err := p.KPI(b)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range other.Desc().Stats {
			if !slices.ContainsFunc(list, func(o Stat) bool { return o.Metric == s.Metric }) {
				list = append(list, s)
			}
		}
	}
	for _, s := range list {
		metric, help := s.Metric, s.Help
		if d.Repeatable {
			metric = "cx_custom_<name>_<unit>"
			if s.Unit == kpi.Ratio {
				metric = "cx_custom_<name>_ratio"
			}
			help = "As configured by `help`."
		}
		better := map[kpi.Direction]string{kpi.HigherIsBetter: "higher", kpi.LowerIsBetter: "lower", kpi.Neutral: "–"}[s.Direction]
		switch {
		case s.Component:
			better = "component"
		case d.Repeatable, s.Name == "mean" && hasDirection(d):
			better = "by `direction`"
		}
		fmt.Fprintf(&b, "| `%s` | `%s` | %s | %s |\n", metric, s.Name, better, help)
	}
	return b.String()
}

// hasDirection reports whether the configuration says which way is better.
func hasDirection(d Definition) bool {
	_, ok := reflect.TypeOf(d.New()).Elem().FieldByName("Direction")
	return ok
}

// variants are parameters that give a KPI families of other names.
func variants(name string) []Parameters {
	switch name {
	case "churn":
		return []Parameters{&Churn{Events: true}}
	case "first_response_time":
		return []Parameters{&FirstResponseTime{Target: ptr(duration("4h")), Calendar: "office"}}
	case "resolution_time":
		target := ptr(duration("2d"))
		return []Parameters{
			&ResolutionTime{Target: target, Of: resolutionFull},
			&ResolutionTime{Target: target, Calendar: "office"},
			&ResolutionTime{Target: target, Calendar: "office", Of: resolutionFull},
			&ResolutionTime{Cohort: cohortCreated},
			&ResolutionTime{Cohort: cohortCreated, Calendar: "office"},
		}
	}
	return nil
}

func entityTables() string {
	kinds := map[Kind]string{Time: "time", Number: "number", Flag: "yes or no", Name: "text"}
	var b strings.Builder
	for _, e := range Entities() {
		fmt.Fprintf(&b, "**`%s`**: %s\n\n| role | | holds | what |\n|---|---|---|---|\n", e.Name, e.Help)
		for _, r := range e.Roles {
			required := "optional"
			if r.Required {
				required = "required"
			}
			fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", r.Role, required, kinds[r.Kind], r.Help)
		}
		b.WriteString("\n")
	}
	return b.String()
}
