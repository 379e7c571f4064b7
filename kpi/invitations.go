package kpi

import "helpdesk_exporter/desk"

func (c *Catalogue) addInvitations() {
	c.Measures = append(c.Measures, Measure{
		ID: SurveyInvitations, Kind: desk.KindSurvey, Identity: []string{"survey"}, Dims: []string{"channel"}, Window: true,
	})
	c.addShare(share{
		of:          SurveyInvitations,
		ratio:       "helpdesk_survey_response_ratio",
		help:        "Share of invitations to a survey that were answered within horizons.survey, of those whose horizon ended in the window.",
		numerator:   "helpdesk_survey_invitations_answered",
		denominator: "helpdesk_survey_invitations",
		counts:      "invitations whose horizon ended in the window",
	})
	c.define(desk.KindSurvey, c.Horizons.Survey,
		KPI{ID: "survey_response_rate", Metric: "helpdesk_survey_response_ratio", Query: `helpdesk_survey_response_ratio{by="all", window="7d"}`},
	)
}

// invitation collects whether a survey that was sent was answered in time.
// Nobody knows when those were sent of which only the answer is told.
func (b *Contributions) invitation(h *desk.Held, s *desk.Survey, ticket *desk.Held, answered bool) {
	if s.SentAt.IsZero() {
		return
	}
	dims := dimensions{states: h.States}
	if ticket != nil {
		dims.also = asOf(ticket, s.SentAt).states
	}
	end := s.SentAt.Add(b.catalogue.Horizons.Survey)
	inTime := answered && !s.RespondedAt.IsZero() && !s.RespondedAt.After(end)
	b.add(SurveyInvitations, FeedWindow, end, flag(inTime), dims, s.Survey)
}
