package simulate

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/prometheus/common/model"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/sources"
)

// Config says what kind of desk is simulated.
type Config struct {
	Common   sources.Common `yaml:",inline"`
	Settings Settings       `yaml:",inline"`
}

// Settings are what the life of a desk depends on. The cursor keeps those that
// a life began with.
type Settings struct {
	Seed          uint64         `yaml:"seed" json:"seed"`
	Past          model.Duration `yaml:"past" json:"past"` // how much lies behind at the first sync
	TicketsPerDay float64        `yaml:"tickets_per_day" json:"tickets_per_day"`
	CallsPerDay   float64        `yaml:"calls_per_day" json:"calls_per_day"`   // and live chats
	Customers     int            `yaml:"customers" json:"customers,omitempty"` // how many there are at first; 0: a desk without the company around it
	Teams         []string       `yaml:"teams,flow" json:"teams"`
	Agents        int            `yaml:"agents" json:"agents"`       // for each team's calls in busy hours; 0: as many as they need
	Speed         float64        `yaml:"speed" json:"speed"`         // multiplies what happens, divides how long it takes
	Incidents     model.Duration `yaml:"incidents" json:"incidents"` // the mean time between them; 0: none
	Opens         string         `yaml:"opens" json:"opens"`         // when the desk's day begins
	Timezone      string         `yaml:"timezone" json:"timezone"`
}

// The bounds of what a desk can be.
const (
	longestPast   = 366 * 24 * time.Hour
	mostPerDay    = 10_000_000
	mostCustomers = 1_000_000
	mostAgents    = 10_000
	highestSpeed  = 1000
	lowestSpeed   = 0.1
	shortestQuiet = 6 * time.Hour
	clockLayout   = "15:04"
)

// NewConfig returns the configuration that a source of this type starts from.
func NewConfig() sources.Config {
	return &Config{Settings: Settings{
		Seed: 1, Past: model.Duration(28 * 24 * time.Hour), TicketsPerDay: 200, CallsPerDay: 150,
		Teams: []string{"technical", "billing", "shipping"}, Speed: 1,
		Incidents: model.Duration(5 * 24 * time.Hour), Opens: "09:00", Timezone: "UTC",
	}}
}

// Shared implements [sources.Config].
func (c *Config) Shared() *sources.Common { return &c.Common }

// Feeds implements [sources.Config].
func (c *Config) Feeds() []desk.Kind {
	kinds := []desk.Kind{desk.KindTicket, desk.KindSurvey} // calls leave tickets behind
	if c.Settings.CallsPerDay > 0 {
		kinds = append(kinds, desk.KindCall, desk.KindStaffing)
	}
	if c.Settings.Customers > 0 {
		kinds = append(kinds,
			desk.KindReview, desk.KindCustomer, desk.KindPurchase, desk.KindFeedback, desk.KindArticle, desk.KindArticleView,
			desk.KindSession, desk.KindOutreach, desk.KindReferral, desk.KindEnrolment, desk.KindCost)
	}
	return kinds
}

// Validate implements [sources.Config].
func (c *Config) Validate() error {
	s := &c.Settings
	return errors.Join(s.checkVolume(), s.checkTeams(), s.checkDay())
}

func (s *Settings) checkVolume() error {
	var errs []error
	if past := time.Duration(s.Past); past < 0 || past > longestPast {
		errs = append(errs, fmt.Errorf("past: %s is out of bounds; write at most %s", s.Past, model.Duration(longestPast)))
	}
	for _, n := range []struct {
		key   string
		value float64
	}{{"tickets_per_day", s.TicketsPerDay}, {"calls_per_day", s.CallsPerDay}} {
		if !(n.value >= 0 && n.value <= mostPerDay) {
			errs = append(errs, fmt.Errorf("%s: %v is out of bounds; write a number from 0 to %d", n.key, n.value, mostPerDay))
		}
	}
	if s.TicketsPerDay == 0 && s.CallsPerDay == 0 {
		errs = append(errs, errors.New("tickets_per_day: nothing would ever happen; give it or calls_per_day a number above 0"))
	}
	if s.Customers < 0 || s.Customers > mostCustomers {
		errs = append(errs, fmt.Errorf("customers: %d is out of bounds; write a number up to %d, or 0 for a desk without the company around it", s.Customers, mostCustomers))
	}
	if !(s.Speed >= lowestSpeed && s.Speed <= highestSpeed) {
		errs = append(errs, fmt.Errorf("speed: %v is out of bounds; write a number from %v to %d", s.Speed, lowestSpeed, highestSpeed))
	}
	return errors.Join(errs...)
}

func (s *Settings) checkTeams() error {
	var errs []error
	if len(s.Teams) == 0 {
		errs = append(errs, errors.New("teams: empty; name at least one team"))
	}
	for i, team := range s.Teams {
		if team == "" || slices.Contains(s.Teams[:i], team) {
			errs = append(errs, fmt.Errorf("teams: %q is empty or listed twice; remove it", team))
		}
	}
	if s.Agents < 0 || s.Agents > mostAgents {
		errs = append(errs, fmt.Errorf("agents: %d is out of bounds; write a number up to %d, or 0 for as many as the calls need", s.Agents, mostAgents))
	}
	return errors.Join(errs...)
}

func (s *Settings) checkDay() error {
	var errs []error
	if quiet := time.Duration(s.Incidents); quiet != 0 && quiet < shortestQuiet {
		errs = append(errs, fmt.Errorf("incidents: one every %s leaves no quiet day; write at least %s, or 0s for none", s.Incidents, model.Duration(shortestQuiet)))
	}
	if _, err := time.Parse(clockLayout, s.Opens); err != nil {
		errs = append(errs, fmt.Errorf("opens: %q is no time of day; write one like \"09:00\"", s.Opens))
	}
	if _, err := time.LoadLocation(s.Timezone); err != nil || s.Timezone == "" || s.Timezone == "Local" {
		errs = append(errs, fmt.Errorf("timezone: %q is unknown; write an IANA name such as Europe/Athens, or UTC", s.Timezone))
	}
	return errors.Join(errs...)
}

// New implements [sources.Config].
func (c *Config) New(sources.Options) (sources.Source, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	return &Source{settings: c.Settings, pageRecords: defaultPageRecords}, nil
}

// opening returns the minute of the day at which the desk opens.
func (s *Settings) opening() int {
	t, _ := time.Parse(clockLayout, s.Opens) // checked
	return t.Hour()*60 + t.Minute()
}

// scaled divides a duration by the speed.
func (s *Settings) scaled(d time.Duration) time.Duration {
	return time.Duration(math.Round(float64(d) / s.Speed))
}
