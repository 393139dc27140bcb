package examples_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	monitoring "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	apps "k8s.io/api/apps/v1"
	core "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"

	"github.com/cx-exporter/cx-exporter/internal/testdb"
)

// cluster is what the example applies, in the types of those who read it.
type cluster struct {
	namespaces  []core.Namespace
	configs     []core.ConfigMap
	claims      []core.PersistentVolumeClaim
	deployments []apps.Deployment
	services    []core.Service
	monitors    []monitoring.ServiceMonitor
	rules       []monitoring.PrometheusRule
}

// kustomized is the example as kustomize builds it. Every field of it is known to
// Kubernetes or to the operator, and has its type.
func kustomized(t *testing.T) *cluster {
	t.Helper()
	var c cluster
	for _, doc := range strings.Split(string(kustomize(t, "kubernetes")), "\n---\n") {
		var kind struct{ APIVersion, Kind string }
		if err := yaml.Unmarshal([]byte(doc), &kind); err != nil {
			t.Fatalf("%v in\n%s", err, doc)
		}
		switch kind.APIVersion + " " + kind.Kind {
		case "v1 Namespace":
			known(t, doc, &c.namespaces)
		case "v1 ConfigMap":
			known(t, doc, &c.configs)
		case "v1 PersistentVolumeClaim":
			known(t, doc, &c.claims)
		case "v1 Service":
			known(t, doc, &c.services)
		case "apps/v1 Deployment":
			known(t, doc, &c.deployments)
		case "monitoring.coreos.com/v1 ServiceMonitor":
			known(t, doc, &c.monitors)
		case "monitoring.coreos.com/v1 PrometheusRule":
			known(t, doc, &c.rules)
		default:
			t.Errorf("there is a %+v", kind)
		}
	}
	if len(c.namespaces) != 1 || len(c.claims) != 1 || len(c.deployments) != 1 || len(c.services) != 1 || len(c.monitors) != 1 || len(c.rules) != 1 {
		t.Fatalf("there is not one of each: %+v", c)
	}
	return &c
}

// kustomize builds a folder by the real program. It is a module apart from this
// one, which would need thirty others for it.
func kustomize(t *testing.T, folder string) []byte {
	t.Helper()
	var said bytes.Buffer
	cmd := exec.CommandContext(t.Context(), "go", "tool", "-modfile=../.ci/kustomize.mod", "kustomize", "build", folder)
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil || said.Len() > 0 {
		t.Fatalf("kustomize build: %v\n%s", err, &said)
	}
	return out
}

// known adds an object, of which no field may be unknown.
func known[T any](t *testing.T, doc string, to *[]T) {
	t.Helper()
	var v T
	if err := yaml.UnmarshalStrict([]byte(doc), &v); err != nil {
		t.Errorf("%v in\n%.400s", err, doc)
	}
	*to = append(*to, v)
}

// selects reports whether labels have all that a selector asks for, and that it
// asks for something.
func selects(selector, labels map[string]string) bool {
	for name, value := range selector {
		if labels[name] != value {
			return false
		}
	}
	return len(selector) > 0
}

func TestTheClusterFindsWhatItNames(t *testing.T) {
	t.Parallel()
	c := kustomized(t)
	deployment, service, monitor := &c.deployments[0], &c.services[0], &c.monitors[0]
	pod := &deployment.Spec.Template
	if !selects(deployment.Spec.Selector.MatchLabels, pod.Labels) {
		t.Errorf("the Deployment selects %v, but its pods have %v", deployment.Spec.Selector, pod.Labels)
	}
	if !selects(service.Spec.Selector, pod.Labels) {
		t.Errorf("the Service selects %v, but the pods have %v", service.Spec.Selector, pod.Labels)
	}
	if !selects(monitor.Spec.Selector.MatchLabels, service.Labels) {
		t.Errorf("the ServiceMonitor selects %v, but the Service has %v", monitor.Spec.Selector, service.Labels)
	}
	container := &pod.Spec.Containers[0]
	ports := map[string]bool{}
	for _, p := range container.Ports {
		ports[p.Name] = p.ContainerPort == 9926
	}
	served := map[string]bool{}
	for _, p := range service.Spec.Ports {
		served[p.Name] = ports[p.TargetPort.String()]
	}
	for _, e := range monitor.Spec.Endpoints {
		if !served[e.Port] {
			t.Errorf("the ServiceMonitor scrapes the port %s, which leads nowhere", e.Port)
		}
	}
	for name, probe := range map[string]*core.Probe{"/-/healthy": container.LivenessProbe, "/-/ready": container.ReadinessProbe} {
		if probe == nil || probe.HTTPGet == nil || probe.HTTPGet.Path != name || !ports[probe.HTTPGet.Port.String()] {
			t.Errorf("the probe of %s is %+v", name, probe)
		}
	}
	names := []string{deployment.Namespace, service.Namespace, monitor.Namespace, c.claims[0].Namespace, c.rules[0].Namespace}
	for _, m := range c.configs {
		names = append(names, m.Namespace)
	}
	if names = slices.Compact(names); len(names) != 1 || names[0] != c.namespaces[0].Name {
		t.Errorf("the namespaces are %q and %s", names, c.namespaces[0].Name)
	}
}

