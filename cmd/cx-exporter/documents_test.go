package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/cx-exporter/cx-exporter/config"
)

// root is the repository.
var root = filepath.Join("..", "..")

func TestEveryExampleLoads(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join(root, "examples", "*", "cx.yml"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 2 {
		t.Fatalf("only %d examples were found", len(files))
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		loads(t, file, string(text))
		if _, err := os.Stat(filepath.Join(filepath.Dir(file), "README.md")); err != nil {
			t.Errorf("the example has no README: %v", err)
		}
	}
}

func TestEveryConfigurationInTheDocumentsLoads(t *testing.T) {
	t.Parallel()
	found := 0
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (strings.HasPrefix(entry.Name(), ".") && path != root || entry.Name() == "testdata"):
			return filepath.SkipDir
		case filepath.Ext(path) != ".md":
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, b := range blocks(string(text)) {
			if strings.Contains("\n"+b.text, "\ncollectors:") {
				found++
				loads(t, fmt.Sprintf("%s, line %d", path, b.line), b.text)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if found == 0 {
		t.Error("no document shows a configuration")
	}
}

// block is a block of YAML in a document.
type block struct {
	text string
	line int
}

// blocks are the blocks of a Markdown text that are marked as YAML, without what
// they are indented by.
func blocks(text string) []block {
	var all []block
	var inside *block
	indent := ""
	for i, line := range strings.Split(text, "\n") {
		word := strings.TrimSpace(line)
		switch {
		case inside == nil && (word == "```yaml" || word == "```yml"):
			inside, indent = &block{line: i + 2}, line[:strings.Index(line, "`")]
		case inside != nil && word == "```":
			all, inside = append(all, *inside), nil
		case inside != nil:
			inside.text += strings.TrimPrefix(line, indent) + "\n"
		}
	}
	return all
}

// files are the values of keys that name a file which must be there.
var files = regexp.MustCompile(`(?m)(\b\w+_file: *)[^\s,}]+`)

// sources are the names of the sources that collectors read.
var sources = regexp.MustCompile(`(?m)^ +source: *(\w+)`)

// complete adds the sources to a configuration that shows collectors alone.
func complete(text string) string {
	if strings.Contains("\n"+text, "\nsources:") {
		return text
	}
	text += "sources:\n"
	seen := map[string]bool{}
	for _, found := range sources.FindAllStringSubmatch(text, -1) {
		if name := found[1]; !seen[name] {
			seen[name] = true
			text += fmt.Sprintf("  - {name: %s, driver: postgres, dsn: host=db}\n", name)
		}
	}
	return text
}

// loads checks that a configuration is valid, on a machine that has its secrets.
func loads(t *testing.T, name, text string) {
	t.Helper()
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("x\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	text = files.ReplaceAllString(complete(text), "${1}"+secret)
	environment := func(variable string) (string, bool) {
		if strings.HasSuffix(variable, "_DSN") {
			return "postgres://reader@db/x", true
		}
		return secret, true
	}
	if _, err := config.LoadBytes("cx.yml", []byte(text), environment); err != nil {
		t.Errorf("%s does not load:\n%v", name, err)
	}
}
