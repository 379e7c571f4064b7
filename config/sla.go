package config

import (
	"maps"
	"slices"
	"time"

	"github.com/prometheus/common/model"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/kpi"
)

// SLAPolicy promises tickets of some kind an answer or an end in time. The SLA
// clocks read it; its targets are edges of the histograms too.
type SLAPolicy struct {
	Name      string                    `yaml:"name"`
	Match     Match                     `yaml:"match,omitempty"`
	Calendar  string                    `yaml:"calendar,omitempty"` // empty: around the clock
	Targets   map[string]model.Duration `yaml:"targets"`
	PauseOn   []string                  `yaml:"pause_on,flow,omitempty"`   // statuses in which the clocks stand
	RematchOn []string                  `yaml:"rematch_on,flow,omitempty"` // dimensions whose change chooses the policy anew
	Reopen    kpi.Reopen                `yaml:"reopen"`                    // what a reopening does to the promise of an end
	Objective Ratio                     `yaml:"objective,omitempty"`
}

// UnmarshalYAML sets the defaults.
func (p *SLAPolicy) UnmarshalYAML(unmarshal func(any) error) error {
	type plain SLAPolicy
	read := plain{Reopen: kpi.ReopenRestarts}
	err := unmarshal(&read)
	*p = SLAPolicy(read)
	return err
}

// Match names dimensions of a ticket and the values it may have in them. An
// empty one matches every ticket.
type Match map[string][]string

func slaTargets() []string {
	var names []string
	for _, t := range desk.Targets() {
		names = append(names, t.String())
	}
	return names
}

func reopenings() []string {
	return []string{string(kpi.ReopenRestarts), string(kpi.ReopenResumes), string(kpi.ReopenIgnored)}
}

func checkSLAPolicies(at spot, policies []SLAPolicy, calendars []Calendar) {
	names := make([]string, len(policies))
	for i, p := range policies {
		names[i] = p.Name
		p.check(at.index(i), calendars)
	}
	checkNames(at, names)
}

func (p *SLAPolicy) check(at spot, calendars []Calendar) {
	if p.Name == "source" {
		at.key("name").errorf("%q is what the desk's own due times are called: choose another name", p.Name)
	}
	p.Match.check(at.key("match"))
	checkCalendarName(at.key("calendar"), p.Calendar, calendars)
	if len(p.Targets) == 0 {
		at.key("targets").errorf("required: give at least one, as {first_response: 1h, resolution: 8h}")
	}
	for _, name := range slices.Sorted(maps.Keys(p.Targets)) {
		if target := at.key("targets").key(name); target.oneOf("target", name, slaTargets()) {
			checkDuration(target, p.Targets[name])
		}
	}
	var statuses []string
	for _, s := range desk.OpenStatuses() {
		statuses = append(statuses, s.String())
	}
	at.key("pause_on").someOf("status", p.PauseOn, statuses)
	at.key("rematch_on").someOf("dimension", p.RematchOn, []string{"priority"})
	at.key("reopen").oneOf("way of reopening", string(p.Reopen), reopenings())
}

// checkCalendarName wants a calendar that there is, or none.
func checkCalendarName(at spot, name string, calendars []Calendar) {
	if name == "" {
		return
	}
	var known []string
	for _, c := range calendars {
		if c.Name != "" {
			known = append(known, c.Name)
		}
	}
	at.oneOf("calendar", name, known)
}

// checkSLAObjectives checks the objectives of policies that the desks have of
// their own. What is configured here has its objective with it.
func checkSLAObjectives(at spot, objectives map[string]Ratio, policies []SLAPolicy) {
	for _, name := range slices.Sorted(maps.Keys(objectives)) {
		i := slices.IndexFunc(policies, func(p SLAPolicy) bool { return p.Name == name })
		switch {
		case name == "":
			at.errorf("an objective has no name: write that of the desk's policy, or source where its due times have none")
		case !at.key(name).legible(name):
		case i >= 0:
			at.key(name).errorf("%q is a policy of this file: write its objective into sla_policies[%d]", name, i)
		case objectives[name] == 0:
			at.key(name).errorf("required: a share between 0 and 1, as 0.95")
		}
	}
}

// objectives returns the share of promises to keep of each policy that has one,
// nil for none.
func (c *Config) objectives() map[string]float64 {
	all := map[string]float64{}
	for _, p := range c.SLAPolicies {
		if p.Objective > 0 {
			all[p.Name] = float64(p.Objective)
		}
	}
	for name, objective := range c.SLAObjectives {
		all[name] = float64(objective)
	}
	if len(all) == 0 {
		return nil
	}
	return all
}

func (p SLAPolicy) definition() kpi.SLAPolicy {
	d := kpi.SLAPolicy{
		Name: p.Name, Match: map[string][]string{}, Calendar: p.Calendar,
		Rematch: slices.Clone(p.RematchOn), Reopen: p.Reopen,
	}
	for dimension, values := range p.Match {
		d.Match[dimension] = slices.Clone(values)
	}
	for _, t := range desk.Targets() {
		d.Targets[t] = time.Duration(p.Targets[t.String()])
	}
	for _, word := range p.PauseOn {
		status, _ := desk.ParseStatus(word) // checked
		d.PauseOn = append(d.PauseOn, status)
	}
	return d
}

func (m Match) check(at spot) {
	for _, name := range slices.Sorted(maps.Keys(m)) {
		if at.key(name).dimension(name) {
			checkMatched(at.key(name), name, m[name])
		}
	}
}

// checkMatched checks the values that one dimension may have. Those of channel
// and priority form closed sets, so that a word outside would never match.
func checkMatched(at spot, dimension string, values []string) {
	if values != nil && len(values) == 0 {
		at.errorf("list at least one value, or leave the key out to match every %s", dimension)
	}
	switch dimension {
	case "channel":
		at.someOf("channel", values, []string{
			"email", "chat", "phone", "web", "social", "messaging", "sms", "api", "other", "none",
		})
	case "priority":
		at.someOf("priority", values, []string{"low", "normal", "high", "urgent", "none"})
	default:
		at.someOf(dimension, values, nil)
	}
}
