package config

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the golden files and the reference")

// environment is what the fixtures find there.
func environment(name string) (string, bool) {
	values := map[string]string{
		"SHOP_DB":  "shop.db",
		"HELPDESK": "postgres://helpdesk:geheim@db.example.com/helpdesk?sslmode=require",
		"PGPORT":   "6432",
		"PASSWORD": "geheim",
		"FIVE":     "five",
		"ENTITY":   "tickets",
		"COMPARE":  "false",
	}
	value, ok := values[name]
	return value, ok
}

// secretMarker is in every secret of the fixtures.
const secretMarker = "geheim"

func TestGoldenBadFilesExplainThemselves(t *testing.T) {
	t.Parallel()
	files := fixtures(t, "bad")
	if len(files) < 45 {
		t.Errorf("there are only %d bad files", len(files))
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".yml"), func(t *testing.T) {
			t.Parallel()
			_, err := Load(file, environment)
			if err == nil {
				t.Fatal("the file was accepted")
			}
			problems, ok := errors.AsType[*Problems](err)
			if !ok {
				t.Fatalf("the error is no *Problems: %v", err)
			}
			checkPositions(t, problems, file)
			got := strings.ReplaceAll(problems.Error(), filepath.Dir(file)+string(filepath.Separator), "") + "\n"
			if strings.Contains(got, secretMarker) {
				t.Errorf("the message shows a secret:\n%s", got)
			}
			golden(t, strings.TrimSuffix(file, ".yml")+".txt", got)
		})
	}
}

// checkPositions checks that every problem points into the file.
func checkPositions(t *testing.T, problems *Problems, file string) {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	lines := newText(file, content).lines
	for _, p := range problems.List {
		if p.Line < 1 || p.Line > len(lines) || p.Column < 1 || p.Column > len([]rune(lines[p.Line-1]))+1 {
			t.Errorf("the position %d:%d is outside of the file", p.Line, p.Column)
		}
	}
}

func fixtures(t *testing.T, folder string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", folder, "*.yml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no fixtures in %s: %v", folder, err)
	}
	return files
}

// golden compares a text with a file, or writes it there.
func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs; run with -update if that is right (-want +got):\n%s", file, diff)
	}
}