// What the pod mounts is there, and what its command line names is mounted.
func TestThePodMountsWhatThereIs(t *testing.T) {
	t.Parallel()
	c := kustomized(t)
	pod := &c.deployments[0].Spec.Template.Spec
	container := &pod.Containers[0]
	text, err := os.ReadFile("kubernetes/README.md")
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{} // what is mounted, by name of the volume
	for _, v := range pod.Volumes {
		switch {
		case v.ConfigMap != nil:
			at := slices.IndexFunc(c.configs, func(m core.ConfigMap) bool { return m.Name == v.ConfigMap.Name })
			if at < 0 || c.configs[at].Data["cx.yml"] == "" {
				t.Errorf("there is no ConfigMap %s with a cx.yml", v.ConfigMap.Name)
			}
			files[v.Name] = "cx.yml"
		case v.Secret != nil:
			made := regexp.MustCompile(`create secret generic ` + v.Secret.SecretName + ` --namespace=` + c.namespaces[0].Name + ` \\\n\s+--from-literal=(\w+)=`).FindSubmatch(text)
			if made == nil {
				t.Fatalf("the README does not make the Secret %s", v.Secret.SecretName)
			}
			files[v.Name] = string(made[1])
			if *v.Secret.DefaultMode != 0o440 {
				t.Errorf("the files of the Secret have the mode %o", *v.Secret.DefaultMode)
			}
		case v.PersistentVolumeClaim == nil || v.PersistentVolumeClaim.ClaimName != c.claims[0].Name:
			t.Errorf("there is no volume %+v", v)
		}
	}
	cx, err := os.ReadFile("kubernetes/cx.yml")
	if err != nil {
		t.Fatal(err)
	}
	named := strings.Join(container.Args, "\n") + string(cx)
	for _, m := range container.VolumeMounts {
		if path := filepath.Join(m.MountPath, files[m.Name]); !strings.Contains(named, path) {
			t.Errorf("%s is mounted, but nothing names it in\n%s", path, named)
		}
		if m.ReadOnly == (m.Name == "state") {
			t.Errorf("%s is mounted for reading only: %t", m.Name, m.ReadOnly)
		}
	}
	if len(container.VolumeMounts) != len(pod.Volumes) {
		t.Errorf("of the volumes %+v are mounted %+v", pod.Volumes, container.VolumeMounts)
	}
}

