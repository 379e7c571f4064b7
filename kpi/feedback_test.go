package kpi_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/kpi"
)

// listening are the definitions of a desk that looks at two platforms, and
// answers feedback within three days.
func listening(changes ...func(*kpi.Definitions)) *kpi.Catalogue {
	d := definitions()
	d.Platforms = []string{"x", "Reddit"}
	d.Horizons.Feedback = 3 * day
	for _, change := range changes {
		change(&d)
	}
	return kpi.NewCatalogue(d)
}

// spoken is feedback of which one state was reported, given yesterday if nobody
// says when.
func spoken(f desk.Feedback) kpi.Group { return spokenAgain(f) }

// spokenAgain are the successive states of one piece of feedback.
func spokenAgain(states ...desk.Feedback) kpi.Group {
	var records []desk.Record
	for i, f := range states {
		if f.At.IsZero() {
			f.At = ago(day)
		}
		records = append(records, desk.Record{ID: "f", Body: &f, Origin: desk.Origin{Dropped: ago(time.Duration(len(states)-i) * time.Minute)}})
	}
	return kpi.Group{Record: held(records...)}
}

// deletedFeedback is feedback that the desk has no more.
func deletedFeedback(f desk.Feedback) kpi.Group {
	f.At = ago(day)
	return kpi.Group{Record: held(
		desk.Record{ID: "f", Body: &f, Origin: desk.Origin{Dropped: ago(time.Hour)}},
		desk.Record{ID: "f", Body: &desk.Feedback{At: f.At}, Deleted: true, Origin: desk.Origin{Dropped: ago(time.Minute)}},
	)}
}

// sounding are n pieces of feedback with a sentiment.
func sounding(n int, sentiment, platform string, kind desk.FeedbackType) []kpi.Group {
	var groups []kpi.Group
	for range n {
		groups = append(groups, spoken(desk.Feedback{Sentiment: sentiment, Platform: platform, Type: kind}))
	}
	return groups
}

// Of twelve two say nothing that is understood: 5 positive, 2 neutral, 2
// negative and 1 mixed of 10.
func TestSentimentsAreSharesOfWhatIsClassified(t *testing.T) {
	mention := desk.FeedbackTypeMention
	e := evaluate(t, listening(), slices.Concat(
		sounding(3, "positive", "x", mention), sounding(1, " POSITIVE ", "Trustpilot", mention), sounding(1, "Very positive", "trustpilot", mention),
		sounding(2, "neutral", "x", mention), sounding(1, "negative", "x", mention), sounding(1, "very_negative", "", mention),
		sounding(1, "Mixed", "x", mention), sounding(1, "", "x", mention), sounding(1, "meh", "x", mention),
	)...)
	e.is("helpdesk_feedback_classified", 10, 0)
	for sentiment, n := range map[string]float64{"positive": 5, "neutral": 2, "negative": 2, "mixed": 1} {
		e.is("helpdesk_feedback_sentiment_items", n, 0, "sentiment", sentiment)
		e.is("helpdesk_feedback_sentiment_ratio", n/10, 1e-12, "sentiment", sentiment)
	}
	// On x 3 of 7, on the one without case 2 of 2, and 1 from who knows where.
	e.is("helpdesk_feedback_sentiment_ratio", 3.0/7, 1e-12, "sentiment", "positive", "platform", "x")
	e.is("helpdesk_feedback_sentiment_items", 2, 0, "sentiment", "positive", "platform", "trustpilot")
	e.is("helpdesk_feedback_sentiment_ratio", 0, 0, "sentiment", "negative", "platform", "trustpilot")
	e.is("helpdesk_feedback_classified", 1, 0, "platform", "none")
	if got := e.excluded("unknown_sentiment"); got != 1 {
		t.Errorf("%d are left out for a word nobody knows, want 1", got)
	}
}

func TestNothingIsSaidOfSentimentsThatNobodyTold(t *testing.T) {
	e := evaluate(t, listening(), sounding(3, "", "x", desk.FeedbackTypeReview)...)
	e.absent("helpdesk_feedback_classified")
	e.absent("helpdesk_feedback_sentiment_ratio", "sentiment", "positive")
	e.absent("helpdesk_feedback_positive_ratio")
	e.absent("helpdesk_feedback_positive")
	e.absent("helpdesk_feedback_polar")
}

