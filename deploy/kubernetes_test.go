package deploy

import (
	"cmp"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	monitoring "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	apps "k8s.io/api/apps/v1"
	core "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// manifests is what kubectl would apply.
type manifests struct {
	deployment apps.Deployment
	service    core.Service
	account    core.ServiceAccount
	claim      core.PersistentVolumeClaim
	configs    map[string]core.ConfigMap
	monitor    monitoring.ServiceMonitor
	rule       monitoring.PrometheusRule
}

// build lets kustomize make the manifests of a folder, and reads each of them by
// the schema of its kind, with no key that the schema does not have.
func build(t *testing.T, folder string) manifests {
	t.Helper()
	all, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), folder)
	if err != nil {
		t.Fatal(err)
	}
	m := manifests{configs: map[string]core.ConfigMap{}}
	kinds := map[string]any{
		"v1 Service":                              &m.service,
		"v1 ServiceAccount":                       &m.account,
		"v1 PersistentVolumeClaim":                &m.claim,
		"apps/v1 Deployment":                      &m.deployment,
		"monitoring.coreos.com/v1 ServiceMonitor": &m.monitor,
		"monitoring.coreos.com/v1 PrometheusRule": &m.rule,
	}
	for _, r := range all.Resources() {
		text, err := r.AsYAML()
		if err != nil {
			t.Fatal(err)
		}
		kind := r.GetApiVersion() + " " + r.GetKind()
		if kind == "v1 ConfigMap" {
			var c core.ConfigMap
			decode(t, r.CurId().String(), string(text), &c)
			m.configs[c.Name] = c
			continue
		}
		into, ok := kinds[kind]
		if !ok {
			t.Fatalf("%s: a second %s, or one that this test does not know", r.CurId(), kind)
		}
		decode(t, r.CurId().String(), string(text), into)
		delete(kinds, kind)
	}
	if folder != "kubernetes/exporter" && len(kinds) > 0 {
		t.Fatalf("%s: without %v", folder, slices.Sorted(maps.Keys(kinds)))
	}
	return m
}

// The exporter alone, with all that watches it, and as somebody would adapt it.
var folders = []string{"kubernetes/exporter", "kubernetes", "kubernetes/example"}

func TestManifestsFindEachOther(t *testing.T) {
	for _, folder := range folders {
		t.Run(folder, func(t *testing.T) {
			m := build(t, folder)
			pod := m.deployment.Spec.Template
			c := container(t, m)

			selects(t, "the Deployment", m.deployment.Spec.Selector.MatchLabels, pod.Labels)
			selects(t, "the Service", m.service.Spec.Selector, pod.Labels)
			if pod.Spec.ServiceAccountName != m.account.Name {
				t.Errorf("the pod is of the account %q, there is %q", pod.Spec.ServiceAccountName, m.account.Name)
			}
			if m.account.AutomountServiceAccountToken == nil || *m.account.AutomountServiceAccountToken {
				t.Error("the pod gets a token that it has no use for")
			}
			if len(m.service.Spec.Ports) != 1 || len(c.Ports) != 1 || m.service.Spec.Ports[0].TargetPort.StrVal != c.Ports[0].Name {
				t.Errorf("the Service sends to %v, the container listens at %v", m.service.Spec.Ports, c.Ports)
			}
			for _, v := range pod.Spec.Volumes {
				switch {
				case v.ConfigMap != nil:
					if _, ok := m.configs[v.ConfigMap.Name]; !ok {
						t.Errorf("volume %s: no ConfigMap %s", v.Name, v.ConfigMap.Name)
					}
				case v.PersistentVolumeClaim != nil:
					if v.PersistentVolumeClaim.ClaimName != m.claim.Name {
						t.Errorf("volume %s: no claim %s", v.Name, v.PersistentVolumeClaim.ClaimName)
					}
				}
			}
			if folder == "kubernetes/exporter" {
				return
			}
			selects(t, "the ServiceMonitor", m.monitor.Spec.Selector.MatchLabels, m.service.Labels)
			if m.monitor.Namespace != m.service.Namespace {
				t.Errorf("the ServiceMonitor looks in %q, the Service is in %q", m.monitor.Namespace, m.service.Namespace)
			}
			if e := m.monitor.Spec.Endpoints; len(e) != 1 || e[0].Port != m.service.Spec.Ports[0].Name {
				t.Errorf("the ServiceMonitor scrapes %v, the Service has %v", e, m.service.Spec.Ports)
			}
		})
	}
}

func TestThePodRunsTheExporterAsItIs(t *testing.T) {
	m := build(t, "kubernetes")
	c := container(t, m)
	checkFlags(t, c.Args, mountPaths(c))
	if got := strconv.Itoa(int(c.Ports[0].ContainerPort)); got != port(t) {
		t.Errorf("the container's port is %s, the exporter listens at %s", got, port(t))
	}
	if got := strconv.Itoa(int(m.service.Spec.Ports[0].Port)); got != port(t) {
		t.Errorf("the Service's port is %s, the exporter's %s", got, port(t))
	}
	if want := "helpdesk_exporter:" + strings.TrimSpace(read(t, top, "VERSION")); c.Image != want {
		t.Errorf("the image is %s, make image builds %s", c.Image, want)
	}
	for name, probe := range map[string]*core.Probe{"startup": c.StartupProbe, "liveness": c.LivenessProbe, "readiness": c.ReadinessProbe} {
		want := "/-/healthy"
		if name == "readiness" {
			want = "/-/ready"
		}
		if probe.HTTPGet.Path != want || probe.HTTPGet.Port.StrVal != c.Ports[0].Name {
			t.Errorf("the %s probe asks %s at %s", name, probe.HTTPGet.Path, probe.HTTPGet.Port.String())
		}
	}
}

