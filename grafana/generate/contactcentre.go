package main

import (
	"fmt"
	"slices"

	"github.com/grafana/grafana-foundation-sdk/go/cog"
)

// contactCentre is about calls and chats: whether they get through, how long
// they wait, who gives up, and how much work they are.
func contactCentre() board {
	return board{
		name: "contact-centre", title: "Contact centre",
		about: "Calls and chats: whether they are answered in time, how long callers wait and how many give up, " +
			"how many never get through, and how much work a call is.",
		variables: []variable{window, queue, channelOfCalls},
		rows: []row{
			{"At a glance, last $window, not filtered", fare()},
			{"Service level, last $window, not filtered", answeredAndGivenUp()},
			{"Last $window, by queue", []panel{queues()}},
			{"Waits and work, last $window, not filtered", waitsAndWork()},
			{"As discovered, filtered", callsComing()},
			{"Blockage, transfers, staffing", throughAndOn()},
		},
	}
}

// untold stands where a figure needs what not every source tells.
const untold = "Not told by this desk"

// channelOfCalls offers the channels that have calls or chats. It has the name
// of the one on other boards, so that a choice is carried along.
var channelOfCalls = variable{
	name: "channel", label: "Channel", all: anyOrNone,
	about: "Narrows what is split by channel, and all counts and distributions.",
	query: `label_values(helpdesk_calls_total{` + scope + `}, channel)`,
}

func byQueue(metric string, matchers ...string) string {
	return overWindowBy("queue", metric, matchers...)
}

// goal is what the service levels are held against.
func goal() string { return selector("helpdesk_service_level_objective_ratio") }

// The labels that a service level has in common with its objective.
const ofGoal = "on (job, instance, desk, policy, threshold, abandons)"

// asPromised returns a family of service levels, each seen the one way its objective
// sees those who give up; where there is no objective, they were not served.
func asPromised(level func(metric string, matchers ...string) string, metric string) string {
	return fmt.Sprintf("(%s or %s unless on (job, instance, desk, policy, threshold) %s)",
		withGoal(level(metric)), level(metric, `abandons="negative"`), goal())
}

// withGoal keeps the service levels that have an objective.
func withGoal(levels string) string { return levels + " and " + ofGoal + " " + goal() }

// answeredInTime returns the service level of each policy and threshold. A call
// can be under several, so that they are never added up.
func answeredInTime(level func(string, ...string) string, by ...string) string {
	return share(asPromised(level, "helpdesk_service_level_met"), asPromised(level, "helpdesk_service_level_offered"), ofPolicy(by)...)
}

// ofPolicy returns the labels that a policy is told apart by, after others.
func ofPolicy(by []string) []string { return append(slices.Clone(by), "policy", "threshold") }

// toAnswer is how many calls the objectives ask to be answered in time. Desks
// differ in their objectives: what each asks is added up.
func toAnswer(level func(string, ...string) string, by ...string) string {
	return sum(level("helpdesk_service_level_offered")+" * "+ofGoal+" group_left () "+goal(), ofPolicy(by)...)
}

// heldToGoal is how many calls were offered under an objective.
func heldToGoal(level func(string, ...string) string, by ...string) string {
	return "(" + sum(withGoal(level("helpdesk_service_level_offered")), ofPolicy(by)...) + " > 0)"
}

// goalOf returns the objective of each policy and threshold or, of several
// desks, their mean, each weighted with its calls.
func goalOf(level func(string, ...string) string, by ...string) string {
	return toAnswer(level, by...) + "\n/\n" + heldToGoal(level, by...)
}

// overGoal returns by how many percentage points the service level of each
// policy and threshold exceeds its objective.
func overGoal(level func(string, ...string) string, by ...string) string {
	met := sum(withGoal(level("helpdesk_service_level_met")), ofPolicy(by)...)
	return "100 * (" + met + "\n- " + toAnswer(level, by...) + ")\n/\n" + heldToGoal(level, by...)
}

func abandoned(level func(string, ...string) string, by ...string) string {
	return share(level("helpdesk_contacts_abandoned_in_window"), level("helpdesk_contacts_offered"), by...)
}

func blocked(level func(string, ...string) string, by ...string) string {
	return share(level("helpdesk_calls_blocked_in_window"), level("helpdesk_call_attempts"), by...)
}

// meanOf returns the mean of a duration over a window.
func meanOf(level func(string, ...string) string, duration string, by ...string) string {
	return pooled(level("helpdesk_"+duration+"_mean_seconds"), level("helpdesk_"+duration+"_observations"), by...)
}

