package testdb

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// Program builds the program as it is shipped (static and stripped, without the
// race detector) and returns its path. It is quick where it has been built before.
func Program(t testing.TB) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "cx-exporter")
	build := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-ldflags=-s -w", "-o", path, "github.com/cx-exporter/cx-exporter/cmd/cx-exporter")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return path
}

// Eventually asks a check again and again until it finds nothing, and fails the
// test with what it found last when that takes too long.
func Eventually(t testing.TB, within time.Duration, what string, check func() error) {
	t.Helper()
	begun := time.Now()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	deadline := time.NewTimer(within)
	defer deadline.Stop()
	for {
		err := check()
		if err == nil {
			t.Logf("%5.1f s until %s", time.Since(begun).Seconds(), what)
			return
		}
		select {
		case <-tick.C:
		case <-deadline.C:
			t.Fatalf("not within %s: %s: %v", within, what, err)
		}
	}
}
