package config

import (
	"slices"
	"time"

	"github.com/prometheus/common/model"
)

// Targets are thresholds of the within-target figures that hold for all
// tickets, whatever their policy.
type Targets struct {
	FirstResponse []model.Duration `yaml:"first_response,flow"`
}

func defaultTargets() Targets {
	return Targets{FirstResponse: []model.Duration{model.Hour, 8 * model.Hour, model.Day}}
}

func (t *Targets) check(at spot) {
	for i, d := range t.FirstResponse {
		checkDuration(at.key("first_response").index(i), d)
		if slices.Contains(t.FirstResponse[:i], d) {
			at.key("first_response").index(i).errorf("%s is listed twice: keep one of them", d)
		}
	}
}

// ascending returns the targets of all tickets, shortest first.
func (t *Targets) ascending() []time.Duration {
	var all []time.Duration
	for _, d := range t.FirstResponse {
		all = append(all, time.Duration(d))
	}
	slices.Sort(all)
	return all
}
