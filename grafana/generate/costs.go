package main

import "github.com/grafana/grafana-foundation-sdk/go/cog"

// costs are shown beside what they may cost: whoever hurries through tickets is
// cheap as well.
func costs() []panel {
	byTeam := func(metric string, matchers ...string) string { return overWindowBy("team", metric, matchers...) }
	reopened := func(level func(string, ...string) string, by ...string) string {
		return share(level("helpdesk_tickets_reopened_in_window"), level("helpdesk_tickets_solved_in_window"), by...)
	}
	content := func(level func(string, ...string) string, by ...string) string {
		return share(level("helpdesk_csat_positive_responses"), level("helpdesk_csat_responses"), by...)
	}
	spent, solved := byTeam("helpdesk_service_cost"), byTeam("helpdesk_tickets_solved_in_window")
	// beside puts a figure of a team on the line of each currency.
	beside := func(figure string) string {
		return "0 * " + sum(spent, "team", "currency") + "\n+ on (team) group_left ()\n" + figure
	}
	return []panel{
		course{figure: figure{
			title: "Cost per resolution", unit: "none", width: 8, decimals: cog.ToPtr(2.0), none: untold,
			about: "Cost of the service divided by the tickets solved in the window and not reopened since, in each currency, at the desks that tell their costs. " +
				"Of the period of each cost the part that lies in the window counts. Read it beside CSAT and the reopen ratio.",
			queries: []query{{expr: each(overWindow("helpdesk_service_cost"), overWindow("helpdesk_tickets_solved_in_window"), "currency"), legend: "{{currency}}"}},
		}},
		course{figure: figure{
			title: "What it may cost: CSAT and reopened", unit: "percentunit", width: 8,
			about: "Positive answers divided by all valid ones, and tickets reopened divided by tickets solved in the window: " +
				"a cost per resolution that falls while these get worse is no saving.",
			queries: []query{
				{expr: content(overWindow), legend: "CSAT"},
				{expr: reopened(overWindow), legend: "reopened"},
			},
		}},
		grid{
			title: "Cost by category", width: 8, sorted: "Cost", none: untold,
			about: "Cost of the service in the window by its category, in each currency. What was spent to win or keep customers is no cost of the service.",
			keys:  []key{{label: "category", name: "Category"}, {label: "currency", name: "Currency"}},
			columns: []column{
				{name: "Cost", unit: "short", decimals: cog.ToPtr(1.0), expr: sum(overWindow("helpdesk_service_cost"), "category", "currency")},
			},
		},
		grid{
			title: "Cost by team", sorted: "Per resolution", height: 6, none: untold,
			about: "One line for each chosen team and currency: cost of the service in the window, that divided by the tickets solved in it and not reopened since, " +
				"and beside it tickets reopened divided by tickets solved, and CSAT. What is booked for no team is not divided.",
			keys: []key{{label: "team", name: "Team"}, {label: "currency", name: "Currency"}},
			columns: []column{
				{name: "Cost", unit: "short", decimals: cog.ToPtr(1.0), expr: sum(spent, "team", "currency")},
				{name: "Solved", unit: "none", expr: beside(sum(solved, "team"))},
				{
					name: "Per resolution", unit: "none", decimals: cog.ToPtr(2.0),
					expr: each(byTeam("helpdesk_service_cost", `team!="none"`), solved, "currency", "team"),
				},
				{name: "Reopen ratio", unit: "percentunit", decimals: cog.ToPtr(1.0), expr: beside(reopened(byTeam, "team"))},
				{name: "CSAT", unit: "percentunit", decimals: cog.ToPtr(0.0), expr: beside(content(byTeam, "team"))},
			},
		},
	}
}
