package intercom

import (
	"cmp"
	"time"

	"helpdesk_exporter/desk"
)

// rating is what the customer was asked and has answered, from 1 to 5.
type rating struct {
	Rating    number `json:"rating"`
	CreatedAt stamp  `json:"created_at"` // when it was asked for
	UpdatedAt stamp  `json:"updated_at"`
	Teammate  struct {
		ID ident `json:"id"`
	} `json:"teammate"`
}

// ratings returns what a conversation tells of surveys: of the teammates, and of
// the AI agent. The two are never mixed.
func (s *Source) ratings(v *conversation, t *desk.Ticket) []desk.Record {
	survey := func(name string, score number, sent time.Time, answered ...time.Time) *desk.Survey {
		of := &desk.Survey{Survey: name, SentAt: sent, Ticket: string(v.ID), Customer: t.Requester, Channel: t.Channel, Team: t.Team}
		if score.Set {
			of.Score, of.RespondedAt = desk.Opt[float64](score), cmp.Or(answered...)
		}
		return of
	}
	r, a := &v.Rating, &v.AIAgent
	name := s.config.Survey
	if v.ratesBot() {
		name = s.config.BotSurvey
	}
	var all []desk.Record
	if !r.CreatedAt.IsZero() || r.Rating.Set {
		of := survey(name, r.Rating, r.CreatedAt.Time, r.UpdatedAt.Time, r.CreatedAt.Time)
		all = append(all, desk.Record{ID: "rating/" + string(v.ID), Body: of})
	}
	if a.Rating.Set && !(r.Rating.Set && v.ratesBot()) {
		of := survey(s.config.BotSurvey, a.Rating, time.Time{}, a.UpdatedAt.Time, a.CreatedAt.Time)
		all = append(all, desk.Record{ID: "ai_rating/" + string(v.ID), Body: of})
	}
	return all
}

// ratesBot reports whether a rating is of the AI agent: it names no teammate,
// and the AI agent took part or no teammate ever did.
func (v *conversation) ratesBot() bool {
	alone := v.AdminAssigneeID == "" && v.Statistics.FirstAdminReplyAt.IsZero()
	return v.Rating.Teammate.ID == "" && (v.AIParticipated.Value || alone)
}
