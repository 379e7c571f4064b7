package csv

import (
	"time"

	"helpdesk_exporter/desk"
)

// reviewShape lists what a row can tell of a review. Scores are just numbers:
// what they are worth is known where the scorecards are configured.
func reviewShape() *shape {
	type R = *desk.Review
	return &shape{
		kind:   desk.KindReview,
		family: &family{prefix: "category.", what: "category", example: "tone", field: category},
		blank:  func() desk.Body { return &desk.Review{} },
		clone:  clone[desk.Review],
		fields: []field{
			required(instant("reviewed_at", func(r R) *time.Time { return &r.ReviewedAt })),
			text("ticket", func(r R) *string { return &r.Ticket }),
			text("scorecard", func(r R) *string { return &r.Scorecard }),
			text("team", func(r R) *string { return &r.Team }),
			text("reviewer_kind", func(r R) *string { return &r.ReviewerKind }),
			number("score", func(r R) *desk.Opt[float64] { return &r.Score }),
			truth("critical", func(r R) *desk.Opt[bool] { return &r.Critical }),
		},
	}
}

// category is the field that feeds the score of one criterion.
func category(name, word string) field {
	return amount(name, parseNumber, "a number", func(b desk.Body, score float64) {
		r := b.(*desk.Review)
		if r.Categories == nil {
			r.Categories = map[string]float64{}
		}
		r.Categories[word] = score
	})
}
