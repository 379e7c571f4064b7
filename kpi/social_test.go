package kpi_test

import (
	"slices"
	"testing"
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/kpi"
	"helpdesk_exporter/tally"
)

// onX is feedback on a social platform.
func onX(f desk.Feedback) kpi.Group {
	f.Platform = "x"
	return spoken(f)
}

func TestSocialIsWhatTheListedPlatformsSay(t *testing.T) {
	var groups []kpi.Group
	for _, platform := range []string{"x", " X ", "reddit", "Trustpilot", "", "none", "xx"} {
		groups = append(groups, spoken(desk.Feedback{Platform: platform}))
	}
	groups = append(groups, onX(desk.Feedback{At: ago(8 * day)}))
	e := evaluate(t, listening(), groups...)
	e.is("helpdesk_social_mentions_in_window", 3, 0)
	e.is("helpdesk_social_mentions_in_window", 2, 0, "platform", "x")
	e.is("helpdesk_social_mentions_in_window", 1, 0, "platform", "reddit")
	e.counts(map[string]int{"helpdesk_social_mentions_total": 4})

	nobody := evaluate(t, listening(func(d *kpi.Definitions) { d.Platforms = nil }), groups...)
	nobody.absent("helpdesk_social_mentions_in_window")
	nobody.counts(map[string]int{"helpdesk_social_mentions_total": 0})
}

func TestSocialFeedbackIsWhatSaysSomethingAboutTheCompany(t *testing.T) {
	for kind, want := range map[desk.FeedbackType]float64{
		desk.FeedbackTypeReview: 1, desk.FeedbackTypeComment: 1, desk.FeedbackTypeComplaint: 1, desk.FeedbackTypeSuggestion: 1,
		desk.FeedbackTypeQuestion: 0, desk.FeedbackTypeMention: 0, desk.FeedbackTypeUnknown: 0,
	} {
		e := evaluate(t, listening(), onX(desk.Feedback{Type: kind, Sentiment: "Negative"}))
		if got, _ := e.window("helpdesk_social_feedback", "sentiment", "negative", "platform", "x"); got != want {
			t.Errorf("%v: %v negative, want %v", kind, got, want)
		}
	}
	e := evaluate(t, listening(),
		onX(desk.Feedback{Type: desk.FeedbackTypeReview, Sentiment: "positive"}), onX(desk.Feedback{Type: desk.FeedbackTypeReview}),
		spoken(desk.Feedback{Type: desk.FeedbackTypeReview, Sentiment: "positive", Platform: "Trustpilot"}),
	)
	e.is("helpdesk_social_feedback", 1, 0, "sentiment", "positive")
	e.is("helpdesk_social_feedback", 0, 0, "sentiment", "negative")
	untold := evaluate(t, listening(), onX(desk.Feedback{Type: desk.FeedbackTypeReview}))
	if got := untold.fed(kpi.SocialFeedback, kpi.FeedWindow); len(got) != 0 {
		t.Errorf("what nobody classified makes a series: %v", got)
	}
}

// Of six questions two are technical of four of which it is told, and content
// answers one of three. What is no question does not count.
func TestSocialQuestionsAreWhatTheSourceSaysTheyAre(t *testing.T) {
	yes, no := desk.Some(true), desk.Some(false)
	ask := func(technical, answerable desk.Opt[bool]) kpi.Group {
		return onX(desk.Feedback{Type: desk.FeedbackTypeQuestion, Technical: technical, KBAnswerable: answerable})
	}
	unknown := desk.Opt[bool]{}
	e := evaluate(t, listening(),
		ask(yes, yes), ask(yes, no), ask(no, no), ask(no, unknown), ask(unknown, unknown), ask(unknown, unknown),
		onX(desk.Feedback{Type: desk.FeedbackTypeComment, Technical: yes, KBAnswerable: yes}),
		spoken(desk.Feedback{Type: desk.FeedbackTypeQuestion, Technical: yes, KBAnswerable: yes, Platform: "blog"}),
	)
	e.is("helpdesk_social_technical_questions", 2, 0)
	e.is("helpdesk_social_technical_questions", 2, 0, "platform", "x")
	e.is("helpdesk_social_content_answerable_ratio", 1.0/3, 1e-12)
	e.is("helpdesk_social_content_answerable_questions", 1, 0)
	e.is("helpdesk_social_questions", 3, 0)

	untold := evaluate(t, listening(), ask(unknown, unknown))
	untold.absent("helpdesk_social_technical_questions")
	untold.absent("helpdesk_social_content_answerable_ratio")
	untold.absent("helpdesk_social_questions")
	evaluate(t, listening(), ask(no, no)).is("helpdesk_social_technical_questions", 0, 0)
}

