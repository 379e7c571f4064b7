package csv

import (
	"time"

	"helpdesk_exporter/desk"
)

// surveyShape lists what a row can tell of a survey. A score is just a number:
// which ones are possible is known where the surveys are configured.
func surveyShape() *shape {
	type S = *desk.Survey
	return &shape{
		kind:  desk.KindSurvey,
		blank: func() desk.Body { return &desk.Survey{} },
		clone: clone[desk.Survey],
		fields: []field{
			text("survey", func(s S) *string { return &s.Survey }),
			instant("sent_at", func(s S) *time.Time { return &s.SentAt }),
			instant("responded_at", func(s S) *time.Time { return &s.RespondedAt }, "sent_at"),
			number("score", func(s S) *desk.Opt[float64] { return &s.Score }),
			text("answer", func(s S) *string { return &s.Answer }),
			text("ticket", func(s S) *string { return &s.Ticket }),
			text("customer", func(s S) *string { return &s.Customer }),
			channel(func(s S) *string { return &s.Channel }),
			text("team", func(s S) *string { return &s.Team }),
			text("segment", func(s S) *string { return &s.Segment }),
		},
	}
}
