package prometheus_test

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/model"
	"gopkg.in/yaml.v3"
)

// targetLabels are labels that Prometheus gives to what it scrapes, or others
// give to what Prometheus has: rules may name them of every metric.
var targetLabels = []string{
	"cluster", "namespace", "job", "instance", "pod", "node", "container", "endpoint", "service",
	"replica", "prometheus_replica", "le",
}

// foreign are metrics that rules may use although docs/metrics.md does not list
// them: Prometheus or the client library makes them.
var foreign = []string{"up", "process_start_time_seconds"}

// configurable matches the labels that tickets carry only where global.labels
// says so: no rule may rest on one of them. A sum by team is the desk's where
// tickets have no team.
var configurable = regexp.MustCompile(`^(channel|priority|team|topic|attr_\w+)$`)

func TestRulesNameMetricsAndLabelsThatExist(t *testing.T) {
	known := families(t)
	rules := readRules(t)
	for _, r := range rules {
		for _, text := range r.texts() {
			for _, fault := range faultsOf(text, r, rules, known) {
				t.Errorf("%s: %s: %s", r.file, r.name(), fault)
			}
		}
	}
}

func TestNamesAndLabelsThatNothingHasAreFound(t *testing.T) {
	known := map[string][]string{
		"helpdesk_sla_overdue":  {"desk", "policy", "team"},
		"helpdesk_reply_bucket": {"desk"},
	}
	rules := []rule{{
		Record: "desk:helpdesk_sla_overdue:sum", Expr: "sum by (desk) (helpdesk_sla_overdue)",
		Labels: map[string]string{"hides": "calls"},
	}}
	for text, want := range map[string]int{
		`helpdesk_sla_overdue{desk="a"} > 0`:                                        0,
		`helpdesk_sla_overdu > 0`:                                                   1,
		`helpdesk_sla_overdue{queue="a"} > 0`:                                       1,
		`sum without (channel) (helpdesk_sla_overdue)`:                              1,
		`sum without (team, instance) (helpdesk_sla_overdue)`:                       0,
		`sum by (team) (helpdesk_sla_overdue)`:                                      0,
		`helpdesk_sla_overdue and on (team) helpdesk_sla_overdue`:                   1,
		`helpdesk_sla_folded{hides="calls"}`:                                        2,
		`desk:helpdesk_sla_overdue:sum{hides="calls"}`:                              0,
		`sum by (dask) (helpdesk_sla_overdue)`:                                      1,
		`desk:helpdesk_sla_overdue:sum > on (desk) group_left () 1`:                 0,
		`desk:helpdesk_sla_overdue:max > 1`:                                         1,
		`{{ query (printf "helpdesk_sla_overdue{dask=%q}" $labels.desk) }}`:         1,
		`helpdesk_sla_overdue at {{ $labels.desk }}, {{ $labels.queue }}`:           1,
		"helpdesk_sla_overdue # not helpdesk_sla_imagined":                          0,
		`helpdesk_sla_overdue and on (instance) (up or process_start_time_seconds)`: 0,
	} {
		if got := faultsOf(text, rule{Expr: text}, rules, known); len(got) != want {
			t.Errorf("%s: %d faults, want %d: %v", text, len(got), want, got)
		}
	}
}

func TestAlertsAreComplete(t *testing.T) {
	headings := sections(t, "../docs/runbooks.md")
	for _, r := range readRules(t) {
		if r.Alert == "" {
			continue
		}
		if !slices.Contains([]string{"critical", "warning", "info"}, r.Labels["severity"]) {
			t.Errorf("%s: severity %q", r.Alert, r.Labels["severity"])
		}
		if summary := r.Annotations["summary"]; !strings.HasSuffix(summary, ".") || strings.Contains(summary, "{{") {
			t.Errorf("%s: a summary is a sentence that is always the same, not %q", r.Alert, summary)
		}
		if r.Annotations["description"] == "" {
			t.Errorf("%s: no description", r.Alert)
		}
		if want := "docs/runbooks.md#" + strings.ToLower(r.Alert); r.Annotations["runbook_url"] != want {
			t.Errorf("%s: runbook_url is %q, want %q", r.Alert, r.Annotations["runbook_url"], want)
		}
		if _, ok := headings[r.Alert]; !ok {
			t.Errorf("%s: docs/runbooks.md has no section of this name", r.Alert)
		}
		// Two polls of a minute each, so that one bad poll alerts nobody; and a
		// figure that is gone ends no alert at once.
		if time.Duration(r.For) < 2*time.Minute || r.KeepFiringFor == 0 {
			t.Errorf("%s: for %s, keep_firing_for %s", r.Alert, r.For, r.KeepFiringFor)
		}
	}
}