func fare() []panel {
	return []panel{
		number{figure: figure{
			title: "Service level", unit: "percentunit", decimals: cog.ToPtr(1.0),
			about: "Calls and chats answered within the threshold of their policy divided by those offered, of the policy and threshold where it is lowest. " +
				"Short abandons are left out; other abandons count as the objective of the policy says.",
			queries: []query{{expr: aggregate("min", answeredInTime(overWindow)), legend: "in time"}},
		}},
		number{figure: figure{
			title: "Margin to objective", unit: points, decimals: cog.ToPtr(1.0), judged: missedBelowZero, none: "No objective",
			about:   goalMarginIs + "Of the policy and threshold where it is lowest: below 0 the objective is missed.",
			queries: []query{{expr: aggregate("min", overGoal(overWindow)), legend: "margin"}},
		}},
		number{figure: figure{
			title: "Abandonment", unit: "percentunit", decimals: cog.ToPtr(1.0),
			about:   "Calls and chats given up in the queue divided by those answered or given up. Short abandons are in neither.",
			queries: []query{{expr: abandoned(overWindow), legend: "abandoned"}},
		}},
		number{figure: figure{
			title: "Speed of answer (ASA)", unit: "s",
			about: "Average speed of answer: mean wait in the queue of the calls and chats that were answered. Desks are weighted with their answered calls. " +
				"It improves when impatient callers leave, so read it beside abandonment.",
			queries: []query{{expr: meanOf(overWindow, "speed_of_answer"), legend: "mean"}},
		}},
		number{figure: figure{
			title: "Blocked", unit: "percentunit", decimals: cog.ToPtr(1.0), none: untold,
			about:   "Inbound calls that were never let in divided by all attempts. Many telephone systems do not report them.",
			queries: []query{{expr: blocked(overWindow), legend: "blocked"}},
		}},
		number{figure: figure{
			title: "Agents available", unit: "none", none: untold,
			about:   "Agents available according to the latest staffing records, over all desks, teams and channels.",
			queries: []query{{expr: sum(selector("helpdesk_agents_available")), legend: "available"}},
		}},
	}
}

const goalMarginIs = "Service level less objective, in percentage points. Desks with different objectives are weighted with their calls, those without one left out. "

func answeredAndGivenUp() []panel {
	const notServed, leftOut, served = "{{policy}} ({{threshold}}): not served", "{{policy}} ({{threshold}}): left out", "{{policy}} ({{threshold}}): served"
	ways := map[string]string{notServed: apartBy(0), leftOut: apartBy(1), served: apartBy(2)}
	seen := func(abandons string) string {
		matcher := `abandons="` + abandons + `"`
		return share(overWindow("helpdesk_service_level_met", matcher), overWindow("helpdesk_service_level_offered", matcher), "policy", "threshold")
	}
	return []panel{
		grid{
			title: "Policies", height: 5, sorted: "Margin", ascending: true,
			about: "One line for each policy and threshold. Offered are the calls and chats under the policy, short abandons left out; answered in time is those answered within the threshold " +
				"divided by those offered. Margin: " + goalMarginIs + "Below 0 the objective is missed.",
			keys: []key{{label: "policy", name: "Policy"}, {label: "threshold", name: "Within"}},
			columns: []column{
				{name: "Offered", unit: "none", expr: sum(asPromised(overWindow, "helpdesk_service_level_offered"), "policy", "threshold")},
				{name: "Answered in time", unit: "percentunit", decimals: cog.ToPtr(1.0), expr: answeredInTime(overWindow)},
				{name: "Objective", unit: "percentunit", decimals: cog.ToPtr(1.0), expr: goalOf(overWindow)},
				{name: "Margin", unit: points, decimals: cog.ToPtr(1.0), judged: missedBelowZero, expr: overGoal(overWindow)},
			},
		},
		course{objectives: "/^objective/", figure: figure{
			title: "Answered in time", unit: "percentunit", width: 8, most: cog.ToPtr(1.0),
			about: "Calls and chats answered within the threshold divided by those offered, for each policy and threshold; dashed, the objective of each. " +
				"Desks with different objectives are weighted with their calls.",
			queries: []query{
				{expr: answeredInTime(overWindow), legend: "{{policy}} ({{threshold}})"},
				{expr: goalOf(overWindow), legend: "objective of {{policy}} ({{threshold}})"},
			},
		}},
		course{palette: ways, figure: figure{
			title: "Service level, by how abandons count", unit: "percentunit", width: 8, most: cog.ToPtr(1.0),
			about: "The service level of each policy and threshold with contacts abandoned within the threshold counted as not served, left out, or counted as served. " +
				"Later abandons are not served in any of them.",
			queries: []query{
				{expr: seen("negative"), legend: notServed},
				{expr: seen("ignored"), legend: leftOut},
				{expr: seen("positive"), legend: served},
			},
		}},
		course{figure: figure{
			title: "Abandonment by channel", unit: "percentunit", width: 8,
			about: "Calls and chats given up in the queue divided by those answered or given up in the window, for each channel, whatever is chosen. Short abandons are in neither.",
			queries: []query{{
				expr: abandoned(func(metric string, _ ...string) string {
					return selector(metric, `by="channel"`, `window="$window"`)
				}, "channel"),
				legend: "{{channel}}",
			}},
		}},
	}
}

