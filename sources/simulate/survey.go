package simulate

import (
	"math"
	"time"

	"helpdesk_exporter/desk"
)

// The questionnaires, by the names under which the configuration knows them.
const (
	surveyTicket     = "after-ticket"  // 1 to 5
	surveyEffort     = "effort"        // 1 to 7, 7 is easy
	surveySolved     = "first-contact" // 1 for yes, 0 for no
	surveyRelation   = "relation"      // 0 to 10
	surveyTeam       = "team-mood"     // 0 to 10, by agents
	surveyPreference = "preference"    // a channel
	surveyBrand      = "brand"         // 1 to 5, where there are customers
)

// survey is a questionnaire that was sent, and mostly not answered.
type survey struct {
	reference
	sent      desk.Survey
	answered  time.Time
	answer    answer
	corrected time.Time // the customer thought better of it
	second    answer
}

type answer struct {
	score desk.Opt[float64]
	word  string
}

// next implements tale.
func (s *survey) next(after time.Time) time.Time {
	for _, at := range [...]time.Time{s.sent.SentAt, s.answered, s.corrected} {
		if at.After(after) {
			return at
		}
	}
	return time.Time{}
}

// record implements tale.
func (s *survey) record(at time.Time) desk.Record {
	body := s.sent
	switch {
	case !s.corrected.IsZero() && !s.corrected.After(at):
		body.RespondedAt, body.Score, body.Answer = s.corrected, s.second.score, s.second.word
	case !s.answered.IsZero() && !s.answered.After(at):
		body.RespondedAt, body.Score, body.Answer = s.answered, s.answer.score, s.answer.word
	}
	return desk.Record{ID: s.id(), Body: &body}
}

// survey asks the customer of a ticket how it was. Of the team it says nothing:
// the ticket knows.
func (l *life) survey(t *ticket) {
	solved := t.when(isSolve)
	if solved.IsZero() || !l.dice.chance(0.75) {
		return
	}
	s := &survey{reference: t.reference, sent: desk.Survey{
		Survey: choose(l.dice, []lot[string]{{0.6, surveyTicket}, {0.25, surveyEffort}, {0.15, surveySolved}}),
		SentAt: solved.Add(l.dice.between(30*time.Minute, 2*time.Hour)),
		Ticket: t.id(), Customer: t.first.Requester,
	}}
	l.respond(s, 0.3, func() answer { return l.judge(s.sent.Survey, l.contentment(t)) })
	l.tell(s)
}

// contentment is what a customer thinks of how a ticket went, around 4 of 5
// where it went well: long waits, many hands and incidents cost most of it.
func (l *life) contentment(t *ticket) float64 {
	mood := 4.4 - t.unhappy
	if answered := t.when(isAnswer); !answered.IsZero() {
		hours := answered.Sub(t.first.CreatedAt).Hours() * l.Speed
		mood -= 0.4 * math.Log2(1+hours/4)
	}
	if t.first.Type == "complaint" {
		mood -= 0.5
	}
	if l.severity(t.first.CreatedAt) > 1 {
		mood -= 0.7
	}
	return mood
}

// judge puts what somebody thinks, from 1 to 5, on the scale of a questionnaire.
func (l *life) judge(name string, mood float64) answer {
	switch name {
	case surveyEffort:
		return answer{score: desk.Some(l.dice.score(1+1.5*(mood-1), 1.2, 1, 7))}
	case surveyRelation, surveyTeam:
		return answer{score: desk.Some(l.dice.score(2.5*(mood-1), 2, 0, 10))}
	case surveySolved:
		solved := 0.0
		if l.dice.chance(min(0.95, mood/5)) {
			solved = 1
		}
		return answer{score: desk.Some(solved)}
	default:
		return answer{score: desk.Some(l.dice.score(mood, 0.8, 1, 5))}
	}
}

// poll asks customers and agents what they think in general.
func (l *life) poll(k key, at time.Time) {
	customer, about := l.ask(at).customer, general
	if l.Customers > 0 {
		about = generalOfCustomers
		if c, ok := l.someone(at); ok && l.dice.chance(0.5) {
			customer = c.number
		}
	}
	s := &survey{reference: k.child(0), sent: desk.Survey{SentAt: at}}
	s.sent.Survey = choose(l.dice, about)
	switch s.sent.Survey {
	case surveyTeam: // of the agents it is only known where they work
		s.sent.Team = l.Teams[l.someTeam()]
		l.respond(s, 0.7, func() answer { return l.judge(surveyTeam, 4.2) })
	case surveyPreference:
		s.sent.Channel = "email"
		l.respond(s, 0.25, func() answer { return answer{word: choose(l.dice, preferred)} })
	default:
		s.sent.Customer, s.sent.Segment, s.sent.Channel = customerID(customer), segment(customer), "email"
		l.respond(s, 0.25, func() answer { return l.judge(s.sent.Survey, 4.3) })
	}
	l.tell(s)
}

// What customers and agents are asked in general.
var (
	general            = []lot[string]{{0.5, surveyRelation}, {0.3, surveyPreference}, {0.2, surveyTeam}}
	generalOfCustomers = []lot[string]{{0.4, surveyRelation}, {0.2, surveyBrand}, {0.25, surveyPreference}, {0.15, surveyTeam}}
)

var preferred = []lot[string]{{0.3, "chat"}, {0.28, "email"}, {0.24, "phone"}, {0.14, "messaging"}, {0.04, "web"}}

// respond lets some answer, mostly within a day, and a few of them once more.
func (l *life) respond(s *survey, share float64, draw func() answer) {
	if !l.dice.chance(share) {
		return
	}
	s.answered, s.answer = s.sent.SentAt.Add(l.waitForAnswer()), draw()
	if l.dice.chance(0.02) {
		s.corrected, s.second = s.answered.Add(l.waitForAnswer()), draw()
	}
}

// waitForAnswer is mostly hours and at most three days.
func (l *life) waitForAnswer() time.Duration {
	return min(l.dice.around(7*time.Hour, 1.1), l.scaled(answerUntil))
}
