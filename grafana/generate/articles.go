package main

import "github.com/grafana/grafana-foundation-sdk/go/cog"

// selfService is what customers read, and whether they ask all the same.
func selfService() []panel {
	bySection := func(metric string, matchers ...string) string { return atLevel("section", metric, matchers...) }
	byChannel := overWindowBy("channel", "helpdesk_article_contacts_in_window")
	helpful, votes := selector("helpdesk_article_helpful_votes"), selector("helpdesk_article_votes")
	return []panel{
		number{figure: figure{
			title: "Article views", unit: "short", none: untold,
			about:   "Looks at articles in the window, those of agents and bots left out.",
			queries: []query{{expr: sum(overWindow("helpdesk_article_views_in_window")), legend: "views"}},
		}},
		number{figure: figure{
			title: "Read time, mean", unit: "s", none: untold,
			about:   "How long readers were engaged in a look at an article in the window. Desks are weighted with their looks.",
			queries: []query{{expr: meanOf(overWindow, "article_engaged"), legend: "mean"}},
		}},
		number{figure: figure{
			title: "Read through", unit: "percentunit", none: untold,
			about:   "Looks at articles in the window that lasted for half of the time that its words take, or longer, divided by those of which both are known.",
			queries: []query{{expr: readThrough(overWindow), legend: "read"}},
		}},
		number{figure: figure{
			title: "Contacts after reading", unit: "percentunit", none: untold,
			about:   "Visits to articles in the window after which help was asked for divided by all such visits, at the desks that tell.",
			queries: []query{{expr: askedAfter(overWindow), legend: "asked"}},
		}},
		number{figure: figure{
			title: "Helpful votes", unit: "percentunit", none: untold,
			about:   "Votes of all time that call an article helpful divided by all votes, of what customers can read now.",
			queries: []query{{expr: share(helpful, votes), legend: "helpful"}},
		}},
		number{figure: figure{
			title: "Library", unit: "none", none: untold,
			about:   "Articles, videos and answers that customers can read now; drafts and archived ones are left out.",
			queries: []query{{expr: sum(selector("helpdesk_knowledge_items")), legend: "items"}},
		}},
		course{bars: true, names: true, figure: figure{
			title: "Article views per hour by kind", unit: "short", width: 8, sparse: true, none: untold,
			about:   "Looks at articles, counted when discovered: the rate of the counter per hour.",
			queries: []query{{expr: perHour(selector("helpdesk_article_views_total"), "content_kind"), legend: "{{content_kind}}"}},
		}},
		course{figure: figure{
			title: "Reading and asking", unit: "percentunit", width: 8, none: untold,
			about: "Looks at articles that lasted for half of the time that its words take divided by those of which both are known; " +
				"and visits to articles after which help was asked for divided by all. An article that is looked at and not read answers nothing.",
			queries: []query{
				{expr: readThrough(overWindow), legend: "read through"},
				{expr: askedAfter(overWindow), legend: "asked afterwards"},
			},
		}},
		heat{figure{
			title: "Read time, distribution", unit: "s", width: 8, sparse: true, none: untold,
			about:   "How long readers were engaged in a look at an article, counted when discovered. The stronger the colour, the more of them took that long.",
			queries: []query{{expr: spread{metric: "helpdesk_article_engaged_seconds"}.cells(), legend: "{{le}}"}},
		}},
		grid{
			title: "Sections", width: 16, sorted: "Views", none: untold,
			about: "One line for each section: looks at its articles in the window, the mean time of a look, the share that was read through, visits, those of them after whose last article help was asked for, " +
				"divided by visits, and votes that call its articles helpful divided by all.",
			keys: []key{{label: "section", name: "Section"}},
			columns: []column{
				{name: "Views", unit: "none", bar: true, expr: sum(bySection("helpdesk_article_views_in_window"), "section")},
				{name: "Read time", unit: "s", expr: meanOf(bySection, "article_engaged", "section")},
				{name: "Read through", unit: "percentunit", decimals: cog.ToPtr(0.0), expr: readThrough(bySection, "section")},
				{name: "Visits", unit: "none", expr: sum(bySection("helpdesk_article_sessions"), "section")},
				{name: "Asked afterwards", unit: "percentunit", decimals: cog.ToPtr(1.0), expr: askedAfter(bySection, "section")},
				{name: "Helpful", unit: "percentunit", decimals: cog.ToPtr(0.0), expr: share(helpful, votes, "section")},
			},
		},
		ranks{figure{
			title: "Contacts after reading by channel", unit: "none", none: untold,
			about:   "Visits to articles in the window after which help was asked for, by the chosen channels on which it was.",
			queries: []query{{expr: "sort_desc(" + sum(byChannel, "channel") + " > 0)", legend: "{{channel}}"}},
		}},
	}
}

// readThrough returns the share of looks at articles that were long enough to
// read them.
func readThrough(level func(string, ...string) string, by ...string) string {
	return share(level("helpdesk_article_read_throughs"), level("helpdesk_article_read_through_eligible"), by...)
}

// askedAfter returns the share of visits after which help was asked for, at the
// desks that tell.
func askedAfter(level func(string, ...string) string, by ...string) string {
	asked := level("helpdesk_article_contacts_in_window")
	return share(asked, ofDesksWith(asked, level("helpdesk_article_sessions")), by...)
}

// viewsPerContact returns how often articles are looked at for each contact, at
// the desks that tell.
func viewsPerContact() string {
	views := overWindow("helpdesk_article_views_in_window")
	return share(views, ofDesksWith(views, overWindow("helpdesk_contacts_in_window")))
}
