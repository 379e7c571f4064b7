package main

import "github.com/grafana/grafana-foundation-sdk/go/cog"

// satisfaction is what customers and agents say of the desk. Each share stands
// beside its bounds and its sample: a few answers say little.
func satisfaction() board {
	return board{
		name: "satisfaction", title: "Satisfaction",
		about: "What customers say when they are asked: how satisfied they are, whether they would recommend the desk and how easy it was, " +
			"with bounds and sample sizes, and how many answer at all; and what colleagues say who review the work.",
		variables: []variable{window, survey, channel, team, priority},
		rows: []row{
			{"At a glance, last $window, chosen surveys", verdicts()},
			{"CSAT, last $window, chosen surveys", contentment()},
			{"CSAT by team, channel and priority, last $window", []panel{
				contentBy("team", "Team"), contentBy("channel", "Channel"), contentBy("priority", "Priority"),
			}},
			{"NPS, last $window, chosen surveys", recommendation()},
			{"Customer effort, last $window", effort()},
			{"Quality of the work, last $window, not filtered", workJudged()},
			{"Who answers, last $window", answering()},
			{"As discovered, chosen surveys", []panel{answersPerHour()}},
			{"Other questions, last $window, not filtered", otherQuestions()},
		},
	}
}

var survey = variable{
	name: "survey", label: "Survey", all: ".+",
	about: "Narrows what rests on a survey of customers. Where a desk asks the same question in several surveys, choose one: otherwise their answers are added up.",
	query: `label_values(helpdesk_survey_responses_total{` + scope + `}, survey)`,
}

// asked returns a family of the chosen surveys over the window, of all together.
func asked(metric string, matchers ...string) string {
	return overWindow(metric, append(chosen("survey"), matchers...)...)
}

// askedBy returns it split by a dimension.
func askedBy(dimension, metric string) string {
	return overWindowBy(dimension, metric, chosen("survey")...)
}

// segment returns the answers of promoters, passives or detractors.
func segment(name string) string {
	return asked("helpdesk_nps_segment_responses", `nps_segment="`+name+`"`)
}

func recommended() string {
	return netPromoters(segment("promoter"), segment("detractor"), asked("helpdesk_nps_responses"))
}

func recommendedWithin() string {
	return netPromoterMargin(segment("promoter"), segment("detractor"), asked("helpdesk_nps_responses"))
}

func verdicts() []panel {
	content, answers := asked("helpdesk_csat_positive_responses"), asked("helpdesk_csat_responses")
	return []panel{
		number{figure: figure{
			title: "CSAT", unit: "percentunit", width: 6,
			about:   "Customer satisfaction: positive answers divided by all valid ones. The configuration of the survey says what is positive.",
			queries: []query{{expr: share(content, answers), legend: "satisfied"}},
		}},
		number{figure: figure{
			title: "CSAT, lower bound", unit: "percentunit", width: 6,
			about:   "Lower bound of the 95 % Wilson interval of CSAT: the share of satisfied customers may be as low as this, given the size of the sample.",
			queries: []query{{expr: wilson(-1, content, answers), legend: "lower bound"}},
		}},
		number{figure: figure{
			title: "NPS", unit: "none", width: 6, decimals: cog.ToPtr(0.0),
			about:   "Net Promoter Score, from -100 to 100 points: those who answer 9 or 10 less those who answer 0 to 6, divided by all answers, times 100.",
			queries: []query{{expr: recommended(), legend: "points"}},
		}},
		number{figure: figure{
			title: "NPS margin of error", unit: "none", width: 6, decimals: cog.ToPtr(0.0),
			about: "Margin of error of the Net Promoter Score at 95 %, in points: 1.96 times the standard deviation of answers worth 1, 0 or -1, " +
				"divided by the square root of their number, times 100. A change within it says nothing.",
			queries: []query{{expr: recommendedWithin(), legend: "points"}},
		}},
		number{figure: figure{
			title: "Easy (CES)", unit: "percentunit", width: 6,
			about:   "Customer effort: answers with an ease of 5 or more of 7 divided by all valid ones.",
			queries: []query{{expr: share(asked("helpdesk_ces_easy_responses"), asked("helpdesk_ces_responses")), legend: "easy"}},
		}},
		number{figure: figure{
			title: "Response rate (all)", unit: "percentunit", width: 6,
			about: "Invitations answered within the horizon divided by those whose horizon ended in the window. " +
				"A steady score with a falling response rate is a warning.",
			queries: []query{{expr: share(asked("helpdesk_survey_invitations_answered"), asked("helpdesk_survey_invitations")), legend: "answered"}},
		}},
		number{figure: figure{
			title: "IQS", unit: "percentunit", width: 6, none: unreviewed,
			about:   "Internal quality score: mean score of the reviews of the window, from 0 % to 100 % of their scorecards. Whatever surveys are chosen.",
			queries: []query{{expr: quality(overWindow), legend: "quality"}},
		}},
		number{figure: figure{
			title: "Reviewed", unit: "percentunit", width: 6, none: unreviewed,
			about:   "Tickets solved in the window that were reviewed divided by all solved in it, at the desks with reviews. A score says nothing of what was not reviewed.",
			queries: []query{{expr: covered(overWindow), legend: "reviewed"}},
		}},
	}
}

