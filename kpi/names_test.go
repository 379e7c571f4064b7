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
		more := []string{"by", "window"}
		if v.Constant.Name != "" {
			more = append(more, v.Constant.Name)
		}
		add(v.Name, v.Help, "gauge", c.Measure(v.Of[0]), more...)
	}
	for _, v := range c.Bests {
		all = append(all, family{v.Name, v.Help, "gauge", append(slices.DeleteFunc(
			slices.Concat([]string{"desk"}, c.Measure(v.Of).Labels()), func(l string) bool { return l == v.Over }), "by", "window")})
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
	const (
		flows = "opened + reopened - solved - withdrawn must move as tickets_open does"
		slas  = "the handbook knows promises by their attainment only; the pager needs the rest"
		clock = "what runs in business hours stands beside what runs around the clock"
	)
	const rewards = "the counter of due rewards counts those ahead as well, so it is no denominator of those granted"
	return map[string]string{
		"helpdesk_referral_reward_granted_ratio":            rewards,
		"helpdesk_referral_rewards_due_in_window":           rewards,
		"helpdesk_referral_rewards_granted_in_window":       rewards,
		"helpdesk_gross_margin_revenue":                     "not of every purchase is the margin known, so revenue is no denominator of the margin",
		"helpdesk_sla_outcomes_total":                       slas,
		"helpdesk_sla_outcomes_in_window":                   slas,
		"helpdesk_sla_attainment_ratio":                     slas,
		"helpdesk_sla_error_budget_remaining_ratio":         slas,
		"helpdesk_sla_pending":                              slas,
		"helpdesk_sla_at_risk":                              slas,
		"helpdesk_sla_overdue":                              slas,
		"helpdesk_sla_next_due_timestamp_seconds":           slas,
		"helpdesk_reply_business_seconds":                   clock,
		"helpdesk_reply_business_mean_seconds":              clock,
		"helpdesk_reply_business_quantile_seconds":          clock,
		"helpdesk_reply_business_observations":              clock,
		"helpdesk_requester_wait_business_seconds":          clock,
		"helpdesk_tickets_reopened_total":                   flows,
		"helpdesk_tickets_withdrawn_total":                  flows,
		"helpdesk_first_response_censored_quantile_seconds": "quantiles of finished cases look best when service collapses",
	}
}

// deviation is the labels that the contract's file does not list, and why they
// are there.
type deviation struct {
	labels []string
	why    string
}

func deviations() map[string]deviation {
	level := deviation{[]string{"by"}, "the oldest age does not add up, so it is given level by level"}
	segment := deviation{[]string{"segment"}, "what customers bring differs by segment as what they cost does"}
	policy := deviation{[]string{"policy"}, "service levels are policies: two of them may share a threshold"}
	return map[string]deviation{
		"helpdesk_ticket_oldest_open_age_seconds":       level,
		"helpdesk_ticket_oldest_unanswered_age_seconds": level,
		"helpdesk_service_level_ratio":                  policy,
		"helpdesk_revenue":                              segment,
		"helpdesk_gross_margin_ratio":                   segment,
		"helpdesk_gross_profit":                         segment,
		"helpdesk_service_level_met":                    policy,
		"helpdesk_service_level_offered":                policy,
		"helpdesk_tickets_open_per_agent":               {[]string{"by", "window"}, "its denominator is of a window, and distinct agents do not add up"},
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
			labels = append(slices.Clone(labels), d.labels...)
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

// Several views may make one family, if it then looks the same.
func TestNoFamilyIsMadeInTwoForms(t *testing.T) {
	seen := map[string]family{}
	for _, f := range families(catalogue()) {
		first, made := seen[f.name]
		if made && (first.kind != f.kind || first.help != f.help || !slices.Equal(first.labels, f.labels)) {
			t.Errorf("%s is made in two forms:\n%v\n%v", f.name, first, f)
		}
		seen[f.name] = f
	}
	for name := range seen {
		if _, both := seen[name+"_total"]; both {
			t.Errorf("%s is made with and without _total", name)
		}
	}
}

// A further measure of a view is looked up by the labels of the first that it
// has, so that it must not be split by any other; and it must have something to
// look up.
func TestTheMeasuresOfOneViewGoTogether(t *testing.T) {
	c := catalogue()
	for _, v := range c.Views {
		first := c.Measure(v.Of[0])
		for _, id := range v.Of {
			m := c.Measure(id)
			for _, label := range m.Identity {
				if !slices.Contains(first.Labels(), label) {
					t.Errorf("%s is made of measures with the labels %v and the identity %v", v.Name, first.Labels(), m.Identity)
				}
			}
			if !m.Window && !m.Stock {
				t.Errorf("%s is made of measure %d, which has neither windows nor a stock", v.Name, id)
			}
		}
		if !first.Window {
			t.Errorf("%s begins with measure %d, which has no windows", v.Name, first.ID)
		}
	}
	for i := range c.Measures {
		for _, s := range c.Measures[i].Siblings {
			sibling := c.Measure(s.ID)
			if !slices.Equal(sibling.Dims, c.Measures[i].Dims) || s.Keep+len(s.Identity) != len(sibling.Identity) ||
				!slices.Equal(c.Measures[i].Identity[:s.Keep], sibling.Identity[:s.Keep]) {
				t.Errorf("measure %d cannot begin the series of %d", c.Measures[i].ID, s.ID)
			}
		}
	}
}

func TestMeasuresAreFedByTheRecordsTheyName(t *testing.T) {
	c := catalogue()
	for i := range c.Measures {
		if kind := c.Measures[i].Kind; !slices.Contains(slices.Concat(desk.Kinds(), desk.Pools()), kind) {
			t.Errorf("measure %d is fed by %v", c.Measures[i].ID, c.Measures[i].Kind)
		}
	}
}