// 3 positive of 4 reviews and comments that take sides.
func TestPositiveFeedbackIsOfReviewsAndCommentsThatTakeSides(t *testing.T) {
	e := evaluate(t, listening(), slices.Concat(
		sounding(2, "positive", "x", desk.FeedbackTypeReview), sounding(1, "positive", "app store", desk.FeedbackTypeComment),
		sounding(1, "negative", "x", desk.FeedbackTypeComment), sounding(2, "neutral", "x", desk.FeedbackTypeReview),
		sounding(1, "mixed", "x", desk.FeedbackTypeComment), sounding(4, "positive", "x", desk.FeedbackTypeMention),
		sounding(1, "positive", "x", desk.FeedbackTypeUnknown), sounding(5, "negative", "x", desk.FeedbackTypeComplaint),
	)...)
	e.is("helpdesk_feedback_positive_ratio", 0.75, 0)
	e.is("helpdesk_feedback_positive", 3, 0)
	e.is("helpdesk_feedback_polar", 4, 0)
	e.is("helpdesk_feedback_positive_ratio", 2.0/3, 1e-12, "platform", "x")
	e.is("helpdesk_feedback_polar", 1, 0, "platform", "app store")
}

// The horizon is three days: feedback of the last three is not old enough.
func TestFeedbackIsAnsweredWithinTheHorizonOrNot(t *testing.T) {
	answered := spoken(desk.Feedback{At: ago(20 * day), RespondedAt: ago(18 * day)}) // so that answers are told of
	for name, tt := range map[string]struct {
		at, responded time.Time
		received      float64
		ratio         float64
	}{
		"never":                    {ago(4 * day), time.Time{}, 1, 0},
		"at once":                  {ago(4 * day), ago(4 * day), 1, 1},
		"as the horizon ended":     {ago(4 * day), ago(day), 1, 1},
		"just after the horizon":   {ago(4 * day), ago(day).Add(time.Nanosecond), 1, 0},
		"of which the horizon ran": {ago(3 * day).Add(time.Nanosecond), ago(2 * day), 0, 0},
		"whose horizon ends now":   {ago(3 * day), ago(2 * day), 1, 1},
		"of the week before":       {ago(10 * day), ago(9 * day), 0, 0},
	} {
		e := evaluate(t, listening(), answered, spoken(desk.Feedback{At: tt.at, RespondedAt: tt.responded}))
		if got, _ := e.window("helpdesk_feedback_received"); got != tt.received {
			t.Errorf("%s: received %v, want %v", name, got, tt.received)
		}
		if got, ok := e.window("helpdesk_feedback_response_ratio"); ok != (tt.received > 0) || got != tt.ratio {
			t.Errorf("%s: ratio %v, %t, want %v", name, got, ok, tt.ratio)
		}
	}
}

// Two of three reviews, none of one complaint.
func TestTheResponseRateIsToldApartByPlatformAndKind(t *testing.T) {
	at, soon := ago(4*day), ago(4*day).Add(time.Hour)
	e := evaluate(t, listening(),
		spoken(desk.Feedback{At: at, RespondedAt: soon, Platform: "x", Type: desk.FeedbackTypeReview}),
		spoken(desk.Feedback{At: at, RespondedAt: soon, Platform: "reddit", Type: desk.FeedbackTypeReview}),
		spoken(desk.Feedback{At: at, Platform: "x", Type: desk.FeedbackTypeReview}),
		spoken(desk.Feedback{At: at, Platform: "x", Type: desk.FeedbackTypeComplaint}),
	)
	e.is("helpdesk_feedback_response_ratio", 0.5, 0)
	e.is("helpdesk_feedback_response_ratio", 2.0/3, 1e-12, "feedback_kind", "review")
	e.is("helpdesk_feedback_response_ratio", 0, 0, "feedback_kind", "complaint")
	e.is("helpdesk_feedback_response_ratio", 1.0/3, 1e-12, "platform", "x")
	e.is("helpdesk_feedback_answered", 1, 0, "platform", "reddit")
	e.is("helpdesk_feedback_received", 4, 0)
}

func TestNobodyKnowsHowManyAreAnsweredWhereNoAnswerIsTold(t *testing.T) {
	e := evaluate(t, listening(), spoken(desk.Feedback{At: ago(4 * day)}))
	e.absent("helpdesk_feedback_response_ratio")
	e.absent("helpdesk_feedback_answered")
	e.absent("helpdesk_feedback_received")
}