// Athens is two hours ahead in winter, and three from 29 March on.
func TestSocialHoursAreLocal(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Athens")
	if err != nil {
		t.Fatal(err)
	}
	local := func(d *kpi.Definitions) { d.Timezone = zone }
	late := time.Date(2026, 2, 27, 22, 30, 0, 0, time.UTC)
	e := evaluate(t, listening(local), onX(desk.Feedback{At: late}), spoken(desk.Feedback{At: late, Platform: "reddit"}),
		onX(desk.Feedback{At: late.Add(-time.Hour)}), spoken(desk.Feedback{At: late, Platform: "blog"}))
	e.is("helpdesk_social_mentions_by_hour", 2, 0, "hour", "00")
	e.is("helpdesk_social_mentions_by_hour", 1, 0, "hour", "00", "platform", "x")
	e.is("helpdesk_social_mentions_by_hour", 1, 0, "hour", "23")

	summer := evaluate(t, listening(local), onX(desk.Feedback{At: time.Date(2026, 3, 29, 22, 30, 0, 0, time.UTC)}))
	if got := summer.fed(kpi.SocialByHour, kpi.FeedWindow, "hour", "01"); len(got) != 1 {
		t.Errorf("half past ten in UTC is not in the hour 01 of summer time: %v", summer.list)
	}
}

// about are n posts about a topic.
func about(n int, at time.Time, topic string) []kpi.Group {
	var groups []kpi.Group
	for range n {
		groups = append(groups, onX(desk.Feedback{At: at, Topic: topic}))
	}
	return groups
}

// growth is the figure of a topic's growth; false: there is none.
func growth(e *evaluation, topic string) (float64, bool) {
	const name = "helpdesk_social_topic_growth_ratio"
	view := e.Views[slices.IndexFunc(e.Views, func(v kpi.WindowView) bool { return v.Name == name })]
	counted := func(from, to time.Time, labels ...string) tally.Count {
		var c tally.Count
		for _, of := range e.fed(view.Of[0], kpi.FeedWindow, labels...) {
			if of.At.After(from) && !of.At.After(to) {
				c.Add(1, of.Value)
			}
		}
		return c
	}
	end, begin, before := now(), ago(7*day), ago(14*day)
	return view.Value([]tally.Count{
		counted(begin, end, "topic", topic), counted(begin, end), counted(before, begin, "topic", topic), counted(before, begin),
	}, week().Length)
}

// Billing goes from 2 of 10 to 8 of 20: (8/20) / (2/10) = 2. Delivery goes from
// 8 of 10 to 3 of 20: (3/20) / (8/10) = 0.1875. What has no topic, and what was
// said three weeks ago, does not count.
func TestATopicGrowsByItsShare(t *testing.T) {
	now, before, long := ago(day), ago(8*day), ago(20*day)
	groups := slices.Concat(
		about(2, before, "billing"), about(8, before, "delivery"), about(4, before, ""),
		about(8, now, "billing"), about(3, now, "delivery"), about(9, now, "outage"), about(30, now, ""),
		about(9, long, "billing"),
	)
	e := evaluate(t, listening(), groups...)
	for topic, want := range map[string]float64{"billing": 2, "delivery": 0.1875} {
		if got, ok := growth(e, topic); !ok || got < want-1e-12 || got > want+1e-12 {
			t.Errorf("%s grows by %v, %t, want %v", topic, got, ok, want)
		}
	}
	if got, ok := growth(e, "outage"); ok {
		t.Errorf("outage grows by %v, though nobody spoke of it before", got)
	}
	for least, want := range map[int]bool{10: true, 11: false} {
		e := evaluate(t, listening(func(d *kpi.Definitions) { d.MinSample = least }), groups...)
		if _, ok := growth(e, "billing"); ok != want {
			t.Errorf("with a smallest sample of %d there is a figure: %t, of 10 in the week before", least, ok)
		}
	}
	gone := evaluate(t, listening(), slices.Concat(about(1, before, "billing"), about(1, now, "outage"))...)
	if got, ok := growth(gone, "billing"); !ok || got != 0 {
		t.Errorf("what nobody speaks of any more grows by %v, %t, want 0", got, ok)
	}
	quiet := evaluate(t, listening(), about(5, before, "billing")...)
	if got, ok := growth(quiet, "billing"); ok {
		t.Errorf("billing grows by %v in a week in which nobody said anything", got)
	}
}

func TestTheGrowthOfTopicsLooksAtAllOfThemAndAtTheWindowBefore(t *testing.T) {
	c := listening()
	for _, v := range c.Views {
		if v.Name == "helpdesk_social_topic_growth_ratio" && (!v.Whole || !v.Before || !c.Measure(v.Of[0]).Before) {
			t.Errorf("it takes the whole: %t, the window before: %t", v.Whole, v.Before)
		}
	}
}

