package kpi_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	dto "github.com/prometheus/client_model/go"
	"gopkg.in/yaml.v3"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/kpi"
)

// family is one metric family as the public contract names it.
type family struct {
	name, help string
	kind       string
	labels     []string
}

// families lists every family that the catalogue makes, as it is shown.
func families(c *kpi.Catalogue) []family {
	var all []family
	add := func(name, help, kind string, of *kpi.Measure, more ...string) {
		all = append(all, family{name, help, kind, slices.Concat([]string{"desk"}, of.Labels(), more)})
	}
	for i := range c.Measures {
		m := &c.Measures[i]
		switch {
		case m.Total == nil:
		case m.Total.Buckets == nil:
			add(m.Total.Name, m.Total.Help, "counter", m)
		default:
			add(m.Total.Name, m.Total.Help, "histogram", m)
		}
	}
	for _, v := range c.Views {
		add(v.Name, v.Help, "gauge", c.Measure(v.Of[0]), "by", "window")
	}
	for _, v := range c.Spreads {
		add(v.Name, v.Help, "gauge", c.Measure(v.Of), "by", "window", "q")
	}
	for _, v := range c.Stocks {
		var more []string
		if v.Extra != "" {
			more = append(more, v.Extra)
		}
		if v.ByLevel {
			more = append(more, "by")
		}
		add(v.Name, v.Help, "gauge", c.Measure(v.Of[0]), more...)
	}
	return all
}

// contract reads the families that the handbook's machine-readable part fixes.
func contract(t *testing.T) map[string]family {
	const path = "../../shared/kpis.yaml"
	b, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		t.Skipf("%s is not there: the names cannot be compared with the public contract", path)
	} else if err != nil {
		t.Fatal(err)
	}
	type entry struct {
		Metric     string   `yaml:"metric"`
		Type       string   `yaml:"type"`
		Labels     []string `yaml:"labels"`
		Companions []string `yaml:"companions"`
	}
	var book struct {
		KPIs       []entry `yaml:"kpis"`
		Supporting []entry `yaml:"supporting"`
	}
	if err := yaml.Unmarshal(b, &book); err != nil {
		t.Fatal(err)
	}
	companion := regexp.MustCompile(`^(\w+)\{([\w,]*)\} (\w+)`)
	fixed := map[string]family{}
	for _, e := range append(book.KPIs, book.Supporting...) {
		fixed[e.Metric] = family{name: e.Metric, kind: e.Type, labels: e.Labels}
		for _, text := range e.Companions {
			m := companion.FindStringSubmatch(text)
			if m == nil {
				t.Fatalf("companion of %s cannot be read: %s", e.Metric, text)
			}
			if _, known := fixed[m[1]]; !known {
				fixed[m[1]] = family{name: m[1], kind: m[3], labels: strings.Split(m[2], ",")}
			}
		}
	}
	return fixed
}

// beyond are families that the contract's file does not list, and why they are.
func beyond() map[string]string {
	const flows = "opened + reopened - solved - withdrawn must move as tickets_open does"
	return map[string]string{
		"helpdesk_tickets_reopened_total":                   flows,
		"helpdesk_tickets_withdrawn_total":                  flows,
		"helpdesk_first_response_censored_quantile_seconds": "quantiles of finished cases look best when service collapses",
	}
}

// deviation is a label that the contract's file does not list, and why it is.
type deviation struct{ label, why string }

func deviations() map[string]deviation {
	level := deviation{"by", "the oldest age does not add up, so it is given level by level"}
	policy := deviation{"policy", "service levels are policies: two of them may share a threshold"}
	return map[string]deviation{
		"helpdesk_ticket_oldest_open_age_seconds":       level,
		"helpdesk_ticket_oldest_unanswered_age_seconds": level,
		"helpdesk_service_level_ratio":                  policy,
		"helpdesk_service_level_met":                    policy,
		"helpdesk_service_level_offered":                policy,
	}
}

func TestFamiliesAreThoseOfThePublicContract(t *testing.T) {
	fixed := contract(t)
	for _, f := range families(catalogue()) {
		want, ok := fixed[f.name]
		if why := beyond()[f.name]; ok != (why == "") {
			t.Errorf("%s: in the contract is %t, beyond it for the reason %q", f.name, ok, why)
		}
		if !ok {
			continue
		}
		if f.kind != want.kind {
			t.Errorf("%s is a %s, in the contract a %s", f.name, f.kind, want.kind)
		}
		labels := want.labels
		if d, ok := deviations()[f.name]; ok {
			labels = append(slices.Clone(labels), d.label)
		}
		if got, want := slices.Sorted(slices.Values(f.labels)), slices.Sorted(slices.Values(labels)); !slices.Equal(got, want) {
			t.Errorf("%s has the labels %v, in the contract %v", f.name, got, want)
		}
	}
}

func TestNamesPassTheLinterOfPrometheus(t *testing.T) {
	types := map[string]dto.MetricType{
		"counter": dto.MetricType_COUNTER, "gauge": dto.MetricType_GAUGE, "histogram": dto.MetricType_HISTOGRAM,
	}
	for _, f := range families(catalogue()) {
		label, value := "desk", "acme"
		m := &dto.Metric{Label: []*dto.LabelPair{{Name: &label, Value: &value}}}
		problems, err := promlint.NewWithMetricFamilies([]*dto.MetricFamily{{
			Name: &f.name, Help: &f.help, Type: types[f.kind].Enum(), Metric: []*dto.Metric{m},
		}}).Lint()
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range problems {
			t.Errorf("%s: %s", p.Metric, p.Text)
		}
		if strings.HasSuffix(f.name, "_created") {
			t.Errorf("%s: OpenMetrics keeps names that end in _created", f.name)
		}
		if !strings.HasSuffix(f.help, ".") {
			t.Errorf("%s: its help is no sentence: %q", f.name, f.help)
		}
	}
}

func TestNoFamilyIsMadeTwice(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range families(catalogue()) {
		if seen[f.name] || seen[strings.TrimSuffix(f.name, "_total")] || seen[f.name+"_total"] {
			t.Errorf("%s is made twice, or with and without _total", f.name)
		}
		seen[f.name] = true
	}
}

// Measures of one view are summed label set by label set.
func TestTheMeasuresOfOneViewShareTheirLabels(t *testing.T) {
	c := catalogue()
	for _, v := range c.Views {
		for _, id := range v.Of {
			if got, want := c.Measure(id).Labels(), c.Measure(v.Of[0]).Labels(); !slices.Equal(got, want) {
				t.Errorf("%s is made of measures with the labels %v and %v", v.Name, want, got)
			}
			if !c.Measure(id).Window {
				t.Errorf("%s is made of measure %d, which has no windows", v.Name, id)
			}
		}
	}
	for i := range c.Measures {
		for _, s := range c.Measures[i].Siblings {
			sibling := c.Measure(s.ID)
			if !slices.Equal(sibling.Dims, c.Measures[i].Dims) || len(s.Identity) != len(sibling.Identity) {
				t.Errorf("measure %d cannot begin the series of %d", c.Measures[i].ID, s.ID)
			}
		}
	}
}

func TestMeasuresAreFedByTheRecordsTheyName(t *testing.T) {
	c := catalogue()
	for i := range c.Measures {
		if !slices.Contains(desk.Kinds(), c.Measures[i].Kind) {
			t.Errorf("measure %d is fed by %v", c.Measures[i].ID, c.Measures[i].Kind)
		}
	}
}
