package kpi_test

import (
	"slices"
	"testing"
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/kpi"
)

// A survey waits a week for its answer: what was sent nine days ago is settled
// since the day before yesterday.
func TestAnInvitationIsAnsweredInTimeOrNot(t *testing.T) {
	sent := ago(9 * day)
	end := sent.Add(7 * day)
	answered := func(at time.Time) desk.Survey {
		return desk.Survey{Survey: "csat", SentAt: sent, RespondedAt: at, Score: desk.Some(1.0)}
	}
	for name, tt := range map[string]struct {
		survey   desk.Survey
		ratio    float64
		eligible float64
	}{
		"at once":                    {answered(sent), 1, 1},
		"as the horizon ended":       {answered(end), 1, 1},
		"too late":                   {answered(end.Add(time.Nanosecond)), 0, 1},
		"never":                      {desk.Survey{Survey: "csat", SentAt: sent}, 0, 1},
		"nobody knows when":          {desk.Survey{Survey: "csat", SentAt: sent, Score: desk.Some(1.0)}, 0, 1},
		"sent, nobody knows when":    {desk.Survey{Survey: "csat", RespondedAt: end, Score: desk.Some(1.0)}, 0, 0},
		"sent lately":                {desk.Survey{Survey: "csat", SentAt: ago(6 * day), RespondedAt: ago(day), Score: desk.Some(1.0)}, 0, 0},
		"of which nothing is set up": {desk.Survey{Survey: "mood", SentAt: sent}, 0, 0},
	} {
		e := evaluate(t, catalogue(), survey(tt.survey))
		if n := len(e.inWindow(kpi.SurveyInvitations)); float64(n) != tt.eligible {
			t.Errorf("%s: %d invitations, want %v", name, n, tt.eligible)
		}
		if got, ok := e.window("helpdesk_survey_response_ratio"); got != tt.ratio || ok != (tt.eligible > 0) {
			t.Errorf("%s: ratio %v (%v), want %v of %v", name, got, ok, tt.ratio, tt.eligible)
		}
	}
}

// One in four answers.
func TestTheResponseRateIsOfAllInvitations(t *testing.T) {
	sent := survey(desk.Survey{Survey: "nps", SentAt: ago(9 * day)})
	answered := survey(desk.Survey{Survey: "nps", SentAt: ago(9 * day), RespondedAt: ago(8 * day), Score: desk.Some(7.0)})
	e := evaluate(t, catalogue(), sent, sent, sent, answered)
	e.is("helpdesk_survey_response_ratio", 0.25, 0, "survey", "nps")
	e.is("helpdesk_survey_invitations_answered", 1, 0)
	e.is("helpdesk_survey_invitations", 4, 0)
}

// moods are surveys that ask agents, and what sample the figures want.
func moods(minSample int) *kpi.Catalogue {
	d := definitions()
	d.MinSample = minSample
	d.Surveys = append(d.Surveys,
		kpi.Survey{Name: "mood", Kind: kpi.AgentMood, Min: 1, Max: 5}, kpi.Survey{Name: "enps", Kind: kpi.AgentMood, Min: 0, Max: 10})
	return kpi.NewCatalogue(d)
}

// Four answers could be told apart. Of five, 1, 3, 5, 5 and 5 are a mean of 3.8,
// which is 0.7 of the way from 1 to 5.
func TestAgentsAreHiddenAmongFive(t *testing.T) {
	five := slices.Concat(answers("mood", 1, 1), answers("mood", 1, 3), answers("mood", 3, 5))
	few := evaluate(t, moods(1), five[:4]...)
	enough := evaluate(t, moods(1), five...)
	few.absent("helpdesk_agent_satisfaction_ratio")
	few.absent("helpdesk_agent_survey_responses")
	enough.is("helpdesk_agent_satisfaction_ratio", 0.7, 1e-9)
	enough.is("helpdesk_agent_survey_responses", 5, 0)
	enough.absent("helpdesk_agent_enps") // its scale is another one
	if got := enough.total("helpdesk_survey_responses_total"); got != 0 {
		t.Errorf("%d answers of agents counted among those of customers", got)
	}
	wanting := evaluate(t, moods(10), five...)
	wanting.absent("helpdesk_agent_satisfaction_ratio")
}

