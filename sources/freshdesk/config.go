// Package freshdesk reads Freshdesk over its API.
//
// A Freshdesk lists its tickets by the time of their last change, a hundred at a
// time, and knows no cursor: the listing is read on from the last change that
// was seen. Deleted tickets and spam are listed apart, ratings by when they were
// given, and what was said on a ticket is asked for ticket by ticket.
package freshdesk

import (
	"errors"
	"fmt"
	"regexp"
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
	// Conversations says of which tickets the messages are read.
	Conversations Conversations `yaml:"conversations"`
	// TimeEntries says whether the time that agents noted is read.
	TimeEntries bool `yaml:"time_entries"`
	// Survey is what ratings are called under surveys of the configuration.
	Survey string `yaml:"survey"`
	// Statuses gives the numbers of statuses other meanings than their names have.
	Statuses map[int]string `yaml:"statuses,omitempty"`
	// Attributes names custom fields by the attr.NAME that they become.
	Attributes map[string]string `yaml:"attributes,omitempty"`
	// TopicField names the custom field that tells what a ticket is about.
	TopicField string `yaml:"topic_field,omitempty"`
}

// Conversations says of which tickets the messages are read.
type Conversations string

// Of which tickets the messages are read.
const (
	// ConversationsChanged reads those of tickets on which somebody wrote since
	// the last round, and at the first sync those of unfinished tickets.
	ConversationsChanged Conversations = "changed"
	// ConversationsAll reads those of every ticket at the first sync as well.
	ConversationsAll Conversations = "all"
	// ConversationsNone reads none.
	ConversationsNone Conversations = "none"
)

// defaultSurvey is what ratings are called where the user does not say.
const defaultSurvey = "freshdesk-csat"

// NewConfig returns the configuration that a source of this type starts from.
func NewConfig() sources.Config {
	return &Config{API: api.DefaultConfig(""), Conversations: ConversationsChanged, Survey: defaultSurvey}
}

// Shared implements [sources.Config].
func (c *Config) Shared() *sources.Common { return &c.Common }

// Feeds implements [sources.Config]. Messages come with their tickets.
func (c *Config) Feeds() []desk.Kind { return []desk.Kind{desk.KindTicket, desk.KindSurvey} }

// Host implements [sources.Remote].
func (c *Config) Host() string { return c.API.Host() }

// Surveys implements [sources.WithSurveys].
func (c *Config) Surveys() []sources.Questionnaire {
	return []sources.Questionnaire{{Name: c.Survey, Min: -3, Max: 3, Positive: []float64{1, 2, 3}}}
}

// StartFrom implements [sources.WithStart].
func (c *Config) StartFrom(longest model.Duration) {
	if c.Start == 0 {
		c.Start = longest
	}
}

// attrName is how the name of an attribute is written.
var attrName = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

// Validate implements [sources.Config].
func (c *Config) Validate() error {
	errs := []error{c.API.Validate()}
	if !c.API.Authenticates() {
		errs = append(errs, errors.New("basic_auth: required: write the API key as username, or where it is as username_file, and X as password"))
	}
	if !slices.Contains([]Conversations{ConversationsChanged, ConversationsAll, ConversationsNone}, c.Conversations) {
		errs = append(errs, fmt.Errorf("conversations: %q is unknown; write changed, all or none", c.Conversations))
	}
	if c.Survey == "" {
		errs = append(errs, errors.New("survey: empty; write what the ratings are called under surveys, as freshdesk-csat"))
	}
	return errors.Join(append(errs, c.checkStatuses(), c.checkAttributes())...)
}

func (c *Config) checkStatuses() error {
	var errs []error
	for code, name := range c.Statuses {
		if status, ok := desk.ParseStatus(name); code < firstStatus || !ok || !meant(status) {
			errs = append(errs, fmt.Errorf("statuses.%d: %q is unknown; write the number of a status, from %d, and one of %s",
				code, name, firstStatus, strings.Join(statusWords(), ", ")))
		}
	}
	return joinSorted(errs)
}

// meant reports whether a status of the desk can mean this. Deleted tickets and
// spam have no status of their own, and merged ones are closed.
func meant(s desk.Status) bool { return s.Open() || s.Finished() || s == desk.StatusTest }

func statusWords() []string {
	var words []string
	for s := desk.StatusNew; s <= desk.StatusTest; s++ {
		if meant(s) {
			words = append(words, s.String())
		}
	}
	return words
}

func (c *Config) checkAttributes() error {
	var errs []error
	for name, field := range c.Attributes {
		if !attrName.MatchString(name) || field == "" {
			errs = append(errs, fmt.Errorf("attributes.%s: write small letters, digits and _, a letter first, and then the name of a custom field, as region: cf_region", name))
		}
	}
	return joinSorted(errs)
}

// joinSorted joins mistakes in an order that does not change.
func joinSorted(errs []error) error {
	slices.SortFunc(errs, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return errors.Join(errs...)
}

// New implements [sources.Config].
func (c *Config) New(o sources.Options) (sources.Source, error) {
	reached := c.API
	reached.URL = strings.TrimSuffix(strings.TrimRight(reached.URL, "/"), root)
	client, err := api.New(reached, api.Desk{}, o)
	if err != nil {
		return nil, err
	}
	return newSource(c, client, o.Logger), nil
}
