package main

import "github.com/grafana/grafana-foundation-sdk/go/cog"

// feelings are the sentiments in the order in which they lie on top of each
// other, with the colours of those that are good or bad by themselves.
var feelings = []string{"negative", "mixed", "neutral", "positive"}

var feelingColours = map[string]string{"negative": bad, "mixed": "purple", "neutral": plain, "positive": good}

// felt asks for each of the sentiments.
func felt(expr func(matcher string) string) []query {
	var queries []query
	for _, feeling := range feelings {
		queries = append(queries, query{expr: expr(`sentiment="` + feeling + `"`), legend: feeling})
	}
	return queries
}

// feedback is what people say of the company in public or outside any ticket.
func feedback() []panel {
	byPlatform := func(metric string, matchers ...string) string { return atLevel("platform", metric, matchers...) }
	const took = "helpdesk_feedback_response_quantile_seconds"
	return []panel{
		course{stacked: true, palette: feelingColours, figure: figure{
			title: "Sentiment", unit: "percentunit", width: 8, most: cog.ToPtr(1.0), none: untold,
			about: "Feedback of the window with each sentiment divided by all whose sentiment is told, as the source classified it.",
			queries: felt(func(matcher string) string {
				return share(overWindow("helpdesk_feedback_sentiment_items", matcher), overWindow("helpdesk_feedback_classified"))
			}),
		}},
		course{figure: figure{
			title: "Feedback answered over time", unit: "percentunit", width: 8, most: cog.ToPtr(1.0), none: untold,
			about:   "Feedback that was answered within the horizon divided by that whose horizon ended in the window, at the desks that tell of answers.",
			queries: []query{{expr: answeredFeedback(overWindow), legend: "answered"}},
		}},
		course{log: true, figure: figure{
			title: "Time to the answer to feedback", unit: "s", width: 8, none: untold,
			about: "Half and nine of ten answers of the window came within this time of the feedback, around the clock, each at the slowest desk; and their mean, desks weighted with their answers.",
			queries: []query{
				{expr: largest(overWindow(took, at("0.5"))), legend: "p50"},
				{expr: largest(overWindow(took, at("0.9"))), legend: "p90"},
				{expr: meanOf(overWindow, "feedback_response"), legend: "mean"},
			},
		}},
		grid{
			title: "Platforms", height: 9, sorted: "Received", none: untold,
			about: "One line for each platform: feedback whose horizon ended in the window, the share of it that was answered in time, the p90 of the time to the answer at the slowest desk, " +
				"positive reviews and comments divided by the positive and negative ones, and feedback of any kind in the window, which is told of social media alone.",
			keys: []key{{label: "platform", name: "Platform"}},
			columns: []column{
				{name: "Received", unit: "none", expr: sum(byPlatform("helpdesk_feedback_received"), "platform")},
				{name: "Answered", unit: "percentunit", decimals: cog.ToPtr(0.0), expr: answeredFeedback(byPlatform, "platform")},
				{name: "Answer, p90", unit: "s", expr: largest(byPlatform(took, at("0.9")), "platform")},
				{name: "Positive", unit: "percentunit", decimals: cog.ToPtr(0.0), expr: positive(byPlatform, "platform")},
				{name: "Mentions", unit: "none", expr: sum(byPlatform("helpdesk_social_mentions_in_window"), "platform")},
			},
		},
	}
}

// answeredFeedback returns the share of feedback that was answered in time.
func answeredFeedback(level func(string, ...string) string, by ...string) string {
	return share(level("helpdesk_feedback_answered"), level("helpdesk_feedback_received"), by...)
}

// positive returns the share of positive feedback in that which takes a side.
func positive(level func(string, ...string) string, by ...string) string {
	return share(level("helpdesk_feedback_positive"), level("helpdesk_feedback_polar"), by...)
}

// social is what people say on social media.
func social() []panel {
	count := func(title, about, metric string) panel {
		return number{figure: figure{
			title: title, unit: "none", none: untold, about: about,
			queries: []query{{expr: sum(overWindow(metric)), legend: title}},
		}}
	}
	byTopic := func(metric string) string { return atLevel("topic", metric) }
	return []panel{
		count("Mentions", "Feedback of any kind on social media in the window.", "helpdesk_social_mentions_in_window"),
		count("Technical questions", "Questions on social media in the window that are technical.", "helpdesk_social_technical_questions"),
		number{figure: figure{
			title: "Answerable questions", unit: "percentunit", none: untold,
			about: "Questions on social media in the window that existing content answers divided by those of which it is told whether it does.",
			queries: []query{{
				expr: share(overWindow("helpdesk_social_content_answerable_questions"), overWindow("helpdesk_social_questions")), legend: "answerable",
			}},
		}},
		count("Improvement requests", "Suggestions on social media in the window.", "helpdesk_social_improvement_requests"),
		count("Opportunities", "Feedback on social media in the window that offers an opportunity to engage.", "helpdesk_social_engagement_opportunities"),
		count("Competitors named", "Feedback on social media in the window that names a competitor.", "helpdesk_social_competitor_mentions"),
		course{bars: true, names: true, figure: figure{
			title: "Mentions per hour by platform", unit: "short", width: 8, sparse: true, none: untold,
			about:   "Feedback of any kind on social media, counted when discovered: the rate of the counter per hour.",
			queries: []query{{expr: perHour(selector("helpdesk_social_mentions_total"), "platform"), legend: "{{platform}}"}},
		}},
		course{stacked: true, palette: feelingColours, figure: figure{
			title: "Social feedback by sentiment", unit: "short", width: 8, none: untold,
			about:   "Reviews, comments, complaints and suggestions on social media in the window with each sentiment, as the source classified them, on top of each other.",
			queries: felt(func(matcher string) string { return sum(overWindow("helpdesk_social_feedback", matcher)) }),
		}},
		bars{along: key{label: "hour", name: "Hour"}, figure: figure{
			title: "Active hours", unit: "short", width: 8, none: noWeeks,
			about: "Feedback of any kind on social media by the hour at which it was given." + weeksNote + " Hours are in the time zone of the configuration.",
			queries: []query{{expr: overWeeks(func(window string) string {
				return sum(selector("helpdesk_social_mentions_by_hour", `by="all"`, window), "hour")
			}), legend: "mentions"}},
		}},
		grid{
			title: "Topics", width: 16, sorted: "Mentions", none: untold,
			about: "One line for each topic: feedback on social media in the window, how its share of what has a topic has grown since the window before, at the desk where most (1 is no change), and suggestions.",
			keys:  []key{{label: "topic", name: "Topic"}},
			columns: []column{
				{name: "Mentions", unit: "none", bar: true, expr: sum(byTopic("helpdesk_social_topic_mentions"), "topic")},
				{name: "Growth", unit: "none", decimals: cog.ToPtr(2.0), expr: largest(byTopic("helpdesk_social_topic_growth_ratio"), "topic")},
				{name: "Suggestions", unit: "none", expr: sum(byTopic("helpdesk_social_improvement_requests"), "topic")},
			},
		},
		ranks{figure{
			title: "Competitors", unit: "none", none: "None is named",
			about:   "Feedback on social media in the window that names a competitor, by which.",
			queries: []query{{expr: "sort_desc(" + sum(atLevel("competitor", "helpdesk_social_competitor_mentions"), "competitor") + " > 0)", legend: "{{competitor}}"}},
		}},
	}
}
