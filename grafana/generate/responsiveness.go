package main

import (
	"fmt"

	"github.com/grafana/grafana-foundation-sdk/go/cog"
)

// responsiveness is the board of how long customers wait for an answer and for
// a solution.
func responsiveness() board {
	return board{
		name: "responsiveness", title: "Responsiveness",
		about: "Who waits for an answer now, how long first responses, replies and solutions take, and where they take longest. " +
			"Figures over the window are of the time when things happened; heat maps and the quantiles below them are counted when discovered.",
		variables: []variable{window, channel, team, priority},
		rows: []row{
			{"Now: who waits for an answer", whoWaits()},
			{"Last $window, not filtered", timesTaken()},
			{"As discovered, filtered", timesAsDiscovered()},
			{"Last $window, by channel, priority, team", timesSplit()},
			{"Business hours, last $window, not filtered", businessTimes()},
			{"As the customer sees it", customerTimes()},
		},
	}
}

func whoWaits() []panel {
	dims := chosen("channel", "team", "priority")
	return []panel{
		number{figure: figure{
			title: "Without a first answer", unit: "none", width: 6,
			about:   "Open tickets to which no human agent has given a public answer, of the chosen channels, teams and priorities.",
			queries: []query{{expr: sum(selector("helpdesk_tickets_unanswered", dims...)), legend: "unanswered"}},
		}},
		number{figure: figure{
			title: "Oldest without an answer", unit: "s", width: 6, none: "None waits",
			about:   "Time since the oldest open ticket without a first answer came in, at the desk where it is longest. Of all channels, teams and priorities.",
			queries: []query{{expr: largest(selector("helpdesk_ticket_oldest_unanswered_age_seconds", `by="all"`)), legend: "age"}},
		}},
		number{figure: figure{
			title: "Waiting for an agent", unit: "none", width: 6,
			about: "Open tickets whose next step is the agent's: the customer wrote last or, where messages are not known, the status is new or open. " +
				"Of the chosen channels, teams and priorities.",
			queries: []query{{expr: sum(selector("helpdesk_tickets_awaiting_agent", dims...)), legend: "waiting"}},
		}},
		number{figure: figure{
			title: "Share unanswered", unit: "percentunit", width: 6,
			about:   "Open tickets without a first answer divided by all open tickets, of the chosen channels, teams and priorities.",
			queries: []query{{expr: share(selector("helpdesk_tickets_unanswered", dims...), selector("helpdesk_tickets_open", dims...)), legend: "unanswered"}},
		}},
	}
}

// Quantiles of several desks cannot be put together.
const ofTheSlowest = " Quantiles of several desks cannot be combined: it is that of the slowest desk."

func timesTaken() []panel {
	return []panel{
		lasted("First response, p50", "50 % of the first responses of the window were given within this time, around the clock. Quantiles over a window are accurate to 4.5 %.", "helpdesk_first_response_quantile_seconds", "0.5"),
		lasted("First response, p90", "90 % of the first responses of the window were given within this time, around the clock.", "helpdesk_first_response_quantile_seconds", "0.9"),
		lasted("Reply, p90", "90 % of the answers of the window came within this time of the first message that they answer, around the clock.",
			"helpdesk_reply_quantile_seconds", "0.9"),
		lasted("Resolution, p90", "90 % of the tickets solved in the window, and not reopened since, were solved within this time from their creation, around the clock.",
			"helpdesk_full_resolution_quantile_seconds", "0.9"),
		ranks{figure{
			title: "First response within target", unit: "percentunit", width: 8, height: 4, least: cog.ToPtr(0.0), most: cog.ToPtr(1.0),
			about: "Tickets first answered within each threshold divided by those answered in time or past it in the window. A ticket that waits past the threshold is a miss from then on. " +
				"The thresholds are those of targets.first_response in the configuration.",
			queries: []query{{expr: "sort(" + firstAnswerInTime() + ")", legend: "within {{threshold}}"}},
		}},
		course{log: true, figure: figure{
			title: "First response, with those who wait", unit: "s",
			about: "Quantiles of the first responses of the window, and the p50 with all who still wait for theirs counted as well (Kaplan-Meier). " +
				"Where that one is far above the plain p50, many wait. It has no line where fewer than half have been answered: that is bad, not quiet. Each at the slowest of the desks that have one.",
			queries: []query{
				{expr: largest(overWindow("helpdesk_first_response_quantile_seconds", at("0.5"))), legend: "p50"},
				{expr: largest(overWindow("helpdesk_first_response_quantile_seconds", at("0.9"))), legend: "p90"},
				{expr: largest(overWindow("helpdesk_first_response_censored_quantile_seconds", at("0.5"))), legend: "p50 incl. waiting"},
			},
		}}.against("min", "first_response_time"),
		course{figure: figure{
			title: "Within target, over time", unit: "percentunit", most: cog.ToPtr(1.0),
			about: "Tickets first answered within each threshold divided by those answered in time or past it in the window. A line that falls while the quantiles hold still " +
				"says that more and more tickets get no answer at all.",
			queries: []query{{expr: firstAnswerInTime(), legend: "within {{threshold}}"}},
		}},
	}
}

