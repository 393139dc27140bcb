package app_test

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"
)

const module = "github.com/cx-exporter/cx-exporter/"

// imports is the architecture: what each package may import besides the
// standard library. A name without a dot is a package of this module.
var imports = map[string][]string{
	"internal/kpi":           {},
	"internal/stats":         {"gonum.org/v1/gonum"},
	"internal/calendar":      {"internal/kpi", "github.com/netresearch/go-cron"},
	"internal/facts":         {"internal/kpi", "internal/stats", "internal/calendar"},
	"collectors":             {"internal/kpi", "internal/stats", "internal/calendar", "internal/facts"},
	"internal/formula":       {"internal/kpi", "github.com/expr-lang/expr"},
	"config":                 {"collectors", "internal/kpi", "internal/calendar", "internal/facts", "internal/formula", "gopkg.in/yaml.v3"},
	"alerts":                 {"config", "internal/kpi", "internal/stats", "github.com/prometheus/common/helpers", "gopkg.in/yaml.v3"},
	"dashboards":             {"config", "collectors", "internal/kpi"},
	"alerts/alertmanager":    {"config", "github.com/prometheus/common"},
	"internal/source":        {"internal/facts", "github.com/lib/pq", "github.com/go-sql-driver/mysql", "modernc.org/sqlite"},
	"internal/exporter":      {"config", "collectors", "internal/kpi", "internal/formula", "internal/calendar", "internal/stats", "internal/facts", "internal/source", "github.com/prometheus/client_model", "github.com/prometheus/common", "golang.org/x/sync"},
	"internal/packing":       {},
	"internal/board":         {"alerts", "collectors", "internal/exporter", "internal/kpi", "internal/packing"},
	"internal/record":        {"alerts", "internal/exporter", "internal/kpi"},
	"internal/web":           {"internal/exporter", "internal/packing", "internal/record", "github.com/prometheus/client_golang", "github.com/prometheus/common"},
	"internal/openmetrics":   {"github.com/prometheus/client_model"},
	"internal/demo":          {"modernc.org/sqlite"},
	"internal/testdb":        {"github.com/lib/pq", "github.com/go-sql-driver/mysql", "modernc.org/sqlite"},
	"internal/testdb/oracle": {"internal/kpi", "internal/calendar"},
	"internal/app":           {"alerts", "config", "collectors", "internal", "github.com/prometheus/client_golang", "github.com/prometheus/exporter-toolkit", "golang.org/x/sync"},
	"cmd/cx-exporter":        {"alerts", "dashboards", "config", "internal", "github.com/alecthomas/kingpin/v2", "github.com/mattn/go-isatty", "github.com/schollz/progressbar/v3", "github.com/prometheus/common", "github.com/prometheus/exporter-toolkit"},
}

// clockReaders are the packages that may ask what time it is. internal/source
// sets I/O deadlines, which the operating system takes as instants.
var clockReaders = []string{"cmd/cx-exporter", "internal/app", "internal/source", "internal/testdb"}

type goPackage struct {
	Dir        string
	ImportPath string
	Doc        string
	Imports    []string
	GoFiles    []string
}

func packages(t *testing.T) []goPackage {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=Dir,ImportPath,Doc,Imports,GoFiles", "./...")
	cmd.Dir = filepath.Join("..", "..")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []goPackage
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p goPackage
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

func TestPackagesImportOnlyWhatTheArchitectureAllows(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		name := strings.TrimPrefix(p.ImportPath, module)
		if len(p.GoFiles) == 0 {
			continue // tests only
		}
		allowed, ok := imports[name]
		unused := slices.Clone(allowed)
		if !ok {
			t.Errorf("%s is not in the import table: add it here and to the architecture in docs/architecture.md", name)
			continue
		}
		for _, i := range p.Imports {
			if first, _, _ := strings.Cut(i, "/"); !strings.Contains(first, ".") {
				continue // the standard library
			}
			short := strings.TrimPrefix(i, module)
			if strings.HasPrefix(short, "internal/testdb") && !strings.HasPrefix(name, "internal/testdb") {
				t.Errorf("%s imports %s, which is for tests only", name, short)
			}
			covers := func(a string) bool {
				return short == a || strings.HasPrefix(short, a+"/") && a != "internal/testdb"
			}
			if !slices.ContainsFunc(allowed, covers) {
				t.Errorf("%s may not import %s", name, short)
			}
			unused = slices.DeleteFunc(unused, covers)
		}
		for _, a := range unused {
			t.Errorf("%s does not import %s: take it out of the import table", name, a)
		}
	}
}

// The linter knows the same table.
func TestTheLinterKnowsTheArchitecture(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile(filepath.Join("..", "..", ".golangci.yml"))
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Linters struct {
			Settings struct {
				Depguard struct {
					Rules map[string]struct {
						Files []string
						Mode  string `yaml:"list-mode"`
						Allow []string
					}
				}
			}
		}
	}
	if err := yaml.Unmarshal(content, &file); err != nil {
		t.Fatal(err)
	}
	rules := map[string][]string{}
	for _, r := range file.Linters.Settings.Depguard.Rules {
		if r.Mode == "strict" {
			rules[strings.TrimSuffix(strings.TrimPrefix(r.Files[0], "**/"), "/*.go")] = r.Allow
		}
	}
	want := map[string][]string{}
	for name, allowed := range imports {
		want[name] = []string{"$gostd"}
		for _, a := range allowed {
			if first, _, _ := strings.Cut(a, "/"); !strings.Contains(first, ".") {
				a = module + a
			}
			want[name] = append(want[name], a)
		}
	}
	if diff := cmp.Diff(want, rules); diff != "" {
		t.Errorf("depguard in .golangci.yml and the import table differ (-table +linter):\n%s", diff)
	}
}

func TestEveryPackageSaysWhatItIs(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		if len(p.GoFiles) > 0 && p.Doc == "" {
			t.Errorf("%s has no package comment", p.ImportPath)
		}
	}
}

func TestOnlyTheOutsideReadsTheClock(t *testing.T) {
	t.Parallel()
	readers := []string{"Now", "Since", "Until"}
	for _, p := range packages(t) {
		name := strings.TrimPrefix(p.ImportPath, module)
		if slices.Contains(clockReaders, name) {
			continue
		}
		for _, file := range p.GoFiles {
			fset := token.NewFileSet()
			f, err := parser.ParseFile(fset, filepath.Join(p.Dir, file), nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(f, func(n ast.Node) bool {
				if s, ok := n.(*ast.SelectorExpr); ok {
					if x, ok := s.X.(*ast.Ident); ok && x.Name == "time" && slices.Contains(readers, s.Sel.Name) {
						t.Errorf("%s reads the clock by time.%s: it must be given the instant", fset.Position(s.Pos()), s.Sel.Name)
					}
				}
				return true
			})
		}
	}
}