// Answers after 1 h and 3 h; the third was given before the week, the fourth
// before the feedback.
func TestHowSoonFeedbackIsAnswered(t *testing.T) {
	at := ago(4 * day)
	e := evaluate(t, listening(),
		spoken(desk.Feedback{At: at, RespondedAt: at.Add(time.Hour), Platform: "X"}),
		spoken(desk.Feedback{At: at, RespondedAt: at.Add(3 * time.Hour), Platform: "app store"}),
		spoken(desk.Feedback{At: ago(9 * day), RespondedAt: ago(8 * day), Platform: "x"}),
		spoken(desk.Feedback{At: at, RespondedAt: at.Add(-time.Second), Platform: "x"}),
		spoken(desk.Feedback{At: at}),
	)
	e.is("helpdesk_feedback_response_mean_seconds", 7200, 1e-9)
	e.is("helpdesk_feedback_response_mean_seconds", 3600, 1e-9, "platform", "x")
	e.is("helpdesk_feedback_response_observations", 2, 0)
	e.counts(map[string]int{"helpdesk_feedback_response_seconds": 3})
	if got, ok := e.quantile("helpdesk_feedback_response_quantile_seconds", 0.95); !ok || got < 3*3600*0.95 || got > 3*3600*1.05 {
		t.Errorf("p95 is %v, %t, want about 3 h", got, ok)
	}
	if got := e.excluded("negative_duration"); got != 1 {
		t.Errorf("%d are left out for an answer before the feedback, want 1", got)
	}
	e.is("helpdesk_feedback_received", 4, 0) // without the one whose answer came before it
}

func TestFeedbackFollowsCorrectionsAndKeepsItsPlatform(t *testing.T) {
	e := evaluate(t, listening(), spokenAgain(
		desk.Feedback{Sentiment: "negative", Type: desk.FeedbackTypeReview},
		desk.Feedback{Sentiment: "negative", Type: desk.FeedbackTypeReview, Platform: "x"},
		desk.Feedback{Sentiment: "positive", Type: desk.FeedbackTypeReview, Platform: "reddit", RespondedAt: ago(time.Hour)},
	))
	e.is("helpdesk_feedback_classified", 1, 0)
	e.is("helpdesk_feedback_sentiment_items", 1, 0, "sentiment", "positive", "platform", "x")
	e.is("helpdesk_feedback_sentiment_items", 0, 0, "sentiment", "negative")
	e.is("helpdesk_feedback_positive_ratio", 1, 0)
	e.is("helpdesk_feedback_response_mean_seconds", 23*3600, 1e-9, "platform", "x")
	if got := e.total("helpdesk_social_mentions_total", "platform", "x"); got != 1 {
		t.Errorf("%d mentions, want the one there is", got)
	}
}

func TestDeletedFeedbackGivesNothing(t *testing.T) {
	e := evaluate(t, listening(), deletedFeedback(desk.Feedback{
		Platform: "x", Sentiment: "positive", Type: desk.FeedbackTypeReview, Topic: "billing", Competitor: "Globex", RespondedAt: ago(time.Hour),
	}))
	if got := e.excluded("deleted"); got != 1 {
		t.Errorf("%d are left out as deleted, want 1", got)
	}
	for _, of := range e.list {
		if of.Measure >= kpi.FeedbackSentiment && of.Measure <= kpi.SocialOpportunities {
			t.Errorf("it contributes to measure %d", of.Measure)
		}
	}
}

// Whatever is said, each classified piece has one sentiment, and the parts are
// no more than the whole.
func TestSentimentsAddUp(t *testing.T) {
	words := []string{"", "positive", "Very Negative", "neutral", "mixed", "meh"}
	c := listening()
	rapid.Check(t, func(r *rapid.T) {
		var groups []kpi.Group
		for i := range rapid.IntRange(0, 20).Draw(r, "n") {
			groups = append(groups, spoken(desk.Feedback{
				Sentiment: rapid.SampledFrom(words).Draw(r, fmt.Sprint("sentiment", i)),
				Platform:  rapid.SampledFrom([]string{"x", "REDDIT", "blog"}).Draw(r, fmt.Sprint("platform", i)),
				Type:      desk.FeedbackType(rapid.IntRange(0, 6).Draw(r, fmt.Sprint("kind", i))),
			}))
		}
		e := evaluate(t, c, groups...)
		var items, social float64
		for _, s := range []string{"positive", "neutral", "negative", "mixed"} {
			n, _ := e.window("helpdesk_feedback_sentiment_items", "sentiment", s)
			m, _ := e.window("helpdesk_social_feedback", "sentiment", s)
			items, social = items+n, social+m
		}
		classified, _ := e.window("helpdesk_feedback_classified")
		polar, _ := e.window("helpdesk_feedback_polar")
		mentions, _ := e.window("helpdesk_social_mentions_in_window")
		if items != classified || polar > classified || social > min(mentions, classified) {
			r.Fatalf("%v sentiments of %v, %v of them for or against; %v of %v mentions", items, classified, polar, social, mentions)
		}
	})
}
