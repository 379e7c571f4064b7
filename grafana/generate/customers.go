package main

import "github.com/grafana/grafana-foundation-sdk/go/cog"

// customers is about the people: who they are, how often they have to come and on
// which ways, what they buy, what they read and what they say in public.
func customers() board {
	return board{
		name: "customers", title: "Customers, self-service and social",
		about: "The customers: who stays, who has to come again and on which channels, what they buy and what they are worth, what they read before they ask, " +
			"and what they say in public. Rows that are folded open by a click.",
		variables: []variable{window, channel, team, priority},
		rows: []row{
			{"At a glance, last $window, not filtered", customersFare()},
			{"Customers who come and go, last $window, not filtered", comeAndGo()},
			{"FCR and repeats, last $window, not filtered", comingBack()},
			{"Last $window, by channel", []panel{channels()}},
			{"Self-service, last $window", selfService()},
			{"Feedback, last $window, not filtered", feedback()},
		},
		folded: []row{
			{"Social media, last $window, not filtered", social()},
			{"Complaints, last $window", complaints()},
			{"Contacts as they come in", asItComes()},
			{"Channel use, last $window, not filtered", usedAndAskedFor()},
			{"Purchases and value, last $window, not filtered", worth()},
			{"Engagement and programs, last $window, not filtered", closeness()},
			{"Referrals and affiliates, last $window, not filtered", brought()},
			{"Visits to the web site, last $window, not filtered", visits()},
			{"Outreach: calls, messages and mails, last $window", unasked()},
		},
	}
}

func customersFare() []panel {
	return []panel{
		number{figure: figure{
			title: "Customers waiting", unit: "none", none: untold,
			about:   "Distinct customers with an open ticket whose next step is the agent's, now. Tickets of unknown customers are left out.",
			queries: []query{{expr: sum(selector("helpdesk_customers_awaiting_agent")), legend: "customers"}},
		}},
		number{figure: figure{
			title: "Repeat contacts", unit: "percentunit",
			about: "Contacts that the same customer followed with another one about the same topic within the horizon, " +
				"divided by the contacts of known customers whose horizon ended in the window.",
			queries: []query{{expr: share(overWindow("helpdesk_repeat_contacts"), overWindow("helpdesk_repeat_contact_eligible")), legend: "repeat contacts"}},
		}},
		number{figure: figure{
			title: "Contacts per resolution", unit: "none", decimals: cog.ToPtr(2.0),
			about: "Mean number of contacts that a customer needed until an issue was solved, of those solved in the window. " +
				"Desks are weighted with their issues. 1 is the least.",
			queries: []query{{expr: contactsPerIssue(overWindow), legend: "contacts"}},
		}},
		number{figure: figure{
			title: "FCR", unit: "percentunit",
			about: "First-contact resolution, operational: issues with no further contact, reopening, escalation or transfer until the horizon after the first solve, " +
				"divided by the issues whose horizon ended in the window.",
			queries: []query{{expr: solvedAtOnce("operational"), legend: "operational"}},
		}},
		number{figure: figure{
			title: "Complaints", unit: "none", none: untold,
			about:   "Tickets of the kind complaint that were created in the window.",
			queries: []query{{expr: sum(overWindow("helpdesk_complaints_in_window")), legend: "complaints"}},
		}},
		number{figure: figure{
			title: "Acknowledgement, p90", unit: "s",
			about: "90 % of the customers heard from the desk within this time, be it from a notice, a bot or an agent. " +
				"Of several desks it is that of the slowest. Quantiles over a window are accurate to 4.5 %.",
			queries: []query{{expr: largest(overWindow("helpdesk_acknowledgement_quantile_seconds", `q="0.9"`)), legend: "p90"}},
		}},
		number{figure: figure{
			title: "Retention", unit: "percentunit", decimals: cog.ToPtr(1.0), none: untold,
			about:   "Customers there when the window began and when it ended divided by those there when it began, of customers told of one by one.",
			queries: []query{{expr: share(overWindow("helpdesk_customers_retained", cohort), overWindow("helpdesk_customers_start", cohort)), legend: "stayed"}},
		}},
		number{figure: figure{
			title: "Repeat purchases", unit: "percentunit", decimals: cog.ToPtr(1.0), none: untold,
			about:   "Customers with two purchases or more in the window divided by those with one or more.",
			queries: []query{{expr: boughtAgain(overWindow), legend: "bought again"}},
		}},
		number{figure: figure{
			title: "Engagement", unit: "percentunit", decimals: cog.ToPtr(1.0), none: untold,
			about:   "Mean engagement of customers in the window, from 0 % to 100 %. Desks are weighted with their customers; scores by different versions of the weights stand apart.",
			queries: []query{{expr: engaged(overWindow), legend: "version {{weights_version}}"}},
		}},
		number{figure: figure{
			title: "Views per contact", unit: "none", decimals: cog.ToPtr(2.0), none: untold,
			about:   "Looks at articles in the window divided by all contacts in it, at the desks with articles. It says nothing of why customers do not ask.",
			queries: []query{{expr: viewsPerContact(), legend: "views"}},
		}},
		number{figure: figure{
			title: "Positive feedback", unit: "percentunit", none: untold,
			about:   "Positive reviews and comments of the window divided by the positive and negative ones; neutral and mixed ones are left out of both.",
			queries: []query{{expr: positive(overWindow), legend: "positive"}},
		}},
		number{figure: figure{
			title: "Feedback answered", unit: "percentunit", none: untold,
			about:   "Feedback that was answered within the horizon divided by that whose horizon ended in the window, at the desks that tell of answers.",
			queries: []query{{expr: answeredFeedback(overWindow), legend: "answered"}},
		}},
	}
}

