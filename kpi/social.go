package kpi

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/tally"
)

// The measures of what is said of the company on social media: feedback from
// the platforms that the configuration lists.
const (
	SocialMentions ID = iota + 205
	SocialFeedback
	SocialTechnical
	SocialAnswerable
	SocialByHour
	SocialTopics
	SocialTopicTrend
	SocialSuggestions
	SocialCompetitors
	SocialOpportunities
)

// other is the value of all that the configuration does not list.
const other = "other"

func (c *Catalogue) addSocial() {
	platform := []string{"platform"}
	said := func(id ID, dims ...string) Measure {
		return Measure{ID: id, Kind: desk.KindFeedback, Dims: dims, Window: true}
	}
	mentions, trend := said(SocialMentions, "platform"), said(SocialTopicTrend, "topic")
	mentions.Total = &Total{
		Name: "helpdesk_social_mentions_total",
		Help: "Feedback of any kind from the platforms of social_platforms, counted when discovered.",
	}
	trend.Before = true
	c.Measures = append(c.Measures,
		mentions, trend,
		Measure{ID: SocialFeedback, Kind: desk.KindFeedback, Identity: []string{"sentiment"}, Dims: platform, Window: true},
		Measure{ID: SocialByHour, Kind: desk.KindFeedback, Identity: []string{"hour"}, Dims: platform, Window: true},
		said(SocialTechnical, "platform"), said(SocialAnswerable, "platform"), said(SocialOpportunities, "platform"),
		said(SocialTopics, "topic", "platform"), said(SocialSuggestions, "platform", "topic"), said(SocialCompetitors, "platform", "competitor"),
	)
	c.addSocialViews()
	c.addTopicViews()
	c.addShare(share{
		of:          SocialAnswerable,
		seen:        SocialAnswerable,
		ratio:       "helpdesk_social_content_answerable_ratio",
		help:        "Share of questions on social media in the window that existing content answers, of those of which it is told.",
		numerator:   "helpdesk_social_content_answerable_questions",
		denominator: "helpdesk_social_questions",
		counts:      "questions on social media in the window of which it is told whether existing content answers them",
	})
	c.define(desk.KindFeedback, c.Platforms,
		KPI{ID: "social_mentions", Metric: "helpdesk_social_mentions_total", Query: `sum by (platform) (increase(helpdesk_social_mentions_total[1d]))`},
		KPI{ID: "social_feedback_by_sentiment", Metric: "helpdesk_social_feedback", Query: `helpdesk_social_feedback{by="all", window="7d"}`},
		KPI{ID: "social_technical_questions", Metric: "helpdesk_social_technical_questions", Query: `helpdesk_social_technical_questions{by="all", window="7d"}`},
		KPI{ID: "social_answerable_by_content", Metric: "helpdesk_social_content_answerable_ratio", Query: `helpdesk_social_content_answerable_ratio{by="all", window="7d"}`},
		KPI{ID: "social_engagement_opportunities", Metric: "helpdesk_social_engagement_opportunities", Query: `helpdesk_social_engagement_opportunities{by="all", window="7d"}`},
	)
	c.define(desk.KindFeedback, []any{c.Platforms, c.Timezone.String()},
		KPI{ID: "social_active_hours", Metric: "helpdesk_social_mentions_by_hour", Query: `topk(3, helpdesk_social_mentions_by_hour{by="all", window="7d"})`},
	)
	c.define(desk.KindFeedback, []any{c.Platforms, c.Topics},
		KPI{ID: "social_emerging_trends", Metric: "helpdesk_social_topic_growth_ratio", Query: `topk(5, helpdesk_social_topic_growth_ratio{window="7d"})`},
		KPI{ID: "social_recurring_topics", Metric: "helpdesk_social_topic_mentions", Query: `topk(5, helpdesk_social_topic_mentions{by="topic", window="7d"})`},
		KPI{ID: "social_improvement_requests", Metric: "helpdesk_social_improvement_requests", Query: `helpdesk_social_improvement_requests{by="topic", window="7d"}`},
	)
	c.define(desk.KindFeedback, []any{c.Platforms, c.Competitors},
		KPI{ID: "social_competitor_mentions", Metric: "helpdesk_social_competitor_mentions", Query: `helpdesk_social_competitor_mentions{by="competitor", window="7d"}`},
	)
}

