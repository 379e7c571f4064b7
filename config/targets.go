package config

import (
	"slices"
	"time"

	"github.com/prometheus/common/model"

	"helpdesk_exporter/kpi"
)

// Targets are what figures are meant to reach.
type Targets struct {
	// FirstResponse lists the thresholds of the within-target figures that hold
	// for all tickets, whatever their policy.
	FirstResponse []model.Duration `yaml:"first_response,flow"`
	KPIs          []Target         `yaml:"kpis,omitempty"`
}

// Target is what a KPI is meant to reach.
type Target struct {
	KPI   string   `yaml:"kpi"`
	Team  string   `yaml:"team,omitempty"` // empty: the whole desk
	Value *float64 `yaml:"value"`          // in the unit of the KPI
}

// Benchmark is what others reach in a KPI.
type Benchmark struct {
	KPI   string   `yaml:"kpi"`
	Name  string   `yaml:"name"`
	Value *float64 `yaml:"value"` // in the unit of the KPI
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
	for i, target := range t.KPIs {
		at := at.key("kpis").index(i)
		checkValueOf(at, target.KPI, target.Value)
		at.key("team").legible(target.Team)
		same := func(other Target) bool { return other.KPI == target.KPI && other.Team == target.Team }
		if target.KPI != "" && slices.ContainsFunc(t.KPIs[:i], same) {
			at.errorf("%q has such a target already: keep one of them, or name another team", target.KPI)
		}
	}
}

func checkBenchmarks(at spot, benchmarks []Benchmark) {
	for i, b := range benchmarks {
		at := at.index(i)
		checkValueOf(at, b.KPI, b.Value)
		same := func(other Benchmark) bool { return other.KPI == b.KPI && other.Name == b.Name }
		switch {
		case b.Name == "":
			at.key("name").errorf("required: whose value it is, as industry")
		case at.key("name").legible(b.Name) && b.KPI != "" && slices.ContainsFunc(benchmarks[:i], same):
			at.errorf("%q has the benchmark %q already: keep one of them, or choose another name", b.KPI, b.Name)
		}
	}
}

// checkValueOf checks that there is a value, and a KPI that it is one of.
func checkValueOf(at spot, id string, value *float64) {
	if id == "" {
		at.key("kpi").errorf("required: the id of a KPI, as csat_ratio; docs/configuration.md lists them")
	} else {
		at.key("kpi").knownKPI(id)
	}
	if value == nil {
		at.key("value").errorf("required: a number in the unit of the KPI, as 0.9 for 90 %% or 14400 for 4 hours")
	} else if !finite(*value) {
		at.key("value").errorf("must be a finite number")
	}
}

// knownKPI reports an id that no KPI has. All there are would be too many to
// list.
func (s spot) knownKPI(id string) {
	known := kpi.IDs()
	if slices.Contains(known, id) {
		return
	}
	if near := nearest(id, known); near != "" {
		s.errorf("unknown KPI %q: did you mean %q? docs/configuration.md lists them", id, near)
		return
	}
	s.errorf("unknown KPI %q: docs/configuration.md lists them", id)
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

func (t Target) definition() kpi.Target {
	return kpi.Target{KPI: t.KPI, Team: t.Team, Value: *t.Value}
}

func (b Benchmark) definition() kpi.Benchmark {
	return kpi.Benchmark{KPI: b.KPI, Name: b.Name, Value: *b.Value}
}
