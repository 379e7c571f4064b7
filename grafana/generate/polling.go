package main

import (
	"fmt"

	"github.com/grafana/grafana-foundation-sdk/go/cog"
)

// ofSource is a figure of each source, taken from the exporter where it is
// worst.
func ofSource(how, expr string) string { return aggregate(how, expr, "desk", "source") }

func sourceKeys(more ...key) []key {
	return append([]key{{label: "desk", name: "Desk"}, {label: "source", name: "Source"}}, more...)
}

func sourceStates() panel {
	return grid{
		title: "Source status", sorted: "Last success",
		about: "One line for each source; where several exporters read it, the worst of them. Last success, behind by and newest event are times ago: since the " +
			"last poll without an error, since what is known completely, and since the newest event that the source told of. The mean poll is the time " +
			"of the polls of an hour, divided by their number. Sources that catch up with the past have one column more: how far they have come.",
		keys: sourceKeys(key{label: "type", name: "Type"}),
		columns: []column{
			{
				name: "State", unit: "none", judged: verdict{[]step{{colour: bad}, {1, good}}}, words: map[string]string{"0": "failing", "1": "up"},
				expr: aggregate("min", selector("helpdesk_source_up")+"\n* on (job, instance, desk, source) group_left (type)\n"+
					selector("helpdesk_source_info"), "desk", "source", "type"),
			},
			{
				name: "First sync", unit: "none", judged: verdict{[]step{{colour: warning}, {1, good}}}, words: map[string]string{"0": "running", "1": "complete"},
				expr: ofSource("min", selector("helpdesk_source_sync_complete")),
			},
			{name: "Last success", unit: "s", judged: silence, expr: ofSource("max", since("helpdesk_source_last_success_timestamp_seconds"))},
			{name: "Behind by", unit: "s", expr: ofSource("max", since("helpdesk_source_as_of_timestamp_seconds"))},
			{name: "Newest event", unit: "s", expr: ofSource("max", since("helpdesk_source_last_event_timestamp_seconds"))},
			{
				name: "Failed polls, 1 h", unit: "none", judged: oneIsWarning,
				expr: grown(selector("helpdesk_source_polls_total", `outcome!="success"`), "1h", "desk", "source"),
			},
			{name: "Mean poll", unit: "s", expr: meanPoll()},
			{name: "Caught up to", unit: "dateTimeFromNow", expr: ofSource("min", selector("helpdesk_source_catch_up_timestamp_seconds")) + " * 1000"},
		},
	}
}

func meanPoll() string {
	total := func(suffix string) string {
		return sum("increase("+selector("helpdesk_source_poll_duration_seconds"+suffix)+"[1h])", "desk", "source")
	}
	return fmt.Sprintf("%s\n/\n(%s > 0)\nor\nhistogram_sum(%s)\n/\n(histogram_count(%[3]s) > 0)", total("_sum"), total("_count"), total(""))
}

func sourceAnswers() panel {
	return grid{
		title: "Source volume", sorted: "Records, 1 h",
		about: "One line for each source. Records and rejected ones are of the last hour, repeated ones included. Drift is the open tickets that are known here " +
			"less those that the desk counts itself. Sources that are servers have columns of their own: the requests of the last hour, those that the " +
			"desk still allows, and how many capabilities its plan or the rights of the account withhold.",
		keys: sourceKeys(),
		columns: []column{
			{name: "Records, 1 h", unit: "none", expr: grown(selector("helpdesk_source_records_total"), "1h", "desk", "source")},
			{name: "Rejected, 1 h", unit: "none", judged: oneIsWarning, expr: grown(selector("helpdesk_source_rejects_total"), "1h", "desk", "source")},
			{name: "Drift, tickets", unit: "none", expr: ofSource("max", selector("helpdesk_source_drift_tickets"))},
			{name: "Requests, 1 h", unit: "none", expr: grown(selector("helpdesk_source_requests_total"), "1h", "desk", "source")},
			{name: "Requests left", unit: "none", expr: ofSource("min", selector("helpdesk_source_rate_limit_remaining"))},
			{name: "Withheld", unit: "none", expr: ofSource("max", sum("1 - "+selector("helpdesk_source_capability"), "desk", "source", "instance"))},
		},
	}
}

