package main

import "github.com/grafana/grafana-foundation-sdk/go/cog"

// overview is the board to begin with. Each of its rows is told in full by
// another board.
func overview() board {
	return board{
		name: "overview", title: "Support overview",
		about:     "What comes in and what goes out, how long customers wait, which promises hold, and how content customers are.",
		variables: []variable{window, channel, team, priority},
		alarms:    true,
		rows: []row{
			{"Now", now()},
			{"Last $window, not filtered", lately()},
			{"Trends", theCourse()},
			{"Desk by desk, last $window", []panel{desks()}},
			{"Alerts", []panel{alerts(), firing()}},
		},
	}
}

func now() []panel {
	dims := chosen("channel", "team", "priority")
	return []panel{
		number{figure: figure{
			title: "Open tickets", unit: "none",
			about:   "Tickets that are neither finished nor withdrawn, of the chosen channels, teams and priorities.",
			queries: []query{{expr: sum(selector("helpdesk_tickets_open", dims...)), legend: "open"}},
		}},
		number{figure: figure{
			title: "Waiting for an agent", unit: "none",
			about:   "Open tickets whose next step is the agent's: the customer wrote last or, where messages are not known, the status is new or open.",
			queries: []query{{expr: sum(selector("helpdesk_tickets_awaiting_agent", dims...)), legend: "waiting"}},
		}},
		number{figure: figure{
			title: "Oldest without an answer", unit: "s", none: "None waits",
			about:   "Time since the oldest open ticket without a first answer came in, at the desk where it is longest. Of all channels, teams and priorities.",
			queries: []query{{expr: largest(selector("helpdesk_ticket_oldest_unanswered_age_seconds", `by="all"`)), legend: "age"}},
		}},
		number{figure: figure{
			title: "Due within an hour", unit: "none", judged: verdict{[]step{{colour: good}, {1, warning}}},
			about:   "Promises of open tickets that are due within the next hour, those that are overdue left out.",
			queries: []query{{expr: sum(selector("helpdesk_sla_at_risk", append(dims, `within="1h"`)...)), legend: "due"}},
		}},
		number{figure: figure{
			title: "Overdue", unit: "none", judged: noneOf(),
			about:   "Promises of open tickets whose due time has passed and that are still to be kept, as known so far.",
			queries: []query{{expr: sum(selector("helpdesk_sla_overdue", dims...)), legend: "overdue"}},
		}},
		number{figure: figure{
			title: "Failing sources", unit: "none", judged: noneOf(),
			about:   "Sources whose last poll could not be read to its end. Figures that rest on them stay as they are until they are stale, and vanish then.",
			queries: []query{{expr: zeros(selector("helpdesk_source_up")), legend: "failing"}},
		}},
	}
}

