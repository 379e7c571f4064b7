package desk

import "time"

// Survey is one state of a survey that one customer was sent or answered.
type Survey struct {
	Survey      string // the configured name of the questionnaire
	SentAt      time.Time
	RespondedAt time.Time
	Score       Opt[float64] // on the survey's own scale
	Answer      string       // for surveys that ask for a word
	Ticket      string
	Customer    string
	Channel     string
	Team        string
	Segment     string
}

// Kind implements [Body].
func (s *Survey) Kind() Kind { return KindSurvey }

// Changed implements [Body]: answers carry no time of their last change.
func (s *Survey) Changed() time.Time { return time.Time{} }

// Dims implements [Body].
func (s *Survey) Dims() []Dim {
	return appendDims(make([]Dim, 0, 3), Dim{"channel", s.Channel}, Dim{"team", s.Team}, Dim{"segment", s.Segment})
}

// shows says which facts this state lets see by itself.
func (s *Survey) shows() Shows {
	if s.Score.Set || s.Answer != "" {
		return ShowsAnswer
	}
	return 0
}

// Newest implements [Body].
func (s *Survey) Newest() time.Time { return newest(s.SentAt, s.RespondedAt) }
