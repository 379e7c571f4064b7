package web

import (
	"maps"
	"slices"
)

// unit is what a figure is measured in.
type unit int

const (
	number unit = iota
	share       // from 0 to 1, shown in percent
	seconds
	points // of a score from -100 to 100
	score  // from 1 to 7
)

// kpi is a KPI that the page shows, as /metrics has it.
type kpi struct {
	title  string
	manual string // its section in docs/kpis.md
	survey string // kind of the surveys that it is about; empty: none
	unit   unit
	family string
	labels map[string]string // of the series that is meant, besides those that tell what it is for
	of     string            // the label that says what it is for; empty: there is but one

	sample  string  // the family that counts what it is made from
	counted counted // what that counts

	high         map[string]string // labels of the figure that most stay below
	lower, upper string            // families of its bounds
	margin       string            // family of its margin of error
	objective    string            // family of what it is meant to reach
}

// counted is what there is one of, and what there are many of.
type counted struct{ one, many string }

func (c counted) of(n float64) string {
	if n == 1 {
		return c.one
	}
	return c.many
}

// What samples are made of.
var (
	answers          = counted{"answer", "answers"}
	solvedTickets    = counted{"solved ticket", "solved tickets"}
	issues           = counted{"issue", "issues"}
	contacts         = counted{"call or chat", "calls and chats"}
	answeredContacts = counted{"answered call or chat", "answered calls and chats"}
)

// section is a group of KPIs that one kind of records feeds.
type section struct {
	title, kind string
	kpis        []kpi
}

// The labels of the quantiles that are shown.
var (
	median = map[string]string{"q": "0.5"}
	ninety = map[string]string{"q": "0.9"}
)

// sections is every KPI of the page in its order; the stock of tickets, their
// comings and goings, and the promises have places of their own.
var sections = []section{
	{title: "Tickets", kind: kindTicket, kpis: []kpi{
		{
			title: "First response", manual: "first-response-time", unit: seconds,
			family: "helpdesk_first_response_quantile_seconds", labels: median, high: ninety,
			sample: "helpdesk_first_response_observations", counted: answers,
		},
		{
			title: "Full resolution", manual: "time-to-resolution", unit: seconds,
			family: "helpdesk_full_resolution_quantile_seconds", labels: median, high: ninety,
			sample: "helpdesk_full_resolution_observations", counted: solvedTickets,
		},
		{
			title: "First-contact resolution", manual: "first-contact-resolution-fcr", unit: share, of: "method",
			family: "helpdesk_first_contact_resolution_ratio",
			sample: "helpdesk_first_contact_resolution_eligible", counted: issues,
			lower: "helpdesk_first_contact_resolution_wilson_lower_ratio",
			upper: "helpdesk_first_contact_resolution_wilson_upper_ratio",
		},
		{
			title: "Reopened", manual: "reopened-tickets", unit: share,
			family: "helpdesk_ticket_reopen_ratio",
			sample: "helpdesk_tickets_solved_in_window", counted: solvedTickets,
		},
	}},
	{title: "Calls and chats", kind: kindCall, kpis: []kpi{
		{
			title: "Calls and chats", manual: "contacts-by-outcome", unit: number,
			family: "helpdesk_calls_in_window",
		},
		{
			title: "Service level", manual: "service-levels", unit: share, of: "policy",
			family: "helpdesk_service_level_ratio", objective: "helpdesk_service_level_objective_ratio",
			sample: "helpdesk_service_level_offered", counted: contacts,
		},
		{
			title: "Abandonment", manual: "abandonment", unit: share,
			family: "helpdesk_abandonment_ratio",
			sample: "helpdesk_contacts_offered", counted: contacts,
		},
		{
			title: "Speed of answer, mean", manual: "waits", unit: seconds,
			family: "helpdesk_speed_of_answer_mean_seconds",
			sample: "helpdesk_speed_of_answer_observations", counted: answeredContacts,
		},
	}},
	{title: "Surveys", kind: kindSurvey, kpis: []kpi{
		{
			title: "Satisfaction (CSAT)", manual: "customer-satisfaction-csat", unit: share, survey: "csat", of: "survey",
			family: "helpdesk_csat_ratio",
			sample: "helpdesk_csat_responses", counted: answers,
			lower: "helpdesk_csat_wilson_lower_ratio", upper: "helpdesk_csat_wilson_upper_ratio",
		},
		{
			title: "Net Promoter Score", manual: "net-promoter-score-nps", unit: points, survey: "nps", of: "survey",
			family: "helpdesk_nps",
			sample: "helpdesk_nps_responses", counted: answers, margin: "helpdesk_nps_margin_of_error",
		},
		{
			title: "Ease (CES)", manual: "customer-effort-ces", unit: score, survey: "ces", of: "survey",
			family: "helpdesk_ces_ease_score",
			sample: "helpdesk_ces_responses", counted: answers,
		},
	}},
	{title: "Quality reviews", kind: kindReview, kpis: []kpi{
		{
			title: "Internal quality score", manual: "internal-quality-score-iqs", unit: share,
			family: "helpdesk_iqs_ratio",
			sample: "helpdesk_iqs_reviews", counted: counted{"review", "reviews"},
		},
	}},
	{title: "Customers", kind: kindCustomer, kpis: []kpi{
		{
			title: "Retention", manual: "retention-and-churn", unit: share, of: "method",
			family: "helpdesk_customer_retention_ratio",
			sample: "helpdesk_customers_start", counted: counted{"customer", "customers"},
		},
	}},
	{title: "Self-service", kind: kindView, kpis: []kpi{
		{
			title: "Articles read", manual: "articles-read", unit: number,
			family: "helpdesk_article_views_in_window",
		},
	}},
	{title: "Social media", kind: kindFeedback, kpis: []kpi{
		{
			title: "Mentions", manual: "social-media", unit: number,
			family: "helpdesk_social_mentions_in_window",
		},
	}},
}

