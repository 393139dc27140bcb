package collectors

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"strings"
	"testing"
)

// Evidence that a KPI made by itself, of another one and with bounds of its own,
// would be shown by the other one's rule.
func TestKPIsHaveNoEvidenceOfTheirOwn(t *testing.T) {
	t.Parallel()
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		name := file.Name()
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range parsed.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv != nil && (f.Name.Name == "Interval" || f.Name.Name == "Shown") {
				t.Errorf("%s has a method %s: evidence belongs into internal/stats", name, f.Name.Name)
			}
		}
	}
}
