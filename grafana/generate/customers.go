package main

import "github.com/grafana/grafana-foundation-sdk/go/cog"

// customers is the desk as those see it who write to it: how often they have to
// come, on which ways, and what they complain about.
func customers() board {
	return board{
		name: "customers", title: "Customers, self-service and social",
		about: "The desk as its customers see it: who waits, who has to come again, which channels they use and which they want, what bots finish, and complaints. " +
			"Figures of help articles and of public posts will stand here once the exporter has them.",
		variables: []variable{window, channel, team, priority},
		rows: []row{
			{"How customers fare: now, and the last $window, all channels, teams and priorities together", customersFare()},
			{"First contact and coming back, the last $window, all channels, teams and priorities together", comingBack()},
			{"Channel by channel, the last $window, of the chosen channels", []panel{channels()}},
			{"Channels used and channels asked for, the last $window, all channels together", usedAndAskedFor()},
			{"As it comes in, of the chosen channels, teams and priorities", asItComes()},
			{"Complaints, the last $window; those coming in and the table, of the chosen teams", complaints()},
		},
	}
}

func customersFare() []panel {
	return []panel{
		number{figure: figure{
			title: "Customers waiting", unit: "none", none: "Not known",
			about:   "Distinct customers with an open ticket whose next step is the agent's, now. Tickets of unknown customers are left out.",
			queries: []query{{expr: sum(selector("helpdesk_customers_awaiting_agent")), legend: "customers"}},
		}},
		number{figure: figure{
			title: "Repeat contacts", unit: "percentunit",
			about: "Repeat contacts: contacts that the same customer followed with another one about the same topic within the horizon, " +
				"by the contacts of known customers whose horizon ended in the window.",
			queries: []query{{expr: share(overWindow("helpdesk_repeat_contacts"), overWindow("helpdesk_repeat_contact_eligible")), legend: "came again"}},
		}},
		number{figure: figure{
			title: "Contacts to solve", unit: "none", decimals: cog.ToPtr(2.0),
			about: "How often a customer had to come until an issue was solved, of those solved in the window: the means of the desks, each times its issues, " +
				"by the sum of the issues. 1 is the least.",
			queries: []query{{expr: contactsPerIssue(overWindow), legend: "contacts"}},
		}},
		number{figure: figure{
			title: "First contact (FCR)", unit: "percentunit",
			about: "First-contact resolution as the records show it: issues with no further contact, reopening, escalation or transfer until the horizon after the first solve, " +
				"by the issues whose horizon ended in the window.",
			queries: []query{{expr: solvedAtOnce("operational"), legend: "solved at once"}},
		}},
		number{figure: figure{
			title: "Complaints", unit: "none", none: "None known",
			about:   "Tickets of the kind complaint that were created in the window.",
			queries: []query{{expr: sum(overWindow("helpdesk_complaints_in_window")), legend: "complaints"}},
		}},
		number{figure: figure{
			title: "Acknowledged, p90", unit: "s",
			about: "Acknowledgement: nine of ten customers heard of the desk within this time, be it from a notice, a bot or an agent. " +
				"Of several desks it is that of the slowest.",
			queries: []query{{expr: largest(overWindow("helpdesk_acknowledgement_quantile_seconds", `q="0.9"`)), legend: "p90"}},
		}},
	}
}

func contactsPerIssue(level func(string, ...string) string, by ...string) string {
	return pooled(level("helpdesk_contacts_to_resolution_mean"), level("helpdesk_contacts_to_resolution_observations"), by...)
}

