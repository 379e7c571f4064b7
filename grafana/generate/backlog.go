package main

import (
	"fmt"
	"strings"

	"github.com/grafana/grafana-foundation-sdk/go/cog"
)

// backlog is the board of what lies there, what comes and goes, and for whom it
// is too much.
func backlog() board {
	return board{
		name: "backlog", title: "Backlog and workload",
		about: "What is open and how old it is, whether more is solved than opened, what that costs, when customers come, and how much work there is for each agent. " +
			"Stocks are of now, rates are counted when discovered, and figures over the window are of the time when things happened.",
		variables: []variable{window, channel, team, priority},
		rows: []row{
			{"Now: open tickets and staffing", whatIsOpen()},
			{"Per hour, as discovered", comingAndGoing()},
			{"Last $window, not filtered", whatBecameOfIt()},
			{"What it costs, and what for, last $window, not filtered", costs()},
			{"Where the backlog is, now and last $window", backlogSplit()},
			{"When customers come, not filtered", demand()},
		},
	}
}

func whatIsOpen() []panel {
	dims := chosen("channel", "team", "priority")
	older := func(threshold string) string {
		return sum(selector("helpdesk_ticket_backlog_older_than", append(dims, fmt.Sprintf("threshold=%q", threshold))...))
	}
	return []panel{
		number{figure: figure{
			title: "Open tickets", unit: "none",
			about:   "Tickets that are neither finished nor withdrawn, of the chosen channels, teams and priorities.",
			queries: []query{{expr: sum(selector("helpdesk_tickets_open", dims...)), legend: "open"}},
		}},
		number{figure: figure{
			title: "Waiting for an agent", unit: "none",
			about: "Open tickets whose next step is the agent's: the customer wrote last or, where messages are not known, the status is new or open. " +
				"Of the chosen channels, teams and priorities.",
			queries: []query{{expr: sum(selector("helpdesk_tickets_awaiting_agent", dims...)), legend: "waiting"}},
		}},
		number{figure: figure{
			title: "Customers waiting", unit: "none", none: untold,
			about: "Distinct customers with a ticket whose next step is the agent's, added up over the desks; tickets of unknown customers are left out. " +
				"Of all channels, teams and priorities.",
			queries: []query{{expr: sum(selector("helpdesk_customers_awaiting_agent")), legend: "customers"}},
		}},
		number{figure: figure{
			title: "Older than three days", unit: "none",
			about:   "Open tickets that were created more than three days ago, of the chosen channels, teams and priorities.",
			queries: []query{{expr: older("3d"), legend: "older"}},
		}},
		number{figure: figure{
			title: "Older than two weeks", unit: "none",
			about:   "Open tickets that were created more than fourteen days ago, of the chosen channels, teams and priorities.",
			queries: []query{{expr: older("14d"), legend: "older"}},
		}},
		number{figure: figure{
			title: "Oldest open ticket", unit: "s", none: "No open ticket",
			about:   "Time since the creation of the oldest open ticket, at the desk where it is longest. Of all channels, teams and priorities.",
			queries: []query{{expr: largest(selector("helpdesk_ticket_oldest_open_age_seconds", `by="all"`)), legend: "age"}},
		}},
		course{stacked: true, names: true, figure: figure{
			title: "Open tickets by status", unit: "short", width: 8,
			about:   "Tickets that are neither finished nor withdrawn, by what they wait for, on top of each other. Of the chosen channels, teams and priorities.",
			queries: byStatus(dims),
		}},
		course{stacked: true, names: true, figure: figure{
			title: "Open tickets by age", unit: "short", width: 8,
			about:   "Open tickets by the time since their creation, on top of each other: the buckets do not overlap. Of the chosen channels, teams and priorities.",
			queries: byAge(dims),
		}},
		course{stacked: true, names: true, figure: figure{
			title: "Agents available by channel", unit: "short", width: 8, none: untold,
			about:   "Agents available according to the latest staffing records, of the chosen channels and teams, on top of each other.",
			queries: []query{{expr: sum(selector("helpdesk_agents_available", chosen("channel", "team")...), "channel"), legend: "{{channel}}"}},
		}},
	}
}

