package kpi

import (
	"time"

	"helpdesk_exporter/desk"
)

// Definitions is everything the user decides about the figures. It is checked
// by the config package; a value that exists is a value that is valid.
type Definitions struct {
	Labels         []string   // dimensions of the ticket families: channel, priority, team, attr.NAME
	Rollups        [][]string // levels of the window families; nil: all together and each dimension alone
	Windows        []Window   // shortest first is not required; order is kept
	MinSample      int        // below it a ratio or mean is absent
	LabelValuesMax int        // admitted values of one label of one desk
	SeriesMax      int        // admitted label sets of one family of one desk
	Buckets        Buckets
	Surveys        []Survey
	ServiceLevels  []ServiceLevel
	Horizons       Horizons
	Timezone       *time.Location // of the tables by hour and weekday
	Calendars      []Schedule
	SLAPolicies    []SLAPolicy // the first that matches a ticket wins
	// SLAObjectives are the shares of promises that are to be kept, by the name
	// of the policy, one of the desk's own included.
	SLAObjectives map[string]float64
	// FirstResponseTargets are the thresholds of the within-target figures.
	FirstResponseTargets []time.Duration

	Scorecards  []Scorecard // a review that names none goes by the first; none: by [DefaultScorecard]
	Engagement  Engagement
	RiskRules   []RiskRule
	GrossMargin desk.Opt[float64] // of purchases that do not tell theirs; a ratio
	// Topics and Competitors are the values that the figures about social media
	// tell apart, the rest is "other"; nil: all there are. Only feedback from the
	// Platforms is social.
	Topics, Competitors, Platforms []string
	// OutreachMinAttempts is how many attempts an hour of the day needs to be
	// called the best.
	OutreachMinAttempts int
	Targets             []Target
	Benchmarks          []Benchmark
}

// Window is one trailing window; Name is its text in the configuration and its
// label value.
type Window struct {
	Name   string
	Length time.Duration
}

// Horizons say how long a figure waits until what has not happened counts as
// not happening.
type Horizons struct {
	FCR      time.Duration // the customer's next contact, the reopening of the ticket
	Survey   time.Duration // the answer to a survey
	Outreach time.Duration // the reply to a call or a message
	Feedback time.Duration // the answer to feedback
}

// Buckets are upper bounds of the classic histograms, ascending: seconds, but
// for those of contacts, which are numbers of them.
type Buckets struct {
	Default  []float64
	Calls    []float64
	Contacts []float64
	Web      []float64
}

// Survey is one configured questionnaire.
type Survey struct {
	Name     string
	Kind     SurveyKind
	Min, Max float64   // its scale
	Positive []float64 // the positive answers of a CSAT; empty: from 0.75 of the scale
	Effort   bool      // CES only: a high score says much effort
}

// SurveyKind says which figures a questionnaire feeds.
type SurveyKind string

// The kinds of questionnaires.
const (
	CSAT             SurveyKind = "csat"
	NPS              SurveyKind = "nps"
	CES              SurveyKind = "ces"
	FCR              SurveyKind = "fcr"                // was the issue solved at first contact?
	AgentMood        SurveyKind = "agent_satisfaction" // asks agents, not customers
	PreferredChannel SurveyKind = "channel_preference" // asks for a word, not for a score
	Brand            SurveyKind = "brand"              // asks what people think of the brand
)

// ServiceLevel is one policy on how fast calls and chats are answered. An empty
// list matches everything.
type ServiceLevel struct {
	Name         string
	Channels     []string
	Queues       []string
	Threshold    time.Duration
	ShortAbandon time.Duration // who hangs up sooner is not counted as offered
	Abandons     string        // the policy the objective speaks of: negative, ignored, positive
	Objective    float64       // a ratio; 0: none
}

// Schedule is when a team works, as the user wrote it down: see [NewCalendar].
type Schedule struct {
	Name     string
	Timezone string // a name of the IANA database
	Hours    []Hours
	Holidays []Holiday
}

// Hours is one span of work on some days of the week, in minutes since
// midnight. One whose To is not after its From goes on into the next day.
type Hours struct {
	Days     []time.Weekday
	From, To int
	// Since is the first day the span holds on, zero for ever. On each day of
	// the week only the spans with the latest since that has come count.
	Since Date
}