// Of five agents three promote (9, 9, 10), one does not care (8) and one
// detracts (6): 40 points.
func TestAgentsPromoteOrDetract(t *testing.T) {
	five := slices.Concat(answers("enps", 2, 9), answers("enps", 1, 10), answers("enps", 1, 8), answers("enps", 1, 6))
	evaluate(t, moods(1), five...).is("helpdesk_agent_enps", 40, 1e-9)
	evaluate(t, moods(1), five[:4]...).absent("helpdesk_agent_enps")
	evaluate(t, moods(10), append(five, five...)...).is("helpdesk_agent_enps", 40, 1e-9)
}

// Of four first contacts three came by e-mail, what follows up another ticket is
// none; of two who were asked, both want to chat.
func TestWhatCustomersUseIsNotWhatTheyWant(t *testing.T) {
	d := definitions()
	d.Surveys = append(d.Surveys, kpi.Survey{Name: "channel", Kind: kpi.PreferredChannel})
	by := func(channel, of string) kpi.Group {
		return ticket(desk.Ticket{CreatedAt: ago(day), Channel: channel, FollowupOf: of, Status: desk.StatusOpen})
	}
	wants := func(answer string) kpi.Group {
		return survey(desk.Survey{Survey: "channel", RespondedAt: ago(day), Answer: answer, Channel: "email"})
	}
	e := evaluate(t, kpi.NewCatalogue(d), by("email", ""), by("email", ""), by("email", ""), by("web", ""), by("web", "1"), wants("chat"), wants("Chat"))
	e.is("helpdesk_channel_preference_ratio", 0.75, 0, "basis", "tickets", "channel", "email")
	e.is("helpdesk_channel_preference_ratio", 0.25, 0, "basis", "tickets", "channel", "web")
	e.is("helpdesk_channel_preference_answers", 3, 0, "basis", "tickets", "channel", "email")
	e.is("helpdesk_channel_preference_ratio", 1, 0, "basis", "survey", "channel", "chat")
	e.is("helpdesk_channel_preference_answers", 2, 0, "basis", "survey", "channel", "chat")
}

// Messages that come without their ticket tell nothing until it comes, whatever
// came first: the customer waits half an hour, then one.
func TestRunsOfMessagesThatComeApartFromTheirTicket(t *testing.T) {
	message := func(id string, m int, by desk.Role) desk.Message {
		return desk.Message{ID: id, At: minute(m), Author: by, Public: true}
	}
	all := []desk.Message{
		message("1", 0, desk.RoleCustomer), message("2", 10, desk.RoleCustomer), message("3", 30, desk.RoleAgent),
		message("4", 60, desk.RoleCustomer), message("5", 120, desk.RoleAgent),
	}
	body := desk.Record{ID: "1", Body: &desk.Ticket{CreatedAt: minute(0), UpdatedAt: minute(1), Status: desk.StatusOpen}}
	for at := range len(all) + 1 { // the ticket comes after so many messages
		var h *desk.Held
		for i, m := range slices.Backward(all) {
			if len(all)-1-i == at {
				h = desk.Merge(h, body)
			}
			h = desk.Attach(h, "1", &desk.TicketEvents{Messages: []desk.Message{m}})
			if e := evaluate(t, catalogue(), kpi.Group{Record: h}); len(h.States) == 0 && len(e.list) != 0 {
				t.Errorf("a ticket that never came contributes %+v", e.list)
			}
		}
		if at == len(all) {
			h = desk.Merge(h, body)
		}
		e := evaluate(t, catalogue(), kpi.Group{Record: h})
		e.is("helpdesk_reply_mean_seconds", 2700, 0)
		e.is("helpdesk_reply_observations", 2, 0)
		e.is("helpdesk_first_response_mean_seconds", 1800, 0)
	}
}