func byStatus(dims []string) []query {
	var queries []query
	for _, status := range []struct{ label, name string }{
		{"pending", "pending"},
		{"on_hold", "on hold"},
		{"open", "open"},
		{"new", "new"},
	} {
		open := selector("helpdesk_tickets_open", append(dims, fmt.Sprintf("status=%q", status.label))...)
		queries = append(queries, query{expr: sum(open), legend: status.name})
	}
	return queries
}

// byAge asks for each bucket by itself: their names do not sort by age.
func byAge(dims []string) []query {
	var queries []query
	for _, age := range []struct{ bucket, name string }{
		{"30d+", "over 30 days"},
		{"14d-30d", "14 to 30 days"},
		{"7d-14d", "7 to 14 days"},
		{"3d-7d", "3 to 7 days"},
		{"1d-3d", "1 to 3 days"},
		{"0d-1d", "up to a day"},
	} {
		bucket := selector("helpdesk_ticket_backlog", append(dims, fmt.Sprintf("age_bucket=%q", age.bucket))...)
		queries = append(queries, query{expr: sum(bucket), legend: age.name})
	}
	return queries
}

func comingAndGoing() []panel {
	dims := chosen("channel", "team", "priority")
	return []panel{
		course{bars: true, names: true, below: []string{"solved", "withdrawn"}, figure: figure{
			title: "Opened and solved, per hour", unit: "short", sparse: true,
			about: "Tickets opened and reopened and, below the line, those solved or withdrawn (deleted, merged, spam or a test), counted when discovered: " +
				"the rate of the counters per hour. Of the chosen channels, teams and priorities.",
			queries: []query{
				{expr: perHour(selector("helpdesk_tickets_opened_total", dims...)), legend: "opened"},
				{expr: perHour(selector("helpdesk_tickets_reopened_total", dims...)), legend: "reopened"},
				{expr: perHour(selector("helpdesk_tickets_solved_total", dims...)), legend: "solved"},
				{expr: perHour(selector("helpdesk_tickets_withdrawn_total", dims...)), legend: "withdrawn"},
			},
		}},
		course{bars: true, names: true, figure: figure{
			title: "Contacts by channel, per hour", unit: "short", sparse: true,
			about: "Tickets, and inbound calls and chats that name no ticket, counted when discovered: the rate of the counter per hour. " +
				"Of the chosen channels and teams, and all priorities: calls have none.",
			queries: []query{{expr: perHour(selector("helpdesk_contacts_total", chosen("channel", "team")...), "channel"), legend: "{{channel}}"}},
		}},
	}
}

