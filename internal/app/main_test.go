package app_test

import (
	"flag"
	"testing"

	"github.com/cx-exporter/cx-exporter/internal/testdb"
)

// parallel is how many of these tests run at once: they wait for intervals to
// pass far more than they compute.
const parallel = "8"

func TestMain(m *testing.M) {
	flag.Parse()
	chosen := false
	flag.Visit(func(f *flag.Flag) { chosen = chosen || f.Name == "test.parallel" })
	if !chosen {
		_ = flag.Set("test.parallel", parallel) // a number, and the flag exists
	}
	testdb.Main(m)
}
