// Package config turns the YAML file that the user writes into checked values.
//
// It reads strictly: a key it does not know, a doubled key or name, a value out
// of bounds are errors that name file, line and key, all of them at once. A
// *Config that exists is one that is valid.
package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/prometheus/common/model"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/sources"
)

// Config is the whole configuration, with every default filled in.
type Config struct {
	Global        Global           `yaml:"global"`
	Buckets       Buckets          `yaml:"buckets"`
	Calendars     []Calendar       `yaml:"calendars,omitempty"`
	SLAPolicies   []SLAPolicy      `yaml:"sla_policies,omitempty"`   // the first that matches a ticket wins
	SLAObjectives map[string]Ratio `yaml:"sla_objectives,omitempty"` // of the policies of the desks, by name
	ServiceLevels []ServiceLevel   `yaml:"service_levels,omitempty"`
	Surveys       []Survey         `yaml:"surveys,omitempty"`
	Scorecards    []Scorecard      `yaml:"scorecards,omitempty"`
	Targets       Targets          `yaml:"targets"`
	Benchmarks    []Benchmark      `yaml:"benchmarks,omitempty"`
	Engagement    Engagement       `yaml:"engagement"`
	RiskRules     []RiskRule       `yaml:"risk_rules"`
	Outreach      Outreach         `yaml:"outreach"`

	GrossMarginRatio *float64 `yaml:"gross_margin_ratio,omitempty"` // of purchases that do not tell theirs
	// The values that figures about feedback tell apart; none: all there are.
	Topics          []string `yaml:"topics,flow,omitempty"`
	Competitors     []string `yaml:"competitors,flow,omitempty"`
	SocialPlatforms []string `yaml:"social_platforms,flow"`

	Sources []sources.Config `yaml:"-"` // read through sourceList, which knows their types

	// Dir is the directory of the file: relative paths in it start here.
	Dir string `yaml:"-"`

	name    string   // of the file
	digests []Digest // by source
}

// Default returns the configuration of a file that sets nothing.
func Default() Config {
	return Config{
		Global:          defaultGlobal(),
		Buckets:         defaultBuckets(),
		Targets:         defaultTargets(),
		Engagement:      defaultEngagement(),
		RiskRules:       defaultRiskRules(),
		Outreach:        defaultOutreach(),
		SocialPlatforms: defaultPlatforms(),
	}
}

// Load reads and checks the file at path. The types are the known types of
// sources, each with the function that makes its configuration with the
// defaults set.
func Load(path string, types map[string]func() sources.Config) (*Config, error) {
	data, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("read configuration: %w: name the file with --config.file; config.example.yml is one to begin with", err)
	case err != nil:
		return nil, fmt.Errorf("read configuration: %w", err)
	}
	return Parse(data, path, types)
}

// Parse reads and checks a configuration. The name is the path of the file,
// which the errors cite and against which relative paths are resolved.
func Parse(data []byte, name string, types map[string]func() sources.Config) (*Config, error) {
	root, err := parseTree(data, name)
	if err != nil {
		return nil, err
	}
	r := newReport(name, root)
	c, written := r.decode(data, root, types)
	if c == nil {
		return nil, r.err()
	}
	c.name, c.Dir = name, filepath.Dir(name)
	c.keepDefaults()
	c.check(r)
	if err := r.err(); err != nil {
		return nil, err
	}
	if err := c.digest(written); err != nil {
		return nil, err
	}
	return c, nil
}

// keepDefaults undoes what the decoder does to a list whose key has no value: it
// empties it. Of the lists that may be empty it could not be told later.
func (c *Config) keepDefaults() {
	d := Default()
	if c.Global.Labels == nil {
		c.Global.Labels = d.Global.Labels
	}
	if c.Targets.FirstResponse == nil {
		c.Targets.FirstResponse = d.Targets.FirstResponse
	}
	if c.RiskRules == nil {
		c.RiskRules = d.RiskRules
	}
	if c.SocialPlatforms == nil {
		c.SocialPlatforms = d.SocialPlatforms
	}
}

