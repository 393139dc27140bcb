package browser_test

import (
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/testdb"
)

// patience bounds every wait. It is far more than anything here takes: the
// machine may be busy.
const patience = 5 * time.Minute

// exporter is a running one.
type exporter struct {
	*testdb.Service
	t *testing.T
}

// serve starts the program with a configuration.
func serve(t *testing.T, cx string) *exporter {
	t.Helper()
	path := testdb.Program(t)
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
	testdb.Eventually(t, patience, what, check)
}
