// Package rt reads Request Tracker 5 over its REST 2.0: tickets, and all that
// happened to them from the log of transactions.
package rt

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/prometheus/common/model"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/internal/api"
	"helpdesk_exporter/sources"
)

// Config says which desk is read, and how.
type Config struct {
	Common sources.Common `yaml:",inline"`
	API    api.Config     `yaml:",inline"`
	// Start is how far back the first sync reads what changed; tickets that are
	// not finished it reads however old they are.
	Start model.Duration `yaml:"start,omitempty"`
	// Statuses says what the desk's statuses mean, before what the adapter knows
	// of them.
	Statuses map[string]string `yaml:"statuses,omitempty"`
	// Priorities are the least of the desk's numbers that have each name.
	Priorities map[string]int `yaml:"priorities,omitempty"`
	// Channel says where a ticket's channel comes from, unless a custom field
	// tells it.
	Channel Channel `yaml:"channel,omitempty"`
	// ChannelField and CSATField are the names of custom fields of tickets.
	ChannelField string `yaml:"channel_field,omitempty"`
	CSATField    string `yaml:"csat_field,omitempty"`
	// Survey is the name that ratings have under `surveys`.
	Survey string `yaml:"survey,omitempty"`
	// Due says what the due date of a ticket promises.
	Due Due `yaml:"due,omitempty"`
}

// Channel says where a ticket's channel comes from.
type Channel string

// Where a ticket's channel comes from.
const (
	ChannelNone      Channel = "none"
	ChannelInterface Channel = "interface" // how the first message came in; a request for each ticket
)

// Due says what the due date of a ticket promises.
type Due string

// What the due date of a ticket promises.
const (
	DueNone       Due = "none"       // nothing: the SLA scrips move it from one target to the next
	DueResolution Due = "resolution" // the solution
)

// NewConfig returns the configuration that a source of this type starts from.
func NewConfig() sources.Config {
	return &Config{API: api.DefaultConfig(""), Channel: ChannelNone, Survey: "csat", Due: DueNone}
}

// Shared implements [sources.Config].
func (c *Config) Shared() *sources.Common { return &c.Common }

// Feeds implements [sources.Config].
func (c *Config) Feeds() []desk.Kind {
	kinds := []desk.Kind{desk.KindTicket, desk.KindMessage}
	if c.CSATField != "" {
		kinds = append(kinds, desk.KindSurvey)
	}
	return kinds
}

// Host implements [sources.Remote].
func (c *Config) Host() string { return c.API.Host() }

// Surveys implements [sources.WithSurveys].
func (c *Config) Surveys() []sources.Questionnaire {
	if c.CSATField == "" {
		return nil
	}
	return []sources.Questionnaire{{Name: c.Survey, Min: 1, Max: 5}}
}

// StartFrom implements [sources.WithStart].
func (c *Config) StartFrom(longest model.Duration) {
	if c.Start == 0 {
		c.Start = longest
	}
}

// Validate implements [sources.Config].
func (c *Config) Validate() error {
	errs := []error{c.API.Validate()}
	fail := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if !c.API.Authenticates() {
		fail("authorization: required: write the file that holds an authentication token, as {type: token, credentials_file: rt.token}, or use basic_auth")
	}
	if c.Start < 0 {
		fail("start: %s is negative; write how far back to begin, as 28d", c.Start)
	}
	for _, word := range slices.Sorted(maps.Keys(c.Statuses)) {
		if _, ok := desk.ParseStatus(c.Statuses[word]); !ok {
			fail("statuses: %s: unknown status %q; write new, open, pending, on_hold, solved, closed, deleted, spam, merged or test", word, c.Statuses[word])
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.Priorities)) {
		if !slices.Contains(desk.Priorities(), name) {
			fail("priorities: unknown priority %q; write %s", name, strings.Join(desk.Priorities(), ", "))
		}
	}
	if c.Channel != ChannelNone && c.Channel != ChannelInterface {
		fail("channel: unknown word %q; write %s or %s", c.Channel, ChannelNone, ChannelInterface)
	}
	if c.Channel == ChannelInterface && c.ChannelField != "" {
		fail("channel, channel_field: two places that tell the channel; leave one out")
	}
	if c.CSATField != "" && c.Survey == "" {
		fail("survey: required with csat_field: write the name that the ratings have under surveys")
	}
	if c.Due != DueNone && c.Due != DueResolution {
		fail("due: unknown word %q; write %s or %s", c.Due, DueNone, DueResolution)
	}
	return errors.Join(errs...)
}

// New implements [sources.Config].
func (c *Config) New(o sources.Options) (sources.Source, error) { return newSource(c, o) }

// step is a priority and the least of the desk's numbers that has it.
type step struct {
	name  string
	least int
}

// priorities returns the steps, the highest first. Those of a new desk are 0,
// 50 and 100.
func (c *Config) priorities() []step {
	of := c.Priorities
	if len(of) == 0 {
		of = map[string]int{"low": 0, "normal": 50, "high": 100}
	}
	var steps []step
	for name, least := range of {
		steps = append(steps, step{name, least})
	}
	slices.SortFunc(steps, func(x, y step) int {
		return cmp.Or(cmp.Compare(y.least, x.least), cmp.Compare(x.name, y.name))
	})
	return steps
}

// restPath is where the API begins, below the address of the desk.
const restPath = "/REST/2.0"

// reached returns how the API is reached. Whoever copied the whole address of
// the API into url means the same.
func (c *Config) reached() api.Config {
	reached := c.API
	reached.URL = strings.TrimSuffix(strings.TrimRight(c.API.URL, "/"), restPath) + restPath
	return reached
}