func TestRunbooksTellWhatToDo(t *testing.T) {
	alerts := map[string]bool{}
	for _, r := range readRules(t) {
		alerts[r.Alert] = true
	}
	for heading, text := range sections(t, "../docs/runbooks.md") {
		if !alerts[heading] {
			t.Errorf("docs/runbooks.md: %s is no alert", heading)
		}
		if !strings.Contains(text, "**What it means.**") {
			t.Errorf("docs/runbooks.md: %s: what does it mean?", heading)
		}
		_, steps, _ := strings.Cut(text, "**Look first at**")
		for _, step := range []string{"\n1. ", "\n2. ", "\n3. "} {
			if !strings.Contains(steps, step) {
				t.Errorf("docs/runbooks.md: %s: no step%s", heading, strings.TrimRight(step, " "))
			}
		}
	}
}

func TestPagesOnAlertsNameWhatExists(t *testing.T) {
	known := families(t)
	rules := readRules(t)
	for _, page := range []string{"../docs/runbooks.md", "../docs/alerting.md"} {
		text := readFile(t, page)
		for _, fault := range unknownNames(text, rules, known) {
			t.Errorf("%s: %s", page, fault)
		}
		for _, name := range regexp.MustCompile(`\bHelpdesk[A-Z]\w+`).FindAllString(text, -1) {
			if !slices.ContainsFunc(rules, func(r rule) bool { return r.Alert == name }) {
				t.Errorf("%s: %s is no alert", page, name)
			}
		}
	}
}

