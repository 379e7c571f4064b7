package kpi

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"helpdesk_exporter/desk"
)

// The measures of what is said of the company in public or outside any ticket.
const (
	FeedbackSentiment  ID = iota + 200 // each of the sentiments for each that is classified
	FeedbackClassified                 // of which the sentiment is known
	FeedbackPolar                      // reviews and comments that are for or against
	FeedbackAnswered
	FeedbackResponse
)

// The sentiments of feedback.
const (
	sentimentPositive = "positive"
	sentimentNeutral  = "neutral"
	sentimentNegative = "negative"
	sentimentMixed    = "mixed"
)

func (c *Catalogue) addFeedback() {
	platform, sentiment := []string{"platform"}, []string{"sentiment"}
	c.Measures = append(c.Measures,
		Measure{ID: FeedbackSentiment, Kind: desk.KindFeedback, Identity: sentiment, Dims: platform, Window: true},
		Measure{ID: FeedbackClassified, Kind: desk.KindFeedback, Dims: platform, Window: true},
		Measure{ID: FeedbackPolar, Kind: desk.KindFeedback, Dims: platform, Window: true},
		Measure{ID: FeedbackAnswered, Kind: desk.KindFeedback, Dims: []string{"platform", "feedback_kind"}, Window: true},
		Measure{
			ID: FeedbackResponse, Kind: desk.KindFeedback, Dims: platform, Window: true, Spread: true,
			Total: &Total{
				Name:    "helpdesk_feedback_response_seconds",
				Help:    "Time from feedback to the answer to it, around the clock, observed when discovered. Feedback without an answer is left out.",
				Buckets: c.Buckets.Default,
			},
		},
	)
	c.addSentimentViews()
	c.addShare(share{
		of:          FeedbackAnswered,
		seen:        FeedbackResponse,
		ratio:       "helpdesk_feedback_response_ratio",
		help:        "Share of feedback that was answered within horizons.feedback, of that whose horizon ended in the window; absent while no kept feedback tells of an answer.",
		numerator:   "helpdesk_feedback_answered",
		denominator: "helpdesk_feedback_received",
		counts:      "feedback whose horizon ended in the window",
	})
	c.addSpreadViews(FeedbackResponse, "helpdesk_feedback_response", "answers to feedback given in the window")
	c.define(desk.KindFeedback, nil,
		KPI{ID: "customer_sentiment", Metric: "helpdesk_feedback_sentiment_ratio", Query: `helpdesk_feedback_sentiment_ratio{by="all", window="7d"}`},
		KPI{ID: "positive_feedback_ratio", Metric: "helpdesk_feedback_positive_ratio", Query: `helpdesk_feedback_positive_ratio{by="all", window="7d"}`},
		KPI{ID: "feedback_response_time", Metric: "helpdesk_feedback_response_seconds", Query: `helpdesk_feedback_response_mean_seconds{by="all", window="7d"}`},
	)
	c.define(desk.KindFeedback, c.Horizons.Feedback,
		KPI{ID: "feedback_response_rate", Metric: "helpdesk_feedback_response_ratio", Query: `helpdesk_feedback_response_ratio{by="all", window="7d"}`},
	)
}

func (c *Catalogue) addSentimentViews() {
	c.Views = append(c.Views,
		WindowView{
			Name: "helpdesk_feedback_sentiment_ratio", Of: []ID{FeedbackSentiment}, Value: c.sampled(mean),
			Help: "Share of a sentiment of the feedback of the window whose sentiment is told, as the source classified it.",
		},
		WindowView{
			Name: "helpdesk_feedback_sentiment_items", Of: []ID{FeedbackSentiment}, Value: amount,
			Help: "Numerator of helpdesk_feedback_sentiment_ratio: feedback of the window with the sentiment.",
		},
		WindowView{
			Name: "helpdesk_feedback_classified", Of: []ID{FeedbackClassified}, Seen: FeedbackClassified, Value: number,
			Help: "Denominator of helpdesk_feedback_sentiment_ratio: feedback of the window whose sentiment is told.",
		},
	)
	c.addShare(share{
		of:          FeedbackPolar,
		seen:        FeedbackPolar,
		ratio:       "helpdesk_feedback_positive_ratio",
		help:        "Share of positive reviews and comments of the positive and negative ones of the window; neutral and mixed ones are left out of both.",
		numerator:   "helpdesk_feedback_positive",
		denominator: "helpdesk_feedback_polar",
		counts:      "positive and negative reviews and comments of the window",
	})
}

