package main

import (
	"encoding/json"
	"maps"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/record"
	"github.com/cx-exporter/cx-exporter/internal/testdb"
)

// backfills writes weeks of the demo's past, loads them with promtool, and
// compares an instant of them with eval.
func (b *binary) backfills(t *testing.T) {
	dir := t.TempDir()
	db, om := filepath.Join(dir, "company.db"), filepath.Join(dir, "past.om")
	p := b.start(t, nil, "demo", "--keep="+db)
	p.page(t, "/-/ready", "^cx-exporter is ready")
	p.end(t, os.Interrupt)
	run := func(args ...string) []byte {
		t.Helper()
		cmd := exec.Command(b.path, append(args, "--config.file="+filepath.Join(dir, "company.yml"))...)
		cmd.Env = append(os.Environ(), "CX_DEMO_DB="+db)
		var said strings.Builder
		cmd.Stderr = &said
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%v: %v\n%s", args, err, &said)
		}
		if args[0] == "backfill" && !strings.Contains(said.String(), `collector "queue": queue is left out`) {
			t.Errorf("it does not say that a state without history is left out, but %q", &said)
		}
		return out
	}
	to := time.Now().UTC().Truncate(24 * time.Hour)
	at := to.AddDate(0, 0, -14)
	run("backfill", "--from="+to.AddDate(0, 0, -28).Format(time.RFC3339), "--to="+to.Format(time.RFC3339), "--step=168h", "--output="+om)

	load := exec.Command(testdb.Promtool(t), "tsdb", "create-blocks-from", "--max-block-duration=8760h", "openmetrics", om, filepath.Join(dir, "data"))
	if out, err := load.CombinedOutput(); err != nil {
		t.Fatalf("promtool: %v\n%s", err, out)
	}
	content, err := os.ReadFile(om)
	if err != nil {
		t.Fatal(err)
	}
	past := map[string]float64{}
	suffix := " " + strconv.FormatInt(at.Unix(), 10)
	for line := range strings.Lines(string(content)) {
		if series, ok := strings.CutSuffix(strings.TrimSpace(line), suffix); ok {
			name, value, _ := cutLast(series, " ")
			if past[name], err = strconv.ParseFloat(value, 64); err != nil {
				t.Fatal(err)
			}
		}
	}
	var records []record.KPI
	if err := json.Unmarshal(run("eval", "--output=json", "--at="+at.Format(time.RFC3339)), &records); err != nil {
		t.Fatal(err)
	}
	compared := 0
	for _, r := range records {
		if r.Collector == "queue" {
			continue
		}
		for suffix, want := range map[string]*float64{"": r.Value, "_lower": r.Lower, "_upper": r.Upper} {
			name := seriesName(r, suffix)
			got, there := past[name]
			switch {
			case want == nil && there:
				t.Errorf("%s is %v in the past, and not there for eval", name, got)
			case want == nil:
			case !there:
				t.Errorf("%s is not in the past", name)
			case math.Abs(got-*want) > 1e-9*math.Max(1, math.Abs(*want)): // sums of floats in another order
				t.Errorf("%s is %v in the past, and %v for eval", name, got, *want)
			default:
				compared++
			}
		}
	}
	if compared < 5000 {
		t.Errorf("only %d values were compared", compared)
	}
	goals := 0
	for name := range past {
		if strings.HasPrefix(name, "cx_goal_status{") {
			goals++
		}
	}
	if goals < 4*9 {
		t.Errorf("only %d series tell the status of goals", goals)
	}
}

func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

// seriesName is the series of a record as OpenMetrics writes it.
func seriesName(r record.KPI, suffix string) string {
	labels := map[string]string{"collector": r.Collector, "window": r.Window, "dimension": r.Dimension, "segment": r.Segment}
	for name, value := range r.Labels {
		labels[name] = value
	}
	if strings.HasPrefix(r.Metric, "cx_kpi_") { // about a KPI
		labels["kpi"] = r.KPI
	}
	name := r.Metric + suffix
	if r.Dimension != "" {
		name = strings.TrimSuffix(r.Metric, "_by_segment") + suffix + "_by_segment"
	}
	return name + written(labels)
}

// written are labels as they stand behind a name; an empty one is none.
func written(labels map[string]string) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(labels)) {
		if labels[name] != "" {
			parts = append(parts, name+`="`+strings.NewReplacer(`\`, `\\`, "\n", `\n`, `"`, `\"`).Replace(labels[name])+`"`)
		}
	}
	return "{" + strings.Join(parts, ",") + "}"
}