func contentment() []panel {
	content, answers := asked("helpdesk_csat_positive_responses"), asked("helpdesk_csat_responses")
	return []panel{
		course{band: [2]string{"lower bound", "upper bound"}, figure: figure{
			title: "CSAT and its bounds", unit: "percentunit", most: cog.ToPtr(1.0),
			about: "Positive answers divided by all valid answers of the window, between the bounds of its 95 % Wilson interval: the smaller the sample, the wider the band.",
			queries: []query{
				{expr: share(content, answers), legend: "satisfied"},
				{expr: wilson(-1, content, answers), legend: "lower bound"},
				{expr: wilson(1, content, answers), legend: "upper bound"},
			},
		}}.against("max", "csat_ratio"),
		course{figure: figure{
			title: "Mean score", unit: "percentunit", most: cog.ToPtr(1.0),
			about: "Mean answer to each survey, from 0 % at the lower to 100 % at the upper end of its scale. " +
				"Desks are weighted with their answers. Scales of two points have no mean.",
			queries: []query{{
				expr: pooled(asked("helpdesk_csat_score_normalized_ratio"), asked("helpdesk_csat_score_responses"), "survey"), legend: "{{survey}}",
			}},
		}},
	}
}

func contentBy(dimension, name string) panel {
	content, answers := askedBy(dimension, "helpdesk_csat_positive_responses"), askedBy(dimension, "helpdesk_csat_responses")
	return grid{
		title: "CSAT by " + dimension, width: 8, height: 10, sorted: "CSAT", ascending: true, none: "No answer in the window",
		about: "Positive answers divided by all valid answers of the chosen surveys in the window, for each " + dimension + " that is chosen, the lowest share first. " +
			"Lower and upper bound are those of the 95 % Wilson interval: where the intervals of two lines overlap, the difference may be chance.",
		keys: []key{{label: dimension, name: name}},
		columns: []column{
			{name: "CSAT", unit: "percentunit", decimals: cog.ToPtr(0.0), expr: share(content, answers, dimension)},
			{name: "Lower bound", unit: "percentunit", decimals: cog.ToPtr(0.0), expr: wilson(-1, content, answers, dimension)},
			{name: "Upper bound", unit: "percentunit", decimals: cog.ToPtr(0.0), expr: wilson(1, content, answers, dimension)},
			{name: "Answers", unit: "none", expr: sum(answers, dimension) + " > 0"},
		},
	}
}

func recommendation() []panel {
	answers := asked("helpdesk_nps_responses")
	return []panel{
		course{band: [2]string{"lower bound", "upper bound"}, figure: figure{
			title: "Net Promoter Score", unit: "none", decimals: cog.ToPtr(0.0),
			about: "Promoters less detractors, divided by all answers of the window, in points from -100 to 100, with its 95 % margin of error: " +
				"the smaller the sample, the wider the band.",
			queries: []query{
				{expr: recommended(), legend: "NPS"},
				{expr: "clamp_min(" + recommended() + "\n-\n" + recommendedWithin() + ", -100)", legend: "lower bound"},
				{expr: "clamp_max(" + recommended() + "\n+\n" + recommendedWithin() + ", 100)", legend: "upper bound"},
			},
		}}.against("max", "nps"),
		course{
			stacked: true, palette: map[string]string{"detractors (0 to 6)": bad, "passives (7, 8)": plain, "promoters (9, 10)": good},
			figure: figure{
				title: "Detractors, passives and promoters", unit: "percentunit", most: cog.ToPtr(1.0),
				about: "The answers of each of the three divided by all answers of the window.",
				queries: []query{
					{expr: share(segment("detractor"), answers), legend: "detractors (0 to 6)"},
					{expr: share(segment("passive"), answers), legend: "passives (7, 8)"},
					{expr: share(segment("promoter"), answers), legend: "promoters (9, 10)"},
				},
			},
		},
	}
}

