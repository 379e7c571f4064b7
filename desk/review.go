package desk

import "time"

// Review is one state of a colleague's judgement of the work on a ticket.
type Review struct {
	ReviewedAt   time.Time
	Ticket       string
	Scorecard    string // the configured name of the list of criteria
	Team         string
	ReviewerKind string
	Score        Opt[float64]       // on the scorecard's own scale
	Categories   map[string]float64 // the scores of single criteria, by their name
	Critical     Opt[bool]          // a fault that fails the review whatever its score
}

// Kind implements [Body].
func (r *Review) Kind() Kind { return KindReview }

// Changed implements [Body]: reviews carry no time of their last change.
func (r *Review) Changed() time.Time { return time.Time{} }

// Dims implements [Body].
func (r *Review) Dims() []Dim {
	return appendDims(make([]Dim, 0, 2), Dim{"team", r.Team}, Dim{"reviewer_kind", r.ReviewerKind})
}

// Newest implements [Body].
func (r *Review) Newest() time.Time { return r.ReviewedAt }

// shows says which facts this state lets see by itself.
func (r *Review) shows() Shows {
	if r.Score.Set || len(r.Categories) > 0 {
		return ShowsAnswer
	}
	return 0
}