func contactsPerIssue(level func(string, ...string) string, by ...string) string {
	return pooled(level("helpdesk_contacts_to_resolution_mean"), level("helpdesk_contacts_to_resolution_observations"), by...)
}

func comingBack() []panel {
	solved, judgedIssues := overWindow("helpdesk_first_contact_resolutions"), overWindow("helpdesk_first_contact_resolution_eligible")
	oneTouch := func(expr string) string { return called(expr, "method", "one_touch", "one touch") }
	return []panel{
		course{figure: figure{
			title: "FCR by method", unit: "percentunit", most: cog.ToPtr(1.0),
			about: fcrMethods,
			queries: []query{
				{expr: solvedAtOnce("operational"), legend: "operational"},
				{expr: solvedAtOnce("one_touch"), legend: "one touch"},
				{expr: solvedAtOnce("survey"), legend: "survey"},
			},
		}}.against("max", "first_contact_resolution"),
		grid{
			title: "FCR and its bounds", width: 12, sorted: "Issues",
			about: fcrMethods + " The bounds are those of the 95 % Wilson interval.",
			keys:  []key{{label: "method", name: "Method"}},
			columns: []column{
				{name: "FCR", unit: "percentunit", decimals: cog.ToPtr(1.0), expr: oneTouch(share(solved, judgedIssues, "method"))},
				{name: "Lower bound", unit: "percentunit", decimals: cog.ToPtr(1.0), expr: oneTouch(wilson(-1, solved, judgedIssues, "method"))},
				{name: "Upper bound", unit: "percentunit", decimals: cog.ToPtr(1.0), expr: oneTouch(wilson(1, solved, judgedIssues, "method"))},
				{name: "Issues", unit: "none", expr: oneTouch(sum(judgedIssues, "method") + " > 0")},
			},
		},
		course{figure: figure{
			title: "Repeat contacts and reopened tickets", unit: "percentunit",
			about: "Contacts that the same customer followed with another one about the same topic divided by those whose horizon ended in the window; " +
				"and tickets reopened divided by tickets solved in the window.",
			queries: []query{
				{expr: share(overWindow("helpdesk_repeat_contacts"), overWindow("helpdesk_repeat_contact_eligible")), legend: "repeat contacts"},
				{expr: share(overWindow("helpdesk_tickets_reopened_in_window"), overWindow("helpdesk_tickets_solved_in_window")), legend: "reopened"},
			},
		}},
		course{from: 1, figure: figure{
			title: "Contacts per resolution, over time", unit: "none", decimals: cog.ToPtr(2.0),
			about: "Mean number of contacts that customers needed until an issue was solved, of the tickets solved in the window and not reopened or followed up since. " +
				"Desks are weighted with their tickets.",
			queries: []query{{expr: contactsPerIssue(overWindow), legend: "contacts"}},
		}},
	}
}

