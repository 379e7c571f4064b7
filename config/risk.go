package config

import (
	"strings"
	"time"

	"github.com/prometheus/common/model"

	"helpdesk_exporter/kpi"
)

// RiskRule says by what one sees that a customer may leave.
type RiskRule struct {
	Name  string         `yaml:"name"` // its kind, unless it has one of its own
	Kind  kpi.RiskKind   `yaml:"kind"`
	Count Count          `yaml:"count,omitempty"` // complaints only
	After model.Duration `yaml:"after,omitempty"` // all others
}

// UnmarshalYAML sets the defaults, which the kind decides.
func (r *RiskRule) UnmarshalYAML(unmarshal func(any) error) error {
	type plain RiskRule
	var head plain
	_ = unmarshal(&head) // the second look has the same mistakes
	p := plain(defaultRiskRule(head.Kind))
	err := unmarshal(&p)
	*r = RiskRule(p)
	return err
}

func riskKinds() []string {
	return []string{string(kpi.RiskDetractor), string(kpi.RiskComplaints), string(kpi.RiskInactive)}
}

func defaultRiskRule(kind kpi.RiskKind) RiskRule {
	r := RiskRule{Name: string(kind), Kind: kind}
	switch kind {
	case kpi.RiskComplaints:
		r.Count = 2
	case kpi.RiskDetractor, kpi.RiskInactive:
		r.After = 28 * model.Day
	}
	return r
}

func defaultRiskRules() []RiskRule {
	var rules []RiskRule
	for _, kind := range riskKinds() {
		rules = append(rules, defaultRiskRule(kpi.RiskKind(kind)))
	}
	return rules
}

func checkRiskRules(at spot, rules []RiskRule) {
	names := make([]string, len(rules))
	for i, r := range rules {
		names[i] = r.Name
		r.check(at.index(i))
	}
	checkNames(at, names)
}

func (r *RiskRule) check(at spot) {
	if r.Kind == "" {
		at.key("kind").errorf("required: one of %s", strings.Join(riskKinds(), ", "))
		return
	}
	if !at.key("kind").oneOf("kind", string(r.Kind), riskKinds()) {
		return
	}
	if r.Kind == kpi.RiskComplaints {
		if r.After != 0 {
			at.key("after").errorf("complaints are counted for as long as they are unresolved: leave it out")
		}
		return
	}
	if r.Count != 0 {
		at.key("count").errorf("only complaints are counted: leave it out")
	}
	checkDuration(at.key("after"), r.After)
}

func (r RiskRule) definition() kpi.RiskRule {
	return kpi.RiskRule{Name: r.Name, Kind: r.Kind, Count: int(r.Count), After: time.Duration(r.After)}
}