func comingBack() []panel {
	solved, judgedIssues := overWindow("helpdesk_first_contact_resolutions"), overWindow("helpdesk_first_contact_resolution_eligible")
	return []panel{
		course{figure: figure{
			title: "First-contact resolution", unit: "percentunit", most: cog.ToPtr(1.0),
			about: "Issues solved with one contact by the issues judged in the window, by three methods that are never mixed: no further contact, reopening, " +
				"escalation or transfer; at most one answer and no reopening; and as customers say in a survey.",
			queries: []query{
				{expr: solvedAtOnce("operational"), legend: "nothing came after"},
				{expr: solvedAtOnce("one_touch"), legend: "one answer"},
				{expr: solvedAtOnce("survey"), legend: "as customers say"},
			},
		}},
		grid{
			title: "First-contact resolution by method", width: 12, sorted: "Issues",
			about: "Issues solved with one contact by all that the method can judge, with the bounds of the 95 % Wilson interval. operational: nothing came after; " +
				"one_touch: at most one answer and no reopening; survey: as customers say.",
			keys: []key{{label: "method", name: "Method"}},
			columns: []column{
				{name: "FCR", unit: "percentunit", decimals: cog.ToPtr(1.0), expr: share(solved, judgedIssues, "method")},
				{name: "Lower bound", unit: "percentunit", decimals: cog.ToPtr(1.0), expr: wilson(-1, solved, judgedIssues, "method")},
				{name: "Upper bound", unit: "percentunit", decimals: cog.ToPtr(1.0), expr: wilson(1, solved, judgedIssues, "method")},
				{name: "Issues", unit: "none", expr: sum(judgedIssues, "method") + " > 0"},
			},
		},
		course{figure: figure{
			title: "Repeat contacts and reopened tickets", unit: "percentunit",
			about: "Contacts that the same customer followed with another one about the same topic, by those whose horizon ended in the window; " +
				"and tickets reopened by tickets solved in the window.",
			queries: []query{
				{expr: share(overWindow("helpdesk_repeat_contacts"), overWindow("helpdesk_repeat_contact_eligible")), legend: "came again"},
				{expr: share(overWindow("helpdesk_tickets_reopened_in_window"), overWindow("helpdesk_tickets_solved_in_window")), legend: "reopened"},
			},
		}},
		course{from: 1, figure: figure{
			title: "Contacts to resolution", unit: "none", decimals: cog.ToPtr(2.0),
			about: "Mean number of contacts that it took customers until an issue was solved, of the tickets solved in the window and not reopened or followed up since: " +
				"the means of the desks, each times its tickets, by the sum of the tickets.",
			queries: []query{{expr: contactsPerIssue(overWindow), legend: "contacts"}},
		}},
	}
}

func channels() panel {
	byChannel := func(metric string, matchers ...string) string { return overWindowBy("channel", metric, matchers...) }
	operational := `method="operational"`
	return grid{
		title: "Channels", sorted: "Contacts", height: 10,
		about: "One line for each channel, over the window: the contacts that came on it, the share of their customers who came again, the contacts per issue, " +
			"issues solved at the first contact, what bots ended by themselves, and within which time nine of ten heard back, at the slowest desk. Empty cells have no sample.",
		keys: []key{{label: "channel", name: "Channel"}},
		columns: []column{
			{name: "Contacts", unit: "none", expr: sum(byChannel("helpdesk_contacts_in_window"), "channel")},
			{
				name: "Repeat contacts", unit: "percentunit", decimals: cog.ToPtr(1.0),
				expr: share(byChannel("helpdesk_repeat_contacts"), byChannel("helpdesk_repeat_contact_eligible"), "channel"),
			},
			{name: "Contacts per issue", unit: "none", decimals: cog.ToPtr(2.0), expr: contactsPerIssue(byChannel, "channel")},
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
			{name: "Acknowledged, p90", unit: "s", expr: largest(byChannel("helpdesk_acknowledgement_quantile_seconds", `q="0.9"`), "channel")},
		},
	}
}