func lately() []panel {
	return []panel{
		number{figure: figure{
			title: "Opened per day", unit: "none", width: 3,
			about:   "Tickets created in the window, divided by the days of the window.",
			queries: []query{{expr: sum(overWindow("helpdesk_tickets_opened_per_day")), legend: "opened"}},
		}},
		number{figure: figure{
			title: "Clearance", unit: "percentunit", width: 3,
			about:   "Tickets solved in the window, divided by tickets created in it. Below 100 % the backlog grows.",
			queries: []query{{expr: share(overWindow("helpdesk_tickets_solved_in_window"), overWindow("helpdesk_tickets_opened_in_window")), legend: "clearance"}},
		}},
		number{figure: figure{
			title: "Response, p90", unit: "s", width: 3,
			about: "Nine of ten first responses of the window were given within this time, around the clock. Quantiles of several desks cannot be put together: " +
				"it is that of the slowest desk.",
			queries: []query{{expr: largest(overWindow("helpdesk_first_response_quantile_seconds", `q="0.9"`)), legend: "p90"}},
		}},
		number{figure: figure{
			title: "Error budget", unit: "percentunit", width: 3, judged: atLeast(0.25, 0),
			about: "Share of the promises that may be broken in the window under the objective and have not been, of the desk, policy and target where it is least. " +
				"At 0 the objective is just reached, below 0 it is missed; a warning below a quarter.",
			queries: []query{{expr: aggregate("min", overWindow("helpdesk_sla_error_budget_remaining_ratio")), legend: "left"}},
		}},
		number{figure: figure{
			title: "FCR", unit: "percentunit", width: 3,
			about: "First-contact resolution, the share of issues solved with one contact: no further contact, reopening, escalation or transfer until the horizon after the first solve. " +
				"These issues, divided by those whose horizon ended in the window.",
			queries: []query{{
				expr: share(overWindow("helpdesk_first_contact_resolutions", `method="operational"`),
					overWindow("helpdesk_first_contact_resolution_eligible", `method="operational"`)), legend: "FCR",
			}},
		}},
		number{figure: figure{
			title: "CSAT", unit: "percentunit", width: 3,
			about:   "Share of satisfied customers: positive answers of the window, divided by all valid ones. The board Satisfaction has its bounds and its sample.",
			queries: []query{{expr: share(overWindow("helpdesk_csat_positive_responses"), overWindow("helpdesk_csat_responses")), legend: "satisfied"}},
		}},
		number{figure: figure{
			title: "NPS", unit: "none", width: 3, decimals: cog.ToPtr(0.0),
			about:   "Net Promoter Score of the window, from -100 to 100 points: promoters less detractors, divided by all answers. The board Satisfaction has its margin of error.",
			queries: []query{{expr: nps(), legend: "points"}},
		}},
		number{figure: figure{
			title: "Service level", unit: "percentunit", width: 3,
			about: "Calls and chats of the window that were answered within the threshold of their policy, divided by those offered, under the policy where it is least. " +
				"The board Contact centre holds it against the objective.",
			queries: []query{{expr: aggregate("min", answeredInTime(overWindow)), legend: "in time"}},
		}},
	}
}

func nps() string {
	return netPromoters(overWindow("helpdesk_nps_segment_responses", `nps_segment="promoter"`),
		overWindow("helpdesk_nps_segment_responses", `nps_segment="detractor"`), overWindow("helpdesk_nps_responses"))
}

