package examples_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/cx-exporter/cx-exporter/internal/testdb"
)

// service is what the stack says of one of its containers, in fields of the
// Compose specification.
type service struct {
	Image, Build, User, Restart string
	ReadOnly                    bool     `yaml:"read_only"`
	CapDrop                     []string `yaml:"cap_drop"`
	SecurityOpt                 []string `yaml:"security_opt"`
	NetworkMode                 string   `yaml:"network_mode"`
	Entrypoint, Command         []string
	Volumes, Tmpfs, Ports       []string
	Environment                 map[string]string
	DependsOn                   map[string]struct{ Condition string } `yaml:"depends_on"`
	Healthcheck                 struct {
		Test              []string
		Interval, Timeout string
		Retries           int
	}
}

var pinned = regexp.MustCompile(`^[a-z]+/[a-z]+:v?\d+\.\d+\.\d+$`)

// The services of the stack are locked, find what they mount, and name flags that
// there are.
func TestTheStackHoldsTogether(t *testing.T) {
	t.Parallel()
	var stack struct {
		Name     string
		Locked   service `yaml:"x-locked"`
		Once     service `yaml:"x-once"`
		Services map[string]service
		Volumes  map[string]any
	}
	read(t, "compose/compose.yml", &stack)
	program := testdb.Program(t)
	for name, s := range stack.Services {
		if s.User == "" || strings.HasPrefix(s.User, "0") || !s.ReadOnly || !slices.Contains(s.CapDrop, "ALL") || !slices.Contains(s.SecurityOpt, "no-new-privileges:true") {
			t.Errorf("%s is not locked: %+v", name, s)
		}
		if s.Image == "cx-exporter" {
			knowsFlags(t, program, s.Command)
		} else if !pinned.MatchString(s.Image) {
			t.Errorf("%s has the image %s, which is not pinned", name, s.Image)
		}
		if len(s.Healthcheck.Test) == 0 && s.Restart != "no" {
			t.Errorf("%s is not looked after", name)
		} else if len(s.Healthcheck.Test) > 1 && s.Healthcheck.Test[1] == "/bin/cx-exporter" {
			knowsFlags(t, program, s.Healthcheck.Test[2:])
		}
		for other, d := range s.DependsOn {
			o := stack.Services[other]
			if ok := d.Condition == "service_healthy" && len(o.Healthcheck.Test) > 0 || d.Condition == "service_completed_successfully" && o.Restart == "no"; !ok {
				t.Errorf("%s waits for %s, which never is %q", name, other, d.Condition)
			}
		}
		for _, port := range s.Ports {
			if !strings.HasPrefix(port, "127.0.0.1:") {
				t.Errorf("%s listens at %s, not on this machine only", name, port)
			}
		}
		for _, volume := range s.Volumes {
			from, rest, _ := strings.Cut(volume, ":")
			if _, declared := stack.Volumes[from]; declared {
				continue
			}
			if _, err := os.Stat(filepath.Join("compose", from)); err != nil || !strings.HasSuffix(rest, ":ro") {
				t.Errorf("%s mounts %s: %v", name, volume, err)
			}
		}
	}
	if len(stack.Services) != 6 {
		t.Errorf("there are %d services", len(stack.Services))
	}
}

// The unit is read by systemd, and its command line by the program.
func TestTheUnitIsRight(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile("systemd/cx-exporter.service")
	if err != nil {
		t.Fatal(err)
	}
	line := regexp.MustCompile(`(?m)^ExecStart=(\S+) (.*)$`).FindSubmatch(content)
	if line == nil {
		t.Fatal("the unit starts nothing")
	}
	program := testdb.Program(t)
	knowsFlags(t, program, strings.Fields(string(line[2])))
	tool, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("this machine has no systemd-analyze")
	}
	unit := filepath.Join(t.TempDir(), "cx-exporter.service")
	if err := os.WriteFile(unit, []byte(strings.ReplaceAll(string(content), string(line[1]), program)), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), tool, "verify", unit).CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("systemd-analyze verify: %v\n%s", err, out)
	}
}
