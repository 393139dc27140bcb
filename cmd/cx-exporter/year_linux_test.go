package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"flag"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/record"
	"github.com/cx-exporter/cx-exporter/internal/testdb"
)

var aYear = flag.Bool("a-year", false, "write a year of the demo's past, load it, and compare 20 days of it with eval; make past does")

// TestAYearOfThePast writes a year of the demo's days, loads them as Prometheus'
// own tool does, and compares twenty of them with what eval and goals say.
func TestAYearOfThePast(t *testing.T) {
	if !*aYear {
		t.Skip("takes minutes; run it by make past")
	}
	const (
		days, compared = 365, 20
		seconds        = 60
		megabytes      = 300
		seed           = 20260101
	)
	b := &binary{path: testdb.Program(t)}
	dir := t.TempDir()
	y := &year{binary: b, file: filepath.Join(dir, "company.yml"), db: filepath.Join(dir, "company.db")}
	p := b.start(t, nil, "demo", "--keep="+y.db)
	p.page(t, "/-/ready", "^cx-exporter is ready")
	p.end(t, os.Interrupt)

	zone, err := time.LoadLocation("Europe/Berlin") // of the demo
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now().In(zone)
	first := time.Date(now.Year(), now.Month(), now.Day()-days, 0, 0, 0, 0, zone)
	last := first.AddDate(0, 0, days)
	past := filepath.Join(dir, "past.om")
	begun := time.Now()
	_, usage := y.run(t, "backfill", "--from="+first.Format(time.RFC3339), "--to="+last.Format(time.RFC3339), "--output="+past)
	took, peak := time.Since(begun), usage.Maxrss/1024
	t.Logf("a year of days took %s, %s of processors, and %d MB of memory", took.Round(100*time.Millisecond),
		(time.Duration(usage.Utime.Nano()) + time.Duration(usage.Stime.Nano())).Round(100*time.Millisecond), peak)
	if took > seconds*time.Second {
		t.Errorf("it took %s, want less than %d s", took, seconds)
	}
	if peak > megabytes {
		t.Errorf("it took %d MB of memory, want less than %d", peak, megabytes)
	}
	begun = time.Now()
	load := exec.Command(testdb.Promtool(t), "tsdb", "create-blocks-from", "--max-block-duration=8760h", "openmetrics", past, filepath.Join(dir, "data"))
	if out, err := load.CombinedOutput(); err != nil {
		t.Fatalf("promtool: %v\n%s", err, out)
	}
	t.Logf("promtool loaded it in %s", time.Since(begun).Round(100*time.Millisecond))

	random := rand.New(rand.NewPCG(seed, 0))
	instants := map[string]time.Time{} // by what stands behind a sample
	for len(instants) < compared {
		at := first.AddDate(0, 0, random.IntN(days+1))
		instants[strconv.FormatInt(at.Unix(), 10)] = at
	}
	file, err := os.Open(past)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	told := samplesAt(t, file, instants)
	n := 0
	for stamp, at := range instants {
		n += y.compare(t, at, told[stamp], stamp)
	}
	t.Logf("%d samples of %d days are equal", n, compared)
	if n < compared*5000 {
		t.Errorf("only %d samples were compared", n)
	}
}

// year is a year of the demo's past.
type year struct {
	*binary
	file, db string
}

func (y *year) run(t *testing.T, args ...string) ([]byte, *syscall.Rusage) {
	t.Helper()
	cmd := exec.Command(y.path, append(args, "--config.file="+y.file)...)
	cmd.Env = append(os.Environ(), "CX_DEMO_DB="+y.db)
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %v\n%s", args, err, &said)
	}
	usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		t.Fatal("the system does not tell what a process used")
	}
	return out, usage
}

// samplesAt are those of some instants, by instant and series.
func samplesAt(t *testing.T, from io.Reader, instants map[string]time.Time) map[string]map[string]float64 {
	t.Helper()
	out := map[string]map[string]float64{}
	lines := bufio.NewScanner(from)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		rest, stamp, ok := cutLast(lines.Text(), " ")
		if _, wanted := instants[stamp]; !ok || !wanted || strings.HasPrefix(rest, "#") {
			continue
		}
		name, value, _ := cutLast(rest, " ")
		x, err := strconv.ParseFloat(value, 64)
		if err != nil {
			t.Fatalf("%q: %v", lines.Text(), err)
		}
		if out[stamp] == nil {
			out[stamp] = map[string]float64{}
		}
		out[stamp][name] = x
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// compare compares what was told of an instant with what eval and goals say. It
// returns how many samples are equal.
func (y *year) compare(t *testing.T, at time.Time, told map[string]float64, stamp string) (equal int) {
	t.Helper()
	text, _ := y.run(t, "eval", "--output=openmetrics", "--at="+at.Format(time.RFC3339))
	want := samplesAt(t, bytes.NewReader(text), map[string]time.Time{stamp: at})[stamp]
	for name, x := range want {
		got, there := told[name]
		switch {
		case strings.Contains(name, `collector="queue"`): // a state without history
		case !there:
			t.Errorf("%s: %s is not in the past; it is %v", at, name, x)
		case math.Abs(got-x) > 1e-9*math.Max(1, math.Abs(x)):
			t.Errorf("%s: %s is %v in the past, and %v for eval", at, name, got, x)
		default:
			equal++
		}
	}
	for name, x := range told {
		if _, there := want[name]; !there && !strings.HasPrefix(name, "cx_goal_") {
			t.Errorf("%s: %s is %v in the past, and nothing for eval", at, name, x)
		}
	}
	text, _ = y.run(t, "goals", "--output=json", "--at="+at.Format(time.RFC3339))
	var goals []record.Goal
	if err := json.Unmarshal(text, &goals); err != nil {
		t.Fatal(err)
	}
	for _, g := range goals {
		found := false
		for name, x := range told {
			if strings.HasPrefix(name, "cx_goal_status{") && strings.Contains(name, `goal="`+g.Goal+`"`) && x == 1 {
				found = true
				if !strings.Contains(name, `status="`+g.Status+`"`) {
					t.Errorf("%s: in the past the goal %s is %s, and %s for goals", at, g.Goal, name, g.Status)
				} else {
					equal++
				}
			}
		}
		if !found {
			t.Errorf("%s: the past knows no status of the goal %s", at, g.Goal)
		}
	}
	return equal
}
