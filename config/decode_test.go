package config

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cx-exporter/cx-exporter/collectors"
	"github.com/cx-exporter/cx-exporter/internal/calendar"
)

// parameters has every sort of key that parameters of KPIs may have.
type parameters struct {
	common
	Text    string               `yaml:"text" doc:"a text"`
	Word    string               `yaml:"word" enum:"a,b" doc:"a word"`
	Flag    bool                 `yaml:"flag" doc:"yes or no"`
	Whole   int                  `yaml:"whole" min:"-3" max:"3" doc:"a number"`
	Small   uint8                `yaml:"small" doc:"a number"`
	Number  float64              `yaml:"number" above:"0" below:"1" doc:"a number"`
	Length  collectors.Duration  `yaml:"length" doc:"a duration"`
	Maybe   *collectors.Duration `yaml:"maybe" doc:"a duration or none"`
	Inner   nested               `yaml:"inner" doc:"a section"`
	List    []int                `yaml:"list" doc:"a list"`
	Mapping map[string]string    `yaml:"mapping" doc:"a mapping"`
	Ignored string               `yaml:"-"`
	Plain   string               // has the key plain
	private string
}

type common struct {
	Shared string `yaml:"shared" doc:"a text that several have"`
}

type nested struct {
	A int `yaml:"a" doc:"a number"`
	B int `yaml:"b" doc:"a number"`
}

// decoded reads a text into parameters that have defaults.
func decoded(t *testing.T, text string) (parameters, *Problems) {
	t.Helper()
	p := parameters{Text: "default", Whole: 2, Number: 0.5, Inner: nested{A: 1, B: 2}, private: "kept"}
	file := newText("cx.yml", []byte(text))
	r := &reporter{text: file}
	if root := parse(file, []byte(text), r); root != nil {
		d := &decoder{reporter: r, lookup: environment}
		good := d.decode(place{node: root}, reflect.ValueOf(&p).Elem(), field{})
		if good != (len(r.list) == 0) {
			t.Errorf("decode reports %v with %d problems:\n%s", good, len(r.list), text)
		}
	}
	problems, _ := errors.AsType[*Problems](r.problems(maskLines(file)))
	return p, problems
}

