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
			{"Now: what is open, and what is about to go wrong", now()},
			{"The last $window, all channels, teams and priorities together", lately()},
			{"The course of it", theCourse()},
			{"Desk by desk, the last $window", []panel{desks()}},
			{"What fires", []panel{alerts(), firing()}},
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
			title: "Sources that fail", unit: "none", judged: noneOf(),
			about:   "Sources whose last poll could not be read to its end. Figures that rest on them stay as they are until they are stale, and vanish then.",
			queries: []query{{expr: zeros(selector("helpdesk_source_up")), legend: "failing"}},
		}},
	}
}

func lately() []panel {
	return []panel{
		number{figure: figure{
			title: "Opened a day", unit: "none", width: 3,
			about:   "Tickets created in the window by days of the window.",
			queries: []query{{expr: sum(overWindow("helpdesk_tickets_opened_per_day")), legend: "opened"}},
		}},
		number{figure: figure{
			title: "Solved/opened", unit: "percentunit", width: 3, judged: atLeast(1, 0.9),
			about:   "Tickets solved in the window by tickets created in it. Below 100 % the backlog grows.",
			queries: []query{{expr: share(overWindow("helpdesk_tickets_solved_in_window"), overWindow("helpdesk_tickets_opened_in_window")), legend: "solved by opened"}},
		}},
		number{figure: figure{
			title: "Response p90", unit: "s", width: 3,
			about: "Nine of ten first responses of the window were given within this time, around the clock. Quantiles of several desks cannot be put together: " +
				"it is that of the slowest desk.",
			queries: []query{{expr: largest(overWindow("helpdesk_first_response_quantile_seconds", `q="0.9"`)), legend: "p90"}},
		}},
		number{figure: figure{
			title: "SLA budget", unit: "percentunit", width: 3, judged: atLeast(0.25, 0),
			about: "Share of the promises that may be broken in the window under the objective and have not been, of the policy and target where it is least: " +
				"at 0 the objective is just reached, below 0 it is missed.",
			queries: []query{{expr: aggregate("min", overWindow("helpdesk_sla_error_budget_remaining_ratio")), legend: "left"}},
		}},
		number{figure: figure{
			title: "First contact", unit: "percentunit", width: 3,
			about: "Share of issues solved with one contact: no further contact, reopening, escalation or transfer until the horizon after the first solve. " +
				"Sum of these issues by the sum of those whose horizon ended in the window.",
			queries: []query{{
				expr: share(overWindow("helpdesk_first_contact_resolutions", `method="operational"`),
					overWindow("helpdesk_first_contact_resolution_eligible", `method="operational"`)), legend: "solved at once",
			}},
		}},
		number{figure: figure{
			title: "CSAT", unit: "percentunit", width: 3,
			about:   "Share of the answers of the window that say content: positive answers by all valid ones. The board Satisfaction has its bounds and its sample.",
			queries: []query{{expr: share(overWindow("helpdesk_csat_positive_responses"), overWindow("helpdesk_csat_responses")), legend: "content"}},
		}},
		number{figure: figure{
			title: "NPS", unit: "none", width: 3, decimals: cog.ToPtr(0.0),
			about:   "Net Promoter Score of the window, from -100 to 100 points: promoters less detractors by all answers. The board Satisfaction has its margin of error.",
			queries: []query{{expr: nps(), legend: "points"}},
		}},
		number{figure: figure{
			title: "Calls in time", unit: "percentunit", width: 3,
			about: "Service level of the window: calls and chats answered within the threshold of their policy by those offered, under the policy where it is least. " +
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
		course{bars: true, figure: figure{
			title: "Coming and going, per hour", unit: "short", sparse: true,
			about: "Tickets that came in, were solved and came back, as the exporter learnt of them: the rate of the counters by the hour.",
			queries: []query{
				{expr: perHour(selector("helpdesk_tickets_opened_total", dims...)), legend: "opened"},
				{expr: perHour(selector("helpdesk_tickets_reopened_total", dims...)), legend: "reopened"},
				{expr: "-(" + perHour(selector("helpdesk_tickets_solved_total", dims...)) + ")", legend: "solved"},
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
				{expr: largest(overWindow("helpdesk_first_response_censored_quantile_seconds", `q="0.5"`)), legend: "p50 with those who wait"},
			},
		}},
		course{figure: figure{
			title: "First responses, minute by minute", unit: "s", sparse: true,
			about: "Half and nine of ten of the first responses that the exporter has learnt of in the last minutes, of the chosen channels, teams and priorities.",
			queries: []query{
				{expr: responses.quantile(0.5), legend: "p50", dots: true},
				{expr: responses.quantile(0.9), legend: "p90", dots: true},
			},
		}},
		course{objective: "objective", figure: figure{
			title: "Promises kept", unit: "percentunit", most: cog.ToPtr(1.0),
			about: "Promises kept by promises kept and broken in the window, for each policy; dashed, the lowest objective that one of them has.",
			queries: []query{
				{
					expr: share(overWindow("helpdesk_sla_outcomes_in_window", `outcome="met"`), overWindow("helpdesk_sla_outcomes_in_window"), "policy"), legend: "{{policy}}",
				},
				{expr: aggregate("min", selector("helpdesk_sla_objective_ratio")), legend: "objective"},
			},
		}},
		course{band: [2]string{"lower bound", "upper bound"}, figure: figure{
			title: "CSAT and its bounds", unit: "percentunit", most: cog.ToPtr(1.0),
			about: "Positive answers by all valid answers of the window, between the bounds of its 95 % Wilson interval: the smaller the sample, the wider the band.",
			queries: []query{
				{expr: share(overWindow("helpdesk_csat_positive_responses"), overWindow("helpdesk_csat_responses")), legend: "content"},
				{expr: wilson(-1, overWindow("helpdesk_csat_positive_responses"), overWindow("helpdesk_csat_responses")), legend: "lower bound"},
				{expr: wilson(1, overWindow("helpdesk_csat_positive_responses"), overWindow("helpdesk_csat_responses")), legend: "upper bound"},
			},
		}},
	}
}

func desks() panel {
	return grid{
		title: "Desks", sorted: "Overdue",
		about: "One line for each desk, over the window where a figure has one. A click on a desk leads to its promises. Empty cells have no sample.",
		keys:  []key{{label: "desk", name: "Desk", leads: "sla"}},
		columns: []column{
			{name: "Open", unit: "none", expr: sum(selector("helpdesk_tickets_open"), "desk")},
			{name: "Opened", unit: "none", expr: sum(overWindow("helpdesk_tickets_opened_in_window"), "desk")},
			{name: "Solved", unit: "none", expr: sum(overWindow("helpdesk_tickets_solved_in_window"), "desk")},
			{name: "Oldest unanswered", unit: "s", expr: largest(selector("helpdesk_ticket_oldest_unanswered_age_seconds", `by="all"`), "desk")},
			{name: "First response, p90", unit: "s", expr: largest(overWindow("helpdesk_first_response_quantile_seconds", `q="0.9"`), "desk")},
			{name: "Overdue", unit: "none", judged: noneOf(), expr: sum(selector("helpdesk_sla_overdue"), "desk")},
			{
				name: "SLA budget left", unit: "percentunit", judged: atLeast(0.25, 0),
				expr: aggregate("min", overWindow("helpdesk_sla_error_budget_remaining_ratio"), "desk"),
			},
			{name: "CSAT", unit: "percentunit", expr: share(overWindow("helpdesk_csat_positive_responses"), overWindow("helpdesk_csat_responses"), "desk")},
			{name: "CSAT answers", unit: "none", expr: sum(overWindow("helpdesk_csat_responses"), "desk")},
			{name: "Calls in time", unit: "percentunit", expr: aggregate("min", answeredInTime(overWindow, "desk"), "desk")},
		},
	}
}