func TestTopicsAreThoseOfTheList(t *testing.T) {
	var groups []kpi.Group
	for _, topic := range []string{"billing", " BILLING", "delivery", "the weather", "her bad luck", "", "none"} {
		groups = append(groups, onX(desk.Feedback{Topic: topic}))
	}
	listed := evaluate(t, listening(func(d *kpi.Definitions) { d.Topics = []string{"Billing", "delivery"} }), groups...)
	listed.is("helpdesk_social_topic_mentions", 5, 0)
	for topic, want := range map[string]float64{"Billing": 2, "delivery": 1, "other": 2, "none": 0, "the weather": 0} {
		listed.is("helpdesk_social_topic_mentions", want, 0, "topic", topic, "platform", "x")
	}
	if got := len(listed.fed(kpi.SocialTopicTrend, kpi.FeedWindow, "topic", "other")); got != 2 {
		t.Errorf("%d about another topic, want 2", got)
	}
	free := evaluate(t, listening(), groups...)
	free.is("helpdesk_social_topic_mentions", 1, 0, "topic", "the weather")
	free.is("helpdesk_social_topic_mentions", 0, 0, "topic", "other")
	evaluate(t, listening(), onX(desk.Feedback{})).absent("helpdesk_social_topic_mentions")
}

// Two suggestions, one of them about nothing in particular.
func TestImprovementRequestsAreSuggestions(t *testing.T) {
	suggest := desk.FeedbackTypeSuggestion
	e := evaluate(t, listening(),
		onX(desk.Feedback{Type: suggest, Topic: "billing"}), onX(desk.Feedback{Type: suggest}),
		onX(desk.Feedback{Type: desk.FeedbackTypeComment, Topic: "billing"}), onX(desk.Feedback{Topic: "delivery"}),
		spoken(desk.Feedback{Type: suggest, Topic: "billing", Platform: "blog"}),
	)
	e.is("helpdesk_social_improvement_requests", 2, 0)
	e.is("helpdesk_social_improvement_requests", 1, 0, "topic", "billing")
	e.is("helpdesk_social_improvement_requests", 1, 0, "topic", "none")
	e.is("helpdesk_social_improvement_requests", 2, 0, "platform", "x")
	evaluate(t, listening(), onX(desk.Feedback{Type: desk.FeedbackTypeComment})).is("helpdesk_social_improvement_requests", 0, 0)
	evaluate(t, listening(), onX(desk.Feedback{})).absent("helpdesk_social_improvement_requests")
}

func TestCompetitorsAreThoseOfTheList(t *testing.T) {
	var groups []kpi.Group
	for _, competitor := range []string{"Globex", "globex", "Initech", ""} {
		groups = append(groups, onX(desk.Feedback{Competitor: competitor}))
	}
	groups = append(groups, spoken(desk.Feedback{Competitor: "Globex", Platform: "blog"}))
	e := evaluate(t, listening(func(d *kpi.Definitions) { d.Competitors = []string{"Globex"} }), groups...)
	e.is("helpdesk_social_competitor_mentions", 3, 0)
	e.is("helpdesk_social_competitor_mentions", 2, 0, "competitor", "Globex", "platform", "x")
	e.is("helpdesk_social_competitor_mentions", 1, 0, "competitor", "other")
	evaluate(t, listening(), groups...).is("helpdesk_social_competitor_mentions", 1, 0, "competitor", "Initech")
	evaluate(t, listening(), onX(desk.Feedback{})).absent("helpdesk_social_competitor_mentions")
}

func TestOpportunitiesAreWhatTheSourceSaysTheyAre(t *testing.T) {
	yes, no := desk.Some(true), desk.Some(false)
	e := evaluate(t, listening(), onX(desk.Feedback{Opportunity: yes}), onX(desk.Feedback{Opportunity: no}), onX(desk.Feedback{}),
		spoken(desk.Feedback{Opportunity: yes, Platform: "reddit"}), spoken(desk.Feedback{Opportunity: yes, Platform: "blog"}))
	e.is("helpdesk_social_engagement_opportunities", 2, 0)
	e.is("helpdesk_social_engagement_opportunities", 1, 0, "platform", "x")
	evaluate(t, listening(), onX(desk.Feedback{Opportunity: no})).is("helpdesk_social_engagement_opportunities", 0, 0)
	evaluate(t, listening(), onX(desk.Feedback{})).absent("helpdesk_social_engagement_opportunities")
}

// What a post was about when it was first told stays; whether it asks for
// something follows the correction.
func TestSocialFiguresFollowCorrections(t *testing.T) {
	e := evaluate(t, listening(), spokenAgain(
		desk.Feedback{Platform: "x", Type: desk.FeedbackTypeComment},
		desk.Feedback{Platform: "x", Type: desk.FeedbackTypeSuggestion, Topic: "billing", Opportunity: desk.Some(true)},
		desk.Feedback{Platform: "x", Type: desk.FeedbackTypeSuggestion, Topic: "delivery", Opportunity: desk.Some(false)},
	))
	e.is("helpdesk_social_topic_mentions", 1, 0)
	e.is("helpdesk_social_topic_mentions", 1, 0, "topic", "billing")
	e.is("helpdesk_social_improvement_requests", 1, 0, "topic", "billing")
	e.is("helpdesk_social_engagement_opportunities", 0, 0)
	e.counts(map[string]int{"helpdesk_social_mentions_total": 1})
}