func (c *Catalogue) addSocialViews() {
	c.Views = append(c.Views,
		WindowView{
			Name: "helpdesk_social_mentions_in_window", Of: []ID{SocialMentions}, Seen: SocialMentions, Value: number,
			Help: "Feedback of any kind in the window from the platforms of social_platforms.",
		},
		WindowView{
			Name: "helpdesk_social_mentions_by_hour", Of: []ID{SocialByHour}, Value: number,
			Help: "Feedback of any kind on social media in the window by the hour in global.timezone at which it was given.",
		},
		WindowView{
			Name: "helpdesk_social_feedback", Of: []ID{SocialFeedback}, Value: amount,
			Help: "Reviews, comments, complaints and suggestions on social media in the window with the sentiment, as the source classified them.",
		},
		WindowView{
			Name: "helpdesk_social_technical_questions", Of: []ID{SocialTechnical}, Seen: SocialTechnical, Value: amount,
			Help: "Questions on social media in the window that are technical; absent while no kept question tells whether it is.",
		},
		WindowView{
			Name: "helpdesk_social_improvement_requests", Of: []ID{SocialSuggestions}, Seen: SocialSuggestions, Value: amount,
			Help: "Suggestions on social media in the window; absent while no kept feedback from there tells its kind.",
		},
		WindowView{
			Name: "helpdesk_social_competitor_mentions", Of: []ID{SocialCompetitors}, Seen: SocialCompetitors, Value: number,
			Help: "Feedback on social media in the window that names a competitor; absent while none that is kept does. Those that competitors does not list are other.",
		},
		WindowView{
			Name: "helpdesk_social_engagement_opportunities", Of: []ID{SocialOpportunities}, Seen: SocialOpportunities, Value: amount,
			Help: "Feedback on social media in the window that offers an opportunity to engage; absent while none that is kept tells whether it does.",
		},
	)
}

func (c *Catalogue) addTopicViews() {
	c.Views = append(c.Views,
		WindowView{
			Name: "helpdesk_social_topic_mentions", Of: []ID{SocialTopics}, Seen: SocialTopics, Value: number,
			Help: "Feedback on social media in the window that has a topic. Topics that topics does not list are other.",
		},
		WindowView{
			Name: "helpdesk_social_topic_growth_ratio", Of: []ID{SocialTopicTrend, SocialTopicTrend}, Whole: true, Before: true, Value: c.growth,
			Help: "Share of a topic of the feedback on social media in the window that has one, by its share in the window before: 1 is no change. Absent where either window has too few or the one before none about the topic, and where records are kept for less than two windows.",
		},
	)
}

// growth is what a share has become since the window before. The counts are
// those of the part and of the whole, now and before.
func (d *Definitions) growth(c []tally.Count, _ time.Duration) (float64, bool) {
	part, whole, partBefore, wholeBefore := c[0].N, c[1].N, c[2].N, c[3].N
	if min(whole, wholeBefore) < int64(max(d.MinSample, 1)) || partBefore == 0 {
		return 0, false
	}
	return float64(part) / float64(whole) / (float64(partBefore) / float64(wholeBefore)), true
}

// social collects what was said on social media. What nobody classified is left
// out of what it would be part of, be it yes or no.
func (b *Contributions) social(o *opinion) {
	hour, _ := hourOfWeek(o.At.In(b.catalogue.Timezone))
	b.add(SocialMentions, FeedTotal|FeedWindow, o.At, one, o.dims)
	b.add(SocialByHour, FeedWindow, o.At, one, o.dims, hour)
	b.told(SocialOpportunities, o, o.Opportunity)
	switch o.Type {
	case desk.FeedbackTypeQuestion:
		b.told(SocialTechnical, o, o.Technical)
		b.told(SocialAnswerable, o, o.KBAnswerable)
	case desk.FeedbackTypeReview, desk.FeedbackTypeComment, desk.FeedbackTypeComplaint, desk.FeedbackTypeSuggestion:
		if o.class != "" {
			b.sounds(SocialFeedback, o)
		}
	}
	b.topic(o)
	b.competitor(o)
}

// told collects whether something is so, where that is told.
func (b *Contributions) told(id ID, o *opinion, so desk.Opt[bool]) {
	if so.Set {
		b.add(id, FeedWindow, o.At, flag(so.Value), o.dims)
	}
}

// topic collects what was spoken of.
func (b *Contributions) topic(o *opinion) {
	dims, topic := o.listed("topic", b.catalogue.Topics)
	if o.Type != desk.FeedbackTypeUnknown {
		b.add(SocialSuggestions, FeedWindow, o.At, flag(o.Type == desk.FeedbackTypeSuggestion), dims)
	}
	if topic != unset {
		b.add(SocialTopics, FeedWindow, o.At, one, dims)
		b.add(SocialTopicTrend, FeedWindow, o.At, one, dims)
	}
}

// competitor collects that another company was named.
func (b *Contributions) competitor(o *opinion) {
	if dims, named := o.listed("competitor", b.catalogue.Competitors); named != unset {
		b.add(SocialCompetitors, FeedWindow, o.At, one, dims)
	}
}

// listed returns the dimensions with one of them as a list spells it, and that
// value: of what it does not list other, of nothing unset. Without a list each
// value is its own.
func (o *opinion) listed(name string, list []string) (dimensions, string) {
	dims, value := o.dims, cmp.Or(strings.TrimSpace(o.dims.value(name)), unset)
	if len(list) > 0 && value != unset {
		i := slices.IndexFunc(list, func(l string) bool { return strings.EqualFold(l, value) })
		if value = other; i >= 0 {
			value = list[i]
		}
	}
	dims.fixed[1] = desk.Dim{Name: name, Value: value}
	return dims, value
}
