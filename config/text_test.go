package config

import (
	"errors"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// A word inside of a text is found in the file however YAML writes the text.
func TestWordsAreFoundInEveryStyleOfText(t *testing.T) {
	t.Parallel()
	for name, file := range map[string]string{
		"plain":                   "a: one two here three\n",
		"plain over lines":        "a: one\n  two\n\n  here three\n",
		"single quotes":           "a: 'it''s ''one'' here two'\n",
		"single quotes, lines":    "a: 'it''s\n   one\n\n   here two'\n",
		"double quotes":           `a: "\"one\"\t\u00e4\x41\U0001F600\\ here two"` + "\n",
		"double quotes, lines":    "a: \"one \\\n  \\  two\\n\n   here three\"\n",
		"literal":                 "a: |\n  one\n   two\n\n  x here three\n",
		"literal with a comment":  "a: |-   # here is a comment\n\n    one\n  \n    here\nb: here\n",
		"literal with an indent":  "a: |2+\n    one\n  here two\n\n",
		"folded":                  "a: >-\n  one\n  two\n    more\n\n  here three\n",
		"flow":                    "{a: one here two, b: here}\n",
		"flow in quotes":          "{b: [here], a: \"one here\"}\n",
		"with an anchor":          "a: &name 'one here'\nb: *name\n",
		"anchor before a literal": "a: &name |\n  one here\n",
		"wide characters":         "a: 'größe 日本 here x'\n",
		"after other keys":        "b: [1, 2]\na: one, here\nc: 3\n",
		"with a carriage return":  "b: 1\r\na: |\r\n  one\r\n  two here\r\n",
		"unicode line ends":       "b: \"x\u2028  y\"\na: one here\n",
		"a question mark":         "? a\n: one here\n",
		"first character":         "a: here\n",
	} {
		text := newText("cx.yml", []byte(file))
		docs, err := documents([]byte(file))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var scalar *yaml.Node
		root := docs[0].Content[0]
		for i := 0; i < len(root.Content); i += 2 {
			if root.Content[i].Value == "a" {
				scalar = root.Content[i+1]
			}
		}
		from := strings.Index(scalar.Value, "here")
		if from < 0 {
			t.Fatalf("%s: the text is %q", name, scalar.Value)
		}
		line, column, length := text.find(scalar, from, from+4)
		runes := []rune(text.line(line))
		if got := string(runes[column-1 : column-1+length]); got != "here" {
			t.Errorf("%s: found %q at %d:%d", name, got, line, column)
		}
		if line, column, _ := text.find(scalar, 0, 0); line != scalar.Line || column != scalar.Column {
			t.Errorf("%s: the whole is at %d:%d", name, line, column)
		}
	}
}

func TestTheWholeOfAValueIsUnderlined(t *testing.T) {
	t.Parallel()
	for file, want := range map[string]string{
		"a: one two # three\n":  "one two",
		"a: 'one '' two' # x\n": "'one '' two'",
		"a: \"one\\\"\"\n":      `"one\""`,
		"a: ''\n":               "''",
		"a: [b, c]\n":           "[",
		"{a: x, b: y}\n":        "x",
		"a: one\n  two\n":       "one",
		"a: |\n  one\n":         "|",
	} {
		text := newText("cx.yml", []byte(file))
		docs, err := documents([]byte(file))
		if err != nil {
			t.Fatal(err)
		}
		line, column, length := text.find(docs[0].Content[0].Content[1], 0, 0)
		if got := string([]rune(text.line(line))[column-1 : column-1+length]); got != want {
			t.Errorf("%s: got %q, want %q", file, got, want)
		}
	}
}

func TestLongLinesAreCutAroundTheProblem(t *testing.T) {
	t.Parallel()
	for _, before := range []int{0, 10, 60, 300} {
		line := strings.Repeat("x ", before) + "here " + strings.Repeat("y ", 200)
		p := Problem{Line: 1, source: line, caret: before * 2, length: 4}
		lines := strings.Split(p.String(), "\n")
		caret := utf8.RuneCountInString(lines[2][:strings.Index(lines[2], "^")])
		if got := string([]rune(lines[1])[caret : caret+4]); got != "here" || strings.Count(lines[2], "^") != 4 {
			t.Errorf("after %d words the caret is below %q:\n%s", before, got, p)
		}
		if n := utf8.RuneCountInString(lines[1]); n > 120 {
			t.Errorf("the line has %d characters", n)
		}
	}
}

func TestTabsKeepTheCaretInItsPlace(t *testing.T) {
	t.Parallel()
	p := Problem{File: "cx.yml", Line: 3, Column: 3, Message: "oops", source: "a\tb", caret: 2, length: 1}
	if want := "cx.yml:3:3: oops\n    3 | a\tb\n      |  \t^"; p.String() != want {
		t.Errorf("got\n%s\nwant\n%s", p, want)
	}
}

func TestSyntaxErrorsAreOnTheLineThatIsWrong(t *testing.T) {
	t.Parallel()
	head := strings.Repeat("# a comment\n", 40) + "list: [a,\n  b]\n"
	tail := "\nx: 1\n" + strings.Repeat("# more\n", 30)
	for broken, line := range map[string]int{
		"a:\n  b: 1\n c: 2":                 45,
		"a:\n  - b\n  c: 2":                 45,
		"a: b: c":                           43,
		"a: [b, c\nd: e":                    43,
		"a: {b: c\nd: e":                    43,
		"a: @b":                             43,
		"a: 'b":                             43,
		"a: \"\\q\"":                        43,
		"a: 1\nb: *nosuch":                  44,
		"a: 1\nb\nc: 2":                     44,
		"a: 1\n\tb: 2":                      44,
		"a:\n  - b: 1\n    c: 2\n   d: 3":   46,
		"a: 1\n- b":                         44,
		"a: \"b\" c":                        43,
		"a: % b":                            43,
		"a: ]":                              43,
		"a: >x\n  b":                        43,
		"a: 1\n--- x\nb: 2\n  c: 3\n--- y:": 45,
	} {
		content := head + broken + tail
		file := newText("cx.yml", []byte(content))
		r := &reporter{text: file}
		if parse(file, []byte(content), r) != nil {
			t.Errorf("%q was accepted", broken)
			continue
		}
		if got := r.list[0].Line; got != line {
			t.Errorf("%q: on line %d (%s), want %d", broken, got, r.list[0].Message, line)
		}
	}
}

// Whatever a file holds, loading it ends, and if it is refused, the problems
// point into it.
func FuzzLoad(f *testing.F) {
	for _, folder := range []string{"good", "bad"} {
		files, err := os.ReadDir("testdata/" + folder)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range files {
			if !strings.HasSuffix(file.Name(), ".yml") {
				continue
			}
			content, err := os.ReadFile("testdata/" + folder + "/" + file.Name())
			if err != nil {
				f.Fatal(err)
			}
			f.Add(content)
		}
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		c, err := LoadBytes("testdata/good/cx.yml", content, environment)
		if err == nil {
			for _, x := range c.Collectors {
				if len(x.KPIs) == 0 || len(x.Sources) == 0 || len(x.Windows) == 0 || x.Schedule.Interval <= 0 || x.Timeout <= 0 || x.MaxAge <= 0 ||
					(x.Relation.Table == "") == (x.Relation.Query == "") || x.Digest == "" {
					t.Fatalf("an incomplete collector was accepted: %+v", x)
				}
			}
			return
		}
		problems, ok := errors.AsType[*Problems](err)
		if !ok || len(problems.List) == 0 {
			t.Fatalf("refused without a problem: %v", err)
		}
		lines := newText("", content).lines
		for _, p := range problems.List {
			if p.Line < 1 || p.Line > len(lines) || p.Column < 1 || p.Column > utf8.RuneCountInString(lines[p.Line-1])+1 || p.Message == "" {
				t.Fatalf("the problem is not in the file: %+v", p)
			}
		}
		if problems.Error() == "" {
			t.Fatal("nothing is told")
		}
	})
}
