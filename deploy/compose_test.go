package deploy

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"
)

// project reads compose.yml, and what overrides it, by their schema.
func project(t *testing.T, overrides ...types.ConfigFile) *types.Project {
	t.Helper()
	folder, err := filepath.Abs(top)
	if err != nil {
		t.Fatal(err)
	}
	p, err := loader.LoadWithContext(t.Context(), types.ConfigDetails{
		WorkingDir:  folder,
		ConfigFiles: append([]types.ConfigFile{{Filename: filepath.Join(folder, "compose.yml")}}, overrides...),
		Environment: types.Mapping{},
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestComposeIsContainedAndLocal(t *testing.T) {
	full := regexp.MustCompile(`^[\w/-]+:v?\d+\.\d+\.\d+$`) // with no host, which a newcomer could not reach
	for name, s := range project(t).Services {
		for _, p := range s.Ports {
			if p.HostIP != "127.0.0.1" {
				t.Errorf("%s: port %d is open to %q", name, p.Target, p.HostIP)
			}
		}
		if len(s.Ports) == 0 {
			t.Errorf("%s: no port", name)
		}
		if !s.ReadOnly || !slices.Equal(s.CapDrop, []string{"ALL"}) || !slices.Contains(s.SecurityOpt, "no-new-privileges:true") {
			t.Errorf("%s: read_only %v, cap_drop %v, security_opt %v", name, s.ReadOnly, s.CapDrop, s.SecurityOpt)
		}
		if s.Restart != types.RestartPolicyUnlessStopped {
			t.Errorf("%s: restart %q", name, s.Restart)
		}
		if s.Build == nil && !full.MatchString(s.Image) {
			t.Errorf("%s: image %s is not pinned to a version", name, s.Image)
		}
		if s.Build == nil && s.HealthCheck == nil {
			t.Errorf("%s: no health check", name)
		}
		if !slices.ContainsFunc(s.Volumes, func(v types.ServiceVolumeConfig) bool { return v.Type == types.VolumeTypeVolume }) {
			t.Errorf("%s: no volume keeps its state", name)
		}
	}
}

func TestComposeMountsWhatThereIs(t *testing.T) {
	for name, s := range project(t).Services {
		for _, v := range s.Volumes {
			if v.Type != types.VolumeTypeBind {
				continue
			}
			if _, err := os.Stat(v.Source); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			if !v.ReadOnly || v.Bind == nil || bool(v.Bind.CreateHostPath) {
				t.Errorf("%s: %s is writable, or made where it is missing", name, v.Source)
			}
		}
	}
}

func TestComposeBuildsTheExporterFromSource(t *testing.T) {
	s := service(t, "exporter")
	dockerfile := read(t, s.Build.Context, "Dockerfile")
	if !regexp.MustCompile(`(?m)^FROM .* AS ` + s.Build.Target + `$`).MatchString(dockerfile) {
		t.Errorf("the Dockerfile has no stage %s", s.Build.Target)
	}
	command := regexp.MustCompile(`(?m)^CMD \[(.*)\]$`).FindStringSubmatch(dockerfile)
	checkFlags(t, strings.Split(strings.ReplaceAll(command[1], `"`, ""), ", "), targets(s))
	if got := s.Ports[0]; got.Published != port(t) || strconv.Itoa(int(got.Target)) != port(t) {
		t.Errorf("port %s:%d, the exporter listens at %s", got.Published, got.Target, port(t))
	}
	// The drops of the example lie beside its configuration.
	config := read(t, hostPath(t, s, "/etc/helpdesk_exporter/config.yml"))
	drops := regexp.MustCompile(`files: \[(.*)\]`).FindAllStringSubmatch(config, -1)
	if len(drops) == 0 {
		t.Error("the example has no files")
	}
	for _, m := range drops {
		exists(t, hostPath(t, s, "/etc/helpdesk_exporter/"+m[1]))
	}
}

func TestTheOverrideOfTheManualReplacesTheConfiguration(t *testing.T) {
	block := regexp.MustCompile("(?s)```yaml\n(# compose.override.yml.*?)```").FindStringSubmatch(read(t, top, "docs/operations.md"))
	if block == nil {
		t.Fatal("docs/operations.md has no compose.override.yml")
	}
	p := project(t, types.ConfigFile{Filename: "compose.override.yml", Content: []byte(block[1])})
	s, err := p.GetService("exporter")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := hostPath(t, s, "/etc/helpdesk_exporter/config.yml"), filepath.Join(p.WorkingDir, "config.yml"); got != want {
		t.Errorf("the configuration is %s, not %s", got, want)
	}
}

// What .dockerignore keeps out is not there when the image is built.
func TestTheImageIsGivenAllThatItIsBuiltFrom(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), "go", "list", "-deps", "-f", "{{with .Module}}{{if .Main}}{{$.ImportPath}}{{end}}{{end}}", ".")
	cmd.Dir = top
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	need := []string{"LICENSE", "VERSION", "go.mod", "go.sum", "helpdesk_exporter", "main.go"}
	for _, path := range strings.Fields(string(out)) {
		if _, inside, nested := strings.Cut(path, "/"); nested {
			room, _, _ := strings.Cut(inside, "/")
			need = append(need, room)
		}
	}
	slices.Sort(need)
	need = slices.Compact(need)
	var given []string
	for _, m := range regexp.MustCompile(`(?m)^!(.+)$`).FindAllStringSubmatch(read(t, top, ".dockerignore"), -1) {
		given = append(given, m[1])
	}
	slices.Sort(given)
	if !slices.Equal(given, need) {
		t.Errorf(".dockerignore lets in %v, the image is built from %v", given, need)
	}
}

// scraping is what this repository uses of Prometheus's configuration.
type scraping struct {
	Global struct {
		ScrapeInterval     string `json:"scrape_interval"`
		EvaluationInterval string `json:"evaluation_interval"`
	} `json:"global"`
	RuleFiles []string `json:"rule_files"`
	Alerting  struct {
		Alertmanagers []struct {
			StaticConfigs []static `json:"static_configs"`
		} `json:"alertmanagers"`
	} `json:"alerting"`
	ScrapeConfigs []struct {
		JobName                      string   `json:"job_name"`
		ScrapeNativeHistograms       bool     `json:"scrape_native_histograms"`
		AlwaysScrapeClassicHistogram bool     `json:"always_scrape_classic_histograms"`
		StaticConfigs                []static `json:"static_configs"`
	} `json:"scrape_configs"`
}

type static struct {
	Targets []string `json:"targets"`
}

const prometheusFile = "compose/prometheus.yml"

func TestPrometheusScrapesTheServicesAndReadsTheRules(t *testing.T) {
	p := project(t)
	s := service(t, "prometheus")
	file := hostPath(t, s, flag(t, s, "--config.file"))
	var c scraping
	decode(t, file, read(t, file), &c)

	jobs := map[string]bool{}
	for _, j := range c.ScrapeConfigs {
		jobs[j.JobName] = true
		for _, st := range j.StaticConfigs {
			for _, target := range st.Targets {
				reaches(t, p, "prometheus", target)
			}
		}
		if j.JobName == "helpdesk" && (!j.ScrapeNativeHistograms || !j.AlwaysScrapeClassicHistogram) {
			t.Error("job helpdesk does not take both forms of histograms")
		}
	}
	if !jobs["helpdesk"] || len(jobs) != len(p.Services) {
		t.Errorf("jobs %v, services %v", jobs, p.ServiceNames())
	}
	for _, a := range c.Alerting.Alertmanagers {
		for _, st := range a.StaticConfigs {
			for _, target := range st.Targets {
				reaches(t, p, "prometheus", target)
			}
		}
	}
	var loaded []string
	for _, pattern := range c.RuleFiles {
		loaded = append(loaded, glob(t, hostPath(t, s, pattern))...)
	}
	if all := glob(t, p.WorkingDir, "prometheus/rules/*"); !slices.Equal(loaded, all) {
		t.Errorf("Prometheus loads %v, there are %v", loaded, all)
	}
	if !within(flag(t, s, "--storage.tsdb.path"), s.Volumes[len(s.Volumes)-1].Target) {
		t.Error("what Prometheus stores is in no volume")
	}
}

func TestPromtoolTakesTheConfiguration(t *testing.T) {
	promtool := os.Getenv("PROMTOOL")
	if promtool == "" {
		var err error
		if promtool, err = exec.LookPath("promtool"); err != nil {
			t.Skip("neither PROMTOOL nor PATH has a promtool; scripts/promtool.sh gets one")
		}
	}
	rules, err := filepath.Abs(filepath.Join(top, "prometheus/rules"))
	if err != nil {
		t.Fatal(err)
	}
	text := strings.ReplaceAll(read(t, prometheusFile), "/etc/prometheus/rules", rules)
	out, err := check(t, promtool, text)
	if err != nil && strings.Contains(out, "scrape_native_histograms not found") {
		// Prometheus 2 has only the classic form.
		text = regexp.MustCompile(`(?m)^ *(scrape_native|always_scrape_classic)_histograms:.*\n`).ReplaceAllString(text, "")
		out, err = check(t, promtool, text)
	}
	if err != nil {
		t.Errorf("promtool check config: %v\n%s", err, out)
	}
}

func check(t *testing.T, promtool, text string) (string, error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "prometheus.yml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), promtool, "check", "config", file).CombinedOutput()
	return string(out), err
}

// routing is what this repository uses of Alertmanager's configuration.
type routing struct {
	Route         route            `json:"route"`
	InhibitRules  []any            `json:"inhibit_rules"`
	TimeIntervals []any            `json:"time_intervals"`
	Receivers     []map[string]any `json:"receivers"`
}

type route struct {
	Receiver            string   `json:"receiver"`
	Matchers            []string `json:"matchers"`
	GroupBy             []string `json:"group_by"`
	GroupWait           string   `json:"group_wait"`
	GroupInterval       string   `json:"group_interval"`
	RepeatInterval      string   `json:"repeat_interval"`
	ActiveTimeIntervals []string `json:"active_time_intervals"`
	Continue            bool     `json:"continue"`
	Routes              []route  `json:"routes"`
}

// receivers returns those that a route and all below it send to.
func (r route) receivers() []string {
	all := []string{r.Receiver}
	for _, sub := range r.Routes {
		all = append(all, sub.receivers()...)
	}
	return all
}

func TestAlertmanagerRoutesToReceiversThatTellNobody(t *testing.T) {
	s := service(t, "alertmanager")
	file := hostPath(t, s, flag(t, s, "--config.file"))
	var c, example routing
	decode(t, file, read(t, file), &c)
	decode(t, "alertmanager.example.yml", read(t, top, "prometheus/alertmanager.example.yml"), &example)

	var got []string
	for _, r := range c.Receivers {
		if len(r) != 1 {
			t.Errorf("receiver %v sends to somebody", r)
		}
		got = append(got, r["name"].(string))
	}
	want := c.Route.receivers()
	slices.Sort(got)
	slices.Sort(want)
	if want = slices.Compact(want); !slices.Equal(got, want) {
		t.Errorf("receivers %v, routes to %v", got, want)
	}
	if !reflect.DeepEqual(c.InhibitRules, example.InhibitRules) {
		t.Errorf("%s inhibits otherwise than prometheus/alertmanager.example.yml", file)
	}
}

func service(t *testing.T, name string) types.ServiceConfig {
	t.Helper()
	s, err := project(t).GetService(name)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// flag returns what a service's command gives a flag.
func flag(t *testing.T, s types.ServiceConfig, name string) string {
	t.Helper()
	for _, arg := range s.Command {
		if value, ok := strings.CutPrefix(arg, name+"="); ok {
			return value
		}
	}
	t.Fatalf("%s: no %s in %v", s.Name, name, s.Command)
	return ""
}

func targets(s types.ServiceConfig) []string {
	var all []string
	for _, v := range s.Volumes {
		all = append(all, v.Target)
	}
	return all
}

// hostPath returns where a path inside of a container lies outside.
func hostPath(t *testing.T, s types.ServiceConfig, path string) string {
	t.Helper()
	for _, v := range s.Volumes {
		if v.Type == types.VolumeTypeBind && within(path, v.Target) {
			return v.Source + strings.TrimPrefix(path, v.Target)
		}
	}
	t.Fatalf("%s: nothing is mounted at %s", s.Name, path)
	return ""
}

// reaches checks that from a service a host and port lead to one, which compose
// tells the port of.
func reaches(t *testing.T, p *types.Project, from, target string) {
	t.Helper()
	host, number, err := net.SplitHostPort(target)
	if err != nil {
		t.Fatal(err)
	}
	if host == "127.0.0.1" {
		host = from
	}
	s, err := p.GetService(host)
	if err != nil {
		t.Errorf("%s asks %s: %v", from, target, err)
		return
	}
	if !slices.ContainsFunc(s.Ports, func(p types.ServicePortConfig) bool { return strconv.Itoa(int(p.Target)) == number }) {
		t.Errorf("%s asks %s, which listens at %v", from, target, s.Ports)
	}
}
