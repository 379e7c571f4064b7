package main

import (
	"fmt"

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
			{"How calls fare: the last $window, all channels and queues together", fare()},
			{"Service level and abandonment, the last $window, all channels and queues together", answeredAndGivenUp()},
			{"Queue by queue, the last $window, of the chosen queues", []panel{queues()}},
			{"Waits and work, the last $window, all channels and queues together", waitsAndWork()},
			{"Minute by minute, of the chosen channels and queues", callsComing()},
			{"Blocked, passed on, and who is there, of the chosen queues and channels", throughAndOn()},
		},
	}
}

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

// asPromised returns a family of service levels, each seen the one way its objective
// sees those who give up; where there is no objective, they were not served.
func asPromised(level func(metric string, matchers ...string) string, metric string) string {
	return fmt.Sprintf("(%s and on (job, instance, desk, policy, threshold, abandons) %s or %s unless on (job, instance, desk, policy, threshold) %[2]s)",
		level(metric), goal(), level(metric, `abandons="negative"`))
}

// answeredInTime returns the service level of each policy. A call can be under
// several, so that they are never added up.
func answeredInTime(level func(string, ...string) string, by ...string) string {
	return share(asPromised(level, "helpdesk_service_level_met"), asPromised(level, "helpdesk_service_level_offered"), append(by, "policy")...)
}

// overGoal returns by how many percentage points a service level exceeds its
// objective, of the policy where it is worst.
func overGoal(level func(string, ...string) string, by ...string) string {
	margin := fmt.Sprintf("100 * (%s\n- on (policy) group_left ()\n%s)", answeredInTime(level, by...), largest(goal(), "policy"))
	return aggregate("min", margin, by...)
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
			title: "Service level", unit: "percentunit",
			about: "Calls and chats answered within the threshold of their policy by those offered, of the policy where it is least. " +
				"Short abandons are left out; the others count as the objective of the policy says.",
			queries: []query{{expr: aggregate("min", answeredInTime(overWindow)), legend: "in time"}},
		}},
		number{figure: figure{
			title: "Margin to objective", unit: "none", decimals: cog.ToPtr(1.0), judged: missedBelowZero, none: "No objective",
			about: "Service level less its objective, in percentage points, of the policy where that is least; of several desks, the highest objective counts. " +
				"Below 0 the objective is missed.",
			queries: []query{{expr: overGoal(overWindow), legend: "points"}},
		}},
		number{figure: figure{
			title: "Abandonment", unit: "percentunit",
			about:   "Abandonment: calls and chats given up in the queue by those answered or given up. Short abandons are in neither.",
			queries: []query{{expr: abandoned(overWindow), legend: "abandoned"}},
		}},
		number{figure: figure{
			title: "Speed of answer", unit: "s",
			about: "Mean wait in the queue of those who were answered: the means of the desks, each times its answered calls, by the sum of these. " +
				"It improves when impatient callers leave, so read it beside those who gave up.",
			queries: []query{{expr: meanOf(overWindow, "speed_of_answer"), legend: "mean"}},
		}},
		number{figure: figure{
			title: "Blocked", unit: "percentunit", none: "None known",
			about:   "Inbound calls that were never let in by all attempts. Many telephone systems do not tell of them.",
			queries: []query{{expr: blocked(overWindow), legend: "blocked"}},
		}},
		number{figure: figure{
			title: "Agents available", unit: "none", none: "Not told",
			about:   "Agents that were available when the desks last told of their teams and channels, all of them together.",
			queries: []query{{expr: sum(selector("helpdesk_agents_available")), legend: "available"}},
		}},
	}
}