// A test of rules that misspells an alert expects silence, and gets it.
func TestEachAlertIsTestedToFireToBeSilentAndToEnd(t *testing.T) {
	tested := map[string]*coverage{}
	for _, r := range readRules(t) {
		if r.Alert != "" {
			tested[r.Alert] = &coverage{}
		}
	}
	files := glob(t, "tests/*.yml")
	for _, file := range files {
		var doc struct {
			Tests []struct {
				Name   string `yaml:"name"`
				Alerts []struct {
					At       model.Duration `yaml:"eval_time"`
					Name     string         `yaml:"alertname"`
					Expected []any          `yaml:"exp_alerts"`
				} `yaml:"alert_rule_test"`
			} `yaml:"tests"`
		}
		decode(t, file, &doc)
		for _, test := range doc.Tests {
			fired := map[string]model.Duration{}
			for _, a := range test.Alerts {
				c, ok := tested[a.Name]
				if !ok {
					t.Errorf("%s: %s: %s is no alert", file, test.Name, a.Name)
					continue
				}
				at, before := fired[a.Name]
				switch {
				case len(a.Expected) > 0:
					c.fires, fired[a.Name] = true, a.At
				case before && a.At > at:
					c.ends = true
				default:
					c.silent = true
				}
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(tested)) {
		if c := tested[name]; *c != (coverage{fires: true, silent: true, ends: true}) {
			t.Errorf("%s: the tests under prometheus/tests have it %+v, and should have all three", name, *c)
		}
	}
}

func TestTheAlertmanagerExampleNamesAlertsThatExist(t *testing.T) {
	const file = "alertmanager.example.yml"
	matcher := regexp.MustCompile(`alertname (=|=~|!~) "([^"]+)"`)
	found := matcher.FindAllStringSubmatch(readFile(t, file), -1)
	if len(found) == 0 {
		t.Fatalf("%s: no matcher of an alertname", file)
	}
	rules := readRules(t)
	for _, m := range found {
		pattern := m[2]
		if m[1] == "=" {
			pattern = regexp.QuoteMeta(pattern)
		}
		name := regexp.MustCompile("^(?:" + pattern + ")$")
		if !slices.ContainsFunc(rules, func(r rule) bool { return r.Alert != "" && name.MatchString(r.Alert) }) {
			t.Errorf("%s: no alert is called %s", file, m[2])
		}
	}
}

// A stale source says of what it hides the figures, and an alert on what figures
// it rests: silence about calls must not silence tickets.
func TestAStaleSourceSilencesWhatItHidesAndNoMore(t *testing.T) {
	want := map[string][]string{
		"tickets": {
			"HelpdeskBacklogGrowing", "HelpdeskOldestUnanswered", "HelpdeskSLABreachImminent", "HelpdeskSLABudgetSpent",
			"HelpdeskSLAOverdue",
		},
		"calls":   {"HelpdeskAbandonmentHigh", "HelpdeskServiceLevelMissed"},
		"surveys": {"HelpdeskCSATBelowTarget", "HelpdeskNPSDropped"},
		"other":   nil,
	}
	for hides, names := range want {
		if got := silenced(t, hides, "hidden"); !slices.Equal(got, names) {
			t.Errorf("hidden %s silence %v, want %v", hides, got, names)
		}
		if got := silenced(t, hides, "late"); got != nil {
			t.Errorf("late %s still show, and silence %v", hides, got)
		}
	}
}

func TestPromtoolTakesTheRules(t *testing.T) {
	promtool := os.Getenv("PROMTOOL")
	if promtool == "" {
		var err error
		if promtool, err = exec.LookPath("promtool"); err != nil {
			t.Skip("neither PROMTOOL nor PATH has a promtool; scripts/check_rules.sh gets one")
		}
	}
	for _, args := range [][]string{
		append([]string{"check", "rules", "--lint=all", "--lint-fatal"}, glob(t, "rules/*.yml")...),
		append([]string{"test", "rules"}, glob(t, "tests/*.yml")...),
	} {
		if out, err := exec.CommandContext(t.Context(), promtool, args...).CombinedOutput(); err != nil {
			t.Errorf("promtool %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
}

// silenced returns the alerts on figures, and not on sources, that the example of
// an Alertmanager configuration inhibits while a source is stale.
func silenced(t *testing.T, hides, figures string) []string {
	t.Helper()
	var doc struct {
		Inhibitions []struct {
			Sources []string `yaml:"source_matchers"`
			Targets []string `yaml:"target_matchers"`
		} `yaml:"inhibit_rules"`
	}
	decode(t, "alertmanager.example.yml", &doc)
	stale := map[string]string{"alertname": "HelpdeskSourceStale", "severity": "critical", "hides": hides, "figures": figures}
	names := map[string]bool{}
	for _, in := range doc.Inhibitions {
		if !matches(t, in.Sources, stale) {
			continue
		}
		for _, r := range readRules(t) {
			labels := maps.Clone(r.Labels)
			if r.Alert == "" || strings.HasPrefix(r.Alert, "HelpdeskSource") {
				continue
			}
			labels["alertname"] = r.Alert
			if matches(t, in.Targets, labels) {
				names[r.Alert] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// matches reports whether labels fit all matchers, as Alertmanager reads them.
func matches(t *testing.T, matchers []string, labels map[string]string) bool {
	t.Helper()
	for _, m := range matchers {
		parts := regexp.MustCompile(`^(\w+) (=|!=|=~|!~) "([^"]*)"$`).FindStringSubmatch(m)
		if parts == nil {
			t.Fatalf("alertmanager.example.yml: no matcher: %s", m)
		}
		value, pattern := labels[parts[1]], parts[3]
		if !strings.HasSuffix(parts[2], "~") {
			pattern = regexp.QuoteMeta(pattern)
		}
		fits := regexp.MustCompile("^(?:" + pattern + ")$").MatchString(value)
		if fits == strings.HasPrefix(parts[2], "!") {
			return false
		}
	}
	return true
}

// coverage is what the tests of rules have an alert do.
type coverage struct{ fires, silent, ends bool }

// rule is a recording or an alerting rule.
type rule struct {
	Record        string            `yaml:"record"`
	Alert         string            `yaml:"alert"`
	Expr          string            `yaml:"expr"`
	For           model.Duration    `yaml:"for"`
	KeepFiringFor model.Duration    `yaml:"keep_firing_for"`
	Labels        map[string]string `yaml:"labels"`
	Annotations   map[string]string `yaml:"annotations"`

	file string
}

func (r rule) name() string { return r.Record + r.Alert }

// texts returns all of the rule that can name a metric or a label.
func (r rule) texts() []string {
	return append([]string{r.Expr}, slices.Collect(maps.Values(r.Annotations))...)
}

var (
	comment  = regexp.MustCompile(`#[^\n]*`)
	recorded = regexp.MustCompile(`\b\w+:\w+:\w+\b`)
	ours     = regexp.MustCompile(`\bhelpdesk_\w+`)
	selector = regexp.MustCompile(`([\w:]+)\{([^}]*)\}`)
	matched  = regexp.MustCompile(`(\w+)\s*(?:=~|!~|!=|=)`)
	grouping = regexp.MustCompile(`\b(by|on|group_left|group_right|without|ignoring)\s*\(([^)]*)\)`)
	templ    = regexp.MustCompile(`\$labels\.(\w+)`)
)

// faultsOf tells what a text of a rule says of metrics and labels that is not so.
func faultsOf(text string, r rule, rules []rule, known map[string][]string) []string {
	text = strings.ReplaceAll(text, "docs/runbooks.md#", "")
	faults := unknownNames(comment.ReplaceAllString(text, ""), rules, known)
	labels := append(labelsOf(r.Expr+" "+text, rules, known), targetLabels...)
	has := func(all []string, label, where string) {
		if !slices.Contains(all, label) {
			faults = append(faults, where+": nothing has the label "+label)
		}
	}
	for _, s := range selector.FindAllStringSubmatch(text, -1) {
		own := append(labelsOf(s[1], rules, known), targetLabels...)
		for _, m := range matched.FindAllStringSubmatch(s[2], -1) {
			has(own, m[1], s[0])
		}
	}
	for _, g := range grouping.FindAllStringSubmatch(text, -1) {
		for _, label := range strings.FieldsFunc(g[2], func(c rune) bool { return c == ',' || c == ' ' }) {
			has(labels, label, g[0])
			harmless := g[1] == "without" || g[1] == "ignoring" || g[1] == "by" && label == "team"
			if !harmless && configurable.MatchString(label) {
				faults = append(faults, g[0]+": "+label+" is there only where it is configured")
			}
		}
	}
	for _, l := range templ.FindAllStringSubmatch(text, -1) {
		has(labels, l[1], l[0])
	}
	return faults
}

// unknownNames returns the metrics in a text that nobody serves or records.
func unknownNames(text string, rules []rule, known map[string][]string) []string {
	var faults []string
	for _, name := range recorded.FindAllString(text, -1) {
		if !slices.ContainsFunc(rules, func(r rule) bool { return r.Record == name }) {
			faults = append(faults, name+" is not recorded")
		}
	}
	for _, name := range ours.FindAllString(recorded.ReplaceAllString(text, ""), -1) {
		if _, ok := known[name]; !ok && name != "helpdesk_exporter" {
			faults = append(faults, name+" is not served")
		}
	}
	return faults
}

// labelsOf returns the labels of all metrics in an expression, of those that
// recorded ones are made from too.
func labelsOf(expr string, rules []rule, known map[string][]string) []string {
	var all []string
	for _, name := range recorded.FindAllString(expr, -1) {
		for _, r := range rules {
			if r.Record == name {
				all = append(all, slices.Collect(maps.Keys(r.Labels))...)
				if !strings.Contains(r.Expr, name) { // else it rests on itself
					all = append(all, labelsOf(r.Expr, rules, known)...)
				}
			}
		}
	}
	for _, name := range ours.FindAllString(recorded.ReplaceAllString(expr, ""), -1) {
		all = append(all, known[name]...)
	}
	return all
}

// families returns the labels of all metrics that docs/metrics.md lists, which
// is held to the code by a test of its own.
func families(t *testing.T) map[string][]string {
	t.Helper()
	row := regexp.MustCompile("(?m)^\\| `(\\w+)` \\| (\\w+) \\| ([^|]*) \\|")
	all := map[string][]string{}
	for _, m := range row.FindAllStringSubmatch(readFile(t, "../docs/metrics.md"), -1) {
		labels := strings.Split(strings.ReplaceAll(m[3], "*", ""), ", ")
		all[m[1]] = labels
		if m[2] == "histogram" {
			for _, suffix := range []string{"_bucket", "_sum", "_count"} {
				all[m[1]+suffix] = labels
			}
		}
	}
	if len(all) == 0 {
		t.Fatal("docs/metrics.md lists no metric in the form that this test knows")
	}
	for _, name := range foreign {
		all[name] = nil
	}
	return all
}

// sections returns the text under each heading of the second level.
func sections(t *testing.T, file string) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, part := range strings.Split(readFile(t, file), "\n## ")[1:] {
		heading, text, _ := strings.Cut(part, "\n")
		all[heading] = text
	}
	return all
}

func readRules(t *testing.T) []rule {
	t.Helper()
	var all []rule
	for _, file := range glob(t, "rules/*.yml") {
		var doc struct {
			Groups []struct {
				Rules []rule `yaml:"rules"`
			} `yaml:"groups"`
		}
		decode(t, file, &doc)
		for _, g := range doc.Groups {
			for _, r := range g.Rules {
				r.file = file
				all = append(all, r)
			}
		}
	}
	return all
}

func decode(t *testing.T, file string, into any) {
	t.Helper()
	if err := yaml.Unmarshal([]byte(readFile(t, file)), into); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
}

func glob(t *testing.T, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: no files: %v", pattern, err)
	}
	return files
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