// Holiday is a span of whole days without work, both ends included.
type Holiday struct{ From, To Date }

// Date is a day of the calendar; the zero one is before all others.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// SLAPolicy promises tickets of some kind an answer or an end in time.
type SLAPolicy struct {
	Name     string
	Match    map[string][]string // values by dimension; an empty one matches everything
	Calendar string              // empty: around the clock
	Targets  [4]time.Duration    // by desk.Target; 0: none
	PauseOn  []desk.Status       // statuses in which the clocks stand
	Rematch  []string            // dimensions whose change chooses the policy anew
	Reopen   Reopen
}

// Reopen says what becomes of the promise of an end when a solved ticket is
// opened again.
type Reopen string

// What a reopening does to the promise of an end.
const (
	ReopenRestarts Reopen = "restart" // it is made once more, from the reopening on
	ReopenResumes  Reopen = "resume"  // its clock goes on where the solve stopped it
	ReopenIgnored  Reopen = "ignore"  // the first solve keeps it
)

// Scorecard says what the scores of a quality review are worth.
type Scorecard struct {
	Name       string
	Min, Max   float64 // the scale of a review's score as a whole
	Categories []Category
}

// Category is one criterion of a scorecard.
type Category struct {
	Name     string
	Weight   float64
	Min, Max float64
	Critical bool // below half of its scale it fails the whole review
}

// DefaultScorecard is the one of reviews where none is configured: per cent,
// and every criterion weighs the same.
func DefaultScorecard() Scorecard { return Scorecard{Name: "default", Max: 100} }

// Engagement says how the engagement score of a customer is made: the weighted
// mean of what he did, each as a part of how often an engaged customer does it.
type Engagement struct {
	Version string // of the weights; scores of different versions do not compare
	Weights map[EngagementInput]EngagementWeight
	// EngagedFrom is the score from which on a customer counts as engaged.
	EngagedFrom float64
}

// EngagementWeight is what one input of the engagement score is worth.
type EngagementWeight struct {
	Weight  float64
	PerWeek float64 // how often a week it happens for the full score
}

// EngagementInput is something that customers do which shows their engagement.
type EngagementInput string

// The inputs of the engagement score. Contacts with the desk are none: more of
// them are mostly bad news.
const (
	EngagedProductUse EngagementInput = "product_use" // sessions in the product
	EngagedWebVisit   EngagementInput = "web_visit"   // sessions on the web site
	EngagedPurchase   EngagementInput = "purchase"
	EngagedOpen       EngagementInput = "email_open" // by a person
	EngagedClick      EngagementInput = "click"      // on what was sent
	EngagedReply      EngagementInput = "reply"      // to a call or a message
	EngagedFeedback   EngagementInput = "feedback"
	EngagedProgram    EngagementInput = "program" // activity in a loyalty or training program
)

// EngagementInputs returns all inputs of the engagement score.
func EngagementInputs() []EngagementInput {
	return []EngagementInput{
		EngagedProductUse, EngagedWebVisit, EngagedPurchase, EngagedOpen, EngagedClick, EngagedReply, EngagedFeedback, EngagedProgram,
	}
}

// RiskRule says by what one sees that a customer may leave.
type RiskRule struct {
	Name  string
	Kind  RiskKind
	Count int           // complaints: how many unresolved ones
	After time.Duration // inactive: for how long; detractor: how long an answer says something
}

// RiskKind is what a risk rule looks at.
type RiskKind string

// The kinds of risk rules.
const (
	RiskDetractor  RiskKind = "detractor"  // the latest answer to an NPS survey is one of a detractor
	RiskComplaints RiskKind = "complaints" // unresolved tickets of the kind complaint
	RiskInactive   RiskKind = "inactive"   // bought, visited, used and answered nothing
)

// Target is what a KPI of the handbook is meant to reach, in the KPI's own
// unit.
type Target struct {
	KPI   string
	Team  string // empty: the whole desk
	Value float64
}

// Benchmark is what others reach in a KPI of the handbook, in its own unit.
type Benchmark struct {
	KPI   string
	Name  string
	Value float64
}
