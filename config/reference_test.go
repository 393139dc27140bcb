package config

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/cx-exporter/cx-exporter/collectors"
)

// generated matches the tables of README.md that come from the raw types.
var generated = regexp.MustCompile(`(?s)(<!-- generated: (\w+) -->\n)(.*?)(<!-- end -->)`)

func TestReferenceIsUpToDate(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	sections := map[string]reflect.Type{
		"file": reflect.TypeFor[rawFile](), "global": reflect.TypeFor[rawGlobal](), "source": reflect.TypeFor[rawSource](),
		"calendar": reflect.TypeFor[rawCalendar](),
		"tls":      reflect.TypeFor[rawTLS](), "collector": reflect.TypeFor[rawCollector](), "column": reflect.TypeFor[rawColumn](),
		"events": reflect.TypeFor[rawEvents](),
		"goal":   reflect.TypeFor[rawGoal](), "baseline": reflect.TypeFor[rawBaseline](),
		"formula":  reflect.TypeFor[rawFormula](),
		"alerting": reflect.TypeFor[rawAlerting](), "alertmanager": reflect.TypeFor[rawAlertmanager](), "basicauth": reflect.TypeFor[rawBasicAuth](),
		"authorization": reflect.TypeFor[rawAuthorization](), "oauth2": reflect.TypeFor[rawOAuth2](), "tlsconfig": reflect.TypeFor[rawTLSConfig](),
	}
	v := vocabulary{collectors.Entities(), collectors.Catalogue()}
	written := generated.ReplaceAllStringFunc(string(readme), func(block string) string {
		m := generated.FindStringSubmatch(block)
		section, ok := sections[m[2]]
		if !ok {
			t.Fatalf("README.md wants the section %q", m[2])
		}
		delete(sections, m[2])
		return m[1] + table(section, v) + m[4]
	})
	for name := range sections {
		t.Errorf("README.md lacks the section %q", name)
	}
	golden(t, "README.md", written)
}

