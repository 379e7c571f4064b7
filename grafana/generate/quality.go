package main

import "github.com/grafana/grafana-foundation-sdk/go/cog"

// unreviewed stands where nobody reviews the work.
const unreviewed = "No review in the window"

// quality returns the internal quality score.
func quality(level func(string, ...string) string, by ...string) string {
	return pooled(level("helpdesk_iqs_ratio"), level("helpdesk_iqs_reviews"), by...)
}

// covered returns how much of the work was looked at, at the desks that tell.
func covered(level func(string, ...string) string, by ...string) string {
	reviewed := level("helpdesk_tickets_reviewed")
	return share(reviewed, ofDesksWith(reviewed, level("helpdesk_tickets_solved_in_window")), by...)
}

// rated returns the scores in the categories of the scorecards.
func rated(level func(string, ...string) string, by ...string) string {
	return pooled(level("helpdesk_iqs_category_ratio"), level("helpdesk_iqs_category_ratings"), append(by, "category")...)
}

func workJudged() []panel {
	byTeam := func(metric string, matchers ...string) string { return overWindowBy("team", metric, matchers...) }
	return []panel{
		course{figure: figure{
			title: "Quality score (IQS)", unit: "percentunit", width: 8, most: cog.ToPtr(1.0), none: unreviewed,
			about: "Mean score of the reviews of the window: of each the weighted mean of the categories that it rates, 0 where a critical one failed. " +
				"Desks are weighted with their reviews. Reviewed: tickets solved in the window that were reviewed divided by all solved in it.",
			queries: []query{
				{expr: quality(overWindow), legend: "quality"},
				{expr: covered(overWindow), legend: "reviewed"},
			},
		}}.against("max", "iqs"),
		ranks{figure{
			title: "Quality by category", unit: "percentunit", least: cog.ToPtr(0.0), most: cog.ToPtr(1.0), decimals: cog.ToPtr(0.0), none: unreviewed,
			about:   "Mean score in each category of the reviews of the window that rate it, the lowest first: there training helps most.",
			queries: []query{{expr: "sort(" + rated(overWindow) + ")", legend: "{{category}}"}},
		}},
		grid{
			title: "Quality by team", width: 8, sorted: "IQS", ascending: true, none: unreviewed,
			about: "Mean score of the reviews of the window for each chosen team, the lowest first; the score in its weakest category; how many reviews that is of, " +
				"and tickets reviewed divided by tickets solved.",
			keys: []key{{label: "team", name: "Team"}},
			columns: []column{
				{name: "IQS", unit: "percentunit", decimals: cog.ToPtr(0.0), expr: quality(byTeam, "team")},
				{name: "Weakest", unit: "percentunit", decimals: cog.ToPtr(0.0), expr: aggregate("min", rated(byTeam, "team"), "team")},
				{name: "Reviews", unit: "none", expr: sum(byTeam("helpdesk_iqs_reviews"), "team") + " > 0"},
				{name: "Reviewed", unit: "percentunit", decimals: cog.ToPtr(1.0), expr: covered(byTeam, "team")},
			},
		},
	}
}
