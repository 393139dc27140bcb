package examples_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The stand-ins for the programs that load.sh calls. That for promtool makes as
// many blocks as it is told, under names that were never there, as the real one
// does. The others count their calls, and at a given one kill the script, before
// they do what they are called for or after.
const (
	standInPromtool = `#!/bin/sh
[ "$1 $2 $4" = "tsdb create-blocks-from openmetrics" ] || exit 2
for i in $(seq "$BLOCKS"); do
	block=$(mktemp -d "$6/01XXXXXXXX")
	echo "{\"block\": $i}" >"$block/meta.json"
done
`
	standIn = `#!/bin/sh
calls=$(cat "$COUNT" 2>/dev/null || echo 0)
calls=$((calls + 1))
echo "$calls" >"$COUNT"
if [ "$calls.before" = "$KILL" ]; then
	kill -9 "$PPID"
	exit 1
fi
"REAL" "$@" || exit
if [ "$calls.after" = "$KILL" ]; then
	kill -9 "$PPID"
fi
`
)

// loader runs load.sh with stand-ins.
type loader struct {
	tools, past, data, count string
}

func newLoader(t *testing.T) *loader {
	t.Helper()
	l := &loader{tools: t.TempDir(), data: filepath.Join(t.TempDir(), "the data")}
	l.past, l.count = filepath.Join(l.tools, "past.om"), filepath.Join(l.tools, "count")
	if err := os.Mkdir(l.data, 0o700); err != nil {
		t.Fatal(err)
	}
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(l.tools, name), []byte(text), 0o700); err != nil { //nolint:gosec // programs are run
			t.Fatal(err)
		}
	}
	write("past.om", "# EOF\n")
	write("promtool", standInPromtool)
	for _, name := range []string{"mv", "rm", "mkdir", "touch"} {
		path, err := exec.LookPath(name)
		if err != nil {
			t.Fatal(err)
		}
		write(name, strings.ReplaceAll(standIn, "REAL", path))
	}
	return l
}

// run runs the script, which is killed at a call of a program if one is given. It
// says what it printed, and the number of calls.
func (l *loader) run(t *testing.T, blocks int, kill string) (said string, calls int, err error) {
	t.Helper()
	if err := os.RemoveAll(l.count); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "sh", "compose/load.sh", l.past, l.data)
	cmd.Env = append(os.Environ(), "PATH="+l.tools+":"+os.Getenv("PATH"), "COUNT="+l.count, "KILL="+kill, fmt.Sprintf("BLOCKS=%d", blocks))
	out, err := cmd.CombinedOutput()
	if text, readErr := os.ReadFile(l.count); readErr == nil {
		_, _ = fmt.Sscan(string(text), &calls)
	}
	return string(out), calls, err
}

// loaded are the blocks that Prometheus finds, by their content.
func (l *loader) loaded(t *testing.T) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(l.data, "01*", "meta.json"))
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]int{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		found[strings.TrimSpace(string(text))]++
	}
	return fmt.Sprint(found)
}

func (l *loader) leaves(t *testing.T) []string {
	t.Helper()
	var left []string
	entries, err := os.ReadDir(l.data)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), "01") {
			left = append(left, e.Name())
		}
	}
	return left
}

// Wherever a load is killed, the next one loads each block once.
func TestALoadThatIsKilledIsEndedByTheNext(t *testing.T) {
	t.Parallel()
	const all = "map[{\"block\": 1}:1 {\"block\": 2}:1 {\"block\": 3}:1]"
	_, calls, err := newLoader(t).run(t, 3, "")
	if err != nil || calls < 6 {
		t.Fatalf("a load that nothing disturbs calls %d programs: %v", calls, err)
	}
	for call := 1; call <= calls; call++ {
		for _, when := range []string{"before", "after"} {
			t.Run(fmt.Sprintf("killed %s call %d", when, call), func(t *testing.T) {
				t.Parallel()
				l := newLoader(t)
				if said, _, err := l.run(t, 3, fmt.Sprintf("%d.%s", call, when)); err == nil {
					t.Fatalf("it was not killed, and said\n%s", said)
				}
				for _, start := range []string{"next", "second next"} {
					said, _, err := l.run(t, 3, "")
					if err != nil {
						t.Fatalf("at the %s start: %v\n%s", start, err, said)
					}
					if got := l.loaded(t); got != all {
						t.Errorf("after the %s start the blocks are %s", start, got)
					}
					if left := l.leaves(t); len(left) != 1 || left[0] != "cx-past-loaded" {
						t.Errorf("after the %s start there are %q", start, left)
					}
				}
			})
		}
	}
}

func TestALoadOfNothingIsNotTakenForALoad(t *testing.T) {
	t.Parallel()
	l := newLoader(t)
	said, _, err := l.run(t, 0, "")
	if exit, ok := errors.AsType[*exec.ExitError](err); !ok || exit.ExitCode() != 1 || !strings.Contains(said, "no blocks") {
		t.Errorf("without blocks it ends with %v, and says %q", err, said)
	}
	if said, _, err := l.run(t, 2, ""); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	if got := l.loaded(t); got != "map[{\"block\": 1}:1 {\"block\": 2}:1]" {
		t.Errorf("the blocks are %s", got)
	}
}
