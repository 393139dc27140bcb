package browser_test

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/testdb"
)

// patience bounds every wait. It is far more than anything here takes: the
// machine may be busy.
const patience = 5 * time.Minute

// shipped is the program as it is shipped. All tests run the same.
var shipped = struct {
	once sync.Once
	dir  string
	err  error
}{}

func TestMain(m *testing.M) {
	code := m.Run()
	if shipped.dir != "" {
		_ = os.RemoveAll(shipped.dir)
	}
	os.Exit(code)
}

// program builds the program, which is quick where it has been built before.
func program(t *testing.T) string {
	t.Helper()
	shipped.once.Do(func() {
		if shipped.dir, shipped.err = os.MkdirTemp("", "cx-browser-"); shipped.err != nil {
			return
		}
		build := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", shipped.dir, "../../cmd/cx-exporter")
		build.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := build.CombinedOutput(); err != nil {
			shipped.err = fmt.Errorf("go build: %w\n%s", err, out)
		}
	})
	if shipped.err != nil {
		t.Fatal(shipped.err)
	}
	return filepath.Join(shipped.dir, "cx-exporter")
}

// exporter is a running one.
type exporter struct {
	*testdb.Service
	t *testing.T
}

// serve starts the program with a configuration.
func serve(t *testing.T, cx string) *exporter {
	t.Helper()
	path := program(t)
	return &exporter{testdb.StartService(t, "the exporter", "/-/healthy", map[string]string{"cx.yml": cx}, func(dir, address string) []string {
		return []string{path, "serve", "--config.file=" + filepath.Join(dir, "cx.yml"), "--web.listen-address=" + address}
	}), t}
}

// get is the answer to a request.
func (e *exporter) get(path string) (status int, text string) {
	e.t.Helper()
	status, text, err := e.Ask(e.t.Context(), http.MethodGet, path, "")
	if err != nil {
		e.t.Fatal(err)
	}
	return status, text
}

// eventually waits until a check finds nothing.
func eventually(t *testing.T, what string, check func() error) {
	t.Helper()
	begun := time.Now()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	deadline := time.NewTimer(patience)
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
			t.Fatalf("not within %s: %s: %v", patience, what, err)
		}
	}
}
