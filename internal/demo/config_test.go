package demo_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/cx-exporter/cx-exporter/internal/demo"
	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the example's configuration anew")

// TestTheExampleIsWhatTheDemoRuns keeps the embedded configuration and the one
// that people read the same: a package cannot embed a file outside of it.
func TestTheExampleIsWhatTheDemoRuns(t *testing.T) {
	t.Parallel()
	path := filepath.Join("..", "..", "examples", "demo", "cx.yml")
	if *update {
		if err := os.WriteFile(path, demo.Config(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	example, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(demo.Config()), string(example)); diff != "" {
		t.Errorf("examples/demo/cx.yml differs from internal/demo/cx.yml; run the tests of this package with -update:\n%s", diff)
	}
}