func whatBecameOfIt() []panel {
	solved, active := overWindow("helpdesk_tickets_solved_in_window"), overWindow("helpdesk_agents_active")
	escalated := overWindow("helpdesk_tickets_escalated")
	return []panel{
		number{figure: figure{
			title: "Clearance", unit: "percentunit", width: 3,
			about:   "Tickets solved in the window divided by tickets created in it. Below 100 % the backlog grows. These are not the same tickets, so it may exceed 100 %.",
			queries: []query{{expr: share(solved, overWindow("helpdesk_tickets_opened_in_window")), legend: "clearance"}},
		}},
		number{figure: figure{
			title: "Reopen ratio", unit: "percentunit", width: 3,
			about:   "Tickets reopened in the window divided by tickets solved in it. These are not the same tickets, so it may exceed 100 %.",
			queries: []query{{expr: share(overWindow("helpdesk_tickets_reopened_in_window"), solved), legend: "reopened"}},
		}},
		number{figure: figure{
			title: "Escalations", unit: "percentunit", width: 3, none: untold,
			about:   "Tickets solved in the window that had been escalated divided by all solved in it, at the desks that report escalations.",
			queries: []query{{expr: share(escalated, solved+"\nand\n"+escalated), legend: "escalated"}},
		}},
		number{figure: figure{
			title: "Transfers", unit: "percentunit", width: 3, none: untold,
			about: "Contacts that were transferred at least once divided by those handled: tickets solved and calls answered in the window " +
				"of which transfers are known.",
			queries: []query{{expr: share(overWindow("helpdesk_contacts_transferred"), overWindow("helpdesk_contacts_handled")), legend: "transferred"}},
		}},
		number{figure: figure{
			title: "Automated", unit: "percentunit", width: 3, none: untold,
			about: "Contacts that a bot ended without an agent divided by those completed in the window of which it is known who handled them, " +
				"at the desks that report bots.",
			queries: []query{{expr: share(overWindow("helpdesk_contacts_automated"), overWindow("helpdesk_contacts_completed")), legend: "automated"}},
		}},
		number{figure: figure{
			title: "Agents active", unit: "none", width: 3,
			about:   "Distinct agents with a first response, a solve or an answered call in the window, added up over the desks.",
			queries: []query{{expr: sum(active), legend: "active"}},
		}},
		number{figure: figure{
			title: "Contacts / agent", unit: "none", width: 3, decimals: cog.ToPtr(1.0),
			about:   "Contacts of the window divided by the distinct agents active in it.",
			queries: []query{{expr: pooled(overWindow("helpdesk_contacts_per_agent"), active), legend: "contacts"}},
		}},
		number{figure: figure{
			title: "Open / agent", unit: "none", width: 3, decimals: cog.ToPtr(1.0),
			about:   "Tickets open now divided by the distinct agents active in the window.",
			queries: []query{{expr: pooled(overWindow("helpdesk_tickets_open_per_agent"), active), legend: "open"}},
		}},
		course{figure: figure{
			title: "Opened, solved and reopened", unit: "short", width: columns,
			about: "Tickets created in the window, tickets whose last solve lies in it and still stands, and tickets reopened in it, each ticket once. " +
				"While solved runs above opened, the backlog shrinks.",
			queries: []query{
				{expr: sum(overWindow("helpdesk_tickets_opened_in_window")), legend: "opened"},
				{expr: sum(solved), legend: "solved"},
				{expr: sum(overWindow("helpdesk_tickets_reopened_in_window")), legend: "reopened"},
			},
		}},
	}
}

func backlogSplit() []panel {
	return []panel{backlogBy("channel", "Channel"), backlogBy("priority", "Priority"), teamLoads()}
}

// backlogBy is a table of what is open by one dimension.
func backlogBy(dimension, name string) panel {
	dims := chosen("channel", "team", "priority")
	solved, opened := overWindowBy(dimension, "helpdesk_tickets_solved_in_window"), overWindowBy(dimension, "helpdesk_tickets_opened_in_window")
	return grid{
		title: "By " + dimension, width: 12, height: 10, sorted: "Open",
		about: fmt.Sprintf("What is open now for each %s, of the chosen channels, teams and priorities. The oldest ticket and what came and went in the window are of this %[1]s, "+
			"whatever else is chosen. Clearance is tickets solved divided by tickets created: below 100 %% the backlog grows.", dimension),
		keys: []key{{label: dimension, name: name}},
		columns: []column{
			{name: "Open", unit: "none", bar: true, expr: sum(selector("helpdesk_tickets_open", dims...), dimension)},
			{name: "Waiting", unit: "none", expr: sum(selector("helpdesk_tickets_awaiting_agent", dims...), dimension)},
			{name: "Oldest", unit: "s", expr: largest(nowBy(dimension, "helpdesk_ticket_oldest_open_age_seconds"), dimension)},
			{name: "Opened", unit: "none", expr: sum(opened, dimension)},
			{name: "Solved", unit: "none", expr: sum(solved, dimension)},
			{name: "Clearance", unit: "percentunit", decimals: cog.ToPtr(0.0), expr: share(solved, opened, dimension)},
		},
	}
}

