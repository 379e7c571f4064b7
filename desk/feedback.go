package desk

import "time"

// Feedback is one state of something that was said of the company in public or
// outside any ticket.
type Feedback struct {
	At           time.Time
	RespondedAt  time.Time
	Platform     string
	Customer     string
	Type         FeedbackType
	Sentiment    string
	Topic        string
	Technical    Opt[bool]
	KBAnswerable Opt[bool] // an article answers it
	Competitor   string    // that it names
	Opportunity  Opt[bool] // to engage with those who talk
}

// Kind implements [Body].
func (f *Feedback) Kind() Kind { return KindFeedback }

// Changed implements [Body]: feedback carries no time of their last change.
func (f *Feedback) Changed() time.Time { return time.Time{} }

// Dims implements [Body].
func (f *Feedback) Dims() []Dim {
	return appendDims(make([]Dim, 0, 4), Dim{"platform", f.Platform}, Dim{"topic", f.Topic},
		Dim{"competitor", f.Competitor}, Dim{"feedback_kind", dimOf(f.Type)})
}

// Newest implements [Body].
func (f *Feedback) Newest() time.Time { return newest(f.At, f.RespondedAt) }

// shows says which facts this state lets see by itself.
func (f *Feedback) shows() Shows {
	if !f.RespondedAt.IsZero() {
		return ShowsAnswer
	}
	return 0
}

// FeedbackType says what somebody did by speaking up. Its numbers
// are stored: never reuse one.
type FeedbackType uint8

// The types of feedback.
const (
	FeedbackTypeUnknown FeedbackType = iota
	FeedbackTypeReview
	FeedbackTypeComment
	FeedbackTypeComplaint
	FeedbackTypeSuggestion
	FeedbackTypeQuestion
	FeedbackTypeMention
)

var feedbackTypeNames = [...]string{
	FeedbackTypeUnknown: "unknown", FeedbackTypeReview: "review", FeedbackTypeComment: "comment",
	FeedbackTypeComplaint: "complaint", FeedbackTypeSuggestion: "suggestion", FeedbackTypeQuestion: "question",
	FeedbackTypeMention: "mention",
}

// String returns the name that labels and configuration use.
func (f FeedbackType) String() string { return nameOf(f, feedbackTypeNames[:]) }

// ParseFeedbackType reads one of the names.
func ParseFeedbackType(word string) (FeedbackType, bool) {
	return parseName(word, feedbackTypeNames[:], FeedbackTypeUnknown)
}