func channels() panel {
	byChannel := func(metric string, matchers ...string) string { return overWindowBy("channel", metric, matchers...) }
	operational := `method="operational"`
	return grid{
		title: "Channels", sorted: "Contacts", height: 10,
		about: "One line for each chosen channel: its contacts, repeat contacts divided by all contacts judged, contacts per resolution, operational FCR, " +
			"tickets reopened divided by tickets solved, contacts that a bot ended divided by those completed, and the p90 of the acknowledgement at the slowest desk. Empty cells have no sample.",
		keys: []key{{label: "channel", name: "Channel"}},
		columns: []column{
			{name: "Contacts", unit: "none", expr: sum(byChannel("helpdesk_contacts_in_window"), "channel")},
			{
				name: "Repeat contacts", unit: "percentunit", decimals: cog.ToPtr(1.0),
				expr: share(byChannel("helpdesk_repeat_contacts"), byChannel("helpdesk_repeat_contact_eligible"), "channel"),
			},
			{name: "Contacts per resolution", unit: "none", decimals: cog.ToPtr(2.0), expr: contactsPerIssue(byChannel, "channel")},
			{
				name: "FCR", unit: "percentunit", decimals: cog.ToPtr(1.0),
				expr: share(byChannel("helpdesk_first_contact_resolutions", operational), byChannel("helpdesk_first_contact_resolution_eligible", operational), "channel"),
			},
			{
				name: "Reopened", unit: "percentunit", decimals: cog.ToPtr(1.0),
				expr: share(byChannel("helpdesk_tickets_reopened_in_window"), byChannel("helpdesk_tickets_solved_in_window"), "channel"),
			},
			{
				name: "Automated", unit: "percentunit", decimals: cog.ToPtr(1.0),
				expr: share(byChannel("helpdesk_contacts_automated"), byChannel("helpdesk_contacts_completed"), "channel"),
			},
			{name: "Acknowledgement, p90", unit: "s", expr: largest(byChannel("helpdesk_acknowledgement_quantile_seconds", `q="0.9"`), "channel")},
		},
	}
}

func usedAndAskedFor() []panel {
	contacts := func(level string) string {
		return atLevel(level, "helpdesk_contacts_in_window")
	}
	return []panel{
		ranks{figure{
			title: "Channels of all contacts", unit: "percentunit", height: 9, decimals: cog.ToPtr(1.0),
			about:   "Where contacts come from, calls, chats, messengers and social networks beside e-mail: contacts on the channel divided by all contacts of the window.",
			queries: []query{{expr: shareOfChannels(contacts), legend: "{{channel}}"}},
		}},
		ranks{figure{
			title: "Channels used first", unit: "percentunit", height: 9, decimals: cog.ToPtr(1.0),
			about:   "Where customers come with a new issue: tickets on the channel that follow up no other divided by all such tickets of the window. They can only use what is offered.",
			queries: []query{{expr: preference("tickets"), legend: "{{channel}}"}},
		}},
		ranks{figure{
			title: "Channels preferred in surveys", unit: "percentunit", height: 9, decimals: cog.ToPtr(1.0), none: "Nobody was asked",
			about:   "Where customers say that they want to reach the desk: answers that name the channel divided by all answers of the window to surveys with that question.",
			queries: []query{{expr: preference("survey"), legend: "{{channel}}"}},
		}},
	}
}