// The kinds of records that feed what the page shows.
const (
	kindTicket   = "ticket"
	kindCall     = "call"
	kindSurvey   = "survey"
	kindReview   = "review"
	kindCustomer = "customer"
	kindView     = "article_view"
	kindFeedback = "feedback"
)

// Families that have places of their own.
const (
	openedFamily   = "helpdesk_tickets_opened_in_window"
	solvedFamily   = "helpdesk_tickets_solved_in_window"
	openFamily     = "helpdesk_tickets_open"
	oldestFamily   = "helpdesk_ticket_oldest_open_age_seconds"
	awaitingFamily = "helpdesk_tickets_awaiting_agent"
	attainedFamily = "helpdesk_sla_attainment_ratio"
	outcomesFamily = "helpdesk_sla_outcomes_in_window"
	budgetFamily   = "helpdesk_sla_error_budget_remaining_ratio"
	agreedFamily   = "helpdesk_sla_objective_ratio"
	atRiskFamily   = "helpdesk_sla_at_risk"
	overdueFamily  = "helpdesk_sla_overdue"
	nextDueFamily  = "helpdesk_sla_next_due_timestamp_seconds"
)

// wanted returns the families that desks show.
func wanted() map[string]bool {
	families := map[string]bool{}
	for _, name := range []string{
		openedFamily, solvedFamily, openFamily, oldestFamily, awaitingFamily, attainedFamily, outcomesFamily, budgetFamily,
		agreedFamily, atRiskFamily, overdueFamily, nextDueFamily,
	} {
		families[name] = true
	}
	for _, s := range sections {
		for _, k := range s.kpis {
			for _, name := range []string{k.family, k.sample, k.lower, k.upper, k.margin, k.objective} {
				families[name] = true
			}
		}
	}
	return families
}

// Pictured returns the families of which the page draws how they went.
func Pictured() []string {
	families := map[string]bool{openedFamily: true, solvedFamily: true}
	for _, s := range sections {
		for _, k := range s.kpis {
			families[k.family] = true
		}
	}
	return slices.Sorted(maps.Keys(families))
}