func TestParametersAreDecodedOntoTheirDefaults(t *testing.T) {
	t.Parallel()
	ptr := func(d time.Duration) *collectors.Duration { c := collectors.Duration(d); return &c }
	standard := parameters{Text: "default", Whole: 2, Number: 0.5, Inner: nested{A: 1, B: 2}, private: "kept"}
	for text, change := range map[string]func(*parameters){
		"{}":                         func(p *parameters) {},
		"text: x":                    func(p *parameters) { p.Text = "x" },
		"text: 2024-01-02":           func(p *parameters) { p.Text = "2024-01-02" },
		"text: yes":                  func(p *parameters) { p.Text = "yes" },
		"text: '<<'":                 func(p *parameters) { p.Text = "<<" },
		"text: ''":                   func(p *parameters) { p.Text = "" },
		"text: a${FIVE}$$":           func(p *parameters) { p.Text = "afive$" },
		"word: b":                    func(p *parameters) { p.Word = "b" },
		"flag: true":                 func(p *parameters) { p.Flag = true },
		"whole: -3":                  func(p *parameters) { p.Whole = -3 },
		"whole: 3.0":                 func(p *parameters) { p.Whole = 3 },
		"whole: 0x2":                 func(p *parameters) { p.Whole = 2 },
		"small: ${PGPORT}1":          nil,
		"small: 255":                 func(p *parameters) { p.Small = 255 },
		"number: 1e-3":               func(p *parameters) { p.Number = 0.001 },
		"number: .5":                 func(p *parameters) { p.Number = 0.5 },
		"length: 1h30m":              func(p *parameters) { p.Length = collectors.Duration(90 * time.Minute) },
		"length: 0":                  func(p *parameters) { p.Length = 0 },
		"maybe: 4h":                  func(p *parameters) { p.Maybe = ptr(4 * time.Hour) },
		"inner: {b: 5}":              func(p *parameters) { p.Inner.B = 5 },
		"inner:":                     func(p *parameters) {},
		"list: [1, 2]":               func(p *parameters) { p.List = []int{1, 2} },
		"list: []":                   func(p *parameters) { p.List = []int{} },
		"list:":                      func(p *parameters) {},
		"mapping: {a: b, c: d}":      func(p *parameters) { p.Mapping = map[string]string{"a": "b", "c": "d"} },
		"shared: s":                  func(p *parameters) { p.Shared = "s" },
		"plain: x":                   func(p *parameters) { p.Plain = "x" },
		"list: &l [1]\nmapping: {}":  func(p *parameters) { p.List = []int{1}; p.Mapping = map[string]string{} },
		"inner: &i {a: 7}\nwhole: 1": func(p *parameters) { p.Inner.A = 7; p.Whole = 1 },
		"\uFEFFtext: x\r\nword: a":   func(p *parameters) { p.Text = "x"; p.Word = "a" },
		"--- \ntext: x\n...\n":       func(p *parameters) { p.Text = "x" },
	} {
		if change == nil {
			continue
		}
		want := standard
		change(&want)
		got, problems := decoded(t, text)
		if problems != nil {
			t.Errorf("%s:\n%v", text, problems)
			continue
		}
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(parameters{}), cmp.AllowUnexported(common{})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
}

func TestWhatIsWrongIsSaidWhereItStands(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"text: 5":                       `1:7 text: expected text, found a number; put it in quotes: "5"`,
		"text: [a]":                     "1:7 text: expected text, found a list",
		"text:":                         "1:1 text: there is no value here; give text, or remove the key",
		"text: ~":                       "1:1 text: there is no value here; give text, or remove the key",
		"text: true":                    `1:7 text: expected text, found true or false; put it in quotes: "true"`,
		"text: ${NONE}":                 "1:7 text: the environment variable NONE is not set",
		"text: ab${NONE}c${ALSO}":       "1:9 text: the environment variable NONE is not set|1:17 text: the environment variable ALSO is not set",
		"text: a${":                     "1:8 text: `${` is not closed; write `${NAME}` for an environment variable, or `$${` for the text itself",
		"text: ${1}":                    "1:7 text: this is not a reference to an environment variable; write `${NAME}` with letters, digits and underscores, or `$${` for the text itself",
		"word: c":                       `1:7 word: unknown word "c"`,
		"word: ${FIVE}":                 "1:7 word: the value of ${FIVE} is unknown",
		"flag: yes":                     "1:7 flag: expected true or false, found text; write `true`",
		"flag: 1":                       "1:7 flag: expected true or false, found a number",
		"flag: ${FIVE}":                 "1:7 flag: the value of ${FIVE} is not true or false",
		"whole: 4":                      "1:8 whole: must be from -3 to 3",
		"whole: 2.5":                    "1:8 whole: expected a whole number, found a number",
		"whole: '2'":                    "1:8 whole: expected a whole number, found text; remove the quotes",
		"whole: {a: 2}":                 "1:8 whole: expected a whole number, found a mapping",
		"whole:":                        "1:1 whole: there is no value here; give a whole number, or remove the key",
		"whole: ${FIVE}":                "1:8 whole: the value of ${FIVE} is not a whole number",
		"whole: ${PGPORT}":              "1:8 whole: must be from -3 to 3",
		"small: 256":                    "1:8 small: expected a whole number, found a number",
		"small: -1":                     "1:8 small: expected a whole number, found a number",
		"number: 1":                     "1:9 number: must be above 0 and below 1",
		"number: .nan":                  "1:9 number: expected a number, found a number",
		"number: .inf":                  "1:9 number: expected a number, found a number",
		"length: 5":                     "1:9 length: expected a duration, found a number; give it a unit, such as 5m or 5h",
		"length: 5x":                    `1:9 length: "5x" is not a duration`,
		"length: ''":                    "1:9 length: is empty; give a duration",
		"length: 1m2h":                  `1:9 length: "1m2h" is not a duration`,
		"length: 90000000000w":          `1:9 length: the duration "90000000000w" is longer than a hundred years`,
		"length: 9w${PGPORT}":           "1:9 length: the value of 9w${PGPORT} is not a duration",
		"maybe: soon":                   `1:8 maybe: "soon" is not a duration`,
		"maybe:":                        "1:1 maybe: there is no value here; give a duration, or remove the key",
		"inner: 5":                      "1:8 inner: expected a mapping of a, b, found a number",
		"inner: {c: 5}":                 `1:9 inner: unknown key "c"`,
		"inner: {a: x, b: y}":           "1:12 inner.a: expected a whole number, found text|1:18 inner.b: expected a whole number, found text",
		"list: 5":                       "1:7 list: expected a list, found a number; write `list: [5]`",
		"list: [1, x, 3, ~]":            "1:11 list[1]: expected a whole number, found text|1:17 list[3]: there is no value here; give a whole number, or remove the key",
		"mapping: [a]":                  "1:10 mapping: expected a mapping, found a list",
		"mapping: {a: [b]}":             "1:14 mapping.a: expected text, found a list",
		"mapping: {a: b, a: c}":         `1:17 the key "a" is given twice; the first is on line 1`,
		"nosuch: 5":                     `1:1 unknown key "nosuch"`,
		"ignored: 5":                    `1:1 unknown key "ignored"`,
		"private: 5":                    `1:1 unknown key "private"`,
		"Text: x":                       `1:1 unknown key "Text"`,
		"5: x":                          `1:1 unknown key "5"`,
		"? [a]\n: b":                    "1:3 a key must be a word",
		"~: x":                          `1:1 unknown key "~"`,
		"text: !!str x":                 "1:7 text: tags are not supported; put text that begins with an exclamation mark in quotes, and remove others",
		"text: !x y":                    "1:7 text: tags are not supported; put text that begins with an exclamation mark in quotes, and remove others",
		"[]":                            "1:1 expected a mapping of shared, text, word, flag, whole, small, number, length, maybe, inner, list, mapping, plain, found a list",
		"x":                             "1:1 expected a mapping of shared, text, word, flag, whole, small, number, length, maybe, inner, list, mapping, plain, found text",
		"":                              "1:1 there is no configuration in the file",
		"a\xffb: c":                     "1:2 the file is not valid UTF-8 here; save it as UTF-8",
		"text: x\n# \x01":               "2:3 the control character U+0001 cannot stand in a YAML file; remove it",
		"text: x\n---\ntext: y":         "2:1 a second document begins here; a configuration is one document, so remove the line with `---` or put the rest into another file",
		"<<: x":                         "1:5 `<<` merges mappings; write `<<: *name` with the name of an anchor",
		"inner: &i {a: 1}\n<<: [*i, 5]": "1:12 unknown key \"a\"|2:10 `<<` merges mappings; write `<<: *name` with the name of an anchor",
		"&r\ntext: x\n<<: *r":           "3:5 this mapping merges itself",
		"text: x\ntext: y\ntext: z":     `2:1 the key "text" is given twice; the first is on line 1|3:1 the key "text" is given twice; the first is on line 1`,
	} {
		_, problems := decoded(t, text)
		if problems == nil {
			t.Errorf("%s\nwas accepted", text)
			continue
		}
		var got []string
		for _, p := range problems.List {
			path := p.Path
			if path != "" {
				path += ": "
			}
			got = append(got, fmt.Sprintf("%d:%d %s%s", p.Line, p.Column, path, p.Message))
		}
		if diff := cmp.Diff(strings.Split(want, "|"), got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
}

func TestTheNearestWordIsSuggested(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ word, want string }{
		{"intervall", "interval"},
		{"windos", "windows"},
		{"Windows", "windows"},
		{"dimension", "dimensions"},
		{"time_out", "timeout"},
		{"kpi", "kpis"},
		{"itnerval", "interval"},
		{"kps", "kpis"},
		{"x", ""},
		{"", ""},
		{"goals", ""},
		{"nosuchthing", ""},
		{strings.Repeat("interval", 100), ""},
	} {
		if got := nearest(c.word, []string{"interval", "windows", "dimensions", "timeout", "kpis"}); got != c.want {
			t.Errorf("%q: got %q, want %q", c.word, got, c.want)
		}
	}
	for _, c := range []struct{ zone, want string }{
		{"Europe/Berln", "Europe/Berlin"},
		{"europe/berlin", "Europe/Berlin"},
		{"America/New York", "America/New_York"},
		{"utc", "UTC"},
		{"Europe/Bertlin", "Europe/Berlin"},
		{"Asia/Tokio", "Asia/Tokyo"},
		{"Mars/Olympus_Mons", ""},
		{strings.Repeat("x/", 1000), ""},
	} {
		if got := nearestZone(c.zone); got != c.want {
			t.Errorf("%q: got %q, want %q", c.zone, got, c.want)
		}
	}
	for s, want := range map[string]string{"5 minutes": "5m", "10min": "10m", "2 hours": "2h", "1 Day": "1d", "3wk": "3w", "30 sec": "30s", "500ms": "", "5 months": "", "soon": ""} {
		if got := nearestDuration(s); got != want {
			t.Errorf("%q: got %q, want %q", s, got, want)
		}
	}
}

// A small file must not grow without bounds by its aliases.
func TestAliasesCannotBlowUpAFile(t *testing.T) {
	t.Parallel()
	var bomb strings.Builder
	bomb.WriteString("sources: [{name: s, driver: sqlite, path: x}]\ncollectors:\n  - &c {name: c, source: s, entity: responses, table: t, kpis: &k [nps")
	for range 400 {
		bomb.WriteString(", nps")
	}
	bomb.WriteString("]}\n")
	for range 2000 {
		bomb.WriteString("  - *c\n")
	}
	deep := "&a0 {x: 1}"
	for i := range 40 {
		deep = fmt.Sprintf("&a%d {<<: [%s, *a%d, *a%d, *a%d]}", i+1, deep, i, i, i)
	}
	for name, text := range map[string]string{
		"many collectors": bomb.String(),
		"nested merges":   "global: " + deep + "\n",
		"nested lists":    "global: " + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + "\n",
		"itself":          "sources: &a [*a]\ncollectors: &b [{<<: *b, kpis: *b}]\n",
	} {
		start := time.Now()
		if _, err := LoadBytes("cx.yml", []byte(text), environment); err == nil {
			t.Errorf("%s: accepted", name)
		}
		// Without a bound it is hours; with one a second, or many on a busy machine.
		if took := time.Since(start); took > 2*time.Minute {
			t.Errorf("%s: took %s", name, took)
		}
	}
}

func TestManyProblemsAreCutShort(t *testing.T) {
	t.Parallel()
	text := ""
	for i := range 250 {
		text += fmt.Sprintf("key%d: x\n", i)
	}
	_, problems := decoded(t, text)
	if len(problems.List) != maxProblems || problems.More != 150 || !strings.HasSuffix(problems.Error(), "and 150 more problems") {
		t.Errorf("%d problems and %d more", len(problems.List), problems.More)
	}
}

func TestALargeFileIsRefused(t *testing.T) {
	t.Parallel()
	_, problems := decoded(t, "# "+strings.Repeat("x", maxSize)+"\n")
	if problems == nil || !strings.Contains(problems.Error(), "larger than 1024 KiB") {
		t.Errorf("got %v", problems)
	}
}

func TestDefaultsOfKeysAreValid(t *testing.T) {
	t.Parallel()
	r := &reporter{text: newText("", nil)}
	d := &decoder{reporter: r, lookup: environment, vocabulary: vocabulary{collectors.Entities(), collectors.Catalogue()}}
	for _, v := range []any{&rawFile{}, &rawGlobal{}, &rawSource{}, &rawTLS{}, &rawCollector{}, &rawColumn{}} {
		d.fill("", reflect.ValueOf(v).Elem(), field{})
	}
	if len(r.list) > 0 {
		t.Error(r.list)
	}
}

func TestWindowsOfTheConfigurationAreThoseOfTheCalendar(t *testing.T) {
	t.Parallel()
	for _, w := range append(calendar.Names(), "24h", "7d", "4w") {
		if n, ok := checkWindow(w); !ok {
			t.Errorf("%s: %s", w, n.message)
		}
	}
	n, _ := checkWindow("nosuch")
	for word := range strings.SplitSeq(n.message, "`") {
		if windowPattern.MatchString(word) {
			continue
		}
		if !strings.ContainsAny(word, " ,") && word != "" {
			t.Errorf("the calendar knows %q, the configuration does not", word)
		}
	}
}