func theCourse() []panel {
	dims := chosen("channel", "team", "priority")
	responses := spread{"helpdesk_first_response_seconds", dims}
	return []panel{
		course{bars: true, below: []string{"solved", "withdrawn"}, figure: figure{
			title: "Opened and solved, per hour", unit: "short", sparse: true,
			about: "Tickets that came in or came back, above the line, and those that were solved or withdrawn, below it, counted when discovered: the hourly rate of the counters.",
			queries: []query{
				{expr: perHour(selector("helpdesk_tickets_opened_total", dims...)), legend: "opened"},
				{expr: perHour(selector("helpdesk_tickets_reopened_total", dims...)), legend: "reopened"},
				{expr: perHour(selector("helpdesk_tickets_solved_total", dims...)), legend: "solved"},
				{expr: perHour(selector("helpdesk_tickets_withdrawn_total", dims...)), legend: "withdrawn"},
			},
		}},
		course{figure: figure{
			title: "Open tickets by status", unit: "none",
			about:   "Tickets that are neither finished nor withdrawn, by what they wait for.",
			queries: []query{{expr: sum(selector("helpdesk_tickets_open", dims...), "status"), legend: "{{status}}"}},
		}},
		course{figure: figure{
			title: "First response", unit: "s",
			about: "The times within which half and nine of ten first responses of the window were given; and, with all who still wait for theirs counted as well, " +
				"half of them (Kaplan-Meier). Each at the slowest desk.",
			queries: []query{
				{expr: largest(overWindow("helpdesk_first_response_quantile_seconds", `q="0.5"`)), legend: "p50"},
				{expr: largest(overWindow("helpdesk_first_response_quantile_seconds", `q="0.9"`)), legend: "p90"},
				{expr: largest(overWindow("helpdesk_first_response_censored_quantile_seconds", `q="0.5"`)), legend: "p50 incl. waiting"},
			},
		}}.against("min", "first_response_time"),
		course{log: true, figure: figure{
			title: "First responses, as discovered", unit: "s", sparse: true,
			about: "The times within which half and nine of ten of the first responses discovered in the last minutes were given, of the chosen channels, teams and priorities.",
			queries: []query{
				{expr: responses.quantile(0.5), legend: "p50", dots: true},
				{expr: responses.quantile(0.9), legend: "p90", dots: true},
			},
		}},
		course{objectives: "/^objective/", from: 0.5, figure: figure{
			title: "SLA attainment", unit: "percentunit", most: cog.ToPtr(1.0),
			about: "Promises kept, divided by promises kept and broken in the window, for each policy; dashed, the objective of each.",
			queries: []query{
				{
					expr: share(overWindow("helpdesk_sla_outcomes_in_window", `outcome="met"`), overWindow("helpdesk_sla_outcomes_in_window"), "policy"), legend: "{{policy}}",
				},
				{expr: largest(selector("helpdesk_sla_objective_ratio"), "policy"), legend: "objective of {{policy}}"},
			},
		}},
		course{band: [2]string{"lower bound", "upper bound"}, figure: figure{
			title: "CSAT and its bounds", unit: "percentunit", most: cog.ToPtr(1.0),
			about: "Positive answers, divided by all valid answers of the window, between the bounds of its 95 % Wilson interval: the smaller the sample, the wider the band.",
			queries: []query{
				{expr: share(overWindow("helpdesk_csat_positive_responses"), overWindow("helpdesk_csat_responses")), legend: "satisfied"},
				{expr: wilson(-1, overWindow("helpdesk_csat_positive_responses"), overWindow("helpdesk_csat_responses")), legend: "lower bound"},
				{expr: wilson(1, overWindow("helpdesk_csat_positive_responses"), overWindow("helpdesk_csat_responses")), legend: "upper bound"},
			},
		}}.against("max", "csat_ratio"),
	}
}

func desks() panel {
	return grid{
		title: "Desks", sorted: "Overdue", height: 6,
		about: "One line for each desk, over the window where a figure has one. A click on a desk leads to its promises. Empty cells have no sample.",
		keys:  []key{{label: "desk", name: "Desk", leads: "sla"}},
		columns: []column{
			{name: "Open", unit: "none", expr: sum(selector("helpdesk_tickets_open"), "desk")},
			{name: "Opened", unit: "none", expr: sum(overWindow("helpdesk_tickets_opened_in_window"), "desk")},
			{name: "Solved", unit: "none", expr: sum(overWindow("helpdesk_tickets_solved_in_window"), "desk")},
			{name: "Oldest unanswered", unit: "s", expr: largest(selector("helpdesk_ticket_oldest_unanswered_age_seconds", `by="all"`), "desk")},
			{name: "Response, p90", unit: "s", expr: largest(overWindow("helpdesk_first_response_quantile_seconds", `q="0.9"`), "desk")},
			{name: "Overdue", unit: "none", judged: noneOf(), expr: sum(selector("helpdesk_sla_overdue"), "desk")},
			{
				name: "Error budget left", unit: "percentunit", judged: atLeast(0.25, 0),
				expr: aggregate("min", overWindow("helpdesk_sla_error_budget_remaining_ratio"), "desk"),
			},
			{name: "CSAT", unit: "percentunit", expr: share(overWindow("helpdesk_csat_positive_responses"), overWindow("helpdesk_csat_responses"), "desk")},
			{name: "CSAT answers", unit: "none", expr: sum(overWindow("helpdesk_csat_responses"), "desk")},
			{name: "Service level", unit: "percentunit", expr: aggregate("min", answeredInTime(overWindow, "desk"), "desk")},
		},
	}
}
