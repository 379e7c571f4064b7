package csv

import (
	"time"

	"helpdesk_exporter/desk"
)

// feedbackShape lists what a row can tell of feedback. What it is about is
// classified by whoever wrote the file.
func feedbackShape() *shape {
	type F = *desk.Feedback
	return &shape{
		kind:  desk.KindFeedback,
		blank: func() desk.Body { return &desk.Feedback{} },
		clone: clone[desk.Feedback],
		fields: []field{
			required(instant("at", func(f F) *time.Time { return &f.At })),
			instant("responded_at", func(f F) *time.Time { return &f.RespondedAt }, "at"),
			text("platform", func(f F) *string { return &f.Platform }),
			text("customer", func(f F) *string { return &f.Customer }),
			word("kind", func(f F) *desk.FeedbackType { return &f.Type }, desk.ParseFeedbackType, namesOf(desk.FeedbackTypeReview, desk.FeedbackTypeMention)),
			text("sentiment", func(f F) *string { return &f.Sentiment }),
			text("topic", func(f F) *string { return &f.Topic }),
			truth("technical", func(f F) *desk.Opt[bool] { return &f.Technical }),
			truth("kb_answerable", func(f F) *desk.Opt[bool] { return &f.KBAnswerable }),
			text("competitor", func(f F) *string { return &f.Competitor }),
			truth("opportunity", func(f F) *desk.Opt[bool] { return &f.Opportunity }),
		},
	}
}