// lasted is one quantile of a duration over the window, at the slowest desk.
func lasted(title, about, metric, q string) panel {
	return number{figure: figure{
		title: title, unit: "s", about: about + ofTheSlowest,
		queries: []query{{expr: largest(overWindow(metric, at(q))), legend: title}},
	}}
}

// at picks one quantile of a family.
func at(q string) string { return fmt.Sprintf("q=%q", q) }

// quantiles asks for each quantile of a family over the window, at the slowest
// desk.
func quantiles(metric string) []query {
	return []query{
		{expr: largest(overWindow(metric, at("0.5"))), legend: "p50"},
		{expr: largest(overWindow(metric, at("0.9"))), legend: "p90"},
		{expr: largest(overWindow(metric, at("0.95"))), legend: "p95"},
	}
}

func firstAnswerInTime() string {
	return share(overWindow("helpdesk_first_response_within_target"), overWindow("helpdesk_first_response_target_eligible"), "threshold")
}

func timesAsDiscovered() []panel {
	dims := chosen("channel", "team", "priority")
	const discovered = ", counted when discovered. Of the chosen channels, teams and priorities. The stronger the colour, the more of them took that long."
	const lines = ", of those discovered in the last minutes. Of the chosen channels, teams and priorities. Points lead to single tickets where exemplars are on."
	responses, replies, solutions := spread{"helpdesk_first_response_seconds", dims}, spread{"helpdesk_reply_seconds", dims}, spread{"helpdesk_full_resolution_seconds", dims}
	return []panel{
		spreading("First response, distribution", "How long first responses took"+discovered, responses),
		spreading("Reply, distribution", "How long customers waited for answers, first and later ones"+discovered, replies),
		spreading("Resolution, distribution", "How long solved tickets took from their creation; one that is solved again counts again"+discovered, solutions),
		fractions("First response, as discovered", "The times within which 50 %, 90 % and 95 % of the first responses were given"+lines, responses),
		fractions("Reply, as discovered", "The times within which 50 %, 90 % and 95 % of the answers were given"+lines, replies),
		fractions("Resolution, as discovered", "The times within which 50 %, 90 % and 95 % of the solved tickets were solved"+lines, solutions),
	}
}

// spreading shows a histogram as a heat map.
func spreading(title, about string, s spread) panel {
	return heat{figure{title: title, about: about, unit: "s", width: 8, sparse: true, queries: []query{{expr: s.cells(), legend: "{{le}}"}}}}
}

// fractions shows quantiles of a histogram.
func fractions(title, about string, s spread) panel {
	return course{log: true, figure: figure{title: title, about: about, unit: "s", width: 8, sparse: true, queries: []query{
		{expr: s.quantile(0.5), legend: "p50", dots: true},
		{expr: s.quantile(0.9), legend: "p90", dots: true},
		{expr: s.quantile(0.95), legend: "p95", dots: true},
	}}}
}

func timesSplit() []panel {
	return []panel{timesBy("channel", "Channel"), timesBy("priority", "Priority"), teamTimes()}
}

// timesBy is a table of the times by one dimension.
func timesBy(dimension, name string) panel {
	slowest := func(metric, q string) string { return largest(overWindowBy(dimension, metric, at(q)), dimension) }
	return grid{
		title: "By " + dimension, width: 12, height: 10, sorted: "Response, p90",
		about: fmt.Sprintf("First responses, answers and resolutions of the window for each %s that is chosen, each with the number that its quantiles are of: few say little. "+
			"Where several desks have the same %[1]s, quantiles are those of the slowest.", dimension),
		keys: []key{{label: dimension, name: name}},
		columns: []column{
			{name: "Response, p90", unit: "s", bar: true, expr: slowest("helpdesk_first_response_quantile_seconds", "0.9")},
			{name: "Responses", unit: "none", expr: sum(overWindowBy(dimension, "helpdesk_first_response_observations"), dimension)},
			{name: "Reply, p90", unit: "s", expr: slowest("helpdesk_reply_quantile_seconds", "0.9")},
			{name: "Replies", unit: "none", expr: sum(overWindowBy(dimension, "helpdesk_reply_observations"), dimension)},
			{name: "Solved, p90", unit: "s", expr: slowest("helpdesk_full_resolution_quantile_seconds", "0.9")},
			{name: "Solved", unit: "none", expr: sum(overWindowBy(dimension, "helpdesk_full_resolution_observations"), dimension)},
		},
	}
}