func queues() panel {
	return grid{
		title: "Queues", sorted: "Offered",
		about: "One line for each chosen queue; queues of the same name at several desks are one. In time (service level) and margin (service level less objective, in percentage points) " +
			"are those of the policy and threshold where they are lowest; the p90 of the wait is that of the slowest desk. Empty cells have no sample.",
		keys: []key{{label: "queue", name: "Queue"}},
		columns: []column{
			{name: "Offered", unit: "none", expr: sum(byQueue("helpdesk_contacts_offered"), "queue")},
			{name: "In time", unit: "percentunit", decimals: cog.ToPtr(1.0), expr: aggregate("min", answeredInTime(byQueue, "queue"), "queue")},
			{name: "Margin", unit: points, decimals: cog.ToPtr(1.0), judged: missedBelowZero, expr: aggregate("min", overGoal(byQueue, "queue"), "queue")},
			{name: "Abandonment", unit: "percentunit", decimals: cog.ToPtr(1.0), expr: abandoned(byQueue, "queue")},
			{name: "Speed of answer", unit: "s", expr: meanOf(byQueue, "speed_of_answer", "queue")},
			{name: "Wait, p90", unit: "s", expr: largest(byQueue("helpdesk_queue_wait_quantile_seconds", `q="0.9"`), "queue")},
			{name: "Average handle time", unit: "s", expr: meanOf(byQueue, "handle", "queue")},
			{name: "Blocked", unit: "percentunit", decimals: cog.ToPtr(1.0), expr: blocked(byQueue, "queue")},
		},
	}
}

func waitsAndWork() []panel {
	wait := func(q string) string {
		return largest(overWindow("helpdesk_queue_wait_quantile_seconds", `q="`+q+`"`))
	}
	// A part that is not known of a call adds nothing to the whole, so that each
	// is divided by all calls: the parts then add up to the mean of the whole. A
	// desk that has too few calls for a mean is in none of them.
	whole := overWindow("helpdesk_handle_mean_seconds")
	part := func(name string) string {
		return share(overWindow("helpdesk_call_"+name+"_mean_seconds")+" * "+overWindow("helpdesk_call_"+name+"_observations")+" and "+whole,
			overWindow("helpdesk_handle_observations")+" and "+whole)
	}
	return []panel{
		course{log: true, figure: figure{
			title: "Wait in the queue", unit: "s", width: 8,
			about: "The times within which 50 %, 90 % and 95 % of those who waited in the window were answered or gave up, at the slowest desk: " +
				"quantiles of several desks cannot be combined. Quantiles over a window are accurate to 4.5 %.",
			queries: []query{{expr: wait("0.5"), legend: "p50"}, {expr: wait("0.9"), legend: "p90"}, {expr: wait("0.95"), legend: "p95"}},
		}},
		course{figure: figure{
			title: "Mean waits", unit: "s", width: 8,
			about: "Mean time in the queue of everybody, of those who were answered (speed of answer) and of those who gave up, short abandons included. " +
				"Desks are weighted with their samples.",
			queries: []query{
				{expr: meanOf(overWindow, "queue_wait"), legend: "everybody"},
				{expr: meanOf(overWindow, "speed_of_answer"), legend: "answered"},
				{expr: meanOf(overWindow, "abandon_wait"), legend: "abandoned"},
			},
		}},
		course{stacked: true, figure: figure{
			title: "Average handle time and its parts", unit: "s", width: 8,
			about: "Talk, hold and wrap-up time of the window, each divided by all calls and chats handled, so that they add up to the average handle time. " +
				"Parts that the telephone system does not report are missing from it.",
			queries: []query{
				{expr: part("talk"), legend: "talk"},
				{expr: part("hold"), legend: "hold"},
				{expr: part("wrap_up"), legend: "wrap-up"},
			},
		}},
	}
}

