// Package intercom reads Intercom over its API: conversations, with their parts,
// their ratings and their SLAs, tickets that are no conversations, and calls.
package intercom

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/prometheus/common/model"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/internal/api"
	"helpdesk_exporter/sources"
)

// Config says which workspace is read, and how.
type Config struct {
	Common sources.Common `yaml:",inline"`
	API    api.Config     `yaml:",inline"`
	// Start is how far back the first sync reads what changed; conversations that
	// are not closed it reads however old they are.
	Start model.Duration `yaml:"start,omitempty"`
	// APIVersion is the version of the API that every request names: what the
	// fields mean must not change with a setting of the workspace.
	APIVersion string `yaml:"api_version,omitempty"`
	// Parts says of which conversations the single messages are read.
	Parts Parts `yaml:"parts,omitempty"`
	// OfficeHours says that the workspace has office hours, so that its own
	// durations leave out what lies beyond them.
	OfficeHours bool `yaml:"office_hours"`
	// SLATarget is what the workspace's SLAs promise: Intercom does not tell.
	SLATarget string `yaml:"sla_target,omitempty"`
	// Survey and BotSurvey are the names that ratings of teammates and of the AI
	// agent have under `surveys`.
	Survey    string `yaml:"survey,omitempty"`
	BotSurvey string `yaml:"bot_survey,omitempty"`
	// Calls and Tickets say whether phone calls, and tickets that are no
	// conversations, are read too.
	Calls   bool `yaml:"calls"`
	Tickets bool `yaml:"tickets,omitempty"`
	// Attributes are conversation attributes that become labels, by the name
	// behind `attr.`; TopicAttribute is the one that holds the topic.
	Attributes     map[string]string `yaml:"attributes,omitempty"`
	TopicAttribute string            `yaml:"topic_attribute,omitempty"`
}

// Parts says of which conversations the single messages are read. Each costs a
// request.
type Parts string

// Of which conversations the parts are read.
const (
	PartsChanged Parts = "changed" // of each that changed; by the first sync of those that are not closed
	PartsAll     Parts = "all"     // by the first sync too
	PartsNone    Parts = "none"
)

// unstable is the version without a number.
const unstable = "Unstable"

// NewConfig returns the configuration that a source of this type starts from.
func NewConfig() sources.Config {
	return &Config{
		API: api.DefaultConfig("https://api.intercom.io"), APIVersion: "2.15", Parts: PartsChanged, OfficeHours: true,
		SLATarget: desk.TargetFirstResponse.String(), Survey: "intercom-csat", BotSurvey: "intercom-bot-csat", Calls: true,
	}
}

// Shared implements [sources.Config].
func (c *Config) Shared() *sources.Common { return &c.Common }

// Feeds implements [sources.Config].
func (c *Config) Feeds() []desk.Kind {
	kinds := []desk.Kind{desk.KindTicket, desk.KindMessage, desk.KindSurvey}
	if c.Calls {
		kinds = append(kinds, desk.KindCall)
	}
	return kinds
}

// Host implements [sources.Remote].
func (c *Config) Host() string { return c.API.Host() }

// Surveys implements [sources.WithSurveys].
func (c *Config) Surveys() []sources.Questionnaire {
	return []sources.Questionnaire{{Name: c.Survey, Min: 1, Max: 5}, {Name: c.BotSurvey, Min: 1, Max: 5}}
}

// StartFrom implements [sources.WithStart].
func (c *Config) StartFrom(longest model.Duration) {
	if c.Start == 0 {
		c.Start = longest
	}
}

// BusinessTimes implements [sources.WithBusinessTimes].
func (c *Config) BusinessTimes() desk.BusinessTimes {
	if !c.OfficeHours {
		return 0
	}
	return desk.BusinessFirstResponse | desk.BusinessResolution
}

// Validate implements [sources.Config].
func (c *Config) Validate() error {
	errs := []error{c.API.Validate()}
	fail := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if !c.API.Authenticates() {
		fail("authorization: required: write the file that holds an access token of the workspace, as {credentials_file: intercom.token}")
	}
	if c.Start < 0 {
		fail("start: %s is negative; write how far back to begin, as 28d", c.Start)
	}
	if _, ok := versionOf(c.APIVersion); !ok {
		fail("api_version: %q is none; write 2.14 or later", c.APIVersion)
	}
	if !slices.Contains([]Parts{PartsChanged, PartsAll, PartsNone}, c.Parts) {
		fail("parts: unknown word %q; write %s, %s or %s", c.Parts, PartsChanged, PartsAll, PartsNone)
	}
	if _, ok := desk.ParseTarget(c.SLATarget); !ok {
		fail("sla_target: unknown target %q; write first_response, next_response, update or resolution", c.SLATarget)
	}
	if c.Survey == "" || c.BotSurvey == "" || c.Survey == c.BotSurvey {
		fail("survey, bot_survey: need a name each: ratings of teammates and of the AI agent are two surveys")
	}
	for _, name := range slices.Sorted(maps.Keys(c.Attributes)) {
		if !attributeName.MatchString(name) {
			fail("attributes: %q cannot be a label; write letters, digits and underscores, as plan: \"Plan name\"", name)
		}
		if c.Attributes[name] == "" {
			fail("attributes: %s: write the name of the conversation attribute", name)
		}
	}
	return errors.Join(errs...)
}

var attributeName = regexp.MustCompile(`^[a-zA-Z_][a-zA-Z0-9_]*$`)

// The oldest version that has what is read here, and the first that lists
// deleted conversations, both of 2.
const (
	leastVersion  = 14
	deletedSince  = 16
	unboundedMost = 1 << 20
)

// versionOf returns the number behind the 2 of a version.
func versionOf(text string) (int, bool) {
	if text == unstable {
		return unboundedMost, true
	}
	major, minor, _ := strings.Cut(text, ".")
	n, err := strconv.Atoi(minor)
	return n, err == nil && major == "2" && n >= leastVersion
}

// listsDeleted reports whether the version has a list of deleted conversations.
func (c *Config) listsDeleted() bool {
	n, _ := versionOf(c.APIVersion)
	return n >= deletedSince
}

// New implements [sources.Config].
func (c *Config) New(o sources.Options) (sources.Source, error) { return newSource(c, o) }
