// Package examples_test checks the examples by the programs that they are for.
package examples_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/cx-exporter/cx-exporter/internal/testdb"
)

// read decodes a YAML file that must hold known fields only.
func read(t *testing.T, file string, into any) {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	dec := yaml.NewDecoder(bytes.NewReader(content))
	dec.KnownFields(true)
	if err := dec.Decode(into); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
}

// knowsFlags asks the program's help for each flag of a command line.
func knowsFlags(t *testing.T, program string, args []string) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), program, args[0], "--help").CombinedOutput()
	if err != nil {
		t.Errorf("%s: %v\n%s", args[0], err, out)
	}
	for _, arg := range args[1:] {
		flag, _, _ := strings.Cut(arg, "=")
		if !strings.HasPrefix(flag, "--") || !regexp.MustCompile(regexp.QuoteMeta(flag)+`[\s=]`).Match(out) {
			t.Errorf("%s has no %s", args[0], flag)
		}
	}
}

// The stack's configurations are taken by the programs that read them.
func TestTheStackIsConfiguredRight(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for from, to := range map[string]string{"compose/prometheus.yml": "prometheus.yml", "../alerts/cx.rules.yml": "cx.rules.yml"} {
		content, err := os.ReadFile(from)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, to), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, cmd := range [][]string{
		{testdb.Promtool(t), "check", "config", filepath.Join(dir, "prometheus.yml")},
		{testdb.Amtool(t), "check-config", "compose/alertmanager.yml"},
	} {
		if out, err := exec.CommandContext(t.Context(), cmd[0], cmd[1:]...).CombinedOutput(); err != nil {
			t.Errorf("%v: %v\n%s", cmd, err, out)
		}
	}
}

// Grafana is provisioned by fields that it knows.
func TestGrafanaIsProvisionedByKnownFields(t *testing.T) {
	t.Parallel()
	var sources struct {
		APIVersion  int `yaml:"apiVersion"`
		Datasources []struct {
			Name, UID, Type, Access, URL string
			IsDefault                    bool `yaml:"isDefault"`
			Editable                     bool
			JSONData                     struct {
				TimeInterval string `yaml:"timeInterval"`
			} `yaml:"jsonData"`
		}
	}
	read(t, "compose/grafana/datasources/prometheus.yml", &sources)
	if len(sources.Datasources) != 1 || sources.APIVersion != 1 || !sources.Datasources[0].IsDefault {
		t.Errorf("the data sources are %+v", sources)
	}
	var boards struct {
		APIVersion int `yaml:"apiVersion"`
		Providers  []struct {
			Name, Folder, Type string
			DisableDeletion    bool `yaml:"disableDeletion"`
			AllowUIUpdates     bool `yaml:"allowUiUpdates"`
			Options            struct{ Path string }
		}
	}
	read(t, "compose/grafana/dashboards/cx.yml", &boards)
	if len(boards.Providers) != 1 || boards.APIVersion != 1 || boards.Providers[0].Options.Path != "/etc/dashboards" {
		t.Errorf("the providers are %+v", boards)
	}
}

// The past is loaded once, also where an earlier try broke off.
func TestThePastIsLoadedOnce(t *testing.T) {
	t.Parallel()
	promtool, data := testdb.Promtool(t), t.TempDir()
	past := filepath.Join(t.TempDir(), "past.om")
	text := "# TYPE cx_nps_score gauge\ncx_nps_score{window=\"30d\"} 31 1735689600\ncx_nps_score{window=\"30d\"} 32 1767225600\n# EOF\n"
	if err := os.WriteFile(past, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(data, "cx-past", "half"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, what := range []string{"the first start", "a later start"} {
		cmd := exec.CommandContext(t.Context(), "sh", "compose/load.sh", past, data)
		cmd.Env = append(os.Environ(), "PROMTOOL="+promtool)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", what, err, out)
		}
		blocks, err := filepath.Glob(filepath.Join(data, "*", "meta.json"))
		if err != nil || len(blocks) != 2 {
			t.Errorf("after %s there are the blocks %q: %v", what, blocks, err)
		}
	}
	if _, err := os.Stat(filepath.Join(data, "cx-past")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("what the load needed is still there: %v", err)
	}
	if err := os.Mkdir(filepath.Join(data, "wal"), 0o700); err != nil { // the dump wants a data folder that was in use
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), promtool, "tsdb", "dump", data).CombinedOutput()
	if err != nil || strings.Count(string(out), "cx_nps_score") != 2 {
		t.Errorf("loaded is %s: %v", out, err)
	}
}

// The image is nothing but the program, which is nobody, and one folder to write
// to.
func TestTheImageIsLocked(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile("../Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	_, last, found := strings.Cut(string(content), "\nFROM scratch\n")
	if !found || strings.Contains(last, "\nFROM ") || strings.Contains(last, "\nRUN ") {
		t.Errorf("the image does not end from scratch:\n%s", content)
	}
	for _, line := range []string{"COPY --from=build --chown=65534:65534 /state /var/lib/cx-exporter", "VOLUME /var/lib/cx-exporter", "USER 65534:65534", `ENTRYPOINT ["/bin/cx-exporter"]`} {
		if !strings.Contains(last, "\n"+line+"\n") {
			t.Errorf("the image lacks %s", line)
		}
	}
}