func teamTimes() panel {
	by := []string{"desk", "team"}
	slowest := func(metric, q string) string { return largest(overWindowBy("team", metric, at(q)), by...) }
	return grid{
		title: "Team by team", sorted: "Oldest", height: 10,
		about: "One line for each team of each desk that is chosen. What waits is of now, and of the chosen channels and priorities; times are of the window and of all of them. " +
			"Empty cells have no sample. A click on a desk leads to its promises.",
		keys: []key{{label: "desk", name: "Desk", leads: "sla"}, {label: "team", name: "Team"}},
		columns: []column{
			{name: "Unanswered", unit: "none", expr: sum(selector("helpdesk_tickets_unanswered", chosen("channel", "team", "priority")...), by...)},
			{name: "Oldest", unit: "s", expr: largest(nowBy("team", "helpdesk_ticket_oldest_unanswered_age_seconds"), by...)},
			{name: "Response, p50", unit: "s", expr: slowest("helpdesk_first_response_quantile_seconds", "0.5")},
			{name: "Response, p90", unit: "s", expr: slowest("helpdesk_first_response_quantile_seconds", "0.9")},
			{name: "Responses", unit: "none", expr: sum(overWindowBy("team", "helpdesk_first_response_observations"), by...)},
			{name: "Reply, p90", unit: "s", expr: slowest("helpdesk_reply_quantile_seconds", "0.9")},
			{name: "Replies", unit: "none", expr: sum(overWindowBy("team", "helpdesk_reply_observations"), by...)},
			{name: "Solved, p50", unit: "s", expr: slowest("helpdesk_full_resolution_quantile_seconds", "0.5")},
			{name: "Solved, p90", unit: "s", expr: slowest("helpdesk_full_resolution_quantile_seconds", "0.9")},
			{name: "Solved", unit: "none", expr: sum(overWindowBy("team", "helpdesk_full_resolution_observations"), by...)},
		},
	}
}

func businessTimes() []panel {
	const clock = " The desk's own figures where it reports them, else by the calendar of its source. Asked and answered outside business hours counts as 0, " +
		"so that lines may be flat at 0 at night and on weekends. Each at the slowest desk."
	timed := func(title, about, metric string) panel {
		return course{figure: figure{title: title, about: about + clock, unit: "s", width: 8, queries: quantiles(metric)}}
	}
	return []panel{
		timed("First response, business hours", "Quantiles of the first responses of the window, counting only the time in business hours.",
			"helpdesk_first_response_business_quantile_seconds"),
		timed("Reply, business hours", "Quantiles of the answers of the window, counting only the time in business hours.",
			"helpdesk_reply_business_quantile_seconds"),
		timed("Resolution, business hours", "Quantiles of the last solves of the window, counting only the time in business hours.",
			"helpdesk_full_resolution_business_quantile_seconds"),
	}
}

func customerTimes() []panel {
	dims := chosen("channel", "team", "priority")
	clocked, business := spread{"helpdesk_requester_wait_seconds", dims}, spread{"helpdesk_requester_wait_business_seconds", dims}
	acknowledged := spread{"helpdesk_acknowledgement_seconds", chosen("channel")}
	return []panel{
		course{log: true, figure: figure{
			title: "Acknowledgement, as discovered", unit: "s", sparse: true,
			about: "The times within which 50 % and 90 % of the customers heard from the desk, be it from a notice, a bot or an agent, " +
				"of the acknowledgements discovered in the last minutes. Of the chosen channels, and all teams and priorities.",
			queries: []query{
				{expr: acknowledged.quantile(0.5), legend: "p50", dots: true},
				{expr: acknowledged.quantile(0.9), legend: "p90", dots: true},
			},
		}},
		course{log: true, figure: figure{
			title: "Requester wait, as discovered", unit: "s", sparse: true,
			about: "How long solved tickets were new, open or on hold, so that the customer waited for the desk: time while it was the customer's turn is left out. " +
				"Of the solves discovered in the last minutes, and the chosen channels, teams and priorities.",
			queries: []query{
				{expr: clocked.quantile(0.5), legend: "p50", dots: true},
				{expr: clocked.quantile(0.9), legend: "p90", dots: true},
				{expr: business.quantile(0.9), legend: "p90, business hours", dots: true},
			},
		}},
	}
}
