// Package zendesk reads Zendesk over its API: tickets with their metrics, the
// clocks that it runs for them, ratings, and the calls of Zendesk Talk.
package zendesk

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"time"

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
	// Survey is the name of the questionnaire that customers' ratings belong to,
	// ResponseSurvey that of what they answer where the desk has the newer survey.
	Survey         string `yaml:"survey,omitempty"`
	ResponseSurvey string `yaml:"response_survey,omitempty"`
	// Calls says that the desk has Zendesk Talk, so that its calls are read.
	Calls bool `yaml:"calls"`
	// Scope is whose tickets are read: those of agents, of AI agents, or all.
	Scope string `yaml:"support_type_scope,omitempty"`
	// Attributes are the ticket fields, by their ids, that become attr.NAME.
	Attributes map[string]int64 `yaml:"attributes,omitempty"`
	// TopicField is the id of the ticket field that becomes the topic, 0 for none.
	TopicField int64 `yaml:"topic_field,omitempty"`
}

// The words of `support_type_scope`.
const (
	scopeAgent   = "agent"
	scopeAIAgent = "ai_agent"
	scopeAll     = "all"
)

// The names of the questionnaires where the user gives none.
const (
	defaultSurvey         = "zendesk-csat"
	defaultResponseSurvey = "zendesk-survey"
)

// longestStart bounds `start`.
const longestStart = 10 * 366 * 24 * time.Hour

// attributeName is what can stand behind attr. in a label.
var attributeName = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

// NewConfig returns the configuration that a source of this type starts from.
func NewConfig() sources.Config {
	return &Config{
		API: api.DefaultConfig(""), Survey: defaultSurvey, ResponseSurvey: defaultResponseSurvey, Calls: true, Scope: scopeAgent,
	}
}

// Shared implements [sources.Config].
func (c *Config) Shared() *sources.Common { return &c.Common }

// Feeds implements [sources.Config].
func (c *Config) Feeds() []desk.Kind {
	kinds := []desk.Kind{desk.KindTicket, desk.KindMessage, desk.KindSurvey}
	if c.Calls {
		kinds = append(kinds, desk.KindCall, desk.KindStaffing)
	}
	return kinds
}

// BusinessTimes implements [sources.WithBusinessTimes].
func (c *Config) BusinessTimes() desk.BusinessTimes {
	return desk.BusinessFirstResponse | desk.BusinessReply | desk.BusinessResolution | desk.BusinessRequesterWait
}

// Host implements [sources.Remote].
func (c *Config) Host() string { return c.API.Host() }

// Surveys implements [sources.WithSurveys]. The older survey knows good and bad.
func (c *Config) Surveys() []sources.Questionnaire {
	return []sources.Questionnaire{{Name: c.Survey, Min: 0, Max: 1}, {Name: c.ResponseSurvey, Min: 1, Max: 5}}
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
	if !c.API.Authenticates() {
		errs = append(errs, errors.New("oauth2: required: Zendesk shows nothing without credentials; write an OAuth client under oauth2, a token under authorization, or, while API tokens last, name@example.com/token and the token under basic_auth"))
	}
	if start := time.Duration(c.Start); start < 0 || start > longestStart {
		errs = append(errs, fmt.Errorf("start: %s is out of bounds; write at most %s", c.Start, model.Duration(longestStart)))
	}
	if c.Survey == "" {
		errs = append(errs, fmt.Errorf("survey: empty; write the name that the ratings have under surveys, or leave it out for %s", defaultSurvey))
	}
	if c.ResponseSurvey == "" {
		errs = append(errs, fmt.Errorf("response_survey: empty; write the name that the answers have under surveys, or leave it out for %s", defaultResponseSurvey))
	}
	if !slices.Contains([]string{scopeAgent, scopeAIAgent, scopeAll}, c.Scope) {
		errs = append(errs, fmt.Errorf("support_type_scope: %q is unknown; write %s, %s or %s", c.Scope, scopeAgent, scopeAIAgent, scopeAll))
	}
	return errors.Join(append(errs, c.checkFields())...)
}

func (c *Config) checkFields() error {
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(c.Attributes)) {
		if !attributeName.MatchString(name) {
			errs = append(errs, fmt.Errorf("attributes: %q is not a legal name; write small letters, digits and _, a letter first", name))
		}
		if c.Attributes[name] <= 0 {
			errs = append(errs, fmt.Errorf("attributes: %q names no ticket field; write the field's id, a number", name))
		}
	}
	if c.TopicField < 0 {
		errs = append(errs, errors.New("topic_field: names no ticket field; write the field's id, a number"))
	}
	return errors.Join(errs...)
}

// New implements [sources.Config].
func (c *Config) New(o sources.Options) (sources.Source, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	return newSource(c, o)
}