func effort() []panel {
	easy, answers := asked("helpdesk_ces_easy_responses"), asked("helpdesk_ces_responses")
	easyByTeam, answersByTeam := askedBy("team", "helpdesk_ces_easy_responses"), askedBy("team", "helpdesk_ces_responses")
	return []panel{
		course{band: [2]string{"lower bound", "upper bound"}, figure: figure{
			title: "Easy answers (CES)", unit: "percentunit", width: 8, most: cog.ToPtr(1.0),
			about: "Answers with an ease of 5 or more of 7 divided by all valid answers of the window, between the bounds of its 95 % Wilson interval.",
			queries: []query{
				{expr: share(easy, answers), legend: "easy"},
				{expr: wilson(-1, easy, answers), legend: "lower bound"},
				{expr: wilson(1, easy, answers), legend: "upper bound"},
			},
		}},
		course{figure: figure{
			title: "Ease score (CES)", unit: "none", width: 8, decimals: cog.ToPtr(1.0), least: cog.ToPtr(1.0), most: cog.ToPtr(7.0),
			about: "Mean ease of the answers to each survey, from 1 (hard) to 7 (easy), whichever way it asks. " +
				"Desks are weighted with their answers.",
			queries: []query{{expr: pooled(asked("helpdesk_ces_ease_score"), answers, "survey"), legend: "{{survey}}"}},
		}}.against("max", "ces"),
		grid{
			title: "Effort by team", width: 8, sorted: "Easy", ascending: true, none: "No answer in the window",
			about: "Answers with an ease of 5 or more of 7 divided by all valid answers of the window, for each chosen team, the lowest share first, " +
				"with the lower bound of its 95 % Wilson interval, and the mean ease from 1 to 7.",
			keys: []key{{label: "team", name: "Team"}},
			columns: []column{
				{name: "Easy", unit: "percentunit", decimals: cog.ToPtr(0.0), expr: share(easyByTeam, answersByTeam, "team")},
				{name: "Lower bound", unit: "percentunit", decimals: cog.ToPtr(0.0), expr: wilson(-1, easyByTeam, answersByTeam, "team")},
				{name: "Ease", unit: "none", decimals: cog.ToPtr(1.0), expr: pooled(askedBy("team", "helpdesk_ces_ease_score"), answersByTeam, "team")},
				{name: "Answers", unit: "none", expr: sum(answersByTeam, "team") + " > 0"},
			},
		},
	}
}

func answering() []panel {
	answered, invited := asked("helpdesk_survey_invitations_answered"), overWindow("helpdesk_survey_invitations")
	everyAnswer := overWindow("helpdesk_survey_invitations_answered")
	return []panel{
		course{figure: figure{
			title: "Response rate", unit: "percentunit", most: cog.ToPtr(1.0),
			about: "Invitations to each chosen survey that were answered within the horizon divided by those whose horizon ended in the window. " +
				"Surveys whose invitations are not known have none.",
			queries: []query{{expr: share(answered, asked("helpdesk_survey_invitations"), "survey"), legend: "{{survey}}"}},
		}},
		grid{
			title: "Surveys", sorted: "Invited", width: 12,
			about: "One line for each survey, whichever are chosen, those of agents included: the invitations whose horizon ended in the window, those answered, " +
				"and answered divided by invited.",
			keys: []key{{label: "survey", name: "Survey"}},
			columns: []column{
				{name: "Invited", unit: "none", expr: sum(invited, "survey")},
				{name: "Answered", unit: "none", expr: sum(everyAnswer, "survey")},
				{name: "Response rate", unit: "percentunit", decimals: cog.ToPtr(0.0), expr: share(everyAnswer, invited, "survey")},
			},
		},
	}
}