func usedAndAskedFor() []panel {
	contacts := func(level string) string {
		return selector("helpdesk_contacts_in_window", `by="`+level+`"`, `window="$window"`)
	}
	return []panel{
		ranks{figure{
			title: "Channels of all contacts", unit: "percentunit", height: 9, decimals: cog.ToPtr(1.0),
			about:   "Where contacts come from, calls, chats, messengers and social networks beside e-mail: contacts on the channel by all contacts of the window.",
			queries: []query{{expr: shareOfChannels(contacts), legend: "{{channel}}"}},
		}},
		ranks{figure{
			title: "Channels used first", unit: "percentunit", height: 9, decimals: cog.ToPtr(1.0),
			about:   "Where customers come with a new issue: tickets on the channel that follow up no other, by all such tickets of the window. They can only use what is offered.",
			queries: []query{{expr: preference("tickets"), legend: "{{channel}}"}},
		}},
		ranks{figure{
			title: "Channels preferred in surveys", unit: "percentunit", height: 9, decimals: cog.ToPtr(1.0), none: "Nobody was asked",
			about:   "Where customers say that they want to reach the desk: answers that name the channel by all answers of the window to surveys of that question.",
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
			about: "Tickets, and inbound calls and chats that name no ticket, as the exporter learnt of them: the rate of the counter by the hour. " +
				"Of all priorities: calls have none.",
			queries: []query{{expr: perHour(selector("helpdesk_contacts_total", chosen("channel", "team")...), "channel"), legend: "{{channel}}"}},
		}},
		course{bars: true, names: true, figure: figure{
			title: "Reopened per hour by channel", unit: "short", width: 8, sparse: true,
			about:   "Times that a solved ticket was opened again, as the exporter learnt of them: the rate of the counter by the hour.",
			queries: []query{{expr: perHour(selector("helpdesk_tickets_reopened_total", dims...), "channel"), legend: "{{channel}}"}},
		}},
		course{stacked: true, names: true, figure: figure{
			title: "Waiting for an agent by channel", unit: "short", width: 8,
			about:   "Open tickets whose next step is the agent's: the customer wrote last or, where messages are not known, the status is new or open.",
			queries: []query{{expr: sum(selector("helpdesk_tickets_awaiting_agent", dims...), "channel"), legend: "{{channel}}"}},
		}},
		heat{figure{
			title: "Contacts to resolution, each solve", unit: "none", width: 8, sparse: true,
			about: "How many solves took the customer how many contacts, as the exporter learnt of them: the ticket, each time the customer wrote again after an answer, " +
				"and calls about it. Of all priorities. The fuller the colour, the more.",
			queries: []query{{expr: needed.cells(), legend: "{{le}}"}},
		}},
		heat{figure{
			title: "Acknowledgements", unit: "s", width: 8, sparse: true,
			about:   "How many customers heard of the desk after which time, from a notice, a bot or an agent, as the exporter learnt of it. Of all teams and priorities. The fuller the colour, the more.",
			queries: []query{{expr: heard.cells(), legend: "{{le}}"}},
		}},
		course{figure: figure{
			title: "Acknowledgement, minute by minute", unit: "s", width: 8, sparse: true,
			about: "The times within which half and nine of ten customers heard back of those that the exporter has learnt of in the last minutes. Of all teams and priorities.",
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
			title: "Complaints per hour by channel", unit: "short", width: 8, sparse: true, none: "None known",
			about:   "Tickets of the kind complaint that came in, as the exporter learnt of them, of the chosen channels and teams: the rate of the counter by the hour.",
			queries: []query{{expr: perHour(selector("helpdesk_complaints_total", chosen("channel", "team")...), "channel"), legend: "{{channel}}"}},
		}},
		course{figure: figure{
			title: "Complaint resolution", unit: "s", width: 8, none: "None known",
			about: "The times from the creation, or the escalation where that came first, within which half and nine of ten of the complaints solved in the window were solved: " +
				"each at the slowest desk. And their mean: the means of the desks, each times its complaints, by the sum of these.",
			queries: []query{
				{expr: settled("0.5"), legend: "p50"},
				{expr: settled("0.9"), legend: "p90"},
				{expr: meanOf(overWindow, "complaint_resolution"), legend: "mean"},
			},
		}},
		grid{
			title: "Complaints by team", width: 8, sorted: "Opened", none: "None known",
			about: "Complaints created in the window, complaints solved in it, and the mean time that these took; nine of ten were settled within the last figure, at the slowest desk.",
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