func asItComes() []panel {
	needed := spread{"helpdesk_contacts_to_resolution", chosen("channel", "team")}
	heard := spread{"helpdesk_acknowledgement_seconds", chosen("channel")}
	dims := chosen("channel", "team", "priority")
	return []panel{
		course{bars: true, names: true, figure: figure{
			title: "Contacts per hour by channel", unit: "short", width: 8, sparse: true,
			about: "Tickets, and inbound calls and chats that name no ticket, counted when discovered: the rate of the counter per hour. " +
				"Of the chosen channels and teams, and all priorities: calls have none.",
			queries: []query{{expr: perHour(selector("helpdesk_contacts_total", chosen("channel", "team")...), "channel"), legend: "{{channel}}"}},
		}},
		course{bars: true, names: true, figure: figure{
			title: "Reopened per hour by channel", unit: "short", width: 8, sparse: true,
			about:   "Times that a solved ticket was opened again, counted when discovered: the rate of the counter per hour. Of the chosen channels, teams and priorities.",
			queries: []query{{expr: perHour(selector("helpdesk_tickets_reopened_total", dims...), "channel"), legend: "{{channel}}"}},
		}},
		course{stacked: true, names: true, figure: figure{
			title: "Waiting for an agent by channel", unit: "short", width: 8,
			about: "Open tickets, now, whose next step is the agent's: the customer wrote last or, where messages are not known, the status is new or open. " +
				"Of the chosen channels, teams and priorities.",
			queries: []query{{expr: sum(selector("helpdesk_tickets_awaiting_agent", dims...), "channel"), legend: "{{channel}}"}},
		}},
		heat{figure{
			title: "Contacts per resolution, distribution", unit: "none", width: 8, sparse: true,
			about: "How many contacts each solve took the customer, counted when discovered: the ticket, each time the customer wrote again after an answer, " +
				"and calls about it. Of the chosen channels and teams, and all priorities. The stronger the colour, the more solves.",
			queries: []query{{expr: needed.cells(), legend: "{{le}}"}},
		}},
		heat{figure{
			title: "Acknowledgement, distribution", unit: "s", width: 8, sparse: true,
			about: "How long customers waited until they heard from the desk, be it from a notice, a bot or an agent, counted when discovered. " +
				"Of the chosen channels, and all teams and priorities. The stronger the colour, the more customers.",
			queries: []query{{expr: heard.cells(), legend: "{{le}}"}},
		}},
		course{log: true, figure: figure{
			title: "Acknowledgement, as discovered", unit: "s", width: 8, sparse: true,
			about: "The times within which 50 % and 90 % of the customers heard from the desk, of the acknowledgements discovered in the last minutes. " +
				"Of the chosen channels, and all teams and priorities.",
			queries: []query{
				{expr: heard.quantile(0.5), legend: "p50", dots: true},
				{expr: heard.quantile(0.9), legend: "p90", dots: true},
			},
		}},
	}
}

func complaints() []panel {
	settled := func(q string) string {
		return largest(overWindow("helpdesk_complaint_resolution_quantile_seconds", `q="`+q+`"`))
	}
	byTeam := func(metric string, matchers ...string) string { return overWindowBy("team", metric, matchers...) }
	return []panel{
		course{bars: true, names: true, figure: figure{
			title: "Complaints per hour by channel", unit: "short", width: 8, sparse: true, none: untold,
			about:   "Tickets of the kind complaint that came in, counted when discovered: the rate of the counter per hour. Of the chosen channels and teams.",
			queries: []query{{expr: perHour(selector("helpdesk_complaints_total", chosen("channel", "team")...), "channel"), legend: "{{channel}}"}},
		}},
		course{figure: figure{
			title: "Complaint resolution", unit: "s", width: 8, none: untold,
			about: "The times from the creation, or the escalation where that came first, within which 50 % and 90 % of the complaints solved in the window were solved, " +
				"each at the slowest desk; and their mean, desks weighted with their complaints. Of all channels and teams.",
			queries: []query{
				{expr: settled("0.5"), legend: "p50"},
				{expr: settled("0.9"), legend: "p90"},
				{expr: meanOf(overWindow, "complaint_resolution"), legend: "mean"},
			},
		}},
		grid{
			title: "Complaints by team", width: 8, sorted: "Opened", none: untold,
			about: "Complaints created in the window and solved in it, for each chosen team, and the mean and the p90 of the time that the solved ones took; the p90 is that of the slowest desk.",
			keys:  []key{{label: "team", name: "Team"}},
			columns: []column{
				{name: "Opened", unit: "none", expr: sum(byTeam("helpdesk_complaints_in_window"), "team")},
				{name: "Solved", unit: "none", expr: sum(byTeam("helpdesk_complaint_resolution_observations"), "team")},
				{name: "Mean time", unit: "s", expr: meanOf(byTeam, "complaint_resolution", "team")},
				{name: "p90", unit: "s", expr: largest(byTeam("helpdesk_complaint_resolution_quantile_seconds", `q="0.9"`), "team")},
			},
		},
	}
}
