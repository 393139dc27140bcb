//go:build linux

package examples_test

import (
	"database/sql"
	"errors"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	_ "modernc.org/sqlite" // the driver that the database is written with

	"github.com/cx-exporter/cx-exporter/internal/testdb"
)

// confined runs a command in a tree of files of which nothing can be written to
// but one folder, as nobody, and without a way to more rights: what a container of
// the image is, without what makes containers. The arguments are the tree, the
// folder outside and in the tree, and the command.
const confined = `
set -e
tree=$1 from=$2 to=$3; shift 3
mount --bind "$tree" "$tree"
mount -o remount,bind,ro "$tree"
mount --bind "$from" "$tree$to"
exec setpriv --no-new-privs chroot --userspec=65534:65534 --groups= "$tree" "$@"`

// mayConfine skips a test where the machine does not let it confine anything.
func mayConfine(t *testing.T) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("the tests do not run as root")
	}
	tree := t.TempDir()
	if out, err := exec.CommandContext(t.Context(), "unshare", "--mount", "mount", "--bind", tree, tree).CombinedOutput(); err != nil {
		t.Skipf("nothing can be mounted here: %v: %s", err, out)
	}
}

// surveyed writes a database of answers.
func surveyed(t *testing.T, path string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.ExecContext(t.Context(), `
CREATE TABLE responses (score INTEGER, responded_at TEXT NOT NULL);
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 99)
INSERT INTO responses SELECT 5, datetime('now', '-1 hour') FROM n;`)
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
}

// The program needs no root, no library and no shell, and writes to nothing but
// the folder of its state. This is the image, built by hand as the Dockerfile says.
func TestTheImageRunsAsNobodyOnAReadOnlyFileSystem(t *testing.T) {
	t.Parallel()
	mayConfine(t)
	tree, state := t.TempDir(), t.TempDir()
	for _, dir := range []string{"bin", "etc/cx-exporter", "data", "var/lib/cx-exporter"} {
		if err := os.MkdirAll(filepath.Join(tree, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	program, err := os.ReadFile(testdb.Program(t))
	if err != nil {
		t.Fatal(err)
	}
	cx := `
sources:
  - {name: surveys, driver: sqlite, path: /data/surveys.db}
collectors:
  - {name: answers, source: surveys, table: responses, entity: responses, windows: [7d], kpis: [csat]}
goals:
  - {name: satisfied, type: keep, collector: answers, kpi: csat, window: 7d, target: 80%}
`
	surveyed(t, filepath.Join(tree, "data", "surveys.db"))
	for _, err := range []error{
		os.WriteFile(filepath.Join(tree, "bin", "cx-exporter"), program, 0o755),
		os.WriteFile(filepath.Join(tree, "etc", "cx-exporter", "cx.yml"), []byte(cx), 0o644),
		os.Chmod(tree, 0o755), os.Chmod(state, 0o700), os.Chown(state, 65534, 65534),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	e := testdb.StartService(t, "the exporter", "/-/ready", nil, func(_, address string) []string {
		return []string{
			"unshare", "--mount", "sh", "-c", confined, "sh", tree, state, "/var/lib/cx-exporter",
			"/bin/cx-exporter", "serve", "--config.file=/etc/cx-exporter/cx.yml", "--goals.state-file=/var/lib/cx-exporter/goals.json", "--web.listen-address=" + address,
		}
	})
	book := filepath.Join(state, "goals.json")
	deadline := time.NewTimer(time.Minute)
	defer deadline.Stop()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		info, err := os.Stat(book)
		if err == nil {
			if owner, ok := info.Sys().(*syscall.Stat_t); !ok || owner.Uid != 65534 || owner.Gid != 65534 {
				t.Errorf("the state is owned by %+v", info.Sys())
			}
			break
		}
		select {
		case <-tick.C:
		case <-deadline.C:
			t.Fatalf("it keeps no state: %v", err)
		}
	}
	if status, text, err := e.Ask(t.Context(), http.MethodGet, "/metrics", ""); err != nil || status != http.StatusOK || !strings.Contains(text, "\ncx_csat_ratio{") {
		t.Errorf("/metrics answers %d, %v: %s", status, err, text)
	}
	if status, text, err := e.Ask(t.Context(), http.MethodGet, "/", ""); err != nil || status != http.StatusOK || !strings.Contains(text, "up to date") {
		t.Errorf("/ answers %d, %v: %s", status, err, text)
	}
	e.Stop()
	if log := e.Log(t); strings.Contains(log, "level=ERROR") || strings.Contains(log, "level=WARN") {
		t.Errorf("it complains:\n%s", log)
	}
}