func polls() []panel {
	poll := spread{metric: "helpdesk_source_poll_duration_seconds"}
	return []panel{
		course{bars: true, palette: map[string]string{"success": good, "{{outcome}}": bad}, figure: figure{
			title: "Polls per hour", unit: "short", sparse: true, width: 8,
			about: "Polls of all chosen sources by their outcome: the rate of the counter by the hour. What is not a success says why: storage is the " +
				"exporter's own disk, all others are the source.",
			queries: []query{
				{expr: perHour(selector("helpdesk_source_polls_total", `outcome="success"`)), legend: "success"},
				{expr: perHour(selector("helpdesk_source_polls_total", `outcome!="success"`), "outcome") + " > 0", legend: "{{outcome}}"},
			},
		}},
		heat{figure{
			title: "Duration of polls", unit: "s", sparse: true, width: 8,
			about:   "How many polls took how long, all pages of a poll together.",
			queries: []query{{expr: poll.cells(), legend: "{{le}}"}},
		}},
		course{figure: figure{
			title: "Duration of polls, quantiles", unit: "s", sparse: true, width: 8,
			about: "Half, and 19 of 20, of the polls of the last minutes took at most this long.",
			queries: []query{
				{expr: poll.quantile(0.5), legend: "p50", dots: true},
				{expr: poll.quantile(0.95), legend: "p95", dots: true},
			},
		}},
	}
}

func news() []panel {
	lag := spread{metric: "helpdesk_event_lag_seconds"}
	return []panel{
		heat{figure{
			title: "Lag of events", unit: "s", sparse: true,
			about:   "How many facts were discovered how long after they happened, the first sync of each source left out.",
			queries: []query{{expr: lag.cells(), legend: "{{le}}"}},
		}},
		course{figure: figure{
			title: "Lag of events, quantiles", unit: "s", sparse: true,
			about: "Half, and 19 of 20, of the facts of the last minutes were discovered at most this long after they happened.",
			queries: []query{
				{expr: lag.quantile(0.5), legend: "p50", dots: true},
				{expr: lag.quantile(0.95), legend: "p95", dots: true},
			},
		}},
		course{bars: true, figure: figure{
			title: "Records per minute", unit: "short", sparse: true, width: 8,
			about:   "States of records that sources reported, repeated ones included: the rate of the counter by the minute.",
			queries: []query{{expr: perMinute(selector("helpdesk_source_records_total"), "kind"), legend: "{{kind}}"}},
		}},
		course{bars: true, figure: figure{
			title: "Requests per minute", unit: "short", sparse: true, width: 8, none: "No source asks an API",
			about: "Requests to the desks, retries included, by the status code of the answer; error where none came, none where no source asks an API. " +
				"The rate of the counter per minute; a code's first request begins its series, and shows with the next.",
			queries: []query{{expr: orNone(perMinute(selector("helpdesk_source_requests_total"), "code"), "code"), legend: "{{code}}"}},
		}},
		course{bars: true, figure: figure{
			title: "Rejected records per hour", unit: "short", sparse: true, width: 8,
			about:   "Records that could not be read, by the reason: the rate of the counter by the hour.",
			queries: []query{{expr: orNone("("+perHour(selector("helpdesk_source_rejects_total"), "reason")+" > 0)", "reason"), legend: "{{reason}}"}},
		}},
	}
}

func perMinute(counter string, by ...string) string {
	return sum("rate("+counter+"[$__rate_interval])", by...) + " * 60"
}

func leftOut() []panel {
	// increase() misses the first value of a series, and these begin with it: what
	// was not there a day ago counts whole.
	total := own("helpdesk_label_values_folded_total")
	before := aggregate("group", total+" offset 1d", "job", "instance", "label")
	folded := sum("(increase("+total+"[1d])\nand on (job, instance, label) "+before+")\nor\nlast_over_time("+total+"[1d])", "label")
	return []panel{
		ranks{figure{
			title: "Records that figures leave out", unit: "short",
			about:   "Records that are held and that figures leave out, by their kind and the reason.",
			queries: []query{{expr: orNone("sort_desc("+sum(selector("helpdesk_records_excluded"), "kind", "reason")+")", "reason"), legend: "{{kind}} {{reason}}"}},
		}},
		ranks{figure{
			title: "Capabilities withheld", unit: "short",
			about: "At how many sources a part of what the desk could tell is out of sight, because its plan or the rights of the account do not allow it.",
			queries: []query{{
				expr: orNone("("+sum("1 - "+selector("helpdesk_source_capability"), "capability")+" > 0)", "capability"), legend: "{{capability}}",
			}},
		}},
		ranks{figure{
			title: "Values folded within a day", unit: "short", decimals: cog.ToPtr(0.0),
			about:   "Times that a value of a label or, under series, a whole set of labels went to other, because the limits allow no more.",
			queries: []query{{expr: orNone(folded, "label"), legend: "{{label}}"}},
		}},
	}
}