func teamLoads() panel {
	by := []string{"desk", "team"}
	open := selector("helpdesk_tickets_open", chosen("channel", "team", "priority")...)
	solved, opened := overWindowBy("team", "helpdesk_tickets_solved_in_window"), overWindowBy("team", "helpdesk_tickets_opened_in_window")
	return grid{
		title: "Team by team", sorted: "Open", height: 10,
		about: "One line for each team of each desk that is chosen. What is open is of now, and of the chosen channels and priorities; the rest is of the window and of all of them. " +
			"Clearance is tickets solved divided by tickets created, the reopen ratio tickets reopened divided by tickets solved. " +
			"An agent who is active in two teams counts in both. Empty cells have no sample. A click on a desk leads to how long its customers wait.",
		keys: []key{{label: "desk", name: "Desk", leads: "responsiveness"}, {label: "team", name: "Team"}},
		columns: []column{
			{name: "Open", unit: "none", bar: true, expr: sum(open, by...)},
			{name: "Waiting", unit: "none", expr: sum(selector("helpdesk_tickets_awaiting_agent", chosen("channel", "team", "priority")...), by...)},
			{name: "Oldest", unit: "s", expr: largest(nowBy("team", "helpdesk_ticket_oldest_open_age_seconds"), by...)},
			{name: "Opened", unit: "none", expr: sum(opened, by...)},
			{name: "Solved", unit: "none", expr: sum(solved, by...)},
			{name: "Clearance", unit: "percentunit", decimals: cog.ToPtr(0.0), expr: share(solved, opened, by...)},
			{name: "Reopen ratio", unit: "percentunit", expr: share(overWindowBy("team", "helpdesk_tickets_reopened_in_window"), solved, by...)},
			{name: "Escalated", unit: "percentunit", expr: share(overWindowBy("team", "helpdesk_tickets_escalated"), solved, by...)},
			{name: "Agents active", unit: "none", expr: sum(overWindowBy("team", "helpdesk_agents_active"), by...)},
			{name: "Contacts / agent", unit: "none", decimals: cog.ToPtr(1.0), expr: largest(overWindowBy("team", "helpdesk_contacts_per_agent"), by...)},
			{name: "Open / agent", unit: "none", decimals: cog.ToPtr(1.0), expr: largest(overWindowBy("team", "helpdesk_tickets_open_per_agent"), by...)},
		},
	}
}

func demand() []panel {
	const span = weeksNote + " Hours are in the time zone of the configuration."
	days := weekdays()
	return []panel{
		bars{along: key{label: "hour", name: "Hour"}, figure: figure{
			title: "Contacts by hour of the day", unit: "short", none: noWeeks,
			about:   "Contacts by the hour at which they came in, of all days together." + span,
			queries: []query{{expr: contactsBy("hour"), legend: "contacts"}},
		}},
		bars{along: key{label: "weekday", name: "Weekday"}, words: days, figure: figure{
			title: "Contacts by weekday", unit: "short", none: noWeeks,
			about:   "Contacts by the weekday on which they came in, of all hours together." + span,
			queries: []query{{expr: inOrder(contactsBy("weekday")), legend: "contacts"}},
		}},
		matrix{lines: key{label: "weekday", name: "Weekday"}, columns: key{label: "hour"}, words: days, figure: figure{
			title: "Contacts by weekday and hour", unit: "short", none: noWeeks,
			about:   "Contacts by the weekday and the hour at which they came in: the stronger the colour, the more." + span,
			queries: []query{{expr: inOrder(contactsBy("weekday", "hour")), legend: "contacts"}},
		}},
	}
}

// contactsBy counts contacts over a time that has every weekday in it.
func contactsBy(labels ...string) string {
	return overWeeks(func(window string) string {
		return sum(selector("helpdesk_contacts_by_hour", `by="all"`, window), labels...)
	})
}

// inOrder numbers the weekdays, for their names do not sort as they follow each
// other.
func inOrder(expr string) string {
	for i, day := range []string{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"} {
		expr = called(expr, "weekday", strings.ToLower(day), fmt.Sprintf("%d %s", i+1, day))
	}
	return expr
}

// weekdays returns the names of the weekdays as inOrder makes them.
func weekdays() map[string]string {
	return map[string]string{
		"1 Mon": "Monday", "2 Tue": "Tuesday", "3 Wed": "Wednesday", "4 Thu": "Thursday", "5 Fri": "Friday", "6 Sat": "Saturday", "7 Sun": "Sunday",
	}
}
