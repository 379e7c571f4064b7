package main

import "github.com/grafana/grafana-foundation-sdk/go/cog"

// unasked is what becomes of calls, messages and mails to customers who did not
// ask.
func unasked() []panel {
	replies, attempts := overWindow("helpdesk_outreach_replies"), overWindow("helpdesk_outreach_attempts")
	answered, tried := overWindowBy("channel", "helpdesk_outreach_replies"), overWindowBy("channel", "helpdesk_outreach_attempts")
	opened, delivered := atLevel("campaign_kind", "helpdesk_emails_opened"), atLevel("campaign_kind", "helpdesk_emails_delivered")
	return []panel{
		course{band: [2]string{"lower bound", "upper bound"}, figure: figure{
			title: "Replies to calls and messages", unit: "percentunit", width: 8, none: untold,
			about: "Calls and messages to customers that were replied to within the horizon divided by those whose horizon ended in the window, between the bounds of the 95 % Wilson interval.",
			queries: []query{
				{expr: share(replies, attempts), legend: "replied"},
				{expr: wilson(-1, replies, attempts), legend: "lower bound"},
				{expr: wilson(1, replies, attempts), legend: "upper bound"},
			},
		}},
		grid{
			title: "Replies by channel", width: 8, sorted: "Attempts", none: untold,
			about: "Calls and messages to customers whose horizon ended in the window, for each chosen channel, the share of them that was replied to, and the bounds of its 95 % Wilson interval.",
			keys:  []key{{label: "channel", name: "Channel"}},
			columns: []column{
				{name: "Attempts", unit: "none", expr: sum(tried, "channel") + " > 0"},
				{name: "Replied", unit: "percentunit", decimals: cog.ToPtr(1.0), expr: share(answered, tried, "channel")},
				{name: "Lower bound", unit: "percentunit", decimals: cog.ToPtr(1.0), expr: wilson(-1, answered, tried, "channel")},
				{name: "Upper bound", unit: "percentunit", decimals: cog.ToPtr(1.0), expr: wilson(1, answered, tried, "channel")},
			},
		},
		grid{
			title: "Best hour to reach customers", width: 8, sorted: "Best hour", ascending: true, none: "Too few attempts",
			about: "The hour of the customer's day in which calls and messages are replied to most often for certain: the one with the highest lower bound, among those with outreach.min_attempts of the configuration. " +
				"One line for each desk and kind of day." + weeksNote,
			keys: []key{{label: "desk", name: "Desk"}, {label: "weekday_kind", name: "Day"}},
			columns: []column{{name: "Best hour", unit: "none", expr: overWeeks(func(window string) string {
				return largest(selector("helpdesk_outreach_best_hour", `by="all"`, window), "desk", "weekday_kind")
			})}},
		},
		repliesByHour("workday", "workdays"),
		repliesByHour("weekend", "weekends"),
		course{figure: figure{
			title: "Mails opened, recommendations clicked", unit: "percentunit", none: untold,
			about: "Campaign mails delivered in the window that a person opened, those that a program opened not counted; and recommendations delivered in it that were clicked on.",
			queries: []query{
				{expr: share(overWindow("helpdesk_emails_opened"), overWindow("helpdesk_emails_delivered")), legend: "opened"},
				{expr: share(overWindow("helpdesk_recommendations_clicked"), overWindow("helpdesk_recommendations_delivered")), legend: "clicked"},
			},
		}},
		grid{
			title: "Mails by campaign", width: 12, sorted: "Delivered", none: untold,
			about: "Campaign mails delivered in the window by the kind of the campaign, those that a person opened, and these divided by those.",
			keys:  []key{{label: "campaign_kind", name: "Campaign"}},
			columns: []column{
				{name: "Delivered", unit: "none", expr: sum(delivered, "campaign_kind") + " > 0"},
				{name: "Opened", unit: "none", expr: sum(opened, "campaign_kind")},
				{name: "Open rate", unit: "percentunit", decimals: cog.ToPtr(1.0), expr: share(opened, delivered, "campaign_kind")},
			},
		},
	}
}

// repliesByHour shows when customers reply, by their own clocks.
func repliesByHour(kind, days string) panel {
	of := func(metric, window string) string {
		return selector(metric, `by="weekday_kind_hour"`, window, `weekday_kind="`+kind+`"`)
	}
	return bars{along: key{label: "hour", name: "Hour"}, figure: figure{
		title: "Replies by hour, " + days, unit: "percentunit", none: noWeeks,
		about: "Calls and messages that were replied to divided by all attempts, by the hour of the customer's day at which they were made, on " + days + "." + weeksNote,
		queries: []query{{expr: overWeeks(func(window string) string {
			return share(of("helpdesk_outreach_replies", window), of("helpdesk_outreach_attempts", window), "hour")
		}), legend: "replied"}},
	}}
}
