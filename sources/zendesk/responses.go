package zendesk

import (
	"context"
	"encoding/json"
	"net/url"
	"strconv"
	"strings"

	"helpdesk_exporter/desk"
)

const responsesPath = "/guide/survey_responses"

// surveyResponse is what a customer answered in the newer of the desk's two
// surveys. One that was only sent has no answers, and no time.
type surveyResponse struct {
	ID        ident    `json:"id"`
	Responder ident    `json:"responder_id"`
	ZRNs      []phrase `json:"subject_zrns"`
	Subjects  []struct {
		ID   ident `json:"id"`
		Type word  `json:"type"`
	} `json:"subjects"`
	Answers []surveyAnswer `json:"answers"`
}

type surveyAnswer struct {
	Type      word   `json:"type"`
	Rating    number `json:"rating"`
	CreatedAt stamp  `json:"created_at"`
	UpdatedAt stamp  `json:"updated_at"`
	Question  struct {
		SubType word `json:"sub_type"`
	} `json:"question"`
}

// readResponses reads what customers answered of late. The list goes by when
// they were asked, so that it is read again for those who answer later.
func (r *round) readResponses(ctx context.Context) (done bool, err error) {
	at := &r.Responses
	if r.rests(at) {
		return true, nil
	}
	query := url.Values{"filter[created_at_start]": {strconv.FormatInt(r.since(at).UnixMilli(), 10)}}
	return r.list(ctx, responsesPath, "survey_responses", at, query, func(page []json.RawMessage) error {
		take(&r.page, "survey response", page, at.flawed, func(s surveyResponse) error {
			a := s.satisfaction()
			if a == nil {
				return nil
			}
			answered := latest(a.CreatedAt.Time, a.UpdatedAt.Time)
			switch {
			case s.ID == "":
				return without("id")
			case answered.IsZero():
				return without("time at which it was answered")
			case !a.Rating.Set:
				return without("rating")
			case !at.news(string(s.ID), answered):
				return nil
			}
			r.page.Records = append(r.page.Records, desk.Record{ID: string(s.ID), Body: &desk.Survey{
				Survey: r.config.ResponseSurvey, RespondedAt: answered, Score: desk.Opt[float64](a.Rating),
				Ticket: s.ticket(), Customer: string(s.Responder),
			}})
			return nil
		})
		return nil
	})
}

// satisfaction returns the answer that rates, nil where none does. A survey may
// ask for more than one rating: that of the satisfaction comes first.
func (s *surveyResponse) satisfaction() *surveyAnswer {
	var rated *surveyAnswer
	for i := range s.Answers {
		a := &s.Answers[i]
		switch {
		case a.Type != "rating_scale":
		case a.Question.SubType == "customer_satisfaction":
			return a
		case rated == nil:
			rated = a
		}
	}
	return rated
}

// ticket returns the ticket that the survey was about.
func (s *surveyResponse) ticket() string {
	for _, subject := range s.Subjects {
		if strings.HasSuffix(string(subject.Type), "ticket") {
			return string(subject.ID)
		}
	}
	for _, zrn := range s.ZRNs { // as zen:ticket:99
		parts := strings.Split(string(zrn), ":")
		if n := len(parts); n > 1 && parts[n-2] == "ticket" {
			return parts[n-1]
		}
	}
	return ""
}