// One exporter owns the state, and a user without rights writes nothing else.
func TestThePodKeepsItsStateAndTouchesNothingElse(t *testing.T) {
	m := build(t, "kubernetes")
	d, pod := m.deployment.Spec, m.deployment.Spec.Template
	if *d.Replicas != 1 || d.Strategy.Type != apps.RecreateDeploymentStrategyType {
		t.Errorf("%d replicas, strategy %s: two would want the state at once", *d.Replicas, d.Strategy.Type)
	}
	if s := container(t, m).SecurityContext; !*s.ReadOnlyRootFilesystem {
		t.Error("the root file system is writable")
	}
	user := "USER " + strconv.FormatInt(*pod.Spec.SecurityContext.RunAsUser, 10) + ":" + strconv.FormatInt(*pod.Spec.SecurityContext.RunAsGroup, 10)
	if !strings.Contains(read(t, top, "Dockerfile"), user+"\n") || *pod.Spec.SecurityContext.FSGroup != *pod.Spec.SecurityContext.RunAsGroup {
		t.Errorf("%s, fsGroup %d: not the image's user", user, *pod.Spec.SecurityContext.FSGroup)
	}
	rules, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rules.EvaluatePod(api.LevelVersion{Level: api.LevelRestricted, Version: api.LatestVersion()}, &pod.ObjectMeta, &pod.Spec) {
		if !r.Allowed {
			t.Errorf("the Pod Security Standard `restricted` forbids it: %s: %s", r.ForbiddenReason, r.ForbiddenDetail)
		}
	}
}

func TestConfigurationsInConfigMapsAreValid(t *testing.T) {
	for _, folder := range folders {
		t.Run(folder, func(t *testing.T) {
			m := build(t, folder)
			c := container(t, m)
			config := configOf(t, m)
			file := filepath.Join(t.TempDir(), "config.yml")
			if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
				t.Fatal(err)
			}
			output(t, "--config.file="+file, "--config.check")
			for _, line := range strings.Split(config, "\n") {
				key, path, _ := strings.Cut(strings.TrimSpace(line), ": ")
				if strings.HasSuffix(key, "_file") && !slices.ContainsFunc(mountPaths(c), func(m string) bool { return within(path, m) }) {
					t.Errorf("%s: %s: nothing is mounted there", key, path)
				}
			}
		})
	}
}

func TestEachBoardIsAConfigMap(t *testing.T) {
	m := build(t, "kubernetes")
	var got, want []string
	for _, c := range m.configs {
		if c.Labels["grafana_dashboard"] != "1" {
			continue
		}
		for file, text := range c.Data {
			got = append(got, file)
			if text != read(t, top, "grafana/dashboards", file) {
				t.Errorf("%s: ConfigMap %s has another board", file, c.Name)
			}
			// The API takes no more than a megabyte.
			if len(text) > 1_000_000 {
				t.Errorf("%s: %d bytes do not fit into a ConfigMap", file, len(text))
			}
		}
	}
	for _, file := range glob(t, top, "grafana/dashboards/*.json") {
		want = append(want, filepath.Base(file))
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("grafana/kustomization.yaml has the boards %v, grafana/dashboards %v", got, want)
	}
}

func TestTheOverlayAdaptsAll(t *testing.T) {
	m := build(t, "kubernetes/example")
	if c := container(t, m); !strings.HasPrefix(c.Image, "registry.example/") {
		t.Errorf("the image is still %s", c.Image)
	}
	if !strings.Contains(configOf(t, m), "type: zendesk") {
		t.Error("the configuration is still that of the base")
	}
	for _, l := range []map[string]string{m.monitor.Labels, m.rule.Labels} {
		if l["release"] == "" {
			t.Errorf("no release among the labels %v", l)
		}
	}
	for name, c := range m.configs {
		if c.Namespace != cmp.Or(m.deployment.Namespace, "none") {
			t.Errorf("ConfigMap %s is in %q, the Deployment in %q", name, c.Namespace, m.deployment.Namespace)
		}
	}
}

func container(t *testing.T, m manifests) core.Container {
	t.Helper()
	all := m.deployment.Spec.Template.Spec.Containers
	if len(all) != 1 {
		t.Fatalf("%d containers", len(all))
	}
	return all[0]
}

func mountPaths(c core.Container) []string {
	var all []string
	for _, m := range c.VolumeMounts {
		all = append(all, m.MountPath)
	}
	return all
}

// configOf returns the configuration that the pod is given.
func configOf(t *testing.T, m manifests) string {
	t.Helper()
	for _, v := range m.deployment.Spec.Template.Spec.Volumes {
		if v.ConfigMap != nil {
			return m.configs[v.ConfigMap.Name].Data["config.yml"]
		}
	}
	t.Fatal("no volume is a ConfigMap")
	return ""
}

func selects(t *testing.T, who string, selector, of map[string]string) {
	t.Helper()
	if len(selector) == 0 || !labels.SelectorFromSet(selector).Matches(labels.Set(of)) {
		t.Errorf("%s selects %v and misses %v", who, selector, of)
	}
}