func answeredAndGivenUp() []panel {
	met, offered := asPromised(overWindow, "helpdesk_service_level_met"), asPromised(overWindow, "helpdesk_service_level_offered")
	const notServed, leftOut, served = "{{policy}}: not served", "{{policy}}: left out", "{{policy}}: served"
	ways := map[string]string{notServed: apartBy(0), leftOut: apartBy(1), served: apartBy(2)}
	seen := func(abandons string) string {
		matcher := `abandons="` + abandons + `"`
		return share(overWindow("helpdesk_service_level_met", matcher), overWindow("helpdesk_service_level_offered", matcher), "policy")
	}
	return []panel{
		course{objective: "objective", figure: figure{
			title: "Answered in time", unit: "percentunit", most: cog.ToPtr(1.0),
			about:   "Calls and chats answered within the threshold by those offered, for each policy; dashed, the lowest objective that one of them has.",
			queries: []query{{expr: answeredInTime(overWindow), legend: "{{policy}}"}, {expr: aggregate("min", goal()), legend: "objective"}},
		}},
		grid{
			title: "Policies", width: 12, sorted: "Margin", ascending: true,
			about: "One line for each policy and threshold. Offered are the calls that the policy judges. " +
				"Points over is the service level less the objective in percentage points: below 0 it is missed.",
			keys: []key{{label: "policy", name: "Policy"}, {label: "threshold", name: "Within"}},
			columns: []column{
				{name: "Offered", unit: "none", expr: sum(offered, "policy", "threshold")},
				{name: "Answered in time", unit: "percentunit", decimals: cog.ToPtr(1.0), expr: share(met, offered, "policy", "threshold")},
				{name: "Objective", unit: "percentunit", decimals: cog.ToPtr(1.0), expr: largest(goal(), "policy", "threshold")},
				{
					name: "Margin", unit: "none", decimals: cog.ToPtr(1.0), judged: missedBelowZero,
					expr: fmt.Sprintf("100 * (%s\n-\n%s)", share(met, offered, "policy", "threshold"), largest(goal(), "policy", "threshold")),
				},
			},
		},
		course{palette: ways, figure: figure{
			title: "Service level, by how abandons count", unit: "percentunit", most: cog.ToPtr(1.0),
			about: "The service level of each policy with those who gave up within the threshold counted as not served, left out, or counted as served. " +
				"Who gave up later was not served under any of them.",
			queries: []query{
				{expr: seen("negative"), legend: notServed},
				{expr: seen("ignored"), legend: leftOut},
				{expr: seen("positive"), legend: served},
			},
		}},
		course{figure: figure{
			title: "Abandonment by channel", unit: "percentunit",
			about: "Calls and chats given up in the queue by those answered or given up in the window, for each channel, whatever is chosen. Short abandons are in neither.",
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
		about: "One line for each queue of that name at any desk, over the window. In time and points over (the objective) are those of the policy where they are least; " +
			"the wait of nine of ten is that of the slowest desk. Empty cells have no sample.",
		keys: []key{{label: "queue", name: "Queue"}},
		columns: []column{
			{name: "Offered", unit: "none", expr: sum(byQueue("helpdesk_contacts_offered"), "queue")},
			{name: "In time", unit: "percentunit", decimals: cog.ToPtr(1.0), expr: aggregate("min", answeredInTime(byQueue, "queue"), "queue")},
			{name: "Margin", unit: "none", decimals: cog.ToPtr(1.0), judged: missedBelowZero, expr: overGoal(byQueue, "queue")},
			{name: "Abandoned", unit: "percentunit", decimals: cog.ToPtr(1.0), expr: abandoned(byQueue, "queue")},
			{name: "Speed of answer", unit: "s", expr: meanOf(byQueue, "speed_of_answer", "queue")},
			{name: "Wait, p90", unit: "s", expr: largest(byQueue("helpdesk_queue_wait_quantile_seconds", `q="0.9"`), "queue")},
			{name: "Handle time", unit: "s", expr: meanOf(byQueue, "handle", "queue")},
			{name: "Blocked", unit: "percentunit", decimals: cog.ToPtr(1.0), expr: blocked(byQueue, "queue")},
		},
	}
}

func waitsAndWork() []panel {
	wait := func(q string) string {
		return largest(overWindow("helpdesk_queue_wait_quantile_seconds", `q="`+q+`"`))
	}
	// A part that is not known of a call adds nothing to the whole, so that each
	// is divided by all calls: the parts then add up to the mean of the whole.
	part := func(name string) string {
		return share(overWindow("helpdesk_call_"+name+"_mean_seconds")+" * "+overWindow("helpdesk_call_"+name+"_observations"),
			overWindow("helpdesk_handle_observations"))
	}
	return []panel{
		course{figure: figure{
			title: "Wait in the queue", unit: "s", width: 8,
			about: "The times within which half, nine of ten and 19 of 20 of those who waited in the window were answered or gave up, at the slowest desk: " +
				"quantiles of several desks cannot be put together.",
			queries: []query{{expr: wait("0.5"), legend: "p50"}, {expr: wait("0.9"), legend: "p90"}, {expr: wait("0.95"), legend: "p95"}},
		}},
		course{figure: figure{
			title: "Mean waits", unit: "s", width: 8,
			about: "Mean time in the queue of everybody, of those who were answered (speed of answer) and of those who gave up, short abandons too: " +
				"the means of the desks, each times its sample, by the sum of the samples.",
			queries: []query{
				{expr: meanOf(overWindow, "queue_wait"), legend: "everybody"},
				{expr: meanOf(overWindow, "speed_of_answer"), legend: "answered"},
				{expr: meanOf(overWindow, "abandon_wait"), legend: "abandoned"},
			},
		}},
		course{stacked: true, figure: figure{
			title: "Handle time and its parts", unit: "s", width: 8,
			about: "How much work an answered call or chat is: talk, hold and wrap-up time of the window, each by all calls handled, so that they add up to the mean handle time. " +
				"What the telephone system does not tell is missing in it.",
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
			about: "Calls and chats that ended, by how, as the exporter learnt of them: the rate of the counter by the hour. " +
				"Outbound ones are among them.",
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
			about: "Inbound calls and chats given up in the queue, and apart from them those given up so soon that they count in no ratio, " +
				"as the exporter learnt of them: the rate of the counters by the hour.",
			queries: []query{
				{expr: perHour(selector("helpdesk_contacts_abandoned_total", dims...)), legend: "abandoned"},
				{expr: perHour(selector("helpdesk_contacts_short_abandoned_total", dims...)), legend: "abandoned at once"},
			},
		}},
		heat{figure{
			title: "Queue waits, distribution", unit: "s", sparse: true,
			about:   "How many inbound calls and chats waited how long in the queue, however they ended, as the exporter learnt of them. The fuller the colour, the more.",
			queries: []query{{expr: waits.cells(), legend: "{{le}}"}},
		}},
		course{figure: figure{
			title: "Queue waits, minute by minute", unit: "s", sparse: true,
			about: "The times within which half, nine of ten and 19 of 20 of the waits ended that the exporter has learnt of in the last minutes.",
			queries: []query{
				{expr: waits.quantile(0.5), legend: "p50", dots: true},
				{expr: waits.quantile(0.9), legend: "p90", dots: true},
				{expr: waits.quantile(0.95), legend: "p95", dots: true},
			},
		}},
		heat{figure{
			title: "Handle times, distribution", unit: "s", sparse: true,
			about:   "How many answered calls and chats took how long to handle, as the exporter learnt of them. The fuller the colour, the more.",
			queries: []query{{expr: work.cells(), legend: "{{le}}"}},
		}},
		course{figure: figure{
			title: "Handle times, minute by minute", unit: "s", sparse: true,
			about: "Half and nine of ten of the handle times, and their mean, that the exporter has learnt of in the last minutes.",
			queries: []query{
				{expr: work.quantile(0.5), legend: "p50", dots: true},
				{expr: work.quantile(0.9), legend: "p90", dots: true},
				{expr: work.mean(), legend: "mean"},
			},
		}},
	}
}

func throughAndOn() []panel {
	// Tickets are passed on as well: only the channels that have calls are shown.
	ofCalls := func(metric string) string {
		return overWindowBy("channel", metric) + " and on (job, instance, desk, channel) " + overWindowBy("channel", "helpdesk_calls_in_window")
	}
	return []panel{
		course{bars: true, figure: figure{
			title: "Blocked per hour by reason", unit: "short", width: 8, sparse: true, none: "None known",
			about:   "Inbound calls that were never let in, as calls of their own or as a carrier counts them: the rate of the counter by the hour, for each reason.",
			queries: []query{{expr: perHour(selector("helpdesk_calls_blocked_total", chosen("queue")...), "block_reason"), legend: "{{block_reason}}"}},
		}},
		course{figure: figure{
			title: "Transfers by channel", unit: "percentunit", width: 8, none: "Not told",
			about: "Contacts handled in the window that were passed on at least once by all of which that is known, for each channel that has calls or chats. " +
				"Tickets of the same channel are among them.",
			queries: []query{{
				expr:   share(ofCalls("helpdesk_contacts_transferred"), ofCalls("helpdesk_contacts_handled"), "channel"),
				legend: "{{channel}}",
			}},
		}},
		course{figure: figure{
			title: "Agents available by channel", unit: "short", width: 8, none: "Not told",
			about:   "Agents that were available when the desks last told of them, for each channel.",
			queries: []query{{expr: sum(selector("helpdesk_agents_available", chosen("channel")...), "channel"), legend: "{{channel}}"}},
		}},
	}
}
