package kpi

import "time"

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
	// FirstResponseTargets are the thresholds of the within-target figures.
	FirstResponseTargets []time.Duration
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
	FCR    time.Duration // the customer's next contact, the reopening of the ticket
	Survey time.Duration // the answer to a survey
}

// Buckets are upper bounds of the classic histograms, ascending: seconds, but
// for those of contacts, which are numbers of them.
type Buckets struct {
	Default  []float64
	Calls    []float64
	Contacts []float64
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
