package config

import (
	"maps"
	"slices"

	"github.com/prometheus/common/model"

	"helpdesk_exporter/desk"
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
	Objective Ratio                     `yaml:"objective,omitempty"`
}

// Match names dimensions of a ticket and the values it may have in them. An
// empty one matches every ticket.
type Match map[string][]string

func slaTargets() []string {
	return []string{"first_response", "next_response", "update", "resolution"}
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
	if p.Calendar != "" {
		known := make([]string, len(calendars))
		for i, c := range calendars {
			known[i] = c.Name
		}
		at.key("calendar").oneOf("calendar", p.Calendar, known)
	}
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