// check reports every mistake that the values make, alone and together, and
// fills in the defaults that depend on other values.
func (c *Config) check(r *report) {
	top := spot{report: r}
	c.Global.check(top.key("global"))
	c.Buckets.check(top.key("buckets"))
	checkCalendars(top.key("calendars"), c.Calendars)
	checkSLAPolicies(top.key("sla_policies"), c.SLAPolicies, c.Calendars)
	checkSLAObjectives(top.key("sla_objectives"), c.SLAObjectives, c.SLAPolicies)
	checkServiceLevels(top.key("service_levels"), c.ServiceLevels)
	checkSurveys(top.key("surveys"), c.Surveys)
	checkScorecards(top.key("scorecards"), c.Scorecards)
	c.Targets.check(top.key("targets"))
	checkBenchmarks(top.key("benchmarks"), c.Benchmarks)
	c.Engagement.check(top.key("engagement"))
	checkRiskRules(top.key("risk_rules"), c.RiskRules)
	checkMargin(top.key("gross_margin_ratio"), c.GrossMarginRatio)
	top.key("topics").someOf("topic", c.Topics, nil)
	top.key("competitors").someOf("competitor", c.Competitors, nil)
	top.key("social_platforms").someOf("platform", c.SocialPlatforms, nil)
	checkSources(top.key("sources"), c.Sources, c)
	c.addSurveys()
}

// MarshalYAML implements [yaml.Marshaler]: the text it makes can be parsed
// again, but for secrets, which mask themselves.
func (c *Config) MarshalYAML() (any, error) {
	type plain Config
	return struct {
		Plain   plain            `yaml:",inline"`
		Sources []sources.Config `yaml:"sources"`
	}{plain(*c), c.Sources}, nil
}

// Retention returns how long records have to be kept for the figures to be
// exact: as long as anything looks back, and a week for what arrives late.
func (c *Config) Retention() time.Duration {
	needed, _ := c.lookBack()
	return needed + 7*24*time.Hour
}

// CheckRetention reports a retention under which records would be forgotten
// while a figure still looks back at them.
func (c *Config) CheckRetention(d time.Duration) error {
	if needed, by := c.lookBack(); d < needed {
		return fmt.Errorf("%s: %s need records of %s, and --storage.retention=%s keeps fewer: raise it, leave it out, or shorten them",
			c.name, by, model.Duration(needed), model.Duration(d))
	}
	return nil
}

// lookBack returns how far back the figures look, and which settings decide it.
// Within a window a figure looks as far as its horizon beyond it. The rules of
// risk have no window: they are about now, and about customers.
func (c *Config) lookBack() (needed time.Duration, by string) {
	window := c.longestWindow()
	var horizon model.Duration
	var key string
	h := c.Global.Horizons
	for _, of := range []struct {
		key    string
		length model.Duration
	}{{"fcr", h.FCR}, {"outreach", h.Outreach}, {"feedback", h.Feedback}, {"survey", h.Survey}} {
		if of.length > horizon {
			key, horizon = of.key, of.length
		}
	}
	needed = window.Length + time.Duration(horizon)
	by = fmt.Sprintf("global.windows and global.horizons: the longest window, %s, and the longest horizon, %s: %s,", window.Name, key, horizon)
	for i, r := range c.RiskRules {
		if after := time.Duration(r.After); after > needed && c.feeds(desk.KindCustomer) {
			needed, by = after, fmt.Sprintf("risk_rules[%d].after: the %s of the rule %q", i, r.After, r.Name)
		}
	}
	return needed, by
}

// feeds reports whether a source brings records of a kind.
func (c *Config) feeds(kind desk.Kind) bool {
	return slices.ContainsFunc(c.Sources, func(s sources.Config) bool { return slices.Contains(s.Feeds(), kind) })
}

func (c *Config) longestWindow() Window {
	var window Window
	for _, w := range c.Global.Windows {
		if w.Length > window.Length {
			window = w
		}
	}
	return window
}

// longest bounds every duration that others are added to or multiplied with, so
// that no sum overflows.
const longest = 20 * 365 * model.Day

// checkDuration reports a duration that is not above zero or too long.
func checkDuration(at spot, d model.Duration) {
	switch {
	case d <= 0:
		at.errorf("must be longer than 0")
	case d > longest:
		at.errorf("%s is too long: at most %s", d, longest)
	}
}