func answersPerHour() panel {
	return course{bars: true, figure: figure{
		title: "Answers per hour", unit: "short", width: columns, sparse: true, none: "No answer",
		about: "Valid answers to each chosen survey, counted when discovered: the rate of the counter per hour. Of all channels and teams: many answers name none.",
		queries: []query{{
			expr:   perHour(selector("helpdesk_survey_responses_total", chosen("survey")...), "survey"),
			legend: "{{survey}}",
		}},
	}}
}

func otherQuestions() []panel {
	return []panel{
		course{figure: figure{
			title: "FCR by method", unit: "percentunit", most: cog.ToPtr(1.0),
			about: fcrMethods,
			queries: []query{
				{expr: solvedAtOnce("operational"), legend: "operational"},
				{expr: solvedAtOnce("one_touch"), legend: "one touch"},
				{expr: solvedAtOnce("survey"), legend: "survey"},
			},
		}}.against("max", "first_contact_resolution"),
		course{figure: figure{
			title: "Brand perception", unit: "none", decimals: cog.ToPtr(1.0), none: "Nobody was asked",
			about: "Mean answer to each survey about the brand, in points of the survey's own scale. Desks are weighted with their answers.",
			queries: []query{{
				expr: pooled(overWindow("helpdesk_brand_perception_score"), overWindow("helpdesk_brand_perception_responses"), "survey"), legend: "{{survey}}",
			}},
		}},
		ranks{figure{
			title: "Preferred channels", unit: "percentunit", width: 12, none: "Nobody was asked",
			about:   "Where customers say that they want to reach the desk: answers that name the channel divided by all answers of the window to surveys with that question.",
			queries: []query{{expr: preference("survey"), legend: "{{channel}}"}},
		}},
		grid{
			title: "Agent satisfaction", width: 12, sorted: "Answers", none: "Fewer than five answers",
			about: "What agents answer: the mean score from 0 % to 100 % of the scale and, where the scale runs from 0 to 10, the employee Net Promoter Score in points. " +
				"Desks are weighted with their answers. With fewer than five answers nothing is shown; where that holds for one team, no team is.",
			keys: []key{{label: "team", name: "Team"}},
			columns: []column{
				{name: "Mean score", unit: "percentunit", decimals: cog.ToPtr(0.0), expr: agentsSay("helpdesk_agent_satisfaction_ratio")},
				{name: "eNPS", unit: "none", decimals: cog.ToPtr(0.0), expr: agentsSay("helpdesk_agent_enps")},
				{name: "Answers", unit: "none", expr: teamsAndAll(
					sum(atLevel("all", "helpdesk_agent_survey_responses"), "by"), sum(atLevel("team", "helpdesk_agent_survey_responses"), "team"))},
			},
		},
	}
}

const fcrMethods = "First-contact resolution (FCR): issues solved with one contact divided by the issues judged in the window, by three methods that are never mixed. " +
	"Operational: no further contact, reopening, escalation or transfer; one touch: at most one answer and no reopening; survey: as customers say."

// solvedAtOnce returns the share of issues solved at the first contact by one of
// the three methods, which are never mixed.
func solvedAtOnce(method string) string {
	by := `method="` + method + `"`
	return share(overWindow("helpdesk_first_contact_resolutions", by), overWindow("helpdesk_first_contact_resolution_eligible", by))
}

// preference returns the share of each channel in what customers did (basis
// tickets) or said (basis survey), the largest first.
func preference(basis string) string {
	return shareOfChannels(func(level string) string {
		return atLevel(level, "helpdesk_channel_preference_answers", `basis="`+basis+`"`)
	})
}

// shareOfChannels returns the share of each channel in all of them together, the
// largest first.
func shareOfChannels(of func(level string) string) string {
	return "sort_desc(" + sum(of("channel"), "channel") + "\n/ ignoring (channel) group_left ()\n(" + sum(of("all")) + " > 0))"
}

func agentsSay(metric string) string {
	const answers = "helpdesk_agent_survey_responses"
	return teamsAndAll(pooled(atLevel("all", metric), atLevel("all", answers), "by"), pooled(atLevel("team", metric), atLevel("team", answers), "team"))
}

// teamsAndAll puts the figure of all agents beside those of their teams, which
// are kept back where one of them is small.
func teamsAndAll(all, teams string) string {
	return largest(`label_replace(`+all+`, "team", "all teams", "by", ".*")`, "team") + "\nor\n" + teams
}