func callsComing() []panel {
	dims := chosen("channel", "queue")
	ended := func(outcomes string) string {
		return perHour(selector("helpdesk_calls_total", append(dims, `call_outcome=~"`+outcomes+`"`)...))
	}
	waits, work := spread{"helpdesk_queue_wait_seconds", dims}, spread{"helpdesk_handle_seconds", dims}
	return []panel{
		course{bars: true, figure: figure{
			title: "Calls per hour by outcome", unit: "short", sparse: true,
			about: "Calls and chats that ended, by outcome, outbound ones included, counted when discovered: the rate of the counter per hour.",
			queries: []query{
				{expr: ended("answered"), legend: "answered"},
				{expr: ended("abandoned"), legend: "abandoned in the queue"},
				{expr: ended("abandoned_ivr"), legend: "abandoned in the menu"},
				{expr: ended("voicemail|callback"), legend: "voicemail, call back"},
				{expr: ended("blocked|failed"), legend: "blocked, failed"},
			},
		}},
		course{bars: true, figure: figure{
			title: "Abandoned per hour", unit: "short", sparse: true,
			about: "Inbound calls and chats given up in the queue and, separately, short abandons: those given up so soon that they count in no ratio. " +
				"Counted when discovered: the rate of the counters per hour.",
			queries: []query{
				{expr: perHour(selector("helpdesk_contacts_abandoned_total", dims...)), legend: "abandoned"},
				{expr: perHour(selector("helpdesk_contacts_short_abandoned_total", dims...)), legend: "short abandons"},
			},
		}},
		heat{figure{
			title: "Queue waits, distribution", unit: "s", sparse: true,
			about:   "How long inbound calls and chats waited in the queue, however they ended, counted when discovered. The stronger the colour, the more calls.",
			queries: []query{{expr: waits.cells(), legend: "{{le}}"}},
		}},
		course{log: true, figure: figure{
			title: "Queue waits, as discovered", unit: "s", sparse: true,
			about: "The times within which 50 %, 90 % and 95 % of the waits discovered in the last minutes ended.",
			queries: []query{
				{expr: waits.quantile(0.5), legend: "p50", dots: true},
				{expr: waits.quantile(0.9), legend: "p90", dots: true},
				{expr: waits.quantile(0.95), legend: "p95", dots: true},
			},
		}},
		heat{figure{
			title: "Handle times, distribution", unit: "s", sparse: true,
			about:   "How long answered calls and chats took to handle, counted when discovered. The stronger the colour, the more calls.",
			queries: []query{{expr: work.cells(), legend: "{{le}}"}},
		}},
		course{figure: figure{
			title: "Handle times, as discovered", unit: "s", sparse: true,
			about: "The times within which 50 % and 90 % of the calls and chats discovered in the last minutes were handled, and their mean.",
			queries: []query{
				{expr: work.quantile(0.5), legend: "p50", dots: true},
				{expr: work.quantile(0.9), legend: "p90", dots: true},
				{expr: work.mean(), legend: "mean"},
			},
		}},
	}
}

func throughAndOn() []panel {
	// Tickets are transferred as well: only the channels that have calls are shown.
	ofCalls := func(metric string) string {
		return overWindowBy("channel", metric) + " and on (job, instance, desk, channel) " + overWindowBy("channel", "helpdesk_calls_in_window")
	}
	return []panel{
		course{bars: true, figure: figure{
			title: "Blocked per hour by reason", unit: "short", width: 8, sparse: true, none: untold,
			about: "Inbound calls that were never let in, counted when discovered: the rate of the counter per hour, for each reason. " +
				"Of the chosen queues and all channels.",
			queries: []query{{expr: called(perHour(selector("helpdesk_calls_blocked_total", chosen("queue")...), "block_reason"), "block_reason", "no_agent", "no agent"), legend: "{{block_reason}}"}},
		}},
		course{figure: figure{
			title: "Transfers, tickets and calls", unit: "percentunit", width: 8, none: untold,
			about: "Contacts handled in the last $window that were transferred at least once divided by those of which transfers are known, for each chosen channel that has calls or chats. " +
				"Tickets of the same channel are included. Of all queues.",
			queries: []query{{
				expr:   share(ofCalls("helpdesk_contacts_transferred"), ofCalls("helpdesk_contacts_handled"), "channel"),
				legend: "{{channel}}",
			}},
		}},
		course{figure: figure{
			title: "Agents available by channel", unit: "short", width: 8, none: untold,
			about:   "Agents available according to the latest staffing records, for each chosen channel. Of all queues.",
			queries: []query{{expr: sum(selector("helpdesk_agents_available", chosen("channel")...), "channel"), legend: "{{channel}}"}},
		}},
	}
}