// table is the reference of a section.
func table(section reflect.Type, v vocabulary) string {
	var b strings.Builder
	b.WriteString("| key | takes | default | meaning |\n|---|---|---|---|\n")
	fields := fieldsOf(section)
	for _, f := range fields {
		standard := "–"
		for _, other := range fields {
			if slices.Contains(other.with, f.key) {
				standard = "required with " + other.key
			}
		}
		switch {
		case f.fallback != "":
			standard = "`" + f.fallback + "`"
			if inner(f.typ).Kind() == reflect.Slice {
				standard = "`[" + f.fallback + "]`"
			}
		case f.otherwise != "":
			standard = f.otherwise
		case f.required:
			standard = "required"
		case f.one != "":
			standard = "one of these"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", f.key, takes(f, v), standard, f.doc)
	}
	return b.String()
}

// takes is what a key takes, in words and placeholders.
func takes(f field, v vocabulary) string {
	t := inner(f.typ)
	f.typ = t
	limits := ""
	switch {
	case f.min != "" && f.max != "":
		limits = " [" + f.min + " to " + f.max + "]"
	case f.above != "":
		limits = " [above " + f.above + ", below " + f.below + "]"
	case f.min != "" && t.Kind() != reflect.Slice:
		limits = " [at least " + f.min + "]"
	}
	switch t {
	case reflect.TypeFor[dimension]():
		return "`<column>` or a list of them"
	case reflect.TypeFor[amount]():
		return "a number, `95%` or `4h`"
	case reflect.TypeFor[weekHours]():
		return "days of the week, each with a list of `<hours>`"
	case reflect.TypeFor[rawKPI]():
		return "name of a KPI, or `name: {parameters}`"
	case reflect.TypeFor[rawColumn]():
		return "`<column>`, or a section, see [`columns`](#columns)"
	case durationType:
		return "`<duration>`" + limits
	case secretType:
		return "`<secret>`"
	}
	switch t.Kind() {
	case reflect.Struct:
		return "section"
	case reflect.Slice:
		element := f.element(t.Elem())
		if inner(t.Elem()) == reflect.TypeFor[rawTargets]() {
			return "list of `targets: [<target>]`"
		}
		if strings.HasPrefix(inner(t.Elem()).Name(), "raw") && inner(t.Elem()) != reflect.TypeFor[rawKPI]() {
			return "list of sections"
		}
		return "list of " + takes(element, v)
	case reflect.Map:
		if f.key != "columns" {
			return f.key + ": " + takes(f.element(t.Elem()), v)
		}
		return "role: " + takes(f.element(t.Elem()), v)
	case reflect.Bool:
		return "`<boolean>`"
	case reflect.Int:
		return "`<int>`" + limits
	case reflect.Float64:
		return "`<float>`" + limits
	}
	k := kindOf(f, v)
	if len(f.enum) > 0 {
		return "`" + strings.Join(f.enum, "`, `") + "`"
	}
	return "`<" + k.placeholder + ">`"
}

func TestEveryPlaceholderIsExplained(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	head, _, _ := strings.Cut(string(readme), "<!-- generated")
	for _, m := range regexp.MustCompile("`<([a-z]+)>`").FindAllString(string(readme), -1) {
		if !strings.Contains(head, m) {
			t.Errorf("the placeholder %s is not explained", m)
		}
	}
	entities := vocabulary{entities: collectors.Entities()}.entityNames()
	if names := "`" + strings.Join(entities[:len(entities)-1], "`, `") + "` or `" + entities[len(entities)-1] + "`"; !strings.Contains(head, names) {
		t.Errorf("the entities are not %s", names)
	}
}

// Every YAML block of the reference loads. Sections that it leaves out are added.
func TestTheExamplesOfTheReferenceLoad(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	secrets := t.TempDir()
	for _, name := range []string{"helpdesk", "crm", "ca.pem"} {
		if err := os.WriteFile(filepath.Join(secrets, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	variables := map[string]string{
		"SURVEYS_DSN": "postgres://u:p@h/d", "SHOP_EU_DSN": "postgres://u:p@eu/d", "SHOP_US_DSN": "postgres://u:p@us/d",
		"SHOP_PASSWORD": "p", "TZ": "Asia/Kolkata", "DB_HOST": "h", "DB_PORT": "3306",
	}
	lookup := func(name string) (string, bool) { value, ok := variables[name]; return value, ok }
	blocks := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(string(readme), -1)
	if len(blocks) < 8 {
		t.Fatalf("only %d blocks of YAML", len(blocks))
	}
	for _, m := range blocks {
		file := strings.ReplaceAll(m[1], "/run/secrets", secrets)
		if !strings.Contains(file, "sources:\n") {
			for _, name := range []string{"helpdesk", "surveys", "shop", "crm"} {
				if !strings.Contains(file, "\nsources:\n") {
					file += "\nsources:\n"
				}
				file += "  - {name: " + name + ", driver: sqlite, path: x.db}\n"
			}
		}
		if !strings.Contains(file, "collectors:\n") {
			source := regexp.MustCompile(`name: (\w+)`).FindStringSubmatch(file)[1]
			file += "\ncollectors: [{name: c, source: " + source + ", entity: responses, table: t, kpis: [nps]}]\n"
		}
		if _, err := LoadBytes(filepath.Join(secrets, "cx.yml"), []byte(file), lookup); err != nil {
			t.Errorf("%v\nin\n%s", err, m[1])
		}
	}
}

// The message in the reference is the one that is given.
func TestTheMessageOfTheReferenceIsTrue(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	message, err := os.ReadFile(filepath.Join("testdata", "bad", "misspelt-password.txt"))
	if err != nil {
		t.Fatal(err)
	}
	want := strings.ReplaceAll(string(message), "misspelt-password.yml", "cx.yml")
	if !strings.Contains(string(readme), want) {
		t.Errorf("README.md does not contain\n%s", want)
	}
}