// opinion is feedback as the figures look at it: in the words of their labels.
type opinion struct {
	*desk.Feedback
	class string // which of the sentiments; empty: not told
	dims  dimensions
}

func (b *Contributions) feedback(h *desk.Held, f *desk.Feedback) {
	if h.Deleted {
		b.feedbackExcluded("deleted")
		return
	}
	o := opinion{Feedback: f, dims: dimensions{states: h.States}}
	platform, social := b.catalogue.platform(o.dims.value("platform"))
	o.dims.fixed[0] = desk.Dim{Name: "platform", Value: platform}
	b.sentiment(&o)
	b.responded(&o)
	if social {
		b.social(&o)
	}
}

// sentiment collects how feedback sounds. A word that the figures do not know is
// not guessed at.
func (b *Contributions) sentiment(o *opinion) {
	var known bool
	if o.class, known = sentimentOf(o.Sentiment); !known {
		if o.Sentiment != "" {
			b.feedbackExcluded("unknown_sentiment")
		}
		return
	}
	b.add(FeedbackClassified, FeedWindow, o.At, one, o.dims)
	b.sounds(FeedbackSentiment, o)
	if o.Type != desk.FeedbackTypeReview && o.Type != desk.FeedbackTypeComment {
		return
	}
	if o.class == sentimentPositive || o.class == sentimentNegative {
		b.add(FeedbackPolar, FeedWindow, o.At, flag(o.class == sentimentPositive), o.dims)
	}
}

// sounds collects for each sentiment whether it is the one.
func (b *Contributions) sounds(id ID, o *opinion) {
	for _, s := range [...]string{sentimentPositive, sentimentNeutral, sentimentNegative, sentimentMixed} {
		b.add(id, FeedWindow, o.At, flag(o.class == s), o.dims, s)
	}
}

// sentimentOf returns which of the sentiments a word of a classifier means.
func sentimentOf(word string) (string, bool) {
	switch w := strings.ToLower(strings.TrimSpace(word)); w {
	case sentimentPositive, sentimentNeutral, sentimentNegative, sentimentMixed:
		return w, true
	case "very positive", "very_positive":
		return sentimentPositive, true
	case "very negative", "very_negative":
		return sentimentNegative, true
	default:
		return "", false
	}
}

// responded collects whether feedback was answered in time, and how soon. An
// answer before it was none to it: nobody knows then whether there was one.
func (b *Contributions) responded(o *opinion) {
	answered := !o.RespondedAt.IsZero()
	if answered && !b.duration(FeedbackResponse, FeedTotal|FeedWindow, o.At, o.RespondedAt, o.dims) {
		b.feedbackExcluded("negative_duration")
		return
	}
	end := o.At.Add(b.catalogue.Horizons.Feedback)
	b.add(FeedbackAnswered, FeedWindow, end, flag(answered && !o.RespondedAt.After(end)), o.dims)
}

// platform returns how labels name a platform, in small letters, and whether it is
// a social one.
func (d *Definitions) platform(word string) (name string, social bool) {
	name = strings.ToLower(strings.TrimSpace(word))
	social = slices.ContainsFunc(d.Platforms, func(p string) bool { return strings.ToLower(p) == name })
	return cmp.Or(name, unset), social
}

// feedbackExcluded notes that a figure leaves feedback out.
func (b *Contributions) feedbackExcluded(reason string) {
	b.add(ExcludedOfCustomers, FeedStock, time.Time{}, one, dimensions{}, desk.KindFeedback.String(), reason)
}