// The pod keeps the restricted standard of Kubernetes, which its namespace asks
// for, and more.
func TestThePodIsLocked(t *testing.T) {
	t.Parallel()
	c := kustomized(t)
	yes, no, nobody := true, false, int64(65534)
	restart := core.FSGroupChangeOnRootMismatch
	pod := &c.deployments[0].Spec.Template.Spec
	if diff := cmp.Diff(&core.PodSecurityContext{
		RunAsNonRoot: &yes, RunAsUser: &nobody, RunAsGroup: &nobody, FSGroup: &nobody, FSGroupChangePolicy: &restart,
		SeccompProfile: &core.SeccompProfile{Type: core.SeccompProfileTypeRuntimeDefault},
	}, pod.SecurityContext); diff != "" {
		t.Errorf("the pod's security (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(&core.SecurityContext{
		AllowPrivilegeEscalation: &no, ReadOnlyRootFilesystem: &yes, Capabilities: &core.Capabilities{Drop: []core.Capability{"ALL"}},
	}, pod.Containers[0].SecurityContext); diff != "" {
		t.Errorf("the container's security (-want +got):\n%s", diff)
	}
	if got := c.namespaces[0].Labels["pod-security.kubernetes.io/enforce"]; got != "restricted" {
		t.Errorf("the namespace enforces %q", got)
	}
	if pod.AutomountServiceAccountToken == nil || *pod.AutomountServiceAccountToken || pod.HostNetwork || pod.HostPID || pod.HostIPC {
		t.Error("the pod is given what it does not need")
	}
	resources := pod.Containers[0].Resources
	if resources.Limits.Memory().IsZero() || resources.Requests.Memory().Cmp(*resources.Limits.Memory()) > 0 || resources.Requests.Cpu().IsZero() {
		t.Errorf("the resources are %+v", resources)
	}
	if d := c.deployments[0].Spec; *d.Replicas != 1 || d.Strategy.Type != apps.RecreateDeploymentStrategyType {
		t.Errorf("there may be two at a time: %+v", d.Strategy)
	}
}

// Rules and boards come as they are, and each board fits into a ConfigMap.
func TestTheClusterHasTheRulesAndTheBoards(t *testing.T) {
	t.Parallel()
	c := kustomized(t)
	printed, err := exec.CommandContext(t.Context(), testdb.Program(t), "rules", "--format=prometheusrule").Output()
	if err != nil {
		t.Fatal(err)
	}
	var rules []monitoring.PrometheusRule
	known(t, string(printed), &rules)
	if diff := cmp.Diff(rules[0].Spec, c.rules[0].Spec); diff != "" {
		t.Errorf("the rules differ from what the program prints (-program +example):\n%s", diff)
	}
	if n := len(c.rules[0].Spec.Groups); n < 3 {
		t.Errorf("there are only %d groups of rules", n)
	}
	boards, err := filepath.Glob("../dashboards/*.json")
	if err != nil || len(boards) < 7 {
		t.Fatalf("the boards are %q: %v", boards, err)
	}
	given := map[string]string{}
	for _, m := range c.configs {
		size := 0
		for name, text := range m.Data {
			size += len(text)
			if m.Labels["grafana_dashboard"] == "1" {
				given[name] = text
			}
		}
		if size == 0 || size > 1<<20 {
			t.Errorf("the ConfigMap %s has %d bytes", m.Name, size)
		}
	}
	for _, file := range boards {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if given[filepath.Base(file)] != string(content) {
			t.Errorf("%s is not given as it is", file)
		}
	}
	if len(given) != len(boards) {
		t.Errorf("%d boards are given, there are %d", len(given), len(boards))
	}
	for _, m := range []map[string]string{c.rules[0].Labels, c.monitors[0].Labels} {
		if m["release"] != "kube-prometheus-stack" {
			t.Errorf("the operator looks for a label that is not in %v", m)
		}
	}
}

// The configuration is right, and the program knows its command line.
func TestTheClusterRunsTheProgram(t *testing.T) {
	t.Parallel()
	c := kustomized(t)
	container := &c.deployments[0].Spec.Template.Spec.Containers[0]
	program := testdb.Program(t)
	if container.Args[0] != "serve" {
		t.Errorf("the arguments are %q", container.Args)
	}
	knowsFlags(t, program, container.Args)
	if container.Image != "registry.example.com/cx-exporter:latest" {
		t.Errorf("the image is %s", container.Image)
	}
	dir := t.TempDir()
	cx, err := os.ReadFile("kubernetes/cx.yml")
	if err != nil {
		t.Fatal(err)
	}
	file, secret := filepath.Join(dir, "cx.yml"), filepath.Join(dir, "helpdesk")
	cx = bytes.ReplaceAll(cx, []byte("/run/secrets/cx-exporter"), []byte(dir))
	for name, content := range map[string]string{file: string(cx), secret: "postgres://cx_exporter:PASSWORD@db.example.com:5432/helpdesk?sslmode=verify-full\n"} {
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := exec.CommandContext(t.Context(), program, "check", "--config.file="+file).CombinedOutput(); err != nil {
		t.Errorf("check: %v\n%s", err, out)
	}
}
